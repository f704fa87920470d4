"""What a weighted sum of group means estimates.

A *cell* is the set of units with the same treatment history, stratum and periods seen. Its moments are its size n, mean
path m (one number a period) and centred cross-products SS = Σ (y − m)(y − m)'. Every estimate here is θ = Σ A m over
cells, and one unit's influence on it is (N/n) A (y − m) + B with B a constant of the unit's cell. So, exactly and
without any unit's data,

    Var θ = Σ A SS A' / n² + Σ n B B' / N²                        units drawn one by one
    Var θ = Σ_k (Σ A Σ_{i in k}(y − m) N/n + n_k B)(…)' / N²      whole clusters drawn

which are the analytic standard errors of R's `did` (Callaway & Sant'Anna 2021, Journal of Econometrics 225, 200–230).
Moments of disjoint units add up. Reference numbers: tests/test_reference.py.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse, stats

from workbench.contract import ContractError
from workbench.engines import as_table
from workbench.units import Block, Columns, Reader, Unsorted

Floats = NDArray[np.float64]
DRAWS = 20_000  # of the joint distribution, for simultaneous bands
FEWEST = 2.0  # degrees of freedom; two teams of a kind have fewer, and an interval from them says nothing
BEYOND = 1e300  # a cohort said to be infinite: outside the panel, not missing
EXCLUDED = ["reason", "units", "rows"]


# ── the currency for uncertain numbers ──────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, eq=False, repr=False)
class Estimates:
    """Uncertain numbers, one a row.

    table : the terms, then estimate, std_error, conf_low, conf_high (pointwise), band_low, band_high (simultaneous,
        where there are several), n (units behind the row)
    unit : what the numbers count, such as "active days"
    about : how they were estimated, in words
    overall : the one number that sums the rows up, with the same columns; None where there is none
    notes : what was left out, or should be known, a sentence each
    """

    table: pd.DataFrame
    unit: str
    about: str
    level: float = 0.95
    overall: pd.Series | None = None
    notes: tuple[str, ...] = ()
    _contrasts: Contrasts | None = field(default=None)

    def __repr__(self) -> str:
        lines = [self.about, f"in {self.unit}; {self._interval}", "", _readable(self.table).to_string(index=False)]
        if self.overall is not None and len(self.table) > 1:
            lines += ["", f"overall {_readable(self.overall.to_frame().T).to_string(index=False, header=False)}"]
        return "\n".join([*lines, *(f"  {note}" for note in self.notes)])

    def _repr_html_(self) -> str:
        notes = "".join(f"<br>{note}" for note in self.notes)
        caption = f"<caption>{self.about}, in {self.unit}; {self._interval}{notes}</caption>"
        html: str = _readable(self.table).to_html(index=False, border=0)
        return html.replace(">", f">{caption}", 1)

    @property
    def _interval(self) -> str:
        return f"{self.level:.0%} {'simultaneous band' if 'band_low' in self.table else 'interval'}"


def _readable(table: pd.DataFrame) -> pd.DataFrame:
    """Terms, estimate, interval in one column, n."""
    kind = "band" if "band_low" in table else "conf"
    numbers = ("estimate", "std_error", "conf_low", "conf_high", "band_low", "band_high", "n")
    shown = table[[c for c in table if c not in numbers]].copy()
    for column in shown.select_dtypes("datetime"):
        shown[column] = shown[column].dt.strftime("%Y-%m-%d")
    shown["estimate"] = [f"{x:+.3g}" for x in table.estimate]
    ends = zip(table[f"{kind}_low"], table[f"{kind}_high"], strict=True)
    shown["interval"] = [f"{low:+.3g} to {high:+.3g}" for low, high in ends]
    shown["units"] = [f"{n:,.0f}" for n in table.n]
    return shown


# ── moments ─────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Calendar:
    """The T evenly spaced periods of a panel: whole numbers, days, or first days of months.

    >>> Calendar(first=20094, step=7, count=3, kind="days").label(1)
    Timestamp('2025-01-13 00:00:00')
    """

    first: int
    step: int
    count: int
    kind: str = "numbers"

    def label(self, place: int) -> Any:
        """What the period at this place is called; places beyond the panel have names too."""
        number = self.first + self.step * int(place)
        if self.kind == "numbers":
            return number
        if self.kind == "months":
            return pd.Timestamp(year=number // 12, month=number % 12 + 1, day=1)
        return pd.Timestamp(number, unit="D").as_unit("s")

    def labels(self, places: Any) -> list[Any]:
        """Names of several places; None for those that are not finite."""
        return [self.label(p) if np.isfinite(p) else None for p in places]

    def places(self, raw: Floats) -> Floats:
        """Where raw period numbers (dates as days since 1970-01-01) stand; a fraction between two periods."""
        return (_numbers_of(raw, self.kind) - self.first) / self.step


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


@dataclass(frozen=True, eq=False, repr=False)
class Moments:
    """A long table reduced to cells; C cells, T periods.

    path : C × T, number of the arm in each period (0: off, −1: not seen)
    start : C, place of the first treated period (inf: never)
    stratum : C, which of `strata`; seen : C × T
    n : C; mean : C × T; products : C × T × T, centred, 0 where not seen
    arms : names of the arms, "off" first
    excluded : reason, units, rows of everybody left out
    """

    outcome: str
    calendar: Calendar
    path: NDArray[np.int16]
    start: Floats
    stratum: NDArray[np.int64]
    strata: tuple[str, ...]
    n: NDArray[np.int64]
    mean: Floats
    products: Floats
    excluded: pd.DataFrame
    arms: tuple[Any, ...] = ("off", 1)
    clusters: Clusters | None = None
    cluster_name: str = ""

    @property
    def seen(self) -> NDArray[np.bool_]:
        """C × T: the cell's units have a row in the period."""
        return self.path >= 0

    @property
    def units(self) -> int:
        """How many units there are."""
        return int(self.n.sum())

    @cached_property
    def cohorts(self) -> pd.DataFrame:
        """One row per start of treatment: cohort (None: never), units, cells."""
        sizes = pd.DataFrame({"start": self.start, "units": self.n, "cells": 1}).groupby("start", as_index=False).sum()
        sizes.insert(0, "cohort", pd.Series(self.calendar.labels(sizes.start), dtype=object))
        return sizes.drop(columns="start")

    @cached_property
    def history_of_clusters(self) -> NDArray[np.int64]:
        """A number for each cluster, the same for those treated alike: start, and the path of most of their units.

        Those whose units start at several times have one number in common.
        """
        assert self.clusters is not None
        rows = pd.DataFrame({"cluster": self.clusters.cluster, "n": self.clusters.n})
        rows["path"] = [path.tobytes() for path in followed_paths(self)[self.clusters.cell]]
        most = rows.groupby(["cluster", "path"])["n"].sum().reset_index().sort_values("n", kind="stable")
        path = most.drop_duplicates("cluster", keep="last").sort_values("cluster")["path"]
        cohort = clusters_cohort(self)
        keys = pd.DataFrame({"cohort": cohort, "path": np.where(cohort < 0, b"", path)})
        return np.asarray(keys.groupby(["cohort", "path"]).ngroup(), dtype=np.int64)

    def balanced(self) -> Moments:
        """Only the units seen in every period."""
        whole = np.asarray(self.seen.all(axis=1))
        left = _exclusions(
            [("not seen in every period", self.n[~whole].sum(), self.n[~whole] @ self.seen[~whole].sum(1))]
        )
        return replace(self._subset(whole), excluded=pd.concat([self.excluded, left], ignore_index=True))

    def untreated_at_first(self) -> Moments:
        """Only the units that are seen before their treatment begins; the others are counted."""
        early = self.start <= self.seen.argmax(axis=1)
        left = _exclusions([("treated when first seen", self.n[early].sum(), self.n[early] @ self.seen[early].sum(1))])
        return replace(self._subset(~early), excluded=pd.concat([self.excluded, left], ignore_index=True))

    def without(self, cohort: Any) -> Moments:
        """Without the units first treated in this period."""
        labels = pd.Series(self.calendar.labels(self.start), dtype=object)
        keep = np.array([label != cohort for label in labels])
        if keep.all():
            raise ContractError(
                f"there is no cohort {cohort}; there are {', '.join(map(str, labels.dropna().unique()))}."
            )
        return self._subset(keep)

    def without_cluster(self, name: Any) -> Moments:
        """Without the units of one cluster; only standard errors by cluster can follow."""
        clusters = self.clusters
        if clusters is None or name not in clusters.names:
            raise ContractError(f"there is no {self.cluster_name or 'cluster'} {name!r} in these moments.")
        gone = clusters.cluster == clusters.names.index(name)
        n, shift = self.n.copy(), np.zeros_like(self.mean)
        n[clusters.cell[gone]] -= clusters.n[gone]
        shift[clusters.cell[gone]] = -clusters.deviation[gone] / np.maximum(n[clusters.cell[gone]], 1)[:, None]
        rest = replace(
            clusters,
            cell=clusters.cell[~gone],
            cluster=clusters.cluster[~gone],
            n=clusters.n[~gone],
            # Deviations are from the new mean, which lies `shift` away from the old one.
            deviation=clusters.deviation[~gone] - clusters.n[~gone, None] * shift[clusters.cell[~gone]],
        )
        changed = replace(
            self, n=n, mean=self.mean + shift, clusters=rest, products=np.full_like(self.products, np.nan)
        )
        return changed._subset(n > 0)

    def _subset(self, keep: NDArray[np.bool_]) -> Moments:
        number = np.cumsum(keep) - 1
        clusters = self.clusters
        if clusters is not None:
            rows = keep[clusters.cell]
            used, renumbered = np.unique(clusters.cluster[rows], return_inverse=True)
            clusters = Clusters(
                tuple(clusters.names[i] for i in used),
                number[clusters.cell[rows]],
                renumbered,
                clusters.n[rows],
                clusters.deviation[rows],
            )
        parts = {name: getattr(self, name)[keep] for name in ("path", "start", "stratum", "n", "mean", "products")}
        return replace(self, clusters=clusters, **parts)

    def __repr__(self) -> str:
        first, last = self.calendar.label(0), self.calendar.label(self.calendar.count - 1)
        lines = [
            f"Moments of {self.outcome}: {self.units:,} units, {self.calendar.count} periods",
            f"  from {_day(first)} to {_day(last)}; first treated in",
            *(
                f"  {'never' if c is None else _day(c)}: {n:,}"
                for c, n in zip(self.cohorts.cohort, self.cohorts.units, strict=True)
            ),
            *(f"  left out, {r.reason}: {r.units:,} units" for r in self.excluded.itertuples()),
        ]
        return "\n".join(lines)


