"""How sure a share of people is.

A share is *k of n*. Its interval is Wilson's (1927, JASA 22(158), 209–212), which stays between 0 and 1 and keeps its
promise in small groups.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from statsmodels.stats.proportion import proportion_confint

from workbench.errors import check_share
from workbench.results.estimates import LEVEL, Estimates
from workbench.results.phrases import say, translated
from workbench.results.words import percent


def shares(counts: pd.DataFrame, terms: list[str], unit: str, about: str, level: float = LEVEL) -> Estimates:
    """Shares with their Wilson intervals.

    counts : one row per share; reads the columns `terms`, `k` (people counted) and `n` (of these people)
    Returns Estimates, one row per row of `counts`; a share of nobody is missing.
    """
    k, n = counts["k"].to_numpy(dtype=float), counts["n"].to_numpy(dtype=float)
    table = counts[terms].assign(**wilson(k, n, level), n=counts["n"])
    return Estimates(
        table.reset_index(drop=True),
        unit,
        say("{about}; likely ranges (Wilson, {level})", about=translated(about), level=percent(level)),
        level,
    )


def wilson(k: np.ndarray, n: np.ndarray, level: float = LEVEL) -> dict[str, np.ndarray]:
    """estimate, std_error, conf_low, conf_high of k out of n.

    >>> {name: round(float(value), 3) for name, value in wilson(np.array(0.0), np.array(10.0)).items()}
    {'estimate': 0.0, 'std_error': 0.0, 'conf_low': 0.0, 'conf_high': 0.278}
    """
    some = np.where(n > 0, n, np.nan)
    share = k / some
    check_share("level", level)
    low, high = proportion_confint(k, some, alpha=1 - level, method="wilson")
    return {
        "estimate": share,
        "std_error": np.sqrt(share * (1 - share) / some),
        "conf_low": np.where((k == 0) & (n > 0), 0.0, low),  # which they are, but for rounding
        "conf_high": np.where(k == some, 1.0, high),
    }
