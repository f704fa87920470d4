"""Runs one SQL text and hands back Arrow.

Every query of the workbench is one text in the SQL that DuckDB, PostgreSQL and Spark share; what differs
between them is the handful of fragments in a `Dialect`. A `Table` is an engine and a SELECT, nothing more:
nothing is read until somebody asks for Arrow, pandas or batches.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache, cached_property
from itertools import count
from pathlib import Path
from typing import Any, Protocol

import duckdb
import pandas as pd
import pyarrow as pa

AHEAD = 2  # pieces of an answer that are read before they are asked for
BATCH_ROWS = 245_760  # 120 of DuckDB's vectors: fits into the caches of a processor, and is read in one go


@dataclass(frozen=True)
class Dialect:
    """The fragments in which engines differ; {…} are SQL expressions."""

    local: str  # {ts} an instant, {zone} a zone name -> the wall-clock time there
    shifted: str  # {ts} an instant, {minutes} -> the wall-clock time that many minutes ahead of UTC
    days: str  # {a}, {b} dates -> whole days from a to b
    date_plus: str  # {date}, {days} -> the date that many days later
    key: str  # {value} -> a 64-bit number that is the same for the same value
    bit_count: str  # {mask} a bigint -> how many of its bits are set
    double: str  # the name of the 64-bit float
    quote: str  # what encloses an identifier


DUCKDB = Dialect(
    local="timezone({zone}, {ts})",
    shifted="timezone('UTC', {ts}) + {minutes} * interval '1' minute",
    days="({b} - {a})",
    date_plus="({date} + {days})",
    key="hash({value})",
    bit_count="bit_count({mask})",
    double="double",
    quote='"',
)


class QueryError(ValueError):
    """The engine could not read or compute something that the data hold."""


class Engine(Protocol):
    """Whatever can run a SELECT."""

    dialect: Dialect

    def sql(self, text: str) -> pa.Table:
        """The whole answer."""

    def batches(self, text: str) -> Iterator[pa.RecordBatch]:
        """The answer piece by piece, in memory that does not grow with it."""

    def schema(self, text: str) -> pa.Schema:
        """Names and types of the answer, without computing it."""

    def store(self, text: str) -> Table:
        """The answer as a table that the engine keeps for this session."""


@dataclass(frozen=True)
class Table:
    """A SELECT that has not run yet."""

    engine: Engine
    query: str

    @cached_property
    def schema(self) -> pa.Schema:
        """Names and types, without computing anything."""
        return self.engine.schema(self.query)

    @property
    def columns(self) -> list[str]:
        """The names of the columns."""
        return list(self.schema.names)

    def sql(self, text: str, **others: Table) -> Table:
        """A further SELECT over this table, which it calls `this`; `others` join under their own names."""
        return select(text, this=self, **others)

    def to_arrow(self) -> pa.Table:
        """All rows."""
        return self.engine.sql(self.query)

    def to_pandas(self) -> pd.DataFrame:
        """All rows, dates as datetime64."""
        return self.to_arrow().to_pandas(date_as_object=False)

    def batches(self) -> Iterator[pa.RecordBatch]:
        """All rows, piece by piece."""
        return self.engine.batches(self.query)

    def stored(self) -> Table:
        """This table computed once, where its data are, for the many questions that follow."""
        return self.engine.store(self.query)

    def __repr__(self) -> str:
        return f"Table({', '.join(self.columns)})"


def select(text: str, **tables: Table) -> Table:
    """One SELECT over several lazy tables of the same engine, each under the name it is given here."""
    engines = {id(t.engine): t.engine for t in tables.values()}
    if len(engines) != 1:
        raise ValueError("tables of different engines cannot be joined: bring one over with as_table(t.to_arrow()).")
    named = ", ".join(f"{name} as ({t.query})" for name, t in tables.items())
    body = text.strip()
    joined = f", {body[5:]}" if body[:5].lower() == "with " else f" {body}"
    return Table(next(iter(engines.values())), f"with {named}{joined}")


def literal(value: object) -> str:
    """A value as SQL text, safely quoted."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    return "'" + str(value).replace("'", "''") + "'"


def literals(values: Any) -> str:
    """Values as the inside of an SQL `in (…)`; matches nothing when there are none."""
    return ", ".join(literal(v) for v in values) or "null"


def identifier(name: str, dialect: Dialect = DUCKDB) -> str:
    """A column or table name as SQL text, safely quoted."""
    return dialect.quote + name.replace(dialect.quote, dialect.quote * 2) + dialect.quote


