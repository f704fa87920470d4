"""Why a file is not read, and what would read it."""

from __future__ import annotations

import pytest

from workbench.importing.exports import Export
from workbench.importing.unread import COUNTS, proposal, reason


def export(header: str, *rows: str) -> Export:
    return Export("x.csv", tuple(header.split(",")), tuple(tuple(row.split(",")) for row in rows))


@pytest.mark.parametrize(
    ("found", "why"),
    [
        (export("Start date,End date,Team,Role", "2025-01-06,,T1,seller"), "it looks like users; no column says who"),
        (export("Who,When,Number", "a,2025-01-06 08:00,7"), "it looks like events; no column says what was done"),
        (export("Day,User,Page views,Edits", "06.01.25,a,3,2"), COUNTS),
        (export("Week,User,Logins", "2025-W02,a,3"), COUNTS),
        (
            export("Event,Date,Owner", "Go-live,2025-01-06,Ann", "Town hall,2025-02-10,Bob", "App,2025-03-03,Cem"),
            "it looks like a list of what happened and is no part of the log; if so, it is milestones",
        ),
        (export("x,y", "1,2"), "nothing is known of its columns x, y"),
    ],
)
def test_the_reason_names_what_is_lacking(found, why):
    assert reason(None, found, frozenset()) == why


def test_the_table_is_there_to_be_filled_in():
    assert proposal(export("Who,When,Number", "a,2025-01-06 08:00,7"), frozenset()) == (
        "[events]",
        'file = "x.csv"',
        "[events.columns]",
        'user_id = "Who"',
        'occurred_at = "When"',
        'action = "…"',
    )
    assert proposal(export("x,y", "1,2"), frozenset()) == ()


def test_counts_are_proposed_as_outcomes():
    assert proposal(export("Day,User,Page views,Edits", "06.01.25,a,3,2"), frozenset())[2:] == (
        "[outcomes.columns]",
        'user_id = "User"',
        'measured_on = "Day"',
        "[outcomes.long]",
        'items = ["Page views", "Edits"]',
        'item = "outcome"',
        'answer = "value"',
    )
