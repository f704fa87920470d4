"""The world of the simulated CRM: its calendar, kinds of people, programmes, and the effects that are planted."""

from __future__ import annotations

from dataclasses import dataclass
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


NOBODY = -1  # in every column of numbers that name something: none
