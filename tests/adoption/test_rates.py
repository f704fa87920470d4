"""Measurements of adoption, each against a count made by hand."""

from __future__ import annotations

import pandas as pd
import pytest

import workbench as wb
from workbench import adoption

WEEKS = pd.date_range("2025-01-06", periods=6, freq="7D")


def a_panel(**use: list[int]) -> pd.DataFrame:
    """One row per user and week; use = actions by week; users whose name begins alike are one team."""
    rows = [
        {"user_id": user, "week": week, "actions": n, "active_days": min(n, 5), "created": n // 2, "updated": 0,
         "compulsory": n // 4, "features": min(n, 3), "team": user[0], "eligible": True}
        for user, counts in use.items() for week, n in zip(WEEKS, counts, strict=False)
    ]  # fmt: skip
    return pd.DataFrame(rows)


PANEL = a_panel(
    a1=[0, 0, 0, 0, 0, 0],  # never came
    a2=[4, 4, 0, 0, 0, 0],  # stopped
    a3=[0, 0, 0, 0, 0, 8],
    b1=[1, 1, 1, 1, 1, 1],
    b2=[9, 9],  # left
)


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


def test_first_steps_are_what_a_third_of_a_group_used_in_the_order_they_did() -> None:
    days = pd.to_datetime(["2025-01-06", "2025-01-07", "2025-01-08"])
    log = [("a1", 0, "leads"), ("a1", 1, "reports"), ("a1", 2, "leads"), ("a2", 0, "leads"), ("a2", 0, "quotes"),
           ("a3", 1, "quotes"), ("b1", 2, "quotes")]  # fmt: skip
    actions = pd.DataFrame([(u, days[d], f) for u, d, f in log], columns=["user_id", "date", "feature"])
    steps = adoption.first_steps(actions, PANEL, "team", steps=2)
    # a: leads first for two; quotes second for a2, first for a3; reports second for a1, which is the third step
    assert steps[["team", "step", "feature", "place", "users", "n"]].to_numpy().tolist() == [
        ["a", 1, "leads", 1.0, 2, 3], ["a", 2, "quotes", 1.5, 2, 3], ["b", 1, "quotes", 1.0, 1, 2],
    ]  # fmt: skip


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


def test_a_feature_that_nobody_in_a_role_used_is_listed_with_nought() -> None:
    actions = pd.DataFrame({"user_id": ["a2", "a2", "b1"], "feature": ["leads", "leads", "reports"]})
    reach = adoption.feature_reach(actions, PANEL, "team").set_index(["feature", "team"])["share"]
    expected = {("leads", "a"): 1 / 3, ("leads", "b"): 0, ("reports", "a"): 0, ("reports", "b"): 0.5}
    assert reach.to_dict() == pytest.approx(expected)


def test_data_quality_by_hand() -> None:
    actions = pd.DataFrame(
        {
            "week": WEEKS[[0, 0, 0, 1]],
            "date": pd.to_datetime(["2025-01-08", "2025-01-08", "2025-01-09", "2025-01-14"]),
            "fields_required": [4, 4, None, 2],
            "fields_filled": [4, 1, None, 2],
            "audited_correct": [True, None, False, None],
            "happened_on": pd.to_datetime(["2025-01-08", "2025-01-01", None, None]),
        }
    )
    first, second = adoption.data_quality(actions).to_dict("records")
    assert (first["entries"], first["completeness"], first["accuracy"], first["timeliness"]) == (2, 5 / 8, 0.5, 0.5)
    assert (second["completeness"], pd.isna(second["accuracy"]), pd.isna(second["timeliness"])) == (1.0, True, True)


def test_struggle_ranks_features_by_failures() -> None:
    actions = pd.DataFrame(
        {
            "user_id": ["a", "b", "a", "a"],
            "date": pd.to_datetime(["2025-01-06", "2025-01-07", "2025-01-07", "2025-01-08"]),
            "occurred_at": pd.date_range("2025-01-06 09:00", periods=4, freq="25h", tz="UTC"),
            "feature": ["quotes", "quotes", "leads", "leads"],
            "succeeded": [False, True, True, None],
            "duration_seconds": [10.0, 30.0, 5.0, None],
        }
    )
    asked = ["2025-01-06", "2025-01-07", "2025-01-08", "2025-01-05", "2025-01-09"]  # the last two are not of these days
    tickets = pd.DataFrame({"feature": "quotes", "opened_at": pd.to_datetime(asked)})
    found = adoption.struggle(actions, tickets)
    assert found["feature"].tolist() == ["quotes", "leads"]
    assert found["failure_rate"].tolist() == [0.5, 0.0]
    assert found["median_seconds"].tolist() == [20.0, 5.0]
    assert found["tickets_per_100_users"].tolist() == [150.0, 0.0]


def tries(*rows: tuple[str, str, bool | None]) -> pd.DataFrame:
    """Person, time of one day, whether it succeeded: all in quotes."""
    table = pd.DataFrame(rows, columns=["user_id", "at", "succeeded"]).assign(feature="quotes", duration_seconds=None)
    return table.assign(date=pd.Timestamp("2025-01-06"), occurred_at=pd.to_datetime("2025-01-06 " + table["at"]))


def test_giving_up_is_a_day_that_ends_with_the_failure() -> None:
    actions = tries(("a", "09:00", False), ("a", "09:05", True), ("b", "10:00", True), ("b", "10:01", False),
                    ("c", "11:00", False), ("c", "11:01", False), ("d", "12:00", True))  # fmt: skip
    nothing = pd.DataFrame({"feature": pd.Series(dtype=str), "opened_at": pd.Series(dtype="datetime64[ns]")})
    found = adoption.struggle(actions, nothing)
    assert found["gave_up"].tolist() == [pytest.approx(2 / 3)]  # of a, b and c, who failed, b and c left it at that
    assert found["tickets"].isna().all()  # nobody has a ticket, so tickets are not recorded


def test_what_a_source_never_tells_is_no_struggle() -> None:
    actions = tries(("a", "09:00", None), ("b", "10:00", None))
    nothing = pd.DataFrame({"feature": pd.Series(dtype=str), "opened_at": pd.Series(dtype="datetime64[ns]")})
    assert adoption.struggle(actions, nothing).empty


def test_rhythm_has_every_hour_of_the_week_once() -> None:
    actions = pd.DataFrame(
        {"week": WEEKS[[0, 0]], "date": pd.to_datetime(["2025-01-06", "2025-01-12"]), "hour": [9, 23]}
    )
    found = adoption.rhythm(actions)
    assert len(found) == 168
    assert found.query("actions > 0")[["weekday", "hour", "share"]].values.tolist() == [[0, 9, 0.5], [6, 23, 0.5]]


def test_favourable_is_the_upper_two_of_five_also_where_the_scale_is_reversed() -> None:
    surveys = pd.DataFrame(
        {
            "survey": "spring", "answered_at": pd.Timestamp("2025-04-01"), "scale": "csat", "item": "overall", "value": [5, 4, 3, 1, None],
            "lowest": 1, "highest": 5, "reverse": [False, False, False, True, False],
        }
    )  # fmt: skip
    row = adoption.satisfaction(surveys, "csat").table.iloc[0]
    assert (row.survey, row.estimate, row.n) == ("spring", 0.75, 4)


def test_an_unknown_group_is_answered_with_those_there_are() -> None:
    with pytest.raises(wb.ContractError, match="the panel has no column 'squad'; it has user_id, week"):
        adoption.adoption_rate(PANEL, "squad")


def test_the_furthest_groups_are_the_highest_and_the_lowest() -> None:
    rate = adoption.adoption_rate(a_panel(**{f"{team}1": [1 if team in "bd" else 0] * 4 for team in "abcd"}), "team")
    assert adoption.furthest(rate, 2).table["team"].tolist() == ["a", "d"]
    assert adoption.furthest(rate, 4).table["team"].tolist() == list("abcd")


def test_waves_stand_in_the_order_they_were_asked() -> None:
    waves = pd.DataFrame({"survey": ["autumn", "spring"], "answered_at": pd.to_datetime(["2025-10-01", "2025-04-01"]),
                          "scale": "csat", "item": "x", "value": 5, "lowest": 1, "highest": 5, "reverse": False})  # fmt: skip
    assert adoption.satisfaction(waves, "csat").table["survey"].tolist() == ["spring", "autumn"]
