"""How wrong trends may be: by hand, and what must hold of any bound; the published numbers are in test_reference.py."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from random_panels import panel, seeds
from scipy import stats

import workbench as wb
from workbench.effects.bounds import bounds

SPREAD = 0.01 * (np.eye(6) + 1) / 2  # as effects that share one base period have it


def study(effect: float, drift: float = 0.0) -> np.ndarray:
    """Four effects before (against the last period before) and two after; trends part by `drift` a period."""
    return np.array([-4, -3, -2, -1, 1, 2]) * drift + np.array([0, 0, 0, 0, effect, effect])


@given(seeds)
@settings(max_examples=8, deadline=None)
def test_the_check_before_the_start_is_a_wald_test(seed: int):
    att = wb.att_gt(wb.moments(panel(seed, users=60)), band=False)
    before = np.flatnonzero(att.table["period"] < att.table["cohort"])
    contrasts = att.contrasts.selected(before)
    statistic = contrasts.estimate @ np.linalg.solve(contrasts.covariance, contrasts.estimate)
    found = wb.pretrend(att).iloc[0]
    assert found["statistic"] == pytest.approx(statistic)
    assert found["df"] == len(before)
    assert found["p_value"] == pytest.approx(stats.chi2.sf(statistic, len(before)))


def test_comparisons_that_repeat_others_are_counted_once():
    """Two cohorts and nobody else: each is the other's comparison, so one of them says all, and no common drift."""
    table = panel(5, users=60)
    starts = sorted(table["trained"].dropna().unique())[-2:]
    att = wb.att_gt(wb.moments(table[table["trained"].isin(starts)]), band=False)
    early = np.flatnonzero((att.table["cohort"] == starts[0]) & (att.table["period"] < starts[0]))
    once = att.contrasts.selected(early)
    statistic = once.estimate @ np.linalg.solve(once.covariance, once.estimate)
    before = att.table["period"] < np.minimum(att.table["cohort"], starts[0])
    assert before.sum() == 2 * len(early)
    found = wb.pretrend(att).iloc[0]
    assert found["df"] == len(early)
    assert found["statistic"] == pytest.approx(statistic)
    assert found["p_value"] == pytest.approx(stats.chi2.sf(statistic, len(early)))
    assert found["slope_detectable_80"] == np.inf


def test_the_drift_that_the_check_finds_half_of_the_time_by_simulation():
    """Drifting estimates drawn with the check's own covariance are refused 50 and 80 times in 100."""
    att = wb.att_gt(wb.moments(panel(1, users=60)), base="universal", band=False)
    table, found = att.table, wb.pretrend(att).iloc[0]
    before = np.flatnonzero((table["period"] < table["cohort"] - 1).to_numpy())
    contrasts = att.contrasts.selected(before)
    apart = (contrasts.terms["period"] - contrasts.terms["base"]).to_numpy()
    inverse = np.linalg.inv(contrasts.covariance)
    draws = np.random.default_rng(0).multivariate_normal(np.zeros(len(apart)), contrasts.covariance, 4_000)
    for power in (50, 80):
        seen = draws + apart * found[f"slope_detectable_{power}"]
        refused = np.einsum("ni,ij,nj->n", seen, inverse, seen) > stats.chi2.isf(0.05, len(apart))
        assert refused.mean() == pytest.approx(power / 100, abs=0.035)  # four binomial errors


def test_straight_trends_are_taken_off_whole():
    """Smoothness with m = 0 allows any straight line: with one, the interval is that of the same study without."""
    found = [bounds(study(1, drift), SPREAD, 4, np.array([0.5, 0.5]), "smoothness", (0,)) for drift in (0, 0.7)]
    np.testing.assert_allclose(*(f[["conf_low", "conf_high"]].to_numpy() for f in found))


