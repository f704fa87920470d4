"""Small multiples: how the effect of each programme went over time, all on one scale (Tufte 1990).

Each is a picture of its own, so that it can stand on a card and needs nothing to draw it; folded below it is the same
picture, larger.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape
from typing import Any

import altair as alt
import pandas as pd
import vl_convert

from workbench.charts.data import INTERVAL, of_enough, table_of
from workbench.charts.theme import INK, MAIN, MUTED, look, steady
from workbench.charts.wording import in_words, path_in_words
from workbench.results.phrases import say
from workbench.results.privacy import shown

SMALL, LARGE = (230, 84), (600, 230)  # pixels: width, height
BEYOND = 0.02  # share of the ends of intervals on each side that may run out of the picture


def multiples(courses: Mapping[str, Any], before: int, after: int) -> dict[str, str]:
    """The effect of each programme by weeks since its start, with its interval, all on one scale.

    courses : name → its effects by event_week (`Study.course`), in one unit
    before, after : weeks around the start that are drawn
    Returns name → HTML with the picture and, folded, a larger one, of those of which two weeks and more can be drawn:
    neither weeks of fewer than five people nor weeks without an interval.

    >>> from workbench.results.estimates import Estimates
    >>> rows = {"event_week": [-1, 0, 1], "estimate": [0.0, 0.3, 0.2], "conf_low": -0.1, "conf_high": 0.4, "n": 9}
    >>> multiples({"Talks": Estimates(pd.DataFrame(rows), "active days a week", "made up")}, 4, 4)["Talks"][:21]
    '<figure class="course'
    """
    tables = {name: _weeks(course, before, after) for name, course in courses.items()}
    drawn = {name: table for name, table in tables.items() if len(table) > 1}
    if not drawn:
        return {}
    every = pd.concat(drawn.values())
    x = alt.Scale(domain=[int(every["event_week"].min()), int(every["event_week"].max())], nice=False)
    ends = pd.concat([every["conf_low"], every["conf_high"]])
    low, high = float(ends.quantile(BEYOND)), float(ends.quantile(1 - BEYOND))
    y = alt.Scale(domain=[min(low, 0.0), max(high, 0.0)], nice=True)
    return {name: _both(table, courses[name].unit, x, y) for name, table in drawn.items()}


def _weeks(course: Any, before: int, after: int) -> pd.DataFrame:
    """The weeks that can be drawn, in their order."""
    table = table_of(shown(course, within="event_week"), "event_week", "estimate", *INTERVAL[:2], also=INTERVAL[2:])
    table = of_enough(table.dropna(subset=["estimate", *INTERVAL[:2]]))
    return table[table["event_week"].between(-before, after - 1)].sort_values("event_week", kind="stable")


def _both(table: pd.DataFrame, unit: str, x: alt.Scale, y: alt.Scale) -> str:
    """The small picture, and the large one behind a line to click on."""
    said = escape(path_in_words(in_words(table, unit), "event_week", unit))
    small, large = (
        f'<figure class="course" role="img" aria-label="{said}">{_svg(table, x, y, size)}</figure>'
        for size in (SMALL, LARGE)
    )
    return f'{small}<details class="closer"><summary>{escape(say("Look closer"))}</summary>{large}</details>'


def _svg(table: pd.DataFrame, x_scale: alt.Scale, y_scale: alt.Scale, size: tuple[int, int]) -> str:
    """The interval as a band, the estimate as a line; no effect and the start as thin lines."""
    text: dict[str, Any] = {"grid": False, "labelFontSize": 11, "titleFontSize": 11, "labelColor": MUTED}
    title = say("Weeks since the start") if size == LARGE else None
    x = alt.X("event_week:Q", scale=x_scale, axis=alt.Axis(title=title, tickCount=4, **text))
    y = alt.Y("estimate:Q", scale=y_scale, axis=alt.Axis(title=None, tickCount=3, **text))
    ends = alt.Y("conf_low:Q", scale=y_scale)
    base = alt.Chart(table[["event_week", "estimate", *INTERVAL[:2]]]).encode(x=x)
    lines = alt.Chart(pd.DataFrame({"nothing": [0.0], "start": [-0.5]}))
    layers = [
        lines.mark_rule(color=INK, opacity=0.6).encode(y=alt.Y("nothing:Q", scale=y_scale)),
        lines.mark_rule(color=INK, opacity=0.6, strokeDash=[3, 2]).encode(x=alt.X("start:Q", scale=x_scale)),
        base.mark_area(clip=True, color=MAIN, opacity=0.3).encode(y=ends, y2="conf_high:Q"),
        base.mark_line(clip=True, color=MAIN, strokeWidth=2).encode(y=y),
    ]
    width, height = size
    spec = alt.layer(*layers).properties(width=width, height=height).to_dict()
    spec["config"] = {**look()["config"], "background": None}
    return _said_by_its_figure(str(vl_convert.vegalite_to_svg(steady(spec))))


def _said_by_its_figure(svg: str) -> str:
    """The picture without words of its own: the figure around it has its alt text."""
    return re.sub(r' (?:role|aria-[a-z]+)="[^"]*"', "", svg)
