"""Sizes and ends of intervals as sentences give them."""

from __future__ import annotations

from results_by_hand import FLAT, one, survives

from workbench.findings import effect


def test_an_end_near_zero_gets_the_decimals_that_tell_it_from_zero():
    found = effect(one(0.31, 0.003, 0.617), pretrend=FLAT, sensitivity=survives(2))
    assert found.headline.endswith("by 0.310 (between 0.003 and 0.617).")


def test_wide_intervals_promise_no_decimals():
    assert effect(one(31.4, 12.3, 50.2), pretrend=FLAT, randomised=True).headline.endswith("by 31 (between 12 and 50).")


def test_a_share_moves_by_percentage_points():
    found = effect(one(0.041, 0.021, 0.062, "share of required fields filled"), "the audit", randomised=True)
    assert found.headline == (
        "The audit raised the share of required fields filled by 4.1 percentage points (between 2.1 and 6.2)."
    )
