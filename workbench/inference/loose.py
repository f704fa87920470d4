"""Products of periods by cell, or rows of units where cells are nearly as many as units.

A panel with rows missing at random has nearly as many patterns of presence as people. T × T products of a cell of one
person, all of them 0, then take far more room and time than the person's own row.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workbench.inference.cells import Cell, Cells
from workbench.inference.layout import Floats

MANY_CELLS = 500  # above which those of a few units keep the rows of these
ROUNDING = 1e-13  # of a sum of squares: a variance below it is none


@dataclass(frozen=True, eq=False)
class Loose:
    """Rows of units in cells so small, and so many, that a row a unit takes less room than products of periods.

    summed : which cells have products all the same, in their order; cell : R; deviation : R × T, y − mean of the cell
    """

    summed: NDArray[np.int64]
    cell: NDArray[np.int64]
    deviation: Floats

    def subset(self, keep: NDArray[np.bool_]) -> Loose:
        """Of some cells (C) only."""
        number, rows = np.cumsum(keep) - 1, keep[self.cell]
        return Loose(number[self.summed[keep[self.summed]]], number[self.cell[rows]], self.deviation[rows])


def products_of(cells: Cells, parts: list[Cell]) -> tuple[Floats, Loose | None]:
    """Products of the cells, and the rows of those that are too many and too small for them."""
    few = len(parts) <= MANY_CELLS
    by_number = {part.number: part for part in parts}
    kept = []
    for number, rows in cells.loose:
        if few or by_number[number].products is not None:
            by_number[number].add(rows)
        else:
            kept.append((number, rows))
    width = len(cells.periods)
    summed = np.array([c for c, part in enumerate(parts) if part.products is not None], np.int64)
    products = np.array([_centred(parts[c]) for c in summed]).reshape(-1, width, width)
    if not kept:
        return products, None
    place = np.empty(max(by_number) + 1, np.int64)
    place[[part.number for part in parts]] = np.arange(len(parts))
    cell = np.repeat(place[[number for number, _ in kept]], [len(rows) for _, rows in kept])
    mean = np.array([part.total / part.n for part in parts])
    # Where a cell is not seen its rows, and so its mean, are 0.
    return products, Loose(summed, cell, np.concatenate([rows for _, rows in kept]) - mean[cell])


def _centred(cell: Cell) -> Floats:
    assert cell.products is not None
    # n·Σyy' − Σy Σy' first: exact for whole numbers, so that no order of summation can show.
    centred: Floats = (cell.n * cell.products - np.outer(cell.total, cell.total)) / cell.n
    varies = np.diag(centred) > ROUNDING * np.diag(cell.products)
    return np.where(varies & varies[:, None], centred, 0)
