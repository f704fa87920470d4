"""Rows of units in place of products: the same estimates, and nobody in a file."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from random_panels import panel

import workbench as wb
from workbench.inference.moments import Moments


@pytest.fixture
def both(monkeypatch: pytest.MonkeyPatch) -> tuple[Moments, Moments]:
    """A panel with gaps, reduced to products of every cell, and to the rows of units in small cells."""
    table = panel(8, users=80, weeks=7, hole=0.2)
    summed = wb.moments(table)
    monkeypatch.setattr("workbench.inference.loose.MANY_CELLS", 0)
    monkeypatch.setattr("workbench.inference.cells.FEW_UNITS", 80)
    rows = wb.moments(table)
    assert summed.loose is None
    assert rows.loose is not None
    return summed, rows


def test_rows_of_units_in_small_cells_give_the_same_estimates_as_their_products(both: tuple[Moments, Moments]):
    first = both[0].cohorts["cohort"][0]
    for ask in (
        wb.att_gt,
        lambda m: wb.aggregate(wb.att_gt(m, small_sample=False), "event_week"),
        lambda m: wb.aggregate(wb.att_gt(m, "never_treated", base=2), "cohort"),
        lambda m: wb.relative(wb.att_gt(m)),
        lambda m: wb.over(wb.att_gt(m), {"soon": (0, 1), "late": (2, 6)}),
        lambda m: wb.efficient(m, "cohort"),
        lambda m: wb.att_gt(m.without(first)),
        lambda m: wb.imputed(m),
        lambda m: wb.att_gt(m.balanced()),
    ):
        found = [ask(m).table for m in both]
        pd.testing.assert_frame_equal(*found)


def test_rows_of_single_units_are_in_no_file(both: tuple[Moments, Moments], tmp_path: Path):
    summed, rows = both
    whole = rows.without_loose()
    np.testing.assert_allclose(whole.products, summed.products, atol=1e-9)
    wb.save_moments(rows, tmp_path / "m", minimum=2)
    assert wb.load_moments(tmp_path / "m").loose is None
