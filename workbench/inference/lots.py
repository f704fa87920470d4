"""Lots that are drawn again until they are balanced, and what else they might have given.

Balance is the variance of the groups' means of earlier use, size and the like. A lottery is accepted where that is as
small as in the best twentieth of so many lotteries held with the same seed. Only accepted orders could have come up, so
a test of the effect redraws among these, and a plan and its test share one rule.

Source: re-randomisation of Morgan & Rubin (2012), Annals of Statistics 40, 1263–1282.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import special

from workbench.errors import ContractError
from workbench.inference.layout import Floats
from workbench.results.phrases import say

DRAWS = 1_000  # lotteries from which the bar for balance is set
ACCEPTED = 0.05  # share of lotteries that are balanced well enough
LISTED = 20_000  # orders of which each is looked at; of more, as many as are asked for
TIES = 1e-9  # of a standard deviation: orders that differ by less are as balanced as each other
AT_ONCE = 200_000  # places of units in orders that are drawn together
Orders = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Lots:
    """K units in the order of their names, and what each lottery of their groups must satisfy.

    facts : K × F, what is balanced, around its mean in standard deviations
    group : K numbers from 0 on: how often each occurs is part of the rule, in which order is not
    seed : of the lotteries that set the bar, and of the one that is held
    """

    facts: Floats
    group: Orders
    seed: int

    @cached_property
    def others(self) -> Floats:
        """DRAWS × F: variances of the groups' means in lotteries of any balance."""
        rng = np.random.default_rng([self.seed, 0])
        return self.apart(np.array([rng.permutation(self._sorted) for _ in range(DRAWS)]))

    @cached_property
    def bar(self) -> float:
        """The sum of variances up to which a lottery is accepted."""
        return float(np.quantile(self.others.sum(axis=1), ACCEPTED)) + TIES

    @cached_property
    def every(self) -> Orders | None:
        """All orders that would be accepted, B × K; None where there are too many orders to look at each."""
        if number_of_orders(self.group) > LISTED:
            return None
        each = np.array(list(arrangements(self._sorted.tolist())))
        return each[self.accepts(each)]

    @property
    def possible(self) -> float:
        """How many orders would be accepted; where they are too many to be counted, the share that the bar lets in."""
        whole = number_of_orders(self.group)
        return float(np.round(whole * ACCEPTED)) if self.every is None else float(len(self.every))

    def apart(self, orders: Orders) -> Floats:
        """B × F: variances of the groups' means in each of B orders (B × K), groups weighted by their units."""
        size = np.bincount(self.group)
        squares = (size[g] * ((orders == g) @ self.facts / size[g]) ** 2 for g in range(len(size)))
        return np.asarray(sum(squares) / size.sum())

    def accepts(self, orders: Orders) -> NDArray[np.bool_]:
        """B: which of these orders are balanced well enough."""
        return np.asarray(self.apart(orders).sum(axis=1) <= self.bar)

    def held(self) -> tuple[Orders, int]:
        """The first order that is balanced well enough, and how many lotteries were held until it came up."""
        rng, lotteries = np.random.default_rng([self.seed, 1]), 1
        order = rng.permutation(self._sorted)
        while not self.accepts(order[None])[0]:
            order, lotteries = rng.permutation(self._sorted), lotteries + 1
        return order, lotteries

    def orders(self, draws: int, seed: int) -> Iterator[Orders]:
        """Accepted orders, B × K at a time: all there are, or so many by chance."""
        if self.every is not None and len(self.every) <= draws:
            yield self.every
            return
        rng, at_once = np.random.default_rng(seed), max(1, AT_ONCE // len(self.group))
        while draws > 0:
            tried = rng.permuted(np.tile(self._sorted, (at_once, 1)), axis=1)
            found = tried[self.accepts(tried)][:draws]
            draws -= len(found)
            yield found

    @property
    def _sorted(self) -> Orders:
        return np.sort(self.group)


def number_of_orders(labels: NDArray[Any]) -> float:
    """In how many different orders these labels, of which some are alike, can stand."""
    _, counts = np.unique(labels, return_counts=True)
    logarithm = special.gammaln(counts.sum() + 1) - special.gammaln(counts + 1).sum()
    return float(np.round(np.exp(logarithm))) if logarithm < 700 else np.inf


def arrangements(labels: list[Any]) -> Iterator[tuple[Any, ...]]:
    """Every different order of some labels, which may repeat."""
    if not labels:
        yield ()
    for first in dict.fromkeys(labels):
        rest = labels.copy()
        rest.remove(first)
        yield from ((first, *others) for others in arrangements(rest))


def facts_as_text(facts: Floats) -> list[str]:
    """K texts, one for each unit, from which `planned_lots` reads the facts again, to the last digit."""
    return [json.dumps(row) for row in facts.tolist()]


def planned_lots(plan: pd.DataFrame) -> tuple[Lots, Floats]:
    """The lots of a draw that `workbench plan` kept, and the date of each of its groups (days since 1970-01-01).

    plan : one row each: name, began (date), seed, balanced_by, as `Schedule.offers` writes them
    Raises ContractError where seed or facts are missing, or a name has several of anything.

    >>> days = pd.to_datetime(["2025-01-06", "2025-02-03"] * 2)
    >>> facts = ["[-1]", "[-1]", "[1]", "[1]"]
    >>> plan = pd.DataFrame({"name": [*"abcd"], "began": days, "seed": 1, "balanced_by": facts})
    >>> lots, dates = planned_lots(plan)
    >>> lots.possible  # of six orders, the four in which a and b differ, and so c and d
    4.0
    """
    plan = plan.sort_values("name")
    wrong = plan[["seed", "balanced_by", "began"]].isna().any(axis=1) | plan["name"].duplicated(keep=False)
    facts = [json.loads(text) for text in plan.loc[~wrong, "balanced_by"]]
    if wrong.any() or plan["seed"].nunique() > 1 or len({len(row) for row in facts}) > 1:
        raise ContractError(
            say(
                "the lots cannot be drawn again as they were: the plan's columns seed and balanced_by, and one date,"
                " are needed for each of the {n} who drew, the same in all of their rows.",
                n=plan["name"].nunique(),
            )
        )
    days = pd.to_datetime(plan["began"]).to_numpy().astype("datetime64[D]").astype(float)
    dates, group = np.unique(days, return_inverse=True)
    return Lots(np.array(facts, float).reshape(len(plan), -1), group, int(plan["seed"].iloc[0])), dates
