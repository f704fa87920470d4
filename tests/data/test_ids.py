"""Ids that nearly match: what they differ in is named (cases.md, 13)."""

from __future__ import annotations

import pandas as pd
import pytest

import workbench as wb


@pytest.mark.parametrize(
    ("logged", "listed", "reason"),
    [
        ("JANE.DOE", "jane.doe", "They differ in letter case."),
        ("0055g00000A1b2C", "0055g00000A1b2CAAZ", "They differ in their length: some have 15 characters, some 18."),
        ("123", "00123", "They differ in zeros before them."),
        ("123.0", "123", "They differ in .0 after them, as a spreadsheet writes numbers."),
        (" Jane.Doe", "jane.doe", "They differ in letter case."),
        ("17", "jane.doe", "Look whether both tables name people by the same kind of id."),
    ],
)
def test_a_log_of_nobody_known_is_broken_with_the_likely_reason(logged: str, listed: str, reason: str) -> None:
    events = pd.DataFrame({"user_id": [logged] * 3, "occurred_at": "2025-01-06T08:00Z", "action": "update"})
    source = wb.open_source({"users": pd.DataFrame({"user_id": [listed]}), "events": events})
    found = source.check().iloc[0]
    assert (found["rule"], found["rows"], found["of"], found["broken"]) == ("events.user_id is in users", 3, 3, True)
    assert found["repair"] == f"Not one row is of somebody known. {reason}"
    with pytest.raises(wb.ContractError, match="Not one row is of somebody known"):
        source.verified()


def test_some_rows_of_unknown_people_are_only_noted() -> None:
    events = pd.DataFrame({"user_id": ["a", "A"], "occurred_at": "2025-01-06T08:00Z", "action": "update"})
    found = wb.open_source({"users": pd.DataFrame({"user_id": ["a"]}), "events": events}).check().iloc[0]
    assert not found["broken"]
    assert "differ from known ones in letter case" in found["repair"]


def test_blanks_around_an_id_make_nobody_another_person() -> None:
    times = ["2025-01-06T08:00Z", "2025-01-07T08:00Z", "2025-01-10T08:00Z"]
    events = pd.DataFrame(
        {"user_id": ["\ufeffjane.doe ", "\u00a0jane.doe", "jane.doe"], "occurred_at": times, "action": "update"}
    )
    users = pd.DataFrame({"user_id": ["  jane.doe"]})
    source = wb.open_source({"users": users, "events": events})
    assert source.check().empty
    assert wb.user_weeks(source).to_pandas()[["user_id", "actions"]].values.tolist() == [["jane.doe", 3]]
