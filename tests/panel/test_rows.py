"""What a row of the log says by itself: its local day, and whether it was there before."""

from __future__ import annotations

import pandas as pd
import pytest
from small_logs import an_event, source_of

import workbench as wb


def test_a_days_own_offset_comes_before_the_organisations_zone() -> None:
    rows = [an_event("a", "2025-01-12T23:30:00Z", utc_offset_minutes="+0100"), an_event("a", "2025-01-13T02:00:00Z", utc_offset_minutes="-0500")]  # fmt: skip
    panel = wb.user_weeks(source_of(rows), since="2025-01-06", until="2025-01-19").to_pandas()
    assert panel["actions"].tolist() == [1, 1]  # the first is Monday where it was done, the second still Sunday


def test_a_row_counts_once_however_often_its_event_id_occurs() -> None:
    rows = [
        an_event("a", f"2025-01-0{day}T08:00:00Z", event_id=name)
        for day, name in [(6, "x"), (7, "x"), (8, None), (9, None)]
    ]
    source = source_of([*rows, an_event("b", "2025-01-12T08:00:00Z", event_id="y")])
    assert wb.left_out(source).set_index("reason")["rows"][["kept", "repeated"]].tolist() == [4, 1]
    assert wb.actions(source).to_pandas()["date"].dt.day.tolist().count(6) == 1  # the earliest is the one that counts


def test_a_login_that_failed_is_left_out_and_a_failed_action_is_kept() -> None:
    rows = [
        an_event("a", "2025-01-06T08:00:00Z", "login", succeeded=False),
        an_event("a", "2025-01-06T08:01:00Z", "login", succeeded=True),
        an_event("a", "2025-01-12T08:00:00Z", "create", succeeded=False),
    ]
    assert wb.left_out(source_of(rows)).set_index("reason")["rows"][["kept", "failed login"]].tolist() == [2, 1]
    week = wb.user_weeks(source_of(rows)).to_pandas().iloc[0]
    assert (week.logins, week.actions, week.failed, week.created) == (1, 1, 1, 0)


def test_a_day_with_a_clock_change_is_one_day() -> None:
    # In Berlin clocks went from 2 to 3 o'clock on 30 March 2025: 22:30 UTC on the 29th is 23:30, on the 30th it is 0:30.
    rows = [an_event("a", f"2025-03-{day}T22:30:00Z") for day in (29, 30)]
    found = wb.actions(source_of(rows), since="2025-03-24", until="2025-04-06", time_zone="Europe/Berlin").to_pandas()
    assert [(f"{row.date:%d.%m.}", row.hour) for row in found.sort_values("occurred_at").itertuples()] == [
        ("29.03.", 23),
        ("31.03.", 0),
    ]
    assert sorted(found["week"].dt.day) == [24, 31]


@pytest.mark.parametrize("zone", ["Pacific/Auckland", "Pacific/Kiritimati", "America/Los_Angeles"])
@pytest.mark.parametrize("day", ["2025-01-05", pd.Timestamp("2025-01-05").date()])
def test_a_row_dated_without_an_hour_counts_on_that_day_in_every_zone(day: object, zone: str) -> None:
    events = pd.DataFrame({"user_id": ["a"], "occurred_at": [day], "action": ["update"]})
    source = wb.open_source({"users": pd.DataFrame({"user_id": ["a"]}), "events": events})
    found = wb.actions(source, since="2024-12-30", until="2025-01-12", time_zone=zone).to_pandas()
    assert found["date"].dt.strftime("%Y-%m-%d").tolist() == ["2025-01-05"]  # cases.md, 2


def test_a_persons_own_zone_comes_before_the_organisations() -> None:
    # Monday 07:30 in Tokyo is Sunday 23:30 in Berlin (cases.md, 4); whoever has no zone is on the organisation's clock.
    rows = [an_event("a", "2025-01-12T22:30:00Z"), an_event("b", "2025-01-12T22:30:00Z")]
    source = source_of(rows, time_zone=["Asia/Tokyo", None, None])
    found = wb.actions(source, since="2025-01-06", until="2025-01-19", time_zone="Europe/Berlin").to_pandas()
    hours = {row.user_id: (f"{row.week:%d.%m.}", row.hour) for row in found.itertuples()}
    assert hours == {"a": ("13.01.", 7), "b": ("06.01.", 23)}


def test_a_zone_that_nobody_knows_is_broken() -> None:
    found = source_of([an_event("a", "2025-01-12T22:30:00Z")], time_zone=["Asia/Tokio", None, None]).check()
    assert found[["rule", "first", "broken"]].to_numpy().tolist() == [
        ["users.time_zone is a zone that is known", "row 1: time_zone is a text of 10 characters", True]
    ]
