"""How far from the truth an estimate may lie, in its own standard errors.

Where a history of treatment is a few teams, the standard error is uncertain too. If all units (clusters) vary alike,
its square is S = Σ p χ²(M − 1)/(M − 1) times the variance, p the share of a history of treatment in the variance and M
its units (clusters), and an estimate is more than k standard errors away with probability

    E P(|Z| > k √S) = 2/π ∫ Π (1 + k² p / ((M − 1) sin² φ))^(−(M − 1)/2) dφ        over φ from 0 to π/2

by Craig's form of the normal tail (1991, IEEE MILCOM 2, 571–575): Student's t for one history, and for several exactly
what Satterthwaite's degrees of freedom come near to (they give too wide intervals where M is two or three).

Where the few who were treated vary more than the others, that is too near. So p is also taken as it is seen, each
history's own part of the variance (Welch 1947, Biometrika 34, 28–35), and the wider interval counts.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from workbench.inference.layout import Floats

MATTERS = 0.01  # of a variance: less than this may be left out of it
MANY = 300  # degrees of freedom from which Student's t is near enough
TINY = 1e-9  # of a variance that can be seen: less is none
STEPS = 12  # Newton's, at most; four or five are enough
NODE, WEIGHT = np.polynomial.legendre.leggauss(32)


@dataclass(frozen=True, eq=False)
class Studentised:
    """K estimates over their standard errors.

    parts : H × K, variances by history of treatment, if all units (clusters) varied alike
    freedom : H, degrees of freedom of each history's own variance: M − 1 for M units (clusters) of one size, less
        where some outweigh the others; 0 for one alone
    fitted : numbers in each estimate that were chosen to make its variance least: each costs a degree of freedom
    own : H × K, variances by history as they are seen; None: not looked at
    cohort : H, one number for histories that are strata of one cohort; None: no strata
    """

    parts: Floats
    freedom: Floats
    fitted: int = 0
    own: Floats | None = None
    cohort: NDArray[np.int64] | None = None

    def with_seen(self, columns: NDArray[np.int64], own: Floats) -> Studentised:
        """The same, with the variances by history of some of the estimates as they are seen."""
        every = self.parts.copy()
        every[:, columns] = np.where(own.sum(axis=0) > 0, own, self.parts[:, columns])
        return replace(self, own=every)

    @property
    def few(self) -> NDArray[np.bool_]:
        """K: whether it matters for the estimate how few it rests on."""
        return np.asarray(self._left(self.parts) < MANY)

    @cached_property
    def freedoms(self) -> Floats:
        """Degrees of freedom of the t distribution nearest to each: (Σ v)² / Σ v²/(M − 1), v the parts.

        Three teams against fifty have hardly more than two. None at all where one alone matters, for its own ups and
        downs cannot be seen.
        Sources: Satterthwaite (1946), Biometrics Bulletin 2, 110–114; Bell & McCaffrey (2002), Survey Methodology 28,
        169–181; Imbens & Kolesár (2016), Review of Economics and Statistics 98, 701–712.
        """
        return np.where(self.alone.any(axis=0), 0, self._left(self.parts))

    @property
    def alone(self) -> NDArray[np.bool_]:
        """H × K: histories that are one unit (cluster) alone, where these matter.

        Hundreds of strata with one in each matter together, though none does by itself.
        """
        hidden = np.where(self.freedom[:, None] == 0, self.parts, 0)
        together = hidden
        if self.cohort is not None:
            together = np.zeros((int(self.cohort.max()) + 1, hidden.shape[1]))
            np.add.at(together, self.cohort, hidden)
        return np.asarray((hidden > 0) & (together.max(axis=0, initial=0) > MATTERS * self.parts.sum(axis=0)))

    @property
    def freedoms_seen(self) -> Floats:
        """The same, or those of the variances as they are seen, where these are fewer."""
        return self.freedoms if self.own is None else np.minimum(self.freedoms, self._left(self.own))

    def _left(self, parts: Floats) -> Floats:
        """The same where some rest on one alone."""
        whole = parts.sum(axis=0)
        uncertain = (parts**2 / self._seen[:, None]).sum(axis=0)
        freedoms = np.divide(whole**2, uncertain, out=np.full(len(whole), np.inf), where=uncertain > 0)
        return np.asarray(np.maximum(freedoms - self.fitted, 1))

    @property
    def _seen(self) -> Floats:
        """H: degrees of freedom, 1 for one alone, of which nothing is seen."""
        return np.maximum(self.freedom, 1)

    def reach(self, outside: float) -> Floats:
        """K: how many standard errors on both sides leave `outside` of the probability beyond them."""
        alike = self._reach(self.parts, outside)
        return alike if self.own is None else np.maximum(alike, self._reach(self.own, outside))

    def _reach(self, parts: Floats, outside: float) -> Floats:
        left = self._left(parts)
        found, few = np.asarray(stats.t.isf(outside / 2, left)), left < MANY
        if few.any():
            found[few] = self._of_few(found[few], parts[:, few], left[few], outside)
        return found

    def _of_few(self, start: Floats, parts: Floats, left: Floats, outside: float) -> Floats:
        """By Newton's steps on the logarithms."""
        half = (self._seen[:, None] * left / (left + self.fitted) / 2)[..., None]
        share = (parts / parts.sum(axis=0))[..., None] / (2 * half * np.sin(np.pi / 4 * (NODE + 1)) ** 2)
        log = np.log(start)
        for _ in range(STEPS):
            further = np.exp(2 * log)[:, None] * share
            within = np.exp(-(half * np.log1p(further)).sum(axis=0))
            falling = (2 * half * further / (1 + further)).sum(axis=0)
            tail = within @ WEIGHT / 2
            step = np.log(tail / outside) * tail / ((within * falling) @ WEIGHT / 2)
            log = log + step
            if np.abs(step).max() < 1e-9:
                break
        return np.exp(log)


