"""Who drew an arm of an experiment and is missing from its comparison, by arm: those left may not be alike any more.

Had nobody's absence to do with the arm, other lots would have left out the same people. How often these would have
parted them among the arms as unlike is a p-value that holds for whole teams that are missing, and within blocks.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from workbench.effects.control import why_gone
from workbench.inference.layout import Floats
from workbench.inference.people import Drawn, People
from workbench.results.phrases import say, say_n
from workbench.results.words import number

DRAWS = 1_999  # lots that are drawn again
AT_ONCE = 500_000  # places of clusters in lots that are drawn together
UNLIKELY = 0.05  # a p-value below which arms have lost unlike shares of people


def losses(people: People, p_value: float) -> list[str]:
    """A sentence for each reason why people are left out, for each arm that is gone, and on how unlike losses are.

    p_value : see `chance_of_losses`
    """
    drawn = people.drawn
    named = [drawn.arm.names.index(name) for name in people.arm.names]
    gone = [name for name in drawn.arm.names if name not in people.arm.names]
    order, said = [*named, *map(drawn.arm.names.index, gone)], []
    counts = drawn.counts
    if armless := people.left_out.get(drawn.reasons[0], 0):
        reason = drawn.reasons[0]
        said.append(say_n("Left out, {reason}: {n} person.", "Left out, {reason}: {n} people.", armless, reason=reason))
    for i, reason in enumerate(drawn.reasons):
        if counts[:, i].any():
            sizes = ((drawn.arm.names[a], counts[a, i], counts[a].sum()) for a in order)
            each = ", ".join(
                say("{n} of {all} in {arm}", n=number(n, 0), all=number(whole, 0), arm=name) for name, n, whole in sizes
            )
            said.append(say("Left out, {reason}: {each}.", reason=reason, each=each))
    if p_value < UNLIKELY:
        said.append(
            say(
                "Unlike shares of the arms are left out, more than chance explains:"
                " those left in them may not be alike."
            )
        )
    return said + [
        say("Nobody in {arm} is left ({why}), so it is not compared.", arm=name, why=why_gone(people, name))
        for name in gone
    ]


def chance_of_losses(drawn: Drawn, seed: int = 0) -> float:
    """How often other lots would have left out as unlike shares of the arms; 1 where nobody is left out.

    Lots are drawn again as they were: of clusters (people where there are none), within blocks.
    """
    lost = drawn.lacks >= 0
    if not lost.any():
        return 1.0
    block = (
        np.zeros(len(lost), np.int64) if drawn.block is None else np.unique(drawn.block.code, return_inverse=True)[1]
    )
    over = lost - (np.bincount(block, lost) / np.bincount(block))[block]
    seen = _apart(_by_arm(drawn, over), _by_arm(drawn, np.ones(len(lost))))
    again = _of_people(drawn, block, lost, seed) if drawn.cluster is None else _of_clusters(drawn, block, over, seed)
    as_unlike = sum(int((_apart(*each) >= seen * (1 - 1e-9)).sum()) for each in again)
    return (as_unlike + 1) / (DRAWS + 1)


def _apart(over: Floats, size: Floats) -> Floats:
    """How far arms are from having lost what their blocks have lost: Σ over²/size."""
    return np.asarray((over**2 / size).sum(axis=-1))


def _by_arm(drawn: Drawn, each: Floats) -> Floats:
    return np.bincount(drawn.arm.code, each, minlength=len(drawn.arm.names)).astype(float)


def _of_people(
    drawn: Drawn, block: NDArray[np.int64], lost: NDArray[np.bool_], seed: int
) -> Iterator[tuple[Floats, Floats]]:
    """Of lots of single people: how many more each arm lost than its blocks did, and its people."""
    rng, width = np.random.default_rng(seed), len(drawn.arm.names)
    sizes = np.bincount(block * width + drawn.arm.code, minlength=(block.max() + 1) * width).reshape(-1, width)
    over = np.zeros((DRAWS, width))
    for size, missing in zip(sizes, np.bincount(block, lost).astype(int), strict=True):
        if missing:
            over += rng.multivariate_hypergeometric(size, missing, DRAWS) - missing * size / size.sum()
    yield over, sizes.sum(axis=0).astype(float)


def _of_clusters(drawn: Drawn, block: NDArray[np.int64], over: Floats, seed: int) -> Iterator[tuple[Floats, Floats]]:
    """The same of lots of whole clusters; of those with people in several arms, the people of each arm."""
    assert drawn.cluster is not None
    code = drawn.cluster.code
    alone = np.where(code < 0, len(drawn.cluster.names) + np.arange(len(code)), code)
    _, first, unit = np.unique(
        np.column_stack([block, alone, drawn.arm.code]), axis=0, return_index=True, return_inverse=True
    )
    unit = unit.ravel()
    of_unit, size, arm = np.bincount(unit, over), np.bincount(unit).astype(float), drawn.arm.code[first]
    rng, at_once = np.random.default_rng(seed), max(1, AT_ONCE // len(first))
    order = np.argsort(block[first], kind="stable")
    for done in range(0, DRAWS, at_once):
        keys = block[first][order] + rng.random((min(at_once, DRAWS - done), len(first)))
        drew = arm[order][np.argsort(keys, axis=1)]
        parts = [drew == a for a in range(len(drawn.arm.names))]
        yield np.stack([p @ of_unit[order] for p in parts], axis=1), np.stack([p @ size[order] for p in parts], axis=1)
