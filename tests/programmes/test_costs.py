"""What an incentive cost for each day gained, counted by hand on nine people and ten weeks; what is left, in words."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from nine_people import EVENTS, OFFERS, RACE, TRAININGS, USERS

import workbench as wb
from workbench.programmes.costs import cost_of_a_day, left_over, spent, with_what_followed
from workbench.results.estimates import Estimates


@pytest.fixture(scope="module")
def source() -> wb.Source:
    return wb.open_source({"users": USERS, "events": EVENTS, "trainings": TRAININGS, "incentives": OFFERS})


@pytest.fixture(scope="module")
def panel(source) -> wb.Table:
    return wb.user_weeks(source).stored()


def gained(estimate: float, low: float, high: float) -> Estimates:
    row = pd.Series({"estimate": estimate, "std_error": 0.1, "conf_low": low, "conf_high": high, "n": 3})
    return Estimates(pd.DataFrame([row]), "active days a week", "made up", overall=row)


def test_cost_counts_everybody_to_whom_it_was_offered(source, panel) -> None:
    """x: a and b for three weeks, c for one of them (from 3 February); y: d and e for two."""
    race = spent(panel, source).iloc[0]
    assert (race["cost"], race["people"], race["user_weeks"]) == (100, 5, 3 + 3 + 1 + 2 + 2)


def test_cost_beyond_the_panel_is_left_out() -> None:
    offer = pd.DataFrame([RACE | {"team": "x", "starts_on": "2025-03-10", "ends_on": "2025-03-23", "cost": 50.0}])
    source = wb.open_source({"users": USERS, "events": EVENTS, "incentives": offer})
    race = spent(wb.user_weeks(source), source).iloc[0]  # the log ends on 16 March: half of the offer
    assert (race["cost"], race["user_weeks"]) == (25, 3)


def test_a_day_costs_what_was_paid_over_the_days_gained() -> None:
    costs = pd.DataFrame({"programme": ["race"], "cost": [100.0], "people": [5], "user_weeks": [10]})
    row = cost_of_a_day(costs, {"race": gained(0.5, 0.25, 1.0)}).iloc[0]
    assert row[["a_week", "estimate", "conf_low", "conf_high"]].tolist() == [10, 20, 10, 40]
    after = cost_of_a_day(costs, {"race": gained(0.5, 0.25, 1.0)}, weeks_after=2).iloc[0]
    assert after["estimate"] == 100 / (0.5 * (10 + 2 * 5))


def test_a_gain_that_is_not_clear_has_no_price() -> None:
    costs = pd.DataFrame({"programme": ["race"], "cost": [100.0], "people": [5], "user_weeks": [10]})
    row = cost_of_a_day(costs, {"race": gained(0.5, -0.1, 1.1)}).iloc[0]
    assert row[["estimate", "conf_low", "conf_high"]].isna().all()
    assert row["a_week"] == 10


def test_without_costs_there_are_no_prices() -> None:
    costs = pd.DataFrame({"programme": ["race"], "cost": [100.0], "people": [5], "user_weeks": [10]})
    assert cost_of_a_day(costs, {}).empty


def weeks_left(low: float, high: float, **terms: float) -> Estimates:
    row = {"estimate": 0.4, "conf_low": low, "conf_high": high, "n": 9, **terms}
    return Estimates(pd.DataFrame([row]), "share of the effect while on", "made up")


def test_what_is_left_is_said_in_parts_of_a_hundred() -> None:
    kept = {"race": weeks_left(-0.2, 0.9, weeks_after=4), "bonus": weeks_left(-np.inf, np.inf, weeks_after=4)}
    halves = {"race": weeks_left(3, np.inf), "bonus": weeks_left(0, np.inf, estimate=np.nan)}
    assert left_over(kept, halves).to_numpy().tolist() == [
        ["race", "40 (−20 to 90)", "3 weeks or more"],
        ["bonus", "we cannot say", "we cannot say"],
    ]


def test_the_cheapest_comes_first_and_what_did_not_end_has_one_price():
    costs = pd.DataFrame(
        {"programme": ["race", "prize"], "cost": [120.0, 12.0], "people": [8, 8], "user_weeks": [24, 24]}
    )
    on = {"race": gained(0.5, 0.25, 1.0), "prize": gained(0.5, 0.25, 1.0)}
    table = with_what_followed(costs, on, {"race": gained(0.5, 0.25, 1.0)}, weeks_after=2).set_index("programme")
    # 12 / (24 × 0.5) and 120 / (24 × 0.5); counting two more weeks of eight people 120 / (40 × 0.5).
    assert table["estimate"].to_dict() == {"prize": 1.0, "race": 10.0}
    assert list(table.index) == ["prize", "race"]
    assert table["estimate_lasting"]["race"] == 6.0
    assert pd.isna(table["estimate_lasting"]["prize"])
