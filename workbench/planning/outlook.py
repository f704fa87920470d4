"""What a roll-out in this organisation would show: its own people, its own variation, one design."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from workbench.data.duckdb import as_table
from workbench.errors import ContractError, not_one_of
from workbench.planning.design import Design, design
from workbench.planning.power import known_after, power
from workbench.planning.teams import leaving, teams
from workbench.planning.variation import Variation, variation
from workbench.results import words

UNITS = {"team": "team", "person": "user_id"}  # who is given a date → the column of names


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

    @property
    def power(self) -> pd.DataFrame:
        """See `planning.power`."""
        return power(self.plan, self.varies, self.effect)

    @property
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


def outlook(panel: Any, kind: str, by: str = "team", effect: float = 0.3, **options: Any) -> Outlook:
    """A design for the people who are there, from how they varied in the last weeks.

    panel : user-weeks, as `wb.user_weeks` returns them
    kind : one of the kinds of `design`; by : "team" or "person", who is given a date
    effect : the effect that should be seen, active days a week; options : weeks, waves, before, apart of `design`
    Raises ContractError where there are too few teams, or a name is not known.

    >>> import workbench as wb
    >>> from workbench.simulation import tiny_crm
    >>> panel = wb.user_weeks(wb.open_source(tiny_crm()))
    >>> print(str(outlook(panel, "parallel", weeks=12)).splitlines()[0])
    Parallel, 6 teams, 12 weeks; an effect of 0.30 active days a week
    """
    if by not in UNITS:
        raise ContractError(not_one_of(by, UNITS, "unit of assignment"))
    unit, table = UNITS[by], as_table(panel)
    units = teams(table, unit)
    plan = design(kind, units["people"].to_numpy(float), leaving=leaving(table), **options)
    varies = variation(table)
    people = table.sql(
        "select user_id, team from this where week = (select max(week) from this) order by user_id"
    ).to_pandas()
    return Outlook(units, unit, people, plan, varies if by == "team" else varies.alone, effect)


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
