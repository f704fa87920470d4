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

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import optimize, sparse, stats

from workbench.contract import ContractError
from workbench.moments import (
    Contrasts,
    Estimates,
    Floats,
    Moments,
    clusters_cohort,
    estimates,
    followed_paths,
    size_weights,
)

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
        none), and use t with Satterthwaite's degrees of freedom; for few teams
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
    every = {("days", 7): " a week", ("days", 1): " a day"}.get((m.calendar.kind, m.calendar.step), "")
    return m.outcome.replace("_", " ") + every


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
    alone = [g for g in np.unique(m.start) if _is_one_cluster(m, m.start == g)] if not small_sample else []
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
        group = _Group(int(g), m.start == g, np.isinf(m.start), np.ones(len(m.n), bool))
        reason = _unusable(m, group, anticipation, small_sample)
        if reason:
            notes.append(f"{_described(m, group)} are left out: {reason}.")
        else:
            parts.append(_one_group(m, group, comparison, anticipation, base, notes))
    return _joined(m, parts, small_sample, notes), notes


@dataclass(frozen=True)
class _Group:
    """Cells treated alike from period `start` on, and the cells they may be compared with (masks of C)."""

    start: int
    cells: NDArray[np.bool_]
    never: NDArray[np.bool_]
    comparable: NDArray[np.bool_]


def _unusable(m: Moments, group: _Group, anticipation: int, small_sample: bool) -> str:
    """Why a group can teach nothing, or an empty text."""
    if group.start <= anticipation:
        return "there is no period before treatment"
    if m.n[group.cells].sum() < 2:
        return "one unit alone has no spread to judge it by"
    if small_sample and _is_one_cluster(m, group.cells):
        return f"one {m.cluster_name} alone has no spread to judge it by"
    return ""


def _is_one_cluster(m: Moments, cells: NDArray[np.bool_]) -> bool:
    return m.clusters is not None and len(np.unique(m.clusters.cluster[cells[m.clusters.cell]])) == 1


def _name(m: Moments, place: float) -> str:
    label = m.calendar.label(int(place))
    return f"{label:%Y-%m-%d}" if isinstance(label, pd.Timestamp) else str(label)


def _described(m: Moments, group: _Group) -> str:
    return f"{m.n[group.cells].sum():,} units first treated in {_name(m, group.start)}"


def _excluded_words(m: Moments) -> str:
    said = [f"{row.units:,} units were left out: {row.reason}." for row in m.excluded.itertuples()]
    return "\n  ".join(said) or "Look at the cohort column: a missing value means never treated."


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


def _one_group(m: Moments, group: _Group, comparison: str, anticipation: int, base: str, notes: list[str]) -> _Effects:
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


def _controls(m: Moments, group: _Group, comparison: str, until: NDArray[np.int64]) -> NDArray[np.bool_]:
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
    group: _Group,
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
        f"{len(lost)} of {len(period)} periods of the {_described(m, group)} are left out, from"
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


def _joined(m: Moments, parts: list[_Effects], small_sample: bool, notes: list[str]) -> Contrasts:
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
    summed, _, terms = _summed(att, by, sizes)
    about = att.about.replace("ATT(g, t)", _SUMMARIES[by], 1)
    names = _labelled(summed.moments, terms)
    return estimates(summed, names, att.unit, about, att.level, att.notes, summary=True, band=band, seed=seed)


def over(att: Estimates, spans: Mapping[str, tuple[int, int]], seed: int = 0) -> Estimates:
    """The mean effect over spans of periods since treatment began: how it grows, and how long it lasts.

    spans : name → first and last period since treatment began, both included; those with nothing seen are left out
    Returns Estimates with the term span. A late span rests on those treated early: n says on how many.
    """
    found = _found(att)
    event = (found.terms.period - found.terms.cohort).to_numpy()
    groups = {name: np.flatnonzero((event >= first) & (event <= last)) for name, (first, last) in spans.items()}
    seen = {name: rows for name, rows in groups.items() if len(rows)}
    if not seen:
        raise ContractError(f"no effect is seen in {', '.join(groups) or 'no span'}; effects run to {event.max()}.")
    terms = pd.DataFrame({"span": list(seen)})
    summed = found.averaged(list(seen.values()), terms, found.behind)
    about = att.about.replace("ATT(g, t)", "mean effect over spans of periods since treatment began", 1)
    return estimates(summed, terms, att.unit, about, att.level, att.notes, seed=seed)


