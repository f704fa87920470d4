"""Small multiples: how the effect of each programme went over time, all on one scale (Tufte 1990).

Each is a picture of its own, so that it can stand on a card and a page can place it; nothing has to draw it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import altair as alt
import pandas as pd
import vl_convert

from workbench.charts.data import INTERVAL, of_enough, table_of
from workbench.charts.theme import INK, MAIN, MUTED, look, steady

SMALL, LARGE = (230, 84), (620, 240)  # pixels: width, height
OUTER = 0.02  # share of the ends of intervals on each side that may run out of the picture
SHARE = 0.3  # how dark an interval is


def multiples(courses: Mapping[str, Any], size: tuple[int, int] = SMALL) -> dict[str, str]:
    """The effect of each programme by weeks since its start, with its interval, as SVG on one scale.

    courses : name → event_week, estimate, conf_low, conf_high[, n], a table or Estimates
    size : width and height in pixels
    Returns name → SVG, of those of which at least two weeks can be drawn. Weeks of fewer than five people, and weeks
    without an interval, are left out. Raises ValueError for a missing column.

    >>> rows = {"event_week": [-1, 0, 1], "estimate": [0.0, 0.3, 0.2], "conf_low": -0.1, "conf_high": 0.4}
    >>> multiples({"Talks": pd.DataFrame(rows)})["Talks"][:4]
    '<svg'
    """
    tables = {name: _weeks(course) for name, course in courses.items()}
    drawn = {name: table for name, table in tables.items() if len(table) > 1}
    if not drawn:
        return {}
    every = pd.concat(drawn.values())
    x = alt.Scale(domain=[int(every["event_week"].min()), int(every["event_week"].max())], nice=False)
    ends = pd.concat([every["conf_low"], every["conf_high"]])
    low, high = min(float(ends.quantile(OUTER)), 0.0), max(float(ends.quantile(1 - OUTER)), 0.0)
    y = alt.Scale(domain=[low, high], nice=True)
    return {name: _svg(table, x, y, size) for name, table in drawn.items()}


def _weeks(course: Any) -> pd.DataFrame:
    """The weeks that can be drawn, in their order."""
    table = of_enough(table_of(course, "event_week", "estimate", *INTERVAL[:2], also=INTERVAL[2:]))
    return table.dropna(subset=["estimate", *INTERVAL[:2]]).sort_values("event_week", kind="stable")


def _svg(table: pd.DataFrame, x_scale: alt.Scale, y_scale: alt.Scale, size: tuple[int, int]) -> str:
    """One picture: the interval as a band, the estimate as a line, no effect and the start as thin lines."""
    text: dict[str, Any] = {"title": None, "grid": False, "labelFontSize": 11, "labelColor": MUTED}
    x = alt.X("event_week:Q", scale=x_scale, axis=alt.Axis(**text, tickCount=4))
    y = alt.Y("estimate:Q", scale=y_scale, axis=alt.Axis(**text, tickCount=3))
    base = alt.Chart(table[["event_week", "estimate", *INTERVAL[:2]]]).encode(x=x)
    band = base.mark_area(clip=True, color=MAIN, opacity=SHARE).encode(y=alt.Y("conf_low:Q", scale=y_scale), y2="conf_high:Q")
    line = base.mark_line(clip=True, color=MAIN, strokeWidth=2).encode(y=y)
    nothing = alt.Chart(pd.DataFrame({"at": [0]})).mark_rule(color=INK, opacity=0.6).encode(y=alt.Y("at:Q", scale=y_scale))
    began = alt.Chart(pd.DataFrame({"at": [-0.5]})).mark_rule(color=INK, strokeDash=[3, 2], opacity=0.6)
    layers = [nothing, began.encode(x=alt.X("at:Q", scale=x_scale)), band, line]
    width, height = size
    chart = alt.layer(*layers).properties(width=width, height=height)
    drawn = {**chart.to_dict(), **look(), "background": None}
    return str(vl_convert.vegalite_to_svg(steady(drawn)))
