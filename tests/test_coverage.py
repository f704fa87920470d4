"""Tables that are there, days on which nothing arrived, people whom the log never saw."""

from __future__ import annotations

import numpy as np
import pandas as pd

import workbench as wb
from workbench import coverage
from workbench.contract import TABLES


def test_a_silent_working_day_is_found_and_a_silent_weekend_is_not() -> None:
    days = pd.date_range("2025-01-06", periods=70, freq="D")
    rows = np.where(days.day_of_week < 5, 100, 0)
    rows[days == "2025-02-05"] = 3  # a Wednesday
    daily = pd.DataFrame({"date": days, "rows": rows})
    found = coverage.silent_days(daily)
    assert found.values.tolist() == [[pd.Timestamp("2025-02-05"), 3, 100.0]]


def test_days_without_a_row_are_days_with_zero_rows() -> None:
    actions = pd.DataFrame(
        {"date": pd.to_datetime(["2025-01-06", "2025-01-06", "2025-01-08"]), "user_id": ["a", "b", "a"]}
    )
    daily = coverage.daily_rows(actions)
    assert daily["rows"].tolist() == [2, 0, 1]
    assert daily["users"].tolist() == [2, 0, 1]


def test_people_whom_the_log_never_saw_stay_in_the_denominator() -> None:
    panel = pd.DataFrame({"user_id": ["a", "a", "b"], "team": ["x", "x", "x"], "actions": [0, 2, 0]})
    assert coverage.group_coverage(panel).values.tolist() == [["x", 2, 1, 0.5]]


def test_every_contract_table_is_listed_with_what_it_lacks() -> None:
    source = wb.open_source({"users": pd.DataFrame({"user_id": ["a"]}), "events": pd.DataFrame({"user_id": ["a"], "occurred_at": ["2025-01-06"], "action": ["x"]})})  # fmt: skip
    there = coverage.tables_there(source).set_index("table")
    assert list(there.index) == list(TABLES)
    assert there["rows"].to_dict() == {**dict.fromkeys(TABLES, 0), "users": 1, "events": 1}
    assert there["missing"]["trainings"] == "the whole table"
    assert "team" in there["missing"]["users"]
