"""Which numbers are about few: tables small enough to be counted by hand."""

from __future__ import annotations

import numpy as np
import pytest

from workbench.results.numbers import Number, few, guarded, sensitive, whole


@pytest.mark.parametrize(
    ("n", "k", "too_few"),
    [(0, 0, False), (4, 2, True), (5, 2, False), (7, 0, True), (7, 7, True), (9, 9, True), (10, 10, False)],
)
def test_fewer_than_five_or_than_ten_who_are_all_alike(n: float, k: float, too_few: bool) -> None:
    assert few(np.array([float(n)]), np.array([float(k)])).tolist() == [too_few]


def test_those_in_one_group_and_not_in_another_within_it_are_a_group() -> None:
    # Everybody is 12, team x 9 of them; team y, 10, is not within team x.
    rows = np.array([[1, 1, 1], [1, 0, 0], [0, 1, 0]])
    found, n, k = sensitive(rows, np.array([12.0, 9, 10]), np.array([6.0, 4, 5]))
    assert found.tolist() == [[0, 1, 1], [1, 0, 1]]
    assert (n.tolist(), k.tolist()) == ([3, 2], [2, 1])


def test_of_an_unknown_size_nothing_is_few() -> None:
    assert not few(np.array([np.nan]), np.array([np.nan])).any()


def test_everybody_is_known_where_a_table_lists_all() -> None:
    rows, who = np.eye(2, dtype=int), [(("team", "x"),), (("team", "y"),)]
    assert whole(rows, who, np.array([9.0, 3]), np.array([4.0, 1]), (12, 5)).tolist() == [1, 1]
    assert whole(rows, who, np.array([9.0, 3]), np.array([4.0, 1]), (14, 5)) is None


def test_cells_that_no_group_divides_are_one() -> None:
    rows = np.array([[1, 1, 0, 0], [0, 0, 1, 1]])
    found = guarded(rows, np.array([9.0, 3]), np.array([4.0, 1]), [], np.array([True, False]), np.array([False, True]))
    assert found.rows.shape == (2, 2)
    assert len(found.wholes) == 0


def test_a_number_is_the_same_whatever_its_size() -> None:
    one, other = (Number((20, 9), (("team", "x"),), n, 1) for n in (5, 6))
    assert one.key == other.key
