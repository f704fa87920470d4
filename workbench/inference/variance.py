"""How units, or whole clusters, vary around the means of their cells.

A weighted sum of cell means, θ = Σ A m, changes with one unit by (N/n) A (y − m) + B, B a constant of the unit's cell.
So, exactly and without any unit's data,

    Var θ = Σ A SS A' / n² + Σ n B B' / N²                        units drawn one by one
    Var θ = Σ_k (Σ A Σ_{i in k}(y − m) N/n + n_k B)(…)' / N²      whole clusters drawn

which are the analytic standard errors of R's `did` (Callaway & Sant'Anna 2021, Journal of Econometrics 225, 200–230).
Reference numbers: tests/test_reference.py. For few units or clusters influence is taken around the mean of its cohort
instead, and each cohort's spread made unbiased, as where cohort sizes are no draw (Neyman; Roth & Sant'Anna 2023, JPE
Microeconomics 1, 669–709): the difference between small cohorts would else be counted twice. Where people are compared
within strata, a cohort's part of each stratum is what a cohort is else: one of two people there hides half of what they
vary, however many there are elsewhere (Imbens & Rubin 2015, Causal Inference, section 9.5).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from workbench.inference.clusters import Clusters, within_strata
from workbench.inference.layout import Floats, pieces
from workbench.inference.moments import Moments
from workbench.inference.small_samples import Studentised, freedom_of_means, left_to_see

Cells = slice | NDArray[np.int64]  # places of cells


@dataclass(frozen=True, eq=False)
class Spread:
    """What the moments say of how K weighted sums vary together.

    Everywhere on_means is (P·T) × K sparse, the weights A of P cells or pools of cells (`Moments.pool`), and on_sizes
    C × K, the constants B.
    small_sample : cohort sizes (within strata) are taken as they are, and each cohort's part is multiplied by
        M/(M − 1), M the clusters (or units) in it, and more for clusters that outweigh the others: the mean square is
        too small where a cohort is a few teams
    normal : intervals take the normal distribution all the same, as R's `staggered` does
    """

    moments: Moments
    small_sample: bool = False
    normal: bool = False

    def covariance(self, on_means: sparse.csc_array, on_sizes: Floats) -> Floats:
        """K × K."""
        if self.moments.clusters is not None:
            influence = self._of_clusters(on_means, on_sizes)
            return (influence * self._clusters_factor[:, None]).T @ influence / self.moments.units**2
        spread: Floats = np.zeros((on_means.shape[1],) * 2)
        for columns, weights, products in self._weights_of_cells(on_means):
            spread[np.ix_(columns, columns)] += weights.T @ products @ weights
        for _, between, influence in chain(self._of_sizes(on_sizes), self._of_loose(on_means)):
            spread[between, between] += influence.T @ influence
        return spread

    def variances(self, on_means: sparse.csc_array, on_sizes: Floats) -> Floats:
        """The diagonal of the covariance, without the rest of it."""
        return np.asarray(self._variances(on_means, on_sizes, np.zeros(len(self._history), int))[0])

    def by_history(self, on_means: sparse.csc_array, on_sizes: Floats) -> Floats:
        """H × K: what the units (clusters) of each history of treatment add to the variances."""
        return self._variances(on_means, on_sizes, self._history)

    @cached_property
    def _history(self) -> NDArray[np.int64]:
        """Of each cell, or cluster."""
        return self.moments.history if self.moments.clusters is None else self.moments.history_of_clusters

    @property
    def _cohort_of_history(self) -> NDArray[np.int64] | None:
        """H: a number for each history's cohort; None without strata."""
        m, history = self.moments, self._history
        if len(m.strata) < 2:
            return None
        cohort = m.cohort_of_clusters + 1 if m.clusters is not None else np.unique(m.start, return_inverse=True)[1]
        return cohort[np.unique(history, return_index=True)[1]]

    def strata_of(self, histories: NDArray[np.bool_]) -> list[str]:
        """Names of the strata that units of these histories (H) are in."""
        m = self.moments
        if m.clusters is None:
            return [m.strata[s] for s in np.unique(m.stratum[histories[self._history]])]
        cells = m.clusters.cell[histories[self._history[m.clusters.cluster]]]
        return [m.strata[s] for s in np.unique(m.stratum[cells])]

    def _variances(self, on_means: sparse.csc_array, on_sizes: Floats, part: NDArray[np.int64]) -> Floats:
        """Parts × K: the variances in parts; `part` says in which each cell, or cluster, counts."""
        m, found = self.moments, np.zeros((int(part.max()) + 1, on_means.shape[1]))
        if m.clusters is not None:
            influence = self._of_clusters(on_means, on_sizes) * np.sqrt(self._clusters_factor[:, None])
            _add_squares(found, influence / m.units, part)
            return found
        for cell, (columns, weights, products) in zip(m.with_products, self._weights_of_cells(on_means), strict=True):
            found[part[cell], columns] += np.einsum("ik,ik->k", weights, products @ weights)
        for cells, between, influence in chain(self._of_sizes(on_sizes), self._of_loose(on_means)):
            _add_squares(found[:, between], influence, part[cells])
        return found

    def studentised(self, on_means: sparse.csc_array, on_sizes: Floats, fitted: int = 0) -> Studentised:
        """The sums over their standard errors: normal, or where samples are small, with the doubt in those errors."""
        if not self.small_sample or self.normal:
            return Studentised(np.zeros((1, on_means.shape[1])), np.array([np.inf]))
        found = self.as_if_alike(on_means, fitted)
        few = np.flatnonzero(found.few)
        return found.with_seen(few, self.by_history(on_means[:, few], on_sizes[:, few])) if len(few) else found

    def as_if_alike(self, on_means: sparse.csc_array, fitted: int) -> Studentised:
        """The same, as if all units (clusters) varied alike."""
        return Studentised(self._alike.parts(on_means), self._alike.freedom, fitted, cohort=self._cohort_of_history)

    def effective_clusters(self, on_means: sparse.csc_array, behind: NDArray[np.bool_]) -> Floats:
        """K: how many treated clusters (units) of one size would be as good as those behind each sum (C × K)."""
        pool = self.moments.pool
        there = sparse.csr_array((np.ones(len(pool)), (pool, np.arange(len(pool))))) @ behind.astype(float)
        return self._alike.effective(on_means, there > 0)

    @cached_property
    def _alike(self) -> _Alike:
        clusters = self.moments.clusters
        return _alike_units(self.moments) if clusters is None else _alike_clusters(self.moments, clusters)

    # ── units drawn one by one ──────────────────────────────────────────────────────────────────────────────────

    def _of_sizes(self, on_sizes: Floats) -> Iterator[tuple[Cells, slice, Floats]]:
        """Some cells at a time: which, between which sums, and cells × those, the root of what their units add by B.

        Where cohort sizes are taken as they are, B is around the mean of its history.
        """
        m, history = self.moments, self.moments.history
        scale = np.sqrt(m.n * self._factor_of_units) / m.units
        means = _means(on_sizes, m.n, history) * self.small_sample
        for rows in pieces(len(m.n)):
            own, group = on_sizes[rows], history[rows]
            between = _range_of((own != 0).any(axis=0) | (means[np.unique(group)] != 0).any(axis=0))
            yield rows, between, (own[:, between] - means[group, between]) * scale[rows, None]

    @cached_property
    def _factor_of_units(self) -> Floats:
        """C: M/(M − 1), M the units of the cell's history; 1 where large samples are taken for granted."""
        if not self.small_sample:
            return np.ones(len(self.moments.n))
        history = self.moments.history
        size = np.bincount(history, self.moments.n)[history]
        return size / np.maximum(size - 1, 1)

    def _weights_of_cells(self, on_means: sparse.csc_array) -> Iterator[tuple[NDArray[Any], Floats, Floats]]:
        """Cell by cell: which sums it is in, its weights T × those, and the covariance T × T of its mean."""
        m, width = self.moments, self.moments.timeline.count
        by_cell, scale = on_means.tocsr(), self._factor_of_units / m.n.astype(float) ** 2
        for place, c in enumerate(m.with_products):
            ends = by_cell.indptr[m.pool[c] * width : (m.pool[c] + 1) * width + 1]
            own = slice(ends[0], ends[-1])
            columns, column = np.unique(by_cell.indices[own], return_inverse=True)
            weights = np.zeros((width, len(columns)))
            np.add.at(weights, (np.repeat(np.arange(width), np.diff(ends)), column), by_cell.data[own])
            yield columns, weights, m.products[place] * scale[c]

    def _of_loose(self, on_means: sparse.csc_array) -> Iterator[tuple[Cells, slice, Floats]]:
        """Some units with rows of their own at a time: cells, between which sums, units × those, what they add."""
        m, loose, width = self.moments, self.moments.loose, self.moments.timeline.count
        if loose is None:
            return
        by_cell = on_means.tocsr()
        scale = np.sqrt(self._factor_of_units) / m.n
        for some in pieces(len(loose.cell)):
            cell = loose.cell[some]
            rows = loose.deviation[some] * scale[cell, None]
            columns, ends = m.pool[cell, None] * width + np.arange(width), np.arange(len(cell) + 1) * width
            shape = (len(cell), on_means.shape[0])
            units = sparse.csr_array((rows.ravel(), columns.ravel(), ends), shape=shape)
            influence = units @ by_cell
            between = _range_of(np.bincount(influence.indices) > 0)
            yield cell, between, influence[:, between].toarray()

    # ── whole clusters drawn ────────────────────────────────────────────────────────────────────────────────────

    def _of_clusters(self, on_means: sparse.csc_array, on_sizes: Floats) -> Floats:
        """Clusters × K: the influence of all of a cluster's units together."""
        deviation, size = self._cluster_sums
        influence: Floats = (deviation @ on_means).toarray() + size @ on_sizes
        if not self.small_sample:
            return influence
        units = size.sum(axis=1)[:, None]
        return units * around_mean(influence / units, units[:, 0], self.moments.history_of_clusters)

    @cached_property
    def _cluster_sums(self) -> tuple[sparse.csr_array, sparse.csr_array]:
        """Sparse, clusters × (C·T) and clusters × C: N/n Σ(y − m) over a cluster's units, and how many they are."""
        m, clusters, width = self.moments, self.moments.clusters, self.moments.timeline.count
        assert clusters is not None
        scaled = clusters.deviation * (m.units / m.n[clusters.cell])[:, None]
        columns = clusters.cell[:, None] * width + np.arange(width)
        rows, shape = np.repeat(clusters.cluster, width), (len(clusters.names), len(m.n))
        deviation = sparse.csr_array((scaled.ravel(), (rows, columns.ravel())), shape=(shape[0], shape[1] * width))
        return deviation, sparse.csr_array((clusters.n, (clusters.cluster, clusters.cell)), shape=shape)

    @cached_property
    def _clusters_factor(self) -> Floats:
        """Per cluster 1/(1 − 2w + Σw²), w its share of the units that have its history: M/(M − 1) for M of one size.

        A large cluster pulls the mean that it is held against, and hides so much of its own variance; exact where the
        means of clusters vary alike (CR2 of Bell & McCaffrey 2002). Mixed clusters are held against all that they share
        strata with.
        """
        m, clusters = self.moments, self.moments.clusters
        assert clusters is not None
        if not self.small_sample:
            return np.ones(len(clusters.names))
        units = within_strata(clusters, m.stratum)
        left = left_to_see(units, m.history_of_clusters)
        against_all = left_to_see(units, m.blocks_of_clusters)
        left = np.where(m.mixed_clusters, against_all, left)
        return np.divide(1, left, out=np.ones(len(left)), where=left > 1e-9)


