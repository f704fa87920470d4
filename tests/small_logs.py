"""Logs of a few rows, for tests whose numbers are counted by hand."""

from __future__ import annotations

from datetime import UTC, datetime

import pandas as pd
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

import workbench as wb

START = datetime(2025, 1, 6, tzinfo=UTC)  # a Monday
SLOW = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])

event = st.fixed_dictionaries(
    {
        "user_id": st.sampled_from(["a", "b", "c", "stranger"]),
        "minute": st.integers(0, 6 * 7 * 24 * 60 - 1),
        "action": st.sampled_from(["login", "create", "update", "view"]),
        "feature": st.sampled_from(["leads", "deals", "reports", None]),
        "succeeded": st.sampled_from([True, False, None]),
        "event_id": st.one_of(st.none(), st.integers(0, 30).map(str)),
    }
)


def source_of(rows: list[dict], zone: str = "UTC", **users: list) -> wb.Source:
    people = pd.DataFrame({"user_id": ["a", "b", "c"]} | users)
    return wb.open_source({"users": people, "events": pd.DataFrame(rows)}, time_zone=zone)


def an_event(user: str, when: str, action: str = "view", **more: object) -> dict:
    return {"user_id": user, "occurred_at": pd.Timestamp(when), "action": action, **more}
