"""What holds people back, as a grid of groups and components."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from workbench.charts.data import publishable, table_of
from workbench.charts.frame import frame
from workbench.charts.rows import NARROW
from workbench.charts.theme import BLUES, INK, TEXT
from workbench.charts.wording import MANY, bare, caption, heading, in_words, tooltip
from workbench.results.phrases import phrase, say, translated
from workbench.results.verdict import Side

MARKS = {Side.ABOVE: "▲", Side.BELOW: "▼"}
KEY = phrase("figures: per cent; ▲ ▼: clearly above or below all others; all cells are judged together")
MOST_NAMED = 6  # cells that the alt text names


def barrier_map(result: Any, *, title: Any, subtitle: str = "", by: str = "department") -> alt.LayerChart:
    """Favourable shares of each group on each component; the lighter, the more holds people back.

    result : `label` (component), the column named by `by`, estimate (favourable share, 0 to 1), n (people), side (where
        the group stands among all others)[, consider: what might be done]
    Returns the chart, without the groups that may not be shown. Raises ValueError for a missing column.

    >>> cells = {"label": ["time", "skill"], "department": "Sales", "estimate": [0.1, 0.7], "n": 90}
    >>> table = pd.DataFrame(cells).assign(side=["clearly below", "not clear"])
    >>> barrier_map(table, title="Sales lacks time").description
    'Sales lacks time. Heat map of 2 components by 1 departments; clearly below all others: Sales, time 10%.'
    """
    table = table_of(result, "label", by, "estimate", "n", "side", also=("conf_low", "conf_high", "consider"))
    table, withheld = publishable(result, table, "share", "label")
    table = in_words(table, "share")
    table["mark"] = [f"{figure}{MARKS.get(side, '')}" for figure, side in zip(bare(table), table["side"], strict=True)]
    named = {by: heading(by), "label": say("Component"), "side": say("Result"), "consider": say("Consider")}
    tips = tooltip(table, phrase("favourable"), **named)
    low = table[table["side"] == Side.BELOW]
    table["side"] = table["side"].map(translated)
    cells = _cells(table, by, tips)
    said = say(
        "Heat map of {n} components by {many} {groups}; {low}",
        n=table["label"].nunique(),
        many=table[by].nunique(),
        groups=translated(MANY.get(by, f"{by}s")),
        low=_named(low, by),
    )
    key = caption(translated(KEY), withheld)
    return frame([cells, *_figures(table, cells)], title, subtitle, said, alt.Step(30), key)


def _cells(table: pd.DataFrame, by: str, tips: list[alt.Tooltip]) -> alt.Chart:
    below: dict[str, Any] = {
        "labelExpr": f"{NARROW} ? datum.label : split(datum.label, ' ')",
        "labelAngle": alt.ExprRef(f"{NARROW} ? -90 : 0"),
        "labelAlign": alt.ExprRef(f"{NARROW} ? 'right' : 'center'"),
        "labelBaseline": alt.ExprRef(f"{NARROW} ? 'middle' : 'top'"),
        "labelOverlap": False,
        "labelFontSize": TEXT - 2,
    }
    x = alt.X("label:N", sort=list(dict.fromkeys(table["label"])), axis=alt.Axis(title=None, **below))
    legend = alt.Legend(format="%", gradientLength=140, gradientThickness=8, tickCount=3)
    scale = alt.Scale(range=list(BLUES), domain=[0, 1], interpolate="lab")
    marks: alt.Chart = alt.Chart(table).mark_rect(stroke="white", strokeWidth=0.5)
    return marks.encode(
        x=x,
        y=alt.Y(f"{by}:N", axis=alt.Axis(title=None)),
        color=alt.Color("estimate:Q", scale=scale, legend=legend),
        tooltip=tips,
    )


def _figures(table: pd.DataFrame, cells: alt.Chart) -> list[alt.Chart]:
    """The figure in each cell, in the ink that can be read on it; what is clear stands out."""
    dark, clear = table["estimate"] > 0.5, table["side"].isin([translated(side) for side in MARKS])
    kinds: list[tuple[Any, ...]] = [(dark & clear, "white", "bold"), (dark & ~clear, "white", "normal")]
    kinds += [(~dark & clear, INK, "bold"), (~dark & ~clear, INK, "normal")]
    return [
        alt.Chart(table[rows])
        .mark_text(fontSize=TEXT - 3, color=ink, fontWeight=weight)
        .encode(x=cells.encoding.x, y=cells.encoding.y, text="mark:N", tooltip=cells.encoding.tooltip)
        for rows, ink, weight in kinds
        if rows.any()
    ]


def _named(low: pd.DataFrame, by: str) -> str:
    if low.empty:
        return say("no group clearly below all others")
    said = [f"{row[by]}, {row['label']} {row['value']}" for row in low.to_dict("records")]
    named = "; ".join(said[:MOST_NAMED])
    if len(said) > MOST_NAMED:
        return say("clearly below all others: {rows} and {n} more", rows=named, n=len(said) - MOST_NAMED)
    return say("clearly below all others: {rows}", rows=named)
