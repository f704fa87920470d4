"""Who left, against the log-rank test by hand."""

from __future__ import annotations

import pandas as pd
import pytest

import workbench as wb
from workbench import findings
from workbench.errors import ContractError
from workbench.programmes.attrition import leaving

MONDAYS = pd.date_range("2025-01-06", periods=4, freq="7D")


def user_weeks(trained: int | None, leave_after: int, people: int, name: str) -> pd.DataFrame:
    """People seen from the first week to `leave_after`, trained in a week (by number) or never."""
    rows = [(f"{name}{i}", MONDAYS[w].date()) for i in range(people) for w in range(leave_after)]
    first = None if trained is None else MONDAYS[trained].date()
    return pd.DataFrame(rows, columns=["user_id", "week"]).assign(began=first)


def test_leavers_are_held_against_the_pace_of_those_not_trained_yet() -> None:
    """Ten trained in the second week, two of whom leave in it; thirty never, of whom six leave then.

    By hand: expected 10 · 8/40 = 2 leavers; variance 10·30/40² · 8 · 32/39.
    """
    rows = [
        user_weeks(1, 2, 2, "a"),
        user_weeks(1, 4, 8, "b"),
        user_weeks(None, 2, 6, "c"),
        user_weeks(None, 4, 24, "d"),
    ]
    found = leaving(wb.as_table(pd.concat(rows)))
    row = found.table.iloc[0]
    assert (row["left"], row["expected"], row["n"]) == (2, 2.0, 10)
    assert row["std_error"] == pytest.approx((300 / 1600 * 8 * 32 / 39) ** 0.5 / 10)
    said = str(findings.attrition(found, "basics"))
    assert "2 of 10 people in basics have left since; at the pace of those not trained, about 2 would have." in said


def test_who_left_before_the_training_is_nobody_s_leaver_and_no_comparison() -> None:
    """Twenty who leave in the first week, before anybody is trained, change nothing."""
    rows = [
        user_weeks(1, 2, 2, "a"),
        user_weeks(1, 4, 8, "b"),
        user_weeks(None, 2, 6, "c"),
        user_weeks(None, 4, 24, "d"),
    ]
    with_them = leaving(wb.as_table(pd.concat([*rows, user_weeks(None, 1, 20, "e")])))
    assert with_them.table.equals(leaving(wb.as_table(pd.concat(rows))).table)


def test_those_trained_later_are_comparisons_until_their_turn() -> None:
    """Without anybody never trained, the first wave is held against the second while that waits."""
    rows = [user_weeks(1, 2, 5, "a"), user_weeks(1, 4, 5, "b"), user_weeks(2, 4, 10, "c")]
    found = leaving(wb.as_table(pd.concat(rows))).table.set_index("cohort")
    assert found.loc[MONDAYS[1], ["left", "expected"]].tolist() == [5, 2.5]


def test_nobody_trained_is_said() -> None:
    with pytest.raises(ContractError, match="nobody was trained, so there is nobody of whom to say whether they left."):
        leaving(wb.as_table(user_weeks(None, 4, 5, "a").assign(began=pd.NaT)))


def test_trained_in_the_last_week_is_no_row_but_a_reason() -> None:
    found = leaving(wb.as_table(pd.concat([user_weeks(3, 4, 5, "a"), user_weeks(None, 4, 5, "b")])))
    assert found.table.empty
    assert "nobody was trained before the last week, so nobody can have left since" in str(
        findings.attrition(found, "basics")
    )
