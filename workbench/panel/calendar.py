"""Whole weeks on the calendar of a time zone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypedDict

from workbench.results.phrases import say
from workbench.results.words import day_in_full

Day = date | str | None


class Days(TypedDict, total=False):
    """What makes a period, see `period`."""

    since: Day
    until: Day
    time_zone: str


@dataclass(frozen=True)
class Period:
    """Whole weeks on the calendar of a time zone; they begin on the weekday of `start`.

    >>> half_a_year = Period(date(2025, 1, 6), weeks=26, time_zone="Europe/Berlin")
    >>> half_a_year.end
    datetime.date(2025, 7, 6)
    >>> print(half_a_year)
    26 weeks from 6 January 2025 to 6 July 2025
    """

    start: date
    weeks: int
    time_zone: str = "UTC"

    @property
    def days(self) -> int:
        """How many days it has."""
        return 7 * self.weeks

    @property
    def end(self) -> date:
        """The last day."""
        return self.start + timedelta(days=self.days - 1)

    @property
    def last(self) -> date:
        """The first day of the last week."""
        return self.end - timedelta(days=6)

    def __str__(self) -> str:
        parts = {"weeks": self.weeks, "start": day_in_full(self.start), "end": day_in_full(self.end)}
        return say("{weeks} weeks from {start} to {end}", **parts)
