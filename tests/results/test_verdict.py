"""The rules that choose a verdict and a grade: every outcome, at its very edge, and the words that tables keep."""

from __future__ import annotations

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.results.verdict import (
    FALLS,
    PARTED,
    RARE,
    SURVIVES,
    Chance,
    Grade,
    Reason,
    Side,
    Verdict,
    chance_of,
    grade_of,
    grade_of_several,
    side_of,
    verdict_of,
)

ALIKE = {"p_value": 0.6, "slope_detectable_80": 0.02}
ends = st.floats(-10, 10)


def between(low: float, high: float, estimate: float | None = None) -> dict[str, float]:
    return {"estimate": (low + high) / 2 if estimate is None else estimate, "conf_low": low, "conf_high": high}


@pytest.mark.parametrize(
    ("low", "high", "verdict"),
    [
        (0.1, 0.3, Verdict.RAISED),
        (-0.3, -0.1, Verdict.LOWERED),
        (-0.1, 0.3, Verdict.UNCLEAR),
        (0.0, 0.3, Verdict.UNCLEAR),  # an end at zero does not exclude it
        (-0.3, 0.0, Verdict.UNCLEAR),
        (math.nan, 0.3, Verdict.UNKNOWN),
        (0.1, math.inf, Verdict.UNKNOWN),  # few clusters: an interval without an end
    ],
)
def test_the_interval_chooses_the_verdict(low, high, verdict):
    assert verdict_of(between(low, high)) is verdict
    assert verdict.clear == (verdict in (Verdict.RAISED, Verdict.LOWERED))


def test_without_a_row_there_is_no_verdict():
    assert verdict_of(None) is Verdict.UNKNOWN


def test_the_band_judges_all_rows_at_once_and_the_interval_each_by_itself():
    row = {**between(0.1, 0.5), "band_low": -0.1, "band_high": 0.7}
    assert (verdict_of(row), verdict_of(row, "band")) == (Verdict.RAISED, Verdict.UNCLEAR)


@given(ends, ends, ends)
def test_an_interval_and_a_line_moved_together_keep_their_side(one, other, line):
    low, high = sorted((one, other))
    doubled = side_of(2 * low, 2 * high, 2 * line)  # doubling is exact in binary
    assert side_of(low, high, line) is doubled
    assert (doubled is Side.UNCLEAR) == (low <= line <= high)


@given(ends, ends)
def test_a_mirrored_effect_has_the_mirrored_verdict(one, other):
    low, high = sorted((one, other))
    mirrored = {Verdict.RAISED: Verdict.LOWERED, Verdict.LOWERED: Verdict.RAISED, Verdict.UNCLEAR: Verdict.UNCLEAR}
    assert verdict_of(between(-high, -low)) is mirrored[verdict_of(between(low, high))]


@pytest.mark.parametrize(
    ("before", "survives", "grade", "reasons"),
    [
        (ALIKE, SURVIVES, Grade.ROBUST, (Reason.ALIKE, Reason.SURVIVES)),
        (ALIKE, math.inf, Grade.ROBUST, (Reason.ALIKE, Reason.SURVIVES)),
        (ALIKE, SURVIVES - 0.01, Grade.SENSITIVE, (Reason.SENSITIVE,)),
        (ALIKE, FALLS, Grade.SENSITIVE, (Reason.SENSITIVE,)),
        (ALIKE, FALLS - 0.01, Grade.FAILED, (Reason.FALLS,)),
        (ALIKE, None, Grade.SENSITIVE, (Reason.NOT_COMPUTED,)),
        (ALIKE, math.nan, Grade.SENSITIVE, (Reason.NOT_COMPUTED,)),
        ({**ALIKE, "p_value": PARTED}, 2.0, Grade.ROBUST, (Reason.ALIKE, Reason.SURVIVES)),
        ({**ALIKE, "p_value": PARTED - 0.001}, 2.0, Grade.FAILED, (Reason.PARTED,)),
        ({**ALIKE, "p_value": math.nan}, 2.0, Grade.SENSITIVE, (Reason.NOT_SEEN,)),
        ({**ALIKE, "slope_detectable_80": math.inf}, 2.0, Grade.SENSITIVE, (Reason.BLIND,)),
        ({**ALIKE, "p_value": 0.0}, 0.2, Grade.FAILED, (Reason.PARTED, Reason.FALLS)),
        (None, 2.0, Grade.DESCRIPTIVE, (Reason.NOT_COMPARED,)),
    ],
)
def test_the_checks_choose_the_grade_and_say_why(before, survives, grade, reasons):
    found = grade_of(Verdict.RAISED, before, survives)
    assert (found.grade, found.reasons) == (grade, reasons)
    assert grade_of(Verdict.LOWERED, before, survives) == found


def test_what_is_not_clear_needs_no_sensitivity():
    found = grade_of(Verdict.UNCLEAR, ALIKE)
    assert (found.grade, found.reasons) == (Grade.ROBUST, (Reason.ALIKE,))
    assert grade_of(Verdict.UNCLEAR, {**ALIKE, "p_value": 0.0}).grade is Grade.FAILED


