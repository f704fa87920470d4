"""SQLite files: columns by what they hold, and nothing written."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest
from servers import sqlite_file

from workbench.data.sqlite import sqlite_names, sqlite_table
from workbench.errors import QueryError


def test_a_column_has_the_type_of_what_it_holds_not_of_what_was_declared(tmp_path: Path) -> None:
    file = sqlite_file(
        tmp_path / "crm.db",
        'create table log (user_id int, n text, share, mixed, empty real, "on" integer)',
        "insert into log values ('00Q7', 7, 0.5, 'x', null, 1), ('00Q8', 8, 1, 3, null, null)",
    )
    found = sqlite_table(file, "log").to_arrow()
    texts, whole, numbers = pa.string(), pa.int64(), pa.float64()
    # `n` was declared as text, which SQLite obeys; `share` holds 0.5 and 1, `mixed` a text and a number
    assert found.schema.types == [texts, texts, numbers, texts, texts, whole]
    assert found["mixed"].to_pylist() == ["x", "3"]
    assert found["on"].to_pylist() == [1, None]


def test_every_row_comes_once_however_many(tmp_path: Path) -> None:
    numbers = "with recursive n(i) as (select 1 union all select i + 1 from n where i < 120000) select i from n"
    file = sqlite_file(tmp_path / "crm.db", f"create table log as {numbers}")
    sums = sqlite_table(file, "log").sql("select count(*) as n, cast(sum(i) as bigint) as total from this").to_arrow()
    assert sums.to_pylist() == [{"n": 120_000, "total": 120_000 * 120_001 // 2}]


def test_an_empty_table_is_a_table_and_a_view_is_none(tmp_path: Path) -> None:
    file = sqlite_file(tmp_path / "a #1?.db", "create table users (user_id text)", "create view events as select * from users")  # fmt: skip
    assert sqlite_names(file) == ["users"]
    assert sqlite_names(file, "view") == ["events"]
    assert sqlite_table(file, "users").to_arrow().num_rows == 0


def test_the_file_stays_as_it_was(tmp_path: Path) -> None:
    file = sqlite_file(tmp_path / "crm.db", "create table users as select 'a' as user_id")
    before = file.read_bytes()
    sqlite_table(file, "users").to_arrow()
    assert file.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["crm.db"]


def test_a_damaged_file_is_said(tmp_path: Path) -> None:
    file = tmp_path / "crm.db"
    file.write_bytes(b"SQLite format 3\x00" + b"?" * 2000)
    with pytest.raises(QueryError, match="crm.db cannot be read as SQLite"):
        sqlite_names(file)
