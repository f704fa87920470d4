"""Opens contract tables wherever they live.

A source is a folder of Parquet or CSV files, a database (opened for reading only), or frames in memory; what
differs from the contract is said by a mapping (`mapping.py`). Nothing is copied that can be scanned in place: every
table is one SELECT that renames, translates and types.
"""

from __future__ import annotations

import codecs
import csv
import gzip
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.csv

from workbench.data import checks
from workbench.data.contract import REQUIRED_TABLES, TABLES
from workbench.data.databases import Database, open_database
from workbench.data.duckdb import as_table, duckdb_engine
from workbench.data.engine import Table, identifier
from workbench.data.mapping import MAPPING, SQL_TYPES, Raw, day_of, known_zone, read_mapping, typed, written_in
from workbench.data.postgres import is_postgres
from workbench.errors import ContractError, did_you_mean, not_one_of


@dataclass(frozen=True)
class Source:
    """Contract tables, lazily; each has every contract column, typed, and missing where the data lack it.

    Beside an instant that may have been written as a day without an hour stands that day, in a column such as
    `occurred_at_day`: it is the same day in every zone.

    >>> import workbench as wb
    >>> from workbench.simulation import tiny_crm
    >>> log = wb.open_source(tiny_crm())
    >>> log.users.columns[:3], "tickets" in log
    (['user_id', 'access_start', 'team'], False)
    """

    name: str
    raw: dict[str, Raw]
    access_from_events: bool = False
    cache: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)

    def __contains__(self, table: str) -> bool:
        return table in self.raw

    def __getattr__(self, name: str) -> Table:
        if name not in TABLES:
            raise AttributeError(f"a source has no {name!r}; its tables are {', '.join(TABLES)}.")
        return self.table(name)

    def table(self, name: str) -> Table:
        """A contract table; an optional one that the source lacks is empty."""
        if name not in self.cache:
            self.cache[name] = self._open(name)
        opened: Table = self.cache[name]
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
                raise ContractError("the log is empty: events has no rows, so there is no week to look at.")
            self.cache["ends"] = found["first"], found["last"]
        first, last = self.cache["ends"]
        return first, last

    def check(self, show_ids: bool = False) -> pd.DataFrame:
        """Every broken rule at once: table, rule, rows, of, first (row and value), repair, broken or only noted."""
        return checks.check(self.raw, show_ids)

    def verified(self) -> Source:
        """This source, if it keeps the contract; otherwise ContractError with every broken rule."""
        checks.refuse_broken(self.check())
        return self

    def _open(self, name: str) -> Table:
        if name not in self.raw:
            if name in REQUIRED_TABLES:
                raise ContractError(
                    f"{self.name} has no table {name!r}, and nothing can be said without it.\n"
                    f'  Put {name}.parquet or {name}.csv there, or name its file in {MAPPING}: [{name}] file = "…".'
                )
            return self._empty(name)
        raw = self.raw[name]
        checks.refuse_unreadable(name, raw)
        ours = {c.name: typed(c, raw) for c in TABLES[name] if c.name in self.given(name)}
        absent = {c.name: f"cast(null as {SQL_TYPES[c.type]})" for c in TABLES[name] if c.name not in ours}
        ours |= {written_in(c.name): day for c in TABLES[name] if (day := day_of(c, raw))}
        extra = set(raw.table.columns) - set(raw.columns.values()) - ours.keys() - absent.keys()
        kept = {theirs: identifier(theirs) for theirs in raw.table.columns if theirs in extra}
        columns = ", ".join(f"{sql} as {identifier(column)}" for column, sql in {**ours, **absent, **kept}.items())
        return raw.table.sql(f"select {columns} from this")

    def _empty(self, name: str) -> Table:
        """An optional table that the data lack, on the engine of the others, so that it can be joined to them."""
        nothing = ", ".join(f"cast(null as {SQL_TYPES[c.type]}) as {c.name}" for c in TABLES[name])
        engine = next((raw.table.engine for raw in self.raw.values()), duckdb_engine())
        return Table(engine, f"select * from (select {nothing}) as nothing where 1 = 0")


def open_source(where: Any, mapping: str | Path | None = None, time_zone: str | None = None) -> Source:
    """Open contract tables: a folder, a database, a mapping file that names either, or frames by name.

    where : path of a folder, of a DuckDB or SQLite file, or of a .toml mapping; a PostgreSQL database such as
        "postgresql://reader@server/crm" or "postgresql:///?service=crm", without its password; or
        {"users": frame, "events": frame, …}. A relative path is looked for in the working folder, then in the nearest
        folder above it that holds `notebooks/`
    mapping : a mapping file; default: workbench.toml in the folder, if there is one
    time_zone : the zone of times written without one, such as "Europe/Berlin"; the mapping's, if it says so

    Raises ContractError where nothing can be opened, or a mapping says something unknown.

    >>> import workbench as wb
    >>> from workbench.simulation import tiny_crm
    >>> log = wb.open_source(tiny_crm())
    >>> log.check().empty, sorted(log.given("users"))[:2]
    (True, ['access_start', 'department'])
    """
    if isinstance(where, Source):
        return where
    if isinstance(where, Mapping):
        return _source(
            "frames", {name: as_table(data) for name, data in where.items()}, read_mapping(mapping), time_zone
        )
    if is_postgres(where):
        return _of_database(open_database(where), read_mapping(mapping), time_zone)
    path = _located(Path(where))
    if path.suffix == ".toml":
        settings = read_mapping(path)
        inside = os.path.expandvars(settings.get("path", "."))
        if is_postgres(inside):
            return _of_database(open_database(inside), settings, time_zone)
        return _opened(path.parent / inside, settings, time_zone)
    beside = path / MAPPING if path.is_dir() else path.with_suffix(".toml")
    return _opened(path, read_mapping(mapping or (beside if beside.is_file() else None)), time_zone)


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
    if path.is_file():
        return _of_database(open_database(path), settings, time_zone)
    return _source(path.resolve().name, _folder(path, settings), settings, time_zone)


