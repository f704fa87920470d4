"""Whether the treated and those they are compared with are alike, and whether anybody is like the treated at all.

Data, with rules that are written down: `findings` says it in words.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workbench.effects.adjustment import chance_of_all, odds_of, overlapping
from workbench.effects.covariates import comparisons, unadjusted
from workbench.inference.layout import Floats
from workbench.inference.units import Units

ALIKE, ADJUSTABLE = 0.1, 0.25  # standardised differences (Austin 2009; Imbens & Rubin 2015, section 14.2)
BALANCE = ["cohort", "covariate", "treated", "compared", "difference", "weighted", "verdict"]
OVERLAP = ["cohort", "treated", "compared", "outside", "effective", "heaviest", "verdict"]


def balance(panel: Any, covariates: Sequence[str], **roles: Any) -> pd.DataFrame:
    """How unlike the treated of each cohort are, in each covariate, to those they are compared with when it starts.

    panel, covariates, **roles : as for `adjusted` (unit, period, outcome, cohort, cluster, weights, comparison …)
    Returns a row for each cohort and covariate: treated and compared, their means; difference of these over the mean of
    both spreads; weighted, the same after the compared are weighed by their odds of treatment (missing where no odds
    can be fitted); verdict: "alike" below 0.1 spreads, "adjustable" below 0.25, else "unlike": what a regression makes
    of these rests on its line.

    >>> rows = [(1, 9, 2, 4), (2, 5, 2, 3), (3, 8, 2, 3), (4, 9, None, 3), (5, 4, None, 1), (6, 6, None, 2)]
    >>> panel = pd.DataFrame(
    ...     [(i, week, g, tenure, y * (week == 2)) for i, tenure, g, y in rows for week in (1, 2)],
    ...     columns=["user_id", "week", "trained", "tenure", "active_days"],
    ... )
    >>> balance(panel, ["tenure"])[["treated", "compared", "difference", "verdict"]].round(2).values.tolist()
    [[7.33, 6.33, 0.43, 'unlike']]

    Source: Imbens & Rubin (2015), Causal Inference for Statistics, Social, and Biomedical Sciences, chapter 14.
    """
    rows = []
    for cohort, units, ours, theirs in _at_start(panel, covariates, roles):
        x, weight = units.covariates * units.scale + units.centre, units.weight
        mean1, spread1 = _moments(x, ours * weight)
        mean0, spread0 = _moments(x, theirs * weight)
        scale = np.sqrt((spread1**2 + spread0**2) / 2)
        chance = chance_of_all(units, ours, theirs)
        again = np.full(len(mean1), np.nan)
        if chance is not None:
            again = _moments(x, theirs * weight * odds_of(chance))[0]
        for j, name in enumerate(units.names):
            with np.errstate(divide="ignore", invalid="ignore"):  # a trait of which all have the same
                apart, left = ((mean1[j] - mean[j]) / scale[j] for mean in (mean0, again))
            rows.append((cohort, name, mean1[j], mean0[j], apart, left, _verdict(abs(apart))))
    return pd.DataFrame(rows, columns=BALANCE)


def overlap(panel: Any, covariates: Sequence[str], **roles: Any) -> pd.DataFrame:
    """Whether there is anybody like the treated of each cohort among those they are compared with when it starts.

    panel, covariates, **roles : as for `balance`
    Returns a row for each cohort: treated and compared, how many units; outside, the share of the treated whose fitted
    chance of treatment is above, or below, that of everybody compared; effective, for how many units the compared count
    once weighed by their odds of treatment (Kish); heaviest, the share of that weight on one unit; verdict: "none"
    where a covariate tells the treated apart for certain, "thin" where a tenth of them is outside or a tenth of the
    weight is one unit's, else "good".

    >>> rows = [(i, 2 if i % 2 else None, i % 4) for i in range(80)]
    >>> panel = pd.DataFrame(
    ...     [(i, week, g, x, (i * 7 + week) % 5) for i, g, x in rows for week in (1, 2)],
    ...     columns=["user_id", "week", "trained", "grade", "active_days"],
    ... )
    >>> overlap(panel, ["grade"])[["treated", "compared", "outside", "verdict"]].values.tolist()
    [[40, 40, 0.5, 'thin']]

    Sources: Crump, Hotz, Imbens & Mitnik (2009), Biometrika 96, 187–199; Kish (1965), Survey Sampling, section 11.7.
    """
    rows = []
    for cohort, units, ours, theirs in _at_start(panel, covariates, roles):
        rows.append((cohort, int(ours.sum()), int(theirs.sum()), *overlapping(units, ours, theirs)))
    return pd.DataFrame(rows, columns=OVERLAP)


Mask = NDArray[np.bool_]


def _at_start(panel: Any, covariates: Sequence[str], roles: dict[str, Any]) -> Iterator[tuple[Any, Units, Mask, Mask]]:
    """Cohort, units, and which of them are its own and which it is compared with in its first period."""
    units, plain, _, _ = unadjusted(panel, covariates, **roles)
    first = (plain.terms["period"] == plain.terms["cohort"]).to_numpy()
    for rows, treated, compared in comparisons(plain.selected(np.flatnonzero(first))):
        cohort = plain.terms["cohort"].to_numpy()[first][rows[0]]
        yield units.moments.timeline.label(cohort), units, treated[units.cell], compared[units.cell]


def _moments(x: Floats, weight: Floats) -> tuple[Floats, Floats]:
    """Weighted means and standard deviations of the columns of x."""
    mean, n = weight @ x / weight.sum(), weight.sum() ** 2 / (weight**2).sum()
    return mean, np.sqrt(weight @ (x - mean) ** 2 / weight.sum() * n / max(n - 1, 1))


def _verdict(apart: float) -> str:
    if apart < ALIKE:
        return "alike"
    return "adjustable" if apart < ADJUSTABLE else "unlike"
