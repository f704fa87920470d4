"""Traits counted by hand: days from the day of access to the day that counts."""

from __future__ import annotations

from types import SimpleNamespace

import pandas as pd

import workbench as wb
from workbench.programmes.traits import traits


def test_days_of_access_are_counted_to_two_weeks_before_the_first_training():
    """The first training is in the week of 3 March: 17 February counts. From 6 January these are 42 days."""
    weeks = pd.to_datetime(["2025-01-06", "2025-03-03"])
    rows = pd.DataFrame(
        [(user, week, role, began) for user, role, began in PEOPLE for week in weeks],
        columns=["user_id", "week", "role", "began"],
    )
    users = pd.DataFrame(
        {"user_id": ["a", "b", "c"], "access_start": pd.to_datetime(["2025-01-06", "2025-02-20", None]).date}
    )
    found = traits(wb.as_table(rows), SimpleNamespace(users=wb.as_table(users)), 2).to_pandas().sort_values("user_id")
    assert found["role"].tolist() == ["seller", "", "buyer"]
    assert found["days_of_access"].tolist()[:2] == [42, -3]
    assert pd.isna(found["days_of_access"].iloc[2])


PEOPLE = [
    ("a", "seller", pd.Timestamp("2025-03-03")),
    ("b", None, pd.Timestamp("2025-03-10")),
    ("c", "buyer", pd.NaT),
]
