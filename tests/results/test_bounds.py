"""Bounds by linear programming: small tables solved by hand, and choices compared with trying them all."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from workbench.results.bounds import System, fewest

# Two by two, margins published: rows 7 and 5, columns 4 and 8. The first cell is at most 4, and then the others follow.
TABLE = System(
    np.array([[1.0, 1, 0, 0], [0, 0, 1, 1], [1, 0, 1, 0], [0, 1, 0, 1]]), np.array([7.0, 5, 4, 8]), np.arange(4)
)


@pytest.mark.parametrize(("cell", "low", "high"), [(0, 0, 4), (1, 3, 7), (2, 0, 4), (3, 1, 5)])
def test_margins_bound_a_cell_as_frechet_says(cell: int, low: float, high: float) -> None:
    # From max(0, row + column - total) to min(row, column).
    found = TABLE.interval(np.eye(4)[cell])
    assert (found.low, found.high) == (low, high)


def test_what_bounds_a_cell_is_named_and_without_the_rest_the_bounds_are_the_same() -> None:
    for cell in np.eye(4):
        found = TABLE.interval(cell)
        alone = TABLE.interval(cell, sorted({0, 1, 2, 3} - found.groups))
        assert (alone.low, alone.high) == (found.low, found.high)


def test_the_bounding_combinations_are_certificates() -> None:
    cells = np.array([2.0, 5, 2, 3])  # one solution of many
    for cell in np.eye(4):
        found = TABLE.interval(cell)
        assert (found.less <= cell + 1e-9).all()
        assert (found.more >= cell - 1e-9).all()
        assert found.less @ cells == pytest.approx(found.low)
        assert found.more @ cells == pytest.approx(found.high)


def test_a_few_solutions_show_what_is_open_and_nothing_else() -> None:
    # Every cell of the table lies in an interval that is four wide, by Fréchet's bounds above.
    assert TABLE.seen_open(np.eye(4), np.full(4, 4.0)).all()
    assert not TABLE.seen_open(np.eye(4), np.full(4, 5.0)).any()
    with pytest.raises(ValueError, match="contradict"):
        System(np.ones((2, 1)), np.array([1.0, 2]), np.arange(2)).seen_open(np.eye(1), np.ones(1))


@pytest.mark.parametrize("seed", range(5))
def test_what_is_seen_open_is_open(seed: int) -> None:
    lots = np.random.default_rng(seed)
    rows = (lots.random((8, 20)) < 0.4).astype(float)
    system = System(rows, rows @ lots.integers(0, 6, 20), np.arange(8))
    asked = (lots.random((30, 20)) < 0.2).astype(float)
    open_ones = system.seen_open(asked, np.full(30, 5.0))
    intervals = [system.interval(each) for each in asked]
    assert all(found.high - found.low > 5 - 1e-5 for found, seen in zip(intervals, open_ones, strict=True) if seen)
    assert open_ones.any()


def test_nothing_published_bounds_nothing_from_above() -> None:
    found = System(np.array([[1.0, 0]]), np.array([3.0]), np.array([0])).interval(np.array([0.0, 1]))
    assert (found.low, found.high, found.groups) == (0, np.inf, frozenset())


def test_sums_that_contradict_each_other_are_refused() -> None:
    with pytest.raises(ValueError, match="contradict each other"):
        System(np.array([[1.0], [1.0]]), np.array([3.0, 4.0]), np.array([0, 1])).interval(np.array([1.0]))


@pytest.mark.parametrize("seed", range(10))
def test_no_cheaper_choice_meets_all_demands(seed: int) -> None:
    lots = np.random.default_rng(seed)
    costs = lots.uniform(1, 2, 7)
    demands = [frozenset(lots.choice(7, 3, replace=False).tolist()) for _ in range(6)]
    every = (set(chosen) for size in range(8) for chosen in combinations(range(7), size))
    least = min(costs[sorted(chosen)].sum() for chosen in every if all(chosen & demand for demand in demands))
    chosen = fewest(demands, costs)
    assert all(set(chosen) & demand for demand in demands)
    assert costs[chosen].sum() == pytest.approx(least)


def test_without_demands_nothing_is_chosen() -> None:
    assert fewest([], np.ones(3)) == []
