"""Figures as people read them."""

from __future__ import annotations

import pandas as pd
import pytest

from workbench.tables import table

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
    cells = [c.split("<")[0] for c in html.split("<td>")[1:]]
    assert cells == ["North &lt;1&gt;", "1,240", "31 %", "2.50", "6 Jan 2025", "yes", "–", "7", "–", "3.00", "–", "no"]


def test_what_nobody_reads_is_refused() -> None:
    with pytest.raises(ValueError, match="61 rows are no table for people"):
        table(pd.DataFrame({"n": range(61)}), {"n": "N"})
