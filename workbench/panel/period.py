"""The whole weeks that a report is about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, TypedDict

import pandas as pd

from workbench.data.duckdb import as_table
from workbench.data.engine import Table
from workbench.data.mapping import known_zone
from workbench.data.sources import Source
from workbench.errors import ContractError
from workbench.panel.days import monday
from workbench.results.words import day_in_full

FRIDAY = 4
Day = date | str | None


class Days(TypedDict, total=False):
    """What makes a period, see `period`."""

    since: Day
    until: Day
    time_zone: str


@dataclass(frozen=True)
class Period:
    """Whole weeks, from a Monday to a Sunday, on the calendar of a time zone.

    >>> half_a_year = Period(date(2025, 1, 6), weeks=26, time_zone="Europe/Berlin")
    >>> half_a_year.end
    datetime.date(2025, 7, 6)
    >>> print(half_a_year)
    26 weeks from 6 January 2025 to 6 July 2025
    """

    start: date
    weeks: int
    time_zone: str = "UTC"

    @property
    def days(self) -> int:
        """How many days it has."""
        return 7 * self.weeks

    @property
    def end(self) -> date:
        """The last Sunday."""
        return self.start + timedelta(days=self.days - 1)

    @property
    def last(self) -> date:
        """The last Monday."""
        return self.end - timedelta(days=6)

    def __str__(self) -> str:
        return f"{self.weeks} weeks from {day_in_full(self.start)} to {day_in_full(self.end)}"


def period(source: Source, since: Day = None, until: Day = None, time_zone: str = "UTC") -> Period:
    """The whole weeks between two days: make it once, and pass it to `user_weeks`, `actions` and `left_out`.

    since, until : first and last day, a date or text such as "2025-03-31"; a week of which only some days lie between
        them is not in the period. Default (None or ""): those of the log, without an unfinished last week (one whose
        Friday the log does not reach)
    time_zone : the organisation's, such as "Europe/Berlin"; it decides on which day, and so in which week, something
        was done
    Returns a Period: start (a Monday), weeks (1 or more), time_zone.
    Raises ContractError where a day cannot be read, the zone is unknown, the log is empty, or no whole week is left.

    >>> import workbench as wb
    >>> log = {"user_id": ["a", "a"], "occurred_at": ["2025-01-08T09:00Z", "2025-02-14T09:00Z"], "action": "update"}
    >>> source = wb.open_source({"users": pd.DataFrame({"user_id": ["a"]}), "events": pd.DataFrame(log)})
    >>> print(wb.period(source))
    6 weeks from 6 January 2025 to 16 February 2025
    >>> print(wb.period(source, since="2025-01-08", until="2025-02-01"))
    2 weeks from 13 January 2025 to 26 January 2025
    """
    logged_first, logged_last = _log_days(source, str(known_zone(time_zone)))
    first = _day(since, "since") or monday(logged_first)
    last = _day(until, "until") or (_sunday(logged_last) if logged_last.weekday() >= FRIDAY else logged_last)
    start = monday(first + timedelta(days=6))
    weeks = (last - start + timedelta(days=1)).days // 7
    if weeks < 1:
        raise ContractError(f"there is no whole week from {first} to {last}.\n  Look at since and until.")
    return Period(start, weeks, time_zone)


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
    ends = as_table(panel).sql(text).to_arrow().to_pylist()[0]
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
    return result[result["week"] > result["week"].max() - pd.Timedelta(weeks=weeks)]


def _day(said: Day, parameter: str) -> date | None:
    if said is None or said == "":
        return None
    try:
        return pd.Timestamp(said).date()
    except ValueError:
        raise ContractError(f"{parameter} = {said!r} is not a day; write it like 2025-03-31.") from None


def _sunday(day: date) -> date:
    return monday(day) + timedelta(days=6)


def _log_days(source: Source, time_zone: str) -> tuple[date, date]:
    """The first and last local day of the log."""
    first, last = (pd.Timestamp(end).tz_convert(time_zone).date() for end in source.ends())
    return first, last
