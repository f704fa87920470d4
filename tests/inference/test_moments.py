"""What a table is reduced to: the same for any engine, order and piece, and for a version that is slow and obvious."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from random_panels import panel, seeds

import workbench as wb
from workbench.inference.moments import Moments

few = settings(max_examples=12, deadline=None)


def numbers(m: Moments) -> list[object]:
    return [m.n, m.mean, m.products, m.start, m.path]


def same(a: Moments, b: Moments) -> bool:
    return all(np.array_equal(x, y) for x, y in zip(numbers(a), numbers(b), strict=True))


@given(seeds)
@few
def test_a_slow_and_obvious_version_agrees(seed: int):
    table = panel(seed)
    m = wb.moments(table)
    for cell, start in enumerate(m.start):
        ours = table[table["trained"].isna()] if np.isinf(start) else table[table["trained"] == start + 1]
        paths = ours.pivot(index="user_id", columns="week", values="active_days").to_numpy(float)
        assert m.n[cell] == len(paths)
        np.testing.assert_allclose(m.mean[cell], paths.mean(axis=0))
        np.testing.assert_allclose(m.products[cell], np.cov(paths.T, ddof=0) * len(paths), atol=1e-9)


@given(seeds)
@few
def test_frames_arrow_and_lazy_tables_in_any_order_give_the_same_bits(seed: int):
    table = panel(seed, hole=0.2)
    whole = wb.moments(table)
    shuffled = table.sample(frac=1, random_state=seed)
    for other in (pa.Table.from_pandas(table), wb.as_table(table).sql("select * from this"), shuffled):
        assert same(wb.moments(other), whole)


@given(seeds)
@few
def test_moments_of_disjoint_users_add_up(seed: int):
    table = panel(seed, users=40)
    whole = wb.moments(table)
    half = table["user_id"] % 2 == 0
    parts = [wb.moments(table[rows]) for rows in (half, ~half)]
    for cell, start in enumerate(whole.start):
        n, mean, products = 0, np.zeros(6), np.zeros((6, 6))
        for part in parts:
            for k in np.flatnonzero(part.start == start):
                apart = part.mean[k] - mean  # Chan, Golub & LeVeque (1983)
                products += part.products[k] + np.outer(apart, apart) * n * part.n[k] / (n + part.n[k])
                mean, n = mean + apart * part.n[k] / (n + part.n[k]), n + part.n[k]
        assert n == whole.n[cell]
        np.testing.assert_allclose(mean, whole.mean[cell])
        np.testing.assert_allclose(products, whole.products[cell], atol=1e-9)


@pytest.mark.parametrize("rows", [1, 7, 100])
def test_blocks_of_any_size_give_the_same_bits(monkeypatch: pytest.MonkeyPatch, rows: int):
    table = panel(1, users=60, hole=0.1)
    whole = wb.moments(table, cluster="team")
    monkeypatch.setattr(wb.Table, "batches", lambda self: self.to_arrow().to_batches(max_chunksize=rows))
    pieces = wb.moments(table, cluster="team")
    assert same(pieces, whole)
    assert np.allclose(pieces.clusters.deviation, whole.clusters.deviation)


def test_a_piece_without_an_eligible_row_is_passed_over(monkeypatch: pytest.MonkeyPatch):
    table = panel(1, users=60).sort_values("user_id", kind="stable")
    first = table["user_id"].unique()[:20]
    marked = table.assign(eligible=~table["user_id"].isin(first))
    monkeypatch.setattr(wb.Table, "batches", lambda self: self.to_arrow().to_batches(max_chunksize=12))
    assert same(wb.moments(marked), wb.moments(table[marked["eligible"]]))
    with pytest.raises(wb.ContractError, match="the table has no rows"):
        wb.moments(table.assign(eligible=False))


@pytest.mark.parametrize("rows", [7, 100])
def test_a_piece_in_which_nobody_is_ever_treated_is_read_like_any_other(monkeypatch: pytest.MonkeyPatch, rows: int):
    table = panel(1, users=60)
    dates = {
        name: pd.Timestamp("2025-01-06") + pd.to_timedelta(table[name] * 7, unit="D") for name in ("week", "trained")
    }
    table = table.assign(**dates).sort_values(["trained", "user_id", "week"], na_position="first")
    table["user_id"] = np.arange(len(table)) // table["week"].nunique()  # those never treated come first
    whole = wb.moments(table)
    monkeypatch.setattr(wb.Table, "batches", lambda self: self.to_arrow().to_batches(max_chunksize=rows))
    assert same(wb.moments(table), whole)


def test_ids_periods_and_numbers_of_any_type_give_the_same_moments():
    table = panel(2)
    whole = wb.moments(table)
    assert same(wb.moments(table.assign(user_id=[f"u{u:03d}" for u in table["user_id"]])), whole)
    assert same(wb.moments(table.astype({"active_days": float, "week": "int8", "trained": "Int32"})), whole)
    assert same(wb.moments(table.astype({"active_days": "int8"})), whole)
    monday = pd.Timestamp("2025-01-06")
    weeks = {c: monday + pd.to_timedelta(7 * (table[c] - 1), "D") for c in ("week", "trained")}
    assert same(wb.moments(table.assign(**weeks)), whole)
    assert same(wb.moments(table.assign(**{c: weeks[c].dt.date.where(weeks[c].notna(), None) for c in weeks})), whole)


def test_missing_cohorts_that_are_written_in_two_ways_are_one():
    table = panel(3)
    odd = pa.Table.from_pandas(table)
    trained = [None if i % 2 and np.isnan(t) else t for i, t in enumerate(table["trained"])]
    odd = odd.set_column(odd.column_names.index("trained"), "trained", pa.array(trained, pa.float64()))
    assert same(wb.moments(odd), wb.moments(table))


def test_large_numbers_lose_no_variance():
    table = panel(4)
    high = table.assign(active_days=table["active_days"] + 1e8)
    np.testing.assert_allclose(wb.moments(high).products, wb.moments(table).products, rtol=1e-6, atol=1e-6)


def test_only_users_seen_in_every_week_is_the_table_without_the_others():
    table = panel(5, users=40, hole=0.05)
    rows = table.groupby("user_id")["week"].transform("size")
    balanced, apart = wb.moments(table).balanced(), wb.moments(table[rows == 6])
    assert same(balanced, apart)
    lost = balanced.excluded.set_index("reason").loc["not seen in every period"]
    assert lost["units"] == table.loc[rows < 6, "user_id"].nunique()


def test_clusters_keep_the_sum_of_each_team_in_each_cell():
    table = panel(6)
    m = wb.moments(table, cluster="team")
    sums = m.clusters.deviation + m.clusters.n[:, None] * m.mean[m.clusters.cell]
    for row, (cell, team) in enumerate(zip(m.clusters.cell, m.clusters.cluster, strict=True)):
        start = None if np.isinf(m.start[cell]) else m.start[cell] + 1
        ours = table[table["team"].astype(str) == m.clusters.names[team]]
        ours = ours[ours["trained"].isna() if start is None else ours["trained"] == start]
        np.testing.assert_allclose(sums[row], ours.groupby("week")["active_days"].sum(), atol=1e-12)
