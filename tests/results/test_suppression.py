"""What can be worked out from sums: compared with least squares, which knows nothing of elimination."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.results.suppression import Space, further, told

GROUPS = st.lists(st.lists(st.integers(0, 1), min_size=6, max_size=6), min_size=1, max_size=7)


def combinations(published: np.ndarray, sensitive: np.ndarray) -> list[bool]:
    """Whether least squares of the published rows leaves nothing of each sensitive row."""
    found = np.linalg.lstsq(published.T.astype(float), sensitive.T.astype(float), rcond=None)[0]
    return list(np.isclose(published.T @ found, sensitive.T, atol=1e-8).all(axis=0))


@given(GROUPS, GROUPS)
@settings(max_examples=200, deadline=None)
def test_elimination_tells_what_least_squares_tells(published: list[list[int]], sensitive: list[list[int]]) -> None:
    rows, wanted = np.array(published), np.array(sensitive)
    assert told(rows, wanted).tolist() == combinations(rows, wanted)


@given(GROUPS)
@settings(max_examples=200, deadline=None)
def test_after_suppression_no_sensitive_row_is_left(published: list[list[int]]) -> None:
    everybody, wanted, sensitive = np.ones((1, 6), int), np.array(published), np.eye(6, dtype=int)
    kept = wanted[~further(everybody, wanted, sensitive)]
    assert not any(combinations(np.vstack([everybody, kept]), sensitive))


def test_a_total_and_two_of_its_three_parts_tell_the_third() -> None:
    parts = np.eye(3, dtype=int)
    assert further(np.ones((1, 3), int), parts[:2], parts[2:]).tolist() == [False, True]


def test_rows_and_columns_of_a_table_tell_a_cell_that_they_close_in() -> None:
    # Two by two, both margins and the total published: no cell follows; with one cell, the other three do.
    rows, columns = np.array([[1, 1, 0, 0], [0, 0, 1, 1]]), np.array([[1, 0, 1, 0], [0, 1, 0, 1]])
    cells = np.eye(4, dtype=int)
    margins = np.vstack([rows, columns])
    assert not told(margins, cells).any()
    assert told(np.vstack([margins, cells[:1]]), cells).all()


@pytest.mark.parametrize("times", [1, 3, 2**20])
def test_a_row_is_what_it_is_whatever_it_is_multiplied_by(times: int) -> None:
    space = Space(np.array([[1, 0]]))
    space.publish(times * np.array([1, 1]))
    assert not space.told.any()
    assert space.would_tell(np.array([0, times]))


def rank(rows: list[list[Fraction]]) -> int:
    """The rank of a matrix, eliminated with fractions: exact, slow, and written apart from the code."""
    rows, found = [row[:] for row in rows], 0
    for column in range(len(rows[0]) if rows else 0):
        pivot = next((row for row in rows[found:] if row[column]), None)
        if pivot is None:
            continue
        rows.remove(pivot)
        rows.insert(found, pivot)
        for place in range(found + 1, len(rows)):
            factor = rows[place][column] / pivot[column]
            rows[place] = [a - factor * b for a, b in zip(rows[place], pivot, strict=True)]
        found += 1
    return found


@pytest.mark.parametrize("seed", range(12))
def test_an_elimination_with_fractions_agrees_on_what_can_be_worked_out(seed: int) -> None:
    lots = np.random.default_rng(seed)
    published, asked = lots.integers(0, 2, (7, 9)), lots.integers(0, 2, (20, 9))
    asked[:5] = published[:5] - published[1:6]  # some that can be
    known = [[Fraction(int(each)) for each in row] for row in published]
    expected = [rank([*known, [Fraction(int(each)) for each in row]]) == rank(known) for row in asked]
    assert told(published, asked).tolist() == expected
    assert any(expected)
