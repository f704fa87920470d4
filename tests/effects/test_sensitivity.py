"""Bounds of an event study, placebo dates and leaving one out: by hand, and against the smaller table."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from random_panels import panel
from twelve_users import twelve_users

import workbench as wb
from workbench.effects.bounds import bounds
from workbench.effects.did import att_gt
from workbench.effects.sensitivity import leave_one_out
from workbench.effects.summaries import aggregate
from workbench.inference.contrasts import Contrasts
from workbench.inference.moments import moments


def plain(contrasts: Contrasts) -> Contrasts:
    """With the normal distribution in place of t."""
    return replace(contrasts, spread=replace(contrasts.spread, normal=True))


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
    att = wb.att_gt(wb.moments(rows, cluster="team"), small_sample=False)
    with pytest.raises(wb.ContractError) as refused:
        wb.sensitivity(att, "smoothness")
    assert str(refused.value) == (
        "smooth trends are fitted to 6 effects, but too few clusters tell how these vary together.\n"
        "  Use method='relative_magnitudes', or fewer periods: before=, after=."
    )


def test_how_far_trends_may_part_is_weighed_with_the_wider_errors_of_few_teams():
    """Six teams against six: every error as much larger as the mean's interval reaches further than 1.96."""
    chance = np.random.default_rng(1).normal(size=(12, 5)) + 3 * np.outer(np.arange(12) < 6, np.arange(5) >= 3)
    panel = pd.DataFrame({"team": np.repeat(np.arange(12), 5), "week": list(range(5)) * 12})
    panel = panel.assign(user_id=panel["team"], active_days=chance.ravel())
    panel["trained"] = np.where(panel["team"] < 6, 3.0, np.nan)
    m = wb.moments(panel, cohort="trained", cluster="team")
    att = wb.att_gt(m, base="universal", small_sample=True)
    study = wb.aggregate(att, by="event_week").contrasts.selected([0, 1, 3, 4])
    reach = float(wb.aggregate(att).contrasts.reach(0.95)[0])
    assert reach >= 2.2281  # Student's t with 10 degrees of freedom, if all teams varied alike
    wider = study.covariance * (reach / 1.959964) ** 2
    by_hand = bounds(study.estimate, wider, 2, np.array([0.5, 0.5]), "relative_magnitudes", level=0.95)
    found = wb.sensitivity(att)
    assert found.breakdown == pytest.approx(by_hand.breakdown, abs=0.01)
    assert found["conf_low"].tolist() == pytest.approx(by_hand["conf_low"].tolist(), abs=0.005)
    assert found.breakdown < wb.sensitivity(replace(att, _contrasts=plain(att.contrasts))).breakdown


def test_the_only_cohort_cannot_be_left_out():
    table = twelve_users()
    alone = moments(table.assign(trained=table["trained"].where(table["trained"] == 3)))
    left = leave_one_out(alone, lambda rest: aggregate(att_gt(rest)))
    assert left["left_out"].tolist() == [3]
    assert left.drop(columns="left_out").isna().all(axis=None)


@pytest.mark.parametrize("base", ["varying", "universal"])
def test_weeks_in_which_treatment_was_expected_are_no_yardstick_and_no_part_of_the_answer(base: str):
    """By hand: trends may part through these two weeks as well, but how large the effect was in them is not asked."""
    rng = np.random.default_rng(2)
    table = pd.DataFrame({"user_id": np.repeat(np.arange(80), 8), "week": np.tile(np.arange(8), 80)})
    treated = table["user_id"] < 40
    table["trained"] = np.where(treated, 6.0, np.nan)
    table["active_days"] = rng.normal(size=640) + treated * (2.0 * (table["week"] >= 6) + 3.0 * (table["week"] == 5))
    m = wb.moments(table)
    found = wb.sensitivity(wb.att_gt(m, anticipation=2, base=base, small_sample=False))
    study = wb.aggregate(wb.att_gt(m, anticipation=2, base="universal", small_sample=False), "event_week")
    assert study.table["event_week"].tolist() == [-6, -5, -4, -3, -2, -1, 0, 1]
    of = study.contrasts.selected([0, 1, 2, 4, 5, 6, 7])  # all but the week compared with, the third before
    by_hand = bounds(of.estimate, of.covariance, 3, np.array([0, 0, 0.5, 0.5]), "relative_magnitudes")
    assert found.breakdown == pytest.approx(by_hand.breakdown, abs=0.005)
    np.testing.assert_allclose(found[["conf_low", "conf_high"]], by_hand[["conf_low", "conf_high"]], atol=1e-6)
    assert found.breakdown > wb.sensitivity(wb.att_gt(m, base=base, small_sample=False)).breakdown
