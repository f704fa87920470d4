"""How estimates vary together, from the influence of every unit on each.

Where an estimate is no weighted sum of cell means, as with chances of treatment fitted to covariates, its variance is
that of the influence of each unit, or of whole clusters, on it. A unit's influence on K sums of K₀ estimates is
ψ A + w B, ψ its influences on the estimates, w its weight and B a constant of its cell (see `contrasts`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from workbench.inference.contrasts import Contrasts
from workbench.inference.layout import Floats
from workbench.inference.small_samples import Studentised
from workbench.inference.units import Units
from workbench.inference.variance import Spread

AT_ONCE = 4_096  # units whose influences are held at once


@dataclass(frozen=True, eq=False)
class Influences(Spread):
    """What the influences of units, or of whole clusters, say of how K sums of K₀ estimates vary together.

    Here `on_means` is K₀ × K. A history is the units of one start (without clusters).
    plain : the same estimates as weighted sums of cell means, unadjusted: they say how few each rests on
    of_clusters : clusters × K₀, sums of ψ; by_cell : clusters × C, sums of w
    products, sums, crossed : without clusters, by history Σψ'ψ (H × K₀ × K₀) and Σψ (H × K₀), by cell Σwψ (C × K₀)
    weight, square : C, Σw and Σw² by cell
    left : by history, the share of its degrees of freedom that covariates leave; None: all
    """

    plain: Contrasts = field(kw_only=True)
    of_clusters: sparse.csr_array | None = None
    by_cell: sparse.csr_array | None = None
    products: Floats = field(kw_only=True)
    sums: Floats = field(kw_only=True)
    crossed: Floats = field(kw_only=True)
    weight: Floats = field(kw_only=True)
    square: Floats = field(kw_only=True)
    left: Floats | None = None

    def covariance(self, on_means: sparse.csc_array, on_sizes: Floats) -> Floats:
        """K × K."""
        if self.of_clusters is not None:
            return super().covariance(on_means, on_sizes)
        found = np.zeros((on_means.shape[1], on_means.shape[1]))
        for h in range(len(self.sums)):
            found += self._of_history(h, on_means, on_sizes)
        return found / self.moments.units**2

    def variances(self, on_means: sparse.csc_array, on_sizes: Floats) -> Floats:
        """The diagonal of the covariance."""
        return np.diag(self.covariance(on_means, on_sizes))

    def by_history(self, on_means: sparse.csc_array, on_sizes: Floats) -> Floats:
        """H × K: what the units (clusters) of each history of treatment add to the variances."""
        if self.of_clusters is not None:
            return super().by_history(on_means, on_sizes)
        each = [np.diag(self._of_history(h, on_means, on_sizes)) for h in range(len(self.sums))]
        return np.array(each) / self.moments.units**2

    def as_if_alike(self, on_means: sparse.csc_array, fitted: int) -> Studentised:
        """As of the same sums, unadjusted, with so much of the degrees of freedom as the covariates leave."""
        found = self.plain.spread.as_if_alike(sparse.csc_array(self.plain.on_means @ on_means), fitted)
        return found if self.left is None else replace(found, freedom=found.freedom * self.left)

    def effective_clusters(self, on_means: sparse.csc_array, behind: NDArray[np.bool_]) -> Floats:
        """As of the same sums, unadjusted."""
        return self.plain.spread.effective_clusters(sparse.csc_array(self.plain.on_means @ on_means), behind)

    def _of_history(self, h: int, on_means: sparse.csc_array, on_sizes: Floats) -> Floats:
        """Σ (ψA + wB)'(ψA + wB) over the units of one start, around their mean where samples are small."""
        cells = np.flatnonzero(self.moments.history == h)
        constants, n = on_sizes[cells], float(self._sizes[h])
        mixed = (on_means.T @ self.crossed[cells].T) @ constants
        found: Floats = on_means.T @ (on_means.T @ self.products[h]).T
        found = found + mixed + mixed.T + (constants * self.square[cells, None]).T @ constants
        if not self.small_sample:
            return found
        whole = on_means.T @ self.sums[h] + self.weight[cells] @ constants
        return (found - np.outer(whole, whole) / n) * n / max(n - 1, 1)

    @property
    def _sizes(self) -> Floats:
        return np.bincount(self.moments.history, self.plain.moments.n).astype(float)

    @property
    def _cluster_sums(self) -> tuple[sparse.csr_array, sparse.csr_array]:
        assert self.of_clusters is not None
        assert self.by_cell is not None
        return self.of_clusters, self.by_cell


def influences(
    units: Units, plain: Contrasts, of_units: Callable[[slice], Floats], left: Floats | None = None
) -> Influences:
    """The influences of all units on the K₀ estimates, summed up.

    of_units : the influences n × K₀ of some of the units; left : see `Influences`
    """
    m, size = units.moments, len(plain.estimate)
    history = m.history[units.cell]
    products, sums = np.zeros((history.max() + 1, size, size)), np.zeros((history.max() + 1, size))
    crossed, by_cluster = np.zeros((len(m.n), size)), None
    if m.clusters is not None:
        by_cluster = np.zeros((len(m.clusters.names), size))
    for start in range(0, len(units), AT_ONCE):
        some = slice(start, start + AT_ONCE)
        found = of_units(some)
        np.add.at(crossed, units.cell[some], found * units.weight[some, None])
        if by_cluster is not None:
            np.add.at(by_cluster, units.cluster[some], found)
            continue
        for h in np.unique(history[some]):
            own = found[history[some] == h]
            products[h] += own.T @ own
            sums[h] += own.sum(axis=0)
    weighted = np.bincount(units.cell, units.weight, len(m.n)).astype(float)
    return Influences(
        # Shares of cohorts are of weighted units.
        moments=m if (units.weight == 1).all() else replace(m, n=weighted),
        small_sample=plain.spread.small_sample,
        plain=plain,
        of_clusters=None if by_cluster is None else sparse.csr_array(by_cluster),
        by_cell=None if by_cluster is None else _by_cell(units),
        products=products,
        sums=sums,
        crossed=crossed,
        weight=weighted,
        square=np.bincount(units.cell, units.weight**2, len(m.n)).astype(float),
        left=left,
    )


def _by_cell(units: Units) -> sparse.csr_array:
    m = units.moments
    assert m.clusters is not None
    shape = (len(m.clusters.names), len(m.n))
    return sparse.csr_array(sparse.coo_array((units.weight, (units.cluster, units.cell)), shape=shape))
