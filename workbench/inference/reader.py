"""Streams a long table as blocks of whole units.

Every row says what one unit did in one period. The table is read once, in the order of its units (it is sorted by its
engine only where it does not come that way), cut where the unit changes, and turned into matrices, units × periods, so
that memory does not grow with the table. Each rule is checked on the way at almost no cost; only when one is broken is
the table read again, to count the offenders and find the first.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from workbench.data.engine import Table, identifier
from workbench.data.rules import ROW, Rule, breaches, first_row, message, numbered
from workbench.errors import ContractError
from workbench.inference.layout import NEVER, Layout, bits_of, days_of, filled_up, layout_of, starts_of


@dataclass(frozen=True)
class Columns:
    """Which column of the long table plays which part; a part that nobody plays is empty."""

    unit: str
    period: str
    outcome: str
    cohort: str = ""
    treatment: str = ""
    cluster: str = ""
    strata: tuple[str, ...] = ()

    @property
    def named(self) -> dict[str, str]:
        """Part → column, for the parts that one column plays."""
        parts = {"unit": self.unit, "period": self.period, "outcome": self.outcome, "cohort": self.cohort}
        parts |= {"treatment": self.treatment, "cluster": self.cluster}
        return {part: name for part, name in parts.items() if name}


@dataclass(frozen=True)
class Block:
    """Whole units, by what they did in each period.

    periods : the P period numbers of this block, ascending (dates are days since 1970-01-01)
    outcome : n × P, NaN where the unit has no row
    complete : every unit has a row in every period
    cohort : n period numbers, NaN for never; None without a cohort column
    treatment : n × P numbers of arms (see `Reader.arms`), −1 where the unit has no row; None without such a column
    cluster, stratum : n labels, None where missing; None without such a column
    """

    periods: NDArray[np.int64]
    outcome: NDArray[Any]
    complete: bool
    cohort: NDArray[np.float64] | None = None
    treatment: NDArray[np.int16] | None = None
    cluster: NDArray[np.object_] | None = None
    stratum: NDArray[np.object_] | None = None

    def __len__(self) -> int:
        return len(self.outcome)


@dataclass
class Reader:
    """A long table whose columns have the right types.

    arms : what was seen in the treatment column → its number in a Block; "off" (0, false, missing text) is 0
    ineligible : rows left out because the table's own `eligible` column is false
    """

    table: Table
    columns: Columns
    arms: dict[Any, int] = field(default_factory=lambda: {"off": 0})
    ineligible: int = 0

    def __post_init__(self) -> None:
        _check_columns(self.table, self.columns)

    @property
    def dated(self) -> bool:
        """Periods are dates, not whole numbers."""
        return bool(pa.types.is_temporal(self.table.schema.field(self.columns.period).type))

    def blocks(self, sort: bool = False) -> Iterator[Block]:
        """Every unit once; Unsorted where a unit is not greater than the one before it."""
        self.ineligible = 0
        for rows, starts in _whole_units(self._eligible(batch) for batch in self._query(sort).batches()):
            yield self._block(rows, starts)

    def _query(self, sort: bool) -> Table:
        names = {part: identifier(name) for part, name in self.columns.named.items()}
        if self.columns.strata:
            names["stratum"] = _one_text(self.columns.strata)
        if _has_eligible(self.table):
            names["eligible"] = "eligible"
        chosen = ", ".join(f"{name} as {part}" for part, name in names.items())
        return self.table.sql(f"select {chosen} from this" + (f" order by {names['unit']}" if sort else ""))

    def _eligible(self, rows: pa.RecordBatch) -> pa.RecordBatch:
        if "eligible" not in rows.schema.names:
            return rows
        kept = rows.filter(pc.fill_null(rows["eligible"], True))
        self.ineligible += len(rows) - len(kept)
        return kept.drop_columns(["eligible"])

    def _block(self, rows: pa.RecordBatch, starts: NDArray[np.int64]) -> Block:
        layout = layout_of(starts, self._numbers(rows["period"], "period"))
        if layout.repeats():
            self._refuse_duplicates()
        return Block(
            layout.periods,
            layout.matrix(self._outcome(rows), np.nan),
            complete=layout.place is None,
            cohort=self._cohort(rows, layout),
            treatment=self._treatment(rows, layout),
            cluster=self._label(rows, "cluster", layout),
            stratum=self._label(rows, "stratum", layout),
        )

    # ── one part at a time ──────────────────────────────────────────────────────────────────────────────────────

    def _numbers(self, values: pa.Array, part: str) -> NDArray[Any]:
        """Periods as numbers (dates as days since 1970-01-01); missing cohorts as NEVER."""
        if part == "period" and _known(values).null_count:
            self._refuse(_missing(part, values.type), f"{self.columns.period} is missing", "Leave these rows out.")
        if pa.types.is_null(values.type):
            return np.full(len(values), NEVER)
        if pa.types.is_temporal(values.type):
            values, between = days_of(values)
            if between:
                self._refuse(
                    f"{{{part}}} <> cast({{{part}}} as date)",
                    f"{self._name(part)} has a time of day",
                    "Make it a date: panel[column].dt.normalize().",
                )
        if pa.types.is_integer(values.type) and not values.null_count:
            return np.asarray(values.to_numpy(zero_copy_only=False))
        if pa.types.is_integer(values.type):
            return np.asarray(values.cast(pa.int64()).fill_null(int(NEVER)).to_numpy(zero_copy_only=False))
        numbers = filled_up(values, NEVER)
        if numbers.dtype.kind == "f" and np.isnan(numbers).any():
            numbers = np.where(np.isnan(numbers), NEVER, numbers)
        if numbers.dtype.kind == "f" and not np.array_equal(numbers, np.floor(numbers)):
            self._refuse(
                f"{{{part}}} <> floor({{{part}}})",
                f"{self._name(part)} lies between periods",
                "Periods are whole numbers; round it down to the period it falls in.",
            )
        return numbers

    def _outcome(self, rows: pa.RecordBatch) -> NDArray[np.float64]:
        outcome = filled_up(rows["outcome"], np.nan)
        if outcome.dtype.kind == "f" and not np.isfinite(outcome).all():
            self._refuse(
                f"{_missing('outcome', rows['outcome'].type)} or not (abs({{outcome}}) < 1e300)",
                f"{self.columns.outcome} is missing or infinite",
                "Where nothing was done it is 0; where somebody was not observed there is no row.",
            )
        return outcome

    def _cohort(self, rows: pa.RecordBatch, layout: Layout) -> NDArray[np.float64] | None:
        if "cohort" not in rows.schema.names:
            return None
        values = rows["cohort"]
        # Most tables keep this rule, and bits are compared at a tenth of the cost of numbers that may be missing.
        if layout.varies(bits_of(values)):
            self._check_constant(self._numbers(values, "cohort"), layout, "cohort")
        firsts = self._numbers(values.take(pa.array(layout.starts)), "cohort").astype(np.float64)
        return np.where(firsts == NEVER, np.nan, firsts)

    def _treatment(self, rows: pa.RecordBatch, layout: Layout) -> NDArray[np.int16] | None:
        if "treatment" not in rows.schema.names:
            return None
        coded = _known(rows["treatment"]).dictionary_encode()
        if coded.null_count and not _is_text(coded.dictionary.type):
            broken = _missing("treatment", coded.dictionary.type)
            self._refuse(broken, f"{self.columns.treatment} is missing", "Write 0 where it was off.")
        numbers = np.array([self._arm(value) for value in coded.dictionary.to_pylist()] + [0], np.int16)
        return layout.matrix(numbers[filled_up(coded.indices, -1).astype(np.int64)], -1)

    def _arm(self, value: Any) -> int:
        if value in (0, "", "0", "off"):  # False is 0
            return 0
        value = int(value) if isinstance(value, bool | float) and value == int(value) else value
        return self.arms.setdefault(value, len(self.arms))

    def _label(self, rows: pa.RecordBatch, part: str, layout: Layout) -> NDArray[np.object_] | None:
        if part not in rows.schema.names:
            return None
        coded = _known(rows[part]).dictionary_encode()
        codes = filled_up(coded.indices, -1).astype(np.int64)
        self._check_constant(codes, layout, part)
        labels = np.array([*coded.dictionary.to_pylist(), None], object)
        return labels[codes[layout.starts]]

    # ── what is wrong ───────────────────────────────────────────────────────────────────────────────────────────

    def _name(self, part: str) -> str:
        return " × ".join(self.columns.strata) if part == "stratum" else self.columns.named[part]

    def _check_constant(self, values: NDArray[Any], layout: Layout, part: str) -> None:
        if not layout.varies(values):
            return
        text = _one_text(self.columns.strata) if part == "stratum" else identifier(self._name(part))
        per_unit = (
            f"select count(*) as n from (select 1 as one from this group by {identifier(self.columns.unit)}"
            f" having min({text}) <> max({text}) or (count({text}) > 0 and count({text}) < count(*))) as varying"
        )
        count = self.table.sql(per_unit).row()["n"]
        hint = {
            "cohort": "It is the first period of treatment, the same in all of a unit's rows;"
            " for a treatment that switches on and off use treatment=, not cohort=.",
            "cluster": "Give each unit the one it belonged to when treatment was assigned.",
            "stratum": "Use what was true before treatment, the same in all of a unit's rows.",
        }
        raise ContractError(
            f"{self._name(part)} does not change within a {self.columns.unit}, but for {count:,} of them it does.\n"
            f"  {hint[part]}"
        )

    def _refuse_duplicates(self) -> None:
        unit, period = identifier(self.columns.unit), identifier(self.columns.period)
        again = f"row_number() over (partition by {unit}, {period} order by {ROW}) > 1 as again"
        count, first = _offenders(numbered(self.table).sql(f"select {ROW}, {again} from this"), "again")
        claim = f"a {self.columns.unit} has one row per {self.columns.period}, but {count:,} rows repeat one"
        raise ContractError(message(claim, first, "Add them up, or keep one of each."))

    def _refuse(self, condition: str, what: str, way_out: str) -> None:
        names = {part: identifier(name) for part, name in self.columns.named.items()}
        count, first = _offenders(numbered(self.table), condition.format(**names))
        raise ContractError(message(f"{what} in {count:,} rows", first, way_out))


def _offenders(rows: Table, condition: str) -> tuple[int, str]:
    """How many rows meet a condition that some row meets, and the first of them."""
    (breach,) = breaches(rows, [Rule("", condition, "")])
    return breach.rows, first_row(rows, condition)


def _check_columns(table: Table, columns: Columns) -> None:
    """ContractError unless every column is there and has a type its part can have."""
    for name in (*columns.named.values(), *columns.strata):
        if name not in table.columns:
            raise ContractError(f"there is no column {name!r}.\n  The table has {', '.join(table.columns)}.")
    types = {part: table.schema.field(name).type for part, name in columns.named.items()}
    if not _is_number(types["outcome"]):
        raise ContractError(f"{columns.outcome} is a number, but here it is {types['outcome']}.\n  Convert the column.")
    for part in ("period", "cohort"):
        _check_period(columns.named.get(part, ""), types.get(part, pa.null()))
    if "cohort" in types and not pa.types.is_null(types["cohort"]):
        dated = {part: pa.types.is_temporal(types[part]) for part in ("period", "cohort")}
        if dated["period"] != dated["cohort"]:
            raise ContractError(
                f"{columns.cohort} names a {columns.period}, but one of them is a date and the other a number.\n"
                f"  {columns.period} is {types['period']}, {columns.cohort} is {types['cohort']}."
            )


def _check_period(name: str, kind: pa.DataType) -> None:
    if pa.types.is_timestamp(kind) and kind.tz:
        raise ContractError(
            f"{name} is a date or a whole number, but here it is an instant with the zone {kind.tz}.\n"
            "  Take the local date: panel[column].dt.tz_localize(None).dt.normalize()."
        )
    if pa.types.is_boolean(kind):
        raise ContractError(
            f"{name} is a date or a whole number, but here it is true or false.\n"
            "  Give the period itself: for a cohort the first one of treatment, missing for never."
        )
    if not (pa.types.is_null(kind) or pa.types.is_date(kind) or pa.types.is_timestamp(kind) or _is_number(kind)):
        raise ContractError(f"{name} is a date or a whole number, but here it is {kind}.\n  Convert the column.")


def _missing(part: str, kind: pa.DataType) -> str:
    """SQL: the column of a part is missing, or NaN."""
    # As text: what is known of a file's least and greatest says nothing of NaN, so the engine may not look for it.
    nan = f" or lower(cast({{{part}}} as varchar)) = 'nan'" if pa.types.is_floating(kind) else ""
    return f"{{{part}}} is null{nan}"


def _known(values: pa.Array) -> pa.Array:
    """The same, NaN as missing: a file may have it."""
    if not pa.types.is_floating(values.type):
        return values
    return pc.if_else(pc.is_nan(values), pa.scalar(None, values.type), values)


def _is_number(kind: pa.DataType) -> bool:
    tests = (pa.types.is_integer, pa.types.is_floating, pa.types.is_boolean, pa.types.is_decimal)
    return any(test(kind) for test in tests)


def _is_text(kind: pa.DataType) -> bool:
    tests = (pa.types.is_string, pa.types.is_large_string, pa.types.is_null)
    return any(test(kind) for test in tests)


def _has_eligible(table: Table) -> bool:
    return "eligible" in table.columns and pa.types.is_boolean(table.schema.field("eligible").type)


def _one_text(columns: tuple[str, ...]) -> str:
    """SQL: several columns as one label."""
    return " || ' × ' || ".join(f"coalesce(cast({identifier(c)} as varchar), '(missing)')" for c in columns)


def _whole_units(batches: Iterator[pa.RecordBatch]) -> Iterator[tuple[pa.RecordBatch, NDArray[np.int64]]]:
    """Pieces none of which ends in the middle of a unit, and where each unit begins.

    A piece is looked at where it lies: only its first and its last unit, which may go on in its neighbours, are put
    aside, to come together at the end, where they also show whether the pieces were in order.
    """
    aside: list[pa.RecordBatch] = []
    for batch in filter(len, batches):
        starts = starts_of(batch["unit"])
        if len(starts) > 2:
            first, last = starts[1], starts[-1]
            # Joined at once, which copies them: a slice would keep the whole piece in memory.
            aside.append(pa.concat_batches([batch.slice(0, first), batch.slice(last)]))
            yield batch.slice(first, last - first), starts[1:-1] - first
        else:
            aside.append(batch)
    if aside:
        rows = pa.concat_batches(aside)
        yield rows, starts_of(rows["unit"])
