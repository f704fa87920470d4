"""Bands of people between segments."""

from __future__ import annotations

import pandas as pd
import pytest
from made_up_charts import moves, rows, written

from workbench import charts
from workbench.results.estimates import Estimates


def test_a_band_is_as_wide_as_it_has_people_and_lies_beside_its_neighbours():
    drawn = pd.DataFrame([row for row in rows(written(charts.flow(moves(), title="Most stay"))) if "band" in row])
    assert (drawn["bottom"] - drawn["top"]).to_numpy() == pytest.approx(
        drawn["users"].to_numpy(), rel=1e-4
    )  # six digits
    for end in (0, 1):
        side = drawn[drawn["x"] == end].sort_values("top")
        assert (side["top"].to_numpy()[1:] >= side["bottom"].to_numpy()[:-1] - 1e-3).all()


def test_segments_of_the_flow_have_as_many_people_on_each_side_as_went_and_came():
    """By hand: 100 and 12 before; 84 with the habit, 23 occasional and 5 without access after."""
    said = [("habit", 100), ("occasional", 12), ("habit", 84), ("occasional", 23), ("no access", 5)]
    posts = [row for row in rows(written(charts.flow(moves(), title="Most stay"))) if "label" in row]
    assert {row["label"] for row in posts} == {f"{name}\n{people}" for name, people in said}


@pytest.mark.parametrize("draw", [charts.flow, charts.transitions])
def test_where_few_went_is_not_shown(draw):
    """Nine people are too few, for a share of none or all of them would tell of each; with them goes the next group."""
    table = moves(few=9).table
    more = table[table["before"] == "habitual"].assign(before="novice", n=90)
    spec = written(draw(Estimates(pd.concat([table, more]), "share of people", ""), title="Most stay"))
    drawn = {row["before"] for row in rows(spec) if "before" in row}
    assert drawn in ({"habitual"}, {"habit"})  # the flow's bands keep the names of the data
    assert "2 groups are hidden" in " ".join(spec["title"]["subtitle"])
