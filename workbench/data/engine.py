"""Runs one SQL text and returns Arrow.

Every query of the workbench is one text in the SQL that DuckDB, PostgreSQL and Spark share, spelt as the standard does:
names in double quotes, texts in single quotes that double inside and know no backslash, and the types `varchar`,
`bigint`, `double precision`, `boolean`, `date`, `timestamp` and `timestamp with time zone`. An engine that spells these
otherwise respells the whole text before it runs it. What is computed by different functions is a fragment of the
engine's `Dialect`. Each engine has a file of its own, and only that file knows it.

A `Table` is an engine and a SELECT, nothing more: nothing is read until somebody asks for Arrow, pandas or batches.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Protocol

import pandas as pd
import pyarrow as pa


@dataclass(frozen=True)
class Dialect:
    """The fragments in which engines differ; {…} are SQL expressions."""

    local: str  # {ts} an instant, {zone} a zone name -> the wall-clock time there
    instant: str  # {ts} a wall-clock time, {zone} a zone name -> the instant
    universal: str  # {ts} a wall-clock time of UTC -> the instant
    shifted: str  # {ts} an instant, {minutes} -> the wall-clock time that many minutes ahead of UTC
    days: str  # {a}, {b} dates -> whole days from a to b
    date_plus: str  # {date}, {days} -> the date that many days later
    key: str  # {value} -> a 64-bit number that is the same for the same value
    bit_count: str  # {mask} a bigint -> how many of its bits are set
    try_cast: str  # {value}, {type} -> the value in that type, null where it cannot be read
    matches: str  # {text}, {pattern} -> whether a regular expression matches some part of the text
    has_nul: str  # {text} -> whether it contains a NUL character
    refusal: str  # {message} -> an expression that fails with this message once a row needs it
    part: str  # {text}, {pattern} -> what the first group of a regular expression matches, null where nothing does
    from_epoch: str  # {microseconds} since the beginning of 1970 -> the instant
    # {text} whose order is {format} in the words of strptime; {pattern} has a group for each part, {iso} puts them in
    # order, as in \\3-\\2-\\1 \\4:\\5 -> the wall-clock time, null where there is no such time
    moment: str


class Engine(Protocol):
    """Whatever can run a SELECT."""

    dialect: Dialect

    @property
    def inside(self) -> bool:
        """Whether it works in this process, where tables of other engines can be brought."""

    def sql(self, text: str) -> pa.Table:
        """The whole answer."""

    def batches(self, text: str) -> Iterator[pa.RecordBatch]:
        """The answer piece by piece, in memory that does not grow with it."""

    def schema(self, text: str) -> pa.Schema:
        """Names and types of the answer, without computing it."""

    def store(self, text: str) -> Table:
        """The answer as a table that the engine, or the one inside, keeps for this session."""


@dataclass(frozen=True)
class Table:
    """A SELECT that has not run yet.

    held : frames in memory that it reads, which live as long as a table that needs them

    >>> log.users.sql("select count(*) as n from this").to_pandas()["n"][0]
    np.int64(24)
    """

    engine: Engine
    query: str
    held: tuple[pa.Table, ...] = field(default=(), compare=False, repr=False)

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
        frame: pd.DataFrame = self.to_arrow().to_pandas(date_as_object=False)
        return frame

    def rows(self) -> list[dict[str, Any]]:
        """All rows as Python values, of a table that is known to be short."""
        found: list[dict[str, Any]] = self.to_arrow().to_pylist()
        return found

    def row(self) -> dict[str, Any]:
        """The first row as Python values: of counts and ends, which are one row."""
        return self.rows()[0]

    def batches(self) -> Iterator[pa.RecordBatch]:
        """All rows, piece by piece."""
        yield from self.engine.batches(self.query)

    def stored(self) -> Table:
        """This table computed once, where its data are, for the many questions that follow."""
        return self.engine.store(self.query)

    @cached_property
    def brought(self) -> Table:
        """This table on the engine inside: computed where its data are, and brought over once."""
        return self if self.engine.inside else self.stored()

    def __repr__(self) -> str:
        return f"Table({', '.join(self.columns)})"


def select(text: str, **tables: Table) -> Table:
    """One SELECT over several lazy tables, each under the name it is given here.

    Tables of several engines meet inside: what another engine holds is brought over once.
    """
    if len({id(t.engine) for t in tables.values()}) > 1:
        tables = {name: t.brought for name, t in tables.items()}
    engines = {id(t.engine): t.engine for t in tables.values()}
    if len(engines) != 1:
        raise ValueError("tables of different engines cannot be joined: bring one over with as_table(t.to_arrow()).")
    named = ", ".join(f"{name} as ({t.query})" for name, t in tables.items())
    body = text.strip()
    joined = f", {body[5:]}" if body[:5].lower() == "with " else f" {body}"
    held = {id(frame): frame for t in tables.values() for frame in t.held}
    return Table(next(iter(engines.values())), f"with {named}{joined}", tuple(held.values()))


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


def identifier(name: str) -> str:
    """A column or table name as SQL text, safely quoted.

    >>> print(identifier('the "on" week'))
    "the ""on"" week"
    """
    return '"' + name.replace('"', '""') + '"'


def free(name: str, taken: Iterable[str]) -> str:
    """A name like this one that no column has; letter case makes none different.

    >>> free("reason", ["user_id", "Reason"])
    'reason_'
    """
    there = {each.lower() for each in taken}
    while name.lower() in there:
        name += "_"
    return name
