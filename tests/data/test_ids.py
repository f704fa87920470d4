"""Ids that nearly match: what they differ in is named (cases.md, 13)."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import workbench as wb
from workbench.data.ids import made_alike

BOTH, ALIKE = "In both tables, user_id = { sql = '''", "''' } makes them alike."


@pytest.mark.parametrize(
    ("logged", "listed", "reason"),
    [
        ("JANE.DOE", "jane.doe", f'They differ in letter case. {BOTH}lower("…"){ALIKE}'),
        (
            "0055g00000A1b2C",
            "0055g00000A1b2CAAZ",
            f'They differ in their length: some have 15 characters, some 18. {BOTH}substr("…", 1, 15){ALIKE}',
        ),
        ("123", "00123", f"They differ in zeros before them. {BOTH}trim(leading '0' from \"…\"){ALIKE}"),
        (
            "123.0",
            "123",
            "They differ in .0 after them, as a spreadsheet writes numbers. "
            f"{BOTH}replace(\"…\" || '|', '.0|', '|'){ALIKE}",
        ),
        (" Jane.Doe", "jane.doe", f'They differ in letter case. {BOTH}lower("…"){ALIKE}'),
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
        {"user_id": ["\ufeffjane.doe ", "\u00a0jane.doe", "\tjane.doe"], "occurred_at": times, "action": "update"}
    )
    users = pd.DataFrame({"user_id": ["  jane.doe"]})
    source = wb.open_source({"users": users, "events": events})
    assert source.check().empty
    assert wb.user_weeks(source).to_pandas()[["user_id", "actions"]].values.tolist() == [["jane.doe", 3]]


def test_the_words_that_make_ids_alike_do(tmp_path: Path) -> None:
    (tmp_path / "events.csv").write_text("who,occurred_at,action\n7,2025-01-06T08:00Z,edit\n8,2025-01-06T08:00Z,edit\n")
    (tmp_path / "users.csv").write_text("who\n007\n008\n")
    said = made_alike("in zeros before them").removeprefix("In both tables, ").removesuffix(" makes them alike.")
    said = said.replace("…", "who")
    (tmp_path / "workbench.toml").write_text(f"[events.columns]\n{said}\n[users.columns]\n{said}\n")
    assert len(wb.open_source(tmp_path).check()) == 0
