"""A lottery of dates: who took part in it, and what else it might have given.

Where chance gave the dates, those who drew them are alike but for chance, and nobody else is alike to them: people who
were never treated may not have wanted to be.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workbench.effects.did import check_choice
from workbench.errors import ContractError
from workbench.inference.layout import Floats
from workbench.inference.lots import Lots, arrangements, number_of_orders, planned_lots
from workbench.inference.moments import EXCLUDED, Moments
from workbench.results.phrases import say
from workbench.results.words import number

DRAWN = {
    "dates": "who had which date, among those treated in the end",
    "everything": "also who was treated at all",
}
AT_ONCE = 20_000  # dates of clusters looked at together: few enough to stay in the processor's cache


def those_who_drew(m: Moments, drawn: str) -> Moments:
    """Only the units that took part in the lottery; those that did not are counted.

    drawn : one of DRAWN. Where only dates were drawn, units never treated drew nothing
    Raises ContractError where nobody is left, or nobody could have had another date.
    """
    check_choice("drawn", drawn, DRAWN)
    if drawn == "everything":
        return m
    drew = np.isfinite(m.start)
    if len(np.unique(m.start[drew])) < 2:
        rule = say(
            "those who drew a date are compared with each other, but all {n} units that had one had the same.",
            n=number(m.n[drew].sum(), 0),
        )
        raise ContractError(f"{rule}\n  Where chance also decided who was treated at all, say drawn='everything'.")
    never = [("never treated, so not in the draw of dates", m.n[~drew].sum(), m.n[~drew] @ m.seen[~drew].sum(axis=1))]
    left = pd.DataFrame(never[: int((~drew).any())], columns=EXCLUDED)
    return replace(m.subset(drew), excluded=pd.concat([m.excluded, left], ignore_index=True))


@dataclass(frozen=True)
class Draw:
    """The dates that K clusters had (inf: never)."""

    dates: Floats

    @property
    def possible(self) -> float:
        """How many different orders of the dates there are."""
        return number_of_orders(self.dates)

    def orders(self, draws: int, seed: int) -> Iterator[Floats]:
        """The dates in other orders, B × K: all there are, or so many by chance."""
        at_once = max(1, AT_ONCE // len(self.dates))
        if self.possible <= draws:
            every = np.array(list(arrangements(sorted(self.dates))))
            yield from (every[i : i + at_once] for i in range(0, len(every), at_once))
            return
        rng = np.random.default_rng(seed)
        for i in range(0, draws, at_once):
            yield rng.permuted(np.tile(self.dates, (min(at_once, draws - i), 1)), axis=1)

    def p_value(self, seen: float, others: NDArray[np.float64]) -> float:
        """How often another order gives as much as was seen; others as `orders` gave them."""
        as_much = int((np.nan_to_num(others, nan=0) >= seen * (1 - 1e-9)).sum())
        # Orders drawn by chance are joined by the one that was drawn in truth; among all orders it is already.
        own = int(len(others) < self.possible)
        return (as_much + own) / (len(others) + own)


@dataclass(frozen=True)
class PlannedDraw(Draw):
    """The same where only balanced orders were accepted.

    lots : of all that drew; groups : the date of each of their groups; place : K, where among them the clusters stand
    """

    lots: Lots
    groups: Floats
    place: NDArray[np.int64]

    @property
    def possible(self) -> float:
        """How many orders of the dates would have been accepted."""
        return self.lots.possible

    def orders(self, draws: int, seed: int) -> Iterator[Floats]:
        """The dates in other orders that would have been accepted, B × K."""
        at_once = max(1, AT_ONCE // len(self.dates))
        for orders in self.lots.orders(draws, seed):
            yield from (self.groups[orders[i : i + at_once, self.place]] for i in range(0, len(orders), at_once))


def draw_of(m: Moments, clusters: NDArray[np.int64], plan: pd.DataFrame | None) -> Draw:
    """The draw of these clusters' dates; plan : as for `redrawn`.

    Raises ContractError where the dates are not those of the plan.
    """
    assert m.clusters is not None
    dates = dates_of_clusters(m)[clusters]
    if plan is None:
        return Draw(dates)
    lots, days = planned_lots(plan)
    groups, names = m.timeline.places(days), np.sort(plan["name"].to_numpy().astype(str))
    own = np.array(m.clusters.names)[clusters].astype(str)
    place = np.minimum(np.searchsorted(names, own), len(names) - 1)
    others = (names[place] != own) | (groups[lots.group[place]] != dates)
    if others.any():
        raise ContractError(
            say(
                "the lots cannot be drawn again as they were: {n} of {all} do not have the date of the plan.",
                n=int(others.sum()),
                all=len(own),
            )
        )
    if not lots.accepts(lots.group[None])[0]:
        raise ContractError(
            say("the lots cannot be drawn again as they were: the plan's rule would not have accepted these dates.")
        )
    return PlannedDraw(dates, lots, groups, place)


def dates_of_clusters(m: Moments) -> Floats:
    """The date of each cluster (inf: never); ContractError where clusters are not known, or have not one date each."""
    _check(m)
    assert m.clusters is not None
    dates = np.full(len(m.clusters.names), np.inf)
    dates[m.clusters.cluster] = m.start[m.clusters.cell]
    return dates


def _check(m: Moments) -> None:
    after = np.arange(m.timeline.count) >= m.start[:, None]
    if m.clusters is None:
        raise ContractError(
            "dates are redrawn among those who drew them, but these moments do not know who had which.\n"
            "  Say moments(..., cluster='team') where teams drew a date, cluster='user_id' where each person did."
        )
    if (m.seen & (after != (m.path > 0))).any() or len(m.arms) > 2:
        raise ContractError(
            "dates are redrawn of a treatment that stays on once it is on and is of one kind; this one is not.\n"
            "  Take moments with cohort=, the first period of treatment."
        )
    if len(m.strata) > 1:
        raise ContractError(
            f"dates are redrawn among all alike, but these moments compare within {len(m.strata)} strata.\n"
            "  Take them without strata=."
        )
    several = int((m.cohort_of_clusters < 0).sum())
    if several:
        raise ContractError(
            f"a {m.cluster_name} has one date, but {several} of {len(m.cohort_of_clusters)} have several (or one, and"
            " units never treated).\n  Give every unit the date that was offered, or leave these out."
        )
