"""What everybody would do week by week, with and without each programme."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from workbench.simulation.calendar import YEAR, Calendar
from workbench.simulation.columns import role_names
from workbench.simulation.people import People
from workbench.simulation.programmes import (
    ACADEMY,
    COACHING,
    COACHING_HELP,
    DRIVEN_EXTRA,
    INCENTIVES,
    MANDATE_LOGINS,
    PROGRAMMES,
    REFRESH,
    SPILLOVER,
    STARTERS,
    Knots,
)
from workbench.simulation.vocabulary import SELLING
from workbench.simulation.world import DRIVEN, MONTH_END, MOST, MOTIONS, NEVER, PERSISTENCE, SUMMER, WANDER, Array


@dataclass(frozen=True)
class Use:
    """What is expected of some people; `present` is people × weeks × 7, so are the chances; the rest people × weeks."""

    present: Array  # has access and has not left
    active: Array  # chance of at least one action on the day
    login_only: Array  # chance of a login on a day, whatever else is done
    with_all: Array  # expected active days
    without_training: Array
    without_incentive: Array
    incentive_on: Array
    mandate_on: Array
    later: Array  # what programmes of their own random streams add to `active`, people × weeks × 7


def use(who: People, calendar: Calendar, rng: np.random.Generator) -> Use:
    """Expected use of some people: as it is, without any training, and without any incentive."""
    weeks = np.arange(calendar.weeks)
    present = _present(who, calendar)
    own = _own(who, calendar) + _wander(len(who), calendar.weeks, rng)
    own = np.where((who.pattern == NEVER)[:, None], -MOST, own)
    training, incentive = training_effect(who, calendar), incentive_effect(who, weeks)
    further = further_effect(who, calendar)
    shares = _day_shares(who, calendar)

    def days(extra: Array | float) -> Array:
        return np.clip(own + extra, 0.0, MOST)[:, :, None] * shares * present

    active = np.minimum(days(training + incentive), 0.98)
    later = np.minimum(days(training + incentive + further), 0.98) - active
    mandate = (who.mandated[:, None] >= 0) & (weeks >= who.mandated[:, None])
    return Use(
        present=present,
        active=active,
        login_only=_login_only(who, mandate) * present,
        with_all=(active + later).sum(2),
        without_training=np.minimum(days(incentive), 0.98).sum(2),
        without_incentive=np.minimum(days(training + further), 0.98).sum(2),
        incentive_on=(who.incentive[:, None] >= 0) & (weeks >= who.on[:, None]) & (weeks < who.off[:, None]),
        mandate_on=mandate,
        later=later,
    )


def _present(who: People, calendar: Calendar) -> Array:
    day = np.arange(7 * calendar.weeks)
    inside = (day >= who.first_day[:, None]) & (day <= who.last_day[:, None])
    return inside.reshape(len(who), calendar.weeks, 7)


def _own(who: People, calendar: Calendar) -> Array:
    """Expected active days of each person and week if nothing is done."""
    weeks = np.arange(calendar.weeks)
    rise = 1 / (1 + np.exp(-(weeks - who.middle[:, None]) / 2.5)) - 0.5
    summer = SUMMER * ((weeks % YEAR >= 28) & (weeks % YEAR < 34))
    closing = np.where((who.pattern == MOTIONS)[:, None], MONTH_END / 2 * calendar.month_end.sum(1), 0.0)
    return who.level[:, None] + who.trait("swing")[:, None] * rise + summer + closing


def _wander(people: int, weeks: int, rng: np.random.Generator) -> Array:
    """A stationary first-order autoregression per person."""
    steps = rng.standard_normal((people, weeks)) * WANDER
    steps[:, 1:] *= np.sqrt(1 - PERSISTENCE**2)
    for week in range(1, weeks):
        steps[:, week] += PERSISTENCE * steps[:, week - 1]
    return steps


def _day_shares(who: People, calendar: Calendar) -> Array:
    """How a week's work falls on its days: people × weeks × 7; some people only go through the motions at month-end."""
    closing: Array = np.where(calendar.month_end, 1.0, 0.02)
    closes: Array = np.any(calendar.month_end, axis=1)
    closing = np.where(closes[:, None], closing / closing.sum(1)[:, None], calendar.shares)
    shares: Array = np.where((who.pattern == MOTIONS)[:, None, None], closing, calendar.shares)
    return shares


def _login_only(who: People, mandate: Array) -> Array:
    """The chance of a login whatever else is done, people × weeks × 7: presence and the mandate, on workdays."""
    workdays = np.array([0.2] * 5 + [0.0] * 2)
    started: Array = who.pattern != NEVER
    obliged = mandate & started[:, None]
    logins: Array = (who.trait("presence")[:, None] + MANDATE_LOGINS * obliged)[:, :, None] * workdays
    return logins


def training_effect(who: People, calendar: Calendar) -> Array:
    """Active days a week that people's own training or that of their colleagues adds: people × weeks."""
    since = np.arange(calendar.weeks) - who.trained[:, None]
    since = np.where(who.again[:, None] & (since >= REFRESH), since - REFRESH, since)
    effect = np.zeros(since.shape)
    for number, training in enumerate(PROGRAMMES[:STARTERS]):
        here = (who.programme == number) & who.trait("learns")
        dose = who.hours[here] / training.hours
        effect[here] = _along(training.effect, since[here]) * dose[:, None]
    reached = (who.exposed >= 0) & who.trait("learns")
    effect[reached] = SPILLOVER * (np.arange(calendar.weeks) >= who.exposed[reached][:, None])
    return effect


def further_effect(who: People, calendar: Calendar) -> Array:
    """Active days a week that the academy adds, and coaching for those who do not sell: people × weeks."""
    since = np.arange(calendar.weeks) - who.trained[:, None]
    academy = _along(ACADEMY.effect, since) * (who.programme == STARTERS)[:, None]
    helped = (who.programme == COACHING) & ~np.isin(role_names(who), SELLING)
    coaching = _along(((0, COACHING_HELP),), since) * (helped * who.hours / PROGRAMMES[COACHING].hours)[:, None]
    return np.where(who.trait("learns")[:, None], academy + coaching, 0.0)


def incentive_effect(who: People, weeks: Array) -> Array:
    """Active days a week that the team's incentive adds while it is on and after it has ended: people × weeks."""
    effect = np.zeros((len(who), len(weeks)))
    for number, incentive in enumerate(INCENTIVES):
        here = (who.incentive == number) & who.trait("responds")
        since, ended = weeks - who.on[here][:, None], weeks - who.off[here][:, None]
        driven = (who.pattern[here] == DRIVEN)[:, None]
        during = _along(incentive.on, since) + DRIVEN_EXTRA * driven
        after = np.where(driven, 0.0, _along(incentive.after, ended))
        effect[here] = np.where(ended >= 0, after, np.where(since >= 0, during, 0.0))
    return effect


def _along(knots: Knots, since: Array) -> Array:
    """The value of the line through the knots, zero before week 0."""
    weeks, values = zip(*knots, strict=True)
    return np.where(since >= 0, np.interp(since, weeks, values), 0.0)
