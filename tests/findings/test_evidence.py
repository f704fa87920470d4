"""Each reason for a grade has its words."""

from __future__ import annotations

import math

import pytest
from results_by_hand import BLIND, FLAT, PARTED, UNKNOWN, one, survives

from workbench import findings
from workbench.findings import effect
from workbench.findings.evidence import rule_of
from workbench.results.verdict import Evidence, Grade, Reason


@pytest.mark.parametrize(
    ("checks", "grade", "rule"),
    [
        ({"randomised": True}, "randomised", "drawn at random"),
        ({"pretrend": FLAT, "sensitivity": survives(1.0)}, "robust", "survives trends parting by 1.0 times"),
        ({"pretrend": FLAT, "sensitivity": survives(math.inf)}, "robust", "more than any multiple tried"),
        ({"pretrend": FLAT, "sensitivity": survives(0.4)}, "fragile", "would not survive trends parting by 0.4 times"),
        ({"pretrend": FLAT}, "fragile", "was not computed"),
        ({"pretrend": FLAT, "sensitivity": survives(math.nan)}, "fragile", "was not computed"),
        ({"pretrend": PARTED, "sensitivity": survives(3)}, "fragile", "already moved apart"),
        ({"pretrend": UNKNOWN, "sensitivity": survives(3)}, "fragile", "too few weeks before"),
        ({"pretrend": BLIND, "sensitivity": survives(3)}, "fragile", "with each other alone, which shows no drift"),
        ({}, "descriptive only", "does not show what caused it"),
    ],
)
def test_the_grade_prints_its_rule(checks, grade, rule):
    found = effect(one(0.31, 0.19, 0.43), **checks)
    assert found.grade == grade
    assert rule in found.rule


def test_a_robust_grade_says_what_the_check_would_have_seen():
    assert (
        "a drift of 0.02 a week 8 times in 10"
        in effect(one(0.3, 0.2, 0.4), pretrend=FLAT, sensitivity=survives(2)).rule
    )


def test_other_ways_of_asking_are_counted_and_the_null_one_apart():
    up, flat = one(0.5, 0.2, 0.8), one(0.1, -0.2, 0.4)
    asked = {"as above": up, "never": up, "balanced": flat, "too early": flat}
    assert findings.agreement(asked, "too early") == (
        "1 of 2 other ways of asking also find a rise; nothing had happened before it began"
    )
    assert findings.agreement({"as above": flat, "too early": up}, "too early") == (
        "it is no clear change; but something had happened before it began"
    )
    unknown = one(0.5, math.nan, math.nan)
    assert findings.agreement({"as above": unknown, "never": up}, "never") == (
        "it rests on too few to tell it from chance, however it is asked"
    )
    assert findings.agreement({"as above": up, "never": up}) == "1 of 1 other ways of asking also find a rise"


def test_every_reason_has_its_words_and_every_number_in_them_is_known():
    """By hand: a drift of 0.02 a week, and 1.6 times what was seen before."""
    each = {reason: rule_of(Evidence(Grade.ROBUST, (reason,), 0.02, 1.6), "active days a week") for reason in Reason}
    assert len(set(each.values())) == len(Reason)
    assert "drift of 0.02 a week" in each[Reason.ALIKE]
    assert each[Reason.SURVIVES] == "the result survives trends parting by 1.6 times what was seen before"
    assert not any("{" in words for words in each.values())


def test_all_doubts_are_listed_and_supports_joined():
    doubts = (Reason.PARTED, Reason.SENSITIVE)
    assert rule_of(Evidence(Grade.FRAGILE, doubts, 0.02, 0.0), "active days a week") == (
        "the groups already moved apart before the start;"
        " it would not survive trends parting by any part of what was seen before"
    )
    supports = (Reason.ALIKE, Reason.SURVIVES)
    assert rule_of(Evidence(Grade.ROBUST, supports, 0.0021, 2.0), "share of people").startswith(
        "before the start both groups moved alike (the check would have seen a drift of 0.21 percentage points a week"
    )


def test_where_nothing_can_be_asked_another_way_the_answer_is_said():
    assert findings.agreement({"as above": one(-0.5, -0.8, -0.2)}) == "it is a fall"
