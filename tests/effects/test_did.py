"""Effects: what must hold on any panel, what other implementations say of it, and what a hand can work out."""

from __future__ import annotations

import contextlib
import io
import warnings
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from random_panels import panel, seeds
from statsmodels.api import GLM, OLS
from statsmodels.genmod.families import Poisson

import workbench as wb
from workbench.effects.two_way import by_kind

few = settings(max_examples=8, deadline=None)
NUMBERS = ["estimate", "std_error", "n"]
COMPARISON = {"never_treated": "nevertreated", "not_yet_treated": "notyettreated"}
BY = {"simple": None, "dynamic": "event_week", "group": "cohort", "calendar": "period"}


def effects(table: pd.DataFrame, **options: Any) -> pd.DataFrame:
    return wb.att_gt(wb.moments(table), band=False, **options).table


def equal(a: pd.DataFrame, b: pd.DataFrame) -> None:
    assert len(a) == len(b)
    np.testing.assert_allclose(a[NUMBERS].astype(float), b[NUMBERS].astype(float), rtol=1e-9, atol=1e-9)


# ── truths of the subject ───────────────────────────────────────────────────────────────────────────────────────


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


# ── other implementations, on random panels ─────────────────────────────────────────────────────────────────────


def quietly(work: Any) -> Any:
    with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return work()


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


def in_whole_teams(seed: int) -> pd.DataFrame:
    """A random panel of twelve teams, trained as a whole: three teams in each of three weeks, three never."""
    rng = np.random.default_rng(seed)
    dates = np.repeat([*rng.choice(np.arange(2, 7), size=3, replace=False), np.nan], 3)
    table = panel(seed, users=36)
    return table.assign(trained=rng.permutation(dates)[table["team"]])


@given(seeds)
@settings(max_examples=2, deadline=None)
@pytest.mark.parametrize("comparison", COMPARISON)
def test_csdid_gives_the_same_summaries(comparison: str, seed: int):
    from csdid.att_gt import ATTgt

    table = in_whole_teams(seed)

    def theirs() -> Any:
        zero = table.fillna({"trained": 0})
        model = ATTgt("active_days", "week", "user_id", "trained", zero, COMPARISON[comparison])
        fitted = model.fit(est_method="reg", bstrap=False)
        return {kind: dict(fitted.aggte(typec=kind, bstrap=False, cband=False).atte) for kind in BY}

    att = wb.att_gt(wb.moments(table), comparison, band=False)
    for kind, found in quietly(theirs).items():
        ours = wb.aggregate(att, BY[kind], band=False)
        rows = pd.DataFrame([ours.overall]) if kind == "simple" else ours.table
        if kind != "simple" and len(found["egt"]) == len(rows):
            np.testing.assert_allclose(rows["estimate"], found["att_egt"], rtol=1e-9, atol=1e-9)
            np.testing.assert_allclose(rows["std_error"], found["se_egt"], rtol=1e-9, atol=1e-9)
        mine, overall = ours.overall[["estimate", "std_error"]], [found["overall_att"], found["overall_se"]]
        np.testing.assert_allclose(mine.astype(float), np.array(overall, float), rtol=1e-9, atol=1e-9)


@given(seeds)
@settings(max_examples=5, deadline=None)
@pytest.mark.parametrize("comparison", COMPARISON)
def test_diff_diff_gives_the_same_summaries_where_whole_teams_were_trained(comparison: str, seed: int):
    from diff_diff import CallawaySantAnna

    table = in_whole_teams(seed)
    model = CallawaySantAnna(comparison, estimation_method="reg", cluster="team", cband=False)
    zero = table.fillna({"trained": 0})
    found = quietly(lambda: model.fit(zero, "active_days", "user_id", "week", "trained", aggregate="all"))
    teams = table["team"].nunique()
    factor = np.sqrt(teams / (teams - 1))
    att = wb.att_gt(wb.moments(table, cluster="team"), comparison, band=False)
    whole = wb.aggregate(att, band=False).overall
    assert [whole["estimate"], whole["std_error"] * factor] == pytest.approx([found.overall_att, found.overall_se])
    for by, theirs in (("event_week", found.event_study_effects), ("cohort", found.group_effects)):
        ours = wb.aggregate(att, by, band=False).table.set_index(by)
        assert set(ours.index) == set(theirs)
        for term, row in ours.iterrows():
            given_there = [theirs[term]["effect"], theirs[term]["se"]]
            np.testing.assert_allclose([row["estimate"], row["std_error"] * factor], given_there, rtol=1e-9, atol=1e-9)


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
    att = wb.att_gt(wb.moments(table), comparison, band=False)
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
    for row in wb.att_gt(wb.moments(table, cluster=cluster), comparison, band=False).table.itertuples():
        cell = found.get((row.cohort, row.period))
        if cell is not None and np.isfinite(cell["se"]) and cell["se"] > 0:
            theirs = [cell["effect"], cell["se"]]
            np.testing.assert_allclose([row.estimate, row.std_error * factor], theirs, rtol=1e-9, atol=1e-9)
            compared += 1
    assert compared


