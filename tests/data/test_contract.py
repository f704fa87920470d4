"""The contract as data, and the dictionary that is made from it."""

from __future__ import annotations

from pathlib import Path

import pytest

from workbench.data.contract import REQUIRED_TABLES, TABLES, dictionary
from workbench.data.mapping import SQL_TYPES
from workbench.errors import ContractError, attempted


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


@pytest.mark.parametrize("table", TABLES)
def test_every_column_that_names_a_person_is_marked_personal(table: str) -> None:
    named = {c.name for c in TABLES[table] if c.name in ("user_id", "actor_id", "manager_id", "text")}
    assert named <= {c.name for c in TABLES[table] if c.personal}


def test_what_cannot_be_told_of_one_takes_nothing_from_the_others() -> None:
    def of(name: str) -> int:
        if name == "b":
            raise ContractError("nobody is left to compare with.\n  Look elsewhere.")
        return len(name)

    assert attempted(["aa", "b", "c"], of) == ({"aa": 2, "c": 1}, {"b": "nobody is left to compare with"})
