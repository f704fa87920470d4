"""What a programme did: the sentence follows the interval, its strength the checks."""

from __future__ import annotations

import math
import re

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from results_by_hand import FLAT, PARTED, one, survives

from workbench.findings import association, effect, judged
from workbench.results.estimates import Estimates
from workbench.results.judgement import judgement
from workbench.results.verdict import Evidence, Grade


def test_an_interval_above_zero_reads_raised():
    found = effect(one(0.31, 0.19, 0.43), pretrend=FLAT, sensitivity=survives(1.4))
    assert found.headline == "Training raised use by 0.31 days a week (likely 0.19–0.43)."
    assert (found.verdict, found.grade) == ("raised", "robust")


def test_an_interval_below_zero_reads_lowered_by_a_positive_amount():
    found = effect(one(-0.31, -0.43, -0.19), "the contest", pretrend=FLAT, sensitivity=survives(2))
    assert found.headline == "The contest lowered use by 0.31 days a week (likely 0.19–0.43)."
    assert (found.estimate, found.conf_low, found.conf_high) == (-0.31, -0.43, -0.19)


def test_a_true_null_says_how_large_it_could_still_be():
    found = effect(one(0.02, -0.05, 0.12), "the webinar", pretrend=FLAT)
    assert found.verdict == "no clear change"
    assert found.headline == (
        "The webinar made no clear difference to use: anything from a fall of 0.05 to a rise of 0.12 days a week."
    )


@pytest.mark.parametrize(("low", "high"), [(0.0, 0.2), (-0.2, 0.0), (0.0, 0.0)])
def test_zero_at_the_end_of_the_interval_is_not_clear(low, high):
    assert effect(one(0.1, low, high), pretrend=FLAT).verdict == "no clear change"


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
    assert ("no clear difference" in found.headline) == (not clear)
    assert not re.search(r"no effect|significan|p ?[<=]|\*|-\d|nan", found.headline)
    if clear and min(abs(middle - below), abs(middle + above)) > 1e-5:
        assert not re.search(r"likely 0(\.0+)?[– ]", found.headline)  # a clear effect never reads as one from nothing


def test_the_time_it_holds_for_is_said():
    found = effect(
        one(-0.3, -0.4, -0.2), "the bonus", pretrend=FLAT, at={"event_week": 4}, when="four weeks after it ended"
    )
    assert found.headline.startswith("The bonus lowered use four weeks after it ended by 0.30 days a week")


def test_a_null_needs_no_breakdown_but_flat_trends():
    assert effect(one(0.0, -0.1, 0.1), pretrend=FLAT).grade == "robust"
    assert effect(one(0.0, -0.1, 0.1), pretrend=PARTED).grade == "failed"


def test_a_lead_says_how_to_read_it():
    assert effect(one(0.3, 0.2, 0.4), pretrend=FLAT).caveat == "Read it as a lead to follow, not as a result."
    assert effect(one(0.3, 0.2, 0.4), pretrend=FLAT, caveat="Mind this.").caveat == "Mind this."


def test_a_failed_check_never_says_raised():
    """pages.md, section 1: "Unreliable: +0.44 (0.10 to 0.78), because the groups were already drifting apart"."""
    found = effect(one(0.44, 0.10, 0.78), "the workshop", pretrend=PARTED, sensitivity=survives(3))
    assert found.headline == (
        "The result for the workshop is unreliable: +0.44 days a week (0.10 to 0.78), because the groups were already"
        " drifting apart."
    )
    assert (found.verdict, found.effect, found.moved, found.holds) == ("unreliable", "unreliable", False, False)


def test_probably_says_how_many_were_judged_together():
    """0.2 of 0.1 errors of size: clear alone, and not among nine (which need 2.77 errors)."""
    estimates = one(0.2, 0.004, 0.396)
    found = judged(estimates, "the tour", judgement(estimates.overall, Evidence(Grade.ROBUST), at_once=9))
    assert found.headline == "The tour probably raised use by 0.200 days a week (likely 0.004–0.396)."
    assert found.caveat == "It is clear by itself, but not when all 9 results are judged together."


def test_an_effect_that_turned_says_when():
    """pages.md, section 1: +0.76, +0.47, −0.33."""
    rows = [("weeks 1–4", 0.76, 0.6, 0.9), ("weeks 5–12", 0.47, 0.3, 0.6), ("from week 13", -0.33, -0.6, -0.1)]
    table = pd.DataFrame(rows, columns=["span", "estimate", "conf_low", "conf_high"])
    estimates, spans = one(0.02, -0.1, 0.14), Estimates(table, "active days a week", "made up")
    said = judgement(estimates.overall, Evidence(Grade.ROBUST), table.to_dict("records"))
    assert judged(estimates, "The tour", said, spans=spans).headline == (
        "The tour helped at first, then harmed: use changed by +0.76 days a week in weeks 1–4 and by −0.33 from week 13."
    )


def test_without_any_check_nothing_is_said_to_have_caused_anything():
    found = effect(one(0.31, 0.19, 0.43))
    assert found.headline == "People with training use it 0.31 days a week more than others (likely 0.19–0.43)."
    assert found.verdict == "descriptive"


@given(st.floats(-5, 5), st.floats(0, 5))
def test_an_association_is_never_worded_as_cause(middle, width):
    found = association(one(middle, middle - width, middle + width), "teams whose leader uses the CRM", "other teams")
    assert not re.search(r"raised|lowered|effect|change|because|thanks|leads? to|improve", found.headline)
    assert found.grade == "descriptive only"
    assert "does not show what caused it" in found.rule


def test_an_association_that_is_not_clear():
    found = association(one(0.04, -0.02, 0.06), "teams whose leader uses the CRM", "other teams")
    assert found.headline == (
        "No clear difference in use between teams whose leader uses the CRM and other teams: anything from 0.020 days a"
        " week less to 0.060 more."
    )


@pytest.mark.parametrize(
    ("broken", "why"),
    [
        (math.nan, "nobody was left to compare with"),
        (math.inf, "too few came because of the offer to bound it"),
    ],
)
def test_no_interval_is_no_answer(broken, why):
    found = effect(one(0.3, broken, 0.4), pretrend=FLAT)
    assert (found.verdict, found.grade, found.estimate) == ("we cannot say", "no answer", None)
    assert found.headline == f"We cannot say whether training changed use: {why}."


def test_a_row_that_is_not_there_is_no_answer_and_two_rows_are_a_mistake():
    assert effect(one(0.3, 0.2, 0.4), pretrend=FLAT, at={"event_week": 9}).verdict == "we cannot say"
    twice = one(0.3, 0.2, 0.4)
    twice.table["event_week"] = 0
    with pytest.raises(ValueError, match=r"names 2 rows of the estimates; name one, by"):
        effect(twice, pretrend=FLAT, at={"event_week": 0})
