"""How every chart looks.

One colour has one meaning everywhere (the Okabe–Ito palette, told apart by colour-blind readers), and what colour
says shape, order or a label says too, so that a grey print loses nothing. A chart reaches the notebook as data that
JupyterLab (Vega-Lite 5.6) and the pages (6.4) draw alike, and that is the same on every run.
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import Any

import altair as alt
import pandas as pd

from workbench import words
from workbench.contract import TABLES

MIME = "application/vnd.vegalite.v5+json"
MOST_ROWS = 5_000  # more than a person can look at
DIGITS = 6  # significant, so that machines that differ in the last bits draw one chart
PERSONAL = {c.name for columns in TABLES.values() for c in columns if c.personal}
WIDTH = 640  # pixels, in JupyterLab
TITLE_WIDTH, SUBTITLE_WIDTH = 42, 54  # characters that a phone has room for

INK, MUTED, GRID, SHADE = "#1f2933", "#5b6673", "#e3e7eb", "#eceff2"
MAIN, BELOW, UNCLEAR, WAITING = "#0072B2", "#D55E00", "#767f8a", "#c3cad1"
SERIES = (MAIN, "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#000000")
DASHES = ([1, 0], [6, 3], [2, 2], [8, 3, 2, 3], [4, 4], [1, 3])
SIDES = {
    "clearly above": (MAIN, "triangle-up"),
    "not clear": (UNCLEAR, "circle"),
    "clearly below": (BELOW, "triangle-down"),
}
BLUES = ("#f0f5fa", "#c6dbef", "#6baed6", "#2171b5", "#08306b")
STATES = {  # in the order they are stacked: from most to least use, so that a grey print keeps it
    "power": "#08306b",
    "habitual": "#2171b5",
    "retained": "#2171b5",
    "novice": "#6baed6",
    "resurrected": "#6baed6",
    "low": "#c6dbef",
    "new": "#009E73",
    "dormant": "#f0b440",
    "inactive": "#828b94",
    "none": "#dfe2e6",
    "never started": "#dfe2e6",
}


def use_theme() -> None:
    """Draw every chart of this session the workbench's way; notebooks call it in their setup."""
    alt.theme.register("workbench", enable=True)(look)
    alt.renderers.register("workbench", shown)
    alt.renderers.enable("workbench")


def look() -> alt.theme.ThemeConfig:
    """Fonts, greys and places; colours are chosen by the charts, by meaning."""
    text: dict[str, Any] = {"labelColor": MUTED, "titleColor": MUTED, "labelFontSize": 11, "titleFontSize": 11}
    axis: dict[str, Any] = {
        **text,
        "titleFontWeight": "normal",
        "gridColor": GRID,
        "domain": False,
        "ticks": False,
        "labelPadding": 6,
    }
    title: dict[str, Any] = {
        "anchor": "start",
        "frame": "bounds",
        "color": INK,
        "fontSize": 14,
        "lineHeight": 18,
        "offset": 12,
    }
    config: dict[str, Any] = {
        "background": "white",
        "font": "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif",
        "axis": {**axis, "labelLimit": 140, "titlePadding": 8},
        "legend": {**text, "orient": "top", "title": None, "columns": 3, "offset": 14, "labelLimit": 120},
        "title": {
            **title,
            "subtitleColor": MUTED,
            "subtitleFontSize": 12,
            "subtitlePadding": 5,
            "subtitleLineHeight": 16,
        },
        "view": {"stroke": None},
        "padding": 6,
    }
    return {"config": config}  # type: ignore[typeddict-item]


def shown(spec: dict[str, Any], **_: Any) -> dict[str, Any]:
    """What a notebook keeps of a chart."""
    names = {name: f"data-{i}" for i, name in enumerate(spec.get("datasets", {}), 1)}
    kept = {key: value for key, value in spec.items() if key != "$schema"}  # each reader draws with its own version
    return {MIME: _steady(kept, names), "text/plain": spec.get("description", "a chart")}


def _steady(part: Any, names: dict[str, str]) -> Any:
    """The same chart with data sets numbered instead of hashed, and floats that no machine disagrees on."""
    if isinstance(part, dict):
        return {names.get(key, key): _steady(value, names) for key, value in part.items()}
    if isinstance(part, list):
        return [_steady(value, names) for value in part]
    if isinstance(part, float):
        return float(f"{part:.{DIGITS}g}")
    return names.get(part, part) if isinstance(part, str) else part


