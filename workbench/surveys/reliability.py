"""Whether the items of a component measure one thing.

From the items' covariance S (k items) and their correlation R:

- Cronbach's α, raw: k/(k−1) · (1 − tr S / ΣS); standardised: the same of R, or k·r̄ / (1 + (k−1)·r̄);
- McDonald's ω total of one factor, (Σλ)² / ((Σλ)² + Σ(1−λ²)), λ by minimum residuals on R; not defined for two items;
- item–rest correlation: each item with the sum of all others.

The interval of α is Feldt's: 1 − (1 − α) · F, with n−1 and (n−1)(k−1) degrees of freedom. Sheets that lack an item are
left out of all three.

Sources: Cronbach (1951), Psychometrika 16, 297–334. McDonald (1999), Test Theory. Feldt (1965), Psychometrika 30,
357–370.
"""

from __future__ import annotations

from enum import StrEnum

import numpy as np
import pandas as pd
from scipy import optimize, stats

from workbench.errors import ContractError, check_share
from workbench.results.estimates import LEVEL, Estimates
from workbench.results.phrases import phrase, say
from workbench.surveys.answers import SurveyAnswers

LOW, REDUNDANT = 0.7, 0.95  # α below is too little, above says that items repeat each other
REST = 0.3  # an item–rest correlation below says that the item does not belong (Nunnally & Bernstein 1994)
FEWEST = 10  # sheets with every item, below which no correlation is looked at
LEAST_UNIQUE = 0.005  # of an item's variance that is its own, as R's psych has it


class Measures(StrEnum):
    """What the interval of α says of a component's items."""

    ONE_THING = phrase("they measure one thing")
    LOOSE = phrase("too loosely related for one score")
    REPEATED = phrase("they repeat each other")
    UNCLEAR = phrase("we cannot say whether they measure one thing")


def alpha(covariance: np.ndarray, standardised: bool = False) -> float:
    """Cronbach's α of a sum of items.

    covariance : k × k, items turned so that high is favourable
    standardised : of the items' correlations instead
    Raises ContractError for fewer than two items.

    Source: Cronbach (1951), Psychometrika 16, 297–334.

    >>> from workbench import surveys
    >>> S = np.array([[2.0, 1.0, 1.0], [1.0, 2.0, 1.0], [1.0, 1.0, 2.0]])
    >>> round(surveys.alpha(S), 3)  # 3/2 · (1 − 6/12)
    0.75
    """
    S = np.asarray(covariance, dtype=float)
    _refuse_few(S)
    S = _correlation(S) if standardised else S
    k = len(S)
    return float(k / (k - 1) * (1 - np.trace(S) / S.sum()))


def omega(covariance: np.ndarray) -> float:
    """McDonald's ω total of one factor, on the items' correlations; missing for two items.

    covariance : k × k, items turned so that high is favourable; a correlation matrix is one
    Raises ContractError for fewer than two items.

    Source: McDonald (1999), Test Theory, ch. 6; the factor by minimum residuals (Harman & Jones 1966).

    >>> from workbench import surveys
    >>> loadings = np.array([0.8, 0.7, 0.6, 0.5])
    >>> R = np.outer(loadings, loadings) + np.diag(1 - loadings**2)
    >>> round(surveys.omega(R), 3)  # 2.6² / (2.6² + 2.26)
    0.749
    """
    S = np.asarray(covariance, dtype=float)
    _refuse_few(S)
    if len(S) < 3:
        return float("nan")
    loading = loadings(_correlation(S))
    common = loading.sum() ** 2
    return float(common / (common + (1 - loading**2).sum()))


def loadings(R: np.ndarray) -> np.ndarray:
    """One factor's loadings: those that leave the smallest residual correlations."""
    upper = np.triu_indices(len(R), 1)
    most = np.sqrt(1 - LEAST_UNIQUE)
    value, vector = (part[..., -1] for part in np.linalg.eigh(R))
    start = np.clip(np.sqrt(value / 2) * vector * np.sign(vector.sum() or 1), -0.9, 0.9)

    def residual(x: np.ndarray) -> np.ndarray:
        return np.asarray((np.outer(x, x) - R)[upper])

    found = optimize.least_squares(residual, start, bounds=(-most, most), xtol=1e-12)
    return np.asarray(found.x * (np.sign(found.x.sum()) or 1))