def _range_of(used: NDArray[np.bool_]) -> slice:
    """From the first to the last place that is used."""
    places = np.flatnonzero(used)
    return slice(places[0], places[-1] + 1) if len(places) else slice(0)


def root(spread: Floats) -> Floats:
    """A matrix whose product with itself transposed is `spread`."""
    values, vectors = np.linalg.eigh(spread)
    real = values > values[-1] * 1e-12
    return np.asarray(vectors[:, real] * np.sqrt(values[real]))


def around_mean(rows: Floats, size: NDArray[Any], history: NDArray[np.int64]) -> Floats:
    """Rows less the mean of those with the same history, weighted by size."""
    return np.asarray(rows - _means(rows, size, history)[history])


def _add_squares(found: Floats, rows: Floats, part: NDArray[np.int64]) -> None:
    """Adds to each part (parts × K) the squares of its rows."""
    for one in np.unique(part):
        own = rows if (part == one).all() else rows[part == one]
        found[one] += np.einsum("ik,ik->k", own, own)


def _means(rows: Floats, size: NDArray[Any], history: NDArray[np.int64]) -> Floats:
    """The mean row of each history, weighted by size."""
    share = size / np.bincount(history, size)[history]
    return np.asarray(sparse.csr_array((share, (history, np.arange(len(history))))) @ rows)


