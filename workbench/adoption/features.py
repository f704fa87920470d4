"""Which parts of the system people use, what they do first, where they struggle, and at which hours."""

from __future__ import annotations

from typing import Any

import pandas as pd

from workbench.adoption.rates import count_of
from workbench.data.duckdb import as_table
from workbench.data.engine import identifier
from workbench.panel.days import local_date, weekday
from workbench.results.minimum import MINIMUM


def _groups(column: str, most: int) -> str:
    """SQL: the group of each person, and the largest groups with their sizes."""
    return f"""
        people as (
            select user_id, min({column}) as {column} from this where {column} is not null group by user_id),
        sizes as (
            select {column}, cast(count(*) as bigint) as n from people
            group by {column} order by n desc, {column} limit {int(most)})"""


def feature_reach(
    actions: Any, panel: Any, group: str = "role", most: int = 25, groups: int = 8, fewest: int = MINIMUM
) -> pd.DataFrame:
    """Which features reach whom: the share of each group's people that used each feature at least once.

    actions : kept rows of the log (`workbench.actions`); reads `user_id`, `feature`
    panel : the user-weeks of the same time; reads `user_id` and `group`
    most, groups : how many features, those that most people used, and how many groups, the largest
    fewest : people; what fewer have used is not named, for it may be one person's own word
    Returns one row per feature and group, also where nobody used it: feature, group, users, n (people), share.
    >>> actions = pd.DataFrame({"user_id": ["a", "b"], "feature": ["leads", "quotes"]})
    >>> panel = pd.DataFrame({"user_id": ["a", "b", "c"], "role": ["sales", "sales", "service"]})
    >>> feature_reach(actions, panel, fewest=1)[["feature", "role", "users", "n"]].to_numpy().tolist()
    [['leads', 'sales', 1, 2], ['leads', 'service', 0, 1], ['quotes', 'sales', 1, 2], ['quotes', 'service', 0, 1]]
    """
    column = identifier(group)
    text = f"""
        with {_groups(column, groups)},
        used as (
            select people.{column}, actions.feature, cast(count(distinct actions.user_id) as bigint) as users
            from actions join people on people.user_id = actions.user_id
            where actions.feature is not null group by people.{column}, actions.feature),
        features as (
            select feature from actions where feature is not null
            group by feature having count(distinct user_id) >= {int(fewest)}
            order by count(distinct user_id) desc, feature limit {int(most)})
        select features.feature, sizes.{column}, coalesce(used.users, 0) as users, sizes.n,
            cast(coalesce(used.users, 0) as double precision) / sizes.n as share
        from features cross join sizes
            left join used on used.feature = features.feature and used.{column} = sizes.{column}
        order by features.feature, sizes.{column}"""
    return as_table(panel).sql(text, actions=as_table(actions)).to_pandas()


def first_steps(actions: Any, panel: Any, group: str = "role", steps: int = 3, groups: int = 8) -> pd.DataFrame:
    """Where people begin: the order in which a group's people first used the features that a third of them ever used.

    actions : kept rows of the log; reads `user_id`, `date`, `feature`; features first used on one day count as used in
        the order of their names
    panel : the user-weeks of the same time; reads `user_id` and `group`
    steps, groups : how many features, the earliest by their mean place, and how many groups, the largest
    Returns one row per group and step: group, step, feature, place (mean), users (who used it), n (people), share.
    >>> days = pd.to_datetime(["2025-01-07", "2025-01-06", "2025-01-06"])
    >>> actions = pd.DataFrame({"user_id": ["a", "a", "b"], "date": days, "feature": ["quotes", "leads", "leads"]})
    >>> panel = pd.DataFrame({"user_id": ["a", "b"], "role": "sales"})
    >>> first_steps(actions, panel)[["step", "feature", "place", "users"]].to_numpy().tolist()
    [[1, 'leads', 1.0, 2], [2, 'quotes', 2.0, 1]]
    """
    column = identifier(group)
    text = f"""
        with {_groups(column, groups)},
        firsts as (
            select user_id, feature, min(date) as date from actions where feature is not null
            group by user_id, feature),
        placed as (
            select firsts.*, row_number() over (partition by user_id order by date, feature) as place from firsts),
        features as (
            select people.{column}, feature, avg(cast(place as double precision)) as place,
                cast(count(*) as bigint) as users
            from placed join people on people.user_id = placed.user_id group by people.{column}, feature),
        common as (
            select features.*, sizes.n, cast(users as double precision) / n as share,
                row_number() over (partition by features.{column} order by place, feature) as step
            from features join sizes on sizes.{column} = features.{column} where 3 * users >= n)
        select {column}, step, feature, place, users, n, share
        from common where step <= {int(steps)} order by n desc, {column}, step"""
    return as_table(panel).sql(text, actions=as_table(actions)).to_pandas()


