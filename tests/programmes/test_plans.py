"""What the table of trainings keeps of a lottery."""

from __future__ import annotations

import pandas as pd

import workbench as wb
from workbench.programmes.plans import planned

USERS = pd.DataFrame({"user_id": list("abcd"), "team": ["x", "x", "y", None], "access_start": "2025-01-06"})
EVENTS = pd.DataFrame({"user_id": ["a"], "occurred_at": ["2025-01-06"], "action": "view"})


def opened(**columns: object) -> wb.Source:
    days = ["2025-01-15", "2025-01-15", "2025-01-22", "2025-01-22"]
    given = pd.DataFrame({"user_id": list("abcd"), "programme": "basics", "started_at": days}).assign(**columns)
    return wb.open_source({"users": USERS, "events": EVENTS, "trainings": given})


def test_a_row_for_each_team_or_person_that_drew():
    source = opened(seed=3, balanced_by=["[1.5]", "[1.5]", "[-1.5]", "[0.0]"])
    teams, people = (planned(source, "basics", unit) for unit in ("team", "person"))
    assert teams is not None
    assert people is not None
    assert sorted(teams[["name", "seed", "balanced_by"]].values.tolist()) == [["x", 3, "[1.5]"], ["y", 3, "[-1.5]"]]
    assert sorted(people["began"].astype(str)) == ["2025-01-13", "2025-01-13", "2025-01-20", "2025-01-20"]


def test_what_was_drawn_otherwise_has_no_plan():
    assert planned(opened(), "basics", "team") is None
