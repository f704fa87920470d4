"""Draws who begins when, alike in what matters, and keeps the draw as a file.

Many draws are made and the first that is balanced well enough is taken (see `inference/lots`). Which draws would have
been accepted is part of the lottery: the seed and what was balanced are kept, so that the same lottery can be held
again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workbench.errors import ContractError
from workbench.inference.lots import Lots, facts_as_text
from workbench.panel.days import MONDAY
from workbench.planning.design import IN_TURN, Design

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Schedule:
    """A draw of dates.

    table : one row a team (or person): its name, starts_on, balanced_by (what was balanced, as text), and ends_on (last
        day) where it is switched off again
    unit : "team" or "user_id", the column of names
    balance : one row for each thing balanced: column, apart (standard deviation of the groups' means, in standard
        deviations of the column), by_chance (the same, mean of all lotteries)
    seed : of the draw; lotteries : how many were held until one was balanced well enough
    kind : the design
    """

    table: pd.DataFrame
    unit: str
    balance: pd.DataFrame
    seed: int
    lotteries: int
    kind: str

    def offers(self, people: pd.DataFrame, programme: str) -> pd.DataFrame:
        """The draw as rows of the contract's table `trainings`, or `incentives` where it is switched off again.

        people : user_id, team of everybody to whom it is offered
        Nobody has attended yet: set `attended` to true for those who come, and leave the other rows as they are, for
        the effect is that of the offer. `seed` and `balanced_by` are the rule of the lottery, by which it can be held
        again: leave them, too.
        """
        named = self.table.assign(programme=programme, assignment="random", seed=self.seed)
        if "ends_on" in named:
            return named[["programme", self.unit, "starts_on", "ends_on", "assignment", "seed"]]
        rows = people.merge(named, on=self.unit, suffixes=("", "_drawn")).sort_values(["starts_on", "user_id"])
        rows["started_at"] = [f"{day:%Y-%m-%d}T12:00:00Z" for day in rows["starts_on"]]
        rows["assigned_unit"] = "team" if self.unit == "team" else "person"
        columns = ["user_id", "programme", "started_at", "attended", "assignment", "assigned_unit"]
        return rows.assign(attended=False)[[*columns, "seed", "balanced_by"]].reset_index(drop=True)


def schedule(
    units: pd.DataFrame,
    plan: Design,
    first: date,
    balanced: Sequence[str] = ("people", "earlier"),
    unit: str = "team",
    seed: int = 0,
    begins: date = MONDAY,
) -> Schedule:
    """A random draw of who begins when, balanced by re-randomisation.

    units : one row a team (or person), in any order: its name and the columns to balance, numbers or text
    plan : a design of as many teams
    first : the first day of the first week of the design
    balanced : columns of `units`; those that are not there, or do not vary, are passed over
    unit : the column of names, "team" or "user_id"
    seed : the same seed gives the same draw, whatever the order of the rows
    begins : a day on whose weekday weeks begin (`panel.weeks_begin`)
    A group that begins after the end is given the first week after it.
    Raises ContractError where the names repeat, or their number is not that of the design.

    >>> from datetime import date
    >>> from workbench.planning import design
    >>> teams = pd.DataFrame({"team": ["a", "b", "c", "d"], "people": [5, 9, 6, 8]})
    >>> drawn = schedule(teams, design("parallel", teams["people"], weeks=12), date(2025, 1, 6), seed=1)
    >>> sorted(drawn.table["starts_on"].astype(str))
    ['2025-02-17', '2025-02-17', '2025-03-31', '2025-03-31']
    """
    _check(units, plan, unit)
    if first.weekday() != begins.weekday():
        raise ContractError(f"a week of these data begins on a {begins:%A}, but {first:%Y-%m-%d} is a {first:%A}.")
    units = units.sort_values(unit).reset_index(drop=True)
    used = [name for name in balanced if name in units and units[name].nunique() > 1]
    facts, owner = _standardised(units, used)
    groups, group = np.unique(_paths(plan), axis=0, return_inverse=True)
    lots = Lots(facts, group, seed)
    order, lotteries = lots.held()
    apart, by_chance = np.sqrt(lots.apart(order[None])[0]), np.sqrt(lots.others.mean(axis=0))
    starts, ends = ([_date(first, place) for place in groups[order, at]] for at in (0, 1))
    table = units[[unit]].assign(starts_on=starts, balanced_by=facts_as_text(facts))
    if plan.kind == IN_TURN:
        table["ends_on"] = [day - pd.Timedelta(days=1) for day in ends]
    each = pd.DataFrame({"column": owner, "apart": apart, "by_chance": by_chance})
    return Schedule(table, unit, each.groupby("column", sort=False, as_index=False).mean(), seed, lotteries, plan.kind)


def _check(units: pd.DataFrame, plan: Design, unit: str) -> None:
    repeated = int(units[unit].duplicated().sum())
    if repeated:
        raise ContractError(f"a draw has one row for each {unit}, but {repeated} of {len(units)} repeat another.")
    if len(units) != len(plan.people):
        raise ContractError(f"the design is for {len(plan.people)} {unit}s, but there are {len(units)}.")


def _paths(plan: Design) -> NDArray[np.int64]:
    """K × 2: places of the first week on and of the first week off again; the end where there is none."""
    starts = np.where(plan.on.any(axis=1), plan.on.argmax(axis=1), plan.weeks)
    return np.column_stack([starts, starts + plan.on.sum(axis=1)]).astype(int)


def _standardised(units: pd.DataFrame, used: list[str]) -> tuple[Floats, list[str]]:
    """K × F facts around their mean in standard deviations, text as yes or no of each value; and each one's column."""
    columns, owner = [], []
    for name in used:
        numeric = pd.api.types.is_numeric_dtype(units[name])
        parts = units[[name]] if numeric else pd.get_dummies(units[name]).iloc[:, 1:]
        for part in parts:
            values = parts[part].to_numpy(float)
            values = np.where(np.isnan(values), np.nanmean(values), values)
            columns.append((values - values.mean()) / (values.std() or 1.0))
            owner.append(name)
    return np.array(columns).reshape(len(columns), len(units)).T, owner


def _date(first: date, place: int) -> pd.Timestamp:
    return pd.Timestamp(first) + pd.Timedelta(weeks=int(place))
