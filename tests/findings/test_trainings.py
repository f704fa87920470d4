"""Hours, leavers and dates drawn anew."""

from __future__ import annotations

import math

import pandas as pd
import pytest
from results_by_hand import one

from workbench import findings
from workbench.results.estimates import Estimates


def test_dates_drawn_anew_are_said_in_draws():
    lots = pd.DataFrame(
        [("coaching", 0.021, None), ("the clinic", 0.0005, None), ("tour", float("nan"), "a team has one date")],
        columns=["name", "p_value", "reason"],
    )
    found = findings.redrawn(lots)
    assert found.headline == (
        "If coaching had no effect, a result this clear would appear in 2 of 100 random orders of dates. If the clinic had"
        " no effect, a result this clear would appear in fewer than 1 of 100 random orders of dates."
    )
    assert found.caveat == "Tour has no such answer: a team has one date."
    assert (found.verdict, found.grade) == ("hardly chance", "randomised")
    assert findings.redrawn(lots.assign(p_value=0.4)).verdict == "perhaps chance"
    assert findings.redrawn(lots.assign(p_value=[0.4, 0.01, 0.2])).verdict == "descriptive"
    assert findings.redrawn(lots.iloc[:0]).headline == (
        "We cannot say how often chance alone would show a result this clear: no dates were given at random."
    )
    assert findings.redrawn(lots.iloc[2:]).headline == (
        "We cannot say how often chance alone would show a result this clear: the dates cannot be redrawn."
    )


def test_what_a_further_hour_brings_is_said_of_each_programme():
    both = {"Coaching": one(0.11, -0.01, 0.23), "Clinic": one(0.2, 0.1, 0.3)}
    found = findings.dose(both, "active days a week")
    assert found.headline == (
        "Coaching: each further hour brought no clear change in use (−0.01 to +0.23 days a week); Clinic: each further"
        " hour went with 0.20 days a week more use (likely 0.10–0.30)."
    )
    alone = findings.dose({"Coaching": both["Coaching"]}, "active days a week")
    assert (alone.estimate, alone.n) == (0.11, 412)
    assert findings.dose({}, "active days a week").verdict == "we cannot say"


def leavers(low: float, high: float) -> Estimates:
    """Of 158 people 7 left, where 7.9 were expected."""
    row = {"estimate": (7 - 7.9) / 158, "conf_low": low, "conf_high": high, "n": 158, "left": 7.0, "expected": 7.9}
    return Estimates(pd.DataFrame([row]), "share of people", "", overall=pd.Series(row))


@pytest.mark.parametrize(
    ("low", "high", "judged"),
    [
        (-0.037, 0.025, "No clear difference (likely 3.7 fewer to 2.5 more per 100)."),
        (0.004, 0.025, "More left than expected (likely 0.4 more to 2.5 more per 100)."),
        (-0.037, -0.004, "Fewer left than expected (likely 3.7 fewer to 0.4 fewer per 100)."),
    ],
)
def test_leavers_are_compared_with_the_pace_of_the_others(low, high, judged):
    found = findings.attrition(leavers(low, high), "Role clinics")
    assert found.headline == (
        "7 of 158 people in Role clinics have left since; at the pace of those not trained, about 8 would have."
        f" {judged}"
    )
    assert (found.verdict, found.n) == ("descriptive", 158)


def test_leavers_without_anybody_to_compare_with_are_no_answer():
    found = findings.attrition(leavers(math.nan, math.nan), "Role clinics")
    assert found.headline == (
        "We cannot say whether more people in Role clinics left than would have anyway: nobody was left to compare with."
    )
