"""Whether published groups enclose a withheld one, and which further groups to withhold against it.

The rule for one total, for all pages together: what a reader can tell of how many people are in a withheld group of
fewer than five leaves at least five possible counts open, from none upwards; what is counted of such people, or of
fewer than ten who are all alike, is not one value, even for somebody who knows who is in which group; and a sum is not
known to a tenth. That ten or more people are all alike may be shown, and of a few of them it is known then.
Numbers are taken as exact: rounding only hides more.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from workbench.results.bounds import SLACK, Floats, Interval, System, fewest
from workbench.results.minimum import ALIKE, MINIMUM

TENTH = 0.1  # of a sum, to either side
Flags = NDArray[np.bool_]
Demand = frozenset[int] | None


@dataclass(frozen=True)
class Groups:
    """Groups of one table or of several about the same people, and what is counted of them.

    rows : one row a group: one for the cells of people that are in it; n : people; k : how many are counted
    known : which are published; asked : which could be
    wholes, totals : rows of everybody, as far as known; for each its people and what is counted of them
    sensitive : rows to protect, with their people and what is counted of them
    sizes : people of each cell, for somebody who knows who is where; None: not known
    """

    rows: Floats
    n: Floats
    k: Floats
    known: Flags
    asked: Flags
    wholes: Floats
    totals: Floats
    sensitive: tuple[Floats, Floats, Floats]
    sizes: Floats | None = None

    def further(self) -> Flags:
        """The fewest asked groups to withhold, so that no sensitive row is enclosed any more."""
        gone = self._until_open() if self.asked.any() and len(self._protected) else []
        return np.isin(np.arange(len(self.n)), gone)

    def enclosed(self) -> list[bool]:
        """Which sensitive rows the published groups enclose; those asked count as published."""
        doubtful = self._doubtful([])
        return [no and self._demand(*each, []) is not None for each, no in zip(self._protected, doubtful, strict=True)]

    @cached_property
    def _protected(self) -> list[tuple[Floats, float, float]]:
        """The sensitive rows about which something is said."""
        return [each for each in zip(*self.sensitive, strict=True) if each[1] < MINIMUM or not self.only_heads]

    def _demand(self, row: Floats, n: float, k: float, gone: list[int]) -> Demand:
        try:
            return self._heads_open(row, gone) if self.only_heads else self._counts_open(row, n, k, gone)
        except ValueError:  # numbers of other people, whose sums are the same by chance: nobody can subtract them
            return None

    def _until_open(self) -> list[int]:
        places = np.arange(len(self.n))
        costs = 1 + np.argsort(np.lexsort((places, self.n))) / (len(places) ** 2 + 1)  # few groups, and small ones
        found: list[frozenset[int]] = []
        while True:
            gone = fewest(found, costs)
            doubtful = [each for each, no in zip(self._protected, self._doubtful(gone), strict=True) if no]
            if not (new := [demand for each in doubtful if (demand := self._demand(*each, gone))]):
                return gone
            found += dict.fromkeys(new)

    def _doubtful(self, gone: list[int]) -> Flags:
        """Which sensitive rows may be enclosed: those that a few solutions do not show to be open."""
        if not self._protected:
            return np.zeros(0, bool)
        rows = np.array([row for row, _, _ in self._protected])
        try:
            if self.only_heads:
                return ~self.heads.seen_open(rows, np.full(len(rows), float(MINIMUM)), gone)
            widths = np.array([self._width(k) for _, _, k in self._protected])
            return ~self.counts.seen_open(np.hstack([rows, 0 * rows]), widths, gone)
        except ValueError:  # numbers of other people, whose sums are the same by chance: nobody can subtract them
            return np.zeros(len(rows), bool)

    def _heads_open(self, row: Floats, gone: list[int]) -> Demand:
        found = self.heads.interval(row, gone)
        return None if found.high - found.low > MINIMUM - SLACK else found.groups

    def _counts_open(self, row: Floats, n: float, k: float, gone: list[int]) -> Demand:
        found = self.counts.interval(np.r_[row, 0 * row], gone)
        open_to_doubt = found.high - found.low > self._width(k) - SLACK or self._alike(found, row, n)
        return None if open_to_doubt else found.groups

    def _width(self, k: float) -> float:
        """How far apart the ends of what is counted of a sensitive row must lie."""
        return 1.0 if self.whole_numbers else max(2 * TENTH * k, 2 * SLACK)

    def _alike(self, found: Interval, row: Floats, n: float) -> bool:
        """Whether what encloses a row is that ten or more people are all counted, or none of them."""
        nobody, everybody = np.split(found.more, 2)[0], row - np.split(found.less, 2)[1]
        cells = nobody if found.high <= SLACK else everybody if found.low >= n - SLACK else None
        return cells is not None and self._insider.interval((cells > SLACK).astype(float)).low > ALIKE - SLACK

    @cached_property
    def only_heads(self) -> bool:
        """Whether nothing is counted of the people; half of each group stands for that."""
        return bool((2 * self.k == self.n).all())

    @cached_property
    def whole_numbers(self) -> bool:
        """Whether people are counted, and not something of them added up."""
        return bool((self.k <= self.n).all() and (self.k == self.k.round()).all())

    @cached_property
    def heads(self) -> System:
        """How many people are in each cell, for somebody who knows what is published."""
        return self._published(self.n, self.totals[:, 0])

    @cached_property
    def counts(self) -> System:
        """How many are counted in each cell, and how many not, for somebody who knows the people of each group."""
        counted, people = self._published(self.k, self.totals[:, 1]), self._insider
        both = people.rows if self.whole_numbers else 0 * people.rows
        rows = np.block([[counted.rows, 0 * counted.rows], [both, people.rows]])
        return System(rows, np.r_[counted.values, people.values], np.r_[counted.groups, people.groups])

    @cached_property
    def _insider(self) -> System:
        """How many people are in each cell, for somebody who knows how many are in every group, or in every cell."""
        if self.sizes is not None:
            return System(np.eye(len(self.sizes)), self.sizes, np.full(len(self.sizes), -1))
        every = self._published(self.n, self.totals[:, 0], np.ones(len(self.n), bool))
        return System(every.rows, every.values, np.full(len(every.groups), -1))

    def _published(self, values: Floats, totals: Floats, shown: Flags | None = None) -> System:
        shown = self.known | self.asked if shown is None else shown
        places = np.where(self.asked, np.arange(len(self.n)), -1)[shown]
        always = np.full(len(totals), -1)
        return System(np.vstack([self.wholes, self.rows[shown]]), np.r_[totals, values[shown]], np.r_[always, places])
