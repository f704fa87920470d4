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
from typing import Any, ClassVar

import pandas as pd

from workbench.findings.phrases import digits_of, figure_of, signed
from workbench.results.boundary import may_say
from workbench.results.course import Course
from workbench.results.gaming import Gaming
from workbench.results.phrases import phrase, say, translated
from workbench.results.verdict import Chance, Grade, Verdict
from workbench.results.words import capital, people, sentence

WITHHELD = phrase("This is hidden to protect people.")
WHY_WITHHELD = phrase("it rests on fewer than 5 people, or says the same of all of fewer than 10")
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
    course : what became of it over time (`results.Course`); empty where it was not followed
    A finding on fewer than five people, or on a share that is the same for all of fewer than ten, only says that it is
    withheld.

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
    course: str = ""
    passes_boundary: ClassVar[bool] = True  # see `results.boundary`

    def __post_init__(self) -> None:
        self.__dict__["headline"] = capital(self.headline)
        if not may_say(self.n, self.estimate, self.unit):
            known = {"estimate": None, "conf_low": None, "conf_high": None, "n": None, "caveat": "", "course": ""}
            unknown = getattr(type(self.verdict), "UNKNOWN", Verdict.UNKNOWN)
            said = {"headline": translated(WITHHELD), "rule": translated(WHY_WITHHELD)}
            withheld = {"verdict": unknown, "grade": Grade.NONE}
            self.__dict__.update(known | said | withheld)  # from here on nobody can read what was there

    @property
    def holds(self) -> bool:
        """Whether its comparison failed no check."""
        return self.grade != Grade.FAILED

    @property
    def moved(self) -> bool:
        """Whether there is an effect that could be taken apart: one that is clear, probable, or turned."""
        return self.verdict in MOVED

    @property
    def effect(self) -> str:
        """Its verdict as a page says it of a programme, such as "helped"; of anything else the verdict's own words."""
        return self.verdict.effect if isinstance(self.verdict, Verdict) else self.verdict.value

    @property
    def likely(self) -> str:
        """Its number with the likely range, such as "+0.49 (0.23 to 0.75)"; empty where there is none."""
        if self.estimate is None or self.conf_low is None or self.conf_high is None:
            return ""
        digits = digits_of({"conf_low": self.conf_low, "conf_high": self.conf_high}, self.unit)
        low, high = (figure_of(end, self.unit, digits) for end in (self.conf_low, self.conf_high))
        ends = say("{low} to {high}", low=low, high=high)
        return f"{signed(self.estimate, self.unit, digits)} ({ends})"

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
        rests = say("Rests on {people}.", people=people(self.n)) if self.n else ""
        rule = (
            sentence(self.rule) if self.rule not in self.headline else ""
        )  # said already, where it is why none can say
        graded = " ".join(filter(None, [sentence(self.grade.shown), rule, rests]))
        return [line for line in (graded, self.caveat) if line]


MOVED = {
    *(Verdict.RAISED, Verdict.PROBABLY_RAISED, Verdict.TURNED_DOWN),
    *(Verdict.LOWERED, Verdict.PROBABLY_LOWERED, Verdict.TURNED_UP),
}


def listed(found: Mapping[str, Finding], term: str, **further: Mapping[str, Any]) -> pd.DataFrame:
    """Findings as a table, with their verdicts in the words of the page.

    found : what each is called → its finding
    further : column → name → what stands there; a name that is not in it has nothing
    Returns one row each in the order given: `term`, the fields of `Finding`, effect, likely (the number with its
    range), evidence (squares and words), then the further columns; a course only of an effect that has one.

    >>> from workbench.results.verdict import Grade, Verdict
    >>> use = Finding("Talks raised use.", Verdict.RAISED, Grade.ROBUST, "all checks passed")
    >>> listed({"Talks": use}, "programme")[["programme", "effect", "evidence"]].to_dict("records")
    [{'programme': 'Talks', 'effect': 'helped', 'evidence': '■■■□ fair comparison, all checks passed'}]
    """
    rows = [
        {
            term: name,
            **asdict(each),
            "effect": each.effect,
            "likely": each.likely or None,
            "evidence": each.grade.shown,
            "course": each.course if each.course in COURSES else None,
            **{column: values.get(name) for column, values in further.items()},
        }
        for name, each in found.items()
    ]
    return pd.DataFrame(rows)


# What became of an effect is said of an effect: what is not clear or not reliable has no course.
COURSES = tuple(each for each in Course if each is not Course.NEVER_CLEAR)


def _plain(fields: dict[str, Any]) -> dict[str, Any]:
    """Words as plain text; six significant digits, so that two machines' last bits make one JSON."""
    return {name: _plain_value(value) for name, value in fields.items()}


def _plain_value(value: Any) -> Any:
    if isinstance(value, StrEnum):
        return value.value
    return float(f"{value:.6g}") if isinstance(value, float) else value
