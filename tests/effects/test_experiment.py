"""Experiments against published numbers, statsmodels, hand calculations and planted truths."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy import stats

import workbench as wb
from workbench import ContractError

# Darwin's maize, inches: crossed and self-fertilised plants in fifteen pairs (Fisher 1935, The Design of Experiments).
CROSSED = [23.5, 12, 21, 22, 19.125, 21.5, 22.125, 20.375, 18.25, 21.625, 23.25, 21, 22.125, 23, 12]
SELFED = [17.375, 20.375, 20, 20, 18.375, 18.625, 18.625, 15.25, 16.5, 18, 16.25, 18, 12.75, 15.5, 18]


def darwin() -> pd.DataFrame:
    pair = np.tile(np.arange(15), 2)
    return pd.DataFrame({"pair": pair, "height": CROSSED + SELFED, "kind": ["crossed"] * 15 + ["selfed"] * 15})


def world(seed: int, n: int = 300) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    table = pd.DataFrame({"drew": rng.choice(["control", "course", "video"], n), "age": rng.normal(40, 9, n)})
    table["before"], table["counts"] = rng.poisson(3, n), rng.uniform(0.5, 2, n)
    table["site"], table["team"] = rng.choice(["north", "south"], n), rng.integers(0, 30, n)
    table["days"] = 0.1 * table["age"] + table["before"] + (table["drew"] == "course") * (0.5 + 0.2 * table["before"])
    table["days"] += rng.normal(size=n) + rng.normal(size=30)[table["team"]]
    return table


def lin(table: pd.DataFrame, covariates: list[str], weights: Any = 1.0) -> Any:
    """Lin's regression written out: arms, centred covariates, and all their products."""
    w = np.broadcast_to(weights, len(table))
    arms = np.column_stack([table["drew"] == name for name in ("course", "video")]).astype(float)
    x = table[covariates] - np.average(table[covariates], axis=0, weights=w)
    products = [arms[:, [k]] * x.to_numpy() for k in range(2)]
    return sm.WLS(table["days"], np.column_stack([np.ones(len(x)), arms, x, *products]), w).fit(cov_type="HC2")


@pytest.mark.parametrize("weights", [None, "counts"])
@pytest.mark.parametrize("covariates", [[], ["age", "before"]])
def test_statsmodels_gives_the_same_effects_and_errors(covariates, weights):
    table = world(0)
    ours = wb.experiment(table, "days", "drew", covariates=covariates, weights=weights).table
    theirs = lin(table, covariates, table[weights] if weights else 1.0)
    assert ours["arm"].tolist() == ["course", "video"]
    np.testing.assert_allclose(ours["estimate"], theirs.params.to_numpy()[1:3], rtol=1e-9)
    np.testing.assert_allclose(ours["std_error"], theirs.bse.to_numpy()[1:3], rtol=1e-9)


def test_two_arms_are_welchs_by_hand():
    """Difference of means, √(s²/m + s²/n), and t with Bell and McCaffrey's degrees of freedom for two means."""
    table = world(1, 24).replace({"drew": {"video": "control"}})
    found = wb.experiment(table, "days", "drew").table.iloc[0]
    ours, theirs = (table.loc[table["drew"] == name, "days"] for name in ("course", "control"))
    v1, v0 = 1 / len(ours), 1 / len(theirs)
    error = np.sqrt(v1 * ours.var() + v0 * theirs.var())
    freedom = (v1 + v0) ** 2 / (v1**2 / (len(ours) - 1) + v0**2 / (len(theirs) - 1))
    reach = error * stats.t.isf(0.025, freedom)
    estimate = ours.mean() - theirs.mean()
    expected = [estimate, error, estimate - reach, estimate + reach]
    np.testing.assert_allclose(found[["estimate", "std_error", "conf_low", "conf_high"]].astype(float), expected)


def test_pairs_are_darwins_published_numbers():
    """Fisher (1935), section 18: mean 20.93 eighths of an inch, t = 2.148 with 14 degrees of freedom."""
    found = wb.experiment(darwin(), "height", "kind", against="selfed", block="pair", by_block="precision")
    row = found.table.iloc[0]
    assert 8 * row["estimate"] == pytest.approx(20.93, abs=0.005)
    assert row["estimate"] / row["std_error"] == pytest.approx(2.148, abs=0.0005)
    assert found.contrasts.freedoms.tolist() == pytest.approx([14])