_SUMMARIES = {
    None: "mean effect over all treated units and periods",
    "event_week": "effect by periods since treatment began",
    "cohort": "mean effect on each cohort",
    "period": "mean effect in each period",
}


def _summed(att: Estimates, by: str | None, sizes: str) -> tuple[Contrasts, list[NDArray[np.int64]], pd.DataFrame]:
    """The summaries with their overall number last, the rows behind each, and the summaries' places."""
    found = _found(att)
    _check_choice("by", by, {None: "", "event_week": "", "cohort": "", "period": ""})  # type: ignore[dict-item]
    _check_choice("sizes", sizes, {"estimated": "", "fixed": ""})
    groups, terms = _groups(found, by)
    if not len(groups):
        raise ContractError("no effect after treatment began can be told, so there is nothing to sum up.")
    return _weighted_means(found, groups, terms, by, sizes, found), groups, terms


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
    found: Contrasts,
    groups: list[NDArray[np.int64]],
    terms: pd.DataFrame,
    by: str | None,
    sizes: str,
    effects: Contrasts,
) -> Contrasts:
    """Means of `found` over groups of rows, and as the last one their overall number; weights as for `effects`."""
    # A cohort's own mean weighs all its periods the same, whoever joined or left meanwhile.
    members = np.ones_like(effects.behind) if by == "cohort" else effects.behind
    distance = effects.terms.period - effects.terms.base
    places = terms.assign(distance=[distance.iloc[rows].mean() for rows in groups])
    summed = found.averaged(groups, places, members, sizes == "estimated")
    overall, overall_drawn = _overall(summed, effects, groups, by)
    extra = np.column_stack([np.zeros((len(overall_drawn), len(groups))), overall_drawn * (sizes == "estimated")])
    with_overall = pd.concat([places, places.iloc[:1]])
    return summed.combined(np.column_stack([np.eye(len(groups)), overall]), with_overall, extra)


def _overall(
    summed: Contrasts, found: Contrasts, groups: list[NDArray[np.int64]], by: str | None
) -> tuple[Floats, Floats]:
    """Weights of the summaries in the one number, and what drawing cohort sizes adds to B."""
    cohort, period = found.terms.cohort.to_numpy(), found.terms.period.to_numpy()
    if by == "cohort":
        members = np.column_stack([found.moments.start == cohort[rows[0]] for rows in groups])
        return size_weights(found.moments, members, summed.estimate)
    counted = np.array([(period[rows] >= cohort[rows]).all() for rows in groups])
    if not counted.any():
        raise ContractError("no effect after treatment began can be told, so there is nothing to sum up.")
    return counted / counted.sum(), np.zeros(len(found.moments.n))


def differences(found: Estimates, seed: int = 0) -> Estimates:
    """Every row of Estimates less every row below it, so that groups are compared with each other and not with zero.

    Returns Estimates with the term twice, suffixed _a and _b; its band holds for all comparisons at once.
    """
    contrasts = _contrasts_of(found)
    a, b = np.triu_indices(len(found.table), 1)
    if not len(a):
        raise ContractError("a difference needs two rows, but there is only one.")
    rows = np.arange(len(a))
    weights = np.zeros((len(found.table), len(a)))
    weights[a, rows], weights[b, rows] = 1, -1
    terms = found.table.loc[:, :"estimate"].drop(columns="estimate")
    sides = [terms.iloc[side].reset_index(drop=True).add_suffix(f"_{name}") for side, name in ((a, "a"), (b, "b"))]
    named = pd.concat(sides, axis=1)
    about = f"differences, a less b: {found.about}"
    return estimates(contrasts.combined(weights, named), named, found.unit, about, found.level, found.notes, seed=seed)


