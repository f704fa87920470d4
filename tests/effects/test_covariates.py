"""Adjusted effects against R's did, another DRDID, a slow version, and planted truths."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from drdid._estimators import drdid_panel, reg_did_panel

import workbench as wb
from workbench import ContractError

HOW = {"reg": "regression", "dr": "doubly_robust"}
COMPARISON = {"nevertreated": "never_treated", "notyettreated": "not_yet_treated"}
BY = {"simple": None, "dynamic": "event_week", "group": "cohort", "calendar": "period"}


# ── R ───────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_every_number_of_r_did_with_a_covariate(shared: Path):
    """The 264 rows with lpop of R `did` 2.5.1: regression to 1e-12; doubly robust to 1e-9, where R's logit stops."""
    folder = shared / "mpdta"
    panel = pd.read_csv(folder / "mpdta.csv").assign(first=lambda rows: rows["first.treat"].replace(0, np.nan))
    reference = pd.read_csv(folder / "mpdta_reference_did_2.5.1.csv").query("covariate == 'lpop'")
    compared = 0
    for (control, method, base), rows in reference.groupby(["control_group", "est_method", "base_period"]):
        att = wb.adjusted(
            panel,
            ["lpop"],
            HOW[method],
            unit="countyreal",
            period="year",
            outcome="lemp",
            cohort="first",
            comparison=COMPARISON[control],
            base=base,
            small_sample=False,
            band=False,
        )
        for quantity, given in rows.groupby("quantity"):
            compared += agree(quantity, given, att, 1e-12 if method == "reg" else 1e-9)
    assert compared == 264


def agree(quantity: str, given: pd.DataFrame, att: wb.Estimates, tolerance: float) -> int:
    """Every given number, looked up in ours; how many there were."""
    if quantity == "wald_pretest":
        assert wb.pretrend(att)["statistic"][0] == pytest.approx(given["estimate"].iloc[0], rel=1e-8)
        return len(given)
    if quantity == "att_gt":
        ours = att.table.set_index(["cohort", "period"])
        keys = [(int(row.group_or_egt), int(row.time)) for row in given.itertuples()]
    else:
        found = wb.aggregate(att, BY[quantity], band=False)
        ours = found.table.set_index(BY[quantity]) if BY[quantity] else found.table
        ours.loc["overall"] = found.overall
        keys = [key if key == "overall" else int(key) for key in given["group_or_egt"]]
    mine = ours.loc[keys, ["estimate", "std_error"]].to_numpy(float)
    assert np.allclose(mine, given[["estimate", "se"]], rtol=0, atol=tolerance, equal_nan=True)
    return len(given)


# ── two periods, another implementation ─────────────────────────────────────────────────────────────────────────────


def people(seed: int, n: int = 200) -> pd.DataFrame:
    """One row a person: before and after, who took part, two covariates, a weight, a team."""
    rng = np.random.default_rng(seed)
    rows = pd.DataFrame({"tenure": rng.normal(5, 2, n), "role": rng.choice(["sales", "service", "field"], n)})
    chance = 1 / (1 + np.exp(-(rows["tenure"] - 5) / 3 - (rows["role"] == "sales") / 2))
    rows["part"], rows["counts"] = rng.random(n) < chance, rng.uniform(0.5, 3, n)
    rows["team"] = [f"t{i}" for i in rng.integers(0, 20, n)]
    rows["before"] = rows["tenure"] + rng.normal(size=n)
    rows["after"] = rows["before"] + 0.3 * rows["tenure"] + rows["part"] + rng.normal(size=n)
    return rows


def long(rows: pd.DataFrame) -> pd.DataFrame:
    """The same as a panel of two weeks."""
    facts = rows.assign(user_id=rows.index, trained=np.where(rows["part"], 2.0, np.nan))
    weeks = [facts.assign(week=week, active_days=rows[name]) for week, name in ((1, "before"), (2, "after"))]
    return pd.concat(weeks).sample(frac=1, random_state=0)


