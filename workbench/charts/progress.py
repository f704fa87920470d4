"""How far people get, and how fast: funnel, curves of staying and of coming."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from workbench.charts.frame import (
    INTERVAL,
    by_week,
    course_line,
    data,
    figure,
    frame,
    from_nobody,
    joined,
    lines_of,
    ribbon,
    tooltip,
    unit_of,
    value_axis,
    week_axis,
    without_withheld,
    worded,
)
from workbench.charts.theme import BLUES, INK, MAIN
from workbench.results import privacy, words


def funnel(result: Any, *, title: Any, subtitle: str = "") -> alt.LayerChart:
    """Who got how far: `step`, `users`, share of those with access[, `meaning`]; in the order of the rows."""
    table = data(result, "step", "users", "estimate", also=("meaning",))
    meaning = table["meaning"] if "meaning" in table else table["step"]
    table["label"] = [f"{words.capital(m)}" for m in meaning]
    table["count"] = [
        f"{u:,.0f} · {figure(s, 'share')}" for u, s in zip(table["users"], table["estimate"], strict=True)
    ]
    table["of_before"] = [figure(v, "share") for v in table["users"] / table["users"].shift()]
    tips = [alt.Tooltip("label:N", title="Step"), alt.Tooltip("users:Q", title="people", format=",")]
    tips += [alt.Tooltip("of_before:N", title="of the step before")]
    steps = alt.Y("step:N", sort=list(table["step"]), axis=None)
    base = alt.Chart(table).encode(y=steps, tooltip=tips)
    bar = base.mark_bar(height=14, yOffset=8, color=MAIN).encode(x=alt.X("users:Q", axis=None))
    name = base.mark_text(align="left", baseline="bottom", dy=-2, fontSize=12, color=INK)
    count = base.mark_text(align="right", baseline="bottom", dy=-2, fontSize=12, fontWeight="bold", color=INK)
    layers = [bar, name.encode(x=alt.value(0), text="label:N"), count.encode(x=alt.value("width"), text="count:N")]
    said = "; ".join(f"{label}: {count}" for label, count in zip(table["label"], table["count"], strict=True))
    return frame(layers, title, subtitle, f"Bars from step to step. {said}", alt.Step(46))


def retention_curve(
    result: Any, *, title: Any, subtitle: str = "", by: str = "", period: str = "week"
) -> alt.LayerChart:
    """Retention at each age with its interval: `age`, estimate[, conf_low, conf_high, n][, `by`: a line each]."""
    unit = unit_of(result) or "share of people"
    table = data(result, "age", "estimate", *([by] if by else []), also=INTERVAL)
    table = worded(table[table["n"] >= privacy.ALIKE] if "n" in table else table, unit)
    x = alt.X("age:Q", axis=alt.Axis(title=f"{period.capitalize()}s since the start", grid=False, tickMinStep=1))
    y, base = value_axis(unit, zero=True), alt.Chart(table).encode(x=x, **lines_of(table, by))
    tips = tooltip(table, "active", **({by: "active"} if by else {}), age=f"{period.capitalize()}s later")
    points = base.mark_point(size=26, filled=True, opacity=1).encode(y=alt.Y(**y), tooltip=tips)
    layers = [*ribbon(base, y), base.mark_line(strokeWidth=2.5).encode(y=alt.Y(**y)), points]
    return frame(layers, title, subtitle, course_line(table, "age", unit), 240)


def survival(result: Any, *, title: Any, subtitle: str = "", by: str = "", period: str = "week") -> alt.LayerChart:
    """How the share that got there grows with time, in steps from nobody at the start.

    result : `week` (a count), estimate[, conf_low, conf_high, n: those who still could][, `by`]
    Kaplan–Meier: people whose time is not over count for as long as they were seen. A line ends where fewer than ten
    people still could: what follows would tell of each of them.
    """
    unit = unit_of(result) or "share of people"
    table = data(result, period, "estimate", *([by] if by else []), also=INTERVAL)
    table = table[table["n"] >= privacy.ALIKE] if "n" in table else table
    table = worded(from_nobody(table, period, by), unit)
    x = alt.X(f"{period}:Q", axis=alt.Axis(title=f"{period.capitalize()}s of access", grid=False, tickMinStep=1))
    y, base = value_axis(unit, domain=[0, 1]), alt.Chart(table).encode(x=x, **lines_of(table, by))
    tips = tooltip(table, unit, **({by: words.capital(by)} if by else {}), **{period: f"{period.capitalize()}s"})
    line = base.mark_line(strokeWidth=2.5, interpolate="step-after").encode(y=alt.Y(**y))
    reached = base.mark_point(size=60, opacity=0).encode(y=alt.Y(**y), tooltip=tips)
    layers = [*ribbon(base, y, interpolate="step-after"), line, reached]
    return frame(layers, title, subtitle, course_line(table, period, unit), 260)


def diffusion(result: Any, forecast: Any, *, title: Any, subtitle: str = "") -> alt.LayerChart:
    """How many have come so far, the curve through them, and where it leads.

    result : `week`, adopted (share who had come), estimate (of the curve), conf_low, conf_high
    forecast : the same for the weeks to come, without `adopted`; None: the curve does not fit, and leads nowhere
    """
    unit = "share of people with access"
    past = by_week(data(result, "week", "estimate", *INTERVAL[:2], "adopted"), unit)
    past["was"] = [figure(v, unit) for v in past["adopted"]]
    ahead = None if forecast is None else by_week(data(forecast, "week", "estimate", *INTERVAL[:2]), unit)
    weeks = past["week"] if ahead is None else pd.concat([past["week"], ahead["week"]])
    x, y = week_axis(weeks), value_axis(unit, domain=[0, 1])
    seen = alt.Chart(past).mark_point(size=26, filled=True, opacity=1, color=INK)
    tips = tooltip(past, "the curve", when="Week of", was="have come")
    curve = alt.Chart(past).encode(x=x, color=alt.value(MAIN))
    layers = [curve.mark_line(strokeWidth=2).encode(y=alt.Y(**y)), *_fan(ahead, x, y)]
    layers.append(seen.encode(x=x, y=alt.Y(**{**y, "shorthand": "adopted:Q"}), tooltip=tips))
    key = ["dots: who had come", "line: the curve through them"]
    key += ["dashed: where it leads, and between which bounds"] * (ahead is not None)
    said = f"Dots of people who had come, from {past['was'].iloc[0]} ({past['when'].iloc[0]}) to {past['was'].iloc[-1]}"
    said += "" if ahead is None else f"; forecast {ahead['value'].iloc[-1]}, likely between {ahead['likely'].iloc[-1]}"
    return frame(layers, title, joined(subtitle, *key), said, 260)


def _fan(ahead: pd.DataFrame | None, x: alt.X, y: dict[str, Any]) -> list[Any]:
    if ahead is None:
        return []
    base = alt.Chart(ahead).encode(x=x, color=alt.value(MAIN))
    point = base.mark_point(size=60, opacity=0).encode(y=alt.Y(**y), tooltip=tooltip(ahead, "expected", when="Week of"))
    return [*ribbon(base, y), base.mark_line(strokeWidth=2, strokeDash=[5, 3]).encode(y=alt.Y(**y)), point]


def pattern_paths(result: Any, *, title: Any, subtitle: str = "", unit: str = "") -> alt.LayerChart:
    """The mean week of each pattern as a band of cells: `pattern`, `week`, estimate, n; the most used first."""
    table, withheld = without_withheld(result, data(result, "pattern", "week", "estimate", "n"), unit, "week")
    table = by_week(table, unit).assign(until=lambda t: t["week"] + pd.Timedelta(weeks=1))
    order = list(table.groupby("pattern")["estimate"].mean().sort_values(ascending=False, kind="stable").index)
    tips = tooltip(table, unit, pattern="Pattern", when="Week of")
    y = alt.Y("pattern:N", sort=order, axis=alt.Axis(title=None, labelLimit=180))
    legend = alt.Legend(title=unit, gradientLength=140, gradientThickness=8, tickCount=4)
    scale = alt.Scale(range=list(BLUES), domain=[0, float(table["estimate"].max())], interpolate="lab")
    colour = alt.Color("estimate:Q", scale=scale, legend=legend)
    cells = alt.Chart(table).mark_rect().encode(x=week_axis(table["week"]), x2="until:T", y=y, color=colour)
    ends = table.groupby("pattern")["value"].agg(["first", "last"])
    said = "; ".join(f"{name} from {ends.loc[name, 'first']} to {ends.loc[name, 'last']}" for name in order)
    return frame([cells.encode(tooltip=tips)], title, joined(subtitle, withheld), f"{unit}: {said}", alt.Step(30))
