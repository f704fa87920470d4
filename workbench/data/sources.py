"""Opens contract tables wherever they live.

A source is a folder of Parquet or CSV files, a database (opened for reading only), or frames in memory; what
differs from the contract is said by a mapping (`mapping.py`). Nothing is copied that can be scanned in place: every
table is one SELECT that renames, translates and types.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd

from workbench.data import checks
from workbench.data.beside import unread_beside
from workbench.data.borders import refuse_outside
from workbench.data.contract import MAPPING, REQUIRED_TABLES, TABLES
from workbench.data.databases import Database, open_database
from workbench.data.duckdb import as_table, duckdb_engine
from workbench.data.engine import Table
from workbench.data.files import found_in
from workbench.data.lookup import hiding, with_managers
from workbench.data.mapping import known_zone, part, parts, read_mapping
from workbench.data.persons import refuse_people
from workbench.data.postgres import is_postgres
from workbench.data.raw import SQL_TYPES, Found, Raw, users_of
from workbench.errors import ContractError, NothingToShowError, QueryError, did_you_mean, not_one_of

Opened = dict[str, list[Found] | ContractError]  # table → its sources, or why they cannot be opened


@dataclass(frozen=True)
class Source:
    """Contract tables, lazily; each has every contract column, typed, and missing where the data lack it.

    Beside an instant that may have been written as a day without an hour stands that day, in a column such as
    `occurred_at_day`: it is the same day in every zone.

    >>> log.users.columns[:3], "tickets" in log
    (['user_id', 'access_start', 'team'], False)
    """

    name: str
    raw: dict[str, Raw]
    access_from_events: bool = False
    system: str = ""
    currency: str = ""
    first_weekday: str = "monday"
    verbs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    trouble: Mapping[str, str] = field(default_factory=dict)
    time_zone: str | None = None
    folder: Path | None = None
    cache: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)

    def __contains__(self, table: str) -> bool:
        return table in self.raw

    def __getattr__(self, name: str) -> Table:
        if name not in TABLES:
            raise AttributeError(f"a source has no {name!r}; its tables are {', '.join(TABLES)}.")
        return self.table(name)

    def table(self, name: str, theirs: bool = False) -> Table:
        """A contract table; an optional one that the source lacks is empty.

        theirs : with the columns of the data that the contract does not know; nothing in the package reads them
        """
        key = f"{name} with theirs" if theirs else name
        if key not in self.cache:
            self.cache[key] = self._open(name, theirs)
        opened: Table = self.cache[key]
        return opened

    def given(self, table: str) -> frozenset[str]:
        """The contract columns that the data really have."""
        if table not in self.raw:
            return frozenset()
        spans = {"access_start", "access_end"} if table == "users" and self.access_from_events else set()
        return frozenset(self.raw[table].columns) - spans

    def ends(self) -> tuple[datetime, datetime]:
        """The first and the last instant of the log, asked for once. Raises ContractError where it is empty."""
        if "ends" not in self.cache:
            text = "select min(occurred_at) as first, max(occurred_at) as last from this"
            found = self.table("events").sql(text).row()
            if found["first"] is None:
                raise NothingToShowError("the log is empty: events has no rows, so there is no week to look at.")
            self.cache["ends"] = found["first"], found["last"]
        first, last = self.cache["ends"]
        return first, last

    def check(self, show_ids: bool = False) -> pd.DataFrame:
        """Every broken rule at once: table, rule, rows, of, first (row and value), repair, broken or only noted."""
        known: pd.DataFrame | None = None if show_ids else self.cache.get("check")
        return checks.check(self.raw, self.trouble, show_ids) if known is None else known.copy()

    def verified(self) -> Source:
        """This source, if it keeps the contract; otherwise ContractError with every broken rule.

        What the check found is remembered: it is not made again for this source.
        """
        self.cache["check"] = self.check()
        checks.refuse_broken(self.cache["check"])
        return self

    def _open(self, name: str, theirs: bool) -> Table:
        if name not in self.raw:
            if name in REQUIRED_TABLES:
                raise ContractError(
                    f"{self.name} has no table {name!r}, and nothing can be said without it.\n"
                    f'  Put {name}.parquet or {name}.csv there, or name its file in {MAPPING}: [{name}] file = "…".'
                )
            return self._empty(name)
        checks.refuse_unreadable(name, self.raw[name])
        refuse_people(name, self.raw)
        opened = self.raw[name].typed(self.given(name), theirs)
        return opened.stored() if self.raw[name].derived and opened.engine.inside else opened

    def _empty(self, name: str) -> Table:
        """An optional table that the data lack, on the engine of the others, so that it can be joined to them."""
        nothing = ", ".join(f"cast(null as {SQL_TYPES[c.type]}) as {c.name}" for c in TABLES[name])
        engine = next((raw.engine_table.engine for raw in self.raw.values()), duckdb_engine())
        return Table(engine, f"select * from (select {nothing}) as nothing where 1 = 0")


def open_source(where: Any, mapping: str | Path | None = None, time_zone: str | None = None) -> Source:
    """Open contract tables: a folder, a database, a mapping file that names either, or frames by name.

    where : path of a folder, of a DuckDB or SQLite file, or of a .toml mapping; a PostgreSQL database such as
        "postgresql://reader@server/crm" or "postgresql:///?service=crm", without its password; or
        {"users": frame, "events": frame, …}. A relative path is looked for in the working folder, then in the nearest
        folder above it that holds `notebooks/`
    mapping : a mapping file; default: workbench.toml in the folder, if there is one
    time_zone : the organisation's zone, such as "Europe/Berlin", in which days and weeks are counted and times written
        without one are read; default: the mapping's

    Raises ContractError where nothing can be opened, or a mapping says something unknown.

    >>> log.check().empty, sorted(log.given("users"))[:2]
    (True, ['access_start', 'department'])
    """
    source = _any_source(where, mapping, time_zone)
    if source.trouble:
        raise ContractError("\n".join(source.trouble.values()))
    return source


def check_source(
    where: Any, mapping: str | Path | None = None, time_zone: str | None = None, show_ids: bool = False
) -> pd.DataFrame:
    """Every broken rule of a source, as `Source.check` gives them; what keeps a table from being opened is a row, too.

    where, mapping, time_zone : as in `open_source`
    show_ids : show values, and the names of files; on the owner's own screen only

    >>> check_source({"users": pd.DataFrame({"name": ["a"]})})["rule"].tolist()
    ['the table events is missing', 'users has a column user_id, but none of its 1 is called that']
    """
    try:
        source = _any_source(where, mapping, time_zone)
        found = source.check(show_ids)
        beside = list(unread_beside(source.folder, source.raw, show_ids)) if source.folder else []
        return pd.concat([found, pd.DataFrame(beside, columns=checks.COLUMNS)]) if beside else found
    except Exception as error:
        return checks.check({}, {checks.ALL: checks.in_words(error)})


def _any_source(where: Any, mapping: str | Path | None, time_zone: str | None) -> Source:
    """The source, with the tables that cannot be opened among its troubles."""
    if isinstance(where, Source):
        return where
    if isinstance(where, Mapping):
        frames: Opened = {name: [Found(as_table(data))] for name, data in where.items()}
        return _source("frames", frames, read_mapping(mapping), time_zone)
    if is_postgres(where):
        return _of_database(open_database(where), read_mapping(mapping), time_zone)
    path = _located(Path(where))
    if path.suffix == ".toml" and path.exists():
        return _said_by(path, read_mapping(path), time_zone)
    beside = path / MAPPING if path.is_dir() else path.with_suffix(".toml")
    return _opened(path, read_mapping(mapping or (beside if os.path.lexists(beside) else None)), time_zone)


def _said_by(mapping: Path, settings: dict[str, Any], time_zone: str | None) -> Source:
    """The source that a mapping names; what an environment variable holds is neither named nor shown."""
    said = settings.get("path", ".")
    where = os.path.expandvars(said)
    if is_postgres(where):
        source = _of_database(open_database(where), settings, time_zone)
    else:
        there = mapping.parent / where
        refuse_outside(there, mapping.parent, f"the mapping's path = {said!r}")
        if not there.exists():
            raise ContractError(f"the mapping's path = {said!r} leads to nothing.\n  Write it relative to the mapping.")
        source = _opened(there, settings, time_zone)
    return replace(source, name=mapping.stem) if where != said else source


def _located(path: Path) -> Path:
    """Where a path leads from here: a kernel that works in `notebooks/` finds what lies beside that folder."""
    places = [Path(), *(folder for folder in Path.cwd().parents if (folder / "notebooks").is_dir())][:2]
    return next((place / path for place in places if (place / path).exists()), path)


def _opened(path: Path, settings: dict[str, Any], time_zone: str | None) -> Source:
    if not path.exists():
        raise ContractError(
            f"there is nothing at {path}. Give a folder, a database or a mapping (.toml).\n"
            "  A relative path is looked for in the working folder, then in the nearest folder above it that holds "
            "`notebooks/`."
        )
    if not path.is_file() and not path.is_dir():
        raise ContractError(f"{path.name} is neither a file nor a folder.\n  Name a folder, a database or a mapping.")
    if path.is_file():
        return _of_database(open_database(path), settings, time_zone)
    return replace(_source(path.resolve().name, _folder(path, settings), settings, time_zone), folder=path)


def _of_database(database: Database, settings: dict[str, Any], time_zone: str | None) -> Source:
    named = {ours: [database.table(ours, said.get("table")) for said in parts(settings, ours)] for ours in TABLES}
    found = {ours: [Found(table) for table in tables if table is not None] for ours, tables in named.items()}
    there: Opened = {ours: tables for ours, tables in found.items() if tables}
    if not there:
        raise ContractError(
            f"{database.name} holds none of the tables {', '.join(TABLES)}.\n"
            f'  Name them in a mapping: [events] table = "…"; {did_you_mean("", database.tables)}'
        )
    return _source(database.name, there, settings, time_zone)


def _source(name: str, found: Opened, settings: dict[str, Any], time_zone: str | None) -> Source:
    unknown = found.keys() - TABLES.keys()
    if unknown:
        raise ContractError(not_one_of(min(unknown), TABLES, "table"))
    zone = known_zone(time_zone or settings.get("time_zone"))
    raw, trouble = dict[str, Raw](), {}
    for table, sources in sorted(found.items(), key=lambda each: each[0] != "users"):  # others look people up in it
        try:
            raw[table] = _raw(table, sources, parts(settings, table), zone, raw.get("users"))
        except (ContractError, QueryError) as error:
            trouble[table] = str(error)
    if "users" in raw:
        raw["users"] = hiding(raw["users"], [each for table in TABLES for each in parts(settings, table)])
    if "events" in raw and "user_id" in raw["events"].columns and not {"users"} & (raw.keys() | trouble.keys()):
        raw["users"] = users_of(raw["events"])
    return Source(
        name,
        raw,
        settings.get("access") == "events",
        settings.get("system", Source.system),
        settings.get("currency", Source.currency),
        settings.get("first_weekday", Source.first_weekday).lower(),
        {kind: tuple(actions) for kind, actions in settings.get("verbs", {}).items()},
        trouble,
        zone,
    )


def _raw(
    table: str, sources: list[Found] | ContractError, said: list[dict[str, Any]], zone: str | None, users: Raw | None
) -> Raw:
    if isinstance(sources, ContractError):
        raise sources
    if len(sources) != len(said):
        raise ContractError(f"the mapping names {len(said)} sources for {table}, but {len(sources)} are there.")
    raw = Raw(table, tuple(part(table, found, each, zone, users) for found, each in zip(sources, said, strict=True)))
    return with_managers(raw, said) if table == "users" else raw


def _folder(folder: Path, settings: dict[str, Any]) -> Opened:
    listed = {table: _sources_of(folder, table, parts(settings, table)) for table in TABLES}
    found = {table: sources for table, sources in listed.items() if sources}
    if not found:
        raise ContractError(
            f"{folder.resolve().name} holds none of the tables {', '.join(TABLES)} as .parquet, .csv or .xlsx.\n"
            f'  Name the files in {folder.resolve().name}/{MAPPING}: [events] file = "log.csv".'
        )
    return found


def _sources_of(folder: Path, table: str, said: list[dict[str, Any]]) -> list[Found] | ContractError:
    try:
        return [found for found in (found_in(folder, table, each) for each in said) if found]
    except ContractError as error:
        return error
