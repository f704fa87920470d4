from .answers import SurveyAnswers, answers
from .groups import apart, favourable, means
from .reliability import Measures, alpha, item_rest, items, omega, reliability
from .response import asked, response, unlike, weighted, weights
from .scales import Item, Scale, scales
from .scores import barrier_points, scores
from .waves import changes

__all__ = [
    "Item",
    "Measures",
    "Scale",
    "SurveyAnswers",
    "alpha",
    "answers",
    "apart",
    "asked",
    "barrier_points",
    "changes",
    "favourable",
    "item_rest",
    "items",
    "means",
    "omega",
    "reliability",
    "response",
    "scales",
    "scores",
    "unlike",
    "weighted",
    "weights",
]
