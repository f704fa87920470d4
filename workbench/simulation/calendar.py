"""The calendar of the simulated year: whole weeks, local hours across clock changes, thin days around holidays."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

import numpy as np

from workbench.simulation.world import Array

ZONE = "Europe/Berlin"
START = date(2025, 1, 6)  # a Monday; 52 weeks hold two clock changes, Christmas and New Year
YEAR = 52  # the weeks in which programmes are dated; shorter and longer simulations stretch them
# Shares of a week's activity, Monday to Sunday; OpenStack, computed without robots.
WEEKDAYS = (0.177, 0.191, 0.194, 0.194, 0.170, 0.038, 0.035)
# Share of a mean weekday: OpenStack for the first four; 1 May and 3 October are assumptions.
HOLIDAYS = {(12, 25): 0.32, (12, 26): 0.39, (12, 31): 0.25, (1, 1): 0.11, (5, 1): 0.30, (10, 3): 0.30}


@dataclass(frozen=True)
class Calendar:
    """Whole weeks from START, in the organisation's zone."""

    weeks: int

    @cached_property
    def days(self) -> list[date]:
        """Every day, in order."""
        return [START + timedelta(days=d) for d in range(7 * self.weeks)]

    @cached_property
    def shares(self) -> Array:
        """The share of a week's work that falls on each day: weeks × 7, with sum 1 in every week."""
        usual = np.tile(WEEKDAYS, (self.weeks, 1)) / np.sum(WEEKDAYS)
        workday = usual[:, :5].mean()
        thin = np.array([HOLIDAYS.get((d.month, d.day), np.nan) for d in self.days]).reshape(self.weeks, 7)
        fixed = np.where((np.arange(7) < 5) & ~np.isnan(thin), thin * workday, 0.0)
        free = np.where(fixed > 0, 0.0, usual)
        shares: Array = fixed + free * ((1 - fixed.sum(1)) / free.sum(1))[:, None]
        return shares

    @cached_property
    def month_end(self) -> Array:
        """The last two working days of every month: true or false, weeks × 7."""
        return np.array([self._closes_month(d) for d in self.days]).reshape(self.weeks, 7)

    @cached_property
    def hours_utc(self) -> Array:
        """When each local hour begins, in seconds since 1970: 24 per day, clock changes included."""
        zone = ZoneInfo(ZONE)
        starts = (datetime(d.year, d.month, d.day, h, tzinfo=zone) for d in self.days for h in range(24))
        return np.array([int(start.timestamp()) for start in starts])

    def week(self, of_year: float) -> int:
        """The week of this calendar that corresponds to a week of YEAR; both count from 0."""
        return round(of_year * self.weeks / YEAR)

    def day(self, week: int, day: int = 0) -> date:
        """The date of a day (0 is Monday) of a week (from 0)."""
        return START + timedelta(days=7 * int(week) + day)

    @staticmethod
    def _closes_month(day: date) -> bool:
        ahead = [day + timedelta(days=n) for n in range(1, 10)]
        left = sum(_is_workday(d) and d.month == day.month for d in ahead)
        return _is_workday(day) and left < 2


def _is_workday(day: date) -> bool:
    return day.weekday() < 5 and (day.month, day.day) not in HOLIDAYS
