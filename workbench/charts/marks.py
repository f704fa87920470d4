"""Points, lines and intervals: one way to draw an estimate and how sure it is.

Every mark takes a base chart, which holds the rows and the other axis, and the axis of the estimate (`value_axis`).
"""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from workbench.charts.theme import DASHES, INK, MAIN, SERIES

CHANNELS: dict[str, Any] = {"x": alt.X, "y": alt.Y}
WIDTHS = {"band_low": 1, "conf_low": 3}  # pixels: thin for all rows at once, thick for each by itself


def points(
    base: alt.Chart, axis: dict[str, Any], tips: list[alt.Tooltip], size: int, along: str = "y", **encodings: Any
) -> alt.Chart:
    """Estimates as points that a pointer reads.

    along : "y" or "x", the direction of the estimate's axis; encodings : such as shape
    """
    marks: alt.Chart = base.mark_point(size=size, filled=True, opacity=1)
    place: dict[str, Any] = {along: CHANNELS[along](**axis)}
    return marks.encode(**place, tooltip=tips, **encodings)


def line(base: alt.Chart, axis: dict[str, Any], width: float = 2.5, **mark: Any) -> alt.Chart:
    """The line through the estimates."""
    marks: alt.Chart = base.mark_line(strokeWidth=width, **mark)
    return marks.encode(y=alt.Y(**axis))


def whiskers(base: alt.Chart, axis: dict[str, Any], along: str = "y", opacity: float = 0.6) -> list[alt.Chart]:
    """Intervals as rules, where there are any: thin for all rows at once, thick for each by itself."""
    return [
        base.mark_rule(strokeWidth=width, opacity=opacity).encode(**_from_low_to_high(axis, low, along))
        for low, width in WIDTHS.items()
        if low in base.data
    ]


def ribbon(base: alt.Chart, axis: dict[str, Any], **mark: Any) -> list[alt.Chart]:
    """The interval as a ribbon, where there is one."""
    if "conf_low" not in base.data:
        return []
    return [base.mark_area(opacity=0.16, **mark).encode(**_from_low_to_high(axis, "conf_low", "y"))]


def _from_low_to_high(axis: dict[str, Any], low: str, along: str) -> dict[str, Any]:
    """The two ends of an interval on its axis."""
    lower = CHANNELS[along](**{**axis, "shorthand": f"{low}:Q"})
    return {along: lower, f"{along}2": low.replace("low", "high")}


def zero_line() -> alt.Chart:
    """A line at zero: no effect."""
    rule: alt.Chart = alt.Chart(pd.DataFrame({"zero": [0]})).mark_rule(color=INK, strokeWidth=1)
    return rule.encode(y=alt.Y("zero:Q"))


def line_styles(table: pd.DataFrame, by: str) -> dict[str, Any]:
    """One line in the main colour, or one for each value of `by`, told apart by dashes too.

    Raises ValueError for more lines than can be told apart.
    """
    if not by:
        return {"color": alt.value(MAIN)}
    values = list(dict.fromkeys(table[by]))
    if len(values) > len(SERIES):
        raise ValueError(f"{len(values)} lines by {by!r} cannot be told apart; draw at most {len(SERIES)}.")
    legend = alt.Legend(symbolType="stroke", symbolOpacity=1, symbolStrokeWidth=2.5, symbolSize=200)
    scale = alt.Scale(domain=values, range=list(SERIES[: len(values)]))
    colour = alt.Color(f"{by}:N", scale=scale, sort=values, legend=legend)
    dash = alt.Scale(domain=values, range=list(DASHES[: len(values)]))
    return {"color": colour, "strokeDash": alt.StrokeDash(f"{by}:N", scale=dash, sort=values)}
