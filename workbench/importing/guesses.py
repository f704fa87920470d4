"""Guesses what an export of no known system is: its table and columns, by the names of columns and what is in them."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Sequence
from functools import cache
from importlib.resources import files

from workbench.data.contract import TABLES, Column
from workbench.importing.dates import dates
from workbench.importing.exports import Export, key


def guessed(export: Export) -> tuple[str, dict[str, str]] | None:
    """The table of the contract that an export most likely is, and its columns: ours → theirs.

    None where no table finds all the columns that it cannot do without.

    >>> log = Export("log.csv", ("Who", "When", "What"), (("u1", "2025-01-06 08:00", "edit"),))
    >>> guessed(log)
    ('events', {'user_id': 'Who', 'occurred_at': 'When', 'action': 'What'})
    """
    found = {table: columns for table in _synonyms() if (columns := _columns(table, export))}
    if not found:
        return None
    table = max(found, key=lambda name: _likeness(name, found[name], export))
    return table, found[table]


def _columns(table: str, export: Export) -> dict[str, str]:
    """Ours → theirs, each of theirs once; empty where a required column is not found."""
    there = {key(name): name for name in export.header if name}
    columns: dict[str, str] = {}
    for c in sorted(TABLES[table], key=lambda c: not c.required):
        names = [key(c.name), *_synonyms()[table].get(c.name, ())]
        free = (there[name] for name in names if name in there and there[name] not in columns.values())
        if theirs := next((name for name in free if _may_be(c, export.column(name))), None):
            columns[c.name] = theirs
    lacking = any(c.required and c.name not in columns for c in TABLES[table])
    return {} if lacking else {c.name: columns[c.name] for c in TABLES[table] if c.name in columns}


def _may_be(c: Column, values: Sequence[str]) -> bool:
    """Whether the values of a column can be what the contract asks for; an empty column can be anything."""
    filled = [value for value in values if value.strip()]
    if c.type in ("instant", "date"):
        return not filled or bool(dates(filled).formats)
    if c.type in ("number", "integer"):
        return not filled or sum(_is_number(value) for value in filled) > len(filled) / 2
    return not c.unique or len(set(filled)) == len(filled)


def _is_number(value: str) -> bool:
    return value.strip().lstrip("+-").replace(".", "").replace(",", "").isdigit()


def _likeness(table: str, columns: dict[str, str], export: Export) -> tuple[bool, int, int]:
    """A file that is called like a table is that table; otherwise the one that finds most of its columns."""
    required = sum(c.required for c in TABLES[table])
    return key(table.rstrip("s")) in key(export.file), len(columns), required


@cache
def _synonyms() -> dict[str, dict[str, tuple[str, ...]]]:
    text = (files("workbench.importing") / "synonyms.toml").read_text(encoding="utf-8")
    return {table: {ours: _keys(names) for ours, names in said.items()} for table, said in tomllib.loads(text).items()}


def _keys(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(map(key, names))
