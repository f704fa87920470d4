"""One row per user per week.

The panel is one SELECT. Every event is either *kept* or left out for the first reason that applies (`REASONS`), so
that rows in = rows kept + rows left out. A kept event becomes a day on a calendar that starts on a Monday, days become
weeks, and every week that touches a person's access is there, with zeros where nothing was done.

Distinct days and features are counted with bit masks (a bit per weekday, a bit per feature) instead of COUNT DISTINCT:
half the cost, see benchmarks/engine.py.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pandas as pd

from workbench.contract import IMPORTED, PRESENCE, ContractError
from workbench.engines import Table, as_table, literal, literals, select
from workbench.mapping import known_zone
from workbench.sources import Source

CORE_FEATURES = 63  # as many as a 64-bit mask holds; the most used come first
FRIDAY = 4
A_MONDAY = date(1970, 1, 5)
Day = date | str | None

REASONS = {
    "unknown user": "the user is not in the users table",
    "robot": "a machine's account or row",
    "repeated": "a row with the same event_id was there before",
    "failed login": "somebody tried to log in and did not succeed",
    "acted for": "somebody else acted in the user's name",
    "imported": "written by an import, nobody's own work",
    "no access": "before access began or after it ended",
    "outside period": "outside the weeks looked at, or in an unfinished last week",
}


@dataclass(frozen=True)
class Period:
    """Whole weeks in a time zone, from a Monday to a Sunday."""

    start: date
    weeks: int
    time_zone: str = "UTC"

    @property
    def end(self) -> date:
        """The last Sunday."""
        return self.start + timedelta(days=7 * self.weeks - 1)


def user_weeks(
    source: Source,
    since: Day = None,
    until: Day = None,
    time_zone: str = "UTC",
    programme: str | None = None,
    qualifying: tuple[str, ...] | list[str] | None = None,
) -> Table:
    """The panel: one row per user × week inside access, zero where nothing was done.

    since, until : first and last day; only whole weeks between them count. Default: the whole log, without an
        unfinished last week (one whose Friday the log does not reach)
    time_zone : the organisation's; where rows carry their own UTC offset, the day is the row's own
    programme : the training whose first week becomes `trained`; default: any
    qualifying : actions that count as use; default: all of them

    Returns a lazy Table: user_id, week (its Monday, a date), eligible (access on at least one day of the week: true in
    every row written here), eligible_days (0–7), active_days (0–7 days with a qualifying action), actions (qualifying),
    logins, created, updated, features (distinct, of the 63 most used), compulsory, failed (counts), team, department,
    role, region (text), trained (Monday of the first week of `programme`; missing: never).

    Raises ContractError where users occur twice, a required column is missing, or the zone is unknown.
    """
    _refuse_repeated_users(source)
    weeks = period(source, since, until, time_zone)
    named = f"programme = {literal(programme)}" if programme else "true"
    return select(
        _PANEL.format(
            numbers=", ".join(f"({n})" for n in range(weeks.weeks)),
            week=_date_of(source, weeks, "7 * grid.week_number"),
            active_days=source.events.engine.dialect.bit_count.format(mask="counted.day_mask"),
            features=source.events.engine.dialect.bit_count.format(mask="counted.feature_mask"),
        ),
        counted=_counted(_kept(source, weeks), qualifying, "action_id" in source.given("events")),
        access=_access(source, weeks),
        people=source.users,
        first_training=first_trainings(source, time_zone).sql(
            f"select user_id, min(trained) as trained from this where {named} group by user_id"
        ),
    )


_PANEL = """
with weeks(week_number) as (values {numbers}),
grid as (
    select access.user_id, weeks.week_number,
        least(7 * weeks.week_number + 6, access.end_day) - greatest(7 * weeks.week_number, access.start_day) + 1 as days
    from access join weeks
        on access.start_day <= 7 * weeks.week_number + 6 and access.end_day >= 7 * weeks.week_number
    where not access.robot)
