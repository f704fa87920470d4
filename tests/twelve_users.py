"""Twelve users in six weeks, and what is said of them when the table is spoilt."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from workbench.effects.did import att_gt
from workbench.errors import ContractError
from workbench.inference.moments import moments


def twelve_users() -> pd.DataFrame:
    """Twelve users, six weeks; three trained in week 3, three in 4, two in 5, four never."""
    unit, week = np.repeat(np.arange(12), 6), np.tile(np.arange(1, 7), 12)
    trained = np.array([3, 3, 3, 4, 4, 4, 5, 5, *[np.nan] * 4])[unit]
    return pd.DataFrame(
        {
            "user_id": [f"u{i:02d}" for i in unit],
            "week": week,
            "active_days": np.random.default_rng(0).poisson(2, 72),
            "trained": trained,
            "team": [f"t{i // 2}" for i in unit],
            "role": [f"r{i % 2}" for i in unit],
        }
    )


def dated(table: pd.DataFrame) -> pd.DataFrame:
    """The same weeks by their Mondays."""
    first = pd.Timestamp("2025-01-06")
    return table.assign(
        week=first + pd.to_timedelta(7 * (table["week"] - 1), "D"),
        trained=first + pd.to_timedelta(7 * (table["trained"] - 1), "D"),
    )


def changed(column: str, row: int, value: Any) -> pd.DataFrame:
    table = twelve_users().astype({column: object})
    table.loc[row, column] = value
    return table.infer_objects()


def refusal(table: Any, **options: Any) -> str:
    with pytest.raises(ContractError) as said:
        att_gt(moments(table, **({"cohort": "trained"} | options)))
    return str(said.value)


def counted(table: pd.DataFrame, **options: Any) -> list[list[Any]]:
    return moments(table, **({"cohort": "trained"} | options)).excluded.to_numpy().tolist()