def item_rest(covariance: np.ndarray) -> np.ndarray:
    """Correlation of each item with the sum of the others.

    covariance : k × k, items turned so that high is favourable
    Returns k numbers from −1 to 1. Raises ContractError for fewer than two items.

    >>> from workbench import surveys
    >>> surveys.item_rest(np.array([[1.0, 0.5], [0.5, 1.0]])).tolist()
    [0.5, 0.5]
    """
    S = np.asarray(covariance, dtype=float)
    _refuse_few(S)
    own = np.diag(S)
    with_rest = S.sum(axis=1) - own
    return np.asarray(with_rest / np.sqrt(own * (S.sum() - own - 2 * with_rest)))


def reliability(answers: SurveyAnswers, level: float = LEVEL) -> pd.DataFrame:
    """How well the items of each component hang together, in the latest survey that asked them.

    answers : from `answers`
    Returns one row per component with at least two items: scale, component, label, survey, items, n (sheets with every
    item), alpha (raw), conf_low, conf_high (of it), standardised, omega, says (`Measures`), bad (names of items that
    clearly do not belong, with a comma between), repeated (pairs that say the same). Where fewer than ten sheets have
    every item, the numbers are missing and nothing is said.

    >>> from workbench import surveys
    >>> from workbench.data import open_source
    >>> rows = [{"user_id": f"u{i}", "survey": "spring", "answered_at": "2025-04-01T09:00Z", "scale": "umux_lite",
    ...     "item": f"umux_lite_{k}", "value": 1 + (i + k * (i % 3)) % 7} for i in range(30) for k in (1, 2)]
    >>> users = pd.DataFrame({"user_id": [f"u{i}" for i in range(30)]})
    >>> log = open_source({"users": users, "surveys": pd.DataFrame(rows)})
    >>> row = surveys.reliability(surveys.answers(log.surveys, log.users)).iloc[0]
    >>> int(row["items"]), int(row["n"]), round(float(row["alpha"]), 2)
    (2, 30, 0.66)
    """
    found = [
        _judged(wide, level)
        | {"scale": scale, "component": part, "label": answers.scales[str(scale)].components[str(part)], "survey": wave}
        for (scale, part, wave), wide in _sheets(answers.last())
    ]
    columns = ["scale", "component", "label", "survey", "items", "n", "alpha", "conf_low", "conf_high"]
    return pd.DataFrame(found, columns=[*columns, "standardised", "omega", "says", "bad", "repeated"])


def items(answers: SurveyAnswers, level: float = LEVEL) -> pd.DataFrame:
    """How each item goes with the others of its component, in the latest survey.

    Returns one row per item of a component with at least two: scale, component, item, n (sheets with every item), rest
    (item–rest correlation), conf_low, conf_high (Fisher's z), without (raw α without the item; missing for two items),
    belongs (false: the whole interval of `rest` lies below 0.3, and α is higher without the item).

    >>> from workbench import surveys
    >>> from workbench.data import open_source
    >>> rows = [{"user_id": f"u{i}", "survey": "spring", "answered_at": "2025-04-01T09:00Z", "scale": "umux_lite",
    ...     "item": f"umux_lite_{k}", "value": 1 + (i + k * (i % 3)) % 7} for i in range(30) for k in (1, 2)]
    >>> users = pd.DataFrame({"user_id": [f"u{i}" for i in range(30)]})
    >>> log = open_source({"users": users, "surveys": pd.DataFrame(rows)})
    >>> surveys.items(surveys.answers(log.surveys, log.users))["rest"].round(2).tolist()
    [0.49, 0.49]
    """
    found = [
        _items(wide, level).assign(scale=scale, component=part)
        for (scale, part, _), wide in _sheets(answers.last())
        if len(wide.dropna()) >= FEWEST
    ]
    columns = ["scale", "component", "item", "n", "rest", "conf_low", "conf_high", "without", "belongs"]
    return pd.concat(found, ignore_index=True)[columns] if found else pd.DataFrame(columns=columns)


def _sheets(answers: SurveyAnswers) -> list[tuple[tuple[str, str, str], pd.DataFrame]]:
    """The places of each component's items, one row a sheet; components of one item aside."""
    grouped = answers.table.groupby(["scale", "component", "survey"], sort=True)
    wide = {keys: part.pivot(index="sheet", columns="item", values="place") for keys, part in grouped}
    return [(keys, table) for keys, table in wide.items() if table.shape[1] > 1]  # type: ignore[misc]


