from .answers import SurveyAnswers, answers
from .barriers import Agreement, barriers, com_b, notable, signs, weakest
from .groups import apart, favourable, means
from .later_use import getting_the_habit, later_use
from .reliability import Measures, alpha, item_rest, items, judged, omega, reliability
from .remedies import remedies
from .response import asked, response, unlike, weighted, weights
from .scales import Item, Scale, scales
from .scores import barrier_points, scores
from .themes import Theme, comments, covered, growth, theme_by_time, theme_shares, themes
from .waves import changes

__all__ = [
    "Agreement",
    "Item",
    "Measures",
    "Scale",
    "SurveyAnswers",
    "Theme",
    "alpha",
    "answers",
    "apart",
    "asked",
    "barrier_points",
    "barriers",
    "changes",
    "com_b",
    "comments",
    "covered",
    "favourable",
    "getting_the_habit",
    "growth",
    "item_rest",
    "items",
    "judged",
    "later_use",
    "means",
    "notable",
    "omega",
    "reliability",
    "remedies",
    "response",
    "scales",
    "scores",
    "signs",
    "theme_by_time",
    "theme_shares",
    "themes",
    "unlike",
    "weakest",
    "weighted",
    "weights",
]
