"""Courses over time."""

from __future__ import annotations

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
