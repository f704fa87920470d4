"""Contract tables from folders, files and frames; what is refused."""

from __future__ import annotations

import gzip
from pathlib import Path

import duckdb
import pandas as pd
import pytest

import workbench as wb
from workbench.data.contract import TABLES
from workbench.errors import QueryError

USERS = "user_id,team\na,north\nb,south\n"
EVENTS = "user_id,occurred_at,action\na,2025-01-06T08:00:00Z,create\nb,2025-01-12T09:30:00+01:00,login\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "users.csv").write_text(USERS)
    (tmp_path / "events.csv").write_text(EVENTS)
    return tmp_path


def actions_of(source: wb.Source) -> list[str]:
    return source.events.sql("select action from this order by action").to_arrow()["action"].to_pylist()


def test_every_contract_column_is_there_and_typed(folder: Path) -> None:
    source = wb.open_source(folder)
    for table, columns in TABLES.items():
        assert {c.name for c in columns} <= set(source.table(table).columns)
    assert source.given("users") == {"user_id", "team"}
    assert "trainings" not in source
    assert source.trainings.to_arrow().num_rows == 0


def test_times_with_zones_are_instants(folder: Path) -> None:
    seen = wb.open_source(folder).events.to_pandas()["occurred_at"]
    assert seen.tolist() == [pd.Timestamp("2025-01-06T08:00Z"), pd.Timestamp("2025-01-12T08:30Z")]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_csv_with_any_delimiter_a_byte_order_mark_or_gzip(folder: Path, delimiter: str) -> None:
    (folder / "events.csv").unlink()
    with gzip.open(folder / "events.csv.gz", "wt", encoding="utf-8-sig") as file:
        file.write(EVENTS.replace(",", delimiter))
    assert actions_of(wb.open_source(folder)) == ["create", "login"]


def test_columns_in_another_order_are_found_by_name(folder: Path) -> None:
    (folder / "events.csv").write_text("action,occurred_at,user_id\ncreate,2025-01-06T08:00:00Z,a\n")
    assert wb.open_source(folder).events.to_pandas()["user_id"].tolist() == ["a"]


def test_parquet_in_a_folder_of_its_own_reads_as_one_table(folder: Path) -> None:
    (folder / "events.csv").unlink()
    (folder / "events").mkdir()
    day = pd.Timestamp("2025-01-06T08:00Z")
    first = pd.DataFrame({"user_id": ["a"], "occurred_at": [day], "action": ["create"]})
    first.to_parquet(folder / "events" / "1.parquet")
    first.assign(feature="leads").to_parquet(folder / "events" / "2.parquet")  # a column that the first file lacks
    assert sorted(wb.open_source(folder).events.to_arrow()["feature"].to_pylist(), key=str) == [None, "leads"]


def test_a_duckdb_file_is_opened_for_reading_only(tmp_path: Path) -> None:
    file = tmp_path / "crm.duckdb"
    with duckdb.connect(str(file)) as con:
        con.execute("create table users as select 'a' as user_id").fetchall()
        con.execute("create table events as select 'a' as user_id, timestamptz '2025-01-06 08:00Z' as occurred_at, 'create' as action").fetchall()  # fmt: skip
    assert actions_of(wb.open_source(file)) == ["create"]
    engine = wb.open_source(file).events.engine
    with pytest.raises(duckdb.Error, match="read-only"):
        engine.connection.execute("delete from main.users").fetchall()


def test_another_encoding_is_named_in_the_mapping(folder: Path) -> None:
    (folder / "users.csv").write_bytes("user_id;team\na;Köln\n".encode("windows-1252"))
    with pytest.raises(
        wb.ContractError, match=r'is not UTF-8: line 2 has the byte 0xf6.\n.*\[users\] encoding = "windows-1252"'
    ):
        wb.open_source(folder)
    (folder / "workbench.toml").write_text('[users]\nencoding = "windows-1252"\n')
    assert wb.open_source(folder).users.to_pandas()["team"].tolist() == ["Köln"]


def test_a_missing_table_or_column_says_what_to_do(folder: Path) -> None:
    (folder / "events.csv").write_text("user_id,when,action\na,2025-01-06T08:00:00Z,x\n")
    with pytest.raises(wb.ContractError, match=r"events has a column occurred_at, but none of its 3 is called that"):
        _ = wb.open_source(folder).events
    (folder / "events.csv").unlink()
    with pytest.raises(wb.ContractError, match="has no table 'events'"):
        _ = wb.open_source(folder).events
    with pytest.raises(wb.ContractError, match="there is nothing at"):
        wb.open_source(folder / "elsewhere")


def test_a_relative_source_is_looked_for_here_and_then_beside_the_notebooks(tmp_path, monkeypatch) -> None:
    """As a notebook does whose kernel works in `notebooks/`; the nearer one is taken, nothing further up."""
    (tmp_path / "project/notebooks/mine").mkdir(parents=True)
    users, events = pd.DataFrame({"user_id": ["a"]}), pd.DataFrame({"user_id": ["a"], "action": ["x"]})
    for place, name, table in (("project/data", "users", users), ("data", "events", events)):
        (tmp_path / place).mkdir()
        table.to_csv(tmp_path / place / f"{name}.csv", index=False)
    for place in ("project", "project/notebooks", "project/notebooks/mine"):
        monkeypatch.chdir(tmp_path / place)
        assert list(wb.open_source("data").raw) == ["users"]
    (tmp_path / "project/notebooks/mine/data").mkdir()
    with pytest.raises(wb.ContractError, match="data holds none of the tables"):
        wb.open_source("data")
    monkeypatch.chdir(tmp_path / "data")
    with pytest.raises(wb.ContractError) as refused:
        wb.open_source("data")
    assert str(refused.value) == (
        "there is nothing at data. Give a folder, a database or a mapping (.toml).\n  A relative path is looked for "
        "in the working folder, then in the nearest folder above it that holds `notebooks/`."
    )


def test_a_header_that_repeats_a_name_is_refused(folder: Path) -> None:
    (folder / "users.csv").write_text("user_id,team,team\na,x,y\n")
    with pytest.raises(wb.ContractError, match="has the column 'team' more than once"):
        wb.open_source(folder)


def test_an_unclosed_quote_loads_nothing_and_names_no_person(folder: Path) -> None:
    (folder / "events.csv").write_text(
        EVENTS + 'jane.doe,"2025-01-07T08:00:00Z,create\n' + "a,2025-01-08T08:00:00Z,view\n" * 5
    )
    with pytest.raises(QueryError) as refused:
        wb.open_source(folder).events.to_arrow()
    assert "jane" not in str(refused.value)


def test_a_file_of_another_kind_is_named(tmp_path):
    (tmp_path / "notes.md").write_text("# What people said")
    with pytest.raises(
        wb.ContractError, match="notes.md is neither a DuckDB nor a SQLite file. Give a folder, a database or a mapping"
    ):
        wb.open_source(tmp_path / "notes.md")