def left_to_see(units: NDArray[np.int64], history: NDArray[np.int64]) -> Floats:
    """Per cluster 1 − 2h + Σh²: its variance around the means that it is held against, if every cluster's own is 1.

    units : clusters × strata. Where all of a history are in one stratum, h is the cluster's share w of the history;
    where clusters span strata, how much of the means of its strata is the cluster's own, or another's, by its units
    """
    share, square = _shares(units, history)
    left: Floats = 1 - 2 * share + square
    for alike, parts, shares in _spanning(units, history):
        left[alike] = 1 - 2 * (parts * shares).sum(axis=1) + ((parts @ (shares.T @ shares)) * parts).sum(axis=1)
    return left


def freedom_of_means(units: NDArray[np.int64], history: NDArray[np.int64]) -> Floats:
    """H: degrees of freedom of the variance of a mean of clusters with these units, all of whose means vary alike.

    The variance is Σ a(y − Σhy)², h as for `left_to_see`, w each cluster's share and a = w²/(1 − 2h + Σh²): a quadratic
    form Q of the means. Its degrees of freedom are tr(Q)²/tr(Q²): M − 1 for M of one size in one stratum, hardly over 1
    where one outweighs the others.
    Source: Bell & McCaffrey (2002), Survey Methodology 28, 169–181.
    """
    share, square = _shares(units, history)
    left = left_to_see(units, history)
    a = np.divide(share**2, left, out=np.zeros(len(share)), where=left > TINY)
    sums = [np.bincount(history, a * share**power) for power in range(3)]
    of_history = np.bincount(history, share**2)
    pairs = of_history**2 * sums[0] ** 2 + 2 * sums[0] * sums[2] - 4 * of_history * sums[0] * sums[1] + 2 * sums[1] ** 2
    own = np.bincount(history, a**2 * (left**2 - (square - 2 * share) ** 2))
    trace = np.bincount(history, a * left)
    squared = pairs + own
    for alike, parts, shares in _spanning(units, history):
        squared[history[alike[0]]] = _squared(a[alike], parts, shares)
    return np.asarray(np.divide(trace**2, squared, out=np.zeros(len(trace)), where=trace > 0))


def _squared(a: Floats, parts: Floats, shares: Floats) -> float:
    """tr(Q²) of Q = (I − PW')' A (I − PW'), P the parts and W the shares: A less what has the rank of the strata."""
    weighed = a[:, None] * parts
    ends = np.hstack([weighed, shares])
    none = np.zeros((parts.shape[1],) * 2)
    middle = np.block([[none, -np.eye(len(none))], [-np.eye(len(none)), parts.T @ weighed]])
    low, product = middle @ (ends.T @ (a[:, None] * ends)), middle @ (ends.T @ ends)
    return float(a @ a + 2 * np.trace(low) + np.trace(product @ product))


def _shares(units: NDArray[np.int64], history: NDArray[np.int64]) -> tuple[Floats, Floats]:
    """Per cluster: its share of its history, and the sum of their squares."""
    size = units.sum(axis=1).astype(float)
    share: Floats = size / np.bincount(history, size)[history]
    return share, np.asarray(np.bincount(history, share**2)[history], float)


def _spanning(
    units: NDArray[np.int64], history: NDArray[np.int64]
) -> Iterator[tuple[NDArray[np.int64], Floats, Floats]]:
    """Histories with clusters that span strata: which, the parts of each in each stratum, and its shares of these."""
    for one in np.unique(history[(units > 0).sum(axis=1) > 1]):
        alike = np.flatnonzero(history == one)
        there = units[alike][:, units[alike].any(axis=0)].astype(float)
        yield alike, there / there.sum(axis=1, keepdims=True), there / there.sum(axis=0)
