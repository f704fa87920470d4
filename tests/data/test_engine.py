"""Lazy tables: what runs, when, and on what."""

from __future__ import annotations

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from workbench.data.duckdb import as_table, duckdb_engine
from workbench.data.engine import Table, identifier, literal, literals, select
from workbench.errors import QueryError

ROWS = {"user_id": ["a", "b", "b"], "actions": [1, 2, 3]}


@pytest.mark.parametrize("frame", [pd.DataFrame, pa.table, pl.DataFrame])
def test_any_frame_is_a_table(frame: type) -> None:
    table = as_table(frame(ROWS))
    assert table.columns == ["user_id", "actions"]
    assert table.to_arrow().to_pydict() == ROWS
    assert as_table(table) is table


def test_what_is_no_table_is_refused() -> None:
    with pytest.raises(TypeError, match=r"a table is needed \(Table, pandas, Arrow or polars\), not int"):
        as_table(3)


def test_selects_nest_and_join_under_their_own_names() -> None:
    users = as_table(pd.DataFrame({"user_id": ["a", "b"], "team": ["x", "y"]}))
    summed = as_table(pd.DataFrame(ROWS)).sql(
        "with s as (select user_id, sum(actions) as n from this group by 1) select * from s"
    )
    joined = select("select team, n from summed join users on users.user_id = summed.user_id order by team", summed=summed, users=users)  # fmt: skip
    assert joined.to_pandas().values.tolist() == [["x", 1], ["y", 5]]


def test_nothing_runs_before_somebody_asks() -> None:
    broken = as_table(pd.DataFrame({"day": ["2025-13-01"]})).sql("select cast(day as date) as day from this")
    assert broken.columns == ["day"]
    with pytest.raises(QueryError, match="workbench check"):
        broken.to_arrow()
    with pytest.raises(QueryError, match="workbench check"):
        list(broken.batches())


def test_an_answer_being_read_does_not_block_the_next_question() -> None:
    table = Table(duckdb_engine(), "select * from range(1000000) as numbers(n)")
    reading = table.batches()
    first = next(reading)
    assert table.sql("select count(*) as n from this").to_arrow()["n"][0].as_py() == 1_000_000
    assert first.num_rows + sum(batch.num_rows for batch in reading) == 1_000_000


def test_a_stored_table_is_computed_once() -> None:
    drawn = Table(duckdb_engine(), "select random() as x from range(3)").stored()
    assert drawn.to_arrow().equals(drawn.to_arrow())


def test_tables_of_different_engines_are_not_joined() -> None:
    other = Table(type(duckdb_engine())(), "select 1 as one")
    with pytest.raises(ValueError, match=r"bring one over with as_table\(t.to_arrow\(\)\)"):
        select("select 1", here=as_table(pd.DataFrame(ROWS)), there=other)


def test_values_and_names_are_quoted() -> None:
    assert literal("O'Brien") == "'O''Brien'"
    assert literals([]) == "null"
    assert (literal(True), literal(None), literal(2.5)) == ("true", "null", "2.5")
    assert identifier('a"b') == '"a""b"'
    hostile = "x' or '1'='1"
    assert (
        as_table(pd.DataFrame(ROWS)).sql(f"select * from this where user_id = {literal(hostile)}").to_arrow().num_rows
        == 0
    )
