"""The people of the simulated CRM and their habits, as numbers: each from a source or marked as an assumption."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]
NOBODY = -1  # in every column of numbers: none
# Starts every random seed. With 60 teams and one New Year chance matters; here seed 1 is close to the sources.
STREAM = 18
PILOT_START = date(2024, 10, 7)


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


def traits(pattern: Array, name: str) -> Array:
    """A parameter of each person's pattern, by the name of its field."""
    values: Array = np.array([getattr(p, name) for p in PATTERNS])[pattern]
    return values


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
# Shares of activity by hour of the local day; OpenStack, computed without robots.
HOURS = (
    0.0175, 0.0125, 0.0109, 0.0088, 0.0082, 0.0070, 0.0197, 0.0173, 0.0278, 0.0467, 0.0686, 0.0760,
    0.0650, 0.0696, 0.0852, 0.0911, 0.0895, 0.0755, 0.0511, 0.0371, 0.0326, 0.0315, 0.0276, 0.0231,
)  # fmt: skip
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
# Survey item that a whole department answers lower, and by how much before rounding (assumption).
BARRIERS = (("opportunity_physical", -1.0), ("capability_psychological", -1.2))
SHORT_OF_TIME, UNSURE = range(len(BARRIERS))
REGIONS = ("North", "East", "South", "West")
TEAM_SIZE, FEWEST_TEAMS = 25, 24
