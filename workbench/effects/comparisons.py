"""Who is compared with whom in which periods, and the weights on cell means that make the comparison.

The effect on a group g in period t is a difference in differences,

    ATT(g, t) = E[Y(t) − Y(base) | g] − E[Y(t) − Y(base) | controls]

of those seen both times; the controls are never treated, or treated later than t.

Source: Callaway & Sant'Anna (2021), Journal of Econometrics 225, 200–230.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from workbench.effects.left_out import Lost, sentences
from workbench.errors import ContractError
from workbench.inference.contrasts import Contrasts
from workbench.inference.layout import Floats
from workbench.inference.moments import Moments
from workbench.inference.variance import Spread


@dataclass(frozen=True)
class Group:
    """Cells treated alike from period `start` on, and the cells they may be compared with (masks of C)."""

    start: int
    cells: NDArray[np.bool_]
    never: NDArray[np.bool_]
    comparable: NDArray[np.bool_]


@dataclass(frozen=True)
class Effects:
    """One group's effects: weights C × K on the means in the period and in its base, the rest as in Contrasts."""

    start: int
    period: NDArray[np.int64]
    base: NDArray[np.int64]
    on_period: Floats
    on_base: Floats
    on_sizes: Floats
    behind: NDArray[np.bool_]
    estimate: Floats


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
    usable = m.seen[:, period] & m.seen[:, before]
    treated = usable & group.cells[:, None]
    control = usable & _controls(m, group, comparison, np.maximum(period, before) + anticipation)
    possible, missing = _identified(m, treated, control)
    lost = _lost_periods(m, group, period, treated, possible, missing)
    k = np.flatnonzero(possible)
    means = m.mean[:, period[k]], m.mean[:, before[k]]
    on_period, on_base, on_sizes, estimate = _differences(m, treated[:, k], control[:, k], *means, trends)
    same = period[k] == before[k]
    on_period[:, same], on_base[:, same], on_sizes[:, same] = 0, 0, 0
    effects = Effects(group.start, period[k], before[k], on_period, on_base, on_sizes, treated[:, k], estimate)
    return effects, lost


def _comparisons(
    count: int, g: int, anticipation: int, back: int | None
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The periods that have an effect, and the period each is compared with."""
    last_before = g - anticipation - (back or 1)
    if back:
        return np.arange(count), np.full(count, last_before)
    period = np.arange(1, count)
    return period, np.where(period >= g, last_before, period - 1)


def _controls(m: Moments, group: Group, comparison: str, until: NDArray[np.int64]) -> NDArray[np.bool_]:
    """C × K: whom the group is compared with."""
    if comparison == "never_treated":
        return np.broadcast_to((group.comparable & group.never)[:, None], (len(m.start), len(until)))
    later = (m.start[:, None] > until) & (m.start != group.start)[:, None]
    return np.asarray(group.comparable[:, None] & (group.never[:, None] | later))


def _identified(
    m: Moments, treated: NDArray[np.bool_], control: NDArray[np.bool_]
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """K: every treated stratum has controls; and X × K: the stratum has treated units but no controls."""
    strata = np.arange(len(m.strata))[:, None] == m.stratum
    missing = (strata @ treated.astype(float) > 0) & ~(strata @ control.astype(float) > 0)
    return treated.any(axis=0) & ~missing.any(axis=0), missing


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
    m: Moments, treated: NDArray[np.bool_], control: NDArray[np.bool_], now: Floats, before: Floats, trends: str
) -> tuple[Floats, Floats, Floats, Floats]:
    """Differences of mean changes, within strata where there are any: weights on now and before, B, the estimate.

    A change is now less `grown` times before, and the untreated count `like` times: both are 1 where trends are
    parallel; else the growth of the untreated, and how many times as much the treated did as they before.
    """
    n = m.n[:, None]
    size = (n * treated).sum(axis=0)
    on_now, on_before, on_sizes, estimate = (np.zeros(shape) for shape in (*[now.shape] * 3, size.shape))
    for stratum in range(len(m.strata)):
        inside = (m.stratum == stratum)[:, None]
        ours, theirs = n * (treated & inside), n * (control & inside)
        share = ours.sum(axis=0) / size
        grown, like = _growth(ours, theirs, now, before) if trends == "proportional" else (1.0, 1.0)
        change = now - grown * before
        weight = ours / size - share * like * theirs / np.maximum(theirs.sum(axis=0), 1)
        counterfactual = (theirs * change).sum(axis=0) / np.maximum(theirs.sum(axis=0), 1)
        on_now += weight
        on_before -= grown * weight
        on_sizes += m.units * (change - counterfactual) * weight / n
        estimate += (weight * change).sum(axis=0)
    on_sizes -= m.units * estimate * treated / size
    return on_now, on_before, on_sizes, estimate


def _growth(ours: Floats, theirs: Floats, now: Floats, before: Floats) -> tuple[Floats, Floats]:
    """K: how many times as much the untreated do now as before, and the treated did before as the untreated."""
    level = (theirs * before).sum(axis=0)
    nothing = (theirs.sum(axis=0) > 0) & ~(level > 0)
    if nothing.any():
        raise ContractError(
            f"trends alike in per cent need a mean above 0 in what is compared with, but in {nothing.sum():,} of"
            f" {len(nothing):,} comparisons it is not.\n  Use trends='parallel'."
        )
    level = np.where(level > 0, level, 1)
    pool, size = np.maximum(theirs.sum(axis=0), 1), np.maximum(ours.sum(axis=0), 1)
    return (theirs * now).sum(axis=0) / level, (ours * before).sum(axis=0) / size / (level / pool)


def joined(m: Moments, parts: list[Effects], small_sample: bool, lost: list[Lost]) -> Contrasts:
    """All groups' effects together."""
    if not sum(len(part.period) for part in parts):
        said = "\n  ".join(sentences(m, lost))
        raise ContractError(f"no effect can be told apart from what would have happened anyway.\n  {said}")
    period, base = (np.concatenate([getattr(part, name) for part in parts]) for name in ("period", "base"))
    on_period, on_base, on_sizes, behind = (
        np.concatenate([getattr(part, name) for part in parts], axis=1)
        for name in ("on_period", "on_base", "on_sizes", "behind")
    )
    cohort = np.concatenate([np.full(len(part.period), part.start) for part in parts])
    return Contrasts(
        spread=Spread(m, small_sample),
        terms=pd.DataFrame({"cohort": cohort, "period": period, "base": base}),
        estimate=np.concatenate([part.estimate for part in parts]),
        on_means=_on_means(on_period, on_base, period, base, m.timeline.count),
        on_sizes=on_sizes,
        behind=behind,
    )


def _on_means(
    on_period: Floats, on_base: Floats, period: NDArray[np.int64], base: NDArray[np.int64], width: int
) -> sparse.csr_array:
    """Weights on the means in each row's period and base as weights on all means, (C·T) × K."""
    cell, k = np.nonzero(on_period)
    rows = np.concatenate([cell * width + period[k], cell * width + base[k]])
    values = np.concatenate([on_period[cell, k], on_base[cell, k]])
    shape = (len(on_period) * width, on_period.shape[1])
    return sparse.csr_array(sparse.coo_array((values, (rows, np.concatenate([k, k]))), shape=shape))


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
