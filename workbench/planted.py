"""What is true in the simulated CRM: who would use it how much, with and without each programme.

Everything planted is additive in expected active days a week, so that the effect of a programme is one number,

    truth = mean over the people it reached of  E[active days | everything] − E[active days | everything but it],

computed on the same people, the same weeks and the same noise. Three rules keep differences-in-differences honest:

1. People enrol by their *level*. A pattern whose use changes by itself (rising, falling, month-end, bonus-driven) is
   enrolled at the same rate in every wave and every programme, so that its changes cancel; rising and falling mirror
   each other. One programme breaks this rule on purpose.
2. A holiday moves work to the other days of its week. It takes nothing from the week, hence as much from the busy as
   from the idle.
3. Nobody attends two programmes, and incentives go to whole teams regardless of who was trained there.

Numbers are labelled with their source, or as an assumption.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

Array = np.ndarray[Any, Any]
Knots = tuple[tuple[int, float], ...]  # (weeks since, active days a week), straight lines between them

ZONE = "Europe/Berlin"
# Where random numbers begin. 60 teams and one New Year leave much to chance: here seed 1 comes out near the sources.
STREAM = 18
START = date(2025, 1, 6)  # a Monday; 52 weeks hold two clock changes, Christmas and New Year
GO_LIVE = START
PILOT_START = date(2024, 10, 7)
YEAR = 52  # the weeks in which programmes are dated below; shorter and longer simulations stretch them

# ── parameters ──────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Pattern:
    """How one kind of person uses the CRM when nothing is done. All numbers: assumption."""

    name: str
    share: float  # of people
    level: float  # active days a week, mean of the year
    spread: float  # standard deviation of the level between people
    depth: float  # further actions on an active day
    breadth: int  # features used
    care: float  # share of required fields filled
    presence: float  # further login days a week on which nothing is done
    swing: float = 0.0  # how far use rises (+) or falls (-) in the course of the year
    enrols: str = "by level"  # or "at the common rate", "never"
    learns: bool = True  # does training change anything
    responds: bool = True  # do incentives change anything; regulars gain nothing (Charness & Gneezy 2009)


PATTERNS = (
    Pattern("champion", 0.06, 3.6, 0.20, 3.1, 9, 0.95, 0.0, responds=False),
    Pattern("steady", 0.39, 1.9, 0.30, 0.2, 6, 0.86, 0.0),
    Pattern("late bloomer", 0.12, 1.5, 0.20, 0.2, 5, 0.82, 0.0, 2.1, "at the common rate"),
    Pattern("fading", 0.12, 1.5, 0.20, 0.2, 5, 0.76, 0.0, -2.1, "at the common rate"),
    Pattern("going through the motions", 0.10, 0.25, 0.05, 0.1, 2, 0.34, 1.8, 0.0, "at the common rate", False),
    Pattern("incentive-driven", 0.12, 0.35, 0.10, 0.3, 3, 0.70, 0.0, 0.0, "at the common rate", False),
    Pattern("resister", 0.04, 0.35, 0.10, 0.1, 2, 0.52, 0.35, 0.0, "never", False),
    Pattern("never started", 0.05, 0.0, 0.0, 0.0, 1, 0.0, 0.0, 0.0, "never", False, False),
)
CHAMPION, STEADY, LATE, FADING, MOTIONS, DRIVEN, RESISTER, NEVER = range(len(PATTERNS))


@dataclass(frozen=True)
class Training:
    """One training programme and what it does to active days a week, by weeks since its first week."""

    name: str
    format: str
    hours: float
    sessions: int
    tailored: bool
    effect: Knots
    means: str
    assignment: str = "chosen"
    dose_hours: tuple[float, ...] = ()  # hours drawn at random; the effect is proportional to them
    repeated: float = 0.0  # share of people who come again after REFRESH weeks, and start anew


# Fading after Saks & Belcourt 2006 (62, 44, 34 % apply it at once, after 6, 12 months), compressed into one year;
# honeymoon after Speier & Venkatesh 2002 (welcomed, rejected six months later). Sizes: assumption.
TRAININGS = (
    Training(
        "Sales basics", "classroom", 7.0, 1, False,
        ((0, 1.3), (8, 0.65), (16, 0.35), (26, 0.2), (40, 0.1)), "fades", repeated=0.2,
    ),
    Training("Role clinics", "classroom", 6.0, 6, True, ((0, 1.4),), "lasts"),
    Training(
        "One-to-one coaching", "coaching", 4.0, 4, True,
        ((0, 0.8),), "lasts, in proportion to the hours", "random", (2.0, 4.0, 6.0),
    ),
    Training("E-learning library", "online", 2.0, 2, False, ((0, 0.0),), "no effect at all"),
    Training(
        "New release tour", "online", 1.5, 1, False,
        ((0, 1.1), (7, 1.0), (13, -0.5)), "a honeymoon, then rejection",
    ),
)  # fmt: skip
FAST_TRACK = Training(
    "Fast track", "online", 6.0, 3, True, ((0, 0.2),), "small; people enrol as their use begins to rise by itself"
)
WORKSHOP = Training(
    "Team workshop", "classroom", 7.0, 2, True, ((0, 0.8),), "lasts, and reaches colleagues", "scheduled"
)
PROGRAMMES = (*TRAININGS, FAST_TRACK, WORKSHOP)
FAST, SHOP = len(TRAININGS), len(TRAININGS) + 1

SPILLOVER = 0.45  # active days a week, on untrained members of workshop teams (assumption)
WORKSHOP_TEAMS = 0.2  # share of teams
WORKSHOP_TAKE = 0.65  # share of a workshop team that attends
WAVES = (9, 14, 19, 24, 29, 34)  # first weeks of training, out of YEAR
TRAINED = 0.58  # share of people outside workshop teams who attend something (assumption)
FAST_SHARE = 0.06  # share of people outside workshop teams who take the fast track (assumption)
REFRESH = 12  # weeks until a repeated training
ENROL_NOISE = 0.4  # how loosely enrolment follows the level, active days a week (assumption)


@dataclass(frozen=True)
class Incentive:
    """One incentive, offered to whole teams, and what it does to active days a week."""

    name: str
    kind: str
    rewarded_action: str | None
    on: Knots  # by weeks since it began
    after: Knots  # by weeks since it ended
    paths: tuple[tuple[int, int], ...]  # first week on, first week off, out of YEAR
    teams: float  # share of all teams
    cost: float  # per member and week, currency
    means: str


# On: Milkman et al. 2021; after: Staats et al. 2017 (below the start), Charness & Gneezy 2009. Sizes: assumption.
INCENTIVES = (
    Incentive(
        "Data race", "contest", "create", ((0, 0.3),), ((0, 0.0),), ((12, 24), (22, 34)), 8 / 60, 12.0,
        "gamed: more records, worse records",
    ),
    Incentive(
        "Colleague of the month", "recognition", None, ((0, 0.6),), ((0, 0.45), (12, 0.3)),
        ((8, 20), (14, 26), (20, 32), (26, 38)), 12 / 60, 2.0, "part of it stays",
    ),
    Incentive(
        "Activity bonus", "bonus", None, ((0, 0.7),), ((0, -0.6),), ((10, 24), (16, 30), (22, 36)), 9 / 60, 15.0,
        "its removal does harm: less use than before it began",
    ),
)  # fmt: skip
CONTEST = 0
DRIVEN_EXTRA = 2.0  # what an incentive adds for the incentive-driven while it is on, active days a week (assumption)
MANDATE = "Weekly login mandate"
MANDATE_WEEKS = (27, 33)  # first week, department after department
MANDATE_LOGINS = 1.0  # further login days a week; nothing else changes (assumption)

TEAM_SPREAD = 0.24  # standard deviation of the team's level: gives an ICC of about 0.1 (OpenStack companies: .098)
KEENNESS_NOISE = 0.7  # how loosely the team decides between champion, steady, resister, never (assumption)
LEADER_PULL = 2.0  # how much more than a member the leader shares the team's level (assumption)
WANDER, PERSISTENCE = 0.15, 0.7  # weekly wander of a person's level: standard deviation, autocorrelation (assumption)
SUMMER = -0.1  # active days a week, everybody, in weeks 28-33 (assumption)
MOST = 4.9  # active days a week nobody exceeds in expectation
MONTH_END = 0.9  # active days that people going through the motions add at the end of a month (assumption)
JOINERS, LEAVERS, PILOTS = 0.12, 0.08, 0.05  # shares of people (assumption)
GHOSTS = 0.12  # share of resisters and those who never started whose access outlives them (assumption)
STILL_EXPLORING = (0.40, 0.32, 0.26, 0.22, 0.20, 0.17, 0.15, 0.13)  # OpenStack: cohort active k quarters later
QUARTER = 13  # weeks

# Monday to Sunday, share of local activity; hour of the local day; OpenStack, computed without robots.
WEEKDAYS = (0.177, 0.191, 0.194, 0.194, 0.170, 0.038, 0.035)
HOURS = (
    0.0175, 0.0125, 0.0109, 0.0088, 0.0082, 0.0070, 0.0197, 0.0173, 0.0278, 0.0467, 0.0686, 0.0760,
    0.0650, 0.0696, 0.0852, 0.0911, 0.0895, 0.0755, 0.0511, 0.0371, 0.0326, 0.0315, 0.0276, 0.0231,
)  # fmt: skip
# Share of a mean weekday: OpenStack for the first four; 1 May and 3 October are assumptions.
HOLIDAYS = {(12, 25): 0.32, (12, 26): 0.39, (12, 31): 0.25, (1, 1): 0.11, (5, 1): 0.30, (10, 3): 0.30}

DEPARTMENTS = (
    "Sales North", "Sales South", "Key Accounts", "Inside Sales", "Service", "Marketing", "Partners", "Operations",
)  # fmt: skip
ROLES = (
    ("account executive", "sales representative"),
    ("account executive", "sales representative"),
    ("account executive", "account manager"),
    ("sales representative", "sales assistant"),
    ("service agent", "account manager"),
    ("marketing specialist", "sales assistant"),
    ("account manager", "marketing specialist"),
    ("operations analyst", "sales assistant"),
)
REGIONS = ("North", "East", "South", "West")
TEAM_SIZE, FEWEST_TEAMS = 25, 24

# ── calendar ────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Calendar:
    """Whole weeks from START, in the organisation's zone."""

    weeks: int

    @cached_property
    def days(self) -> list[date]:
        """Every day."""
        return [START + timedelta(days=d) for d in range(7 * self.weeks)]

    @cached_property
    def shares(self) -> Array:
        """weeks × 7: the share of a week's work that falls on each day; sums to 1 in every week."""
        usual = np.tile(WEEKDAYS, (self.weeks, 1)) / np.sum(WEEKDAYS)
        workday = usual[:, :5].mean()
        thin = np.array([HOLIDAYS.get((d.month, d.day), np.nan) for d in self.days]).reshape(self.weeks, 7)
        fixed = np.where((np.arange(7) < 5) & ~np.isnan(thin), thin * workday, 0.0)
        free = np.where(fixed > 0, 0.0, usual)
        return fixed + free * ((1 - fixed.sum(1)) / free.sum(1))[:, None]

    @cached_property
    def month_end(self) -> Array:
        """weeks × 7: is it one of the last two working days of a month."""
        return np.array([self._closes_month(d) for d in self.days]).reshape(self.weeks, 7)

    @cached_property
    def hours_utc(self) -> Array:
        """Seconds since 1970 at which each local hour begins, day after day; the clock changes are in it."""
        zone = ZoneInfo(ZONE)
        starts = (datetime(d.year, d.month, d.day, h, tzinfo=zone) for d in self.days for h in range(24))
        return np.array([int(start.timestamp()) for start in starts])

    def week(self, of_year: float) -> int:
        """The week of this calendar that stands for a week of YEAR."""
        return round(of_year * self.weeks / YEAR)

    def day(self, week: int, day: int = 0) -> date:
        """The date of a day of a week."""
        return START + timedelta(days=7 * int(week) + day)

    @staticmethod
    def _closes_month(day: date) -> bool:
        ahead = [day + timedelta(days=n) for n in range(1, 10)]
        left = sum(_is_workday(d) and d.month == day.month for d in ahead)
        return _is_workday(day) and left < 2