def _of_database(database: Database, settings: dict[str, Any], time_zone: str | None) -> Source:
    found = {ours: database.table(ours, settings.get(ours, {}).get("table")) for ours in TABLES}
    there = {ours: table for ours, table in found.items() if table is not None}
    if not there:
        raise ContractError(
            f"{database.name} holds none of the tables {', '.join(TABLES)}.\n"
            f'  Name them in a mapping: [events] table = "…"; {did_you_mean("", database.tables)}'
        )
    return _source(database.name, there, settings, time_zone)


def _source(name: str, found: dict[str, Table], settings: dict[str, Any], time_zone: str | None) -> Source:
    unknown = found.keys() - TABLES.keys()
    if unknown:
        raise ContractError(not_one_of(min(unknown), TABLES, "table"))
    zone = known_zone(time_zone or settings.get("time_zone"))
    raw = {table: _raw(table, data, settings.get(table, {}), zone) for table, data in found.items()}
    return Source(name, raw, settings.get("access") == "events")


def _raw(name: str, data: Table, settings: dict[str, Any], zone: str | None) -> Raw:
    renamed = settings.get("columns", {})
    theirs = set(data.columns)
    for ours, wanted in renamed.items():
        if wanted not in theirs:
            raise ContractError(f"the mapping's [{name}.columns] {ours}: {not_one_of(wanted, theirs, 'column')}")
    promised = [c.name for c in TABLES[name]]
    columns = {ours: renamed.get(ours, ours) for ours in promised if renamed.get(ours, ours) in theirs}
    return Raw(data, columns, settings.get("values", {}), known_zone(settings.get("time_zone", zone)))


def _folder(folder: Path, settings: dict[str, Any]) -> dict[str, Table]:
    found = {}
    for name in TABLES:
        files = _files(folder, name, settings.get(name, {}).get("file"))
        if files:
            found[name] = _scan(files, settings.get(name, {}).get("encoding"))
    if not found:
        raise ContractError(
            f"{folder.name} holds none of the tables {', '.join(TABLES)} as .parquet or .csv.\n"
            f'  Name the files in {folder.name}/{MAPPING}: [events] file = "log.csv".'
        )
    return found


def _files(folder: Path, name: str, said: str | None) -> list[Path]:
    if said:
        files = sorted(folder.glob(said))
        if not files:
            raise ContractError(f"the mapping's [{name}] file = {said!r} matches nothing in {folder.name}.")
        return files
    for pattern in (f"{name}.parquet", f"{name}.csv", f"{name}.csv.gz", f"{name}/*.parquet", f"{name}/*.csv"):
        if files := sorted(folder.glob(pattern)):
            return files
    return []


def _scan(files: list[Path], encoding: str | None) -> Table:
    if files[0].suffix == ".parquet":
        return duckdb_engine().parquet(files)
    if encoding and codecs.lookup(encoding).name != "utf-8":
        return as_table(_decoded(files, encoding))
    header, delimiter = _header(files[0])
    for other in files[1:]:
        if _header(other) != (header, delimiter):
            raise ContractError(f"{other.name} has other columns than {files[0].name}; give files of one shape.")
    return duckdb_engine().csv(files, header, delimiter)


def _header(file: Path, encoding: str = "utf-8-sig") -> tuple[list[str], str]:
    """Column names in file order, since the engine maps them by position, and the delimiter."""
    opened = gzip.open if file.suffix == ".gz" else open
    with opened(file, "rt", encoding=encoding, newline="") as lines:
        try:
            first = lines.readline()
        except UnicodeDecodeError:
            raise ContractError(
                f"{file.name} is not UTF-8.\n"
                f'  Say in {MAPPING} how it is written: [{file.stem}] encoding = "windows-1252".'
            ) from None
    delimiter = max(",;\t|", key=first.count)
    header = next(csv.reader([first], delimiter=delimiter), [])
    twice = [c for i, c in enumerate(header) if c in header[:i]]
    if twice:
        raise ContractError(f"{file.name} has the column {twice[0]!r} more than once; rename one of them.")
    return header, delimiter


def _decoded(files: list[Path], encoding: str) -> pa.Table:
    """Files in another encoding, decoded here because the engine reads UTF-8 only."""
    parts = []
    for file in files:
        header, delimiter = _header(file, encoding)
        as_text = dict.fromkeys(header, pa.string())
        parts.append(
            pa.csv.read_csv(
                file,
                read_options=pa.csv.ReadOptions(encoding=encoding),
                parse_options=pa.csv.ParseOptions(delimiter=delimiter, newlines_in_values=True),
                convert_options=pa.csv.ConvertOptions(column_types=as_text, strings_can_be_null=True, null_values=[""]),
            )
        )
    return pa.concat_tables(parts)
