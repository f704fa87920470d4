"""Coefficients, robust variances and degrees of freedom against statsmodels, another CR2, and a hand."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm
from diff_diff import linalg
from scipy import stats

from workbench.errors import ContractError
from workbench.inference.least_squares import MOST, LeastSquares, check_rank, check_size

N, TEAMS = 150, 13


class Independent(LeastSquares):
    """As Bell and McCaffrey take it: nothing in common within a cluster."""

    shared = np.zeros(2)


def world(seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Design (1, arm of the team, a covariate), two outcomes, weights, team; teams of unlike sizes."""
    rng = np.random.default_rng(seed)
    team = np.minimum(rng.geometric(0.12, N) - 1, TEAMS - 1)
    team = np.unique(team, return_inverse=True)[1]
    x = rng.normal(size=N)
    design = np.column_stack([np.ones(N), team % 3 == 0, x])
    outcomes = rng.normal(size=(TEAMS, 2))[team] + x[:, None] + rng.normal(size=(N, 2))
    return design, outcomes, rng.uniform(0.5, 2, N), team


@pytest.mark.parametrize("seed", range(3))
def test_statsmodels_gives_the_same_hc2(seed):
    design, outcomes, weights, _ = world(seed)
    ours = LeastSquares(design, outcomes, weights)
    for q in range(2):
        theirs = sm.WLS(outcomes[:, q], design, weights=weights).fit(cov_type="HC2")
        np.testing.assert_allclose(ours.coefficients[:, q], theirs.params, rtol=1e-10)
        block = slice(3 * q, 3 * q + 3)
        np.testing.assert_allclose(ours.covariance[block, block], theirs.cov_params(), rtol=1e-9)


@pytest.mark.peers
@pytest.mark.parametrize("seed", range(3))
def test_another_cr2_gives_the_same_variance_and_degrees_of_freedom(seed):
    """diff-diff's, with errors independent within clusters."""
    design, outcomes, _, team = world(seed)
    ours = Independent(design, outcomes, np.ones(N), team)
    left = outcomes[:, 0] - design @ ours.coefficients[:, 0]
    variance, freedoms = linalg._compute_cr2_bm(design, left, team, design.T @ design)
    np.testing.assert_allclose(ours.covariance[:3, :3], variance, rtol=1e-9)
    np.testing.assert_allclose(ours.freedoms(np.eye(6)[:, :3]), freedoms, rtol=1e-9)


@pytest.mark.parametrize("outcome", [0, 1])
def test_degrees_of_freedom_with_a_part_in_common_by_their_definition(outcome):
    """(tr M)² / tr M², M = P Σ P', P the N weights of each cluster's score, Σ = 1 − ρ apart and ρ within clusters."""
    design, outcomes, weights, team = world(4)
    fit = LeastSquares(design, outcomes, weights, team)
    z, _ = np.linalg.qr(design * np.sqrt(weights)[:, None])
    direction = z.T @ (design * np.sqrt(weights)[:, None]) @ np.linalg.inv(design.T @ (design * weights[:, None]))[1]
    rows = []
    for g in range(team.max() + 1):
        own = z * (team == g)[:, None]
        values, vectors = np.linalg.eigh(np.eye(3) - own.T @ own)
        rows.append((np.eye(N) - z @ z.T) @ own @ (vectors / np.sqrt(values)) @ vectors.T @ direction)
    left = (outcomes[:, outcome] - design @ fit.coefficients[:, outcome]) * np.sqrt(weights)
    same = team[:, None] == team
    together = np.outer(left, left)[same & ~np.eye(N, dtype=bool)].mean() / np.mean(left**2)
    sigma = (1 - together) * np.eye(N) + together * same * np.sqrt(np.outer(weights, weights))
    m = np.array(rows) @ sigma @ np.array(rows).T
    assert fit.shared[outcome] == pytest.approx(together)
    expected = np.trace(m) ** 2 / np.trace(m @ m)
    assert fit.freedoms(np.eye(6)[:, [3 * outcome + 1]]).item() == pytest.approx(expected)


def test_two_outcomes_vary_together_as_their_sum_says():
    """Var(a + b) = Var a + Var b + 2 Cov(a, b), the sum fitted by itself."""
    design, outcomes, weights, team = world(5)
    both = LeastSquares(design, outcomes, weights, team).covariance
    whole = LeastSquares(design, outcomes.sum(axis=1, keepdims=True), weights, team).covariance
    parts = both[:3, :3] + both[3:, 3:] + both[:3, 3:] + both[3:, :3]
    np.testing.assert_allclose(whole, parts, rtol=1e-10)


def test_clusters_of_one_are_people():
    design, outcomes, weights, _ = world(1)
    alone, people = LeastSquares(design, outcomes, weights, np.arange(N)), LeastSquares(design, outcomes, weights)
    np.testing.assert_allclose(alone.covariance, people.covariance, rtol=1e-9)
    np.testing.assert_allclose(alone.freedoms(np.eye(6)), people.freedoms(np.eye(6)), rtol=1e-9)