def test_pairs_by_size_show_no_variance_and_so_have_no_interval():
    found = wb.experiment(darwin(), "height", "kind", against="selfed", block="pair")
    assert np.isnan(found.table["conf_low"]).all()
    assert found.notes[0] == (
        "15 of 15 values of pair have one person of an arm alone, whose ups and downs cannot be seen:"
        " use by_block='precision'."
    )


def test_clusters_of_one_size_are_the_t_test_of_their_means():
    """Teams of four drawn: Welch's errors of team means, by hand."""
    rng = np.random.default_rng(2)
    table = pd.DataFrame({"team": np.repeat(np.arange(18), 4)})
    table["drew"], table["days"] = table["team"] < 7, rng.normal(size=18)[table["team"]] + rng.normal(size=72)
    found = wb.experiment(table, "days", "drew", cluster="team")
    means = table.groupby("team")[["drew", "days"]].mean().groupby("drew")["days"]
    assert found.table["std_error"].item() == pytest.approx(np.sqrt((means.var() / means.size()).sum()))
    assert found.about.endswith("CR2 standard errors by team (18)")


def test_one_team_alone_has_no_interval_and_the_reason():
    table = world(3).query("drew != 'video'").assign(drew=lambda rows: rows["team"] == 4)
    found = wb.experiment(table, "days", "drew", cluster="team")
    assert found.table[["conf_low", "conf_high"]].isna().all(axis=None)
    assert "1 of 1 rows rest on fewer than three teams of a kind: no interval." in found.notes


@pytest.mark.parametrize(("where", "drew"), [("treated", 1), ("control", 0)])
def test_one_team_that_outweighs_the_others_of_its_arm_has_no_interval_and_the_reason(where, drew):
    """400 people against nine teams of 5: (Σn²)²/Σn⁴ teams of one size tell as much; a third of null worlds were clear."""
    team = np.repeat(np.arange(20), [400] + [5] * 19)
    table = pd.DataFrame({"team": team, "drew": np.where(team % 2 == 0, drew, 1 - drew)})
    table["days"] = np.random.default_rng(0).normal(size=20)[team] + np.arange(len(team)) % 3
    found = wb.experiment(table, "days", "drew", cluster="team")
    assert found.table[["conf_low", "conf_high"]].isna().all(axis=None)
    assert found.effective == pytest.approx((400**2 + 9 * 25) ** 2 / (400**4 + 9 * 25**2))
    assert found.notes == (
        "1 of 1 rows rest on teams of which one outweighs the others of its kind (they tell as much as 1.0 of one"
        " size): no interval.",
    )


def test_a_large_team_with_people_in_both_arms_outweighs_nobody():
    team = np.repeat(np.arange(20), [400] + [5] * 19)
    table = pd.DataFrame({"team": team, "drew": np.arange(len(team)) % 2})
    table["days"] = np.random.default_rng(0).normal(size=len(team)) + team
    assert np.isnan(wb.experiment(table, "days", "drew", cluster="team").effective)


@pytest.mark.parametrize("common", [0.05, 0.5])
def test_teams_of_unlike_sizes_are_seldom_called_different(common):
    """Planted: no effect; 40 teams of 3 to 50, 300 worlds. An interval is given in nearly all, and 5 in 100 are clear."""
    size = np.repeat([3, 3, 4, 4, 5, 5, 6, 7, 8, 9, 10, 12, 14, 16, 20, 24, 28, 34, 40, 50], 2)
    rng, team, clear, given = np.random.default_rng(0), np.repeat(np.arange(40), size), 0, 0
    for _ in range(300):
        table = pd.DataFrame({"team": team, "drew": rng.permutation(np.arange(40) % 2)[team]})
        table["days"] = np.sqrt(common) * rng.normal(size=40)[team] + np.sqrt(1 - common) * rng.normal(size=len(team))
        row = wb.experiment(table, "days", "drew", cluster="team").table.iloc[0]
        given += np.isfinite(row["conf_low"])
        clear += row["conf_low"] > 0 or row["conf_high"] < 0
    assert given > 290
    assert stats.binomtest(clear, given, 0.05).pvalue > 0.001


def test_blocks_with_unlike_chances_do_not_deceive():
    """Planted: no effect, but the site where more draw the course is 5 days higher."""
    rng = np.random.default_rng(4)
    site = rng.integers(0, 2, 2_000)
    table = pd.DataFrame({"site": site, "drew": rng.random(2_000) < np.where(site, 0.8, 0.2)})
    table["days"] = 5 * site + rng.normal(size=2_000)
    for how in ("size", "precision"):
        row = wb.experiment(table, "days", "drew", block="site", by_block=how).table.iloc[0]
        assert row["conf_low"] < 0 < row["conf_high"]
    assert wb.experiment(table, "days", "drew").table["conf_low"].item() > 2


