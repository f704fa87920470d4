"""A real PostgreSQL server: it computes the very panel that DuckDB does, writes nothing, and gives nobody away."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import adbc_driver_postgresql.dbapi as driver
import pytest
from make_reference import NOTEBOOKS
from servers import OWNER, PASSWORD
from test_notebooks import written

import workbench as wb
from workbench.data.duckdb import duckdb_engine
from workbench.data.engine import Table
from workbench.data.postgres import POSTGRES, READABLE, Postgres, database_name, refuse_password
from workbench.errors import QueryError
from workbench.reports.kernels import workers
from workbench.reports.printing import chosen, reports, run

SETUP = "cell-04"  # the cell that names the source


@pytest.fixture(scope="module")
def filled(postgres: str, log: wb.Source) -> str:
    """The sample's tables on the server, as a loader would leave them."""
    with driver.connect(postgres, autocommit=True) as session, session.cursor() as cursor:
        for table in log.raw:
            given = ", ".join(sorted(log.given(table)))
            rows = log.table(table).sql(f"select {given} from this").to_arrow()
            cursor.adbc_ingest(table, rows, mode="replace")
    return postgres


@pytest.fixture(scope="module")
def there(filled: str) -> wb.Source:
    return wb.open_source(filled)


def made(uri: str, *texts: str) -> Postgres:
    """An engine for the server after somebody has written something there."""
    with driver.connect(uri, autocommit=True) as session, session.cursor() as cursor:
        for text in texts:
            cursor.execute(text)
    return Postgres(uri)


def test_the_server_computes_the_panel_that_duckdb_does(there: wb.Source, log: wb.Source) -> None:
    use = wb.qualifying_actions(log)
    assert wb.qualifying_actions(there) == use
    panels = [wb.user_weeks(source, time_zone="America/Los_Angeles", qualifying=use) for source in (there, log)]
    assert isinstance(panels[0].engine, Postgres)
    assert panels[0].to_arrow().equals(panels[1].to_arrow())


def test_the_log_is_accounted_for_as_duckdb_does(there: wb.Source, log: wb.Source) -> None:
    assert wb.left_out(there).equals(wb.left_out(log))
    here = wb.open_source({name: log.table(name) for name in log.raw}).check()
    assert there.check().drop(columns="first").equals(here.drop(columns="first"))  # rows have no order on a server
    assert len(here) > 0


def test_what_is_computed_once_is_kept_inside_and_meets_the_servers_tables_there(there: wb.Source) -> None:
    panel = wb.user_weeks(there, since="2025-03-03", until="2025-03-30").stored()
    assert panel.engine is duckdb_engine()
    both = panel.sql("select count(*) as n from this join people on people.user_id = this.user_id", people=there.users)
    assert both.to_arrow()["n"][0].as_py() == panel.to_arrow().num_rows
    assert there.users.brought is there.users.brought  # once


def test_nothing_can_be_written(there: wb.Source) -> None:
    engine = there.users.engine
    assert isinstance(engine, Postgres)
    for text in ("create table mine as select 1 as one", "delete from users", "create temp table mine (one int)"):
        with pytest.raises(driver.Error, match="read-only"), engine.session.cursor() as cursor:
            cursor.execute(text)
    assert len(there.users.to_arrow()) > 0


VALUES = {
    "bigint": ["7", " -12 ", "seven", "", "99999999999999999999"],
    "double precision": ["7", "-1.5", "1e3", ".5", "1,5", "x", "--1"],
    "boolean": ["true", "f", "Yes", "0", "perhaps", ""],
    "date": ["2025-02-28", "2024-02-29", "2025-02-29", "1900-02-29", "2000-02-29", "2025-13-01", "2025-04-31", "x"],
    "timestamp": ["2025-01-06 23:59:59.5", "2025-01-06T07:30", "2025-01-06 24:30", "2025-01-06 7 pm", "2025-01-06"],
    "timestamp with time zone": ["2025-01-06 23:30:00+02", "2025-01-06T23:30:00-05:30", "2025-01-06 23:61:00+02"],
}


