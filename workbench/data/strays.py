"""Finds the few dates that lie far from all others: a wrong clock, a wrong century, a test before the start.

Such a row must not decide how long a log is. Only a few rows can be strays (one in fifty, or a single one of ten), and
only behind a gap that is longer than the time all others cover.
"""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from workbench.data.engine import Table

GAP = 56  # days without a row that may separate strays from a log
YEARS = 1_096  # days: the gap for dates that are not in a log, such as the day somebody joined


def bulk(days: pd.Series, gap: int = GAP) -> tuple[date, date]:
    """The first and the last day, strays left out.

    days : rows per day; its index holds dates in order, without missing ones
    gap : strays lie more than so many days from the others

    >>> days = [date(2025, 1, 6), date(2025, 1, 7), date(2035, 1, 8)]
    >>> print(*bulk(pd.Series([20, 30, 1], index=days)))
    2025-01-06 2025-01-07
    """
    at, rows = np.array(days.index, dtype="datetime64[D]").astype(int), days.to_numpy()
    first, last = 0, len(at) - 1
    if rows.sum() >= 10:
        few = max(1, rows.sum() // 50)
        inner = int(np.searchsorted(rows.cumsum(), few, side="right"))
        outer = last - int(np.searchsorted(rows[::-1].cumsum(), few, side="right"))
        wide = np.diff(at) > max(gap, at[outer] - at[inner])  # is the gap behind each day a wide one?
        first = int(max(np.flatnonzero(wide[:inner]) + 1, default=0))
        last = int(min(np.flatnonzero(wide[outer:]) + outer, default=last))
    return days.index[first], days.index[last]


def rows_by_day(table: Table, day: str) -> pd.Series:
    """How many rows there are of each day, in order; `day`: the SQL of the date."""
    text = f"select {day} as day, cast(count(*) as bigint) as n from this where {day} is not null group by 1 order by 1"
    found = table.sql(text).to_arrow()
    return pd.Series(found["n"].to_pylist(), index=found["day"].to_pylist(), dtype="int64")
