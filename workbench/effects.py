"""Weights that turn cohort means into effects.

The effect on cohort g in period t is how much its mean changed since the last period before treatment, less how much
the mean of units not treated yet (or never) changed over the same periods:

    ATT(g, t) = [m_g(t) − m_g(b)] − [m_C(t) − m_C(b)]

Every summary is a weighted mean of these. Rules (base period, controls, weights and their influence) are those of R's
`did`, to which tests/test_reference.py holds every number.

Sources: Callaway & Sant'Anna (2021), Journal of Econometrics 225, 200–230; Roth & Sant'Anna (2023), JPE Microeconomics
1, 669–709; de Chaisemartin & D'Haultfœuille (2024), Review of Economics and Statistics.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from workbench.contract import ContractError
from workbench.moments import Contrasts, Estimates, Floats, Moments, clusters_cohort, estimates

COMPARISONS = {
    "not_yet_treated": "units not treated yet",
    "never_treated": "units never treated",
}
FEW = 40  # clusters below which the usual standard errors are too small


def att_gt(
    m: Moments,
    comparison: str = "not_yet_treated",
    anticipation: int = 0,
    base: str = "varying",
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
    small_sample : multiply each cohort's part of the variance by M/(M − 1), M its clusters (units where there are
        none), and use t with one degree of freedom less than there are clusters; for few teams
    band : also a band that holds all rows at once (costs more than all else)

    Returns Estimates with the terms cohort and period, in the outcome's unit; n = treated units behind the row.
    Effects that cannot be told (no base period, nobody to compare with) are left out and said in `notes`.
    """
    _check_choice("comparison", comparison, COMPARISONS)
    _check_choice("base", base, {"varying": "", "universal": ""})
    _check_lasting(m)
    found, notes = _group_times(m, comparison, anticipation, base, small_sample)
    label = m.calendar.labels
    terms = pd.DataFrame({"cohort": label(found.terms.cohort), "period": label(found.terms.period)})
    adjusted = f", within {len(m.strata)} strata" if len(m.strata) > 1 else ""
    about = f"Callaway–Sant'Anna ATT(g, t), compared with {COMPARISONS[comparison]}{adjusted}{_spread_words(found)}"
    said = (*notes, *_cluster_notes(m, small_sample))
    return estimates(found, terms, _unit(m), about, level, said, band=band, seed=seed)


def _unit(m: Moments) -> str:
    return m.outcome.replace("_", " ")


def _check_choice(name: str, said: Any, choices: dict[str, str]) -> None:
    if said not in choices:
        raise ContractError(f"{name} is one of {', '.join(map(repr, choices))}, not {said!r}.")


def _check_lasting(m: Moments) -> None:
    """Treatment stays on once it is on, and is one thing."""
    after = np.arange(m.calendar.count) >= m.start[:, None]
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


def _spread_words(found: Contrasts) -> str:
    m = found.moments
    by = f"; standard errors by {m.cluster_name} ({len(m.clusters.names):,})" if m.clusters else ""
    return by + (", corrected for few of them" if found.small_sample and by else "")


def _cluster_notes(m: Moments, small_sample: bool) -> list[str]:
    if m.clusters is None:
        return []
    straddling = int((clusters_cohort(m) < 0).sum())
    total = len(m.clusters.names)
    notes = []
    if straddling:
        notes.append(f"{straddling:,} of {total:,} {m.cluster_name}s have units in more than one cohort.")
    alone = [g for g in np.unique(m.start) if _is_one_cluster(m, g)] if not small_sample else []
    if alone:
        named = ", ".join("never treated" if np.isinf(g) else _name(m, int(g)) for g in alone)
        notes.append(
            f"One {m.cluster_name} alone is the cohort {named}: its own ups and downs are not in the intervals."
        )
    if total < FEW and not small_sample:
        notes.append(f"{total} {m.cluster_name}s are few: these intervals are too narrow; use small_sample=True.")
    return notes


# ── every cohort, every period ──────────────────────────────────────────────────────────────────────────────────


def _group_times(
    m: Moments, comparison: str, anticipation: int, base: str, small_sample: bool
) -> tuple[Contrasts, list[str]]:
    starts = np.unique(m.start[m.start < m.calendar.count]).astype(int)
    if not len(starts):
        raise ContractError(
            f"nobody is treated after being seen untreated, so there is no effect to see.\n  {_excluded_words(m)}"
        )
    notes: list[str] = []
    parts = []
    for g in starts:
        reason = _unusable(m, g, anticipation, small_sample)
        if reason:
            notes.append(f"{_units(m, g)} first treated in {_name(m, g)} are left out: {reason}.")
        else:
            parts.append(_one_cohort(m, g, comparison, anticipation, base, notes))
    if not parts or not sum(len(part.period) for part in parts):
        raise ContractError(
            "no effect can be told apart from what would have happened anyway.\n  " + "\n  ".join(notes)
        )
    return _joined(m, parts, small_sample), notes


