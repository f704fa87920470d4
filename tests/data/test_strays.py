"""The few rows that lie far from all others are named, and do not set a period (cases.md, 7 and 8)."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd

import workbench as wb
from workbench.data.strays import bulk

MONDAY = date(2025, 1, 6)


def by_day(*days: int, rows: int = 1) -> pd.Series:
    return pd.Series(rows, index=[MONDAY + timedelta(days=day) for day in days])


def test_a_lone_row_behind_a_gap_longer_than_the_log_is_a_stray() -> None:
    twelve_weeks = range(84)
    assert bulk(by_day(*twelve_weeks, 320)) == (MONDAY, MONDAY + timedelta(days=83))
    assert bulk(by_day(-3650, *twelve_weeks, 320)) == (MONDAY, MONDAY + timedelta(days=83))


def test_a_gap_that_is_no_longer_than_the_log_or_many_rows_behind_it_are_no_strays() -> None:
    two_years = range(728)
    assert bulk(by_day(*two_years, 1000))[1] == MONDAY + timedelta(days=1000)
    both = [*range(84), *range(320, 330)]  # ten of 94 rows
    assert bulk(by_day(*both))[1] == MONDAY + timedelta(days=329)
    assert bulk(by_day(0, 3650)) == (MONDAY, MONDAY + timedelta(days=3650))  # of two rows none is the usual one


def people(**more: object) -> pd.DataFrame:
    return pd.DataFrame({"user_id": [f"u{n}" for n in range(30)], "access_start": "2024-06-03", **more})


def test_the_check_names_a_year_of_two_digits_and_a_lone_far_date() -> None:
    weekly = [f"{MONDAY + timedelta(weeks=week)}" for week in range(30)]
    events = pd.DataFrame({"user_id": people()["user_id"], "occurred_at": [*weekly[:12] * 2, *weekly[:5], "2070-01-06"], "action": "update"})  # fmt: skip
    users = people()
    users.loc[0, "access_start"] = "2/1/24"
    found = wb.open_source({"users": users, "events": events}).check().set_index("rule")
    assert found.loc["users.access_start reads as date", ["rows", "broken"]].tolist() == [1, True]
    rule = "events.occurred_at lies between 2025-01-06 and 2025-03-24, like nearly all rows"
    assert found.loc[rule, ["rows", "broken"]].tolist() == [1, False]
