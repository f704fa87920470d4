"""The small parts that sentences are made of: sizes, ends of intervals, lists."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Protocol

import pandas as pd

from workbench.results.words import is_share, number, of_100

Row = Mapping[Any, Any]


class Estimated(Protocol):
    """What a finding reads of an `Estimates`."""

    table: pd.DataFrame
    overall: Any
    unit: str
    about: str
    level: float


def how_often(chance: float) -> str:
    """How often something happens, in words: "fewer than 1 of 100 cases", "about 21 of 100 cases"."""
    return f"{'fewer than 1' if chance < 0.01 else f'about {of_100(chance)}'} of 100 cases"


def enumerated(parts: list[str]) -> str:
    """A list as people write it: "a, b and c"."""
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)


def verdict_of(row: Row) -> str:
    """What an interval says: raised, lowered, or did not clearly change."""
    if row["conf_low"] > 0:
        return "raised"
    return "lowered" if row["conf_high"] < 0 else "did not clearly change"


def times_over(breakdown: float | None) -> str:
    """How many times the drift seen before, in words."""
    if breakdown is None or breakdown < 0.05:
        return "any part of"
    return "more than any multiple tried of" if math.isinf(breakdown) else f"{number(breakdown, 1)} times"


def bounds_of(row: Row, estimates: Estimated, up: str = "rise", down: str = "fall") -> str:
    """How large an effect could still be on either side, in words."""
    digits = _digits(row, estimates.unit)
    most, least = (amount(max(end, 0), estimates.unit, digits) for end in (row["conf_high"], -row["conf_low"]))
    sure = f"({estimates.level:.0%} confidence)"
    return f"a {up} could not have been larger than {most}, nor a {down} larger than {least} {sure}"


def amounts(row: Row, unit: str) -> tuple[str, str, str]:
    """Size of a change and the ends of its interval, nearer to zero first; the words around say which way it went."""
    sign, digits = (-1 if row["estimate"] < 0 else 1), _digits(row, unit)
    low, high = sorted((sign * row["conf_low"], sign * row["conf_high"]))
    return amount(sign * row["estimate"], unit, digits), figure_of(low, unit, digits), figure_of(high, unit, digits)


def between(low: str, high: str) -> str:
    """The ends of an interval in words."""
    return f"between {low} and {high}"


def amount(value: float, unit: str, digits: int = 2) -> str:
    """A size with its unit, where the unit is percentage points."""
    figure = figure_of(value, unit, digits)
    return figure + (f" percentage point{'' if figure == '1' else 's'}" if is_share(unit) else "")


def figure_of(value: float, unit: str, digits: int) -> str:
    """A size as digits; shares in hundredths."""
    return number(100 * value if is_share(unit) else value, digits)


def _digits(row: Row, unit: str) -> int:
    """Two decimals, fewer where the interval is wide; more only where an end that is not zero would read as zero."""
    scale = 100 if is_share(unit) else 1
    ends = [scale * abs(row[c]) for c in ("conf_low", "conf_high")]
    width = scale * (row["conf_high"] - row["conf_low"])
    digits = 0 if width >= 20 else 1 if width >= 2 else 2
    clear = verdict_of(row) != "did not clearly change"
    while clear and digits < 6 and not all(round(end, digits) for end in ends):
        digits += 1
    return digits


def noun_of(unit: str) -> str:
    """What was measured, as a noun."""
    return f"the {unit}" if is_share(unit) else unit


def spaced(text: str) -> str:
    """The text with a space before it, or nothing."""
    return f" {text}" if text else ""