def _unusable(m: Moments, g: int, anticipation: int, small_sample: bool) -> str:
    """Why a cohort can teach nothing, or an empty text."""
    if g <= anticipation:
        return "there is no period before treatment"
    if m.n[m.start == g].sum() < 2:
        return "one unit alone has no spread to judge it by"
    if small_sample and _is_one_cluster(m, g):
        return f"one {m.cluster_name} alone has no spread to judge it by"
    return ""


def _is_one_cluster(m: Moments, g: float) -> bool:
    return m.clusters is not None and len(np.unique(m.clusters.cluster[m.start[m.clusters.cell] == g])) == 1


def _name(m: Moments, place: int) -> str:
    label = m.calendar.label(place)
    return f"{label:%Y-%m-%d}" if isinstance(label, pd.Timestamp) else str(label)


def _units(m: Moments, g: int) -> str:
    return f"{m.n[m.start == g].sum():,} units"


def _excluded_words(m: Moments) -> str:
    said = [f"{row.units:,} units were left out: {row.reason}." for row in m.excluded.itertuples()]
    return "\n  ".join(said) or "Look at the cohort column: a missing value means never treated."


@dataclass(frozen=True)
class _Cohort:
    """One cohort's effects: `weight` C × K on the change since the base, the rest as in GroupTimes."""

    g: int
    period: NDArray[np.int64]
    base: NDArray[np.int64]
    weight: Floats
    on_sizes: Floats
    behind: NDArray[np.bool_]
    estimate: Floats


def _one_cohort(m: Moments, g: int, comparison: str, anticipation: int, base: str, notes: list[str]) -> _Cohort:
    period, before = _comparisons(m.calendar.count, g, anticipation, base)
    change = m.mean[:, period] - m.mean[:, before]
    usable = m.seen[:, period] & m.seen[:, before]
    treated = usable & (m.start == g)[:, None]
    control = usable & _controls(m, g, comparison, np.maximum(period, before) + anticipation)
    possible, missing = _identified(m, treated, control)
    _note_missing(m, g, period, treated, possible, missing, notes)
    k = np.flatnonzero(possible)
    weight, on_sizes, estimate = _differences(m, treated[:, k], control[:, k], change[:, k])
    same = period[k] == before[k]
    weight[:, same], on_sizes[:, same] = 0, 0
    return _Cohort(g, period[k], before[k], weight, on_sizes, treated[:, k], estimate)