def _contrasts_of(found: Estimates) -> Contrasts:
    if found._contrasts is None:
        raise ContractError("these estimates do not know how they vary together: pass what aggregate(att) returned.")
    return found._contrasts


# ── in percent ──────────────────────────────────────────────────────────────────────────────────────────────────


def relative(att: Estimates, by: str | None = None, sizes: str = "estimated", seed: int = 0) -> Estimates:
    """Effects in percent of what would have been: ATT / (mean of the treated − ATT), summed up as by `aggregate`.

    Returns Estimates with the terms of `aggregate(att, by)`, in %; intervals by the delta method.
    Raises ContractError where the mean without treatment is not clearly above 0, so that a percentage means nothing.
    """
    effect, groups, terms = _summed(att, by, sizes)
    after = _after(effect, groups, by)
    level = _weighted_means(_treated_means(_found(att)), groups, terms, by, sizes, _found(att))
    effect, level = effect.selected(after), level.selected(after)
    without = level.estimate - effect.estimate
    if (without <= 0).any():
        raise ContractError(
            f"a percentage needs a mean above 0 without treatment, but in {(without <= 0).sum()} rows it is not.\n"
            "  Report the effect itself: aggregate(att)."
        )
    ratio = _linear_ratio(effect, level, without)
    names = _labelled(effect.moments, terms.iloc[after[:-1]].reset_index(drop=True))
    about = att.about.replace("ATT(g, t)", _SUMMARIES[by], 1)
    unit = f"% of {att.unit} without treatment"
    return estimates(ratio, names, unit, about, att.level, att.notes, summary=True, seed=seed)


def _after(effect: Contrasts, groups: list[NDArray[np.int64]], by: str | None) -> NDArray[np.int64]:
    """Rows after treatment began, and the overall one: before it a percentage has nothing to be of."""
    kept = np.ones(len(groups), bool) if by != "event_week" else effect.terms.event_week.to_numpy()[:-1] >= 0
    return np.append(np.flatnonzero(kept), len(groups))


def _linear_ratio(effect: Contrasts, level: Contrasts, without: Floats) -> Contrasts:
    """100·effect/(level − effect), linear around its estimate."""
    both = _side_by_side(effect, level)
    slopes = np.vstack([np.diag(level.estimate), -np.diag(effect.estimate)]) * 100 / without**2
    linear = both.combined(slopes, effect.terms)
    return replace(linear, estimate=100 * effect.estimate / without)


def _side_by_side(first: Contrasts, second: Contrasts) -> Contrasts:
    return replace(
        first,
        terms=pd.concat([first.terms, second.terms], ignore_index=True),
        estimate=np.append(first.estimate, second.estimate),
        on_means=sparse.csr_array(sparse.hstack([first.on_means, second.on_means])),
        on_sizes=np.hstack([first.on_sizes, second.on_sizes]),
        behind=np.hstack([first.behind, second.behind]),
    )


def _treated_means(found: Contrasts) -> Contrasts:
    """The mean of each row's treated units in its period."""
    m, period = found.moments, found.terms.period.to_numpy()
    now = m.mean[:, period]
    weight = m.n[:, None] * found.behind / found.n
    mean = (weight * now).sum(axis=0)
    cell, k = np.nonzero(weight)
    entries = (weight[cell, k], (cell * m.calendar.count + period[k], k))
    return replace(
        found,
        estimate=mean,
        on_means=sparse.csr_array(sparse.coo_array(entries, shape=found.on_means.shape)),
        on_sizes=m.units * (now - mean) * found.behind / found.n,
    )


# ── dates drawn at random ───────────────────────────────────────────────────────────────────────────────────────


