"""How a table as found becomes a table as promised: renamed, computed, translated, typed, and some rows left out.

A contract table comes from one part or several, such as the attendance lists of two systems. Each part has its own
names, formats and reasons to leave a row out; once typed they are one table.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import pyarrow as pa

from workbench.data.contract import TABLES, Column, promised
from workbench.data.engine import Dialect, Table, free, identifier, literal
from workbench.data.formats import DateFormat, NumberFormat, plain_number
from workbench.data.ids import bare
from workbench.data.instants import (
    in_skipped_hour,
    names_a_vague_zone,
    names_no_zone,
    noon,
    read_day,
    read_instant,
    skips,
    written_day,
)
from workbench.data.layout import Torn
from workbench.data.long import Long
from workbench.data.offsets import read_offset
from workbench.data.rules import FILE, ROW, numbered, offender

SQL_TYPES = {
    "text": "varchar",
    "boolean": "boolean",
    "integer": "bigint",
    "number": "double precision",
    "date": "date",
    "instant": "timestamp with time zone",
    "offset": "bigint",
}
REASON = "left out because"  # why a row is left out; missing where it is kept
COPY = "copy of the row"  # 1 for the first of several rows that repeat one another
TOTALS = "a row of totals"
REPEATED = "a row that repeats another one"


@dataclass(frozen=True)
class Found:
    """Rows as they lie there, before a mapping touches them.

    files : where they come from, in order; none for tables of a database and frames
    placed : the rows in order with `row_in_table` and `file_in_table`, both from 1; default: numbered when needed
    repeated : names that a header gives to several columns
    torn : looks for rows that cannot be taken apart into columns
    derived : the rows are worked out from another table
    dropped : reason → rows of the files that are not among the rows of the table
    cut : those of them that the check names, by file
    """

    table: Table
    files: tuple[Path, ...] = ()
    placed: Table | None = None
    repeated: tuple[str, ...] = ()
    torn: Callable[[], list[Torn]] = list
    derived: bool = False
    dropped: dict[str, int] = field(default_factory=dict)
    cut: tuple[Torn, ...] = ()

    @property
    def in_order(self) -> Table:
        """The rows with their numbers."""
        return self.placed or numbered(self.table)


@dataclass(frozen=True)
class Part:
    """One source of a contract table, and how it is read.

    columns : ours → theirs, or the name of a computed column
    computed : name → SQL expression over their columns
    left_out : reason → SQL condition over their columns, in the order in which they are asked
    once : repeated rows count once
    long : the columns of which each becomes a row
    hidden : their columns by which people are named; they are not carried along
    """

    found: Found
    columns: dict[str, str]
    values: dict[str, dict[str, Any]] = field(default_factory=dict)
    formats: dict[str, DateFormat | NumberFormat] = field(default_factory=dict)
    time_zone: str | None = None
    computed: dict[str, str] = field(default_factory=dict)
    left_out: dict[str, str] = field(default_factory=dict)
    once: bool = False
    long: Long | None = None
    hidden: frozenset[str] = frozenset()

    @property
    def dialect(self) -> Dialect:
        """The dialect of the engine that holds the rows."""
        return self.found.table.engine.dialect

    @cached_property
    def table(self) -> Table:
        """The rows that are kept, with the computed columns; of a wide table one row an answer."""
        return self._lengthened(self._computed(self._different))

    @cached_property
    def in_order(self) -> Table:
        """The same with the numbers that the rows had before any was left out."""
        kept = self._kept(self.found.in_order)
        if self.once:
            alike = ", ".join(identifier(name) for name in self.found.table.columns)
            copy, names = identifier(free(COPY, kept.columns)), ", ".join(map(identifier, kept.columns))
            order = f"row_number() over (partition by {alike} order by {', '.join(places(kept))}) as {copy}"
            kept = kept.sql(f"select this.*, {order} from this").sql(f"select {names} from this where {copy} = 1")
        return self._lengthened(self._computed(kept))

    @cached_property
    def outcomes(self) -> dict[str, int]:
        """Rows by what became of them: the reason why they were left out, or "" for those that were kept."""
        text = "select reason, cast(count(*) as bigint) as n from this group by reason"
        rows = self.found.table.sql(f"select {self._reason()} as reason from this").sql(text).rows()
        counts = {row["reason"] or "": row["n"] for row in rows}
        if self.once and counts.get(""):
            different = self._different.sql("select cast(count(*) as bigint) as n from this").row()["n"]
            counts |= {"": different, REPEATED: counts[""] - different}
        return {
            reason: counts.get(reason, 0) + self.found.dropped.get(reason, 0)
            for reason in {**counts, **self.found.dropped}
        }

    def first_left_out(self, reason: str, values: dict[str, str]) -> dict[str, Any]:
        """The first row that is left out for a reason: its place, and values by name (name → SQL)."""
        rows = self.found.in_order
        broken_by = f"{_reason_among(rows)} = {literal(reason)}"
        return {FILE: 1, **offender(self._judged(rows), broken_by, values)}

    def type_of(self, ours: str) -> pa.DataType:
        """The type that a contract column was found in."""
        return self.table.schema.field(self.columns[ours]).type

    def is_text(self, ours: str) -> bool:
        """Whether a contract column was found as text."""
        return _is_text(self.type_of(ours))

    def _reason(self) -> str:
        cases = " ".join(
            f"when (\n{condition}\n) then {literal(reason)}" for reason, condition in self.left_out.items()
        )
        return f"case {cases} end" if cases else "cast(null as varchar)"

    def _kept(self, rows: Table) -> Table:
        if not self.left_out:
            return rows
        # Conditions may look at other rows, such as later updates of a ticket, which a WHERE cannot.
        names = ", ".join(identifier(name) for name in rows.columns)
        return self._judged(rows).sql(f"select {names} from this where {_reason_among(rows)} is null")

    def _judged(self, rows: Table) -> Table:
        return rows.sql(f"select this.*, {self._reason()} as {_reason_among(rows)} from this")

    @property
    def _different(self) -> Table:
        """The rows as found that are kept, each once where the mapping says so."""
        kept = self._kept(self.found.table)
        return kept.sql("select distinct * from this") if self.once else kept

    def _computed(self, rows: Table) -> Table:
        if not self.computed:
            return rows
        new = ", ".join(f"(\n{sql}\n) as {identifier(name)}" for name, sql in self.computed.items())
        return rows.sql(f"select this.*, {new} from this")

    def _lengthened(self, rows: Table) -> Table:
        return self.long.rows(rows) if self.long else rows


@dataclass(frozen=True)
class Raw:
    """One contract table as it was found, in one part or several."""

    name: str
    parts: tuple[Part, ...]

    @property
    def columns(self) -> frozenset[str]:
        """The contract columns that some part has."""
        return frozenset().union(*(part.columns for part in self.parts))

    @property
    def engine_table(self) -> Table:
        """Some table of the engine that holds the rows."""
        return self.parts[0].found.table

    @property
    def dialect(self) -> Dialect:
        """The dialect of the engine that holds the rows."""
        return self.parts[0].dialect

    @property
    def derived(self) -> bool:
        """Whether the rows are worked out from another table."""
        return self.parts[0].found.derived

    def ids(self, column: str) -> Table:
        """The ids of a column as `id`, each once, those of all parts."""
        c = promised(self.name)[column]
        named = [part for part in self.parts if column in part.columns]
        texts = [part.table.sql(f"select {typed(c, part)} as id from this") for part in named]
        return united(texts).sql("select distinct id from this where id is not null")

    def typed(self, columns: frozenset[str], theirs: bool = False) -> Table:
        """The contract table: its columns in the types promised.

        theirs : with their other columns behind these, untouched. Only whoever asks for them has them: no text of the
            package can mistake one for a column of its own
        """
        listed = [part.table.sql(f"select {self._listed(part, columns, theirs)} from this") for part in self.parts]
        return united(listed)

    def _listed(self, part: Part, columns: frozenset[str], theirs: bool) -> str:
        first = sorted(TABLES[self.name], key=lambda c: c.name not in columns & self.columns)
        read = {c.name: _promised(c, part, columns) for c in first}
        days = [c for c in first if any(day_of(c, each) for each in self.parts)]
        dated = {written_in(c.name): day_of(c, part) or "cast(null as date)" for c in days}
        given = {name: sql for name, sql in read.items() if name in columns & self.columns}
        every = {**given, **dated, **read, **(self._carried_along(part) if theirs else {})}
        return ", ".join(f"{sql} as {identifier(name)}" for name, sql in every.items())

    def _carried_along(self, part: Part) -> dict[str, str]:
        names = dict.fromkeys(name for each in self.parts for name in _carried(each, self.name))
        if len(self.parts) == 1:
            return {name: identifier(name) for name in names}
        # The same name may be a number in one part and a text in another.
        there = set(_carried(part, self.name))
        return {name: f"cast({identifier(name) if name in there else 'null'} as varchar)" for name in names}


def users_of(events: Raw) -> Raw:
    """The table of users of a source that has none: everybody in the log."""
    return Raw("users", (Part(Found(events.ids("user_id"), derived=True), {"user_id": "id"}),))


def united(tables: list[Table]) -> Table:
    """The rows of all of them, whose columns are the same."""
    first, *others = tables
    if not others:
        return first
    names = {f"part_{i}": table for i, table in enumerate(others)}
    return first.sql("select * from this" + "".join(f" union all select * from {name}" for name in names), **names)


def _reason_among(rows: Table) -> str:
    """The column of the reasons why rows are left out, beside all that the rows have."""
    return identifier(free(REASON, rows.columns))


def places(rows: Table) -> list[str]:
    """The columns that say where a row stands, in order."""
    return [name for name in (FILE, ROW) if name in rows.columns]


def _promised(c: Column, part: Part, columns: frozenset[str]) -> str:
    return typed(c, part) if c.name in columns & part.columns.keys() else f"cast(null as {SQL_TYPES[c.type]})"


def _carried(part: Part, table: str) -> list[str]:
    """Their columns that no contract column is read from."""
    ours = {name for c in TABLES[table] for name in (c.name, written_in(c.name))}
    used = {*part.columns.values(), *part.computed, *part.hidden}
    return [name for name in part.table.columns if name not in used and name.lower() not in ours]


def typed(c: Column, part: Part, tried: bool = False) -> str:
    """The SQL of one contract column in the type that the contract promises.

    tried : a value that cannot be read is missing instead of an error
    """
    value, text = as_found(c, part), c.name in part.values or part.is_text(c.name)
    written = part.formats.get(c.name)
    if c.type == "instant":
        return _instant(c, part, tried)
    if c.type == "date" and (text or isinstance(written, DateFormat)) and not _is_time(part.type_of(c.name)):
        return read_day(value, part.dialect, part.time_zone, tried, _as_date_format(written))
    if isinstance(written, NumberFormat) and text:
        value = plain_number(f"trim({value})", written, part.dialect, c.unit)
    if c.type == "offset" and text:
        return read_offset(value, part.dialect, tried)
    if c.type == "boolean" and not text and _is_number(part.type_of(c.name)):
        return _truth(value, part, tried)
    if c.names_one:
        return bare(f"cast({value} as varchar)")
    return _cast(value, SQL_TYPES[c.type], part, tried)


def _cast(value: str, kind: str, part: Part, tried: bool) -> str:
    fragment = part.dialect.try_cast if tried else "cast({value} as {type})"
    return fragment.format(value=value, type=kind)


def _truth(value: str, part: Part, tried: bool) -> str:
    """SQL: what the numbers 1 and 0 say; any other is read as its text is, which is refused."""
    other = _cast(f"cast({value} as varchar)", "boolean", part, tried)
    return f"case when {value} = 1 then true when {value} = 0 then false else {other} end"


def as_found(c: Column, part: Part) -> str:
    """The SQL of what there is to be read: the value as found, or its translation."""
    theirs = identifier(part.columns[c.name])
    return translated(theirs, part.values[c.name]) if c.name in part.values else theirs


def translated(theirs: str, values: dict[str, Any]) -> str:
    """The SQL of a value's translation: what `values` makes of it, or itself as text."""
    cases = "".join(f" when {literal(k)} then {_meant(v)}" for k, v in values.items() if k != "*")
    otherwise = _meant(values["*"]) if "*" in values else f"cast({theirs} as varchar)"
    return f"case cast({theirs} as varchar){cases} else {otherwise} end" if cases else f"cast({otherwise} as varchar)"


