"""Who is trained, rewarded or obliged, and when."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from workbench.simulation.calendar import Calendar
from workbench.simulation.programmes import (
    COACHING,
    COMES,
    COMES_FADING,
    COMES_RISING,
    DRAWS,
    ENROL_NOISE,
    FAST,
    INCENTIVES,
    KEEN,
    KEEPS_PLACE,
    KEYS,
    MANDATE_WEEKS,
    OFFERED,
    PROGRAMMES,
    SHOP,
    STARTERS,
    TRAINED,
    TRAININGS,
    WAVES,
    WORKSHOP_TAKE,
    WORKSHOP_TEAMS,
)
from workbench.simulation.world import BARRIERS, DEPARTMENTS, FADING, LATE, NEVER, NOBODY, Array, traits


def workshop_waves(teams: int, rng: np.random.Generator) -> Array:
    """Each team's workshop wave (its place in WAVES) or NOBODY, assigned at random."""
    waves = np.full(teams, NOBODY)
    count = max(len(WAVES), round(WORKSHOP_TEAMS * teams))
    waves[rng.permutation(teams)[:count]] = np.arange(count) % len(WAVES)
    return waves


def offers(teams: int, rng: np.random.Generator) -> Array:
    """teams × 2: each team's incentive and its path, or NOBODY twice; assigned at random, whatever the workshops."""
    offers = np.full((teams, 2), NOBODY)
    counts = [max(len(incentive.paths), round(incentive.teams * teams)) for incentive in INCENTIVES]
    plan = [(i, n % len(INCENTIVES[i].paths)) for i, count in enumerate(counts) for n in range(count)]
    offers[rng.permutation(teams)[: len(plan)]] = plan
    return offers


