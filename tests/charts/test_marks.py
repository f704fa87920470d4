"""Points, lines and intervals."""

from __future__ import annotations

import altair as alt
import pandas as pd
import pytest
from made_up_charts import WEEKS

from workbench import charts
from workbench.charts import marks
from workbench.charts.axes import value_axis


def test_more_lines_than_can_be_told_apart_are_refused():
    table = pd.DataFrame({"week": WEEKS, "estimate": 0.5, "team": [f"t{i % 7}" for i in range(30)]})
    with pytest.raises(ValueError, match="7 lines by 'team' cannot be told apart; draw at most 6"):
        charts.trend(table, by="team", title="Too many")


@pytest.mark.parametrize("along", ["x", "y"])
def test_the_band_for_all_at_once_is_thin_and_the_interval_of_each_is_thick(along):
    ends = {"conf_low": [0.2], "conf_high": [0.4], "band_low": [0.1], "band_high": [0.5]}
    base = alt.Chart(pd.DataFrame({"estimate": [0.3], **ends}))
    rules = [rule.to_dict() for rule in marks.whiskers(base, value_axis("days"), along)]
    fields = [tuple(rule["encoding"][end]["field"] for end in (along, f"{along}2")) for rule in rules]
    widths = [rule["mark"]["strokeWidth"] for rule in rules]
    assert dict(zip(fields, widths, strict=True)) == {("band_low", "band_high"): 1, ("conf_low", "conf_high"): 3}


def test_what_has_no_interval_is_drawn_without_one():
    base = alt.Chart(pd.DataFrame({"estimate": [0.3]}))
    assert marks.whiskers(base, value_axis("days")) == marks.ribbon(base, value_axis("days")) == []
