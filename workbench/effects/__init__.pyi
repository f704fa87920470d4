from .did import att_gt
from .efficient import efficient
from .half_life import half_life, retained
from .imputation import imputed
from .paths import path_effects
from .pretrends import pretrend
from .randomisation import of_each, redrawn
from .sensitivity import leave_one_out, placebo, sensitivity
from .summaries import aggregate, by_group, detectable, differences, over, relative, slope
from .two_way import bacon, by_kind, twfe

__all__ = [
    "aggregate",
    "att_gt",
    "bacon",
    "by_group",
    "by_kind",
    "detectable",
    "differences",
    "efficient",
    "half_life",
    "imputed",
    "leave_one_out",
    "of_each",
    "over",
    "path_effects",
    "placebo",
    "pretrend",
    "redrawn",
    "relative",
    "retained",
    "sensitivity",
    "slope",
    "twfe",
]
