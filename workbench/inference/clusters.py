"""Sums over the units of whole clusters, such as teams, in each cell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from workbench.inference.cells import Cells, Sums, places_of, together
from workbench.inference.layout import Floats, numbered


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


def cohorts_of(clusters: Clusters, start: Floats) -> NDArray[np.int64]:
    """The cohort (by number, in order of start) of each cluster; −1 for those with units in several."""
    cohort = np.unique(start, return_inverse=True)[1]
    of_row = cohort[clusters.cell]
    low, high = np.full(len(clusters.names), len(cohort)), np.full(len(clusters.names), -1)
    np.minimum.at(low, clusters.cluster, of_row)
    np.maximum.at(high, clusters.cluster, of_row)
    return np.where(low == high, low, -1)


def blocks_of(
    clusters: Clusters, stratum: NDArray[np.int64], kind: NDArray[np.int64] | None = None
) -> NDArray[np.int64]:
    """A number for each cluster, the same for those that share strata, or meet over others that do.

    Where strata are made of whole clusters a block is a stratum; where every cluster is in every one it is all.
    kind : of each cluster; only those of one kind can meet
    """
    place = stratum[clusters.cell]
    if kind is not None:
        place = numbered(kind[clusters.cluster], place)
    count = len(clusters.names)
    shape = (count + int(place.max()) + 1,) * 2
    links = coo_array((np.ones(len(place)), (clusters.cluster, count + place)), shape=shape)
    return np.asarray(connected_components(links, directed=False)[1][:count], np.int64)


def paths_of(clusters: Clusters, path: NDArray[np.int16]) -> NDArray[np.int64]:
    """The path (by number) of most of each cluster's units; `path` C × T."""
    paths, number = np.unique(path, axis=0, return_inverse=True)
    units = np.zeros((len(clusters.names), len(paths)))
    np.add.at(units, (clusters.cluster, number.ravel()[clusters.cell]), clusters.n)
    return np.asarray(units.argmax(axis=1))


def within_strata(clusters: Clusters, stratum: NDArray[np.int64]) -> NDArray[np.int64]:
    """Clusters × strata: their units."""
    units = np.zeros((len(clusters.names), int(stratum.max()) + 1), np.int64)
    np.add.at(units, (clusters.cluster, stratum[clusters.cell]), clusters.n)
    return units
