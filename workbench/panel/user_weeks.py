"""One row per user per week.

The panel is one SELECT. Every event is either *kept* or left out for the first reason that applies (`REASONS`), so
that rows in = rows kept + rows left out. A kept event becomes a day on a calendar that starts with a week, days become
weeks, and every week that touches a person's access is there, with zeros where nothing was done.

Distinct days and features are counted with bit masks (a bit per weekday, a bit per feature) instead of COUNT DISTINCT:
half the cost, see benchmarks/engine.py.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Unpack

from workbench.data.engine import Table, literal, literals, select
from workbench.data.sources import Source
from workbench.errors import NothingToShowError
from workbench.panel.access import access_of, refuse_repeated_users
from workbench.panel.calendar import Days, Period
from workbench.panel.days import date_after, local_week, weeks_of
from workbench.panel.events import kept_rows, one_per_action
from workbench.panel.period import chosen_period, period_of
from workbench.results.boundary import Text
from workbench.results.phrases import say, translated
from workbench.results.privacy import MINIMUM
from workbench.results.words import ONLY_SOME, RESTS_ON, number

CORE_FEATURES = 63  # as many as a 64-bit mask holds; the most used come first


def user_weeks(
    source: Source,
    period: Period | None = None,
    programme: str | None = None,
    qualifying: Sequence[str] | None = None,
    **days: Unpack[Days],
) -> Table:
    """The panel: one row per user × week inside access, zero where nothing was done.

    period : the weeks to look at, from `period`; where rows carry their own UTC offset, their day is their own
    days : since, until and time_zone, where the period is needed only once: `user_weeks(source, time_zone="…")` is
        short for `user_weeks(source, period(source, time_zone="…"))`
    programme : the training whose first week becomes `trained`; default: any
    qualifying : actions that count as use; default: all of them

    Returns a lazy Table: user_id, week (its first day), eligible (access on at least one day of the week: true in every
    row written here), eligible_days (0–7), active_days (0–7 days with a qualifying action), actions (qualifying),
    logins, created, updated, features (distinct, of the 63 most used), compulsory, failed (counts), team, department,
    role, region (text), trained (first day of the first week of `programme`; missing: never), access_week (first day of
    the week in which access began, which may lie before the panel; missing where the data do not say).

    Raises ContractError where users occur twice, a required column is missing, or there is no such period.

    >>> times = ["2025-01-06T09:00Z", "2025-01-24T09:00Z", "2025-01-14T09:00Z"]
    >>> events = pd.DataFrame({"user_id": ["a", "a", "b"], "occurred_at": times, "action": "update"})
    >>> users = pd.DataFrame({"user_id": ["a", "b"]})
    >>> panel = wb.user_weeks(wb.open_source({"users": users, "events": events})).to_pandas()
    >>> [(row.user_id, f"{row.week:%d.%m.}", row.actions) for row in panel.itertuples()]
    [('a', '06.01.', 1), ('a', '13.01.', 0), ('a', '20.01.', 1), ('b', '13.01.', 1)]
    """
    refuse_repeated_users(source)
    period = chosen_period(source, period, days)
    named = f"programme = {literal(programme)}" if programme else "true"
    return select(
        _PANEL.format(
            numbers=", ".join(f"({n})" for n in range(period.weeks)),
            week=date_after(source.events, period.start, "7 * grid.week_number"),
            access_week=date_after(source.events, period.start, "7 * floor(grid.known_day / 7.0)"),
            active_days=source.events.engine.dialect.bit_count.format(mask="counted.day_mask"),
            features=source.events.engine.dialect.bit_count.format(mask="counted.feature_mask"),
        ),
        counted=_counted(kept_rows(source, period), qualifying, "action_id" in source.given("events")),
        access=access_of(source, period),
        people=source.users,
        first_training=first_trainings(source, period.time_zone).sql(
            f"select user_id, min(trained) as trained from this where {named} group by user_id"
        ),
    )


_PANEL = """
with weeks(week_number) as (values {numbers}),
grid as (
    select access.user_id, weeks.week_number,
        access.known_day, least(7 * weeks.week_number + 6, access.end_day)
            - greatest(7 * weeks.week_number, access.start_day) + 1 as days
    from access join weeks
        on access.start_day <= 7 * weeks.week_number + 6 and access.end_day >= 7 * weeks.week_number
    where not access.robot)
select grid.user_id, {week} as week, true as eligible, cast(grid.days as bigint) as eligible_days,
    coalesce(cast({active_days} as bigint), 0) as active_days, coalesce(counted.actions, 0) as actions,
    coalesce(counted.logins, 0) as logins, coalesce(counted.created, 0) as created,
    coalesce(counted.updated, 0) as updated, coalesce(cast({features} as bigint), 0) as features,
    coalesce(counted.compulsory, 0) as compulsory, coalesce(counted.failed, 0) as failed,
    people.team, people.department, people.role, people.region, first_training.trained,
    {access_week} as access_week
