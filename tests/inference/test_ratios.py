"""Fieller's interval against its definition."""

from __future__ import annotations

import numpy as np
import pytest

from workbench.inference.ratios import fieller

COVARIANCE = np.array([[0.3, 0.1], [0.1, 0.2]])


def test_at_its_ends_the_ratio_is_just_contradicted():
    """By definition: top − r·bottom is `reach` standard errors from 0 at both ends."""
    *_, low, high = fieller(2.0, 3.0, COVARIANCE, 1.96)
    for end in (low, high):
        apart = np.array([1, -end])
        assert abs(apart @ [2.0, 3.0]) / np.sqrt(apart @ COVARIANCE @ apart) == pytest.approx(1.96)
    assert low < 2 / 3 < high


def test_a_sure_bottom_only_divides():
    """By hand: 2 ± 1.96·0.5, divided by 4."""
    sure = np.diag([0.25, 0.0])
    assert fieller(2.0, 4.0, sure, 1.96) == pytest.approx((0.5, 0.125, (2 - 0.98) / 4, (2 + 0.98) / 4))


def test_a_negative_bottom_turns_the_ratio_around():
    assert fieller(-2.0, -3.0, COVARIANCE, 1.96) == pytest.approx(fieller(2.0, 3.0, COVARIANCE, 1.96))


@pytest.mark.parametrize("bottom", [0.0, 0.5, -0.5])
def test_where_the_bottom_may_be_nothing_every_ratio_is_possible(bottom):
    """0.5 is 1.1 standard errors from 0."""
    assert fieller(2.0, bottom, COVARIANCE, 1.96)[2:] == (-np.inf, np.inf)
