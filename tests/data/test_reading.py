"""How a source was read: every setting that changes what a number means is said."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pandas as pd

import workbench as wb
from workbench.data import reading, tables_there

EVENTS = "user_id,occurred_at,action\na,06/01/2025 09:00,update\n"


def test_the_page_says_zone_weekday_formats_and_where_people_come_from(tmp_path: Path) -> None:
    (tmp_path / "events.csv").write_text(EVENTS)
    (tmp_path / "workbench.toml").write_text(
        'time_zone = "Asia/Tokyo"\nfirst_weekday = "sunday"\n[events.formats]\noccurred_at = "DD/MM/YYYY HH:mm"\n'
    )
    said = reading(wb.open_source(tmp_path), "Asia/Tokyo")
    assert said.to_numpy().tolist() == [
        ["days and weeks", "in Asia/Tokyo", "as the source says"],
        ["weeks", "begin on Sunday", "as the source says"],
        ["people", "everybody in the log", "for there is no table of users; who never came is not known"],
        ["events.occurred_at", "written as DD/MM/YYYY HH:mm", "as the source says"],
    ]


def test_a_zone_that_was_asked_for_or_that_nobody_named_is_said_to_be_so() -> None:
    events = pd.DataFrame({"user_id": ["a"], "occurred_at": ["2025-01-06T09:00Z"], "action": "update"})
    users = pd.DataFrame({"user_id": ["a"], "time_zone": ["Asia/Tokyo"]})
    source = wb.open_source({"users": users, "events": events})
    assert reading(source, "UTC")["why"][0] == "for the source names none"
    assert reading(source, "Asia/Tokyo")["why"][0] == "as was asked for"
    assert reading(dataclasses.replace(source, time_zone="UTC"), "UTC")["why"][0] == "as the source says"
    assert "by their own clocks" in set(reading(source, "UTC")["how"])


def test_an_absent_table_names_the_export_that_would_bring_it() -> None:
    frames = {"users": pd.DataFrame({"user_id": ["a"]}), "events": pd.DataFrame({"user_id": ["a"], "occurred_at": ["2025-01-06T09:00Z"], "action": "view"})}  # fmt: skip
    exports = tables_there(wb.open_source(frames)).set_index("table")["export"]
    assert exports["users"] == ""
    assert exports["tickets"] == "the service desk's incidents about the CRM"
