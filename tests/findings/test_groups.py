"""Groups beside everybody, and beside each other in time."""

from __future__ import annotations

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
        "Of 3 departments, 1 is clearly above (North) and 1 is clearly below (Office) the 36 of 100 of everybody together."
    )


def test_groups_looked_at_one_by_one_stand_out_by_chance():
    assert "about 1 in 20 groups would stand out by chance alone" in standing(departments()).rule


def test_an_interval_for_all_groups_at_once_counts_where_there_is_one():
    wide = departments()
    wide.table["band_low"], wide.table["band_high"] = 0.0, 1.0
    assert standing(wide).headline.startswith("Of 3 groups, none is clearly above and none is clearly below")


def test_how_alike_groups_are_never_reads_below_nothing():
    row = {"estimate": 0.034, "conf_low": -0.01, "conf_high": 0.08}
    found = Estimates(pd.DataFrame([row]), "share of the variation that lies between teams", "ICC(1)", 0.95)
    assert alike(found) == "of all that sets people apart, 3 of 100 parts lie between teams (between 0 and 8)"


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
        "Teams clearly differ in how soon people make it a habit:"
        " within 26 weeks of access from 40 of 100 (South) to 80 (North) have it."
    )
    assert clear.rule == (
        "the whole courses of the teams were compared (log-rank test);"
        " people dealt to them by lot would lie as far apart in fewer than 1 of 100 cases"
    )
    doubtful = findings.pace(groups_in_time(0.21), "departments", teams=True)
    assert doubtful.headline.startswith("Departments do not clearly differ in how soon")
    assert doubtful.rule.endswith("whole teams dealt to them by lot would lie as far apart in about 21 of 100 cases")


def test_groups_that_cannot_be_compared_in_time_are_said_to_be_so():
    none = findings.pace(SimpleNamespace(**vars(groups_in_time(0.5)) | {"log_rank": None}), "teams")
    assert none.headline == (
        "Whether teams differ in how soon people make it a habit cannot be told: fewer than two groups can be compared."
    )