@dataclass
class DuckDB:
    """DuckDB in this process; frames that users pass are scanned where they are, not copied."""

    dialect: Dialect = DUCKDB
    frames: dict[str, pa.Table] = field(default_factory=dict)
    attached: dict[Path, str] = field(default_factory=dict)
    numbers: Iterator[int] = field(default_factory=count)

    @cached_property
    def connection(self) -> duckdb.DuckDBPyConnection:
        """The in-memory database that everything is attached to."""
        con = duckdb.connect()
        con.execute("set global TimeZone='UTC'").fetchall()
        con.execute("set global autoinstall_known_extensions=false").fetchall()
        return con

    def sql(self, text: str) -> pa.Table:
        """The whole answer."""
        with _said_plainly():
            return self._relation(text).to_arrow_table()

    def batches(self, text: str) -> Iterator[pa.RecordBatch]:
        """The answer piece by piece; the next one is read while one is looked at."""
        with _said_plainly(), self._with_a_core_to_spare(), ThreadPoolExecutor(1) as ahead:
            reader = self._relation(text).to_arrow_reader(BATCH_ROWS)
            coming = deque(ahead.submit(next, reader, None) for _ in range(AHEAD))
            while (batch := coming.popleft().result()) is not None:
                coming.append(ahead.submit(next, reader, None))
                yield batch

    @contextmanager
    def _with_a_core_to_spare(self) -> Iterator[None]:
        """For whoever looks at the pieces: two that want the same core take longer than one after the other."""
        threads = self.connection.sql("select current_setting('threads')").fetchall()[0][0]
        self.connection.execute(f"set global threads={max(threads - 1, 1)}").fetchall()
        try:
            yield
        finally:
            self.connection.execute("reset global threads").fetchall()

    def schema(self, text: str) -> pa.Schema:
        """Names and types of the answer."""
        return self.sql(f"select * from ({text}) as nothing limit 0").schema

    def store(self, text: str) -> Table:
        """The answer as a table of the in-memory database."""
        name = f"stored_{next(self.numbers)}"
        with _said_plainly():
            self._cursor(text).execute(f"create table {name} as {text}").fetchall()
        return Table(self, f"select * from {name}")

    def frame(self, data: pa.Table) -> Table:
        """A table in memory, under a name of its own."""
        name = f"frame_{next(self.numbers)}"
        self.frames[name] = data
        return Table(self, f"select * from {name}")

    def attach(self, path: Path) -> str:
        """The name under which a DuckDB file is open, for reading only."""
        path = path.resolve()
        if path not in self.attached:
            name = f"file_{next(self.numbers)}"
            with _said_plainly():
                self.connection.execute(f"attach {literal(path)} as {name} (read_only)").fetchall()
            self.attached[path] = name
        return self.attached[path]

    def _relation(self, text: str) -> duckdb.DuckDBPyRelation:
        return self._cursor(text).sql(text)

    def _cursor(self, text: str) -> duckdb.DuckDBPyConnection:
        # A cursor of its own: an answer that is still being read does not block the next question.
        cursor = self.connection.cursor()
        for name in set(re.findall(r"\bframe_\d+\b", text)) & self.frames.keys():
            cursor.register(name, self.frames[name])
        return cursor


@contextmanager
def _said_plainly() -> Iterator[None]:
    # The engine's own message quotes the offending line, which may hold a person: only its first words are passed on.
    try:
        yield
    except (
        duckdb.ConversionException,
        duckdb.InvalidInputException,
        duckdb.IOException,
        duckdb.OutOfRangeException,
    ) as error:
        said = re.sub(r"\s*(Original Line|Could not convert string|\").*", "", str(error).split("\n")[0]).strip()
        raise QueryError(
            f"{said or 'a value cannot be read'}.\n  `workbench check` lists every row that cannot be read."
        ) from None


@cache
def duckdb_engine() -> DuckDB:
    """The process's one DuckDB, so that everything opened can be joined."""
    return DuckDB()


def as_table(data: Any) -> Table:
    """Any table (lazy, pandas, Arrow, polars) as a lazy one."""
    if isinstance(data, Table):
        return data
    if isinstance(data, pd.DataFrame):
        return duckdb_engine().frame(pa.Table.from_pandas(data, preserve_index=False))
    if isinstance(data, pa.Table):
        return duckdb_engine().frame(data)
    if hasattr(data, "__arrow_c_stream__"):
        return duckdb_engine().frame(pa.table(data))
    raise TypeError(f"a table is needed (Table, pandas, Arrow or polars), not {type(data).__name__}.")
