"""Writes a result as a table for people: words for columns, figures as they are read."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
from IPython.display import HTML

from workbench.words import day, number

MOST_ROWS = 60


def table(result: Any, columns: dict[str, str]) -> HTML:
    """The columns of a result under words a reader knows, in this order.

    result : a DataFrame or Estimates
    columns : column → its heading; a heading that ends in "%" shows parts of a whole (0.314) as per cent (31 %)
    Missing values show as a dash, and a table without rows as "None." Raises ValueError for more rows than anybody
    reads: aggregate first.
    """
    given = result if isinstance(result, pd.DataFrame) else result.table
    if len(given) > MOST_ROWS:
        raise ValueError(f"{len(given)} rows are no table for people ({MOST_ROWS} at most); aggregate first.")
    if given.empty:
        return HTML("<p>None.</p>")
    words = {heading: [_figure(value, heading) for value in given[name]] for name, heading in columns.items()}
    aligned = pd.DataFrame(words, dtype=object)
    return HTML(aligned.to_html(index=False, border=0, justify="left", na_rep="–"))


def _figure(value: Any, heading: str) -> str:
    if pd.isna(value):
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return value
    if isinstance(value, date):
        return day(value)
    if heading.endswith("%"):
        return f"{number(100 * value, 0)} %"
    return number(value, 0 if isinstance(value, int) else 2)
