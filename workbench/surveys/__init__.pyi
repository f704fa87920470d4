from .answers import SurveyAnswers, answers
from .reliability import Measures, alpha, item_rest, items, omega, reliability
from .scales import Item, Scale, scales
from .scores import barrier_points, scores

__all__ = [
    "Item",
    "Measures",
    "Scale",
    "SurveyAnswers",
    "alpha",
    "answers",
    "barrier_points",
    "item_rest",
    "items",
    "omega",
    "reliability",
    "scales",
    "scores",
]
