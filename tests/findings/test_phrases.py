"""Sizes and ends of intervals as sentences give them."""

from __future__ import annotations

import pandas as pd
from results_by_hand import FLAT, one, survives

from workbench.findings import effect
from workbench.findings.phrases import anything_from
from workbench.results.estimates import Estimates


def test_an_end_near_zero_gets_the_decimals_that_tell_it_from_zero():
    found = effect(one(0.31, 0.003, 0.617), pretrend=FLAT, sensitivity=survives(2))
    assert found.headline.endswith("by 0.310 days a week (likely 0.003–0.617).")


def test_wide_intervals_promise_no_decimals():
    assert effect(one(31.4, 12.3, 50.2), pretrend=FLAT, randomised=True).headline.endswith(
        "by 31 days a week (likely 12–50)."
    )


def test_a_share_moves_by_percentage_points():
    found = effect(one(0.041, 0.021, 0.062, "share of required fields filled"), "the audit", randomised=True)
    assert found.headline == (
        "The audit raised the share of required fields filled by 4.1 percentage points (likely 2.1–6.2)."
    )


def test_a_small_rate_keeps_two_significant_digits_of_its_wider_end() -> None:
    """effects-cases.md, 7: between −.0129 and .0026, a rise of at most "0.00"."""
    row = {"conf_low": -0.0129, "conf_high": 0.0026}
    said = anything_from(row, Estimates(pd.DataFrame([row]), "deals won a week", "made up"))
    assert said == "anything from a fall of 0.013 to a rise of 0.003"
