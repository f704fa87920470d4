"""Reads a panel unit by unit, with what was true of each before treatment.

Means of cells are enough for most estimates, but not for chances of treatment fitted to covariates: here every unit
stands by itself, beside the moments of all. N units × T periods are held in memory.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from workbench.data.duckdb import as_table
from workbench.data.engine import Table, free, identifier
from workbench.data.rules import Rule, breaches, first_row, message, numbered
from workbench.errors import ContractError
from workbench.inference.layout import Floats, Unsorted
from workbench.inference.moments import EXCLUDED, Moments, moments
from workbench.inference.people import check_types, covariate_columns, is_number
from workbench.inference.reader import Block, Columns, Reader
from workbench.inference.timeline import Timeline
from workbench.results.phrases import plain, say


@dataclass(frozen=True)
class UnitColumns:
    """Which column plays which role; an empty string means none."""

    unit: str
    period: str
    outcome: str
    cohort: str
    cluster: str
    weight: str
    covariates: tuple[str, ...]

    @property
    def constant(self) -> tuple[str, ...]:
        """Columns that do not change within a unit."""
        return tuple(dict.fromkeys(filter(None, (*self.covariates, self.weight))))


@dataclass(frozen=True, eq=False)
class Units:
    """N units in the order of their cells.

    moments : of the same units, in C cells
    outcome : N × T, NaN where the unit has no row
    cell : N, which of the moments' cells; cluster : N, which of their clusters (all 0 without)
    covariates : N × P, around `centre` and over `scale`; names : what they are called
    weight : N, of mean 1
    """

    moments: Moments
    outcome: Floats
    cell: NDArray[np.int64]
    cluster: NDArray[np.int64]
    covariates: Floats
    centre: Floats
    scale: Floats
    names: tuple[str, ...]
    weight: Floats

    def __len__(self) -> int:
        return len(self.cell)


def read_units(panel: Any, columns: UnitColumns, outside: str = "ask") -> Units:
    """All units of a panel that have what is asked for; ContractError where it breaks a rule."""
    table = as_table(panel)
    _check_columns(table, columns)
    known, lacking = _with_all(table, columns)
    m = moments(
        known,
        columns.unit,
        columns.period,
        columns.outcome,
        columns.cohort,
        cluster=columns.cluster or None,
        outside=outside,
    )
    ids, outcome, start = _paths(known, columns, m.timeline)
    facts, cluster = _facts(known, columns)
    place = facts.index.get_indexer(pd.Index(ids))
    facts, cluster = facts.iloc[place], cluster[place]
    cell, used = _cells(m, outcome, start, pd.notna(cluster) if columns.cluster else None)
    order = used[np.argsort(cell[used], kind="stable")]
    facts = facts.iloc[order].reset_index(drop=True)
    x, names = covariate_columns(pa.Table.from_pandas(facts, preserve_index=False), columns.covariates)
    weight = facts[columns.weight].to_numpy(float) if columns.weight else np.ones(len(order))
    return Units(
        moments=replace(m, excluded=pd.concat([m.excluded, lacking], ignore_index=True)),
        outcome=outcome[order],
        cell=cell[order],
        cluster=_clusters(m, cluster[order]) if columns.cluster else np.zeros(len(order), np.int64),
        # Neither changes an estimate, and both spare digits.
        covariates=(x - x.mean(axis=0)) / _spread(x, names),
        centre=x.mean(axis=0),
        scale=_spread(x, names),
        names=names,
        weight=weight / weight.mean(),
    )


def _with_all(table: Table, columns: UnitColumns) -> tuple[Table, pd.DataFrame]:
    """The rows of units that have every covariate and a weight; and how many do not."""
    there = " and ".join(f"{identifier(name)} is not null" for name in columns.constant)
    units = f"count(distinct {identifier(columns.unit)}) as units"
    lost = table.sql(f"select {units}, count(*) as rows_lost from this where not ({there})").to_pandas().iloc[0]
    reason = "without a covariate" + (" or a weight" if columns.weight else "")
    left = pd.DataFrame([(reason, *map(int, lost))] * bool(lost["units"]), columns=EXCLUDED)
    return table.sql(f"select * from this where {there}"), left


def _facts(table: Table, columns: UnitColumns) -> tuple[pd.DataFrame, NDArray[np.object_]]:
    """By unit the covariates and the weight; and the cluster of each as text, as moments know it."""
    unit, cluster = free("unit", columns.constant), free("cluster", columns.constant)
    chosen = [f"{identifier(columns.unit)} as {unit}"]
    chosen += [f"min({identifier(name)}) as {identifier(name)}" for name in columns.constant]
    chosen += [f"min({identifier(columns.cluster)}) as {cluster}"] * bool(columns.cluster)
    rows = table.sql(f"select {', '.join(chosen)} from this group by 1 order by 1").to_arrow()
    # In pandas, whole numbers beside missing ones would turn into fractions.
    labels = rows[cluster].to_pylist() if columns.cluster else [None] * len(rows)
    text = np.array([None if label is None or label != label else str(label) for label in labels], object)
    return rows.select([unit, *columns.constant]).to_pandas().set_index(unit), text


def _paths(table: Table, columns: UnitColumns, timeline: Timeline) -> tuple[list[Any], Floats, Floats]:
    """Of every unit: its name, its outcomes (N × T), and the place of its start (inf: never)."""
    # The reader knows units by where they begin; as their own clusters they have names.
    reader = Reader(table, Columns(columns.unit, columns.period, columns.outcome, columns.cohort, cluster=columns.unit))
    try:
        blocks = list(reader.blocks())
    except Unsorted:
        blocks = list(reader.blocks(sort=True))
    outcome = np.concatenate([_on_timeline(block, timeline) for block in blocks])
    cohort = np.concatenate([np.full(len(b), np.nan) if b.cohort is None else b.cohort for b in blocks])
    ids = [name for block in blocks for name in (block.cluster if block.cluster is not None else ())]
    return ids, outcome, np.where(np.isnan(cohort), np.inf, timeline.places(np.nan_to_num(cohort, posinf=1e300)))


def _on_timeline(block: Block, timeline: Timeline) -> Floats:
    wide = np.full((len(block), timeline.count), np.nan)
    wide[:, timeline.places(block.periods.astype(float)).astype(int)] = block.outcome
    return wide


def _cells(
    m: Moments, outcome: Floats, start: Floats, has_cluster: NDArray[np.bool_] | None
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Which cell each unit is in, and the places of those that are in one: the others are left out of the moments."""
    seen = ~np.isnan(outcome)
    number = {(float(m.start[c]), m.seen[c].tobytes()): c for c in range(len(m.n))}
    cell = np.array([number.get((float(g), row.tobytes()), -1) for g, row in zip(start, seen, strict=True)], np.int64)
    used = np.flatnonzero((cell >= 0) if has_cluster is None else (cell >= 0) & has_cluster)
    assert (np.bincount(cell[used], minlength=len(m.n)) == m.n).all()
    return cell, used


