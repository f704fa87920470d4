"""Reduces a long table to the moments of its cells.

A *cell* is the set of units with the same treatment history, stratum and periods seen. Its moments are its size n, mean
path m (one number a period) and centred cross-products SS = Σ (y − m)(y − m)'. No estimate needs more (see
`contrasts`); they are small, and moments of disjoint units add up.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from threadpoolctl import ThreadpoolController

from workbench.data.duckdb import as_table
from workbench.errors import ContractError
from workbench.inference.cells import Cells, cells_of, places_of
from workbench.inference.clusters import Clusters, blocks_of, clusters_of, cohorts_of, paths_of
from workbench.inference.layout import Floats, numbered
from workbench.inference.loose import Loose, products_of
from workbench.inference.reader import Columns, Reader
from workbench.inference.timeline import Timeline, day, first_places, timeline_of
from workbench.results.phrases import punctuated, say, say_n, translated

EXCLUDED = ["reason", "units", "rows"]


@dataclass(frozen=True, eq=False, repr=False)
class Moments:
    """A long table reduced to cells; C cells, T periods.

    path : C × T, number of the arm in each period (0: off, −1: not seen)
    start : C, place of the first treated period (inf: never)
    stratum : C, which of `strata`; seen : C × T
    n : C; mean : C × T; products : C × T × T, centred, 0 where not seen; where some cells are `loose`, of the others
    arms : names of the arms, "off" first
    excluded : reason, units, rows of everybody left out
    zeros : some row is 0; where none is and rows are missing, these may be weeks in which nothing was done

    >>> from workbench.simulation import tiny_crm
    >>> panel = wb.user_weeks(wb.open_source(tiny_crm()))
    >>> m = wb.moments(panel, outside="known")
    >>> m.units
    24
    """

    outcome: str
    timeline: Timeline
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
    zeros: bool = True
    loose: Loose | None = None

    @property
    def with_products(self) -> NDArray[np.int64]:
        """The cells that `products` are of, in their order."""
        return np.arange(len(self.n)) if self.loose is None else self.loose.summed

    def pooled(self) -> Moments:
        """The same, where units alone in their cells have one row a history in the weights on means (see `pool`)."""
        if self.loose is None or self.clusters is not None:
            return self
        return replace(self, loose=replace(self.loose, pooled=True))

    @cached_property
    def pool(self) -> NDArray[np.int64]:
        """C: the row that each cell has in weights on means."""
        own = np.arange(len(self.n))
        if self.loose is None or not self.loose.pooled:
            return own
        return np.unique(np.where(self.n == 1, len(own) + self.history, own), return_inverse=True)[1]

    @cached_property
    def history(self) -> NDArray[np.int64]:
        """C: a number for each cell, the same for those of one start and stratum, which means are taken of."""
        cohort = np.unique(self.start, return_inverse=True)[1]
        return cohort if len(self.strata) < 2 else numbered(cohort, self.stratum)

    def without_loose(self) -> Moments:
        """The same with products of every cell: no row of a single unit."""
        if self.loose is None:
            return self
        products = np.zeros((len(self.n), *self.products.shape[1:]))
        products[self.loose.summed] = self.products
        for cell in np.setdiff1d(np.arange(len(self.n)), self.loose.summed):
            rows = self.loose.deviation[self.loose.cell == cell]
            products[cell] = rows.T @ rows
        return replace(self, products=products, loose=None)

    @cached_property
    def seen(self) -> NDArray[np.bool_]:
        """C × T: the cell's units have a row in the period."""
        return self.path >= 0

    @property
    def gaps(self) -> int:
        """Rows missing between the first and the last row of a unit."""
        seen = self.seen
        inside = np.maximum.accumulate(seen, axis=1) & np.maximum.accumulate(seen[:, ::-1], axis=1)[:, ::-1]
        return int(self.n @ (inside & ~seen).sum(axis=1))

    @property
    def units(self) -> int:
        """How many units there are."""
        return round(float(self.n.sum()))

    @cached_property
    def cohorts(self) -> pd.DataFrame:
        """One row per start of treatment: cohort (None: never), units, cells."""
        sizes = pd.DataFrame({"start": self.start, "units": self.n, "cells": 1}).groupby("start", as_index=False).sum()
        sizes.insert(0, "cohort", pd.Series(self.timeline.labels(sizes.start), dtype=object))
        return sizes.drop(columns="start")

    @property
    def unit(self) -> str:
        """What the outcome counts, such as "active days a week"."""
        every = {("days", 7): " a week", ("days", 1): " a day"}.get((self.timeline.kind, self.timeline.step), "")
        return self.outcome.replace("_", " ") + every

    @property
    def followed(self) -> NDArray[np.int16]:
        """C × T arms; where a cell was not seen, that of the last period before (or the first after)."""
        seen = self.seen
        last_seen = np.maximum.accumulate(np.where(seen, np.arange(self.timeline.count), -1), axis=1)
        return np.take_along_axis(self.path, np.where(last_seen < 0, seen.argmax(axis=1)[:, None], last_seen), axis=1)

    @cached_property
    def cohort_of_clusters(self) -> NDArray[np.int64]:
        """The cohort (by number, in order of start) of each cluster; −1 for those with units in several."""
        assert self.clusters is not None
        return cohorts_of(self.clusters, self.start)

    @cached_property
    def history_of_clusters(self) -> NDArray[np.int64]:
        """A number for each cluster, the same for those treated alike: start, and the path of most of their units.

        Those that are `mixed` have one number in common; and only those whose units meet in strata have the same.
        """
        alike = np.where(self.mixed_clusters, -1 - self.blocks_of_clusters, self._path_of_clusters)
        return np.unique(alike, return_inverse=True)[1]

    @cached_property
    def blocks_of_clusters(self) -> NDArray[np.int64]:
        """A number for each cluster, see `clusters.blocks_of`."""
        assert self.clusters is not None
        return blocks_of(self.clusters, self.stratum)

    @cached_property
    def mixed_clusters(self) -> NDArray[np.bool_]:
        """Clusters whose units start at several times, and where these are compared, those that share no path.

        Where single units were assigned, a cluster that is all of one start is so by chance: it is one of the mixed.
        """
        mixed = self.cohort_of_clusters < 0
        _, place, count = np.unique(self._path_of_clusters, return_inverse=True, return_counts=True)
        among_mixed = np.bincount(self.blocks_of_clusters, mixed)[self.blocks_of_clusters] > 0
        return np.asarray(mixed | (among_mixed & (count[place] == 1)))

    @cached_property
    def _path_of_clusters(self) -> NDArray[np.int64]:
        """A number for each cluster, the same for those of one start and block, most of whose units have one path."""
        assert self.clusters is not None
        block = blocks_of(self.clusters, self.stratum, self.cohort_of_clusters)
        return numbered(self.cohort_of_clusters, paths_of(self.clusters, self.followed), block)

    def balanced(self) -> Moments:
        """Only the units seen in every period."""
        whole = np.asarray(self.seen.all(axis=1))
        left = _exclusions(
            [("not seen in every period", self.n[~whole].sum(), self.n[~whole] @ self.seen[~whole].sum(1))]
        )
        return replace(self.subset(whole), excluded=pd.concat([self.excluded, left], ignore_index=True))

    def untreated_at_first(self) -> Moments:
        """Only the units that are seen before their treatment begins; the others are counted."""
        early = self.start <= self.seen.argmax(axis=1)
        left = _exclusions([("treated when first seen", self.n[early].sum(), self.n[early] @ self.seen[early].sum(1))])
        return replace(self.subset(~early), excluded=pd.concat([self.excluded, left], ignore_index=True))

    def without(self, cohort: Any) -> Moments:
        """Without the units first treated in this period."""
        labels = pd.Series(self.timeline.labels(self.start), dtype=object)
        keep = np.array([label != cohort for label in labels])
        if keep.all():
            raise ContractError(
                f"there is no cohort {cohort}; there are {', '.join(map(str, labels.dropna().unique()))}."
            )
        return self.subset(keep)

    def without_cluster(self, name: Any) -> Moments:
        """Without the units of one cluster; only standard errors by cluster can follow."""
        clusters = self.clusters
        if clusters is None or name not in clusters.names:
            raise ContractError(f"there is no {self.cluster_name or 'cluster'} {name!r} in these moments.")
        return self._without_groups(clusters, clusters.cluster == clusters.names.index(name))

    def withheld(self, minimum: int) -> Moments:
        """Without the units of cells smaller than `minimum`, or of a cluster's part of a cell; they are counted."""
        small = self.n < minimum if self.clusters is None else self.clusters.n < minimum
        cell, n = (np.arange(len(self.n)), self.n) if self.clusters is None else (self.clusters.cell, self.clusters.n)
        lost = [(f"in groups of fewer than {minimum}", n[small].sum(), n[small] @ self.seen[cell[small]].sum(1))]
        rest = self.subset(~small) if self.clusters is None else self._without_groups(self.clusters, small)
        return replace(rest, excluded=pd.concat([self.excluded, _exclusions(lost)], ignore_index=True))

    def _without_groups(self, clusters: Clusters, gone: NDArray[np.bool_]) -> Moments:
        """Without some clusters' parts of cells; the cells' own covariance is not known any more."""
        if not gone.any():
            return self
        n, shift = self.n.copy(), np.zeros_like(self.mean)
        np.subtract.at(n, clusters.cell[gone], clusters.n[gone])
        np.subtract.at(shift, clusters.cell[gone], clusters.deviation[gone])
        shift /= np.maximum(n, 1)[:, None]
        rest = replace(
            clusters,
            cell=clusters.cell[~gone],
            cluster=clusters.cluster[~gone],
            n=clusters.n[~gone],
            # Deviations are from the new mean, which lies `shift` away from the old one.
            deviation=clusters.deviation[~gone] - clusters.n[~gone, None] * shift[clusters.cell[~gone]],
        )
        whole = (len(n), *self.products.shape[1:])
        unknown = np.full(whole if self.loose is None else (len(n), 1, 1), np.nan)
        rest_of = replace(self, n=n, mean=self.mean + shift, clusters=rest, products=unknown, loose=None)
        return rest_of.subset(n > 0)

    def subset(self, keep: NDArray[np.bool]) -> Moments:
        """Only some cells (C), and the clusters with units in them; nothing is counted as left out."""
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
        parts = {name: getattr(self, name)[keep] for name in ("path", "start", "stratum", "n", "mean")}
        loose = None if self.loose is None else self.loose.subset(keep)
        products = self.products[keep[self.with_products]]
        return replace(self, clusters=clusters, products=products, loose=loose, **parts)

    def __repr__(self) -> str:
        first, last = self.timeline.name(0), self.timeline.name(self.timeline.count - 1)
        lines = [
            f"Moments of {self.outcome}: {self.units:,} units, {self.timeline.count} periods",
            f"  from {first} to {last}; first treated in",
            *(
                f"  {'never' if c is None else day(c)}: {n:,}"
                for c, n in zip(self.cohorts.cohort, self.cohorts.units, strict=True)
            ),
            *(f"  left out, {r.reason}: {r.units:,} units" for r in self.excluded.itertuples()),
        ]
        return "\n".join(lines)


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

    >>> from workbench.simulation import tiny_crm
    >>> panel = wb.user_weeks(wb.open_source(tiny_crm()))
    >>> m = wb.moments(panel, outside="known")
    >>> m.units, m.unit, m.cohorts["units"].tolist()
    (24, 'active days a week', [2, 2, 20])
    """
    if outside not in ("ask", "known"):
        raise ContractError(f"outside is 'ask' or 'known', not {outside!r}.")
    named = (strata,) if isinstance(strata, str) else tuple(strata or ())
    columns = Columns(unit, period, outcome, "" if treatment else cohort, treatment or "", cluster or "", named)
    reader = Reader(as_table(panel), columns)
    # Products of narrow matrices gain nothing from threads, which would only get in the way of the engine's.
    with _libraries().limit(limits=1, user_api="blas"):
        cells = cells_of(reader)
    return _finished(cells, reader, outside)


@cache
def _libraries() -> ThreadpoolController:
    return ThreadpoolController()


def _finished(cells: Cells, reader: Reader, outside: str) -> Moments:
    columns = reader.columns
    if not len(cells.periods):
        raise ContractError(say("the table has no rows, so there is nothing to estimate."))
    if cells.range[0] == cells.range[1]:
        parts = {"outcome": columns.outcome, "value": punctuated(f"{cells.range[0]:g}")}
        rule = say("{outcome} is {value} in every row: nothing varies, so nothing can be learned.", **parts)
        raise ContractError(rule)
    timeline = timeline_of(cells.periods, reader)
    sums = cells.sums()
    starts = first_places(cells, sums, timeline, columns, outside)
    left = _excluded(cells, reader, timeline)
    if not len(sums.n):
        lost = (
            say_n("{reason}: {n} unit", "{reason}: {n} units", units, reason=translated(reason))
            for reason, units in zip(left["reason"], left["units"], strict=True)
        )
        raise ContractError(say("no unit is left to learn from ({reasons}).", reasons="; ".join(lost)))
    arms, renumber = _arms(reader)
    path = renumber[sums.path]
    start = np.array([starts[cohort] for cohort in sums.cohort.tolist()])
    if columns.treatment:
        start = _first_change(path)
    else:
        path[(path >= 0) & (np.arange(timeline.count) >= start[:, None])] = 1
    products, loose = products_of(sums)
    n = sums.n[:, None]
    return Moments(
        outcome=columns.outcome,
        timeline=timeline,
        path=path,
        start=start,
        stratum=sums.stratum,
        strata=sums.strata,
        n=sums.n,
        # One division: of whole numbers it gives the same bits whatever the shift was.
        mean=np.where(path >= 0, (n * cells.shift + sums.total) / n, 0.0),
        products=products,
        loose=loose,
        excluded=left,
        arms=arms,
        clusters=clusters_of(cells, sums) if columns.cluster else None,
        cluster_name=columns.cluster,
        zeros=cells.zeros,
    )


def _arms(reader: Reader) -> tuple[tuple[Any, ...], NDArray[np.int16]]:
    """Names of the arms in their order, and number of appearance → place in it (−1 stays −1)."""
    if not reader.columns.treatment:
        return ("off", 1), np.array([0, 1, -1], np.int16)
    names = ["off", *sorted((a for a in reader.arms if a != "off"), key=lambda a: (isinstance(a, str), a))]
    return tuple(names), np.append(places_of(names, reader.arms), -1).astype(np.int16)


def _first_change(path: NDArray[np.int16]) -> Floats:
    """Place of the first period whose arm is not that of the first period seen; inf without one."""
    first = np.take_along_axis(path, (path >= 0).argmax(axis=1)[:, None], axis=1)
    changed = (path >= 0) & (path != first)
    return np.where(changed.any(axis=1), changed.argmax(axis=1), np.inf)


def _excluded(cells: Cells, reader: Reader, timeline: Timeline) -> pd.DataFrame:
    rows: dict[str, NDArray[np.int64]] = {}
    for (reason, cohort), count in cells.left_out.items():
        if reason == "treated":
            early = not np.isfinite(cohort) or timeline.places(np.array([cohort]))[0] <= 0
            reason = "treated from the first period on" if early else "treated when first seen"
        else:
            reason = f"without a {reader.columns.cluster}"
        rows[reason] = rows.get(reason, np.zeros(2, int)) + count
    found = [(reason, int(units), int(left)) for reason, (units, left) in sorted(rows.items())]
    return _exclusions([*found, ("rows that are not eligible", 0, reader.ineligible)])


def _exclusions(found: list[tuple[str, int, int]]) -> pd.DataFrame:
    return pd.DataFrame([row for row in found if row[1] or row[2]], columns=EXCLUDED)
