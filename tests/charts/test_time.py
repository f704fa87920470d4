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
    assert "in the week of 13 Jan 2025: occasional 4, none 2" in chart.description
    assert "2 groups are hidden" in chart.to_dict()["usermeta"]["notes"]


def test_shares_far_above_nothing_have_a_scale_that_shows_them_and_says_so():
    """By hand: the lowest share is .66, so the scale begins at 60%; shares near nothing keep theirs."""
    weeks = pd.DataFrame({"week": pd.date_range("2025-01-06", periods=2, freq="7D"), "estimate": [0.66, 0.72]})
    chart = charts.trend(weeks, title="x", unit="share of people").to_dict()
    assert "the scale begins at 60%" in chart["usermeta"]["notes"].lower()
    low = charts.trend(weeks.assign(estimate=[0.1, 0.9]), title="x", unit="share of people").to_dict()
    assert "usermeta" not in low


def test_everybody_new_is_no_week_of_segments():
    weeks = pd.to_datetime(["2025-01-06", "2025-01-13", "2025-01-13"])
    rows = pd.DataFrame({"week": weeks, "segment": ["new", "new", "low"], "users": [40, 20, 20]})
    assert "in the week of 13 Jan 2025: occasional 20, new 20" in charts.segment_weeks(rows, title="x").description
    drawn = next(iter(charts.segment_weeks(rows, title="x").to_dict()["datasets"].values()))
    assert {row["when"] for row in drawn} == {"13 Jan 2025"}


def values_beside(*estimate: float) -> list[tuple[str, bool]]:
    """What stands beside a line of these weekly shares, and whether below it."""
    weeks = pd.DataFrame({"week": WEEKS[: len(estimate)], "estimate": estimate})
    layers = written(charts.trend(weeks, unit="share of people", title="It moved"))
    texts = [part for part in layers["layer"] if part["mark"].get("fontWeight") == "bold"]
    said = {part["data"]["name"]: part["mark"]["dy"] > 0 for part in texts}
    return [(layers["datasets"][name][0]["value"], below) for name, below in said.items()]


def test_a_value_stands_where_its_line_is_not():
    """By hand: below where the line rises from its start, above where it falls to its end, the peak apart from both."""
    rises = [0.4, 0.45, 0.5, 0.55, 0.6, 0.7, 0.6, 0.58, 0.56, 0.5]
    assert values_beside(*rises) == [("40%", True), ("50%", True), ("70%", False)]
    assert values_beside(*rises[::-1]) == [("50%", True), ("40%", True), ("70%", False)]
    assert values_beside(*[0.7, 0.6, 0.5, 0.45, 0.42, 0.4, 0.4, 0.45, 0.5, 0.6]) == [("70%", False), ("60%", False)]


def test_a_peak_near_an_end_has_no_value_that_would_lie_on_that_of_the_end():
    """By hand: 25% a week before the end of ten weeks, as 23% stands above the end."""
    assert values_beside(*[0.1, 0.1, 0.12, 0.13, 0.14, 0.15, 0.15, 0.16, 0.25, 0.23]) == [
        ("10%", True),
        ("23%", False),
    ]
