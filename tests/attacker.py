"""An attacker who bounds what is withheld by linear programming, written apart from the code that guards against it.

The cells are what people really share, whichever group is listed; the tables are those that are shown.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import permutations

import numpy as np
import pandas as pd
from scipy.optimize import linprog

from workbench.results.crowd import FACTS

FEW, RANGE = 5, 5  # people: a group to protect, and how many people wide its size must stay


def enclosed(people: pd.DataFrame, tables: list[pd.DataFrame]) -> list[tuple[str, float, float]]:
    """Which groups of fewer than five people the tables bound too closely: of what, from where, to where.

    people : `FACTS`, and yes: whether somebody is counted
    tables : the groups of one week that are shown: a fact, n, and perhaps share
    """
    return [*_sizes(*system(people, tables)[:3]), *_counted(*system(people, tables))]


def _sizes(cells: pd.DataFrame, shown: np.ndarray, n: np.ndarray) -> Iterator[tuple[str, float, float]]:
    """Sizes, for somebody who knows everybody's number and what is shown."""
    for name, row in few(cells):
        low, high = ends(row, shown, n)
        if high - low < RANGE - 1e-6:
            yield f"people in {name}", low, high


def _counted(
    cells: pd.DataFrame, shown: np.ndarray, n: np.ndarray, k: np.ndarray
) -> Iterator[tuple[str, float, float]]:
    """What is counted of them, for somebody who also knows how many people share what."""
    every = np.eye(len(cells))
    both = np.block([[shown, np.zeros_like(shown)], [every, every]])
    values = np.r_[k, cells["n"]]
    for name, row in few(cells):
        low, high = ends(np.r_[row, 0 * row], both, values)
        if high - low < 1 - 1e-6 and not _all_alike(low, high, row @ cells["n"], cells, both, values):
            yield f"counted of {name}", low, high


def _all_alike(low: float, high: float, n: float, cells: pd.DataFrame, rows: np.ndarray, values: np.ndarray) -> bool:
    """Whether ten people or more are known to be all alike: that may be shown."""
    if low > 1e-6 and high < n - 1e-6:
        return False
    wanted = 0 if high <= 1e-6 else 1
    alike = 0.0
    for place, size in enumerate(cells["n"]):
        found = ends(np.eye(2 * len(cells))[place], rows, values)
        alike += size if np.allclose(found, wanted * size, atol=1e-6) else 0
    return alike >= 10


def system(people: pd.DataFrame, tables: list[pd.DataFrame]) -> tuple[pd.DataFrame, np.ndarray, np.ndarray, np.ndarray]:
    """The cells that people share, with how many they are; what is shown, as rows over them; its people, and counted."""
    cells = people.groupby(list(FACTS), dropna=False)["yes"].agg(n="count", yes="sum").reset_index()
    rows, n, k = [np.ones(len(cells))], [cells["n"].sum()], [cells["yes"].sum()]
    for table in tables:
        fact = next(fact for fact in FACTS if fact in table)
        for each in table.itertuples():
            rows.append((cells[fact] == getattr(each, fact)).to_numpy(float))
            n.append(each.n)
            k.append(round(each.share * each.n))
    return cells, np.array(rows), np.array(n, float), np.array(k, float)


def few(cells: pd.DataFrame) -> Iterator[tuple[str, np.ndarray]]:
    """Groups of one to four people, and those who are in one group and not in another within it."""
    wholes = {f"{f} {v}": (cells[f] == v).to_numpy(float) for f in FACTS for v in cells[f].dropna().unique()}
    wholes["everybody"] = np.ones(len(cells))
    apart = {f"{a} without {b}": wholes[a] - wholes[b] for a, b in permutations(wholes, 2)}
    found = {tuple(row): name for name, row in {**apart, **wholes}.items()}
    for row, name in found.items():
        if min(row) >= 0 and 0 < np.array(row) @ cells["n"] < FEW:
            yield name, np.array(row)


def ends(asked: np.ndarray, rows: np.ndarray, values: np.ndarray) -> tuple[float, float]:
    solved = []
    for sign in (1, -1):
        found = linprog(sign * asked, A_eq=rows, b_eq=values, bounds=(0, None), method="highs-ds")
        assert found.status == 0, found.message
        solved.append(sign * found.fun)
    return solved[0], solved[1]
