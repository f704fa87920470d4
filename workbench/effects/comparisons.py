"""Who is compared with whom in which periods, and the weights on cell means that make the comparison.

The effect on a group g in period t is a difference in differences,

    ATT(g, t) = E[Y(t) − Y(base) | g] − E[Y(t) − Y(base) | controls]

of those seen both times; the controls are never treated, or treated later than t.

Source: Callaway & Sant'Anna (2021), Journal of Econometrics 225, 200–230.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from workbench.effects.left_out import Lost, sentences
from workbench.errors import ContractError
from workbench.inference.cells import together
from workbench.inference.contrasts import Contrasts
from workbench.inference.layout import Floats
from workbench.inference.moments import Moments
from workbench.inference.variance import Spread
from workbench.results.phrases import say
from workbench.results.words import number


@dataclass(frozen=True)
class Group:
    """Cells treated alike from period `start` on, and the cells they may be compared with (masks of C)."""

    start: int
    cells: NDArray[np.bool_]
    never: NDArray[np.bool_]
    comparable: NDArray[np.bool_]


@dataclass(frozen=True)
class Side:
    """The treated or the compared of one stratum: R cells, in which of K periods they are used, and what they did.

    used, now, before : R × K
    """

    cells: NDArray[np.int64]
    n: Floats
    used: NDArray[np.bool_]
    now: Floats
    before: Floats

    @cached_property
    def size(self) -> Floats:
        """K: units used."""
        return np.asarray(self.n @ self.used)

    def mean(self, values: Floats) -> Floats:
        """K: the mean over the units used; 0 where there are none."""
        return np.asarray(self.n @ (self.used * values) / np.maximum(self.size, 1))


@dataclass(frozen=True)
class Weighed:
    """The weights that one side has in a group's effects, R × K; `behind` : the effects are about these units."""

    side: Side
    behind: bool
    on_period: Floats
    on_sizes: Floats
    grown: Floats | float


@dataclass(frozen=True)
class Effects:
    """One group's effects in K periods, each compared with its base, and who is weighed in them."""

    start: int
    period: NDArray[np.int64]
    base: NDArray[np.int64]
    estimate: Floats
    weighed: list[Weighed]

    def compared(self) -> NDArray[np.int64]:
        """The cells that count in some effect."""
        return np.concatenate([part.side.cells[part.on_period.any(axis=1)] for part in self.weighed])


def one_group(
    m: Moments,
    group: Group,
    comparison: str,
    anticipation: int,
    back: int | None,
    trends: str = "parallel",
) -> tuple[Effects, Lost | None]:
    """A group's effects in all periods, and those that cannot be told.

    back : each period is compared with the one so many periods before treatment (is expected); None: periods before
        treatment with the one before them
    """
    period, before = _comparisons(m.timeline.count, group.start, anticipation, back)
    treated, control = (np.flatnonzero(who) for who in (group.cells, group.comparable & ~group.cells))
    if comparison == "never_treated":
        control = control[group.never[control]]
    theirs = _both_seen(m, control, period, before)
    if comparison != "never_treated":
        later = m.start[control, None] > np.maximum(period, before) + anticipation
        theirs &= group.never[control, None] | (later & (m.start[control] != group.start)[:, None])
    ours = _both_seen(m, treated, period, before)
    possible, missing = _identified(m, ours, theirs, treated, control)
    lost = _lost_periods(m, group, period, ours, possible, missing)
    k = np.flatnonzero(possible)
    places = period[k], before[k]
    sides = [
        (
            _side(m, treated[m.stratum[treated] == stratum], ours[m.stratum[treated] == stratum][:, k], *places),
            _side(m, control[m.stratum[control] == stratum], theirs[m.stratum[control] == stratum][:, k], *places),
        )
        for stratum in np.unique(m.stratum[treated])
    ]
    return _differences(m, group.start, *places, sides, trends), lost


