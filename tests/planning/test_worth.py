"""Planted worths are found, none is found where there is none, and the gain covers the truth."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from workbench.errors import ContractError
from workbench.planning.experience import NUMBERS, Experience
from workbench.planning.worth import worth


def lottery(people=300, seed=0, helped=1.5, chance=0.5):
    """An offer brings `helped` days to people of role b (half of them), nothing to others; use in days is noise."""
    rng = np.random.default_rng(seed)
    rows = pd.DataFrame({name: rng.normal(size=people) for name in NUMBERS})
    rows["role"], rows["user_id"] = np.where(rng.random(people) < 0.5, "b", "a"), np.arange(people)
    rows["offered"], rows["share"] = rng.random(people) < chance, chance
    rows["outcome"] = (
        2 + 0.5 * rows["days"] + rng.normal(size=people) + helped * rows["offered"] * (rows["role"] == "b")
    )
    return Experience("Clinic", rows)


def test_whom_it_helps_is_found_and_the_gain_covers_the_truth():
    """Choosing half: all are of role b, so 1.5 against 0.75 at random. Five lotteries, of which four cover and four are clear."""
    found = [worth(lottery(seed=seed), share=0.45) for seed in range(5)]
    ends = np.array([each.gain.table.loc[0, ["conf_low", "conf_high"]].to_numpy(float) for each in found])
    assert sum((ends[:, 0] < 0.75) & (ends[:, 1] > 0.75)) >= 4
    assert sum(each.holds for each in found) >= 4
    people = pd.DataFrame(0.0, range(2), list(NUMBERS)).assign(role=["a", "b"])
    worths = np.array([each.of(people) for each in found])
    assert (worths[:, 1] > worths[:, 0]).all()


def test_where_it_helps_all_alike_nothing_is_claimed_oftener_than_the_stated_error():
    """Twelve lotteries in which nobody gains: three or more at 2.5 in 100 each has a chance of 3 in 1,000."""
    alike = [lottery(people=160, seed=seed, helped=0.0) for seed in range(12)]
    assert sum(worth(each, share=0.3).holds for each in alike) <= 2


def test_few_offers_are_refused():
    with pytest.raises(
        ContractError, match=r"^worth is learned from 60 offers and as many who waited, but of Clinic there are \d+.$"
    ):
        worth(lottery(people=100), share=0.3)


def test_choosing_everybody_gains_nothing_over_random():
    table = worth(lottery(), share=1.0).gain.table
    assert table.loc[0, ["estimate", "std_error"]].tolist() == pytest.approx([0, 0], abs=1e-12)
