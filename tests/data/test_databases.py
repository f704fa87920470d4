"""Tables of databases by the contract's names or the mapping's; PostgreSQL's own tests are in test_postgres.py."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest
from servers import duckdb_file, sqlite_file

import workbench as wb
from workbench.data.databases import open_database
from workbench.data.duckdb import DuckDB

LOG = (
    "create table users as select 'a' as user_id",
    "create table Events as select 'a' as user_id, '2025-01-10T09:00Z' as occurred_at, 'update' as action",
)


@pytest.mark.parametrize("made", [sqlite_file, duckdb_file])
def test_a_file_is_known_by_its_first_bytes_whatever_its_name(made, tmp_path: Path) -> None:
    source = wb.open_source(made(tmp_path / "crm.dat", *LOG))
    assert source.name == "crm.dat"
    assert source.check().empty
    assert wb.user_weeks(source).to_pandas()[["user_id", "actions"]].values.tolist() == [["a", 1]]


def test_a_mapping_beside_the_file_names_its_tables(tmp_path: Path) -> None:
    sqlite_file(tmp_path / "crm.sqlite", "create table SystemUser as select 'a' as Id", LOG[1])
    (tmp_path / "crm.toml").write_text('[users]\ntable = "system_user"\ncolumns = { user_id = "Id" }\n')
    source = wb.open_source(tmp_path / "crm.sqlite")
    assert source.users.to_arrow()["user_id"].to_pylist() == ["a"]


def test_a_table_that_the_mapping_names_must_be_there(tmp_path: Path) -> None:
    file = sqlite_file(tmp_path / "crm.sqlite", *LOG)
    (tmp_path / "crm.toml").write_text('[users]\ntable = "person"\n')
    with pytest.raises(wb.ContractError) as caught:
        wb.open_source(file)
    assert str(caught.value) == "the mapping's [users] table: there is no table 'person'; did you mean 'users'?"


def test_of_two_names_that_differ_in_letter_case_neither_is_guessed(tmp_path: Path) -> None:
    texts = ["create table login_history as select 1 as n", "create table LoginHistory as select 2 as n"]
    database = open_database(sqlite_file(tmp_path / "crm.sqlite", *texts))
    assert database.table("events") is None
    with pytest.raises(wb.ContractError, match="there is no table 'LOGIN_HISTORY'"):
        database.table("events", "LOGIN_HISTORY")
    exact = database.table("events", "LoginHistory")
    assert exact is not None
    assert exact.to_arrow()["n"].to_pylist() == [2]


def test_a_schema_is_named_where_the_name_alone_means_several(tmp_path: Path) -> None:
    texts = [f"create schema {name}; create table {name}.users as select '{name}' as user_id" for name in "ab"]
    database = open_database(duckdb_file(tmp_path / "crm.duckdb", *texts))
    named = database.table("users", "a.users")
    assert named is not None
    assert named.to_arrow()["user_id"].to_pylist() == ["a"]


def test_what_nobody_names_is_of_the_schema_that_is_on_the_path(tmp_path: Path) -> None:
    """The shop's tickets are not the CRM's, though no other table is called so."""
    other = "create schema shop; create table shop.tickets as select 1 as ticket_id"
    database = open_database(duckdb_file(tmp_path / "crm.duckdb", *LOG, other))
    assert database.table("users") is not None
    assert database.table("tickets") is None
    assert database.table("tickets", "tickets") is not None  # a mapping means it


def test_where_the_path_has_nothing_the_only_schema_with_a_log_is_taken(tmp_path: Path) -> None:
    texts = [
        "create schema crm; create table crm.crm.users as select 'a' as user_id; create table crm.crm.events as select 1 as n",
        "create schema shop; create table shop.users as select 'b' as user_id; create table shop.tickets as select 1 as n",
    ]
    database = open_database(duckdb_file(tmp_path / "crm.duckdb", *texts))
    found = database.table("users")
    assert found is not None
    assert found.to_arrow()["user_id"].to_pylist() == ["a"]
    assert database.table("tickets") is None


def test_a_database_without_any_of_the_tables_is_refused(tmp_path: Path) -> None:
    file = sqlite_file(tmp_path / "crm.sqlite", "create table people as select 1 as n")
    with pytest.raises(wb.ContractError) as caught:
        wb.open_source(file)
    assert str(caught.value).endswith('Name them in a mapping: [events] table = "…"; there are people.')


# ── a file that would read others ───────────────────────────────────────────────────────────────────────────────


def test_a_view_that_reads_another_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "secret.csv").write_text("user_id\nsomebody\n")
    text = f"create view users as select * from read_csv('{tmp_path / 'secret.csv'}')"
    file = duckdb_file(tmp_path / "crm.duckdb", text, LOG[1])
    with pytest.raises(wb.ContractError, match="users is a view of crm.duckdb, and only tables are read"):
        wb.open_source(file)


def test_a_view_of_a_sqlite_file_is_refused_as_well(tmp_path: Path) -> None:
    texts = ("create table people (user_id text)", "create view users as select * from people")
    file = sqlite_file(tmp_path / "crm.db", *texts)
    with pytest.raises(wb.ContractError, match="users is a view of crm.db, and only tables are read"):
        wb.open_source(file)


@pytest.mark.parametrize(
    "text",
    [
        "select * from read_csv('{0}')",
        "select * from read_text('{0}')",
        "select * from '{0}'",
        "select * from glob('{0}')",
        "copy users to '{0}'",
        "attach '{0}.duckdb' as another",
        "set global enable_external_access = true",
        "install httpfs",
    ],
)
def test_nothing_in_a_file_reaches_another(text: str, tmp_path: Path) -> None:
    (tmp_path / "secret.csv").write_text("user_id\nsomebody\n")
    engine = wb.open_source(duckdb_file(tmp_path / "crm.duckdb", *LOG)).users.engine
    assert isinstance(engine, DuckDB)
    with pytest.raises(duckdb.Error):
        engine.connection.execute(text.format(tmp_path / "secret.csv")).fetchall()
    assert (tmp_path / "secret.csv").read_text() == "user_id\nsomebody\n"


@pytest.mark.parametrize(
    "sql",
    [
        "(select content from read_text('{0}'))",
        "(select max(user_id) from read_csv('{0}'))",
        "(select max(file) from glob('{0}'))",
        "(select max(user_id) from '{0}')",
        "(select count(*) from frame_0)",
    ],
)
@pytest.mark.parametrize("mapping", ['[users.columns]\nteam = {{ sql = """{0}""" }}', '[users.leave_out]\n"x" = """{0} = 1"""'])  # fmt: skip
def test_an_expression_of_a_mapping_reads_its_own_row_alone(sql: str, mapping: str, tmp_path: Path) -> None:
    (tmp_path / "secret.csv").write_text("user_id\nsomebody\n")
    folder = tmp_path / "crm"
    folder.mkdir()
    (folder / "users.csv").write_text("user_id\na\n")
    (folder / "events.csv").write_text("user_id,occurred_at,action\na,2025-01-10T09:00Z,x\n")
    (folder / "workbench.toml").write_text(mapping.format(sql.format(tmp_path / "secret.csv")))
    with pytest.raises(wb.ContractError, match="the mapping's \\[users.") as caught:
        wb.open_source(folder)
    assert "secret" not in str(caught.value)


def test_a_damaged_file_is_said_to_be(tmp_path: Path) -> None:
    file = duckdb_file(tmp_path / "crm.duckdb", *LOG)
    file.write_bytes(file.read_bytes()[:4096] + b"\xff" * 4096)
    with pytest.raises(wb.ContractError, match="crm.duckdb cannot be read as DuckDB"):
        wb.open_source(file)
