from .charts import use_theme
from .cohorts import only, save_cohort
from .comparisons import side_by_side
from .contract import ContractError, attempted
from .desk import Desk
from .diffusion import time_to_adopt
from .effects import aggregate, att_gt, by_group, detectable, differences, efficient, over, relative, slope
from .engines import Table, as_table
from .estimates import Estimates
from .findings import Finding
from .imputation import imputed
from .moments import Moments, moments
from .movement import movers, transitions
from .panel import (
    actions,
    latest,
    left_out,
    period,
    qualifying_actions,
    rests_on,
    user_weeks,
    weeks_apart,
)
from .paths import half_life, path_effects, retained
from .patterns import Patterns, patterns
from .pretrends import pretrend
from .randomisation import redrawn
from .regression import bacon, twfe
from .retention import lifecycle, readable_period, retention
from .saved import load_moments, save_moments
from .screen import screen
from .segments import Segment, usage_segments
from .sensitivity import leave_one_out, placebo, sensitivity
from .sources import Source, open_source

__all__ = [
    "ContractError",
    "Desk",
    "Estimates",
    "Finding",
    "Moments",
    "Patterns",
    "Segment",
    "Source",
    "Table",
    "actions",
    "aggregate",
    "as_table",
    "att_gt",
    "attempted",
    "bacon",
    "by_group",
    "detectable",
    "differences",
    "efficient",
    "half_life",
    "imputed",
    "latest",
    "leave_one_out",
    "left_out",
    "lifecycle",
    "load_moments",
    "moments",
    "movers",
    "only",
    "open_source",
    "over",
    "path_effects",
    "patterns",
    "period",
    "placebo",
    "pretrend",
    "qualifying_actions",
    "readable_period",
    "redrawn",
    "relative",
    "rests_on",
    "retained",
    "retention",
    "save_cohort",
    "save_moments",
    "screen",
    "sensitivity",
    "side_by_side",
    "slope",
    "time_to_adopt",
    "transitions",
    "twfe",
    "usage_segments",
    "use_theme",
    "user_weeks",
    "weeks_apart",
]
