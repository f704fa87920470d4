from .attrition import leaving
from .colleagues import colleagues, unanswered
from .comparison import Comparison, Comparisons
from .costs import cost_of_a_day, left_over, spent, with_what_followed
from .gaming import sign_changes, sign_changes_in_words, sign_studies
from .incentives import (
    NO_TABLE,
    ONLY_MANDATES,
    departments_under,
    incentives,
    of_kind,
    team_answers,
    together,
    windows_of,
    with_rewarded,
    without_mandates,
)
from .leaders import by_leaders_use, example_set, goes_with, leaders_known, led_groups, positions
from .outcomes import judged_by, outcomes, without_answer
from .signs import motions, sign_counts, sign_rates, with_signs
from .support import answered, slow_answers
from .trainings import hours, kinds, known_before, overlap, refreshers, trainings

__all__ = [
    "NO_TABLE",
    "ONLY_MANDATES",
    "Comparison",
    "Comparisons",
    "answered",
    "by_leaders_use",
    "colleagues",
    "cost_of_a_day",
    "departments_under",
    "example_set",
    "goes_with",
    "hours",
    "incentives",
    "judged_by",
    "kinds",
    "known_before",
    "leaders_known",
    "leaving",
    "led_groups",
    "left_over",
    "motions",
    "of_kind",
    "outcomes",
    "overlap",
    "positions",
    "refreshers",
    "sign_changes",
    "sign_changes_in_words",
    "sign_counts",
    "sign_rates",
    "sign_studies",
    "slow_answers",
    "spent",
    "team_answers",
    "together",
    "trainings",
    "unanswered",
    "windows_of",
    "with_rewarded",
    "with_signs",
    "with_what_followed",
    "without_answer",
    "without_mandates",
]
