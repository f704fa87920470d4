"""The panel against slow and obvious versions, hand calculations, and figures computed by others."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import workbench as wb
from workbench.panel.events import REASONS
from workbench.panel.period import monday

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
    people = pd.DataFrame({"user_id": ["a", "b", "c"], **users})
    return wb.open_source({"users": people, "events": pd.DataFrame(rows)}, time_zone=zone)


def an_event(user: str, when: str, action: str = "view", **more: object) -> dict:
    return {"user_id": user, "occurred_at": pd.Timestamp(when), "action": action, **more}


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
        key = (row["user_id"], monday(day))
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


@SLOW
@given(rows=st.lists(event, min_size=1, max_size=60))
def test_rows_kept_and_left_out_add_up(rows: list[dict]) -> None:
    for row in rows:
        row["occurred_at"] = START + timedelta(minutes=row["minute"])
    source = source_of(rows, access_start=["2025-01-01", "2025-01-20", None])
    table = wb.left_out(source, since="2025-01-06", until="2025-02-09")
    assert list(table["reason"]) == ["kept", *REASONS]
    assert table["rows"].sum() == len(rows)


def test_a_week_is_named_by_its_monday_in_the_organisations_zone() -> None:
    # Sunday 23:30 in UTC is Monday in Berlin: the next week.
    rows = [an_event("a", "2025-01-12T23:30:00Z"), an_event("a", "2025-01-06T08:00:00Z"), an_event("b", "2025-01-19T12:00:00Z")]  # fmt: skip
    berlin = wb.user_weeks(source_of(rows, access_start=["2025-01-01"] * 3), time_zone="Europe/Berlin").to_pandas()
    assert berlin.query("user_id == 'a'")["actions"].tolist() == [1, 1]
    utc = wb.user_weeks(source_of(rows, access_start=["2025-01-01"] * 3), time_zone="UTC").to_pandas()
    assert utc.query("user_id == 'a'")["actions"].tolist() == [2, 0]
    assert {w.weekday() for w in utc["week"]} == {0}


def test_a_days_own_offset_comes_before_the_organisations_zone() -> None:
    rows = [an_event("a", "2025-01-12T23:30:00Z", utc_offset_minutes="+0100"), an_event("a", "2025-01-13T02:00:00Z", utc_offset_minutes="-0500")]  # fmt: skip
    panel = wb.user_weeks(source_of(rows), since="2025-01-06", until="2025-01-19").to_pandas()
    assert panel["actions"].tolist() == [1, 1]  # the first is Monday where it was done, the second still Sunday


def test_without_access_dates_access_runs_from_the_first_event_to_the_last() -> None:
    rows = [an_event("a", "2025-01-06T08:00:00Z"), an_event("a", "2025-01-22T08:00:00Z"), an_event("b", "2025-01-26T08:00:00Z")]  # fmt: skip
    panel = wb.user_weeks(source_of(rows)).to_pandas()
    assert panel.groupby("user_id")["actions"].apply(list).to_dict() == {"a": [1, 0, 1], "b": [1]}
    assert panel["eligible_days"].tolist() == [7, 7, 3, 1]


def test_an_unfinished_last_week_is_left_out_and_counted() -> None:
    rows = [an_event("a", "2025-01-06T08:00:00Z"), an_event("a", "2025-01-16T08:00:00Z")]  # a Thursday
    source = source_of(rows)
    assert wb.user_weeks(source).to_pandas()["week"].tolist() == [pd.Timestamp("2025-01-06")]
    assert wb.left_out(source).set_index("reason")["rows"]["outside period"] == 1
    until_friday = source_of([*rows, an_event("b", "2025-01-17T08:00:00Z")])
    assert wb.user_weeks(until_friday).to_pandas()["week"].max() == pd.Timestamp("2025-01-13")


def test_rows_of_one_action_are_one_action() -> None:
    rows = [
        an_event("a", "2025-01-06T08:00:00Z", "create", feature="leads", action_id="1"),
        an_event("a", "2025-01-06T08:00:01Z", "update", feature="deals", action_id="1"),
        an_event("a", "2025-01-07T08:00:00Z", "update", feature="deals", action_id=None),
        an_event("a", "2025-01-12T08:00:00Z", "view", action_id="2"),
    ]
    week = wb.user_weeks(source_of(rows)).to_pandas().iloc[0]
    assert (week.actions, week.created, week.updated, week.features, week.active_days) == (3, 1, 2, 2, 3)


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
    counts = wb.left_out(source).set_index("reason")["rows"]
    expected = {"kept": 2, "imported": 1, "acted for": 1, "robot": 1, "unknown user": 1}
    assert {k: v for k, v in counts.items() if v} == expected
    assert set(wb.user_weeks(source).to_pandas()["user_id"]) == {"a", "b"}


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


def test_what_cannot_be_a_period_is_refused() -> None:
    source = source_of([an_event("a", "2025-01-06T08:00:00Z")])
    with pytest.raises(wb.ContractError, match="there is no whole week from 2025-01-06 to 2025-01-06"):
        wb.user_weeks(source)
    with pytest.raises(wb.ContractError, match="since = 'soon' is not a day; write it like 2025-03-31"):
        wb.user_weeks(source, since="soon")
    with pytest.raises(wb.ContractError, match="there is no time zone 'Europe/Berln'; did you mean 'Europe/Berlin'"):
        wb.user_weeks(source, time_zone="Europe/Berln")


def test_users_that_occur_twice_are_refused() -> None:
    users = pd.DataFrame({"user_id": ["a", "a"]})
    source = wb.open_source({"users": users, "events": pd.DataFrame([an_event("a", "2025-01-12T08:00:00Z")])})
    with pytest.raises(wb.ContractError, match="users.user_id occurs once, but 1 of them occur again"):
        wb.user_weeks(source)


def test_more_than_63_features_count_the_most_used() -> None:
    rows = [an_event("a", "2025-01-12T08:00:00Z", feature=f"f{i:03}") for i in range(80)]
    rows += [an_event("b", "2025-01-12T09:00:00Z", feature="f079")] * 2
    panel = wb.user_weeks(source_of(rows)).to_pandas().set_index("user_id")
    assert panel["features"].to_dict() == {"a": 63, "b": 1}


def test_a_report_says_what_it_rests_on_and_whom_it_is_about_alone() -> None:
    source = source_of([an_event("a", "2025-01-06T08:00:00Z"), an_event("b", "2025-01-12T08:00:00Z")])
    panel = wb.user_weeks(source)
    everybody = wb.rests_on(source, panel)
    assert everybody.startswith(
        "frames: 2 people with access, 2 user-weeks in 1 weeks from 6 January 2025 to 12 January"
    )
    assert wb.rests_on(source, panel, "cohorts/pilot.csv") == everybody.replace(
        "frames:", "frames, only the cohort pilot:"
    )


def test_openstack_reads_as_its_readme_says(monkeypatch: pytest.MonkeyPatch, shared, project) -> None:
    # Figures computed independently: shared/data/openstack_activity/README.md.
    monkeypatch.setenv("WORKBENCH_SHARED", str(shared.parent))
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
