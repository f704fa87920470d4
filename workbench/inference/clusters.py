"""Sums over the units of whole clusters, such as teams, in each cell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.inference.cells import Cells, Sums, places_of, together
from workbench.inference.layout import Floats


@dataclass(frozen=True, eq=False)
class Clusters:
    """Sums over the units of one cluster in one cell, a row each.

    cell, cluster : numbers; n : units; deviation : R × T, Σ (y − mean of the cell)
    """

    names: tuple[Any, ...]
    cell: NDArray[np.int64]
    cluster: NDArray[np.int64]
    n: NDArray[np.int64]
    deviation: Floats


def clusters_of(cells: Cells, sums: Sums) -> Clusters:
    """The sums of clusters in these cells, by cluster within cell."""
    rows = sums.cell, sums.cluster, np.ones(len(sums.cell), np.int64), sums.outcome
    summed = [(sums.places[number], *rest) for number, *rest in cells.cluster_sums]
    cell, cluster, n, total = (np.concatenate(columns) for columns in zip(rows, *summed, strict=True))
    names = sorted(cells.clusters)
    cluster = places_of(names, cells.clusters)[cluster]
    order, starts = together(cell, cluster)
    n, total = np.add.reduceat(n[order], starts), np.add.reduceat(total[order], starts, axis=0)
    cell, cluster = cell[order[starts]], cluster[order[starts]]
    means = sums.total / sums.n[:, None]
    return Clusters(tuple(names), cell, cluster, n, total - n[:, None] * means[cell])