def test_a_draw_needs_no_check_and_no_answer_has_no_grade():
    drawn = grade_of(Verdict.RAISED, {**ALIKE, "p_value": 0.0}, 0.0, randomised=True)
    assert (drawn.grade, drawn.reasons) == (Grade.RANDOMISED, (Reason.AT_RANDOM,))
    assert grade_of(Verdict.UNKNOWN, ALIKE, 2.0, randomised=True).grade is Grade.NONE


def test_evidence_carries_the_numbers_behind_its_reasons():
    found = grade_of(Verdict.RAISED, ALIKE, 1.6)
    assert (found.drift, found.survives) == (0.02, 1.6)


@pytest.mark.parametrize(
    ("grades", "whole"),
    [
        ([Grade.RANDOMISED, Grade.RANDOMISED], Grade.RANDOMISED),
        ([Grade.RANDOMISED, Grade.ROBUST], Grade.ROBUST),
        ([Grade.ROBUST, Grade.NONE], Grade.ROBUST),
        ([Grade.RANDOMISED, Grade.SENSITIVE], Grade.MIXED),
        ([Grade.RANDOMISED, Grade.FAILED], Grade.MIXED),
        ([Grade.NONE], Grade.NONE),
        ([], Grade.NONE),
    ],
)
def test_several_results_are_believed_as_far_as_the_weakest(grades, whole):
    assert grade_of_several(grades) is whole


def test_chance_is_hardly_the_cause_of_what_it_shows_one_time_in_twenty():
    assert [chance_of(p) for p in (0.001, RARE, 0.051)] == [Chance.HARDLY, Chance.HARDLY, Chance.PERHAPS]


def test_json_keeps_the_words_that_pages_style_by():
    """`page.css` and the cards of `reports/pages.py` read these words."""
    words = [Verdict.RAISED, Verdict.UNCLEAR, Grade.NONE]
    assert json.dumps(words) == '["raised", "no clear change", "no answer"]'
    assert f"{Verdict.RAISED} · {Grade.DESCRIPTIVE}" == "raised · descriptive only"


def test_a_lottery_that_earlier_use_contradicts_is_not_believed():
    """effects-cases.md, 5: volunteers three days higher, flagged random: p far below 1 in 100."""
    assert grade_of(Verdict.RAISED, randomised=True, lottery=0.3).grade is Grade.RANDOMISED
    found = grade_of(Verdict.RAISED, randomised=True, lottery=0.001)
    assert (found.grade, found.reasons) == (Grade.FAILED, (Reason.UNLIKE,))


def test_one_period_before_the_start_is_no_full_evidence() -> None:
    """effects-cases.md, 6: two periods before leave one comparison, which cannot show a trend."""
    assert grade_of(Verdict.RAISED, {**ALIKE, "periods": 1}, 5.2).reasons == (Reason.ONCE,)
    assert grade_of(Verdict.RAISED, {**ALIKE, "periods": 2}, 5.2).grade is Grade.ROBUST


@pytest.mark.parametrize(
    ("level", "reasons"),
    [
        (None, (Reason.ALIKE, Reason.SURVIVES)),
        (0.2, (Reason.ALIKE, Reason.SURVIVES)),
        (-0.9, (Reason.ALIKE, Reason.UNLEVEL, Reason.SURVIVES)),
        (1.4, (Reason.FAR,)),  # 2Φ(−0.7) = .48: fewer than half lie where both do
        (-1.82, (Reason.FAR,)),  # LaLonde (1986): the trained against the PSID controls, earnings of 1975
    ],
)
def test_levels_before_the_start_are_said_and_far_apart_doubted(level, reasons) -> None:
    found = grade_of(Verdict.RAISED, ALIKE, 5.2, level=level)
    assert (found.reasons, found.level) == (reasons, level)
    assert grade_of(Verdict.RAISED, ALIKE, 5.2, randomised=True, level=level).grade is Grade.RANDOMISED


def test_every_verdict_has_its_effect_and_every_grade_its_squares() -> None:
    """The words of pages.md, section 1: effect and evidence apart, always a word and squares."""
    assert [each.effect for each in Verdict] == [
        *("helped", "probably helped", "helped at first, then harmed", "harmed at first, then helped"),
        *("no clear effect", "probably harmed", "harmed", "unreliable", "we cannot say", "what we see, not why"),
    ]
    assert [each.shown for each in Grade] == [
        "■■■■ dates at random",
        "■■■□ fair comparison, all checks passed",
        "■■□□ fair comparison, sensitive to drift",
        "■□□□ a check failed",
        "□□□□ we cannot say",
        "what we see, not why",
        "mixed",
    ]


def test_up_and_down_count_what_is_probable() -> None:
    assert [each for each in Verdict if each.up] == [Verdict.RAISED, Verdict.PROBABLY_RAISED]
    assert [each for each in Verdict if each.down] == [Verdict.PROBABLY_LOWERED, Verdict.LOWERED]