def efficient(
    m: Moments, by: str | None = None, comparison: str = "not_yet_treated", level: float = 0.95, seed: int = 0
) -> Estimates:
    """The same summaries where dates of treatment were drawn at random: narrower, because earlier use is used best.

    Callaway–Sant'Anna subtracts the whole difference before treatment; this subtracts β of it, with the β that makes
    the variance least. Only right where chance alone decided who was treated when. Standard errors hold cohort sizes
    fixed (Neyman), by cluster where clusters were drawn.

    Returns Estimates with the terms of `aggregate`; only periods after treatment began.
    Source: Roth & Sant'Anna (2023), JPE Microeconomics 1(4), 669–709, equations (3), (12).
    """
    att = att_gt(m, comparison, small_sample=True, level=level, band=False)
    found = _found(att)
    found = found.selected(np.flatnonzero(found.terms.period >= found.terms.cohort))
    groups, terms = _groups(found, by)
    after, before = (
        _weighted_means(_levels(found, place), groups, terms, by, "fixed", found) for place in ("period", "base")
    )
    both = _side_by_side(after, before)
    size = len(after.estimate)
    spread = np.diag(both.covariance[size:, size:])
    beta = np.divide(np.diag(both.covariance[:size, size:]), spread, out=np.zeros(size), where=spread > 0)
    combined = both.combined(np.vstack([np.eye(size), -np.diag(beta)]), after.terms)
    combined = replace(combined, behind=after.behind)
    about = att.about.replace("Callaway–Sant'Anna ATT(g, t)", f"Roth–Sant'Anna efficient {_SUMMARIES[by]}", 1)
    names = _labelled(m, terms)
    notes = (*att.notes, "Right only where dates of treatment were drawn at random.")
    return estimates(combined, names, att.unit, about, level, notes, summary=True, seed=seed)


def _levels(found: Contrasts, place: str) -> Contrasts:
    """Treated less comparison mean in each row's period, or its base."""
    m, width = found.moments, found.moments.calendar.count
    at = found.terms[place].to_numpy()
    entries = sparse.coo_array(found.on_means)
    row, column = entries.coords
    here = row % width == at[column]
    sign = 1 if place == "period" else -1
    kept = (sign * entries.data[here], (row[here], column[here]))
    on_means = sparse.csr_array(sparse.coo_array(kept, shape=entries.shape))
    return replace(
        found, estimate=on_means.T @ m.mean.ravel(), on_means=on_means, on_sizes=np.zeros_like(found.on_sizes)
    )


# ── the usual regression, as a warning ──────────────────────────────────────────────────────────────────────────


def twfe(m: Moments, level: float = 0.95) -> Estimates:
    """The coefficient of treatment in a regression with unit and period effects: shown beside the right answer only.

    Where treatment starts at different times and its effect grows, it compares with units treated already and may even
    have the wrong sign; `bacon(m)` shows with what weights. Units seen in every period; standard errors by unit, or by
    cluster, without a factor for small samples.
    """
    whole = m.balanced()
    on = (whole.path > 0).astype(float)
    share = whole.n / max(whole.units, 1)
    left = _demeaned(on, share)
    size = share @ (left**2).sum(axis=1)
    if not size > 0:
        raise ContractError("treatment does not vary within units and periods, so the regression has no coefficient.")
    estimate = share @ (left * whole.mean).sum(axis=1) / size
    unexplained: Floats = _demeaned(whole.mean, share) - estimate * left
    contrast = Contrasts(
        moments=whole,
        terms=pd.DataFrame(index=range(1)),
        estimate=np.array([estimate]),
        on_means=sparse.csr_array((share[:, None] * left / size).reshape(-1, 1)),
        on_sizes=((left * unexplained).sum(axis=1) / size)[:, None],
        behind=np.asarray(on.any(axis=1)).reshape(-1, 1),
        small_sample=False,
    )
    about = "two-way fixed effects regression"
    dropped = m.units - whole.units
    notes = [f"{dropped:,} units not seen in every period are left out."] if dropped else []
    notes.append("Units treated already serve as comparisons here: not an answer, see bacon(m).")
    return estimates(contrast, pd.DataFrame(index=range(1)), _unit(m), about, level, tuple(notes))


def _demeaned(rows: Floats, share: Floats) -> Floats:
    """Less the mean of each cell, less the mean of each period over units."""
    within = rows - rows.mean(axis=1, keepdims=True)
    return within - share @ within


# ── on and off ──────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class _Path:
    """A whole history of treatment: its arm in every period; where it was first switched, switched back, on again."""

    arms: tuple[int, ...]
    start: int
    stop: float
    again: float

    @property
    def arm(self) -> int:
        """What it was switched to."""
        return self.arms[self.start]


