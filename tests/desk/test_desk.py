"""The desk shows the numbers of the reports, and a pick takes the people behind a mark."""

from __future__ import annotations

import pandas as pd
import pytest

import workbench as wb
from workbench import adoption
from workbench.desk.desk import Desk
from workbench.desk.views import VIEWS


@pytest.fixture(scope="module")
def opened(panel, actions):
    return panel, actions


@pytest.fixture
def desk(opened) -> Desk:
    return Desk(*opened)


def test_cohorts_are_those_of_the_retention_page(desk, opened):
    page = wb.retention(opened[0], wb.readable_period(opened[0])).dropna(subset=["share"])
    shown = desk.table("cohorts").set_index(["cohort", "age"])["everybody"]
    assert list(shown) == pytest.approx(list(page.sort_values(["cohort", "age"])["share"]))


@pytest.mark.parametrize(
    ("metric", "column"), [("active days a week", "active_days"), ("actions on an active day", "depth")]
)
def test_groups_are_those_of_the_adoption_page(desk, opened, metric, column):
    desk.look_at(metric=metric)
    page = adoption.group_use(opened[0], "department", weeks=999).set_index("department")
    shown = desk.table("groups").set_index("group")
    assert dict(shown["estimate"]) == pytest.approx(dict(page[column]))
    assert dict(shown["n"]) == dict(page["n"])


def test_the_flow_is_that_of_the_segments_page(desk, opened):
    page = wb.transitions(wb.usage_segments(opened[0])).table.set_index(["before", "after"])["users"]
    shown = desk.table("flow").set_index(["before", "after"])["n"].drop(("no access", "no access"), errors="ignore")
    assert dict(shown) == dict(page)


def test_features_are_those_of_the_adoption_page(desk, opened):
    page = adoption.feature_reach(opened[1], opened[0]).set_index(["feature", "role"])["share"]
    shown = desk.table("features").set_index(["feature", "role"])["estimate"]
    assert dict(shown) == pytest.approx(dict(page))


def test_a_pick_filters_every_other_view_and_not_its_own(desk, opened):
    before = {name: desk.table(name) for name in VIEWS}
    desk.pick("groups", [{"group": ["Marketing"]}])
    people = opened[0].to_pandas().query("department == 'Marketing'")
    assert desk.table("groups").equals(before["groups"])
    assert desk.table("weeks")["n"].sum() == len(people)
    assert desk.table("weeks")["everybody"].equals(before["weeks"]["everybody"])
    assert desk.table("flow")["n"].sum() == desk.people().to_arrow().num_rows == people["user_id"].nunique()


def test_picks_in_two_views_take_who_is_in_both(desk, opened):
    panel = opened[0].to_pandas()
    desk.pick("groups", [{"group": ["Marketing", "Service"]}])
    desk.look_at(who="who was not active there")
    weeks = sorted(panel["week"].unique())[-4:]
    desk.pick("weeks", [{"week": [str(pd.Timestamp(w).date()) for w in weeks]}])
    late = panel[panel["week"].isin(weeks) & panel["department"].isin(["Marketing", "Service"])]
    silent = late.groupby("user_id")["actions"].sum().eq(0)
    assert set(desk.people().to_pandas()["user_id"]) == set(silent.index[silent])


def test_a_pick_of_another_group_adds_to_the_first(desk):
    desk.pick("groups", [{"group": ["Marketing"]}])
    desk.look_at(group="team")
    teams = desk.table("groups").query("n > 0")["group"]
    desk.pick("groups", [{"group": [teams.iloc[0]]}])
    found = desk.people().to_pandas()
    assert set(found["team"]) == {teams.iloc[0]}
    assert set(found["department"]) == {"Marketing"}


def test_who_has_never_used_a_feature_can_be_picked(desk, opened):
    desk.look_at(who="who was not active there")
    desk.pick("features", [{"feature": ["contacts"], "role": ["service agent"]}])
    users = opened[1].sql("select distinct user_id from this where feature = 'contacts'").to_pandas()["user_id"]
    agents = opened[0].to_pandas().query("role == 'service agent'")["user_id"]
    assert set(desk.people().to_pandas()["user_id"]) == set(agents) - set(users)


