"""What a roll-out in this organisation would show: its own people, its own variation, one design."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd

from workbench.data.duckdb import as_table
from workbench.errors import attempted
from workbench.planning.design import IN_TURN, KINDS, Design, design
from workbench.planning.power import ASSUMPTIONS, PAGES, known_after, power, power_by_week
from workbench.planning.teams import leaving, teams, unit_of
from workbench.planning.variation import Variation, variation
from workbench.results import words


@dataclass(frozen=True, eq=False)
class Outlook:
    """A design for the people who are there, and what it would show.

    units : who is given a date, one row each, as of `teams`; unit : the column of their names
    people : user_id, team of everybody who would be reached
    plan, varies : the design, and how people vary
    effect : the effect that should be seen, in the outcome's unit a week
    """

    units: pd.DataFrame
    unit: str
    people: pd.DataFrame
    plan: Design
    varies: Variation
    effect: float

    @cached_property
    def power(self) -> pd.DataFrame:
        """See `planning.power`."""
        return power(self.plan, self.varies, self.effect)

    @cached_property
    def known_after(self) -> pd.DataFrame:
        """See `planning.known_after`."""
        return known_after({self.plan.kind: self.plan}, self.varies, self.effect)

    @property
    def unit_in_words(self) -> str:
        """Teams or people, in the plural."""
        return "teams" if self.unit == "team" else "people"

    def __str__(self) -> str:
        found, known = self.power, self.known_after.iloc[0]
        lines = [
            f"{words.capital(self.plan.kind)}, {len(self.units):,} {self.unit_in_words}, {self.plan.weeks} weeks;"
            f" an effect of {words.number(self.effect)} active days a week",
            *(
                f"  {row['assumption']}: seen {_of_100(row['power'])} times in 100, {_weeks(known[row['assumption']])};"
                f" smallest effect seen 8 times in 10: {_size(row['detectable'])}"
                for row in found.to_dict("records")
            ),
        ]
        return "\n".join(lines)


class Outlooks(dict[str, Outlook]):
    """An outlook for each kind of design that is possible, by its name; `reason` says why there is none.

    >>> from workbench.simulation import tiny_crm
    >>> found = outlooks(wb.user_weeks(wb.open_source(tiny_crm())), weeks=24)
    >>> list(found.known_after.columns)
    ['design', 'constant', 'may grow or fade', 'as the pages estimate it']
    """

    reason: str = ""

    @property
    def by(self) -> str:
        """Who is given a date: "team" or "person"."""
        return "team" if next(iter(self.values())).unit == "team" else "person"

    @property
    def varies(self) -> Variation:
        """How teams and people vary, which all designs rest on."""
        return next(iter(self.values())).varies

    @cached_property
    def power(self) -> pd.DataFrame:
        """See `planning.powers`."""
        each = [found.power.assign(design=kind) for kind, found in self.items()]
        return pd.concat(each, ignore_index=True)[["design", *each[0].columns[:-1]]]

    @property
    def best(self) -> str:
        """The design that shows the smallest effect as the pages estimate it, of something that cannot be switched off
        again, such as a training; empty where none would show any."""
        smallest = self.detectable.set_index("design")[PAGES].drop(IN_TURN, errors="ignore").dropna()
        return "" if smallest.empty else str(smallest.idxmin())

    @property
    def detectable(self) -> pd.DataFrame:
        """The smallest effect seen 8 times in 10: design, and a column for each assumption."""
        wide = self.power.pivot(index="design", columns="assumption", values="detectable")
        return wide.reindex(index=list(self), columns=ASSUMPTIONS).rename_axis(columns=None).reset_index()

    @cached_property
    def known_after(self) -> pd.DataFrame:
        """See `planning.known_after`."""
        return pd.concat([found.known_after for found in self.values()], ignore_index=True)

    def by_week(self, kind: str) -> pd.DataFrame:
        """See `planning.power_by_week`, of one kind of design."""
        return power_by_week(self[kind].plan, self.varies, self[kind].effect)


def outlooks(panel: Any, by: str = "", effect: float = 0.3, **options: Any) -> Outlooks:
    """`outlook` for every kind of design that so many teams allow; options : weeks, waves, before, apart of `design`.

    by : "team" or "person"; empty: by team, or by person where too few people have a team
    Where none is possible, the answer is empty and its `reason` is that of the first kind.

    >>> from workbench.simulation import tiny_crm
    >>> list(outlooks(wb.user_weeks(wb.open_source(tiny_crm())), weeks=24))
    ['parallel', 'staggered', 'stepped wedge', 'on and off']
    """
    found = _by(panel, by or "team", effect, options)
    return found if found or by else _by(panel, "person", effect, options) or found


def _by(panel: Any, by: str, effect: float, options: dict[str, Any]) -> Outlooks:
    """The outlooks for teams, or for people."""
    found, reasons = attempted(KINDS, lambda kind: outlook(panel, kind, by, effect, **options))
    answer = Outlooks(found)
    answer.reason = "" if found else next(iter(reasons.values()))
    return answer


def outlook(panel: Any, kind: str, by: str = "team", effect: float = 0.3, **options: Any) -> Outlook:
    """A design for the people who are there, from how they varied in the last weeks.

    panel : user-weeks, as `wb.user_weeks` returns them
    kind : one of the kinds of `design`; by : "team" or "person", who is given a date
    effect : the effect that should be seen, active days a week; options : weeks, waves, before, apart of `design`
    Raises ContractError where there are too few teams, or a name is not known.

    >>> from workbench.simulation import tiny_crm
    >>> panel = wb.user_weeks(wb.open_source(tiny_crm()))
    >>> print(str(outlook(panel, "parallel", weeks=12)).splitlines()[0])
    Parallel, 6 teams, 12 weeks; an effect of 0.30 active days a week
    """
    unit, table = unit_of(by), as_table(panel)
    units = teams(table, unit)
    plan = design(kind, units["people"].to_numpy(float), leaving=leaving(table), **options)
    varies = variation(table, team="team" if by == "team" else None)
    people = table.sql(
        "select user_id, team from this where week = (select max(week) from this) order by user_id"
    ).to_pandas()
    return Outlook(units, unit, people, plan, varies, effect)


def _of_100(share: float) -> str:
    return "an unknown number of" if pd.isna(share) else words.of_100(share)


def _weeks(count: float) -> str:
    return (
        "not within these weeks"
        if pd.isna(count)
        else f"8 times in 10 after {count:.0f} week{'' if count == 1 else 's'}"
    )


def _size(value: float) -> str:
    return "cannot be told" if pd.isna(value) else words.number(value)
