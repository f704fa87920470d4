"""Products of periods by cell, or rows of units where cells are nearly as many as units.

A panel with rows missing at random has nearly as many patterns of presence as people. T × T products of a cell of one
person, all of them 0, then take far more room and time than the person's own row.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from workbench.inference.cells import Sums, together
from workbench.inference.layout import Floats

MANY_CELLS = 500  # above which those of a few units keep the rows of these
ROUNDING = 1e-13  # of a sum of squares: a variance below it is none


@dataclass(frozen=True, eq=False)
class Loose:
    """Rows of units in cells so small, and so many, that a row a unit takes less room than products of periods.

    summed : which cells have products all the same, in their order; cell : R; deviation : R × T, y − mean of the
    cell; a unit alone in its cell has none, and no row
    pooled : weights on the means of such units are kept as their sum by start, which is all that variances need
    """

    summed: NDArray[np.int64]
    cell: NDArray[np.int64]
    deviation: Floats
    pooled: bool = False

    def subset(self, keep: NDArray[np.bool_]) -> Loose:
        """Of some cells (C) only."""
        number, rows = np.cumsum(keep) - 1, keep[self.cell]
        summed = number[self.summed[keep[self.summed]]]
        return replace(self, summed=summed, cell=number[self.cell[rows]], deviation=self.deviation[rows])


def products_of(sums: Sums) -> tuple[Floats, Loose | None]:
    """Products of the cells, and the rows of those that are too many and too small for them.

    A unit alone in its cell is its mean: it has no row.
    """
    count, width = sums.total.shape
    with_products = np.full(count, count <= MANY_CELLS)
    with_products[list(sums.products)] = True
    summed, place = np.flatnonzero(with_products), np.cumsum(with_products) - 1
    products = np.zeros((len(summed), width, width))
    for c, known in sums.products.items():
        products[place[c]] = known
    rows = np.flatnonzero(with_products[sums.cell])
    order, starts = together(sums.cell[rows])
    for same in np.split(rows[order], starts[1:]) if len(rows) else []:
        outcome = sums.outcome[same]
        products[place[sums.cell[same[0]]]] += outcome.T @ outcome
    for c in summed.tolist():
        products[place[c]] = _centred(int(sums.n[c]), sums.total[c], products[place[c]])
    if with_products.all():
        return products, None
    rows = np.flatnonzero(~with_products[sums.cell] & (sums.n[sums.cell] > 1))
    rows = rows[np.argsort(sums.cell[rows], kind="stable")]
    cell = sums.cell[rows]
    # Where a cell is not seen its rows, and so its mean, are 0.
    return products, Loose(summed, cell, sums.outcome[rows] - sums.total[cell] / sums.n[cell, None])


def _centred(n: int, total: Floats, products: Floats) -> Floats:
    # n·Σyy' − Σy Σy' first: exact for whole numbers, so that no order of summation can show.
    centred: Floats = (n * products - np.outer(total, total)) / n
    varies = np.diag(centred) > ROUNDING * np.diag(products)
    return np.where(varies & varies[:, None], centred, 0)
