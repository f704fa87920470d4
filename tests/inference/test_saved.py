"""Moments in a file: the same report from it, and nobody in it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from random_panels import panel

import workbench as wb


@pytest.mark.parametrize("cluster", [None, "team"])
def test_saved_moments_give_the_same_report(tmp_path: Path, cluster: str | None):
    table = panel(0, users=80).assign(team=lambda t: "team " + t["trained"].fillna(0).astype(int).astype(str))
    m = wb.moments(table, cluster=cluster)

    def study(of: wb.Moments) -> pd.DataFrame:  # each team is a cohort, alone in it
        return wb.aggregate(wb.att_gt(of, small_sample=False), "event_week").table

    assert wb.save_moments(m, tmp_path / "m").units == m.units
    again = wb.load_moments(tmp_path / "m")
    assert repr(again) == repr(m)
    assert study(again).equals(study(m))
    assert wb.save_moments(again, tmp_path / "n").units == m.units
    assert (tmp_path / "m").read_bytes() == (tmp_path / "n").read_bytes()


def test_groups_of_fewer_than_five_are_withheld_and_counted(tmp_path: Path):
    table = panel(1, users=80, hole=0.03)
    m = wb.moments(table)
    small = m.n < 5
    assert small.any()
    wb.save_moments(m, tmp_path / "m")
    kept = wb.load_moments(tmp_path / "m")
    assert kept.n.min() >= 5
    assert kept.excluded.to_numpy().tolist() == [
        ["in groups of fewer than 5", m.n[small].sum(), (m.n * m.seen.sum(axis=1))[small].sum()]
    ]


def test_moments_without_the_small_parts_of_teams_are_those_of_the_others():
    table = panel(2, users=120).assign(team=lambda t: t["user_id"] // 30)
    size = table.groupby(["team", table["trained"].fillna(0)])["user_id"].transform("nunique")
    assert (size < 5).any()
    kept, apart = (
        m.withheld(5) for m in (wb.moments(table, cluster="team"), wb.moments(table[size >= 5], cluster="team"))
    )
    np.testing.assert_array_equal(kept.n, apart.n)
    np.testing.assert_allclose(kept.mean, apart.mean)
    np.testing.assert_allclose(kept.clusters.deviation, apart.clusters.deviation, atol=1e-9)
    ours, theirs = (wb.att_gt(m).table for m in (kept, apart))
    np.testing.assert_allclose(ours["std_error"], theirs["std_error"])


def test_where_nobody_may_be_kept_nothing_is_written(tmp_path: Path):
    m = wb.moments(panel(3, users=16))
    with pytest.raises(wb.ContractError) as refused:
        wb.save_moments(m, tmp_path / "m", minimum=100)
    assert str(refused.value) == (
        "moments are kept of groups of 100 or more, but all 16 units are in smaller ones.\n"
        "  Take moments without strata= or cluster=, or of a larger table."
    )
    assert not (tmp_path / "m").exists()


@pytest.mark.parametrize("content", [b"no moments", b"", b"PK\x03\x04 cut"])
def test_another_file_is_refused(tmp_path: Path, content: bytes):
    (tmp_path / "m").write_bytes(content)
    with pytest.raises(wb.ContractError) as refused:
        wb.load_moments(tmp_path / "m")
    assert str(refused.value) == "m is not a file of moments.\n  Write one: wb.save_moments(m, path)."
