"""What a row of the log says by itself: its local day, and whether it was there before."""

from __future__ import annotations

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
