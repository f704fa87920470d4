"""The regressions that compare the arms of an experiment, within blocks where lots were drawn within them.

Either every arm has a mean in every block, and blocks count by their people; or each arm is compared with the first one
alone, blocks differ by a constant, and count by how much they tell. On covariates each arm has slopes of its own (Lin
2013, Annals of Applied Statistics 7, 295–318).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workbench.errors import ContractError
from workbench.inference.clusters import Clusters
from workbench.inference.layout import Floats
from workbench.inference.least_squares import LeastSquares, check_rank, check_size, within
from workbench.inference.moments import EXCLUDED, Moments
from workbench.inference.people import Labels, People
from workbench.inference.sandwich import Stacked
from workbench.inference.timeline import Timeline


@dataclass(frozen=True, eq=False)
class Plan:
    """Columns of a regression of N people, N × P, and its effects as sums of coefficients, P × K.

    used : blocks × K, which have both arms
    rows : N, the numbers of its people
    absorbed : N numbers from 0 of blocks that differ by a constant; None where these are columns
    """

    columns: Floats
    names: list[str]
    sums: Floats
    used: NDArray[np.bool_]
    rows: NDArray[np.int64]
    absorbed: NDArray[np.int64] | None = None


def blocks(people: People) -> NDArray[np.int64]:
    """The number of each person's block; 0 where there are none."""
    return np.zeros(len(people), np.int64) if people.block is None else people.block.code


def _check_size(people: People, means: int) -> None:
    columns = means + len(people.arm.names) * len(people.covariate_names)
    check_size(len(people), 0 if people.cluster is None else len(people.cluster.names), columns)


def _both_arms(people: People) -> NDArray[np.bool_]:
    """Blocks × K: it has people of the arm and of the first one."""
    there = np.zeros((blocks(people).max() + 1, len(people.arm.names)), bool)
    there[blocks(people), people.arm.code] = True
    both: NDArray[np.bool_] = there[:, 1:] & there[:, :1]
    if not both.any(axis=0).all():
        lost = people.arm.names[1 + int((~both.any(axis=0)).argmax())]
        raise ContractError(
            f"lots within a {people.roles.block} give it several arms, but none has both {people.arm.names[0]!r} and"
            f" {lost!r}.\n  Leave out block=, if lots were not drawn within it."
        )
    return both


def by_size(people: People) -> list[Plan]:
    """A mean for each arm and block, and for each arm slopes on the covariates."""
    block, arm, width = blocks(people), people.arm.code, len(people.arm.names)
    used = _both_arms(people)
    cells, cell = np.unique(block * width + arm, return_inverse=True)
    _check_size(people, len(cells))
    place = {int(number): j for j, number in enumerate(cells)}
    whole = np.bincount(block, people.weight)
    share = np.where(used, whole[:, None], 0) / (whole @ used)
    means = np.zeros((len(cells), width - 1))
    for b, k in np.argwhere(used):
        means[place[b * width + k + 1], k] = share[b, k]
        means[place[b * width], k] = -share[b, k]
    indicators = (cell[:, None] == np.arange(len(cells))).astype(float)
    slopes, on_slopes = _slopes(people, share[block])
    names = [f"{people.arm.names[c % width]}" for c in cells]
    names += [f"{name} in {a}" for a in people.arm.names for name in people.covariate_names]
    columns, sums = np.hstack([indicators, slopes]), np.vstack([means, on_slopes])
    return [Plan(columns, names, sums, used, np.arange(len(people)))]


def fit_of(people: People, plans: list[Plan], outcomes: Floats) -> LeastSquares | Stacked:
    """The regressions of these outcomes, N × Q; ContractError where a column says nothing beyond those before it."""
    cluster, fits = people.cluster.code if people.cluster else None, []
    for plan in plans:
        own, rows = people.weight[plan.rows], plan.rows
        check_rank(plan.columns, own, plan.names)
        of_rows = None if cluster is None else cluster[rows]
        fits.append(LeastSquares(plan.columns, outcomes[rows], own, of_rows, plan.absorbed, people.arm.code[rows]))
    whole = tuple(plan.rows for plan in plans)
    return fits[0] if len(fits) == 1 else Stacked(tuple(fits), whole, people.arm.code, cluster)


