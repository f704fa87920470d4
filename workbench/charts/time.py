"""Pictures over time: a course with its interval, days, and stacks of people."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from workbench.charts.frame import (
    INTERVAL,
    by_week,
    course_line,
    data,
    date_axis,
    figure,
    frame,
    joined,
    lines_of,
    ribbon,
    stack_order,
    tooltip,
    unit_of,
    value_axis,
    week_axis,
    without_withheld,
)
from workbench.charts.theme import BELOW, INK, MAIN, MUTED, SERIES, STATES, UNCLEAR, WAITING
from workbench.results import words

WAYS = {"to more use": MAIN, "the same": WAITING, "to less use": BELOW, "came, left or was new": UNCLEAR}


def trend(
    result: Any,
    *,
    title: Any,
    subtitle: str = "",
    unit: str = "",
    by: str = "",
    milestones: pd.DataFrame | None = None,
    unfinished: Any = None,
    target: float | None = None,
) -> alt.LayerChart:
    """A measurement by week, with its interval and the dates that may have moved it.

    result : `week`, estimate[, conf_low, conf_high, n][, `by`]
    by : a term with up to six values, each a line of its own
    milestones : `name`, `starts_on`[, `ends_on`]; those outside the weeks shown are left out
    unfinished : the Monday of a week that is not over; drawn hollow and beside the line, never as a fall
    target : where the line should be
    """
    unit = unit_of(result, unit)
    table, withheld = without_withheld(
        result, data(result, "week", "estimate", *([by] if by else []), also=INTERVAL), unit, "week"
    )
    table = by_week(table, unit)
    over = table["week"] != pd.Timestamp(unfinished) if unfinished else table["week"].notna()
    y, colour, x = value_axis(unit, zero=True), lines_of(table, by), week_axis(table["week"])
    tips = tooltip(table, unit, **({by: words.capital(by)} if by else {}), when="Week of")
    base = alt.Chart(table[over]).encode(x=x, **colour)
    lines = [*ribbon(base, y), base.mark_line(strokeWidth=2.5).encode(y=alt.Y(**y))]
    points = base.mark_point(size=22, opacity=1, filled=True).encode(y=alt.Y(**y), tooltip=tips)
    hollow = alt.Chart(table[~over]).encode(x=x, y=alt.Y(**y), tooltip=tips, **colour)
    still = [hollow.mark_point(size=60, fill="white", strokeWidth=2)] if not over.all() else []
    dates, key = date_axis(milestones, table["week"])
    note = joined(subtitle, "hollow: the week is not over" if still else "", withheld) + key
    layers = [*lines, points, *still, *dates, *_aim(target, unit, y)]
    return frame(layers, title, note, course_line(table[over], "when", unit), 240)


def _aim(target: float | None, unit: str, y: dict[str, Any]) -> list[Any]:
    """A line at the target, named above its right end."""
    if target is None:
        return []
    base = alt.Chart(pd.DataFrame({"estimate": [target], "says": [f"target {figure(target, unit)}"]}))
    line = base.mark_rule(color=INK, strokeWidth=1, strokeDash=[4, 2]).encode(y=alt.Y(**y))
    text = base.mark_text(align="right", baseline="bottom", dy=-3, fontSize=10, color=MUTED)
    return [line, text.encode(x=alt.value("width"), y=alt.Y(**y), text="says:N")]


def daily(result: Any, silent: pd.DataFrame, *, title: Any, subtitle: str = "") -> alt.LayerChart:
    """Rows of the log day by day: `date`, `rows`; the days of `silent` (`date`) are marked."""
    table = data(result, "date", "rows")
    table = table.assign(week=pd.to_datetime(table["date"]), day=[words.day(d) for d in table["date"]])
    marked = table[table["date"].isin(silent["date"])]
    tips = [alt.Tooltip("day:N", title="Day"), alt.Tooltip("rows:Q", title="Rows", format=",")]
    x = week_axis(table["week"][table["week"].dt.day_of_week == 0])
    y = alt.Y("rows:Q", axis=alt.Axis(title="Rows a day", tickCount=4))
    line = alt.Chart(table).mark_line(strokeWidth=1, color=MAIN).encode(x=x, y=y)
    point = alt.Chart(table).mark_point(size=30, opacity=0).encode(x=x, y=y, tooltip=tips)
    mark = alt.Chart(marked).mark_point(size=60, shape="triangle-up", filled=True, opacity=1, color=BELOW)
    said = (
        f"Line of rows a day, between {table['rows'].min():,} and {table['rows'].max():,}; marked days: {len(marked)}"
    )
    return frame([line, point, mark.encode(x=x, y=y, tooltip=tips)], title, subtitle, said, 200)


def lifecycle(result: Any, *, title: Any, subtitle: str = "", milestones: pd.DataFrame | None = None) -> alt.LayerChart:
    """People by state, week by week: `week`, `state`, `users`."""
    return _stacked(data(result, "week", "state", "users"), "state", title, subtitle, milestones)


def segment_weeks(
    result: Any, *, title: Any, subtitle: str = "", milestones: pd.DataFrame | None = None
) -> alt.LayerChart:
    """People by usage segment, week by week: `week`, `segment`, `users`."""
    return _stacked(data(result, "week", "segment", "users"), "segment", title, subtitle, milestones)


def _stacked(table: pd.DataFrame, state: str, title: Any, subtitle: str, milestones: Any) -> alt.LayerChart:
    there = stack_order(table[state])
    table = _piled(by_week(table.assign(estimate=_of_the_week(table)), "share"), state, there)
    colours = [STATES.get(s, SERIES[i % len(SERIES)]) for i, s in enumerate(there)]
    tips = [alt.Tooltip("when:N", title="Week of"), alt.Tooltip(f"{state}:N", title=state.capitalize())]
    tips += [alt.Tooltip("users:Q", title="people", format=","), alt.Tooltip("value:N", title="of all in that week")]
    bars = (
        alt.Chart(table)
        .mark_rect(stroke="white", strokeWidth=0.4)
        .encode(
            x=week_axis(table["week"]),
            x2="until:T",
            y=alt.Y("base:Q", axis=alt.Axis(title="People with access", format=",.0f", tickCount=5)),
            y2="top:Q",
            color=alt.Color(f"{state}:N", scale=alt.Scale(domain=there, range=colours), sort=there),
            tooltip=tips,
        )
    )
    dates, key = date_axis(milestones, table["week"])
    return frame([bars, *dates], title, joined(subtitle) + key, _stack_words(table, state, there), 260)


def _of_the_week(table: pd.DataFrame) -> pd.Series:
    return table["users"] / table.groupby("week")["users"].transform("sum")


def _piled(table: pd.DataFrame, state: str, order: list[str]) -> pd.DataFrame:
    """Each state's block in its week's bar: from `base` to `top`, one on another in this order."""
    ranked = table.assign(rank=table[state].map({s: i for i, s in enumerate(order)})).sort_values(["week", "rank"])
    top = ranked.groupby("week")["users"].cumsum()
    return ranked.assign(base=top - ranked["users"], top=top, until=ranked["week"] + pd.Timedelta(weeks=1))


def _stack_words(table: pd.DataFrame, state: str, there: list[str]) -> str:
    last = table[table["week"] == table["week"].max()].set_index(state)["users"]
    counts = ", ".join(f"{s} {last.get(s, 0):,.0f}" for s in there)
    return f"Stacked bars of people by {state} and week; in the week of {words.day(table['week'].max())}: {counts}"
