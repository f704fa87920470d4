"""Gives every user-week what came of the work in it.

An outcome counts for the week of its day. What is counted (deals won) is added up, and a week without any is zero, for
people who have this outcome at all: those who never sell are not compared with those who do. What is measured on each
case (days of a cycle) is a mean, and a week without a case is no row. Then the panel goes the way of every other:
`wb.moments(…, outcome=…)`.
"""

from __future__ import annotations

import pandas as pd

from workbench.contract import ContractError
from workbench.engines import Table, identifier, literal
from workbench.mapping import not_one_of
from workbench.panel import A_MONDAY
from workbench.privacy import MINIMUM
from workbench.sources import Source


def listed(source: Source) -> pd.DataFrame:
    """One row per outcome of single people: outcome, people, rows, counted (all values are whole numbers from 0 up)."""
    return source.outcomes.sql(
        """
        select outcome, cast(count(distinct user_id) as bigint) as people, cast(count(*) as bigint) as rows,
            min(case when value >= 0 and value = floor(value) then 1 else 0 end) = 1 as counted
        from this where user_id is not null group by outcome order by outcome"""
    ).to_pandas()


def by_week(panel: Table, source: Source) -> dict[str, Table]:
    """What enough trained and untrained people have, and the panel with it: `active_days` as it is, to hold the others
    against; then each outcome, `totals` of what is counted, `means` of the rest.

    panel : reads user_id, week, trained
    """
    there = listed(source)
    found = {"active_days": panel}
    for outcome, counted in zip(there["outcome"], there["counted"], strict=True):
        found[outcome] = (totals if counted else means)(panel, source, outcome)
    return {outcome: rows for outcome, rows in found.items() if _can_be_compared(rows)}


def _can_be_compared(rows: Table) -> bool:
    """Whether there are enough people who were trained while they were watched, and enough who never were."""
    text = """
        with people as (
            select min(week) as first, max(week) as last, min(trained) as trained from this group by user_id)
        select count(case when trained > first and trained <= last then 1 end) as trained,
            count(*) - count(trained) as untrained from people"""
    counts = rows.sql(text).to_arrow().to_pylist()[0]
    return bool(min(counts.values()) >= MINIMUM)


def totals(panel: Table, source: Source, outcome: str) -> Table:
    """The panel of those who have this outcome, with a column of its name: the sum of the week, 0 in a week without."""
    weekly = _weekly(panel, source, outcome, "sum")
    return panel.sql(
        f"""
        with people as (select distinct user_id from weekly)
        select this.*, coalesce(weekly.value, 0) as {identifier(outcome, panel.engine.dialect)}
        from this join people on people.user_id = this.user_id
            left join weekly on weekly.user_id = this.user_id and weekly.week = this.week
        order by this.user_id, this.week""",
        weekly=weekly,
    )


def means(panel: Table, source: Source, outcome: str) -> Table:
    """The user-weeks with a case, with a column of the outcome's name: the mean of the week."""
    return panel.sql(
        f"""
        select this.*, weekly.value as {identifier(outcome, panel.engine.dialect)}
        from this join weekly on weekly.user_id = this.user_id and weekly.week = this.week
        order by this.user_id, this.week""",
        weekly=_weekly(panel, source, outcome, "avg"),
    )


def _weekly(panel: Table, source: Source, outcome: str, how: str) -> Table:
    """Per person and week: value; of people who are named."""
    there = list(listed(source)["outcome"])
    if outcome not in there:
        raise ContractError(not_one_of(outcome, there, "outcome of single people"))
    dialect, origin = panel.engine.dialect, f"date '{A_MONDAY}'"
    days = dialect.days.format(a=origin, b="measured_on")
    monday = dialect.date_plus.format(date=origin, days=f"cast(7 * floor({days} / 7.0) as integer)")
    return source.outcomes.sql(
        f"""
        with dated as (
            select user_id, {monday} as week, value from this
            where outcome = {literal(outcome)} and user_id is not null)
        select user_id, week, {how}(cast(value as double)) as value from dated group by user_id, week"""
    )