@dataclass(frozen=True, eq=False)
class _Alike:
    """Units (clusters) that weigh alike in every sum, in Q groups, as if all varied alike.

    members : sparse, Q × P, each group's share of each cell, or pool of cells
    root : T × R, a root of the covariance of one unit (of one cluster's mean)
    squares : Q, Σw² of their shares w in the group: 1/M for M of one size
    fourths : Q, Σw⁴
    history : Q, the number of the group's history of treatment
    freedom : H, degrees of freedom of each history's variance
    """

    members: sparse.csr_array
    root: Floats
    squares: Floats
    fourths: Floats
    history: NDArray[np.int64]
    freedom: Floats

    def parts(self, on_means: sparse.csc_array) -> Floats:
        """H × K: variances by history, if all units (clusters) had the same covariance."""
        parts = np.zeros((len(self.freedom), on_means.shape[1]))
        np.add.at(parts, self.history, self._of_groups(on_means))
        return parts

    def effective(self, on_means: sparse.csc_array, behind: NDArray[np.bool_]) -> Floats:
        """K: (Σγ)² / Σγ², γ a cluster's part in the variance, over clusters with units in the pools `behind` (P × K).

        M for M clusters that weigh alike; 1.05 for one of forty people among four of three.
        Source: Carter, Schnepel & Steigerwald (2017), Review of Economics and Statistics 99(4), 698–709, where clusters
        vary alike.
        """
        among = self.members @ behind.astype(float) > 0
        parts = np.where(among, self._of_groups(on_means), 0)
        uneven = (self.fourths / self.squares**2) @ parts**2
        return np.asarray(np.divide(parts.sum(axis=0) ** 2, uneven, out=np.zeros(parts.shape[1]), where=uneven > 0))

    def _of_groups(self, on_means: sparse.csc_array) -> Floats:
        """Q × K."""
        width = len(self.root)
        members = sparse.kron(self.members.T, sparse.eye_array(width)).tocsr()
        summed = (on_means.T.tocsr() @ members).toarray().T.reshape(len(self.squares), width, -1)
        return np.asarray(self.squares[:, None] * ((self.root.T @ summed) ** 2).sum(axis=1))


