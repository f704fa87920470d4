"""The one verdict on a result: every place that mentions the result shows this one.

Headline, card, table, chart title, mark, colour, tooltip and summary all come from it. It is made once, from the
interval, the checks, the course over time, and the number of results that are judged together:

1. no interval: we cannot say;
2. a check failed: unreliable, whatever the interval says;
3. clear one way and later clear the other way: the effect turned, and its mean hides that;
4. clear also when all results are judged together: helped or harmed; clear only by itself: probably so;
5. else: no clear effect.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from workbench.results.course import Course, course_of
from workbench.results.side_by_side import together
from workbench.results.verdict import Evidence, Grade, Row, Verdict, verdict_of

TURNED = {Course.TURNED_DOWN: Verdict.TURNED_DOWN, Course.TURNED_UP: Verdict.TURNED_UP}
PROBABLY = {Verdict.RAISED: Verdict.PROBABLY_RAISED, Verdict.LOWERED: Verdict.PROBABLY_LOWERED}


@dataclass(frozen=True)
class Judgement:
    """What a result says, how far to believe it, and what became of it over time.

    course : None where it was not followed over time
    at_once : how many results were judged together
    """

    verdict: Verdict
    evidence: Evidence
    course: Course | None = None
    at_once: int = 1


def judgement(
    row: Row | None, evidence: Evidence, spans: Sequence[Row] = (), level: float = 0.95, at_once: int = 1
) -> Judgement:
    """The verdict on one result.

    row : estimate, conf_low, conf_high and, where known, std_error; None where there is no effect
    evidence : what the checks say, see `grade_of`; spans : the effect over time, as in `course_of`
    level : of the interval; at_once : how many results stand beside each other, this one included

    >>> from workbench.results.verdict import Grade
    >>> row = {"estimate": 0.3, "std_error": 0.1, "conf_low": 0.104, "conf_high": 0.496}
    >>> fair = Evidence(Grade.ROBUST)
    >>> [judgement(row, fair, at_once=many).verdict.effect for many in (1, 5, 50)]
    ['helped', 'helped', 'probably helped']
    >>> judgement(row, Evidence(Grade.FAILED)).verdict.effect
    'unreliable'
    """
    verdict = _moved(row, level, at_once)
    if verdict is Verdict.UNKNOWN:
        return Judgement(verdict, Evidence(Grade.NONE), None, at_once)
    if evidence.grade is Grade.FAILED:
        return Judgement(Verdict.UNRELIABLE, evidence, Course.UNKNOWN if spans else None, at_once)
    course = course_of(spans) if spans else None
    if course in TURNED:
        return Judgement(TURNED[course], evidence, course, at_once)
    if course and verdict is Verdict.UNCLEAR:
        course = Course.NEVER_CLEAR
    return Judgement(verdict, evidence, course, at_once)


def _moved(row: Row | None, level: float, at_once: int) -> Verdict:
    """What the interval says, alone and with all the others."""
    alone = verdict_of(row)
    if row is None or not alone.clear or at_once == 1:
        return alone
    low, high = together(row, level, at_once)
    return alone if verdict_of({"conf_low": low, "conf_high": high}).clear else PROBABLY[alone]