def _side(
    m: Moments, cells: NDArray[np.int64], used: NDArray[np.bool_], period: NDArray[np.int64], base: NDArray[np.int64]
) -> Side:
    mean = m.mean[cells]
    return Side(cells, m.n[cells].astype(float), used, mean[:, period], mean[:, base])


def _comparisons(
    count: int, g: int, anticipation: int, back: int | None
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The periods that have an effect, and the period each is compared with."""
    last_before = g - anticipation - (back or 1)
    if back:
        return np.arange(count), np.full(count, last_before)
    period = np.arange(1, count)
    return period, np.where(period >= g, last_before, period - 1)


def _both_seen(
    m: Moments, cells: NDArray[np.int64], period: NDArray[np.int64], before: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """R × K: the cells are seen in both of two periods."""
    seen = m.seen[cells]
    return np.asarray(seen[:, period] & seen[:, before])


def _identified(
    m: Moments,
    ours: NDArray[np.bool_],
    theirs: NDArray[np.bool_],
    treated: NDArray[np.int64],
    control: NDArray[np.int64],
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """K: every treated stratum has controls; and X × K: the stratum has treated units but no controls."""
    there = [
        np.array([used[m.stratum[cells] == stratum].any(axis=0) for stratum in range(len(m.strata))])
        for cells, used in ((treated, ours), (control, theirs))
    ]
    missing = there[0] & ~there[1]
    return there[0].any(axis=0) & ~missing.any(axis=0), missing


def _lost_periods(
    m: Moments,
    group: Group,
    period: NDArray[np.int64],
    treated: NDArray[np.bool_],
    possible: NDArray[np.bool_],
    missing: NDArray[np.bool_],
) -> Lost | None:
    lost = np.flatnonzero(treated.any(axis=0) & ~possible)
    if not len(lost):
        return None
    where = missing[:, lost].any(axis=1)
    among = "" if len(m.strata) == 1 else f" in stratum {', '.join(np.array(m.strata)[where])}"
    units = int(m.n[group.cells].sum())
    reason = f"nobody{among} is left to compare with"
    return Lost(group.start, units, reason, len(lost), len(period), int(period[lost].min()))


def _differences(
    m: Moments,
    start: int,
    period: NDArray[np.int64],
    base: NDArray[np.int64],
    sides: list[tuple[Side, Side]],
    trends: str,
) -> Effects:
    """Differences of mean changes of the treated and the compared, stratum by stratum.

    A change is now less `grown` times before, and the untreated count `like` times: both are 1 where trends are
    parallel; else the growth of the untreated, and how many times as much the treated did as they before.
    """
    size = np.maximum(sum(ours.size for ours, _ in sides), 1)
    estimate, parts, moved = np.zeros(len(period)), [], period != base
    for ours, theirs in sides:
        grown, like = _growth(ours, theirs) if trends == "proportional" else (1.0, 1.0)
        changes = [side.now - grown * side.before for side in (ours, theirs)]
        without, share = theirs.mean(changes[1]), ours.size / size
        estimate += (ours.mean(changes[0]) - like * without) * share
        weights = moved / size, -like * share * moved / np.maximum(theirs.size, 1)
        for side, change, weight in zip((ours, theirs), changes, weights, strict=True):
            of_unit = side.used * weight
            on_sizes = (change - without) * (m.units * of_unit)
            parts.append(Weighed(side, side is ours, of_unit * side.n[:, None], on_sizes, grown))
    for part in parts:
        if part.behind:
            part.on_sizes[...] -= part.side.used * (m.units * estimate * moved / size)
    return Effects(start, period, base, estimate, parts)


def _growth(ours: Side, theirs: Side) -> tuple[Floats, Floats]:
    """K: how many times as much the untreated do now as before, and the treated did before as the untreated."""
    level = theirs.mean(theirs.before)
    nothing = (theirs.size > 0) & ~(level > 0)
    if nothing.any():
        rule = say(
            "trends alike in per cent need a mean above 0 in what is compared with, but in {n} of {of} comparisons it"
            " is not.",
            n=number(nothing.sum(), 0),
            of=number(len(nothing), 0),
        )
        raise ContractError(f"{rule}\n  Use trends='parallel'.")
    level = np.where(level > 0, level, 1)
    return theirs.mean(theirs.now) / level, ours.mean(ours.before) / level


def joined(m: Moments, parts: list[Effects], small_sample: bool, lost: list[Lost]) -> Contrasts:
    """All groups' effects together."""
    if not sum(len(part.period) for part in parts):
        said = "\n  ".join(sentences(m, lost))
        rule = say("no effect can be told apart from what would have happened anyway.")
        raise ContractError(f"{rule}\n  {said}")
    period, base, estimate = (
        np.concatenate([getattr(part, name) for part in parts]) for name in ("period", "base", "estimate")
    )
    on_sizes, behind = np.zeros((len(m.n), len(period))), np.zeros((len(m.n), len(period)), bool)
    ends = np.cumsum([len(part.period) for part in parts])
    for part, end in zip(parts, ends, strict=True):
        rows = slice(end - len(part.period), end)
        for weighed in part.weighed:
            on_sizes[weighed.side.cells, rows] = weighed.on_sizes
            behind[weighed.side.cells, rows] = weighed.behind & weighed.side.used
    cohort = np.concatenate([np.full(len(part.period), part.start) for part in parts])
    return Contrasts(
        spread=Spread(m, small_sample),
        terms=pd.DataFrame({"cohort": cohort, "period": period, "base": base}),
        estimate=estimate,
        on_means=_on_means(parts, m),
        on_sizes=on_sizes,
        behind=behind,
    )


def _on_means(parts: list[Effects], m: Moments) -> sparse.csc_array:
    """Weights on the means in each row's period and base as weights on all means, (P·T) × K."""
    width, values, places, counts = m.timeline.count, [], [], []
    for part in parts:
        pooled = [_by_pool(weighed, m) for weighed in part.weighed]
        pool = np.concatenate([pools for pools, _, _ in pooled])
        on_period, on_base = (np.concatenate([rows[i] for rows in pooled], axis=0) for i in (1, 2))
        k, row = np.nonzero(np.ascontiguousarray(on_period.T))
        values.append(np.stack([on_period[row, k], on_base[row, k]], axis=1).ravel())
        places.append((pool[row, None] * width + np.stack([part.period[k], part.base[k]], axis=1)).ravel())
        counts.append(2 * np.bincount(k, minlength=len(part.period)))
    shape = ((m.pool.max() + 1) * width, sum(len(part.period) for part in parts))
    ends = np.concatenate([[0], np.cumsum(np.concatenate(counts))])
    entries = (np.concatenate(values), np.concatenate(places), ends)
    return sparse.csc_array(entries, shape=shape)


def _by_pool(weighed: Weighed, m: Moments) -> tuple[NDArray[np.int64], Floats, Floats]:
    """Which pools of cells one side is in, and their weights on period and base."""
    pool = m.pool[weighed.side.cells]
    order, starts = together(pool)
    on_period = np.add.reduceat(weighed.on_period[order], starts, axis=0)
    return pool[order[starts]], on_period, np.asarray(-weighed.grown * on_period)


def mean_of_bases(found: Contrasts, most: int) -> Contrasts:
    """Effects against several base periods as their mean, one row for each cohort and period.

    Each is a comparison of those seen both times, so that what happens to everybody in one period cancels, and nobody
    has to be seen in all of them.
    """
    keys = found.terms.groupby(["cohort", "period"], sort=True)
    number, counts = keys.ngroup().to_numpy(), keys.size().to_numpy()
    weights = np.zeros((len(number), len(counts)))
    weights[np.arange(len(number)), number] = 1 / counts[number]
    return replace(found.combined(weights, keys["base"].mean().reset_index()), base_periods=most)
