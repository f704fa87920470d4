"""Sums over the units of whole clusters, such as teams, in each cell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.inference.cells import Cell, Cells
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


def clusters_of(cells: Cells, parts: list[Cell]) -> Clusters:
    """The sums of clusters in these cells, by cluster within cell."""
    cell, cluster, n, total = (np.concatenate(columns) for columns in zip(*cells.cluster_sums, strict=True))
    names = sorted(cells.clusters)
    cluster = places_of(names, cells.clusters)[cluster]
    place = np.argsort([part.number for part in parts])
    cell = place[cell]
    order = np.lexsort((cluster, cell))
    pairs = np.stack([cell, cluster], axis=1)[order]
    starts = np.flatnonzero(np.r_[True, (np.diff(pairs, axis=0) != 0).any(axis=1)])
    n, total = np.add.reduceat(n[order], starts), np.add.reduceat(total[order], starts, axis=0)
    cell, cluster = pairs[starts].T
    means = np.array([part.total / part.n for part in parts])
    return Clusters(tuple(names), cell, cluster, n, total - n[:, None] * means[cell])


def places_of(names: list[Any], numbers: dict[Any, int]) -> NDArray[np.int64]:
    """Number in order of appearance → place in the order of names."""
    places = np.empty(len(names), np.int64)
    places[[numbers[name] for name in names]] = np.arange(len(names))
    return places