def theirs(rows: pd.DataFrame, how: str, weight: str | None = None) -> tuple[float, np.ndarray]:
    design = np.column_stack([np.ones(len(rows)), rows["tenure"], pd.get_dummies(rows["role"]).iloc[:, 1:]]).astype(
        float
    )
    estimate = {"doubly_robust": drdid_panel, "regression": reg_did_panel}[how]
    weights = rows[weight].to_numpy() if weight else None
    found = estimate(rows["after"].to_numpy(), rows["before"].to_numpy(), rows["part"].to_numpy(int), design, weights)
    return float(found[0]), np.asarray(found[1])


@pytest.mark.parametrize("weights", [None, "counts"])
@pytest.mark.parametrize("how", HOW.values())
@pytest.mark.parametrize("seed", [0, 1])
def test_another_drdid_gives_the_same_effect_and_error(seed, how, weights):
    rows = people(seed)
    ours = wb.adjusted(long(rows), ["tenure", "role"], how, weights=weights, small_sample=False).table.iloc[0]
    estimate, influence = theirs(rows, how, weights)
    assert ours["estimate"] == pytest.approx(estimate, rel=1e-8)
    assert ours["std_error"] == pytest.approx(np.sqrt((influence**2).sum()) / len(rows), rel=1e-7)


@pytest.mark.parametrize("how", HOW.values())
def test_whole_teams_vary_together(how):
    """The other DRDID's influences, added up by team."""
    rows = people(2)
    found = wb.adjusted(long(rows), ["tenure", "role"], how, cluster="team", small_sample=False)
    by_team = pd.Series(theirs(rows, how)[1]).groupby(rows["team"]).sum()
    assert found.table["std_error"].item() == pytest.approx(np.sqrt((by_team**2).sum()) / len(rows), rel=1e-7)
    assert found.about.endswith("standard errors by team (20)")


def test_small_samples_multiply_each_cohorts_spread_by_hand():
    """Influence around the mean of its cohort, M/(M − 1) for its M people; of those compared HC2 beyond the mean."""
    rows = people(3, 60)
    found = wb.adjusted(long(rows), ["tenure", "role"])
    known = np.column_stack([np.ones(60), rows["tenure"], pd.get_dummies(rows["role"]).iloc[:, 1:]]).astype(float)
    compared = ~rows["part"].to_numpy(bool)
    h = ((known @ np.linalg.inv(known[compared].T @ known[compared])) * known).sum(axis=1)
    left = np.where(compared, 1 - h + 1 / compared.sum(), 1)
    influence = pd.Series(theirs(rows, "doubly_robust")[1] / np.sqrt(left))
    parts = [own.var() * len(own) for _, own in influence.groupby(rows["part"])]
    assert found.table["std_error"].item() == pytest.approx(np.sqrt(sum(parts)) / 60, rel=1e-7)


# ── panels ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def panel(seed: int, people: int = 400, weeks: int = 8, effect: float = 1.0, strength: float = 1.0) -> pd.DataFrame:
    """Those longer in the job are trained more often, and grow faster whatever they do."""
    rng = np.random.default_rng(seed)
    tenure = rng.normal(size=people)
    part = rng.random(people) < 1 / (1 + np.exp(-strength * tenure))
    trained = np.where(part, rng.choice([4.0, 6.0], people), np.nan)
    unit, week = np.repeat(np.arange(people), weeks), np.tile(np.arange(1, weeks + 1), people)
    table = pd.DataFrame({"user_id": unit, "week": week, "trained": trained[unit], "tenure": tenure[unit]})
    table["team"] = unit // 10
    table["active_days"] = 0.3 * week * tenure[unit] + effect * (week >= trained[unit]) + rng.normal(size=len(table))
    return table


@pytest.mark.parametrize("how", HOW.values())
def test_trends_that_go_with_tenure_do_not_deceive(how):
    """Planted effect 1: held by the interval in 95 of 100 worlds adjusted, and in hardly any without."""
    held, without = 0, 0
    for seed in range(20):
        table = panel(seed)
        adjusted = wb.aggregate(wb.adjusted(table, ["tenure"], how, band=False), band=False).overall
        plain = wb.aggregate(wb.att_gt(wb.moments(table), band=False), band=False).overall
        held += adjusted["conf_low"] < 1 < adjusted["conf_high"]
        without += plain["conf_low"] < 1 < plain["conf_high"]
    assert held >= 16  # fewer would come up once in 390 times (binomial, .95)
    assert without <= 4


