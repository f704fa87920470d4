"""The calendar: weekdays and holidays of the source, local hours across the clock changes."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pandas as pd
import pytest

from workbench.simulation.calendar import Calendar

FIFTH = 0.2  # the tolerance that the field's description asks for


@pytest.fixture(scope="module")
def days(actions) -> pd.Series:
    counted = actions.sql(
        "select date, cast(count(*) as bigint) as n from this group by date order by date"
    ).to_pandas()
    return counted.set_index(pd.to_datetime(counted["date"]))["n"]


def test_weekdays_are_those_of_the_source(days):
    share = days.groupby(days.index.day_of_week).sum() / days.sum()
    assert share.to_numpy() == pytest.approx([0.177, 0.191, 0.194, 0.194, 0.170, 0.038, 0.035], rel=FIFTH)


@pytest.mark.parametrize(("day", "share"), [("2025-12-25", 0.32), ("2026-01-01", 0.11)])
def test_holidays_are_those_of_the_source(days, day, share):
    assert days[day] / days[days.index.day_of_week < 5].mean() == pytest.approx(share, rel=FIFTH)


def test_a_holiday_takes_nothing_from_its_week():
    shares = Calendar(104).shares
    assert shares.sum(1) == pytest.approx(np.ones(104))
    assert (shares > 0).all()


def test_local_hours_are_instants_across_the_clock_changes():
    """By hand: 02:30 on 30 March 2025 does not exist in Berlin; 27 October has the offset of winter."""
    hours, days = Calendar(52).hours_utc, Calendar(52).days
    at = {day: hours[24 * n : 24 * n + 24] for n, day in enumerate(days)}
    spring, autumn = at[datetime(2025, 3, 30).date()], at[datetime(2025, 10, 27).date()]
    assert spring[1] == datetime(2025, 3, 30, 0, tzinfo=UTC).timestamp()
    assert spring[3] == datetime(2025, 3, 30, 1, tzinfo=UTC).timestamp()
    assert autumn[9] == datetime(2025, 10, 27, 8, tzinfo=UTC).timestamp()


def test_the_end_of_a_month_is_its_last_two_working_days():
    """By hand: 30 and 31 January 2025 are a Thursday and a Friday; of May, Thursday 29 and Friday 30."""
    calendar = Calendar(52)
    closing = [str(day) for day, closes in zip(calendar.days, calendar.month_end.ravel(), strict=True) if closes]
    assert closing[:2] == ["2025-01-30", "2025-01-31"]
    assert [day for day in closing if "-05-" in day] == ["2025-05-29", "2025-05-30"]


def test_programmes_stretch_with_the_year():
    """By hand: week 13 of 52 is week 26 of 104, and week 6 of 26 (6.5, rounded to even)."""
    assert [Calendar(weeks).week(13) for weeks in (52, 104, 26)] == [13, 26, 6]
