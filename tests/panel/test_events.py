"""Every row of the log is kept or left out for one reason, against counts made by hand."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_logs import SLOW, START, an_event, event, source_of

import workbench as wb
from workbench.panel.events import REASONS


@SLOW
@given(rows=st.lists(event, min_size=1, max_size=60))
def test_rows_kept_and_left_out_add_up(rows: list[dict]) -> None:
    for row in rows:
        row["occurred_at"] = START + timedelta(minutes=row["minute"])
    source = source_of(rows, access_start=["2025-01-01", "2025-01-20", None])
    table = wb.left_out(source, since="2025-01-06", until="2025-02-09")
    assert list(table["reason"]) == ["kept", *REASONS]
    assert table["rows"].sum() == len(rows)


def test_robots_imports_and_others_acting_are_left_out_with_their_reason() -> None:
    rows = [
        an_event("a", "2025-01-06T08:00:00Z"),
        an_event("a", "2025-01-06T08:00:00Z", source="import"),
        an_event("a", "2025-01-06T08:00:00Z", actor_id="admin"),
        an_event("b", "2025-01-06T08:00:00Z", actor_id="b"),
        an_event("c", "2025-01-06T08:00:00Z"),
        an_event("x", "2025-01-10T08:00:00Z"),
    ]
    source = source_of(rows, is_robot=[False, None, True])
    counts = wb.left_out(source, until="2025-01-12").set_index("reason")["rows"]
    expected = {"kept": 2, "imported": 1, "acted for": 1, "robot": 1, "unknown user": 1}
    assert {k: v for k, v in counts.items() if v} == expected
    assert set(wb.user_weeks(source, until="2025-01-12").to_pandas()["user_id"]) == {"a", "b"}


def test_only_qualifying_actions_make_a_week_active() -> None:
    rows = [an_event("a", "2025-01-06T08:00:00Z", "login"), an_event("a", "2025-01-12T08:00:00Z", "create")]
    source = source_of(rows)
    assert wb.qualifying_actions(source) == ("create",)
    week = wb.user_weeks(source, qualifying=wb.qualifying_actions(source)).to_pandas().iloc[0]
    assert (week.actions, week.active_days, week.logins) == (1, 1, 1)
    only_logins = source_of([an_event("a", "2025-01-12T08:00:00Z", "login")])
    assert wb.qualifying_actions(only_logins) == ("login",)
    with pytest.raises(wb.ContractError, match="the log has no action 'creat'; it has create, login"):
        wb.qualifying_actions(source, "creat")


def test_rows_of_one_action_are_one_action() -> None:
    rows = [
        an_event("a", "2025-01-06T08:00:00Z", "create", feature="leads", action_id="1"),
        an_event("a", "2025-01-06T08:00:01Z", "update", feature="deals", action_id="1"),
        an_event("a", "2025-01-07T08:00:00Z", "update", feature="deals", action_id=None),
        an_event("a", "2025-01-12T08:00:00Z", "view", action_id="2"),
    ]
    week = wb.user_weeks(source_of(rows)).to_pandas().iloc[0]
    assert (week.actions, week.created, week.updated, week.features, week.active_days) == (3, 1, 2, 2, 3)
