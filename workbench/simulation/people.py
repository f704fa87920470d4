"""Who works there: teams, roles, habits, and who is trained or rewarded when."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from workbench.simulation.world import (
    CHAMPION,
    DEPARTMENTS,
    DRIVEN,
    ENROL_NOISE,
    FAST,
    FAST_SHARE,
    FEWEST_TEAMS,
    GHOSTS,
    INCENTIVES,
    JOINERS,
    KEENNESS_NOISE,
    LATE,
    LEADER_PULL,
    LEAVERS,
    MANDATE_WEEKS,
    MOST,
    NEVER,
    NOBODY,
    PATTERNS,
    PILOT_START,
    PILOTS,
    PROGRAMMES,
    QUARTER,
    REGIONS,
    RESISTER,
    SHOP,
    START,
    STEADY,
    STILL_EXPLORING,
    STREAM,
    TEAM_SIZE,
    TEAM_SPREAD,
    TRAINED,
    TRAININGS,
    WAVES,
    WORKSHOP_TAKE,
    WORKSHOP_TEAMS,
    Array,
    Calendar,
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
    hours: Array
    again: Array  # comes back after REFRESH weeks
    touched: Array  # first week in which trained colleagues are around, for the untrained of workshop teams
    incentive: Array
    on: Array  # first week of the incentive
    off: Array  # first week after it
    mandated: Array  # first week of the mandate
    depth: Array
    explores: Array  # last day of things nobody asked for

    def __len__(self) -> int:
        return len(self.number)

    def __getitem__(self, rows: slice) -> People:
        return People(**{f.name: getattr(self, f.name)[rows] for f in fields(self)})

    def trait(self, name: str) -> Array:
        """A parameter of each person's pattern."""
        return np.array([getattr(p, name) for p in PATTERNS])[self.pattern]


def people(users: int, weeks: int, seed: int) -> People:
    """Who works there, and what is going to happen to them.

    Raises ValueError for fewer than 200 users or 26 weeks: waves, teams and what comes after need room.
    """
    if users < 200 or weeks < 26:
        raise ValueError(f"a simulated CRM needs at least 200 users and 26 weeks, not {users} and {weeks}.")
    rng, calendar = np.random.default_rng([STREAM, seed, 0]), Calendar(weeks)
    teams = max(FEWEST_TEAMS, round(users / TEAM_SIZE))
    team = rng.permutation(np.arange(users) % teams)
    shop, offer = _workshop_waves(teams, rng)[team], _offers(teams, rng)[team]
    joins = rng.random(users) < JOINERS
    pull = rng.normal(0.0, TEAM_SPREAD, teams)[team]
    pattern, fast = _patterns(pull, shop, joins, rng)
    level = pull + _levels(pattern, rng)
    middle = rng.uniform(0.3, 0.7, users) * weeks
    training = _trainings(pattern, level, shop, joins, fast, calendar, rng)
    middle = np.where(fast, training["trained"] + rng.uniform(-1.0, 3.0, users), middle)
    # Where nothing is rewarded, the incentive-driven cannot be told from those who resist.
    pattern = np.where((pattern == DRIVEN) & (offer[:, 0] == NOBODY), RESISTER, pattern)
    leader = _leaders(pattern, team, teams, joins)
    level[leader] += (LEADER_PULL - 1) * pull[leader]
    department = team * len(DEPARTMENTS) // teams
    return People(
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
        **_incentives(offer, calendar),
        mandated=_mandates(department, calendar, rng),
        depth=np.array([p.depth for p in PATTERNS])[pattern] * rng.lognormal(0.0, 0.4, users),
    )


def _workshop_waves(teams: int, rng: np.random.Generator) -> Array:
    """Per team: the wave of its workshop, or nobody; drawn by lot."""
    waves = np.full(teams, NOBODY)
    count = max(len(WAVES), round(WORKSHOP_TEAMS * teams))
    waves[rng.permutation(teams)[:count]] = np.arange(count) % len(WAVES)
    return waves


def _offers(teams: int, rng: np.random.Generator) -> Array:
    """Per team: incentive and path, or nobody twice; drawn by lot, whoever has a workshop."""
    offers = np.full((teams, 2), NOBODY)
    counts = [max(len(incentive.paths), round(incentive.teams * teams)) for incentive in INCENTIVES]
    plan = [(i, n % len(INCENTIVES[i].paths)) for i, count in enumerate(counts) for n in range(count)]
    offers[rng.permutation(teams)[: len(plan)]] = plan
    return offers


def _patterns(pull: Array, shop: Array, joins: Array, rng: np.random.Generator) -> tuple[Array, Array]:
    """Each person's pattern, and who is going to take the fast track (late bloomers, outside workshop teams)."""
    users = len(pull)
    bounds = np.cumsum([p.share for p in PATTERNS])[:-1]
    pattern = np.searchsorted(bounds, rng.permutation((np.arange(users) + 0.5) / users))
    # A keen team has more champions, a weary one more who never start. What changes by itself knows no teams.
    constant = np.flatnonzero(np.isin(pattern, (CHAMPION, STEADY, RESISTER, NEVER)))
    keen = constant[np.argsort(-(pull[constant] + rng.normal(0.0, KEENNESS_NOISE, len(constant))))]
    pattern[keen] = np.sort(pattern[constant])
    fast = (shop == NOBODY) & ~joins & (rng.random(users) < FAST_SHARE)
    pattern[fast] = LATE
    return pattern, fast


