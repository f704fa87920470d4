"""What would have been, imputed from every week in which anybody was untreated.

Callaway & Sant'Anna read what would have been off one week before treatment; this fits a mean for every unit and every
period to all of them,

    y = α(unit) + λ(period)        untreated only, by least squares,

and takes that from what the treated did. It uses more of the past and is sharper where use has a short memory; where
trends parted long before treatment, it leans on that as well. A question asked in another way, beside `att_gt`.

Source: Borusyak, Jaravel & Spiess (2024), Review of Economic Studies 91, 3253–3285. In every cell all units share their
untreated periods, so the fit, the effects and the errors follow from moments.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from workbench.effects.did import check_choice, check_lasting, spread_notes, spread_words
from workbench.effects.left_out import before_estimation
from workbench.errors import ContractError, check_whole
from workbench.inference.contrasts import Contrasts
from workbench.inference.intervals import estimates
from workbench.inference.layout import Floats
from workbench.inference.moments import Moments
from workbench.inference.variance import Spread
from workbench.results.estimates import LEVEL, Estimates
from workbench.results.phrases import phrase, say, translated
from workbench.results.words import number

TOLD = 1e-8  # how much of a comparison may lie outside what the untreated tell


def imputed(
    m: Moments,
    by: str | None = None,
    anticipation: int = 0,
    small_sample: bool = True,
    level: float = LEVEL,
    seed: int = 0,
) -> Estimates:
    """Effects as what the treated did less what is imputed for them from all untreated units and periods.

    by : None, one number over all treated units and periods; "event_week", by periods since treatment began
    anticipation : periods before treatment in which it may already be felt; they count as treated, and are not shown
    small_sample : as in `att_gt`
    Returns Estimates; `.overall` is the mean over all treated units and periods. Periods in which nobody untreated is
    left cannot be told; they are left out and said in `notes`.

    >>> from workbench.simulation import tiny_crm
    >>> panel = wb.user_weeks(wb.open_source(tiny_crm()))
    >>> m = wb.moments(panel, outside="known")
    >>> wb.imputed(m).overall["estimate"].round(2)
    np.float64(1.17)
    """
    check_choice("by", by, (None, "event_week"))
    check_whole("anticipation", anticipation)
    check_lasting(m)
    fits = [_Fit(m, m.stratum == stratum, anticipation) for stratum in range(len(m.strata))]
    event = np.arange(m.timeline.count) - m.start[:, None]
    after = m.seen & (event >= 0)
    told = after & np.any([fit.identified for fit in fits], axis=0)
    if not told.any():
        raise ContractError(say("no effect can be told: nobody untreated is left to compare the treated with."))
    weeks: NDArray[np.int64] = np.unique(event[told]).astype(int) if by else np.array([], int)
    terms = pd.DataFrame({"event_week": weeks} if by else {}, index=range(max(len(weeks), 1)))
    groups = np.array([*([told & (event == week) for week in weeks] or [told]), told])
    found = _means(fits, groups, pd.concat([terms, terms.iloc[:1]]), Spread(m, small_sample))
    lost = int(m.n @ (after & ~told).sum(axis=1))
    gone = say("{n} treated units and periods are left out: nobody is left to compare with.", n=number(lost, 0))
    note = [gone] * bool(lost)
    about = say("imputation from untreated units and periods (Borusyak, Jaravel & Spiess)")
    if len(m.strata) > 1:
        within = phrase("imputation from untreated units and periods within {n} strata (Borusyak, Jaravel & Spiess)")
        about = translated(within, n=len(m.strata))
    about += spread_words(found)
    notes = (*before_estimation(m), *note, *spread_notes(m, small_sample))
    return estimates(found, terms, m.unit, about, level, notes, summary=True, seed=seed)


@dataclass(frozen=True, eq=False)
class _Fit:
    """α and λ of the untreated of one stratum, and the effects there with the weights they are made of.

    inside : C, cells of the stratum; all answers are of C cells, and 0 outside
    """

    moments: Moments
    inside: NDArray[np.bool_]
    anticipation: int

    @cached_property
    def untreated(self) -> Floats:
        """C × T: 1 where the cell is seen and not treated yet."""
        m = self.moments
        early = np.arange(m.timeline.count) < m.start[:, None] - self.anticipation
        return (m.seen & early & self.inside[:, None]).astype(float)

    @cached_property
    def _share(self) -> Floats:
        """C × T: each untreated period's part of the cell's mean before treatment."""
        count = self.untreated.sum(axis=1, keepdims=True)
        return np.asarray(np.divide(self.untreated, count, out=np.zeros_like(self.untreated), where=count > 0))

    @cached_property
    def _information(self) -> Floats:
        """T × T: Σ n (diag u − u u'/|u|), of the periods once every unit has its mean."""
        weighted = self.moments.n[:, None] * self.untreated
        return np.diag(weighted.sum(axis=0)) - weighted.T @ self._share

    @cached_property
    def _inverse(self) -> Floats:
        return np.asarray(np.linalg.pinv(self._information, rcond=1e-10, hermitian=True), float)

    @cached_property
    def identified(self) -> NDArray[np.bool_]:
        """C × T: the untreated tell what the cell would have done in the period."""
        outside = np.eye(len(self._inverse)) - self._information @ self._inverse
        # What is needed of the periods is λ(period) less the mean λ of the cell's untreated periods.
        apart = outside - (self._share @ outside)[:, None, :]
        told: NDArray[np.bool_] = (np.abs(apart).max(axis=2) < TOLD) & (self._share.sum(axis=1) > 0)[:, None]
        return told

    @cached_property
    def without(self) -> Floats:
        """C × T: α + λ, what would have been."""
        mean = self.moments.mean
        around = mean - (self._share * mean).sum(axis=1, keepdims=True)
        period = self._inverse @ (self.moments.n @ (self.untreated * around))
        return np.asarray(period + (self._share * (mean - period)).sum(axis=1, keepdims=True))

    def on_means(self, weight: Floats) -> Floats:
        """J × C × T: weights on the means, of J sums of effects with these weights."""
        weight = np.where(self.inside[:, None], weight, 0)
        before = weight.sum(axis=2, keepdims=True) * self._share
        periods = (weight - before).sum(axis=1) @ self._inverse
        fitted = self.untreated * (periods[:, None, :] - (periods @ self._share.T)[:, :, None])
        return np.asarray(weight - before - self.moments.n[:, None] * fitted)


def _means(fits: list[_Fit], groups: NDArray[np.bool_], terms: pd.DataFrame, spread: Spread) -> Contrasts:
    """The mean effect over each group (J × C × T) of cells and periods, by their units."""
    m = spread.moments
    weight = m.n[:, None] * groups
    weight = weight / weight.sum(axis=(1, 2), keepdims=True)
    effect = m.mean - np.sum([np.where(fit.inside[:, None], fit.without, 0) for fit in fits], axis=0)
    estimate = (weight * effect).sum(axis=(1, 2))
    on_means = np.sum([fit.on_means(weight) for fit in fits], axis=0)
    # Beside their own ups and downs, units count through how far their cell lies from what is fitted to it.
    from_fit = (on_means * np.sum([fit.untreated for fit in fits], axis=0) * effect).sum(axis=2)
    from_mean = (weight * (effect - estimate[:, None, None])).sum(axis=2)
    return Contrasts(
        spread=spread,
        terms=terms,
        estimate=estimate,
        on_means=sparse.csc_array(on_means.reshape(len(groups), -1).T),
        on_sizes=((from_fit + from_mean) * m.units / m.n).T,
        behind=np.asarray(groups.any(axis=2)).T,
    )
