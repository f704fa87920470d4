"""Several regressions as one: against one of all their rows written out, and arms that are compared by hand."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import linalg, stats

from workbench.inference.least_squares import LeastSquares
from workbench.inference.sandwich import Believed, Stacked

N = 240


def world(clustered: bool) -> tuple[Stacked, LeastSquares]:
    """Three arms: each of two with the first, stacked; and the same as one regression of all rows, people repeated."""
    rng = np.random.default_rng(0)
    team, x, outcomes = rng.integers(0, 30, N), rng.normal(size=N), rng.normal(size=(N, 2))
    arm, weights = team % 3 if clustered else rng.integers(0, 3, N), rng.uniform(0.5, 2, N)
    rows = tuple(np.flatnonzero(np.isin(arm, (0, k))) for k in (1, 2))
    designs = [np.column_stack([np.ones(len(r)), arm[r] == k, x[r]]) for k, r in enumerate(rows, 1)]
    cluster = team if clustered else None
    each = [None if cluster is None else team[r] for r in rows]
    fits = tuple(LeastSquares(d, outcomes[r], weights[r], c) for d, r, c in zip(designs, rows, each, strict=True))
    every = np.concatenate(rows)
    whole = LeastSquares(
        linalg.block_diag(*designs), outcomes[every], weights[every], (team if clustered else np.arange(N))[every]
    )
    return Stacked(fits, rows, arm, cluster), whole


@pytest.mark.parametrize("clustered", [False, True])
def test_several_regressions_vary_together_as_one_of_all_their_rows(clustered):
    stacked, whole = world(clustered)
    np.testing.assert_allclose(stacked.coefficients, whole.coefficients)
    np.testing.assert_allclose(stacked.covariance, whole.covariance, atol=1e-12)


@pytest.mark.parametrize("clustered", [False, True])
def test_one_regression_keeps_its_degrees_of_freedom_and_a_mean_has_no_more_than_its_arms_tell(clustered):
    stacked, _ = world(clustered)
    sums = np.zeros((12, 3))
    sums[1, 0] = sums[4, 1] = 1
    sums[[1, 4], 2] = 0.5
    found = stacked.freedoms(sums)
    first = stacked.fits[0].freedoms(np.eye(6)[:, [1]]).item()
    assert found[0] == pytest.approx(first)
    assert found[2] <= min(found[:2]) + 1e-9


def test_a_small_control_is_as_sure_in_every_regression():
    """Nine in the control who are alike: what they lack is in the variances and the covariance, by hand."""
    arm, rng = np.repeat([0, 1, 2], [9, 90, 90]), np.random.default_rng(2)
    outcome = np.where(arm == 0, 0.0, rng.normal(size=189))[:, None]
    rows = tuple(np.flatnonzero(np.isin(arm, (0, k))) for k in (1, 2))
    designs = [np.column_stack([np.ones(99), arm[r] == k]) for k, r in enumerate(rows, 1)]
    fits = tuple(LeastSquares(d, outcome[r], np.ones(99), arm=arm[r]) for d, r in zip(designs, rows, strict=True))
    found = Stacked(fits, rows, arm).covariance[np.ix_([1, 3], [1, 3])]
    own = np.array([outcome[arm == k].var(ddof=1) for k in (1, 2)])
    lacking = np.sqrt(own * 89 / 97 / 9)
    np.testing.assert_allclose(found, np.outer(lacking, lacking) + np.diag(own / 90))


def test_an_interval_is_the_wider_of_as_seen_and_as_all_vary():
    """Half of the variance is seen: t of 4 times √½ is less than t of 90 for one, and t of 4 counts where all is."""
    found = Believed(np.eye(2), np.array([4.0, 4.0]), seen=np.sqrt([0.1, 1.0]), left=90)
    expected = [stats.t.isf(0.025, 90), stats.t.isf(0.025, 4)]
    np.testing.assert_allclose(found.reach(0.05), expected, rtol=1e-6)


def test_the_degrees_of_freedom_of_a_mean_of_two_arms_by_hand():
    """Three in the control, 100 in A and in B: (¼/100 + ¼/100 + 1/3)² over Σ part²/(people − 1)."""
    arm = np.repeat([0, 1, 2], [3, 100, 100])
    outcome = np.random.default_rng(1).normal(size=(203, 1))
    rows = tuple(np.flatnonzero(np.isin(arm, (0, k))) for k in (1, 2))
    fits = tuple(
        LeastSquares(np.column_stack([np.ones(103), arm[r] == k]), outcome[r], np.ones(103))
        for k, r in enumerate(rows, 1)
    )
    parts, left = np.array([1 / 3, 0.25 / 100, 0.25 / 100]), np.array([2, 99, 99])
    expected = parts.sum() ** 2 / (parts**2 / left).sum()
    assert Stacked(fits, rows, arm).freedoms(np.array([[0], [0.5], [0], [0.5]])).item() == pytest.approx(expected)
