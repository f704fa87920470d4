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

from workbench.moments import Moments
from workbench.spread import Spread
from workbench.units import Floats

ROUNDING = 1e-12  # of the largest mean: a standard error below it is none


@dataclass(frozen=True, eq=False)
class Contrasts:
    """K weighted sums of cell means, with all that their joint distribution needs.

    on_means : (C·T) × K sparse, the weight A of each cell's mean in each period
    on_sizes : C × K, the constant B in the influence of a cell's units
    behind : C × K, whose units an estimate is about
    terms : K rows of places in the calendar: cohort, period, base; or event_week
    fitted : numbers in each row's weights that were chosen to make its variance least: each costs a degree of freedom
    """

    spread: Spread
    terms: pd.DataFrame
    estimate: Floats
    on_means: sparse.csr_array
    on_sizes: Floats
    behind: NDArray[np.bool_]
    fitted: int = 0

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
    def n(self) -> NDArray[np.int64]:
        """Units behind each estimate."""
        return self.moments.n @ self.behind

    def combined(self, weights: Floats, terms: pd.DataFrame, from_weights: Floats | None = None) -> Contrasts:
        """J weighted sums of these K; `weights` K × J, `from_weights` C × J what estimating the weights adds to B."""
        fixed = self.on_sizes @ weights
        return replace(
            self,
            terms=terms,
            estimate=self.estimate @ weights,
            on_means=sparse.csr_array(self.on_means @ sparse.csr_array(weights)),
            on_sizes=fixed if from_weights is None else fixed + from_weights,
            behind=(self.behind.astype(float) @ (weights != 0)) > 0,
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
            on_means=sparse.csr_array(self.on_means[:, rows]),
            on_sizes=self.on_sizes[:, rows],
            behind=self.behind[:, rows],
        )

    @cached_property
    def covariance(self) -> Floats:
        """K × K."""
        spread: Floats = self.spread.covariance(self.on_means, self.on_sizes)
        return spread * np.outer(self._widened, self._widened) if self.fitted else spread

    @cached_property
    def std_error(self) -> Floats:
        """Square root of the variances; 0 where they are no more than rounding."""
        if "covariance" in vars(self):
            variances = np.diag(self.covariance)
        else:
            variances = self._widened**2 * self.spread.variances(self.on_means, self.on_sizes)
        error = np.sqrt(np.clip(variances, 0, None))
        return np.where(error > ROUNDING * np.abs(self.moments.mean).max(), error, 0)

    @cached_property
    def freedoms(self) -> Floats:
        """Degrees of freedom of the t distribution of each estimate."""
        return np.maximum(self.spread.freedoms(self.on_means) - self.fitted, 1)

    @cached_property
    def _widened(self) -> Floats:
        """How much larger standard errors are than those of weights that were not fitted."""
        return np.sqrt(1 + self.fitted / self.freedoms) if self.fitted else np.ones(len(self.estimate))


def size_weights(m: Moments, members: NDArray[np.bool_], effects: Floats) -> tuple[Floats, Floats]:
    """Weights in proportion to the units behind each effect, and what drawing those units adds to B."""
    share = m.n @ members / m.units
    weights = share / share.sum()
    drawn = (members - share) @ (effects - weights @ effects) / share.sum()
    return weights, drawn
