"""Whole weeks on a calendar."""

from __future__ import annotations

from datetime import date

from workbench.panel.calendar import Period


def test_a_period_of_two_weeks_ends_on_the_second_sunday() -> None:
    two = Period(date(2025, 1, 6), 2, "Europe/Berlin")
    assert (two.days, two.end, two.last) == (14, date(2025, 1, 19), date(2025, 1, 13))
