"""Curves of staying and of coming."""

from __future__ import annotations

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
