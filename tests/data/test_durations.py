"""How long something took, in the spellings that meeting software, learning systems and spreadsheets use; by hand."""

from __future__ import annotations

import pandas as pd
import pytest

import workbench as wb
from workbench.data import as_table
from workbench.data.formats import number_format, plain_number
from workbench.data.guesses import number_formats
from workbench.errors import ContractError

SPELT = {  # text → seconds
    "1h 5m 43s": 3943,
    "1 hr 5 min": 3900,
    "PT1H5M2.5S": 3902.5,
    "1 Std. 5 Min.": 3900,
    "2 Stunden": 7200,
    "1 hour, 2 minutes": 3720,
    "1,5 h": 5400,
    "1:05:43": 3943,
    "45m": 2700,
    "30 Sek.": 30,
}


def seconds(text: str) -> str | None:
    table = as_table(pd.DataFrame({"value": [text]}))
    read = plain_number("value", number_format("duration"), table.engine.dialect, "seconds")
    return table.sql(f"select {read} as read from this").row()["read"]


@pytest.mark.parametrize("text", SPELT)
def test_a_duration_is_read_with_its_units(text):
    assert float(seconds(text)) == SPELT[text]


@pytest.mark.parametrize("text", ["1:05", "90", "", "h", "PT", "5m 1h", "1:65:00"])
def test_what_may_mean_two_things_or_none_is_not_read(text):
    assert seconds(text) == "unreadable"


def test_durations_are_proposed_where_all_values_are_such():
    [found] = number_formats(as_table(pd.DataFrame({"value": ["1h 5m", "45m"]})), "value")
    assert (found.words, found.rows, found.of) == ("duration", 2, 2)


def test_hours_are_read_in_hours_and_a_cost_is_no_duration(tmp_path):
    (tmp_path / "trainings.csv").write_text("user_id,programme,started_at,hours\na,x,2025-01-06,1h 30m\n")
    (tmp_path / "events.csv").write_text("user_id,occurred_at,action\na,2025-01-06T08:00:00Z,view\n")
    mapping = tmp_path / "workbench.toml"
    mapping.write_text('[trainings.formats]\nhours = "duration"\n')
    assert wb.open_source(tmp_path).trainings.sql("select hours from this").row() == {"hours": 1.5}
    mapping.write_text('[incentives.formats]\ncost = "duration"\n')
    (tmp_path / "incentives.csv").write_text("programme,starts_on,ends_on,cost\nx,2025-01-06,2025-02-06,5m\n")
    with pytest.raises(ContractError) as raised:
        wb.open_source(tmp_path)
    assert str(raised.value) == (
        "the mapping's [incentives.formats] cost: only hours and seconds are durations, and this is number."
    )
