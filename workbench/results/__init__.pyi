from .boundary import Text
from .course import Course, Remains, course_of, remains_of
from .estimates import Estimates
from .gaming import Gaming, gaming_of, worsened
from .judgement import Judgement, judgement
from .offer import Offer
from .phrases import language, languages, phrase, plain, punctuated, say, say_n, speak, translated
from .privacy import note, said, shown
from .record import Record, read_records
from .side_by_side import pairs, side_by_side
from .study import Answers, Studies, Study, answer
from .verdict import (
    Chance,
    Evidence,
    Grade,
    Reason,
    Side,
    Stability,
    Verdict,
    chance_of,
    grade_of,
    grade_of_several,
    side_of,
    verdict_of,
)
from .words import EVERYBODY, day, day_in_full, percent

__all__ = [
    "EVERYBODY",
    "Answers",
    "Chance",
    "Course",
    "Estimates",
    "Evidence",
    "Gaming",
    "Grade",
    "Judgement",
    "Offer",
    "Reason",
    "Record",
    "Remains",
    "Side",
    "Stability",
    "Studies",
    "Study",
    "Text",
    "Verdict",
    "answer",
    "chance_of",
    "course_of",
    "day",
    "day_in_full",
    "gaming_of",
    "grade_of",
    "grade_of_several",
    "judgement",
    "language",
    "languages",
    "note",
    "pairs",
    "percent",
    "phrase",
    "plain",
    "punctuated",
    "read_records",
    "remains_of",
    "said",
    "say",
    "say_n",
    "shown",
    "side_by_side",
    "side_of",
    "speak",
    "translated",
    "verdict_of",
    "worsened",
]
