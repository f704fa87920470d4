"""Weighted sums: what is no more than rounding is nothing."""

from __future__ import annotations

import pytest
from small_worlds import effect, three_cohorts

import workbench as wb


def test_rounding_is_no_effect():
    panel = three_cohorts().assign(active_days=lambda rows: rows["week"] / 10)  # everybody does the same
    found = effect(panel, cluster=None)
    overall = wb.aggregate(found).overall
    assert overall[["conf_low", "conf_high"]].isna().all()
    with pytest.raises(wb.ContractError) as refused:
        wb.sensitivity(found)
    assert str(refused.value) == (
        "how far trends may part is weighed against chance, but not all of these effects vary by chance.\n"
        "  Look at the outcome: for some it is the same all the time, or changes in step."
    )
