"""Adds up blocks of units, cell by cell.

A cell is the set of units with the same cohort, stratum and arm in every period. Of each it keeps how many there are,
their sums and their sums of products, all of which add up over blocks, files and machines.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.inference.layout import Floats
from workbench.inference.reader import Block

BEYOND = 1e300  # a cohort said to be infinite: outside the panel, not missing
Key = tuple[float, str, bytes]  # cohort, stratum, arm in every period


@dataclass(slots=True)
class Cell:
    """Sums of one cell around the shift."""

    number: int
    n: int
    total: Floats
    products: Floats | None = None

    def add(self, outcome: Floats) -> None:
        """Adds up the products of these rows."""
        products = outcome.T @ outcome
        self.products = products if self.products is None else self.products + products


FEW_UNITS = 4  # a cell of a block, on average; with fewer, rows of units take less room than products


class Cells:
    """Sums by cell: (cohort, stratum, arm in every period) → Cell.

    Whole numbers are summed exactly, in any order: the shift that keeps large values from cancelling is whole too.
    """

    def __init__(self, blocks: Any) -> None:
        self.periods: NDArray[np.int64] = np.zeros(0, np.int64)
        self.shift: Floats = np.zeros(0)
        self.cells: dict[Key, Cell] = {}
        self.clusters: dict[Any, int] = {}
        self.cluster_sums: list[tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64], Floats]] = []
        self.loose: list[tuple[NDArray[np.int64], Floats]] = []  # of cells whose products are not summed: number, rows
        self.left_out: dict[tuple[str, float], NDArray[np.int64]] = {}
        self.range = (np.inf, -np.inf)
        self.zeros = False  # some outcome is 0
        for block in blocks:
            self._add(block)

    def _add(self, block: Block) -> None:
        if not np.array_equal(self.periods, block.periods):
            block = self._aligned(block)
        self._note_range(block.outcome)
        self.zeros = self.zeros or bool((block.outcome == 0).any())
        seen = np.ones((1, 1), bool) if block.complete else ~np.isnan(block.outcome)
        seen = np.broadcast_to(seen, block.outcome.shape)
        keep = self._kept(block, seen)
        keys, code = self._keys(block, seen, keep)
        order = np.argsort(code, kind="stable")
        summed = len(keep) >= FEW_UNITS * len(keys)
        keep, ends = keep[order], np.searchsorted(code[order], np.arange(len(keys) + 1))
        if not summed:
            self._add_rows(keys, np.diff(ends), block, keep, seen)
            return
        for key, a, b in zip(keys, ends[:-1], ends[1:], strict=True):
            of_cell = keep[a:b]
            outcome = self._shifted(block, of_cell, seen)
            cell = self._counted(key, len(of_cell), outcome.sum(axis=0))
            cell.add(outcome)
            if block.cluster is not None:
                self._sum_clusters(np.full(len(of_cell), cell.number), block.cluster[of_cell], outcome)

    def _add_rows(
        self, keys: list[Key], n: NDArray[np.int64], block: Block, keep: NDArray[np.int64], seen: NDArray[np.bool_]
    ) -> None:
        """Cells of so few units that their rows are kept: all at once, `keep` in their order."""
        if not keys:
            return
        outcome = self._shifted(block, keep, seen)
        totals = np.add.reduceat(outcome, np.cumsum(n) - n, axis=0)
        cells = [self._counted(key, size, total) for key, size, total in zip(keys, n.tolist(), totals, strict=True)]
        number = np.repeat([cell.number for cell in cells], n)
        self.loose.append((number, outcome))
        if block.cluster is not None:
            self._sum_clusters(number, block.cluster[keep], outcome)

    def _shifted(self, block: Block, units: NDArray[np.int64], seen: NDArray[np.bool_]) -> Floats:
        """The outcome of these units around the shift, 0 where they are not seen."""
        outcome = block.outcome[units] - self.shift
        if not block.complete:
            outcome[~seen[units]] = 0
        return np.asarray(outcome)

    def _note_range(self, outcome: NDArray[Any]) -> None:
        """The lowest and highest outcome, as long as all are the same."""
        if self.range[0] >= self.range[1]:
            low, high = np.fmin.reduce(outcome, axis=None), np.fmax.reduce(outcome, axis=None)
            self.range = (min(self.range[0], low), max(self.range[1], high))

    def _kept(self, block: Block, seen: NDArray[np.bool_]) -> NDArray[np.int64]:
        """Places of the units that can be used; the others are counted."""
        keep = np.ones(len(block), bool)
        if block.cluster is not None:
            keep = np.array([label is not None for label in block.cluster])
            self._leave_out("without cluster", np.nan, seen[~keep])
        if block.cohort is not None:
            entry = block.periods[0] if block.complete else block.periods[seen.argmax(axis=1)]
            treated = keep & (block.cohort <= entry)
            for cohort in np.unique(block.cohort[treated]):
                self._leave_out("treated", cohort, seen[treated & (block.cohort == cohort)])
            keep &= ~treated
        return np.flatnonzero(keep)

    def _leave_out(self, reason: str, cohort: float, seen: NDArray[np.bool_]) -> None:
        if len(seen):
            key = (reason, cohort)
            self.left_out[key] = self.left_out.get(key, np.zeros(2, int)) + np.array([len(seen), seen.sum()])

    def _keys(
        self, block: Block, seen: NDArray[np.bool_], keep: NDArray[np.int64]
    ) -> tuple[list[Key], NDArray[np.int64]]:
        """The cells of a block, and which of them each kept unit is in."""
        cohort = np.full(len(keep), np.nan) if block.cohort is None else block.cohort[keep]
        cohort = np.where(np.isnan(cohort), np.inf, np.minimum(cohort, BEYOND))
        cohorts, cohort_code = np.unique(cohort, return_inverse=True)
        labels = ["all"] if block.stratum is None else [str(x) for x in block.stratum[keep]]
        strata, stratum_code = np.unique(labels, return_inverse=True)
        paths = _paths(block, seen)
        patterns, pattern_code = _distinct_rows(paths if len(paths) == 1 else paths[keep])
        code = (cohort_code * len(strata) + stratum_code) * len(patterns) + pattern_code
        used, number = np.unique(code, return_inverse=True)
        keys = [
            (
                float(cohorts[c // len(patterns) // len(strata)]),
                str(strata[c // len(patterns) % len(strata)]),
                patterns[c % len(patterns)],
            )
            for c in used
        ]
        return keys, number

    def _counted(self, key: Key, n: int, total: Floats) -> Cell:
        """The cell of this key, with so many more units and their sum added."""
        cell = self.cells.get(key)
        if cell is None:
            cell = self.cells[key] = Cell(len(self.cells), n, total)
        else:
            cell.n += n
            cell.total = cell.total + total
        return cell

    def _sum_clusters(self, cell: NDArray[np.int64], labels: NDArray[np.object_], outcome: Floats) -> None:
        names, code = np.unique(labels.astype(str), return_inverse=True)
        cluster = np.array([self.clusters.setdefault(name, len(self.clusters)) for name in names])
        pairs, code, n = np.unique(cell * len(names) + code, return_inverse=True, return_counts=True)
        total = np.add.reduceat(outcome[np.argsort(code, kind="stable")], np.cumsum(n) - n, axis=0)
        self.cluster_sums.append((pairs // len(names), cluster[pairs % len(names)], n, total))

    def _aligned(self, block: Block) -> Block:
        """The block on all periods known by now; what was summed before is widened where the block brings new ones."""
        union = np.union1d(self.periods, block.periods)
        old, new = np.searchsorted(union, self.periods), np.searchsorted(union, block.periods)
        outcome = block.outcome
        if len(union) > len(block.periods):
            outcome = _widened(outcome.astype(np.float64, copy=False), new, len(union), np.nan)
        treatment = None if block.treatment is None else _widened(block.treatment, new, len(union), -1)
        if len(union) > len(self.periods):
            self._widen(union, old, np.round(_column_means(outcome)))
        complete = block.complete and len(union) == len(block.periods)
        return replace(block, periods=union, outcome=outcome, complete=complete, treatment=treatment)

    def _widen(self, union: NDArray[np.int64], old: NDArray[np.int64], levels: Floats) -> None:
        width = len(union)
        levels[old] = self.shift
        self.periods, self.shift = union, levels
        widened = {}
        for (cohort, stratum, path), cell in self.cells.items():
            cell.total = _widened(cell.total[None], old, width, 0)[0]
            if cell.products is not None:
                cell.products = _widened(_widened(cell.products, old, width, 0).T, old, width, 0)
            path = _widened(np.frombuffer(path, np.int16)[None], old, width, -1).tobytes()
            widened[cohort, stratum, path] = cell
        self.cells = widened
        self.loose = [(number, _widened(rows, old, width, 0)) for number, rows in self.loose]
        self.cluster_sums = [(c, k, n, _widened(total, old, width, 0)) for c, k, n, total in self.cluster_sums]


def _paths(block: Block, seen: NDArray[np.bool_]) -> NDArray[np.int16]:
    """n × P arms of a block (−1: not seen), or one row for all; 0 throughout where there is no treatment column."""
    if block.treatment is not None:
        return block.treatment
    if block.complete:
        return np.zeros((1, seen.shape[1]), np.int16)
    return np.where(seen, 0, -1).astype(np.int16)


def _distinct_rows(rows: NDArray[np.int16]) -> tuple[list[bytes], NDArray[np.int64]]:
    if len(rows) and (rows == rows[0]).all():
        return [rows[0].tobytes()], np.zeros(len(rows), np.int64)
    whole = np.ascontiguousarray(rows).view(np.dtype((np.void, rows.shape[1] * rows.itemsize))).ravel()
    distinct, code = np.unique(whole, return_inverse=True)
    return [row.tobytes() for row in distinct], code


def _widened(rows: NDArray[Any], places: NDArray[np.int64], width: int, absent: float) -> NDArray[Any]:
    if len(places) == width:
        return rows
    wide = np.full((len(rows), width), absent, rows.dtype)
    wide[:, places] = rows
    return wide


def _column_means(outcome: Floats) -> Floats:
    seen = ~np.isnan(outcome)
    means: Floats = np.nansum(outcome, axis=0) / np.maximum(seen.sum(axis=0), 1).astype(float)
    return means
