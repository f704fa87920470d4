"""What the usual regression with unit and period effects compares, as a warning.

Where treatment starts at different times and its effect grows, its coefficient compares with units treated already and
may even have the wrong sign. It is shown only beside the right answer, with the comparisons that it is the mean of.

Source: Goodman-Bacon (2021), Journal of Econometrics 225, 254–277.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

from workbench.errors import ContractError
from workbench.inference.contrasts import Contrasts
from workbench.inference.intervals import estimates
from workbench.inference.layout import Floats
from workbench.inference.moments import Moments
from workbench.inference.variance import Spread
from workbench.results.estimates import LEVEL, Estimates
from workbench.results.phrases import phrase, say
from workbench.results.words import number


def twfe(m: Moments, level: float = LEVEL) -> Estimates:
    """The coefficient of treatment in a regression with unit and period effects: shown beside the right answer only.

    Where treatment starts at different times and its effect grows, it compares with units treated already and may even
    have the wrong sign; `bacon(m)` shows with what weights. Units seen in every period; standard errors by unit, or by
    cluster, without a factor for small samples.

    >>> from workbench.simulation import tiny_crm
    >>> panel = wb.user_weeks(wb.open_source(tiny_crm()))
    >>> m = wb.moments(panel, outside="known")
    >>> wb.twfe(m).table["estimate"].round(2).tolist()
    [1.17]
    """
    _check_one_stratum(m)
    whole = m.balanced()
    on = (whole.path > 0).astype(float)
    share = whole.n / max(whole.units, 1)
    left = _demeaned(on, share)
    size = share @ (left**2).sum(axis=1)
    if not size > 0:
        rule = say("treatment does not vary within units and periods, so the regression has no coefficient.")
        raise ContractError(rule)
    estimate = share @ (left * whole.mean).sum(axis=1) / size
    unexplained: Floats = _demeaned(whole.mean, share) - estimate * left
    contrast = Contrasts(
        spread=Spread(whole),
        terms=pd.DataFrame(index=range(1)),
        estimate=np.array([estimate]),
        on_means=sparse.csc_array((share[:, None] * left / size).reshape(-1, 1)),
        on_sizes=((left * unexplained).sum(axis=1) / size)[:, None],
        behind=np.asarray(on.any(axis=1)).reshape(-1, 1),
    )
    about = say("two-way fixed effects regression")
    dropped = m.units - whole.units
    notes = [say("{n} units not seen in every period are left out.", n=number(dropped, 0))] if dropped else []
    notes.append(say("Units treated already serve as comparisons here: not an answer, see bacon(m)."))
    return estimates(contrast, pd.DataFrame(index=range(1)), m.unit, about, level, tuple(notes))


def _check_one_stratum(m: Moments) -> None:
    """ContractError where units are to be compared within strata, which this regression does not do."""
    if len(m.strata) > 1:
        raise ContractError(
            f"the regression compares everybody with everybody, but these moments compare within {len(m.strata)}"
            " strata.\n  Take them without strata=, or ask att_gt(m), which compares within strata."
        )


def _demeaned(rows: Floats, share: Floats) -> Floats:
    """Less the mean of each cell, less the mean of each period over units."""
    within = rows - rows.mean(axis=1, keepdims=True)
    return np.asarray(within - share @ within)


def bacon(m: Moments) -> pd.DataFrame:
    """What a two-way fixed effects regression is the mean of.

    Returns one row for each comparison: kind ("treated against never", "earlier against later", "later against
    earlier": units already treated serve as controls, which is what goes wrong), treated, control (first periods;
    missing: never), weight (adding up to 1), estimate. Σ weight·estimate = twfe(m).

    >>> from workbench.simulation import tiny_crm
    >>> panel = wb.user_weeks(wb.open_source(tiny_crm()))
    >>> m = wb.moments(panel, outside="known")
    >>> wb.bacon(m)["weight"].sum().round(6)
    np.float64(1.0)
    """
    _check_one_stratum(m)
    start, share, path = _balanced_cohorts(m)
    count, rows = m.timeline.count, []
    for k in range(len(start)):
        for j in range(len(start)):
            if k != j and start[k] < count:
                rows.append(_comparison(m, start[k], start[j], share[[k, j]], path[[k, j]]))
    table = pd.DataFrame(rows, columns=["kind", "treated", "control", "weight", "estimate"])
    table["weight"] /= table["weight"].sum()
    return table


def by_kind(comparisons: pd.DataFrame) -> pd.DataFrame:
    """What each kind of comparison alone would say.

    comparisons : the answer of `bacon`
    Returns kind, weight (adding up to 1), estimate (the weighted mean of its comparisons).

    >>> from workbench.simulation import tiny_crm
    >>> panel = wb.user_weeks(wb.open_source(tiny_crm()))
    >>> from workbench.effects import by_kind
    >>> m = wb.moments(panel, outside="known")
    >>> by_kind(wb.bacon(m))["weight"].sum().round(6)
    np.float64(1.0)
    """
    parts = comparisons.assign(estimate=comparisons["weight"] * comparisons["estimate"])
    sums = parts.groupby("kind", as_index=False)[["weight", "estimate"]].sum()
    return sums.assign(estimate=sums["estimate"] / sums["weight"])


def _balanced_cohorts(m: Moments) -> tuple[Floats, Floats, Floats]:
    """Start, share of units and mean path of each cohort, of units seen in every period."""
    whole = m.balanced()
    switched = (whole.path == 0) & (np.arange(m.timeline.count) >= whole.start[:, None])
    if switched.any() or not (whole.start < m.timeline.count).any() or len(np.unique(whole.start)) < 2:
        rule = say(
            "the decomposition needs treatment that stays on, and two cohorts (or one and units never treated) seen in"
            " every period."
        )
        raise ContractError(f"{rule}\n  Look at the moments: print(m).")
    start = np.unique(whole.start)
    member = whole.start == start[:, None]
    size = member @ whole.n
    return start, size / size.sum(), (member * whole.n) @ whole.mean / size[:, None]


def _comparison(
    m: Moments, treated: float, control: float, share: Floats, path: Floats
) -> tuple[str, Any, Any, float, float]:
    count = m.timeline.count
    late, early = max(treated, control), min(treated, control)
    first, last = (0, int(min(control, count))) if treated < control else (int(control), count)
    inside = np.arange(first, last)
    on = inside >= treated
    difference = path[0, inside] - path[1, inside]
    estimate = difference[on].mean() - difference[~on].mean()
    # Share of all periods in the window, twice (its pairs), times variance of being treated there.
    window = (last - first) / count
    spread = on.mean() * (1 - on.mean())
    weight = share[0] * share[1] * window**2 * spread
    never = not late < count
    kind = (
        phrase("treated against never")
        if never
        else phrase("earlier against later")
        if treated == early
        else phrase("later against earlier")
    )
    labels = m.timeline.labels([treated, control])
    return kind, labels[0], labels[1] if control < count else None, weight, estimate
