"""Weeks by their first day, in Python and as SQL.

Everything that gives a week its name or its number is here, so that a week has the same first day everywhere.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from workbench.data.duckdb import as_table
from workbench.data.engine import Table, literal
from workbench.data.mapping import WEEKDAYS, known_zone
from workbench.data.raw import written_in
from workbench.data.sources import Source
from workbench.errors import ContractError

MONDAY = date(1970, 1, 5)  # the one from which weeks are counted where nothing else is named


def first_of_week(day: date, begins: str = "monday") -> date:
    """The first day of a day's week.

    begins : the weekday on which weeks begin

    >>> first_of_week(date(2025, 3, 5)), first_of_week(date(2025, 3, 5), "sunday")
    (datetime.date(2025, 3, 3), datetime.date(2025, 3, 2))
    """
    return day - timedelta(days=(day.weekday() - WEEKDAYS.index(begins)) % 7)


def weeks_of(source: Source) -> date:
    """The day from which a source's weeks are counted where nothing else is named."""
    return MONDAY + timedelta(days=WEEKDAYS.index(source.first_weekday))


def days_since(table: Table, start: date, day: str) -> str:
    """SQL: whole days from a date to the date `day`."""
    return table.engine.dialect.days.format(a=f"date {literal(start)}", b=day)


def date_after(table: Table, start: date, days: str) -> str:
    """SQL: the date that many days after another."""
    return table.engine.dialect.date_plus.format(date=f"date {literal(start)}", days=f"cast({days} as integer)")


def week_number(table: Table, day: str, start: date = MONDAY) -> str:
    """SQL: whole weeks from a date to the date `day`, rounded down."""
    return f"cast(floor({days_since(table, start, day)} / 7.0) as bigint)"


def weekday(table: Table, day: str) -> str:
    """SQL: the day of the week of the date `day`, 0 for Monday."""
    return f"({days_since(table, MONDAY, day)} - 7 * {week_number(table, day)})"


def weeks_begin(table: Any) -> date:
    """The first day of a week of the table, near 1970: its weeks, of the column `week`, begin on that day of the week.

    A table without that column has weeks that begin on Monday. Raises ContractError where weeks begin on several days.
    """
    given = as_table(table)
    if "week" not in given.columns:
        return MONDAY
    day = weekday(given, "cast(week as date)")
    seen = given.sql(f"select min({day}) as low, max({day}) as high from this").row()
    if seen["low"] != seen["high"]:
        raise ContractError(
            "weeks begin on one weekday, but those of this table do not.\n  Name every week by its first day."
        )
    return MONDAY + timedelta(days=seen["low"] or 0)


def week_of(table: Table, day: str, start: date = MONDAY) -> str:
    """SQL: the first day of the week of the date `day`, with weeks counted from `start`."""
    return date_after(table, start, f"7 * {week_number(table, day, start)}")


def local_date(table: Table, instant: str, time_zone: str) -> str:
    """SQL: the date of an instant's column in a time zone; a day that was written without an hour is that day."""
    local = table.engine.dialect.local.format(ts=instant, zone=literal(known_zone(time_zone)))
    date = f"cast({local} as date)"
    written = written_in(instant)
    return f"coalesce({written}, {date})" if written in table.columns else date


def local_week(table: Table, instant: str, time_zone: str, start: date = MONDAY) -> str:
    """SQL: the first day of the week in which an instant's column lies in a time zone, counted from `start`."""
    return week_of(table, local_date(table, instant, time_zone), start)
