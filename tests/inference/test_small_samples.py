"""Intervals that rest on a few teams: degrees of freedom by hand, and whether they keep their promise."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import integrate, stats
from small_worlds import effect, two_periods

import workbench as wb
from workbench.inference.small_samples import freedom_of_means, left_to_see


def reach(found: wb.Estimates) -> float:
    """How many standard errors either side the interval takes in."""
    row = found.table.iloc[0]
    return (row["conf_high"] - row["conf_low"]) / 2 / row["std_error"]


def alike(found: wb.Estimates) -> float:
    """The same, if all teams varied alike."""
    return found.contrasts.spread.as_if_alike(found.contrasts.on_means, 0).reach(0.05)[0]


@pytest.mark.parametrize(("treated", "never"), [(3, 20), (5, 4), (6, 6)])
def test_degrees_of_freedom_of_two_groups_of_teams_by_hand(treated, never):
    """Bell & McCaffrey's for two means: (1/M₁ + 1/M₀)² / (1/M₁²(M₁ − 1) + 1/M₀²(M₀ − 1))."""
    v1, v0 = 1 / treated, 1 / never
    expected = (v1 + v0) ** 2 / (v1**2 / (treated - 1) + v0**2 / (never - 1))
    assert effect(two_periods(treated, never)).contrasts.freedoms == pytest.approx(expected)


@pytest.mark.parametrize(("treated", "never"), [(3, 20), (5, 4)])
def test_an_interval_from_two_groups_of_teams_leaves_out_five_in_a_hundred(treated, never):
    """By the definition: P(|Z| > k√S) over both groups' chi-squares, S = p χ²(M₁ − 1)/(M₁ − 1) + (1 − p) …"""
    k, share = alike(effect(two_periods(treated, never))), never / (treated + never)
    ours, theirs = (
        stats.chi2(treated - 1, scale=share / (treated - 1)),
        stats.chi2(never - 1, scale=(1 - share) / (never - 1)),
    )

    def outside(ours_are: float, theirs_are: float) -> float:
        density = ours.pdf(ours_are) * theirs.pdf(theirs_are)
        return 2 * stats.norm.sf(k * np.sqrt(ours_are + theirs_are)) * density

    ends = (theirs.ppf(1e-9), theirs.ppf(1 - 1e-9), ours.ppf(1e-9), ours.ppf(1 - 1e-9))
    assert integrate.dblquad(outside, *ends)[0] == pytest.approx(0.05, abs=1e-5)


def test_an_interval_from_two_groups_of_as_many_teams_is_that_of_the_t_test():
    """Both vary alike and are alike: Student's t with 2(M − 1) degrees of freedom, from a table: 2.2281 for ten."""
    assert alike(effect(two_periods(6, 6))) == pytest.approx(2.2281, abs=5e-5)


@pytest.mark.parametrize(("treated", "never", "spread"), [(6, 14, 4.0), (6, 14, 0.25), (3, 60, 4.0), (10, 10, 1.0)])
def test_the_few_who_vary_most_widen_an_interval_as_welch_says(treated, never, spread):
    """SciPy's t test of the teams' means that takes no two groups to vary alike: its degrees of freedom and errors."""
    table = of_sizes([4] * treated, [4] * never, spread=spread)
    found = effect(table)
    moved = table[table["week"] == 1].groupby("team")["active_days"].mean()
    theirs = stats.ttest_ind(moved[:treated], moved[treated:], equal_var=False)
    own = found.contrasts._studentised
    assert own._left(own.own)[0] == pytest.approx(theirs.df)
    assert found.contrasts.freedoms_seen[0] == pytest.approx(min(theirs.df, found.contrasts.freedoms[0]))
    assert found.table["std_error"][0] == pytest.approx(found.table["estimate"][0] / theirs.statistic)
    # Welch's t is near what the two spreads say together, and never counts beside what is wider.
    assert reach(found) == pytest.approx(max(alike(found), stats.t.isf(0.025, theirs.df)), rel=0.05)
    assert reach(found) >= alike(found)


def test_large_groups_are_not_widened():
    m = wb.moments(of_sizes([1] * 400, [1] * 400, spread=2.0))
    assert wb.att_gt(m).contrasts._studentised.own is None


def test_three_teams_against_twelve_keep_the_promise_that_the_normal_interval_breaks():
    """True effect: none. Of 400 intervals 95 % hold it, but for four binomial errors."""
    held = {True: 0, False: 0}
    for seed in range(400):
        m = wb.moments(two_periods(3, 12, seed=seed), cohort="trained", cluster="team")
        for small in held:
            row = wb.att_gt(m, small_sample=small, band=False).table.iloc[0]
            held[small] += row["conf_low"] <= 0 <= row["conf_high"]
    assert held[True] / 400 == pytest.approx(0.95, abs=4 * np.sqrt(0.95 * 0.05 / 400))
    assert held[False] / 400 < 0.89


