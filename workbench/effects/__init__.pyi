from .balance import balance, overlap
from .covariates import adjusted
from .did import att_gt
from .efficient import efficient
from .experiment import experiment, straightness
from .half_life import half_life, retained
from .imputation import imputed
from .offers import offered
from .paths import path_effects
from .pretrends import pretrend
from .randomisation import redrawn, redraws
from .randomisation_check import randomisation_check
from .reassignment import reassigned
from .sensitivity import leave_one_out, placebo, sensitivity
from .study import studies, study
from .summaries import aggregate, by_group, detectable, differences, over, relative, slope
from .two_way import bacon, by_kind, twfe
from .ways import ways

__all__ = [
    "adjusted",
    "aggregate",
    "att_gt",
    "bacon",
    "balance",
    "by_group",
    "by_kind",
    "detectable",
    "differences",
    "efficient",
    "experiment",
    "half_life",
    "imputed",
    "leave_one_out",
    "offered",
    "over",
    "overlap",
    "path_effects",
    "placebo",
    "pretrend",
    "randomisation_check",
    "reassigned",
    "redrawn",
    "redraws",
    "relative",
    "retained",
    "sensitivity",
    "slope",
    "straightness",
    "studies",
    "study",
    "twfe",
    "ways",
]