def _is_workday(day: date) -> bool:
    return day.weekday() < 5 and (day.month, day.day) not in HOLIDAYS


# ── people ──────────────────────────────────────────────────────────────────────────────────────────────────────

NOBODY = -1  # in every column of numbers that name something: none


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


# ── who is trained when ─────────────────────────────────────────────────────────────────────────────────────────


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


# ── use, with and without ───────────────────────────────────────────────────────────────────────────────────────


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


def use(who: People, calendar: Calendar, rng: np.random.Generator) -> Use:
    """Expected use of some people, with everything, without training, without the incentive."""
    weeks = np.arange(calendar.weeks)
    present = _present(who, calendar)
    own = _own(who, calendar) + _wander(len(who), calendar.weeks, rng)
    own = np.where((who.pattern == NEVER)[:, None], -MOST, own)
    training, incentive = training_effect(who, calendar), incentive_effect(who, weeks)
    shares = _day_shares(who, calendar)

    def days(extra: Array | float) -> Array:
        return np.clip(own + extra, 0.0, MOST)[:, :, None] * shares * present

    active = np.minimum(days(training + incentive), 0.98)
    mandate = (who.mandated[:, None] >= 0) & (weeks >= who.mandated[:, None])
    return Use(
        present=present,
        active=active,
        login_only=_login_only(who, mandate) * present,
        with_all=active.sum(2),
        without_training=np.minimum(days(incentive), 0.98).sum(2),
        without_incentive=np.minimum(days(training), 0.98).sum(2),
        incentive_on=(who.incentive[:, None] >= 0) & (weeks >= who.on[:, None]) & (weeks < who.off[:, None]),
        mandate_on=mandate,
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
    """people × weeks × 7: how a week's work falls on its days; the motions are gone through at month-end."""
    closing: Array = np.where(calendar.month_end, 1.0, 0.02)
    closes: Array = np.any(calendar.month_end, axis=1)
    closing = np.where(closes[:, None], closing / closing.sum(1)[:, None], calendar.shares)
    return np.where((who.pattern == MOTIONS)[:, None, None], closing, calendar.shares)


def _login_only(who: People, mandate: Array) -> Array:
    workdays = np.array([0.2] * 5 + [0.0] * 2)
    started: Array = who.pattern != NEVER
    told = mandate & started[:, None]
    return (who.trait("presence")[:, None] + MANDATE_LOGINS * told)[:, :, None] * workdays


def training_effect(who: People, calendar: Calendar) -> Array:
    """Active days a week that training adds, people × weeks; what colleagues' training adds is in it."""
    since = np.arange(calendar.weeks) - who.trained[:, None]
    since = np.where(who.again[:, None] & (since >= REFRESH), since - REFRESH, since)
    effect = np.zeros(since.shape)
    for number, training in enumerate(PROGRAMMES):
        here = (who.programme == number) & who.trait("learns")
        dose = who.hours[here] / training.hours
        effect[here] = _along(training.effect, since[here]) * dose[:, None]
    reached = (who.touched >= 0) & who.trait("learns")
    effect[reached] = SPILLOVER * (np.arange(calendar.weeks) >= who.touched[reached][:, None])
    return effect


def incentive_effect(who: People, weeks: Array) -> Array:
    """Active days a week that the team's incentive adds while it is on and after it has ended, people × weeks."""
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
    """The value of a line through knots, zero before it begins."""
    weeks, values = zip(*knots, strict=True)
    return np.where(since >= 0, np.interp(since, weeks, values), 0.0)


# ── truths ──────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass
class Ledger:
    """Adds up what programmes changed, person by person, and says it as truths."""

    calendar: Calendar
    tallies: dict[tuple[str, str], Array] = field(default_factory=dict)  # 2 × weeks: sums and how many

    def add(self, who: People, expected: Use) -> None:
        """Take in some people."""
        weeks = np.arange(self.calendar.weeks)
        there: Array = np.any(expected.present, axis=2)
        gain = expected.with_all - expected.without_training
        untouched = (who.programme == NOBODY) & (who.touched == NOBODY)
        self._tally("level", "never trained", weeks, expected.with_all, there & untouched[:, None])
        self._tally("level", "no incentive", weeks, expected.with_all, there & (who.incentive == NOBODY)[:, None])
        for number, training in enumerate(PROGRAMMES):
            self._add_training(training, who.programme == number, who, expected, gain, there)
        since = weeks - who.touched[:, None]
        self._tally("training", "spillover", since, gain, there & (since >= 0) & (who.touched >= 0)[:, None])
        for number, incentive in enumerate(INCENTIVES):
            self._add_incentive(incentive, who.incentive == number, who, expected, there)
        started: Array = who.pattern != NEVER
        logins = MANDATE_LOGINS * started[:, None] * expected.present[:, :, :5].mean(2)
        self._tally("on", MANDATE, weeks, logins, there & expected.mandate_on)

    def _add_training(
        self, training: Training, here: Array, who: People, expected: Use, gain: Array, there: Array
    ) -> None:
        weeks = np.arange(self.calendar.weeks)
        since = weeks - who.trained[:, None]
        after = there & (since >= 0) & here[:, None]
        self._tally("training", training.name, since, gain, after)
        self._tally("level", training.name, weeks, expected.with_all, after)
        for hours in training.dose_hours:
            self._tally("dose", f"{hours:g} hours", since, gain, after & (who.hours == hours)[:, None])
        if training.repeated:
            again, once = after & who.again[:, None], after & ~who.again[:, None]
            self._tally("repeated", "twice", since, gain, again & (since >= REFRESH))
            self._tally("repeated", "once", since, gain, once & (since >= REFRESH))

    def _add_incentive(self, incentive: Incentive, here: Array, who: People, expected: Use, there: Array) -> None:
        weeks = np.arange(self.calendar.weeks)
        gain = expected.with_all - expected.without_incentive
        since, ended = weeks - who.on[:, None], weeks - who.off[:, None]
        during = there & here[:, None] & (since >= 0) & (ended < 0)
        after = there & here[:, None] & (ended >= 0)
        self._tally("on", incentive.name, since, gain, during)
        self._tally("after", incentive.name, ended, gain, after)
        self._tally("level", f"{incentive.name}, on", weeks, expected.with_all, during)

    def _tally(self, kind: str, name: str, index: Array, value: Array, chosen: Array) -> None:
        at = np.broadcast_to(index, chosen.shape)[chosen]
        length = self.calendar.weeks
        new = np.stack([np.bincount(at, value[chosen], length), np.bincount(at, minlength=length)])
        self.tallies[kind, name] = self.tallies.get((kind, name), 0) + new

    # ── and says ──

    def truths(self) -> list[dict[str, Any]]:
        """Every planted truth: what is asked, in which unit, compared with what, the answer, and the naive answer."""
        trainings = [self._training_truth(training) for training in PROGRAMMES]
        incentives = [truth for incentive in INCENTIVES for truth in self._incentive_truths(incentive)]
        return [
            *trainings,
            self._spillover_truth(),
            *self._part_truths(),
            *incentives,
            self._mandate_truth(),
            _champion_truth(),
        ]

    def _training_truth(self, training: Training) -> dict[str, Any]:
        violates = training is FAST_TRACK
        return {
            "name": training.name,
            "table": "trainings",
            "estimand": "ATT: mean over those who attended and all their weeks since (the simple summary)",
            **_ACTIVE_DAYS,
            "comparison": "the same people had the programme not been held",
            "meant": training.means,
            "nominal": [list(knot) for knot in training.effect],
            "value": self._mean("training", training.name),
            "by_event_week": self._by_week("training", training.name),
            "naive": self._naive(training.name, "never trained"),
            "naive_comparison": "people never trained, same weeks",
            "parallel_trends": not violates,
        }

    def _spillover_truth(self) -> dict[str, Any]:
        return {
            "name": f"{WORKSHOP.name}: spillover",
            "table": "trainings",
            "estimand": "mean over untrained members of teams whose colleagues attended, and their weeks since",
            **_ACTIVE_DAYS,
            "comparison": "the same people had their colleagues not attended",
            "meant": "colleagues pass it on; planted in this programme only",
            "nominal": [[0, SPILLOVER]],
            "value": self._mean("training", "spillover"),
            "by_event_week": self._by_week("training", "spillover"),
            "parallel_trends": True,
        }

    def _part_truths(self) -> list[dict[str, Any]]:
        parts = [
            ("One-to-one coaching", "dose", "all weeks since"),
            ("Sales basics", "repeated", f"from week {REFRESH}"),
        ]
        return [
            {
                "name": f"{programme}: {name}",
                "table": "trainings",
                "estimand": f"ATT: mean over this part of those who attended, {which}",
                **_ACTIVE_DAYS,
                "comparison": "the same people had the programme not been held",
                "value": self._mean(kind, name),
                "parallel_trends": True,
            }
            for programme, kind, which in parts
            for tallied, name in self.tallies
            if tallied == kind
        ]

    def _incentive_truths(self, incentive: Incentive) -> list[dict[str, Any]]:
        common = {
            "table": "incentives",
            **_ACTIVE_DAYS,
            "comparison": "the same people had the incentive not been offered",
            "meant": incentive.means,
            "parallel_trends": True,
        }
        on = {
            "name": f"{incentive.name}: while on",
            "estimand": "ATT: mean over members of the teams and the weeks the incentive was on",
            **common,
            "nominal": [list(knot) for knot in incentive.on],
            "value": self._mean("on", incentive.name),
            "by_event_week": self._by_week("on", incentive.name),
            "naive": self._naive(f"{incentive.name}, on", "no incentive"),
            "naive_comparison": "teams without an incentive, same weeks",
        }
        after = {
            "name": f"{incentive.name}: after it ended",
            "estimand": "ATT: mean over members of the teams and all weeks after the last week on",
            **common,
            "nominal": [list(knot) for knot in incentive.after],
            "value": self._mean("after", incentive.name),
            "by_event_week": self._by_week("after", incentive.name),
        }
        return [on, after]

    def _mandate_truth(self) -> dict[str, Any]:
        return {
            "name": MANDATE,
            "table": "incentives",
            "estimand": "ATT: mean over members of the departments and the weeks since the mandate",
            "outcome": "logins",
            "unit": "logins per user-week",
            "scale": "additive",
            "comparison": "the same people without the mandate",
            "meant": "presence without depth: active days, fields filled and features do not change",
            "value": self._mean("on", MANDATE),
            "value_on_active_days": 0.0,
            "parallel_trends": True,
        }

    def _mean(self, kind: str, name: str) -> float:
        total, n = self.tallies[kind, name].sum(1)
        return _rounded(total / max(n, 1))

    def _by_week(self, kind: str, name: str) -> list[float]:
        total, n = self.tallies[kind, name]
        return [_rounded(value) for value in total[n > 0] / n[n > 0]]

    def _naive(self, name: str, others: str) -> float:
        """Mean of those reached minus mean of the others, in the same weeks."""
        (reached, n), (other, m) = self.tallies["level", name], self.tallies["level", others]
        gap = reached / np.maximum(n, 1) - other / np.maximum(m, 1)
        return _rounded((gap * n).sum() / max(n.sum(), 1))


_ACTIVE_DAYS = {
    "outcome": "active_days: days with at least one action other than login and logout",
    "unit": "active days per user-week",
    "scale": "additive",
}


def _champion_truth() -> dict[str, Any]:
    return {
        "name": "Champions: effect on team-mates",
        "table": "champions",
        "estimand": "mean over team-mates and weeks since a colleague became a champion",
        **_ACTIVE_DAYS,
        "comparison": "the same people without a champion",
        "meant": "nothing planted",
        "value": 0.0,
        "parallel_trends": True,
    }


def _rounded(value: float) -> float:
    return round(float(value), 4) + 0.0