@pytest.mark.parametrize("kind", READABLE)
def test_a_text_that_cannot_be_read_is_missing_as_on_duckdb(postgres: str, kind: str) -> None:
    rows = ", ".join(f"({place}, '{value}')" for place, value in enumerate(VALUES[kind]))
    tried = [
        Table(engine, f"select place, {engine.dialect.try_cast.format(value='said', type=kind)} as value from (values {rows}) as said(place, said) order by place")
        for engine in (Postgres(postgres), duckdb_engine())
    ]  # fmt: skip
    ours, theirs = (table.to_arrow()["value"].to_pylist() for table in tried)
    assert ours == theirs
    assert None in ours
    assert set(ours) != {None}


def test_types_that_only_postgresql_knows_are_read_as_the_contract_needs_them(postgres: str) -> None:
    engine = made(
        postgres,
        "drop table if exists odd",
        "create table odd as select gen_random_uuid() as user_id, 1.25::numeric as hours, '{\"a\": 1}'::jsonb as extra,"
        " 'infinity'::date as access_end, 'x'::char(3) as role, null::numeric as none",
    )
    row = engine.tables()["odd"].to_arrow().to_pylist()[0]
    assert (row["hours"], row["extra"], row["access_end"], row["role"]) == (1.25, '{"a": 1}', None, "x")
    assert len(row["user_id"]) == 36
    means = Table(engine, "select avg(n) as mean from (values (1), (2)) as numbers(n)")  # numeric, by the server
    assert means.to_arrow()["mean"].to_pylist() == [1.5]


def test_tables_of_a_loader_are_found_by_schema_and_by_name(postgres: str, tmp_path: Path) -> None:
    made(
        postgres,
        "create schema if not exists salesforce",
        'drop table if exists salesforce."User", salesforce."LoginHistory"',
        'create table salesforce."User" as select \'a\' as "Id"',
        'create table salesforce."LoginHistory" as select \'a\' as "UserId", now() as "LoginTime"',
    )
    mapping = tmp_path / "crm.toml"
    mapping.write_text(f"""
        path = "{postgres}"
        [users]
        table = "salesforce.user"
        columns = {{ user_id = "Id" }}
        [events]
        table = "login_history"
        columns = {{ user_id = "UserId", occurred_at = "LoginTime" }}
    """)
    found = wb.open_source(mapping)
    assert found.users.to_arrow()["user_id"].to_pylist() == ["a"]
    assert {"user_id", "occurred_at"} <= found.given("events")


def test_an_answer_being_read_does_not_block_the_next_question(postgres: str) -> None:
    numbers = Table(Postgres(postgres), "select n from generate_series(1, 200000) as numbers(n)")
    reading = numbers.batches()
    first = next(reading)
    assert numbers.sql("select count(*) as n from this").to_arrow()["n"][0].as_py() == 200_000
    assert first.num_rows + sum(batch.num_rows for batch in reading) == 200_000


def test_a_message_quotes_no_value(postgres: str) -> None:
    broken = Table(Postgres(postgres), "select cast(said as bigint) as n from (values ('Anna Kowalski')) as t(said)")
    with pytest.raises(QueryError) as caught:
        broken.to_arrow()
    assert str(caught.value) == (
        "PostgreSQL cannot answer: invalid input syntax for type bigint (22P02).\n"
        "  `workbench check` lists every row that cannot be read."
    )


def test_a_time_without_a_zone_is_refused_in_the_words_of_duckdb(postgres: str) -> None:
    engine = made(
        postgres,
        "drop table if exists logins",
        "create table logins as select 'a' as user_id, '2025-01-06 09:00' as occurred_at, 'login' as action",
    )
    refusal = POSTGRES.refusal.format(message="'a time is written without a zone, and none is declared'")
    with pytest.raises(QueryError, match="PostgreSQL cannot answer: a time is written without a zone, and none is"):
        engine.tables()["logins"].sql(f"select {refusal} as at from this").to_arrow()


@pytest.mark.parametrize(
    ("login", "said"),
    [
        (f"{OWNER}:{PASSWORD}@/postgres?", "the source holds a password"),
        (f"{OWNER}@/postgres?password={PASSWORD}&", "the source holds a password"),
    ],
)
def test_a_password_in_the_sources_name_is_refused_and_not_repeated(postgres: str, login: str, said: str) -> None:
    with pytest.raises(wb.ContractError, match=said) as caught:
        wb.open_source(f"postgresql://{login}{postgres.partition('?')[2]}")
    assert PASSWORD not in str(caught.value)