select grid.user_id, {week} as week, true as eligible, cast(grid.days as bigint) as eligible_days,
    coalesce(cast({active_days} as bigint), 0) as active_days, coalesce(counted.actions, 0) as actions,
    coalesce(counted.logins, 0) as logins, coalesce(counted.created, 0) as created,
    coalesce(counted.updated, 0) as updated, coalesce(cast({features} as bigint), 0) as features,
    coalesce(counted.compulsory, 0) as compulsory, coalesce(counted.failed, 0) as failed,
    people.team, people.department, people.role, people.region, first_training.trained
from grid
    join people on people.user_id = grid.user_id
    left join counted on counted.user_id = grid.user_id and counted.week_number = grid.week_number
    left join first_training on first_training.user_id = grid.user_id
order by grid.user_id, week"""


def period(source: Source, since: Day = None, until: Day = None, time_zone: str = "UTC") -> Period:
    """The whole weeks between two days; by default those of the log, without an unfinished last one."""
    logged_first, logged_last = _log_days(source, str(known_zone(time_zone)))
    first = _day(since, "since") or monday(logged_first)
    last = _day(until, "until") or (_sunday(logged_last) if logged_last.weekday() >= FRIDAY else logged_last)
    start = monday(first + timedelta(days=6))
    weeks = (last - start + timedelta(days=1)).days // 7
    if weeks < 1:
        raise ContractError(f"there is no whole week from {first} to {last}.\n  Look at since and until.")
    return Period(start, weeks, time_zone)


def monday(day: date) -> date:
    """The Monday of a day's week.

    >>> monday(date(2025, 3, 5))
    datetime.date(2025, 3, 3)
    """
    return day - timedelta(days=day.weekday())


def left_out(source: Source, since: Day = None, until: Day = None, time_zone: str = "UTC") -> pd.DataFrame:
    """What became of every row of the log.

    Returns one row per reason, "kept" first: reason, meaning, rows, users; the rows add up to the rows of the log.
    """
    text = """
        select reason, cast(count(*) as bigint) as rows, cast(count(distinct user_id) as bigint) as users
        from this group by reason"""
    counts = _judged(source, period(source, since, until, time_zone)).sql(text).to_pandas().set_index("reason")
    meanings = {"kept": "counted in this report", **REASONS}
    table = counts.reindex(list(meanings), fill_value=0).rename_axis("reason").reset_index()
    table.insert(1, "meaning", list(meanings.values()))
    return table


def actions(source: Source, since: Day = None, until: Day = None, time_zone: str = "UTC") -> Table:
    """Every kept row of the log, lazily: all columns of `events`, and its local `date`, `week` and `hour` (0–23).

    Several rows with one action_id stay several rows here; the panel counts them as one action.
    """
    weeks = period(source, since, until, time_zone)
    week = _date_of(source, weeks, "7 * floor(day / 7.0)")
    return _kept(source, weeks).sql(
        f"select this.*, {_date_of(source, weeks, 'day')} as date, {week} as week,"
        " cast(extract(hour from local_time) as bigint) as hour from this"
    )


def rests_on(source: Source, panel: Table, cohort: str = "") -> str:
    """One line that says what a report rests on: the source, its user-weeks, and a fingerprint of their numbers.

    cohort : the file of the only people in the panel, where it is about some alone; the line says so by its name
    The fingerprint changes when any group's weekly counts do; it holds no more than they do.
    """
    sums = ", ".join(
        f"cast(sum({c}) as bigint) as {c}" for c in ("eligible_days", "logins", "created", "updated", "failed")
    )
    weekly = panel.sql(
        f"""
        select week, team, cast(count(*) as bigint) as people, {sums}
        from this group by week, team order by week, team"""
    ).to_pandas()
    people = panel.sql("select cast(count(distinct user_id) as bigint) as n from this").to_arrow()["n"][0].as_py()
    first, last = weekly["week"].min(), weekly["week"].max()
    print_of = hashlib.sha256(weekly.to_csv(index=False).encode()).hexdigest()[:8]
    weeks = (last - first).days // 7 + 1
    alone = f", only the cohort {Path(cohort).stem}" if cohort else ""
    return (
        f"{source.name}{alone}: {people:,} people with access, {int(weekly['people'].sum()):,} user-weeks in"
        f" {weeks} weeks from {_written(first)} to {_written(last + timedelta(days=6))}; fingerprint {print_of}"
    )


def weeks_apart(panel: Table, weeks: int) -> tuple[date, date]:
    """Two weeks to compare, by their Mondays: the panel's last one, and the one so many before it, or its first."""
    ends = panel.sql("select min(week) as first, max(week) as last from this").to_arrow().to_pylist()[0]
    return max(ends["first"], ends["last"] - timedelta(weeks=weeks)), ends["last"]


