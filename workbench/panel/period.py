"""The whole weeks that a report is about, and the days and Mondays that name them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import pandas as pd

from workbench.data.engine import Table, literal
from workbench.data.mapping import known_zone
from workbench.data.sources import Source
from workbench.errors import ContractError

FRIDAY = 4
A_MONDAY = date(1970, 1, 5)
Day = date | str | None


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


def weeks_apart(panel: Table, weeks: int) -> tuple[date, date]:
    """Two weeks to compare, by their Mondays: the panel's last one, and the one so many before it, or its first."""
    ends = panel.sql("select min(week) as first, max(week) as last from this").to_arrow().to_pylist()[0]
    return max(ends["first"], ends["last"] - timedelta(weeks=weeks)), ends["last"]


def latest(result: pd.DataFrame, weeks: int) -> pd.DataFrame:
    """The rows of the last so many weeks of a table by `week`, for a chart that would otherwise be too wide to read."""
    return result[result["week"] > result["week"].max() - pd.Timedelta(weeks=weeks)]


def _day(said: Day, parameter: str) -> date | None:
    if said is None or said == "":
        return None
    try:
        return pd.Timestamp(said).date()
    except ValueError:
        raise ContractError(f"{parameter} = {said!r} is not a day; write it like 2025-03-31.") from None


def as_text(day: date) -> str:
    """A day in full words, for messages."""
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


def date_of(source: Source, weeks: Period, days: str) -> str:
    """SQL: the date that many days after the period's first Monday."""
    plus = source.events.engine.dialect.date_plus
    return plus.format(date=f"date '{weeks.start}'", days=f"cast({days} as integer)")


def days_since(source: Source, weeks: Period, day: str) -> str:
    """SQL: whole days from the period's first Monday to a date."""
    return source.events.engine.dialect.days.format(a=f"date '{weeks.start}'", b=day)


def monday_of(table: Table, instant: str, time_zone: str) -> str:
    """SQL for the Monday, in a time zone, of an instant of a table."""
    dialect = table.engine.dialect
    local = f"cast({dialect.local.format(ts=instant, zone=literal(known_zone(time_zone)))} as date)"
    origin = f"date '{A_MONDAY}'"
    days = dialect.days.format(a=origin, b=local)
    return dialect.date_plus.format(date=origin, days=f"cast(7 * floor({days} / 7.0) as integer)")
