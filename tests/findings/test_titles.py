"""Titles of pictures say what the picture shows, in few words."""

from __future__ import annotations

import pandas as pd

from workbench import findings
from workbench.findings import Finding
from workbench.results.estimates import Estimates
from workbench.results.verdict import Grade, Verdict


def weeks(*shares, width=0.02):
    rows = pd.DataFrame({"estimate": shares, "week": pd.date_range("2025-07-07", periods=len(shares), freq="7D")})
    return rows.assign(conf_low=rows["estimate"] - width, conf_high=rows["estimate"] + width)


def test_a_peak_is_named_only_where_chance_does_not_explain_the_fall():
    """By hand: the weeks of 4 to 25 August have .72 on average; .72 − .66 = .06 is more than √(.02² + .02²) = .028, and
    with ±.05 less than .071.
    """
    shares = (0.4, 0.4, 0.4, 0.4, 0.72, 0.72, 0.72, 0.72, 0.66, 0.66, 0.66, 0.66)
    assert findings.course_so_far(weeks(*shares), "Use", "share of people") == (
        "Use peaked in August 2025 (72%); 66% in the last four weeks"
    )
    wide = weeks(*[0.65] * 4, *shares[4:], width=0.05)
    assert findings.course_so_far(wide, "Use", "share of people") == "Use: 66% in the last four weeks"


def test_a_busy_week_at_the_end_of_a_month_is_no_peak():
    """By hand: four weeks in a row have (.74 + .74 + .74 + .86) / 4 = .77 on average, wherever they begin."""
    months = weeks(*[0.74, 0.74, 0.74, 0.86] * 3)
    assert findings.course_so_far(months, "Use", "share of people") == "Use: 77% in the last four weeks"


def test_a_rise_is_one_where_the_ends_differ():
    rising = weeks(0.2, 0.2, 0.2, 0.2, 0.4, 0.4, 0.4, 0.4)
    assert findings.course_so_far(rising, "Use", "share of people") == "Use rose from 20% to 40% in the last four weeks"


def test_of_fewer_than_four_weeks_their_mean_is_all_that_is_said():
    assert findings.course_so_far(weeks(0.2, 0.4), "Use", "share of people") == "Use so far: 30%"
    assert findings.course_so_far(weeks(), "Use", "share of people") == "Use: nothing to show"


def test_now_is_the_last_four_weeks():
    """By hand: (30 + 30 + 30 + 50) / 4 = 35 of 60; of entries (.8 + .8 + .8 + .6) / 4 = .75; the first week is long ago."""
    mondays = [monday for monday in pd.date_range("2025-01-06", periods=5, freq="7D") for _ in range(2)]
    users = [0, 60, 30, 30, 30, 30, 30, 30, 50, 10]
    life = pd.DataFrame({"week": mondays, "state": ["retained", "dormant"] * 5, "users": users})
    assert findings.active_now(life) == "In the last four weeks, 35 of 60 people a week were active"
    shares = {"week": mondays[::2], "measure": "complete", "estimate": [0.1, 0.8, 0.8, 0.8, 0.6]}
    assert findings.latest_shares(pd.DataFrame(shares), "measure", "Entries") == (
        "Entries in the last four weeks: 75% complete"
    )


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


def formed(weeks, shares, people, earliest=9):
    curve = pd.DataFrame({"week": weeks, "estimate": shares, "n": people})
    return findings.habit_formed(Estimates(curve, "share of people", ""), earliest)


def test_the_habit_is_there_from_the_first_week_that_can_count():
    """Nine weeks of twelve cannot be active before the ninth; of week 51 too few are left to be told."""
    assert formed([9, 30, 50, 51], [0.56, 0.8, 0.87, 0.9], [90, 40, 10, 9]) == (
        "56% had the habit as soon as it can be counted (week 9); 87% after 50 weeks"
    )
    assert formed([9], [0.56], [90]) == "56% had the habit as soon as it can be counted (week 9)"
    assert formed([9], [0.56], [9]) == "Too few people can be followed to see who forms the habit"


def test_a_log_of_many_years_tells_of_the_first():
    assert formed([13, 51, 568], [0.2, 0.3, 0.4], [90, 80, 20]) == "30% have formed the habit after 51 weeks"


def test_who_joined_or_left_has_not_changed_segment():
    """By hand: 1,146 of 67 + 123 + 1,146 = 1,336 are 85.8%; of all 1,437 they would be 80%."""
    rows = pd.DataFrame({"way": ["to more use", "to less use", "the same", "joined, left or were new"]})
    moved = Estimates(rows.assign(users=[67, 123, 1146, 101]), "share of people", "")
    assert findings.stayed(moved) == "86% stayed in their segment"


def test_the_busiest_hour_is_named_as_one_hour():
    rhythm = pd.DataFrame({"weekday": [3, 2], "hour": [15, 9], "share": [0.02, 0.01]})
    assert findings.busiest(rhythm) == "The busiest hour is Thursday, 15:00–16:00"


def test_what_one_role_uses_is_not_unused():
    """72% of service agents use the knowledge base, and nobody else: least used is not unused."""
    reach = pd.DataFrame({"feature": ["knowledge base"] * 2 + ["quotes"] * 2, "share": [0.72, 0.0, 0.05, 0.09]})
    assert findings.unused(reach.head(2)) == "Each feature is used by at least one group"
    assert findings.unused(reach) == "Hardly used by any group: quotes"
    assert findings.unused(reach.head(0)) == "No feature can be shown"
