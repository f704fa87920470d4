"""Mean squares by hand, and known components recovered from people who were drawn with them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from workbench.errors import ContractError
from workbench.planning.variation import components, variation


def drawn(teams=300, people=6, weeks=4, seed=0):
    """People of teams of 4 to 8: levels of teams vary by 0.5, teams' weeks by 0.2, people by 0.7, their weeks by 1."""
    rng, rows = np.random.default_rng(seed), []
    for team in range(teams):
        shared = rng.normal(0, 0.5) + rng.normal(0, 0.2, weeks)
        for person in range(people - 2 + team % 5):
            values = shared + rng.normal(0, 0.7) + rng.normal(0, 1, weeks)
            rows += [(f"{team}-{person}", week, f"t{team}", value) for week, value in enumerate(values)]
    return pd.DataFrame(rows, columns=["user_id", "week", "team", "active_days"])


def test_components_come_back():
    found, true = variation(drawn()), components(4, sigma=1, tau=0.5, gamma=0.2, zeta=0.7)
    assert (found.teams, found.people) == (300, 1800)
    assert found.within[0] == pytest.approx(true.within[0], abs=0.06)  # standard error of 1.49 from 1500: 0.054
    assert found.between[0] == pytest.approx(true.between[0], abs=0.07)  # of 0.29 from 300 teams: 0.045


def test_mean_squares_by_hand():
    """Three teams of two: MSW = Σ (y − team)² / 3, MSB = 2 Σ (team − all)² / 2, between = (MSB − MSW) / 2."""
    people = {"a1": 1, "a2": 3, "b1": 5, "b2": 6, "c1": 9, "c2": 10}
    rows = [(who, week, who[0], value) for who, value in people.items() for week in range(2)]
    found = variation(pd.DataFrame(rows, columns=["user_id", "week", "team", "active_days"]))
    means = np.array([2, 5.5, 9.5])
    msw = (2 + 0.5 + 0.5) / 3
    msb = 2 * ((means - means.mean()) ** 2).sum() / 2
    assert found.within == pytest.approx(np.full((2, 2), msw))
    assert found.between == pytest.approx(np.full((2, 2), (msb - msw) / 2))


def test_the_mean_of_a_team_varies_as_hussey_and_hughes_say():
    found = components(2, sigma=1, tau=0.3, gamma=0.2, zeta=0.5, eta=0.1, rho=0.5).of_team(
        10, np.array([False, True]), np.ones(2)
    )
    off, on = 0.3**2 + 0.2**2 + (0.5**2 + 1) / 10, 0.1**2 + 2 * 0.5 * 0.3 * 0.1
    across = 0.3**2 + 0.5**2 / 10 + 0.5 * 0.3 * 0.1
    assert found == pytest.approx(np.array([[off, across], [across, off + on]]))


def test_people_who_leave_make_a_mean_vary_more():
    found = components(2, sigma=1, zeta=0.5).of_team(10, np.zeros(2, bool), np.array([1, 0.5]))
    # Of the people of both weeks as many count in both as there were in the first: Cov = ζ²·5/(10·5).
    assert found == pytest.approx(np.array([[1.25 / 10, 0.25 / 10], [0.25 / 10, 1.25 / 5]]))


def test_more_weeks_than_were_seen_go_on_as_the_last():
    wide = variation(drawn(teams=40)).over(6)
    assert wide.weeks == 6
    assert wide.within[0, 5] == pytest.approx(wide.within[0, 4], abs=0.02)


def test_single_people_vary_by_all_of_it():
    panel = drawn(teams=40)
    found = variation(panel, team=None)
    by_person = panel.pivot(index="user_id", columns="week", values="active_days")
    covariance = np.cov(by_person.to_numpy(), rowvar=False)  # numpy's own, of people's weeks
    averaged = [np.diagonal(covariance, apart).mean() for apart in range(found.weeks)]
    assert found.within[0] == pytest.approx(averaged)
    assert (found.icc, found.summary()["what"].tolist()) == (0, ["people"])


def test_two_teams_are_too_few():
    with pytest.raises(ContractError, match="read from 3 teams or more with several people each, but 9 people in 2"):
        variation(drawn(teams=2))  # of four and five people
