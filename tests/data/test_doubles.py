"""What a log may hold twice."""

from __future__ import annotations

import pandas as pd

import workbench as wb


def noted(events: dict, **tables: dict) -> list[dict]:
    frames = {name: pd.DataFrame(columns) for name, columns in {"events": events, **tables}.items()}
    return [each for each in wb.open_source(frames).check().to_dict("records") if not each["broken"]]


def test_rows_that_repeat_one_another_are_noted():
    row = {"user_id": "a", "occurred_at": "2025-01-06T08:00:00Z", "action": "edit"}
    events = {name: [value] * 3 for name, value in row.items()}
    [found] = noted(events, users={"user_id": ["a"]})
    assert (found["rule"], found["rows"], found["of"]) == ("the rows of events differ from one another", 2, 3)