def test_picking_nothing_or_clearing_looks_at_everybody_again(desk):
    everybody = desk.said()
    desk.pick("groups", [{"group": ["Marketing"]}])
    assert desk.said() != everybody
    desk.pick("groups", [])
    assert desk.said() == everybody
    desk.pick("groups", [{"group": ["Marketing"]}])
    desk.clear()
    assert desk.said() == everybody == "Nobody in particular is picked: 1,500 people."


def test_picks_are_said_in_words(desk):
    desk.pick("groups", [{"group": [name]} for name in ("Marketing", "Service", "Partners")])
    desk.look_at(who="who was not active there")
    desk.pick("weeks", [{"week": ["2025-06-09", "2025-06-02", "2025-06-16"]}])
    desk.look_at(who="who was active there")
    desk.pick("cohorts", [{"cohort": ["2025-01-01"], "age": [10, 9]}])
    assert desk.words() == [
        "department Marketing, Service and 1 more (everybody there)",
        "week 2 Jun 2025 to 16 Jun 2025 (who was not active there)",
        "cohort 2025-01-01, age 9 to 10 (who was active there)",
    ]
    desk.drop(1)
    assert [words.split()[0] for words in desk.words()] == ["department", "cohort"]


def test_a_mark_that_nobody_picked_is_behind_stays_in_its_place(desk):
    desk.pick("groups", [{"group": ["Marketing"]}])
    features = desk.table("features")
    assert set(features.loc[features["n"] == 0, "role"]) > {"service agent"}
    assert features.loc[features["n"] == 0, "estimate"].isna().all()


def test_of_many_groups_those_with_most_people_picked_are_shown(desk, opened):
    desk.look_at(group="team")
    desk.pick("weeks", [{"week": ["2025-06-02"]}])
    panel = opened[0].to_pandas()
    people = panel[panel["week"] == pd.Timestamp("2025-06-02")].groupby("team")["user_id"].nunique()
    shown = desk.table("groups")
    assert len(shown) == 25 < len(people)
    assert sorted(shown["n"]) == sorted(people.nlargest(25))


def test_a_slow_and_obvious_version_agrees(desk, opened):
    """Every number of the weeks, for people picked by their cohort and one metric after the other."""
    panel = opened[0].to_pandas()
    first = panel.groupby("user_id")["week"].transform("min") + pd.Timedelta(days=3)  # a week's month is its Thursday's
    desk.pick("cohorts", [{"cohort": ["2025-02-01"], "age": [0]}])
    some = panel[first.dt.strftime("%Y-%m") == "2025-02"]
    weekly = some.groupby("week")
    desk.look_at(metric="active days a week")
    shown = desk.table("weeks").query("n > 0")
    assert shown["n"].tolist() == weekly["user_id"].nunique().tolist()
    assert shown["estimate"].tolist() == pytest.approx(weekly["active_days"].mean().tolist())
    desk.look_at(metric="actions on an active day")
    ratio = (weekly["actions"].sum() / weekly["active_days"].sum()).dropna()
    assert desk.table("weeks")["estimate"].dropna().tolist() == pytest.approx(ratio.tolist())


def test_only_groups_that_the_data_name_can_be_looked_at(opened):
    few = Desk(
        opened[0].sql("select * replace (null::varchar as department, null::varchar as region) from this"), opened[1]
    )
    assert few.choices["group"] == ["team", "role"]
    assert few.look.group == "team"


def test_the_period_bounds_what_is_measured(desk):
    desk.look_at(since="2025-06-02", until="2025-06-30")
    assert list(desk.table("weeks")["week"]) == ["2025-06-02", "2025-06-09", "2025-06-16", "2025-06-23", "2025-06-30"]


def test_a_selection_is_saved_as_a_cohort_and_read_by_any_report(desk, opened, tmp_path):
    desk.pick("groups", [{"group": ["Marketing"]}])
    kept = wb.save_selection(desk.people(), "marketing", tmp_path)
    assert set(wb.only(opened[0], kept).to_pandas()["department"]) == {"Marketing"}


def test_nobody_is_named_by_what_a_desk_prints(desk):
    assert "u0" not in f"{desk!r} {desk.people()!r} {desk.selection!r} {desk.said()}"


def test_what_there_is_not_is_answered_with_the_nearest(desk):
    with pytest.raises(wb.ContractError) as error:
        desk.look_at(metric="active days")
    assert str(error.value) == "there is no metric 'active days'; did you mean 'active days a week'?"
