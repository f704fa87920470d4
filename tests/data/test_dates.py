"""The dates of the sample that a picture over time shows."""

from __future__ import annotations

import pandas as pd

import workbench as wb
from workbench import data


def tables(people: int) -> dict[str, pd.DataFrame]:
    names = [f"u{i}" for i in range(people)]
    first = pd.Timestamp("2025-03-03 09:00", tz="UTC")
    return {
        "users": pd.DataFrame({"user_id": names}),
        "events": pd.DataFrame({"user_id": names, "occurred_at": first, "action": "update"}),
        "trainings": pd.DataFrame(
            {
                "user_id": names,
                "programme": "Talks",
                "started_at": [first + pd.Timedelta(days=i) for i in range(people)],
            }
        ),
        "milestones": pd.DataFrame({"name": ["Release"], "starts_on": pd.to_datetime(["2025-04-01"])}),
    }


def test_a_training_runs_from_its_first_session_to_its_last():
    """By hand: six people, one a day from 3 March."""
    found = data.dates(wb.open_source(tables(6))).set_index("name")
    assert found.loc["Talks", "kind"] == "training"
    ends = [pd.Timestamp(found.loc["Talks", end]).date().isoformat() for end in ("starts_on", "ends_on")]
    assert ends == ["2025-03-03", "2025-03-08"]
    assert "Release" in found.index


def test_a_training_of_few_people_is_no_date():
    assert "Talks" not in set(data.dates(wb.open_source(tables(4)))["name"])