def _day(label: Any) -> str:
    return f"{label:%Y-%m-%d}" if isinstance(label, pd.Timestamp) else str(label)


def moments(
    panel: Any,
    unit: str = "user_id",
    period: str = "week",
    outcome: str = "active_days",
    cohort: str = "trained",
    cluster: str | None = None,
    strata: str | Sequence[str] | None = None,
    treatment: str | None = None,
    outside: str = "ask",
) -> Moments:
    """A long table, one row per unit and period, reduced to moments.

    panel : Table, pandas, Arrow or polars; a period in which a unit was not observed has no row
    period : whole numbers, or dates evenly spaced (a week is its Monday)
    cohort : the first period of treatment, missing = never; not read where there is a
    treatment : what was on in each period: 0/1, or the name of an arm (0, false, missing text = off)
    cluster : what treatment was assigned to, if not to single units; units without one are left out, and counted
    strata : columns within which units are compared; true before treatment
    outside : "ask" refuses cohorts outside the panel's periods; "known" says they are real dates: earlier ones were
        treated before the panel begins (left out, and counted), later ones after it ends (not yet treated)

    Raises ContractError where the table breaks a rule: repeated rows, a missing or infinite outcome, a cohort that
    varies or lies between periods, a period without any row.
    """
    if outside not in ("ask", "known"):
        raise ContractError(f"outside is 'ask' or 'known', not {outside!r}.")
    named = (strata,) if isinstance(strata, str) else tuple(strata or ())
    columns = Columns(unit, period, outcome, "" if treatment else cohort, treatment or "", cluster or "", named)
    reader = Reader(as_table(panel), columns)
    try:
        cells = _Cells(reader.blocks())
    except Unsorted:
        cells = _Cells(reader.blocks(sort=True))
    return _finished(cells, reader, outside)


