"""Lazy tables: what runs, when, and on what."""

from __future__ import annotations

import pandas as pd
import pytest

from workbench.data.duckdb import as_table, duckdb_engine
from workbench.data.engine import Table, identifier, literal, literals, select
from workbench.errors import QueryError

ROWS = {"user_id": ["a", "b", "b"], "actions": [1, 2, 3]}


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