def _alike_units(m: Moments) -> _Alike:
    history = m.history
    sizes = np.bincount(history, m.n).astype(float)
    # All in a pool have one history.
    _, first = np.unique(m.pool, return_index=True)
    members = sparse.csr_array((np.ones(len(first)), (history[first], np.arange(len(first)))))
    products = m.products.sum(axis=0)
    if m.loose is not None:
        products = products + m.loose.deviation.T @ m.loose.deviation
    spread = root(products)
    return _Alike(members, spread, 1 / sizes, 1 / sizes**3, np.arange(len(sizes)), sizes - 1.0)


def _alike_clusters(m: Moments, clusters: Clusters) -> _Alike:
    history, units = m.history_of_clusters, within_strata(clusters, m.stratum)
    size = units.sum(axis=1).astype(float)
    # Mixed clusters have weights of their own: each is a group by itself.
    apart = np.where(m.mixed_clusters, len(history) + np.arange(len(history)), history)
    _, first, group = np.unique(apart, return_index=True, return_inverse=True)
    members = sparse.csr_array((clusters.n / m.n[clusters.cell], (group[clusters.cluster], clusters.cell)))
    deviation = np.zeros((len(history), m.timeline.count))
    np.add.at(deviation, clusters.cluster, clusters.deviation / size[clusters.cluster, None])
    total = np.bincount(group, size)
    squares, fourths = (np.bincount(group, size**power) / total**power for power in (2, 4))
    freedom = freedom_of_means(units, history)
    return _Alike(members, root(deviation.T @ deviation), squares, fourths, history[first], freedom)
