"""Weeks by their Mondays, and the dates that may have moved a course."""

from __future__ import annotations

import json

import pandas as pd
from made_up_charts import WEEKS, milestones, rates, rows, written

from workbench import charts
from workbench.charts import axes


def test_milestones_are_numbered_with_a_key_and_those_outside_the_weeks_left_out():
    spec = written(charts.trend(rates(), title="It grew", subtitle="Done so", milestones=milestones()))
    assert spec["title"]["subtitle"] == ["Done so", "1 Go-live, 2 Spring break"]
    assert [row["number"] for row in rows(spec) if "number" in row] == ["1", "2"]
    assert "Far away" not in json.dumps(spec)


def test_a_milestone_of_two_days_has_one_number_and_a_holiday_none():
    days = ["2024-12-02", "2024-12-25", "2025-01-06", "2025-02-03"]
    dates = pd.DataFrame(
        {"name": ["Mandate", "Christmas", "Release", "Mandate"], "starts_on": days, "kind": ["", "holiday", "", ""]}
    )
    spec = written(charts.trend(rates(), title="It grew", milestones=dates))
    assert spec["title"]["subtitle"][1:] == ["1 Mandate, 2 Release; short lines:", "holidays"]
    assert [(row["name"], row["number"]) for row in rows(spec) if "number" in row] == [
        ("Mandate", "1"),
        ("Release", "2"),
        ("Mandate", "1"),
    ]


def test_weeks_are_marked_by_their_monday():
    ticks = axes.week_axis(pd.Series(WEEKS)).to_dict()["axis"]["values"]
    days = [pd.Timestamp(t["year"], t["month"], t["date"]) for t in ticks]
    assert all(day.day_of_week == 0 for day in days)
    assert 4 <= len(days) <= 8


def test_programmes_are_bars_at_the_foot_and_have_no_number():
    """By hand: one training over two weeks and one incentive; the milestone alone is numbered."""
    dates = pd.DataFrame(
        {
            "name": ["Coaching", "Bonus", "Release"],
            "starts_on": ["2025-01-06", "2025-02-03", "2025-01-20"],
            "ends_on": ["2025-01-19", "2025-03-02", None],
            "kind": ["training", "incentive", "release"],
        }
    )
    spec = written(charts.trend(rates(), title="It grew", milestones=dates))
    assert [row["name"] for row in rows(spec) if "number" in row] == ["Release"]
    assert {row["name"]: row["last"] for row in rows(spec) if "last" in row and "number" not in row} == {
        "Coaching": "19 Jan 2025",
        "Bonus": "2 Mar 2025",
    }
    said = " ".join(spec["title"]["subtitle"])
    assert "orange bars: trainings" in said
    assert "green bars: incentives" in said
