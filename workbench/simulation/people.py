"""Who works there: teams, roles, habits, access."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import numpy as np

from workbench.simulation import assignment
from workbench.simulation.calendar import START, Calendar
from workbench.simulation.programmes import FAST_SHARE, PROGRAMMES
from workbench.simulation.world import (
    CHAMPION,
    DEPARTMENTS,
    DRIVEN,
    FEWEST_TEAMS,
    GHOSTS,
    JOINERS,
    KEENNESS_NOISE,
    LATE,
    LEADER_PULL,
    LEAVERS,
    MOST,
    NEVER,
    NOBODY,
    PATTERNS,
    PILOT_START,
    PILOTS,
    QUARTER,
    REGIONS,
    RESISTER,
    STEADY,
    STILL_EXPLORING,
    STREAM,
    TEAM_SIZE,
    TEAM_SPREAD,
    Array,
    traits,
)


@dataclass(frozen=True)
class People:
    """One entry per person in every column; weeks and days count from START."""

    number: Array
    pattern: Array
    level: Array  # active days a week, mean of the year, when nothing is done
    middle: Array  # week in which the swing is half done
    team: Array
    department: Array
    role: Array
    region: Array
    manager: Array
    first_day: Array
    last_day: Array  # the last day of use
    end_known: Array  # does the users table say when access ended
    programme: Array
    trained: Array  # first week of the programme
    offered: Array  # programme offered by lot, or whose dates the person drew
    offered_in: Array  # week of that offer
    comes: Array  # does the person accept it
    barrier: Array  # which of BARRIERS holds the person's department back
    hours: Array
    again: Array  # comes back after REFRESH weeks
    exposed: Array  # first week with trained colleagues, for untrained members of workshop teams
    incentive: Array
    on: Array  # first week of the incentive
    off: Array  # first week after it
    mandated: Array  # first week of the mandate
    depth: Array
    explores: Array  # last day of voluntary actions

    def __len__(self) -> int:
        return len(self.number)

    def __getitem__(self, rows: slice) -> People:
        return People(**{f.name: getattr(self, f.name)[rows] for f in fields(self)})

    def trait(self, name: str) -> Array:
        """A parameter of each person's pattern."""
        return traits(self.pattern, name)


def people(users: int, weeks: int, seed: int) -> People:
    """Everybody who works there, with the programmes that await them.

    Raises ValueError for fewer than 200 users or 26 weeks: the teams, the waves and the weeks after them need room.
    """
    if users < 200 or weeks < 26:
        raise ValueError(f"a simulated CRM needs at least 200 users and 26 weeks, not {users} and {weeks}.")
    rng, calendar = np.random.default_rng([STREAM, seed, 0]), Calendar(weeks)
    teams = max(FEWEST_TEAMS, round(users / TEAM_SIZE))
    team = rng.permutation(np.arange(users) % teams)
    workshop, offer = assignment.workshop_waves(teams, rng)[team], assignment.offers(teams, rng)[team]
    joins = rng.random(users) < JOINERS
    pull = rng.normal(0.0, TEAM_SPREAD, teams)[team]
    pattern, fast = _patterns(pull, workshop, joins, rng)
    level = pull + _levels(pattern, rng)
    middle = rng.uniform(0.3, 0.7, users) * weeks
    training = assignment.trainings(pattern, level, workshop, joins, fast, calendar, rng)
    middle = np.where(fast, training["trained"] + rng.uniform(-1.0, 3.0, users), middle)
    # Where nothing is rewarded, the incentive-driven look just like resisters.
    pattern = np.where((pattern == DRIVEN) & (offer[:, 0] == NOBODY), RESISTER, pattern)
    leader = _leaders(pattern, team, teams, joins)
    level[leader] += (LEADER_PULL - 1) * pull[leader]
    department = team * len(DEPARTMENTS) // teams
    everyone = People(
        number=np.arange(users),
        pattern=pattern,
        level=np.clip(level, 0.1, MOST - 0.3) * (pattern != NEVER),
        middle=middle,
        team=team,
        department=department,
        role=rng.integers(0, 2, users),
        region=rng.integers(0, len(REGIONS), teams)[team],
        manager=_managers(leader, team, department),
        **_access(pattern, joins, calendar, rng),
        **training,
        **assignment.incentives(offer, calendar),
        mandated=assignment.mandates(department, calendar, rng),
        depth=traits(pattern, "depth") * rng.lognormal(0.0, 0.4, users),
        **_nothing_later(users),
    )
    return _with_later(everyone, calendar, np.random.default_rng([STREAM, seed, 3]))


