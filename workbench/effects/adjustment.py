"""One cohort against those it is compared with, as if they had the same covariates.

By regression, the change of the compared is fitted to covariates and foreseen for the treated (Heckman, Ichimura & Todd
1997, Review of Economic Studies 64, 605–654). Doubly robust, what the regression leaves is moreover weighed by the odds
of treatment, fitted as a logit: right where either of the two is (Sant'Anna & Zhao 2020, Journal of Econometrics 219,
101–122). A unit's influence on the effect counts that slopes and odds are estimates.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from workbench.inference.layout import Floats
from workbench.inference.units import Units
from workbench.results.phrases import say
from workbench.results.words import number

SURE = 0.999  # a fitted chance of treatment from which nobody is alike enough (as R's `did`)
TRIMMED = 0.995  # a chance from which an untreated unit is left out of the weighting (as R's `DRDID`)
STEPS, NEAR, NEARLY = 50, 1e-12, 1e-6  # Newton's, at most; and how little the last one moves a chance
LONGEST = 3.0  # of a step, in log odds, where there may be no best value
OUTSIDE = 0.1  # a share of the treated beyond all chances of the compared from which overlap is thin
HEAVY = 0.1  # of the weight of the compared on one unit from which overlap is thin
ROUNDING = 1e-9  # of a chance
PULL = 1e-7  # of coefficients towards 0, where they have no best value
SEEN = 0.01  # of a unit's own variance, the least that a fit leaves to see
ALONE = 1e-10  # of the largest eigenvalue: below it the covariates of the compared repeat each other


@dataclass(frozen=True, eq=False)
class Chances:
    """Fitted chances of being treated, of all units of a comparison; `spread` is the covariance of the coefficients."""

    coefficients: Floats
    spread: Floats

    def of(self, x: Floats) -> Floats:
        """Of units with covariates x, the first column 1."""
        fitted: Floats = np.minimum(expit(x @ self.coefficients), 1 - 1e-6)
        return fitted


@dataclass(frozen=True, eq=False)
class Adjusted:
    """R effects on one cohort, of several periods with the same treated and compared cells.

    period, base : R places; treated, compared : C masks of cells
    effect : R; slopes : (P + 1) × R
    ours : weight of the treated; on_slopes : P + 1, how effects move with the slopes
    theirs, left : weight of the compared by their odds, and R means of what the regression leaves of them
    chances, on_chances : of treatment, and (P + 1) × R, how effects move with their coefficients; None by regression
    inverse : of the covariates' products among the compared: how far each of these pulls its own fitted change;
        of_compared : their weight
    """

    period: NDArray[np.int64]
    base: NDArray[np.int64]
    treated: NDArray[np.bool_]
    compared: NDArray[np.bool_]
    effect: Floats
    slopes: Floats
    ours: float
    on_slopes: Floats
    theirs: float
    left: Floats
    chances: Chances | None
    on_chances: Floats
    inverse: Floats
    of_compared: float

    def left_free(self, units: Units) -> float:
        """The share of the degrees of freedom of the compared that the covariates leave."""
        n = int(units.moments.n[self.compared].sum())
        return 1.0 - int(units.covariates.shape[1]) / (n - 1)

    def influence(self, units: Units, some: slice, whole: float, small_sample: bool = False) -> Floats:
        """n × R: of some of the units on the effects; `whole` is the weight of all units.

        small_sample : as much more of the compared as the fit hides of their ups and downs, beyond what their mean does
            (HC2 of MacKinnon & White 1985, Journal of Econometrics 29, 305–325); of single units, not of clusters
        """
        cell, weight = units.cell[some], units.weight[some]
        x, change = with_constant(units.covariates[some]), _changes(units, some, self.period, self.base)
        ours, theirs = self.treated[cell], self.compared[cell]
        error = np.where((ours | theirs)[:, None], change, 0) - x @ self.slopes
        found = (ours * weight / self.ours)[:, None] * (error - self.effect - self.left)
        found -= (theirs * weight * (x @ self.on_slopes))[:, None] * error
        if self.chances is not None:
            chance = self.chances.of(x)
            odds = theirs * weight * odds_of(chance) / self.theirs
            found -= odds[:, None] * (error - self.left)
            found -= ((ours | theirs) * weight * (ours - chance))[:, None] * (x @ self.on_chances)
        if small_sample:
            pulled = theirs * weight * ((x @ self.inverse * x).sum(axis=1) - 1 / self.of_compared)
            found = found / np.sqrt(np.maximum(1 - pulled, SEEN))[:, None]
        return whole * found


def adjusted_effects(
    units: Units,
    treated: NDArray[np.bool_],
    compared: NDArray[np.bool_],
    period: NDArray[np.int64],
    base: NDArray[np.int64],
    doubly_robust: bool,
) -> Adjusted | str:
    """The effects on the treated cells in R periods, or why there are none."""
    every = slice(None)
    ours, theirs = treated[units.cell], compared[units.cell]
    x, weight = with_constant(units.covariates), units.weight
    change = np.where((ours | theirs)[:, None], _changes(units, every, period, base), 0)
    w1, w0 = ours * weight, theirs * weight
    products = x.T @ (x * w0[:, None])
    values = np.linalg.eigvalsh(products)
    if theirs.sum() <= x.shape[1] or values[0] < ALONE * values[-1]:
        parts = {"n": number(theirs.sum(), 0), "covariates": x.shape[1] - 1}
        return say("{n} units to compare with do not tell {covariates} covariates apart", **parts)
    inverse: Floats = np.asarray(np.linalg.inv(products), float)
    slopes = inverse @ (x.T @ (w0[:, None] * change))
    error = change - x @ slopes
    ours_weigh, mean = float(w1.sum()), x.T @ w1 / w1.sum()
    effect, left, nothing = w1 @ error / ours_weigh, np.zeros(len(period)), np.zeros_like(slopes)
    regression = Adjusted(
        period,
        base,
        treated,
        compared,
        effect,
        slopes,
        ours_weigh,
        inverse @ mean,
        1.0,
        left,
        None,
        nothing,
        inverse,
        float(w0.sum()),
    )
    return _doubly_robust(regression, x, error, ours, theirs, weight) if doubly_robust else regression


def _doubly_robust(
    regression: Adjusted,
    x: Floats,
    error: Floats,
    ours: NDArray[np.bool_],
    theirs: NDArray[np.bool_],
    weight: Floats,
) -> Adjusted | str:
    """The same less what the regression leaves of those compared, weighted to be like the treated; or why not."""
    both, w1 = ours | theirs, ours * weight
    chances = chances_of(x[both], ours[both], weight[both])
    if chances is None or chances.of(x[both]).max() >= SURE:
        return say("some of the treated have nobody like them to be compared with")
    odds = theirs * weight * odds_of(chances.of(x))
    left, mean = odds @ error / odds.sum(), x.T @ w1 / w1.sum()
    return replace(
        regression,
        effect=regression.effect - left,
        on_slopes=regression.inverse @ (mean - x.T @ odds / odds.sum()),
        theirs=float(odds.sum()),
        left=left,
        chances=chances,
        on_chances=chances.spread @ (x.T @ (odds[:, None] * (error - left))) / odds.sum(),
    )


def chances_of(x: Floats, treated: NDArray[np.bool_], weight: Floats, pull: float = 0.0) -> Chances | None:
    """A logit by Newton's steps; None where there is no best one, as when a covariate separates the treated.

    pull : towards 0, a unit's share: what has no best value, as for a role that no treated has, becomes large, no more
    """
    coefficients: Floats = np.zeros(x.shape[1])
    coefficients[0] = np.log(weight[treated].sum() / weight[~treated].sum())
    for _ in range(STEPS):
        chance = expit(x @ coefficients)
        information = x.T @ (x * (weight * chance * (1 - chance))[:, None]) + pull * weight.sum() * np.eye(x.shape[1])
        if np.linalg.cond(information) > 1 / ALONE:
            return None
        slope = x.T @ (weight * (treated - chance)) - pull * weight.sum() * coefficients
        step = np.linalg.solve(information, slope)
        step = step * min(1.0, LONGEST / np.abs(x @ step).max(initial=LONGEST)) if pull else step
        coefficients = coefficients + step
        if np.abs(x @ step).max() < (NEARLY if pull else NEAR):
            return Chances(coefficients, np.asarray(np.linalg.inv(information), float))
    return None


def chance_of_all(units: Units, ours: NDArray[np.bool_], theirs: NDArray[np.bool_]) -> Floats | None:
    """Of being treated, of all units; None where a covariate tells the treated apart for certain.

    That some of the compared are for certain not treated, as those of a role that no treated has, does no harm.
    """
    x, both = with_constant(units.covariates), ours | theirs
    known = x[both], ours[both], units.weight[both]
    fitted = chances_of(*known) or chances_of(*known, pull=PULL)
    chance = None if fitted is None else fitted.of(x)
    return None if chance is None or chance[both].max() >= SURE else chance


def overlapping(units: Units, ours: NDArray[np.bool_], theirs: NDArray[np.bool_]) -> tuple[float, float, float, str]:
    """Whether anybody compared is like the treated: outside, effective, heaviest, verdict, as `overlap` says them."""
    chance = chance_of_all(units, ours, theirs)
    if chance is None:
        return np.nan, np.nan, np.nan, "none"
    low, high, odds = chance[theirs].min(), chance[theirs].max(), theirs * units.weight * odds_of(chance)
    beyond = (chance < low - ROUNDING) | (chance > high + ROUNDING)
    outside = float(np.average(beyond[ours], weights=units.weight[ours]))
    effective, heaviest = odds.sum() ** 2 / (odds**2).sum(), odds.max() / odds.sum()
    return outside, effective, heaviest, "thin" if outside > OUTSIDE or heaviest > HEAVY else "good"


def odds_of(chance: Floats) -> Floats:
    """Odds of treatment; nothing for the untreated that are as good as sure to be treated."""
    return np.where(chance < TRIMMED, chance / (1 - chance), 0)


def with_constant(x: Floats) -> Floats:
    """A column of ones before the others."""
    return np.column_stack([np.ones(len(x)), x])


def _changes(units: Units, some: slice, period: NDArray[np.int64], base: NDArray[np.int64]) -> Floats:
    outcome = units.outcome[some]
    return outcome[:, period] - outcome[:, base]
