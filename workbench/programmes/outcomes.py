"""Gives every user-week what came of the work in it.

An outcome counts for the week of its day. What is counted (deals won) is added up, and a week without any is zero, for
people who have this outcome at all: those who never sell are not compared with those who do. What is measured on each
case (days of a cycle) is a mean, and a week without a case is no row. Then the panel goes the way of every other:
`wb.moments(…, outcome=…)`.

Some outcomes belong to a team, not to one person. There the team is the unit: it is followed week by week, and what
trained it is a date that the whole team was given.
"""

from __future__ import annotations

from collections.abc import Collection

import pandas as pd

from workbench.data.engine import Table, identifier, literal
from workbench.data.sources import Source
from workbench.errors import ContractError, not_one_of
from workbench.panel.days import week_of
from workbench.results.privacy import MINIMUM

NONE = "no such outcome is recorded"
TOO_FEW = f"fewer than {MINIMUM} who had a training of their own, or fewer than {MINIMUM} who had none, have it"


def listed(source: Source) -> pd.DataFrame:
    """One row per outcome of single people: outcome, people, rows, counted (all values are whole numbers from 0 up)."""
    return _listed(source.outcomes, "user_id is not null", "user_id", "people")


def listed_of_teams(source: Source) -> pd.DataFrame:
    """One row per outcome of whole teams: outcome, teams, rows, counted (all values are whole numbers from 0 up)."""
    return _listed(source.outcomes, "user_id is null and team is not null", "team", "teams")


def _listed(rows: Table, which: str, unit: str, units: str) -> pd.DataFrame:
    return rows.sql(
        f"""
        select outcome, cast(count(distinct {unit}) as bigint) as {units}, cast(count(*) as bigint) as rows,
            min(case when value >= 0 and value = floor(value) then 1 else 0 end) = 1 as counted
        from this where {which} group by outcome order by outcome"""
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


def by_team_and_week(panel: Table, source: Source, taught: Table) -> dict[str, Table]:
    """Outcomes of whole teams that five teams with a training of their own have, and five without, week by week.

    panel : user-weeks, whose teams are followed in the weeks in which somebody in them has access; teams that never had
        five people are left out, for theirs is nearly a person's
    taught : team, began (the first week in which a training of the whole team began), as of `peers.taught`
    Returns outcome_of_teams → a Table, one row per team and week: team, week, trained, and the outcome.
    """
    teams, there = _teams(panel, taught), listed_of_teams(source)
    given = source.outcomes.sql(
        "select team as user_id, measured_on, outcome, value from this where user_id is null and team is not null"
    )
    found = {
        f"{outcome}_of_teams": (_totals if counted else _means)(teams, given, outcome, f"{outcome}_of_teams")
        for outcome, counted in zip(there["outcome"], there["counted"], strict=True)
    }
    return {outcome: rows for outcome, rows in found.items() if _can_be_compared(rows)}


def judged_by(outcome: str) -> str:
    """Of what the units of an outcome are, by its name: people, or teams."""
    return "teams" if outcome.endswith("_of_teams") else "people"


def untold(source: Source, told: Collection[str]) -> pd.DataFrame:
    """What outcomes say nothing, and why: what, reason.

    told : the names of those that have an answer
    """
    names = [*listed(source)["outcome"], *(f"{outcome}_of_teams" for outcome in listed_of_teams(source)["outcome"])]
    rows = [(name.replace("_", " "), TOO_FEW) for name in names if name not in told]
    if not any(judged_by(name) == "people" for name in names):
        rows.append(("what single people bring", NONE))
    if not any(judged_by(name) == "teams" for name in names):
        rows.append(("what whole teams bring", NONE))
    return pd.DataFrame(rows, columns=["what", "reason"])


def _teams(panel: Table, taught: Table) -> Table:
    """Per team and week: user_id and team, which are one, and trained."""
    return panel.sql(
        f"""
        with weeks as (select team, week, count(distinct user_id) as people from this where team is not null
            group by team, week),
        large as (select team from weeks group by team having max(people) >= {MINIMUM})
        select weeks.team as user_id, weeks.team, weeks.week, taught.began as trained
        from weeks join large on large.team = weeks.team left join taught on taught.team = weeks.team
        order by weeks.team, weeks.week""",
        taught=taught,
    )


def _can_be_compared(rows: Table) -> bool:
    """Whether there are enough units that were trained while they were watched, and enough that never were."""
    text = """
        with units as (
            select min(week) as first, max(week) as last, min(trained) as trained from this group by user_id)
        select count(case when trained > first and trained <= last then 1 end) as trained,
            count(*) - count(trained) as untrained from units"""
    counts = rows.sql(text).to_arrow().to_pylist()[0]
    return bool(min(counts.values()) >= MINIMUM)


def totals(panel: Table, source: Source, outcome: str) -> Table:
    """The panel of those who have this outcome, with a column of its name: the sum of the week, 0 in a week without."""
    return _totals(panel, _of_people(source, outcome), outcome, outcome)


def means(panel: Table, source: Source, outcome: str) -> Table:
    """The user-weeks with a case, with a column of the outcome's name: the mean of the week."""
    return _means(panel, _of_people(source, outcome), outcome, outcome)


def _of_people(source: Source, outcome: str) -> Table:
    there = list(listed(source)["outcome"])
    if outcome not in there:
        raise ContractError(not_one_of(outcome, there, "outcome of single people"))
    return source.outcomes.sql("select * from this where user_id is not null")


def _totals(panel: Table, rows: Table, outcome: str, column: str) -> Table:
    return panel.sql(
        f"""
        with units as (select distinct user_id from weekly)
        select this.*, coalesce(weekly.value, 0) as {identifier(column)}
        from this join units on units.user_id = this.user_id
            left join weekly on weekly.user_id = this.user_id and weekly.week = this.week
        order by this.user_id, this.week""",
        weekly=_weekly(panel, rows, outcome, "sum"),
    )


def _means(panel: Table, rows: Table, outcome: str, column: str) -> Table:
    return panel.sql(
        f"""
        select this.*, weekly.value as {identifier(column)}
        from this join weekly on weekly.user_id = this.user_id and weekly.week = this.week
        order by this.user_id, this.week""",
        weekly=_weekly(panel, rows, outcome, "avg"),
    )


def _weekly(panel: Table, rows: Table, outcome: str, how: str) -> Table:
    """Per unit and week: value."""
    return rows.sql(
        f"""
        with dated as (
            select user_id, {week_of(panel, "measured_on")} as week, value
            from this where outcome = {literal(outcome)})
        select user_id, week, {how}(cast(value as double precision)) as value from dated group by user_id, week"""
    )
