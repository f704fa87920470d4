"""Pictures of the next roll-out."""

from __future__ import annotations

import pandas as pd
from made_up_charts import rows, written

from workbench import charts
from workbench.planning import design


def test_a_bar_begins_and_ends_with_the_programme():
    waves = design("on and off", [5, 5, 5], weeks=20, waves=3, before=4).waves()
    drawn = rows(written(charts.rollout(waves, 20, title="In turn")))
    assert [(row["from"], row["until"]) for row in drawn] == [(4, 8), (8, 12), (12, 16)]


def test_those_who_wait_until_the_end_have_an_empty_row():
    waves = design("parallel", [5, 5], weeks=20).waves()
    drawn = rows(written(charts.rollout(waves, 20, title="Half")))
    assert [(row["from"], row["until"]) for row in drawn] == [(6, 20), (20, 20)]


def test_weeks_without_an_answer_are_not_drawn():
    found = pd.DataFrame({"assumption": ["constant"] * 3, "weeks": [1, 2, 3], "power": [0.1, 0.5, None]})
    drawn = rows(written(charts.power_curve(found, title="Soon")))
    assert {row["weeks"] for row in drawn if "weeks" in row} == {1, 2}


def test_people_who_begin_singly_are_no_teams():
    waves = design("parallel", [1] * 6, weeks=20).waves()
    chart = charts.rollout(waves, 20, title="Half")
    assert "3 people from week 7; 3 people not within these weeks." in chart.description
    assert [row["group"] for row in rows(written(chart))] == ["3 people", "3 people"]
