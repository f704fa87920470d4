from .beside_weekly_use import beside_weekly_use
from .changes import changed, what_moved
from .conditions import conditions
from .diffusion import adopters, bass, enough, rogers, tied
from .features import feature_reach, first_steps, rhythm, struggle
from .quality import data_quality, satisfaction
from .rates import (
    adoption_rate,
    by_choice,
    data_entry_rate,
    funnel,
    furthest,
    group_use,
    habit_by_week,
    habit_counts,
    habit_marks,
    habit_rate,
    largest,
    weekly_use,
)
from .retention import come_back, lifecycle, readable_period, retention, stickiness, use_of
from .teams import icc, shrunk
from .time_to_adopt import time_to_adopt

__all__ = [
    "adopters",
    "adoption_rate",
    "bass",
    "beside_weekly_use",
    "by_choice",
    "changed",
    "come_back",
    "conditions",
    "data_entry_rate",
    "data_quality",
    "enough",
    "feature_reach",
    "first_steps",
    "funnel",
    "furthest",
    "group_use",
    "habit_by_week",
    "habit_counts",
    "habit_marks",
    "habit_rate",
    "icc",
    "largest",
    "lifecycle",
    "readable_period",
    "retention",
    "rhythm",
    "rogers",
    "satisfaction",
    "shrunk",
    "stickiness",
    "struggle",
    "tied",
    "time_to_adopt",
    "use_of",
    "weekly_use",
    "what_moved",
]
