"""Each reason for a grade has its words."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from results_by_hand import BLIND, FLAT, PARTED, UNKNOWN, one, said, survives

from workbench import findings
from workbench.effects import experiment
from workbench.findings import effect
from workbench.findings.evidence import rule_of
from workbench.results.verdict import Evidence, Grade, Reason, Verdict


@pytest.mark.parametrize(
    ("checks", "grade", "rule"),
    [
        ({"randomised": True}, "randomised", "given at random"),
        ({"pretrend": FLAT, "sensitivity": survives(1.0)}, "robust", "drifted apart 1.0 times as fast"),
        ({"pretrend": FLAT, "sensitivity": survives(math.inf)}, "robust", "any number of times as fast"),
        ({"pretrend": FLAT, "sensitivity": survives(0.6)}, "sensitive", "only at 0.6 times that pace"),
        ({"pretrend": FLAT, "sensitivity": survives(0.4)}, "failed", "half the pace seen before would explain it"),
        ({"pretrend": FLAT}, "sensitive", "did not compute"),
        ({"pretrend": FLAT, "sensitivity": survives(math.nan)}, "sensitive", "did not compute"),
        ({"pretrend": PARTED, "sensitivity": survives(3)}, "failed", "already drifting apart"),
        ({"pretrend": UNKNOWN, "sensitivity": survives(3)}, "sensitive", "too few weeks before"),
        ({"pretrend": BLIND, "sensitivity": survives(3)}, "sensitive", "only with each other, which shows no drift"),
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


@pytest.mark.parametrize(
    ("lost", "grade", "rule"),
    [
        (
            0,
            "randomised",
            "the groups were drawn at random, so the one compared with shows what would have happened anyway",
        ),
        (30, "failed", "more people of some groups are left out than chance explains, so those left may differ"),
    ],
)
def test_arms_that_lost_unlike_shares_are_not_believed(lost, grade, rule):
    """Planted: an effect of 2; of 100 in the course so many have no outcome, of 100 in the control none."""
    days = np.random.default_rng(0).normal(size=200) + np.repeat([0, 2], 100)
    days[200 - lost :] = np.nan
    table = pd.DataFrame({"drew": np.repeat(["control", "course"], 100), "days": days})
    found = effect(experiment(table, "days", "drew"), "the course", randomised=True)
    assert (found.grade, found.rule) == (grade, rule)


def test_other_ways_of_asking_are_counted_and_the_null_one_apart():
    up, flat = one(0.5, 0.2, 0.8), one(0.1, -0.2, 0.4)
    asked = {"as above": up, "never": up, "balanced": flat, "too early": flat}
    assert findings.agreement(said(Verdict.RAISED), asked, "too early") == ("1 of 2 other ways find a rise")
    assert findings.agreement(said(Verdict.UNCLEAR), {"as above": flat, "too early": up}, "too early") == (
        "it is no clear change; but something had happened before it began"
    )
    assert findings.agreement(said(Verdict.PROBABLY_RAISED), {"as above": up, "never": up}) == (
        "1 of 1 other ways find a rise"
    )


def test_no_other_way_of_asking_mends_a_verdict_that_says_nothing():
    ways = {"as above": one(0.5, 0.2, 0.8), "never": one(0.5, 0.2, 0.8)}
    assert findings.agreement(said(Verdict.UNRELIABLE), ways) == "unreliable, however it is asked"
    assert findings.agreement(said(Verdict.UNKNOWN), ways) == "we cannot say, however it is asked"


def test_every_reason_has_its_words_and_every_number_in_them_is_known():
    """By hand: a drift of 0.02 a week, and 1.6 times what was seen before."""
    each = {reason: rule_of(Evidence(Grade.ROBUST, (reason,), 0.02, 1.6), "active days a week") for reason in Reason}
    assert len(set(each.values())) == len(Reason)
    assert "drift of 0.02 a week" in each[Reason.ALIKE]
    assert each[Reason.SURVIVES] == "the result holds even if they had drifted apart 1.6 times as fast as before"
    assert not any("{" in words for words in each.values())


def test_all_doubts_are_listed_and_supports_joined():
    doubts = (Reason.PARTED, Reason.FALLS)
    assert rule_of(Evidence(Grade.FAILED, doubts, 0.02, 0.0), "active days a week") == (
        "the groups were already drifting apart; a drift of half the pace seen before would explain it"
    )
    supports = (Reason.ALIKE, Reason.SURVIVES)
    assert rule_of(Evidence(Grade.ROBUST, supports, 0.0021, 2.0), "share of people").startswith(
        "before the start both groups changed in the same way (the check would have seen a drift of 0.21 percentage points a week"
    )


def test_where_nothing_can_be_asked_another_way_the_answer_is_said():
    assert findings.agreement(said(Verdict.LOWERED), {"as above": one(-0.5, -0.8, -0.2)}) == "it is a fall"
