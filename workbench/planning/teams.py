"""Whom a roll-out would reach: teams as they are now, and how fast people leave them."""

from __future__ import annotations

from typing import Any

import pandas as pd

from workbench.data.duckdb import as_table
from workbench.data.engine import identifier
from workbench.errors import ContractError, not_one_of
from workbench.results.phrases import say, translated

UNITS = {"team": "team", "person": "user_id"}  # who draws → the column of their names
RECENT = 8  # weeks whose use is balanced by a draw


def teams(panel: Any, unit: str = "team", outcome: str = "active_days") -> pd.DataFrame:
    """The teams, or single people, that are there in the panel's last week.

    panel : user-weeks, as `wb.user_weeks` returns them
    unit : "team", or "user_id" for single people; rows without one are left out
    outcome : the column of which `earlier` is the mean
    Returns one row each, by name: the unit, people, earlier (mean outcome per user-week of the last 8 weeks).
    Raises ContractError where nobody has a unit.

    >>> from workbench.simulation import tiny_crm
    >>> teams(wb.user_weeks(wb.open_source(tiny_crm())))["people"].tolist()
    [4, 4, 4, 4, 4, 4]
    """
    name, value = identifier(unit), identifier(outcome)
    found = (
        as_table(panel)
        .sql(
            f"""
            with placed as (select this.*, dense_rank() over (order by week desc) as back from this)
            select {name}, cast(count(distinct case when back = 1 then user_id end) as bigint) as people,
                avg(cast({value} as double precision)) as earlier
            from placed where back <= {RECENT} and {name} is not null
            group by {name} having count(distinct case when back = 1 then user_id end) > 0 order by {name}"""
        )
        .to_pandas()
    )
    if found.empty:
        raise ContractError(
            say("a roll-out by {unit} needs people with one, but nobody in the last week has.", unit=translated(unit))
        )
    return found


def unit_of(by: str) -> str:
    """The column of those who draw; ContractError for an unknown word."""
    if by not in UNITS:
        raise ContractError(not_one_of(by, UNITS, "unit of assignment"))
    return UNITS[by]


def names(panel: Any, by: str) -> list[str]:
    """The names of the teams, or people, that are there in the panel's last week; by : "team" or "person".

    >>> from workbench.simulation import tiny_crm
    >>> names(wb.user_weeks(wb.open_source(tiny_crm())), "team")
    ['t0', 't1', 't2', 't3', 't4', 't5']
    """
    unit = unit_of(by)
    return list(teams(panel, unit)[unit])


def leaving(panel: Any) -> float:
    """The share of people who leave in a week: departures by user-weeks, from 0 to 1.

    panel : user-weeks; who has no row in the last week has left

    >>> from workbench.simulation import tiny_crm
    >>> leaving(wb.user_weeks(wb.open_source(tiny_crm())))
    0.0
    """
    found = (
        as_table(panel)
        .sql(
            """
            with ends as (select max(week) as last from this),
            each as (select user_id, max(week) as seen, count(*) as weeks from this group by user_id)
            select sum(case when seen < last then 1.0 else 0.0 end) / sum(weeks) as rate from each cross join ends"""
        )
        .to_arrow()
    )
    return float(found["rate"][0].as_py())