def latest(result: pd.DataFrame, weeks: int) -> pd.DataFrame:
    """The rows of the last so many weeks of a table by `week`, for a chart that would otherwise be too wide to read."""
    return result[result["week"] > result["week"].max() - pd.Timedelta(weeks=weeks)]


def qualifying_actions(source: Source, chosen: str = "") -> tuple[str, ...]:
    """The actions that count as use: those chosen (comma separated), else all but mere presence, else all there are."""
    there = source.events.sql("select distinct action from this order by action").to_arrow()["action"].to_pylist()
    wanted = tuple(word.strip() for word in chosen.split(",") if word.strip())
    unknown = [word for word in wanted if word not in there]
    if unknown:
        raise ContractError(f"the log has no action {unknown[0]!r}; it has {', '.join(there)}.")
    return wanted or tuple(a for a in there if a not in PRESENCE) or tuple(there)


# ── days ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _day(said: Day, parameter: str) -> date | None:
    if said is None or said == "":
        return None
    try:
        return pd.Timestamp(said).date()
    except ValueError:
        raise ContractError(f"{parameter} = {said!r} is not a day; write it like 2025-03-31.") from None


def _written(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def _sunday(day: date) -> date:
    return monday(day) + timedelta(days=6)


def _log_days(source: Source, time_zone: str) -> tuple[date, date]:
    """The first and last local day of the log."""
    ends = (
        source.events.sql("select min(occurred_at) as first, max(occurred_at) as last from this").to_arrow().to_pylist()
    )
    first, last = ends[0]["first"], ends[0]["last"]
    if first is None:
        raise ContractError("the log is empty: events has no rows, so there is no week to look at.")
    return tuple(pd.Timestamp(t).tz_convert(time_zone).date() for t in (first, last))  # type: ignore[return-value]


def _date_of(source: Source, weeks: Period, days: str) -> str:
    """SQL: the date that many days after the period's first Monday."""
    plus = source.events.engine.dialect.date_plus
    return plus.format(date=f"date '{weeks.start}'", days=f"cast({days} as integer)")


def _days_since(source: Source, weeks: Period, day: str) -> str:
    """SQL: whole days from the period's first Monday to a date."""
    return source.events.engine.dialect.days.format(a=f"date '{weeks.start}'", b=day)


def _local_time(source: Source, weeks: Period, instant: str) -> str:
    """SQL: the wall-clock time of an instant, by the row's own offset where there is one."""
    dialect = source.events.engine.dialect
    there = dialect.local.format(ts=instant, zone=literal(weeks.time_zone))
    if "utc_offset_minutes" not in source.given("events"):
        return there
    own = dialect.shifted.format(ts=instant, minutes="utc_offset_minutes")
    return f"case when utc_offset_minutes is null then {there} else {own} end"


# ── which rows are kept ─────────────────────────────────────────────────────────────────────────────────────────


def _kept(source: Source, weeks: Period) -> Table:
    return _judged(source, weeks).sql("select * from this where reason = 'kept'")


def _judged(source: Source, weeks: Period) -> Table:
    """Every event with its local time, its day (0: the period's first Monday), and "kept" or why it is left out."""
    cases = [
        ("access.user_id is null", "unknown user"),
        *_row_reasons(source),
        ("access.start_day is null or day < access.start_day or day > access.end_day", "no access"),
        (f"day < 0 or day >= {7 * weeks.weeks}", "outside period"),
    ]
    reason = " ".join(f"when {condition} then '{name}'" for condition, name in cases)
    return select(
        f"select dated.*, case {reason} else 'kept' end as reason"
        " from dated left join access on access.user_id = dated.user_id",
        dated=_dated(source, weeks),
        access=_access(source, weeks),
    )


def _dated(source: Source, weeks: Period) -> Table:
    local = _local_time(source, weeks, "occurred_at")
    day = _days_since(source, weeks, "cast(local_time as date)")
    return _numbered(source).sql(
        f"with timed as (select this.*, {local} as local_time from this)"
        f" select timed.*, cast({day} as bigint) as day from timed"
    )


def _row_reasons(source: Source) -> list[tuple[str, str]]:
    """The reasons that need no calendar, for the columns that the data have; the first that applies counts."""
    given = source.given("events")
    robot = "access.robot or coalesce(dated.is_robot, false)" if "is_robot" in given else "access.robot"
    cases = [
        (robot, "robot", True),
        ("occurrence > 1", "repeated", _repeated_ids(source) is not None),
        (f"succeeded = false and action in ({literals(PRESENCE)})", "failed login", "succeeded" in given),
        ("actor_id <> dated.user_id", "acted for", "actor_id" in given),
        (f"source in ({literals(IMPORTED)})", "imported", "source" in given),
    ]
    return [(condition, name) for condition, name, possible in cases if possible]


def _numbered(source: Source) -> Table:
    """Events with their occurrence: 2, 3 … for rows whose event_id was there before."""
    repeated = _repeated_ids(source)
    if repeated is None:
        return source.events
    return source.events.sql(
        """
        select this.*, 1 as occurrence
        from this left join repeated on repeated.event_id = this.event_id where repeated.event_id is null
        union all
        select this.*, row_number() over (
            partition by this.event_id order by occurred_at, user_id, action) as occurrence
        from this join repeated on repeated.event_id = this.event_id""",
        repeated=repeated,
    )


def _repeated_ids(source: Source) -> Table | None:
    """The event_ids that occur more than once, looked up once per source; None where there are none."""
    if "event_id" not in source.given("events"):
        return None
    if "repeated_ids" not in source.cache:
        # Grouping 64-bit keys costs a third of grouping the ids; only ids whose key recurs are compared as text.
        key = source.events.engine.dialect.key.format(value="event_id")
        found = source.events.sql(
            f"""
            with often as (select {key} as id_key from this group by {key} having count(*) > 1)
            select event_id from this join often on often.id_key = {key}
            where event_id is not null group by event_id having count(*) > 1"""
        ).to_arrow()
        source.cache["repeated_ids"] = as_table(found) if found.num_rows else None
    ids: Table | None = source.cache["repeated_ids"]
    return ids


# ── who has access, who was trained ─────────────────────────────────────────────────────────────────────────────


def _access(source: Source, weeks: Period) -> Table:
    """Per user: robot or not, first and last day of access, in days from the period's first Monday."""
    start, end = (_days_since(source, weeks, column) for column in ("access_start", "access_end"))
    robot = "coalesce(people.is_robot, false) as robot"
    forever = 7 * weeks.weeks
    if not _starts_are_missing(source):
        return select(
            f"select user_id, {robot}, cast({start} as bigint) as start_day,"
            f" cast(coalesce({end}, {forever}) as bigint) as end_day from people",
            people=source.users,
        )
    ends = f"coalesce({end}, {'seen.last_day' if 'access_start' not in source.given('users') else forever})"
    return select(
        f"""
        select people.user_id, {robot}, cast(coalesce({start}, seen.first_day) as bigint) as start_day,
            cast({ends} as bigint) as end_day
        from people left join seen on seen.user_id = people.user_id""",
        people=source.users,
        seen=_seen(source, weeks),
    )


def _starts_are_missing(source: Source) -> bool:
    if "access_start" not in source.given("users"):
        return True
    text = "select cast(count(*) as bigint) as missing from this where access_start is null"
    return bool(source.users.sql(text).to_arrow()["missing"][0].as_py())


def _seen(source: Source, weeks: Period) -> Table:
    """First and last day of each user's own events."""
    others = " or ".join(f"({c})" for c, _ in _row_reasons(source)).replace("access.robot", "false")
    return _dated(source, weeks).sql(
        f"select dated.user_id, min(day) as first_day, max(day) as last_day from this as dated"
        f" where not coalesce({others}, false) group by dated.user_id"
    )


def first_trainings(source: Source, time_zone: str = "UTC", attended: bool = True) -> Table:
    """Per user and programme, the first week: user_id, programme, trained (its Monday).

    attended : count only trainings that the person came to; False: every one that was offered
    """
    week = monday_of(source.trainings, "min(started_at)", time_zone)
    return source.trainings.sql(
        f"""
        select user_id, programme, {week} as trained from this
        where {"coalesce(attended, true)" if attended else "true"} group by user_id, programme"""
    )


def monday_of(table: Table, instant: str, time_zone: str) -> str:
    """SQL for the Monday, in a time zone, of an instant of a table."""
    dialect = table.engine.dialect
    local = f"cast({dialect.local.format(ts=instant, zone=literal(known_zone(time_zone)))} as date)"
    origin = f"date '{A_MONDAY}'"
    days = dialect.days.format(a=origin, b=local)
    return dialect.date_plus.format(date=origin, days=f"cast(7 * floor({days} / 7.0) as integer)")


def _refuse_repeated_users(source: Source) -> None:
    text = "select user_id from this group by user_id having count(*) > 1"
    repeated = source.users.sql(text).to_arrow().num_rows
    if repeated:
        raise ContractError(
            f"users.user_id occurs once, but {repeated:,} of them occur again.\n"
            "  Keep one row for each; `workbench check` shows the first."
        )


# ── counting ────────────────────────────────────────────────────────────────────────────────────────────────────


def _counted(kept: Table, qualifying: tuple[str, ...] | list[str] | None, grouped: bool) -> Table:
    """Per user and week: a bit for every day and feature used, and how often what was done."""
    marked = _marked(kept, qualifying)
    return (_one_per_action(marked) if grouped else marked).sql(
        """
        select user_id, cast(floor(day / 7.0) as bigint) as week_number,
            bit_or(day_bit) as day_mask, bit_or(feature_bit) as feature_mask,
            cast(sum(used) as bigint) as actions, cast(sum(login) as bigint) as logins,
            cast(sum(created) as bigint) as created, cast(sum(updated) as bigint) as updated,
            cast(sum(compulsory) as bigint) as compulsory, cast(sum(failed) as bigint) as failed
        from this group by user_id, cast(floor(day / 7.0) as bigint)"""
    )


def _marked(kept: Table, qualifying: tuple[str, ...] | list[str] | None) -> Table:
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
            case when action = 'login' then 1 else 0 end as login,
            case when used = 1 and action = 'create' then 1 else 0 end as created,
            case when used = 1 and action = 'update' then 1 else 0 end as updated,
            case when used = 1 and compulsory then 1 else 0 end as compulsory,
            case when succeeded = false then 1 else 0 end as failed
        from used left join numbered on numbered.feature = used.feature"""
    )


def _one_per_action(marked: Table) -> Table:
    """Rows with the same action_id as one row, which counts towards whatever any of them does."""
    flags = ("used", "login", "created", "updated", "compulsory", "failed")
    most = ", ".join(f"max({flag}) as {flag}" for flag in flags)
    return marked.sql(
        f"""
        select user_id, min(day) as day, bit_or(day_bit) as day_bit, bit_or(feature_bit) as feature_bit, {most}
        from this where action_id is not null group by user_id, action_id
        union all
        select user_id, day, day_bit, feature_bit, {", ".join(flags)} from this where action_id is null"""
    )
