"""Weighted sums of cell means, with all that their joint distribution needs.

Every estimate here is θ = Σ A m over cells, and one unit's influence on it is (N/n) A (y − m) + B with B a constant of
the unit's cell. So, exactly and without any unit's data,

    Var θ = Σ A SS A' / n² + Σ n B B' / N²                        units drawn one by one
    Var θ = Σ_k (Σ A Σ_{i in k}(y − m) N/n + n_k B)(…)' / N²      whole clusters drawn

which are the analytic standard errors of R's `did` (Callaway & Sant'Anna 2021, Journal of Econometrics 225, 200–230).
Reference numbers: tests/test_reference.py. For few units or clusters influence is taken around the mean of its cohort
instead, and each cohort's spread made unbiased, as where cohort sizes are no draw (Neyman; Roth & Sant'Anna 2023, JPE
Microeconomics 1, 669–709): the difference between small cohorts would else be counted twice.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from workbench.moments import Clusters, Moments
from workbench.units import Floats


@dataclass(frozen=True, eq=False)
class Contrasts:
    """K weighted sums of cell means, with all that their joint distribution needs.

    on_means : (C·T) × K sparse, the weight A of each cell's mean in each period
    on_sizes : C × K, the constant B in the influence of a cell's units
    behind : C × K, whose units an estimate is about
    terms : K rows of places in the calendar: cohort, period, base; or event_week
    small_sample : see `covariance`
    """

    moments: Moments
    terms: pd.DataFrame
    estimate: Floats
    on_means: sparse.csr_array
    on_sizes: Floats
    behind: NDArray[np.bool_]
    small_sample: bool = False

    @property
    def event_week(self) -> NDArray[np.int64]:
        """Periods since treatment began, of each row."""
        if "event_week" in self.terms:
            return self.terms.event_week.to_numpy()
        return (self.terms.period - self.terms.cohort).to_numpy()

    @property
    def n(self) -> NDArray[np.int64]:
        """Units behind each estimate."""
        return self.moments.n @ self.behind

    def combined(self, weights: Floats, terms: pd.DataFrame, from_weights: Floats | None = None) -> Contrasts:
        """J weighted sums of these K; `weights` K × J, `from_weights` C × J what estimating the weights adds to B."""
        fixed = self.on_sizes @ weights
        return replace(
            self,
            terms=terms,
            estimate=self.estimate @ weights,
            on_means=sparse.csr_array(self.on_means @ sparse.csr_array(weights)),
            on_sizes=fixed if from_weights is None else fixed + from_weights,
            behind=(self.behind.astype(float) @ (weights != 0)) > 0,
        )

    def averaged(self, groups: list[NDArray[np.int64]], terms: pd.DataFrame, members: NDArray[np.bool_]) -> Contrasts:
        """The mean of each group of rows, weighted by the units of the cells in `members` (C × K)."""
        weights, from_weights = np.zeros((len(self.n), len(groups))), np.zeros((len(self.moments.n), len(groups)))
        for j, rows in enumerate(groups):
            found = size_weights(self.moments, members[:, rows], self.estimate[rows])
            weights[rows, j], from_weights[:, j] = found
        return self.combined(weights, terms, from_weights)

    def selected(self, rows: Any) -> Contrasts:
        """Some of these, in the order given."""
        return replace(
            self,
            terms=self.terms.iloc[rows],
            estimate=self.estimate[rows],
            on_means=sparse.csr_array(self.on_means[:, rows]),
            on_sizes=self.on_sizes[:, rows],
            behind=self.behind[:, rows],
        )

    @cached_property
    def covariance(self) -> Floats:
        """K × K.

        With `small_sample` cohort sizes are taken as they are, and each cohort's part is multiplied by M/(M − 1), M the
        clusters (or units) in it, and more for clusters that outweigh the others: the mean square is too small where a
        cohort is a few teams.
        """
        return self._by_unit() if self.moments.clusters is None else self._by_cluster(self.moments.clusters)

    @property
    def std_error(self) -> Floats:
        """Square root of the variances."""
        return np.sqrt(np.clip(self._variances, 0, None))

    @cached_property
    def _variances(self) -> Floats:
        """The diagonal of the covariance, without the rest of it."""
        if "covariance" in vars(self):
            return np.diag(self.covariance)
        if self.moments.clusters is not None:
            influence, factor = self._influence_of_clusters(self.moments.clusters)
            return factor @ influence**2 / self.moments.units**2
        m, of_sizes = self.moments, self._of_sizes
        variances = (m.n * self._factor_of_units) @ of_sizes**2 / m.units**2
        for columns, weights, products in self._weights_of_cells():
            variances[columns] += np.einsum("ik,ik->k", weights, products @ weights)
        return variances

    @property
    def freedom(self) -> float:
        """Degrees of freedom of all estimates together; inf where large samples are taken for granted."""
        if not self.small_sample:
            return np.inf
        clusters = self.moments.clusters
        return (self.moments.units if clusters is None else len(clusters.names)) - 1

    @cached_property
    def freedoms(self) -> Floats:
        """Degrees of freedom of the t distribution of each estimate: (Σ v)² / Σ v²/(M − 1).

        v is the part of the variance that a history of treatment would have if all units (clusters) varied alike, and
        M how many share it: three teams against fifty have hardly more than two degrees of freedom.
        Sources: Satterthwaite (1946), Biometrics Bulletin 2, 110–114; Bell & McCaffrey (2002), Survey Methodology 28,
        169–181; Imbens & Kolesár (2016), Review of Economics and Statistics 98, 701–712.
        """
        if not self.small_sample:
            return np.full(len(self.estimate), np.inf)
        parts, sizes = self._parts_alike()
        uncertain = (parts**2 / np.maximum(sizes - 1, 1)[:, None]).sum(axis=0)
        whole = parts.sum(axis=0) ** 2
        return np.divide(whole, uncertain, out=np.full(len(whole), np.inf), where=uncertain > 0)

    def _parts_alike(self) -> tuple[Floats, NDArray[np.int64]]:
        """Variances by history, H × K, if all units (clusters) had the same covariance; units (clusters) of each, H."""
        m = self.moments
        alike = _alike_units(m) if m.clusters is None else _alike_clusters(m, m.clusters)
        along = (sparse.kron(alike.members, root(alike.spread).T) @ self.on_means).toarray()
        of_each = alike.squares[:, None] * (along.reshape(len(alike.squares), -1, len(self.estimate)) ** 2).sum(axis=1)
        parts = np.zeros((len(alike.sizes), len(self.estimate)))
        np.add.at(parts, alike.history, of_each)
        return parts, alike.sizes

    def _by_unit(self) -> Floats:
        m, of_sizes = self.moments, self._of_sizes
        spread: Floats = (of_sizes * (m.n * self._factor_of_units)[:, None]).T @ of_sizes / m.units**2
        for columns, weights, products in self._weights_of_cells():
            spread[np.ix_(columns, columns)] += weights.T @ products @ weights
        return spread

    @property
    def _of_sizes(self) -> Floats:
        """B, around the mean of its cohort where cohort sizes are taken as they are."""
        if not self.small_sample:
            return self.on_sizes
        return _around_mean(self.on_sizes, self.moments.n, np.unique(self.moments.start, return_inverse=True)[1])

    @property
    def _factor_of_units(self) -> Floats:
        return _units_factor(self.moments) if self.small_sample else np.ones(len(self.moments.n))

    def _weights_of_cells(self) -> Iterator[tuple[NDArray[Any], Floats, Floats]]:
        """Cell by cell: which estimates it is in, its weights T × those, and the covariance T × T of its mean."""
        m, width = self.moments, self.moments.calendar.count
        scale = self._factor_of_units / m.n.astype(float) ** 2
        for c in range(len(m.n)):
            block = self.on_means[c * width : (c + 1) * width]
            columns = np.unique(block.indices)
            yield columns, block.toarray()[:, columns], m.products[c] * scale[c]

    def _by_cluster(self, clusters: Clusters) -> Floats:
        influence, factor = self._influence_of_clusters(clusters)
        return (influence * factor[:, None]).T @ influence / self.moments.units**2

    def _influence_of_clusters(self, clusters: Clusters) -> tuple[Floats, Floats]:
        influence, m = self.influence(clusters), self.moments
        if not self.small_sample:
            return influence, np.ones(len(influence))
        size = _sizes(clusters)
        around = size[:, None] * _around_mean(influence / size[:, None], size, m.history_of_clusters)
        return around, _clusters_factor(m, clusters)

    def influence(self, clusters: Clusters) -> Floats:
        """Clusters × K: the influence of all of a cluster's units together."""
        m, width = self.moments, self.moments.calendar.count
        scaled = clusters.deviation * (m.units / m.n[clusters.cell])[:, None]
        columns = clusters.cell[:, None] * width + np.arange(width)
        rows = np.repeat(clusters.cluster, width)
        shape = (len(clusters.names), len(m.n) * width)
        sums = sparse.csr_array((scaled.ravel(), (rows, columns.ravel())), shape=shape)
        sizes = sparse.csr_array((clusters.n, (clusters.cluster, clusters.cell)), shape=(shape[0], len(m.n)))
        return (sums @ self.on_means).toarray() + sizes @ self.on_sizes


