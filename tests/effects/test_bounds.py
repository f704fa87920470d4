"""What must hold of any bound; the published numbers are in test_reference.py."""

from __future__ import annotations

import numpy as np
import pytest

from workbench.effects.bounds import bounds
from workbench.errors import ContractError

SPREAD = 0.01 * (np.eye(6) + 1) / 2  # as effects that share one base period have it


def study(effect: float, drift: float = 0.0) -> np.ndarray:
    """Four effects before (against the last period before) and two after; trends part by `drift` a period."""
    return np.array([-4, -3, -2, -1, 1, 2]) * drift + np.array([0, 0, 0, 0, effect, effect])


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


def test_changes_that_do_not_vary_by_chance_are_refused():
    """The first two periods move together exactly, so their step has no spread; the period after is certain."""
    effects = np.array([0.1, 0.1, 0.5])
    covariance = np.array([[1.0, 1.0, 0.0], [1.0, 1.0, 0.0], [0.0, 0.0, 0.0]])
    with pytest.raises(ContractError, match="some changes between periods do not vary by chance"):
        bounds(effects, covariance, 2, np.array([1.0]), "relative_magnitudes")
