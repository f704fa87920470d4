"""Weights that turn cohort means into effects.

The effect on cohort g in period t is a difference in differences, ATT(g, t) (see `did`), and every summary a weighted
mean of these, its weights being estimates too.

Sources: Callaway & Sant'Anna (2021), Journal of Econometrics 225, 200–230; Roth & Sant'Anna (2023), JPE Microeconomics
1, 669–709.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse, stats

from workbench.contract import ContractError, attempted
from workbench.contrasts import Contrasts, size_weights
from workbench.did import (
    Group,
    check_choice,
    check_lasting,
    described,
    joined,
    one_group,
    spread_notes,
    spread_words,
    unusable,
)
from workbench.engines import as_table, identifier, literal
from workbench.estimates import Estimates, estimates
from workbench.moments import Moments, moments
from workbench.units import Floats

COMPARISONS = {
    "not_yet_treated": "units not treated yet",
    "never_treated": "units never treated",
}


# ── every cohort, every period ────────────────────────────────────────────────────────────────────────────────────────


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
    found, about, notes = _group_times(m, comparison, anticipation, base, small_sample, trends)
    label = m.calendar.labels
    terms = pd.DataFrame({"cohort": label(found.terms.cohort), "period": label(found.terms.period)})
    return estimates(found, terms, m.unit, about, level, notes, band=band, seed=seed)


def _group_times(
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
    starts = np.unique(m.start[m.start < m.calendar.count]).astype(int)
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
    found = joined(m, parts, small_sample, notes)
    adjusted = f", within {len(m.strata)} strata" if len(m.strata) > 1 else ""
    adjusted += ", trends alike in per cent" if trends == "proportional" else ""
    about = f"Callaway–Sant'Anna ATT(g, t), compared with {COMPARISONS[comparison]}{adjusted}{spread_words(found)}"
    return found, about, (*notes, *spread_notes(m, small_sample))


def _excluded_words(m: Moments) -> str:
    said = [f"{row.units:,} units were left out: {row.reason}." for row in m.excluded.itertuples()]
    return "\n  ".join(said) or "Look at the cohort column: a missing value means never treated."


# ── summaries ─────────────────────────────────────────────────────────────────────────────────────────────────────────
_SUMMARIES = {
    None: "mean effect over all treated units and periods",
    "event_week": "effect by periods since treatment began",
    "cohort": "mean effect on each cohort",
    "period": "mean effect in each period",
}


def aggregate(att: Estimates, by: str | None = None, band: bool = True, seed: int = 0) -> Estimates:
    """Weighted means of ATT(g, t), by the units treated.

    by : None, one number over all treated units and periods; "event_week", periods since treatment began (negative
        before); "cohort", the mean over each cohort's treated periods; "period", over all treated in each period

    Returns Estimates; `.overall` is their mean over treated periods, or over units where by="cohort".
    """
    summed, _, terms = _summed(att, by)
    about = att.about.replace("ATT(g, t)", _SUMMARIES[by], 1)
    names = _labelled(summed.moments, terms)
    return estimates(summed, names, att.unit, about, att.level, att.notes, summary=True, band=band, seed=seed)


def over(att: Estimates, spans: Mapping[str, tuple[int, int]], seed: int = 0) -> Estimates:
    """The mean effect over spans of periods since treatment began: how it grows, and how long it lasts.

    spans : name → first and last period since treatment began, both included; those with nothing seen are left out
    Returns Estimates with the term span. A late span rests on those treated early: n says on how many.
    """
    found = _found(att)
    event = found.event_week
    groups = {name: np.flatnonzero((event >= first) & (event <= last)) for name, (first, last) in spans.items()}
    seen = {name: rows for name, rows in groups.items() if len(rows)}
    if not seen:
        raise ContractError(f"no effect is seen in {', '.join(groups) or 'no span'}; effects run to {event.max()}.")
    terms = pd.DataFrame({"span": list(seen)})
    summed = found.averaged(list(seen.values()), terms, found.behind)
    about = att.about.replace("ATT(g, t)", "mean effect over spans of periods since treatment began", 1)
    return estimates(summed, terms, att.unit, about, att.level, att.notes, seed=seed)


def _summed(att: Estimates, by: str | None) -> tuple[Contrasts, list[NDArray[np.int64]], pd.DataFrame]:
    """The summaries with their overall number last, the rows behind each, and the summaries' places."""
    found = _found(att)
    check_choice("by", by, _SUMMARIES)
    groups, terms = _groups(found, by)
    if not len(groups):
        raise ContractError("no effect after treatment began can be told, so there is nothing to sum up.")
    return _weighted_means(found, groups, terms, by, found), groups, terms


