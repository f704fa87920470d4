"""Who works there: teams, leaders, habits and access."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from workbench.simulation import world
from workbench.simulation.people import people

FIFTH = 0.2  # the tolerance that the field's description asks for


def test_teams_are_as_alike_inside_as_the_sources_companies(actions, source):
    """ICC(1) of log(1 + what people did in the year) within team: .098 in the source, of people who did anything."""
    did = actions.sql("select user_id, count(*) as n from this group by user_id").to_pandas()
    people = did.merge(source.users.to_pandas()[["user_id", "team"]], on="user_id")
    assert icc(np.log1p(people["n"]), people["team"]) == pytest.approx(0.098, rel=FIFTH)


def icc(value: pd.Series, group: pd.Series) -> float:
    """One-way analysis of variance, unequal groups, written to be right."""
    groups = [value[group == g] for g in group.unique()]
    n, k = len(value), len(groups)
    between = sum(len(g) * (g.mean() - value.mean()) ** 2 for g in groups) / (k - 1)
    within = sum(((g - g.mean()) ** 2).sum() for g in groups) / (n - k)
    size = (n - sum(len(g) ** 2 for g in groups) / n) / (k - 1)
    return (between - within) / (between + (size - 1) * within)


def test_leaders_use_goes_with_their_teams(everyone):
    leaders = np.unique(everyone.manager[everyone.manager >= 0])
    members = np.setdiff1d(np.arange(len(everyone)), leaders)
    team = [everyone.level[members][everyone.team[members] == everyone.team[leader]].mean() for leader in leaders]
    assert np.corrcoef(everyone.level[leaders], team)[0, 1] > 0.2


def test_patterns_have_their_shares(everyone):
    """Fast-track takers become late bloomers, and the incentive-driven without an incentive resisters; the rest stays."""
    for number in (world.CHAMPION, world.STEADY, world.NEVER, world.MOTIONS, world.FADING):
        share = world.PATTERNS[number].share
        assert 0.88 * share < (everyone.pattern == number).mean() <= share + 0.01


def test_everybody_but_one_reports_to_somebody_of_the_department(everyone):
    reports = everyone.manager >= 0
    assert (~reports).sum() == len(world.DEPARTMENTS)
    assert (everyone.department[everyone.manager[reports]] == everyone.department[reports]).all()


def test_the_busy_lose_no_more_weeks_than_the_idle(everyone):
    """Leaving with an end of access is independent of use: the mean level of leavers is that of all, within 3 errors."""
    leavers = everyone.level[everyone.end_known]
    error = everyone.level.std() / np.sqrt(len(leavers))
    assert abs(leavers.mean() - everyone.level.mean()) < 3 * error
    assert (everyone.last_day >= everyone.first_day).all()


def test_a_slice_of_people_keeps_every_column(everyone):
    few = everyone[slice(10, 13)]
    assert few.number.tolist() == [10, 11, 12]
    assert few.trait("level").tolist() == [world.PATTERNS[p].level for p in everyone.pattern[10:13]]


def test_too_few_people_or_weeks_are_refused():
    with pytest.raises(ValueError, match="needs at least 200 users and 26 weeks, not 50 and 52"):
        people(50, 52, 1)
