"""The rows behind the views, counted by hand in a panel of two people."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

import workbench as wb
from workbench.desk.facts import Facts
from workbench.desk.look import Look, choices

WEEKS = ["2025-01-06", "2025-01-13", "2025-01-20"]


@pytest.fixture(scope="module")
def facts(tmp_path_factory) -> Facts:
    """ann: on Monday of all three weeks, the last time with reports; ben: in the first one."""
    folder = tmp_path_factory.mktemp("crm")
    users = pd.DataFrame({"user_id": ["ann", "ben"], "access_start": "2025-01-06", "role": ["seller", None]})
    rows = [
        ("ann", WEEKS[0], "deals"),
        ("ann", WEEKS[1], "deals"),
        ("ann", WEEKS[2], "reports"),
        ("ben", WEEKS[0], "deals"),
    ]
    events = pd.DataFrame(rows, columns=["user_id", "day", "feature"])
    events["occurred_at"] = events.pop("day") + "T10:00:00Z"
    users.to_csv(folder / "users.csv", index=False)
    events.assign(action="view").to_csv(folder / "events.csv", index=False)
    log = wb.open_source(folder)
    span = {"since": WEEKS[0], "until": "2025-01-26", "time_zone": "UTC"}
    return Facts(wb.user_weeks(log, **span).stored(), wb.actions(log, **span).stored())


@pytest.fixture(scope="module")
def look(facts) -> Look:
    there = choices(facts.panel)
    return Look(**{name: values[-1 if name == "until" else 0] for name, values in there.items()})


def test_user_weeks_are_one_row_a_person_and_week_with_access_and_say_who_was_active(facts, look):
    found = facts.of("weeks", look).to_pandas()
    assert len(found) == 6
    assert found.groupby("user_id")["active"].sum().to_dict() == {"ann": 3, "ben": 1}
    assert set(found["role"]) == {"seller", "not known"}


def test_only_the_period_looked_at_is_counted(facts, look):
    late = replace(look, since=WEEKS[1])
    assert facts.of("weeks", late).to_pandas().groupby("user_id")["active"].sum().to_dict() == {"ann": 2, "ben": 0}


def test_every_feature_stands_beside_everybody(facts, look):
    found = facts.of("features", look).to_pandas().groupby("feature")["active"].agg(["sum", "count"])
    assert found.to_dict("index") == {"deals": {"sum": 2, "count": 2}, "reports": {"sum": 1, "count": 2}}


def test_sums_are_of_each_person_and_their_marks_of_everybody(facts, look):
    sums = facts.sums(("weeks", ("week",)), look)
    assert sums.marks["week"].tolist() == WEEKS
    assert sums.marks["sum_0"].tolist() == [2, 1, 1]  # active
    assert sums.table.to_pandas().groupby("person")["sum_0"].sum().tolist() == [3, 1]


def test_what_was_computed_is_kept_for_what_it_depends_on(facts, look):
    place = ("cohorts", ("age",))
    assert facts.sums(place, look) is facts.sums(place, replace(look, metric="actions a week", group="role"))
    assert facts.sums(place, look) is not facts.sums(place, replace(look, since=WEEKS[1]))