# ── adding up blocks ────────────────────────────────────────────────────────────────────────────────────────────


@dataclass
class _Cell:
    """Sums of one cell around the shift."""

    number: int
    n: int
    total: Floats
    products: Floats


class _Cells:
    """Sums by cell: (cohort, stratum, arm in every period) → _Cell.

    Whole numbers are summed exactly, in any order: the shift that keeps large values from cancelling is whole too.
    """

    def __init__(self, blocks: Any) -> None:
        self.periods: NDArray[np.int64] = np.zeros(0, np.int64)
        self.shift: Floats = np.zeros(0)
        self.cells: dict[tuple[float, str, bytes], _Cell] = {}
        self.clusters: dict[Any, int] = {}
        self.cluster_sums: list[tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64], Floats]] = []
        self.left_out: dict[tuple[str, float], NDArray[np.int64]] = {}
        self.range = (np.inf, -np.inf)
        for block in blocks:
            self._add(block)

    def _add(self, block: Block) -> None:
        if not np.array_equal(self.periods, block.periods):
            block = self._aligned(block)
        low, high = np.fmin.reduce(block.outcome, axis=None), np.fmax.reduce(block.outcome, axis=None)
        self.range = (min(self.range[0], low), max(self.range[1], high))
        seen = ~np.isnan(block.outcome)
        keep = self._kept(block, seen)
        keys, code = self._keys(block, seen, keep)
        outcome = block.outcome - self.shift
        if not seen.all():
            outcome[~seen] = 0
        if len(keep) < len(block):
            outcome = outcome[keep]
        if len(keys) > 1:
            order = np.argsort(code, kind="stable")
            outcome, code = outcome[order], code[order]
            keep = keep[order]
        ends = np.searchsorted(code, np.arange(len(keys) + 1))
        numbers = np.array(
            [self._sum(key, outcome[a:b]) for key, a, b in zip(keys, ends[:-1], ends[1:], strict=True)], int
        )
        if block.cluster is not None and len(keys):
            self._sum_clusters(numbers[code], block.cluster[keep], outcome)

    def _kept(self, block: Block, seen: NDArray[np.bool_]) -> NDArray[np.int64]:
        """Places of the units that can be used; the others are counted."""
        keep = np.ones(len(block), bool)
        if block.cluster is not None:
            keep = np.array([label is not None for label in block.cluster])
            self._leave_out("without cluster", np.nan, seen[~keep])
        if block.cohort is not None:
            entry = block.periods[seen.argmax(axis=1)]
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
    ) -> tuple[list[tuple[float, str, bytes]], NDArray[np.int64]]:
        """The cells of a block, and which of them each kept unit is in."""
        cohort = np.full(len(keep), np.nan) if block.cohort is None else block.cohort[keep]
        cohort = np.where(np.isnan(cohort), np.inf, np.minimum(cohort, BEYOND))
        cohorts, cohort_code = np.unique(cohort, return_inverse=True)
        labels = ["all"] if block.stratum is None else [str(x) for x in block.stratum[keep]]
        strata, stratum_code = np.unique(labels, return_inverse=True)
        paths = np.where(seen, 0, -1).astype(np.int16) if block.treatment is None else block.treatment
        patterns, pattern_code = _distinct_rows(paths[keep])
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

    def _sum(self, key: tuple[float, str, bytes], outcome: Floats) -> int:
        width = outcome.shape[1]
        cell = self.cells.setdefault(key, _Cell(len(self.cells), 0, np.zeros(width), np.zeros((width, width))))
        cell.n += len(outcome)
        cell.total += outcome.sum(axis=0)
        cell.products += outcome.T @ outcome
        return cell.number

    def _sum_clusters(self, cell: NDArray[np.int64], labels: NDArray[np.object_], outcome: Floats) -> None:
        local, code = np.unique(labels.astype(str), return_inverse=True)
        cluster = np.array([self.clusters.setdefault(name, len(self.clusters)) for name in local])[code]
        order = np.lexsort((cluster, cell))
        pairs = np.stack([cell[order], cluster[order]], axis=1)
        starts = np.flatnonzero(np.r_[True, (np.diff(pairs, axis=0) != 0).any(axis=1)])
        n = np.diff(starts, append=len(order))
        total = np.add.reduceat(outcome[order], starts, axis=0)
        self.cluster_sums.append((pairs[starts, 0], pairs[starts, 1], n, total))

    def _aligned(self, block: Block) -> Block:
        """The block on all periods known by now; what was summed before is widened where the block brings new ones."""
        union = np.union1d(self.periods, block.periods)
        old, new = np.searchsorted(union, self.periods), np.searchsorted(union, block.periods)
        outcome = _widened(block.outcome, new, len(union), np.nan)
        treatment = None if block.treatment is None else _widened(block.treatment, new, len(union), -1)
        if len(union) > len(self.periods):
            self._widen(union, old, np.round(_column_means(outcome)))
        return replace(block, periods=union, outcome=outcome, treatment=treatment)

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
        self.cluster_sums = [(c, k, n, _widened(total, old, width, 0)) for c, k, n, total in self.cluster_sums]


