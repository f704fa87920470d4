"""Figures as people read them."""

from __future__ import annotations

import re

import pandas as pd
import pytest

from workbench.charts.tables import crossed, table
from workbench.errors import ContractError

ROWS = pd.DataFrame(
    {
        "team": ["North <1>", None],
        "n": [1240, 7],
        "share": [0.314, float("nan")],
        "days": [2.5, 3.0],
        "since": pd.to_datetime(["2025-01-06", None]),
        "kept": [True, False],
        "user_id": ["a", "b"],
    }
)


def test_columns_are_words_and_figures_are_as_people_read_them() -> None:
    words = {
        "team": "Team",
        "n": "People",
        "share": "Active, %",
        "days": "Days a week",
        "since": "Since",
        "kept": "Kept",
    }
    html = table(ROWS, words).data
    cells = [c.split("<")[0] for c in re.split("<td[^>]*>", html)[1:]]
    assert cells == ["North &lt;1&gt;", "1,240", "31%", "2.50", "6 Jan 2025", "yes", "–", "7", "–", "3.00", "–", "no"]


def test_two_columns_are_one_range() -> None:
    """By hand: .64 and .69 are 64–69%; a range that goes below nothing is written out; no end, no range."""
    rows = pd.DataFrame({"low": [0.64, 0.0], "high": [0.69, None], "less": [-0.2, 0.1], "more": [0.1, 0.3]})
    html = table(rows, {("low", "high"): "Likely range, %", ("less", "more"): "Likely range"}, people=None).data
    assert re.findall(r"<td[^>]*>([^<]*)", html) == ["64–69%", "−0.20 to 0.10", "–", "0.10–0.30"]
    assert html.count('<th scope="col" class="number">Likely range') == 2


def test_what_nobody_reads_is_refused() -> None:
    with pytest.raises(ValueError, match="61 rows are no table for people"):
        table(pd.DataFrame({"n": range(61)}), {"n": "N"})


def test_figures_stand_under_each_other() -> None:
    html = table(ROWS, {"team": "Team", "n": "People"}).data
    assert '<th scope="col">Team</th><th scope="col" class="number">People</th>' in html
    assert '<td>North &lt;1&gt;</td><td class="number">1,240</td>' in html


@pytest.mark.parametrize(
    ("values", "said"),
    [([0.5, 2.306], ["0.50", "2.31"]), ([8.1, 83.33], ["8.1", "83.3"]), ([79, 150.2], ["79", "150"]), ([None], ["–"])],
)
def test_the_largest_number_of_a_column_says_how_many_decimals_it_has(values: list[float], said: list[str]) -> None:
    html = table(pd.DataFrame({"x": values}, dtype=float), {"x": "X"}, people=None).data
    assert re.findall(r"<td[^>]*>([^<]*)", html) == said


def test_a_long_table_is_laid_out_in_the_order_it_came_in() -> None:
    long = pd.DataFrame({"team": ["b", "a", "b"], "who": ["slow", "slow", "fast"], "k": [1, 2, 3], "n": [1000, 5, 6]})
    wide = crossed(long, "team", "who", "{k} of {n:,}")
    assert list(wide.columns) == ["team", "slow", "fast"]
    assert wide.fillna("–").to_numpy().tolist() == [["b", "1 of 1,000", "3 of 6"], ["a", "2 of 5", "–"]]


def test_a_row_about_few_people_has_no_place_in_a_table() -> None:
    teams = pd.DataFrame({"team": ["x", "y", "z"], "n": [12, 4, 9], "left": [2, 1, 0]})  # of z's nine nobody left
    html = table(teams, {"team": "Team", "left": "Left"}).data
    assert re.findall(r"<td[^>]*>([^<]*)", html) == ["x", "2"]
    assert "2 groups are hidden to protect people" in html


def test_numbers_that_do_not_say_whom_they_rest_on_are_refused() -> None:
    with pytest.raises(ContractError, match="no column 'n' that says how many people"):
        table(pd.DataFrame({"team": ["x"], "left": [2]}), {"team": "Team", "left": "Left"})


def test_a_table_has_its_rows_as_the_picture_beside_it_has_them() -> None:
    drawn = pd.DataFrame({"pattern": ["steady", "fading"], "n": [90, 40]})
    rows = pd.DataFrame({"pattern": ["everybody", "fading", "steady"], "n": [130, 40, 90]})
    html = table(rows, {"pattern": "Pattern"}, like=drawn).data
    assert re.findall(r"<td[^>]*>([^<]*)", html) == ["steady", "fading", "everybody"]


def test_a_column_without_any_value_is_left_out_and_ranges_are_not():
    rows = pd.DataFrame({"team": ["x", "y"], "where": [None, None], "low": [None, None], "high": [None, None], "n": 9})
    shown = table(rows, {"team": "Team", "where": "Where to get it", ("low", "high"): "Likely range"}).data
    assert "Where to get it" not in shown
    assert shown.count("<td") == 4
    assert shown.count("–") == 2
