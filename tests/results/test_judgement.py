"""The one verdict on a result: each rule, at its edge."""

from __future__ import annotations

import math

import pytest
from scipy.stats import norm

from workbench.results.course import Course
from workbench.results.judgement import judgement
from workbench.results.side_by_side import together
from workbench.results.verdict import Evidence, Grade, Verdict

FAIR = Evidence(Grade.ROBUST)


def row(estimate: float, error: float = 0.1) -> dict[str, float]:
    """An effect with the 95% interval of a normal distribution."""
    reach = norm.isf(0.025) * error
    return {"estimate": estimate, "std_error": error, "conf_low": estimate - reach, "conf_high": estimate + reach}


@pytest.mark.parametrize(
    ("estimate", "at_once", "verdict"),
    [
        (0.20, 1, Verdict.RAISED),  # 1.96 standard errors are enough for one
        (0.20, 2, Verdict.PROBABLY_RAISED),  # two need 2.24: 1 − 0.05 / 4 of the normal distribution
        (0.23, 2, Verdict.RAISED),
        (0.23, 3, Verdict.PROBABLY_RAISED),  # three need 2.39
        (-0.23, 2, Verdict.LOWERED),
        (-0.23, 3, Verdict.PROBABLY_LOWERED),
        (0.19, 1, Verdict.UNCLEAR),
        (0.19, 9, Verdict.UNCLEAR),
    ],
)
def test_clear_alone_and_not_together_is_probably(estimate, at_once, verdict):
    assert judgement(row(estimate), FAIR, at_once=at_once).verdict is verdict


def test_the_band_of_several_is_bonferronis():
    """Dunn (1961): of five, each interval holds at 1 − 0.05 / 5."""
    low, high = together(row(0.5), 0.95, 5)
    assert (low, high) == pytest.approx((0.5 - norm.isf(0.005) * 0.1, 0.5 + norm.isf(0.005) * 0.1), abs=1e-4)
    without = {name: value for name, value in row(0.5).items() if name != "std_error"}
    assert together(without, 0.95, 5) == pytest.approx((low, high), abs=1e-6)


@pytest.mark.parametrize("estimate", [0.9, -0.9, 0.0])
def test_a_failed_check_is_unreliable_whatever_the_interval_says(estimate):
    found = judgement(row(estimate), Evidence(Grade.FAILED), [row(0.5), row(0.6)])
    assert (found.verdict, found.course) == (Verdict.UNRELIABLE, Course.UNKNOWN)


def test_an_effect_that_turned_is_not_its_mean():
    """pages.md, section 1: +0.76, +0.47, −0.33 is no "no clear change"."""
    spans = [row(0.76), row(0.47), row(-0.33)]
    assert judgement(row(0.02), FAIR, spans).verdict is Verdict.TURNED_DOWN
    assert judgement(row(0.40), FAIR, spans).verdict is Verdict.TURNED_DOWN
    assert judgement(row(0.02), FAIR, spans[::-1]).verdict is Verdict.TURNED_UP


def test_what_is_not_clear_has_no_course():
    assert judgement(row(0.1), FAIR, [row(0.5), row(0.0)]).course is Course.NEVER_CLEAR
    assert judgement(row(0.5), FAIR, [row(0.5), row(0.0)]).course is Course.FADES
    assert judgement(row(0.5), FAIR).course is None


def test_without_an_interval_we_cannot_say():
    for nothing in (None, {**row(0.5), "conf_high": math.inf}):
        found = judgement(nothing, FAIR)
        assert (found.verdict, found.evidence.grade) == (Verdict.UNKNOWN, Grade.NONE)