def _distinct_rows(rows: NDArray[np.int16]) -> tuple[list[bytes], NDArray[np.int64]]:
    if len(rows) and (rows == rows[0]).all():
        return [rows[0].tobytes()], np.zeros(len(rows), np.int64)
    whole = np.ascontiguousarray(rows).view(np.dtype((np.void, rows.shape[1] * rows.itemsize))).ravel()
    distinct, code = np.unique(whole, return_inverse=True)
    return [row.tobytes() for row in distinct], code


def _widened(rows: NDArray[Any], places: NDArray[np.int64], width: int, absent: float) -> NDArray[Any]:
    wide = np.full((len(rows), width), absent, rows.dtype)
    wide[:, places] = rows
    return wide


def _column_means(outcome: Floats) -> Floats:
    seen = ~np.isnan(outcome)
    means: Floats = np.nansum(outcome, axis=0) / np.maximum(seen.sum(axis=0), 1).astype(float)
    return means


# ── from sums to moments ────────────────────────────────────────────────────────────────────────────────────────


def _finished(cells: _Cells, reader: Reader, outside: str) -> Moments:
    columns = reader.columns
    if not len(cells.periods):
        raise ContractError("the table has no rows, so there is nothing to estimate.")
    if cells.range[0] == cells.range[1]:
        raise ContractError(
            f"{columns.outcome} is {cells.range[0]:g} in every row: nothing varies, so nothing can be learned."
        )
    calendar = _calendar(cells.periods, reader)
    starts = _starts(cells, calendar, columns, outside)
    keys = sorted(cells.cells, key=lambda key: (starts[key[0]], key[1], key[2]))
    parts = [cells.cells[key] for key in keys]
    left = _excluded(cells, reader, calendar)
    if not parts:
        said = "; ".join(f"{row.reason}: {row.units:,} units" for row in left.itertuples())
        raise ContractError(f"no unit is left to learn from ({said}).")
    arms, renumber = _arms(reader)
    path = renumber[np.array([np.frombuffer(key[2], np.int16) for key in keys]).reshape(len(keys), -1)]
    start = np.array([starts[key[0]] for key in keys])
    if columns.treatment:
        start = _first_change(path)
    else:
        path = np.where((path >= 0) & (np.arange(calendar.count) >= start[:, None]), 1, path).astype(np.int16)
    n = np.array([cell.n for cell in parts], np.int64)
    total = np.array([cell.total for cell in parts]).reshape(len(parts), -1)
    strata = tuple(sorted({key[1] for key in keys}))
    return Moments(
        outcome=columns.outcome,
        calendar=calendar,
        path=path,
        start=start,
        stratum=np.array([strata.index(key[1]) for key in keys], np.int64),
        strata=strata,
        n=n,
        mean=np.where(path >= 0, cells.shift + total / n[:, None], 0.0),
        products=np.array([_centred(cell) for cell in parts]),
        excluded=left,
        arms=arms,
        clusters=_clusters(cells, parts) if columns.cluster else None,
        cluster_name=columns.cluster,
    )