def two_blocks(seed: int, n: int = 4_000) -> pd.DataFrame:
    """Planted: A does nothing anywhere; B, drawn by one in ten in the first block, adds 4 in the second."""
    rng, half = np.random.default_rng(seed), n // 2
    draws = (rng.choice(["control", "A", "B"], half, p=p) for p in ([0.45, 0.45, 0.1], [0.1, 0.45, 0.45]))
    table = pd.DataFrame({"site": np.repeat([0, 1], half), "drew": np.concatenate(list(draws))})
    return table.assign(days=rng.normal(size=n) + 4 * ((table["drew"] == "B") & (table["site"] == 1)))


def test_what_one_arm_does_does_not_colour_the_effect_of_another():
    """Contamination (Goldsmith-Pinkham, Hull & Kolesár 2024): −0.22 for A where one regression holds three arms."""
    table, options = two_blocks(0), {"block": "site", "by_block": "precision"}
    found = wb.experiment(table, "days", "drew", **options)
    row = found.table.set_index("arm").loc["A"]
    assert row["conf_low"] < 0 < row["conf_high"]
    alone = wb.experiment(table.query("drew != 'B'"), "days", "drew", **options).table.iloc[0]
    for column in ("estimate", "std_error", "conf_low", "conf_high"):
        assert row[column] == pytest.approx(alone[column])


def test_the_overall_number_is_the_mean_of_arms_by_their_people():
    found = wb.experiment(world(0), "days", "drew")
    rows = found.table
    assert found.overall["estimate"] == pytest.approx(np.average(rows["estimate"], weights=rows["n"]))
    assert found.overall["n"] == rows["n"].sum()


def test_arms_are_compared_with_each_other():
    """By the regression with the other arm left out."""
    table = world(0)
    apart = wb.differences(wb.experiment(table, "days", "drew", against="control")).table.iloc[0]
    direct = wb.experiment(table, "days", "drew", against="video").table.set_index("arm").loc["course"]
    np.testing.assert_allclose(apart[["estimate", "std_error"]].astype(float), direct[["estimate", "std_error"]])


# ── doses ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def by_amount(shares: list[float], each: int = 400) -> pd.DataFrame:
    """Exactly these shares of `each` people at 0, 10, 20 …"""
    amount = np.repeat(10 * np.arange(len(shares)), each)
    used = np.concatenate([np.arange(each) < round(share * each) for share in shares])
    return pd.DataFrame({"amount": amount, "used": used})


def test_shares_that_level_off_are_no_line():
    """38, 43, 50, 53, 52 %: against the lack-of-fit χ² of weighted least squares through five means, by statsmodels."""
    shares, each = np.array([0.38, 0.43, 0.50, 0.53, 0.52]), 1_000
    found = wb.experiment(by_amount(shares.tolist(), each), "used", "amount", dose="amount")
    row = wb.straightness(found).iloc[0]
    variance = shares * (1 - shares) / (each - 1)
    line = sm.WLS(shares, sm.add_constant(10 * np.arange(5)), 1 / variance).fit()
    misfit = (line.resid**2 / variance).sum()
    assert row["slope"] == pytest.approx(line.params[1])
    assert row["df"] == 3
    assert row["statistic"] == pytest.approx(misfit / 3, rel=2e-3)  # F with 4,000 people is χ²/3, nearly
    assert row["p_value"] == pytest.approx(stats.chi2.sf(misfit, 3), abs=2e-3)
    assert row["p_value"] < 0.05


def test_three_means_are_bent_by_as_much_as_a_hand_says():
    """2, 6, 6, three people each of variance 1: the bend 2 − 2·6 + 6 = −4 has variance (1 + 4 + 1)/3, so F = 8."""
    people = pd.DataFrame({"amount": [0, 0, 0, 5, 5, 5, 10, 10, 10], "days": [1, 2, 3, 5, 6, 7, 5, 6, 7]})
    row = wb.straightness(wb.experiment(people, "days", "amount", dose="amount")).iloc[0]
    freedom = (1 + 4 + 1) ** 2 / (1 / 2 + 16 / 2 + 1 / 2)
    np.testing.assert_allclose(row[["statistic", "df_rest"]].astype(float), [8, freedom])
    assert row["p_value"] == pytest.approx(stats.f.sf(8, 1, freedom))


