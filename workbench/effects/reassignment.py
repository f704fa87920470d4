"""What would have come up had other people drawn the arms of an experiment.

Chance gave each arm to some; it might have given it to others, as many in each block. Had the arm done nothing for
anybody, outcomes would be the same in every assignment, and so the differences that chance alone makes are known. How
often one as clear as that seen comes up is a p-value which asks nothing of sizes or shapes. How clear is counted in
standard errors, so that with many people it also holds where an arm helps some and harms others.

Sources: Fisher (1935), The Design of Experiments, chapter 2; Rosenbaum (2002), Statistical Science 17, 286–327 (with
covariates); Wu & Ding (2021), JASA 116(536), 1898–1913; Phipson & Smyth (2010), SAGMB 9(1), article 39.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations, product
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import special

from workbench.effects.control import with_control_first
from workbench.errors import ContractError
from workbench.inference.layout import Floats
from workbench.inference.people import People, Roles, read_people, several

AT_ONCE = 500_000  # arms of clusters (people) looked at together, so that memory does not grow with draws
ROUNDING = 1e-9  # of an effect: a standard error below it is none


def reassigned(
    table: Any,
    outcome: str,
    arm: str,
    *,
    against: Any = None,
    cluster: str | None = None,
    block: str | None = None,
    covariates: str | tuple[str, ...] | list[str] = (),
    unit: str | None = None,
    draws: int = 1_999,
    seed: int = 0,
) -> pd.DataFrame:
    """How often an effect as clear as that seen would have come up had other people drawn the arm.

    table, outcome, arm, against, cluster, block, covariates, unit : as for `experiment`. Lots are redrawn as they were
        drawn: of whole clusters, within blocks
    draws : how many assignments are looked at by chance; where there are no more in all, each of them is, once

    Returns one row an arm: arm, estimate (the difference of means within blocks, by precision), std_error, p_value,
    draws looked at, possible (no p-value is below 1/possible), drew: people (clusters) in the draw. An arm of which
    nobody is left has no numbers.
    Raises ContractError where a cluster has several arms, or nobody could have drawn another one.

    >>> people = pd.DataFrame({"drew": ["course", "control"] * 4, "days": [5, 2, 4, 3, 6, 1, 5, 2]})
    >>> reassigned(people, outcome="days", arm="drew")[["p_value", "possible"]].round(4).values.tolist()
    [[0.0286, 70.0]]
    """
    if draws < 1:
        raise ContractError(f"assignments are looked at one by one, but {draws} of them is none.\n  Say draws=1_999.")
    optional = {"cluster": cluster, "block": block, "unit": unit}
    roles = Roles(outcome, arm, covariates=several(covariates), **{role: name or "" for role, name in optional.items()})
    people = with_control_first(read_people(table, roles), against)
    rows = [
        {"arm": name, **_of_arm(people.only(np.isin(people.arm.code, (0, k))), draws, seed)}
        for k, name in enumerate(people.arm.names)
        if k
    ]
    gone = [name for name in people.drawn.arm.names if name not in people.arm.names]
    return pd.DataFrame([*rows, *({"arm": name, "draws": 0, "drew": 0} for name in gone)])


def _of_arm(people: People, draws: int, seed: int) -> dict[str, Any]:
    """Of people in one arm or in the one that it is compared with."""
    lots = _lots(people)
    (estimate,), (error,) = _effects(lots, lots.drew[None])
    seen = _clearness(lots, lots.drew[None])[0]
    found = np.concatenate([_clearness(lots, drew) for drew in _orders(lots, draws, seed)])
    as_clear = int((found >= seen * (1 - 1e-9)).sum())
    # Assignments drawn by chance are joined by the one that was drawn in truth; among all of them it is already.
    own = int(len(found) < lots.possible)
    return {
        "estimate": estimate,
        "std_error": error,
        "p_value": (as_clear + own) / (len(found) + own),
        "draws": len(found),
        "possible": lots.possible,
        "drew": len(lots.drew),
    }


@dataclass(frozen=True, eq=False)
class _Lots:
    """M clusters (people), those of a block together: who drew the arm, and what they did whatever they drew.

    starts : where each block begins
    total : M, sums of outcomes around the mean of the block; n : M people
    """

    drew: NDArray[np.bool_]
    starts: NDArray[np.int64]
    total: Floats
    n: Floats

    @property
    def sizes(self) -> NDArray[np.int64]:
        """How many drew in each block."""
        return np.diff(self.starts, append=len(self.drew))

    @property
    def possible(self) -> float:
        """How many different assignments there are."""
        chosen = np.add.reduceat(self.drew.astype(int), self.starts)
        parts = (special.gammaln(part + 1) for part in (self.sizes, chosen, self.sizes - chosen))
        whole, ours, theirs = (part.sum() for part in parts)
        return float(np.round(np.exp(whole - ours - theirs))) if whole - ours - theirs < 700 else np.inf


def _lots(people: People) -> _Lots:
    cluster = np.arange(len(people)) if people.cluster is None else people.cluster.code
    block = np.zeros(len(people), np.int64) if people.block is None else people.block.code
    kinds = pd.DataFrame({"cluster": cluster, "block": block, "drew": people.arm.code})
    several = int((kinds.groupby("cluster")[["block", "drew"]].nunique() > 1).any(axis=1).sum())
    if several:
        raise ContractError(
            f"a {people.roles.cluster} draws one arm in one {people.roles.block or 'draw'}, but {several:,} of"
            f" {kinds['cluster'].nunique():,} have several.\n  Give everybody what their {people.roles.cluster} drew."
        )
    rows = kinds.assign(total=_around_block(people, block), n=1.0).groupby(["block", "cluster"], as_index=False)
    each = rows.agg(drew=("drew", "first"), total=("total", "sum"), n=("n", "sum"))
    # Draws by chance are of places, so the order of the table's rows must not say who stands in which.
    each = each.sort_values(["block", "total", "n", "drew"], kind="stable", ignore_index=True)
    starts = np.flatnonzero(np.diff(each["block"], prepend=-1))
    lots = _Lots(each["drew"].to_numpy() > 0, starts, each["total"].to_numpy(), each["n"].to_numpy())
    if not lots.possible > 1:
        raise ContractError("nobody could have drawn another arm: in each block all drew the same.")
    return lots


def _around_block(people: People, block: NDArray[np.int64]) -> Floats:
    """Outcomes around the mean of the block, and around what covariates make of it."""
    rows = np.column_stack([people.outcome, people.covariates])
    sums = np.column_stack([np.bincount(block, column) for column in rows.T])
    rows = rows - (sums / np.bincount(block)[:, None])[block]
    if rows.shape[1] == 1:
        return rows[:, 0]
    slopes = np.linalg.lstsq(rows[:, 1:], rows[:, 0], rcond=None)[0]
    return rows[:, 0] - rows[:, 1:] @ slopes


def _orders(lots: _Lots, draws: int, seed: int) -> Iterator[NDArray[np.bool_]]:
    """Who drew the arm in other assignments, B × M: in all there are, or in so many by chance."""
    if lots.possible <= draws:
        yield np.array(list(_assignments(lots)))
        return
    rng, block = np.random.default_rng(seed), np.repeat(np.arange(len(lots.starts)), lots.sizes)
    at_once = max(1, AT_ONCE // len(lots.drew))
    for done in range(0, draws, at_once):
        keys = block + rng.random((min(at_once, draws - done), len(block)))
        yield lots.drew[np.argsort(keys, axis=1)]


def _assignments(lots: _Lots) -> Iterator[NDArray[np.bool_]]:
    ends = lots.starts + lots.sizes
    blocks = [combinations(range(a, b), int(lots.drew[a:b].sum())) for a, b in zip(lots.starts, ends, strict=True)]
    for chosen in product(*blocks):
        drew = np.zeros(len(lots.drew), bool)
        drew[[place for places in chosen for place in places]] = True
        yield drew


def _clearness(lots: _Lots, drew: NDArray[np.bool_]) -> Floats:
    """How many standard errors the effect is from nothing, in each of B assignments."""
    estimate, error = _effects(lots, drew)
    apart = np.abs(estimate)
    # Where nobody differs from others of the arm, any difference between arms is as clear as can be.
    certain = np.where(apart > ROUNDING * np.abs(lots.total).max(), np.inf, 0)
    return np.divide(apart, error, out=certain, where=error > ROUNDING * apart)


def _effects(lots: _Lots, drew: NDArray[np.bool_]) -> tuple[Floats, Floats]:
    """The effect within blocks, and its standard error by cluster, in each of B assignments (B × M)."""
    chosen = np.add.reduceat(drew * lots.n, lots.starts, axis=1)
    share = chosen / np.add.reduceat(lots.n, lots.starts)
    apart: Floats = drew - np.repeat(share, lots.sizes, axis=1)
    weight = apart**2 @ lots.n
    estimate = apart @ lots.total / weight
    scores = apart * (lots.total - estimate[:, None] * apart * lots.n)
    # As in a t-test: each block's mean costs a degree of freedom, and so does the effect.
    left = max(len(lots.drew) - len(lots.starts) - 1, 1)
    return estimate, np.sqrt((scores**2).sum(axis=1) * len(lots.drew) / left) / weight
