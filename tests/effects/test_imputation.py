"""The imputation estimator: least squares by brute force, and another implementation."""

from __future__ import annotations

import warnings
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from diff_diff import ImputationDiD
from hypothesis import given, settings
from random_panels import panel, seeds
from statsmodels.formula.api import ols, wls

import workbench as wb


def by_brute_force(table: pd.DataFrame) -> pd.DataFrame:
    """Every treated row that can be told with its effect: a dummy for every unit and week, fitted to the untreated."""
    untreated = table[~(table["week"] >= table["trained"])]
    fit = ols("active_days ~ C(user_id) + C(week)", untreated).fit()
    treated = table[table["week"] >= table["trained"]]
    treated = treated[treated["week"].isin(untreated["week"]) & treated["user_id"].isin(untreated["user_id"])]
    return treated.assign(effect=treated["active_days"] - fit.predict(treated))


@pytest.mark.parametrize(("hole", "never"), [(0.0, True), (0.15, True), (0.0, False)])
def test_imputed_effects_are_those_of_least_squares_with_a_dummy_for_every_unit_and_week(hole: float, never: bool):
    table = panel(5, users=60, hole=hole, never=never)
    first = table.groupby("user_id")["week"].transform("min")
    effects = by_brute_force(table[~(table["trained"] <= first)])
    found = wb.imputed(wb.moments(table), by="event_week")
    expected = effects.groupby(effects["week"] - effects["trained"])["effect"].mean()
    assert found.table["event_week"].tolist() == expected.index.tolist()
    assert found.table["estimate"].tolist() == pytest.approx(expected.tolist())
    assert found.overall["estimate"] == pytest.approx(effects["effect"].mean())
    assert wb.imputed(wb.moments(table)).overall["estimate"] == pytest.approx(effects["effect"].mean())


@pytest.mark.peers
@given(seeds)
@settings(max_examples=5, deadline=None)
def test_imputed_effects_and_errors_are_those_of_diff_diff(seed: int):
    """It holds cohorts' sizes fixed: without what drawing them adds, their mean effects less the mean of all."""
    table = panel(seed, users=40)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        given_zeros = table.fillna({"trained": 0})
        theirs = ImputationDiD().fit(given_zeros, "active_days", "user_id", "week", "trained")
    found = wb.imputed(m := wb.moments(table), small_sample=False)
    effects = by_brute_force(table)
    of_cohorts = effects.groupby("trained")["effect"].agg(["sum", "size"]).reindex(m.cohorts["cohort"], fill_value=0)
    apart = (of_cohorts["sum"] - of_cohorts["size"] * theirs.overall_att) / len(effects)
    drawn = (apart / m.cohorts["units"].to_numpy() * m.units).to_numpy()
    fixed = replace(found.contrasts, on_sizes=found.contrasts.on_sizes - drawn[:, None])
    assert found.overall["estimate"] == pytest.approx(theirs.overall_att)
    assert fixed.std_error[0] == pytest.approx(theirs.overall_se)


def test_weeks_without_anybody_untreated_are_left_out_and_said():
    table = panel(5, users=60, never=False)
    last = table["trained"].max()
    found = wb.imputed(wb.moments(table), by="event_week")
    lost = int((table["week"] >= last).sum())
    assert f"{lost:,} treated units and periods are left out: nobody is left to compare with." in found.notes


def test_weeks_in_which_the_effect_was_expected_teach_nothing_of_what_would_have_been():
    """Use that rises a week ahead bends what is imputed, unless that week is said to be under treatment."""
    table = panel(6, users=60).query("trained != 2")
    quiet = wb.imputed(wb.moments(table), anticipation=1).overall["estimate"]
    ahead = table["active_days"] + 3.0 * (table["week"] == table["trained"] - 1)
    moved = wb.moments(table.assign(active_days=ahead))
    assert wb.imputed(moved, anticipation=1).overall["estimate"] == pytest.approx(quiet)
    assert wb.imputed(moved).overall["estimate"] != pytest.approx(quiet, abs=0.1)


def test_a_treatment_that_is_switched_off_is_refused():
    table = panel(5).assign(on=lambda rows: (rows["week"] == rows["trained"]).astype(int))
    with pytest.raises(wb.ContractError, match="stays on once it is on"):
        wb.imputed(wb.moments(table, treatment="on"))


def two_strata(seed: int, users: int = 24) -> pd.DataFrame:
    """No effect; use grows by a day a week in one of two roles, where most of the trained are, and few of the others."""
    table = panel(seed, users=users)
    grows = (table["user_id"] % 4 == 0) != table["trained"].notna()
    table["role"] = np.where(grows, "grows", "stays")
    return table.assign(active_days=table["active_days"] - (table["week"] >= table["trained"]) + grows * table["week"])


def mean_effect_within(table: pd.DataFrame, weight: np.ndarray) -> float:
    """Brute force: a dummy for every unit and every week of a role, fitted to the untreated with a weight each."""
    table = table.assign(weight=weight[table["user_id"]])
    treated = table["week"] >= table["trained"]
    fit = wls(
        "active_days ~ C(user_id) + C(week):C(role)", table[~treated], weights=table.loc[~treated, "weight"]
    ).fit()
    effect = table.loc[treated, "active_days"] - fit.predict(table[treated])
    return float(np.average(effect, weights=table.loc[treated, "weight"]))


def test_within_strata_effects_and_errors_are_those_of_weeks_of_their_own():
    """The estimate by least squares; its error from what raising each unit's weight a little moves."""
    table = two_strata(3)
    found = wb.imputed(wb.moments(table, strata="role"), small_sample=False)
    assert found.overall["estimate"] == pytest.approx(mean_effect_within(table, np.ones(24)))
    step, unit = 1e-4, np.eye(24)
    moved = [mean_effect_within(table, 1 + step * i) - mean_effect_within(table, 1 - step * i) for i in unit]
    assert found.overall["std_error"] == pytest.approx(np.sqrt(np.sum((np.array(moved) / 2 / step) ** 2)), rel=1e-5)
    assert "within 2 strata" in found.about


def test_a_trend_of_one_stratum_is_no_effect_within_strata():
    """Planted: no effect (effects-cases.md, 4)."""
    table = two_strata(5, users=300)
    apart, together = (wb.imputed(wb.moments(table, strata=strata)).overall for strata in ("role", None))
    assert apart["conf_low"] < 0 < apart["conf_high"]
    assert together["conf_low"] > 0
