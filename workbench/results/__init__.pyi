from .estimates import Estimates
from .offer import Offer
from .phrases import plain
from .privacy import note, said, shown
from .record import Record, read_records
from .side_by_side import pairs, side_by_side
from .study import Answers, Studies, Study, answer
from .verdict import (
    Chance,
    Course,
    Evidence,
    Gaming,
    Grade,
    Reason,
    Remains,
    Side,
    Stability,
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
    "Answers",
    "Chance",
    "Course",
    "Estimates",
    "Evidence",
    "Gaming",
    "Grade",
    "Offer",
    "Reason",
    "Record",
    "Remains",
    "Side",
    "Stability",
    "Studies",
    "Study",
    "Verdict",
    "answer",
    "chance_of",
    "course_of",
    "day",
    "gaming_of",
    "grade_of",
    "grade_of_several",
    "note",
    "pairs",
    "plain",
    "read_records",
    "remains_of",
    "said",
    "shown",
    "side_by_side",
    "side_of",
    "verdict_of",
    "worsened",
]