def _levels(pattern: Array, rng: np.random.Generator) -> Array:
    """Each person's own level, before the team's part is added."""
    mean, spread = (np.array([getattr(p, name) for p in PATTERNS])[pattern] for name in ("level", "spread"))
    return mean + spread * rng.standard_normal(len(pattern))


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

    Who leaves is drawn regardless of everything else. Only people who hardly use the CRM leave without their access
    being ended: somebody would have noticed the others, and so the busy lose no more than the idle.
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
    """The last day on which each person does things nobody asked for.

    A person explores in the quarter of joining, and k quarters later with the chance of STILL_EXPLORING.
    """
    kept = np.searchsorted(-np.array(STILL_EXPLORING), -rng.random(len(first_day)), side="right")
    quarter = first_day // (7 * QUARTER) + kept
    return ((quarter + rng.uniform(0.55, 0.93, len(first_day))) * 7 * QUARTER).astype(np.int64)


def _trainings(
    pattern: Array,
    level: Array,
    shop: Array,
    joins: Array,
    fast: Array,
    calendar: Calendar,
    rng: np.random.Generator,
) -> dict[str, Array]:
    users = len(pattern)
    programme, trained = np.full(users, NOBODY), np.full(users, NOBODY)
    waves = np.array([calendar.week(w) for w in WAVES])
    _enrol_by_level(programme, trained, pattern, level, (shop == NOBODY) & ~joins & ~fast, waves, rng)
    programme[fast], trained[fast] = FAST, rng.choice(waves, int(fast.sum()))
    lot = programme == _number("One-to-one coaching")
    trained[lot] = rng.permutation(trained[lot])
    workshop = shop != NOBODY
    attends = workshop & ~joins & (rng.random(users) < WORKSHOP_TAKE)
    team_week = waves[shop]
    programme[attends], trained[attends] = SHOP, team_week[attends]
    return {
        "programme": programme,
        "trained": trained,
        "hours": _hours(programme, rng),
        "again": (programme >= 0) & (rng.random(users) < np.array([p.repeated for p in PROGRAMMES])[programme]),
        "touched": np.where(workshop & ~attends, team_week, NOBODY),
    }


def _enrol_by_level(
    programme: Array,
    trained: Array,
    pattern: Array,
    level: Array,
    may: Array,
    waves: Array,
    rng: np.random.Generator,
) -> None:
    """Fill in programme and week: the active first, every wave of every programme alike in what changes by itself."""
    enrols = np.array([p.enrols for p in PATTERNS])[pattern]
    score = level + rng.normal(0.0, ENROL_NOISE, len(level))
    common, chosen = may & (enrols == "at the common rate"), may & (enrols == "by level")
    rate = TRAINED * (may.sum() - common.sum()) / chosen.sum()
    for kind in np.unique(pattern[common]):
        group = np.flatnonzero(common & (pattern == kind))
        _fill(programme, trained, rng.permutation(group)[: round(TRAINED * len(group))], score, waves, rng)
    group = np.flatnonzero(chosen)
    _fill(programme, trained, group[np.argsort(-score[group])][: round(min(rate, 0.9) * len(group))], score, waves, rng)


def _fill(programme: Array, trained: Array, group: Array, score: Array, waves: Array, rng: np.random.Generator) -> None:
    """Spread a group over programmes and, by score, over waves."""
    ranked = group[np.argsort(-score[group])]
    place = np.arange(len(ranked)) + rng.integers(len(TRAININGS))
    programme[ranked] = place % len(TRAININGS)
    trained[ranked] = waves[np.arange(len(ranked)) * len(waves) // max(len(ranked), 1)]


def _hours(programme: Array, rng: np.random.Generator) -> Array:
    hours = np.where(programme >= 0, np.array([p.hours for p in PROGRAMMES])[programme], 0.0)
    for number, training in enumerate(PROGRAMMES):
        if training.dose_hours:
            hours = np.where(programme == number, rng.choice(training.dose_hours, len(hours)), hours)
    return hours


def _number(name: str) -> int:
    return next(n for n, programme in enumerate(PROGRAMMES) if programme.name == name)


def _incentives(offer: Array, calendar: Calendar) -> dict[str, Array]:
    incentive, path = offer.T
    on, off = np.full(len(offer), NOBODY), np.full(len(offer), NOBODY)
    for number, programme in enumerate(INCENTIVES):
        edges = np.array([[calendar.week(w) for w in window] for window in programme.paths])
        here = incentive == number
        on[here], off[here] = edges[path[here]].T
    return {"incentive": incentive, "on": on, "off": off}


def _mandates(department: Array, calendar: Calendar, rng: np.random.Generator) -> Array:
    """Two departments, one after the other, are told to log in."""
    told = rng.permutation(len(DEPARTMENTS))[: len(MANDATE_WEEKS)]
    weeks = np.full(len(DEPARTMENTS), NOBODY)
    weeks[told] = [calendar.week(w) for w in MANDATE_WEEKS]
    return weeks[department]
