"""Gives every user-week what came of the work in it.

An outcome counts for the week of its day. What is counted (deals won) is added up, and a week without any is zero, for
people who have this outcome at all: those who never sell are not compared with those who do. What is measured on each
case (days of a cycle) is a mean, and a week without a case is no row. Then the panel is compared like any
other.

Some outcomes belong to a team, not to one person. There the team is the unit: it is followed week by week, and what
trained it is a date that the whole team was given.
"""

from __future__ import annotations

from collections.abc import Collection

import pandas as pd

from workbench.data.engine import Table, identifier, literal
from workbench.data.sources import Source
from workbench.panel.days import week_of, weeks_begin
from workbench.programmes.colleagues import taught, unreached
from workbench.programmes.comparison import Comparison, Comparisons
from workbench.results.phrases import phrase, translated
from workbench.results.privacy import MINIMUM

OF_TEAMS = "_of_teams"  # the end of the name of an outcome of whole teams
MEASURED = "_measured"  # the end of the name of an outcome whose own is that of a column of the user-weeks
NONE = phrase("no such outcome is recorded")
TOO_FEW = phrase("fewer than {n} who had a training of their own, or fewer than {n} who had none, have it")


def outcomes(panel: Table, source: Source, time_zone: str = "UTC") -> Comparisons:
    """Training compared by what came of the work, for every outcome that enough people or teams have.

    panel : user-weeks with `trained`, the first week of any training
    The first is active days, the measure of use, for the same people. An outcome of single people needs five with a
    training of their own and five without, one of whole teams as many teams; its name then ends in "_of_teams". Teams
    that never had five people are left out: their outcome is nearly a person's. One that has the name of a column of
    the panel, such as "created", ends in "_measured".

    >>> from workbench.programmes import outcomes
    >>> list(outcomes(panel, log))  # fewer than five were trained
    []
    """
    people, teams = unreached(panel, source, time_zone), _teams(panel, taught(source, time_zone))
    found = {"active_days": people}
    for outcome, counted in _listed(source, "user_id").items():
        name = _column(outcome, panel)
        found[name] = _valued(people, _of_people(source), outcome, counted, name)
    for outcome, counted in _listed(source, "team").items():
        name = f"{outcome}{OF_TEAMS}"
        found[name] = _valued(teams, _of_teams(source), outcome, counted, name)
    each = {outcome: _comparison(panel, rows, outcome) for outcome, rows in found.items() if _can_be_compared(rows)}
    return Comparisons("outcome", each)


def _comparison(panel: Table, rows: Table, outcome: str) -> Comparison:
    rows = rows.sql("select this.*, trained as began from this order by user_id, week")
    people = rows.sql(
        "select user_id, 'compared' as part, true as compared, min(began) as began from this group by user_id"
    )
    return Comparison("training", panel, people, rows, cluster="team", outcome=outcome)


def _of_people(source: Source) -> Table:
    return source.outcomes.sql("select * from this where user_id is not null")


def _of_teams(source: Source) -> Table:
    return source.outcomes.sql(
        "select team as user_id, measured_on, outcome, value from this where user_id is null and team is not null"
    )


def _column(outcome: str, panel: Table) -> str:
    """The column of a single person's outcome; one named like a column of the user-weeks gets a name of its own."""
    taken = outcome.lower() in {*(name.lower() for name in panel.columns), "began"} or outcome.endswith(OF_TEAMS)
    return f"{outcome}{MEASURED}" if taken else outcome


def _listed(source: Source, unit: str) -> dict[str, bool]:
    """Outcome of single people ("user_id") or whole teams ("team") → whether it is counted: whole numbers from 0 up."""
    rows = _of_people(source) if unit == "user_id" else _of_teams(source)
    table = rows.sql(
        """
        select outcome, min(case when value >= 0 and value = floor(value) then 1 else 0 end) = 1 as counted
        from this group by outcome order by outcome"""
    ).to_pandas()
    return dict(zip(table["outcome"], table["counted"], strict=True))


def judged_by(outcome: str) -> str:
    """Of what the units of an outcome are, by its name: people, or teams.

    >>> from workbench.programmes import judged_by
    >>> judged_by("deals_won"), judged_by("deals_won_of_teams")
    ('people', 'teams')
    """
    return phrase("teams") if outcome.endswith(OF_TEAMS) else phrase("people")


def without_answer(source: Source, answered: Collection[str]) -> pd.DataFrame:
    """What outcomes say nothing, and why: what, reason.

    answered : the names of those that have an answer

    >>> from workbench.programmes import without_answer
    >>> without_answer(log, [])["what"].tolist()
    ['deals won', 'what whole teams bring']
    """
    of_people, of_teams = _listed(source, "user_id"), [f"{outcome}{OF_TEAMS}" for outcome in _listed(source, "team")]
    known = {*answered, *(name.removesuffix(MEASURED) for name in answered)}
    few = translated(TOO_FEW, n=MINIMUM)
    rows = [(name.replace("_", " "), few) for name in [*of_people, *of_teams] if name not in known]
    if not of_people:
        rows.append((phrase("what single people bring"), NONE))
    if not of_teams:
        rows.append((phrase("what whole teams bring"), NONE))
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
    counts = rows.sql(text).row()
    return bool(min(counts.values()) >= MINIMUM)


def _valued(panel: Table, rows: Table, outcome: str, counted: bool, column: str) -> Table:
    """The user-weeks with a column of what the outcome came to.

    What is counted is added up, with 0 in a week without, for all who have it at all; of what is measured on each case
    the mean, and a week without a case is no row.
    """
    weekly = _weekly(panel, rows, outcome, "sum" if counted else "avg")
    value, join = ("coalesce(weekly.value, 0)", "left join") if counted else ("weekly.value", "join")
    return panel.sql(
        f"""
        with units as (select distinct user_id from weekly)
        select this.*, {value} as {identifier(column)}
        from this join units on units.user_id = this.user_id
            {join} weekly on weekly.user_id = this.user_id and weekly.week = this.week
        order by this.user_id, this.week""",
        weekly=weekly,
    )


def _weekly(panel: Table, rows: Table, outcome: str, how: str) -> Table:
    """Per unit and week: value."""
    return rows.sql(
        f"""
        with dated as (
            select user_id, {week_of(panel, "measured_on", weeks_begin(panel))} as week, value
            from this where outcome = {literal(outcome)})
        select user_id, week, {how}(cast(value as double precision)) as value from dated group by user_id, week"""
    )
