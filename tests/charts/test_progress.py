"""Curves of staying and of coming."""

from __future__ import annotations

import pandas as pd
from made_up_charts import came, estimates, rows, written

from workbench import charts


def test_a_curve_begins_with_nobody_and_ends_where_fewer_than_ten_are_left():
    found = estimates("share of people", week=[9, 20, 40], estimate=[0.3, 0.5, 0.9], n=[60, 20, 9])
    drawn = rows(written(charts.survival(found, title="Half in twenty weeks")))
    assert {(row["week"], row["estimate"]) for row in drawn} == {(0, 0.0), (9, 0.3), (20, 0.5)}


def test_a_curve_that_does_not_fit_is_drawn_without_a_forecast():
    spec = written(charts.diffusion(came()[0], None, title="They came at once"))
    assert len(rows(spec)) == 20
    assert "leads" not in " ".join(spec["title"]["subtitle"])


def test_steps_of_a_few_people_who_are_all_alike_are_withheld() -> None:
    # A source of six, all with the habit (cases.md, 20): only how many had access would be left, and that is all of six.
    steps = pd.DataFrame({"step": ["eligible", "ever", "habitual"], "users": [6, 6, 3], "share": [1, 1, 0.5], "n": 6})
    said = charts.funnel(steps, title="x").description
    assert "Habitual: 3" in said
    assert "Ever" not in said
    whole = charts.funnel(steps.assign(n=60, users=[60, 60, 30]), title="x").description
    assert "Ever: 60" in whole


def test_a_pattern_stands_with_its_first_and_its_last_four_weeks():
    """By hand: (1 + 1 + 1 + 2) / 4 = 1.25 and (1 + 1 + 1 + 3) / 4 = 1.5; a single week at a month's end says less."""
    use = [1.0, 1.0, 1.0, 2.0, 1.0, 1.0, 1.0, 3.0]
    weeks = pd.DataFrame({"week": pd.date_range("2025-01-06", periods=8, freq="7D"), "estimate": use})
    drawn = charts.pattern_paths(weeks.assign(pattern="steady", n=40), title="x", unit="active days a week")
    assert "steady from 1.25 to 1.50" in drawn.description
    assert "steady: 1.25 → 1.50" in str(drawn.to_dict())
