"""A card for every programme: its verdict, how it lasts, what it cost, and what to watch, all from one finding."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape
from typing import ClassVar

import pandas as pd

from workbench.findings.finding import COURSES, Finding
from workbench.findings.phrases import changed, digits_of, signed
from workbench.results.estimates import Estimates
from workbench.results.phrases import say, translated
from workbench.results.verdict import Grade, Verdict
from workbench.results.words import capital, number, people, sentence

SURE = (Grade.RANDOMISED, Grade.ROBUST)


@dataclass(frozen=True, eq=False)
class Cards:
    """What is known of each programme, one card each.

    found : name → its finding; spans : name → its effects over spans of time; costs : name → what an extra day cost
    naive : name → what a bar chart of those with and without it would say; left : name → what was left when it ended
    pictures : name → HTML of the picture of its course (`charts.multiples`)
    """

    found: Mapping[str, Finding]
    spans: Mapping[str, Estimates] = field(default_factory=dict)
    costs: Mapping[str, float] = field(default_factory=dict)
    naive: Mapping[str, float] = field(default_factory=dict)
    left: Mapping[str, str] = field(default_factory=dict)
    pictures: Mapping[str, str] = field(default_factory=dict)
    passes_boundary: ClassVar[bool] = True  # made of findings, which do

    def lines(self, name: str) -> list[str]:
        """What the card says below its headline; what is not known has no line."""
        found = self.found[name]
        unit = changed(found.unit)[1]
        said = [
            self._course(name),
            say("When it ended: {left}", left=translated(self.left[name])) if name in self.left else "",
            say("Each extra day of use cost {cost} (in the currency of the data)", cost=number(self.costs[name]))
            if name in self.costs and found.n
            else "",
            people(found.n) if found.n else "",
        ]
        if name in self.naive and found.moved:
            parts = {"size": signed(self.naive[name], found.unit, 2), "unit": unit}
            said.append(say("Watch: a simple comparison of people with and without it would say {size}{unit}", **parts))
        return [sentence(each) for each in said if each]

    def _course(self, name: str) -> str:
        """How the effect went over time, with its sizes; empty where there is no effect to follow."""
        found = self.found[name]
        if name not in self.spans or not found.moved:
            return ""
        rows = self.spans[name].visible.table.to_dict("records")
        sizes = " / ".join(signed(row["estimate"], found.unit, digits_of(row, found.unit)) for row in rows)
        went = translated(found.course if found.course in COURSES else "we cannot say")
        spans = " / ".join(translated(row["span"]) for row in rows)
        return say("Over time: {course} ({sizes} in {spans})", course=went, sizes=sizes, spans=spans)

    def _repr_html_(self) -> str:
        key = f'<p class="small">{escape(self._key())}</p>' if self.pictures else ""
        return f'{key}<div class="cards">{"".join(self._card(name) for name in self.found)}</div>'

    def _key(self) -> str:
        """How to read the pictures, which have no room for it."""
        unit = next((each.unit for each in self.found.values() if each.unit), "active days a week")
        return say(
            "Each picture shows the effect by weeks since the start, in {unit}. The line is the estimate, the shade its"
            " likely range. Left of the dashed line nothing had begun. All pictures have the same scale.",
            unit=translated(unit),
        )

    def _card(self, name: str) -> str:
        found = self.found[name]
        label = f"{capital(translated(found.effect))} · {found.grade.shown}"
        lines = "".join(f"<p>{escape(line)}</p>" for line in self.lines(name))
        because = f"<p>{escape(sentence(found.rule))} {escape(found.caveat)}</p>"
        why = f"<details><summary>{say('Why')}</summary>{because}</details>"
        picture = self.pictures.get(name, "")
        head = f'<p class="label">{escape(label)}</p><strong>{escape(found.headline)}</strong>'
        return f'<article class="card {tone(found)}" aria-label="{escape(name)}">{head}{picture}{lines}{why}</article>'

    def __repr__(self) -> str:
        return "\n".join(f"{name}: {each.effect}, {each.grade.shown}" for name, each in self.found.items())


def tone(finding: Finding) -> str:
    """The style of a card: only what is clear and well founded has a colour.

    >>> from dataclasses import replace
    >>> talks = Finding("It rose.", Verdict.RAISED, Grade.ROBUST, "all checks passed")
    >>> tone(talks), tone(replace(talks, grade=Grade.SENSITIVE))
    ('raised', '')
    """
    clear = isinstance(finding.verdict, Verdict) and finding.verdict.clear
    return str(finding.verdict) if clear and finding.grade in SURE else ""


def cards(
    found: Mapping[str, Finding],
    spans: Mapping[str, Estimates] | None = None,
    costs: pd.DataFrame | None = None,
    naive: pd.DataFrame | None = None,
    left: Mapping[str, str] | None = None,
    pictures: Mapping[str, str] | None = None,
) -> Cards:
    """A card for every programme.

    found : name → its finding; spans : name → its effects over spans of time (`workbench.over`)
    costs, naive : tables with the column programme, and estimate (`programmes.cost_of_a_day`) or naive
        (`Comparisons.naive_gaps`); left : name → what was left when it ended (`left_of_each`)
    pictures : name → HTML of the picture of its course (`charts.multiples`)

    >>> talks = Finding("Talks raised use.", Verdict.RAISED, Grade.ROBUST, "all checks passed", n=40)
    >>> cards({"Talks": talks})
    Talks: helped, ■■■□ fair comparison, all checks passed
    """
    kept = {name: str(what) for name, what in (left or {}).items()}
    return Cards(found, spans or {}, _by_name(costs, "estimate"), _by_name(naive, "naive"), kept, pictures or {})


def _by_name(table: pd.DataFrame | None, column: str) -> dict[str, float]:
    """A column by programme, where it is known."""
    known = [] if table is None else table.dropna(subset=[column]).to_dict("records")
    return {row["programme"]: row[column] for row in known}
