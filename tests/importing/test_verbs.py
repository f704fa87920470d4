"""Actions of a log, and the kinds they are guessed to be."""

from __future__ import annotations

import pandas as pd
import pytest

import workbench as wb
from workbench.data.verbs import kind
from workbench.importing.verbs import Verb, kinds, verbs


@pytest.mark.parametrize(
    ("action", "expected"),
    [
        ("Create", "create"),
        ("QuickCreate", "create"),
        ("A submission has been submitted", "create"),
        ("Record saved", "update"),
        ("bearbeitet", "update"),
        ("DELETE", "delete"),
        ("viewed", "view"),
        ("RetrieveMultiple", "view"),
        ("User has logged in", "login"),
        ("Signed in", "login"),
        ("renew", "other"),  # "new" begins no word of it
        ("A", "other"),
    ],
)
def test_the_kind_of_an_action_by_its_words(action, expected):
    assert kind(action, {}) == expected


def test_a_shipped_mapping_knows_better():
    assert kind("access", {"login": ["access"]}) == "login"


def test_an_action_of_four_people_is_counted_but_not_named():
    rows = [(f"u{n}", "edit") for n in range(5)] + [(f"u{n}", "call of Anna") for n in range(4)] * 2
    log = wb.open_source(
        {
            "users": pd.DataFrame({"user_id": [f"u{n}" for n in range(5)]}),
            "events": pd.DataFrame(rows, columns=["user_id", "action"]).assign(occurred_at="2025-01-06T08:00:00Z"),
        }
    )
    assert verbs(log, {}, minimum=5) == ([Verb("edit", "update", rows=5, people=5)], 1)


def test_kinds_hold_what_the_mapping_knows_and_what_was_found():
    found = [
        Verb("New", "create", 3, 5),
        Verb("Save", "update", 2, 5),
        Verb("view", "view", 2, 5),
        Verb("Sort", "other", 1, 5),
    ]
    assert kinds(found, {"create": ["Insert"], "view": ["Open"]}) == {
        "create": ["Insert", "New"],
        "update": ["Save"],
        "view": ["Open"],
    }
