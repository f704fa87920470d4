"""The programmes of the simulated CRM: trainings, incentives and a mandate, with the effects that are planted.

Effects are in active days a week, by weeks since the programme began. Dates are weeks of a year of 52.
"""

from __future__ import annotations

from dataclasses import dataclass

Knots = tuple[tuple[int, float], ...]  # (weeks since, active days a week), straight lines between them


@dataclass(frozen=True)
class Training:
    """One training programme and what it does to active days a week, by weeks since its first week."""

    name: str
    format: str
    hours: float
    sessions: int
    tailored: bool
    effect: Knots
    means: str  # what is planted, in words
    assignment: str = "chosen"
    dose_hours: tuple[float, ...] = ()  # hours, assigned at random; the effect is proportional to them
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
SHORTCUTS = Training(
    "Keyboard shortcuts", "online", 1.0, 1, False,
    ((0, 0.0),), "no effect; who comes was about to grow anyway, who stays away was about to fade", "random",
)  # fmt: skip
ACADEMY = Training(
    "Starter academy", "classroom", 12.0, 4, True,
    ((0, 1.0),), "lasts; those who ask are keen when they ask, and many of them would have faded", "random",
)  # fmt: skip
COACHING_HELP = 1.4  # active days a week that coaching adds, for four hours, for people who do not sell (assumption)
LOTS = (SHORTCUTS, ACADEMY)
PROGRAMMES = (*TRAININGS, FAST_TRACK, WORKSHOP, *LOTS)
BASICS, CLINICS, COACHING, LIBRARY, TOUR, FAST, SHOP, KEYS, STARTERS = range(len(PROGRAMMES))
OFFERED = 0.1  # share of people who are offered the shortcuts, by lot (assumption)
COMES_RISING, COMES_FADING, COMES = 0.9, 0.1, 0.35  # shares of them who come, by what their use is about to do
DRAWS = 0.045  # share of people who ask for a place in the academy and take part in the draw of its dates (assumption)
KEEN = 1.2  # active days a week at the beginning of the year from which people may ask
KEEPS_PLACE = 0.85  # share of those drawn who come (assumption)
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
    means: str  # what is planted, in words


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
