"""Whether trends parted before treatment, and what the check could have seen.

A large p-value says no more than that no drift much above the slopes given was seen: never "not significant, so
parallel". Source: Roth (2022), AER: Insights 4, 305–322.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
from scipy import optimize, stats

from workbench.effects.did import before_and_after
from workbench.errors import check_whole
from workbench.inference.contrasts import Contrasts
from workbench.inference.intervals import FEWEST
from workbench.results.estimates import Estimates

UNITS_A_RESTRICTION = 10  # units (or clusters) wanted for each restriction tested jointly


def pretrend(att: Estimates, before: int | None = None) -> pd.DataFrame:
    """Whether trends parted before treatment, and how steep a drift the check would have seen.

    att : att_gt(m), or aggregate(att, by="event_week")
    before : how many periods before treatment (before it was expected, where att_gt was given `anticipation`) to look
        at; default: all. Those long before it rest on late cohorts only
    Returns one row: statistic (Wald), df (comparisons, less those that repeat others), p_value, slope_detectable_50,
    slope_detectable_80: the steady drift, in the outcome's unit a period, that the check finds 50 and 80 times in 100;
    inf where none can be seen, as where two cohorts are compared with each other alone; periods before treatment that
    are compared, however they are averaged. All missing, with df and periods 0, where
    no period before treatment can be compared, or where fewer than three teams of a kind are all there is. A large
    p-value says no more than that no drift much above was seen.

    With small_sample, the statistic is Hotelling's and held to the F distribution, its degrees of freedom the mean of
    the comparisons' own; should there be more of them than a tenth of the treated units (clusters), or than half the
    degrees of freedom, they are averaged by weeks before treatment, then by blocks of weeks.

    >>> from workbench.simulation import tiny_crm
    >>> panel = wb.user_weeks(wb.open_source(tiny_crm()))
    >>> m = wb.moments(panel, outside="known")
    >>> att = wb.att_gt(m)
    >>> wb.pretrend(att, before=3).columns.tolist()
    ['statistic', 'df', 'p_value', 'slope_detectable_50', 'slope_detectable_80', 'periods']
    """
    if before is not None:
        check_whole("before", before, 1)
    looked_at = _looked_at(before_and_after(att), before)
    earlier, periods = _few_enough(looked_at), len(np.unique(looked_at.event_week))
    if not len(earlier.estimate) or earlier.freedoms.mean() < FEWEST:
        nothing = {"statistic": np.nan, "df": 0, "p_value": np.nan}
        return pd.DataFrame([nothing | {"slope_detectable_50": np.nan, "slope_detectable_80": np.nan, "periods": 0}])
    values, vectors = np.linalg.eigh(earlier.covariance)
    # Where nobody is never treated, cohorts are compared with each other, and some comparisons repeat others.
    told = values > values[-1] * 1e-10
    df, apart, drift = int(told.sum()), vectors[:, told], earlier.terms.distance.to_numpy(float)
    statistic = float(((earlier.estimate @ apart) ** 2 / values[told]).sum())
    seen, freedom = drift @ apart, float(earlier.freedoms_seen.mean())
    information = float((seen**2 / values[told]).sum()) if seen @ seen > 1e-12 * drift @ drift else 0.0
    slopes = {
        f"slope_detectable_{power}": _slope(_noncentrality(power / 100, df, freedom), information) for power in (50, 80)
    }
    row = {"statistic": statistic, "df": df, "p_value": _p_value(statistic, df, freedom)}
    return pd.DataFrame([row | slopes | {"periods": periods}])


def _slope(noncentrality: float, information: float) -> float:
    """Inf where a drift would be the same in all that are compared."""
    return float(np.sqrt(noncentrality / information)) if information else float("inf")


def _looked_at(found: Contrasts, most_weeks: int | None) -> Contrasts:
    """Rows before treatment; terms event_week and distance (periods compared)."""
    if "distance" not in found.terms:
        found = replace(found, terms=found.terms.assign(distance=found.terms.period - found.terms.base))
    # Where treatment was expected, the difference is its effect and no trend: nothing there is looked at.
    last = -found.anticipation
    used = (found.event_week < last) & found.compared & (found.std_error > 0)
    used &= found.event_week >= last - (np.inf if most_weeks is None else most_weeks)
    return found.selected(np.flatnonzero(used))


def _few_enough(found: Contrasts) -> Contrasts:
    """The same rows, or means of them by periods and blocks of periods: few enough to be tested together."""
    # The spread of a small cohort is poorly known however many there are to compare it with: the treated count.
    treated, clusters = np.isfinite(found.moments.start), found.moments.clusters
    if clusters is None:
        independent = int(found.moments.n[treated].sum())
    else:
        independent = len(np.unique(clusters.cluster[treated[clusters.cell]]))
    most = independent // UNITS_A_RESTRICTION if found.spread.small_sample else independent - 1
    block = 1
    while len(found.estimate) > 1 and len(found.estimate) > min(most, found.freedoms_seen.mean() / 2):
        found = _averaged_before(found, block)
        block *= 2
    return found


def _averaged_before(found: Contrasts, block: int) -> Contrasts:
    """One row for each block of periods before treatment."""
    number = (found.event_week + found.anticipation) // block
    values = np.unique(number)
    groups = [np.flatnonzero(number == v) for v in values]
    apart = found.terms.distance.to_numpy(float)
    distance = [apart[rows].mean() for rows in groups]
    terms = pd.DataFrame({"event_week": values * block - found.anticipation, "distance": distance})
    return found.averaged(groups, terms, found.behind)


def _p_value(statistic: float, df: int, freedom: float) -> float:
    if np.isinf(freedom):
        return float(stats.chi2.sf(statistic, df))
    rest = freedom - df + 1
    return float(stats.f.sf(statistic * rest / (freedom * df), df, rest))


def _noncentrality(power: float, df: int, freedom: float) -> float:
    """How far from null the truth must be for a 5% test to reject with this power."""
    if np.isinf(freedom):
        critical = stats.chi2.isf(0.05, df)
        return float(optimize.brentq(lambda x: stats.ncx2.sf(critical, df, x) - power, 1e-6, 1e4))
    rest = freedom - df + 1
    critical = stats.f.isf(0.05, df, rest)
    return float(optimize.brentq(lambda x: stats.ncf.sf(critical, df, rest, x) - power, 1e-6, 1e4))
