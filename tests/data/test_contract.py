"""The contract as data, and the dictionary that is made from it."""

from __future__ import annotations

from pathlib import Path

import pytest

from workbench.data.contract import REQUIRED_TABLES, TABLES, dictionary
from workbench.data.raw import SQL_TYPES


def test_the_data_dictionary_is_the_contract(project: Path) -> None:
    written = (project / "data" / "dictionary.md").read_text(encoding="utf-8")
    assert written == dictionary(), "write it anew: make dictionary"


@pytest.mark.parametrize("table", TABLES)
def test_columns_have_names_of_their_own_known_types_and_meanings(table: str) -> None:
    columns = TABLES[table]
    assert len({c.name for c in columns}) == len(columns)
    assert {c.type for c in columns} <= SQL_TYPES.keys()
    assert all(c.meaning for c in columns)
    assert all(c.refers in {"", *TABLES} for c in columns)


def test_only_users_and_events_are_required_and_of_them_only_what_nobody_can_do_without() -> None:
    assert REQUIRED_TABLES == ("users", "events")
    required = {(table, c.name) for table in REQUIRED_TABLES for c in TABLES[table] if c.required}
    assert required == {("users", "user_id"), ("events", "user_id"), ("events", "occurred_at"), ("events", "action")}


def test_ids_of_people_and_what_they_wrote_are_personal_and_nothing_else_is() -> None:
    columns = [(table, c) for table, listed in TABLES.items() for c in listed]
    assert all(c.personal for _, c in columns if c.name == "user_id")
    others = {(table, c.name) for table, c in columns if c.personal and c.name != "user_id"}
    assert others == {("users", "manager_id"), ("events", "actor_id"), ("feedback", "text")}
