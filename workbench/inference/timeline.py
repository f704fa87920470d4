"""Where periods and cohorts stand on an evenly spaced timeline.

A panel's periods are whole numbers, days (a week is its Monday) or first days of months. Whatever they are, they get
places 0, 1, 2 …, and a cohort is the place of its first treated period: on the timeline, never, or refused.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workbench.errors import ContractError
from workbench.inference.cells import BEYOND, Cells, Sums
from workbench.inference.layout import Floats
from workbench.inference.reader import Columns, Reader
from workbench.results.phrases import say, translated
from workbench.results.words import number


@dataclass(frozen=True)
class Timeline:
    """The T evenly spaced periods of a panel: whole numbers, days, or first days of months.

    >>> Timeline(first=20094, step=7, count=3, kind="days").label(1)
    Timestamp('2025-01-13 00:00:00')
    """

    first: int
    step: int
    count: int
    kind: str = "numbers"

    def label(self, place: int) -> Any:
        """What the period at this place is called; places beyond the panel have names too."""
        number = self.first + self.step * int(place)
        if self.kind == "numbers":
            return number
        if self.kind == "months":
            return pd.Timestamp(year=number // 12, month=number % 12 + 1, day=1)
        return pd.Timestamp(number, unit="D").as_unit("s")

    def name(self, place: float) -> str:
        """The same as text."""
        return day(self.label(int(place)))

    def labels(self, places: Any) -> list[Any]:
        """Names of several places; None for those that are not finite."""
        return [self.label(p) if np.isfinite(p) else None for p in places]

    def places(self, raw: Floats) -> Floats:
        """Where raw period numbers (dates as days since 1970-01-01) stand; a fraction between two periods."""
        return (_numbers_of(raw, self.kind) - self.first) / self.step


def day(label: Any) -> str:
    """A period's label as text."""
    return f"{label:%Y-%m-%d}" if isinstance(label, pd.Timestamp) else str(label)


def timeline_of(raw: NDArray[np.int64], reader: Reader) -> Timeline:
    """The timeline on which these periods follow each other without a gap; ContractError where there is none."""
    columns = reader.columns
    if len(raw) == 1:
        raise ContractError(say("a change needs two periods, but {period} has one value only.", period=columns.period))
    kind = _kind(raw, reader.dated)
    numbers = _numbers_of(raw.astype(float), kind).astype(np.int64)
    step = int(np.gcd.reduce(np.diff(numbers)))
    timeline = Timeline(int(numbers[0]), step, int((numbers[-1] - numbers[0]) // step) + 1, kind)
    absent = np.setdiff1d(np.arange(timeline.count), (numbers - numbers[0]) // step)
    if len(absent):
        claim = say(
            "every {period} has rows, but {n} between the first and the last have none.",
            period=translated(columns.period),
            n=number(len(absent), 0),
        )
        raise ContractError(
            f"{claim}\n"
            f"  first: {timeline.name(absent[0])}\n"
            "  Where nobody did anything, write rows of 0; where nobody was observed, number the periods 1, 2, 3 …"
        )
    return timeline


def _kind(raw: NDArray[np.int64], dated: bool) -> str:
    if not dated:
        return "numbers"
    days = pd.to_datetime(raw, unit="D").day
    return "months" if (days == 1).all() else "days"


def _numbers_of(raw: Floats, kind: str) -> Floats:
    """Raw period numbers as numbers that are evenly spaced: days, months since year 0, or as they are."""
    if kind != "months":
        return np.asarray(raw, float)
    dates = np.asarray(raw).astype(np.int64).astype("datetime64[D]")
    months = dates.astype("datetime64[M]")
    part = (dates - months.astype("datetime64[D]")).astype(float) / 31
    return np.asarray(months.astype(float) + 1970 * 12 + part)


def first_places(cells: Cells, sums: Sums, timeline: Timeline, columns: Columns, outside: str) -> dict[float, float]:
    """Cohort as written → place of its first treated period; inf for never."""
    raw = np.array(sorted({*sums.cohort.tolist(), *(c for _, c in cells.left_out if not np.isnan(c))}))
    known = raw[np.isfinite(raw)]
    if np.isneginf(raw).any() or (cells.left_out and ("treated", -np.inf) in cells.left_out):
        known = np.append(known, -np.inf)
    place = {float(c): float(timeline.places(np.array([c]))[0]) if np.isfinite(c) else float(c) for c in known}
    size = _cohort_sizes(cells, sums)
    between = [c for c in known if np.isfinite(place[c]) and place[c] != int(place[c])]
    if between:
        raise ContractError(
            f"{columns.cohort} is one of the {columns.period}s, but for {sum(size[c] for c in between):,} units it lies"
            f" between two.\n  first: {_written(between[0], timeline)}\n"
            f"  Use the {columns.period} it falls in."
        )
    if outside == "ask" and _yes_or_no(known, timeline):
        raise ContractError(
            f"{columns.cohort} is the first {columns.period} of treatment, but for all"
            f" {sum(size[c] for c in known):,} units that have one it is 0 or 1, as a yes would be.\n"
            f"  If it is a yes, give the first {columns.period}; if it is a real {columns.period}, say outside='known'."
        )
    beyond = [c for c in known if not 0 <= place[c] < timeline.count]
    if beyond and outside == "ask":
        raise ContractError(_outside_message(beyond, size, timeline, columns))
    return place | {np.inf: np.inf}


def _yes_or_no(known: Floats, timeline: Timeline) -> bool:
    """Cohorts that may be no periods: 1 (and 0) alone, where there are many periods."""
    return timeline.kind == "numbers" and timeline.count > 2 and 1 in known and set(known) <= {0.0, 1.0}


def _cohort_sizes(cells: Cells, sums: Sums) -> dict[float, int]:
    size = {float(cohort): int(sums.n[sums.cohort == cohort].sum()) for cohort in np.unique(sums.cohort)}
    for (_, cohort), (units, _) in cells.left_out.items():
        size[cohort] = size.get(cohort, 0) + int(units)
    return size


def _outside_message(beyond: list[float], size: dict[float, int], timeline: Timeline, columns: Columns) -> str:
    return (
        f"{columns.cohort} is a {columns.period} of the panel or missing (never treated), but for"
        f" {sum(size[c] for c in beyond):,} units it is neither.\n"
        f"  first: {_written(beyond[0], timeline)}; the panel runs from {timeline.name(0)} to"
        f" {timeline.name(timeline.count - 1)}\n"
        f"  If it stands for never, make it missing; if these are real {columns.period}s, say outside='known'."
    )


def _written(raw: float, timeline: Timeline) -> str:
    if timeline.kind == "numbers" or not np.isfinite(raw):
        return "inf" if raw == BEYOND else f"{raw:g}"
    return f"{pd.Timestamp(int(raw), unit='D'):%Y-%m-%d}" if abs(raw) < 100_000 else f"day {raw:g}"
