"""Names that a script would take for its own, read as a new line, or never end. What a browser draws: tests/reports/test_drawn.py."""

from __future__ import annotations

import pytest

from workbench.charts.drawable import LONGEST, TAKEN, drawable


def names(*given: str) -> list[str]:
    chart = drawable({"datasets": {"d": [{"team": name} for name in given]}, "encoding": {"y": {"sort": [*given]}}})
    drawn = [row["team"] for row in chart["datasets"]["d"]]
    assert chart["encoding"]["y"]["sort"] == drawn  # the same wherever it stands
    return drawn


@pytest.mark.parametrize("name", sorted(TAKEN))
def test_what_every_object_of_a_script_has_is_no_name_of_a_team(name: str) -> None:
    (drawn,) = names(name)
    assert drawn != name
    assert drawn.strip("\u2060") == name


def test_a_separator_of_lines_is_a_blank_and_a_line_end_of_ours_stays() -> None:
    assert names("a\u2028b", "c\x00d", "Sales\n(12)") == ["a b", "c d", "Sales\n(12)"]


def test_names_that_are_cut_stay_apart() -> None:
    drawn = names("x" * 5000, "x" * 5001, "x" * LONGEST)
    assert len(set(drawn)) == 3
    assert max(map(len, drawn)) <= LONGEST + 2


def test_ordinary_names_and_what_is_no_name_stay_as_they_are() -> None:
    chart = {"mark": "point", "title": ["x" * 300], "data": {"values": [{"team": "<b>|$`\\", "n": 3, "on": None}]}}
    assert drawable(chart) == chart
