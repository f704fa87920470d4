"""The views of the desk: what each draws, and what a pick in it means."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import altair as alt

from workbench.charts.theme import BLUES, INK, MAIN, STATES, UNCLEAR
from workbench.segments.movement import ABSENT

EMPTY = "#f7f8f9"  # a mark behind which is nobody
Place = tuple[str, tuple[str, ...]]  # facts, and the columns that tell marks apart
Cells = Sequence[Mapping[str, Sequence[Any]]]  # one mapping per mark or brush: key -> the values picked


@dataclass(frozen=True)
class View:
    """A picture of the people picked in the other views, whose marks pick the people behind them.

    keys : the columns of its facts that tell marks apart; "group" is the group looked at
    chart : how it is drawn; its data are named "rows": the keys, n (people), estimate, everybody, and both in words
    facts : "weeks" (user-weeks: the panel's columns, segment, before, after, active, habit), "cohorts" (cohort, age,
        active) or "features" (role, feature, active)
    measure : one of MEASURES; empty for the metric looked at
    most : of many marks, those with most people
    """

    title: str
    keys: tuple[str, ...]
    chart: alt.TopLevelMixin
    facts: str = "weeks"
    measure: str = ""
    most: int = 2_000


#
# Charts without data: a screen fills "rows" and says whether the numbers are shares ("share"), the largest of them
# ("top") and of people ("most"). What is in "picked" is picked; the axes that can be picked from are of categories, so
# that a brush is a list of them.
_DAY = "timeFormat(toDate(datum.value + 'T00:00'), '%-d %b %Y')"
_NUMBER = "share ? format(datum.value, '.0%') : format(datum.value, ',.3~r')"
_DOT = "length(data('rows')) > 110 ? 0 : 24"
_SEGMENTS = [*(s for s in STATES if s != "none"), "none", ABSENT]
_FEATURES = alt.EncodingSortField("everybody", op="mean", order="descending")
_AXES: dict[str, dict[str, Any]] = {  # what an axis needs beyond its name
    "age": {"axis": {"title": "periods since access began", "labelAngle": 0, "labelOverlap": True}},
    "cohort": {"axis": {"labelExpr": _DAY, "labelOverlap": True}},
    "week": {"axis": {"labelExpr": _DAY, "labelOverlap": "greedy", "labelAngle": 0, "labelSeparation": 8}},
    "before": {"sort": _SEGMENTS},
    "after": {"sort": _SEGMENTS, "axis": {"labelAngle": -40}},
    "role": {"axis": {"labelAngle": -40}},
    "feature": {"sort": _FEATURES},
}


def bars(key: str) -> alt.TopLevelMixin:
    """A bar for the people picked in each group, a tick for everybody in it; a click picks.

    >>> from workbench.desk import bars
    >>> type(bars("department")).__name__
    'LayerChart'
    """
    pick = alt.selection_point(name="picked", fields=[key])
    base = alt.Chart(alt.NamedData("rows")).encode(y=_axis(alt.Y, key), tooltip=_tips(key))
    bar = base.mark_bar(color=MAIN, cursor="pointer", height=alt.RelativeBandSize(0.7), invalid=None).encode(
        x=_value(alt.X), opacity=_unless(pick)
    )
    tick = base.mark_tick(color=INK, thickness=2, height=14).encode(x="everybody:Q")
    return alt.layer(bar.add_params(pick), tick).properties(width="container", height=alt.Step(20))


def course(key: str) -> alt.TopLevelMixin:
    """A line for the people picked, a broken one for everybody; a drag picks."""
    base = alt.Chart(alt.NamedData("rows")).encode(x=_axis(alt.X, key), tooltip=_tips(key))
    usual = base.mark_line(color=UNCLEAR, strokeDash=[4, 3], strokeWidth=1.5).encode(y="everybody:Q")
    line = base.mark_line(color=MAIN, strokeWidth=2.5, point=alt.OverlayMarkDef(size=alt.ExprRef(_DOT), color=MAIN))
    brush = _brush("x")
    return alt.layer(usual, line.encode(y=_value(alt.Y)).add_params(brush)).properties(width="container", height=240)


def cells(x: str, y: str, *, pick: Literal["click", "drag"] = "click", colour: str = "estimate") -> alt.TopLevelMixin:
    """A heat map of the estimate, or of `n` with its numbers; paler where not picked."""
    by = alt.selection_point(name="picked", fields=[x, y]) if pick == "click" else _brush("x", "y")
    top, form = ("top", "%") if colour == "estimate" else ("most", ",d")
    legend = alt.Legend(format=form, gradientLength=120, gradientThickness=8, tickCount=3)
    shade = alt.Color(f"{colour}:Q", scale=alt.Scale(range=list(BLUES), domain=[0, alt.ExprRef(top)]), legend=legend)
    nobody = alt.condition("datum.n == 0", alt.value(EMPTY), shade)
    tips = _tips(x, y) if colour == "estimate" else [*_tips(x, y)[:2], *_tips()[-1:]]
    base = alt.Chart(alt.NamedData("rows")).encode(x=_axis(alt.X, x), y=_axis(alt.Y, y), tooltip=tips)
    chart = base.mark_rect(stroke="white", strokeWidth=0.5, cursor="pointer", invalid=None)
    marks = [chart.encode(color=nobody, opacity=_unless(by)).add_params(by)]
    if colour == "n":
        dark = alt.condition(f"datum.n > {top} / 2", alt.value("white"), alt.value(INK))
        there = alt.condition("datum.n > 0", alt.value(1), alt.value(0))
        marks += [base.mark_text(fontSize=11).encode(text=alt.Text("n:Q", format=form), color=dark, opacity=there)]
    return alt.layer(*marks).properties(width="container", height=alt.Step(22))


def _axis(channel: Any, key: str) -> Any:
    own = _AXES.get(key, {})
    axis = {"title": None, "grid": False, **own.get("axis", {})}
    return channel(f"{key}:O", sort=own.get("sort"), axis=alt.Axis(**axis))


def _value(channel: Any) -> Any:
    axis = alt.Axis(title=None, labelExpr=_NUMBER, tickCount=5)
    return channel("estimate:Q", axis=axis, scale=alt.Scale(zero=True))


def _brush(*encodings: Any) -> alt.Parameter:
    seen = alt.BrushConfig(stroke=INK, strokeWidth=1.5, fillOpacity=0.08)
    return alt.selection_interval(name="picked", encodings=list(encodings), mark=seen)


def _unless(pick: alt.Parameter) -> Any:
    return alt.condition(pick, alt.value(1), alt.value(0.25))


def _tips(*keys: str) -> list[alt.Tooltip]:
    words = {"value": "of those picked", "usual": "of everybody", "n": "people"}
    return [*(alt.Tooltip(f"{k}:N") for k in keys), *(alt.Tooltip(f"{f}:N", title=t) for f, t in words.items())]


VIEWS = {
    "cohorts": View(
        "Still active, by when access began",
        ("cohort", "age"),
        cells("age", "cohort", pick="drag"),
        facts="cohorts",
        measure="share of people active",
    ),
    "groups": View("{metric}, by {group}", ("group",), bars("group"), most=25),
    "weeks": View("{metric}, week by week", ("week",), course("week")),
    "flow": View(
        "From segment on {start} (rows) to {end} (columns)",
        ("before", "after"),
        cells("after", "before", colour="n"),
        measure="people",
    ),
    "features": View(
        "Have used it, by role",
        ("feature", "role"),
        cells("role", "feature"),
        facts="features",
        measure="share of people active",
    ),
}
