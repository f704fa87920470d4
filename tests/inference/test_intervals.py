"""When there is no interval, and what the answer says instead."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from small_worlds import effect, three_cohorts, two_periods

import workbench as wb
from workbench import findings
from workbench.inference.contrasts import Contrasts
from workbench.inference.intervals import simultaneous


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


def by_week(teams: int, unlike: bool = False, **how) -> wb.Estimates:
    """Four weeks, `teams` treated from the third and 30 never; with `unlike`, one of those treated is of 40 people."""
    rng = np.random.default_rng(0)
    size = np.where((np.arange(teams + 30) == 0) & unlike, 40, 3)
    people = pd.DataFrame({"team": np.repeat(np.arange(teams + 30), size)})
    people["user_id"], people["trained"] = np.arange(len(people)), np.where(people["team"] < teams, 2.0, np.nan)
    weeks = [people.assign(week=week, active_days=rng.normal(size=teams + 30)[people["team"]]) for week in range(4)]
    m = wb.moments(pd.concat(weeks), cohort="trained", cluster="team")
    return wb.att_gt(m, **how)


BAND = ["band_low", "band_high"]
NO_BAND = "3 of 3 rows rest on treated teams that tell less than 10 of one size would: no simultaneous band."


def test_three_treated_teams_have_intervals_but_no_band_and_the_answer_says_why():
    found = by_week(3)
    assert found.table["conf_low"].notna().sum() == 3  # all but the base week
    assert found.table[BAND].isna().all(axis=None)
    assert NO_BAND.replace("of 3 rows", f"of {len(found.table)} rows") in found.notes
    assert not any("band" in note for note in by_week(3, band=False).notes)


def test_ten_treated_teams_have_a_band_unless_one_outweighs_the_others():
    """A band over three weeks is wider than each interval; as wide as t of the 9 degrees of freedom of the treated."""
    table = by_week(10).table.dropna(subset="conf_low")
    factor = ((table["band_high"] - table["estimate"]) / table["std_error"]).to_numpy()
    ours = by_week(10)
    told = np.flatnonzero(ours.table["conf_low"].notna())
    normal = simultaneous(ours.contrasts.covariance[np.ix_(told, told)])
    np.testing.assert_allclose(factor, stats.t.isf(stats.norm.sf(normal), 9), rtol=1e-6)
    assert (table["band_low"] < table["conf_low"]).all()
    assert not any("band" in note for note in ours.notes)
    assert by_week(9).table[BAND].isna().all(axis=None)
    assert by_week(12, unlike=True).table[BAND].isna().all(axis=None)


def test_large_sample_errors_have_their_band_however_few_teams():
    found = by_week(3, small_sample=False)
    assert found.table["band_low"].notna().sum() == 3
    assert not any("band" in note for note in found.notes)