def _meant(value: Any) -> str:
    return "null" if value == "" else literal(str(value).lower() if isinstance(value, bool) else str(value))


def _instant(c: Column, part: Part, tried: bool) -> str:
    value, found = as_found(c, part), part.type_of(c.name)
    if c.name in part.values or not _is_time(found):
        return read_instant(value, part.dialect, part.time_zone, tried, _as_date_format(part.formats.get(c.name)))
    if pa.types.is_date(found):
        return noon(f"cast({value} as timestamp)", part.dialect)
    return value if found.tz else part.dialect.instant.format(ts=value, zone=literal(part.time_zone))


def day_of(c: Column, part: Part, tried: bool = False) -> str | None:
    """The SQL of the day that an instant's value names without an hour; None where every value has an hour.

    Such a day is the same in every zone, so it must not be worked out from the instant.
    """
    if c.type != "instant" or c.name not in part.columns:
        return None
    value, found = as_found(c, part), part.type_of(c.name)
    if c.name in part.values or _is_text(found):
        return written_day(value, part.dialect, tried, _as_date_format(part.formats.get(c.name)))
    return value if pa.types.is_date(found) else None


def written_in(instant: str) -> str:
    """The column of a contract table that holds the days written without an hour in its column `instant`."""
    return f"{instant}_day"


