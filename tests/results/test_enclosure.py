"""Groups that published ones enclose though no combination gives them: tables small enough to be solved by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from workbench.results.enclosure import Groups


def groups(rows: list[list[int]], n: list[float], k: list[float], shown: list[int], few: list[int]) -> Groups:
    """Groups over cells, of whom those `shown` are asked for, and those `few` are to be protected."""
    every, people, counted = np.array(rows, float), np.array(n, float), np.array(k, float)
    asked = np.isin(np.arange(len(n)), shown)
    protected = (every[few], people[few], counted[few])
    return Groups(every, people, counted, ~asked & False, asked, every[:0], np.zeros((0, 2)), protected)


# Cells: team y in role r, team y in role s, others in r, others in s. Team y (3 people) is withheld, both roles are not.
ROLES = [[1, 1, 0, 0], [1, 0, 1, 0], [0, 1, 0, 1], [0, 0, 1, 1]]


def heads(n: list[float], **more: Any) -> Groups:
    return groups(ROLES, n, [each / 2 for each in n], **more)


def test_a_group_that_may_have_any_size_is_not_enclosed() -> None:
    # Of 11 people in role r and 9 in role s, nothing says how many are in team y.
    assert heads([3, 11, 9, 17], shown=[1, 2], few=[0]).enclosed() == [False]


def test_two_shown_groups_that_leave_little_room_enclose_one() -> None:
    # Team z is 17 of the 20: team y is then three, by a combination. With a team z of which only those in role r are
    # listed (9 of 11), team y has none to two in r; that is a narrow interval, and a combination gives nothing.
    rows = [[1, 1, 0, 0], [1, 0, 1, 0], [0, 0, 1, 0], [1, 0, 0, 0]]
    found = groups(rows, [3, 11, 9, 2], [1.5, 5.5, 4.5, 1], shown=[1, 2], few=[3])
    assert found.enclosed() == [True]
    assert found.further().tolist() == [False, False, True, False]  # the smaller of the two goes


def test_counts_are_enclosed_where_nobody_can_be_counted_more_than_once() -> None:
    # Role r is 6 people of whom 5 are counted, two of them team y, three team z: z has at least two, of three.
    # That is not one value. With all six counted, it is: and six alike may not be shown.
    rows = [[1, 0], [0, 1], [1, 1]]
    assert groups(rows, [2, 4, 6], [2, 3, 5], shown=[2], few=[0, 1]).enclosed() == [False, False]
    assert groups(rows, [2, 4, 6], [2, 4, 6], shown=[2], few=[0, 1]).enclosed() == [True, True]
    assert groups(rows, [2, 4, 6], [2, 4, 6], shown=[2], few=[0, 1]).further().tolist() == [False, False, True]


@pytest.mark.parametrize("everybody", [True, False])
def test_that_ten_people_are_all_alike_may_be_shown(everybody: bool) -> None:
    n = [2, 9, 11]
    k = n if everybody else [0, 0, 0]
    assert groups([[1, 0], [0, 1], [1, 1]], n, k, shown=[2], few=[0]).enclosed() == [False]


def test_a_sum_is_not_known_to_a_tenth() -> None:
    # Days of team y: 40 of the 41 that role r has, and the one of team z is shown: y has 40, or less than it.
    rows = [[1, 0, 0], [1, 1, 1], [0, 0, 1]]
    found = groups(rows, [4, 10, 5], [40, 42, 1], shown=[1, 2], few=[0])
    assert found.enclosed() == [False]  # from 0 to 41
    least = groups([*rows, [1, 1, 0], [0, 1, 0]], [4, 10, 5, 5, 1], [40, 42, 1, 41, 1], shown=[1, 2, 4], few=[0])
    assert least.enclosed() == [True]  # 42 less 1 less 1
    assert least.further().any()


def test_numbers_of_other_people_with_the_same_sums_are_not_subtracted() -> None:
    rows = [[1, 0], [1, 1], [1, 1]]
    assert groups(rows, [2, 20, 21], [1, 10, 10.5], shown=[1, 2], few=[0]).enclosed() == [False]


def test_the_same_groups_go_every_time() -> None:
    found = [heads([3, 4, 9, 10], shown=[1, 2, 3], few=[0]).further().tolist() for _ in range(3)]
    assert found[0] == found[1] == found[2] != [False] * 4
