"""A chart draws only what it needs and what may be shown."""

from __future__ import annotations

import json

import pandas as pd
import pytest
from made_up_charts import WEEKS, rates, rows, written

from workbench import charts
from workbench.charts import theme


def test_it_draws_no_more_rows_than_anybody_sees(spec):
    assert len(rows(spec)) < theme.MOST_ROWS


def test_a_column_that_names_people_is_refused():
    table = pd.DataFrame({"user_id": ["u1"], "estimate": [1.0], "conf_low": [0.0], "conf_high": [2.0], "n": [9]})
    with pytest.raises(ValueError, match="'user_id' names people, and a chart's data can be read on its page"):
        charts.comparison(table, title="No", unit="days")


def test_a_column_that_is_not_drawn_is_not_given_away():
    table = rates().table.assign(user_id="u1", note="secret")
    assert "u1" not in json.dumps(written(charts.trend(table, title="It grew")))


def test_more_rows_than_anybody_sees_are_refused():
    table = pd.DataFrame({"week": WEEKS[0], "estimate": 0.5}, index=range(5001))
    with pytest.raises(ValueError, match="a chart draws at most 5,000 rows, and here are 5,001. Aggregate them first."):
        charts.trend(table, title="Too much")


def test_a_missing_column_is_named():
    with pytest.raises(ValueError, match=r"the chart draws week, estimate, but 'estimate' is not in \['week'\]"):
        charts.trend(pd.DataFrame({"week": WEEKS}), title="Nothing")
