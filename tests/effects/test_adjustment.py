"""Chances of treatment by statsmodels, and what double robustness promises."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

import workbench as wb
from workbench.effects.adjustment import TRIMMED, chances_of, odds_of, with_constant


def drawn(seed: int, n: int = 400) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    x = with_constant(rng.normal(size=(n, 2)))
    return x, rng.random(n) < 1 / (1 + np.exp(-x @ [0.3, 1, -0.5])), rng.uniform(0.5, 2, n)


@pytest.mark.parametrize("seed", range(3))
def test_statsmodels_fits_the_same_chances(seed):
    x, treated, weight = drawn(seed)
    theirs = sm.GLM(treated, x, sm.families.Binomial(), freq_weights=weight).fit(tol=1e-14)
    ours = chances_of(x, treated, weight)
    assert ours is not None
    np.testing.assert_allclose(ours.coefficients, theirs.params, rtol=1e-8)
    np.testing.assert_allclose(ours.spread, theirs.cov_params(), rtol=1e-6)
    np.testing.assert_allclose(ours.of(x), theirs.fittedvalues, rtol=1e-8)


def test_a_covariate_that_separates_the_treated_has_no_best_chances():
    x, treated, weight = drawn(0)
    x[:, 1] = np.where(treated, 5, -5)
    assert chances_of(x, treated, weight) is None


def test_odds_of_those_as_good_as_sure_are_none():
    assert odds_of(np.array([0.5, 0.75, TRIMMED])).tolist() == [1, 3, 0]


def world(seed: int, curved: bool) -> pd.DataFrame:
    """No effect. Growth is a line in x, or where `curved` its square; the odds of treatment a line in x, or not."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=2_000)
    part = rng.random(2_000) < 1 / (1 + np.exp(-(x if curved else x**2 - 1)))
    growth = x**2 if curved else x
    rows = pd.DataFrame({"user_id": np.arange(2_000), "x": x, "trained": np.where(part, 2.0, np.nan)})
    weeks = [rows.assign(week=1, active_days=0.0), rows.assign(week=2, active_days=growth + rng.normal(size=2_000))]
    return pd.concat(weeks)


@pytest.mark.parametrize("curved", [True, False])
def test_it_is_right_where_either_the_growth_or_the_odds_are(curved):
    """Planted zero: within the interval of 20 worlds at least 16 times (binomial, .95: fewer once in 390)."""
    held = 0
    for seed in range(20):
        row = wb.adjusted(world(seed, curved), ["x"]).table.iloc[0]
        held += row["conf_low"] < 0 < row["conf_high"]
    assert held >= 16


def test_regression_alone_is_wrong_where_growth_is_curved_and_the_odds_are_right():
    """What the doubly robust way is for: the same worlds, an interval that misses zero in most."""
    missed = 0
    for seed in range(10):
        row = wb.adjusted(world(seed, curved=True), ["x"], "regression").table.iloc[0]
        missed += not row["conf_low"] < 0 < row["conf_high"]
    assert missed > 5
