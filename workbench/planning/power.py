"""The power of a roll-out: how small an effect it would show, and after how many weeks.

Three answers stand side by side. *Constant*: generalised least squares on team means, with one effect in all weeks on.
*May grow or fade*: one effect for each week since the start, and their plain mean. *As the pages estimate it*:
differences in differences with teams whose turn has not come, which asks nothing about the course of the effect.
Whoever plans on a constant effect and meets one that fades may have half the power that was promised.

Sources: Hussey & Hughes (2007), Contemporary Clinical Trials 28, 182–191; Kenny et al. (2022), Statistics in Medicine
41, 4311–4339 (effects by exposure time); Callaway & Sant'Anna (2021), Journal of Econometrics 225, 200–230; Bloom
(1995), Evaluation Review 19(5), 547–556.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workbench.inference.precision import SEEN, Precision
from workbench.planning.design import Design
from workbench.planning.variation import Variation
from workbench.results.phrases import phrase

Floats = NDArray[np.float64]
CONSTANT, VARYING, PAGES = phrase("constant"), phrase("may grow or fade"), phrase("as the pages estimate it")
ASSUMPTIONS = [CONSTANT, VARYING, PAGES]
COLUMNS = ["assumption", "std_error", "detectable", "power"]


def power(plan: Design, varies: Variation, effect: float, level: float = 0.95) -> pd.DataFrame:
    """How sure a roll-out would be, under three assumptions about its effect.

    plan : who has the programme when
    varies : how teams and people vary, in the outcome's unit
    effect : the effect that should be seen, mean over the weeks on, in the outcome's unit
    level : of the interval that should exclude zero
    Returns one row each for an effect that is constant, one that may grow or fade, and as the pages estimate it:
    assumption, std_error, detectable (the smallest effect seen 8 times in 10), power (how often `effect` is seen).
    Missing where the design carries no answer, such as where nobody still waits.

    >>> from workbench.planning import components, design
    >>> stepped = design("stepped wedge", [10] * 20, weeks=5, waves=4, before=1, apart=1)
    >>> varies = components(weeks=5, sigma=1.0, tau=0.3, gamma=0.15, zeta=0.7)
    >>> power(stepped, varies, effect=0.3).round(3)[["assumption", "power"]].values.tolist()[:2]
    [['constant', 0.692], ['may grow or fade', 0.394]]
    """
    varies = varies if varies.weeks == plan.weeks else varies.over(plan.weeks)
    found = {CONSTANT: _by_least_squares(plan, varies, False), VARYING: _by_least_squares(plan, varies, True)}
    found[PAGES] = _by_differences(plan, varies)
    rows = [(name, each.std_error, each.detectable(level), each.power(effect, level)) for name, each in found.items()]
    return pd.DataFrame(rows, columns=COLUMNS)


def powers(plans: Mapping[str, Design], varies: Variation, effect: float, level: float = 0.95) -> pd.DataFrame:
    """`power` of several designs: design, then its columns.

    >>> from workbench.planning import components, designs
    >>> found = powers(designs([8] * 12, weeks=24), components(weeks=24, sigma=1.0, tau=0.3), effect=0.3)
    >>> len(found), found["design"].nunique()
    (12, 4)
    """
    each = [power(plan, varies, effect, level).assign(design=name) for name, plan in plans.items()]
    return pd.concat(each, ignore_index=True)[["design", *COLUMNS]]


def power_by_week(plan: Design, varies: Variation, effect: float, level: float = 0.95) -> pd.DataFrame:
    """How the power grows with the weeks observed: weeks (since the first start), then the columns of `power`.

    >>> from workbench.planning import components, design
    >>> found = power_by_week(design("parallel", [8] * 12, weeks=9), components(weeks=9, sigma=1.0), effect=0.3)
    >>> found["weeks"].unique().tolist()
    [1, 2, 3]
    """
    first = int(plan.starts.min())
    weeks = range(first + 1, plan.weeks + 1)
    each = [power(plan.until(week), varies, effect, level).assign(weeks=week - first) for week in weeks]
    return pd.concat(each, ignore_index=True)[["weeks", *COLUMNS]]


def known_after(plans: Mapping[str, Design], varies: Variation, effect: float, level: float = 0.95) -> pd.DataFrame:
    """Weeks since the first start until an effect of this size is seen 8 times in 10, then and in all later weeks.

    Returns design, and one column for each assumption of `power`; missing where the weeks planned do not suffice, or
    where the chance is smaller again at their end, because fewer wait to be compared with.

    >>> from workbench.planning import components, design
    >>> plans = {"parallel": design("parallel", [8] * 30, weeks=9)}
    >>> known_after(plans, components(weeks=9, sigma=1.0), effect=0.5).values.tolist()
    [['parallel', 1, 1, 2]]
    """
    rows = []
    for name, plan in plans.items():
        found = power_by_week(plan, varies, effect, level)
        few = found[found["power"] < SEEN].groupby("assumption")["weeks"].max()
        enough = {each: few.get(each, 0) + 1 for each in ASSUMPTIONS}
        rows.append(
            {"design": name, **{each: at if at <= found["weeks"].max() else None for each, at in enough.items()}}
        )
    return pd.DataFrame(rows).astype(dict.fromkeys(ASSUMPTIONS, "Int64"))


UNKNOWN = Precision(np.nan)


def _by_least_squares(plan: Design, varies: Variation, by_exposure: bool) -> Precision:
    """Generalised least squares on means of teams and weeks: X'V⁻¹X summed over teams."""
    exposure = np.where(plan.on, np.cumsum(plan.on, axis=1), 0)
    most, weeks = int(exposure.max()) if by_exposure else 1, plan.weeks
    information = np.zeros((weeks + most, weeks + most))
    for team, teams in _alike(plan):
        given = exposure[team, :, None] == np.arange(1, most + 1) if by_exposure else plan.on[team][:, None]
        columns = np.column_stack([np.eye(weeks), given])
        covariance = varies.of_team(plan.people[team], plan.on[team], plan.staying)
        if np.linalg.matrix_rank(covariance) < weeks:
            return UNKNOWN  # some weeks follow from the others, as where everybody does the same in turn
        information += teams * columns.T @ np.linalg.solve(covariance, columns)
    if np.linalg.matrix_rank(information) < len(information):
        return UNKNOWN
    mean = np.r_[np.zeros(weeks), np.full(most, 1 / most)]
    return Precision(float(np.sqrt(mean @ np.linalg.solve(information, mean))))


