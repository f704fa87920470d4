"""Intervals that rest on a few teams: degrees of freedom by hand, and whether they keep their promise."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import integrate, stats
from small_worlds import effect, two_periods

import workbench as wb


def reach(found: wb.Estimates) -> float:
    """How many standard errors either side the interval takes in."""
    row = found.table.iloc[0]
    return (row["conf_high"] - row["conf_low"]) / 2 / row["std_error"]


@pytest.mark.parametrize(("treated", "never"), [(3, 20), (5, 4), (6, 6)])
def test_degrees_of_freedom_of_two_groups_of_teams_by_hand(treated, never):
    """Bell & McCaffrey's for two means: (1/M₁ + 1/M₀)² / (1/M₁²(M₁ − 1) + 1/M₀²(M₀ − 1))."""
    v1, v0 = 1 / treated, 1 / never
    expected = (v1 + v0) ** 2 / (v1**2 / (treated - 1) + v0**2 / (never - 1))
    assert effect(two_periods(treated, never)).contrasts.freedoms == pytest.approx(expected)


@pytest.mark.parametrize(("treated", "never"), [(3, 20), (5, 4)])
def test_an_interval_from_two_groups_of_teams_leaves_out_five_in_a_hundred(treated, never):
    """By the definition: P(|Z| > k√S) over both groups' chi-squares, S = p χ²(M₁ − 1)/(M₁ − 1) + (1 − p) …"""
    k, share = reach(effect(two_periods(treated, never))), never / (treated + never)
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
    assert reach(effect(two_periods(6, 6))) == pytest.approx(2.2281, abs=5e-5)


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