def _centred(cell: _Cell) -> Floats:
    # n·Σyy' − Σy Σy' first: exact for whole numbers, so that no order of summation can show.
    centred: Floats = (cell.n * cell.products - np.outer(cell.total, cell.total)) / cell.n
    return centred


def _clusters(cells: _Cells, parts: list[_Cell]) -> Clusters:
    cell, cluster, n, total = (np.concatenate(columns) for columns in zip(*cells.cluster_sums, strict=True))
    names = sorted(cells.clusters)
    cluster = _places(names, cells.clusters)[cluster]
    place = np.argsort([part.number for part in parts])
    cell = place[cell]
    order = np.lexsort((cluster, cell))
    pairs = np.stack([cell, cluster], axis=1)[order]
    starts = np.flatnonzero(np.r_[True, (np.diff(pairs, axis=0) != 0).any(axis=1)])
    n, total = np.add.reduceat(n[order], starts), np.add.reduceat(total[order], starts, axis=0)
    cell, cluster = pairs[starts].T
    means = np.array([part.total / part.n for part in parts])
    return Clusters(tuple(names), cell, cluster, n, total - n[:, None] * means[cell])


def _places(names: list[Any], numbers: dict[Any, int]) -> NDArray[np.int64]:
    """Number in order of appearance → place in the order of names."""
    places = np.empty(len(names), np.int64)
    places[[numbers[name] for name in names]] = np.arange(len(names))
    return places


def _arms(reader: Reader) -> tuple[tuple[Any, ...], NDArray[np.int16]]:
    """Names of the arms in their order, and number of appearance → place in it (−1 stays −1)."""
    if not reader.columns.treatment:
        return ("off", 1), np.array([0, 1, -1], np.int16)
    names = ["off", *sorted((a for a in reader.arms if a != "off"), key=lambda a: (isinstance(a, str), a))]
    return tuple(names), np.append(_places(names, reader.arms), -1).astype(np.int16)


