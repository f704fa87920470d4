"""Published reference values of power, a hand calculation, and what simulated roll-outs show."""

from __future__ import annotations

import sys

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from workbench import effects
from workbench.inference import moments
from workbench.inference.precision import Precision
from workbench.planning.design import design, designs
from workbench.planning.power import CONSTANT, PAGES, VARYING, known_after, power, power_by_week, powers
from workbench.planning.variation import components

STEPS = {"weeks": 5, "waves": 4, "before": 1, "apart": 1}
M = 0.0425


@pytest.mark.parametrize(
    ("people", "varies", "effect", "assumption", "expected"),
    [
        ([120] * 24, components(5, np.sqrt(M * (1 - M)), tau=0.01), -0.015, CONSTANT, 0.7861895925),
        ([120] * 24, components(5, np.sqrt(M * (1 - M)), tau=0.01, eta=0.0045, rho=0.4), -0.015, CONSTANT, 0.7651551072),
        ([10] * 20, components(5, 1, tau=0.3, gamma=0.15, zeta=0.7), 0.3, CONSTANT, 0.6921279975),
        ([10] * 20, components(5, 1, tau=0.3, gamma=0.15, zeta=0.7), 0.3, VARYING, 0.3942295383),
    ],
)  # fmt: skip
def test_stepped_wedges_have_the_power_of_swPwr(people, varies, effect, assumption, expected):
    """R package swCRTdesign 4.0, function swPwr, ten digits."""
    found = power(design("stepped wedge", people, **STEPS), varies, effect).set_index("assumption")
    assert found.loc[assumption, "power"] == pytest.approx(expected, abs=6e-11)


def test_two_weeks_and_two_groups_by_hand():
    """Ten teams of 4 each: Var of a change of a team mean is 2σ²/4, of the difference 2 · 0.5/10; both ways agree."""
    found = power(design("parallel", [4] * 20, weeks=2, before=1), components(2, 1.0, tau=0.3), 0.5)
    by = found.set_index("assumption")["std_error"]
    assert by[PAGES] == pytest.approx(np.sqrt(2 * 0.5 / 10))
    assert by[CONSTANT] == by[VARYING] < by[PAGES]  # least squares also use the level before


def test_the_smallest_effect_seen_is_seen_8_times_in_10():
    plan, varies = (
        design("staggered", [6, 9, 12, 5, 8] * 4, weeks=26),
        components(26, 1.0, tau=0.3, gamma=0.1, zeta=0.5),
    )
    smallest = power(plan, varies, 0.3).set_index("assumption")["detectable"]
    for assumption, effect in smallest.items():
        again = power(plan, varies, effect).set_index("assumption")["power"]
        assert again[assumption] == pytest.approx(0.8, abs=1e-6)


def test_where_nobody_waits_the_pages_have_no_answer():
    plan = design("stepped wedge", [6] * 4, weeks=8, waves=2, before=6, apart=1).until(7)
    assert np.isfinite(power(plan, components(7, 1.0), 0.3).set_index("assumption").loc[PAGES, "std_error"])
    together = design("stepped wedge", [6] * 4, weeks=8, waves=1, before=6)
    assert power(together, components(8, 1.0), 0.3)["std_error"].isna().all()


def test_leavers_and_unequal_teams_cost_power():
    varies = components(20, 1.0, tau=0.2, gamma=0.3, zeta=0.5)
    plans = {
        "even": design("parallel", [8] * 20, weeks=20),
        "uneven": design("parallel", [2, 14] * 10, weeks=20),
        "leaving": design("parallel", [8] * 20, weeks=20, leaving=0.02),
    }
    error = powers(plans, varies, 0.3).pivot(index="assumption", columns="design", values="std_error")
    assert (error["even"] < error["leaving"]).all()
    assert error.loc[PAGES, "even"] < error.loc[PAGES, "uneven"]


def test_longer_looks_are_surer_until_it_is_known():
    plan, varies = design("parallel", [8] * 40, weeks=20), components(20, 1.0, tau=0.2, zeta=0.5)
    each = power_by_week(plan, varies, 0.25).query("assumption == @CONSTANT")["power"]
    assert each.is_monotonic_increasing
    known = known_after({"parallel": plan}, varies, 0.25).iloc[0]
    assert known[CONSTANT] == 1 + int((each < 0.8).sum())


