"""The numbers that pages publish of groups of people, and which of them are about few."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from workbench.results.bounds import Floats
from workbench.results.crowd import Who
from workbench.results.enclosure import Groups
from workbench.results.minimum import ALIKE, MINIMUM
from workbench.results.suppression import Rows

Total = tuple[float, float]  # people, and how many of them are counted
Key = tuple[Total, Who]


class Part(NamedTuple):
    """What a number counts of something that its table repeats the groups for, such as a wave.

    name, value : of what, and which one
    total : what the table adds up to over all values of that name
    """

    name: str
    value: str
    total: Total


@dataclass(frozen=True)
class Number:
    """One number of a group.

    of : what its table adds up to
    who : whose it is; n : people in its denominator; k : how many of them are counted; missing of what an
        earlier run published or withheld, of which only that is known
    public : whether it is shown
    block : what its table repeats the groups for, such as the week; "": nothing
    parts : the same, of what the table repeats them for and what it adds up to over that
    """

    of: Total
    who: Who
    n: float
    k: float
    public: bool = True
    block: str = ""
    parts: tuple[Part, ...] = ()

    @property
    def key(self) -> Key:
        """What it is, whether it is shown or not."""
        return self.of, self.who


def people(numbers: Sequence[Number]) -> tuple[Floats, Floats]:
    """How many they are, and how many of them are counted."""
    return np.array([each.n for each in numbers], float), np.array([each.k for each in numbers], float)


def sensitive(rows: Rows, n: Floats, k: Floats) -> tuple[Rows, Floats, Floats]:
    """Few people, or a few who are all alike: groups, and those who are in one group and not in another within it.

    rows : one row a group, over cells of people; n : its people; k : how many of them are counted
    Returns their rows, how many people they are, and how many of these are counted.

    >>> everybody, a_team = [1, 1], [1, 0]
    >>> rows, n, k = sensitive(np.array([everybody, a_team]), np.array([12.0, 9]), np.array([5.0, 4]))
    >>> rows.tolist(), n.tolist(), k.tolist()
    ([[0, 1]], [3.0], [1.0])
    """
    alone = np.flatnonzero(few(n, k))
    pairs = np.argwhere(few(n[:, None] - n, k[:, None] - k)).reshape(-1, 2)
    a, b = pairs[[bool((rows[a] >= rows[b]).all()) for a, b in pairs]].T if len(pairs) else np.zeros((2, 0), int)
    return np.vstack([rows[alone], rows[a] - rows[b]]), np.r_[n[alone], n[a] - n[b]], np.r_[k[alone], k[a] - k[b]]


def protected(rows: Rows, numbers: Sequence[Number], n: Floats, k: Floats) -> Rows:
    """The rows of `sensitive`, and of what an earlier run withheld for whatever reason."""
    unsized = [place for place, each in enumerate(numbers) if np.isnan(each.n) and not each.public]
    return np.vstack([sensitive(rows, n, k)[0], rows[unsized]])


def few(n: Floats, k: Floats) -> NDArray[np.bool_]:
    """The rule for a number, where what is counted of one person may be more than one."""
    return np.asarray((n > 0) & ((n < MINIMUM) | ((n < ALIKE) & ((k == 0) | (k == n)))))


def whole(rows: Rows, who: Sequence[Who], n: Floats, k: Floats, total: Total) -> Rows | None:
    """Everybody whom a table counts, where some of these groups are all of them, each person once."""
    for names in dict.fromkeys(tuple(name for name, _ in each) for each in who):
        table = [place for place, each in enumerate(who) if tuple(name for name, _ in each) == names]
        if np.allclose((n[table].sum(), k[table].sum()), total, atol=1e-4):
            return np.asarray(rows[table].sum(axis=0))
    return None


def guarded(
    rows: Rows,
    n: Floats,
    k: Floats,
    wholes: Sequence[tuple[Rows, Total]],
    known: NDArray[np.bool_],
    asked: NDArray[np.bool_],
    sizes: Floats | None = None,
) -> Groups:
    """Numbers that are sums over the same cells, for the coarsest cells that none of them divides.

    rows, n, k : as in `sensitive`; wholes : what is known of everybody, over the same cells
    known, asked : as in `Groups`; sizes : people of each cell; None: not known
    """
    small, few_n, few_k = sensitive(rows, n, k)
    stacked = np.vstack([rows, small, *(row for row, _ in wholes)])
    every, cell = np.unique(stacked, axis=1, return_inverse=True)
    of_all = sizes is not None and len(sizes) == len(cell) and np.array_equal(rows @ sizes, n)
    return Groups(
        every[: len(rows)],
        n,
        k,
        known=known,
        asked=asked,
        wholes=every[len(rows) + len(small) :],
        totals=np.array([total for _, total in wholes], float).reshape(-1, 2),
        sensitive=(every[len(rows) : len(rows) + len(small)], few_n, few_k),
        sizes=np.bincount(cell, sizes).astype(float) if of_all and sizes is not None else None,
    )
