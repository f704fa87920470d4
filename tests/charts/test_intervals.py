"""Groups and effects with their intervals."""

from __future__ import annotations

import json

import pandas as pd
from made_up_charts import NAMES, estimates, rows, written

from workbench import charts
from workbench.charts.theme import BELOW
from workbench.results import privacy


def test_small_groups_and_what_hides_them_are_not_in_the_data():
    teams = estimates(
        "share of people", 0.5, team=["Few", "Next", *NAMES], estimate=[0.5] * 6, n=[4, 6, 20, 30, 40, 50]
    )
    spec = written(charts.group_intervals(teams, title="North leads"))
    assert "Few" not in json.dumps(spec)
    assert "Next" not in json.dumps(spec)
    assert "2 groups are hidden" in " ".join(spec["title"]["subtitle"])


def test_what_an_earlier_withholding_said_is_said_on_the_chart():
    teams = estimates(
        "share of people", 0.5, team=["Few", "Next", *NAMES], estimate=[0.5] * 6, n=[4, 6, 20, 30, 40, 50]
    )
    spec = written(charts.group_intervals(privacy.shown(teams), title="North leads"))
    assert "2 groups are hidden" in " ".join(spec["title"]["subtitle"])


def test_groups_stand_out_only_where_the_band_for_all_at_once_does():
    spec = written(charts.comparison(estimates(term=["x", "y"], estimate=[0.15, 0.25], n=50), title="One helped"))
    assert {row["term"]: row["side"] for row in rows(spec) if "side" in row} == {"x": "not clear", "y": "clearly above"}


def test_a_rise_that_is_bad_is_marked_as_bad_and_says_so():
    """By hand: more records never touched again and fewer fields filled are both for the worse, more found right is not."""
    signs = {"sign": ["never touched again", "fields filled", "found right", "at one go"], "n": 71}
    changes = {
        "estimate": [0.42, -0.36, 0.3, 0.1],
        "band_low": [0.26, -0.5, 0.1, -0.1],
        "band_high": [0.6, -0.2, 0.5, 0.3],
    }
    table = pd.DataFrame({**signs, **changes, "suspect": [1, -1, -1, 1]})
    spec = written(
        charts.comparison(table.assign(conf_low=table["band_low"], conf_high=table["band_high"]), title="Bad")
    )
    worse, better = "clearly for the worse", "clearly for the better"
    assert [row["side"] for row in rows(spec) if "side" in row] == [worse, worse, better, "not clear"]
    marks = next(layer["encoding"] for layer in spec["layer"] if "shape" in layer["encoding"])
    style = dict(zip(marks["shape"]["scale"]["domain"], marks["shape"]["scale"]["range"], strict=True))
    assert style == {better: "triangle-up", "not clear": "circle", worse: "triangle-down"}
    assert marks["color"]["scale"]["range"][-1] == BELOW
    assert f"▲ {better}, ▼ {worse}, ● not clear" in " ".join(spec["title"]["subtitle"])
