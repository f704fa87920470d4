"""How a table as found becomes a table as promised: renamed, translated, typed.

What differs from the contract is said once, in a TOML file beside the data, without code:

    path = "export"                  # where the data are, relative to this file; $NAMES are expanded
    time_zone = "Europe/Berlin"      # of times that are written without a zone
    access = "events"                # access runs from a person's first event to the last

    [events]
    file = "log.parquet"             # default: events.parquet, events.csv, or all files of a folder events/
    [events.columns]                 # ours = theirs
    occurred_at = "ts_utc"
    [events.values.action]           # theirs = ours; "*" is everything else, "" is missing
    A = "create"
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import available_timezones

import pyarrow as pa

from workbench.data.contract import TABLES, Column
from workbench.data.engine import Dialect, Table, identifier, literal
from workbench.data.instants import names_a_vague_zone, names_no_zone, noon, read_instant, written_day
from workbench.errors import ContractError, not_one_of

MAPPING = "workbench.toml"
TABLE_WORDS = ("file", "table", "encoding", "time_zone", "columns", "values")
SQL_TYPES = {
    "text": "varchar",
    "boolean": "boolean",
    "integer": "bigint",
    "number": "double precision",
    "date": "date",
    "instant": "timestamp with time zone",
    "offset": "bigint",
}


@dataclass(frozen=True)
class Raw:
    """One table as it was found, before the contract."""

    table: Table
    columns: dict[str, str]  # ours -> theirs, for the contract columns that are there
    values: dict[str, dict[str, Any]]  # ours -> {theirs: ours}
    time_zone: str | None  # of naive times

    @property
    def dialect(self) -> Dialect:
        """The dialect of the engine that holds the table."""
        return self.table.engine.dialect

    def found(self, ours: str) -> pa.DataType:
        """The type that a contract column was found in."""
        return self.table.schema.field(self.columns[ours]).type

    def is_text(self, ours: str) -> bool:
        """Whether a contract column was found as text."""
        return _is_text(self.found(ours))


def typed(c: Column, raw: Raw, tried: bool = False) -> str:
    """The SQL of one contract column in the type that the contract promises.

    tried : a value that cannot be read is missing instead of an error
    """
    theirs, found = identifier(raw.columns[c.name]), raw.found(c.name)
    if c.type == "instant":
        return _instant(c, raw, tried)
    if c.name in raw.values:
        return _cast(as_found(c, raw), SQL_TYPES[c.type], raw, tried)
    if c.type == "offset" and _is_text(found):
        return _minutes(theirs, raw, tried)
    return _cast(theirs, SQL_TYPES[c.type], raw, tried)


def _cast(value: str, kind: str, raw: Raw, tried: bool) -> str:
    fragment = raw.dialect.try_cast if tried else "cast({value} as {type})"
    return fragment.format(value=value, type=kind)


def as_found(c: Column, raw: Raw) -> str:
    """The SQL of what there is to be read: the value as found, or its translation."""
    theirs = identifier(raw.columns[c.name])
    return _translated(theirs, raw.values[c.name]) if c.name in raw.values else theirs


def _translated(theirs: str, values: dict[str, Any]) -> str:
    cases = "".join(f" when {literal(k)} then {_meant(v)}" for k, v in values.items() if k != "*")
    otherwise = _meant(values["*"]) if "*" in values else f"cast({theirs} as varchar)"
    return f"case cast({theirs} as varchar){cases} else {otherwise} end"


def _meant(value: Any) -> str:
    return "null" if value == "" else literal(str(value).lower() if isinstance(value, bool) else str(value))


def _instant(c: Column, raw: Raw, tried: bool) -> str:
    value, found = as_found(c, raw), raw.found(c.name)
    if c.name in raw.values or not (pa.types.is_timestamp(found) or pa.types.is_date(found)):
        return read_instant(value, raw.dialect, raw.time_zone, tried)
    if pa.types.is_date(found):
        return noon(f"cast({value} as timestamp)", raw.dialect)
    return value if found.tz else raw.dialect.instant.format(ts=value, zone=literal(raw.time_zone))


def day_of(c: Column, raw: Raw, tried: bool = False) -> str | None:
    """The SQL of the day that an instant's value names without an hour; None where every value has an hour.

    Such a day is the same in every zone, so it must not be worked out from the instant.
    """
    if c.type != "instant" or c.name not in raw.columns:
        return None
    value, found = as_found(c, raw), raw.found(c.name)
    if c.name in raw.values or _is_text(found):
        return written_day(value, raw.dialect, tried)
    return value if pa.types.is_date(found) else None


def written_in(instant: str) -> str:
    """The column of a contract table that holds the days written without an hour in its column `instant`."""
    return f"{instant}_day"


def lacks_zone(c: Column, raw: Raw) -> str | None:
    """The SQL condition for rows whose time says no zone, while the mapping says none either; None if impossible."""
    if c.type != "instant" or raw.time_zone or c.name not in raw.columns:
        return None
    value, found = as_found(c, raw), raw.found(c.name)
    if c.name not in raw.values and pa.types.is_timestamp(found):
        return None if found.tz else f"{value} is not null"
    if c.name not in raw.values and pa.types.is_date(found):
        return None
    return names_no_zone(value, raw.dialect)


def vague_zone(c: Column, raw: Raw) -> str | None:
    """The SQL condition for rows whose time names a zone that has several meanings; None if impossible."""
    if c.type != "instant" or not (c.name in raw.values or raw.is_text(c.name)):
        return None
    return names_a_vague_zone(as_found(c, raw), raw.dialect)


def _minutes(theirs: str, raw: Raw, tried: bool) -> str:
    digits = f"replace({theirs}, ':', '')"
    sign = f"case when substr({digits}, 1, 1) = '-' then -1 else 1 end"
    hours, minutes = (_cast(f"substr({digits}, {start}, 2)", "bigint", raw, tried) for start in (2, 4))
    return f"case when {digits} = 'Z' then 0 else {sign} * ({hours} * 60 + {minutes}) end"


def _is_text(found: pa.DataType) -> bool:
    return any(kind(found) for kind in (pa.types.is_string, pa.types.is_large_string, pa.types.is_dictionary))


def read_mapping(file: str | Path | None) -> dict[str, Any]:
    """The words of a mapping file, all of them known; nothing where there is no file."""
    if file is None:
        return {}
    try:
        settings = tomllib.loads(Path(file).read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise ContractError(f"the mapping {Path(file).name} cannot be read: {error}.") from None
    _refuse_unknown_words(settings)
    return settings


def _refuse_unknown_words(settings: dict[str, Any]) -> None:
    allowed = {"path", "time_zone", "access", *TABLES}
    for word, value in settings.items():
        if word not in allowed:
            raise ContractError(f"the mapping: {not_one_of(word, allowed, 'word')}")
        if word in TABLES:
            _refuse_unknown_columns(word, value)
    if settings.get("access", "events") != "events":
        raise ContractError(f'the mapping: access = {settings["access"]!r}; the only value is "events".')


def _refuse_unknown_columns(table: str, settings: dict[str, Any]) -> None:
    promised = {c.name for c in TABLES[table]}
    for word in settings:
        if word not in TABLE_WORDS:
            raise ContractError(f"the mapping's [{table}]: {not_one_of(word, TABLE_WORDS, 'word')}")
    for column in [*settings.get("columns", {}), *settings.get("values", {})]:
        if column not in promised:
            raise ContractError(f"the mapping's [{table}]: {not_one_of(column, promised, 'column')}")


def known_zone(zone: str | None) -> str | None:
    """The zone, if there is one of this name."""
    if zone is not None and zone not in available_timezones():
        raise ContractError(not_one_of(zone, available_timezones(), "time zone"))
    return zone
