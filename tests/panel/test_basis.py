"""What a page rests on, counted by hand in logs of a few rows."""

from __future__ import annotations

import pandas as pd
import pytest
from small_logs import an_event, source_of

import workbench as wb
from workbench.data.duckdb import DuckDB
from workbench.simulation import tiny_crm

ROWS = [  # three people in the two weeks from 6 January 2025
    an_event("a", "2025-01-06T08:00:00Z", "login"),
    an_event("a", "2025-01-07T08:00:00Z"),
    an_event("b", "2025-01-14T08:00:00Z"),
    an_event("c", "2025-01-19T23:30:00Z", "create"),
]


def test_a_login_is_no_use_unless_it_is_named() -> None:
    assert wb.basis(source_of(ROWS)).use == ("create", "view")
    assert wb.basis(source_of(ROWS), qualifying=None).use == ("create", "login", "view")
    named = wb.basis(source_of(ROWS), qualifying="login")
    assert named.use == ("login",)
    assert named.panel.sql("select cast(sum(actions) as bigint) as n from this").row()["n"] == 1


def test_the_time_zone_decides_about_the_last_week() -> None:
    actions = wb.basis(source_of(ROWS), since="2025-01-06", until="2025-01-19").actions
    assert actions.sql("select count(*) as n from this").row()["n"] == 4
    there = wb.basis(source_of(ROWS), "2025-01-06", "2025-01-19", "Europe/Berlin").actions  # half past midnight, Monday
    assert there.sql("select count(*) as n from this").row()["n"] == 3


def test_it_is_about_the_people_of_a_selection_alone_and_says_so(tmp_path) -> None:
    six = sorted(wb.open_source(tiny_crm()).users.to_pandas()["user_id"])[:6]
    file = wb.save_selection(pd.DataFrame({"user_id": six}), "pilot", tmp_path)
    basis = wb.basis(tiny_crm(), selection=file)
    assert str(basis).startswith("frames, only a saved selection: 6 people with access, 54 user-weeks in 9 weeks")
    for table in (basis.panel, basis.actions):
        assert sorted(set(table.to_pandas()["user_id"])) == six


def test_the_panel_is_computed_once_and_only_where_it_is_used(monkeypatch) -> None:
    computed, store = [], DuckDB.store
    monkeypatch.setattr(DuckDB, "store", lambda self, text: computed.append(text) or store(self, text))
    basis = wb.basis(tiny_crm())
    assert not any("eligible_days" in text for text in computed)
    assert basis.panel is basis.panel
    str(basis)
    assert sum("eligible_days" in text for text in computed) == 1


def test_weeks_in_which_nobody_can_stop_are_left_out_where_asked() -> None:
    people = pd.DataFrame({"user_id": ["a"]})  # nobody says when access began, and the log has 77 weeks
    log = pd.DataFrame({"user_id": "a", "occurred_at": ["2024-01-08", "2025-06-30"], "action": "update"})
    frames = {"users": people, "events": log}
    settled = wb.basis(frames, time_zone="UTC", settled=True)
    assert (settled.until, str(settled.period.end)) == ("2024-12-30", "2024-12-29")  # 26 weeks before the last day
    assert wb.basis(frames, time_zone="UTC").until == ""


def test_without_groups_everybody_is_one_department() -> None:
    frames = {name: table.drop(columns=["team", "department", "role", "region"], errors="ignore")
              for name, table in tiny_crm().items()}  # fmt: skip
    alone, grouped = wb.basis(frames).panel.to_pandas(), wb.basis(tiny_crm()).panel.to_pandas()
    assert set(alone["department"]) == {"everybody"}
    assert set(grouped["department"]) == {"sales", "service"}
    assert list(alone.columns) == list(grouped.columns)


def test_a_source_that_breaks_the_contract_is_refused() -> None:
    log = pd.DataFrame({"user_id": ["a"], "occurred_at": ["soon"], "action": ["update"]})
    with pytest.raises(wb.ContractError, match="events.occurred_at reads as instant, but not in 1 of 1 rows"):
        wb.basis({"users": pd.DataFrame({"user_id": ["a"]}), "events": log})