def _slopes(people: People, counts: Floats) -> tuple[Floats, Floats]:
    """Covariates around their mean, by arm; and K sums of their coefficients: effects are those on whom they are about.

    counts : N × K, in proportion to how much each person's block counts in each effect
    """
    x, arm, width = _centred(people), people.arm.code, len(people.arm.names)
    by_arm = [x * (arm == a)[:, None] for a in range(width)]
    sizes = np.bincount(blocks(people), people.weight)[blocks(people)]
    shift = ((counts * (people.weight / sizes)[:, None]).T @ x).T  # covariates × K
    sums = np.zeros((width, x.shape[1], width - 1))
    for k in range(width - 1):
        sums[k + 1, :, k], sums[0, :, k] = shift[:, k], -shift[:, k]
    return np.hstack(by_arm), sums.reshape(-1, width - 1)


def _centred(people: People) -> Floats:
    """Covariates around their mean."""
    x = people.covariates
    if x.shape[1] and (np.ptp(x, axis=0) == 0).any():
        name = people.covariate_names[int((np.ptp(x, axis=0) == 0).argmax())]
        raise ContractError(f"a covariate varies, but {name} is the same for everybody.\n  Leave it out.")
    centred: Floats = x - people.weight @ x / people.weight.sum()
    return centred


def by_precision(people: People) -> list[Plan]:
    """For each arm but the first, among these two alone: a constant for each block, an effect, and slopes by arm.

    One regression of three arms would let what an arm does in one block colour the effect of another:
    Goldsmith-Pinkham, Hull & Kolesár (2024), American Economic Review 114, 4015–4051.
    Constants are columns where clusters were drawn; else they are absorbed, and columns are around the means of blocks.
    """
    used, x = _both_arms(people), _centred(people)
    return [_of_pair(people, x, used[:, [k - 1]], k) for k in range(1, len(people.arm.names))]


def _of_pair(people: People, x: Floats, used: NDArray[np.bool_], k: int) -> Plan:
    rows = np.flatnonzero(np.isin(people.arm.code, (0, k)))
    block = np.unique(blocks(people)[rows], return_inverse=True)[1]
    constants = people.cluster is not None
    _check_size(people, int(block.max()) * constants + 2)
    arm = (people.arm.code[rows] == k).astype(float)[:, None]
    columns = np.hstack([arm, x[rows], x[rows] * arm])
    names = [str(people.arm.names[k])]
    names += [f"{name} in {people.arm.names[a]}" for a in (0, k) for name in people.covariate_names]
    sums = np.eye(columns.shape[1], 1)
    if not constants:
        columns = within(columns, people.weight[rows], block)
        return Plan(columns, names, sums, used, rows, absorbed=block)
    indicators = (block[:, None] == np.arange(block.max() + 1)).astype(float)
    names = ["a block"] * indicators.shape[1] + names
    sums = np.vstack([np.zeros((indicators.shape[1], 1)), sums])
    return Plan(np.hstack([indicators, columns]), names, sums, used, rows)


# ── arms as moments ─────────────────────────────────────────────────────────────────────────────────────────────────


def arm_moments(people: People) -> Moments:
    """The people of each arm and block as a cell of one period."""
    width = len(people.arm.names)
    number, cell = np.unique(blocks(people) * width + people.arm.code, return_inverse=True)
    n = np.bincount(cell)
    mean = np.bincount(cell, people.outcome) / n
    left = people.outcome - mean[cell]
    excluded = [(reason, count, count) for reason, count in people.left_out.items()]
    return Moments(
        outcome=people.roles.outcome,
        timeline=Timeline(first=0, step=1, count=1),
        path=(number % width)[:, None].astype(np.int16),
        start=np.full(len(n), np.inf),
        stratum=number // width,
        strata=people.block.names if people.block else ("",),
        n=n,
        mean=mean[:, None],
        products=np.bincount(cell, left**2).astype(float)[:, None, None],
        excluded=pd.DataFrame(excluded, columns=EXCLUDED),
        arms=people.arm.names,
        clusters=_clusters(people.cluster, cell, left) if people.cluster else None,
        cluster_name=people.roles.cluster,
    )


def _clusters(cluster: Labels, cell: NDArray[np.int64], left: Floats) -> Clusters:
    width = len(cluster.names)
    number, row = np.unique(cell * width + cluster.code, return_inverse=True)
    return Clusters(
        cluster.names, number // width, number % width, np.bincount(row), np.bincount(row, left).astype(float)[:, None]
    )