from grid
    join people on people.user_id = grid.user_id
    left join counted on counted.user_id = grid.user_id and counted.week_number = grid.week_number
    left join first_training on first_training.user_id = grid.user_id
order by grid.user_id, week"""


def rests_on(source: Source, panel: Table, selection: str = "", time_zone: str = "") -> Text:
    """One line that says what a report rests on: the source, its user-weeks, and a fingerprint of their numbers.

    selection : the file of the only people in the panel, where it is about some alone; the line says so
    time_zone : the period's, which the line names
    Returns a line without a full stop. The fingerprint (8 hexadecimal digits) changes when any team's weekly counts do,
    and gives away no more than they do.
    Raises ContractError where fewer than five people are in the panel: each number would be about persons.

    >>> from workbench.simulation import tiny_crm
    >>> source = wb.open_source(tiny_crm())
    >>> wb.rests_on(source, wb.user_weeks(source), time_zone="Asia/Tokyo").split(";")[0]
    'frames: 24 people with access, 216 user-weeks in 9 weeks from 6 January 2025 to 9 March 2025, days of Asia/Tokyo'
    """
    sums = ", ".join(
        f"cast(sum({c}) as bigint) as {c}" for c in ("eligible_days", "logins", "created", "updated", "failed")
    )
    weekly = panel.sql(
        f"""
        select week, team, cast(count(*) as bigint) as people, {sums}
        from this group by week, team order by week, team"""
    ).to_pandas()
    people = panel.sql("select cast(count(distinct user_id) as bigint) as n from this").row()["n"]
    if people < MINIMUM:
        raise NothingToShowError(
            f"fewer than {MINIMUM} people have access in these weeks, so that every number would be about persons.\n"
            "  Look at more people or other weeks."
        )
    print_of = hashlib.sha256(weekly.to_csv(index=False).encode()).hexdigest()[:8]
    # The name of a selection's file may be a person's.
    name = translated(ONLY_SOME, source=source.name) if selection else source.name
    during = say("{period}, days of {zone}", period=period_of(panel), zone=time_zone) if time_zone else period_of(panel)
    counts = {"people": number(people, 0), "weeks": number(weekly["people"].sum(), 0)}
    return Text(translated(RESTS_ON, source=name, period=during, print=print_of, **counts))


def first_trainings(source: Source, time_zone: str = "UTC", attended: bool = True) -> Table:
    """Per user and programme, the first week: user_id, programme, trained (its first day).

    attended : count only trainings that the person came to; False: every one that was offered
    """
    week = local_week(source.trainings, "started_at", time_zone, weeks_of(source))
    return source.trainings.sql(
        f"""
        select user_id, programme, min({week}) as trained from this
        where {"coalesce(attended, true)" if attended else "true"} group by user_id, programme"""
    )


def _counted(kept: Table, qualifying: Sequence[str] | None, grouped: bool) -> Table:
    """Per user and week: a bit for every day and feature used, and how often what was done."""
    marked = _marked(kept, qualifying)
    return (one_per_action(marked) if grouped else marked).sql(
        """
        select user_id, cast(floor(day / 7.0) as bigint) as week_number,
            bit_or(day_bit) as day_mask, bit_or(feature_bit) as feature_mask,
            cast(sum(used) as bigint) as actions, cast(sum(login) as bigint) as logins,
            cast(sum(created) as bigint) as created, cast(sum(updated) as bigint) as updated,
            cast(sum(compulsory) as bigint) as compulsory, cast(sum(failed) as bigint) as failed
        from this group by user_id, cast(floor(day / 7.0) as bigint)"""
    )


def _marked(kept: Table, qualifying: Sequence[str] | None) -> Table:
    """Every kept row as zeros and ones: what it counts towards."""
    counts = f"action in ({literals(qualifying)})" if qualifying is not None else "true"
    return kept.sql(
        f"""
        with used as (
            select this.*, case when coalesce(succeeded, true) and {counts} then 1 else 0 end as used from this),
        numbered as (
            select feature, row_number() over (order by count(*) desc, feature) - 1 as number
            from this where feature is not null group by feature)
        select user_id, action_id, day, used,
            case when used = 1 then cast(1 as bigint) << cast(day % 7 as integer) else 0 end as day_bit,
            case when used = 1 and number < {CORE_FEATURES} then cast(1 as bigint) << cast(number as integer) else 0
                end as feature_bit,
            case when kind_of_action = 'login' then 1 else 0 end as login,
            case when used = 1 and kind_of_action = 'create' then 1 else 0 end as created,
            case when used = 1 and kind_of_action = 'update' then 1 else 0 end as updated,
            case when used = 1 and compulsory then 1 else 0 end as compulsory,
            case when succeeded = false then 1 else 0 end as failed
        from used left join numbered on numbered.feature = used.feature"""
    )
