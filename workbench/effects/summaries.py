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
from scipy import sparse

from workbench.data.duckdb import as_table
from workbench.data.engine import Table, identifier, literal
from workbench.effects.did import att_gt, check_choice
from workbench.errors import ContractError, attempted, check_share, check_whole, no_such_column
from workbench.inference.contrasts import Contrasts, size_weights
from workbench.inference.intervals import FEWEST, estimates
from workbench.inference.layout import Floats
from workbench.inference.moments import Moments, moments
from workbench.inference.precision import Precision, freedom_of
from workbench.results.estimates import Estimates
from workbench.results.phrases import phrase, plain, punctuated, say, say_n, translated
from workbench.results.words import number

SUMMARIES = {
    None: phrase("mean effect over all treated units and periods"),
    "event_week": phrase("effect by periods since treatment began"),
    "cohort": phrase("mean effect on each cohort"),
    "period": phrase("mean effect in each period"),
}


def aggregate(att: Estimates, by: str | None = None, band: bool = True, seed: int = 0) -> Estimates:
    """Weighted means of ATT(g, t), by the units treated.

    by : None, one number over all treated units and periods; "event_week", periods since treatment began (negative
        before); "cohort", the mean over each cohort's treated periods; "period", over all treated in each period

    Returns Estimates; `.overall` is their mean over treated periods, or over units where by="cohort".

    >>> from workbench.simulation import tiny_crm
    >>> panel = wb.user_weeks(wb.open_source(tiny_crm()))
    >>> m = wb.moments(panel, outside="known")
    >>> att = wb.att_gt(m)
    >>> wb.aggregate(att).overall["estimate"].round(2)
    np.float64(1.22)
    >>> wb.aggregate(att, by="cohort").table["n"].tolist()
    [2, 2]
    """
    summed, _, terms = _summed(att, by)
    about = att.about.replace("ATT(g, t)", translated(SUMMARIES[by]), 1)
    names = labelled(summed.moments, terms)
    return estimates(summed, names, att.unit, about, att.level, att.notes, summary=True, band=band, seed=seed)


def over(att: Estimates, spans: Mapping[str, tuple[int, int]], seed: int = 0) -> Estimates:
    """The mean effect over spans of periods since treatment began: how it grows, and how long it lasts.

    spans : name → first and last period since treatment began, both included; those with nothing seen are left out
    Returns Estimates with the term span. A late span rests on those treated early: n says on how many.

    >>> from workbench.simulation import tiny_crm
    >>> panel = wb.user_weeks(wb.open_source(tiny_crm()))
    >>> m = wb.moments(panel, outside="known")
    >>> att = wb.att_gt(m)
    >>> wb.over(att, {"first two": (0, 1), "later": (2, 9)}).table["span"].tolist()
    ['first two', 'later']
    """
    found = _found(att)
    event = found.event_week
    groups = {name: np.flatnonzero((event >= first) & (event <= last)) for name, (first, last) in spans.items()}
    seen = {name: rows for name, rows in groups.items() if len(rows)}
    if not seen:
        raise ContractError(f"no effect is seen in {', '.join(groups) or 'no span'}; effects run to {event.max()}.")
    terms = pd.DataFrame({"span": list(seen)})
    summed = found.averaged(list(seen.values()), terms, found.behind)
    about = att.about.replace("ATT(g, t)", say("mean effect over spans of periods since treatment began"), 1)
    return estimates(summed, terms, att.unit, about, att.level, att.notes, seed=seed)


def _summed(att: Estimates, by: str | None) -> tuple[Contrasts, list[NDArray[np.int64]], pd.DataFrame]:
    """The summaries with their overall number last, the rows behind each, and the summaries' places."""
    found = _found(att)
    check_choice("by", by, SUMMARIES)
    groups, terms = groups_of(found, by)
    if not len(groups):
        raise ContractError(say("no effect after treatment began can be told, so there is nothing to sum up."))
    return weighted_means(found, groups, terms, by, found), groups, terms


def _found(att: Estimates) -> Contrasts:
    found: Contrasts | None = att._contrasts
    if found is None or "base" not in found.terms:
        raise ContractError("this needs the effects of every cohort and period: pass what att_gt(m) returned.")
    return found


def groups_of(found: Contrasts, by: str | None) -> tuple[list[NDArray[np.int64]], pd.DataFrame]:
    """Which rows each summary is the mean of, and the summaries' names as places."""
    event = found.event_week
    if by is None:
        return [np.flatnonzero(event >= 0)] * bool((event >= 0).any()), pd.DataFrame(index=range(1))
    value = event if by == "event_week" else found.terms[by].to_numpy()
    used = np.ones(len(event), bool) if by == "event_week" else event >= 0
    values = np.unique(value[used])
    return [np.flatnonzero(used & (value == v)) for v in values], pd.DataFrame({by: values})