def test_what_can_be_seen_only_for_some_weeks_is_not_known_afterwards(monkeypatch):
    """By hand: seen in weeks 2 and 3 of four is not known at the end; from week 3 on, and always, is."""
    chances = {CONSTANT: [0.7, 0.8, 0.85, 0.6], VARYING: [0.7, 0.79, 0.8, 0.9], PAGES: [0.8] * 4}
    rows = [(week, each, chance) for each, by_week in chances.items() for week, chance in enumerate(by_week, 1)]
    curve = pd.DataFrame(rows, columns=["weeks", "assumption", "power"])
    monkeypatch.setattr(sys.modules[known_after.__module__], "power_by_week", lambda *_: curve)
    known = known_after({"parallel": None}, None, 0.25).iloc[0]
    assert pd.isna(known[CONSTANT])
    assert (known[VARYING], known[PAGES]) == (3, 1)


def rollout(plan, rng, effect):
    """User-weeks of a roll-out as its moments of variation say: levels 0.3 by team and 0.7 by person, weeks 0.15 and 1."""
    rows = []
    for team, (on, people) in enumerate(zip(plan.on, plan.people.astype(int), strict=True)):
        shared = rng.normal(0, 0.3) + rng.normal(0, 0.15, plan.weeks)
        values = shared + rng.normal(0, 0.7, (people, 1)) + rng.normal(0, 1, (people, plan.weeks)) + effect * on
        last = np.minimum(rng.geometric(plan.leaving, people) if plan.leaving else plan.weeks, plan.weeks) * np.ones(
            people
        )
        who, week = np.nonzero(np.arange(plan.weeks) < last[:, None])
        start = float(on.argmax()) if on.any() else np.nan
        rows.append(pd.DataFrame({"user_id": who + 1000 * team, "week": week, "team": team, "trained": start,
                                  "active_days": values[who, week]}))  # fmt: skip
    return pd.concat(rows).sort_values(["user_id", "week"])


@pytest.mark.parametrize(("kind", "leaving"), [("parallel", 0.04), ("staggered", 0.0), ("stepped wedge", 0.04)])
def test_simulated_rollouts_are_as_sure_as_planned(kind, leaving):
    """Ten roll-outs by the pages' own estimator: mean squared standard error, each known to 1/√18 of itself or so."""
    rng = np.random.default_rng(5)
    plan = design(kind, [3, 5, 7, 9] * 6, weeks=12, waves=3, before=3, apart=2, leaving=leaving)
    varies = components(12, 1.0, tau=0.3, gamma=0.15, zeta=0.7)
    planned = power(plan, varies, 0.3).set_index("assumption").loc[PAGES, "std_error"]
    reduced = [moments(rollout(plan, rng, 0.3), cohort="trained", cluster="team") for _ in range(10)]
    found = [effects.aggregate(effects.att_gt(m), band=False).overall for m in reduced]
    assert np.mean([each["estimate"] for each in found]) == pytest.approx(0.3, abs=3 * planned / np.sqrt(10))
    assert np.mean([each["std_error"] ** 2 for each in found]) ** 0.5 == pytest.approx(planned, rel=0.2)


def test_every_design_has_three_answers():
    found = powers(designs([8] * 12, weeks=24), components(24, 1.0, tau=0.3), 0.3)
    assert found["assumption"].tolist() == [CONSTANT, VARYING, PAGES] * 4


@pytest.mark.parametrize("freedom", [1.0, 2.0, 3.0, 12.5, 400.0])
def test_power_is_that_of_the_square_in_the_noncentral_f(freedom: float) -> None:
    """P(|T| > k) = P(F > k²): another function of SciPy's; effects far out were no number with three teams or fewer."""
    precision, reach = Precision(0.5, freedom), stats.t.isf(0.025, freedom)
    for effect in np.linspace(0.01, 2 * (reach + 1) * 0.5, 50):
        theirs = stats.ncf.sf(reach**2, 1, freedom, (effect / 0.5) ** 2)
        assert precision.power(effect, 0.95) == pytest.approx(theirs, abs=1e-9)
    assert precision.power(precision.detectable(0.95), 0.95) == pytest.approx(0.8, abs=1e-6)
