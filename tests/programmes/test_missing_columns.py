"""What the pages on programmes show does not hang on columns that data may lack: each is taken away once, everywhere."""

from __future__ import annotations

import pandas as pd
import pytest
from nine_people import EVENTS, OFFERS, TRAININGS, USERS

import workbench as wb
from workbench import charts, data
from workbench.data.contract import TABLES
from workbench.programmes import incentives, of_kind, trainings
from workbench.programmes.incentives import together, with_rewarded

THERE = {"users": USERS, "events": EVENTS, "trainings": TRAININGS, "incentives": OFFERS}
OPTIONAL = [(name, c.name) for name in THERE for c in TABLES[name] if not c.required and c.name in THERE[name]]
ON_THE_PAGE = {  # columns that each page shows of its programmes; those of the second one beside numbers of people
    "incentives": {"programme": "Incentive", "kind": "Kind", "rewarded": "Rewarded", "dates": "Who got it when"},
    "trainings": {"programme": "Programme", "format": "Format", "assigned_unit": "By", "dates": "How"},
}


def test_the_columns_are_those_that_matter():
    assert ("incentives", "kind") in OPTIONAL
    assert ("incentives", "rewarded_action") in OPTIONAL


@pytest.mark.parametrize(("table", "column"), OPTIONAL)
def test_without_a_column(table: str, column: str) -> None:
    frames = {**THERE, table: THERE[table].drop(columns=column)}
    log = wb.open_source(frames).verified()
    panel = wb.user_weeks(log).stored()
    offers, courses = incentives(panel, log), trainings(panel, log)
    for name, listed in (("incentives", offers.listed), ("trainings", courses.listed)):
        assert len(listed) > 0
        charts.table(listed, ON_THE_PAGE[name], people=None if name == "trainings" else "people")
        if name == "incentives":
            texts = listed[list(ON_THE_PAGE[name])]
            assert texts.notna().all(axis=None), texts
            assert all(isinstance(value, str) for value in texts.to_numpy().ravel())
    for mandate in (True, False):
        of_kind(offers, mandate)
    if len(of_kind(offers, mandate=False)):
        together(of_kind(offers, mandate=False), log)
        with_rewarded(of_kind(offers, mandate=False), wb.actions(log))
    assert len(data.tables_there(log)) == len(TABLES)
    assert isinstance(data.dates(log), pd.DataFrame)
