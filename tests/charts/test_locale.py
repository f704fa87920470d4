"""Axes and pointers in the language of the page."""

from __future__ import annotations

import altair as alt
import pandas as pd
import vl_convert

from workbench import charts
from workbench.charts.locale import locale
from workbench.charts.theme import look
from workbench.results.phrases import speaking


def drawn() -> str:
    """A chart with an axis of numbers and one of days, as SVG."""
    rows = pd.DataFrame({"day": pd.to_datetime(["2025-03-03", "2025-03-10"]), "value": [1234.5, 2345.5]})
    day = alt.X("day:T", axis=alt.Axis(format="%-d. %B", values=[alt.DateTime(year=2025, month=3, date=3)]))
    value = alt.Y("value:Q", axis=alt.Axis(format=",.1f", values=[1234.5]))
    spec = alt.Chart(rows).mark_point().encode(day, value).to_dict()
    return str(vl_convert.vegalite_to_svg({**spec, "config": look()["config"]}))


def test_vega_writes_numbers_and_days_in_german():
    with speaking("de"):
        picture = drawn()
    assert ">1.234,5<" in picture
    assert ">3. März<" in picture


def test_an_english_chart_has_no_locale_of_its_own():
    assert "locale" not in look()["config"]
    assert ">1,234.5<" in drawn()


def test_weeks_begin_with_sunday_as_d3_counts_them():
    # d3-time-format: days are "an array of the full names of the weekdays, starting with Sunday"
    assert locale()["time"]["days"][:2] == ["Sunday", "Monday"]
    with speaking("de"):
        assert locale()["time"]["shortDays"] == ["So", "Mo", "Di", "Mi", "Do", "Fr", "Sa"]


def test_the_group_of_everybody_is_said_in_the_language_and_groups_of_users_are_not():
    rows = pd.DataFrame({"department": ["new", "everybody"], "days": [1.0, 2.0], "n": [40, 60]})
    with speaking("de"):
        shown = charts.table(rows, {"department": "Department", "days": "Days"}).data
    assert "<td>new</td>" in shown
    assert "<td>alle</td>" in shown
