"""Which row a finding is about, and why there is none."""

from __future__ import annotations

import math

import pandas as pd
import pytest
from results_by_hand import one

import workbench as wb
from workbench.findings.rows import first_row, numbers_of, row_of, why_none
from workbench.results.estimates import Estimates


def test_the_row_is_the_one_named_or_the_overall_or_the_only_one():
    found = one(0.3, 0.2, 0.4)
    found.table.loc[1, "estimate"] = 0.7
    assert row_of(found)["estimate"] == 0.3
    assert row_of(found, {"event_week": 4})["estimate"] == 0.7
    alone = Estimates(found.table.iloc[[1]], found.unit, "")
    assert row_of(alone)["estimate"] == 0.7
    assert row_of(Estimates(found.table, found.unit, "")) is None  # two rows, none of which is the overall one


@pytest.mark.parametrize("broken", [math.nan, math.inf, -math.inf])
def test_a_row_without_an_interval_is_no_row(broken):
    assert row_of(one(0.3, broken, 0.4)) is None
    assert row_of(one(broken, 0.2, 0.4)) is None


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ({"estimate": math.nan}, "nobody was left to compare with"),
        ({}, "nobody was left to compare with"),
        ({"std_error": math.nan}, "what is compared does not vary, so that chance cannot be weighed"),
        ({"std_error": 0.0}, "what is compared does not vary, so that chance cannot be weighed"),
        ({"std_error": 0.1}, "it rests on too few teams to tell it from chance"),
        ({"std_error": 0.1, "conf_high": math.inf}, "too few came because of the offer to bound it"),
    ],
)
def test_why_a_row_has_no_interval(row, why):
    few = one(0.3, math.nan, math.nan)
    assert why_none(Estimates(few.table, few.unit, "", overall=pd.Series({**few.overall, **row}))) == why
    assert why_none(few, {"event_week": 9}) == "nobody was left to compare with"


def test_single_people_are_no_teams():
    """One of two in an arm: by hand, there is no spread within the arm to judge it by."""
    table = pd.DataFrame({"arm": ["control"] * 2 + ["letter"], "days": [1.0, 2.0, 4.0]})
    found = wb.experiment(table, "days", "arm")
    assert why_none(found, {"arm": "letter"}) == "it rests on too few people to tell it from chance"


def test_a_row_may_come_as_a_mapping_a_series_or_a_table():
    row = {"p_value": 0.2, "df": 3}
    assert first_row(row) == first_row(pd.Series(row)) == first_row(pd.DataFrame([row])) == row
    assert first_row(None) is None


@pytest.mark.parametrize(("n", "told"), [(412, 412), (math.nan, None)])
def test_people_are_counted_whole_and_are_not_made_up(n, told):
    found = one(0.3, 0.2, 0.4, n=n)
    assert numbers_of(row_of(found), found) == {
        "estimate": 0.3,
        "conf_low": 0.2,
        "conf_high": 0.4,
        "unit": "active days a week",
        "n": told,
    }
