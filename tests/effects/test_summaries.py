"""Summaries, ratios, groups and what the next wave would show: other packages, planted truths and by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from peers import quietly
from random_panels import panel, seeds
from scipy import stats
from small_worlds import two_groups

import workbench as wb
from workbench.errors import ContractError

COMPARISON = {"never_treated": "nevertreated", "not_yet_treated": "notyettreated"}

BY = {"simple": None, "dynamic": "event_week", "group": "cohort", "calendar": "period"}

PANEL = pd.DataFrame(
    [
        {
            "user_id": f"{g}-{i}",
            "week": t,
            "trained": g,
            "active_days": 0.1 * i * t + (t >= (g or 99)) * (t - (g or 0) + 1),
        }
        for g in (3, 5, None)
        for i in range(8)
        for t in range(1, 9)
    ]
)


def in_whole_teams(seed: int) -> pd.DataFrame:
    """A random panel of twelve teams, trained as a whole: three teams in each of three weeks, three never."""
    rng = np.random.default_rng(seed)
    dates = np.repeat([*rng.choice(np.arange(2, 7), size=3, replace=False), np.nan], 3)
    table = panel(seed, users=36)
    return table.assign(trained=rng.permutation(dates)[table["team"]])


def arms(effect: dict[str, float], people: int = 30, seed: int = 0) -> pd.DataFrame:
    """User-weeks of people who get an arm in week 2 of 4, or none."""
    rng = np.random.default_rng(seed)
    rows = []
    for arm, size in {**effect, "": 0.0}.items():
        for i in range(people):
            own = rng.normal()
            rows += [(f"{arm}-{i}", week, arm if week >= 2 and arm else None, own + size * (week >= 2) + rng.normal(scale=0.1))
                     for week in range(4)]  # fmt: skip
    return pd.DataFrame(rows, columns=["user_id", "week", "arm", "active_days"]).sort_values(["user_id", "week"])


@pytest.mark.peers
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

    att = wb.att_gt(wb.moments(table), comparison, small_sample=False, band=False)
    for kind, found in quietly(theirs).items():
        ours = wb.aggregate(att, BY[kind], band=False)
        rows = pd.DataFrame([ours.overall]) if kind == "simple" else ours.table
        if kind != "simple" and len(found["egt"]) == len(rows):
            np.testing.assert_allclose(rows["estimate"], found["att_egt"], rtol=1e-9, atol=1e-9)
            np.testing.assert_allclose(rows["std_error"], found["se_egt"], rtol=1e-9, atol=1e-9)
        mine, overall = ours.overall[["estimate", "std_error"]], [found["overall_att"], found["overall_se"]]
        np.testing.assert_allclose(mine.astype(float), np.array(overall, float), rtol=1e-9, atol=1e-9)


@pytest.mark.peers
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
    att = wb.att_gt(wb.moments(table, cluster="team"), comparison, small_sample=False, band=False)
    whole = wb.aggregate(att, band=False).overall
    assert [whole["estimate"], whole["std_error"] * factor] == pytest.approx([found.overall_att, found.overall_se])
    for by, theirs in (("event_week", found.event_study_effects), ("cohort", found.group_effects)):
        ours = wb.aggregate(att, by, band=False).table.set_index(by)
        assert set(ours.index) == set(theirs)
        for term, row in ours.iterrows():
            given_there = [theirs[term]["effect"], theirs[term]["se"]]
            np.testing.assert_allclose([row["estimate"], row["std_error"] * factor], given_there, rtol=1e-9, atol=1e-9)


def test_an_effect_in_percent_by_hand():
    table, ours, theirs = two_groups(1)
    gain = ours[:, 1].mean() - ours[:, 0].mean() - (theirs[:, 1] - theirs[:, 0]).mean()
    found = wb.relative(wb.att_gt(wb.moments(table), small_sample=False)).overall
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


def test_a_span_of_all_weeks_is_the_overall_effect_and_of_one_week_that_week() -> None:
    att = wb.att_gt(wb.moments(PANEL, cohort="trained"))
    spans = wb.over(att, {"all": (0, 99), "third": (2, 2), "never seen": (50, 60)}).table.set_index("span")
    overall = wb.aggregate(att).overall
    week = wb.aggregate(att, by="event_week").table.set_index("event_week").loc[2]
    assert list(spans.index) == ["all", "third"]
    np.testing.assert_allclose(
        spans.loc["all", ["estimate", "n"]].astype(float), overall[["estimate", "n"]].astype(float)
    )
    np.testing.assert_allclose(spans.loc["third", ["estimate", "std_error"]].astype(float), week[["estimate", "std_error"]].astype(float))  # fmt: skip
    assert week["estimate"] == pytest.approx(3.0)  # planted: the third week adds three days


def test_spans_in_which_nothing_is_seen_are_refused() -> None:
    att = wb.att_gt(wb.moments(PANEL, cohort="trained"))
    with pytest.raises(wb.ContractError, match="no effect is seen in late; effects run to 5"):
        wb.over(att, {"late": (20, 30)})


def test_each_further_hour_adds_what_was_planted():
    m = wb.moments(arms({"2": 0.4, "4": 0.8, "6": 1.2}), treatment="arm")
    row = wb.slope(wb.path_effects(m, by="arm", small_sample=True), "arm").table.iloc[0]
    assert row["conf_low"] < 0.2 < row["conf_high"]
    assert row["conf_high"] - row["conf_low"] < 0.06


def test_the_slope_of_two_rows_is_their_difference_by_the_step():
    found = wb.path_effects(wb.moments(arms({"2": 0.4, "4": 0.8}), treatment="arm"), by="arm")
    row, gap = wb.slope(found, "arm").table.iloc[0], wb.differences(found).table.iloc[0]
    assert (row["estimate"], row["std_error"]) == pytest.approx((-gap["estimate"] / 2, gap["std_error"] / 2))


def test_a_slope_needs_two_values():
    found = wb.path_effects(wb.moments(arms({"2": 0.4}), treatment="arm"), by="arm")
    with pytest.raises(ContractError, match="a slope needs two values of arm, but there is only 2"):
        wb.slope(found, "arm")


def test_each_group_is_held_against_its_own_untreated():
    panel = pd.concat([
        arms({"on": size}, seed=seed).assign(role=role, user_id=lambda p, r=role: r + p["user_id"])
        for seed, (role, size) in enumerate({"seller": 1.0, "agent": 0.0}.items())
    ])  # fmt: skip
    few = arms({"on": 5.0}, people=10, seed=9).assign(role="boss", user_id=lambda p: "boss" + p["user_id"])
    panel = pd.concat([panel, few])
    panel["trained"] = np.where(panel["user_id"].str.contains("on"), 2.0, np.nan)
    found, reasons = wb.by_group(panel, "role")
    assert set(found) == {"seller", "agent"}
    assert reasons == {"boss": "fewer than 20 were treated"}  # ten
    assert found["seller"].overall["conf_low"] < 1 < found["seller"].overall["conf_high"]
    assert abs(found["agent"].overall["estimate"]) < 0.1


def made_up(reach: float) -> wb.Estimates:
    row = {"estimate": 0.5, "std_error": 0.1, "conf_low": 0.5 - reach / 10, "conf_high": 0.5 + reach / 10, "n": 100}
    return wb.Estimates(pd.DataFrame([row]), "days", "made up", overall=pd.Series(row))


def test_four_times_the_people_show_half_the_effect():
    table = wb.detectable(made_up(stats.norm.isf(0.025)), (100, 400))
    assert table["effect"].tolist() == pytest.approx([0.2802, 0.1401], abs=1e-4)  # (1.960 + 0.842) · 0.1


@pytest.mark.parametrize("freedom", [4, 10])
def test_what_few_teams_would_show_they_show_eight_times_in_ten(freedom: int):
    """Planted: estimates of that size over standard errors of so few degrees of freedom, 200,000 drawn."""
    rng = np.random.default_rng(0)
    table = wb.detectable(made_up(stats.t.isf(0.025, freedom)), (100, 200, 10))
    for effect, times in zip(table["effect"], (1, 2), strict=False):
        left = (freedom + 1) * times - 1
        t = (effect / 0.1 * np.sqrt(times) + rng.normal(size=200_000)) / np.sqrt(rng.chisquare(left, 200_000) / left)
        assert (np.abs(t) > stats.t.isf(0.025, left)).mean() == pytest.approx(0.8, abs=0.004)
    assert np.isnan(table["effect"].iloc[2])


def test_what_is_no_share_no_people_or_no_number_is_refused():
    found = made_up(2.0)
    for ask, said in (
        (lambda: wb.detectable(found, power=80), "power is a share between 0 and 1, not 80; write 0.8."),
        (lambda: wb.detectable(found, (50, 0)), "people is a whole number from 1 on, not 0."),
        (
            lambda: wb.detectable(wb.Estimates(found.table, "days", "made up")),
            "what a next wave would show is read off one number with an interval, but there is none.\n"
            "  Pass aggregate(att), or look at why it has no interval: its notes.",
        ),
    ):
        with pytest.raises(ContractError) as refused:
            ask()
        assert str(refused.value) == said


def of_departments() -> pd.DataFrame:
    """Thirty treated and thirty never, alternating between two departments; four people's is not known."""
    table = arms({"on": 1.0}).assign(department="north")
    table.loc[table["user_id"].str[-1].isin([*"13579"]), "department"] = "south"
    table["trained"] = np.where(table["user_id"].str.contains("on"), 2.0, np.nan)
    return table