def _found(att: Estimates) -> Contrasts:
    if att._contrasts is None or "base" not in att._contrasts.terms:
        raise ContractError("this needs the effects of every cohort and period: pass what att_gt(m) returned.")
    return att._contrasts


def _groups(found: Contrasts, by: str | None) -> tuple[list[NDArray[np.int64]], pd.DataFrame]:
    """Which rows each summary is the mean of, and the summaries' names as places."""
    event = found.event_week
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
    effects: Contrasts,
) -> Contrasts:
    """Means of `found` over groups of rows, and as the last one their overall number; weights as for `effects`."""
    # A cohort's own mean weighs all its periods the same, whoever joined or left meanwhile.
    members = np.ones_like(effects.behind) if by == "cohort" else effects.behind
    distance = (effects.terms.period - effects.terms.base).to_numpy()
    places = terms.assign(distance=[distance[rows].mean() for rows in groups])
    summed = found.averaged(groups, places, members)
    overall, overall_drawn = _overall(summed, effects, groups, by)
    extra = np.column_stack([np.zeros((len(overall_drawn), len(groups))), overall_drawn])
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
    contrasts = found.contrasts
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


def slope(found: Estimates, term: str) -> Estimates:
    """How much an effect grows with each step of a number, such as an hour: the line of least squares through its rows.

    found : effects whose `term` is a number, or a number as text; every row counts alike
    Returns Estimates of one row, in the unit a step.
    """
    steps = found.table[term].astype(float).to_numpy()
    centred = steps - steps.mean()
    if not (centred**2).sum() > 0:
        raise ContractError(f"a slope needs two values of {term}, but there is only {steps[0]:g}.")
    contrasts = found.contrasts.combined((centred / (centred**2).sum())[:, None], pd.DataFrame(index=range(1)))
    about = f"growth with {term}: {found.about}"
    line = estimates(contrasts, contrasts.terms, found.unit, about, found.level, found.notes)
    return replace(line, overall=line.table.iloc[0])


def by_group(
    panel: Any, column: str, cluster: str | None = None, anticipation: int = 0, fewest: int = 20
) -> tuple[dict[str, Estimates], dict[str, str]]:
    """The overall effect within each group of people, each held against the untreated of the same group.

    panel : user-weeks with `trained`; column : text that was true of a person before treatment
    fewest : treated people that a group must have
    Returns group → `aggregate` of its `att_gt`, with the correction for few teams, most treated people first; and group
    → why it has none, such as nobody to compare with.
    """
    given, name = as_table(panel), identifier(column)
    sizes = given.sql(
        f"""
        select {name} as named, count(distinct case when trained is not null then user_id end) as treated
        from this where {name} is not null group by {name} order by treated desc, named"""
    ).to_pandas()

    def of_group(group: str) -> Estimates:
        own = moments(
            given.sql(f"select * from this where {name} = {literal(group)}"), cluster=cluster, outside="known"
        )
        found = aggregate(att_gt(own, anticipation=anticipation, small_sample=True, band=False), band=False)
        assert found.overall is not None
        if not np.isfinite(found.overall["conf_low"]):
            raise ContractError("it rests on too few teams to tell it from chance.")
        return found

    enough = sizes["treated"] >= fewest
    found, reasons = attempted(sizes[enough]["named"].astype(str), of_group)
    return found, reasons | dict.fromkeys(sizes[~enough]["named"].astype(str), f"fewer than {fewest} were treated")


