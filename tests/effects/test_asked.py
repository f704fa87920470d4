"""A study asks the estimators what a notebook would: the same numbers, or the reason why there are none."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import workbench as wb
from workbench.effects.asked import SPANS
from workbench.effects.randomisation import redraws
from workbench.effects.study import studies, study
from workbench.programmes.comparison import Comparison, Comparisons


def clinics(drawn: bool = False, reason: str = "", people: int = 40) -> Comparison:
    """Forty people over thirty weeks; half are trained in two waves and gain one day; groups a and b."""
    rng = np.random.default_rng(5)
    week, user = np.meshgrid(np.arange(30), np.arange(people))
    start = np.where(user % 4 == 0, 12, np.where(user % 4 == 1, 16, 99))
    rows = pd.DataFrame({"user_id": user.ravel(), "week": week.ravel(), "began": start.ravel()})
    rows["active_days"] = 2 + 1.0 * (rows["week"] >= rows["began"]) + rng.normal(0, 0.5, len(rows))
    rows["began"] = rows["began"].where(rows["began"] < 99)
    rows["group"] = np.where(rows["user_id"] < people // 2, "a", "b")
    table = wb.as_table(rows)
    offered = table if drawn else None
    return Comparison("Clinics", table, table, table, drawn=drawn, offered=offered, alike="group", reason=reason)


def test_a_study_gives_the_numbers_of_the_estimators_it_names() -> None:
    asked = study(clinics(), checked=8)
    att = wb.att_gt(wb.moments(clinics().rows, cohort="began", outside="known"), small_sample=True, band=False)
    pd.testing.assert_series_equal(asked.effect.overall, wb.aggregate(att).overall)
    pd.testing.assert_frame_equal(asked.pretrend, wb.pretrend(att, 8))
    pd.testing.assert_frame_equal(asked.spans.table, wb.over(att, SPANS).table)
    assert asked.sensitivity.breakdown == wb.sensitivity(att, before=8, after=8).breakdown
    assert asked.effect.overall["conf_low"] <= 1.0 <= asked.effect.overall["conf_high"]


@pytest.mark.parametrize(
    "way", ["against_never", "balanced", "among_alike", "from_all_before", "in_proportion", "ahead"]
)
def test_every_way_of_asking_finds_what_was_planted(way) -> None:
    row = getattr(study(clinics()), way).overall
    assert row["conf_low"] <= 1.0 <= row["conf_high"]
    assert row["conf_low"] > 0.5


def test_nothing_had_happened_four_weeks_early() -> None:
    row = study(clinics()).too_early.overall
    assert row["conf_low"] < 0 < row["conf_high"]


def test_what_only_a_draw_allows_is_refused_without_one() -> None:
    asked = study(clinics())
    assert asked.by_lot is None
    assert asked.reasons["by_lot"] == "dates were not assigned at random"
    assert asked.as_offered is None
    by_lot = study(clinics(drawn=True)).by_lot.overall
    assert by_lot["conf_low"] <= 1.0 <= by_lot["conf_high"]


def test_dates_drawn_at_random_are_redrawn_and_others_are_not() -> None:
    both = studies(Comparisons("training", {"drawn": clinics(drawn=True), "chosen": clinics()}))
    lots = redraws(both)
    assert lots["name"].tolist() == ["drawn"]
    assert lots["p_value"][0] < 0.01  # a planted day is twice what people differ by from week to week


def test_a_comparison_without_an_answer_says_why_to_every_question() -> None:
    asked = study(clinics(reason="nobody came"))
    assert asked.effect is None
    assert asked.spans is None
    assert (asked.reason, asked.reasons["spans"], asked.unit) == ("nobody came", "nobody came", "active days a week")


def test_groups_are_asked_only_where_a_fact_splits_people() -> None:
    found = study(clinics(people=120)).among(["group"])
    assert set(found) == {"a", "b"}
    assert list(study(clinics()).among(["group"])) == []  # ten treated people in each are fewer than twenty


def test_groups_are_asked_about_what_the_study_measures() -> None:
    """Actions are ten times the days, and so is their effect in each group."""
    courses = clinics(people=120)
    tenfold = courses.measured(courses.rows.sql("select this.*, 10 * active_days as actions from this"), "actions")
    days, actions = (study(each).among(["group"]) for each in (courses, tenfold))
    for group in days:
        assert actions[group].overall["estimate"] == pytest.approx(10 * days[group].overall["estimate"])


def test_how_far_trends_may_part_is_not_asked_when_nobody_wants_it() -> None:
    assert study(clinics(), bounded=False).sensitivity is None
    assert study(clinics(), checked=0).pretrend["df"][0] == 0


def race(design: dict | None = None) -> Comparison:
    """Nine teams of four; three are on in weeks 4–7: two days more, and half a day afterwards."""
    week, user = np.meshgrid(np.arange(12), np.arange(36))
    rows = pd.DataFrame({"user_id": user.ravel(), "week": week.ravel()})
    rows["team"] = rows["user_id"] // 4
    told = rows["team"] < 3
    rows["on"] = np.where(told & rows["week"].between(4, 7), "race", "")
    noise = np.random.default_rng(1).normal(0, 0.1, len(rows))
    rows["active_days"] = 2 + 2.0 * (rows["on"] != "") + 0.5 * (told & (rows["week"] > 7)) + noise
    table = wb.as_table(rows)
    return Comparison("race", table, table, table, design or {}, cluster="team", treatment="on")


def test_the_course_shows_before_while_on_and_after() -> None:
    course = study(race()).course.table.set_index("event_week")["estimate"]
    assert list(course.index) == list(range(-3, 8))
    assert course.loc[-3:-1].to_numpy() == pytest.approx(0, abs=0.2)
    assert course.loc[0:3].to_numpy() == pytest.approx(2, abs=0.2)
    assert course.loc[4:7].to_numpy() == pytest.approx(0.5, abs=0.2)


def test_trends_before_an_incentive_are_checked_like_those_before_a_training() -> None:
    asked = study(race(), checked=12)
    assert asked.pretrend["p_value"][0] > 0.05
    assert asked.sensitivity.breakdown > 1


def test_what_is_left_is_a_share_of_the_effect_while_on() -> None:
    left = study(race()).kept.table.set_index("weeks_after").loc[4]
    assert left["conf_low"] <= 0.25 <= left["conf_high"]
    assert 0.1 < left["estimate"] < 0.4


def test_what_came_after_is_asked_only_of_what_has_ended() -> None:
    after = study(race()).afterwards
    assert (after.name, after.when) == ("race", "after it ended")
    assert after.effect.overall["conf_low"] <= 0.5 <= after.effect.overall["conf_high"]
    still = study(race({"ended": False}))
    assert still.afterwards is None
    assert still.reasons["afterwards"] == "it has not ended, or too short a time ago"
    assert still.kept is None


def test_the_mean_through_its_weeks_and_four_after_counts_both() -> None:
    """Four weeks of two days more, four of half a day: 1.25."""
    through = study(race({"ended": True, "weeks": 4})).through(4).table.iloc[0]
    assert through["conf_low"] <= 1.25 <= through["conf_high"]


def no_shows(effect: float, seed: int = 3) -> Comparison:
    """600 people, 300 of whom drew a course that does nothing but `effect`; who would have grown anyway comes at .8, the
    others at .2 (effects-cases.md, 1)."""
    rng = np.random.default_rng(seed)
    people = pd.DataFrame({"user_id": range(600)})
    people["growing"], people["asked"] = rng.random(600) < 0.5, people["user_id"] < 300
    people["comes"] = people["asked"] & (rng.random(600) < np.where(people["growing"], 0.8, 0.2))
    rows = people.merge(pd.DataFrame({"week": range(12)}), how="cross")
    rows["began"] = np.where(rows["asked"], 6.0, np.nan)
    rows["came"] = np.where(rows["comes"], 6.0, np.nan)
    late = rows["week"] >= 6
    rows["active_days"] = (
        2 + rng.normal(0, 1, len(rows)) + 0.8 * (rows["growing"] & late) + effect * (rows["comes"] & late)
    )
    table = wb.as_table(rows)
    return Comparison("The course", table, table, table, drawn=True, took="came")


def test_a_course_that_does_nothing_is_not_raised_by_its_no_shows() -> None:
    """Those who came did grow more than all others; the offer, which chance gave, shows that the course did nothing."""
    naive = study(
        Comparison("Came", *3 * [no_shows(0.0).rows.sql("select * exclude (began), came as began from this")])
    )
    assert naive.effect.overall["conf_low"] > 0
    asked = study(no_shows(0.0), checked=5)
    assert asked.effect.overall["conf_low"] < 0 < asked.effect.overall["conf_high"]
    assert asked.by_offer.came.overall["conf_low"] < 0 < asked.by_offer.came.overall["conf_high"]
    assert asked.lottery is None or asked.lottery > 0.01


def test_what_those_who_came_gained_is_the_offer_over_its_take_up() -> None:
    """Planted: one day for those who came, who are about half of those asked."""
    asked = study(no_shows(1.0), checked=5)
    came, take_up = asked.by_offer.came.overall, asked.by_offer.take_up.overall
    assert came["conf_low"] <= 1.0 <= came["conf_high"]
    assert 0.4 < take_up["estimate"] < 0.6
    assert asked.effect.overall["estimate"] == pytest.approx(came["estimate"] * take_up["estimate"])


def test_earlier_use_unlike_by_date_takes_the_word_randomised_away() -> None:
    """effects-cases.md, 5: dates said to be drawn, but the first wave had used it three days more all along."""
    rows = clinics(drawn=True).rows.to_pandas()
    rows["active_days"] += 3.0 * (rows["began"] == 12)
    table = wb.as_table(rows)
    asked = study(Comparison("Clinics", table, table, table, drawn=True, offered=table), checked=8)
    assert asked.lottery < 0.01
    assert asked.evidence.grade == "failed"
