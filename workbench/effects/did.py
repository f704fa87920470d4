"""Weights that turn cohort means into effects.

The effect on cohort g in period t is a difference in differences, ATT(g, t) (see `did`), and every summary a weighted
mean of these, its weights being estimates too.

Sources: Callaway & Sant'Anna (2021), Journal of Econometrics 225, 200–230; Roth & Sant'Anna (2023), JPE Microeconomics
1, 669–709.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from workbench.errors import ContractError
from workbench.inference.contrasts import Contrasts
from workbench.inference.intervals import estimates
from workbench.inference.layout import Floats
from workbench.inference.moments import Moments
from workbench.inference.variance import Spread
from workbench.results.estimates import Estimates

COMPARISONS = {
    "not_yet_treated": "units not treated yet",
    "never_treated": "units never treated",
}


def att_gt(
    m: Moments,
    comparison: str = "not_yet_treated",
    anticipation: int = 0,
    base: str = "varying",
    trends: str = "parallel",
    small_sample: bool = False,
    level: float = 0.95,
    band: bool = True,
    seed: int = 0,
) -> Estimates:
    """The effect on every cohort in every period, ATT(g, t).

    comparison : "not_yet_treated" or "never_treated"
    anticipation : periods before treatment in which it may already be felt
    base : "varying" compares each period before treatment with the one before it; "universal" compares all periods
        with the last one before treatment
    trends : "parallel" takes the treated to have moved by as much as the others, had they not been treated;
        "proportional" by as many per cent: Poisson regression of two groups and two periods (Wooldridge 2023,
        Econometrics Journal 26, C31–C66)
    small_sample : take cohort sizes as they are (R's `did` counts them as drawn), multiply each cohort's part of the
        variance by M/(M − 1), M its clusters (units where there are none), more for clusters larger than the others
        (Bell & McCaffrey 2002, Survey Methodology 28, 169–181), and count the doubt in the errors themselves (see
        `studentised`); for few teams
    band : also a band that holds all rows at once (costs more than all else)

    Returns Estimates with the terms cohort and period, in the outcome's unit; n = treated units behind the row.
    Effects that cannot be told (no base period, nobody to compare with) are left out and said in `notes`.
    """
    check_choice("base", base, ("varying", "universal"))
    check_choice("trends", trends, ("parallel", "proportional"))
    found, about, notes = group_times(m, comparison, anticipation, base, small_sample, trends)
    label = m.timeline.labels
    terms = pd.DataFrame({"cohort": label(found.terms.cohort), "period": label(found.terms.period)})
    return estimates(found, terms, m.unit, about, level, notes, band=band, seed=seed)


def group_times(
    m: Moments,
    comparison: str,
    anticipation: int = 0,
    base: str = "varying",
    small_sample: bool = True,
    trends: str = "parallel",
) -> tuple[Contrasts, str, tuple[str, ...]]:
    """All ATT(g, t), how they were estimated, and what should be known of them."""
    check_choice("comparison", comparison, COMPARISONS)
    check_lasting(m)
    starts = np.unique(m.start[m.start < m.timeline.count]).astype(int)
    if not len(starts):
        raise ContractError(
            f"nobody is treated after being seen untreated, so there is no effect to see.\n  {_excluded_words(m)}"
        )
    notes: list[str] = []
    parts = []
    for g in starts:
        group = Group(int(g), m.start == g, np.isinf(m.start), np.ones(len(m.n), bool))
        reason = unusable(m, group, anticipation, small_sample)
        if reason:
            notes.append(f"{described(m, group)} are left out: {reason}.")
        else:
            parts.append(one_group(m, group, comparison, anticipation, base, notes, trends))
    found = replace(joined(m, parts, small_sample, notes), anticipation=anticipation)
    adjusted = f", within {len(m.strata)} strata" if len(m.strata) > 1 else ""
    adjusted += ", trends alike in per cent" if trends == "proportional" else ""
    about = f"Callaway–Sant'Anna ATT(g, t), compared with {COMPARISONS[comparison]}{adjusted}{spread_words(found)}"
    return found, about, (*notes, *spread_notes(m, small_sample))


def _excluded_words(m: Moments) -> str:
    said = [f"{row.units:,} units were left out: {row.reason}." for row in m.excluded.itertuples()]
    return "\n  ".join(said) or "Look at the cohort column: a missing value means never treated."


FEW = 40  # clusters below which the usual standard errors are too small


@dataclass(frozen=True)
class Group:
    """Cells treated alike from period `start` on, and the cells they may be compared with (masks of C)."""

    start: int
    cells: NDArray[np.bool_]
    never: NDArray[np.bool_]
    comparable: NDArray[np.bool_]


def unusable(m: Moments, group: Group, anticipation: int, small_sample: bool) -> str:
    """Why a group can teach nothing, or an empty text."""
    if group.start <= anticipation:
        return "there is no period before treatment"
    if m.n[group.cells].sum() < 2:
        return "one unit alone has no spread to judge it by"
    if small_sample and _is_alone(m, group.cells):
        return f"one {m.cluster_name} alone has no spread to judge it by"
    return ""


def _is_alone(m: Moments, cells: NDArray[np.bool_]) -> bool:
    """One unit, or the units of one cluster, are all that is in these cells."""
    if m.clusters is None:
        return bool(m.n[cells].sum() == 1)
    return len(np.unique(m.clusters.cluster[cells[m.clusters.cell]])) == 1


def described(m: Moments, group: Group) -> str:
    """Who is in a group, to begin a sentence with."""
    return f"{m.n[group.cells].sum():,} units first treated in {m.timeline.name(group.start)}"


@dataclass(frozen=True)
class _Effects:
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
    m: Moments, group: Group, comparison: str, anticipation: int, base: str, notes: list[str], trends: str = "parallel"
) -> _Effects:
    """A group's effects in all periods; those that cannot be told go to `notes`."""
    period, before = _comparisons(m.timeline.count, group.start, anticipation, base)
    usable = m.seen[:, period] & m.seen[:, before]
    treated = usable & group.cells[:, None]
    control = usable & _controls(m, group, comparison, np.maximum(period, before) + anticipation)
    possible, missing = _identified(m, treated, control)
    _note_missing(m, group, period, treated, possible, missing, notes)
    k = np.flatnonzero(possible)
    means = m.mean[:, period[k]], m.mean[:, before[k]]
    on_period, on_base, on_sizes, estimate = _differences(m, treated[:, k], control[:, k], *means, trends)
    same = period[k] == before[k]
    on_period[:, same], on_base[:, same], on_sizes[:, same] = 0, 0, 0
    return _Effects(group.start, period[k], before[k], on_period, on_base, on_sizes, treated[:, k], estimate)


def _comparisons(count: int, g: int, anticipation: int, base: str) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The periods that have an effect, and the period each is compared with."""
    last_before = g - anticipation - 1
    if base == "universal":
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


def _note_missing(
    m: Moments,
    group: Group,
    period: NDArray[np.int64],
    treated: NDArray[np.bool_],
    possible: NDArray[np.bool_],
    missing: NDArray[np.bool_],
    notes: list[str],
) -> None:
    lost = np.flatnonzero(treated.any(axis=0) & ~possible)
    if not len(lost):
        return
    where = missing[:, lost].any(axis=1)
    among = "" if len(m.strata) == 1 else f" in stratum {', '.join(np.array(m.strata)[where])}"
    notes.append(
        f"{len(lost)} of {len(period)} periods of the {described(m, group)} are left out, from"
        f" {m.timeline.name(int(period[lost].min()))}: nobody{among} is left to compare with."
    )


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


def joined(m: Moments, parts: list[_Effects], small_sample: bool, notes: list[str]) -> Contrasts:
    """All groups' effects together."""
    if not sum(len(part.period) for part in parts):
        said = "\n  ".join(notes)
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


def spread_words(found: Contrasts) -> str:
    """How standard errors were taken, to end a sentence with."""
    m = found.moments
    by = f"; standard errors by {m.cluster_name} ({len(m.clusters.names):,})" if m.clusters else ""
    return by + (", corrected for few of them" if found.spread.small_sample and by else "")


def spread_notes(m: Moments, small_sample: bool) -> list[str]:
    """What should be known of how units, or clusters, vary: straddling, alone in a cohort, few."""
    cohorts = np.unique(m.start) if m.clusters is not None else [np.inf]  # a treated unit alone is left out, and said
    alone = [] if small_sample else [g for g in cohorts if _is_alone(m, m.start == g)]
    named = ", ".join("never treated" if np.isinf(g) else m.timeline.name(int(g)) for g in alone)
    each = m.cluster_name or "unit"
    lone = [f"One {each} alone is the cohort {named}: its own ups and downs are not in the intervals."] * bool(alone)
    if m.clusters is None:
        return lone
    straddling, total = int((m.cohort_of_clusters < 0).sum()), len(m.clusters.names)
    across = [f"{straddling:,} of {total:,} {each}s have units in more than one cohort."] * bool(straddling)
    narrow = f"{total} {each}s are few: these intervals are too narrow; use small_sample=True."
    return [*across, *lone, *[narrow] * (total < FEW and not small_sample)]


def check_choice(name: str, said: Any, choices: Collection[Any]) -> None:
    """ContractError unless what was said is one of the choices."""
    if said not in choices:
        raise ContractError(f"{name} is one of {', '.join(map(repr, choices))}, not {said!r}.")


def check_lasting(m: Moments) -> None:
    """ContractError unless treatment stays on once it is on, and is one thing."""
    after = np.arange(m.timeline.count) >= m.start[:, None]
    off = (m.seen & after & (m.path == 0)).any(axis=1)
    if off.any():
        raise ContractError(
            f"treatment stays on once it is on, but for {m.n[off].sum():,} units it is switched off again.\n"
            "  Use path_effects(m), which follows treatment on and off."
        )
    on_at_first = np.take_along_axis(m.path, m.seen.argmax(axis=1)[:, None], axis=1)[:, 0] > 0
    several = len({code for code in np.unique(m.path) if code > 0}) > 1
    if several or on_at_first.any():
        raise ContractError(
            f"treatment is off when a unit is first seen and then one kind of on, but here it has"
            f" {len(m.arms) - 1} kinds and is on at first for {m.n[on_at_first].sum():,} units.\n"
            "  Use path_effects(m), which tells kinds apart."
        )


def before_and_after(att: Estimates) -> Contrasts:
    """The contrasts of effects by period, before treatment too; ContractError where these are something else."""
    found: Contrasts | None = att._contrasts
    if found is None or not {"base", "event_week"} & set(found.terms):
        raise ContractError('this needs effects before and after: att_gt(m), or aggregate(att, by="event_week").')
    return found
