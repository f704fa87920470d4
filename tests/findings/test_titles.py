"""Titles of pictures say what the picture shows, in few words."""

from __future__ import annotations

import pandas as pd

from workbench import findings
from workbench.findings import Finding
from workbench.results.estimates import Estimates
from workbench.results.verdict import Grade, Verdict


def weeks(*shares, width=0.02):
    rows = pd.DataFrame({"estimate": shares, "week": pd.date_range("2025-07-07", periods=len(shares), freq="28D")})
    return rows.assign(conf_low=rows["estimate"] - width, conf_high=rows["estimate"] + width)


def test_a_peak_is_named_only_where_chance_does_not_explain_the_fall():
    """By hand: .72 − .66 = .06 is more than √(.02² + .02²) = .028, and with ±.05 less than .071."""
    assert findings.course_so_far(weeks(0.4, 0.72, 0.66), "Use", "share of people") == (
        "Use peaked in August 2025 (72%), now 66%"
    )
    wide = weeks(0.65, 0.72, 0.66, width=0.05)
    assert findings.course_so_far(wide, "Use", "share of people") == "Use is at 66%"


def test_a_rise_is_one_where_the_ends_differ():
    assert findings.course_so_far(weeks(0.2, 0.4), "Use", "share of people") == "Use rose from 20% to 40%"
    assert findings.course_so_far(weeks(), "Use", "share of people") == "Use: nothing to show"


def test_what_is_chosen_may_be_more():
    """By hand: 3 ÷ 2 = 1.5; 2 and 2.1 are about the same."""
    rows = pd.DataFrame({"week": 1, "kind": ["required", "by choice"], "estimate": [2.0, 3.0]})
    rows["week"] = pd.Timestamp("2025-01-06")
    assert findings.required_or_chosen(rows) == "Chosen work is now 1.5 times required work"
    assert "about as much" in findings.required_or_chosen(rows.assign(estimate=[2.0, 2.1]))
    assert findings.required_or_chosen(rows.assign(estimate=[2.0, 0.0])) == "People now do required work only"


def test_a_title_ends_before_the_details():
    def found(headline):
        return findings.short(Finding(headline, Verdict.DESCRIPTIVE, Grade.DESCRIPTIVE, ""))

    assert found("95% have used it. We cannot forecast the rest: no curve fits.") == "95% have used it"
    assert found("No clear difference in speed: after 26 weeks 67% had it.") == "No clear difference in speed"
    assert found("Sales is at 0.5 of the rest.") == "Sales is at 0.5 of the rest"  # a decimal point ends no sentence


def test_new_people_count_as_not_having_the_habit_yet():
    """By hand: 60 of 150, as on the page on adoption."""
    rows = pd.DataFrame({"week": 1, "segment": ["power", "low", "none", "new"], "users": [60, 30, 10, 50]})
    assert findings.habit_now(rows) == "40% have the habit; 7% did nothing in 12 weeks"


def test_ages_that_few_have_reached_are_no_title():
    ages = pd.DataFrame({"age": [1, 6, 12], "estimate": [0.9, 0.8, 0.1], "n": [100, 50, 9]})
    assert findings.still_active(Estimates(ages, "share of people", ""), "month") == (
        "After 6 months, 80% are still active"
    )
    assert findings.come_back(Estimates(ages, "share of people", ""), "month").startswith("Too little time")


def test_nothing_has_a_title_too():
    empty = pd.DataFrame({"age": [], "estimate": [], "n": []})
    assert findings.still_active(Estimates(empty, "share of people", ""), "week").startswith("Too little time")
    assert findings.busiest(pd.DataFrame({"weekday": [], "hour": [], "share": []})).startswith("Nothing was done")
    steady = pd.DataFrame({"pattern": ["steady"], "change": [0.0]})
    assert findings.rising_and_falling(steady) == "No pattern rose or fell"


def test_half_may_never_be_reached():
    curve = pd.DataFrame({"week": [4, 30], "estimate": [0.2, 0.4]})
    assert findings.half_have_it(Estimates(curve, "share of people", "")) == "40% have formed the habit after 30 weeks"


def test_features_that_are_used_equally_often_have_no_first_and_last():
    reach = pd.DataFrame({"feature": ["contacts", "deals"], "share": [0.5, 0.5]})
    assert findings.most_and_least(reach) == "All 2 features are used equally often"
    assert findings.most_and_least(reach.head(1)) == "One feature is recorded"
    assert findings.most_and_least(reach.head(0)) == "No feature can be shown"
