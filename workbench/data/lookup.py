"""Looks people up among the users where a mapping names them otherwise than by their id: `same_as`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from workbench.data.contract import TABLES
from workbench.data.duckdb import refuse_reading
from workbench.data.engine import Table, identifier
from workbench.data.people import ADDED, MATCHED, PEOPLE, known_as, matched, unmatched
from workbench.data.raw import Found, Part, Raw, translated
from workbench.errors import ContractError, QueryError, no_such_column


def same_as(said: dict[str, Any], ours: str) -> list[Any]:
    """The columns of the users in which a source's column of people is looked up.

    said : what the mapping says of the source
    """
    how = said.get("columns", {}).get(ours)
    names = how.get("same_as", []) if isinstance(how, dict) else []
    return names if isinstance(names, list) else [names]


def hiding(users: Raw, said: Sequence[dict[str, Any]]) -> Raw:
    """The users without the columns by which people are named, which nothing shall be grouped by.

    said : what the mapping says of every source of every table
    """
    names = [name for each in said for ours in ("user_id", "manager_id") for name in same_as(each, ours)]
    hidden = (part.hidden | _mentioned(part.found, names) for part in users.parts)
    return replace(
        users, parts=tuple(replace(part, hidden=each) for part, each in zip(users.parts, hidden, strict=True))
    )


def with_managers(users: Raw, said: Sequence[dict[str, Any]]) -> Raw:
    """The users with the ids of their managers, who are named otherwise; of nobody known the name stays.

    said : what the mapping says of each source of the users
    """
    names = [same_as(each, "manager_id") for each in said]
    parts = (_managed(part, each, users) if each else part for part, each in zip(users.parts, names, strict=True))
    return replace(users, parts=tuple(parts))


def _managed(read: Part, names: list[Any], users: Raw) -> Part:
    ours, named = read.columns["manager_id"], _named(read, "manager_id")
    known = _known(names, "the mapping's [users.columns] manager_id", users)
    one = f"case when {identifier(PEOPLE)} = 1 then {identifier(MATCHED)} else cast({named} as varchar) end"
    return _found_by(read, "manager_id", named, known, {ours: one})


def looked_up(table: str, read: Part, names: list[Any], users: Raw | None) -> Part:
    """The source with the ids of the people whom it names; rows of nobody who is known are left out."""
    where = f"the mapping's [{table}.columns] user_id"
    if table == "users" or users is None:
        raise ContractError(f"{where}: same_as looks people up among the users, and there is no other table of them.")
    named = _named(read, "user_id")
    required = next(c.required for c in TABLES[table] if c.name == "user_id")
    computed = {read.columns["user_id"]: identifier(MATCHED)}
    found = _found_by(read, "user_id", named, _known(names, where, users), computed)
    return replace(found, left_out={**read.left_out, **unmatched(required)})


def _named(read: Part, column: str) -> str:
    """SQL of how a source names people in a column."""
    named = read.computed[read.columns[column]]
    return translated(f"({named})", read.values[column]) if column in read.values else named


def _known(names: list[Any], where: str, users: Raw) -> Table:
    return known_as([(part, sql) for part in users.parts for sql in _names(part, names, where, users)])


def _found_by(read: Part, column: str, named: str, known: Table, computed: dict[str, str]) -> Part:
    """The source with whom it names in a column beside each row, and the column computed from that."""
    return replace(
        read,
        found=matched(read.found, named, known),
        computed={**read.computed, **computed},
        values={ours: each for ours, each in read.values.items() if ours != column},
        hidden=read.hidden | _mentioned(read.found, [{"sql": read.computed[read.columns[column]]}]) | {*ADDED},
    )


def _names(part: Part, names: list[Any], where: str, users: Raw) -> list[str]:
    """SQL of each name, as far as this source of users has it."""
    every = {column for each in users.parts for column in each.found.table.columns}
    unknown = next((name for name in names if isinstance(name, str) and name not in every), None)
    if unknown is not None:
        raise ContractError(f"{where}, same_as: {no_such_column(unknown, every)}")
    there = [name for name in names if isinstance(name, dict) or name in part.found.table.columns]
    listed = [str(name["sql"]) if isinstance(name, dict) else identifier(name) for name in there]
    for sql in listed:
        refuse_misunderstood(f"{where}, same_as", part.found, sql)
    return listed


def _mentioned(found: Found, names: list[Any]) -> frozenset[str]:
    """The columns of a source that are among the names, or stand in their SQL."""
    sql = " ".join(str(name["sql"]) for name in names if isinstance(name, dict))
    return frozenset(
        column
        for column in found.table.columns
        if column in names or re.search(rf"(?<!\w){re.escape(column)}(?!\w)", sql, re.IGNORECASE)
    )


def refuse_misunderstood(where: str, found: Found, sql: str) -> None:
    """Raise ContractError where the engine does not understand an expression over a source's columns."""
    try:
        refuse_reading(found.table, sql)
        _ = found.table.sql(f"select (\n{sql}\n) as computed from this").schema
    except QueryError as error:
        raise ContractError(f"{where}: {error}") from None