def path_effects(
    m: Moments,
    by: str | None = None,
    anticipation: int = 0,
    small_sample: bool = False,
    sizes: str = "estimated",
    level: float = 0.95,
    seed: int = 0,
) -> Estimates:
    """Effects of a treatment that is switched on and off, or comes in several arms.

    m : moments(..., treatment=…). A path is a whole history of treatment; it is compared with the units that began as
        it did and have not been switched yet
    by : None, every path in every period; "event_week", by periods since it was switched on, while it is on (negative:
        before); "course", the same on after it was switched off too, for paths of one length; "weeks_after", by periods
        since it was switched off (0: the first without); "arm", the mean while on of each arm

    Returns Estimates (terms path, period; or the one named). A path that is switched on again is followed by itself
    only: what comes after its second start mixes with what was left of the first, and is in no summary.
    Where people chose their arm, differences between arms need parallel trends across arms, which is more.
    Source: de Chaisemartin & D'Haultfœuille (2024), Review of Economics and Statistics (not normalised).
    """
    _check_choice("by", by, dict.fromkeys((None, "event_week", "course", "weeks_after", "arm"), ""))  # type: ignore[arg-type]
    found, notes = _path_times(m, anticipation, small_sample)
    said = (*notes, *_cluster_notes(m, small_sample))
    about = f"effects of switching on and off, compared with units not switched yet{_spread_words(found)}"
    if by is None:
        terms = pd.DataFrame({"path": found.terms.path, "period": m.calendar.labels(found.terms.period)})
        return estimates(found, terms, _unit(m), about, level, said, seed=seed)
    value, used = _moment_of_path(found.terms, by)
    if not used.any():
        raise ContractError(f"no path has effects by {by}: {_why_none(by)}.")
    values = np.unique(value[used])
    groups = [np.flatnonzero(used & (value == v)) for v in values]
    names = [m.arms[int(v)] for v in values] if by == "arm" else values.astype(int)
    terms = pd.DataFrame({"event_week" if by == "course" else by: names})
    # How far apart the periods compared lie is what checks of the trends before read.
    apart = found.terms.period - found.terms.base
    places = terms.assign(distance=[apart.iloc[rows].mean() for rows in groups])
    summed = _with_overall(found, groups, places, sizes, values >= 0)
    return estimates(summed, terms, _unit(m), about, level, said, summary=True, seed=seed)


def _why_none(by: str) -> str:
    return "nobody is switched off again while seen" if by == "weeks_after" else "nobody is seen while it is on"


def _moment_of_path(terms: pd.DataFrame, by: str) -> tuple[Floats, NDArray[np.bool_]]:
    """What each row is grouped by, and whether it counts."""
    on = terms.period < np.minimum(terms.stop, terms.again)
    if by == "weeks_after":
        value = terms.period - terms.stop
        return value.to_numpy(float), ((value >= 0) & (terms.period < terms.again)).to_numpy()
    if by == "arm":
        return terms.arm.to_numpy(float), (on & (terms.period >= terms.cohort)).to_numpy()
    counted = terms.period < terms.again if by == "course" else on
    return (terms.period - terms.cohort).to_numpy(float), counted.to_numpy()


def _with_overall(
    found: Contrasts, groups: list[NDArray[np.int64]], terms: pd.DataFrame, sizes: str, counted: NDArray[np.bool_]
) -> Contrasts:
    """Means by the units behind, and their plain mean over the groups that count."""
    summed = found.averaged(groups, terms, found.behind, sizes == "estimated")
    mean = counted / max(counted.sum(), 1)
    return summed.combined(np.column_stack([np.eye(len(groups)), mean]), pd.concat([terms, terms.iloc[:1]]))


