"""Finds the contract's tables in a database: a DuckDB file, a SQLite file, or a PostgreSQL server.

All three are opened for reading only. A table is found by the name that the mapping gives it, else by the contract's;
letter case and punctuation do not matter where only one name is meant, so that `LoginHistory`, `login_history` and
`LOGIN_HISTORY` are the same. `schema.table` names one of another schema.

What nobody names is taken from one schema only: a table `tickets` of the shop's schema is not the CRM's. It is the
schema on the search path, or, where that has no table of the contract, the only one that has `events`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from workbench.data.contract import TABLES
from workbench.data.duckdb import duckdb_file
from workbench.data.engine import Table
from workbench.data.postgres import Postgres, database_name, is_postgres, refuse_password
from workbench.data.sqlite import BEGINNING, sqlite_names, sqlite_table
from workbench.errors import ContractError, not_one_of

DUCK = b"DUCK"  # what stands in every DuckDB file after eight bytes


@dataclass(frozen=True)
class Database:
    """A database by its name, the names of its tables, and how one of them is opened.

    views : names that are refused
    """

    name: str
    tables: frozenset[str]
    opened: Callable[[str], Table]
    views: frozenset[str] = frozenset()

    def table(self, ours: str, theirs: str | None = None) -> Table | None:
        """The table of the contract's name `ours`; `theirs`, where the mapping gives it another name.

        Returns None where the mapping gives it none and there is no table of the contract's name. Raises ContractError
        where the mapping names a table that is not there.
        """
        found = _named(theirs, self.tables) if theirs else _named(ours, _own(self.tables))
        if found:
            return self.opened(found)
        if view := _named(theirs, self.views) if theirs else _named(ours, _own(self.views)):
            raise ContractError(
                f"{view} is a view of {self.name}, and only tables are read: a view may show what lies elsewhere.\n"
                f'  Copy it into a table of another name, and say in a mapping: [{ours}] table = "…".'
            )
        if theirs is None:
            return None
        raise ContractError(f"the mapping's [{ours}] table: {not_one_of(theirs, self.tables, 'table')}")


def open_database(where: str | Path) -> Database:
    """A database opened for reading only: a file, or `postgresql://…`. Raises ContractError where it is none."""
    if is_postgres(where):
        refuse_password(str(where))
        there = Postgres(str(where)).tables()
        return Database(database_name(str(where)), frozenset(there), there.__getitem__)
    path = Path(where)
    with path.open("rb") as file:
        beginning = file.read(len(BEGINNING))
    if beginning == BEGINNING:
        tables, views = (frozenset(sqlite_names(path, kind)) for kind in ("table", "view"))
        return Database(path.name, tables, lambda name: sqlite_table(path, name), views)
    if beginning[8:12] == DUCK:
        engine = duckdb_file(path.resolve())
        there = engine.tables()
        return Database(path.name, frozenset(there), there.__getitem__, frozenset(engine.tables("VIEW")))
    raise ContractError(
        f"{path.name} is neither a DuckDB nor a SQLite file. Give a folder, a database or a mapping (.toml)."
    )


def _own(names: Iterable[str]) -> set[str]:
    """The tables of the schema whose names count without a mapping."""
    on_path = {name for name in names if "." not in name}
    if {_bare(name) for name in on_path} & {*TABLES}:
        return on_path
    schemas = {schema for schema, _, name in (name.partition(".") for name in names) if _bare(name) == "events"}
    own = schemas.pop() if len(schemas) == 1 else ""
    return {name for name in names if name.startswith(f"{own}.")} if own else on_path


def _named(wanted: str, names: Iterable[str]) -> str:
    """The name meant: the very same, else the only one that differs in letter case and punctuation; else none."""
    if wanted in names:
        return wanted
    for part in (slice(None), slice(-1, None)):  # the whole name, then the name without its schema
        alike = [name for name in names if _bare(*name.split(".")[part]) == _bare(*wanted.split("."))]
        if len(alike) == 1:
            return alike[0]
    return ""


def _bare(*name: str) -> str:
    return re.sub(r"[\W_]", "", "".join(name)).lower()
