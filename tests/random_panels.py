"""Small random panels, of users trained in several weeks or never, for what must hold on any of them."""

from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import strategies as st

from workbench.inference.moments import Moments


def panel(seed: int, users: int = 24, weeks: int = 6, never: bool = True, hole: float = 0.0) -> pd.DataFrame:
    """Whole numbers of active days; three users or more a cohort, six never; `hole` of the user-weeks are missing."""
    rng = np.random.default_rng(seed)
    cohorts = [*rng.choice(np.arange(2, weeks + 1), size=3, replace=False), *[np.nan] * never]
    least = np.repeat(cohorts, [3, 3, 3, *[6] * never])  # fewer never trained are refused by some that are compared
    trained = np.concatenate([least, rng.choice(cohorts, users - len(least))])
    unit, week = np.repeat(np.arange(users), weeks), np.tile(np.arange(1, weeks + 1), users)
    table = pd.DataFrame({"user_id": unit, "week": week, "trained": rng.permutation(trained)[unit]})
    table["team"] = table["user_id"] // 3
    table["active_days"] = rng.poisson(2, len(table)) + (week >= table["trained"]) + rng.poisson(1, users)[unit]
    kept = rng.random(len(table)) >= hole
    return table[kept | (week == 1) | (week == weeks)].reset_index(drop=True)


seeds = st.integers(0, 2**31 - 1)


def numbers(m: Moments) -> list[object]:
    return [m.n, m.mean, m.products, m.start, m.path]


def same(a: Moments, b: Moments) -> bool:
    return all(np.array_equal(x, y) for x, y in zip(numbers(a), numbers(b), strict=True))
