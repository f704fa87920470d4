"""Weights of a comparison: a base of several periods by hand, with gaps, and what cancels."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import workbench as wb


def one_date(seed: int = 0, people: int = 60, weeks: int = 9) -> pd.DataFrame:
    """Half of the people trained in week 6; noisy weeks."""
    unit, week = np.repeat(np.arange(people), weeks), np.tile(np.arange(weeks), people)
    use = np.random.default_rng(seed).normal(size=len(unit)) + unit % 5 + 2.0 * ((unit % 2 == 0) & (week >= 6))
    trained = np.where(unit % 2 == 0, 6.0, np.nan)
    return pd.DataFrame({"user_id": unit, "week": week, "active_days": use, "trained": trained})


def test_a_base_of_four_weeks_is_their_mean_by_hand():
    """Welch (1947), of what each person does after less their mean of the four weeks before."""
    table = one_date()
    paths = table.pivot(index="user_id", columns="week", values="active_days").to_numpy()
    change = paths[:, 6:].mean(axis=1) - paths[:, 2:6].mean(axis=1)
    ours, theirs = change[::2], change[1::2]
    att = wb.att_gt(wb.moments(table), base=4, small_sample=True)
    found = wb.aggregate(att).overall
    assert found["estimate"] == pytest.approx(ours.mean() - theirs.mean())
    assert found["std_error"] == pytest.approx(np.sqrt(ours.var(ddof=1) / 30 + theirs.var(ddof=1) / 30))
    assert found["std_error"] < 0.8 * wb.aggregate(wb.att_gt(wb.moments(table), small_sample=True)).overall["std_error"]
    assert "from the mean of 4 periods before" in att.about


def test_one_period_is_the_universal_base():
    m = wb.moments(one_date())
    one, universal = (wb.att_gt(m, base=base, band=False).table for base in (1, "universal"))
    pd.testing.assert_frame_equal(one, universal)


def test_with_gaps_a_week_that_hits_everybody_moves_nothing_and_nobody_is_lost():
    table = one_date().sample(frac=0.7, random_state=1)
    hit = table.assign(active_days=table["active_days"] + 50 * (table["week"] == 4))
    before, after = (wb.aggregate(wb.att_gt(wb.moments(rows), base=4)).overall for rows in (table, hit))
    assert after["estimate"] == pytest.approx(before["estimate"])
    assert after["std_error"] == pytest.approx(before["std_error"])
    single = wb.aggregate(wb.att_gt(wb.moments(table))).overall
    assert before["n"] > single["n"]


def test_before_treatment_blocks_as_long_as_the_base_are_what_trends_are_measured_by():
    """A base of three weeks: the same as weeks put together by threes, each against the last three before."""
    table = one_date()
    block = table.assign(week=table["week"] // 3, trained=table["trained"] // 3)
    block = block.groupby(["user_id", "week"], as_index=False).agg({"active_days": "mean", "trained": "first"})
    of_three = wb.sensitivity(wb.att_gt(wb.moments(table), base=3))
    together = wb.sensitivity(wb.att_gt(wb.moments(block), base="universal"))
    np.testing.assert_allclose(of_three[["conf_low", "conf_high"]], together[["conf_low", "conf_high"]], atol=1e-6)


@pytest.mark.parametrize(
    ("base", "rule"),
    [
        *((base, f"base is a whole number from 1 on, not {base}") for base in (0, True, 2.5)),
        ("last", "base is one of 'varying', 'universal', 'a number of periods', not"),
    ],
)
def test_a_base_that_is_none_is_refused(base: object, rule: str):
    with pytest.raises(wb.ContractError, match=rule):
        wb.att_gt(wb.moments(one_date()), base=base)