def _comparisons(count: int, g: int, anticipation: int, base: str) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The periods that have an effect, and the period each is compared with."""
    last_before = g - anticipation - 1
    if base == "universal":
        return np.arange(count), np.full(count, last_before)
    period = np.arange(1, count)
    return period, np.where(period >= g, last_before, period - 1)


def _controls(m: Moments, g: int, comparison: str, until: NDArray[np.int64]) -> NDArray[np.bool_]:
    """C × K: whom the cohort is compared with."""
    never = np.isinf(m.start)[:, None]
    if comparison == "never_treated":
        return np.broadcast_to(never, (len(m.start), len(until)))
    return never | ((m.start[:, None] > until) & (m.start != g)[:, None])


def _identified(
    m: Moments, treated: NDArray[np.bool_], control: NDArray[np.bool_]
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """K: every treated stratum has controls; and X × K: the stratum has treated units but no controls."""
    strata = np.arange(len(m.strata))[:, None] == m.stratum
    missing = (strata @ treated.astype(float) > 0) & ~(strata @ control.astype(float) > 0)
    return treated.any(axis=0) & ~missing.any(axis=0), missing


def _note_missing(
    m: Moments,
    g: int,
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
        f"{len(lost)} of {len(period)} periods of the {_units(m, g)} first treated in {_name(m, g)} are left out, from"
        f" {_name(m, int(period[lost].min()))}: nobody{among} is left to compare with."
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


def _joined(m: Moments, parts: list[_Cohort], small_sample: bool) -> Contrasts:
    period, base = (np.concatenate([getattr(part, name) for part in parts]) for name in ("period", "base"))
    weight, on_sizes, behind = (
        np.concatenate([getattr(part, name) for part in parts], axis=1) for name in ("weight", "on_sizes", "behind")
    )
    cohort = np.concatenate([np.full(len(part.period), part.g) for part in parts])
    return Contrasts(
        moments=m,
        terms=pd.DataFrame({"cohort": cohort, "period": period, "base": base}),
        estimate=np.concatenate([part.estimate for part in parts]),
        on_means=_on_changes(weight, period, base, m.calendar.count),
        on_sizes=on_sizes,
        behind=behind,
        small_sample=small_sample,
    )


def _on_changes(weight: Floats, period: NDArray[np.int64], base: NDArray[np.int64], width: int) -> sparse.csr_array:
    """Weights on changes since the base as weights on means, (C·T) × K."""
    cell, k = np.nonzero(weight)
    value = weight[cell, k]
    rows = np.concatenate([cell * width + period[k], cell * width + base[k]])
    entries = (np.concatenate([value, -value]), (rows, np.concatenate([k, k])))
    return sparse.csr_array(sparse.coo_array(entries, shape=(len(weight) * width, weight.shape[1])))


# ── summaries ───────────────────────────────────────────────────────────────────────────────────────────────────


def aggregate(
    att: Estimates, by: str | None = None, sizes: str = "estimated", band: bool = True, seed: int = 0
) -> Estimates:
    """Weighted means of ATT(g, t), by the units treated.

    by : None, one number over all treated units and periods; "event_week", periods since treatment began (negative
        before); "cohort", the mean over each cohort's treated periods; "period", over all treated in each period
    sizes : "estimated" adds what comes from cohort sizes being a draw (as R's `did`); "fixed" for sizes set by design

    Returns Estimates; `.overall` is their mean over treated periods, or over units where by="cohort".
    """
    found = _found(att)
    _check_choice("by", by, {None: "", "event_week": "", "cohort": "", "period": ""})  # type: ignore[dict-item]
    _check_choice("sizes", sizes, {"estimated": "", "fixed": ""})
    groups, terms = _groups(found, by)
    if not len(groups):
        raise ContractError("no effect after treatment began can be told, so there is nothing to sum up.")
    summed = _weighted_means(found, groups, terms, by, sizes)
    about = att.about.replace("ATT(g, t)", _SUMMARIES[by], 1)
    names = _labelled(found.moments, terms)
    return estimates(summed, names, att.unit, about, att.level, att.notes, summary=True, band=band, seed=seed)


_SUMMARIES = {
    None: "mean effect over all treated units and periods",
    "event_week": "effect by periods since treatment began",
    "cohort": "mean effect on each cohort",
    "period": "mean effect in each period",
}


def _found(att: Estimates) -> Contrasts:
    if att._contrasts is None or "base" not in att._contrasts.terms:
        raise ContractError("this needs the effects of every cohort and period: pass what att_gt(m) returned.")
    return att._contrasts


def _groups(found: Contrasts, by: str | None) -> tuple[list[NDArray[np.int64]], pd.DataFrame]:
    """Which rows each summary is the mean of, and the summaries' names as places."""
    event = (found.terms.period - found.terms.cohort).to_numpy()
    if by is None:
        return [np.flatnonzero(event >= 0)] * bool((event >= 0).any()), pd.DataFrame(index=range(1))
    value = event if by == "event_week" else found.terms[by].to_numpy()
    used = np.ones(len(event), bool) if by == "event_week" else event >= 0
    values = np.unique(value[used])
    return [np.flatnonzero(used & (value == v)) for v in values], pd.DataFrame({by: values})


def _labelled(m: Moments, terms: pd.DataFrame) -> pd.DataFrame:
    """Places as the panel's own periods; event weeks stay numbers."""
    return pd.DataFrame(
        {name: terms[name] if name == "event_week" else m.calendar.labels(terms[name]) for name in terms},
        index=range(len(terms)),
    )


def _weighted_means(
    found: Contrasts, groups: list[NDArray[np.int64]], terms: pd.DataFrame, by: str | None, sizes: str
) -> Contrasts:
    """The summaries, and as the last one their overall number."""
    weights, drawn = np.zeros((len(found.n), len(groups))), np.zeros((len(found.moments.n), len(groups)))
    for j, rows in enumerate(groups):
        # A cohort's own mean weighs all its periods the same, whoever joined or left meanwhile.
        members = found.behind[:, rows] if by != "cohort" else np.ones((len(drawn), len(rows)), bool)
        weights[rows, j], drawn[:, j] = _size_weights(found.moments, members, found.estimate[rows])
    summed = found.combined(weights, terms, drawn * (sizes == "estimated"))
    overall, overall_drawn = _overall(summed, found, groups, by)
    extra = np.column_stack([np.zeros_like(drawn), overall_drawn * (sizes == "estimated")])
    with_overall = pd.concat([terms, terms.iloc[:1]])
    return summed.combined(np.column_stack([np.eye(len(groups)), overall]), with_overall, extra)


def _size_weights(m: Moments, members: NDArray[np.bool_], effects: Floats) -> tuple[Floats, Floats]:
    """Weights in proportion to the units behind each effect, and what drawing those units adds to B."""
    share = m.n @ members / m.units
    weights = share / share.sum()
    drawn = (members - share) @ (effects - weights @ effects) / share.sum()
    return weights, drawn


def _overall(
    summed: Contrasts, found: Contrasts, groups: list[NDArray[np.int64]], by: str | None
) -> tuple[Floats, Floats]:
    """Weights of the summaries in the one number, and what drawing cohort sizes adds to B."""
    cohort, period = found.terms.cohort.to_numpy(), found.terms.period.to_numpy()
    if by == "cohort":
        members = np.column_stack([found.moments.start == cohort[rows[0]] for rows in groups])
        return _size_weights(found.moments, members, summed.estimate)
    counted = np.array([(period[rows] >= cohort[rows]).all() for rows in groups])
    if not counted.any():
        raise ContractError("no effect after treatment began can be told, so there is nothing to sum up.")
    return counted / counted.sum(), np.zeros(len(found.moments.n))