def _nothing_later(users: int) -> dict[str, Array]:
    nobody = np.full(users, NOBODY)
    return {"offered": nobody, "offered_in": nobody, "barrier": nobody, "comes": np.zeros(users, dtype=bool)}


def _with_later(everyone: People, calendar: Calendar, rng: np.random.Generator) -> People:
    """The same people with draws and barriers: from random numbers of their own, so that nothing else moves."""
    may = (everyone.programme == NOBODY) & (everyone.exposed == NOBODY) & (everyone.first_day <= 0)
    may &= everyone.last_day == 7 * calendar.weeks - 1
    lots = assignment.lots(everyone.pattern, everyone.level, may, calendar, rng)
    comes = lots["comes"]
    hours = np.array([training.hours for training in PROGRAMMES])[lots["offered"]]
    return replace(
        everyone,
        **lots,
        barrier=assignment.barriers(everyone.department, rng),
        programme=np.where(comes, lots["offered"], everyone.programme),
        trained=np.where(comes, lots["offered_in"], everyone.trained),
        hours=np.where(comes, hours, everyone.hours),
    )


def _patterns(pull: Array, workshop: Array, joins: Array, rng: np.random.Generator) -> tuple[Array, Array]:
    """Each person's pattern, and who will take the fast track: late bloomers outside workshop teams."""
    users = len(pull)
    bounds = np.cumsum([p.share for p in PATTERNS])[:-1]
    pattern = np.searchsorted(bounds, rng.permutation((np.arange(users) + 0.5) / users))
    # A keen team has more champions, a weary one more who never start. What changes by itself knows no teams.
    constant = np.flatnonzero(np.isin(pattern, (CHAMPION, STEADY, RESISTER, NEVER)))
    keen = constant[np.argsort(-(pull[constant] + rng.normal(0.0, KEENNESS_NOISE, len(constant))))]
    pattern[keen] = np.sort(pattern[constant])
    fast = (workshop == NOBODY) & ~joins & (rng.random(users) < FAST_SHARE)
    pattern[fast] = LATE
    return pattern, fast


def _levels(pattern: Array, rng: np.random.Generator) -> Array:
    """Each person's own level, before the team's part is added."""
    level: Array = traits(pattern, "level") + traits(pattern, "spread") * rng.standard_normal(len(pattern))
    return level


def _leaders(pattern: Array, team: Array, teams: int, joins: Array) -> Array:
    """One leader per team: the first who is steady or a champion, if there is one."""
    fit = np.lexsort((np.arange(len(team)), joins | (pattern > STEADY), team))
    return fit[np.searchsorted(team[fit], np.arange(teams))]


def _managers(leader: Array, team: Array, department: Array) -> Array:
    """Members report to the team's leader, leaders to the department's first leader, who reports to nobody."""
    manager = leader[team]
    head = np.array([leader[np.argmax(department[leader] == d)] for d in range(len(DEPARTMENTS))])
    manager[leader] = head[department[leader]]
    manager[head] = NOBODY
    return manager


def _access(pattern: Array, joins: Array, calendar: Calendar, rng: np.random.Generator) -> dict[str, Array]:
    """When access begins and use ends, and how long people explore.

    Leaving is independent of everything else. Only people who hardly use the CRM keep their access after they left,
    because nobody notices; so the busy lose no more weeks than the idle.
    """
    users, days = len(joins), 7 * calendar.weeks
    later = 7 * rng.integers(2, round(0.85 * calendar.weeks), users)  # people start on a Monday
    pilot = ~joins & (rng.random(users) < PILOTS)
    first = np.where(joins, later, np.where(pilot, (PILOT_START - START).days, 0))
    known = rng.random(users) < LEAVERS
    ghost = ~known & (pattern >= RESISTER) & (rng.random(users) < GHOSTS)
    last = np.where(known | ghost, 7 * rng.integers(round(0.3 * calendar.weeks), calendar.weeks, users) + 4, days - 1)
    gone = (last < days - 1) & (last > first)
    return {
        "first_day": first,
        "last_day": np.where(gone, last, days - 1),
        "end_known": gone & known,
        "explores": _exploring(np.maximum(first, 0), rng),
    }


def _exploring(first_day: Array, rng: np.random.Generator) -> Array:
    """The last day on which each person does anything voluntary.

    A person explores in the quarter of joining, and k quarters later with the chance of STILL_EXPLORING.
    """
    kept = np.searchsorted(-np.array(STILL_EXPLORING), -rng.random(len(first_day)), side="right")
    quarter = first_day // (7 * QUARTER) + kept
    return ((quarter + rng.uniform(0.55, 0.93, len(first_day))) * 7 * QUARTER).astype(np.int64)
