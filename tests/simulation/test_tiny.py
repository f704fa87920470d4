"""The made-up CRM of the examples keeps the contract, and what it plants is there."""

from __future__ import annotations

import workbench as wb
from workbench.simulation.tiny import ON, TRAINED, tiny_crm


def test_it_keeps_the_contract() -> None:
    assert wb.open_source(tiny_crm()).check().empty


def test_the_trained_gain_a_day_a_week_and_racing_teams_a_day_while_it_is_on() -> None:
    """Planted: take the day away where somebody gains it, and everybody's use is that of the rule for all."""
    panel = wb.user_weeks(wb.open_source(tiny_crm())).to_pandas()
    place = panel["user_id"].str[1:].astype(int)
    at = (panel["week"] - panel["week"].min()).dt.days // 7
    rule = 1 + place % 2 + (5 * place + 3 * at * at + place * at) % 7 // 4
    trained = at >= panel["user_id"].map(TRAINED).fillna(99)
    racing = panel["team"].isin(["t4", "t5"]) & at.isin(ON)
    assert (panel["active_days"] - rule).tolist() == (trained | racing).astype(int).tolist()
