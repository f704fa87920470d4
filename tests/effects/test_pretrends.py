"""The check of trends: a Wald test by hand, and its power by simulation."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from random_panels import panel, seeds
from scipy import stats
from small_worlds import effect, two_periods
from twelve_users import twelve_users

import workbench as wb
from workbench.effects.did import att_gt
from workbench.effects.pretrends import pretrend
from workbench.effects.sensitivity import sensitivity
from workbench.errors import ContractError
from workbench.inference.moments import moments


@given(seeds)
@settings(max_examples=8, deadline=None)
def test_the_check_before_the_start_is_a_wald_test(seed: int):
    att = wb.att_gt(wb.moments(panel(seed, users=60)), small_sample=False, band=False)
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
    att = wb.att_gt(wb.moments(table[table["trained"].isin(starts)]), small_sample=False, band=False)
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
    att = wb.att_gt(wb.moments(panel(1, users=60)), base="universal", small_sample=False, band=False)
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


def test_the_check_of_trends_before_counts_the_same_degrees_of_freedom_by_hand():
    """One step before the start, three teams against nine: the t test of two means, 2.7 degrees of freedom and not 11."""
    panel = two_periods(3, 9, size=1)
    later = panel[panel["week"] == 1].assign(week=2)
    att = effect(pd.concat([panel, later]).assign(trained=lambda rows: rows["trained"] + 1))
    moved = panel.query("week == 1").fillna({"trained": 0}).groupby("trained")["active_days"]
    clearness = (moved.mean()[1] - moved.mean()[0]) / np.sqrt((moved.var() / moved.size()).sum())
    freedom = (1 / 3 + 1 / 9) ** 2 / (1 / 3**2 / 2 + 1 / 9**2 / 8)
    assert wb.pretrend(att)["p_value"].item() == pytest.approx(2 * stats.t.sf(abs(clearness), freedom))


def test_no_week_before_leaves_the_check_empty():
    table = twelve_users()
    short = att_gt(
        moments(table[(table["week"] >= 2) & (table["trained"] != 4) & (table["trained"] != 5)], cohort="trained")
    )
    assert pretrend(short)["df"][0] == 0
    assert np.isnan(pretrend(short)["p_value"][0])
    for method in ("relative_magnitudes", "smoothness"):
        with pytest.raises(ContractError) as refused:
            sensitivity(short, method)
        assert str(refused.value) == (
            "how far trends may part is measured by how far they parted before, so two periods (or blocks of 1) before"
            " treatment are needed; there are fewer.\n  Look at pretrend(att)."
        )


def expected_early(seed: int, drift: float = 0.0, weeks: int = 16) -> pd.DataFrame:
    """Half of 300 people trained in week 12: one day more from then on, half a day in the two weeks before."""
    rng = np.random.default_rng(seed)
    unit, week = np.repeat(np.arange(300), weeks), np.tile(np.arange(weeks), 300)
    treated = unit < 150
    use = rng.normal(size=len(unit)) + treated * ((week >= 12) + 0.5 * (week == 10) + 0.5 * (week == 11) + drift * week)
    return pd.DataFrame({"user_id": unit, "week": week, "active_days": use, "trained": np.where(treated, 12.0, np.nan)})


@pytest.mark.parametrize("base", ["varying", "universal"])
@pytest.mark.parametrize("seed", [0, 1])
def test_weeks_in_which_treatment_was_expected_are_no_part_of_the_check(base: str, seed: int):
    """The same rows by another way: had it begun two weeks earlier, they are all there is before it."""
    table = panel(seed, users=200, weeks=9)
    table = table[(table["trained"] > 4) | table["trained"].isna()]
    ahead = wb.att_gt(wb.moments(table), anticipation=2, base=base, band=False)
    sooner = wb.att_gt(wb.moments(table.assign(trained=table["trained"] - 2)), base=base, band=False)
    pd.testing.assert_frame_equal(wb.pretrend(ahead), wb.pretrend(sooner))


def test_a_declared_expectation_is_no_drift_and_an_earlier_drift_is_still_found():
    """Planted (effects-cases.md, 9)."""

    def p_value(table: pd.DataFrame, ahead: int) -> float:
        return wb.pretrend(wb.att_gt(wb.moments(table), anticipation=ahead, band=False))["p_value"][0]

    assert p_value(expected_early(0), 0) < 1e-3
    assert p_value(expected_early(0), 2) > 0.05
    assert p_value(expected_early(0, drift=0.3), 2) < 1e-3


def test_a_few_teams_that_vary_most_leave_the_check_few_comparisons():
    """Three of 33 treated teams begin a week earlier and vary a hundred times as much: what they tell is little."""
    rng = np.random.default_rng(1)
    team, week = np.divmod(np.arange(60 * 16), 16)
    start = np.where(team < 3, 12.0, np.where(team < 33, 13.0, np.nan))
    table = pd.DataFrame({"user_id": team, "team": team, "week": week, "trained": start})
    table["active_days"] = rng.normal(size=len(table)) * np.where(team < 3, 100, 1)
    found = wb.pretrend(wb.att_gt(wb.moments(table, cluster="team"), band=False)).iloc[0]
    assert found["df"] == 1
    assert 0 <= found["p_value"] <= 1
    assert found["slope_detectable_80"] > found["slope_detectable_50"] > 0