def lacks_zone(c: Column, part: Part) -> str | None:
    """The SQL condition for rows whose time says no zone, while the mapping says none either; None if impossible."""
    if c.type != "instant" or part.time_zone or c.name not in part.columns:
        return None
    value, found = as_found(c, part), part.type_of(c.name)
    if c.name not in part.values and pa.types.is_timestamp(found):
        return None if found.tz else f"{value} is not null"
    if c.name not in part.values and pa.types.is_date(found):
        return None
    return names_no_zone(value, part.dialect, _as_date_format(part.formats.get(c.name)))


def vague_zone(c: Column, part: Part) -> str | None:
    """The SQL condition for rows whose time names a zone that has several meanings; None if impossible."""
    if c.type != "instant" or c.name not in part.columns or not (c.name in part.values or part.is_text(c.name)):
        return None
    return names_a_vague_zone(as_found(c, part), part.dialect, _as_date_format(part.formats.get(c.name)))


def skipped_hour(c: Column, part: Part) -> str | None:
    """The SQL condition for rows whose time names no zone, and an hour that its zone skips; None if impossible."""
    if c.type != "instant" or not part.time_zone or c.name not in part.columns:
        return None
    value, found = as_found(c, part), part.type_of(c.name)
    if c.name not in part.values and _is_time(found):
        naive = pa.types.is_timestamp(found) and not found.tz
        return skips(value, part.dialect, part.time_zone) if naive else None
    return in_skipped_hour(value, part.dialect, part.time_zone, _as_date_format(part.formats.get(c.name)))


def _as_date_format(written: DateFormat | NumberFormat | None) -> DateFormat | None:
    return written if isinstance(written, DateFormat) else None


def _is_time(found: pa.DataType) -> bool:
    return bool(pa.types.is_timestamp(found) or pa.types.is_date(found))


def _is_number(found: pa.DataType) -> bool:
    return bool(pa.types.is_integer(found) or pa.types.is_floating(found) or pa.types.is_decimal(found))


def _is_text(found: pa.DataType) -> bool:
    return any(kind(found) for kind in (pa.types.is_string, pa.types.is_large_string, pa.types.is_dictionary))