@pytest.mark.parametrize("method", ["relative_magnitudes", "smoothness"])
def test_the_more_trends_may_part_the_wider_the_interval(method: str):
    found = bounds(study(1, 0.01), SPREAD, 4, np.array([0.5, 0.5]), method, (0, 0.5, 1, 2))
    assert (np.diff(found["conf_low"]) < 0).all()
    assert (np.diff(found["conf_high"]) > 0).all()


@pytest.mark.parametrize("method", ["relative_magnitudes", "smoothness"])
def test_at_its_breakdown_an_interval_reaches_zero(method: str):
    weights = np.array([0.5, 0.5])
    breakdown = bounds(study(1), SPREAD, 4, weights, method).breakdown
    around = bounds(study(1), SPREAD, 4, weights, method, (breakdown * 0.97, breakdown * 1.03))
    assert around["conf_low"][0] > 0 > around["conf_low"][1]


def test_an_effect_seen_only_as_drift_breaks_down_at_once():
    assert bounds(study(0, 0.3), SPREAD, 4, np.array([0.5, 0.5]), "smoothness").breakdown == 0


def test_a_placebo_date_finds_nothing_where_nothing_had_happened():
    table = panel(2, users=200, weeks=8)
    table["active_days"] += 5 * (table["week"] >= table["trained"])
    early = wb.aggregate(wb.att_gt(wb.placebo(wb.moments(table), 1))).overall
    assert early["conf_low"] < 0 < early["conf_high"]
    assert wb.aggregate(wb.att_gt(wb.moments(table))).overall["conf_low"] > 4


@pytest.mark.parametrize("by", ["cohort", "cluster"])
def test_without_a_cohort_or_a_team_is_the_table_without_it(by: str):
    table = panel(3, users=60)
    m = wb.moments(table, cluster="team")
    found = wb.leave_one_out(m, lambda rest: wb.aggregate(wb.att_gt(rest, band=False)), by).head(4)
    for row in found.itertuples():
        gone = table["trained"] == row.left_out if by == "cohort" else table["team"].astype(str) == row.left_out
        apart = wb.aggregate(wb.att_gt(wb.moments(table[~gone], cluster="team"), band=False)).overall
        assert [row.estimate, row.std_error, row.n] == pytest.approx(apart[["estimate", "std_error", "n"]].tolist())


def test_blocks_of_weeks_are_their_means_against_the_last_block_before():
    rng = np.random.default_rng(0)
    table = pd.DataFrame({"user_id": np.repeat(np.arange(60), 24), "week": np.tile(np.arange(24), 60)})
    table["trained"] = np.where(table["user_id"] < 30, 12.0, np.nan)
    table["active_days"] = rng.normal(size=len(table)) + 3 * (table["week"] >= table["trained"])
    block = table.assign(week=table["week"] // 4, trained=table["trained"] // 4)
    block = block.groupby(["user_id", "week"], as_index=False).agg({"active_days": "mean", "trained": "first"})
    found, apart = (wb.sensitivity(wb.att_gt(wb.moments(t)), "smoothness", (0.0, 0.1)) for t in (table, block))
    np.testing.assert_allclose(found[["conf_low", "conf_high"]], apart[["conf_low", "conf_high"]], rtol=1e-6)


def test_three_teams_cannot_tell_how_six_effects_vary_together():
    rng = np.random.default_rng(0)
    rows = pd.MultiIndex.from_product([range(30), range(6)], names=["user_id", "week"]).to_frame(index=False)
    rows["team"], rows["trained"] = rows["user_id"] % 3, rows["user_id"].map(lambda i: [3, 4, np.nan][i // 10])
    rows["active_days"] = rng.normal(size=len(rows))
    att = wb.att_gt(wb.moments(rows, cluster="team"))
    with pytest.raises(wb.ContractError) as refused:
        wb.sensitivity(att, "smoothness")
    assert str(refused.value) == (
        "smooth trends are fitted to 6 effects, but too few clusters tell how these vary together.\n"
        "  Use method='relative_magnitudes', or fewer periods: before=, after=."
    )
