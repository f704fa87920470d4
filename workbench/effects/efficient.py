"""The efficient estimator for treatment dates that were assigned at random.

Callaway & Sant'Anna subtract the whole difference before treatment from the difference after it. Under random dates the
difference before is noise, and any multiple β of it may be subtracted: this chooses the β of least variance.

Source: Roth & Sant'Anna (2023), JPE Microeconomics 1(4), 669–709, equations (3) and (12).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from workbench.effects.did import check_choice, group_times
from workbench.effects.lottery import those_who_drew
from workbench.effects.summaries import SUMMARIES, groups_of, labelled, side_by_side, weighted_means
from workbench.inference.contrasts import Contrasts
from workbench.inference.intervals import estimates
from workbench.inference.layout import Floats
from workbench.inference.moments import Moments
from workbench.inference.variance import around_mean
from workbench.results.estimates import LEVEL, Estimates
from workbench.results.phrases import say, translated


def efficient(
    m: Moments,
    by: str | None = None,
    comparison: str = "not_yet_treated",
    drawn: str = "dates",
    small_sample: bool = True,
    level: float = LEVEL,
    seed: int = 0,
) -> Estimates:
    """Summaries of effects where chance decided who was treated when: narrower, because earlier use is used best.

    Callaway–Sant'Anna subtracts the whole difference before treatment; this subtracts β of it, with the β that makes
    the variance least. Who leaves later was not decided by lot: the difference before of those who stay is subtracted
    whole, and only that of all who drew is weighted. Standard errors hold cohort sizes fixed (Neyman), by cluster where
    clusters were drawn.

    m : only those who took part in the lottery, whether they came or not
    by : as in `aggregate`
    comparison : as in `att_gt`
    drawn : "dates", who had which date among those treated in the end: units never treated drew none, and are compared
        with nobody; "everything", also who was treated at all
    small_sample : counts the doubt in errors from few units and in β, as an analysis of covariance does; False: the
        normal distribution, as R's `staggered`
    level : of confidence; seed : of the draws behind the band

    Returns Estimates with the terms of `aggregate`, in the outcome's unit; only periods after treatment began.
    Raises ContractError where no effect can be told, or all who drew a date drew the same.
    Source: Roth & Sant'Anna (2023), JPE Microeconomics 1(4), 669–709, equations (3), (12).

    >>> import pandas as pd, workbench as wb
    >>> use = [1, 1, 3, 2, 2, 4, 1, 1, 1, 2, 2, 2]  # two people trained in week 2, two in week 4: two days more
    >>> panel = pd.DataFrame({"user_id": [*"aaabbbcccddd"], "week": [1, 2, 3] * 4, "active_days": use})
    >>> panel["trained"] = [3] * 6 + [4] * 6
    >>> wb.efficient(wb.moments(panel, outside="known")).overall["estimate"].round(6)
    np.float64(2.0)
    """
    check_choice("by", by, SUMMARIES)
    found, about, notes = group_times(those_who_drew(m, drawn), comparison)
    found = found.selected(np.flatnonzero(found.terms.period >= found.terms.cohort))
    groups, terms = groups_of(found, by)
    effects, by_lot = (weighted_means(each, groups, terms, by, found) for each in (found, _by_lot(found, comparison)))
    both = side_by_side(effects, by_lot)
    size = len(effects.estimate)
    spread = np.diag(both.covariance[size:, size:])
    weight = np.divide(np.diag(both.covariance[:size, size:]), spread, out=np.zeros(size), where=spread > 0)
    combined = both.combined(np.vstack([np.eye(size), -np.diag(weight)]), effects.terms)
    how = replace(combined.spread, normal=not small_sample)
    clearness = np.divide(by_lot.estimate**2, spread, out=np.zeros(size), where=spread > 0)
    combined = replace(combined, behind=effects.behind, spread=how, fitted=clearness if small_sample else None)
    summary = say("efficient {summary}", summary=translated(SUMMARIES[by]))
    about = about.replace("Callaway–Sant'Anna", "Roth–Sant'Anna", 1).replace("ATT(g, t)", summary, 1)
    notes = (*notes, "Right only where dates of treatment were drawn at random.")
    return estimates(combined, labelled(combined.moments, terms), m.unit, about, level, notes, summary=True, seed=seed)


def _by_lot(found: Contrasts, comparison: str) -> Contrasts:
    """Treated less comparison mean in each row's base period, of all who were seen then: chance alone made it.

    Whoever left later is in it, so that it is 0 but for the lots even where the treatment kept people.
    """
    m, terms = found.moments, found.terms
    base = terms.base.to_numpy()
    start, seen = m.start[:, None], m.seen[:, base]
    waiting = np.isinf(start) if comparison == "never_treated" else start > terms.period.to_numpy()
    ours, theirs = seen & (start == terms.cohort.to_numpy()), seen & waiting
    weight: Floats = np.zeros((len(m.n), len(base)))
    for stratum in range(len(m.strata)):
        n = np.where(m.stratum == stratum, m.n, 0).astype(float)
        share = n @ found.behind / found.n
        for sign, side in ((1, ours), (-1, theirs)):
            weight += sign * share * n[:, None] * side / np.maximum(n @ side, 1)
    cell, row = np.nonzero(weight)
    shape = (len(m.n) * m.timeline.count, len(base))
    on_means = sparse.csc_array((weight[cell, row], (cell * m.timeline.count + base[row], row)), shape=shape)
    on_sizes = _between_cells(m, weight, m.mean[:, base], ours)
    return replace(found, estimate=np.asarray(on_means.T @ m.mean.ravel()), on_means=on_means, on_sizes=on_sizes)


def _between_cells(m: Moments, weight: Floats, mean: Floats, treated: NDArray[np.bool_]) -> Floats:
    """B, C × K: what a unit adds by being in its cell, whose mean is not that of the group it is averaged with.

    Who is seen when makes many cells of one cohort. With weight w on a cell's mean, the group being the treated or the
    controls of a stratum, B = N·w·(mean − mean of the group)/n; it is centred within histories, whose sizes are fixed.
    """
    group_mean = np.zeros_like(mean)
    for stratum in range(len(m.strata)):
        for side in (treated, ~treated):
            members = np.where(side & (m.stratum == stratum)[:, None], weight, 0)
            total = members.sum(axis=0)
            average = np.divide((members * mean).sum(axis=0), total, out=np.zeros(len(total)), where=total != 0)
            group_mean += np.where(members != 0, average, 0)
    return around_mean(m.units * weight * (mean - group_mean) / m.n[:, None], m.n, m.history)
