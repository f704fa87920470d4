"""Who is left out is counted with the reason, in the estimate's own notes."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from twelve_users import twelve_users

import workbench as wb


def absent(people: int, week: int, treated: int = 100, weeks: int = 8) -> pd.DataFrame:
    """`treated` people trained in week 5 and as many never; the first so many of the treated have no row in a week."""
    rng = np.random.default_rng(0)
    unit, number = np.repeat(np.arange(2 * treated), weeks), np.tile(np.arange(weeks), 2 * treated)
    table = pd.DataFrame({"user_id": unit, "week": number, "active_days": rng.poisson(3, len(unit)).astype(float)})
    table["trained"] = np.where(unit < treated, 5.0, np.nan)
    return table[~((table["user_id"] < people) & (table["week"] == week))]


def test_treated_people_without_a_row_in_the_base_week_are_counted():
    """80 of 100 (effects-cases.md, 10)."""
    found = wb.aggregate(wb.att_gt(wb.moments(absent(80, week=4))))
    assert found.overall["n"] == 20
    assert found.notes == (
        "80 of 100 treated units are left out: no row in the period before treatment that the periods after it are"
        " compared with; base= takes a mean of several.",
    )
    # Who has no `base=` to choose is not sent for it.
    offer = absent(80, week=4).rename(columns={"trained": "offered"})
    assert wb.offered(offer.assign(came=offer["offered"])).notes == (
        found.notes[0].replace("; base= takes a mean of several", ""),
    )
    several = wb.aggregate(wb.att_gt(wb.moments(absent(80, week=4)), base=3))
    assert several.overall["n"] == 100
    assert several.notes == ()


def test_people_who_are_gone_before_or_after_are_counted():
    table = absent(0, week=0)
    gone = (table["user_id"] < 7) & (table["week"] >= 5)
    once = (table["user_id"] == 150) & (table["week"] != 3)
    assert wb.att_gt(wb.moments(table[~gone & ~once])).notes == (
        "7 of 100 treated units are left out: no row after treatment that can be compared.",
        "1 of 100 units never treated are left out: no rows in two periods that are compared.",
    )


def test_what_moments_left_out_is_in_the_notes_of_every_estimator():
    """Never treated coded as 0, where periods start at 0: read as treated from the first period on."""
    table = absent(0, week=0).fillna({"trained": 0})
    table.loc[table["user_id"] % 3 == 0, "trained"] = 6.0
    expected = [
        "67 units are left out: treated from the first period on.",
        "Nobody is never treated; should they have been coded as a number, make it missing.",
    ]
    m = wb.moments(table)
    for found in (wb.att_gt(m), wb.efficient(m), wb.path_effects(m), wb.imputed(m)):
        assert list(found.notes[:2]) == expected


def test_rows_that_a_column_called_eligible_takes_away_are_counted():
    table = twelve_users()
    assert (
        "2 rows that are not eligible are left out."
        in wb.att_gt(wb.moments(table.assign(eligible=~table.index.isin([3, 9])))).notes
    )


def test_many_cohorts_left_out_for_one_reason_share_a_sentence():
    """Forty-eight cohorts, nobody never treated: one line and not forty-eight (effects-cases.md, 11)."""
    weeks = 50
    unit, week = np.repeat(np.arange(2 * (weeks - 2)), weeks), np.tile(np.arange(weeks), 2 * (weeks - 2))
    rng = np.random.default_rng(0)
    table = pd.DataFrame({"user_id": unit, "week": week, "active_days": rng.normal(size=len(unit))})
    table["trained"] = unit // 2 + 1.0
    with pytest.raises(wb.ContractError) as refused:
        wb.att_gt(wb.moments(table), "never_treated")
    assert str(refused.value) == (
        "no effect can be told apart from what would have happened anyway.\n"
        "  2,352 of 2,352 periods of the 96 units of 48 cohorts, the first treated in 1, are left out: nobody is left"
        " to compare with."
    )


def test_rows_for_active_weeks_only_are_noted():
    """Weeks without a row between the first and the last of a person, and no row that is 0 (effects-cases.md, 11)."""
    table = absent(0, week=0)
    active = table[table["active_days"] > 0]
    spans = active.groupby("user_id")["week"].agg(["min", "max", "size"])
    gaps = (spans["max"] - spans["min"] + 1 - spans["size"]).sum()
    note = (
        f"No active_days is 0, and {gaps:,} rows between a unit's first and last are missing: where no row means that"
        " nothing was done, write rows of 0."
    )
    assert gaps > 50
    assert note in wb.att_gt(wb.moments(active)).notes
    assert wb.att_gt(wb.moments(table)).notes == ()


def test_one_unit_is_left_out_and_two_are():
    table = absent(0, week=0)
    for many, said in ((1, "1 unit is left out"), (2, "2 units are left out")):
        given = table.assign(trained=table["trained"].where(table["user_id"] >= many, 0.0))
        assert wb.att_gt(wb.moments(given)).notes[0] == f"{said}: treated from the first period on."