def _path_times(m: Moments, anticipation: int, small_sample: bool) -> tuple[Contrasts, list[str]]:
    """The effect on every path in every period; terms path, cohort (its start), period, base, arm, stop, again."""
    full = followed_paths(m)
    notes: list[str] = []
    parts, paths = [], []
    for arms in sorted({tuple(row) for row in full.tolist()}):
        changed = np.flatnonzero(np.array(arms) != arms[0])
        if not len(changed):
            continue
        path = _followed(arms, int(changed[0]))
        same_start = full[:, 0] == arms[0]
        never = (full == full[:, :1]).all(axis=1)
        group = _Group(path.start, (full == np.array(arms)).all(axis=1), never, same_start)
        reason = _unusable(m, group, anticipation, small_sample)
        if reason:
            notes.append(f"{_described(m, group)} are left out: {reason}.")
            continue
        parts.append(_one_group(m, group, "not_yet_treated", anticipation, "varying", notes))
        paths.append(path)
    if not parts:
        said = "\n  ".join(notes)
        raise ContractError(f"no path is switched after it was seen before, so there is no effect to see.\n  {said}")
    joined = _joined(m, parts, small_sample, notes)
    rows = [len(part.period) for part in parts]
    extra = {
        "path": np.repeat(np.array([_path_name(m, path) for path in paths], object), rows),
        "arm": np.repeat([path.arm for path in paths], rows),
        "stop": np.repeat([path.stop for path in paths], rows),
        "again": np.repeat([path.again for path in paths], rows),
    }
    if np.isfinite(extra["again"]).any():
        count = sum(np.isfinite(path.again) for path in paths)
        notes.append(f"{count} of {len(paths)} paths are switched on again; after that they are in no summary.")
    return replace(joined, terms=joined.terms.assign(**extra)), notes


def _followed(arms: tuple[int, ...], start: int) -> _Path:
    """Where a path that is first switched at `start` is switched back, and then away again."""
    places = np.arange(len(arms))
    code = np.array(arms)
    left = places[(places > start) & (code != code[start])]
    stop = float(left[0]) if len(left) and code[left[0]] == code[0] else np.inf
    # Another arm instead of none ends what can be told of the first one as much as a second start does.
    again = left[0] if len(left) and not np.isfinite(stop) else np.inf
    if np.isfinite(stop):
        later = places[(places > stop) & (code != code[0])]
        again = later[0] if len(later) else np.inf
    return _Path(arms, start, stop, float(again))


def _path_name(m: Moments, path: _Path) -> str:
    name = f"{m.arms[path.arm]} from {_name(m, path.start)}"
    if np.isfinite(path.stop):
        name += f" until {_name(m, path.stop)}"
    return name + (f", changed in {_name(m, path.again)}" if np.isfinite(path.again) else "")


# ── what is left ────────────────────────────────────────────────────────────────────────────────────────────────


def retained(m: Moments, weeks: Sequence[int] = (4, 8, 12), **options: Any) -> Estimates:
    """The share of the effect while on that is left so many weeks after it was switched off.

    weeks : 4 is the fourth week without
    options : those of `path_effects`

    Returns Estimates, one row per week (term weeks_after), a share that may be below 0 (harm) or above 1, with Fieller
    intervals; infinite ends where the effect while on is itself not clear: it cannot be told.
    """
    level, sizes = options.get("level", 0.95), options.get("sizes", "estimated")
    found, notes = _path_times(m, options.get("anticipation", 0), options.get("small_sample", False))
    on = _moment_of_path(found.terms, "arm")[1]
    value, after = _moment_of_path(found.terms, "weeks_after")
    there = [week for week in weeks if (after & (value == week - 1)).any()]
    if not there or not on.any():
        raise ContractError(f"nobody is seen {min(weeks)} weeks after switching off, so what is left cannot be told.")
    groups = [np.flatnonzero(on), *(np.flatnonzero(after & (value == week - 1)) for week in there)]
    terms = pd.DataFrame({"weeks_after": [0, *there]})
    both = _with_overall(found, groups, terms, sizes, np.ones(len(groups), bool)).selected(np.arange(len(groups)))
    rows = [_fieller(both, k, level) for k in range(1, len(groups))]
    table = pd.DataFrame(rows, columns=["estimate", "std_error", "conf_low", "conf_high"])
    table.insert(0, "weeks_after", there)
    table["n"] = both.n[1:]
    about = f"what is left of the effect after switching off{_spread_words(found)}; Fieller intervals"
    unit = "share of the effect while on"
    return Estimates(table, unit, about, level, None, (*notes, *_cluster_notes(m, both.small_sample)))


