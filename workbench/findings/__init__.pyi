from .adoption import change, daily_share, gap, share, target
from .barriers import barriers, both_sides, later_use, moved, reliability, themes, weakest, who_answered
from .data import fitness
from .diffusion import spread
from .effects import association, course, effect, judged
from .evidence import UNCHECKED, agreement
from .finding import Finding, listed, named
from .groups import alike, pace, standing
from .incentives import GAMED, gamed, incentives, prices, remains, verdicts
from .next_steps import (
    Recorded,
    closest,
    known_after,
    left_of_each,
    logins_or_more,
    next_steps,
    recorded,
    rollouts,
    steps,
)
from .segments import patterns, shifts
from .several import beside, kinds, most, tally
from .study import courses, lasting, listed_by_measure, of, of_each, of_measures, sound, take_up
from .trainings import attrition, dose, redrawn
from .unanswered import Unanswerable, complete, needed, no_answer, untold

__all__ = [
    "GAMED",
    "UNCHECKED",
    "Finding",
    "Recorded",
    "Unanswerable",
    "agreement",
    "alike",
    "association",
    "attrition",
    "barriers",
    "beside",
    "both_sides",
    "change",
    "closest",
    "complete",
    "course",
    "courses",
    "daily_share",
    "dose",
    "effect",
    "fitness",
    "gamed",
    "gap",
    "incentives",
    "judged",
    "kinds",
    "known_after",
    "lasting",
    "later_use",
    "left_of_each",
    "listed",
    "listed_by_measure",
    "logins_or_more",
    "most",
    "moved",
    "named",
    "needed",
    "next_steps",
    "no_answer",
    "of",
    "of_each",
    "of_measures",
    "pace",
    "patterns",
    "prices",
    "recorded",
    "redrawn",
    "reliability",
    "remains",
    "rollouts",
    "share",
    "shifts",
    "sound",
    "spread",
    "standing",
    "steps",
    "take_up",
    "tally",
    "target",
    "themes",
    "untold",
    "verdicts",
    "weakest",
    "who_answered",
]
