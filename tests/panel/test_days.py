"""Weeks by their Monday: what SQL answers is what Python's calendar has."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd

import workbench as wb
from workbench.panel.days import date_after, days_since, local_date, monday, monday_of, week_number, week_of

DAYS = [date(1969, 12, 28) + timedelta(days=n) for n in range(16)] + [date(2024, 2, 29), date(2025, 12, 31)]


def asked(sql, rows=None) -> list:
    table = wb.as_table(pd.DataFrame({"day": DAYS if rows is None else rows}))
    return table.sql(f"select {sql(table)} as answer from this").to_arrow()["answer"].to_pylist()


def test_a_week_is_named_by_its_monday_before_and_after_1970() -> None:
    expected = [date.fromisocalendar(*day.isocalendar()[:2], 1) for day in DAYS]  # ISO 8601: weeks begin on Monday
    assert asked(lambda table: week_of(table, "day")) == expected
    assert [monday(day) for day in DAYS] == expected


def test_days_and_weeks_are_counted_from_a_date() -> None:
    start = date(2025, 1, 6)
    assert asked(lambda table: days_since(table, start, "day")) == [(day - start).days for day in DAYS]
    assert asked(lambda table: week_number(table, "day", start)) == [(day - start).days // 7 for day in DAYS]
    assert asked(lambda table: date_after(table, start, "10"))[0] == date(2025, 1, 16)


def test_an_instant_has_the_monday_of_its_time_zone() -> None:
    sunday_night = [pd.Timestamp("2025-01-12T23:30:00Z")]  # 0:30 on Monday in Berlin
    assert asked(lambda table: monday_of(table, "day", "Europe/Berlin"), sunday_night) == [date(2025, 1, 13)]
    assert asked(lambda table: monday_of(table, "day", "UTC"), sunday_night) == [date(2025, 1, 6)]


def test_a_day_written_without_an_hour_is_that_day_in_every_zone() -> None:
    # A Sunday; its noon in UTC is Monday in Auckland (cases.md, 2).
    trainings = pd.DataFrame({"user_id": ["a"], "programme": ["x"], "started_at": ["2025-01-12"]})
    for declared in (None, "Europe/Berlin", "Pacific/Auckland"):
        table = wb.open_source({"trainings": trainings}, time_zone=declared).trainings
        for zone in ("Pacific/Auckland", "America/Los_Angeles", "UTC"):
            found = table.sql(f"select {local_date(table, 'started_at', zone)} as day from this").to_arrow()
            assert found["day"].to_pylist() == [date(2025, 1, 12)]
