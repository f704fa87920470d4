"""How effects of the arms of an experiment vary together: from one regression of all, or one for each pair of arms.

Several regressions of overlapping people are as one of all their rows, where people (clusters) vary as they do: scores
of the same person in each are added up, and their squares are the covariance.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy import sparse, stats

from workbench.inference.layout import Floats
from workbench.inference.least_squares import LeastSquares, by_outcome
from workbench.inference.small_samples import Studentised
from workbench.inference.variance import Spread


@dataclass(frozen=True, eq=False)
class Stacked:
    """J regressions of the same Q outcomes, each of some of N people.

    fits, rows : each, and the numbers of its people
    arm : N numbers from 0; cluster : N numbers from 0, or None where people are independent
    Coefficients are those of the first, then of the second, …: P in all.
    """

    fits: tuple[LeastSquares, ...]
    rows: tuple[NDArray[np.int64], ...]
    arm: NDArray[np.int64]
    cluster: NDArray[np.int64] | None = None

    @cached_property
    def coefficients(self) -> Floats:
        """P × Q."""
        return np.vstack([fit.coefficients for fit in self.fits])

    @cached_property
    def covariance(self) -> Floats:
        """(P·Q) × (P·Q), as of one regression."""
        missed = ((rows[fit.missed[0]], fit.missed[1]) for fit, rows in zip(self.fits, self.rows, strict=True))
        return self.as_seen + by_outcome(self._together(missed))

    @cached_property
    def as_seen(self) -> Floats:
        """The same, small arms varying as they do."""
        units = self.rows if self.cluster is None else [np.arange(len(fit.influence)) for fit in self.fits]
        along = self._together(zip(units, (fit.influence for fit in self.fits), strict=True))
        return along.reshape(len(along), -1).T @ along.reshape(len(along), -1)

    def _together(self, scores: Iterable[tuple[NDArray[np.int64], Floats]]) -> Floats:
        """M × Q × P: scores of each regression, with the units that they are of."""
        whole = np.zeros((self._unit.max() + 1, *self.coefficients.T.shape))
        for places, (units, own) in zip(self._places, scores, strict=True):
            whole[units, :, places] += own
        return whole

    @property
    def left(self) -> int:
        """Degrees of freedom of the variance of the smallest regression, if all vary alike."""
        return min(fit.left for fit in self.fits)

    def freedoms(self, sums: Floats) -> Floats:
        """Degrees of freedom of K sums of coefficients of one outcome each, (P·Q) × K.

        Of sums of several regressions: (Σ v)²/Σ v²/(M − 1) over arms, v an arm's part in the variance if all vary alike
        and M as many people (clusters) of one weight as would tell as much; no more than of any one regression.
        """
        by_outcome = sums.reshape(self.coefficients.shape[1], -1, sums.shape[1])
        return np.array([self._freedom(by_outcome[:, :, k]) for k in range(sums.shape[1])])

    def _freedom(self, sums: Floats) -> float:
        """Of one sum, Q × P."""
        each, weight = [], np.zeros(len(self.arm))
        for fit, rows, places in zip(self.fits, self.rows, self._places, strict=True):
            own = sums[:, places]
            if own.any():
                each.append(fit.freedoms(own.reshape(-1, 1)).item())
                weight[rows] += fit.weight_of_people(own[np.abs(own).sum(axis=1).argmax()][:, None])[:, 0]
        return each[0] if len(each) == 1 else min(*each, self._of_arms(weight))

    def _of_arms(self, weight: Floats) -> float:
        kind, first = np.unique(self._unit * (self.arm.max() + 1) + self.arm, return_inverse=True)
        squares = np.bincount(first, weight) ** 2
        arm = kind % (self.arm.max() + 1)
        parts, fourths = np.bincount(arm, squares), np.bincount(arm, squares**2)
        left = np.divide(parts**2, fourths, out=np.ones(len(parts)), where=fourths > 0) - 1
        uncertain = np.divide(parts**2, left, out=np.full(len(parts), np.inf), where=left > 0)[parts > 0]
        return float(parts.sum() ** 2 / uncertain.sum())

    @property
    def _unit(self) -> NDArray[np.int64]:
        """N: the number of each person's cluster, or of the person."""
        return np.arange(len(self.arm)) if self.cluster is None else self.cluster

    @property
    def _places(self) -> list[slice]:
        """Where the coefficients of each regression stand."""
        ends = np.cumsum([len(fit.coefficients) for fit in self.fits])
        return [slice(end - len(fit.coefficients), end) for fit, end in zip(self.fits, ends, strict=True)]


@dataclass(frozen=True, eq=False)
class Believed(Studentised):
    """Estimates over standard errors of which a part is as all vary: the wider of both intervals counts.

    seen : K, the part that is seen
    left : degrees of freedom of how all vary
    """

    seen: Floats = field(kw_only=True)
    left: int = field(kw_only=True)

    def reach(self, outside: float) -> Floats:
        """K: how many standard errors on both sides leave `outside` of the probability beyond them."""
        return np.maximum(super().reach(outside) * self.seen, stats.t.isf(outside / 2, self.left))


@dataclass(frozen=True, eq=False)
class Sandwich(Spread):
    """How sums of coefficients vary together.

    Here `on_means` is (P·Q) × K, weights on the coefficients; each sum is of one outcome.
    fit : what the coefficients come from
    """

    fit: LeastSquares | Stacked = field(kw_only=True)

    def covariance(self, on_means: sparse.csc_array, on_sizes: Floats) -> Floats:
        """K × K."""
        found: Floats = on_means.T @ (self.fit.covariance @ on_means.toarray())
        return found

    def _seen(self, on_means: sparse.csc_array) -> Floats:
        """K: how much of their standard errors is seen; the rest is what small arms are not believed to lack."""
        seen, whole = (np.diag(on_means.T @ (c @ on_means.toarray())) for c in (self.fit.as_seen, self.fit.covariance))
        return np.sqrt(np.divide(seen, whole, out=np.ones(len(seen)), where=whole > 0))

    def variances(self, on_means: sparse.csc_array, on_sizes: Floats) -> Floats:
        """The diagonal of the covariance."""
        return np.diag(self.covariance(on_means, on_sizes))

    def studentised(self, on_means: sparse.csc_array, on_sizes: Floats, fitted: int = 0) -> Studentised:
        """Student's t, each sum with its own degrees of freedom."""
        freedoms = self.fit.freedoms(on_means.toarray())
        # Each is a history of treatment by itself, with the degrees of freedom it has.
        return Believed(np.eye(len(freedoms)), freedoms, seen=self._seen(on_means), left=self.fit.left)

    def effective_clusters(self, on_means: sparse.csc_array, behind: NDArray[np.bool_]) -> Floats:
        """Not known: the degrees of freedom say it."""
        return np.full(on_means.shape[1], np.nan)
