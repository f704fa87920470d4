"""Says a result in words that cannot outrun the evidence.

The verdict is chosen by where the interval lies, the grade by what was checked; nobody types either.

    interval above zero    raised                        dates drawn at random                    randomised
    interval below zero    lowered                       trends alike before, and survives        robust
    zero inside            did not clearly change        a check failed or is missing             fragile
    no interval            cannot tell                   nothing to compare with                  descriptive only

Zero inside the interval is not "no effect": the sentence then says how large an effect could still be. What is
descriptive only is worded as going together, never as cause. An effect survives when it stays clear although the
trends had parted after the start by as much as they ever did before it: Rambachan & Roth (2023), Review of Economic
Studies 90(5), 2555–2591, relative magnitudes. That a check found nothing is not proof, so its rule says what the check
would have seen: Roth (2022), AER: Insights 4(3), 305–322.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from html import escape
from typing import Any

import pandas as pd
from IPython.display import display

from workbench.findings.phrases import Estimated, Row, noun_of, spaced
from workbench.results.words import people, sentence

JSON = "application/vnd.workbench.finding+json"
CAVEATS = {"fragile": "Read it as a lead to follow, not as a result."}
UNCHECKED = pd.DataFrame([{"p_value": math.nan, "df": 0}])  # where no weeks before the start were looked at


@dataclass(frozen=True)
class Finding:
    """One result, as the page says it.

    verdict : raised, lowered, did not clearly change, cannot tell, descriptive
    grade : randomised, robust, fragile, descriptive only, no answer, of several mixed; `rule` says why
    estimate, conf_low, conf_high : in `unit`; shares and their changes from 0 to 1; None where there is no answer
    n : people behind it
    """

    headline: str
    verdict: str
    grade: str
    rule: str
    estimate: float | None = None
    conf_low: float | None = None
    conf_high: float | None = None
    unit: str = ""
    n: int | None = None
    caveat: str = ""

    def __str__(self) -> str:
        return self.headline

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        return {JSON: _plain(asdict(self)), "text/html": self._html(), "text/plain": self._text()}

    def _text(self) -> str:
        return "\n".join([self.headline, *(f"  {line}" for line in self._lines())])

    def _html(self) -> str:
        lines = "".join(f"<p>{escape(line)}</p>" for line in self._lines())
        headline = f"<p><strong>{escape(self.headline)}</strong></p>"
        return f'<div class="finding {self.grade.replace(" ", "-")}">{headline}{lines}</div>'

    def _lines(self) -> list[str]:
        rests = f" Rests on {people(self.n)}." if self.n else ""
        return [f"How sure: {self.grade}. {sentence(self.rule)}{rests}", *([self.caveat] if self.caveat else [])]


def no_answer(what: str, unit: str, reason: str, when: str = "") -> Finding:
    """That there is no answer, and why."""
    return replace(untold(f"Whether {what} changed {noun_of(unit)}{spaced(when)}", reason), unit=unit)


def complete(things: str) -> Finding:
    """That there is an answer to everything asked about."""
    return Finding(f"All {things} have an answer.", "descriptive", "descriptive only", "none is left without one")


def untold(question: str, reason: str) -> Finding:
    """That a question, such as "Which patterns people follow", has no answer here, and why."""
    return Finding(f"{question} cannot be told: {reason}.", "cannot tell", "no answer", reason)


def listed(found: Mapping[str, Finding], term: str) -> pd.DataFrame:
    """Findings as a table, one row each in the order given: term, and the fields of `Finding`."""
    return pd.DataFrame([{term: name, **asdict(each)} for name, each in found.items()])


class Unanswerable(Exception):
    """The notebook's question cannot be asked of this source; the page ends with the sentence that says why."""

    def _render_traceback_(self) -> list[str]:
        return [f"{type(self).__name__}: {self}"]  # all that JupyterLab shows: nothing went wrong


def needed(there: bool, question: str, reason: str) -> None:
    """End a notebook with one sentence where what it needs is not there: no half page, and no error.

    question : what cannot be told, such as "Whether training changed use"; reason : why
    Raises Unanswerable, which the press takes for the end of the page.
    """
    if not there:
        headline = f"{question} cannot be told from this source: {reason}."
        display(Finding(headline, "cannot tell", "no answer", reason))
        raise Unanswerable(headline)


def first_row(row: Any) -> Row | None:
    """One row, however it came: a mapping, a Series, a table of one row."""
    if isinstance(row, pd.DataFrame):
        row = row.iloc[0]
    return row if row is None else dict(row)


def why_none(estimates: Estimated, at: Row | None) -> str:
    """Why a row has no interval."""
    found = first_row(estimates.overall if at is None else _where(estimates.table, at))
    known = found is not None and pd.notna(found.get("std_error"))
    return "it rests on too few teams to tell it from chance" if known else "nobody was left to compare with"


def row_of(estimates: Estimated, at: Row | None) -> Row | None:
    """The row a finding is about (the overall one, or the only one), or None where it has no number or no interval."""
    only = estimates.table if estimates.overall is None and len(estimates.table) == 1 else estimates.overall
    row = first_row(only if at is None else _where(estimates.table, at))
    needed = ("estimate", "conf_low", "conf_high")
    return row if row is not None and all(pd.notna(row[c]) and math.isfinite(row[c]) for c in needed) else None


def _where(table: pd.DataFrame, at: Row) -> pd.DataFrame | None:
    found = table[(table[list(at)] == pd.Series(at)).all(axis=1)]
    if len(found) > 1:
        raise ValueError(f"{dict(at)} names {len(found)} rows of the estimates; name one, by {list(table.columns)}.")
    return found if len(found) else None


def numbers_of(row: Row, estimates: Estimated) -> dict[str, Any]:
    """The row's numbers as fields of a `Finding`."""
    n = row.get("n")
    known = {c: float(row[c]) for c in ("estimate", "conf_low", "conf_high")}
    return {**known, "unit": estimates.unit, "n": None if n is None or pd.isna(n) else int(n)}


def _plain(fields: dict[str, Any]) -> dict[str, Any]:
    """Six significant digits, so that two machines' last bits make one JSON."""
    return {k: float(f"{v:.6g}") if isinstance(v, float) else v for k, v in fields.items()}
