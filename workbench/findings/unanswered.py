"""What a page says where there is no answer, and how a notebook ends where its tables are missing."""

from __future__ import annotations

from dataclasses import replace

from IPython.display import display

from workbench.findings.finding import Finding
from workbench.findings.phrases import changed, spaced
from workbench.results.verdict import Grade, Verdict


def untold(question: str, reason: str) -> Finding:
    """That a question has no answer here, and why.

    question : such as "Which patterns people follow"

    >>> print(untold("Which patterns people follow", "too few people have half a year of access"))
    We cannot say which patterns people follow: too few people have half a year of access.
    """
    return Finding(f"{_open(question)}: {reason}.", Verdict.UNKNOWN, Grade.NONE, reason)


def _open(question: str) -> str:
    return f"We cannot say {question[:1].lower()}{question[1:]}"


def no_answer(what: str, unit: str, reason: str, when: str = "") -> Finding:
    """That nobody can say whether `what` changed a measurement, and why.

    unit : what was measured, such as "active days a week"; when : words for the time asked about

    >>> print(no_answer("the bonus", "active days a week", "it has not ended", "after it ended"))
    We cannot say whether the bonus changed use after it ended: it has not ended.
    """
    return replace(untold(f"Whether {what} changed {changed(unit)[0]}{spaced(when)}", reason), unit=unit)


def complete(things: str) -> Finding:
    """That there is an answer to everything asked about.

    things : what was asked about, in the plural

    >>> from workbench.findings import complete
    >>> print(complete("programmes"))
    All programmes have an answer.
    """
    rule = "none is left without one"
    return Finding(f"All {things} have an answer.", Verdict.DESCRIPTIVE, Grade.DESCRIPTIVE, rule)


class Unanswerable(Exception):
    """The notebook's question cannot be asked of this source; the page ends with the sentence that says why."""

    def _render_traceback_(self) -> list[str]:
        return [f"{type(self).__name__}: {self}"]  # all that JupyterLab shows: nothing went wrong


def needed(there: bool, question: str, reason: str) -> None:
    """End a notebook with one sentence where what it needs is not there: no half page, and no error.

    question : what has no answer, such as "Whether training changed use"; reason : why
    Raises Unanswerable, which ends the page.

    >>> from workbench import findings
    >>> findings.needed(True, "Whether training changed use", "there is no table of trainings")  # goes on
    """
    if not there:
        headline = f"{_open(question)} from these data: {reason}."
        display(Finding(headline, Verdict.UNKNOWN, Grade.NONE, reason))  # type: ignore[no-untyped-call]
        raise Unanswerable(headline)