def _by_differences(plan: Design, varies: Variation) -> Precision:
    """Differences in differences with those who still wait, and Satterthwaite's degrees of freedom."""
    before, after, weights = _comparisons(plan)
    rows = [
        (plan.starts[team], teams, teams * _variance(weights[team], team, before, after, plan, varies))
        for team, teams in _alike(plan)
    ]
    waves = pd.DataFrame(rows, columns=["start", "teams", "variance"]).groupby("start").sum().query("variance > 0")
    if not len(after) or (waves["teams"] < 2).any():
        return UNKNOWN
    freedom = waves["variance"].sum() ** 2 / (waves["variance"] ** 2 / (waves["teams"] - 1)).sum()
    return Precision(float(np.sqrt(waves["variance"].sum())), float(freedom))


def _alike(plan: Design) -> list[tuple[int, int]]:
    """One team of each size and path, and how many teams are like it."""
    kinds = np.column_stack([plan.on, plan.people])
    _, first, count = np.unique(kinds, axis=0, return_index=True, return_counts=True)
    return list(zip(first.tolist(), count.tolist(), strict=True))


def _comparisons(plan: Design) -> tuple[NDArray[np.int64], NDArray[np.int64], Floats]:
    """P differences (week before the start, week on) and K × P weights of each team's difference in the effect.

    The effect is the mean over all people and weeks on, each against everybody whose turn has not come by that week.
    """
    starts, pairs, weights = plan.starts, [], []
    for start in np.unique(starts[np.isfinite(starts)]).astype(int):
        ours = starts == start
        for week in range(max(start, 1), plan.weeks):
            waiting = starts > week
            if start < 1 or not waiting.any() or not plan.on[ours][:, week].any():
                continue
            treated = plan.people * ours * plan.staying[week]
            pairs.append((start - 1, week))
            weights.append(treated - treated.sum() * plan.people * waiting / plan.people[waiting].sum())
    if not pairs:
        return np.zeros(0, int), np.zeros(0, int), np.zeros((len(starts), 0))
    matrix = np.array(weights).T
    before, after = np.array(pairs).T
    return before, after, matrix / np.maximum(matrix, 0).sum()


def _variance(
    weights: Floats, team: int, before: NDArray[np.int64], after: NDArray[np.int64], plan: Design, varies: Variation
) -> float:
    """What one team adds to the variance of the effect; who has left counts in no difference after that."""
    weeks, staying = plan.weeks, plan.staying
    apart = np.eye(weeks)[after] - np.eye(weeks)[before]
    shared, given = weights @ apart, np.maximum(weights, 0).sum()
    total = shared @ varies.between @ shared + varies.of_effect * given**2
    leaving = -np.diff(staying, append=0)  # share of the people whose last week this is
    for last in np.flatnonzero(leaving > 0):
        own = (weights / staying[after] * (after <= last)) @ apart
        total += leaving[last] / plan.people[team] * own @ varies.within @ own
    return float(total)
