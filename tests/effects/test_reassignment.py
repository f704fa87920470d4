"""Redrawn experiments against published p-values, a full enumeration, and planted truths."""

from __future__ import annotations

from itertools import combinations
from math import comb

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import workbench as wb
from workbench import ContractError


def test_the_order_of_rows_changes_nothing():
    rng = np.random.default_rng(0)
    table = pd.DataFrame({"drew": np.repeat([0, 1], 30), "days": rng.normal(size=60)})
    mixed = table.sample(frac=1, random_state=1)
    assert wb.reassigned(table, "days", "drew", draws=199)["p_value"].item() == (
        wb.reassigned(mixed, "days", "drew", draws=199)["p_value"].item()
    )


def test_the_error_in_pairs_is_that_of_the_paired_t_test():
    """scipy's, of 25 pairs."""
    rng = np.random.default_rng(0)
    table = pd.DataFrame(
        {"pair": np.tile(np.arange(25), 2), "drew": np.repeat([0, 1], 25), "days": rng.normal(size=50)}
    )
    row = wb.reassigned(table, "days", "drew", block="pair", draws=99).iloc[0]
    paired = stats.ttest_rel(table["days"][25:], table["days"][:25])
    assert row["estimate"] / row["std_error"] == pytest.approx(paired.statistic)


def test_no_draws_are_refused():
    with pytest.raises(ContractError, match="assignments are looked at one by one, but 0 of them is none"):
        wb.reassigned(pd.DataFrame({"drew": [0, 1, 0, 1], "days": [1, 2, 3, 5]}), "days", "drew", draws=0)


def test_darwins_pairs_are_fishers_published_count():
    """Fisher (1935), section 21: 863 of 32,768 assignments give a sum as large as Darwin's; twice that on both sides."""
    eighths = np.array([49, -67, 8, 16, 6, 23, 28, 41, 14, 29, 56, 24, 75, 60, -48])
    table = pd.DataFrame({"pair": np.tile(np.arange(15), 2), "drew": np.repeat([1, 0], 15)})
    table["height"] = np.concatenate([eighths, np.zeros(15)])
    row = wb.reassigned(table, "height", "drew", block="pair", draws=40_000).iloc[0]
    assert row["possible"] == row["draws"] == 2**15
    assert row["p_value"] == 2 * 863 / 32_768
    assert row["estimate"] == pytest.approx(20.93, abs=0.005)


def test_a_lady_tasting_tea():
    """Fisher (1935), chapter 2: all eight cups right is one of 70, and so is all of them wrong."""
    cups = pd.DataFrame({"drew": [1] * 4 + [0] * 4, "milk_first": [1] * 4 + [0] * 4})
    row = wb.reassigned(cups, "milk_first", "drew").iloc[0]
    assert (row["p_value"], row["possible"]) == (2 / 70, 70)


def people(seed: int, n: int = 60) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    table = pd.DataFrame({"site": rng.integers(0, 3, n), "team": rng.integers(0, 10, n)})
    table["drew"], table["age"] = table["team"] % 5 < 2, rng.normal(40, 5, n)
    table["days"] = rng.poisson(3, n) + table["site"]
    return table


def test_a_slow_and_obvious_version_agrees():
    """Every choice of 4 teams of 10, the studentised difference of means written out."""
    table = people(0)

    def clearness(chosen: set[int]) -> float:
        drew = table["team"].isin(chosen).to_numpy()
        ours, theirs = table["days"][drew], table["days"][~drew]
        influence = np.where(
            drew, (table["days"] - ours.mean()) / len(ours), (theirs.mean() - table["days"]) / len(theirs)
        )
        by_team = pd.Series(influence).groupby(table["team"]).sum()
        return abs(ours.mean() - theirs.mean()) / np.sqrt((by_team**2).sum())

    seen = clearness({0, 1, 5, 6})
    every = np.array([clearness(set(chosen)) for chosen in combinations(range(10), 4)])
    row = wb.reassigned(table, "days", "drew", cluster="team").iloc[0]
    assert row["possible"] == comb(10, 4)
    assert row["p_value"] == pytest.approx((every >= seen * (1 - 1e-9)).mean())


def test_the_estimate_is_that_of_the_experiment_within_blocks():
    table = people(1).assign(drew=lambda rows: np.arange(len(rows)) % 2)
    ours = wb.reassigned(table, "days", "drew", block="site", draws=99).iloc[0]
    theirs = wb.experiment(table, "days", "drew", block="site", by_block="precision").table.iloc[0]
    assert ours["estimate"] == pytest.approx(theirs["estimate"])
    assert ours["std_error"] == pytest.approx(theirs["std_error"], rel=0.05)


def test_many_draws_by_chance_come_near_to_all_of_them():
    table = people(0)
    every = wb.reassigned(table, "days", "drew", cluster="team")["p_value"].item()
    some = wb.reassigned(table, "days", "drew", cluster="team", draws=200)["p_value"].item()
    assert stats.binomtest(round(some * 201) - 1, 200, every).pvalue > 0.001


def test_only_the_two_arms_compared_are_redrawn():
    table = people(2).assign(drew=lambda rows: np.arange(len(rows)) % 3)
    both = wb.reassigned(table, "days", "drew", draws=99)
    alone = wb.reassigned(table[table["drew"] != 1], "days", "drew", draws=99)
    assert both["arm"].tolist() == [1, 2]
    pd.testing.assert_series_equal(both.iloc[1], alone.iloc[0], check_names=False)


def test_covariates_make_it_sharper():
    """Planted: an effect of 1, behind a covariate that moves outcomes by 5."""
    rng = np.random.default_rng(3)
    table = pd.DataFrame({"drew": np.arange(80) % 2, "age": rng.normal(size=80)})
    table["days"] = table["drew"] + 5 * table["age"] + rng.normal(size=80)
    plain, adjusted = (wb.reassigned(table, "days", "drew", covariates=c)["p_value"].item() for c in ([], ["age"]))
    assert adjusted < 0.01 < plain


def test_where_nobody_differs_within_an_arm_the_difference_is_as_clear_as_can_be():
    table = pd.DataFrame({"drew": [0] * 5 + [1] * 5, "days": [0] * 5 + [1] * 5})
    assert wb.reassigned(table, "days", "drew")["p_value"].item() == 2 / comb(10, 5)


def refusal(table: pd.DataFrame, **options: str) -> str:
    with pytest.raises(ContractError) as said:
        wb.reassigned(table, "days", "drew", **options)
    return str(said.value)


def test_a_team_with_several_arms():
    table = people(4)
    table.loc[0, "drew"] = ~table.loc[0, "drew"]
    assert refusal(table, cluster="team") == (
        "a team draws one arm in one draw, but 1 of 10 have several.\n  Give everybody what their team drew."
    )


def test_nobody_could_have_drawn_another_arm():
    table = people(4).assign(site=lambda rows: rows["drew"])
    assert refusal(table, block="site") == "nobody could have drawn another arm: in each block all drew the same."
