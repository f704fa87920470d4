"""A result as a sentence that cannot outrun its evidence, with everything that a page shows beside it.

The rules that choose verdict and grade are those of `workbench.results.verdict`; this folder puts them into words. Zero
inside an interval is not "no effect", so the sentence says how large an effect could still be. What is descriptive only
is worded as going together, never as cause.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from html import escape
from typing import Any

import pandas as pd

from workbench.results.verdict import Chance, Gaming, Grade, Verdict
from workbench.results.words import people, sentence

JSON = "application/vnd.workbench.finding+json"


@dataclass(frozen=True)
class Finding:
    """One result, as the page says it.

    headline : the sentence
    verdict : what it comes to (`results.Verdict`; of gaming `results.Gaming`, of redrawn dates `results.Chance`)
    grade : how far to believe it (`results.Grade`); `rule` says why
    estimate, conf_low, conf_high : in `unit`; shares and their changes from 0 to 1; None where there is no answer
    n : people behind it; None where unknown
    caveat : what else a reader must know; empty where nothing

    >>> from workbench.results.verdict import Grade, Verdict
    >>> print(Finding("Training raised use.", Verdict.RAISED, Grade.RANDOMISED, "dates were drawn at random"))
    Training raised use.
    """

    headline: str
    verdict: Verdict | Gaming | Chance
    grade: Grade
    rule: str
    estimate: float | None = None
    conf_low: float | None = None
    conf_high: float | None = None
    unit: str = ""
    n: int | None = None
    caveat: str = ""

    @property
    def holds(self) -> bool:
        """Whether its comparison passed every check that was made."""
        return self.grade != Grade.FRAGILE

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


def listed(found: Mapping[str, Finding], term: str, **further: Mapping[str, Any]) -> pd.DataFrame:
    """Findings as a table.

    found : what each is called → its finding
    further : column → name → what stands there; a name that is not in it has nothing
    Returns one row each in the order given: `term`, the fields of `Finding`, then the further columns; verdicts and
    grades as their words.

    >>> from workbench.results.verdict import Grade, Verdict
    >>> use = Finding("Talks raised use.", Verdict.RAISED, Grade.ROBUST, "all checks passed")
    >>> listed({"Talks": use}, "programme")[["programme", "verdict"]].to_dict("records")
    [{'programme': 'Talks', 'verdict': 'raised'}]
    """
    rows = [
        {term: name, **asdict(each), **{column: values.get(name) for column, values in further.items()}}
        for name, each in found.items()
    ]
    return pd.DataFrame(rows)


def named(name: str, finding: Finding) -> str:
    """The name, with a warning where the comparison does not hold, for a chart that shows it beside others.

    >>> from workbench.results.verdict import Grade, Verdict
    >>> named("Talks", Finding("Talks raised use.", Verdict.RAISED, Grade.FRAGILE, "trends had parted before"))
    'Talks, in doubt'
    """
    return name if finding.holds else f"{name}, in doubt"


def _plain(fields: dict[str, Any]) -> dict[str, Any]:
    """Words as plain text; six significant digits, so that two machines' last bits make one JSON."""
    return {name: _plain_value(value) for name, value in fields.items()}


def _plain_value(value: Any) -> Any:
    if isinstance(value, StrEnum):
        return value.value
    return float(f"{value:.6g}") if isinstance(value, float) else value