def test_absorbed_blocks_are_a_column_each():
    """The same regression with the blocks' constants written out: coefficients, variance, degrees of freedom."""
    design, outcomes, weights, team = world(3)
    constants = (team[:, None] == np.arange(team.max() + 1)).astype(float)
    # The arm of a whole team says nothing within it: here every second person has it.
    columns = np.column_stack([np.arange(N) % 2, design[:, 2]])
    absorbed = LeastSquares(columns, outcomes, weights, absorbed=team)
    whole = LeastSquares(np.hstack([columns, constants]), outcomes, weights)
    np.testing.assert_allclose(absorbed.coefficients, whole.coefficients[:2], rtol=1e-9)
    width = whole.design.shape[1]
    places = [0, 1, width, width + 1]
    np.testing.assert_allclose(absorbed.covariance, whole.covariance[np.ix_(places, places)], rtol=1e-9)
    np.testing.assert_allclose(absorbed.freedoms(np.eye(4)), whole.freedoms(np.eye(2 * width)[:, places]), rtol=1e-9)


def test_degrees_of_freedom_of_two_means_by_hand():
    """(1/m + 1/n)² / (1/m²(m − 1) + 1/n²(n − 1)), 3 against 9."""
    design = np.repeat([[1.0, 0], [0, 1]], [3, 9], axis=0)
    fit = LeastSquares(design, np.random.default_rng(0).normal(size=(12, 1)), np.ones(12))
    expected = (1 / 3 + 1 / 9) ** 2 / (1 / 3**2 / 2 + 1 / 9**2 / 8)
    assert fit.freedoms(np.array([[1.0], [-1]])).item() == pytest.approx(expected)


def test_a_small_arm_is_not_believed_to_vary_less_than_all_do():
    """9 against 90, the nine alike: their variance is that of all around their arms' means, by hand."""
    arm, rng = np.repeat([1, 0], [9, 90]), np.random.default_rng(0)
    outcome = np.where(arm == 1, 0.3, rng.normal(size=99))
    design = np.column_stack([arm == 0, arm == 1]).astype(float)
    control = outcome[9:].var(ddof=1)
    found = LeastSquares(design, outcome[:, None], np.ones(99), arm=arm)
    np.testing.assert_allclose(np.diag(found.covariance), [control / 90, control * 89 / 97 / 9])
    np.testing.assert_allclose(np.diag(found.as_seen), [control / 90, 0], atol=1e-20)
    wide = LeastSquares(design, np.where(arm == 1, 5 * rng.normal(size=99), outcome)[:, None], np.ones(99), arm=arm)
    np.testing.assert_allclose(wide.covariance, wide.as_seen)


def test_what_fits_itself_has_no_degrees_of_freedom():
    """One person alone in an arm: nothing shows how much such people vary."""
    design = np.repeat([[1.0, 0], [0, 1]], [1, 9], axis=0)
    for cluster in (None, np.arange(10)):
        fit = LeastSquares(design, np.arange(10.0)[:, None], np.ones(10), cluster)
        assert fit.freedoms(np.array([[1.0, 0], [-1, 1]])).tolist() == [0, pytest.approx(8)]


@pytest.mark.parametrize(("teams", "drawn"), [(24, 8), (20, 10)])
def test_few_teams_of_unlike_sizes_are_judged_by_few(teams, drawn):
    """No effect, one team six times the others: a 5% test rejects in 5 of 100 worlds, within the bounds of chance."""
    rng, worlds, rejected = np.random.default_rng(0), 1_000, 0
    for _ in range(worlds):
        size = rng.integers(2, 12, teams)
        size[0] *= 6
        team = np.repeat(np.arange(teams), size)
        design = np.column_stack([np.ones(len(team)), team < drawn])
        outcome = rng.normal(size=teams)[team] + rng.normal(size=len(team))
        fit = LeastSquares(design, outcome[:, None], np.ones(len(team)), team)
        clear = abs(fit.coefficients[1, 0]) / np.sqrt(fit.covariance[1, 1])
        rejected += clear > stats.t.isf(0.025, fit.freedoms(np.array([[0.0], [1]])).item())
    assert stats.binomtest(rejected, worlds, 0.05).pvalue > 0.001


def test_a_column_that_repeats_others_is_refused():
    design = np.column_stack([np.ones(9), np.arange(9), 2 * np.arange(9) + 3.0])
    with pytest.raises(ContractError) as said:
        check_rank(design, np.ones(9), ["a", "b", "c"])
    assert str(said.value) == (
        "each covariate adds to those before it, but 1 of 3 columns do not.\n  first: c\n"
        "  Leave out covariates that repeat others, or hardly vary within an arm."
    )


def test_a_design_beyond_memory_is_refused_before_it_is_made():
    check_size(10_000, 0, int(MOST / 10_000))
    with pytest.raises(ContractError, match="a regression of 10,000 people has room for 25,000 columns"):
        check_size(10_000, 0, 30_000)
    with pytest.raises(ContractError):
        check_size(10_000, 2_000, 500)