def size_weights(m: Moments, members: NDArray[np.bool_], effects: Floats) -> tuple[Floats, Floats]:
    """Weights in proportion to the units behind each effect, and what drawing those units adds to B."""
    share = m.n @ members / m.units
    weights = share / share.sum()
    drawn = (members - share) @ (effects - weights @ effects) / share.sum()
    return weights, drawn


def root(spread: Floats) -> Floats:
    """A matrix whose product with itself transposed is `spread`."""
    values, vectors = np.linalg.eigh(spread)
    real = values > values[-1] * 1e-12
    return vectors[:, real] * np.sqrt(values[real])


def _around_mean(rows: Floats, size: NDArray[Any], history: NDArray[np.int64]) -> Floats:
    """Rows less the mean of those with the same history, weighted by size."""
    totals = np.zeros((history.max() + 1, rows.shape[1]))
    np.add.at(totals, history, rows * size[:, None])
    return rows - (totals / np.bincount(history, size)[:, None])[history]


def _units_factor(m: Moments) -> Floats:
    _, cohort = np.unique(m.start, return_inverse=True)
    size = np.bincount(cohort, m.n)[cohort]
    return size / np.maximum(size - 1, 1)


def _clusters_factor(m: Moments, clusters: Clusters) -> Floats:
    """Per cluster 1/(1 − 2w + Σw²), w its share of the units that have its history: M/(M − 1) for M of one size.

    A large cluster pulls the mean that it is held against, and hides so much of its own variance; exact where the means
    of clusters vary alike (CR2 of Bell & McCaffrey 2002). Clusters with several starts are held against all.
    """
    left = _left_to_see(_sizes(clusters), m.history_of_clusters)
    against_all = _left_to_see(_sizes(clusters), np.zeros_like(m.history_of_clusters))
    left = np.where(m.cohort_of_clusters < 0, against_all, left)
    return np.divide(1, left, out=np.ones(len(left)), where=left > 1e-9)


