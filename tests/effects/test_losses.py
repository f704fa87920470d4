"""Who is missing from an experiment by arm, and how rarely chance would lose as unlike shares."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from workbench.effects.losses import chance_of_losses, losses
from workbench.inference.people import Roles, read_people


def world(seed: int, teams: int = 0, lost: float = 0.1, people: int = 400) -> pd.DataFrame:
    """Arms drawn by lot, by team where there are some; so many people, or whole teams, are missing whatever they drew."""
    rng = np.random.default_rng(seed)
    team = rng.integers(0, teams, people) if teams else np.arange(people)
    drew = rng.permutation(np.arange(team.max() + 1) % 2)[team]
    gone = (rng.random(team.max() + 1) < lost)[team]
    return pd.DataFrame({"team": team, "drew": drew, "days": np.where(gone, np.nan, rng.normal(size=people))})


def p_of(rows: pd.DataFrame, **roles: str) -> float:
    return chance_of_losses(read_people(rows, Roles("days", "drew", **roles)).drawn)


def test_two_arms_are_fishers_exact_test():
    """Of 60 in each arm 9 and 2 are missing; by scipy, both tails by how unlike shares are."""
    days = np.where(np.isin(np.arange(120), [*range(9), 60, 61]), np.nan, np.arange(120) % 7)
    rows = pd.DataFrame({"drew": np.repeat([0, 1], 60), "days": days})
    expected = stats.fisher_exact([[9, 2], [51, 58]])[1]
    assert p_of(rows) == pytest.approx(expected, abs=3 * np.sqrt(expected * (1 - expected) / 2_000))


@pytest.mark.parametrize("teams", [0, 30])
def test_losses_at_random_are_seldom_called_unlike(teams):
    """Planted: who is missing has nothing to do with the arm, 300 worlds; whole teams are missing where these drew."""
    roles = {"cluster": "team"} if teams else {}
    found = [p_of(world(seed, teams), **roles) for seed in range(300)]
    assert stats.binomtest(sum(p < 0.05 for p in found), 300, 0.05, alternative="greater").pvalue > 0.001


def test_blocks_that_lose_more_and_draw_more_do_not_deceive():
    """Planted: where 8 of 10 drew the arm, 3 of 10 are missing; elsewhere 2 of 10 drew it, and nobody is."""
    rng = np.random.default_rng(0)
    site = np.repeat([0, 1], 500)
    drew = rng.random(1_000) < np.where(site, 0.8, 0.2)
    rows = pd.DataFrame({"site": site, "drew": drew, "days": rng.normal(size=1_000)})
    rows.loc[(rng.random(1_000) < 0.3) & (site == 1), "days"] = np.nan
    assert p_of(rows, block="site") > 0.05
    assert p_of(rows) == 1 / 2_000


def test_a_person_without_a_team_draws_alone():
    rows = world(1, 20).assign(team=lambda rows: rows["team"].where(rows.index > 50))
    assert 0 < p_of(rows, cluster="team") <= 1


def test_nobody_missing_is_as_like_as_can_be():
    people = read_people(world(0, lost=0), Roles("days", "drew"))
    assert chance_of_losses(people.drawn) == 1
    assert losses(people, 1.0) == []


def test_who_lacks_an_arm_is_counted_by_itself():
    rows = world(0, lost=0).astype({"drew": float})
    rows.loc[:1, "drew"] = np.nan
    assert losses(read_people(rows, Roles("days", "drew")), 1.0) == ["Left out, without an arm: 2 people."]
