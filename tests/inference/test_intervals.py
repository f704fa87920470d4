"""When there is no interval, and what the answer says instead."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from small_worlds import effect, three_cohorts, two_periods

import workbench as wb
from workbench import findings
from workbench.inference.contrasts import Contrasts


def plain(contrasts: Contrasts) -> Contrasts:
    """With the normal distribution in place of t."""
    return replace(contrasts, spread=replace(contrasts.spread, normal=True))


def test_two_teams_have_no_interval_and_the_answer_says_why():
    found = effect(two_periods(2, 20))
    assert found.table[["conf_low", "conf_high"]].isna().all(axis=None)
    assert found.table["std_error"].notna().all()
    assert "1 of 1 rows rest on fewer than three teams of a kind: no interval." in found.notes
    said = findings.effect(wb.aggregate(found), "the workshop", randomised=True)
    assert said.headline == (
        "We cannot say whether the workshop changed active days: it rests on too few teams to tell it from chance."
    )


def test_one_person_to_compare_with_gives_no_interval():
    panel = three_cohorts(treated=6, later=0, never=1)
    panel[["week", "trained"]] += 10  # a lone cohort of week 1 would be taken for a yes
    found = effect(panel, cluster=None)
    assert found.table[["conf_low", "conf_high"]].isna().all(axis=None)
    assert "2 of 2 rows rest on fewer than three units of a kind: no interval." in found.notes
    plain = effect(panel, cluster=None, small_sample=False)
    assert "One unit alone is the cohort never treated: its own ups and downs are not in the intervals." in plain.notes


def test_one_person_among_many_who_wait_takes_no_interval_away():
    panel = three_cohorts(treated=6, later=1, never=60)
    row = effect(panel, cluster=None).table.query("cohort == 1 and period == 1")
    assert row["conf_low"].notna().all()


def test_a_constant_as_large_as_a_trillion_changes_no_interval():
    """A difference knows no level: the same numbers, but for what sixteen digits can hold of a trillion."""
    panel = three_cohorts(treated=6, later=6, never=6)
    found, high = (
        effect(table, cluster=None).table for table in (panel, panel.assign(active_days=panel.active_days + 1e12))
    )
    columns = ["estimate", "std_error", "conf_low", "conf_high"]
    np.testing.assert_allclose(high[columns], found[columns], atol=2e-3)


def test_where_nothing_varies_the_missing_interval_is_explained():
    """Everybody trained gains exactly one day."""
    panel = three_cohorts(treated=6, later=0, never=6)
    panel[["week", "trained"]] += 10
    panel["active_days"] = panel["user_id"] + (panel["week"] >= panel["trained"].fillna(99)) * 1.0
    found = effect(panel, cluster=None)
    assert found.table["estimate"].iloc[-1] == pytest.approx(1)
    assert found.table["std_error"].isna().all()
    rows = len(found.table)
    assert f"{rows} of {rows} rows compare what does not vary, but for rounding: no standard error." in found.notes