def of_sizes(treated: list[int], never: list[int], spread: float = 1.0, seed: int = 0) -> pd.DataFrame:
    """Whole teams of these sizes, treated in the second of two periods or never, no effect; people as teams move."""
    rng = np.random.default_rng(seed)
    sizes = np.array([*treated, *never])
    on = np.arange(len(sizes)) < len(treated)
    moved = rng.normal(size=len(sizes)) * np.where(on, spread, 1)
    team = np.repeat(np.arange(len(sizes)), sizes)
    people = pd.DataFrame({"user_id": np.arange(len(team)), "team": team, "trained": np.where(on, 1.0, np.nan)[team]})
    after = people.assign(
        week=1, active_days=(moved[team] + rng.normal(size=len(team)) * np.where(on, spread, 1)[team])
    )
    return pd.concat([people.assign(week=0, active_days=0.0), after])


@pytest.mark.parametrize("sizes", [[5, 5, 5, 5], [40, 3, 3, 3, 3], [10, 12, 9, 11, 20], [7, 1]])
def test_degrees_of_freedom_of_teams_of_unequal_size_by_brute_force(sizes: list[int]):
    """Bell & McCaffrey's: tr(Q)²/tr(Q²), Q written out as a matrix."""
    w = np.array(sizes) / sum(sizes)
    apart = np.eye(len(w)) - w  # rows: each mean less the weighted mean of all
    q = apart.T @ np.diag(w**2 / (1 - 2 * w + w @ w)) @ apart
    found = freedom_of_means(np.array(sizes)[:, None], np.zeros(len(w), int))
    assert found[0] == pytest.approx(np.trace(q) ** 2 / np.trace(q @ q))
    if len(set(sizes)) == 1:
        assert found[0] == pytest.approx(len(sizes) - 1)


@pytest.mark.parametrize(
    "units", [[[5, 0], [5, 5], [0, 5]], [[4, 4], [2, 9], [7, 1], [5, 5]], [[3, 0], [4, 0], [9, 1]]]
)
def test_teams_that_span_strata_by_brute_force(units: list[list[int]]):
    """Each is held against the means of its strata, a row of the matrix each; beside them a history in one stratum."""
    n = np.array(units, float)
    apart = np.eye(len(n)) - (n / n.sum(axis=1, keepdims=True)) @ (n / n.sum(axis=0)).T
    left = (apart**2).sum(axis=1)
    w = n.sum(axis=1) / n.sum()
    q = apart.T @ np.diag(w**2 / left) @ apart
    every, history = np.vstack([units, [[6, 0]] * 3]), np.repeat([0, 1], [len(n), 3])
    assert left_to_see(every, history) == pytest.approx([*left, 2 / 3, 2 / 3, 2 / 3])
    assert freedom_of_means(every, history) == pytest.approx([np.trace(q) ** 2 / np.trace(q @ q), 2])


def test_one_team_of_forty_and_four_of_three_tell_as_much_as_one():
    """Carter, Schnepel & Steigerwald by hand: (40² + 4·3²)² / (40⁴ + 4·3⁴) = 1.045; five of one size are five."""
    found = wb.aggregate(effect(of_sizes([40, 3, 3, 3, 3], [8] * 30)))
    assert found.effective == pytest.approx((1600 + 36) ** 2 / (2_560_000 + 324), rel=1e-6)
    assert wb.aggregate(effect(of_sizes([8] * 5, [8] * 30))).effective == pytest.approx(5)
    assert found.overall[["conf_low", "conf_high"]].isna().all()
    assert (
        "1 of 1 rows rest on teams of which one outweighs the others of its kind (they tell as much as 1.0 of one size): no"
        " interval." in found.notes
    )
    assert "The 5 treated teams tell as much as 1.0 of one size: some outweigh the others." in found.notes


def test_the_large_sample_errors_of_few_treated_teams_are_called_too_narrow_however_many_wait():
    """3 treated of 103 (effects-cases.md, 8); the default refuses chance as often as it says."""
    plain = effect(of_sizes([8] * 3, [8] * 100), small_sample=False)
    assert "3.0 treated teams are few: these intervals are too narrow; use small_sample=True." in plain.notes
    refused = dict.fromkeys((True, False), 0)
    for seed in range(150):
        m = wb.moments(of_sizes([4] * 3, [4] * 60, seed=seed), cluster="team")
        for small in refused:
            row = wb.att_gt(m, small_sample=small, band=False).table.iloc[0]
            refused[small] += not row["conf_low"] <= 0 <= row["conf_high"]
    assert refused[True] / 150 <= 0.05 + 4 * np.sqrt(0.05 * 0.95 / 150)
    assert refused[False] / 150 > 0.12


def test_the_honest_errors_are_the_default_everywhere():
    table = of_sizes([6, 4, 5, 7], [6, 4, 5, 7, 6]).assign(
        on=lambda rows: (rows["week"] >= rows["trained"]).astype(int)
    )
    m, paths = wb.moments(table, cluster="team"), wb.moments(table, treatment="on", cluster="team")
    for ask, of in ((wb.att_gt, m), (wb.imputed, m), (wb.path_effects, paths)):
        pd.testing.assert_frame_equal(ask(of).table, ask(of, small_sample=True).table)
        assert (ask(of).table["std_error"] > ask(of, small_sample=False).table["std_error"]).all()
