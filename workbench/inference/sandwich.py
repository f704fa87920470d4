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
from workbench.inference.least_squares import LeastSquares, by_outcome, single
from workbench.inference.small_samples import Studentised
from workbench.inference.variance import Spread

SEVERAL = 3  # clusters of an arm, of which one may outweigh the others


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
        own = [sums[:, places].reshape(-1, 1) for places in self._places]
        each = [fit.freedoms(part).item() for fit, part in zip(self.fits, own, strict=True) if part.any()]
        return each[0] if len(each) == 1 else min(*each, self._of_arms(sums.reshape(-1, 1)))

    def _of_arms(self, sums: Floats) -> float:
        parts, number = parts_of_arms(self.weight_of_people(sums), self.arm, self._unit)
        left = number[:, 0] - 1
        uncertain = np.divide(parts[:, 0] ** 2, left, out=np.full(len(parts), np.inf), where=left > 0)
        return float(parts.sum() ** 2 / uncertain[parts[:, 0] > 0].sum())

    def weight_of_people(self, sums: Floats) -> Floats:
        """N × K: what people weigh in K sums of coefficients of one outcome each, (P·Q) × K, as of weights of 1."""
        each, weight = single(sums, self.coefficients.shape[1])[0], np.zeros((len(self.arm), sums.shape[1]))
        for fit, rows, places in zip(self.fits, self.rows, self._places, strict=True):
            none = np.zeros(((fit.outcomes.shape[1] - 1) * len(fit.coefficients), sums.shape[1]))
            weight[rows] += fit.weight_of_people(np.vstack([each[places], none]))
        return weight

    @property
    def _unit(self) -> NDArray[np.int64]:
        """N: the number of each person's cluster, or of the person."""
        return np.arange(len(self.arm)) if self.cluster is None else self.cluster

    @property
    def _places(self) -> list[slice]:
        """Where the coefficients of each regression stand."""
        ends = np.cumsum([len(fit.coefficients) for fit in self.fits])
        return [slice(end - len(fit.coefficients), end) for fit, end in zip(self.fits, ends, strict=True)]


def parts_of_arms(weight: Floats, arm: NDArray[np.int64], unit: NDArray[np.int64]) -> tuple[Floats, Floats]:
    """Arms × K: what each adds to the variance of K sums if people of a unit vary as one, and all units alike.

    weight : N × K, of people
    And how many units of one weight would tell as much, (Σγ)²/Σγ², γ a unit's part (Carter, Schnepel & Steigerwald
    2017, Review of Economics and Statistics 99(4), 698–709).
    """
    width = int(arm.max()) + 1
    kind, place = np.unique(unit * width + arm, return_inverse=True)
    squares = np.stack([np.bincount(place, column) for column in weight.T], axis=1) ** 2
    parts, fourths = np.zeros((width, weight.shape[1])), np.zeros((width, weight.shape[1]))
    np.add.at(parts, kind % width, squares)
    np.add.at(fourths, kind % width, squares**2)
    return parts, np.divide(parts**2, fourths, out=np.ones(parts.shape), where=fourths > 0)


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
        freedoms, effective = (
            self.fit.freedoms(on_means.toarray()),
            self.effective_clusters(on_means, np.zeros(0, bool)),
        )
        # One cluster that outweighs the others of its arm shows as little of its ups and downs as one alone.
        freedoms = np.where(effective < SEVERAL - 1, 0, freedoms)
        # Each is a history of treatment by itself, with the degrees of freedom it has.
        return Believed(np.eye(len(freedoms)), freedoms, seen=self._seen(on_means), left=self.fit.left)

    def strata_of(self, histories: NDArray[np.bool_]) -> list[str]:
        """None is named: each estimate is a history by itself; which blocks have one alone is told elsewhere."""
        return []

    def effective_clusters(self, on_means: sparse.csc_array, behind: NDArray[np.bool_]) -> Floats:
        """K: of arms of several clusters, the fewest of one size that would tell as much; NaN where there are none.

        Clusters with people in several arms do not count: what these have in common is in no difference.
        """
        arm, cluster = self.fit.arm, self.fit.cluster
        if arm is None or cluster is None:
            return np.full(on_means.shape[1], np.nan)
        pieces = np.unique(np.column_stack([cluster, arm]), axis=0)
        pure = np.bincount(pieces[:, 0])[cluster] == 1
        if not pure.any():
            return np.full(on_means.shape[1], np.nan)
        parts, number = parts_of_arms(self.fit.weight_of_people(on_means.toarray())[pure], arm[pure], cluster[pure])
        clusters = np.bincount(np.unique(np.column_stack([cluster, arm])[pure], axis=0)[:, 1])
        counted = (parts > 0) & (clusters >= SEVERAL)[:, None]
        least: Floats = np.where(counted, number, np.inf).min(axis=0)
        return np.where(counted.any(axis=0), least, np.nan)