def test_people_without_a_group_are_counted():
    table = of_departments()
    lost = table["user_id"].isin(["on-0", "on-1", "-0", "-1"])
    found, _ = wb.by_group(table.assign(department=table["department"].where(~lost)), "department", fewest=10)
    alone, _ = wb.by_group(table[~lost], "department", fewest=10)
    assert list(found) == ["north", "south"]
    assert found["north"].notes[0] == "4 units are left out: without a group."
    assert found["north"].overall.equals(alone["north"].overall)


def test_nobody_is_in_two_groups_and_names_are_checked():
    table = of_departments()
    moved = table.assign(
        department=table["department"].mask((table["user_id"] == "on-0") & (table["week"] > 1), "south")
    )
    for rows, column, said in (
        (moved, "department", "department does not change within a user_id, but for 1 of them it does."),
        (table, "division", "there is no column 'division'."),
    ):
        with pytest.raises(ContractError) as refused:
            wb.by_group(rows, column)
        assert str(refused.value).split("\n")[0] == said


def test_a_slope_takes_in_the_arm_compared_with_and_refuses_what_is_no_number():
    """By hand: means 2, 6, 7 at doses 0, 10, 20 lie on a line of least squares with slope 0.25."""
    people = pd.DataFrame({"amount": [0, 0, 10, 10, 20, 20], "days": [1.0, 3, 5, 7, 6, 8]})
    found = wb.experiment(people, "days", "amount", dose="amount")
    assert wb.slope(found, "dose").overall["estimate"] == pytest.approx(0.25)
    with pytest.raises(wb.ContractError, match="there is no column 'dsoe'; did you mean 'dose'"):
        wb.slope(found, "dsoe")
    letters = wb.experiment(
        people.assign(amount=people["amount"].map({0: "control", 10: "a", 20: "b"})), "days", "amount"
    )
    with pytest.raises(wb.ContractError, match="a slope needs numbers in arm, but one is 'a'"):
        wb.slope(letters, "arm")