def labelled(m: Moments, terms: pd.DataFrame) -> pd.DataFrame:
    """Places as the panel's own periods; event weeks stay numbers."""
    return pd.DataFrame(
        {name: terms[name] if name == "event_week" else m.timeline.labels(terms[name]) for name in terms},
        index=range(len(terms)),
    )


def weighted_means(
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
        raise ContractError(say("no effect after treatment began can be told, so there is nothing to sum up."))
    return counted / counted.sum(), np.zeros(len(found.moments.n))


def differences(found: Estimates, seed: int = 0) -> Estimates:
    """Every row of Estimates less every row below it, so that groups are compared with each other and not with zero.

    Returns Estimates with the term twice, suffixed _a and _b; its band holds for all comparisons at once.

    >>> rows = [(u, t, u % 4 + (u < 8 and t > 2), "ab"[u % 2] * (u < 8 and t > 2)) for u in range(20) for t in range(6)]
    >>> panel = pd.DataFrame(rows, columns=["user_id", "week", "active_days", "arm"])
    >>> arms = wb.path_effects(wb.moments(panel, treatment="arm"), by="arm")
    >>> wb.differences(arms).table[["arm_a", "arm_b"]].to_dict("records")
    [{'arm_a': 'a', 'arm_b': 'b'}]
    """
    contrasts = found.contrasts
    a, b = np.triu_indices(len(found.table), 1)
    if not len(a):
        raise ContractError(say("a difference needs two rows, but there is only one."))
    rows = np.arange(len(a))
    weights = np.zeros((len(found.table), len(a)))
    weights[a, rows], weights[b, rows] = 1, -1
    terms = found.table.loc[:, :"estimate"].drop(columns="estimate")
    sides = [terms.iloc[side].reset_index(drop=True).add_suffix(f"_{name}") for side, name in ((a, "a"), (b, "b"))]
    named = pd.concat(sides, axis=1)
    about = say("differences, a less b: {about}", about=found.about)
    return estimates(contrasts.combined(weights, named), named, found.unit, about, found.level, found.notes, seed=seed)


def slope(found: Estimates, term: str) -> Estimates:
    """How much an effect grows with each step of a number, such as an hour: the line of least squares through its rows.

    found : effects whose `term` is a number, or one as text; each row counts alike, as does an experiment's control
    Returns Estimates of one row, in the unit a step.
    Raises ContractError where `term` is not there, is no number, or has one value only.

    >>> rows = [(u, t, u % 4 + (u < 8 and t > 2), "24"[u % 2] * (u < 8 and t > 2)) for u in range(20) for t in range(6)]
    >>> panel = pd.DataFrame(rows, columns=["user_id", "week", "active_days", "arm"])
    >>> arms = wb.path_effects(wb.moments(panel, treatment="arm"), by="arm")
    >>> wb.slope(arms, "arm").unit
    'active days'
    """
    if term not in found.table:
        raise ContractError(no_such_column(term, found.table.columns))
    steps = pd.to_numeric(found.table[term], errors="coerce").to_numpy(float)
    if np.isnan(steps).any():
        first = found.table[term][np.isnan(steps)].iloc[0]
        raise ContractError(f"a slope needs numbers in {term}, but one is {first!r}.")
    of_control = found.contrasts.terms.get(f"{term}_against", pd.Series(dtype=float)).to_numpy(float)[:1]
    every = np.append(steps, of_control)  # the arm compared with has an effect of 0 on itself
    centred = every - every.mean()
    if not (centred**2).sum() > 0:
        parts = {"term": plain(term), "value": punctuated(f"{steps[0]:g}")}
        raise ContractError(say("a slope needs two values of {term}, but there is only {value}.", **parts))
    weight = centred[: len(steps)] / (centred**2).sum()
    contrasts = found.contrasts.combined(weight[:, None], pd.DataFrame(index=range(1)))
    about = say("growth with {term}: {about}", term=plain(term), about=found.about)
    line = estimates(contrasts, contrasts.terms, found.unit, about, found.level, found.notes)
    return replace(line, overall=line.table.iloc[0])


def by_group(
    panel: Any,
    column: str,
    cluster: str | None = None,
    anticipation: int = 0,
    fewest: int = 20,
    cohort: str = "trained",
    outcome: str = "active_days",
    unit: str = "user_id",
    period: str = "week",
) -> tuple[dict[str, Estimates], dict[str, str]]:
    """The overall effect within each group of people, each held against the untreated of the same group.

    panel : user-weeks; cohort : their column of the first week of treatment; outcome, unit, period : as in `moments`
    column : text that was true of a person before treatment, the same in all of their rows
    fewest : treated people that a group must have
    Returns group → `aggregate` of its `att_gt`, with the correction for few teams, most treated people first; and group
    → why it has none, such as nobody to compare with. Who is in no group is in none of them: the notes of each say how
    many people that are.
    Raises ContractError where a column is not there, or a person is in several groups.

    >>> from workbench.simulation import tiny_crm
    >>> panel = wb.user_weeks(wb.open_source(tiny_crm()))
    >>> found, reasons = wb.by_group(panel, "department", fewest=2)
    >>> list(found), reasons
    (['sales'], {'service': 'fewer than 2 were treated'})
    """
    given, name, start = as_table(panel), identifier(column), identifier(cohort)
    for wanted in (unit, column, cohort):
        if wanted not in given.columns:
            raise ContractError(f"there is no column {wanted!r}.\n  The table has {', '.join(given.columns)}.")
    in_none, who = _without_group(given, column, unit), identifier(unit)
    lost = say("{n} units are left out: {reason}.", n=number(in_none, 0), reason=say("without a group"))
    sizes = given.sql(
        f"""
        select {name} as named, count(distinct case when {start} is not null then {who} end) as treated
        from this where {name} is not null group by {name} order by treated desc, named"""
    ).to_pandas()

    def of_group(group: str) -> Estimates:
        rows = given.sql(f"select * from this where {name} = {literal(group)}")
        own = moments(rows, unit, period, outcome, cohort=cohort, cluster=cluster, outside="known")
        found = aggregate(att_gt(own, anticipation=anticipation, small_sample=True, band=False), band=False)
        assert found.overall is not None
        if not np.isfinite(found.overall["conf_low"]):
            raise ContractError(say("it rests on too few teams to tell it from chance."))
        return replace(found, notes=(*[lost] * bool(in_none), *found.notes))

    enough = sizes["treated"] >= fewest
    found, reasons = attempted(sizes[enough]["named"].astype(str), of_group)
    return found, reasons | dict.fromkeys(
        sizes[~enough]["named"].astype(str), say("fewer than {n} were treated", n=fewest)
    )


def _without_group(given: Table, column: str, unit: str) -> int:
    """How many people have no group; ContractError where some have several."""
    name = identifier(column)
    counts = given.sql(
        f"""
        select coalesce(sum(case when known = 0 then 1 else 0 end), 0) as without,
            coalesce(sum(case when low < high or (known > 0 and known < seen) then 1 else 0 end), 0) as several
        from (select count({name}) as known, count(*) as seen, min({name}) as low, max({name}) as high
            from this group by {identifier(unit)}) as people"""
    ).row()
    if counts["several"]:
        raise ContractError(
            f"{column} does not change within a {unit}, but for {counts['several']:,} of them it does.\n"
            "  Use what was true before treatment, the same in all of a unit's rows."
        )
    return int(counts["without"])


def detectable(found: Estimates, people: Sequence[int] = (50, 100, 200, 400), power: float = 0.8) -> pd.DataFrame:
    """The smallest effect that a next wave of so many people would show 8 times in 10.

    found : an effect; how sure it is on its `overall.n` people says how sure one will be on more or fewer
    power : how often it should be seen
    Returns people, effect (in the outcome's unit). Standard errors shrink by √(n / people) where everything grows
    alike: those compared, and where teams were given it, the number of teams, not their size. With them grow the
    degrees of freedom of the interval; what is told from nothing so often follows from the noncentral t (Bloom 1995,
    Evaluation Review 19(5), 547–556). Missing where so few would leave no interval.

    >>> from workbench.simulation import tiny_crm
    >>> panel = wb.user_weeks(wb.open_source(tiny_crm()))
    >>> m = wb.moments(panel, outside="known")
    >>> att = wb.att_gt(m)
    >>> wb.detectable(wb.aggregate(att), (50, 100))["people"].tolist()
    [50, 100]
    """
    check_share("power", power)
    for many in people:
        check_whole("people", many, 1)
    if found.overall is None or not np.isfinite(found.overall["conf_high"]):
        rule = say("what a next wave would show is read off one number with an interval, but there is none.")
        raise ContractError(f"{rule}\n  Pass aggregate(att), or look at why it has no interval: its notes.")
    error, n = float(found.overall["std_error"]), float(found.overall["n"])
    freedom = freedom_of(float(found.overall["conf_high"] - found.overall["estimate"]) / error, found.level)
    effects = []
    for times in np.array(people) / n:
        # Of M teams M − 1 tell how teams vary, of twice as many 2M − 1.
        then = Precision(error / np.sqrt(times), (freedom + 1) * times - 1)
        effects.append(then.detectable(found.level, power) if then.freedom >= FEWEST else np.nan)
    return pd.DataFrame({"people": list(people), "effect": effects})


def relative(att: Estimates, by: str | None = None, seed: int = 0) -> Estimates:
    """Effects in percent of what would have been: ATT / (mean of the treated − ATT), summed up as by `aggregate`.

    Returns Estimates with the terms of `aggregate(att, by)`, in %; intervals by the delta method.
    Raises ContractError where the mean without treatment is not clearly above 0, so that a percentage means nothing.

    >>> from workbench.simulation import tiny_crm
    >>> panel = wb.user_weeks(wb.open_source(tiny_crm()))
    >>> m = wb.moments(panel, outside="known")
    >>> att = wb.att_gt(m)
    >>> wb.relative(att).unit
    '% of active days a week without treatment'
    """
    effect, groups, terms = _summed(att, by)
    after = _after(effect, groups, by)
    level = weighted_means(_treated_means(_found(att)), groups, terms, by, _found(att))
    effect, level = effect.selected(after), level.selected(after)
    without = level.estimate - effect.estimate
    apart = side_by_side(level, effect).combined(np.vstack([np.eye(len(without)), -np.eye(len(without))]), effect.terms)
    unclear = without <= apart.reach(att.level) * apart.std_error
    if unclear.any():
        rule = say_n(
            "a percentage needs a mean clearly above 0 without treatment, but in {n} row it is not.",
            "a percentage needs a mean clearly above 0 without treatment, but in {n} rows it is not.",
            unclear.sum(),
        )
        raise ContractError(f"{rule}\n  Report the effect itself: aggregate(att).")
    ratio = _linear_ratio(effect, level, without)
    names = labelled(effect.moments, terms.iloc[after[:-1]].reset_index(drop=True))
    about = att.about.replace("ATT(g, t)", translated(SUMMARIES[by]), 1)
    unit = say("% of {unit} without treatment", unit=translated(att.unit))
    return estimates(ratio, names, unit, about, att.level, att.notes, summary=True, seed=seed)


def _after(effect: Contrasts, groups: list[NDArray[np.int64]], by: str | None) -> NDArray[np.int64]:
    """Rows after treatment began, and the overall one: before it a percentage has nothing to be of."""
    kept = np.ones(len(groups), bool) if by != "event_week" else effect.terms.event_week.to_numpy()[:-1] >= 0
    return np.append(np.flatnonzero(kept), len(groups))


def _linear_ratio(effect: Contrasts, level: Contrasts, without: Floats) -> Contrasts:
    """100·effect/(level − effect), linear around its estimate."""
    both = side_by_side(effect, level)
    slopes = np.vstack([np.diag(level.estimate), -np.diag(effect.estimate)]) * 100 / without**2
    linear = both.combined(slopes, effect.terms)
    return replace(linear, estimate=100 * effect.estimate / without)


def side_by_side(first: Contrasts, second: Contrasts) -> Contrasts:
    """Two sets of contrasts of the same moments as one."""
    return replace(
        first,
        terms=pd.concat([first.terms, second.terms], ignore_index=True),
        estimate=np.append(first.estimate, second.estimate),
        on_means=sparse.csc_array(sparse.hstack([first.on_means, second.on_means])),
        on_sizes=np.hstack([first.on_sizes, second.on_sizes]),
        behind=np.hstack([first.behind, second.behind]),
    )


def _treated_means(found: Contrasts) -> Contrasts:
    """The mean of each row's treated units in its period."""
    m, period = found.moments, found.terms.period.to_numpy()
    if found.on_means.shape[0] != (m.pool.max() + 1) * m.timeline.count:
        rule = say("a percentage needs the means of the treated, which adjusted effects do not carry.")
        raise ContractError(f"{rule}\n  Report the effect itself: aggregate(att).")
    now = m.mean[:, period]
    weight = m.n[:, None] * found.behind / found.n
    mean = (weight * now).sum(axis=0)
    cell, k = np.nonzero(weight)
    entries = (weight[cell, k], (m.pool[cell] * m.timeline.count + period[k], k))
    return replace(
        found,
        estimate=mean,
        on_means=sparse.csc_array(sparse.coo_array(entries, shape=found.on_means.shape)),
        on_sizes=m.units * (now - mean) * found.behind / found.n,
    )
