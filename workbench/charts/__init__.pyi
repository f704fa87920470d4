from .barriers import barrier_map
from .effects import dose, event_study, on_off
from .flow import flow
from .frame import subtitle
from .grids import feature_reach, left_out, retention, transitions, weekday_hour
from .intervals import att_by_cohort, comparison, group_intervals
from .multiples import multiples
from .planning import power_curve, rollout
from .progress import diffusion, funnel, pattern_paths, retention_curve, survival
from .tables import crossed, table
from .theme import use_theme
from .time import daily, lifecycle, segment_weeks, trend
from .treatment import treatment_plot
from .verdicts import verdicts

__all__ = [
    "att_by_cohort",
    "barrier_map",
    "comparison",
    "crossed",
    "daily",
    "diffusion",
    "dose",
    "event_study",
    "feature_reach",
    "flow",
    "funnel",
    "group_intervals",
    "left_out",
    "lifecycle",
    "multiples",
    "on_off",
    "pattern_paths",
    "power_curve",
    "retention",
    "retention_curve",
    "rollout",
    "segment_weeks",
    "subtitle",
    "survival",
    "table",
    "transitions",
    "treatment_plot",
    "trend",
    "use_theme",
    "verdicts",
    "weekday_hour",
]