def _clusters(m: Moments, names: NDArray[np.object_]) -> NDArray[np.int64]:
    assert m.clusters is not None
    return np.asarray(pd.Index(m.clusters.names).get_indexer(names), np.int64)


def _spread(x: Floats, names: tuple[str, ...]) -> Floats:
    spread: Floats = x.std(axis=0)
    if not spread.all():
        name = plain(names[int((spread == 0).argmax())])
        rule = say("a covariate varies, but {name} is the same for everybody.", name=name)
        raise ContractError(f"{rule}\n  Leave it out.")
    return spread


# ── what is wrong ───────────────────────────────────────────────────────────────────────────────────────────────────


def _check_columns(table: Table, columns: UnitColumns) -> None:
    if not columns.covariates:
        raise ContractError("name the covariates to adjust for, or use att_gt(moments(…)), which adjusts for none.")
    for name in (columns.unit, columns.period, columns.outcome, columns.cohort, columns.cluster, *columns.constant):
        if name and name not in table.columns:
            raise ContractError(f"there is no column {name!r}.\n  The table has {', '.join(table.columns)}.")
    for name in columns.constant:
        _check_constant(table, columns, name)
    check_types(table, columns.covariates)
    _check_numbers(table, columns)


def _check_constant(table: Table, columns: UnitColumns, name: str) -> None:
    text, unit = identifier(name), identifier(columns.unit)
    varying = table.sql(
        f"select count(*) as n from (select 1 as one from this group by {unit} having min({text}) <> max({text})"
        f" or (count({text}) > 0 and count({text}) < count(*))) as varying"
    ).to_arrow()["n"][0]
    if varying.as_py():
        raise ContractError(
            f"{name} does not change within a {columns.unit}, but for {varying.as_py():,} of them it does.\n"
            "  Use what was true before treatment, the same in all of a unit's rows."
        )


def _check_numbers(table: Table, columns: UnitColumns) -> None:
    """ContractError where a covariate is infinite, or a weight not above 0."""
    numbers = [name for name in columns.constant if is_number(table.schema.field(name).type)]
    way_out = "Make it missing, or correct it."
    rules = [
        Rule(f"{name} is finite", f"not (abs(cast({identifier(name)} as double precision)) < 1e300)", way_out)
        for name in numbers
    ]
    if columns.weight:
        positive = f"{identifier(columns.weight)} <= 0"
        rules.append(Rule(f"{columns.weight} is above 0", positive, "Leave out who counts for nothing."))
    for breach in breaches(table, rules):
        claim = f"{breach.rule.promise}, but not in {breach.rows:,} of {breach.of:,} rows"
        raise ContractError(message(claim, first_row(numbered(table), breach.rule.broken_by), breach.rule.repair))
