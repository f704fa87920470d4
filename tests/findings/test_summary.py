"""What pages hand on to the summary. Figures are made up and small enough to check by hand."""

from __future__ import annotations

import pandas as pd
import pytest

from workbench import findings


def only(handed):
    (record,) = handed.records
    return record


def test_a_sentence_is_handed_on_whole_and_an_empty_one_not():
    assert [each.headline for each in findings.noted("since", "", "five left", "").records] == ["Five left."]


@pytest.mark.parametrize(("rate", "met"), [(0.5, "reached"), (0.49, "not reached")])
def test_the_habit_stands_beside_its_target(rate, met):
    found = only(findings.habit_tile(rate, 0.5, "it peaked in May"))
    assert found.headline == f"Target 50%: {met}. It peaked in May."


def test_the_gap_is_between_trying_and_the_habit():
    funnel = pd.DataFrame({"step": ["access", "ever", "habitual"], "share": [1.0, 0.95, 0.67]})
    found = only(findings.gap_tile(funnel))
    assert (found.figure, found.headline) == ("28%", "95% have tried it, 67% have the habit.")
    assert findings.gap_tile(funnel.iloc[:1]).records == ()


def surveys(last: float) -> pd.DataFrame:
    """Two surveys of two scales, with intervals of ±3 points."""
    rows = [("satisfied", "spring", 0.40), ("useful", "spring", 0.9), ("satisfied", "autumn", last)]
    table = pd.DataFrame(rows, columns=["scale", "survey", "estimate"])
    return table.assign(conf_low=table["estimate"] - 0.03, conf_high=table["estimate"] + 0.03)


def test_satisfaction_says_whether_its_change_is_clear():
    """40% to 31% with ±3 each does not overlap, to 35% it does."""
    fell, worry = findings.satisfaction_tile(surveys(0.31)).records
    assert (fell.figure, fell.headline) == ("31%", "It was 40% (spring): a clear fall.")
    assert (worry.about, worry.headline) == ("concern", "Satisfaction fell from 40% to 31%.")
    assert only(findings.satisfaction_tile(surveys(0.35))).headline == "It was 40% (spring): no clear change."
    assert findings.satisfaction_tile(surveys(0.31).iloc[:0]).records == ()


def test_chosen_work_stands_beside_required_now_and_at_first():
    """The first four weeks and the last four; the two between count for neither."""
    weeks = pd.date_range("2025-01-06", periods=10, freq="7D")
    chosen = [1.5] * 4 + [9.0] * 2 + [0.5] * 4
    rows = pd.DataFrame({"week": weeks, "kind": "by choice", "estimate": chosen})
    both = pd.concat([rows, rows.assign(kind="required", estimate=2.8)])
    found = only(findings.choice_tile(both))
    assert (found.figure, found.headline) == ("0.5", "Required: 2.8. In January 1.5 chosen and 2.8 required.")
    assert findings.choice_tile(rows).records == ()


def test_slipping_and_close_are_counted_over_all_groups():
    rows = [("North", "slipping", 6), ("South", "slipping", 20), ("North", "close to the habit", 45)]
    found = only(findings.slipping(pd.DataFrame(rows, columns=["team", "movement", "users"])))
    assert found.headline == "26 people are slipping, 45 are close to the habit."


def test_one_person_is_one():
    one = pd.DataFrame([("slipping", 1), ("close to the habit", 1)], columns=["movement", "users"])
    assert only(findings.slipping(one)).headline == "1 person is slipping, 1 is close to the habit."
    assert only(findings.slipping(one[:1])).headline == "1 person is slipping."


def test_actions_and_advice_are_handed_on():
    rows = pd.DataFrame([{"action": "Stop the race", "rule": "stop", "whom": "its teams", "grade": "robust"}])
    action, advice = findings.planned(rows, {"Race": "stop"}).records
    assert (action.headline, action.group, action.squares, advice.name, advice.headline) == (
        "Stop the race.",
        "its teams",
        "■■■□",
        "Race",
        "stop",
    )


def test_what_is_done_at_the_month_s_end_is_a_concern_only_where_it_is_far_more_than_usual():
    rows = {"pattern": ["steady", "for show", "everybody"], "n": [80, 20, 100]}
    usual = pd.DataFrame({**rows, "month's end": [0.2, 0.4, 0.22]})
    assert findings.month_end(usual, "pattern").records == ()
    (found,) = findings.month_end(usual.assign(**{"month's end": [0.2, 0.86, 0.22]}), "pattern").records
    assert (found.about, found.headline) == (
        "concern",
        "Month-end bursts: 20 people of the pattern “for show” do 86% of their work then (all people: 22%).",
    )


def test_of_a_movement_that_is_withheld_nothing_is_said():
    """Fewer than five people are slipping: their row is not there, and they are not none."""
    near = pd.DataFrame({"movement": ["close to the habit"], "users": [12]})
    assert [each.headline for each in findings.slipping(near).records] == ["12 people are close to the habit."]
    assert findings.slipping(near.iloc[:0]).records == ()


def test_nobody_who_is_slipping_is_no_news():
    near = pd.DataFrame({"movement": ["slipping", "close to the habit"], "users": [0, 12]})
    assert [each.headline for each in findings.slipping(near).records] == ["12 people are close to the habit."]
    assert findings.slipping(near.assign(users=0)).records == ()


def test_a_gap_that_is_none_has_no_tile():
    assert findings.gap_tile(pd.DataFrame({"step": ["ever", "habitual"], "share": [1.0, 1.0]})).records == ()


def test_weekly_use_is_the_mean_of_the_last_four_weeks():
    """By hand: (.7 + .7 + .7 + .9) / 4."""
    weeks = pd.DataFrame({"week": pd.date_range("2025-01-06", periods=5, freq="7D")})
    (tile,) = findings.weekly_tile(weeks.assign(estimate=[0.1, 0.7, 0.7, 0.7, 0.9])).records
    assert (tile.figure, tile.headline) == ("75%", "Mean of the last 4 weeks.")


def test_a_week_that_may_not_be_shown_has_no_tile():
    assert findings.weekly_tile(pd.DataFrame(columns=["week", "estimate"])).records == ()