def test_an_added_effect_is_found_whole():
    table = panel(0)
    more = table.assign(active_days=table["active_days"] + 7 * (table["week"] >= table["trained"]))
    ours, theirs = (wb.adjusted(t, ["tenure"], band=False).table for t in (more, table))
    np.testing.assert_allclose(
        ours["estimate"] - theirs["estimate"], np.where(ours["period"] >= ours["cohort"], 7, 0), atol=1e-9
    )


def test_a_covariate_in_another_unit_changes_nothing():
    table = panel(1)
    months = table.assign(tenure=12 * table["tenure"] + 1e4)
    ours, theirs = (wb.adjusted(t, ["tenure"], band=False).table for t in (months, table))
    np.testing.assert_allclose(ours.select_dtypes(float), theirs.select_dtypes(float), rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("how", HOW.values())
def test_a_covariate_of_two_values_is_a_stratum(how):
    """Both ways are then the difference within strata: the estimates and errors of moments(strata=…)."""
    table = panel(2).assign(senior=lambda rows: rows["tenure"] > 0)
    ours = wb.adjusted(table, ["senior"], how, small_sample=False, band=False).table
    theirs = wb.att_gt(wb.moments(table, strata="senior"), small_sample=False, band=False).table
    pd.testing.assert_frame_equal(ours, theirs, rtol=1e-8)


@pytest.mark.parametrize("how", HOW.values())
def test_gaps_are_compared_where_both_weeks_are_seen(how):
    """The other DRDID on those with a row in both weeks."""
    rows = long(people(4))
    gone = (rows["week"] == 2) & (rows["user_id"] % 7 == 0)
    ours = wb.adjusted(rows[~gone], ["tenure", "role"], how, small_sample=False).table.iloc[0]
    kept = people(4)[lambda r: r.index % 7 != 0]
    estimate, influence = theirs(kept, how)
    assert ours["estimate"] == pytest.approx(estimate, rel=1e-8)
    assert ours["std_error"] == pytest.approx(np.sqrt((influence**2).sum()) / len(kept), rel=1e-7)


def test_summaries_weigh_cohorts_by_their_weights():
    """By hand: effects of the cohorts, weighed by what their people count for."""
    table = panel(3).assign(counts=lambda rows: 1 + rows["user_id"] % 3)
    found = wb.adjusted(table, ["tenure"], weights="counts", band=False)
    by_cohort = wb.aggregate(found, by="cohort", band=False)
    size = table.query("week == 1").groupby("trained")["counts"].sum()
    expected = np.average(by_cohort.table["estimate"], weights=size)
    assert by_cohort.overall["estimate"] == pytest.approx(expected)


def test_checks_and_summaries_take_it_like_any_other():
    found = wb.adjusted(panel(4), ["tenure"], cluster="team", band=False)
    assert wb.pretrend(found)["p_value"].item() > 0.001
    early = wb.over(found, {"first weeks": (0, 1)})
    assert early.table["estimate"].item() == pytest.approx(1, abs=0.5)
    assert len(wb.sensitivity(wb.aggregate(found, by="event_week")))


def test_percentages_need_means():
    with pytest.raises(ContractError, match="a percentage needs the means of the treated"):
        wb.relative(wb.adjusted(panel(4), ["tenure"], band=False))


# ── what cannot be told, and what is refused ────────────────────────────────────────────────────────────────────────


def test_where_nobody_is_like_the_treated_the_doubly_robust_effect_is_left_out_and_said():
    table = panel(5)
    table["tenure"] = table["tenure"] + 20 * (table["trained"] == 4)
    found = wb.adjusted(table, ["tenure"], band=False)
    assert found.table["cohort"].unique().tolist() == [6]
    assert found.notes[-1] == (
        "7 of 7 periods of the cohort 4 are left out: some of the treated have nobody like them to be compared with."
    )


def test_too_few_to_compare_with():
    rows = people(6)
    few = pd.concat([rows[rows["part"]], rows[~rows["part"]].iloc[:3]])
    with pytest.raises(ContractError) as said:
        wb.adjusted(long(few), ["tenure", "role"], "regression")
    assert str(said.value) == (
        "no effect can be told: 3 units to compare with do not tell 3 covariates apart.\n  Adjust for fewer covariates."
    )


def refusal(table: Any, covariates: Any = ("tenure",), **options: Any) -> str:
    with pytest.raises(ContractError) as said:
        wb.adjusted(table, covariates, **options)
    return str(said.value)


def test_a_way_that_is_not_known():
    assert refusal(panel(0), how="matching") == "how is one of 'doubly_robust', 'regression', not 'matching'."


def test_no_covariates():
    assert refusal(panel(0), ()) == (
        "name the covariates to adjust for, or use att_gt(moments(…)), which adjusts for none."
    )


def test_who_lacks_a_covariate_is_left_out_and_counted():
    table = panel(7)
    table.loc[table["user_id"] < 3, "tenure"] = np.nan
    found = wb.adjusted(table, ["tenure"], band=False)
    assert found.notes[0] == "3 units are left out: without a covariate."
    assert sum("covariate" in note for note in found.notes) == 1  # one loss is said once
    pd.testing.assert_frame_equal(found.table, wb.adjusted(table[table["user_id"] >= 3], ["tenure"], band=False).table)


def chosen_at_random(seed: int, compared: int, covariates: int) -> pd.DataFrame:
    """Forty treated, nothing planted; so many numbers known of everybody, none of which matters."""
    rng = np.random.default_rng(seed)
    known = pd.DataFrame(rng.normal(size=(40 + compared, covariates)), columns=[f"x{i}" for i in range(covariates)])
    people = known.assign(user_id=np.arange(len(known)), trained=np.where(np.arange(len(known)) < 40, 2.0, np.nan))
    moved = rng.normal(size=len(known))
    return pd.concat([people.assign(week=1, active_days=0.0), people.assign(week=2, active_days=moved)])


def test_fifteen_people_to_compare_with_and_eight_covariates():
    """Nothing planted: rejected in 5 of 100 worlds, not 17; errors that are the spread of the estimates, not 0.7 of it."""
    rows = [
        wb.adjusted(chosen_at_random(seed, 15, 8), [f"x{i}" for i in range(8)], "regression", band=False).table.iloc[0]
        for seed in range(60)
    ]
    assert sum(row["conf_low"] > 0 or row["conf_high"] < 0 for row in rows) <= 8  # more: once in 130 (binomial, .05)
    error = np.sqrt(np.mean([row["std_error"] ** 2 for row in rows])) / np.std([row["estimate"] for row in rows])
    assert 0.8 < error < 1.25


def test_a_covariate_costs_those_compared_a_degree_of_freedom_and_hides_their_own_variance():
    """By hand: HC2 beyond the mean, e²/(1 − h + 1/n), around its mean, times n/(n − 1); t of 15 − 1 − 8 and 40 − 1."""
    table = chosen_at_random(0, 15, 8)
    names = [f"x{i}" for i in range(8)]
    found = wb.adjusted(table, names, "regression", band=False)
    last = table[table["week"] == 2]
    x, y, ours = np.column_stack([np.ones(55), last[names]]), last["active_days"].to_numpy(), np.arange(55) < 40
    inverse = np.linalg.inv(x[~ours].T @ x[~ours])
    error = y - x @ (inverse @ x[~ours].T @ y[~ours])
    h = ((x @ inverse) * x).sum(axis=1)
    theirs = (x @ inverse @ x[ours].mean(axis=0) * error / np.sqrt(1 - h + 1 / 15))[~ours]
    expected = error[ours].var(ddof=1) / 40 + theirs.var(ddof=1) * 15
    assert found.table["std_error"][0] == pytest.approx(np.sqrt(expected))
    assert found.contrasts._studentised.freedom.tolist() == pytest.approx([39, 6])


def test_thin_overlap_is_said():
    table = chosen_at_random(1, 100, 1)
    near = wb.adjusted(table.assign(x0=table["user_id"] % 4), ["x0"], band=False)
    far = wb.adjusted(table.assign(x0=table["x0"] + 1.5 * table["trained"].notna()), ["x0"], band=False)
    assert near.notes == ()
    assert far.notes == (
        "Hardly anybody compared is like many of those first treated in 2: intervals may be too narrow; see overlap.",
    )
