"""Intervals of what is rare: Newcombe's published ones, null worlds, and where there is none."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from statsmodels.stats.proportion import confint_proportions_2indep

import workbench as wb
from workbench.effects.rare import is_share, is_simple
from workbench.inference.people import Roles, read_people


def shares(**counts: tuple[int, int]) -> pd.DataFrame:
    """Arm → how many of how many."""
    rows = [(arm, int(i < k)) for arm, (k, n) in counts.items() for i in range(n)]
    return pd.DataFrame(rows, columns=["drew", "used"])


@pytest.mark.parametrize(
    ("ours", "theirs", "interval"),
    [
        ((56, 70), (48, 80), (0.0524, 0.3339)),
        ((5, 56), (0, 29), (-0.0381, 0.1926)),
    ],
)
def test_shares_have_newcombes_published_intervals(ours, theirs, interval):
    """Newcombe (1998), table II, method 10 (score, without continuity correction)."""
    found = wb.experiment(shares(control=theirs, A=ours), "used", "drew")
    np.testing.assert_allclose(found.table[["conf_low", "conf_high"]].iloc[0].astype(float), interval, atol=5e-5)


def test_none_of_thirty_is_no_clear_fall():
    """1,000 people with 5 in 100, 30 with none: Newcombe's interval by statsmodels."""
    found = wb.experiment(shares(control=(50, 1_000), A=(0, 30)), "used", "drew")
    expected = confint_proportions_2indep(0, 30, 50, 1_000, method="newcomb", compare="diff")
    np.testing.assert_allclose(found.table[["conf_low", "conf_high"]].iloc[0].astype(float), expected)
    assert found.overall["conf_high"] == found.table["conf_high"].item()
    assert found.notes == ()


def test_all_against_none_is_an_answer():
    """30 of 30 against 0 of 30: 1 − √2·z²/(30 + z²), Wilson's own half widths, to 1."""
    found = wb.experiment(shares(control=(0, 30), A=(30, 30)), "used", "drew").table.iloc[0]
    z = stats.norm.isf(0.025)
    assert found["conf_low"] == pytest.approx(1 - np.sqrt(2) * z**2 / (30 + z**2))
    assert found["conf_high"] == 1


def test_bands_of_several_shares_are_wider_than_their_intervals():
    found = wb.experiment(shares(control=(20, 100), A=(30, 100), B=(50, 100)), "used", "drew")
    assert (found.table["band_low"] < found.table["conf_low"]).all()
    assert (found.table["band_high"] > found.table["conf_high"]).all()
    half = stats.norm.isf(0.025) * np.sqrt(0.3 * 0.7 / 400 + 0.5 * 0.5 / 400 + 0.2 * 0.8 / 100)
    assert found.overall["conf_high"] - found.overall["conf_low"] == pytest.approx(2 * half, rel=0.02)


def test_shares_within_blocks_stay_within_a_hundred_points():
    table = shares(control=(1, 12), A=(12, 12)).assign(site=lambda rows: rows.index % 2)
    found = wb.experiment(table, "used", "drew", block="site")
    assert not (found.table["conf_high"] > 1).any()


def test_a_clear_interval_on_few_of_a_kind_is_not_given():
    """Of 1,000 in the control 30 called, of 40 in A 12 did: one or two would have, had A done nothing."""
    table = shares(control=(30, 1_000), A=(12, 40)).assign(calls=lambda rows: 2 * rows["used"])
    found = wb.experiment(table, "calls", "drew")
    assert np.isnan(found.table["conf_low"].item())
    assert np.isnan(found.overall["conf_low"])
    assert found.notes == (
        "12 of 40 people in A: so few of a kind that they cannot tell a clear effect, hence no interval."
        " reassigned() gives a p-value that holds all the same.",
    )
    came = wb.experiment(table.assign(came=table["drew"] == "A"), "calls", "drew", took="came").came
    assert np.isnan([came.table["conf_low"].item(), came.overall["conf_high"]]).all()


@pytest.mark.parametrize("kind", ["shares", "counts", "skewed"])
def test_a_small_arm_is_seldom_called_different(kind):
    """Planted: no effect, 30 (10 where outcomes are skewed) against 1,000, 200 worlds; 23 in 100 were called clear."""
    rng, clear = np.random.default_rng(0), 0
    few = 10 if kind == "skewed" else 30
    drew = np.repeat(["A", "control"], [few, 1_000])
    for _ in range(200):
        draws = {
            "shares": lambda n: (rng.random(n) < 0.05).astype(float),
            "counts": lambda n: 1.0 * rng.poisson(0.05, n),
            "skewed": lambda n: rng.lognormal(size=n),
        }
        row = wb.experiment(pd.DataFrame({"drew": drew, "days": draws[kind](few + 1_000)}), "days", "drew").table.iloc[
            0
        ]
        clear += row["conf_low"] > 0 or row["conf_high"] < 0
    assert stats.binomtest(clear, 200, 0.05, alternative="greater").pvalue > 0.001


def test_what_is_a_share_and_what_is_simple():
    assert is_share(np.array([0.0, 1, 1]))
    assert not is_share(np.array([0.0, 2]))
    table = shares(control=(1, 3), A=(2, 3)).assign(site=[0, 1] * 3)
    assert is_simple(read_people(table, Roles("used", "drew")))
    assert not is_simple(read_people(table, Roles("used", "drew", block="site")))
