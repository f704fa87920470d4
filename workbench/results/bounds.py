"""How closely published sums bound what is withheld, and the fewest groups to withhold where they do so tightly.

No combination of published numbers may give a withheld one, and yet they can enclose it: nobody is counted less than
zero times, and not more people are counted than there are. Linear programming finds the least and the greatest value
that all published numbers allow (the attacker's problem of Fischetti and Salazar, Solving the cell suppression problem
on tabular data with linear constraints, Management Science 47, 2001). Its dual says which published numbers enclose the
value: one of them must go. `fewest` meets all such demands at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

Floats = NDArray[np.float64]
SLACK = 1e-6  # of solutions
UNBOUNDED = 3  # status of a linear program
PROBES = 8  # pairs of solutions that are looked at before any single combination


class Interval(NamedTuple):
    """What the published sums allow a combination of cells to be.

    groups : whose sums bound it, from below or above
    less, more : the combinations of published sums that bound it from below and from above, over the cells
    """

    low: float
    high: float
    groups: frozenset[int]
    less: Floats
    more: Floats


@dataclass(frozen=True)
class System:
    """Published sums over cells that are nowhere negative: rows @ cells = values.

    rows : one row a sum, one column a cell; values : one a sum
    groups : which group each sum is of, to be withheld; -1: known whatever happens

    >>> teams = System(np.array([[1.0, 1, 1], [1, 0, 0]]), np.array([12.0, 6]), np.array([-1, 0]))
    >>> teams.interval(np.array([0.0, 1, 0]))[:3]  # two teams are withheld, together six people
    (0.0, 6.0, frozenset({0}))
    """

    rows: Floats
    values: Floats
    groups: NDArray[np.int64]

    def interval(self, asked: Floats, withheld: Sequence[int] = ()) -> Interval:
        """The least and the greatest value of a combination of cells; infinite where nothing bounds it.

        withheld : groups whose sums are not published
        Raises ValueError where the sums contradict each other.
        """
        kept = ~np.isin(self.groups, list(withheld))
        (low, below), (high, above) = (self._end(sign, asked, kept) for sign in (1, -1))
        used = (np.abs(below) > SLACK) | (np.abs(above) > SLACK)
        groups = frozenset(self.groups[kept][used].tolist()) - {-1}
        return Interval(low, high, groups, below @ self.rows[kept], -above @ self.rows[kept])

    def seen_open(self, asked: Floats, apart: Floats, withheld: Sequence[int] = ()) -> NDArray[np.bool_]:
        """Of which combinations of cells a few solutions already show that they are open.

        asked : one combination a row; apart : how far two of its values must lie apart
        One program for many combinations: those not yet seen open are pulled up or down, as lots say, and then the
        other way round. What is not seen open may be so all the same.
        Raises ValueError where the sums contradict each other.

        >>> teams = System(np.array([[1.0, 1, 1], [1, 0, 0]]), np.array([12.0, 6]), np.array([-1, 0]))
        >>> teams.seen_open(np.eye(3), np.full(3, 5.0)).tolist()
        [False, True, True]
        """
        kept, lots = ~np.isin(self.groups, list(withheld)), np.random.default_rng(0)
        rows, values = sparse.csc_array(self.rows[kept]), self.values[kept]  # read once for all programs
        most = 2 * float(np.abs(self.values).max(initial=0)) + float(apart.max(initial=0))
        low, high = np.full(len(asked), np.inf), np.full(len(asked), -np.inf)
        closed = np.ones(len(asked), bool)
        for _ in range(PROBES):
            pull = lots.choice([-1.0, 1.0], closed.sum()) @ asked[closed]
            for way in (pull, -pull):
                values_of = asked @ np.asarray(_least(way, rows, values, most).x)
                low, high = np.minimum(low, values_of), np.maximum(high, values_of)
            closed = ~(high - low > apart - SLACK)
            if not closed.any():
                break
        return ~closed

    def _end(self, sign: int, asked: Floats, kept: NDArray[np.bool_]) -> tuple[float, Floats]:
        """One end of the interval, and the dual: how much of each sum bounds it."""
        found = _least(sign * asked, sparse.csc_array(self.rows[kept]), self.values[kept])
        if found.status == UNBOUNDED:
            return -sign * np.inf, np.zeros(int(kept.sum()))
        return round(sign * float(found.fun or 0), 6) + 0.0, np.asarray(found.eqlin.marginals)


def _least(cost: Floats, rows: Any, values: Floats, most: float | None = None) -> Any:
    """The least cost of cells from 0 to `most` whose sums have these values; ValueError where no cells have."""
    from scipy.optimize import linprog  # slow to import, and seldom needed

    found = linprog(cost, A_eq=rows, b_eq=values, bounds=(0, most), method="highs")
    if found.status not in (0, UNBOUNDED):
        raise ValueError(f"the published sums contradict each other: {found.message}")
    return found


def fewest(demands: Sequence[frozenset[int]], costs: Floats) -> list[int]:
    """The cheapest groups of which every demand has at least one.

    demands : groups, none empty; costs : of withholding each group, all more than zero

    >>> fewest([frozenset({0, 1}), frozenset({1, 2})], np.ones(3))
    [1]
    """
    from scipy.optimize import Bounds, LinearConstraint, milp

    if not demands:
        return []
    meets = np.array([[place in demand for place in range(len(costs))] for demand in demands], float)
    each = LinearConstraint(meets, lb=1)
    found = milp(costs, integrality=np.ones(len(costs), np.int64), bounds=Bounds(0, 1), constraints=each)
    return [int(place) for place in np.flatnonzero(np.asarray(found.x) > 0.5)]
