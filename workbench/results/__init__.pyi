from .estimates import Estimates
from .offer import Offer
from .privacy import note, said, shown
from .side_by_side import side_by_side
from .verdict import (
    Chance,
    Course,
    Evidence,
    Gaming,
    Grade,
    Reason,
    Remains,
    Side,
    Verdict,
    chance_of,
    course_of,
    gaming_of,
    grade_of,
    grade_of_several,
    remains_of,
    side_of,
    verdict_of,
    worsened,
)
from .words import day

__all__ = [
    "Chance",
    "Course",
    "Estimates",
    "Evidence",
    "Gaming",
    "Grade",
    "Offer",
    "Reason",
    "Remains",
    "Side",
    "Verdict",
    "chance_of",
    "course_of",
    "day",
    "gaming_of",
    "grade_of",
    "grade_of_several",
    "note",
    "remains_of",
    "said",
    "shown",
    "side_by_side",
    "side_of",
    "verdict_of",
    "worsened",
]
