"""Who was trained when, and who may be compared: counted by hand on six people."""

from __future__ import annotations

import pandas as pd
import pytest

import workbench as wb
from workbench import trainings

USERS = pd.DataFrame(
    {"user_id": list("abcdef"), "team": ["x", "x", "y", "y", "z", "z"], "access_start": ["2025-01-06"] * 6}
)
EVENTS = pd.DataFrame({"user_id": ["a", "a"], "occurred_at": ["2025-01-06", "2025-02-02"], "action": "view"})
TRAININGS = pd.DataFrame(
    {
        "user_id": ["a", "a", "c", "d", "e"],
        "programme": ["basics", "basics", "basics", "basics", "tour"],
        "started_at": ["2025-01-22", "2025-01-15", "2025-01-15", "2025-01-08", "2025-01-15"],
        "attended": [True, True, True, False, True],
        "format": ["online", "online", "online", "online", "classroom"],
    }
)


def opened(unit: str) -> tuple[wb.Source, wb.Table]:
    """The tour is for single people; the basics for `unit`."""
    units = TRAININGS["programme"].map({"basics": unit, "tour": "person"})
    tables = {"users": USERS, "events": EVENTS, "trainings": TRAININGS.assign(assigned_unit=units)}
    source = wb.open_source(tables)
    return source, wb.user_weeks(source)


def test_programmes_are_counted_by_people_who_came() -> None:
    source, _ = opened("person")
    basics = trainings.programmes(source).set_index("programme").loc["basics"]
    assert (basics["people"], basics["offered"], basics["teams"], basics["format"]) == (2, 3, 2, "online")
    assert str(basics["first"].date()) == "2025-01-08"


def test_people_of_another_programme_are_left_out_and_counted() -> None:
    source, panel = opened("person")
    parts = trainings.parts(panel, source, "basics").set_index("part")["people"]
    assert parts.to_dict() == {"trained": 2, "never trained": 3, "trained elsewhere": 1, "untrained colleague": 0}
    compared = trainings.cohort_panel(panel, source, "basics").to_pandas()
    firsts = compared.drop_duplicates("user_id").set_index("user_id")["trained"]
    monday = pd.Timestamp("2025-01-13")
    assert firsts.to_dict() == {"a": monday, "b": pd.NaT, "c": monday, "d": pd.NaT, "f": pd.NaT}


def test_where_teams_were_trained_their_untrained_members_are_left_out() -> None:
    source, panel = opened("team")
    parts = trainings.parts(panel, source, "basics").set_index("part")["people"]
    assert parts.to_dict() == {"trained": 2, "never trained": 1, "trained elsewhere": 1, "untrained colleague": 2}
    assert set(trainings.cohort_panel(panel, source, "basics").to_pandas()["user_id"]) == {"a", "c", "f"}


def test_untrained_members_of_trained_teams_are_nobody_s_comparison() -> None:
    """b and d sit beside colleagues whose whole teams took the basics: they are left out of the tour's effect too."""
    source, panel = opened("team")
    parts = trainings.parts(panel, source, "tour").set_index("part")["people"]
    assert parts.to_dict() == {"trained": 1, "never trained": 1, "trained elsewhere": 2, "untrained colleague": 2}
    assert set(trainings.cohort_panel(panel, source, "tour").to_pandas()["user_id"]) == {"e", "f"}


def test_an_unknown_programme_is_answered_with_the_nearest() -> None:
    source, panel = opened("person")
    with pytest.raises(wb.ContractError, match="no training programme is called 'basic'; did you mean 'basics'?"):
        trainings.cohort_panel(panel, source, "basic")