def _sizes(clusters: Clusters) -> Floats:
    """Units of each cluster."""
    return np.bincount(clusters.cluster, clusters.n).astype(float)


def _left_to_see(size: Floats, history: NDArray[np.int64]) -> Floats:
    """Per cluster 1 − 2w + Σw²: its variance around the mean of its history, if its own is 1."""
    share = size / np.bincount(history, size)[history]
    left: Floats = 1 - 2 * share + np.bincount(history, share**2)[history]
    return left


@dataclass(frozen=True, eq=False)
class _Alike:
    """Units (clusters) that weigh alike in every estimate, in Q groups.

    members : Q × C sparse, how much of each cell is in the group
    squares : Q, Σw² of their shares w in the group: 1/M for M of one size
    history : Q, the number of the group's history of treatment; sizes : H, units (clusters) of each history
    spread : T × T, of one unit (of one cluster's mean)
    """

    members: sparse.csr_array
    squares: Floats
    history: NDArray[np.int64]
    sizes: NDArray[np.int64]
    spread: Floats


def _alike_units(m: Moments) -> _Alike:
    _, history = np.unique(m.start, return_inverse=True)
    sizes = np.bincount(history, m.n).astype(np.int64)
    members = sparse.csr_array((np.ones(len(m.n)), (history, np.arange(len(m.n)))))
    return _Alike(members, 1 / sizes, np.arange(len(sizes)), sizes, m.products.sum(axis=0))


def _alike_clusters(m: Moments, clusters: Clusters) -> _Alike:
    history, size = m.history_of_clusters, _sizes(clusters)
    # Clusters with several starts have weights of their own: each is a group by itself.
    apart = np.where(m.cohort_of_clusters < 0, len(history) + np.arange(len(history)), history)
    _, first, group = np.unique(apart, return_index=True, return_inverse=True)
    members = sparse.csr_array((clusters.n / m.n[clusters.cell], (group[clusters.cluster], clusters.cell)))
    deviation = np.zeros((len(history), m.calendar.count))
    np.add.at(deviation, clusters.cluster, clusters.deviation / size[clusters.cluster, None])
    squares = np.bincount(group, size**2) / np.bincount(group, size) ** 2
    return _Alike(members, squares, history[first], np.bincount(history), deviation.T @ deviation)
