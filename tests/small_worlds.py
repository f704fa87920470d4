"""Small tables whose right answers are known by hand or were planted."""

from __future__ import annotations

import numpy as np
import pandas as pd

import workbench as wb


def two_periods(treated: int, never: int, size: int = 2, seed: int = 0) -> pd.DataFrame:
    """Whole teams, all of one size, treated in the second of two periods or never; teams move by chance, no effect."""
    rng = np.random.default_rng(seed)
    teams = treated + never
    moved = rng.normal(size=teams)[:, None] + rng.normal(scale=0.5, size=(teams, size))
    before = pd.DataFrame({"team": np.repeat(np.arange(teams), size), "user_id": np.arange(teams * size)})
    before["trained"] = np.where(before["team"] < treated, 1.0, np.nan)
    after = before.assign(week=1, active_days=moved.ravel())
    return pd.concat([before.assign(week=0, active_days=0.0), after])


def three_cohorts(treated: int = 3, later: int = 4, never: int = 5, seed: int = 0) -> pd.DataFrame:
    """Single people in three periods, treated in the second, in the third or never."""
    moved = np.random.default_rng(seed).normal(size=treated + later + never)
    people = pd.DataFrame({"user_id": np.arange(len(moved))})
    people["trained"] = np.repeat([1.0, 2.0, np.nan], [treated, later, never])
    periods = [people.assign(week=week, active_days=moved * (week > 0)) for week in range(3)]
    return pd.concat(periods, ignore_index=True)


def two_groups(seed: int = 0, users: int = 40) -> tuple[pd.DataFrame, np.ndarray, np.ndarray]:
    """Half of the users trained in the second of two weeks; use in both weeks of the trained and of the others."""
    rng = np.random.default_rng(seed)
    before = rng.normal(5, 2, users)
    trained = np.arange(users) < users // 2
    after = 0.6 * before + rng.normal(0, 1, users) + trained
    paths = np.column_stack([before, after])
    table = pd.DataFrame({"user_id": np.repeat(np.arange(users), 2), "week": [0, 1] * users})
    table["active_days"], table["trained"] = paths.ravel(), np.where(trained, 1.0, np.nan)[table["user_id"]]
    return table, paths[trained], paths[~trained]


def incentive(effect: list[float], never: int = 30, users: int = 30, noise: float = 0.0, on: int = 3) -> wb.Moments:
    """Two groups of users, switched on in weeks 3 and 5 for `on` weeks; what it does in each week from then on."""
    rng = np.random.default_rng(0)
    weeks, starts = 3 + len(effect) + 2, np.repeat([3, 5, 99], [users, users, never])
    rows = []
    for user, start in enumerate(starts):
        for week in range(1, weeks + 1):
            since = week - start
            rows.append(
                {
                    "user_id": user,
                    "week": week,
                    "on": int(0 <= since < on),
                    "active_days": 0.1 * week + user % 3 + (effect[min(since, len(effect) - 1)] if since >= 0 else 0),
                }
            )
    table = pd.DataFrame(rows)
    table["active_days"] += noise * rng.normal(size=len(table))
    return wb.moments(table, treatment="on")


def effect(panel: pd.DataFrame, cluster: str | None = "team", small_sample: bool = True) -> wb.Estimates:
    m = wb.moments(panel, cohort="trained", cluster=cluster)
    return wb.att_gt(m, small_sample=small_sample, band=False)
