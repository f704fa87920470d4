"""What a programme did: the sentence follows the interval, its strength the checks."""

from __future__ import annotations

import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from results_by_hand import FLAT, PARTED, one, survives

from workbench.findings import association, effect


def test_an_interval_above_zero_reads_raised():
    found = effect(one(0.31, 0.19, 0.43), pretrend=FLAT, sensitivity=survives(1.4))
    assert found.headline == "Training raised active days a week by 0.31 (between 0.19 and 0.43)."
    assert (found.verdict, found.grade) == ("raised", "robust")


def test_an_interval_below_zero_reads_lowered_by_a_positive_amount():
    found = effect(one(-0.31, -0.43, -0.19), "the contest", pretrend=FLAT, sensitivity=survives(2))
    assert found.headline == "The contest lowered active days a week by 0.31 (between 0.19 and 0.43)."
    assert (found.estimate, found.conf_low, found.conf_high) == (-0.31, -0.43, -0.19)


def test_a_true_null_says_how_large_it_could_still_be():
    found = effect(one(0.02, -0.05, 0.12), "the webinar", pretrend=FLAT)
    assert found.verdict == "did not clearly change"
    assert found.headline == (
        "The webinar did not clearly change active days a week: a rise could not have been larger than 0.12,"
        " nor a fall larger than 0.05 (95% confidence)."
    )


@pytest.mark.parametrize(("low", "high"), [(0.0, 0.2), (-0.2, 0.0), (0.0, 0.0)])
def test_zero_at_the_end_of_the_interval_is_not_clear(low, high):
    assert effect(one(0.1, low, high), pretrend=FLAT).verdict == "did not clearly change"


@given(
    st.floats(-5, 5),
    st.floats(0, 5),
    st.floats(0, 5),
    st.sampled_from(["active days a week", "share of fields filled"]),
)
def test_no_sentence_outruns_its_interval(middle, below, above, unit):
    found = effect(one(middle, middle - below, middle + above, unit), pretrend=FLAT, sensitivity=survives(2))
    clear = middle - below > 0 or middle + above < 0
    assert (found.verdict in ("raised", "lowered")) == clear
    assert ("did not clearly change" in found.headline) == (not clear)
    assert not re.search(r"no effect|significan|p ?[<=]|\*|-\d|nan", found.headline)
    if clear and min(abs(middle - below), abs(middle + above)) > 1e-5:
        assert not re.search(r"between 0(\.0+)? ", found.headline)  # a clear effect never reads as one from nothing


def test_the_time_it_holds_for_is_said():
    found = effect(
        one(-0.3, -0.4, -0.2), "the bonus", pretrend=FLAT, at={"event_week": 4}, when="four weeks after it ended"
    )
    assert found.headline.startswith("The bonus lowered active days a week four weeks after it ended by 0.30")


def test_a_null_needs_no_breakdown_but_flat_trends():
    assert effect(one(0.0, -0.1, 0.1), pretrend=FLAT).grade == "robust"
    assert effect(one(0.0, -0.1, 0.1), pretrend=PARTED).grade == "fragile"


def test_fragile_says_how_to_read_it():
    assert effect(one(0.3, 0.2, 0.4), pretrend=PARTED).caveat == "Read it as a lead to follow, not as a result."
    assert effect(one(0.3, 0.2, 0.4), pretrend=PARTED, caveat="Mind this.").caveat == "Mind this."


def test_without_any_check_nothing_is_said_to_have_caused_anything():
    found = effect(one(0.31, 0.19, 0.43))
    assert (
        found.headline
        == "People with training stand 0.31 higher in active days a week than others (between 0.19 and 0.43)."
    )
    assert found.verdict == "descriptive"


@given(st.floats(-5, 5), st.floats(0, 5))
def test_an_association_is_never_worded_as_cause(middle, width):
    found = association(one(middle, middle - width, middle + width), "teams whose leader uses the CRM", "other teams")
    assert not re.search(r"raised|lowered|effect|change|because|thanks|leads? to|improve", found.headline)
    assert found.grade == "descriptive only"
    assert "goes together" in found.rule


def test_an_association_that_is_not_clear():
    found = association(one(0.04, -0.02, 0.06), "teams whose leader uses the CRM", "other teams")
    assert found.headline == (
        "Teams whose leader uses the CRM do not clearly differ from other teams in active days a week:"
        " a lead could not have been larger than 0.060, nor a lag larger than 0.020 (95% confidence)."
    )


@pytest.mark.parametrize("broken", [math.nan, math.inf])
def test_no_interval_is_no_answer(broken):
    found = effect(one(0.3, broken, 0.4), pretrend=FLAT)
    assert (found.verdict, found.grade, found.estimate) == ("cannot tell", "no answer", None)
    assert (
        found.headline == "We cannot say whether training changed active days a week: nobody was left to compare with."
    )


def test_a_row_that_is_not_there_is_no_answer_and_two_rows_are_a_mistake():
    assert effect(one(0.3, 0.2, 0.4), pretrend=FLAT, at={"event_week": 9}).verdict == "cannot tell"
    twice = one(0.3, 0.2, 0.4)
    twice.table["event_week"] = 0
    with pytest.raises(ValueError, match=r"names 2 rows of the estimates; name one, by"):
        effect(twice, pretrend=FLAT, at={"event_week": 0})
