"""Which marks a pick takes, and how a sentence names them."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from workbench.desk.picks import as_day, in_words, taken

MARKS = pd.DataFrame({"cohort": ["2025-01-01", "2025-01-01", "2025-02-01"], "age": ["0", "1", "0"]})


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ({"cohort": ["2025-01-01"]}, [0, 1]),
        ({"cohort": ["2025-01-01", "2025-02-01"], "age": [0]}, [0, 2]),  # a screen sends numbers, marks are texts
        ({"age": [7]}, []),
    ],
)
def test_a_cell_takes_the_marks_that_have_one_of_its_values_in_every_key(cell, expected):
    assert taken(MARKS, cell) == expected


@pytest.mark.parametrize(
    ("columns", "cells", "expected"),
    [
        (("team",), [{"team": ["a"]}], "team a (everybody there)"),
        (("team",), [{"team": ["a"]}, {"team": ["b", "c", "a"]}], "team a, b and 1 more (everybody there)"),
        (("age",), [{"age": [10, 9]}], "age 9 to 10 (everybody there)"),  # as numbers: as texts 10 comes first
        (("week",), [{"week": ["2025-06-09", "2025-06-02"]}], "week 2 Jun 2025 to 9 Jun 2025 (everybody there)"),
    ],
)
def test_a_pick_in_words(columns, cells, expected):
    assert in_words(columns, cells, "everybody there") == expected


def test_a_day_from_its_text():
    assert as_day("2025-06-02") == date(2025, 6, 2)
