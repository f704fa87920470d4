"""The panel against slow and obvious versions, hand calculations, and figures computed by others."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_logs import SLOW, START, an_event, event, source_of

import workbench as wb
from workbench.data.borders import ALLOWED, OUTSIDE
from workbench.panel.days import first_of_week


def slow_panel(rows: list[dict], zone: str, first: date, weeks: int, access: dict[str, tuple[date, date]]) -> dict:
    """Written to be right: one event after the other, sets for what is distinct."""
    seen, days, features, counts = set(), defaultdict(set), defaultdict(set), defaultdict(lambda: defaultdict(int))
    for row in sorted(rows, key=lambda r: (r["occurred_at"], r["user_id"], r["action"])):
        day = row["occurred_at"].astimezone(ZoneInfo(zone)).date()
        begin, end = access.get(row["user_id"], (date.max, date.min))
        repeated = row["event_id"] is not None and row["event_id"] in seen
        seen.add(row["event_id"])
        failed_login = row["action"] == "login" and row["succeeded"] is False
        if repeated or failed_login or not begin <= day <= end or not first <= day < first + timedelta(days=7 * weeks):
            continue
        key = (row["user_id"], first_of_week(day))
        counts[key]["failed"] += row["succeeded"] is False
        counts[key]["logins"] += row["action"] == "login"
        if row["succeeded"] is not False:
            counts[key]["actions"] += 1
            counts[key]["created"] += row["action"] == "create"
            days[key].add(day)
            features[key].add(row["feature"])
    grid = {}
    for user, (begin, end) in access.items():
        for number in range(weeks):
            week = first + timedelta(days=7 * number)
            inside = [d for d in (week + timedelta(days=i) for i in range(7)) if begin <= d <= end]
            if inside:
                key = (user, week)
                used = len(features[key] - {None})
                done = [counts[key][name] for name in ("actions", "logins", "created", "failed")]
                grid[key] = (len(inside), len(days[key]), used, *done)
    return grid


@SLOW
@given(rows=st.lists(event, min_size=1, max_size=60), zone=st.sampled_from(["UTC", "Europe/Berlin", "Asia/Kolkata", "America/New_York"]))  # fmt: skip
def test_a_slow_and_obvious_version_agrees(rows: list[dict], zone: str) -> None:
    for row in rows:
        row["occurred_at"] = START + timedelta(minutes=row["minute"])
    # The same event_id on differing rows has no right answer; make repeats whole rows.
    firsts: dict = {}
    rows = [{**firsts.setdefault(r["event_id"], r)} if r["event_id"] is not None else r for r in rows]
    access = {"a": (date(2024, 1, 1), date(2026, 1, 1)), "b": (date(2025, 1, 15), date(2025, 1, 29)), "c": (date(2025, 2, 1), date(2099, 12, 31))}  # fmt: skip
    source = source_of(
        rows,
        access_start=[access[u][0] for u in "abc"],
        access_end=[access["a"][1], access["b"][1], None],
    )
    panel = wb.user_weeks(source, since="2025-01-06", until="2025-02-16", time_zone=zone).to_pandas()
    found = {
        (r.user_id, r.week.date()): (
            r.eligible_days,
            r.active_days,
            r.features,
            r.actions,
            r.logins,
            r.created,
            r.failed,
        )
        for r in panel.itertuples()
    }
    assert found == slow_panel(rows, zone, date(2025, 1, 6), 6, access)


def test_a_week_is_named_by_its_monday_in_the_organisations_zone() -> None:
    # Sunday 23:30 in UTC is Monday in Berlin: the next week.
    rows = [an_event("a", "2025-01-12T23:30:00Z"), an_event("a", "2025-01-06T08:00:00Z"), an_event("b", "2025-01-19T12:00:00Z")]  # fmt: skip
    berlin = wb.user_weeks(source_of(rows, access_start=["2025-01-01"] * 3), time_zone="Europe/Berlin").to_pandas()
    assert berlin.query("user_id == 'a'")["actions"].tolist() == [1, 1]
    utc = wb.user_weeks(source_of(rows, access_start=["2025-01-01"] * 3), time_zone="UTC").to_pandas()
    assert utc.query("user_id == 'a'")["actions"].tolist() == [2, 0]
    assert {w.weekday() for w in utc["week"]} == {0}


def test_trained_is_the_monday_of_the_first_training_attended() -> None:
    trainings = pd.DataFrame(
        {
            "user_id": ["a", "a", "b", "c"],
            "programme": ["basics", "basics", "basics", "tour"],
            "started_at": ["2025-01-22", "2025-01-15", "2025-01-15", "2025-01-08"],
            "attended": [True, True, False, None],
        }
    )
    rows = [an_event(u, day) for u in "abc" for day in ("2025-01-06T08:00:00Z", "2025-01-26T08:00:00Z")]
    tables = {"users": pd.DataFrame({"user_id": list("abc")}), "events": pd.DataFrame(rows), "trainings": trainings}
    panel = wb.user_weeks(wb.open_source(tables), programme="basics").to_pandas().drop_duplicates("user_id")
    assert panel.set_index("user_id")["trained"].to_dict() == {
        "a": pd.Timestamp("2025-01-13"),
        "b": pd.NaT,
        "c": pd.NaT,
    }
    anything = wb.user_weeks(wb.open_source(tables)).to_pandas().drop_duplicates("user_id").set_index("user_id")
    assert anything["trained"]["c"] == pd.Timestamp("2025-01-06")


def test_more_than_63_features_count_the_most_used() -> None:
    rows = [an_event("a", "2025-01-12T08:00:00Z", feature=f"f{i:03}") for i in range(80)]
    rows += [an_event("b", "2025-01-12T09:00:00Z", feature="f079")] * 2
    panel = wb.user_weeks(source_of(rows)).to_pandas().set_index("user_id")
    assert panel["features"].to_dict() == {"a": 63, "b": 1}


def test_a_report_says_what_it_rests_on_and_whom_it_is_about_alone() -> None:
    rows = [an_event(who, f"2025-01-{day}T08:00:00Z") for who in "abcde" for day in ("06", "12")]
    source = source_of(rows, user_id=[*"abcde"])
    panel = wb.user_weeks(source)
    everybody = wb.rests_on(source, panel)
    assert everybody.startswith(
        "frames: 5 people with access, 5 user-weeks in 1 weeks from 6 January 2025 to 12 January"
    )
    assert wb.rests_on(source, panel, "selections/pilot.csv") == everybody.replace(
        "frames:", "frames, only a saved selection:"
    )
    assert ", days of Asia/Tokyo; fingerprint " in wb.rests_on(source, panel, time_zone="Asia/Tokyo")


def test_a_report_about_three_people_is_refused() -> None:
    source = source_of([an_event(who, f"2025-01-{day}T08:00:00Z") for who in "abc" for day in ("06", "12")])
    with pytest.raises(wb.ContractError, match="fewer than 5 people have access in these weeks, so that every number"):
        wb.rests_on(source, wb.user_weeks(source))


def test_openstack_reads_as_its_readme_says(monkeypatch: pytest.MonkeyPatch, shared, project) -> None:
    # Figures computed independently: shared/data/openstack_activity/README.md.
    monkeypatch.setenv("WORKBENCH_SHARED", str(shared.parent))
    monkeypatch.setenv(OUTSIDE, ALLOWED)
    source = wb.open_source(project / "examples" / "openstack_activity.toml")
    panel = wb.user_weeks(source)
    total = panel.sql("select sum(actions) as changes, count(distinct user_id) as users from this").to_pandas().iloc[0]
    assert (total.changes, total.users) == (245_826, 8_536)
    left = wb.left_out(source).set_index("reason")["rows"]
    assert round(left["robot"] / left.sum(), 4) == 0.0207
    changes = "select action_id, min(date) as day, min(local_time) as at from this group by user_id, action_id"
    shares = wb.actions(source).sql(changes).sql(
        "select extract(isodow from day) as day, count(*) as n from this group by 1 order by 1"
    ).to_pandas()  # fmt: skip
    assert (shares.n / shares.n.sum()).round(3).tolist() == [0.177, 0.191, 0.194, 0.194, 0.170, 0.038, 0.035]
