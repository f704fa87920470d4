"""What the weeks of one person look like, beyond how much they use the system.

A dozen numbers a person, computed where the data are: how much, whether it rises or falls, how regular, how broad, how
deep, how well, how much of it by choice, and what moved when a training or an incentive came.
"""

from __future__ import annotations

from typing import Any

from workbench.data.contract import PRESENCE
from workbench.data.duckdb import as_table
from workbench.data.engine import Table, literals
from workbench.panel.rows import kind_of
from workbench.results.phrases import phrase

AROUND = 8  # weeks before and after a training or an incentive
PERCENT = "{:.0%}"
TRAITS = {  # what each is called, and how its figures are written
    "level": (phrase("active days a week"), "{:g}"),
    "change": (phrase("change in active days a week from the first quarter of their weeks to the last"), "{:+g}"),
    "regularity": (phrase("share of their weeks with use"), PERCENT),
    "breadth": (phrase("features used in an active week"), "{:g}"),
    "depth": (phrase("actions on an active day"), "{:g}"),
    "empty_days": (phrase("days a week with logins and no work"), "{:g}"),
    "empty_share": (phrase("share of their days spent so"), PERCENT),
    "quality": (phrase("share of required fields filled"), PERCENT),
    "discretionary": (phrase("share of actions by choice"), PERCENT),
    "incentive_response": (phrase("extra active days a week while an incentive runs"), "{:+g}"),
    "unrewarded": (phrase("active days a week before and after it"), "{:g}"),
    "training_response": (phrase("extra active days a week after training"), "{:+g}"),
}


def traits(panel: Any, actions: Any, incentives: Any = None) -> Table:
    """The shape of each person's use.

    panel : user-weeks as `user_weeks` returns them
    actions : kept rows of the log of the same period, as `actions` returns them; reads `user_id`, `date`, `action` and,
        where there are any, `fields_required` and `fields_filled`
    incentives : the incentives table; who had one when, by `team` or `user_id`, `starts_on`, `ends_on`; mandates
        (`kind`) reward nobody and are passed over
    Returns a lazy Table, one row per user: user_id, weeks (with access) and `TRAITS`. What cannot be known of somebody,
    such as the response to an incentive that was not offered, is missing.
    """
    weeks = _with_rewards(as_table(panel), None if incentives is None else as_table(incentives))
    return _of_weeks(weeks).sql(_JOINED, logged=_of_log(as_table(actions)))


def _with_rewards(panel: Table, incentives: Table | None) -> Table:
    """The user-weeks of access with `rewarded` (0 or 1)."""
    eligible = "where coalesce(eligible, true)" if "eligible" in panel.columns else ""
    if incentives is None:
        return panel.sql(f"select *, 0 as rewarded from this {eligible}")
    start = "cast(this.week as date)"
    end = panel.engine.dialect.date_plus.format(date=start, days=6)
    given = "coalesce(incentives.kind, '') <> 'mandate' and" if "kind" in incentives.columns else ""
    offered = " union ".join(
        f"select this.user_id, this.week from this join incentives on incentives.{key} = this.{key}"
        f" where {given} incentives.starts_on <= {end} and coalesce(incentives.ends_on, {end}) >= {start}"
        for key in ("team", "user_id")
        if key in incentives.columns
    )
    return panel.sql(
        f"""
        with offered as ({offered})
        select this.*, case when offered.week is null then 0 else 1 end as rewarded
        from this left join offered on offered.user_id = this.user_id and offered.week = this.week {eligible}""",
        incentives=incentives,
    )


def _of_weeks(weeks: Table) -> Table:
    """user_id, weeks, and the traits that weekly counts show."""
    days, reach = weeks.engine.dialect.days, 7 * AROUND
    taught, started, ended = (days.format(a=day, b="day") for day in ("taught_on", "first_reward", "last_reward"))

    def use(where: str, of: str = "active_days") -> str:
        return f"avg(case when {where} then cast({of} as double precision) end)"

    before, after = use(f"{started} between {-reach} and -1"), use(f"{ended} between 1 and {reach}")
    # The mean of before and after, so that somebody who rises or falls all year does not seem to respond.
    around = f"(coalesce({before}, {after}) + coalesce({after}, {before})) / 2"
    return weeks.sql(f"""
        with dated as (select this.*, cast(week as date) as day, cast(trained as date) as taught_on from this),
        placed as (
            select dated.*, row_number() over (partition by user_id order by day) as nth,
                count(*) over (partition by user_id) as of_them,
                min(case when rewarded = 1 then day end) over (partition by user_id) as first_reward,
                max(case when rewarded = 1 then day end) over (partition by user_id) as last_reward
            from dated
        )
        select user_id, cast(count(*) as bigint) as weeks, sum(active_days) as active, {use("true")} as level,
            {use("4 * nth > 3 * of_them")} - {use("4 * (nth - 1) < of_them")} as change,
            {use("true", "case when active_days > 0 then 1 else 0 end")} as regularity,
            {use("active_days > 0", "features")} as breadth,
            cast(sum(actions) as double precision) / nullif(sum(active_days), 0) as depth,
            1 - cast(sum(compulsory) as double precision) / nullif(sum(actions), 0) as discretionary,
            {use("rewarded = 1")} - {around} as incentive_response, {around} as unrewarded,
            {use(f"{taught} between 0 and {reach - 1}")} - {use(f"{taught} between {-reach} and -1")}
                as training_response
        from placed group by user_id""")


def _of_log(actions: Table) -> Table:
    """user_id, empty (days of mere presence), quality."""
    both = {"fields_required", "fields_filled"} <= set(actions.columns)
    idle = f"{kind_of(actions)} in ({literals(PRESENCE)})"
    required, filled = ("fields_required", "fields_filled") if both else ("0", "0")
    return actions.sql(f"""
        with days as (
            select user_id, date, min(case when {idle} then 1 else 0 end) as empty,
                sum({required}) as required, sum({filled}) as filled
            from this group by user_id, date
        )
        select user_id, cast(sum(empty) as double precision) as empty,
            cast(sum(filled) as double precision) / nullif(sum(required), 0) as quality
        from days group by user_id""")


_JOINED = """
    select this.user_id, weeks, level, change, regularity, breadth, depth, coalesce(empty, 0) / weeks as empty_days,
        coalesce(empty, 0) / nullif(active + coalesce(empty, 0), 0) as empty_share, quality, discretionary,
        incentive_response, unrewarded, training_response
    from this left join logged on logged.user_id = this.user_id"""
