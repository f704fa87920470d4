"""Rows in = rows kept + rows left out, by reason (the invariant of reading); all files are counted line by line."""

from __future__ import annotations

import gzip
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import workbench as wb
from workbench.data import check_source, rows_read

HEADER = "user_id,occurred_at,action"
ROWS = ["a,2025-01-06T08:00:00Z,view", "b,2025-01-07T08:00:00Z,create", HEADER, ",,", "Total,,2", "r,2025-01-06T08:00:00Z,view"]  # fmt: skip
MAPPING = '[events]\ndrop_repeats = {}\n[events.leave_out]\n"a robot" = "user_id = \'r\'"\n'


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("crm")


@settings(max_examples=12, deadline=None)
@given(files=st.lists(st.lists(st.sampled_from(ROWS), max_size=12), min_size=1, max_size=3), once=st.booleans())
def test_every_row_of_every_file_is_kept_or_left_out_for_one_reason(
    folder: Path, files: list[list[str]], once: bool
) -> None:
    (folder / "events").mkdir(exist_ok=True)
    for old in (folder / "events").iterdir():
        old.unlink()
    for i, rows in enumerate(files):
        text = "\n".join([HEADER, *rows]) + "\n"
        (folder / "events" / f"{i}.csv.gz").write_bytes(gzip.compress(text.encode()))
    (folder / "workbench.toml").write_text(MAPPING.format(str(once).lower()))
    source = wb.open_source(folder)
    found = rows_read(source).query("table == 'events'").set_index("reason")["rows"]
    every = [row for rows in files for row in rows]
    assert found.sum() == len(every)
    kept = [row for row in every if row in ROWS[:2]]
    assert found[""] == len(set(kept) if once else kept) == source.events.to_arrow().num_rows
    expected = {"the header again": ROWS[2], "a blank row": ROWS[3], "a row of totals": ROWS[4], "a robot": ROWS[5]}
    assert {reason: found.get(reason, 0) for reason in expected} == {k: every.count(row) for k, row in expected.items()}


def test_people_are_those_of_the_log_where_there_is_no_table_of_users(tmp_path: Path) -> None:
    (tmp_path / "events.csv").write_text("\n".join([HEADER, *ROWS[:2], *ROWS[:1], ",2025-01-08T08:00:00Z,view"]) + "\n")
    source = wb.open_source(tmp_path)
    assert sorted(source.users.to_arrow()["user_id"].to_pylist()) == ["a", "b"]
    assert source.given("users") == {"user_id"}
    noted = source.check().query("table == 'users'").iloc[0]
    assert (noted["rule"], noted["broken"]) == (
        "the table users is missing: everybody in the log counts as a user",
        False,
    )


def test_repeated_rows_are_named_until_the_mapping_says_what_they_are(tmp_path: Path) -> None:
    events = "\n".join([HEADER, ROWS[0], ROWS[0], ROWS[0], ROWS[1]]) + "\n"
    (tmp_path / "events.csv").write_text(events)
    (tmp_path / "users.csv").write_text("user_id\na\nb\n")
    noted = check_source(tmp_path).iloc[0]
    assert (noted["rule"], noted["rows"], noted["of"], noted["broken"]) == (
        "the rows of events differ from one another",
        2,
        4,
        False,
    )
    assert "drop_repeats = true" in noted["repair"]
    (tmp_path / "workbench.toml").write_text("[events]\ndrop_repeats = true\n")
    assert check_source(tmp_path).empty
    (tmp_path / "workbench.toml").unlink()
    lines = events.splitlines()
    (tmp_path / "events.csv").write_text("\n".join(["event_id," + lines[0], *(f"7,{row}" for row in lines[1:])]))
    assert check_source(tmp_path).empty  # the same event_id: counted once anyway


def test_the_first_row_of_a_table_says_how_many_are_kept() -> None:
    users = pd.DataFrame({"user_id": ["a"]})
    assert rows_read(wb.open_source({"users": users}))["reason"].tolist() == [""]
