"""Weighted sums of cell means, with all that their joint distribution needs.

Every estimate here is θ = Σ A m over cells, and one unit's influence on it is (N/n) A (y − m) + B with B a constant of
the unit's cell. Sums of such sums are again such sums; how they vary together is read off A and B (see `spread`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from workbench.errors import check_share
from workbench.inference.layout import Floats, pieces
from workbench.inference.moments import Moments
from workbench.inference.small_samples import Studentised
from workbench.inference.variance import Spread

ROUNDING = 1e-14  # of the largest mean: a standard error below it is none


@dataclass(frozen=True, eq=False)
class Contrasts:
    """K weighted sums of cell means, with all that their joint distribution needs.

    on_means : (P·T) × K sparse, by column, the weight A of each cell's mean in each period; P = C, or less where
        cells of one unit are pooled (`Moments.pool`)
    on_sizes : C × K, the constant B in the influence of a cell's units
    behind : C × K, whose units an estimate is about
    terms : K rows of places in the timeline: cohort, period, base; or event_week
    fitted : K, where a row's weight on a difference before treatment was chosen to make its variance least: that
        difference squared over its variance. None where no weight was chosen so
    anticipation : periods before treatment in which its effect may already show; no check of trends looks at them
    base_periods : how many periods before treatment effects are compared with the mean of
    """

    spread: Spread
    terms: pd.DataFrame
    estimate: Floats
    on_means: sparse.csc_array
    on_sizes: Floats
    behind: NDArray[np.bool_]
    fitted: Floats | None = None
    anticipation: int = 0
    base_periods: int = 1

    @property
    def moments(self) -> Moments:
        """What the means are of."""
        return self.spread.moments

    @property
    def event_week(self) -> NDArray[np.int64]:
        """Periods since treatment began, of each row."""
        if "event_week" in self.terms:
            return self.terms.event_week.to_numpy()
        return (self.terms.period - self.terms.cohort).to_numpy()

    @property
    def compared(self) -> NDArray[np.bool_]:
        """K: rows that compare anything; a base period against itself does not."""
        return np.asarray(np.diff(self.on_means.indptr) > 0)

    @property
    def n(self) -> NDArray[np.int64]:
        """Units behind each estimate."""
        n, behind = self.moments.n.astype(float), self.behind
        parts = (n[rows] @ behind[rows] for rows in pieces(len(n)))
        return np.asarray(sum(parts)).round().astype(np.int64)

    def combined(self, weights: Floats, terms: pd.DataFrame, from_weights: Floats | None = None) -> Contrasts:
        """J weighted sums of these K; `weights` K × J, `from_weights` C × J what estimating the weights adds to B."""
        fixed = self.on_sizes @ weights
        return replace(
            self,
            terms=terms,
            estimate=self.estimate @ weights,
            on_means=sparse.csc_array(self.on_means @ sparse.csc_array(weights)),
            on_sizes=fixed if from_weights is None else fixed + from_weights,
            behind=(self.behind.astype(np.float32) @ (weights != 0).astype(np.float32)) > 0,
            fitted=None if self.fitted is None else (self.fitted[:, None] * (weights != 0)).max(axis=0),
        )

    def averaged(self, groups: list[NDArray[np.int64]], terms: pd.DataFrame, members: NDArray[np.bool_]) -> Contrasts:
        """The mean of each group of rows, weighted by the units of the cells in `members` (C × K)."""
        weights, from_weights = np.zeros((len(self.n), len(groups))), np.zeros((len(self.moments.n), len(groups)))
        for j, rows in enumerate(groups):
            found = size_weights(self.moments, members[:, rows], self.estimate[rows])
            weights[rows, j], from_weights[:, j] = found
        return self.combined(weights, terms, from_weights)

    def selected(self, rows: Any) -> Contrasts:
        """Some of these, in the order given."""
        return replace(
            self,
            terms=self.terms.iloc[rows],
            estimate=self.estimate[rows],
            on_means=sparse.csc_array(self.on_means[:, rows]),
            on_sizes=self.on_sizes[:, rows],
            behind=self.behind[:, rows],
            fitted=None if self.fitted is None else self.fitted[rows],
        )

    @cached_property
    def covariance(self) -> Floats:
        """K × K."""
        spread: Floats = self.spread.covariance(self.on_means, self.on_sizes)
        return spread if self.fitted is None else spread * np.outer(self._widened, self._widened)

    @cached_property
    def std_error(self) -> Floats:
        """Square root of the variances; 0 where they are no more than rounding."""
        if "covariance" in vars(self):
            variances = np.diag(self.covariance)
        else:
            variances = self._widened**2 * self.spread.variances(self.on_means, self.on_sizes)
        error = np.sqrt(np.clip(variances, 0, None))
        return np.where(error > ROUNDING * np.abs(self.moments.mean).max(), error, 0)

    @property
    def freedoms(self) -> Floats:
        """Degrees of freedom of the t distribution of each estimate."""
        return self._studentised.freedoms

    @property
    def freedoms_seen(self) -> Floats:
        """The same, or fewer where those who vary most are few."""
        return self._studentised.freedoms_seen

    @property
    def alone(self) -> tuple[NDArray[np.bool_], list[str]]:
        """K: estimates that rest on one unit (cluster) alone in its stratum; and the names of these strata."""
        if len(self.moments.strata) < 2:
            return np.zeros(len(self.estimate), bool), []
        alone = self._studentised.alone
        named = self.spread.strata_of(np.asarray(alone.any(axis=1))) if alone.any() else []
        return np.asarray(alone.any(axis=0)), named

    @cached_property
    def effective_clusters(self) -> Floats:
        """K: treated clusters (units, where there are none) of one size that would tell as much as there are."""
        return self.spread.effective_clusters(self.on_means, self.behind)

    @cached_property
    def treated_clusters(self) -> NDArray[np.int64]:
        """K: treated clusters (units, where there are none) behind each estimate."""
        clusters = self.moments.clusters
        if clusters is None:
            return self.n
        there = np.zeros((len(clusters.names), len(self.estimate)), bool)
        np.logical_or.at(there, clusters.cluster, self.behind[clusters.cell])
        return np.asarray(there.sum(axis=0))

    def reach(self, level: float) -> Floats:
        """K: how many standard errors either side of each estimate its interval takes in."""
        check_share("level", level)
        return self._studentised.reach(1 - level)

    @cached_property
    def _studentised(self) -> Studentised:
        return self.spread.studentised(self.on_means, self.on_sizes, int(self.fitted is not None))

    @property
    def _widened(self) -> Floats:
        """How much larger standard errors are than those of weights that were not fitted.

        As in an analysis of covariance: √(ν/(ν − 1) · (1 + x²/ν)), x the difference before over its standard error, ν
        fewer where those who vary most are few: β rests on them.
        """
        if self.fitted is None:
            return np.ones(len(self.estimate))
        left = np.maximum(self.freedoms_seen, 1)
        return np.asarray(np.sqrt((1 + 1 / left) * (1 + self.fitted / (left + 1))))


def size_weights(m: Moments, members: NDArray[np.bool_], effects: Floats) -> tuple[Floats, Floats]:
    """Weights in proportion to the units behind each effect, and what drawing those units adds to B."""
    share = m.n.astype(float) @ members / m.units
    weights = share / share.sum()
    drawn = (members - share) @ (effects - weights @ effects) / share.sum()
    return weights, drawn
