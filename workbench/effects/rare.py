"""Intervals of effects on what is rare: shares, and counts that are nought for most people.

A few people often show nothing of what is rare, and so seem not to vary at all. Intervals of shares come from those of
the arms' own shares, which stay true with few (Newcombe 1998, Statistics in Medicine 17, 873–890; for sums of several
Zou & Donner 2008, Statistics in Medicine 27, 1693–1702). Otherwise an interval from few of a kind may say "unclear",
but never that there is a clear effect: redrawn lots tell that (`reassigned`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from workbench.inference.intervals import FEWEST
from workbench.inference.layout import Floats
from workbench.inference.people import People
from workbench.results.estimates import Estimates
from workbench.results.phrases import phrase, translated
from workbench.results.shares import wilson
from workbench.results.words import number

Ends = dict[str, Floats]  # conf_low, conf_high, band_low, band_high of K effects, and of the overall one the first two

RARE = 10  # people of each kind that an arm should have
TOLD = 30  # people of an arm from which on Newcombe's interval holds, however few are of a kind


def bounded(found: Estimates, people: People, outcome: Floats) -> Estimates:
    """The same; effects on a share with intervals within −1 and 1.

    found : effects of the arms, K rows and `overall`; outcome : N, what they are effects on
    """
    if not is_share(outcome):
        return found
    if is_simple(people):
        return _with(found, _of_shares(found, people, outcome))
    return _with(found, {name: np.clip(values, -1, 1) for name, values in _ends(found).items()})


def guarded(found: Estimates, people: People, outcome: Floats) -> Estimates:
    """The same, `bounded`, and without clear intervals where chance alone would give an arm few of a kind."""
    found = bounded(found, people, outcome)
    seen, expected, ends = *_of_a_kind(people, outcome), _ends(found)
    holds = is_share(outcome) & is_simple(people) & (np.bincount(people.arm.code) >= TOLD)
    few = (expected < RARE) & ~holds
    clear = (ends["conf_low"] > 0) | (ends["conf_high"] < 0)
    none = clear & np.append(few[1:] | few[0], few.any())
    ends = {name: np.where(none[: len(values)], np.nan, values) for name, values in ends.items()}
    noted = np.flatnonzero((seen < RARE) & ~holds | few).tolist()
    return _with(found, ends, [_note(people, i, int(seen[i]), bool(few[i] and none.any())) for i in noted])


def is_share(outcome: Floats) -> bool:
    """Whether it is true or false."""
    return bool(np.isin(outcome, (0, 1)).all())


def is_simple(people: People) -> bool:
    """Whether effects are differences of the arms' own means."""
    return people.cluster is None and people.block is None and not people.covariate_names and not people.roles.weight


def _of_a_kind(people: People, outcome: Floats) -> tuple[NDArray[np.int64], Floats]:
    """How many people of each arm do other than most, and how many would if the arms did nothing.

    Of shares those of the rarer kind; as many as are enough where no value is that of more than half of everybody.
    """
    size = np.bincount(people.arm.code)
    values, counts = np.unique(outcome, return_counts=True)
    if 2 * counts.max() <= len(outcome) and not is_share(outcome):
        return np.full(len(size), RARE), np.full(len(size), float(RARE))
    other = np.bincount(people.arm.code, outcome != values[counts.argmax()]).astype(int)
    seen = np.minimum(other, size - other) if is_share(outcome) else other
    return seen, size * (1 - counts.max() / len(outcome))


def _ends(found: Estimates) -> Ends:
    assert found.overall is not None
    ends = {name: np.append(found.table[name], found.overall[name]) for name in ("conf_low", "conf_high")}
    return ends | {name: found.table[name].to_numpy() for name in ("band_low", "band_high") if name in found.table}


def _with(found: Estimates, ends: Ends, notes: Iterable[str] = ()) -> Estimates:
    assert found.overall is not None
    rows, overall = len(found.table), found.overall.copy()
    table = found.table.assign(**{name: values[:rows] for name, values in ends.items()})
    for name in ("conf_low", "conf_high"):
        overall[name] = ends[name][-1]
    return replace(found, table=table, overall=overall, notes=(*found.notes, *notes))


def _of_shares(found: Estimates, people: People, outcome: Floats) -> Ends:
    k, n = np.bincount(people.arm.code, outcome), np.bincount(people.arm.code)
    weights = np.column_stack([np.eye(len(n) - 1), n[1:] / n[1:].sum()])
    freedoms = found.contrasts.freedoms
    told = np.append(freedoms, freedoms.min()) >= FEWEST
    low, high = (np.where(told, end, np.nan) for end in _newcombe(k, n, weights, found.level))
    if "band_low" not in found.table:
        return {"conf_low": low, "conf_high": high}
    error = found.table["std_error"].to_numpy()
    half = (found.table["band_high"] - found.table["estimate"]).to_numpy()
    widest = float(np.nanmax(np.append(half / error, 0)))
    shown = told[:-1] & (np.isfinite(half) | np.isnan(error)) & (widest > 0)
    band = (np.where(shown, end[:-1], np.nan) for end in _newcombe(k, n, weights, 1 - 2 * float(stats.norm.sf(widest))))
    return {"conf_low": low, "conf_high": high, **dict(zip(("band_low", "band_high"), band, strict=True))}


def _newcombe(k: NDArray[np.int64], n: NDArray[np.int64], weights: Floats, level: float) -> tuple[Floats, Floats]:
    """Ends of J weighted sums of shares, K × J, less the first of K + 1 shares.

    Each is as far from the sum as the ends of the shares' own intervals are from them, squared and added up.
    """
    each = wilson(k, n, level)
    share = each["estimate"]
    under, over = (share - each["conf_low"]) ** 2, (each["conf_high"] - share) ** 2
    estimate = share[1:] @ weights - share[0]
    return (
        estimate - np.sqrt(under[1:] @ weights**2 + over[0]),
        estimate + np.sqrt(over[1:] @ weights**2 + under[0]),
    )


def _note(people: People, arm: int, seen: int, none: bool) -> str:
    parts = {"n": number(seen, 0), "all": number((people.arm.code == arm).sum(), 0), "arm": people.arm.names[arm]}
    if none:
        clear = phrase(
            "{n} of {all} people in {arm}: so few of a kind that they cannot tell a clear effect, hence no interval."
            " reassigned() gives a p-value that holds all the same."
        )
        return translated(clear, **parts)
    rough = phrase(
        "{n} of {all} people in {arm}: so few of a kind that the interval is rough."
        " reassigned() gives a p-value that holds all the same."
    )
    return translated(rough, **parts)
