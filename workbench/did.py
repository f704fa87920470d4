"""Differences in differences of one group: how its mean changed, less how that of comparable units did.

    ATT(g, t) = [m_g(t) − m_g(b)] − [m_C(t) − m_C(b)]

b is the last period before treatment (and anticipation), C the cells that are comparable and not treated by then,
within strata where there are any. Rules (base period, controls, influence of drawn sizes) are those of R's `did`, to
which tests/test_reference.py holds every number. What cannot be told is left out, and said.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from workbench.contract import ContractError
from workbench.contrasts import Contrasts
from workbench.estimates import Estimates
from workbench.moments import Moments
from workbench.spread import Spread
from workbench.units import Floats

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
    return f"{m.n[group.cells].sum():,} units first treated in {m.calendar.name(group.start)}"


@dataclass(frozen=True)
class _Effects:
    """One group's effects: `weight` C × K on the change since the base, the rest as in Contrasts."""

    start: int
    period: NDArray[np.int64]
    base: NDArray[np.int64]
    weight: Floats
    on_sizes: Floats
    behind: NDArray[np.bool_]
    estimate: Floats


def one_group(m: Moments, group: Group, comparison: str, anticipation: int, base: str, notes: list[str]) -> _Effects:
    """A group's effects in all periods; those that cannot be told go to `notes`."""
    period, before = _comparisons(m.calendar.count, group.start, anticipation, base)
    change = m.mean[:, period] - m.mean[:, before]
    usable = m.seen[:, period] & m.seen[:, before]
    treated = usable & group.cells[:, None]
    control = usable & _controls(m, group, comparison, np.maximum(period, before) + anticipation)
    possible, missing = _identified(m, treated, control)
    _note_missing(m, group, period, treated, possible, missing, notes)
    k = np.flatnonzero(possible)
    weight, on_sizes, estimate = _differences(m, treated[:, k], control[:, k], change[:, k])
    same = period[k] == before[k]
    weight[:, same], on_sizes[:, same] = 0, 0
    return _Effects(group.start, period[k], before[k], weight, on_sizes, treated[:, k], estimate)


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
    return group.comparable[:, None] & (group.never[:, None] | later)


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
        f" {m.calendar.name(int(period[lost].min()))}: nobody{among} is left to compare with."
    )


def _differences(
    m: Moments, treated: NDArray[np.bool_], control: NDArray[np.bool_], change: Floats
) -> tuple[Floats, Floats, Floats]:
    """Differences of mean changes, within strata where there are any: weight and B by cell, and the estimate."""
    n = m.n[:, None]
    size = (n * treated).sum(axis=0)
    weight, on_sizes = np.zeros(change.shape), np.zeros(change.shape)
    for stratum in range(len(m.strata)):
        inside = (m.stratum == stratum)[:, None]
        ours, theirs = n * (treated & inside), n * (control & inside)
        pool = np.maximum(theirs.sum(axis=0), 1)
        counterfactual = (theirs * change).sum(axis=0) / pool
        share = ours.sum(axis=0) / size
        weight += ours / size - share * theirs / pool
        on_sizes += (
            m.units * (change - counterfactual) * ((treated & inside) / size - share * (control & inside) / pool)
        )
    estimate = (weight * change).sum(axis=0)
    on_sizes -= m.units * estimate * treated / size
    return weight, on_sizes, estimate


def joined(m: Moments, parts: list[_Effects], small_sample: bool, notes: list[str]) -> Contrasts:
    """All groups' effects together."""
    if not sum(len(part.period) for part in parts):
        said = "\n  ".join(notes)
        raise ContractError(f"no effect can be told apart from what would have happened anyway.\n  {said}")
    period, base = (np.concatenate([getattr(part, name) for part in parts]) for name in ("period", "base"))
    weight, on_sizes, behind = (
        np.concatenate([getattr(part, name) for part in parts], axis=1) for name in ("weight", "on_sizes", "behind")
    )
    cohort = np.concatenate([np.full(len(part.period), part.start) for part in parts])
    return Contrasts(
        spread=Spread(m, small_sample),
        terms=pd.DataFrame({"cohort": cohort, "period": period, "base": base}),
        estimate=np.concatenate([part.estimate for part in parts]),
        on_means=_on_changes(weight, period, base, m.calendar.count),
        on_sizes=on_sizes,
        behind=behind,
    )


def _on_changes(weight: Floats, period: NDArray[np.int64], base: NDArray[np.int64], width: int) -> sparse.csr_array:
    """Weights on changes since the base as weights on means, (C·T) × K."""
    cell, k = np.nonzero(weight)
    value = weight[cell, k]
    rows = np.concatenate([cell * width + period[k], cell * width + base[k]])
    entries = (np.concatenate([value, -value]), (rows, np.concatenate([k, k])))
    return sparse.csr_array(sparse.coo_array(entries, shape=(len(weight) * width, weight.shape[1])))


# ── what is said beside the numbers ───────────────────────────────────────────────────────────────────────────────────


def spread_words(found: Contrasts) -> str:
    """How standard errors were taken, to end a sentence with."""
    m = found.moments
    by = f"; standard errors by {m.cluster_name} ({len(m.clusters.names):,})" if m.clusters else ""
    return by + (", corrected for few of them" if found.spread.small_sample and by else "")


def spread_notes(m: Moments, small_sample: bool) -> list[str]:
    """What should be known of how units, or clusters, vary: straddling, alone in a cohort, few."""
    cohorts = np.unique(m.start) if m.clusters is not None else [np.inf]  # a treated unit alone is left out, and said
    alone = [] if small_sample else [g for g in cohorts if _is_alone(m, m.start == g)]
    named = ", ".join("never treated" if np.isinf(g) else m.calendar.name(int(g)) for g in alone)
    each = m.cluster_name or "unit"
    lone = [f"One {each} alone is the cohort {named}: its own ups and downs are not in the intervals."] * bool(alone)
    if m.clusters is None:
        return lone
    straddling, total = int((m.cohort_of_clusters < 0).sum()), len(m.clusters.names)
    across = [f"{straddling:,} of {total:,} {each}s have units in more than one cohort."] * bool(straddling)
    narrow = f"{total} {each}s are few: these intervals are too narrow; use small_sample=True."
    return [*across, *lone, *[narrow] * (total < FEW and not small_sample)]


# ── what is asked ─────────────────────────────────────────────────────────────────────────────────────────────────────


def check_choice(name: str, said: Any, choices: Collection[Any]) -> None:
    """ContractError unless what was said is one of the choices."""
    if said not in choices:
        raise ContractError(f"{name} is one of {', '.join(map(repr, choices))}, not {said!r}.")


def before_and_after(att: Estimates) -> Contrasts:
    """The contrasts of effects by period, before treatment too; ContractError where these are something else."""
    found = att._contrasts
    if found is None or not {"base", "event_week"} & set(found.terms):
        raise ContractError('this needs effects before and after: att_gt(m), or aggregate(att, by="event_week").')
    return found
