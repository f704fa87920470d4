"""Points with their intervals, one line each."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from workbench.charts.frame import (
    BAND,
    INTERVAL,
    data,
    figure,
    first_term,
    frame,
    interval_key,
    joined,
    labels_of,
    overall_of,
    step_of,
    tooltip,
    unit_of,
    value_axis,
    without_withheld,
    worded,
)
from workbench.charts.theme import INK, MUTED, SIDES
from workbench.results import words


def group_intervals(
    result: Any, *, title: Any, subtitle: str = "", unit: str = "", group: str = "", overall: float | None = None
) -> alt.LayerChart:
    """Groups from highest to lowest with their intervals, beside everybody together.

    result : the group's column, estimate, conf_low, conf_high[, band_low, band_high], n
    overall : the line to compare with; default: the estimates' own. Groups with their interval on one side stand out
    """
    unit, group = unit_of(result, unit), group or first_term(result)
    table = data(result, group, "estimate", *INTERVAL[:2], also=("n", *BAND)).dropna(subset=["estimate"])
    table = table.sort_values(["estimate", group], ascending=[False, True])
    line = overall if overall is not None else overall_of(result)
    return _intervals(
        result, table, group, unit, title, subtitle, line, f"everybody {figure(line, unit)}" if line is not None else ""
    )


def comparison(result: Any, *, title: Any, subtitle: str = "", unit: str = "", term: str = "") -> alt.LayerChart:
    """Effects side by side with their intervals and a line at no change, in the order of the rows.

    For programmes, formats, cohorts, groups, or one effect computed in several ways.
    result : the term's column, estimate, conf_low, conf_high[, band_low, band_high: all at once][, n]
    """
    unit, term = unit_of(result, unit), term or first_term(result)
    table = data(result, term, "estimate", *INTERVAL[:2], also=("n", *BAND)).dropna(subset=["estimate"])
    return _intervals(result, table, term, unit, title, subtitle, 0.0, "no change")


def att_by_cohort(result: Any, *, title: Any, subtitle: str = "", unit: str = "") -> alt.LayerChart:
    """The effect on each cohort, earliest first: `cohort`, estimate, conf_low, conf_high[, n]."""
    table = data(result, "cohort", "estimate", *INTERVAL[:2], also=("n", *BAND)).sort_values("cohort")
    table["cohort"] = [words.day(c) if hasattr(c, "year") else str(c) for c in table["cohort"]]
    return _intervals(
        result, table.dropna(subset=["estimate"]), "cohort", unit_of(result, unit), title, subtitle, 0.0, "no change"
    )


def _intervals(
    result: Any,
    table: pd.DataFrame,
    term: str,
    unit: str,
    title: Any,
    subtitle: str,
    line: float | None,
    line_says: str,
) -> alt.LayerChart:
    table, withheld = without_withheld(result, table, unit)
    table = worded(table, unit).assign(label=labels_of(table, term), side=_sides(table, line))
    names = alt.Axis(title=None, labelExpr=r"split(datum.label, '\n')", labelLimit=200)
    y = alt.Y("label:N", sort=list(table["label"]), axis=names)
    x, base = value_axis(unit, zero=False, padding=6), alt.Chart(table).encode(y=y, **_side_colour())
    if words.is_share(unit) and (table["conf_low"].fillna(0) >= 0).all():
        x["axis"]["labelExpr"] = "datum.value < 0 ? '' : datum.label"  # the room beside the points is no share
    tips = tooltip(table, unit, **{term: words.capital(term), "side": "beside the line"})
    layers = _compared_with(line, line_says, x)
    for low, width in (("band_low", 1), ("conf_low", 3)):
        if low in table:
            rule = base.mark_rule(strokeWidth=width, opacity=0.75)
            layers.append(rule.encode(x=alt.X(**{**x, "shorthand": f"{low}:Q"}), x2=low.replace("low", "high")))
    dots = base.mark_point(size=70, filled=True, opacity=1).encode(x=alt.X(**x), tooltip=tips, shape=_side_shape())
    few = "no line: too few teams to say how sure" if "conf_low" in table and table["conf_low"].isna().any() else ""
    note = joined(subtitle, _key(table), interval_key(table, "each"), few, withheld)
    return frame([*layers, dots], title, note, _groups_words(table, unit), step_of(table))


def _sides(table: pd.DataFrame, line: float | None) -> list[str]:
    """On which side of the line the whole interval lies: the one for all groups at once, where there is one."""
    low, high = ("band_low", "band_high") if "band_low" in table else ("conf_low", "conf_high")
    ends = zip(table[low], table[high], strict=True)
    if line is None:
        return ["not clear"] * len(table)
    return ["clearly above" if a > line else "clearly below" if b < line else "not clear" for a, b in ends]


def _side_colour() -> dict[str, Any]:
    scale = alt.Scale(domain=list(SIDES), range=[colour for colour, _ in SIDES.values()])
    return {"color": alt.Color("side:N", scale=scale, legend=None)}


def _side_shape() -> alt.Shape:
    return alt.Shape("side:N", scale=alt.Scale(domain=list(SIDES), range=[s for _, s in SIDES.values()]), legend=None)


def _key(table: pd.DataFrame) -> str:
    """What the shapes say, as far as they are there."""
    signs = {"clearly above": "▲", "clearly below": "▼", "not clear": "●"}
    there = [side for side in signs if (table["side"] == side).any()]
    return ", ".join(f"{signs[side]} {side}" for side in there) if len(there) > 1 else ""


def _compared_with(line: float | None, says: str, x: dict[str, Any]) -> list[Any]:
    if line is None:
        return []
    base = alt.Chart(pd.DataFrame({"estimate": [line], "says": [says]})).encode(x=alt.X(**x))
    text = base.mark_text(baseline="bottom", dy=-3, fontSize=10, color=MUTED).encode(y=alt.value(0), text="says:N")
    return [base.mark_rule(color=INK, strokeWidth=1, strokeDash=[4, 2]), text]


def _groups_words(table: pd.DataFrame, unit: str) -> str:
    names = table["label"].astype(str).str.replace("\n", " ")
    said = [f"{name} {value}" for name, value in zip(names, table["value"], strict=True)]
    more = f" and {len(said) - 12} more" if len(said) > 12 else ""
    return f"Dots with intervals, {unit}: {', '.join(said[:12])}{more}"
