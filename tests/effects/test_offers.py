"""Offers against published numbers, the definition of a ratio's interval, and worlds whose truth is planted."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
import statsmodels.api as sm

import workbench as wb
from workbench import ContractError

NUMBERS = ["estimate", "std_error", "conf_low", "conf_high"]


# ── one row a person ────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_published_working_from_home_lottery():
    """Offer 29.98 calls a week, take-up .872, so 34.4 on those who came (effects-cases.md).

    The study's own data are not at hand: these people are made to have just its means, so only the ratio is tested.
    """
    rng = np.random.default_rng(0)
    offered, came = np.repeat([1, 0], [125, 118]), np.arange(243) < 109
    calls = rng.normal(500, 90, 243)
    calls += np.where(offered, 500 + 29.98 - calls[:125].mean(), 500 - calls[125:].mean())
    table = pd.DataFrame({"offered": offered, "came": came, "calls": calls})
    found = wb.experiment(table, "calls", "offered", took="came")
    assert isinstance(found, wb.Offer)
    assert found.table["estimate"].item() == pytest.approx(29.98)
    assert found.take_up.table["estimate"].item() == pytest.approx(0.872)
    assert found.came.table["estimate"].item() == pytest.approx(34.4, abs=0.05)
    assert found.notes == ("Took part: 0 of 118 in 0, 109 of 125 in 1.",)


def drawn(seed: int, n: int = 240) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    table = pd.DataFrame({"offered": rng.random(n) < 0.5, "before": rng.normal(size=n), "team": rng.integers(0, 25, n)})
    table["came"] = rng.random(n) < np.where(table["offered"], 0.7, 0.1)
    table["days"] = table["before"] + 2 * table["came"] + rng.normal(size=n) + rng.normal(size=25)[table["team"]]
    return table


def test_ends_of_the_interval_are_the_ratios_just_contradicted():
    """Under a ratio r, being offered does nothing to days − r·came: its t by statsmodels (HC2) is the same at both ends."""
    table = drawn(1)
    found = wb.experiment(table, "days", "offered", took="came")
    row, clearness = found.came.table.iloc[0], []
    for end in (row["conf_low"], row["conf_high"]):
        left = table["days"] - end * table["came"]
        fit = sm.OLS(left, sm.add_constant(table["offered"].astype(float))).fit(cov_type="HC2")
        clearness.append(abs(fit.tvalues.iloc[1]))
    assert clearness == pytest.approx([found.contrasts.reach(0.95)[0]] * 2)


def test_the_error_of_the_ratio_is_that_of_the_outcome_less_so_much_of_the_take_up():
    """The delta method is the regression of days − r·came on the offer, over the take-up; by team, adjusted."""
    table = drawn(2)
    options: dict[str, Any] = {"cluster": "team", "covariates": ["before"]}
    found = wb.experiment(table, "days", "offered", took="came", **options)
    ratio, take_up = (e.table["estimate"].item() for e in (found.came, found.take_up))
    left = wb.experiment(table.assign(left=table["days"] - ratio * table["came"]), "left", "offered", **options)
    assert left.table["estimate"].item() == pytest.approx(0, abs=1e-12)
    assert found.came.table["std_error"].item() == pytest.approx(left.table["std_error"].item() / take_up)


def test_the_headline_is_the_experiment_without_take_up():
    table = drawn(3)
    plain, offer = (wb.experiment(table, "days", "offered", took=took) for took in (None, "came"))
    pd.testing.assert_frame_equal(plain.table, offer.table)
    share = wb.experiment(table.assign(came=table["came"].astype(int)), "came", "offered")
    np.testing.assert_allclose(offer.take_up.table[NUMBERS], share.table[NUMBERS])


def test_a_take_up_that_is_not_clear_tells_nothing_of_those_who_came():
    table = drawn(4).assign(came=lambda rows: np.arange(len(rows)) % 2)
    found = wb.experiment(table, "days", "offered", took="came").came
    assert np.isinf(found.table[["conf_low", "conf_high"]]).all(axis=None)
    assert found.notes[1] == "The offer did not clearly bring people, so its effect on those who came cannot be told."


# ── a panel ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def no_effect(seed: int, people: int = 600, weeks: int = 12, start: int = 6) -> pd.DataFrame:
    """Half of the people are offered a course that does nothing; those whose use grows anyway come more often."""
    rng = np.random.default_rng(seed)
    growing = rng.random(people) < 0.5
    offered = rng.permutation(people) < people // 2
    came = offered & (rng.random(people) < np.where(growing, 0.8, 0.2))
    unit, week = np.repeat(np.arange(people), weeks), np.tile(np.arange(weeks), people)
    table = pd.DataFrame({"user_id": unit, "week": week, "team": unit % 60})
    table["offered"], table["came"] = np.where(offered, start, np.nan)[unit], np.where(came, start, np.nan)[unit]
    growth = np.where(growing[unit], 0.3, 0) * np.maximum(week - start + 1, 0)
    table["active_days"] = rng.poisson(2 + growth)
    return table


def test_no_shows_do_not_make_a_course_look_good():
    """Case 1: nothing planted. Intervals of the offer, and of those who came, hold zero in 95 of 100 worlds; those who
    came against all others look raised in most."""
    offer, came, naive = 0, 0, 0
    for seed in range(20):
        table = no_effect(seed)
        found = wb.offered(table)
        offer += found.overall["conf_low"] < 0 < found.overall["conf_high"]
        came += found.came.overall["conf_low"] < 0 < found.came.overall["conf_high"]
        attended = wb.aggregate(wb.att_gt(wb.moments(table, cohort="came"), band=False), band=False)
        naive += attended.overall["conf_low"] > 0
    assert offer >= 16  # fewer would come up once in 390 times (binomial, .95)
    assert came >= 16
    assert naive > 10


def with_effect(seed: int) -> pd.DataFrame:
    """Two waves of offers to whole teams; a fifth come in each of the first three weeks, and gain exactly 2."""
    rng = np.random.default_rng(seed)
    table = no_effect(seed, start=4)
    team = table["team"]
    wave = rng.permutation(np.repeat([4, 7, np.nan], 20))[team]
    person = rng.random(600)[table["user_id"]]
    came = np.where(person < 0.6, wave + np.floor(person / 0.2), np.nan)
    return table.assign(offered=wave, came=came, active_days=rng.poisson(2, len(table)) + 2 * (table["week"] >= came))


@pytest.mark.parametrize("by", [None, "event_week", "cohort", "period"])
def test_the_headline_and_the_take_up_are_those_of_their_own_moments(by):
    table = with_effect(0)
    found = wb.offered(table, cluster="team", by=by)

    def alone(outcome: str) -> wb.Estimates:
        came = table.assign(came_by=(table["week"] >= table["came"]).astype(float))
        m = wb.moments(came, cohort="offered", cluster="team", outcome=outcome)
        return wb.aggregate(wb.att_gt(m, small_sample=True), by=by)

    pd.testing.assert_frame_equal(found.table, alone("active_days").table)
    take_up = alone("came_by").table
    after = take_up[take_up["event_week"] >= 0].reset_index(drop=True) if by == "event_week" else take_up
    pd.testing.assert_frame_equal(found.take_up.table, after)


def test_the_planted_effect_on_those_who_came_is_found():
    """2 days, within the interval in 95 of 100 worlds, whatever share came so far."""
    held = 0
    for seed in range(20):
        row = wb.offered(with_effect(seed), cluster="team").came.overall
        held += row["conf_low"] < 2 < row["conf_high"]
    assert held >= 16  # as above


def test_the_error_on_those_who_came_is_that_of_a_third_outcome():
    """As for people: the error of active days − r·came on the offer, over the take-up."""
    table = with_effect(1)
    found = wb.offered(table, cluster="team")
    ratio = found.came.overall["estimate"]
    left = table.assign(left=table["active_days"] - ratio * (table["week"] >= table["came"]))
    m = wb.moments(left, cohort="offered", cluster="team", outcome="left")
    alone = wb.aggregate(wb.att_gt(m, small_sample=True)).overall
    assert alone["estimate"] == pytest.approx(0, abs=1e-12)
    error = alone["std_error"] / found.take_up.overall["estimate"]
    assert found.came.overall["std_error"] == pytest.approx(error, rel=1e-9)


def test_those_who_came_may_be_said_week_by_week():
    """0/1 in each week: who has come stays so, even if only the week itself has a 1."""
    table = with_effect(2)
    week_by_week = table.assign(came=(table["week"] == table["came"]).astype(int))
    ours, theirs = wb.offered(table), wb.offered(week_by_week)
    pd.testing.assert_frame_equal(ours.came.table, theirs.came.table)
    pd.testing.assert_frame_equal(ours.came.table, wb.offered(week_by_week.astype({"came": bool})).came.table)


def test_trends_before_the_offer_are_checked_as_always():
    found = wb.offered(no_effect(0), by="event_week")
    direct = wb.aggregate(wb.att_gt(wb.moments(no_effect(0), cohort="offered"), small_sample=True), by="event_week")
    pd.testing.assert_frame_equal(wb.pretrend(found), wb.pretrend(direct))


def refusal(table: Any, **options: Any) -> str:
    with pytest.raises(ContractError) as said:
        wb.offered(table, **options)
    return str(said.value)


def test_nobody_came():
    assert refusal(no_effect(0).assign(came=np.nan)) == (
        "nobody has come by the panel's last week, so there is no take-up to set the effect against.\n"
        "  came is the first week in which somebody had come, or 0/1 in each."
    )


def test_a_column_that_is_not_there():
    assert refusal(no_effect(0), came="attended").startswith("there is no column 'attended'.\n")


@pytest.mark.parametrize("came", ["5", pd.Timestamp("2025-01-06")])
def test_a_week_of_coming_that_is_no_week_of_the_panel(came):
    with pytest.raises(ContractError) as refused:
        wb.offered(no_effect(1, people=20).assign(came=came))
    assert str(refused.value).startswith(
        "came is the first week in which somebody had come, or 0/1 in each, but here it is"
    )
    assert str(refused.value).endswith("Convert the column.")


# ── how coming is told ──────────────────────────────────────────────────────────────────────────────────────────────


def sixty_of_a_hundred(first: int = 0) -> pd.DataFrame:
    """Two periods, 100 of 200 people offered something in the second, of whom 60 came: a take-up of .6 by count."""
    unit = np.repeat(np.arange(200), 2)
    table = pd.DataFrame({"user_id": unit, "week": np.tile([first, first + 1], 200)})
    table["active_days"] = np.random.default_rng(0).normal(size=400)
    return table.assign(
        offered=np.where(unit < 100, first + 1.0, np.nan), came=np.where(unit < 60, first + 1.0, np.nan)
    )


def take_up(table: Any) -> float:
    return float(wb.offered(table).take_up.overall["estimate"])


def test_a_first_period_1_is_no_yes():
    assert take_up(sixty_of_a_hundred()) == pytest.approx(0.6)
    assert refusal(sixty_of_a_hundred().fillna({"came": 0})) == (
        "came is 0 or 1 and the same in all rows of a user_id, and the panel has a week 0 or 1: it may be the first week"
        " in which somebody had come, or a yes.\n"
        "  Make a yes true or false; of a period, make it missing where nobody came and count from 1."
    )
    known = sixty_of_a_hundred()
    known["came"] = (known["user_id"] < 60) & (known["week"] == 1)
    assert take_up(known) == take_up(known.astype({"came": int})) == pytest.approx(0.6)


@pytest.mark.parametrize("give", [lambda t: t, lambda t: pl.from_pandas(t, nan_to_null=False)])
def test_a_yes_may_be_missing_in_any_kind_of_frame(give: Any):
    table = sixty_of_a_hundred(4)
    came = (table["user_id"] < 60) & (table["week"] == 5)
    table["came"] = np.where(came, 1, np.where(table["user_id"] % 3, np.nan, 0))
    assert take_up(give(table)) == pytest.approx(0.6)


def test_coming_keeps_the_rules_of_a_cohort():
    table = sixty_of_a_hundred()
    for column in ("week", "offered", "came"):
        table[column] = pd.Timestamp("2025-01-06") + pd.to_timedelta(7 * table[column], unit="D")
    assert take_up(table) == pytest.approx(0.6)
    later = table.assign(came=table["came"] + pd.Timedelta(days=2))
    assert refusal(later) == (
        "came is one of the weeks, but for 60 units it lies between two.\n"
        "  first: 2025-01-15\n  Use the week it falls in."
    )
    table.loc[0, "came"] = pd.Timestamp("2025-01-06")
    assert refusal(table).startswith(
        "came is the first week in which somebody had come, the same in all rows of a user_id, or 0/1 in each, but for"
        " 1 of them it is neither."
    )


def test_sessions_are_no_week():
    table = sixty_of_a_hundred(4)
    each = table.assign(came=np.where(table["came"] == table["week"], 2, 0))
    assert refusal(each).endswith(
        "but for 60 of them it is neither.\n  If it counts something, make it 1 where it is above 0."
    )
    in_all = table.assign(came=np.where(table["came"] == 5, 2, 0))
    assert refusal(in_all).startswith("came is a week of the panel or missing (never treated), but for 200 units")


def test_columns_of_the_panels_own_are_left_alone():
    table = sixty_of_a_hundred().assign(weighed=7.0, came_by_then=3.0)
    pd.testing.assert_frame_equal(wb.offered(table).came.table, wb.offered(sixty_of_a_hundred()).came.table)


def test_everybody_had_come_at_first():
    assert refusal(sixty_of_a_hundred(4).assign(came=4)) == (
        "everybody had come by the panel's first week, so there is no take-up to set the effect against.\n"
        "  came is the first week in which somebody had come, or 0/1 in each."
    )
