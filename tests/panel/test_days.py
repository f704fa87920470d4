"""Weeks by their Monday: what SQL answers is what Python's calendar has."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd

import workbench as wb
from workbench.panel.days import (
    date_after,
    days_since,
    first_of_week,
    local_date,
    local_week,
    week_number,
    week_of,
    weekday,
    weeks_begin,
)

DAYS = [date(1969, 12, 28) + timedelta(days=n) for n in range(16)] + [date(2024, 2, 29), date(2025, 12, 31)]


def asked(sql, rows=None) -> list:
    table = wb.as_table(pd.DataFrame({"day": DAYS if rows is None else rows}))
    return table.sql(f"select {sql(table)} as answer from this").to_arrow()["answer"].to_pylist()


def test_a_week_is_named_by_its_monday_before_and_after_1970() -> None:
    expected = [date.fromisocalendar(*day.isocalendar()[:2], 1) for day in DAYS]  # ISO 8601: weeks begin on Monday
    assert asked(lambda table: week_of(table, "day")) == expected
    assert [first_of_week(day) for day in DAYS] == expected


def test_weeks_of_any_first_day_are_found_by_sql_and_by_the_calendar() -> None:
    sunday = date(1970, 1, 4)
    expected = [day - timedelta(days=day.isoweekday() % 7) for day in DAYS]  # ISO 8601: Sunday is 7
    assert asked(lambda table: week_of(table, "day", sunday)) == expected
    assert [first_of_week(day, "sunday") for day in DAYS] == expected
    assert asked(lambda table: weekday(table, "day")) == [day.weekday() for day in DAYS]
    assert weeks_begin(pd.DataFrame({"week": expected})).weekday() == 6


def test_days_and_weeks_are_counted_from_a_date() -> None:
    start = date(2025, 1, 6)
    assert asked(lambda table: days_since(table, start, "day")) == [(day - start).days for day in DAYS]
    assert asked(lambda table: week_number(table, "day", start)) == [(day - start).days // 7 for day in DAYS]
    assert asked(lambda table: date_after(table, start, "10"))[0] == date(2025, 1, 16)


def test_an_instant_has_the_monday_of_its_time_zone() -> None:
    sunday_night = [pd.Timestamp("2025-01-12T23:30:00Z")]  # 0:30 on Monday in Berlin
    assert asked(lambda table: local_week(table, "day", "Europe/Berlin"), sunday_night) == [date(2025, 1, 13)]
    assert asked(lambda table: local_week(table, "day", "UTC"), sunday_night) == [date(2025, 1, 6)]


def test_a_day_written_without_an_hour_is_that_day_in_every_zone() -> None:
    # A Sunday; its noon in UTC is Monday in Auckland (cases.md, 2).
    trainings = pd.DataFrame({"user_id": ["a"], "programme": ["x"], "started_at": ["2025-01-12"]})
    for declared in (None, "Europe/Berlin", "Pacific/Auckland"):
        table = wb.open_source({"trainings": trainings}, time_zone=declared).trainings
        for zone in ("Pacific/Auckland", "America/Los_Angeles", "UTC"):
            found = table.sql(f"select {local_date(table, 'started_at', zone)} as day from this").to_arrow()
            assert found["day"].to_pylist() == [date(2025, 1, 12)]
