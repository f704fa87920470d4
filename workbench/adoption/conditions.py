"""Under which conditions each person works in the system, as the log shows them."""

from __future__ import annotations

from typing import Any

from workbench.data.contract import PRESENCE
from workbench.data.duckdb import as_table
from workbench.data.engine import Table, literals
from workbench.panel.rows import kind_of

EARLY, LATE = 7, 19  # hours of the local clock between which most people work


def conditions(actions: Any, panel: Any) -> Table:
    """What the log says of each person's conditions: to be reduced to groups, never shown.

    actions : kept rows; reads user_id, action, feature, succeeded, duration_seconds, source, hour
    panel : the user-weeks of the same time; reads user_id, team, department, role, region, actions, compulsory
    Returns a lazy Table, one row per person: user_id, team, department, role, region, actions (other than logins, a
    count), and of these: seconds (the time they take, as a multiple of the median of the same feature), failed, mobile,
    off_hours (shares, from 0 to 1; off hours: before 7 or from 19 on), chosen (share that was not compulsory). What the
    source never records is missing.

    >>> from workbench.adoption import conditions
    >>> conditions(wb.actions(log), wb.user_weeks(log)).to_arrow().num_rows
    24
    """
    return as_table(panel).sql(
        f"""
        with people as (
            select user_id, min(team) as team, min(department) as department, min(role) as role,
                min(region) as region, cast(sum(actions) as double precision) as actions,
                cast(sum(compulsory) as double precision) as compulsory
            from this group by user_id),
        usual as (
            select feature, percentile_cont(0.5) within group (order by duration_seconds) as median
            from actions where duration_seconds > 0 and feature is not null group by feature),
        done as (
            select actions.user_id, cast(count(*) as bigint) as n,
                avg(actions.duration_seconds / nullif(usual.median, 0)) as seconds,
                avg(case when succeeded = false then 1.0 when succeeded then 0.0 end) as failed,
                avg(case when source = 'mobile' then 1.0 when source is not null then 0.0 end) as mobile,
                avg(case when hour < {EARLY} or hour >= {LATE} then 1.0 when hour is not null then 0.0 end) as off_hours
            from actions left join usual on usual.feature = actions.feature
            where {kind_of(as_table(actions))} not in ({literals(PRESENCE)}) group by actions.user_id),
        told as (select sum(compulsory) as n from people)
        select people.user_id, team, department, role, region, coalesce(done.n, 0) as actions, done.seconds,
            done.failed, done.mobile, done.off_hours,
            case when told.n > 0 then 1 - compulsory / nullif(people.actions, 0) end as chosen
        from people cross join told left join done on done.user_id = people.user_id""",
        actions=as_table(actions),
    )
