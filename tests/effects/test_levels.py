"""How far apart levels were before anybody was treated."""

from __future__ import annotations

import pandas as pd
import pytest

import workbench as wb
from workbench.effects.levels import level_apart


def rows(began: list[float | None], use: list[list[float]]) -> wb.Table:
    """People in as many weeks as each has numbers."""
    return wb.as_table(
        pd.DataFrame(
            [
                (i, week, b, x)
                for i, (b, each) in enumerate(zip(began, use, strict=True))
                for week, x in enumerate(each)
            ],
            columns=["user_id", "week", "began", "active_days"],
        ).astype({"began": float})
    )


def test_levels_are_means_over_people_of_the_weeks_before_anybody_was_treated() -> None:
    """By hand: before week 2 means 4, 6 (mean 5, variance 2) against 1, 3, 2 (mean 2, variance 1): 3 / √1.5."""
    table = rows([2, 3, None, None, None], [[3, 5, 9], [6, 6, 9], [1, 1, 9], [3, 3, 0], [2, 2, 0]])
    assert level_apart(table) == pytest.approx(3 / 1.5**0.5)


def test_nobody_to_compare_with_is_said() -> None:
    with pytest.raises(wb.ContractError, match="nobody who was never treated was there before the start"):
        level_apart(rows([2, 3], [[1, 1, 1], [2, 2, 2]]))


def test_where_nobody_varies_nothing_is_told() -> None:
    assert pd.isna(level_apart(rows([1, None], [[4, 4], [1, 1]])))


def test_rows_that_do_not_say_when_treatment_began_are_refused() -> None:
    table = rows([2, None], [[3, 5], [1, 1]]).sql("select user_id, week, active_days from this")
    with pytest.raises(wb.ContractError, match="there is no column 'began', the first week of treatment"):
        level_apart(table)
