"""Frames as tables, answers in pieces, tables computed once."""

from __future__ import annotations

import gc

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from workbench.data.duckdb import as_table, duckdb_engine
from workbench.data.engine import Table
from workbench.errors import ContractError

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


def test_an_answer_being_read_does_not_block_the_next_question() -> None:
    table = Table(duckdb_engine(), "select * from range(1000000) as numbers(n)")
    reading = table.batches()
    first = next(reading)
    assert table.sql("select count(*) as n from this").to_arrow()["n"][0].as_py() == 1_000_000
    assert first.num_rows + sum(batch.num_rows for batch in reading) == 1_000_000


def test_a_stored_table_is_computed_once() -> None:
    drawn = Table(duckdb_engine(), "select random() as x from range(3)").stored()
    assert drawn.to_arrow().equals(drawn.to_arrow())


def test_a_frame_lives_as_long_as_a_table_needs_it():
    """A loop over frames keeps none of them; a question asked of a question of a frame still finds it."""
    engine = duckdb_engine()
    gc.collect()
    before = len(engine.frames)
    asked = [as_table(pd.DataFrame({"n": range(i)})).sql("select n from this").sql("select count(*) as n from this")
             for i in range(3)]  # fmt: skip
    gc.collect()
    assert [each.row()["n"] for each in asked] == [0, 1, 2]
    assert [len(batch) for batch in as_table(pd.DataFrame({"n": [1, 2]})).batches()] == [2]
    del asked
    gc.collect()
    assert len(engine.frames) <= before


@pytest.mark.parametrize("kind", [pa.float64(), pa.float32()])
def test_nan_is_missing_whoever_hands_it_over(kind: pa.DataType):
    """By count: of three values one is NaN and one missing; Arrow and polars would keep the NaN."""
    values = np.array([1, np.nan, 2], kind.to_pandas_dtype())
    table = pa.table({"x": pa.array(values, mask=np.array([False, False, True]))})
    assert as_table(table).sql("select count(x) as known, count(*) as rows_in from this").row() == {
        "known": 1,
        "rows_in": 3,
    }
    frame = pd.DataFrame({"x": pd.array(values, dtype=pd.ArrowDtype(kind))})
    assert as_table(frame).sql("select count(x) as known from this").row()["known"] == 2
    assert table["x"].null_count == 1  # the table itself is as it was


def test_two_columns_of_one_name_are_refused():
    for table in (pd.DataFrame([[1, 2]], columns=["Y", "y"]), pa.table([[1], [2]], names=["Y", "y"])):
        with pytest.raises(ContractError) as refused:
            as_table(table)
        assert str(refused.value) == (
            "every column has a name of its own, but there are 'Y' and 'y'.\n"
            "  Rename one of them; upper and lower case count as the same."
        )
    with pytest.raises(ContractError, match="but there are 'y' and 'y'"):
        as_table(pd.DataFrame([[1, 2]], columns=["y", "y"]))
