"""SQLite files: opened for reading only, in Python, and read into memory table by table.

A column of SQLite holds values of any type, whatever was declared. One that holds whole numbers only becomes integers,
one that holds numbers only becomes numbers, and any other becomes texts.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pyarrow as pa

from workbench.data.duckdb import duckdb_engine
from workbench.data.engine import Table, identifier
from workbench.errors import QueryError

BEGINNING = b"SQLite format 3\x00"  # of every SQLite file
ROWS = 50_000  # read at a time
KINDS = {"integer": pa.int64(), "real": pa.float64()}


def sqlite_names(path: Path, kind: str = "table") -> list[str]:
    """The names of the tables of a file, or of its views.

    kind : "table" or "view"

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     file = Path(folder) / "crm.sqlite"
    ...     with closing(sqlite3.connect(file)) as made, made:
    ...         _ = made.execute("create table users as select 'a' as user_id, 1 as logins")
    ...     sqlite_names(file), sqlite_table(file, "users").to_arrow().to_pylist()
    (['users'], [{'user_id': 'a', 'logins': 1}])
    """
    text = "select name from sqlite_master where type = ? and name not like 'sqlite_%' order by name"
    with _reading(path) as connection:
        return [name for (name,) in connection.execute(text, [kind])]


def sqlite_table(path: Path, name: str) -> Table:
    """One table of a file, as it is at this moment."""
    with _reading(path) as connection:
        schema = _schema(connection, name)
        return duckdb_engine().keep(schema, _batches(connection, name, schema))


def _schema(connection: sqlite3.Connection, name: str) -> pa.Schema:
    """The columns of a table by the types of the values that they really hold."""
    columns = [column for (column, *_) in connection.execute(f"select * from {identifier(name)} limit 0").description]
    found = ", ".join(f"group_concat(distinct typeof({identifier(column)}))" for column in columns)
    types = connection.execute(f"select {found} from {identifier(name)}").fetchone()
    return pa.schema([(column, _kind(said)) for column, said in zip(columns, types, strict=True)])


def _kind(said: str | None) -> pa.DataType:
    held = set((said or "").split(",")) - {"null", ""}
    if held == {"integer", "real"}:
        return pa.float64()
    return KINDS.get(held.pop(), pa.string()) if len(held) == 1 else pa.string()


def _batches(connection: sqlite3.Connection, name: str, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    values = ", ".join(
        f"cast({identifier(field.name)} as text)" if field.type == pa.string() else identifier(field.name)
        for field in schema
    )
    rows = connection.execute(f"select {values} from {identifier(name)}")
    while some := rows.fetchmany(ROWS):
        columns = zip(*some, strict=True)
        yield pa.record_batch([pa.array(c, f.type) for c, f in zip(columns, schema, strict=True)], schema=schema)


@contextmanager
def _reading(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection that cannot write; texts that are no UTF-8 keep what can be read of them."""
    try:
        where = f"{path.resolve().as_uri()}?mode=ro"
        # Another thread, the engine's, asks for the rows, while this one waits.
        with closing(sqlite3.connect(where, uri=True, check_same_thread=False)) as connection:
            connection.text_factory = lambda text: text.decode("utf-8", errors="replace")
            yield connection
    except (sqlite3.Error, OverflowError):
        raise QueryError(
            f"{path.name} cannot be read as SQLite.\n  Look whether another program is writing it, or it is damaged."
        ) from None
