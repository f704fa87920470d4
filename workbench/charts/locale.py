"""How Vega writes numbers and dates on axes and pointers, in the language of the page."""

from __future__ import annotations

from typing import Any

from workbench.results.phrases import punctuated, say, translated
from workbench.results.words import MONTH_NAMES, MONTHS, WEEKDAYS


def locale() -> dict[str, Any]:
    """The language's numbers and dates as Vega's `config.locale`: https://vega.github.io/vega-lite/docs/config.html."""
    days = [translated(name) for name in (WEEKDAYS[-1], *WEEKDAYS[:-1])]  # they begin with Sunday
    return {
        "number": {
            "decimal": punctuated("."),
            "thousands": punctuated(","),
            "grouping": [3],
            "currency": ["", ""],
            "percent": say("{n}%", n=""),
        },
        "time": {
            "dateTime": "%x %X",
            "date": say("%-d %b") + " %Y",
            "time": "%H:%M:%S",
            "periods": ["AM", "PM"],
            "days": days,
            "shortDays": [day[:2] for day in days],
            "months": [translated(name) for name in MONTH_NAMES],
            "shortMonths": [translated(name) for name in MONTHS],
        },
    }
