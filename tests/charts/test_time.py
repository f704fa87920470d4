"""Courses over time."""

from __future__ import annotations

import pandas as pd
from made_up_charts import WEEKS, rates, written

from workbench import charts


def test_an_unfinished_week_is_drawn_apart_from_the_line():
    spec = written(charts.trend(rates(), title="It grew", unfinished=WEEKS[-1]))
    line = next(layer for layer in spec["layer"] if layer["mark"]["type"] == "line")
    drawn = [row["when"] for row in spec["datasets"][line["data"]["name"]]]
    assert len(drawn) == 29
    assert "26 May 2025" not in drawn
    assert "hollow: the week is not over" in " ".join(spec["title"]["subtitle"]).lower()
    assert "19 May 2025" in spec["description"]


def test_a_week_of_few_people_who_are_all_alike_is_withheld() -> None:
    weeks = pd.to_datetime(["2025-01-06", "2025-01-06", "2025-01-13", "2025-01-13", "2025-01-20"])
    rows = pd.DataFrame({"week": weeks, "segment": ["low", "none", "low", "none", "low"], "users": [6, 0, 4, 2, 3]})
    chart = charts.segment_weeks(rows, title="x")
    assert "in the week of 13 Jan 2025: low 4, none 2" in chart.description
    assert "2 groups are hidden" in str(chart.to_dict()["title"])
