"""A Gaussian mixture whose groups share one covariance, fitted by expectation and maximisation.

The same model, starts and rule to stop as scikit-learn's `GaussianMixture(covariance_type="tied")`, which tests compare
it with. One covariance means one whitening: distances to all centres are then plain ones, computed together, which is
several times faster where hundreds of mixtures are fitted to people drawn anew.

Source: Dempster, Laird & Rubin (1977), J. Royal Statistical Society B 39, 1–38.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cholesky, solve_triangular
from scipy.spatial.distance import cdist
from sklearn.cluster import KMeans

Floats = NDArray[np.float64]
STARTS = 3
STEPS = 100
LEAST_GAIN = 1e-3  # of the mean log-likelihood in a step; a smaller one ends the search
RIDGE = 1e-3  # added to each variance
NONZERO = 10 * np.finfo(float).eps  # added to the size of each group


@dataclass(frozen=True)
class Mixture:
    """Groups of points around centres, all with one covariance.

    weights : share of each group (k)
    means : its centre (k × d)
    whitening : W (d × d), such that W Wᵀ is the inverse of the covariance
    """

    weights: Floats
    means: Floats
    whitening: Floats

    @property
    def groups(self) -> int:
        """How many."""
        return len(self.weights)

    @property
    def precision(self) -> Floats:
        """The inverse of the covariance."""
        return np.asarray(self.whitening @ self.whitening.T)

    def joint(self, points: Floats) -> Floats:
        """The logarithm of weight × density, for each group (row) at each point (column)."""
        apart = cdist(self.means @ self.whitening, points @ self.whitening, "sqeuclidean")
        volume = np.log(np.diagonal(self.whitening)).sum() - points.shape[1] * np.log(2 * np.pi) / 2
        return np.asarray(np.log(self.weights)[:, None] + volume - apart / 2)

    def group(self, points: Floats) -> NDArray[np.int64]:
        """The number of each point's likeliest group."""
        return np.asarray(self.joint(points).argmax(axis=0))

    def bic(self, points: Floats) -> float:
        """Schwarz's criterion; lower is better."""
        n, d = points.shape
        parameters = d * (d + 1) / 2 + d * self.groups + self.groups - 1
        return float(parameters * np.log(n) - 2 * n * _density(self.joint(points)).mean())


def fitted(points: Floats, groups: int, seed: int) -> Mixture:
    """The likeliest mixture found from several starts.

    points : n × d, n at least `groups`
    seed : of the starts
    """
    random = np.random.RandomState(seed)  # what k-means takes
    found = [_climbed(points, _start(points, groups, random)) for _ in range(STARTS)]
    return max(found, key=lambda each: each[1])[0]


def _start(points: Floats, groups: int, random: np.random.RandomState) -> Mixture:
    label = KMeans(groups, n_init=1, random_state=random).fit(points).labels_
    return _estimated(points, (np.arange(groups)[:, None] == label).astype(float))


def _climbed(points: Floats, mixture: Mixture) -> tuple[Mixture, float]:
    """The mixture from which a further step gains next to nothing, and its mean log-likelihood a step before."""
    reached = -np.inf
    for _ in range(STEPS):
        joint, before = mixture.joint(points), reached
        density = _density(joint)
        mixture, reached = _estimated(points, np.exp(joint - density)), float(density.mean())
        if abs(reached - before) < LEAST_GAIN:
            break
    return mixture, reached


def _density(joint: Floats) -> Floats:
    """The logarithm of the whole mixture's density at each point."""
    most = joint.max(axis=0)
    return np.asarray(most + np.log(np.exp(joint - most).sum(axis=0)))


def _estimated(points: Floats, belongs: Floats) -> Mixture:
    """The likeliest mixture, given how much each point (column) belongs to each group (row)."""
    sizes = belongs.sum(axis=1) + NONZERO
    means = belongs @ points / sizes[:, None]
    covariance = (points.T @ points - (sizes * means.T) @ means) / sizes.sum()
    covariance.flat[:: len(covariance) + 1] += RIDGE
    lower = cholesky(covariance, lower=True)
    whitening = solve_triangular(lower, np.eye(len(lower)), lower=True).T
    return Mixture(sizes / sizes.sum(), means, whitening)