def test_a_straight_line_is_seldom_called_bent():
    """Planted line, 400 worlds: 5 in 100 are called bent, within the bounds of chance."""
    rng, bent = np.random.default_rng(5), 0
    amount = np.repeat([0, 10, 20, 30], 30)
    for _ in range(400):
        table = pd.DataFrame({"amount": amount, "days": 0.02 * amount + rng.normal(size=120)})
        bent += wb.straightness(wb.experiment(table, "days", "amount", dose="amount"))["p_value"].item() < 0.05
    assert stats.binomtest(bent, 400, 0.05).pvalue > 0.001


def test_a_dose_other_than_the_arms_name():
    table = by_amount([0.3, 0.5, 0.6]).assign(arm=lambda rows: rows["amount"].map({0: "c", 10: "a", 20: "b"}))
    found = wb.experiment(table, "used", "arm", dose="amount")
    assert found.table[["arm", "dose"]].values.tolist() == [["a", 10], ["b", 20]]


def test_two_doses_are_always_a_line():
    found = wb.experiment(by_amount([0.3, 0.5]), "used", "amount", dose="amount")
    with pytest.raises(ContractError, match="a line needs three doses, but there are 2"):
        wb.straightness(found)


# ── shares, and those left out ──────────────────────────────────────────────────────────────────────────────────────


def test_a_share_is_in_shares_and_rare_ones_are_said_to_be_rough():
    table = pd.DataFrame({"drew": np.repeat([0, 1], 200), "used": np.tile(np.arange(200), 2) < np.repeat([4, 50], 200)})
    found = wb.experiment(table, "used", "drew")
    assert found.unit == "share of people"
    assert found.table["estimate"].item() == pytest.approx(46 / 200)
    assert found.notes == ()
    assert found.about.endswith("HC2 standard errors, Newcombe intervals")
    by_site = wb.experiment(table.assign(site=np.arange(400) % 3), "used", "drew", block="site")
    assert by_site.notes == (
        "4 of 200 people in 0: so few of a kind that the interval is rough. reassigned() gives a p-value that holds"
        " all the same.",
    )


def test_everybody_left_out_is_counted_and_unlike_losses_are_said():
    table = world(6)
    table.loc[:2, "team"] = np.nan
    table.loc[table.query("drew == 'course'").index[5:35], "days"] = np.nan
    found = wb.experiment(table, "days", "drew", cluster="team")
    each = "{} of {} in control, {} of {} in course, {} of {} in video."
    sizes = table["drew"].value_counts().sort_index()
    teamless = table["drew"].iloc[:3].value_counts().reindex(sizes.index, fill_value=0)
    assert found.notes[:3] == (
        f"Left out, without an outcome: 0 of {sizes['control']} in control, 30 of {sizes['course']} in course,"
        f" 0 of {sizes['video']} in video.",
        "Left out, without a team: " + each.format(*np.column_stack([teamless, sizes]).ravel()),
        "Unlike shares of the arms are left out, more than chance explains: those left in them may not be alike.",
    )


def test_an_arm_of_which_nobody_is_left_is_named():
    """Planted: nobody in video has an age; nobody in B an outcome."""
    table = world(6)
    table.loc[table["drew"] == "video", "age"] = np.nan
    found = wb.experiment(table, "days", "drew", covariates=["age"])
    whole = (table["drew"] == "video").sum()
    assert found.table["arm"].tolist() == ["course"]
    assert f"Nobody in video is left ({whole} without a covariate), so it is not compared." in found.notes
    redrawn = wb.reassigned(table, "days", "drew", covariates=["age"], draws=99)
    assert redrawn["arm"].tolist() == ["course", "video"]
    assert np.isnan(redrawn["p_value"].iloc[1])


# ── what is refused ─────────────────────────────────────────────────────────────────────────────────────────────────


def refusal(table: Any, outcome: str = "days", arm: str = "drew", **options: Any) -> str:
    with pytest.raises(ContractError) as said:
        wb.experiment(table, outcome, arm, **options)
    return str(said.value)


def test_a_way_of_weighing_blocks_that_is_not_known():
    assert refusal(world(0), by_block="people") == "by_block is one of 'size', 'precision', not 'people'."


def test_a_covariate_that_repeats_another():
    table = world(0).assign(months=lambda rows: 12 * rows["age"])
    assert "first: months in control" in refusal(table, covariates=["age", "months"])
