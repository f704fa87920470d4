"""Weeks by their Monday, in Python and as SQL.

Everything that gives a week its name or its number is here, so that a week has the same first day everywhere.
"""

from __future__ import annotations

from datetime import date, timedelta

from workbench.data.engine import Table, literal
from workbench.data.mapping import known_zone
from workbench.data.raw import written_in

MONDAY = date(1970, 1, 5)  # the one from which weeks are counted where nothing else is named


def monday(day: date) -> date:
    """The Monday of a day's week.

    >>> monday(date(2025, 3, 5))
    datetime.date(2025, 3, 3)
    """
    return day - timedelta(days=day.weekday())


def days_since(table: Table, start: date, day: str) -> str:
    """SQL: whole days from a date to the date `day`."""
    return table.engine.dialect.days.format(a=f"date {literal(start)}", b=day)


def date_after(table: Table, start: date, days: str) -> str:
    """SQL: the date that many days after another."""
    return table.engine.dialect.date_plus.format(date=f"date {literal(start)}", days=f"cast({days} as integer)")


def week_number(table: Table, day: str, start: date = MONDAY) -> str:
    """SQL: whole weeks from a date to the date `day`, rounded down."""
    return f"cast(floor({days_since(table, start, day)} / 7.0) as bigint)"


def week_of(table: Table, day: str) -> str:
    """SQL: the Monday of the week of the date `day`."""
    return date_after(table, MONDAY, f"7 * {week_number(table, day)}")


def local_date(table: Table, instant: str, time_zone: str) -> str:
    """SQL: the date of an instant's column in a time zone; a day that was written without an hour is that day."""
    local = table.engine.dialect.local.format(ts=instant, zone=literal(known_zone(time_zone)))
    date = f"cast({local} as date)"
    written = written_in(instant)
    return f"coalesce({written}, {date})" if written in table.columns else date


def monday_of(table: Table, instant: str, time_zone: str) -> str:
    """SQL: the Monday of the week in which an instant's column lies in a time zone."""
    return week_of(table, local_date(table, instant, time_zone))
