"""Measurements of adoption, each against a count made by hand."""

from __future__ import annotations

import pandas as pd
import pytest
from small_panels import PANEL, WEEKS, team_weeks

import workbench as wb
from workbench import adoption, findings, segments


def test_people_who_never_came_stay_in_the_denominator() -> None:
    rate = adoption.adoption_rate(PANEL, "team", weeks=4)
    assert rate.table[["team", "estimate", "n"]].values.tolist() == [["a", pytest.approx(1 / 3), 3], ["b", 1.0, 1]]
    assert rate.overall["estimate"] == 0.5
    assert rate.overall["n"] == 4


def test_wilson_interval_of_one_in_three() -> None:
    # Wilson 1927 by hand for k=1, n=3, z=1.96: (0.0614, 0.7923); also R: prop.test(1, 3, correct=FALSE).
    row = adoption.adoption_rate(PANEL, "team", weeks=4).table.iloc[0]
    assert (round(row.conf_low, 4), round(row.conf_high, 4)) == (0.0615, 0.7923)


def test_data_entry_counts_people_who_created_or_updated() -> None:
    assert adoption.data_entry_rate(PANEL, "team", weeks=4).table["estimate"].tolist() == [pytest.approx(1 / 3), 0.0]


def test_people_too_new_for_the_habit_count_as_not_having_it() -> None:
    last = pd.DataFrame({"user_id": ["a1", "a3", "b1"], "week": WEEKS[-1], "segment": ["new", "power", "habitual"]})
    rate = adoption.habit_rate(PANEL, last, "team")
    assert rate.table[["team", "estimate", "n"]].values.tolist() == [["a", pytest.approx(1 / 3), 3], ["b", 1.0, 1]]
    assert adoption.habit_rate(PANEL, last).overall["estimate"] == 0.5


def test_the_habit_week_by_week_begins_when_somebody_can_have_it() -> None:
    rows = [
        ("a1", 0, "new"),
        ("a1", 1, "habitual"),
        ("a1", 2, "power"),
        ("b1", 0, "new"),
        ("b1", 1, "new"),
        ("b1", 2, "low"),
    ]
    labels = pd.DataFrame([(u, WEEKS[w], s) for u, w, s in rows], columns=["user_id", "week", "segment"])
    table = adoption.habit_by_week(labels).table
    assert table[["week", "estimate", "n"]].to_numpy().tolist() == [[WEEKS[1], 0.5, 2], [WEEKS[2], 0.5, 2]]


def test_the_habit_is_marked_in_every_week_that_has_a_segment() -> None:
    labels = pd.DataFrame({"user_id": ["a1", "a1"], "week": WEEKS[[0, 1]], "segment": ["low", "habitual"]})
    marks = adoption.habit_marks(PANEL, labels).to_pandas()
    assert marks[["user_id", "team", "yes"]].to_numpy().tolist() == [["a1", "a", False], ["a1", "a", True]]


def test_weekly_use_counts_everybody_with_access_that_week() -> None:
    table = adoption.weekly_use(PANEL).table
    assert table["n"].tolist() == [5, 5, 4, 4, 4, 4]
    assert table["estimate"].tolist() == [0.6, 0.6, 0.25, 0.25, 0.25, 0.5]


def test_weeks_of_leave_are_in_no_rate() -> None:
    on_leave = PANEL.assign(eligible=~((PANEL.user_id == "a1") & (PANEL.week >= WEEKS[2])))
    assert adoption.adoption_rate(on_leave, "team", weeks=4).table["n"].tolist() == [2, 1]
    assert adoption.weekly_use(on_leave).table["n"].tolist() == [5, 5, 3, 3, 3, 3]


def test_what_is_required_and_what_is_chosen_by_hand() -> None:
    weeks = pd.to_datetime(["2025-01-06", "2025-01-06", "2025-01-13"])
    panel = pd.DataFrame({"user_id": ["a", "b", "a"], "week": weeks, "actions": [5, 3, 4], "compulsory": [2, 2, 1]})
    rows = adoption.by_choice(panel).set_index(["week", "kind"])["estimate"].unstack()
    assert rows["required"].tolist() == [2.0, 1.0]
    assert rows["by choice"].tolist() == [2.0, 3.0]
    assert adoption.by_choice(panel.assign(compulsory=0)).empty


