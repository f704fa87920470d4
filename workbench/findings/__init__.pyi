from .adoption import change, daily_share, gap, share, target
from .data import fitness
from .diffusion import spread
from .effects import association, course, effect, judged
from .evidence import UNCHECKED, agreement
from .finding import Finding, listed, named
from .groups import alike, pace, standing
from .incentives import GAMED, gamed, incentives, prices, remains
from .segments import patterns, shifts
from .several import beside, kinds, most, tally
from .trainings import attrition, dose, redrawn
from .unanswered import Unanswerable, complete, needed, no_answer, untold

__all__ = [
    "GAMED",
    "UNCHECKED",
    "Finding",
    "Unanswerable",
    "agreement",
    "alike",
    "association",
    "attrition",
    "beside",
    "change",
    "complete",
    "course",
    "daily_share",
    "dose",
    "effect",
    "fitness",
    "gamed",
    "gap",
    "incentives",
    "judged",
    "kinds",
    "listed",
    "most",
    "named",
    "needed",
    "no_answer",
    "pace",
    "patterns",
    "prices",
    "redrawn",
    "remains",
    "share",
    "shifts",
    "spread",
    "standing",
    "tally",
    "target",
    "untold",
]
