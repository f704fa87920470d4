"""Adds up blocks of units, cell by cell.

A cell is the set of units with the same cohort, stratum and arm in every period. Of each it keeps how many there are,
their sums and their sums of products, all of which add up over blocks, files and machines. Where cells are nearly as
many as units, the units' own rows take less room: they are kept, and grouped once all are there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.inference.layout import Floats, Unsorted
from workbench.inference.reader import Block, Reader

BEYOND = 1e300  # a cohort said to be infinite: outside the panel, not missing
FEW_UNITS = 4  # a cell of a block, on average; with fewer, rows of units take less room than products
Key = tuple[float, int, bytes]  # cohort, number of the stratum, arm in every period
Numbers = NDArray[np.int64]


@dataclass(slots=True)
class Cell:
    """Sums of one cell around the shift."""

    number: int
    n: int
    total: Floats
    products: Floats

    def add(self, outcome: Floats) -> None:
        """Adds up these rows and their products."""
        self.n += len(outcome)
        self.total = self.total + outcome.sum(axis=0)
        self.products = self.products + outcome.T @ outcome


@dataclass(frozen=True, eq=False)
class Rows:
    """R units, a row each; stratum and cluster by number, path and outcome (around the shift) R × P."""

    cohort: Floats
    stratum: Numbers
    path: NDArray[np.int16]
    outcome: Floats
    cluster: Numbers

    def widened(self, places: Numbers, width: int) -> Rows:
        """The same on more periods."""
        path, outcome = _widened(self.path, places, width, -1), _widened(self.outcome, places, width, 0)
        return replace(self, path=path, outcome=outcome)


@dataclass(frozen=True, eq=False)
class Sums:
    """C cells in the order of cohort, stratum and path; of units whose rows were kept, R in all.

    stratum : C, which of `strata`; path, total : C × P; products : of those cells that have any, by place
    cell, outcome, cluster : R, R × P, R: the place of each row's cell, the row, the number of its cluster
    places : where each of `Cells.cells` has gone
    """

    cohort: Floats
    stratum: Numbers
    strata: tuple[str, ...]
    path: NDArray[np.int16]
    n: Numbers
    total: Floats
    products: dict[int, Floats]
    cell: Numbers
    outcome: Floats
    cluster: Numbers
    places: Numbers


class Cells:
    """Sums by cell: (cohort, stratum, arm in every period) → Cell, and rows of units where cells are very many.

    Whole numbers are summed exactly, in any order: the shift that keeps large values from cancelling is whole too.
    """

    def __init__(self, blocks: Any) -> None:
        self.periods: Numbers = np.zeros(0, np.int64)
        self.shift: Floats = np.zeros(0)
        self.cells: dict[Key, Cell] = {}
        self.rows: list[Rows] = []
        self.strata: dict[str, int] = {}
        self.clusters: dict[str, int] = {}
        self.cluster_sums: list[tuple[Numbers, Numbers, Numbers, Floats]] = []
        self.left_out: dict[tuple[str, float], Numbers] = {}
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
        if not len(keep):
            return
        cohort = np.full(len(keep), np.nan) if block.cohort is None else block.cohort[keep]
        cohort = np.where(np.isnan(cohort), np.inf, np.minimum(cohort, BEYOND))
        stratum = _numbered(np.array(["all"]) if block.stratum is None else block.stratum[keep], self.strata)
        stratum = np.broadcast_to(stratum, len(keep))
        path = _paths(block, seen, keep)
        order, starts = together(cohort, stratum, *_words(path))
        path = np.broadcast_to(path, (len(keep), path.shape[1]))
        cluster = np.zeros(0, np.int64) if block.cluster is None else _numbered(block.cluster[keep], self.clusters)
        if len(keep) < FEW_UNITS * len(starts):
            self.rows.append(Rows(cohort, stratum, path, self._shifted(block, keep, seen), cluster))
            return
        for first, same in zip(order[starts], np.split(order, starts[1:]), strict=True):
            key = float(cohort[first]), int(stratum[first]), path[first].tobytes()
            self._sum(key, self._shifted(block, keep[same], seen), cluster[same] if len(cluster) else cluster)

    def _sum(self, key: Key, outcome: Floats, cluster: Numbers) -> None:
        """Adds rows to the cell of this key, and to its sums by cluster."""
        if key not in self.cells:
            width = len(self.periods)
            self.cells[key] = Cell(len(self.cells), 0, np.zeros(width), np.zeros((width, width)))
        cell = self.cells[key]
        cell.add(outcome)
        if len(cluster):
            names, n = np.unique(cluster, return_counts=True)
            total = np.add.reduceat(outcome[np.argsort(cluster, kind="stable")], np.cumsum(n) - n, axis=0)
            self.cluster_sums.append((np.full(len(names), cell.number), names, n, total))

    def sums(self) -> Sums:
        """All that was added up, cells and rows that belong together as one cell."""
        keys, cells, width = list(self.cells), list(self.cells.values()), len(self.periods)
        strata = sorted(self.strata)
        paths = np.frombuffer(b"".join(key[2] for key in keys), np.int16).reshape(-1, width)
        cohort = np.concatenate([np.array([key[0] for key in keys]), *(rows.cohort for rows in self.rows)])
        stratum = np.concatenate([np.array([key[1] for key in keys], int), *(rows.stratum for rows in self.rows)])
        stratum = places_of(strata, self.strata)[stratum]
        path = np.concatenate([paths, *(rows.path for rows in self.rows)])
        outcome = np.concatenate([np.zeros((0, width)), *(rows.outcome for rows in self.rows)])
        n = np.concatenate([np.array([cell.n for cell in cells], int), np.ones(len(outcome), int)])
        totals = np.array([cell.total for cell in cells]).reshape(-1, width)
        total = np.concatenate([totals, outcome]) if cells else outcome
        order, starts = together(cohort, stratum, *_words(path))
        place = np.empty(len(order), np.int64)
        place[order] = np.repeat(np.arange(len(starts)), np.diff(starts, append=len(order)))
        first = order[starts]
        return Sums(
            cohort[first],
            stratum[first],
            tuple(strata),
            path[first],
            np.add.reduceat(n[order], starts),
            _added(total, order, starts),
            {int(place[cell.number]): cell.products for cell in cells},
            cell=place[len(cells) :],
            outcome=outcome,
            cluster=np.concatenate([np.zeros(0, int), *(rows.cluster for rows in self.rows)]),
            places=place[: len(cells)],
        )

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
            cell.products = _widened(_widened(cell.products, old, width, 0).T, old, width, 0)
            path = _widened(np.frombuffer(path, np.int16)[None], old, width, -1).tobytes()
            widened[cohort, stratum, path] = cell
        self.cells = widened
        self.rows = [rows.widened(old, width) for rows in self.rows]
        self.cluster_sums = [(c, k, n, _widened(total, old, width, 0)) for c, k, n, total in self.cluster_sums]


def cells_of(reader: Reader) -> Cells:
    """The table that a reader reads, sorted only where it does not come by unit."""
    try:
        return Cells(reader.blocks())
    except Unsorted:
        return Cells(reader.blocks(sort=True))


def places_of(names: Sequence[Any], numbers: dict[Any, int]) -> Numbers:
    """Number in order of appearance → place in the order of names."""
    places = np.empty(len(names), np.int64)
    places[[numbers[name] for name in names]] = np.arange(len(names))
    return places


def _numbered(labels: NDArray[Any], known: dict[str, int]) -> Numbers:
    """The number of each label; those not known yet get the next ones."""
    names, code = np.unique(labels.astype(str), return_inverse=True)
    return np.array([known.setdefault(str(name), len(known)) for name in names], np.int64)[code]


def _paths(block: Block, seen: NDArray[np.bool_], keep: Numbers) -> NDArray[np.int16]:
    """Arms of the kept units by period (−1: not seen), or one row for all; 0 throughout without a treatment column."""
    if block.treatment is not None:
        return block.treatment[keep]
    if block.complete:
        return np.zeros((1, seen.shape[1]), np.int16)
    return -(~seen[keep]).astype(np.int16)


def _words(path: NDArray[np.int16]) -> list[NDArray[np.uint64]]:
    """Columns of whole numbers that sort as the bytes of the paths do; none where all are the same.

    Each holds 64 periods where units are only seen or not, else four.
    """
    if not len(path) or (path == path[0]).all():
        return []
    octets = np.packbits(path < 0, axis=1) if path.max() <= 0 else np.ascontiguousarray(path).view(np.uint8)
    words = np.zeros((len(path), -(-octets.shape[1] // 8) * 8), np.uint8)
    words[:, : octets.shape[1]] = octets
    return list(words.view(">u8").T.astype(np.uint64))


def together(*keys: NDArray[Any]) -> tuple[Numbers, Numbers]:
    """An order in which rows with the same keys stand together, and where in it each lot of them begins."""
    order = np.lexsort(keys[::-1])
    changed = np.zeros(len(order), bool)
    changed[:1] = True
    for key in keys:
        changed[1:] |= key[order[1:]] != key[order[:-1]]
    return order, np.flatnonzero(changed)


def _added(rows: Floats, order: Numbers, starts: Numbers) -> Floats:
    """Sums of the rows that stand together; most stand alone where cells are many."""
    sums, n = rows[order[starts]], np.diff(starts, append=len(order))
    several = np.flatnonzero(n > 1)
    ends = np.cumsum(n[several])
    members = order[np.repeat(n > 1, n)]
    sums[several] = np.add.reduceat(rows[members], ends - n[several], axis=0) if len(several) else sums[several]
    return sums


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