def _first_change(path: NDArray[np.int16]) -> Floats:
    """Place of the first period whose arm is not that of the first period seen; inf without one."""
    first = np.take_along_axis(path, (path >= 0).argmax(axis=1)[:, None], axis=1)
    changed = (path >= 0) & (path != first)
    return np.where(changed.any(axis=1), changed.argmax(axis=1), np.inf)


def _calendar(raw: NDArray[np.int64], reader: Reader) -> Calendar:
    columns = reader.columns
    if len(raw) == 1:
        raise ContractError(f"a change needs two periods, but {columns.period} has one value only.")
    kind = _kind(raw, reader.dated)
    numbers = _numbers_of(raw.astype(float), kind).astype(np.int64)
    step = int(np.gcd.reduce(np.diff(numbers)))
    calendar = Calendar(int(numbers[0]), step, int((numbers[-1] - numbers[0]) // step) + 1, kind)
    absent = np.setdiff1d(np.arange(calendar.count), (numbers - numbers[0]) // step)
    if len(absent):
        raise ContractError(
            f"every {columns.period} has rows, but {len(absent):,} between the first and the last have none.\n"
            f"  first: {_day(calendar.label(absent[0]))}\n"
            "  Where nobody did anything, write rows of 0; where nobody was observed, number the periods 1, 2, 3 …"
        )
    return calendar


def _kind(raw: NDArray[np.int64], dated: bool) -> str:
    if not dated:
        return "numbers"
    days = pd.to_datetime(raw, unit="D").day
    return "months" if (days == 1).all() else "days"


def _numbers_of(raw: Floats, kind: str) -> Floats:
    """Raw period numbers as numbers that are evenly spaced: days, months since year 0, or as they are."""
    if kind != "months":
        return np.asarray(raw, float)
    dates = np.asarray(raw).astype(np.int64).astype("datetime64[D]")
    months = dates.astype("datetime64[M]")
    part = (dates - months.astype("datetime64[D]")).astype(float) / 31
    return months.astype(float) + 1970 * 12 + part


def _starts(cells: _Cells, calendar: Calendar, columns: Columns, outside: str) -> dict[float, float]:
    """Cohort as written → place of its first treated period; inf for never."""
    raw = np.array(sorted({key[0] for key in cells.cells} | {c for _, c in cells.left_out if not np.isnan(c)}))
    known = raw[np.isfinite(raw)]
    if np.isneginf(raw).any() or (cells.left_out and ("treated", -np.inf) in cells.left_out):
        known = np.append(known, -np.inf)
    place = {float(c): float(calendar.places(np.array([c]))[0]) if np.isfinite(c) else float(c) for c in known}
    size = _cohort_sizes(cells)
    between = [c for c in known if np.isfinite(place[c]) and place[c] != int(place[c])]
    if between:
        raise ContractError(
            f"{columns.cohort} is one of the {columns.period}s, but for {sum(size[c] for c in between):,} units it lies"
            f" between two.\n  first: {_written(between[0], calendar)}\n"
            f"  Use the {columns.period} it falls in."
        )
    beyond = [c for c in known if not 0 <= place[c] < calendar.count]
    if beyond and outside == "ask":
        raise ContractError(_outside_message(beyond, size, calendar, columns))
    return place | {np.inf: np.inf}


def _cohort_sizes(cells: _Cells) -> dict[float, int]:
    size: dict[float, int] = {}
    for (cohort, _, _), cell in cells.cells.items():
        size[cohort] = size.get(cohort, 0) + cell.n
    for (_, cohort), (units, _) in cells.left_out.items():
        size[cohort] = size.get(cohort, 0) + int(units)
    return size


def _outside_message(beyond: list[float], size: dict[float, int], calendar: Calendar, columns: Columns) -> str:
    return (
        f"{columns.cohort} is a {columns.period} of the panel or missing (never treated), but for"
        f" {sum(size[c] for c in beyond):,} units it is neither.\n"
        f"  first: {_written(beyond[0], calendar)}; the panel runs from {_day(calendar.label(0))} to"
        f" {_day(calendar.label(calendar.count - 1))}\n"
        f"  If it stands for never, make it missing; if these are real {columns.period}s, say outside='known'."
    )


def _written(raw: float, calendar: Calendar) -> str:
    if calendar.kind == "numbers" or not np.isfinite(raw):
        return "inf" if raw == BEYOND else f"{raw:g}"
    return f"{pd.Timestamp(int(raw), unit='D'):%Y-%m-%d}" if abs(raw) < 100_000 else f"day {raw:g}"


def _excluded(cells: _Cells, reader: Reader, calendar: Calendar) -> pd.DataFrame:
    rows: dict[str, NDArray[np.int64]] = {}
    for (reason, cohort), count in cells.left_out.items():
        if reason == "treated":
            early = not np.isfinite(cohort) or calendar.places(np.array([cohort]))[0] <= 0
            reason = "treated from the first period on" if early else "treated when first seen"
        else:
            reason = f"without a {reader.columns.cluster}"
        rows[reason] = rows.get(reason, np.zeros(2, int)) + count
    found = [(reason, int(units), int(left)) for reason, (units, left) in sorted(rows.items())]
    return _exclusions([*found, ("rows that are not eligible", 0, reader.ineligible)])


def _exclusions(found: list[tuple[str, int, int]]) -> pd.DataFrame:
    return pd.DataFrame([row for row in found if row[1] or row[2]], columns=EXCLUDED)


# ── weighted sums of cell means ─────────────────────────────────────────────────────────────────────────────────


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

    def averaged(
        self, groups: list[NDArray[np.int64]], terms: pd.DataFrame, members: NDArray[np.bool_], drawn: bool = True
    ) -> Contrasts:
        """The mean of each group of rows, weighted by the units of the cells in `members` (C × K).

        drawn : cohort sizes are a draw too, so that the weights are uncertain
        """
        weights, from_weights = np.zeros((len(self.n), len(groups))), np.zeros((len(self.moments.n), len(groups)))
        for j, rows in enumerate(groups):
            found = size_weights(self.moments, members[:, rows], self.estimate[rows])
            weights[rows, j], from_weights[:, j] = found
        return self.combined(weights, terms, from_weights * drawn)

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

        With `small_sample` each cohort's part is multiplied by M/(M − 1), M the clusters (or units) in it: the sample
        covariance rather than the mean square, which is too small where a cohort is a few teams.
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
        m, size = self.moments, self.moments.n * self._factor_of_units
        variances = size @ self.on_sizes**2 / m.units**2
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
        if m.clusters is None:
            history = np.unique(m.start, return_inverse=True)[1]
            of_each, sizes = self._projected(_root(m.products.sum(axis=0))) / m.n[:, None], np.bincount(history, m.n)
        else:
            history = m.history_of_clusters
            deviation = np.zeros((len(history), m.calendar.count))
            np.add.at(deviation, m.clusters.cluster, m.clusters.deviation)
            deviation /= np.bincount(m.clusters.cluster, m.clusters.n)[:, None]
            place = (m.clusters.cluster, m.clusters.cell)
            shares = sparse.csr_array((m.clusters.n / m.n[m.clusters.cell], place), shape=(len(history), len(m.n)))
            of_each, sizes = self._projected(_root(deviation.T @ deviation), shares), np.bincount(history)
        parts = np.zeros((len(sizes), len(self.estimate)))
        np.add.at(parts, history, of_each)
        return parts, sizes

    def _projected(self, root: Floats, shares: sparse.csr_array | None = None) -> Floats:
        """A'ΩA of each cell, or of what each cluster has of all cells (G × C), for Ω = root root'; cells × K."""
        total = 0.0
        for column in root.T:
            along = sparse.kron(sparse.eye_array(len(self.moments.n)), column[None, :]) @ self.on_means
            total = total + (along if shares is None else shares @ along).toarray() ** 2
        return np.asarray(total)

    def _by_unit(self) -> Floats:
        m, size = self.moments, self.moments.n * self._factor_of_units
        spread = (self.on_sizes * size[:, None]).T @ self.on_sizes / m.units**2
        for columns, weights, products in self._weights_of_cells():
            spread[np.ix_(columns, columns)] += weights.T @ products @ weights
        return spread

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
        influence = self.influence(clusters)
        return influence, _clusters_factor(self.moments, clusters) if self.small_sample else np.ones(len(influence))

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


def _root(spread: Floats) -> Floats:
    """A matrix whose product with itself transposed is `spread`."""
    values, vectors = np.linalg.eigh(spread)
    real = values > values[-1] * 1e-12
    return vectors[:, real] * np.sqrt(values[real])


def size_weights(m: Moments, members: NDArray[np.bool_], effects: Floats) -> tuple[Floats, Floats]:
    """Weights in proportion to the units behind each effect, and what drawing those units adds to B."""
    share = m.n @ members / m.units
    weights = share / share.sum()
    drawn = (members - share) @ (effects - weights @ effects) / share.sum()
    return weights, drawn


def _units_factor(m: Moments) -> Floats:
    _, cohort = np.unique(m.start, return_inverse=True)
    size = np.bincount(cohort, m.n)[cohort]
    return size / np.maximum(size - 1, 1)


def _clusters_factor(m: Moments, clusters: Clusters) -> Floats:
    """Per cluster M/(M − 1), M the clusters that share its history; all clusters, where it has several starts."""
    history = m.history_of_clusters
    size = np.where(clusters_cohort(m) < 0, len(clusters.names), np.bincount(history)[history])
    return size / np.maximum(size - 1, 1)


def clusters_cohort(m: Moments) -> NDArray[np.int64]:
    """The cohort (by number, in order of start) of each cluster; −1 for those with units in several."""
    assert m.clusters is not None
    _, cohort = np.unique(m.start, return_inverse=True)
    of_row = cohort[m.clusters.cell]
    low, high = np.full(len(m.clusters.names), len(cohort)), np.full(len(m.clusters.names), -1)
    np.minimum.at(low, m.clusters.cluster, of_row)
    np.maximum.at(high, m.clusters.cluster, of_row)
    return np.where(low == high, low, -1)


def followed_paths(m: Moments) -> NDArray[np.int16]:
    """C × T arms; where a cell was not seen, that of the last period before (or the first after)."""
    seen = m.seen
    last_seen = np.maximum.accumulate(np.where(seen, np.arange(m.calendar.count), -1), axis=1)
    return np.take_along_axis(m.path, np.where(last_seen < 0, seen.argmax(axis=1)[:, None], last_seen), axis=1)


def estimates(
    contrasts: Contrasts,
    terms: pd.DataFrame,
    unit: str,
    about: str,
    level: float = 0.95,
    notes: tuple[str, ...] = (),
    summary: bool = False,
    band: bool = True,
    seed: int = 0,
) -> Estimates:
    """Contrasts as a table; with `summary`, the last of them is the one number for all the others."""
    rows = contrasts.selected(np.arange(len(terms))) if summary else contrasts
    table = pd.concat([terms.reset_index(drop=True), _intervals(rows, level, band and len(terms) > 1, seed)], axis=1)
    overall = _intervals(contrasts.selected([-1]), level, False, seed).iloc[0] if summary else None
    return Estimates(table, unit, about, level, overall, (*notes, *_without_interval(rows)), rows)


def _without_interval(contrasts: Contrasts) -> list[str]:
    few, m = int((contrasts.freedoms < FEWEST).sum()), contrasts.moments
    each = f"{m.cluster_name}s" if m.clusters else "units"
    return [f"{few:,} of {len(contrasts.estimate):,} rows rest on two {each} of a kind: no interval."] * (few > 0)


def _intervals(contrasts: Contrasts, level: float, band: bool, seed: int) -> pd.DataFrame:
    estimate, error, freedoms = contrasts.estimate, contrasts.std_error, contrasts.freedoms
    # A base period is compared with itself: nothing is uncertain about it, and nothing was estimated.
    error = np.where(error > 0, error, np.nan)
    told = np.where(freedoms >= FEWEST, error, np.nan)
    reach = told * stats.t.ppf((1 + level) / 2, freedoms)
    columns = {"estimate": estimate, "std_error": error, "conf_low": estimate - reach, "conf_high": estimate + reach}
    if band:
        shown = np.flatnonzero(np.isfinite(told))
        widest = simultaneous(contrasts.covariance[np.ix_(shown, shown)], level, seed)
        reach = told * stats.t.isf(stats.norm.sf(widest), freedoms)
        columns |= {"band_low": estimate - reach, "band_high": estimate + reach}
    return pd.DataFrame({**columns, "n": contrasts.n})


def simultaneous(covariance: Floats, level: float = 0.95, seed: int = 0) -> float:
    """How many standard errors wide a band is that holds all rows at once: the quantile of the largest |z|.

    Rows with few degrees of freedom take the quantile of their t distribution that is as rare.
    Source: Callaway & Sant'Anna (2021), section 4.1, here by drawing from the joint normal distribution.
    """
    error = np.sqrt(np.diag(covariance))
    used = error > 1e-12 * error.max(initial=0)
    if not used.any():
        return float("nan")
    correlation = covariance[np.ix_(used, used)] / np.outer(error[used], error[used])
    root = _root(correlation)
    rng = np.random.default_rng(seed)
    largest = np.concatenate(
        [np.abs(rng.standard_normal((2_000, root.shape[1])) @ root.T).max(axis=1) for _ in range(DRAWS // 2_000)]
    )
    return max(float(np.quantile(largest, level)), float(stats.norm.ppf((1 + level) / 2)))
