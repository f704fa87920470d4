"""Groups or effects with their intervals, one line each."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from workbench.charts.axes import value_axis
from workbench.charts.data import BAND, INTERVAL, naming_column, overall_estimate, publishable, table_of
from workbench.charts.frame import frame
from workbench.charts.marks import points, whiskers
from workbench.charts.rows import Rows
from workbench.charts.theme import INK, MUTED, SIDES
from workbench.charts.wording import (
    caption,
    figure,
    heading,
    in_words,
    interval_key,
    names_with_counts,
    tooltip,
    unit_of,
)
from workbench.results import words
from workbench.results.phrases import phrase, say, translated
from workbench.results.verdict import Side, side_of

SIGNS = {Side.ABOVE: "▲", Side.BELOW: "▼", Side.UNCLEAR: "●"}
SIDED = {side: str(side) for side in Side}  # what is said of a row on each side of the line
GOOD_OR_BAD = {Side.ABOVE: phrase("clearly for the better"), Side.UNCLEAR: str(Side.UNCLEAR),
               Side.BELOW: phrase("clearly for the worse")}  # fmt: skip
MOST_NAMED = 12  # rows that the alt text names


def group_intervals(
    result: Any, *, title: Any, subtitle: str = "", unit: str = "", group: str = "", overall: float | None = None
) -> alt.LayerChart:
    """Groups from highest to lowest with their intervals, beside everybody together.

    result : the group's column, estimate, conf_low, conf_high[, band_low, band_high: all at once], n (people)
    unit : of the estimates, where `result` is a table; group : the group's column; default: the first that holds names
    overall : the line to compare with; default: the estimates' own. Groups with their interval on one side stand out
    Returns the chart, without the groups that may not be shown. Raises ValueError for a missing column.

    >>> rows = {"team": ["A", "B"], "estimate": [0.2, 0.5], "conf_low": [0.1, 0.4], "conf_high": [0.3, 0.6], "n": 90}
    >>> group_intervals(pd.DataFrame(rows), title="B leads", unit="share of people", overall=0.35).description
    'B leads. Dots with intervals, share of people: B (90) 50%, A (90) 20%.'
    """
    unit, group = unit_of(result, unit), group or naming_column(result)
    table = table_of(result, group, "estimate", *INTERVAL[:2], also=("n", *BAND)).dropna(subset=["estimate"])
    table = table.sort_values(["estimate", group], ascending=[False, True])
    at = overall if overall is not None else overall_estimate(result)
    label = say("average {value}", value=figure(at, unit)) if at is not None else ""
    return _intervals(result, table, group, unit, title, subtitle, at, label)


def comparison(
    result: Any, *, title: Any, subtitle: str = "", unit: str = "", term: str = "", judged: bool = True
) -> alt.LayerChart:
    """Effects side by side with their intervals and a line at no change, in the order of the rows.

    For formats, cohorts, groups, or one effect computed in several ways; programmes and their verdicts: `verdicts`.
    result : the term's column, estimate, conf_low, conf_high[, band_low, band_high: all at once][, n][, suspect: 1
        where a rise is bad and −1 where a fall is; then marks say what is better or worse, not what is more or less]
    unit : of the estimates, where `result` is a table; term : the column of names; default: the first that holds names
    judged : mark what is clear, all at once; False where the rows are one result, which has its verdict elsewhere
    Returns the chart. Raises ValueError for a missing column, or one that names people.

    >>> rows = {"programme": ["A", "B"], "estimate": [0.2, 0.5], "conf_low": [-0.1, 0.4], "conf_high": [0.5, 0.6]}
    >>> comparison(pd.DataFrame(rows), title="B helped", unit="active days a week").description
    'B helped. Dots with intervals, active days a week: A 0.20, B 0.50.'
    """
    unit, term = unit_of(result, unit), term or naming_column(result)
    also = ("n", *BAND, "suspect") if judged else ("n",)
    table = table_of(result, term, "estimate", *INTERVAL[:2], also=also).dropna(subset=["estimate"])
    return _intervals(result, table, term, unit, title, subtitle, 0.0, say("no change"), judged)


def att_by_cohort(result: Any, *, title: Any, subtitle: str = "", unit: str = "") -> alt.LayerChart:
    """The effect on each cohort, earliest first.

    result : `cohort` (its first week), estimate, conf_low, conf_high[, band_low, band_high: all at once][, n]
    unit : of the estimates, where `result` is a table
    Returns the chart. Raises ValueError for a missing column.

    >>> rows = {"cohort": [pd.Timestamp("2025-02-03")], "estimate": [0.2], "conf_low": [0.1], "conf_high": [0.3]}
    >>> att_by_cohort(pd.DataFrame(rows), title="It helped", unit="active days a week").description
    'It helped. Dots with intervals, active days a week: 3 Feb 2025 0.20.'
    """
    table = table_of(result, "cohort", "estimate", *INTERVAL[:2], also=("n", *BAND)).sort_values("cohort")
    table["cohort"] = [words.day(c) if hasattr(c, "year") else str(c) for c in table["cohort"]]
    table = table.dropna(subset=["estimate"])
    return _intervals(result, table, "cohort", unit_of(result, unit), title, subtitle, 0.0, say("no change"))


def _intervals(
    result: Any,
    table: pd.DataFrame,
    term: str,
    unit: str,
    title: Any,
    subtitle: str,
    at: float | None,
    label: str,
    judged: bool = True,
) -> alt.LayerChart:
    """The rows with their intervals beside a line `at` a value with its `label`."""
    table, withheld = publishable(result, table, unit)
    table = in_words(table, unit).assign(
        label=names_with_counts(table, term), side=_sides(table, at if judged else None)
    )
    called = {side: translated(name) for side, name in (GOOD_OR_BAD if "suspect" in table else SIDED).items()}
    table["side"] = table["side"].map(called)
    named = Rows(list(table["label"]))
    y = alt.Y("label:N", sort=list(table["label"]), axis=named.axis(), scale=alt.Scale(**named.scale))
    x = _value_axis(table, unit)
    base = alt.Chart(table).encode(y=y, color=alt.Color("side:N", scale=_side_scale(called, 0), legend=None))
    beside = {"side": say("beside the line")} if judged else {}
    tips = tooltip(table, unit, **{term: heading(term), **beside})
    shape = alt.Shape("side:N", scale=_side_scale(called, 1), legend=None)
    rules = whiskers(base, x, along="x", opacity=0.75)
    layers = [*_reference_line(at, label, x), *rules, points(base, x, tips, 70, along="x", shape=shape)]
    unsure = "conf_low" in table and table["conf_low"].isna().any()
    few = say("no line: too few teams to say how sure") if unsure else ""
    note = caption(
        translated(subtitle),
        _key(table, called),
        interval_key(table, phrase("thick: each by itself, thin: all at once")),
        few,
        withheld,
    )
    return frame(layers, title, note, _in_a_sentence(table, unit), named)


def _value_axis(table: pd.DataFrame, unit: str) -> dict[str, Any]:
    x = value_axis(unit, zero=False, padding=6)
    if words.is_share(unit) and (table["conf_low"].fillna(0) >= 0).all():
        x["axis"]["labelExpr"] = "datum.value < 0 ? '' : datum.label"  # the room beside the points is no share
    return x


def _sides(table: pd.DataFrame, line: float | None) -> list[Side]:
    """On which side of the line the whole interval lies: the one for all groups at once, where there is one.

    Where a rise is bad, the side of the better is below.
    """
    if line is None:
        return [Side.UNCLEAR] * len(table)
    kind = "band" if "band_low" in table else "conf"
    ends = zip(table[f"{kind}_low"], table[f"{kind}_high"], strict=True)
    sides = [side_of(low, high, line) for low, high in ends]
    if "suspect" not in table:
        return sides
    return [TURNED.get(side, side) if bad > 0 else side for side, bad in zip(sides, table["suspect"], strict=True)]


TURNED = {Side.ABOVE: Side.BELOW, Side.BELOW: Side.ABOVE}


def _side_scale(called: dict[Side, str], place: int) -> alt.Scale:
    """The colours (place 0) or shapes (place 1) of the sides."""
    return alt.Scale(domain=[called[side] for side in SIDES], range=[style[place] for style in SIDES.values()])


def _key(table: pd.DataFrame, called: dict[Side, str]) -> str:
    """What the shapes say, as far as they are there."""
    there = {sign: called[side] for side, sign in SIGNS.items() if (table["side"] == called[side]).any()}
    return ", ".join(f"{sign} {name}" for sign, name in there.items()) if len(there) > 1 else ""


def _reference_line(at: float | None, label: str, x: dict[str, Any]) -> list[alt.Chart]:
    if at is None:
        return []
    base = alt.Chart(pd.DataFrame({"estimate": [at], "says": [label]})).encode(x=alt.X(**x))
    text = base.mark_text(baseline="bottom", dy=-3, fontSize=10, color=MUTED).encode(y=alt.value(0), text="says:N")
    return [base.mark_rule(color=INK, strokeWidth=1, strokeDash=[4, 2]), text]


def _in_a_sentence(table: pd.DataFrame, unit: str) -> str:
    names = table["label"].astype(str).str.replace("\n", " ")
    said = [f"{name} {value}" for name, value in zip(names, table["value"], strict=True)]
    parts = {"unit": translated(unit), "rows": ", ".join(said[:MOST_NAMED])}
    if len(said) > MOST_NAMED:
        return say("Dots with intervals, {unit}: {rows} and {n} more", n=len(said) - MOST_NAMED, **parts)
    return say("Dots with intervals, {unit}: {rows}", **parts)
