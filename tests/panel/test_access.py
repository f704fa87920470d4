"""From when to when each person had access, counted by hand."""

from __future__ import annotations

import pandas as pd
import pytest
from small_logs import an_event, source_of

import workbench as wb


def test_without_access_dates_access_runs_from_the_first_event_to_the_last() -> None:
    rows = [an_event("a", "2025-01-06T08:00:00Z"), an_event("a", "2025-01-22T08:00:00Z"), an_event("b", "2025-01-26T08:00:00Z")]  # fmt: skip
    panel = wb.user_weeks(source_of(rows)).to_pandas()
    assert panel.groupby("user_id")["actions"].apply(list).to_dict() == {"a": [1, 0, 1], "b": [1]}
    assert panel["eligible_days"].tolist() == [7, 7, 3, 1]


def test_users_that_occur_twice_are_refused() -> None:
    users = pd.DataFrame({"user_id": ["a", "a"]})
    source = wb.open_source({"users": users, "events": pd.DataFrame([an_event("a", "2025-01-12T08:00:00Z")])})
    with pytest.raises(wb.ContractError, match="users.user_id occurs once, but 1 of them occur again"):
        wb.user_weeks(source)


def test_a_start_that_is_missing_is_the_first_own_event_and_a_given_end_holds() -> None:
    rows = [
        an_event("a", "2025-01-06T08:00:00Z", source="import"),  # nobody's own work: access begins on the 15th
        an_event("a", "2025-01-15T08:00:00Z"),
        an_event("b", "2025-01-26T08:00:00Z", source=None),
    ]
    users = {"access_start": [None, "2025-01-20", "2025-01-20"], "access_end": ["2025-01-16", None, "2025-01-21"]}
    days = wb.user_weeks(source_of(rows, **users)).to_pandas().groupby("user_id")["eligible_days"].sum()
    assert days.to_dict() == {"a": 2, "b": 7, "c": 2}
