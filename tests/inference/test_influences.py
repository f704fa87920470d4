"""Sums of influences against every unit's influence written out."""

from __future__ import annotations

import numpy as np
import pytest
from random_panels import panel
from scipy import sparse

from workbench.effects.did import group_times
from workbench.inference.influences import influences
from workbench.inference.units import UnitColumns, Units, read_units
from workbench.inference.variance import Spread


def units(cluster: str = "", weight: str = "") -> Units:
    table = panel(0, users=60, hole=0.1)
    table = table.assign(age=table["user_id"] % 11, counts=1 + table["user_id"] % 3)
    return read_units(table, UnitColumns("user_id", "week", "active_days", "trained", cluster, weight, ("age",)))


@pytest.mark.parametrize("weight", ["", "counts"])
@pytest.mark.parametrize("small", [False, True])
@pytest.mark.parametrize("cluster", ["", "team"])
def test_a_slow_and_obvious_version_agrees(cluster, small, weight):
    them = units(cluster, weight)
    m, rng = them.moments, np.random.default_rng(1)
    plain, _, _ = group_times(m, "not_yet_treated", small_sample=small)
    own = rng.normal(size=(len(them), len(plain.estimate)))
    weights, constants = rng.normal(size=(own.shape[1], 3)), rng.normal(size=(len(m.n), 3))
    found = influences(them, plain, lambda some: own[some])
    ours = found.covariance(sparse.csr_array(weights), constants)
    whole = own @ weights + them.weight[:, None] * constants[them.cell]
    np.testing.assert_allclose(ours, by_hand(them, whole, small), rtol=1e-9)
    np.testing.assert_allclose(found.variances(sparse.csr_array(weights), constants), np.diag(ours), rtol=1e-9)


def by_hand(them: Units, whole: np.ndarray, small: bool) -> np.ndarray:
    m = them.moments
    if m.clusters is not None:
        by_cluster = np.stack([whole[them.cluster == k].sum(axis=0) for k in range(len(m.clusters.names))])
        if small:  # as for sums of cell means, which are tested elsewhere; here only that they are the same
            spread = Spread(m, small_sample=True)
            size = np.array([them.weight[them.cluster == k].sum() for k in range(len(by_cluster))])
            history = m.history_of_clusters
            mean = np.stack([by_cluster[history == h].sum(axis=0) / size[history == h].sum() for h in history])
            by_cluster = (by_cluster - size[:, None] * mean) * np.sqrt(spread._clusters_factor)[:, None]
        return by_cluster.T @ by_cluster / m.units**2
    start = m.start[them.cell]
    total = np.zeros((whole.shape[1], whole.shape[1]))
    for g in np.unique(start):
        own = whole[start == g]
        if small:
            own = (own - own.mean(axis=0)) * np.sqrt(len(own) / (len(own) - 1))
        total += own.T @ own
    return total / m.units**2


def test_degrees_of_freedom_are_those_without_adjustment():
    them = units("team")
    plain, _, _ = group_times(them.moments, "not_yet_treated", small_sample=True)
    found = influences(them, plain, lambda some: np.ones((len(them.cell[some]), len(plain.estimate))))
    weights = sparse.csr_array(np.eye(len(plain.estimate)))
    np.testing.assert_allclose(found.as_if_alike(weights, 0).freedoms, plain.freedoms)
