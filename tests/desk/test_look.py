"""What there is to look at, and the period looked at."""

from __future__ import annotations

import pandas as pd
import pytest

import workbench as wb
from workbench.desk.look import Look, choices

LOOK = Look("team", "actions a week", "12w", "everybody there", "2025-01-06", "2025-06-30")


def test_only_groups_that_the_data_name_can_be_looked_at():
    panel = wb.as_table(
        pd.DataFrame(
            {
                "week": pd.to_datetime(["2025-01-13", "2025-01-06"]).date,
                "department": pd.Series([None, None], dtype="str"),
                "team": ["a", None],
                "role": pd.Series([None, None], dtype="str"),
                "region": ["x", "y"],
            }
        )
    )
    there = choices(panel)
    assert there["group"] == ["team", "region"]
    assert there["since"] == there["until"] == ["2025-01-06", "2025-01-13"]


@pytest.mark.parametrize(("since", "start"), [("2025-01-06", "2025-04-07"), ("2025-05-05", "2025-05-05")])
def test_the_flow_begins_twelve_weeks_before_its_end_or_with_the_period(since, start):
    """30 June less 84 days is 7 April."""
    assert Look("team", "actions a week", "12w", "everybody there", since, "2025-06-30").start == start


def test_the_period_as_sql_has_both_its_ends():
    assert LOOK.between == "week between date '2025-01-06' and date '2025-06-30'"