def judged(found: Estimates, reliable: pd.DataFrame) -> pd.DataFrame:
    """Results by component, each with what its items measure: a score of loose items is not shown as a sound one.

    found : scale, component, …, as `favourable` returns it; reliable : from `reliability`
    Returns the table with says (`Measures`; missing where a component has one item).

    >>> from workbench import surveys
    >>> found = Estimates(pd.DataFrame({"scale": ["tam"], "component": ["ease"], "estimate": [0.02]}), "share", "")
    >>> reliable = pd.DataFrame({"scale": ["tam"], "component": ["ease"], "says": [Measures.LOOSE]})
    >>> [str(each) for each in surveys.judged(found, reliable)["says"]]
    ['too loosely related for one score']
    """
    table = found.table
    return table.merge(reliable.reindex(columns=["scale", "component", "says"]), on=["scale", "component"], how="left")


def _judged(wide: pd.DataFrame, level: float) -> dict[str, object]:
    full = wide.dropna()
    counts: dict[str, object] = {"items": full.shape[1], "n": len(full)}
    if len(full) < FEWEST or (full.var() == 0).any():
        return {**counts, "says": Measures.UNCLEAR, "bad": "", "repeated": ""}
    S = full.cov().to_numpy()
    raw = alpha(S)
    low, high = alpha_interval(raw, *full.shape, level)
    each = _items(wide, level)
    pairs = [
        f"{a} and {b}" for i, a in enumerate(full) for b in list(full)[i + 1 :] if full[a].corr(full[b]) >= REDUNDANT
    ]
    numbers = {"alpha": raw, "conf_low": low, "conf_high": high, "standardised": alpha(S, True), "omega": omega(S)}
    bad = ", ".join(each.loc[~each["belongs"], "item"])
    return {**counts, **numbers, "says": measures_of(low, high), "bad": bad, "repeated": "; ".join(pairs)}


def measures_of(low: float, high: float) -> Measures:
    """What the interval of α says.

    >>> str(measures_of(0.75, 0.85)), str(measures_of(0.65, 0.75))
    ('they measure one thing', 'we cannot say whether they measure one thing')
    """
    if low > REDUNDANT:
        return Measures.REPEATED
    if high < LOW:
        return Measures.LOOSE
    return Measures.ONE_THING if low >= LOW else Measures.UNCLEAR


def alpha_interval(raw: float, n: int, k: int, level: float = LEVEL) -> tuple[float, float]:
    """Feldt's interval of α, from n sheets with k items.

    >>> [round(end, 3) for end in alpha_interval(0.79, 41, 26)]
    [0.685, 0.873]
    """
    check_share("level", level)
    tail = (1 - level) / 2
    high, low = (float(stats.f.ppf(p, n - 1, (n - 1) * (k - 1))) for p in (tail, 1 - tail))
    return 1 - (1 - raw) * low, 1 - (1 - raw) * high


def _items(wide: pd.DataFrame, level: float) -> pd.DataFrame:
    check_share("level", level)
    full = wide.dropna()
    S, k = full.cov().to_numpy(), full.shape[1]
    rest = item_rest(S) if (full.var() > 0).all() else np.full(k, np.nan)
    half = stats.norm.ppf((1 + level) / 2) / np.sqrt(max(len(full) - 3, 1))
    low, high = np.tanh(np.arctanh(rest) - half), np.tanh(np.arctanh(rest) + half)
    without = [alpha(np.delete(np.delete(S, i, 0), i, 1)) if k > 2 else np.nan for i in range(k)]
    table = pd.DataFrame({"item": full.columns, "n": len(full), "rest": rest, "conf_low": low, "conf_high": high})
    # An item is worse than the scale only where the scale is better without it: two items cannot be told apart.
    worse = np.array(without) > (alpha(S) if k > 2 else np.inf)
    return table.assign(without=without, belongs=~(worse & (high < REST)))


def _correlation(S: np.ndarray) -> np.ndarray:
    spread = np.sqrt(np.diag(S))
    return np.asarray(S / np.outer(spread, spread))


def _refuse_few(S: np.ndarray) -> None:
    if len(S) < 2:
        raise ContractError(say("reliability needs two items that are asked of the same people, and here is one."))