# ── by hand ─────────────────────────────────────────────────────────────────────────────────────────────────────


def two_groups(seed: int = 0, users: int = 40) -> tuple[pd.DataFrame, np.ndarray, np.ndarray]:
    """Half of the users trained in the second of two weeks; use in both weeks of the trained and of the others."""
    rng = np.random.default_rng(seed)
    before = rng.normal(5, 2, users)
    trained = np.arange(users) < users // 2
    after = 0.6 * before + rng.normal(0, 1, users) + trained
    paths = np.column_stack([before, after])
    table = pd.DataFrame({"user_id": np.repeat(np.arange(users), 2), "week": [0, 1] * users})
    table["active_days"], table["trained"] = paths.ravel(), np.where(trained, 1.0, np.nan)[table["user_id"]]
    return table, paths[trained], paths[~trained]


def test_the_efficient_estimator_of_two_weeks_by_hand():
    """Roth & Sant'Anna (2023), section 2: β = Cov(Δafter, Δbefore)/Var(Δbefore), each the sum over groups of S/n."""
    table, ours, theirs = two_groups()
    spread = sum(np.cov(paths.T) / len(paths) for paths in (ours, theirs))
    before, after = ours.mean(axis=0) - theirs.mean(axis=0)
    beta = spread[0, 1] / spread[0, 0]
    found = wb.efficient(wb.moments(table), small_sample=False).overall
    error = np.sqrt(spread[1, 1] - spread[0, 1] ** 2 / spread[0, 0])
    assert found["estimate"] == pytest.approx(after - beta * before)
    assert found["std_error"] == pytest.approx(error)
    assert found["conf_high"] == pytest.approx(found["estimate"] + 1.959964 * error)
    assert found["std_error"] < wb.aggregate(wb.att_gt(wb.moments(table))).overall["std_error"]


def test_the_efficient_estimator_of_two_groups_of_one_size_is_their_analysis_of_covariance():
    """Where both vary alike, β is the slope within groups, and its doubt is known exactly: statsmodels' OLS."""
    table, ours, theirs = two_groups()
    treated = np.repeat([1, 0], [len(ours), len(theirs)])
    before, after = np.concatenate([ours, theirs]).T
    line = OLS(after, np.column_stack([treated, np.ones(len(treated)), before])).fit()
    found = wb.efficient(wb.moments(table)).overall
    assert found["estimate"] == pytest.approx(line.params[0])
    assert found["std_error"] == pytest.approx(line.bse[0])
    assert found[["conf_low", "conf_high"]].tolist() == pytest.approx(line.conf_int()[0].tolist(), rel=1e-4)


def test_an_effect_in_percent_by_hand():
    table, ours, theirs = two_groups(1)
    gain = ours[:, 1].mean() - ours[:, 0].mean() - (theirs[:, 1] - theirs[:, 0]).mean()
    found = wb.relative(wb.att_gt(wb.moments(table))).overall
    assert found["estimate"] == pytest.approx(100 * gain / (ours[:, 1].mean() - gain))
    # Delta method: of gain / without, without = mean before + change of the others.
    without = ours[:, 1].mean() - gain
    mine = (ours[:, 1] - ours[:, 0]) / without - gain / without**2 * ours[:, 0]
    rest = -(theirs[:, 1] - theirs[:, 0]) * (1 / without + gain / without**2)
    error = np.sqrt(sum(part.var() / len(part) for part in (mine, rest)))
    assert found["std_error"] == pytest.approx(100 * error)


