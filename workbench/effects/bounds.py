"""Intervals that hold although trends part, for any event study with its covariance.

Two ways of saying how far they may part: by a multiple of the largest parting before treatment, or by how much the
slope of the parting may change from one period to the next. Both optimisations are small: one is solved by looking at
its few vertices, the other one coordinate after the other.

Sources: Rambachan & Roth (2023), Review of Economic Studies 90, 2555–2591; Andrews, Roth & Pakes (2023), Review of
Economic Studies; Armstrong & Kolesár (2018), Econometrica 86, 655–683. Numbers: tests/test_reference.py.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import optimize, stats
from scipy.special import ndtr, ndtri

from workbench.errors import ContractError
from workbench.inference.layout import Floats
from workbench.results.estimates import LEVEL
from workbench.results.phrases import say

MOST = 20.0  # largest multiple tried in the search for the breakdown value
DRAWS = 20_000
METHODS = {
    "relative_magnitudes": "trends part after treatment by at most m times the largest parting between two neighbouring"
    " periods before it",
    "smoothness": "the slope of the parting changes by at most m from one period to the next",
}


class Bounds(pd.DataFrame):
    """Intervals that hold although trends part: method, m, conf_low, conf_high; and the m at which 0 comes in.

    breakdown : the largest m at which the interval leaves out 0; 0 where it never does, inf where it still does at 20
        times (relative magnitudes) or at 20 standard errors a period (smoothness)
    """

    _metadata = ("breakdown", "about")
    breakdown: float
    about: str

    @property
    def _constructor(self) -> type[pd.DataFrame]:
        return pd.DataFrame


def bounds(
    effects: Floats,
    covariance: Floats,
    pre: int,
    weights: Floats,
    method: str,
    m: Sequence[float] | None = None,
    level: float = LEVEL,
    seed: int = 0,
) -> Bounds:
    """The same for any event study: effects of `pre` periods before, without the one compared with, and those after.

    weights : of the periods after, in the number of interest
    """
    error = float(np.sqrt(weights @ covariance[pre:, pre:] @ weights))
    if method == "relative_magnitudes":
        parting = _Parting(effects, covariance, pre, weights, level, seed)
        m = (0.5, 1, 1.5, 2) if m is None else m
        interval, most = parting.interval, MOST
    else:
        smooth = _Smooth(effects, covariance, pre, weights, level)
        m = tuple(error * np.array([0, 0.25, 0.5, 0.75, 1])) if m is None else m
        interval, most = smooth.interval, MOST * error
    rows = [(method, float(x), *interval(float(x))) for x in m]
    table = Bounds(rows, columns=["method", "m", "conf_low", "conf_high"])
    table.breakdown = _breakdown(
        parting.excludes_zero if method == "relative_magnitudes" else smooth.excludes_zero, most
    )
    table.about = f"{level:.0%} intervals if {METHODS[method]}"
    return table


def _breakdown(excludes_zero: Callable[[float], bool], most: float) -> float:
    """The largest m at which zero is still left out."""
    if not excludes_zero(0.0):
        return 0.0
    if excludes_zero(most):
        return float("inf")
    low, high = 0.0, most
    while high - low > 1e-4 * most:
        middle = (low + high) / 2
        low, high = (middle, high) if excludes_zero(middle) else (low, middle)
    return low


@dataclass(frozen=True)
class _Parting:
    """Trends that part by at most m times their largest step before treatment.

    With v the largest step before treatment, the steps after it lie within ±m·v. A number θ of interest is refused when
    no such trends explain the effects. The linear programme of the test has as vertices: all steps pulling up, all
    pulling down, and each step's two bounds against each other; so it is solved by looking at these few. For each
    candidate for the largest step, in either direction, θ is tested; it belongs to the interval if any accepts it.

    Source: Rambachan & Roth (2023), section 3 (C-LF); Andrews, Roth & Pakes (2023).
    """

    effects: Floats
    covariance: Floats
    pre: int
    weights: Floats
    level: float
    seed: int

    def interval(self, m: float) -> tuple[float, float]:
        """The lowest and the highest θ that some largest step accepts."""
        theta = float(self.weights @ self.effects[self.pre :])
        error = float(np.sqrt(self.weights @ self.covariance[self.pre :, self.pre :] @ self.weights))
        tests = [self._test(m, step) for step in self._steps()]
        reach = 6 * error + m * self._pull() * float(np.abs(self._steps() @ self.effects).max() + 6 * error)
        grid = theta + np.linspace(-reach, reach, 801)
        accepted = np.any([test(grid) for test in tests], axis=0)
        if not accepted.any():
            return float("nan"), float("nan")
        ends = grid[accepted][[0, -1]]
        width = grid[1] - grid[0]
        return self._edge(tests, ends[0], ends[0] - width), self._edge(tests, ends[1], ends[1] + width)

    def excludes_zero(self, m: float) -> bool:
        """Whether every candidate refuses θ = 0."""
        return not any(self._test(m, step)(np.zeros(1))[0] for step in self._steps())

    def _edge(self, tests: list[Any], inside: float, outside: float) -> float:
        for _ in range(30):
            middle = (inside + outside) / 2
            accepted = any(test(np.array([middle]))[0] for test in tests)
            inside, outside = (middle, outside) if accepted else (inside, middle)
        return float(inside)

    def _pull(self) -> float:
        return float(np.abs(self._on_steps()).sum())

    def _on_steps(self) -> Floats:
        """What each step after treatment adds to the number of interest: the weights from it on."""
        return np.cumsum(self.weights[::-1])[::-1]

    def _steps(self) -> Floats:
        """Rows that make steps between neighbouring periods before treatment (the last one to 0), up and down."""
        rows = np.zeros((self.pre, len(self.effects)))
        rows[np.arange(self.pre), np.arange(self.pre)] = -1
        rows[np.arange(self.pre - 1), np.arange(1, self.pre)] = 1
        return np.vstack([rows, -rows])

    def _test(self, m: float, largest: Floats) -> Callable[[Floats], NDArray[np.bool_]]:
        """θ → accepted, with `largest` as the row that makes the largest step."""
        after, on = len(self.weights), self._on_steps()
        steps = np.zeros((after, len(self.effects)))
        steps[:, self.pre :] = np.eye(after) - np.eye(after, k=-1)
        rows = np.vstack([steps, -steps]) - m * largest
        variance = np.einsum("ij,jk,ik->i", rows, self.covariance, rows)
        if (variance <= 1e-12 * variance.max()).any():
            rule = say(
                "how far trends may part is weighed against chance, but some changes between periods do not vary by"
                " chance."
            )
            raise ContractError(f"{rule}\n  Look at the outcome: few units may all change alike.")
        spread = np.sqrt(variance)
        up = np.concatenate([np.maximum(on, 0), np.maximum(-on, 0)])
        down = np.concatenate([np.maximum(-on, 0), np.maximum(on, 0)])
        each = np.hstack([np.eye(after), np.eye(after)]) if m > 0 else np.zeros((0, 2 * after))
        vertices = np.vstack([up, down, each])
        vertices = vertices / (vertices @ spread)[:, None]
        on_theta = np.concatenate([[1 / (up @ spread), -1 / (down @ spread)], np.zeros(len(each))])
        combined = vertices @ rows
        return _conditional_test(
            combined @ self.effects, on_theta, combined @ self.covariance @ combined.T, 1 - self.level, self.seed
        )


def _conditional_test(
    value: Floats, on_theta: Floats, covariance: Floats, alpha: float, seed: int
) -> Callable[[Floats], NDArray[np.bool_]]:
    """θ → whether max(value − on_theta·θ) is small, given which is the largest and how close the others are.

    A tenth of alpha is spent on refusing outright what even the least favourable case would hardly show.
    """
    kappa = alpha / 10
    values, vectors = np.linalg.eigh(covariance)
    root = vectors * np.sqrt(np.clip(values, 0, None))
    draws = _normal_draws(len(value), seed) @ root.T
    outright = float(np.quantile(draws.max(axis=1), 1 - kappa))
    rest = (alpha - kappa) / (1 - kappa)

    def accepts(theta: Floats) -> NDArray[np.bool_]:
        y = value[:, None] - on_theta[:, None] * theta
        top = y.argmax(axis=0)
        most = y[top, np.arange(len(theta))]
        variance = covariance[top, top]
        slope = covariance[:, top] / variance
        held = y - slope * most
        gap = 1 - slope
        with np.errstate(divide="ignore", invalid="ignore"):
            limit = held / gap
        low = np.where(gap > 1e-10, limit, -np.inf).max(axis=0)
        high = np.minimum(np.where(gap < -1e-10, limit, np.inf).min(axis=0), outright)
        critical = np.maximum(_truncated_quantile(1 - rest, low, high, np.sqrt(variance)), 0)
        return np.asarray((most <= outright) & (most <= critical))

    return accepts


@cache
def _normal_draws(count: int, seed: int) -> Floats:
    """DRAWS × count independent standard normals; hundreds of tests of one page ask for the same."""
    draws = np.random.default_rng(seed).standard_normal((DRAWS, count))
    draws.flags.writeable = False
    return draws


def _truncated_quantile(p: float, low: Floats, high: Floats, spread: Floats) -> Floats:
    """Quantile of a centred normal between two limits, computed in the tail that loses least."""
    a, b = low / spread, high / spread
    flip = a > 0
    left, right = np.where(flip, -b, a), np.where(flip, -a, b)
    share = np.where(flip, 1 - p, p)
    below = ndtr(left)  # thousands of calls: the checks of scipy.stats.norm would take most of the time
    quantile = ndtri(np.clip(below + share * (ndtr(right) - below), 0, 1))
    signed: Floats = np.where(flip, -quantile, quantile) * spread
    return signed


@dataclass(frozen=True)
class _Smooth:
    """Trends whose slope changes by at most m from one period to the next.

    The number of interest plus weights on the effects before treatment, so chosen that any straight line cancels and
    the interval, bias included, is shortest: bend j before treatment weighs c_j, and the worst bias is m·Σ|c|. The
    frontier of bias and variance is a lasso in c.

    Source: Rambachan & Roth (2023), section 4 (FLCI); Armstrong & Kolesár (2018).
    """

    effects: Floats
    covariance: Floats
    pre: int
    weights: Floats
    level: float

    def interval(self, m: float) -> tuple[float, float]:
        """The estimate with its worst bias and sampling error on both sides."""
        weights, bias = self._best(m)
        estimate = float(weights @ self.effects)
        reach = self._reach(weights, m * bias)
        return estimate - reach, estimate + reach

    def excludes_zero(self, m: float) -> bool:
        """Whether the interval does not reach 0."""
        low, high = self.interval(m)
        return low > 0 or high < 0

    def _best(self, m: float) -> tuple[Floats, float]:
        """The weights whose interval is shortest, and their bias for m = 1."""
        start, per_bend, fixed = self._weights()
        if m == 0 or not per_bend.shape[1]:
            bends = self._lasso(start, per_bend, 0.0)
            return start + per_bend @ bends, fixed + float(np.abs(bends).sum())

        def length(log_price: float) -> float:
            bends = self._lasso(start, per_bend, np.exp(log_price))
            return self._reach(start + per_bend @ bends, m * (fixed + float(np.abs(bends).sum())))

        scale = np.log(np.abs(per_bend.T @ self.covariance @ start).max() + 1e-300)
        grid = scale + np.linspace(-12, 1, 27)
        near = grid[int(np.argmin([length(x) for x in grid]))]
        best = optimize.minimize_scalar(length, bounds=(near - 0.5, near + 0.5), method="bounded").x
        bends = self._lasso(start, per_bend, float(np.exp(best)))
        return start + per_bend @ bends, fixed + float(np.abs(bends).sum())

    def _weights(self) -> tuple[Floats, Floats, float]:
        """Weights = start + per_bend @ c, with straight lines cancelled; and the part of the bias that is fixed."""
        after = len(self.weights)
        periods = np.arange(1, after + 1)
        back = np.arange(self.pre, 0, -1)
        bends = np.array([np.maximum(back - j, 0) for j in range(1, self.pre)], float).reshape(self.pre - 1, self.pre)
        system = np.vstack([back, bends])
        solution = np.linalg.inv(system)
        start, per_bend = np.zeros(self.pre + after), np.zeros((self.pre + after, self.pre - 1))
        start[self.pre :] = self.weights
        start[: self.pre] = solution[:, 0] * (self.weights @ periods)
        per_bend[: self.pre] = solution[:, 1:]
        fixed = sum(abs(self.weights @ np.maximum(periods - j, 0)) for j in range(after))
        return start, per_bend, float(fixed)

    def _lasso(self, start: Floats, per_bend: Floats, price: float) -> Floats:
        """Least ½·variance + price·Σ|c|, one coordinate after the other."""
        quadratic, linear = per_bend.T @ self.covariance @ per_bend, per_bend.T @ self.covariance @ start
        if price == 0:
            free: Floats = -np.linalg.pinv(quadratic).astype(float) @ linear
            return free
        bends = np.zeros(len(linear))
        for _ in range(2_000):
            before = bends.copy()
            for j in range(len(bends)):
                pull = -(linear[j] + quadratic[j] @ bends - quadratic[j, j] * bends[j])
                bends[j] = np.sign(pull) * max(abs(pull) - price, 0) / quadratic[j, j]
            if np.abs(bends - before).max() <= 1e-10 * (1 + np.abs(bends).max()):
                break
        return bends

    def _reach(self, weights: Floats, bias: float) -> float:
        """Half the length: the quantile of |normal| with this bias and the weights' standard error."""
        error = float(np.sqrt(weights @ self.covariance @ weights))
        return error * float(np.sqrt(stats.ncx2.ppf(self.level, 1, (bias / error) ** 2)))
