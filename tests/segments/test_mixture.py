"""The mixture is scikit-learn's, which the expected numbers come from."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.mixture import GaussianMixture

from workbench.segments.mixture import RIDGE, STARTS, fitted


@pytest.fixture(scope="module")
def points():
    """Three clouds of one shape, two of them near each other."""
    rng = np.random.default_rng(3)
    shape = np.array([[1.0, 0.0, 0.0], [0.8, 0.6, 0.0], [0.0, 0.3, 0.5]])
    centres = np.repeat([[0, 0, 0], [2, 1, 0], [6, -4, 3]], [200, 150, 90], axis=0)
    return rng.normal(size=(440, 3)) @ shape.T + centres


@pytest.mark.parametrize("groups", [1, 2, 3, 6])
def test_it_is_what_scikit_learn_finds_from_the_same_starts(points, groups):
    peer = GaussianMixture(groups, covariance_type="tied", n_init=STARTS, reg_covar=RIDGE, random_state=11)
    label = peer.fit_predict(points)
    ours = fitted(points, groups, seed=11)
    assert_allclose(ours.means, peer.means_, rtol=0, atol=1e-9)
    assert_allclose(ours.weights, peer.weights_, rtol=0, atol=1e-9)
    assert_allclose(ours.precision, peer.precisions_, rtol=1e-9, atol=1e-9)
    assert_allclose(ours.bic(points), peer.bic(points), rtol=1e-9)
    assert_array_equal(ours.group(points), label)


def test_planted_clouds_are_found_with_their_sizes(points):
    ours = fitted(points, 3, seed=0)
    assert_allclose(np.sort(np.bincount(ours.group(points))), [90, 150, 200], atol=25)
