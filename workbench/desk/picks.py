"""What was picked: which marks, and how a sentence names them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pandas as pd

from workbench.desk.views import Cells
from workbench.results.words import day

RANGES: dict[str, Callable[[str], Any]] = {"week": str, "cohort": str, "age": float}  # said as from … to


def taken(marks: pd.DataFrame, cell: Mapping[str, Sequence[Any]]) -> list[int]:
    """The marks that have one of the values in every key of a cell."""
    allowed = [set(map(str, values)) for values in cell.values()]
    keys = zip(*(marks[column].tolist() for column in cell), strict=True)
    return [mark for mark, key in enumerate(keys) if all(k in a for k, a in zip(key, allowed, strict=True))]


def in_words(columns: tuple[str, ...], cells: Cells, who: str) -> str:
    """What was picked in a view, as one short phrase: which marks, and who of the people behind them."""
    parts = [_one_in_words(column, cells) for column in columns]
    return f"{', '.join(part for part in parts if part)} ({who})"


def _one_in_words(column: str, cells: Cells) -> str:
    values = list(dict.fromkeys(str(v) for cell in cells for v in cell.get(column, ())))
    if column in RANGES and len(values) > 1:
        ends = (_end(column, end(values, key=RANGES[column])) for end in (min, max))
        return f"{column} {' to '.join(ends)}"
    rest = f" and {len(values) - 2} more" if len(values) > 2 else ""
    return f"{column} {', '.join(values[:2])}{rest}" if values else ""


def _end(column: str, value: str) -> str:
    return day(as_day(value)) if RANGES[column] is str else value


def as_day(text: str) -> Any:
    """A day from its text."""
    return pd.Timestamp(text).date()