def struggle(actions: Any, tickets: Any, most: int = 15, time_zone: str = "UTC") -> pd.DataFrame:
    """Where people struggle, feature by feature.

    actions : kept rows; reads occurred_at, date, feature, succeeded, duration_seconds, user_id
    tickets : the tickets table; reads feature and opened_at; those from the first to the last day of the actions count
    most : how many features, those that fail most often
    time_zone : in which the day of a ticket is read, the one of the actions
    Returns one row per feature, most failures first: feature, n (people), actions, failed, failure_rate, gave_up (of
    the days on which something failed for somebody, the share that ended with it), median_seconds, tickets,
    tickets_per_100_users. What the source never tells (whether actions succeeded, how long they took, tickets) is
    missing; a feature of which it tells none of the three has no row.
    >>> day = pd.to_datetime("2025-01-06")
    >>> actions = pd.DataFrame({"user_id": ["a", "b"], "date": day, "occurred_at": day, "feature": "quotes",
    ...     "succeeded": [True, False], "duration_seconds": [10.0, 30.0]})
    >>> tickets = pd.DataFrame({"feature": ["quotes"], "opened_at": [day]})
    >>> row = struggle(actions, tickets).iloc[0]
    >>> [row[name].item() for name in ("failure_rate", "gave_up", "median_seconds", "tickets_per_100_users")]
    [0.5, 1.0, 20.0, 50.0]
    """
    asked_for = as_table(tickets)
    found = (
        as_table(actions)
        .sql(
            f"""
        with done as (
            select feature, cast(count(distinct user_id) as bigint) as n, cast(count(*) as bigint) as actions,
                {count_of("succeeded = false")} as failed,
                percentile_cont(0.5) within group (order by duration_seconds) as median_seconds
            from this where feature is not null group by feature),
        placed as (
            select feature, succeeded, user_id, date,
                row_number() over (partition by user_id, feature, date
                    order by occurred_at desc, case when succeeded = false then 1 else 0 end) as back
            from this),
        tried as (
            select feature, user_id, date, max(case when succeeded = false then 1 else 0 end) as failing,
                max(case when succeeded = false and back = 1 then 1 else 0 end) as left_it
            from placed where feature is not null group by feature, user_id, date),
        given_up as (
            select feature, cast(sum(left_it) as double precision) / nullif(sum(failing), 0) as gave_up
            from tried group by feature),
        told as (select count(succeeded) as n from this),
        written as (select count(*) as n from tickets),
        days as (select min(date) as first, max(date) as last from this),
        asked as (
            select feature, cast(count(*) as bigint) as tickets from tickets cross join days
            where {local_date(asked_for, "opened_at", time_zone)} between first and last group by feature)
        select done.feature, done.n, actions, failed,
            case when told.n > 0 then cast(failed as double precision) / actions end as failure_rate,
            case when told.n > 0 then gave_up end as gave_up, median_seconds,
            case when written.n > 0 then coalesce(tickets, 0) end as tickets,
            case when written.n > 0 then 100.0 * coalesce(tickets, 0) / done.n end as tickets_per_100_users
        from done cross join told cross join written left join asked on asked.feature = done.feature
            left join given_up on given_up.feature = done.feature
        order by failed desc, done.feature""",
            tickets=asked_for,
        )
        .to_pandas()
    )
    known = found.dropna(subset=["failure_rate", "median_seconds", "tickets"], how="all")
    return known.sort_values("failure_rate", ascending=False, kind="stable").head(most).reset_index(drop=True)


def rhythm(actions: Any) -> pd.DataFrame:
    """When people work in the system: the share of all kept rows by weekday and local hour.

    Returns one row per weekday (0 is Monday) and hour: weekday, hour, actions, share.
    actions : kept rows of the log; reads `date`, `hour`

    >>> monday = pd.to_datetime("2025-01-06")
    >>> found = rhythm(pd.DataFrame({"date": [monday, monday + pd.Timedelta(days=1)], "hour": [9, 14]}))
    >>> found.query("actions > 0")[["weekday", "hour", "share"]].to_numpy().tolist()
    [[0.0, 9.0, 0.5], [1.0, 14.0, 0.5]]
    """
    given = as_table(actions)
    day = weekday(given, "cast(date as date)")
    text = f"select {day} as weekday, hour, cast(count(*) as bigint) as actions from this group by {day}, hour"
    counts = given.sql(text).to_pandas()
    every = pd.MultiIndex.from_product([range(7), range(24)], names=["weekday", "hour"])
    table = counts.set_index(["weekday", "hour"]).reindex(every, fill_value=0).reset_index()
    return table.assign(share=table["actions"] / max(int(table["actions"].sum()), 1))
