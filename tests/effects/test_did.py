"""ATT(g, t): what must hold of any table, other packages, and what is said of what is left out."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from peers import quietly
from random_panels import panel, seeds
from statsmodels.api import GLM
from statsmodels.genmod.families import Poisson
from twelve_users import counted, refusal, twelve_users

import workbench as wb
from workbench.effects.did import att_gt
from workbench.effects.summaries import aggregate
from workbench.inference.moments import moments

few = settings(max_examples=8, deadline=None)

NUMBERS = ["estimate", "std_error", "n"]

COMPARISON = {"never_treated": "nevertreated", "not_yet_treated": "notyettreated"}

BY = {"simple": None, "dynamic": "event_week", "group": "cohort", "calendar": "period"}


def effects(table: pd.DataFrame, **options: Any) -> pd.DataFrame:
    """As R takes errors, so that other packages can be compared with."""
    return wb.att_gt(wb.moments(table), band=False, **({"small_sample": False} | options)).table


def equal(a: pd.DataFrame, b: pd.DataFrame) -> None:
    assert len(a) == len(b)
    np.testing.assert_allclose(a[NUMBERS].astype(float), b[NUMBERS].astype(float), rtol=1e-9, atol=1e-9)


def counts(people: int = 300, seed: int = 0) -> pd.DataFrame:
    """Two weeks of counts; the trained do twice as much to begin with, all half as much again later, training + 30 %."""
    rng = np.random.default_rng(seed)
    trained = rng.random(people) < 0.4
    level = rng.gamma(2, 1, people) * (1 + trained)
    paths = rng.poisson(np.stack([level, 1.5 * level * np.where(trained, 1.3, 1)], axis=1))
    table = pd.DataFrame({"user_id": np.repeat(np.arange(people), 2), "week": [0, 1] * people})
    return table.assign(active_days=paths.ravel(), trained=np.where(trained, 1.0, np.nan)[table["user_id"]])


def test_what_a_result_leaves_out_is_said():
    table = twelve_users()
    nobody_left = att_gt(moments(table[table["trained"].notna()], cohort="trained")).notes
    assert nobody_left[2] == (
        "3 of 5 periods of the 2 units first treated in 5 are left out, from 4: nobody is left to compare with."
    )
    rest = moments(table[~table["user_id"].isin(["u00", "u01"])], cohort="trained")
    alone = att_gt(rest, small_sample=False).notes
    assert alone == ("1 unit first treated in 3 is left out: one unit alone has no spread to judge it by.",)
    apart = att_gt(
        moments(table.assign(role=table["role"].where(table["user_id"] != "u00", "x")), cohort="trained", strata="role")
    )
    assert (
        "5 of 5 periods of the 3 units first treated in 3 are left out, from 2: nobody in stratum x is left to compare with."
        in apart.notes
    )


def test_teams_that_straddle_or_are_few_are_said():
    table = twelve_users().assign(team=[f"t{int(user[1:]) % 3}" for user in twelve_users()["user_id"]])
    assert att_gt(moments(table, cohort="trained", cluster="team"), small_sample=False).notes == (
        "3 of 3 teams have units in more than one cohort.",
        "3 teams are few: these intervals are too narrow; use small_sample=True.",
    )


def test_a_panel_that_ends_as_treatment_begins_has_one_week_of_it():
    table = twelve_users()
    short = table[table["week"] <= 3].assign(trained=lambda t: t["trained"].where(t["trained"] == 3))
    assert aggregate(att_gt(moments(short)), "event_week").table["event_week"].tolist() == [-1, 0]


def test_a_week_missing_in_the_middle_is_compared_in_the_weeks_seen():
    table = twelve_users()
    hole = table[~((table["user_id"] == "u00") & (table["week"] == 4))]
    found = att_gt(moments(hole), band=False).table.set_index(["cohort", "period"])["n"]
    assert counted(hole) == []
    assert [found[3, 3], found[3, 4], found[3, 5]] == [3, 2, 3]


def test_panels_that_cannot_teach_anything():
    table = twelve_users()
    assert refusal(table[table["week"] == 1]) == "a change needs two periods, but week has one value only."
    assert refusal(table.iloc[:0]) == "the table has no rows, so there is nothing to estimate."
    assert refusal(table.assign(trained=np.nan)) == (
        "nobody is treated after being seen untreated, so there is no effect to see.\n"
        "  Look at the cohort column: a missing value means never treated."
    )
    assert refusal(table.assign(trained=3)) == (
        "no effect can be told apart from what would have happened anyway.\n"
        "  5 of 5 periods of the 12 units first treated in 3 are left out, from 2: nobody is left to compare with."
    )
    assert refusal(table.assign(trained=1), outside="known") == (
        "no unit is left to learn from (treated from the first period on: 12 units)."
    )


def test_treatment_that_is_switched_off_again():
    table = twelve_users()
    on = (table["week"] >= table["trained"]) & (table["week"] < table["trained"] + 2)
    assert refusal(table.assign(on=on.astype(int)), treatment="on") == (
        "treatment stays on once it is on, but for 6 units it is switched off again.\n"
        "  Use path_effects(m), which follows treatment on and off."
    )


@given(seeds)
@few
def test_a_holiday_week_that_hits_everyone_moves_nothing(seed: int):
    table = panel(seed, hole=0.1)
    holiday = table.assign(active_days=table["active_days"] - 3 * (table["week"] == 4))
    equal(effects(holiday), effects(table))


@given(seeds)
@few
def test_a_users_constant_habit_moves_nothing(seed: int):
    table = panel(seed)
    habit = np.random.default_rng(seed).integers(0, 50, table["user_id"].nunique())
    equal(effects(table.assign(active_days=table["active_days"] + habit[table["user_id"]])), effects(table))


@given(seeds)
@few
def test_an_added_effect_is_found_whole(seed: int):
    table = panel(seed, hole=0.1)
    trained = table["week"] >= table["trained"]
    more = effects(table.assign(active_days=table["active_days"] + 7 * trained))
    added = more["estimate"] - effects(table)["estimate"]
    np.testing.assert_allclose(added, np.where(more["period"] >= more["cohort"], 7, 0), atol=1e-9)


@given(seeds)
@few
def test_users_in_another_order_give_the_same_answer(seed: int):
    table = panel(seed)
    order = np.random.default_rng(seed).permutation(table["user_id"].nunique())
    equal(effects(table.assign(user_id=order[table["user_id"]])), effects(table))


@given(seeds)
@few
def test_a_slow_and_obvious_version_agrees(seed: int):
    table = panel(seed, hole=0.1)
    wide = table.pivot(index="user_id", columns="week", values="active_days")
    first = table.groupby("user_id")["trained"].first()
    for row in effects(table).itertuples():
        base = min(row.period, row.cohort) - 1
        change = (wide[row.period] - wide[base]).dropna()
        start = first[change.index]
        later = start.isna() | ((start > max(row.period, base)) & (start != row.cohort))
        assert row.estimate == pytest.approx(change[start == row.cohort].mean() - change[later].mean())
        assert row.n == (start == row.cohort).sum()


@pytest.mark.peers
@given(seeds)
@settings(max_examples=5, deadline=None)
@pytest.mark.parametrize("comparison", COMPARISON)
@pytest.mark.parametrize("anticipation", [0, 1])
def test_csdid_gives_the_same_effects_and_errors(comparison: str, anticipation: int, seed: int):
    from csdid.att_gt import ATTgt

    table = panel(seed, users=30)

    def theirs() -> Any:
        zero = table.fillna({"trained": 0})
        group = COMPARISON[comparison]
        model = ATTgt("active_days", "week", "user_id", "trained", zero, group, anticipation=anticipation)
        return model.fit(est_method="reg", bstrap=False).results

    found = quietly(theirs)
    theirs_by = {
        (g, t): (a, s) for g, t, a, s in zip(found["group"], found["year"], found["att"], found["se"], strict=True)
    }
    compared = 0
    for row in effects(table, comparison=comparison, anticipation=anticipation).itertuples():
        estimate, error = theirs_by[row.cohort, row.period]
        if np.isfinite(error):
            np.testing.assert_allclose([row.estimate, row.std_error], [estimate, error], rtol=1e-9, atol=1e-9)
            compared += 1
    assert compared


@pytest.mark.peers
@given(seeds)
@settings(max_examples=5, deadline=None)
@pytest.mark.parametrize("comparison", COMPARISON)
def test_moderndid_gives_the_same_effects_and_summaries(comparison: str, seed: int):
    import moderndid

    table = panel(seed, users=30)
    names = {"yname": "active_days", "tname": "week", "idname": "user_id", "gname": "trained"}
    zero = table.fillna({"trained": 0})
    given_group = {"control_group": COMPARISON[comparison], "est_method": "reg", "cband": False}
    found = quietly(lambda: moderndid.att_gt(zero, **names, **given_group))
    att = wb.att_gt(wb.moments(table), comparison, small_sample=False, band=False)
    ours = att.table.set_index(["cohort", "period"])
    keys = [(int(g), int(t)) for g, t in zip(found.groups, found.times, strict=True)]
    there = np.array([key in ours.index for key in keys])
    mine = ours.loc[[key for key, is_there in zip(keys, there, strict=True) if is_there], ["estimate", "std_error"]]
    theirs = np.column_stack([found.att_gt, found.se_gt])[there]
    np.testing.assert_allclose(mine[mine["std_error"].notna()], theirs[mine["std_error"].notna()], rtol=1e-9, atol=1e-9)
    if there.all():
        for kind, by in BY.items():
            summed = quietly(lambda kind=kind: moderndid.aggte(found, type=kind, cband=False))
            overall = wb.aggregate(att, by, band=False).overall
            np.testing.assert_allclose(
                overall[["estimate", "std_error"]].astype(float), [summed.overall_att, summed.overall_se], rtol=1e-9
            )


@pytest.mark.peers
@given(seeds)
@settings(max_examples=5, deadline=None)
@pytest.mark.parametrize("comparison", COMPARISON)
@pytest.mark.parametrize("cluster", [None, "team"])
def test_diff_diff_gives_the_same_errors_by_user_and_by_team(comparison: str, cluster: str | None, seed: int):
    from diff_diff import CallawaySantAnna

    table = panel(seed, users=30)
    zero = table.fillna({"trained": 0})
    model = CallawaySantAnna(comparison, estimation_method="reg", cluster=cluster, cband=False)
    found = quietly(lambda: model.fit(zero, "active_days", "user_id", "week", "trained")).group_time_effects
    # Theirs by cluster are R's times √(G/(G − 1)).
    teams = table["team"].nunique()
    factor = 1 if cluster is None else np.sqrt(teams / (teams - 1))
    compared = 0
    for row in wb.att_gt(
        wb.moments(table, cluster=cluster), comparison, small_sample=False, band=False
    ).table.itertuples():
        cell = found.get((row.cohort, row.period))
        if cell is not None and np.isfinite(cell["se"]) and cell["se"] > 0:
            theirs = [cell["effect"], cell["se"]]
            np.testing.assert_allclose([row.estimate, row.std_error * factor], theirs, rtol=1e-9, atol=1e-9)
            compared += 1
    assert compared


def test_strata_are_the_weighted_mean_of_effects_within_them():
    table = panel(2, users=80).assign(role=lambda t: t["user_id"] % 2)
    whole = wb.att_gt(wb.moments(table, strata="role"), "never_treated", band=False).table.set_index(
        ["cohort", "period"]
    )
    parts = [
        effects(table[table["role"] == r], comparison="never_treated").set_index(["cohort", "period"]) for r in (0, 1)
    ]
    both = whole.index.intersection(parts[0].index).intersection(parts[1].index)
    n = [part.loc[both, "n"] for part in parts]
    mean = (parts[0].loc[both, "estimate"] * n[0] + parts[1].loc[both, "estimate"] * n[1]) / (n[0] + n[1])
    assert len(both)
    np.testing.assert_allclose(whole.loc[both, "estimate"], mean)


def test_trends_alike_in_per_cent_are_poisson_regression():
    """statsmodels: two groups, two weeks, their product; errors by person, and by the delta method for the effect."""
    table = counts()
    treated, later = table["trained"].notna().to_numpy(float), table["week"].to_numpy(float)
    design = np.column_stack([np.ones(len(table)), treated, later, treated * later])
    by_person = {"groups": table["user_id"], "use_correction": False}
    line = GLM(table["active_days"], design, Poisson()).fit(cov_type="cluster", cov_kwds=by_person)
    did, without = np.exp(line.params.sum()), np.exp(line.params[:3].sum())
    slope = np.array([*[did - without] * 3, did])
    found = wb.att_gt(wb.moments(table), trends="proportional", small_sample=False).table.iloc[0]
    assert found["estimate"] == pytest.approx(did - without)
    assert found["std_error"] == pytest.approx(np.sqrt(slope @ line.cov_params() @ slope))


def test_who_grows_alike_in_per_cent_has_no_effect_where_trends_are_proportional():
    """Planted: a level twice as high, everybody half as much again, and strata that grow at paces of their own."""
    rows = [
        {"user_id": f"{role}{k}", "week": week, "role": role, "trained": 2.0 if k < 3 else np.nan}
        | {"active_days": (2 if k < 3 else 1) * (1 + k % 3) * pace**week}
        for role, pace in (("sales", 1.5), ("service", 1.1))
        for k in range(6)
        for week in range(4)
    ]
    m = wb.moments(pd.DataFrame(rows), strata="role")
    assert wb.aggregate(wb.att_gt(m, trends="proportional")).overall["estimate"] == pytest.approx(0, abs=1e-9)
    assert wb.aggregate(wb.att_gt(m)).overall["estimate"] > 1


def test_trends_alike_in_per_cent_need_something_to_grow_from():
    table = counts()
    table.loc[table["trained"].isna() & (table["week"] == 0), "active_days"] = 0
    with pytest.raises(wb.ContractError) as refused:
        wb.att_gt(wb.moments(table), trends="proportional")
    assert str(refused.value) == (
        "trends alike in per cent need a mean above 0 in what is compared with, but in 1 of 1 comparisons it is not.\n"
        "  Use trends='parallel'."
    )