def test_a_difference_of_two_cohorts_by_hand():
    att = wb.aggregate(wb.att_gt(wb.moments(panel(0)), "never_treated"), "cohort")
    spread, table = att.contrasts.covariance, att.table
    row = wb.differences(att).table.iloc[0]
    assert row["estimate"] == pytest.approx(table["estimate"][0] - table["estimate"][1])
    assert row["std_error"] == pytest.approx(np.sqrt(spread[0, 0] + spread[1, 1] - 2 * spread[0, 1]))


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


@given(seeds)
@few
@pytest.mark.parametrize("cluster", [None, "team"])
def test_the_regression_is_that_of_statsmodels_with_dummies(cluster: str | None, seed: int):
    from statsmodels.api import OLS

    table = panel(seed, users=30)
    on = (table["week"] >= table["trained"]).to_numpy(float)
    fixed = pd.get_dummies(table[["user_id", "week"]].astype(str)).to_numpy(float)
    spread = {"groups": table[cluster or "user_id"].to_numpy(), "use_correction": False}
    x = np.column_stack([on, fixed[:, :-1]])  # one week is the others' measure
    theirs = OLS(table["active_days"].to_numpy(float), x).fit(cov_type="cluster", cov_kwds=spread)
    found = wb.twfe(wb.moments(table, cluster=cluster)).table.iloc[0]
    assert [found["estimate"], found["std_error"]] == pytest.approx([theirs.params[0], theirs.bse[0]])


@given(seeds)
@few
def test_the_regression_is_the_mean_of_its_comparisons_as_diff_diff_has_them(seed: int):
    from diff_diff import bacon_decompose

    table = panel(seed, users=30)
    m = wb.moments(table)
    parts = wb.bacon(m).astype({"control": object})
    assert parts["weight"] @ parts["estimate"] == pytest.approx(wb.twfe(m).table["estimate"][0])
    zero = table.fillna({"trained": 0})
    theirs = quietly(lambda: bacon_decompose(zero, "active_days", "user_id", "week", "trained", weights="exact"))
    compared = {(c.treated_group, c.control_group): c for c in theirs.comparisons}
    for row in parts.fillna({"control": "never_treated"}).itertuples():
        same = compared[row.treated, row.control]
        assert [row.estimate, row.weight] == pytest.approx([same.estimate, same.weight])


def test_kinds_of_comparison_are_weighted_means_by_hand():
    parts = pd.DataFrame({"kind": ["a", "b", "a"], "weight": [0.2, 0.5, 0.3], "estimate": [1.0, 4.0, 2.0]})
    assert by_kind(parts).to_dict("list") == {"kind": ["a", "b"], "weight": [0.5, 0.5], "estimate": [1.6, 4.0]}


def counts(people: int = 300, seed: int = 0) -> pd.DataFrame:
    """Two weeks of counts; the trained do twice as much to begin with, all half as much again later, training + 30 %."""
    rng = np.random.default_rng(seed)
    trained = rng.random(people) < 0.4
    level = rng.gamma(2, 1, people) * (1 + trained)
    paths = rng.poisson(np.stack([level, 1.5 * level * np.where(trained, 1.3, 1)], axis=1))
    table = pd.DataFrame({"user_id": np.repeat(np.arange(people), 2), "week": [0, 1] * people})
    return table.assign(active_days=paths.ravel(), trained=np.where(trained, 1.0, np.nan)[table["user_id"]])


def test_trends_alike_in_per_cent_are_poisson_regression():
    """statsmodels: two groups, two weeks, their product; errors by person, and by the delta method for the effect."""
    table = counts()
    treated, later = table["trained"].notna().to_numpy(float), table["week"].to_numpy(float)
    design = np.column_stack([np.ones(len(table)), treated, later, treated * later])
    by_person = {"groups": table["user_id"], "use_correction": False}
    line = GLM(table["active_days"], design, Poisson()).fit(cov_type="cluster", cov_kwds=by_person)
    did, without = np.exp(line.params.sum()), np.exp(line.params[:3].sum())
    slope = np.array([*[did - without] * 3, did])
    found = wb.att_gt(wb.moments(table), trends="proportional").table.iloc[0]
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
