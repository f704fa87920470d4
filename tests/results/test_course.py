"""What became of an effect, and what is left of it: every outcome, at its very edge."""

from __future__ import annotations

import math

import pytest

from workbench.results.course import Course, Remains, course_of, remains_of
from workbench.results.verdict import Verdict


def between(low: float, high: float, estimate: float | None = None) -> dict[str, float]:
    return {"estimate": (low + high) / 2 if estimate is None else estimate, "conf_low": low, "conf_high": high}


UP, DOWN, UNCLEAR = between(0.6, 1.0), between(-0.6, -0.2), between(-0.1, 0.2)


@pytest.mark.parametrize(
    ("spans", "course"),
    [
        ([UP, UP], Course.LASTS),
        ([UNCLEAR, UP], Course.LATE),
        ([UP, UNCLEAR], Course.FADES),
        ([UP, between(0.1, 0.5)], Course.FADES),  # 0.3 is less than half of 0.8
        ([UP, between(0.2, 0.6)], Course.LASTS),  # 0.4 is half of it
        ([UP, UNCLEAR, DOWN], Course.TURNED_DOWN),
        ([DOWN, UP], Course.TURNED_UP),
        ([UNCLEAR, UNCLEAR], Course.NEVER_CLEAR),
        ([UP, between(math.nan, math.nan)], Course.UNKNOWN),
        ([UP, between(-0.4, 1.2)], Course.UNKNOWN),  # it may be as large as at first
        ([UP, between(-0.1, 0.9, 0.3)], Course.UNKNOWN),
        ([DOWN, UNCLEAR], Course.FADES),
        ([{**UP, "band_low": -0.1, "band_high": 1.7}, UP], Course.LATE),
        ([{**UP, "band_low": math.nan, "band_high": math.nan}] * 2, Course.NEVER_CLEAR),  # too few teams for a band
        ([], Course.NEVER_CLEAR),
    ],
)
def test_the_course_of_an_effect(spans, course):
    assert course_of(spans) is course
    assert course.turned == (course in (Course.TURNED_DOWN, Course.TURNED_UP))


@pytest.mark.parametrize(
    ("on", "after", "left"),
    [
        (Verdict.RAISED, Verdict.RAISED, Remains.PART),
        (Verdict.RAISED, Verdict.LOWERED, Remains.HARM),
        (Verdict.RAISED, Verdict.UNCLEAR, Remains.NOTHING),
        (Verdict.UNCLEAR, Verdict.RAISED, Remains.LATE),
        (Verdict.UNCLEAR, Verdict.UNCLEAR, Remains.UNCHANGED),
        (Verdict.UNCLEAR, Verdict.LOWERED, Remains.HARM),
        (Verdict.RAISED, Verdict.UNKNOWN, Remains.UNKNOWN),
        (Verdict.RAISED, Verdict.UNRELIABLE, Remains.UNKNOWN),
        (Verdict.PROBABLY_RAISED, Verdict.RAISED, Remains.PART),
        (Verdict.RAISED, Verdict.PROBABLY_RAISED, Remains.PROBABLY_PART),
        (Verdict.RAISED, Verdict.PROBABLY_LOWERED, Remains.PROBABLY_HARM),
        (Verdict.UNRELIABLE, Verdict.RAISED, Remains.UNKNOWN),
    ],
)
def test_what_is_left_when_the_cause_has_stopped(on, after, left):
    assert remains_of(on, after) is left