def detectable(found: Estimates, people: Sequence[int] = (50, 100, 200, 400), power: float = 0.8) -> pd.DataFrame:
    """The smallest effect that a next wave of so many people would show 8 times in 10.

    found : an effect; how sure it is on its `overall.n` people says how sure one will be on more or fewer
    power : how often it should be seen
    Returns people, effect (in the outcome's unit): (z₀.₉₇₅ + z_power) · SE · √(n / people), the usual two-sided formula
    (Bloom 1995, Evaluation Review 19(5), 547–556), which takes the comparison group to grow alike.
    """
    assert found.overall is not None
    reach = stats.norm.ppf((1 + found.level) / 2) + stats.norm.ppf(power)
    scale = reach * found.overall["std_error"] * np.sqrt(found.overall["n"] / np.array(people))
    return pd.DataFrame({"people": list(people), "effect": scale})


# ── in percent ────────────────────────────────────────────────────────────────────────────────────────────────────────


def relative(att: Estimates, by: str | None = None, seed: int = 0) -> Estimates:
    """Effects in percent of what would have been: ATT / (mean of the treated − ATT), summed up as by `aggregate`.

    Returns Estimates with the terms of `aggregate(att, by)`, in %; intervals by the delta method.
    Raises ContractError where the mean without treatment is not clearly above 0, so that a percentage means nothing.
    """
    effect, groups, terms = _summed(att, by)
    after = _after(effect, groups, by)
    level = _weighted_means(_treated_means(_found(att)), groups, terms, by, _found(att))
    effect, level = effect.selected(after), level.selected(after)
    without = level.estimate - effect.estimate
    apart = _side_by_side(level, effect).combined(
        np.vstack([np.eye(len(without)), -np.eye(len(without))]), effect.terms
    )
    unclear = without <= apart.reach(att.level) * apart.std_error
    if unclear.any():
        raise ContractError(
            f"a percentage needs a mean clearly above 0 without treatment, but in {unclear.sum()} rows it is not.\n"
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


# ── dates drawn at random ─────────────────────────────────────────────────────────────────────────────────────────────


def efficient(
    m: Moments,
    by: str | None = None,
    comparison: str = "not_yet_treated",
    small_sample: bool = True,
    level: float = 0.95,
    seed: int = 0,
) -> Estimates:
    """The same summaries where dates of treatment were drawn at random: narrower, because earlier use is used best.

    Callaway–Sant'Anna subtracts the whole difference before treatment; this subtracts β of it, with the β that makes
    the variance least. Only right where chance alone decided who was treated when. Standard errors hold cohort sizes
    fixed (Neyman), by cluster where clusters were drawn.

    small_sample : counts the doubt in errors from few units (see `studentised`) and in β, as an analysis of covariance
        does; False: the normal distribution, as R's `staggered`

    Returns Estimates with the terms of `aggregate`; only periods after treatment began.
    Source: Roth & Sant'Anna (2023), JPE Microeconomics 1(4), 669–709, equations (3), (12).
    """
    check_choice("by", by, _SUMMARIES)
    found, about, notes = _group_times(m, comparison)
    found = found.selected(np.flatnonzero(found.terms.period >= found.terms.cohort))
    groups, terms = _groups(found, by)
    after, before = (_weighted_means(_levels(found, place), groups, terms, by, found) for place in ("period", "base"))
    both = _side_by_side(after, before)
    size = len(after.estimate)
    spread = np.diag(both.covariance[size:, size:])
    beta = np.divide(np.diag(both.covariance[:size, size:]), spread, out=np.zeros(size), where=spread > 0)
    combined = both.combined(np.vstack([np.eye(size), -np.diag(beta)]), after.terms)
    how = replace(combined.spread, normal=not small_sample)
    clearness = np.divide(before.estimate**2, spread, out=np.zeros(size), where=spread > 0)
    combined = replace(combined, behind=after.behind, spread=how, fitted=clearness if small_sample else None)
    about = about.replace("Callaway–Sant'Anna ATT(g, t)", f"Roth–Sant'Anna efficient {_SUMMARIES[by]}", 1)
    notes = (*notes, "Right only where dates of treatment were drawn at random.")
    return estimates(combined, _labelled(m, terms), m.unit, about, level, notes, summary=True, seed=seed)


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
