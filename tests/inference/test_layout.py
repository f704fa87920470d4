"""Where rows stand: in any order and in pieces of any size."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from random_panels import panel, same, seeds
from twelve_users import changed, refusal

import workbench as wb

few = settings(max_examples=12, deadline=None)


def test_rows_of_nobody():
    assert refusal(changed("user_id", 3, None)) == (
        "every row belongs to a unit, but 1 rows name none.\n  Leave these rows out."
    )


@pytest.mark.parametrize("rows", [1, 7, 100])
def test_blocks_of_any_size_give_the_same_bits(monkeypatch: pytest.MonkeyPatch, rows: int):
    table = panel(1, users=60, hole=0.1)
    whole = wb.moments(table, cluster="team")
    monkeypatch.setattr(wb.Table, "batches", lambda self: self.to_arrow().to_batches(max_chunksize=rows))
    pieces = wb.moments(table, cluster="team")
    assert same(pieces, whole)
    assert np.allclose(pieces.clusters.deviation, whole.clusters.deviation)


@given(seeds)
@few
def test_frames_arrow_and_lazy_tables_in_any_order_give_the_same_bits(seed: int):
    table = panel(seed, hole=0.2)
    whole = wb.moments(table)
    shuffled = table.sample(frac=1, random_state=seed)
    for other in (pa.Table.from_pandas(table), wb.as_table(table).sql("select * from this"), shuffled):
        assert same(wb.moments(other), whole)
