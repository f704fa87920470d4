"""How wrong the trends may be before a conclusion falls.

Effects rest on trends that nobody sees: what would have happened without treatment. Here is what can be known about
them: whether trends parted before treatment, and what the check could have seen (Roth 2022, AER: Insights 4, 305–322);
how far they may part afterwards before an interval reaches zero (Rambachan & Roth 2023, Review of Economic Studies 90,
2555–2591); what the usual regression compares with what (Goodman-Bacon 2021, Journal of Econometrics 225, 254–277);
and whether the answer hangs on one date, one cohort or one team.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import optimize, stats

from workbench.contract import ContractError
from workbench.moments import Contrasts, Estimates, Floats, Moments

UNITS_A_RESTRICTION = 10  # units (or clusters) wanted for each restriction tested jointly
BLOCK = 4  # periods that are averaged where there are many
MANY = 8  # periods before or after, above which they are averaged
MOST = 20.0  # largest multiple tried in the search for the breakdown value
DRAWS = 20_000


# ── before treatment ────────────────────────────────────────────────────────────────────────────────────────────


def pretrend(att: Estimates, before: int | None = None) -> pd.DataFrame:
    """Whether trends parted before treatment, and how steep a drift the check would have seen.

    att : att_gt(m), or aggregate(att, by="event_week")
    before : how many periods before treatment to look at; default: all. Those long before it rest on late cohorts only
    Returns one row: statistic (Wald), df, p_value, slope_detectable_50, slope_detectable_80: the steady drift, in the
    outcome's unit a period, that the check finds 50 and 80 times in 100. All missing, with df 0, where no period before
    treatment can be compared. A large p-value says no more than that no drift much above these was seen.

    With small_sample, the statistic is Hotelling's and held to the F distribution; should there be more comparisons
    than a tenth of the treated units (clusters), they are averaged by weeks before treatment, then by blocks of weeks.
    """
    earlier = _before(_contrasts(att), before)
    df = len(earlier.estimate)
    if not df:
        nothing = {"statistic": np.nan, "df": 0, "p_value": np.nan}
        return pd.DataFrame([nothing | {"slope_detectable_50": np.nan, "slope_detectable_80": np.nan}])
    inverse = np.linalg.pinv(earlier.covariance, rcond=1e-12, hermitian=True)
    statistic = float(earlier.estimate @ inverse @ earlier.estimate)
    drift = earlier.terms.distance.to_numpy(float)
    information = float(drift @ inverse @ drift)
    slopes = {
        f"slope_detectable_{power}": float(np.sqrt(_noncentrality(power / 100, df, earlier.freedom) / information))
        for power in (50, 80)
    }
    row = {"statistic": statistic, "df": df, "p_value": _p_value(statistic, df, earlier.freedom)}
    return pd.DataFrame([row | slopes])


def _contrasts(att: Estimates) -> Contrasts:
    found = att._contrasts
    if found is None or not {"base", "event_week"} & set(found.terms):
        raise ContractError('this needs effects before and after: att_gt(m), or aggregate(att, by="event_week").')
    return found


def _event(found: Contrasts) -> NDArray[np.int64]:
    """Periods since treatment began, of each row."""
    if "event_week" in found.terms:
        return found.terms.event_week.to_numpy()
    return (found.terms.period - found.terms.cohort).to_numpy()


def _before(found: Contrasts, most_weeks: int | None) -> Contrasts:
    """Rows before treatment, few enough to be tested together; terms event_week and distance (periods compared)."""
    if "distance" not in found.terms:
        found = replace(found, terms=found.terms.assign(distance=found.terms.period - found.terms.base))
    used = (_event(found) < 0) & (found.terms.distance != 0).to_numpy() & (found.std_error > 0)
    used &= _event(found) >= -(most_weeks or np.inf)
    found = found.selected(np.flatnonzero(used))
    # The spread of a small cohort is poorly known however many there are to compare it with: the treated count.
    treated, clusters = np.isfinite(found.moments.start), found.moments.clusters
    if clusters is None:
        independent = int(found.moments.n[treated].sum())
    else:
        independent = len(np.unique(clusters.cluster[treated[clusters.cell]]))
    most = independent // UNITS_A_RESTRICTION if found.small_sample else independent - 1
    block = 1
    while len(found.estimate) > max(most, 1):
        found = _averaged_before(found, block)
        block *= 2
    return found


def _averaged_before(found: Contrasts, block: int) -> Contrasts:
    """One row for each block of periods before treatment."""
    number = _event(found) // block
    values = np.unique(number)
    groups = [np.flatnonzero(number == v) for v in values]
    distance = [found.terms.distance.iloc[rows].mean() for rows in groups]
    terms = pd.DataFrame({"event_week": values * block, "distance": distance})
    return found.averaged(groups, terms, found.behind)


def _p_value(statistic: float, df: int, freedom: float) -> float:
    if np.isinf(freedom):
        return float(stats.chi2.sf(statistic, df))
    rest = freedom - df + 1
    return float(stats.f.sf(statistic * rest / (freedom * df), df, rest))


def _noncentrality(power: float, df: int, freedom: float) -> float:
    """How far from null the truth must be for a 5% test to reject with this power."""
    if np.isinf(freedom):
        critical = stats.chi2.isf(0.05, df)
        return float(optimize.brentq(lambda x: stats.ncx2.sf(critical, df, x) - power, 1e-6, 1e4))
    rest = freedom - df + 1
    critical = stats.f.isf(0.05, df, rest)
    return float(optimize.brentq(lambda x: stats.ncf.sf(critical, df, rest, x) - power, 1e-6, 1e4))


# ── after treatment ─────────────────────────────────────────────────────────────────────────────────────────────


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


METHODS = {
    "relative_magnitudes": "trends part after treatment by at most m times the largest parting between two neighbouring"
    " periods before it",
    "smoothness": "the slope of the parting changes by at most m from one period to the next",
}


def sensitivity(
    att: Estimates,
    method: str = "relative_magnitudes",
    m: Sequence[float] | None = None,
    event_week: int | None = None,
    before: int | None = None,
    after: int | None = None,
    level: float | None = None,
    seed: int = 0,
) -> Bounds:
    """Intervals for the effect, should trends not have stayed parallel.

    att : att_gt(m), or aggregate(att, by="event_week")
    method : "relative_magnitudes" (conditional and least favourable) or "smoothness" (fixed length)
    m : how far trends may part, see METHODS; default 0.5, 1, 1.5, 2 times, or 0 to 1 standard error a period
    event_week : of this period since treatment began; default: the mean of all periods after
    before, after : how many periods before and after treatment to look at; default: all. Long before and long after
        rest on few cohorts, and the more periods there are the further trends may part

    Returns Bounds: a table with `.breakdown`. Where there are more than 8 periods before or after, blocks of 4 are
    averaged, and compared with the mean of the last block before treatment.
    Raises ContractError where there are not two periods before treatment.
    """
    if method not in METHODS:
        raise ContractError(f"method is one of {', '.join(map(repr, METHODS))}, not {method!r}.")
    study = _study(_contrasts(att), event_week, before, after)
    return bounds(study.effects, study.covariance, study.pre, study.weights, method, m, level or att.level, seed)


def bounds(
    effects: Floats,
    covariance: Floats,
    pre: int,
    weights: Floats,
    method: str,
    m: Sequence[float] | None = None,
    level: float = 0.95,
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
class _Study:
    """An event study against the last period before treatment: `pre` effects before it, the rest after."""

    effects: Floats
    covariance: Floats
    pre: int
    weights: Floats


def _study(found: Contrasts, event_week: int | None, before: int | None, after: int | None) -> _Study:
    """The effects by periods since treatment, all against the same last period before it."""
    found = _against_last(_by_event(found))
    event = _event(found)
    found = found.selected(np.flatnonzero((event >= -(before or np.inf)) & (event < (after or np.inf))))
    event = _event(found)
    block = BLOCK if max((event < 0).sum(), (event >= 0).sum()) > MANY else 1
    matrix, starts = _blocks(event, block)
    pre = int((starts < 0).sum())
    if pre < 1 or pre == len(starts):
        raise ContractError(
            "how far trends may part is measured by how far they parted before, so two periods (or blocks of"
            f" {block}) before treatment are needed; there {'is' if pre else 'are'} fewer.\\n  Look at pretrend(att)."
        )
    return _Study(
        matrix @ found.estimate,
        matrix @ found.covariance @ matrix.T,
        pre,
        _of_interest(starts[pre:], block, event_week),
    )


def _of_interest(starts: NDArray[np.int64], block: int, event_week: int | None) -> Floats:
    if event_week is None:
        return np.full(len(starts), 1 / len(starts))
    chosen = (starts <= event_week) & (event_week < starts + block)
    if not chosen.any():
        raise ContractError(f"event_week is one of {starts[0]} to {starts[-1] + block - 1}, not {event_week}.")
    return chosen.astype(float)


def _by_event(found: Contrasts) -> Contrasts:
    if "event_week" in found.terms:
        return found
    event = _event(found)
    values = np.unique(event)
    groups = [np.flatnonzero(event == v) for v in values]
    distance = (found.terms.period - found.terms.base).to_numpy()
    terms = pd.DataFrame({"event_week": values, "distance": [distance[rows].mean() for rows in groups]})
    return found.averaged(groups, terms, found.behind)


def _against_last(found: Contrasts) -> Contrasts:
    """Every period against the last before treatment; effects before that compare neighbours are added up."""
    event, distance = _event(found), found.terms.distance.to_numpy()
    before = np.flatnonzero((event < 0) & (distance != 0))
    after = np.flatnonzero(event >= 0)
    if (distance[before] < 0).all():
        return found.selected(np.concatenate([before, after]))
    weights = np.zeros((len(event), len(before)))
    for column in range(len(before)):
        weights[before[column:], column] = -1
    # Steps between neighbours, added up from a period to the last before treatment, are how far the two are apart.
    return replace(found, terms=found.terms.assign(event_week=event)).combined(
        np.hstack([weights, np.eye(len(event))[:, after]]),
        pd.DataFrame({"event_week": np.append(event[before] - 1, event[after])}),
    )


def _blocks(event: NDArray[np.int64], block: int) -> tuple[Floats, NDArray[np.int64]]:
    """Rows that average whole blocks of periods and subtract the last block before treatment, and where each begins."""
    if block == 1:
        return np.eye(len(event)), event
    number = event // block
    whole = [b for b in np.unique(number) if (number == b).sum() >= (block - 1 if b == -1 else block)]
    # The period that all are compared with is 0 by definition and belongs to the last block.
    means = np.array([(number == b) / block for b in whole], float)
    base = means[whole.index(-1)] if -1 in whole else np.zeros(len(event))
    kept = [i for i, b in enumerate(whole) if b != -1]
    return means[kept] - base, np.array([whole[i] * block for i in kept], int)


# ── relative magnitudes ─────────────────────────────────────────────────────────────────────────────────────────


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
        spread = np.sqrt(np.einsum("ij,jk,ik->i", rows, self.covariance, rows))
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
    draws = np.random.default_rng(seed).standard_normal((DRAWS, len(value))) @ root.T
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
        return (most <= outright) & (most <= critical)

    return accepts


def _truncated_quantile(p: float, low: Floats, high: Floats, spread: Floats) -> Floats:
    """Quantile of a centred normal between two limits, computed in the tail that loses least."""
    a, b = low / spread, high / spread
    flip = a > 0
    left, right = np.where(flip, -b, a), np.where(flip, -a, b)
    share = np.where(flip, 1 - p, p)
    inside = stats.norm.cdf(left) + share * (stats.norm.cdf(right) - stats.norm.cdf(left))
    quantile = stats.norm.ppf(np.clip(inside, 0, 1))
    signed: Floats = np.where(flip, -quantile, quantile) * spread
    return signed


# ── smoothness ──────────────────────────────────────────────────────────────────────────────────────────────────


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


# ── what the usual regression compares ──────────────────────────────────────────────────────────────────────────


def bacon(m: Moments) -> pd.DataFrame:
    """What a two-way fixed effects regression is the mean of.

    Returns one row for each comparison: kind ("treated against never", "earlier against later", "later against
    earlier": units already treated serve as controls, which is what goes wrong), treated, control (first periods;
    missing: never), weight (adding up to 1), estimate. Σ weight·estimate = twfe(m).
    """
    start, share, path = _balanced_cohorts(m)
    count, rows = m.calendar.count, []
    for k in range(len(start)):
        for j in range(len(start)):
            if k != j and start[k] < count:
                rows.append(_comparison(m, start[k], start[j], share[[k, j]], path[[k, j]]))
    table = pd.DataFrame(rows, columns=["kind", "treated", "control", "weight", "estimate"])
    table["weight"] /= table["weight"].sum()
    return table


def _balanced_cohorts(m: Moments) -> tuple[Floats, Floats, Floats]:
    """Start, share of units and mean path of each cohort, of units seen in every period."""
    whole = m.balanced()
    switched = (whole.path == 0) & (np.arange(m.calendar.count) >= whole.start[:, None])
    if switched.any() or not np.isfinite(whole.start).any() or len(np.unique(whole.start)) < 2:
        raise ContractError(
            "the decomposition needs treatment that stays on, and two cohorts (or one and units never treated) seen in"
            " every period.\n  Look at the moments: print(m)."
        )
    start = np.unique(whole.start)
    member = whole.start == start[:, None]
    size = member @ whole.n
    return start, size / size.sum(), (member * whole.n) @ whole.mean / size[:, None]


def _comparison(
    m: Moments, treated: float, control: float, share: Floats, path: Floats
) -> tuple[str, Any, Any, float, float]:
    count = m.calendar.count
    late, early = max(treated, control), min(treated, control)
    first, last = (0, int(min(control, count))) if treated < control else (int(control), count)
    inside = np.arange(first, last)
    on = inside >= treated
    difference = path[0, inside] - path[1, inside]
    estimate = difference[on].mean() - difference[~on].mean()
    # Share of all periods in the window, twice (its pairs), times variance of being treated there.
    window = (last - first) / count
    spread = on.mean() * (1 - on.mean())
    weight = share[0] * share[1] * window**2 * spread
    never = not late < count
    kind = (
        "treated against never" if never else "earlier against later" if treated == early else "later against earlier"
    )
    labels = m.calendar.labels([treated, control])
    return kind, labels[0], labels[1] if control < count else None, weight, estimate


# ── dates, cohorts, teams ───────────────────────────────────────────────────────────────────────────────────────


def placebo(m: Moments, earlier: int) -> Moments:
    """As if treatment had begun so many periods earlier, with nothing seen since it really began.

    An effect of these moments, such as aggregate(att_gt(placebo(m, 4))), is of a treatment that had not happened.
    """
    if earlier < 1:
        raise ContractError(f"earlier is a number of periods from 1 on, not {earlier!r}.")
    place = np.arange(m.calendar.count)
    start = m.start - earlier
    path = np.where(place >= m.start[:, None], -1, m.path)
    path = np.where((path >= 0) & (place >= start[:, None]), 1, path).astype(np.int16)
    return replace(m, path=path, start=start).untreated_at_first()


def leave_one_out(m: Moments, estimate: Callable[[Moments], Estimates], by: str = "cohort") -> pd.DataFrame:
    """The overall number without each cohort, or each cluster, in turn: whether it hangs on one of them.

    estimate : such as lambda m: aggregate(att_gt(m))
    by : "cohort" or "cluster"
    Returns one row for each: left_out, estimate, std_error, conf_low, conf_high, n.
    """
    if by == "cohort":
        labels = [label for label in m.cohorts.cohort if label is not None]
        rest = [m.without(label) for label in labels]
    elif by == "cluster" and m.clusters is not None:
        labels = list(m.clusters.names)
        rest = [m.without_cluster(label) for label in labels]
    else:
        raise ContractError(f"by is 'cohort', or 'cluster' where moments were taken with cluster=, not {by!r}.")
    overall = [estimate(each).overall for each in rest]
    table = pd.DataFrame([row for row in overall if row is not None]).reset_index(drop=True)
    table.insert(0, "left_out", labels)
    return table