def _fieller(both: Contrasts, k: int, level: float) -> tuple[float, float, float, float]:
    """Estimate k over estimate 0: ratio, its delta-method error, and Fieller's interval."""
    (b, a), spread = both.estimate[[0, k]], both.covariance[np.ix_([0, k], [0, k])]
    ratio = a / b
    error = float(np.sqrt(max(spread[1, 1] - 2 * ratio * spread[0, 1] + ratio**2 * spread[0, 0], 0)) / abs(b))
    t2 = stats.t.ppf((1 + level) / 2, both.freedoms[[0, k]].min()) ** 2
    square, linear, constant = b**2 - t2 * spread[0, 0], a * b - t2 * spread[0, 1], a**2 - t2 * spread[1, 1]
    if square <= 0:
        return ratio, error, -np.inf, np.inf
    reach = np.sqrt(max(linear**2 - square * constant, 0))
    return ratio, error, (linear - reach) / square, (linear + reach) / square


def half_life(after: Estimates) -> Estimates:
    """How many weeks until half of what was left in the first week without is gone.

    after : path_effects(m, by="weeks_after")
    The curve a·2^(−w/h) is fitted to the effects w weeks after by generalised least squares with their covariance; by
    weighted least squares where that is known from clusters, or from fewer than ten units a week, for its inverse would
    then follow chance. The errors are those of the whole covariance either way.
    Returns Estimates of one row, in weeks; its interval ends at infinity where the effect may not fade at all, and all
    is missing where there is no clear effect to fade: it cannot be told.
    """
    contrasts = _contrasts_of(after)
    weeks = after.table.weeks_after.to_numpy(float)
    covariance = contrasts.covariance
    few = contrasts.moments.clusters is not None or contrasts.n.max() < 10 * len(weeks)
    known = np.diag(np.diag(covariance)) if few else covariance
    weight: Floats = np.linalg.pinv(known, rcond=1e-10, hermitian=True).astype(float)
    height, rate, shares = _fitted_decay(contrasts.estimate, weeks, weight)
    fitted = contrasts.combined(shares.T, pd.DataFrame(index=range(2)))
    reach = fitted.std_error * stats.t.ppf((1 + after.level) / 2, fitted.freedoms)
    low, high = rate - reach[1], rate + reach[1]
    clear = abs(height) > reach[0] and high > 0
    table = pd.DataFrame(
        {
            "estimate": [1 / rate if clear and rate > 0 else np.inf if clear else np.nan],
            "std_error": [fitted.std_error[1] / rate**2 if clear else np.nan],
            "conf_low": [1 / high if clear else np.nan],
            "conf_high": [np.nan if not clear else 1 / low if low > 0 else np.inf],
            "n": [contrasts.n.max()],
        }
    )
    reason = () if clear else ("What is left after switching off is not clear enough to say how fast it fades.",)
    return Estimates(table, "weeks", "half-life of what is left after switching off", after.level, None, reason)


def _fitted_decay(effects: Floats, weeks: Floats, weight: Floats) -> tuple[float, float, Floats]:
    """Height in week 0, halvings a week, and how each effect moves both (2 × weeks); from a grid of rates."""

    def at(rate: float) -> tuple[float, float]:
        shape = 2.0 ** (-rate * weeks)
        height = shape @ weight @ effects / (shape @ weight @ shape)
        gap = effects - height * shape
        return float(gap @ weight @ gap), float(height)

    grid = np.linspace(-0.2, 2, 221)
    near = grid[int(np.argmin([at(rate)[0] for rate in grid]))]
    best = optimize.minimize_scalar(lambda rate: at(rate)[0], bounds=(near - 0.01, near + 0.01), method="bounded")
    rate, height = float(best.x), at(float(best.x))[1]
    shape = 2.0 ** (-rate * weeks)
    slopes = np.column_stack([shape, -height * np.log(2) * weeks * shape])
    return height, rate, np.linalg.pinv(slopes.T @ weight @ slopes) @ slopes.T @ weight