def test_a_wrong_password_is_said_without_it(postgres: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGPASSWORD", "an0ther-secret")
    with pytest.raises(QueryError) as caught:
        wb.open_source(postgres)
    assert str(caught.value) == (
        "the database postgres cannot be reached: it refuses the password.\n"
        "  Look at PGPASSWORD, ~/.pgpass or the service file."
    )


def test_a_service_file_holds_what_the_name_does_not(
    filled: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    host = filled.partition("host=")[2]
    services = tmp_path / "services.conf"
    services.write_text(f"[crm]\nhost={host}\nuser={OWNER}\ndbname=postgres\npassword={PASSWORD}\n")
    monkeypatch.setenv("PGSERVICEFILE", str(services))
    monkeypatch.delenv("PGPASSWORD")
    source = wb.open_source("postgresql:///?service=crm")
    assert source.name == "crm"
    assert len(source.users.to_arrow()) > 0
    with pytest.raises(QueryError, match="there is no such service"):
        wb.open_source("postgresql:///?service=erp")


@pytest.mark.parametrize(
    ("uri", "said"),
    [
        ("postgresql://nobody@127.0.0.1:1/crm", "the database crm cannot be reached: nothing answers there"),
        ("postgresql://nobody@127.0.0.1:1/crm?colour=blue", "the database crm cannot be reached: its name cannot be"),
    ],
)
def test_a_database_that_cannot_be_reached_is_said(uri: str, said: str) -> None:
    with pytest.raises(QueryError, match=said) as caught:
        wb.open_source(uri)
    assert "127.0.0.1" not in str(caught.value)


def test_without_the_driver_the_way_out_is_said(postgres: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workbench.data.postgres.find_spec", lambda name: None)
    with pytest.raises(wb.ContractError, match=r"pip install 'adoption-workbench\[postgres\]'"):
        wb.open_source(postgres)


def test_a_page_names_the_database_and_no_more() -> None:
    assert database_name("postgresql://reader@db.example:5433/sales%20crm?sslmode=require") == "sales crm"
    assert database_name("postgresql://?service=crm") == "crm"
    assert database_name("postgresql://") == "PostgreSQL"
    refuse_password("postgresql://reader@server/crm?sslmode=require")


def test_numbers_1_and_0_are_true_and_false_and_no_other_number_is(postgres: str) -> None:
    made(
        postgres,
        "drop schema if exists ones cascade",
        "create schema ones",
        "create table ones.users as select u as user_id, is_robot::bigint from (values ('a', 0), ('b', 1)) as t(u, is_robot)",
        "create table ones.events as select 'a' as user_id, timestamptz '2025-01-06 08:00Z' as occurred_at, 'view' as action,"
        " s::smallint as succeeded, c::double precision as compulsory from (values (1, 0), (null, 1), (2, 1)) as t(s, c)",
    )
    found = wb.open_source(f"{postgres}&options=-csearch_path%3Dones")
    assert found.users.sql("select is_robot from this order by user_id").to_arrow()["is_robot"].to_pylist() == [
        False,
        True,
    ]
    assert sorted(found.events.sql("select compulsory from this").to_arrow()["compulsory"].to_pylist()) == [
        False,
        True,
        True,
    ]
    said = found.check()
    of_events = said[said["rule"].str.startswith("events.")]
    assert of_events[["rule", "rows"]].to_numpy().tolist() == [["events.succeeded reads as boolean", 1]]  # 2 is neither


def test_a_page_of_the_server_says_what_the_page_of_the_files_says(filled: str, sample: Path) -> None:
    page, zone = chosen(NOTEBOOKS, ["2_adoption"]), "Europe/Berlin"
    asked = [reports(page, {"source": source, "time_zone": zone})[0] for source in (filled, str(sample))]
    with workers(2) as pool:
        there, here = ({cell.id: cell.get("outputs") for cell in written(done)} for done in pool.map(run, asked))
    assert [name for name in here if there[name] != here[name]] == [SETUP]


def test_effects_computed_from_the_server_are_those_computed_from_files(filled: str, executed: Any) -> None:
    [asked] = reports(chosen(NOTEBOOKS, ["4_training"]), {"source": filled, "time_zone": "Europe/Berlin"})
    with workers(1) as pool:
        done = pool.submit(run, asked).result()
    there, here = (
        {cell.id: cell.get("outputs") for cell in written(page)} for page in (done, executed["4_training"][1])
    )
    assert [name for name in here if there[name] != here[name]] == [SETUP]
