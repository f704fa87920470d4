"""The whole weeks that a report is about."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pandas as pd

from workbench.data.duckdb import as_table
from workbench.data.engine import Table, select
from workbench.data.mapping import known_zone
from workbench.data.sources import Source
from workbench.data.strays import bulk, rows_by_day
from workbench.errors import ContractError, NothingToShowError
from workbench.panel.access import access_of
from workbench.panel.calendar import Day, Days, Period
from workbench.panel.days import MONDAY, first_of_week
from workbench.panel.rows import dated_rows, row_reasons

FRIDAY = 4
THURSDAY_LAST = ("friday", "saturday")  # where weeks begin on one of these, work ends on Thursday


def period(source: Source, since: Day = None, until: Day = None, time_zone: str | None = None) -> Period:
    """The whole weeks between two days: make it once, and pass it to `user_weeks`, `actions` and `left_out`.

    since, until : first and last day, a date or text such as "2025-03-31"; a week of which only some days lie between
        them is not in the period. Default (None or ""): the days on which rows of the log count (not of robots, unknown
        people or times without access, nor a few far from all others), without an unfinished last week (one whose
        last working day the log does not reach)
    time_zone : such as "Europe/Berlin"; it decides on which day, and so in which week, something was done; default
        (None or ""): the source's own, or UTC where it has none
    Returns a Period: start (on the source's first day of the week), weeks (1 or more), time_zone.
    Raises ContractError where a day cannot be read, the zone is unknown, no row counts, or no whole week is left.

    >>> log = {"user_id": ["a", "a"], "occurred_at": ["2025-01-08T09:00Z", "2025-02-14T09:00Z"], "action": "update"}
    >>> source = wb.open_source({"users": pd.DataFrame({"user_id": ["a"]}), "events": pd.DataFrame(log)})
    >>> print(wb.period(source))
    6 weeks from 6 January 2025 to 16 February 2025
    >>> print(wb.period(source, since="2025-01-08", until="2025-02-01"))
    2 weeks from 13 January 2025 to 26 January 2025
    """
    zone, begins = str(known_zone(time_zone or source.time_zone or "UTC")), source.first_weekday
    first = _day(since, "since") or first_of_week(_log_days(source, zone)[0], begins)
    last = _day(until, "until") or _last_finished(_log_days(source, zone)[1], begins)
    start = first_of_week(first + timedelta(days=6), begins)
    weeks = (last - start + timedelta(days=1)).days // 7
    if weeks < 1:
        failure = ContractError if since or until else NothingToShowError
        raise failure(f"there is no whole week from {first} to {last}.\n  Look at since and until.")
    return Period(start, weeks, zone)


def chosen_period(source: Source, given: Period | None, days: Days) -> Period:
    """The period given, or the one that these days make. Raises ContractError for anything else, or both."""
    if given is None:
        return period(source, **days)
    if days or not isinstance(given, Period):
        said = f"{given!r}" + "".join(f", {name}={value!r}" for name, value in days.items())
        raise ContractError(
            f"one Period says which weeks to look at; this is {said}.\n"
            "  Make it with wb.period(log, since, until, time_zone) and pass it alone."
        )
    return given


def period_of(panel: Any) -> Period:
    """The weeks of a table of user-weeks, from its first `week` to its last.

    >>> period_of(pd.DataFrame({"week": pd.to_datetime(["2025-01-06", "2025-01-20"])})).weeks
    3
    """
    text = "select cast(min(week) as date) as first, cast(max(week) as date) as last from this"
    ends = as_table(panel).sql(text).row()
    return Period(ends["first"], (ends["last"] - ends["first"]).days // 7 + 1)


def weeks_apart(panel: Table, weeks: int) -> tuple[date, date]:
    """Two weeks to compare, by their Mondays: the panel's last one, and the one so many before it, or its first.

    panel : a table of user-weeks; reads `week`
    Returns (before, after).

    >>> panel = pd.DataFrame({"week": pd.to_datetime(["2025-01-06", "2025-04-07"])})
    >>> [str(week) for week in weeks_apart(panel, weeks=12)]
    ['2025-01-13', '2025-04-07']
    """
    whole = period_of(panel)
    return max(whole.start, whole.last - timedelta(weeks=weeks)), whole.last


def latest(result: pd.DataFrame, weeks: int) -> pd.DataFrame:
    """The rows of the last so many weeks of a table by `week`, for a chart that would otherwise be too wide to read.

    >>> table = pd.DataFrame({"week": pd.to_datetime(["2025-01-06", "2025-01-13", "2025-01-20"]), "users": [5, 7, 6]})
    >>> latest(table, weeks=2)["users"].tolist()
    [7, 6]
    """
    recent: pd.DataFrame = result[result["week"] > result["week"].max() - pd.Timedelta(weeks=weeks)]
    return recent


def _day(said: Day, parameter: str) -> date | None:
    if said is None or said == "":
        return None
    try:
        return pd.Timestamp(said).date()
    except ValueError:
        raise ContractError(f"{parameter} = {said!r} is not a day; write it like 2025-03-31.") from None


def _last_finished(day: date, begins: str) -> date:
    """The end of a week whose last working day the log reaches; the day itself, inside an unfinished week, otherwise.

    A week of which five days are not over is unfinished, whatever day it begins on.
    """
    start = first_of_week(day, begins)
    friday = first_of_week(start + timedelta(days=6), "friday")
    working = friday - timedelta(days=1) if begins in THURSDAY_LAST else friday
    return start + timedelta(days=6) if day >= max(working, start + timedelta(days=FRIDAY)) else day


def _log_days(source: Source, time_zone: str) -> tuple[date, date]:
    """The first and the last local day on which rows of the log count, a few far from all others left aside."""
    key = f"days in {time_zone}"
    if key not in source.cache:
        source.ends()  # refuses an empty log
        source.cache[key] = _counting_days(source, Period(MONDAY, 1, time_zone))
    first, last = source.cache[key]
    return first, last


def _counting_days(source: Source, ever: Period) -> tuple[date, date]:
    others = " or ".join(f"({condition})" for condition, _ in row_reasons(source))
    counting = select(
        f"""
        select cast(local_time as date) as date from dated join access on access.user_id = dated.user_id
        where day >= access.start_day and day <= access.end_day and not coalesce({others}, false)""",
        dated=dated_rows(source, ever),
        access=access_of(source, ever),
    )
    days = rows_by_day(counting, "date")
    if not len(days):
        raise NothingToShowError(
            "no row of the log counts: every one is of somebody unknown, a robot or a time without access.\n"
            "  `workbench check` says which rows cannot be matched; or give since and until, and see wb.left_out."
        )
    return bulk(days)
