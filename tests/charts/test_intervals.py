"""Groups and effects with their intervals."""

from __future__ import annotations

import json

from made_up_charts import NAMES, estimates, rows, written

from workbench import charts
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
