"""The one definition of the habit."""

from __future__ import annotations

import pandas as pd
import pytest
from small_panels import user_weeks

import workbench as wb
from workbench import adoption, segments
from workbench.panel.habit import FIRST_USE, HABIT, Habit, first_reached, has_habit
from workbench.panel.weeks import counted_weeks


def test_a_habit_writes_its_own_sentence() -> None:
    assert str(HABIT) == "9 or more active weeks of 12"
    assert Habit(20, 26).earliest == "20 active weeks of 26, so 20 weeks at the least"


@pytest.mark.parametrize(("active_weeks", "window"), [(0, 12), (13, 12), (-1, 0)])
def test_a_habit_that_nobody_or_everybody_has_is_refused(active_weeks, window) -> None:
    with pytest.raises(ValueError, match=f"a habit of {active_weeks} active weeks of {window} is not possible"):
        Habit(active_weeks, window)


def test_when_it_was_first_reached_by_hand() -> None:
    panel = pd.concat([user_weeks("a", "0110"), user_weeks("b", "1000"), user_weeks("c", "0011", "2025-01-13")])
    two_of_two = first_reached(counted_weeks(panel), Habit(2, 2)).to_pandas().set_index("user_id")
    assert two_of_two["observed"].to_dict() == {"a": 4, "b": 4, "c": 4}
    assert two_of_two["waited"].fillna(0).to_dict() == {"a": 3, "b": 0, "c": 4}
    assert two_of_two["week"].dropna().to_dict() == {"a": pd.Timestamp("2025-01-20"), "c": pd.Timestamp("2025-02-03")}
    firsts = first_reached(counted_weeks(panel), FIRST_USE).to_pandas().set_index("user_id")
    assert firsts["waited"].to_dict() == {"a": 2, "b": 1, "c": 3}


def test_segments_and_rates_and_the_time_to_adopt_mean_the_same_habit() -> None:
    """Nobody is called habitual before the habit is reached, and in a full window everybody who reached it is."""
    panel = pd.concat(
        [user_weeks("a", "1" * 13), user_weeks("b", "0" * 4 + "1" * 9), user_weeks("c", "0" * 5 + "1" * 8)]
    )
    labels = segments.usage_segments(panel)
    having = labels.sql(f"select user_id from this where week = (select max(week) from this) and {has_habit()}")
    reached = wb.time_to_adopt(panel)
    assert sorted(having.to_pandas()["user_id"]) == ["a", "b"]
    assert reached.medians["adopted"].item() == 2
    assert adoption.habit_rate(panel, labels).table["estimate"].item() == pytest.approx(2 / 3)
    assert segments.movers(panel).about.startswith(f"the panel's last week: {HABIT}, beside the last 4")
