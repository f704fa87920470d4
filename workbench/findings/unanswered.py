"""What a page says where there is no answer, and how a notebook ends where its tables are missing."""

from __future__ import annotations

from dataclasses import replace

from IPython.display import display

from workbench.findings.finding import Finding
from workbench.findings.phrases import changed, spaced
from workbench.results.phrases import phrase, say, translated
from workbench.results.verdict import Grade, Verdict


def untold(question: str, reason: str) -> Finding:
    """That a question has no answer here, and why.

    question : such as "Which patterns people follow"

    >>> print(untold("Which patterns people follow", "too few people have half a year of access"))
    We cannot say which patterns people follow: too few people have half a year of access.
    """
    return _unanswered(phrase("We cannot say {question}: {reason}."), question, reason)


def _unanswered(said: str, question: str, reason: str) -> Finding:
    question, reason = translated(question), translated(reason)
    headline = translated(said, question=f"{question[:1].lower()}{question[1:]}", reason=reason)
    return Finding(headline, Verdict.UNKNOWN, Grade.NONE, reason)


def no_answer(what: str, unit: str, reason: str, when: str = "") -> Finding:
    """That nobody can say whether `what` changed a measurement, and why.

    unit : what was measured, such as "active days a week"; when : words for the time asked about

    >>> print(no_answer("the bonus", "active days a week", "it has not ended", "after it ended"))
    We cannot say whether the bonus changed use after it ended: it has not ended.
    """
    parts = {"what": translated(what), "noun": changed(unit)[0], "when": spaced(translated(when))}
    return replace(untold(say("Whether {what} changed {noun}{when}", **parts), reason), unit=unit)


def complete(things: str) -> Finding:
    """That there is an answer to everything asked about.

    things : what was asked about, in the plural

    >>> from workbench.findings import complete
    >>> print(complete("programmes"))
    All programmes have an answer.
    """
    headline = say("All {things} have an answer.", things=translated(things))
    return Finding(headline, Verdict.DESCRIPTIVE, Grade.DESCRIPTIVE, say("none is left without one"))


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
        finding = _unanswered(phrase("We cannot say {question} from these data: {reason}."), question, reason)
        display(finding)  # type: ignore[no-untyped-call]
        raise Unanswerable(finding.headline)