def frame(layers: Sequence[Any], title: Any, subtitle: str, description: str, height: Any) -> alt.LayerChart:
    """The layers as one chart with title, subtitle and the sentence that stands for it.

    A page makes it as wide as its column. Its own width is a number: JupyterLab hangs on one that asks for the place's.
    """
    head = alt.TitleParams(_lines(str(title).rstrip("."), TITLE_WIDTH), subtitle=_lines(subtitle, SUBTITLE_WIDTH))
    said = " ".join(words.sentence(part) for part in (str(title), description) if part)
    size = alt.AutoSizeParams(type="fit-x", contains="padding")
    return alt.LayerChart(layer=list(layers), title=head, description=said, height=height, width=WIDTH, autosize=size)


def _lines(text: Any, width: int) -> list[str]:
    return [line for part in str(text).split("\n") for line in textwrap.wrap(part, width)] or [""]


def data(result: Any, *needed: str, also: Sequence[str] = ()) -> pd.DataFrame:
    """The columns a chart draws, and no others: a page gives its charts' data away.

    `share` stands for `estimate` where there is none. Raises ValueError for a missing column, one that names people,
    or too many rows.
    """
    table = result if isinstance(result, pd.DataFrame) else result.table
    if "estimate" in needed and "estimate" not in table and "share" in table:
        table = table.rename(columns={"share": "estimate"})
    lacking = [c for c in needed if c not in table]
    if lacking:
        raise ValueError(f"the chart draws {', '.join(needed)}, but {lacking[0]!r} is not in {list(table.columns)}.")
    kept = [*needed, *(c for c in also if c in table and c not in needed)]
    if names := PERSONAL.intersection(kept):
        raise ValueError(f"{min(names)!r} names people, and a chart's data can be read on its page. Group them first.")
    if len(table) > MOST_ROWS:
        raise ValueError(
            f"a chart draws at most {MOST_ROWS:,} rows, and here are {len(table):,}. Aggregate them first."
        )
    return table[kept].reset_index(drop=True)


def unit_of(result: Any, unit: str = "") -> str:
    """What the numbers count: as said, or as the estimates say; a table of shares counts people."""
    if isinstance(result, pd.DataFrame):
        return unit or ("share of people" if "share" in result else "")
    return unit or str(result.unit)


def worded(table: pd.DataFrame, unit: str) -> pd.DataFrame:
    """The table with what a pointer reads: `value`, `likely` (its interval) and `people`, as words."""
    said = {"value": [figure(v, unit) for v in table["estimate"]]}
    if "conf_low" in table:
        ends = zip(table["conf_low"], table["conf_high"], strict=True)
        said["likely"] = [f"{figure(low, unit)} and {figure(high, unit)}" if low == low else "–" for low, high in ends]
    if "n" in table:
        said["people"] = [f"{n:,.0f}" for n in table["n"]]
    return table.assign(**said)


def tooltip(table: pd.DataFrame, unit: str = "", **terms: str) -> list[alt.Tooltip]:
    """What a pointer reads: the terms under their names, then the measurement in words."""
    fields = {**terms, "value": words.capital(unit), "likely": "likely between", "people": "people"}
    return [alt.Tooltip(f"{field}:N", title=title or field) for field, title in fields.items() if field in table]


def figure(value: float, unit: str) -> str:
    """A measurement as a chart writes it: 31% or 2.31; an en dash where there is none."""
    if value != value:
        return "–"
    return f"{words.number(100 * value, 0)}%" if words.is_share(unit) else words.number(value)


# ── axes ────────────────────────────────────────────────────────────────────────────────────────────────────────


def value_axis(unit: str, field: str = "estimate", **scale: Any) -> dict[str, Any]:
    """An axis in the unit."""
    axis = alt.Axis(
        title=words.capital(unit),
        tickCount=5,
        labelOverlap="greedy",
        format="%" if words.is_share(unit) else alt.Undefined,
    )
    return {"shorthand": f"{field}:Q", "axis": axis, "scale": alt.Scale(**scale)}


def week_axis(weeks: pd.Series) -> alt.X:
    """Weeks by their Monday; the year where it begins."""
    mondays = sorted(pd.to_datetime(weeks).unique())
    step = next((s for s in (1, 2, 4, 8, 13, 26) if len(mondays) <= 7 * s), 52)
    ticks = [alt.DateTime(year=day.year, month=day.month, date=day.day) for day in mondays[::step]]
    first_of_year = f"month(datum.value) == 0 && date(datum.value) <= {min(7 * step, 31)}"
    year = f"datum.index == 0 || ({first_of_year}) ? timeFormat(datum.value, '%Y') : ''"
    label = f"[timeFormat(datum.value, '%-d %b'), {year}]"
    axis = alt.Axis(title=None, values=ticks, labelExpr=label, grid=False, labelOverlap="greedy", labelSeparation=4)
    return alt.X("week:T", axis=axis)
