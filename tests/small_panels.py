"""Panels of a few people, for tests whose numbers are counted by hand."""

from __future__ import annotations

import pandas as pd

WEEKS = pd.date_range("2025-01-06", periods=6, freq="7D")


def user_weeks(user: str, actions: str | list[int], start: str = "2025-01-06", **more: object) -> pd.DataFrame:
    """One person's user-weeks, one after the other; actions by week, as numbers or digits."""
    weeks = pd.date_range(start, periods=len(actions), freq="7D")
    return pd.DataFrame({"user_id": user, "week": weeks, "actions": list(map(int, actions)), **more})


def team_weeks(**use: list[int]) -> pd.DataFrame:
    """One row per user and week; use = actions by week; users whose name begins alike are one team."""
    rows = [
        {"user_id": user, "week": week, "actions": n, "active_days": min(n, 5), "created": n // 2, "updated": 0,
         "compulsory": n // 4, "features": min(n, 3), "team": user[0], "eligible": True}
        for user, counts in use.items() for week, n in zip(WEEKS, counts, strict=False)
    ]  # fmt: skip
    return pd.DataFrame(rows)


PANEL = team_weeks(
    a1=[0, 0, 0, 0, 0, 0],  # never came
    a2=[4, 4, 0, 0, 0, 0],  # stopped
    a3=[0, 0, 0, 0, 0, 8],
    b1=[1, 1, 1, 1, 1, 1],
    b2=[9, 9],  # left
)
