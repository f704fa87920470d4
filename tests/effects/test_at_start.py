"""A lottery whose log begins with it: the means of people, against ordinary least squares and against what was planted."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

import workbench as wb
from workbench.effects.at_start import NOBODY_BEFORE
from workbench.effects.randomisation import redraws
from workbench.effects.study import study
from workbench.programmes.comparison import Comparison

PEOPLE, WEEKS, OFF = 80, 12, 8
GAIN, LEFT = 1.5, 0.5


def weeks_of_people(came: float = 1.0) -> pd.DataFrame:
    """Half were offered it in the first week; of them a share came, and gain 1.5 days until week 8, then half a day."""
    rng = np.random.default_rng(8)
    week, user = np.meshgrid(np.arange(WEEKS), np.arange(PEOPLE))
    rows = pd.DataFrame({"user_id": user.ravel(), "week": week.ravel(), "team": user.ravel() // 4})
    offered = (rows["team"] % 2 == 0).to_numpy()
    took = offered & (rows["user_id"] % 4 < 4 * came)
    gain = np.where(rows["week"] < OFF, GAIN, LEFT) * took
    rows["active_days"] = 3 + gain + rng.normal(0, 0.5, PEOPLE)[rows["user_id"]] + rng.normal(0, 0.5, len(rows))
    return rows.assign(
        began=np.where(offered, 0, np.nan),
        came=np.where(took, 0, np.nan),
        ended=np.where(offered, OFF, np.nan),
        on=np.where(offered & (rows["week"] < OFF), "race", ""),
    )


def course(rows: pd.DataFrame, **how: object) -> Comparison:
    table = wb.as_table(rows.astype({"week": int}))
    return replace(Comparison("Course", table, table, table, drawn=True, draw="everything", at_start=True), **how)


def by_least_squares(rows: pd.DataFrame, **how: object) -> tuple[float, float]:
    people = rows.groupby("user_id").agg(y=("active_days", "mean"), arm=("began", "count"), team=("team", "first"))
    arm = sm.add_constant((people["arm"] > 0).astype(float))
    fit = sm.OLS(people["y"], arm).fit(**how)
    return fit.params["arm"], fit.bse["arm"]


def test_the_effect_is_the_difference_of_peoples_means_with_the_errors_of_least_squares() -> None:
    rows = weeks_of_people()
    found = study(course(rows)).effect
    estimate, error = by_least_squares(rows, cov_type="HC2")
    assert found.overall[["estimate", "std_error"]].tolist() == pytest.approx([estimate, error])
    assert found.unit == "active days a week"
    assert found.overall["n"] == PEOPLE / 2


def test_teams_that_drew_count_as_teams() -> None:
    """Teams of one size: the error is that of a regression of the teams' own means."""
    rows = weeks_of_people()
    row = study(course(rows, cluster="team")).effect.overall
    teams = rows.groupby("team").agg(y=("active_days", "mean"), arm=("began", "count"))
    fit = sm.OLS(teams["y"], sm.add_constant((teams["arm"] > 0).astype(float))).fit(cov_type="HC2")
    assert row[["estimate", "std_error"]].tolist() == pytest.approx([fit.params["arm"], fit.bse["arm"]])


def test_the_effect_on_those_who_came_is_the_offers_by_the_take_up() -> None:
    rows = weeks_of_people(came=0.5)
    offer = study(course(rows, took="came")).by_offer
    assert offer.take_up.overall["estimate"] == 0.5
    assert offer.came.overall["estimate"] == pytest.approx(offer.overall["estimate"] / 0.5)
    assert offer.overall["estimate"] == pytest.approx(by_least_squares(rows)[0])


def test_what_was_on_and_is_off_again_has_two_means() -> None:
    rows = weeks_of_people()
    asked = study(course(rows, treatment="on", cluster="team", design={"ended": True}))
    on, off = (by_least_squares(rows[rows["week"].between(*span)])[0] for span in ((0, OFF - 1), (OFF, WEEKS)))
    assert asked.effect.overall["estimate"] == pytest.approx(on)
    assert asked.afterwards.effect.overall["estimate"] == pytest.approx(off)
    assert (abs(on - GAIN) < 0.3, abs(off - LEFT) < 0.3, asked.weeks_on) == (True, True, OFF)
    assert asked.through(12) is None


@pytest.mark.parametrize("treatment", ["", "on"])
def test_it_is_by_lot_and_what_needs_weeks_before_says_that_there_are_none(treatment) -> None:
    asked = study(course(weeks_of_people(), treatment=treatment))
    questions = ["moments", "pretrend", "sensitivity", "level", "course", "balanced", "too_early", "left_out"]
    questions += ["by_arm", "slope", "kept", "half_life"] if treatment else ["att", "spans", "lots", "by_lot", "bacon"]
    assert [name for name in questions if getattr(asked, name) is not None] == []
    assert asked.reasons["moments"] == NOBODY_BEFORE
    assert str(asked.verdict) == "raised"
    assert str(asked.evidence.grade) == "randomised"
    assert len(asked.detectable) > 0


def test_no_group_is_looked_at_by_what_nobody_knows_from_before() -> None:
    found = study(course(weeks_of_people())).among(["habit"])
    assert (dict(found), found.reasons) == ({}, {"habit": NOBODY_BEFORE})


def test_the_lots_are_redrawn_as_they_were_drawn() -> None:
    """No difference as clear as a planted one of three errors comes up; where nothing was planted, many do."""
    rows = weeks_of_people()
    nothing = rows.assign(active_days=rows["active_days"].where(rows["on"] == "", rows["active_days"] - GAIN))
    found = redraws({"planted": study(course(rows)), "nothing": study(course(nothing[nothing["week"] < OFF]))})
    assert found["p_value"][0] < 0.01
    assert found["p_value"][1] > 0.05
