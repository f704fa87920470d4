from .answers import SurveyAnswers, answers
from .barriers import Agreement, barriers, com_b, notable, signs, weakest
from .groups import apart, favourable, means
from .reliability import Measures, alpha, item_rest, items, omega, reliability
from .remedies import remedies
from .response import asked, response, unlike, weighted, weights
from .scales import Item, Scale, scales
from .scores import barrier_points, scores
from .waves import changes

__all__ = [
    "Agreement",
    "Item",
    "Measures",
    "Scale",
    "SurveyAnswers",
    "alpha",
    "answers",
    "apart",
    "asked",
    "barrier_points",
    "barriers",
    "changes",
    "com_b",
    "favourable",
    "item_rest",
    "items",
    "means",
    "notable",
    "omega",
    "reliability",
    "remedies",
    "response",
    "scales",
    "scores",
    "signs",
    "unlike",
    "weakest",
    "weighted",
    "weights",
]
