"""How every chart looks.

One colour has one meaning everywhere (the Okabe–Ito palette, told apart by colour-blind readers), and what colour
says shape, order or a label says too, so that a grey print loses nothing. A chart reaches the notebook as data that
JupyterLab (Vega-Lite 5.6) and the pages (6.4) draw alike, and that is the same on every run.
"""

from __future__ import annotations

import os
import textwrap
from base64 import b64encode
from typing import Any

import altair as alt
import vl_convert

from workbench.charts.drawable import drawable
from workbench.charts.locale import locale
from workbench.data.contract import TABLES
from workbench.results.boundary import guard_displays
from workbench.results.front_end import attended
from workbench.results.phrases import ENGLISH, language, phrase
from workbench.results.verdict import Side

MIME = "application/vnd.vegalite.v5+json"
MOST_ROWS = 5_000  # more than a person can look at
DIGITS = 6  # significant, so that machines that differ in the last bits draw one chart
PERSONAL = {c.name for columns in TABLES.values() for c in columns if c.personal}
WIDTH = 640  # pixels, in JupyterLab
KEY_ROOM = 280  # pixels of a name in a key: two stand side by side, and on a phone one below another
TITLE_WIDTH, SUBTITLE_WIDTH = 34, 42  # characters that a phone has room for
TEXT, HEAD = 15, 18  # pixels: the text of a picture is as large as that around it
INK, MUTED, GRID, SHADE = "#1f2933", "#5b6673", "#e3e7eb", "#eceff2"
MAIN, BELOW, UNCLEAR, WAITING = "#0072B2", "#D55E00", "#767f8a", "#c3cad1"
SERIES = (MAIN, "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#000000")
DASHES = ([1, 0], [6, 3], [2, 2], [8, 3, 2, 3], [4, 4], [1, 3])
SIDES = {  # where an interval lies beside a line → colour and shape
    Side.ABOVE: (MAIN, "triangle-up"),
    Side.UNCLEAR: (UNCLEAR, "circle"),
    Side.BELOW: (BELOW, "triangle-down"),
}
BLUES = ("#f0f5fa", "#c6dbef", "#6baed6", "#2171b5", "#08306b")
STATES = {  # in the order they are stacked: from most to least use, so that a grey print keeps it
    phrase("power"): "#08306b",
    phrase("habitual"): "#2171b5",
    phrase("retained"): "#2171b5",
    phrase("novice"): "#6baed6",
    phrase("resurrected"): "#6baed6",
    phrase("low"): "#c6dbef",
    phrase("new"): "#009E73",
    phrase("dormant"): "#f0b440",
    phrase("inactive"): "#828b94",
    phrase("none"): "#dfe2e6",
    phrase("never started"): "#dfe2e6",
    phrase("not known"): "#f3ecf7",
}


def use_theme() -> None:
    """Draw charts the workbench's way in this session, and mark what may be shown; notebooks call it in their setup.

    >>> import altair as alt
    >>> from workbench.charts import use_theme
    >>> use_theme()
    >>> alt.renderers.active
    'workbench'
    """
    alt.theme.register("workbench", enable=True)(look)
    alt.renderers.register("workbench", shown)
    alt.renderers.enable("workbench")
    guard_displays()


def look() -> alt.theme.ThemeConfig:
    """Fonts, greys and places; colours are chosen by the charts, by meaning."""
    text: dict[str, Any] = {"labelColor": MUTED, "titleColor": MUTED, "labelFontSize": TEXT, "titleFontSize": TEXT}
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
        "fontSize": HEAD,
        "lineHeight": 23,
        "offset": 12,
    }
    config: dict[str, Any] = {
        "background": "white",
        "font": "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif",
        "axis": {**axis, "labelLimit": 170, "titlePadding": 8},
        "legend": {**text, "orient": "top", "title": None, "columns": 2, "offset": 14, "labelLimit": KEY_ROOM},
        "title": {
            **title,
            "subtitleColor": MUTED,
            "subtitleFontSize": TEXT,
            "subtitlePadding": 6,
            "subtitleLineHeight": 20,
        },
        "view": {"stroke": None},
        "padding": 6,
    }
    if language() != ENGLISH:
        config["locale"] = locale()
    return {"config": config}  # type: ignore[typeddict-item]


def shown(spec: dict[str, Any], **_: Any) -> dict[str, Any]:
    """What a notebook keeps of a chart."""
    spec = drawable(spec)
    kept = {key: value for key, value in spec.items() if key != "$schema"}  # each reader draws with its own version
    if attended():
        kept = _with_notes(kept)
    return {MIME: steady(kept), "text/plain": spec.get("description", "a chart"), **_picture(spec)}


def _with_notes(spec: dict[str, Any]) -> dict[str, Any]:
    """The chart with its notes below the subtitle; a page shows them below the picture."""
    notes = textwrap.wrap(spec.get("usermeta", {}).get("notes", ""), SUBTITLE_WIDTH)
    title = spec.get("title", {})
    return (
        {**spec, "title": {**title, "subtitle": [*filter(None, title.get("subtitle", [])), *notes]}} if notes else spec
    )


def _picture(spec: dict[str, Any]) -> dict[str, str]:
    """The chart as PNG, in notebooks that papermill or nbconvert execute: for readers that draw no Vega-Lite.

    JupyterLab and the printed pages draw the chart themselves; WORKBENCH_PICTURES=none leaves the picture out anywhere.
    """
    if attended() or os.environ.get("WORKBENCH_PICTURES") == "none":
        return {}
    try:
        drawn = vl_convert.vegalite_to_png(spec)
    except ValueError:  # such as data at an address that cannot be reached from here
        return {}
    return {"image/png": b64encode(drawn).decode()}


def steady(spec: dict[str, Any]) -> dict[str, Any]:
    """The same chart with data sets numbered instead of hashed, and floats that no machine disagrees on."""
    names = {name: f"data-{i}" for i, name in enumerate(spec.get("datasets", {}), 1)}
    return {key: _steady(value, names) for key, value in spec.items()}


def _steady(part: Any, names: dict[str, str]) -> Any:
    if isinstance(part, dict):
        return {names.get(key, key): _steady(value, names) for key, value in part.items()}
    if isinstance(part, list):
        return [_steady(value, names) for value in part]
    if isinstance(part, float):
        return float(f"{part:.{DIGITS}g}")
    return names.get(part, part) if isinstance(part, str) else part
