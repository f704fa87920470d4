"""What can be worked out from published sums, and which of them to withhold against it.

People fall into cells that no published group divides. A group is a row of zeros and ones over the cells, and whatever
is counted or added up of a group is the same combination of cells. So a number that is withheld can be worked out from
the published ones exactly when its row is a combination of theirs. Rows are eliminated as Gauss did, the sensitive ones
along with the published; a row that would leave nothing of a sensitive one is withheld (Langsrud, Secondary cell
suppression by Gaussian elimination, Privacy in Statistical Databases 2024). Sums are kept modulo a prime: no rounding
decides.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.int64]
PRIME = 2**31 - 1  # products of two remainders stay within 64 bits


class Space:
    """All combinations of the rows published so far, and what is left of each sensitive row beyond them.

    sensitive : one row each, over the cells

    >>> space = Space(np.array([[0, 0, 1]]))
    >>> space.publish(np.array([1, 1, 1]))  # everybody
    >>> space.would_tell(np.array([1, 0, 0])), space.would_tell(np.array([1, 1, 0]))
    (False, True)
    """

    def __init__(self, sensitive: Rows) -> None:
        self._left = np.atleast_2d(sensitive) % PRIME
        self._rows: list[tuple[int, Rows]] = []

    @property
    def told(self) -> NDArray[np.bool_]:
        """Which sensitive rows are combinations of the published ones."""
        return np.asarray(~self._left.any(axis=1))

    def would_tell(self, row: Rows) -> bool:
        """Whether a sensitive row could be worked out if this one were published, too."""
        rest = self._rest(row)
        return bool(rest.any() and (~self._without(rest).any(axis=1) & ~self.told).any())

    def publish(self, row: Rows) -> None:
        """Add a row to the published ones."""
        rest = self._rest(row)
        if rest.any():
            self._left = self._without(rest)
            self._rows.append((_pivot(rest), rest))

    def _rest(self, row: Rows) -> Rows:
        """What a row says that the published ones do not; its first cell that is not zero is one."""
        rest = row % PRIME
        for pivot, known in self._rows:
            rest = (rest - rest[pivot] * known) % PRIME
        return rest * pow(int(rest[_pivot(rest)]), -1, PRIME) % PRIME if rest.any() else rest

    def _without(self, rest: Rows) -> Rows:
        return np.asarray((self._left - self._left[:, [_pivot(rest)]] * rest % PRIME) % PRIME)


def _pivot(row: Rows) -> int:
    return int(np.argmax(row != 0))


def further(known: Iterable[Rows], wanted: Rows, sensitive: Rows) -> NDArray[np.bool_]:
    """Which of the wanted rows to withhold, so that no sensitive row is a combination of the others and the known ones.

    known : rows that are published whatever happens; wanted : one row each, the one to keep first at the top
    What the known rows give away by themselves is not counted: no withholding helps.

    >>> teams = np.eye(3, dtype=np.int64)  # with everybody's total and two teams, the third is known
    >>> further([np.array([1, 1, 1])], teams[:2], sensitive=teams[2:]).tolist()
    [False, True]
    """
    if not len(wanted) or not len(sensitive):
        return np.zeros(len(wanted), dtype=bool)
    before = np.vstack(list(known))
    every = np.unique(np.vstack([before, wanted, sensitive]), axis=1)  # the coarsest cells that no group divides
    space = Space(every[len(before) + len(wanted) :])
    for row in every[: len(before)]:
        space.publish(row)
    withheld = np.zeros(len(wanted), dtype=bool)
    for place, row in enumerate(every[len(before) : len(before) + len(wanted)]):
        withheld[place] = space.would_tell(row)
        if not withheld[place]:
            space.publish(row)
    return withheld


def told(published: Rows, sensitive: Rows) -> NDArray[np.bool_]:
    """Which sensitive rows can be worked out from the published ones: what an attacker computes.

    >>> told(np.array([[1, 1, 1], [1, 1, 0]]), np.array([[0, 0, 1], [1, 0, 0]])).tolist()
    [True, False]
    """
    space = Space(sensitive)
    for row in published:
        space.publish(row)
    return space.told
