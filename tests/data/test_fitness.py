"""Tables that are there, days on which nothing arrived, people whom the log never saw."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import workbench as wb
from workbench.data import fitness
from workbench.data.contract import TABLES


def test_a_silent_working_day_is_found_and_a_silent_weekend_is_not() -> None:
    days = pd.date_range("2025-01-06", periods=70, freq="D")
    rows = np.where(days.day_of_week < 5, 100, 0)
    rows[days == "2025-02-05"] = 3  # a Wednesday
    daily = pd.DataFrame({"date": days, "rows": rows})
    found = fitness.silent_days(daily)
    assert found.values.tolist() == [[pd.Timestamp("2025-02-05"), 3, 100.0]]


def test_days_without_a_row_are_days_with_zero_rows() -> None:
    actions = pd.DataFrame(
        {"date": pd.to_datetime(["2025-01-06", "2025-01-06", "2025-01-08"]), "user_id": ["a", "b", "a"]}
    )
    daily = fitness.daily_rows(actions)
    assert daily["rows"].tolist() == [2, 0, 1]
    assert daily["users"].tolist() == [2, 0, 1]


def test_people_whom_the_log_never_saw_stay_in_the_denominator() -> None:
    panel = pd.DataFrame({"user_id": ["a", "a", "b"], "team": ["x", "x", "x"], "actions": [0, 2, 0]})
    assert fitness.group_coverage(panel).values.tolist() == [["x", 2, 1, 0.5]]


def test_every_contract_table_is_listed_with_what_it_lacks() -> None:
    source = wb.open_source({"users": pd.DataFrame({"user_id": ["a"]}), "events": pd.DataFrame({"user_id": ["a"], "occurred_at": ["2025-01-06"], "action": ["x"]})})  # fmt: skip
    there = fitness.tables_there(source).set_index("table")
    assert list(there.index) == list(TABLES)
    assert there["rows"].to_dict() == {**dict.fromkeys(TABLES, 0), "users": 1, "events": 1}
    assert there["missing"]["trainings"] == "the whole table"
    assert "team" in there["missing"]["users"]


def test_where_access_is_read_off_the_log_the_last_half_year_is_not_looked_at() -> None:
    events = pd.DataFrame({"user_id": ["a", "a"], "occurred_at": ["2025-01-06", "2025-12-29"], "action": "x"})
    read_off = wb.open_source({"users": pd.DataFrame({"user_id": ["a"]}), "events": events})
    assert fitness.looked_until(read_off) == "2025-06-30"
    assert fitness.looked_until(read_off, "2025-10-01") == "2025-10-01"
    assert fitness.access_caveat(read_off).startswith("The data do not say when access began and ended")
    assert fitness.access_caveat(read_off, "2025-06-30").endswith(
        " The log is looked at until 2025-06-30: in the weeks after that everybody who still counts is active."
    )
    said = wb.open_source({"users": pd.DataFrame({"user_id": ["a"], "access_start": ["2025-01-01"]}), "events": events})
    assert fitness.looked_until(said) == ""
    assert fitness.access_caveat(said) == ""


def test_a_short_log_is_looked_at_whole() -> None:
    for last in ("2025-03-28", "2025-08-01"):  # twelve and thirty weeks (cases.md, 10)
        events = pd.DataFrame({"user_id": ["a", "a"], "occurred_at": ["2025-01-06", last], "action": "x"})
        source = wb.open_source({"users": pd.DataFrame({"user_id": ["a"]}), "events": events})
        assert fitness.looked_until(source) == ""


def test_groups_are_compared_by_the_largest_that_the_data_name() -> None:
    events = pd.DataFrame({"user_id": ["a"], "occurred_at": ["2025-01-06"], "action": "x"})
    users = pd.DataFrame({"user_id": ["a"], "role": ["x"], "region": ["y"]})
    source = wb.open_source({"users": users, "events": events})
    assert fitness.grouping(source) == "region"
    assert fitness.grouping(source, "role") == "role"
    with pytest.raises(wb.ContractError, match="there is no group of people called 'rolle'; did you mean 'role'"):
        fitness.grouping(source, "rolle")
