"""Groups beside everybody, and beside each other in time."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pandas as pd

from workbench import findings
from workbench.findings import alike, standing
from workbench.results.estimates import Estimates


def departments() -> Estimates:
    table = pd.DataFrame(
        {
            "department": ["North", "South", "Office", "Legal", "Board"],
            "estimate": [0.52, 0.36, 0.2, 0.1, 0.9],
            "conf_low": [0.46, 0.3, 0.15, 0.05, 0.8],
            "conf_high": [0.58, 0.42, 0.26, 0.2, 0.95],
            "n": [240, 120, 60, 45, 4],
        }
    )
    return Estimates(
        table,
        "share of people",
        "",
        overall=pd.Series({"estimate": 0.36, "conf_low": 0.33, "conf_high": 0.39, "n": 469}),
    )


def test_who_leads_and_lags_is_told_of_groups_that_may_be_shown():
    # The board has four people, and the legal department hides it.
    assert standing(departments(), "departments").headline == (
        "1 of 3 departments is clearly above average, 1 clearly below (average 36%; above: North; below: Office)."
    )


def test_one_group_is_not_compared():
    one = departments()
    found = standing(replace(one, table=one.table[one.table["department"] == "North"]), "departments")
    assert str(found) == "There are not two departments to compare."


def test_groups_looked_at_one_by_one_stand_out_by_chance():
    assert "about 1 in 20 groups would stand out by chance alone" in standing(departments()).rule


def test_an_interval_for_all_groups_at_once_counts_where_there_is_one():
    wide = departments()
    wide.table["band_low"], wide.table["band_high"] = 0.0, 1.0
    assert standing(wide).headline == "None of the 3 groups shown clearly differs from the average (36%)."


def test_two_groups_are_named_where_they_do_not_differ_and_all_are_counted_where_none_is_hidden():
    """The board of four hides the legal department, so that three are shown; without these two none is hidden."""
    wide = departments()
    wide.table["band_low"], wide.table["band_high"] = 0.0, 1.0
    assert standing(replace(wide, table=wide.table.head(3)), "departments").headline == (
        "None of 3 departments clearly differs from the average (36%)."
    )
    assert standing(replace(wide, table=wide.table.head(2)), "departments").headline == (
        "No clear difference between “North” and “South” (average 36%)."
    )


def test_how_alike_groups_are_never_reads_below_nothing():
    row = {"estimate": 0.034, "conf_low": -0.01, "conf_high": 0.08}
    found = Estimates(pd.DataFrame([row]), "share of the variation that lies between teams", "ICC(1)", 0.95)
    assert alike(found) == "teams account for 3% of the differences between people (likely 0–8%)"


def groups_in_time(p_value):
    reached = pd.DataFrame({"team": ["North", "South", "Few"], "estimate": [0.8, 0.4, 0.5], "std_error": 0.1,
                            "conf_low": 0.3, "conf_high": 0.9, "n": [50, 40, 20]})  # fmt: skip
    return SimpleNamespace(
        reached=Estimates(reached, "share of people", "", overall=pd.Series({"estimate": 0.6, "n": 110})),
        by_week=26,
        log_rank={"p_value": p_value},
    )


def test_groups_differ_in_time_only_where_chance_would_not_bring_it():
    clear = findings.pace(groups_in_time(0.004), "teams")
    assert clear.headline == (
        "Teams clearly differ in how fast they form the habit: after 26 weeks 40% (South) to 80% (North) had it."
    )
    assert clear.rule == (
        "a log-rank test over all weeks; people placed at random would differ as much in less than 1% of cases"
    )
    doubtful = findings.pace(groups_in_time(0.21), "departments", teams=True)
    assert doubtful.headline.startswith("No clear difference in how fast departments form the habit: after 26 weeks")
    assert doubtful.rule.endswith("whole teams placed at random would differ as much in about 21% of cases")


def test_groups_that_cannot_be_compared_in_time_are_said_to_be_so():
    none = findings.pace(SimpleNamespace(**vars(groups_in_time(0.5)) | {"log_rank": None}), "teams")
    assert none.headline == (
        "We cannot say whether teams differ in how fast people form the habit: fewer than two groups can be compared."
    )
