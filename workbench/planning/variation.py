"""How much teams and people vary from week to week, and how much of it lasts: what the power of a roll-out rests on.

The mean of a team of n people varies over T weeks by B + W / n: B is how teams differ, W how people within a team do.
Both are known whole from the organisation's own user-weeks, so that no variance component need be assumed. From few
teams, single entries of a T × T matrix are hardly known; so they are averaged over weeks equally far apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workbench.data.duckdb import as_table
from workbench.data.engine import identifier
from workbench.errors import ContractError
from workbench.inference.moments import Moments, moments
from workbench.results.phrases import phrase, say
from workbench.results.words import number

Floats = NDArray[np.float64]
FEWEST = 3  # teams from which their differences can be told


@dataclass(frozen=True, eq=False)
class Variation:
    """Covariances of weekly means over T weeks, in the square of the outcome's unit.

    between : T × T, of what people of a team have in common
    within : T × T, of what a person has alone
    of_effect : variance, between teams, of the effect itself
    with_level : covariance of a team's effect and its level
    outcome : what is measured; teams, people : whom it was read from (0: assumed)
    """

    between: Floats
    within: Floats
    of_effect: float = 0.0
    with_level: float = 0.0
    outcome: str = ""
    teams: int = 0
    people: int = 0

    @property
    def weeks(self) -> int:
        """How many weeks are described."""
        return len(self.between)

    @property
    def icc(self) -> float:
        """The share of the variance of one week that teams have in common (intraclass correlation), from 0 to 1."""
        shared, own = np.trace(self.between), np.trace(self.within)
        return float(shared / (shared + own))

    def summary(self) -> pd.DataFrame:
        """Teams and people in a row each: what, variance (of one week), lag_1, last (correlation of weeks apart)."""
        own = phrase("people within a team") if self.between.any() else phrase("people")
        rows = [
            (what, each[0, 0], each[0, min(1, self.weeks - 1)] / each[0, 0], each[0, -1] / each[0, 0])
            for what, each in ((phrase("teams"), self.between), (own, self.within))
            if each[0, 0] > 0
        ]
        return pd.DataFrame(rows, columns=["what", "variance", "lag_1", "last"])

    def over(self, weeks: int) -> Variation:
        """The same for another number of weeks; weeks further apart than any seen are taken to go together as those."""
        between, within = (_by_distance(_distances(each), weeks) for each in (self.between, self.within))
        return Variation(between, within, self.of_effect, self.with_level, self.outcome, self.teams, self.people)

    def of_team(self, people: float, on: NDArray[np.bool], staying: Floats) -> Floats:
        """T × T covariance of the means of a team.

        people : at the start; on : T, weeks with the programme; staying : T, share of the people still there
        """
        left = people * np.maximum.outer(staying, staying)  # of those there in either week, as many were in the earlier
        given = on.astype(float)
        varying = self.of_effect * np.outer(given, given) + self.with_level * np.add.outer(given, given)
        return np.asarray(self.between + self.within / left + varying)


def components(
    weeks: int,
    sigma: float,
    tau: float = 0.0,
    gamma: float = 0.0,
    zeta: float = 0.0,
    eta: float = 0.0,
    rho: float = 0.0,
) -> Variation:
    """Variation from assumed components, as software for stepped wedges asks for them.

    weeks : how many; sigma : standard deviation of one person's weeks around the person's own level
    tau, gamma : standard deviation of the levels of teams, and of a team's weeks around its level
    zeta : standard deviation of the levels of people within a team; 0 where other people are seen each week
    eta, rho : standard deviation of the effect between teams, and its correlation with the level

    >>> round(components(weeks=5, sigma=1.0, tau=0.3, zeta=0.7).icc, 3)
    0.057

    Source: Hussey & Hughes (2007), Contemporary Clinical Trials 28, 182–191; R package swCRTdesign.
    """
    every, same = np.ones((weeks, weeks)), np.eye(weeks)
    between, within = tau**2 * every + gamma**2 * same, zeta**2 * every + sigma**2 * same
    return Variation(between, within, eta**2, rho * tau * eta)


def variation(panel: Any, outcome: str = "active_days", weeks: int = 26, team: str | None = "team") -> Variation:
    """How teams and people varied in the last weeks of the organisation's own panel.

    panel : user-weeks, as `wb.user_weeks` returns them
    outcome : the column that the roll-out should change
    weeks : how many of the last weeks are read, at most; people seen in all of them count
    team : the column of teams, people without one are left out; None where single people are assigned, each a team of
        one
    Programmes that ran in these weeks count as variation, which makes a plan cautious.
    Raises ContractError where fewer than three teams, or two people in some team, were seen throughout (three people
    where these are assigned).

    >>> from workbench.simulation import tiny_crm
    >>> found = variation(wb.user_weeks(wb.open_source(tiny_crm())), weeks=6)
    >>> found.teams, found.people, found.between.shape
    (6, 24, (6, 6))
    """
    text = f"""
        with placed as (select this.*, dense_rank() over (order by week desc) as back from this)
        select user_id, week, {identifier(team or "user_id")} as team, {identifier(outcome)},
            nullif(week, week) as planned
        from placed where back <= {int(weeks)} order by user_id, week"""
    found = moments(as_table(panel).sql(text), outcome=outcome, cohort="planned", cluster="team" if team else None)
    return _of_teams(found.balanced()) if team else _of_people(found.balanced())


def _of_teams(m: Moments) -> Variation:
    """Mean squares between and within teams (analysis of variance, unequal sizes), as whole matrices."""
    assert m.clusters is not None
    teams, people = len(m.clusters.names), m.units
    if teams < FEWEST or people <= teams:
        rule = say(
            "how teams vary is read from {fewest} teams or more with several people each, but {people} people in"
            " {teams} teams were seen in every week.",
            fewest=FEWEST,
            people=number(people, 0),
            teams=number(teams, 0),
        )
        raise ContractError(f"{rule}\n  Look at fewer weeks, or assign single people.")
    n, sums = m.clusters.n.astype(float), m.clusters.deviation
    explained = (sums / n[:, None]).T @ sums
    within = (m.without_loose().products[0] - explained) / (people - teams)
    typical = (people - (n**2).sum() / people) / (teams - 1)
    between = (explained / (teams - 1) - within) / typical
    shared, own = (_by_distance(_distances(each), m.timeline.count) for each in (between, within))
    return Variation(shared, own, outcome=m.outcome, teams=teams, people=people)


def _of_people(m: Moments) -> Variation:
    """The covariance of people's weeks around their means."""
    if m.units < FEWEST:
        rule = say(
            "how people vary is read from {fewest} people or more, but {n} were seen in every week.",
            fewest=FEWEST,
            n=number(m.units, 0),
        )
        raise ContractError(f"{rule}\n  Look at fewer weeks.")
    own = _by_distance(_distances(m.without_loose().products[0] / (m.units - 1)), m.timeline.count)
    return Variation(np.zeros_like(own), own, outcome=m.outcome, people=m.units)


def _distances(covariance: Floats) -> Floats:
    """The mean covariance of weeks 0, 1, 2 … apart."""
    return np.array([np.diagonal(covariance, apart).mean() for apart in range(len(covariance))])


def _by_distance(of: Floats, weeks: int) -> Floats:
    """weeks × weeks covariances by how far apart weeks are, without negative variances."""
    apart = np.abs(np.subtract.outer(np.arange(weeks), np.arange(weeks)))
    values, vectors = np.linalg.eigh(of[np.minimum(apart, len(of) - 1)])
    return np.asarray((vectors * np.maximum(values, 0)) @ vectors.T)