def trainings(
    pattern: Array,
    level: Array,
    workshop: Array,
    joins: Array,
    fast: Array,
    calendar: Calendar,
    rng: np.random.Generator,
) -> dict[str, Array]:
    """Each person's training, as columns of `People`.

    workshop : each person's workshop wave, or NOBODY
    joins : does the person join in the course of the year; fast : does the person take the fast track
    """
    users = len(pattern)
    programme, trained = np.full(users, NOBODY), np.full(users, NOBODY)
    waves = np.array([calendar.week(w) for w in WAVES])
    score = level + rng.normal(0.0, ENROL_NOISE, users)
    for group in _enrolled(pattern, score, (workshop == NOBODY) & ~joins & ~fast, rng):
        ranked = group[np.argsort(-score[group])]
        place = np.arange(len(ranked))
        programme[ranked] = (place + rng.integers(len(TRAININGS))) % len(TRAININGS)
        trained[ranked] = waves[place * len(waves) // max(len(ranked), 1)]
    programme[fast], trained[fast] = FAST, rng.choice(waves, int(fast.sum()))
    coached = programme == COACHING
    trained[coached] = rng.permutation(trained[coached])
    attends = (workshop != NOBODY) & ~joins & (rng.random(users) < WORKSHOP_TAKE)
    programme[attends], trained[attends] = SHOP, waves[workshop[attends]]
    return {
        "programme": programme,
        "trained": trained,
        "hours": _hours(programme, rng),
        "again": (programme >= 0) & (rng.random(users) < np.array([p.repeated for p in PROGRAMMES])[programme]),
        "exposed": np.where((workshop != NOBODY) & ~attends, waves[workshop], NOBODY),
    }


def _enrolled(pattern: Array, score: Array, may: Array, rng: np.random.Generator) -> Iterator[Array]:
    """The groups of people who enrol in self-selected courses; within a group, whoever scores high comes early.

    Patterns that rise or fall by themselves are groups of their own, so that every wave holds the same share of them.
    """
    enrols = traits(pattern, "enrols")
    common, by_level = may & (enrols == "at the common rate"), may & (enrols == "by level")
    for kind in np.unique(pattern[common]):
        group = np.flatnonzero(common & (pattern == kind))
        yield rng.permutation(group)[: round(TRAINED * len(group))]
    group = np.flatnonzero(by_level)
    rate = min(TRAINED * (may.sum() - common.sum()) / by_level.sum(), 0.9)
    yield group[np.argsort(-score[group])][: round(rate * len(group))]


def _hours(programme: Array, rng: np.random.Generator) -> Array:
    """Each person's hours of training: the programme's, or one of its doses at random; 0 without a programme."""
    hours = np.where(programme >= 0, np.array([p.hours for p in PROGRAMMES])[programme], 0.0)
    for number, training in enumerate(PROGRAMMES):
        if training.dose_hours:
            hours = np.where(programme == number, rng.choice(training.dose_hours, len(hours)), hours)
    return hours


def lots(pattern: Array, level: Array, may: Array, calendar: Calendar, rng: np.random.Generator) -> dict[str, Array]:
    """Who takes part in the two draws, the week each person drew, and who comes: columns of `People`.

    may : true for people who are there all year and neither trained nor near trained colleagues
    Only people who are keen at the beginning of the year ask for the academy; all who ask draw a date. The shortcuts
    are offered by lot among the others. Whoever is about to rise comes, whoever is about to fade stays away.
    """
    users = len(pattern)
    keen = np.flatnonzero(may & (level - traits(pattern, "swing") / 2 > KEEN))
    # Half ask before the lot, half after it: so the keen are as rare among those offered as among those who are not.
    half = round(DRAWS * users / 2)
    before = rng.permutation(keen)[:half]
    offered = rng.permutation(np.setdiff1d(np.flatnonzero(may), before))[: round(OFFERED * users)]
    after = rng.permutation(np.setdiff1d(keen, [*before, *offered]))[:half]
    asks = np.concatenate([before, after])
    comes = np.select([pattern == LATE, pattern == FADING, pattern == NEVER], [COMES_RISING, COMES_FADING, 0.0], COMES)
    comes[asks] = KEEPS_PLACE
    programme, week = np.full(users, NOBODY), np.full(users, NOBODY)
    for number, group in ((KEYS, offered), (STARTERS, asks)):
        programme[group] = number
        waves = np.array([calendar.week(w) for w in WAVES])
        week[group] = waves[rng.permutation(np.arange(len(group)) % len(waves))]
    return {"offered": programme, "offered_in": week, "comes": (programme >= 0) & (rng.random(users) < comes)}


def barriers(department: Array, rng: np.random.Generator) -> Array:
    """The barrier of each person's department, or NOBODY: two departments at random, one each."""
    held = np.full(len(DEPARTMENTS), NOBODY)
    held[rng.permutation(len(DEPARTMENTS))[: len(BARRIERS)]] = np.arange(len(BARRIERS))
    return held[department]


def incentives(offer: Array, calendar: Calendar) -> dict[str, Array]:
    """Each person's incentive with its first week on and first week off, as columns of `People`.

    offer : people × 2, the incentive and the path of the person's team
    """
    incentive, path = offer.T
    on, off = np.full(len(offer), NOBODY), np.full(len(offer), NOBODY)
    for number, programme in enumerate(INCENTIVES):
        edges = np.array([[calendar.week(w) for w in window] for window in programme.paths])
        here = incentive == number
        on[here], off[here] = edges[path[here]].T
    return {"incentive": incentive, "on": on, "off": off}


def mandates(department: Array, calendar: Calendar, rng: np.random.Generator) -> Array:
    """The week from which each person must log in, or NOBODY: two departments at random, one after the other."""
    obliged = rng.permutation(len(DEPARTMENTS))[: len(MANDATE_WEEKS)]
    weeks = np.full(len(DEPARTMENTS), NOBODY)
    weeks[obliged] = [calendar.week(w) for w in MANDATE_WEEKS]
    return weeks[department]