def test_group_use_is_per_person_and_week_with_access() -> None:
    row = adoption.group_use(PANEL, "team", weeks=4).set_index("team").loc["a"]
    assert row[["n", "active_days", "actions", "depth", "breadth", "discretionary"]].tolist() == [
        3, 5 / 12, 8 / 12, 8 / 5, 3.0, 1 - 2 / 8,
    ]  # fmt: skip


def test_each_step_of_the_funnel_lies_within_the_one_before() -> None:
    last = pd.DataFrame({"user_id": ["a1", "a2", "a3", "b1"], "week": WEEKS[-1], "segment": ["none", "power", "low", "habitual"]})  # fmt: skip
    funnel = adoption.funnel(PANEL, last, weeks=4)
    assert funnel["users"].tolist() == [4, 3, 2, 1, 0]  # a2 is no longer active, whatever its label says
    assert funnel["share"].tolist() == [1, 0.75, 0.5, 0.25, 0]


def test_the_funnel_and_the_share_with_the_habit_count_the_same_people() -> None:
    """One of four has lost access before the last week: three are counted, one of them has the habit."""
    left = PANEL[~((PANEL.user_id == "a1") & (PANEL.week == WEEKS[-1]))]
    last = pd.DataFrame({"user_id": ["a2", "a3", "b1"], "week": WEEKS[-1], "segment": ["none", "low", "habitual"]})
    funnel, habit = adoption.funnel(left, last).set_index("step"), adoption.habit_rate(left, last).overall
    assert funnel.loc["eligible", "users"] == habit["n"] == 3
    assert funnel.loc["habitual", "share"] == habit["estimate"] == pytest.approx(1 / 3)


def test_an_unknown_group_is_answered_with_those_there_are() -> None:
    with pytest.raises(wb.ContractError, match="the panel has no column 'squad'; it has user_id, week"):
        adoption.adoption_rate(PANEL, "squad")


def test_the_furthest_groups_are_the_highest_and_the_lowest() -> None:
    rate = adoption.adoption_rate(team_weeks(**{f"{team}1": [1 if team in "bd" else 0] * 4 for team in "abcd"}), "team")
    assert adoption.furthest(rate, 2).table["team"].tolist() == ["a", "d"]
    assert adoption.furthest(rate, 4).table["team"].tolist() == list("abcd")


def weeks_of(people: int, weeks: int) -> pd.DataFrame:
    """People who use it in each of so many weeks."""
    mondays = pd.date_range("2025-01-06", periods=weeks, freq="7D")
    rows = [{"user_id": f"u{n}", "week": week, "actions": 3, "created": 0, "updated": 0} for n in range(people) for week in mondays]  # fmt: skip
    return pd.DataFrame(rows)


def test_a_habit_of_twelve_weeks_is_not_asked_of_people_who_were_there_for_seven() -> None:
    panel = weeks_of(100, 7)  # cases.md, 11
    labels = segments.usage_segments(panel)
    found = adoption.habit_rate(panel, labels)
    assert len(found.table) == 0
    assert found.notes == (  # the twelfth Monday from 6 January on
        "nobody has been there for twelve weeks yet; we can from the week of 24 March 2025 on",
    )
    said = findings.target(found, "use it as a habit", 0.5).headline
    assert said.startswith("We cannot say how many people with access use it as a habit: nobody has been there for")
    assert adoption.funnel(panel, labels)["step"].tolist() == ["eligible", "ever", "active"]
    assert len(adoption.habit_marks(panel, labels).to_pandas()) == 0


def test_after_twelve_weeks_of_use_everybody_has_the_habit() -> None:
    panel = weeks_of(100, 12)  # cases.md, 10
    labels = segments.usage_segments(panel)
    assert adoption.habit_rate(panel, labels).overall[["estimate", "n"]].tolist() == [1, 100]
    assert adoption.funnel(panel, labels)["users"].tolist() == [100, 100, 100, 100, 0]


def test_entering_data_is_not_known_from_a_log_without_such_verbs() -> None:
    panel = weeks_of(100, 4)  # cases.md, 12
    found = adoption.data_entry_rate(panel, kinds={"Deal closed": "other", "viewed": "view"})
    said = findings.share(found, "have entered or changed a record", "people with access").headline
    assert said == (
        "We cannot say how many people with access have entered or changed a record: no action of the log creates or"
        " updates a record; its actions are Deal closed, viewed."
    )
    assert adoption.data_entry_rate(panel, kinds={"Record saved": "update", "viewed": "view"}).overall["estimate"] == 0
