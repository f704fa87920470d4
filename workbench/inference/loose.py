"""Products of periods by cell, or rows of units where cells are nearly as many as units.

A panel with rows missing at random has nearly as many patterns of presence as people. T × T products of a cell of one
person, all of them 0, then take far more room and time than the person's own row.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from workbench.inference.cells import Cell, Cells
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


def products_of(cells: Cells, parts: list[Cell], n: NDArray[np.int64], total: Floats) -> tuple[Floats, Loose | None]:
    """Products of the cells, and the rows of those that are too many and too small for them.

    A unit alone in its cell is its mean: it has no row.
    """
    number = np.array([part.number for part in parts])
    place = np.empty(number.max() + 1, np.int64)
    place[number] = np.arange(len(parts))
    with_products = np.array([part.products is not None for part in parts]) | (len(parts) <= MANY_CELLS)
    rows = [(place[cell], outcome) for cell, outcome in cells.loose]
    for cell, outcome in rows:
        starts = np.flatnonzero(np.diff(cell, prepend=-1))  # rows of one cell stand together
        ends = np.append(starts[1:], len(cell))
        for i in np.flatnonzero(with_products[cell[starts]]):
            parts[cell[starts[i]]].add(outcome[starts[i] : ends[i]])
    width, summed = len(cells.periods), np.flatnonzero(with_products)
    products = np.array([_centred(parts[c]) for c in summed]).reshape(-1, width, width)
    if with_products.all():
        return products, None
    kept = [~with_products[cell] & (n[cell] > 1) for cell, _ in rows]
    cell = np.concatenate([cell[some] for (cell, _), some in zip(rows, kept, strict=True)])
    outcome = np.concatenate([outcome[some] for (_, outcome), some in zip(rows, kept, strict=True)])
    # Where a cell is not seen its rows, and so its mean, are 0.
    return products, Loose(summed, cell, outcome - total[cell] / n[cell, None])


def _centred(cell: Cell) -> Floats:
    assert cell.products is not None
    # n·Σyy' − Σy Σy' first: exact for whole numbers, so that no order of summation can show.
    centred: Floats = (cell.n * cell.products - np.outer(cell.total, cell.total)) / cell.n
    varies = np.diag(centred) > ROUNDING * np.diag(cell.products)
    return np.where(varies & varies[:, None], centred, 0)
