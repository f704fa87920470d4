"""Effects among people who are unlike, compared as if they had the same covariates.

Where people chose, those who did differ: longer in the job, more active before. Their trends may be parallel only to
those of people like them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from workbench.effects.adjustment import Adjusted, adjusted_effects, overlapping
from workbench.effects.did import check_choice, group_times
from workbench.errors import ContractError
from workbench.inference.contrasts import Contrasts
from workbench.inference.influences import influences
from workbench.inference.intervals import estimates
from workbench.inference.layout import Floats
from workbench.inference.units import UnitColumns, Units, read_units
from workbench.results.estimates import LEVEL, Estimates
from workbench.results.phrases import say
from workbench.results.words import number

HOW = {"doubly_robust": "doubly robust", "regression": "by regression"}


def adjusted(
    panel: Any,
    covariates: Sequence[str],
    how: str = "doubly_robust",
    *,
    unit: str = "user_id",
    period: str = "week",
    outcome: str = "active_days",
    cohort: str = "trained",
    cluster: str | None = None,
    weights: str | None = None,
    comparison: str = "not_yet_treated",
    anticipation: int = 0,
    base: str = "varying",
    small_sample: bool = True,
    outside: str = "ask",
    level: float = LEVEL,
    band: bool = True,
    seed: int = 0,
) -> Estimates:
    """The effect on every cohort in every period, compared with people who have the same covariates.

    panel, unit, period, outcome, cohort, cluster, outside : as for `moments`
    covariates : numbers or text, true before treatment and the same in all rows of a unit; who lacks one is left out
    how : "regression" foresees the change of the treated from a regression among those compared with; "doubly_robust"
        also weighs these by their odds of treatment, and is right where either is
    weights : how much each unit counts for, the same in all its rows; n are weighted then, with weights of mean 1
    comparison, anticipation, base, small_sample, level, band : as for `att_gt`; small_sample=False gives R's numbers,
        else what covariates cost is counted, too: of single people the ups and downs that a fit hides (HC2) and degrees
        of freedom; of clusters it is not

    Returns Estimates like those of `att_gt`, for `aggregate`, `over`, `pretrend` and `sensitivity`. Effects that cannot
    be told, as where nobody is like the treated, are left out and said in `notes`. See `balance` and `overlap`.
    Raises ContractError where the panel breaks a rule, or no effect can be told.

    >>> rows = [(1, 9, 2, 4.0), (2, 5, 2, 3.5), (3, 8, 2, 3.0), (4, 9, None, 3), (5, 4, None, 1), (6, 6, None, 2.5)]
    >>> panel = pd.DataFrame(
    ...     [(i, week, g, tenure, y * (week == 2)) for i, tenure, g, y in rows for week in (1, 2)],
    ...     columns=["user_id", "week", "trained", "tenure", "active_days"],
    ... )
    >>> adjusted(panel, ["tenure"], how="regression").table["estimate"].round(2).tolist()
    [0.95]

    Sources: Heckman, Ichimura & Todd (1997), Review of Economic Studies 64, 605–654; Sant'Anna & Zhao (2020), Journal
    of Econometrics 219, 101–122; Callaway & Sant'Anna (2021), Journal of Econometrics 225, 200–230.
    """
    check_choice("how", how, HOW)
    check_choice("base", base, ("varying", "universal"))
    units, plain, about, notes = unadjusted(
        panel,
        covariates,
        unit,
        period,
        outcome,
        cohort,
        cluster,
        weights,
        outside,
        comparison=comparison,
        anticipation=anticipation,
        base=base,
        small_sample=small_sample,
    )
    found, reasons = _fitted(units, plain, how == "doubly_robust")
    contrasts = _contrasts(units, plain, found, reasons)
    label = units.moments.timeline.labels
    terms = pd.DataFrame({"cohort": label(contrasts.terms.cohort), "period": label(contrasts.terms.period)})
    said = f"ATT(g, t), {HOW[how]} with {', '.join(units.names)}"
    notes = (*notes, *_unlike(units, plain, reasons), *_thin(units, plain))
    about = about.replace("ATT(g, t)", said, 1)
    return estimates(contrasts, terms, units.moments.unit, about, level, notes, band=band, seed=seed)


def unadjusted(
    panel: Any,
    covariates: Sequence[str],
    unit: str = "user_id",
    period: str = "week",
    outcome: str = "active_days",
    cohort: str = "trained",
    cluster: str | None = None,
    weights: str | None = None,
    outside: str = "ask",
    **options: Any,
) -> tuple[Units, Contrasts, str, tuple[str, ...]]:
    """The units of a panel, and their effects without any adjustment: who is compared with whom, and what is noted."""
    covariates = (covariates,) if isinstance(covariates, str) else tuple(covariates)
    columns = UnitColumns(unit, period, outcome, cohort, cluster or "", weights or "", covariates)
    units = read_units(panel, columns, outside)
    return units, *group_times(units.moments, **{"comparison": "not_yet_treated"} | options)


Rows = NDArray[np.int64]


def _fitted(units: Units, plain: Contrasts, doubly_robust: bool) -> tuple[list[tuple[Rows, Adjusted]], dict[int, str]]:
    """Which rows each fit is about; and row → why it has none."""
    found: list[tuple[Rows, Adjusted]] = []
    reasons: dict[int, str] = {}
    for rows, treated, compared in comparisons(plain):
        period, base = (plain.terms[name].to_numpy()[rows] for name in ("period", "base"))
        fit = adjusted_effects(units, treated, compared, period, base, doubly_robust)
        if isinstance(fit, str):
            reasons |= dict.fromkeys(rows.tolist(), fit)
        else:
            found.append((rows, fit))
    return found, reasons


def comparisons(plain: Contrasts) -> list[tuple[Rows, NDArray[np.bool_], NDArray[np.bool_]]]:
    """Rows with the same treated cells and the same compared ones, and these. A base period is compared with itself."""
    m, width = plain.moments, plain.moments.timeline.count
    groups: dict[bytes, tuple[list[int], NDArray[np.bool_], NDArray[np.bool_]]] = {}
    weights = sparse.csc_array(plain.on_means)
    for k, period in enumerate(plain.terms["period"]):
        column = weights[:, [k]].toarray().reshape(len(m.n), width)[:, int(period)]
        treated, compared = column > 0, column < 0
        if treated.any():
            groups.setdefault(treated.tobytes() + compared.tobytes(), ([], treated, compared))[0].append(k)
    return [(np.array(rows), treated, compared) for rows, treated, compared in groups.values()]


def _contrasts(
    units: Units, plain: Contrasts, found: list[tuple[Rows, Adjusted]], reasons: dict[int, str]
) -> Contrasts:
    """Adjusted estimates in the rows of the plain ones, less those without an answer."""
    size, whole = len(plain.estimate), float(units.weight.sum())
    kept = np.array([k for k in range(size) if k not in reasons], int)
    if not len(kept):
        rule = say("no effect can be told: {reason}.", reason=next(iter(reasons.values())))
        raise ContractError(f"{rule}\n  Adjust for fewer covariates.")
    estimate = np.zeros(size)
    alone = plain.spread.small_sample and units.moments.clusters is None
    left = np.ones(units.moments.history.max() + 1)
    for rows, fit in found:
        estimate[rows] = fit.effect
        history = np.unique(units.moments.history[fit.compared])
        left[history] = np.minimum(left[history], fit.left_free(units))

    def of_units(some: slice) -> Floats:
        columns = np.zeros((len(units.cell[some]), size))
        for rows, fit in found:
            columns[:, rows] = fit.influence(units, some, whole, alone)
        return columns

    return replace(
        plain,
        spread=influences(units, plain, of_units, left if alone else None),
        estimate=estimate,
        on_means=sparse.csc_array(np.eye(size)),
        on_sizes=np.zeros((len(units.moments.n), size)),
    ).selected(kept)


def _thin(units: Units, plain: Contrasts) -> list[str]:
    """By cohort, that hardly anybody compared when it starts is like the treated."""
    first = (plain.terms["period"] == plain.terms["cohort"]).to_numpy()
    cohorts, said = plain.terms["cohort"].to_numpy()[first], []
    for rows, treated, compared in comparisons(plain.selected(np.flatnonzero(first))):
        *_, verdict = overlapping(units, treated[units.cell], compared[units.cell])
        if verdict == "thin":
            start = units.moments.timeline.name(int(cohorts[rows[0]]))
            said.append(
                say(
                    "Hardly anybody compared is like many of those first treated in {start}: intervals may be too"
                    " narrow; see overlap.",
                    start=start,
                )
            )
    return said


def _unlike(units: Units, plain: Contrasts, reasons: dict[int, str]) -> list[str]:
    """By cohort, which effects are left out and why."""
    m, cohorts = units.moments, plain.terms["cohort"].to_numpy()
    lost = Counter((int(cohorts[k]), reason) for k, reason in reasons.items())
    return [
        say(
            "{n} of {all} periods of the cohort {cohort} are left out: {reason}.",
            n=number(count, 0),
            all=number((cohorts == g).sum(), 0),
            cohort=m.timeline.name(g),
            reason=reason,
        )
        for (g, reason), count in sorted(lost.items())
    ]
