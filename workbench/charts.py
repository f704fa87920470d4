"""Draws a result.

A chart is a function from a result to a picture: it computes no statistics, saves nothing, and leaves none for the
browser to compute. `result` is an `Estimates` or a tidy table of the same columns. The title is the finding, the
subtitle what was done, the axis the unit, and the description the same in a sentence for those who cannot see it. A
page gives its charts' data away, so groups that may not be shown (`privacy.py`) are left out here, whoever forgot it.

    charts.trend(rates, title=finding, subtitle="eligible people", milestones=dates)

How they look is in `theme.py`.
"""

from __future__ import annotations

import textwrap
from typing import Any

import altair as alt
import pandas as pd

from workbench import privacy, words
from workbench.theme import (
    BELOW,
    BLUES,
    DASHES,
    INK,
    MAIN,
    MUTED,
    SERIES,
    SHADE,
    SIDES,
    STATES,
    UNCLEAR,
    WAITING,
    data,
    figure,
    frame,
    tooltip,
    unit_of,
    use_theme,
    value_axis,
    week_axis,
    worded,
)

__all__ = ["use_theme"]
INTERVAL = ("conf_low", "conf_high", "n")
BAND = ("band_low", "band_high")
WAYS = {"to more use": MAIN, "the same": WAITING, "to less use": BELOW, "came, left or was new": UNCLEAR}
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


# ── over time ───────────────────────────────────────────────────────────────────────────────────────────────────


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
    table, withheld = _open(
        result, data(result, "week", "estimate", *([by] if by else []), also=INTERVAL), unit, "week"
    )
    table = _by_week(table, unit)
    over = table["week"] != pd.Timestamp(unfinished) if unfinished else table["week"].notna()
    y, colour, x = value_axis(unit, zero=True), _lines_of(table, by), week_axis(table["week"])
    tips = tooltip(table, unit, **({by: words.capital(by)} if by else {}), when="Week of")
    base = alt.Chart(table[over]).encode(x=x, **colour)
    lines = [*_ribbon(base, y), base.mark_line(strokeWidth=2.5).encode(y=alt.Y(**y))]
    points = base.mark_point(size=22, opacity=1, filled=True).encode(y=alt.Y(**y), tooltip=tips)
    hollow = alt.Chart(table[~over]).encode(x=x, y=alt.Y(**y), tooltip=tips, **colour)
    still = [hollow.mark_point(size=60, fill="white", strokeWidth=2)] if not over.all() else []
    dates, key = _dates(milestones, table["week"])
    note = _joined(subtitle, "hollow: the week is not over" if still else "", withheld) + key
    layers = [*lines, points, *still, *dates, *_aim(target, unit, y)]
    return frame(layers, title, note, _course(table[over], "when", unit), 240)


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
    there = _stack_order(table[state])
    table = _piled(_by_week(table.assign(estimate=_of_the_week(table)), "share"), state, there)
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
    dates, key = _dates(milestones, table["week"])
    return frame([bars, *dates], title, _joined(subtitle) + key, _stack_words(table, state, there), 260)


def _stack_order(found: pd.Series) -> list[str]:
    return [s for s in STATES if s in set(found)] + sorted(set(found) - set(STATES))


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


def _by_week(table: pd.DataFrame, unit: str) -> pd.DataFrame:
    table = worded(table, unit).assign(week=pd.to_datetime(table["week"])).sort_values("week", kind="stable")
    return table.assign(when=[words.day(w) for w in table["week"]]).reset_index(drop=True)


def _dates(milestones: pd.DataFrame | None, weeks: pd.Series) -> tuple[list[Any], str]:
    """Each milestone as a numbered rule, what lasts as a shade, holidays as short rules; and the key to the numbers."""
    marked = _milestones(milestones, weeks)
    if marked.empty:
        return [], ""
    key = {name: str(i) for i, name in enumerate(dict.fromkeys(marked["name"][~marked["holiday"]]), 1)}
    marked["number"] = marked["name"].map(key).fillna("")
    tips = [alt.Tooltip("name:N", title="What"), alt.Tooltip("day:N", title="When")]
    base = alt.Chart(marked[~marked["holiday"]][["week", "until", "name", "day", "number"]]).encode(
        x="week:T", tooltip=tips
    )
    free = alt.Chart(marked[marked["holiday"]][["week", "name", "day"]]).encode(x="week:T", tooltip=tips)
    top, short = alt.value(0), alt.value(10)
    layers = [
        base.mark_rect(color=INK, opacity=0.09).encode(x2="until:T"),
        base.mark_rule(color=INK, strokeDash=[3, 2], opacity=0.7),
        base.mark_text(baseline="bottom", dy=-2, fontSize=11, fontWeight="bold", color=INK).encode(
            y=top, text="number:N"
        ),
        free.mark_rule(color=MUTED, opacity=0.7).encode(y=top, y2=short),
    ]
    says = ", ".join(f"{number} {name}" for name, number in key.items())
    return layers, "\n" + _joined(says, "short lines: holidays" if marked["holiday"].any() else "")


def _milestones(milestones: pd.DataFrame | None, weeks: pd.Series) -> pd.DataFrame:
    """Those within the weeks shown, by date: week (the day), until (its end, the same day where it does not last), …"""
    if milestones is None or milestones.empty or weeks.empty:
        return pd.DataFrame()
    table = milestones.assign(week=pd.to_datetime(milestones["starts_on"]))
    end = weeks.max() + pd.Timedelta(days=6)
    table = table[(table["week"] >= weeks.min()) & (table["week"] <= end)].sort_values("week", kind="stable")
    until = pd.to_datetime(table["ends_on"]) if "ends_on" in table else table["week"]
    until = until.fillna(table["week"])
    holiday = table["kind"] == "holiday" if "kind" in table else False
    days = [words.day(day) for day in table["week"]]
    return table.assign(until=until.where(until <= end, end), holiday=holiday, day=days).reset_index(drop=True)


def _lines_of(table: pd.DataFrame, by: str) -> dict[str, Any]:
    """One line in the main colour, or one for each value of a term, told apart by dashes too."""
    if not by:
        return {"color": alt.value(MAIN)}
    values = list(dict.fromkeys(table[by]))
    if len(values) > len(SERIES):
        raise ValueError(f"{len(values)} lines by {by!r} cannot be told apart; draw at most {len(SERIES)}.")
    legend = alt.Legend(symbolType="stroke", symbolOpacity=1, symbolStrokeWidth=2.5, symbolSize=200, columns=2)
    scale = alt.Scale(domain=values, range=list(SERIES[: len(values)]))
    colour = alt.Color(f"{by}:N", scale=scale, sort=values, legend=legend)
    dash = alt.Scale(domain=values, range=list(DASHES[: len(values)]))
    return {"color": colour, "strokeDash": alt.StrokeDash(f"{by}:N", scale=dash, sort=values)}


def _ribbon(base: alt.Chart, y: dict[str, Any], low: str = "conf_low", **mark: Any) -> list[Any]:
    """The interval as a ribbon, where there is one."""
    if low not in base.data:
        return []
    ends = {**y, "shorthand": f"{low}:Q"}
    return [base.mark_area(opacity=0.16, **mark).encode(y=alt.Y(**ends), y2=low.replace("low", "high"))]


def _course(table: pd.DataFrame, term: str, unit: str, kind: str = "Line") -> str:
    known = table.dropna(subset=["estimate"])
    if known.empty:
        return "Nothing to draw"
    first, last = ((row["value"], _place(row[term])) for _, row in known.iloc[[0, -1]].iterrows())
    return f"{kind} of {unit or 'the measurement'}, from {first[0]} ({first[1]}) to {last[0]} ({last[1]})"


def _place(where: Any) -> str:
    return where if isinstance(where, str) else words.number(where, 0)


def _joined(*parts: str) -> str:
    return words.capital("; ".join(p.rstrip(".") for p in parts if p))


def _open(result: Any, table: pd.DataFrame, unit: str, within: str | None = None) -> tuple[pd.DataFrame, str]:
    """The rows that may be shown, and what to say of the others; `n` counts people."""
    if "n" not in table:
        return table, privacy.said(result)
    having = (table["estimate"] * table["n"]).round() if words.is_share(unit) else None
    people = table["n"].where(table["estimate"].notna(), 0)
    hidden = privacy.withheld(people, table[within] if within else None, having)
    return table[~hidden].reset_index(drop=True), privacy.note(hidden) or privacy.said(result)


def _open_groups(
    table: pd.DataFrame, group: str, people: str, minimum: int = privacy.MINIMUM
) -> tuple[pd.DataFrame, str]:
    """The same where a group has several rows and is as large in each."""
    hidden = privacy.withheld(table.groupby(group)[people].max(), minimum=minimum)
    return table[~table[group].isin(hidden.index[hidden])].reset_index(drop=True), privacy.note(hidden, minimum)


# ── how far people came ─────────────────────────────────────────────────────────────────────────────────────────


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


def retention(result: Any, *, title: Any, subtitle: str = "", period: str = "week") -> alt.LayerChart:
    """Who is still active how long after the start: `cohort`, `age`, share, `users`; cells too young are blank."""
    table = data(result, "cohort", "age", "estimate", "users")
    table, withheld = _open_groups(table, "cohort", "users", privacy.ALIKE)  # no share can then be nobody's or all's
    starts = pd.to_datetime(table["cohort"])
    table = worded(table.assign(cohort=[words.period(c, period) for c in starts]), "share").dropna(subset=["estimate"])
    tips = tooltip(table, "still active", cohort="Started", age=f"{period.capitalize()}s later", users="in this cohort")
    order = [words.period(c, period) for c in sorted(starts.unique())]
    x = alt.X("age:O", axis=alt.Axis(title=f"{period.capitalize()}s since the start", labelOverlap=True, labelAngle=0))
    y = alt.Y("cohort:N", sort=order, axis=alt.Axis(title=None, labelOverlap=True))
    later = table[table["age"] > 0]["estimate"]
    said = f"Heat map of {len(order)} cohorts; after the start between {_range_words(later, 'share')} are active"
    return frame([_cells(table, tips, x, y)], title, _joined(subtitle, withheld), said, alt.Step(14))


def retention_curve(
    result: Any, *, title: Any, subtitle: str = "", by: str = "", period: str = "week"
) -> alt.LayerChart:
    """Retention at each age with its interval: `age`, estimate[, conf_low, conf_high, n][, `by`: a line each]."""
    unit = unit_of(result) or "share of people"
    table = data(result, "age", "estimate", *([by] if by else []), also=INTERVAL)
    table = worded(table[table["n"] >= privacy.ALIKE] if "n" in table else table, unit)
    x = alt.X("age:Q", axis=alt.Axis(title=f"{period.capitalize()}s since the start", grid=False, tickMinStep=1))
    y, base = value_axis(unit, zero=True), alt.Chart(table).encode(x=x, **_lines_of(table, by))
    tips = tooltip(table, "active", **({by: "active"} if by else {}), age=f"{period.capitalize()}s later")
    points = base.mark_point(size=26, filled=True, opacity=1).encode(y=alt.Y(**y), tooltip=tips)
    layers = [*_ribbon(base, y), base.mark_line(strokeWidth=2.5).encode(y=alt.Y(**y)), points]
    return frame(layers, title, subtitle, _course(table, "age", unit), 240)


def survival(result: Any, *, title: Any, subtitle: str = "", by: str = "", period: str = "week") -> alt.LayerChart:
    """How the share that got there grows with time, in steps from nobody at the start.

    result : `week` (a count), estimate[, conf_low, conf_high, n: those who still could][, `by`]
    Kaplan–Meier: people whose time is not over count for as long as they were seen. A line ends where fewer than ten
    people still could: what follows would tell of each of them.
    """
    unit = unit_of(result) or "share of people"
    table = data(result, period, "estimate", *([by] if by else []), also=INTERVAL)
    table = table[table["n"] >= privacy.ALIKE] if "n" in table else table
    table = worded(_from_nobody(table, period, by), unit)
    x = alt.X(f"{period}:Q", axis=alt.Axis(title=f"{period.capitalize()}s of access", grid=False, tickMinStep=1))
    y, base = value_axis(unit, domain=[0, 1]), alt.Chart(table).encode(x=x, **_lines_of(table, by))
    tips = tooltip(table, unit, **({by: words.capital(by)} if by else {}), **{period: f"{period.capitalize()}s"})
    line = base.mark_line(strokeWidth=2.5, interpolate="step-after").encode(y=alt.Y(**y))
    reached = base.mark_point(size=60, opacity=0).encode(y=alt.Y(**y), tooltip=tips)
    layers = [*_ribbon(base, y, interpolate="step-after"), line, reached]
    return frame(layers, title, subtitle, _course(table, period, unit), 260)


def _from_nobody(table: pd.DataFrame, period: str, by: str) -> pd.DataFrame:
    """The same with a first row for each line, at the start, when nobody had got there."""
    first = table.drop_duplicates(by) if by else table.head(1)
    ends = {name: 0.0 for name in ("estimate", *INTERVAL[:2]) if name in table}
    order = [*([by] if by else []), period]
    return pd.concat([first.assign(**{period: 0}, **ends), table]).sort_values(order, ignore_index=True, kind="stable")


def diffusion(result: Any, forecast: Any, *, title: Any, subtitle: str = "") -> alt.LayerChart:
    """How many have come so far, the curve through them, and where it leads.

    result : `week`, adopted (share who had come), estimate (of the curve), conf_low, conf_high
    forecast : the same for the weeks to come, without `adopted`; None: the curve does not fit, and leads nowhere
    """
    unit = "share of people with access"
    past = _by_week(data(result, "week", "estimate", *INTERVAL[:2], "adopted"), unit)
    past["was"] = [figure(v, unit) for v in past["adopted"]]
    ahead = None if forecast is None else _by_week(data(forecast, "week", "estimate", *INTERVAL[:2]), unit)
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
    return frame(layers, title, _joined(subtitle, *key), said, 260)


def _fan(ahead: pd.DataFrame | None, x: alt.X, y: dict[str, Any]) -> list[Any]:
    if ahead is None:
        return []
    base = alt.Chart(ahead).encode(x=x, color=alt.value(MAIN))
    point = base.mark_point(size=60, opacity=0).encode(y=alt.Y(**y), tooltip=tooltip(ahead, "expected", when="Week of"))
    return [*_ribbon(base, y), base.mark_line(strokeWidth=2, strokeDash=[5, 3]).encode(y=alt.Y(**y)), point]


# ── who, what, when ─────────────────────────────────────────────────────────────────────────────────────────────


def group_intervals(
    result: Any, *, title: Any, subtitle: str = "", unit: str = "", group: str = "", overall: float | None = None
) -> alt.LayerChart:
    """Groups from highest to lowest with their intervals, beside everybody together.

    result : the group's column, estimate, conf_low, conf_high[, band_low, band_high], n
    overall : the line to compare with; default: the estimates' own. Groups with their interval on one side stand out
    """
    unit, group = unit_of(result, unit), group or _first_term(result)
    table = data(result, group, "estimate", *INTERVAL[:2], also=("n", *BAND)).dropna(subset=["estimate"])
    table = table.sort_values(["estimate", group], ascending=[False, True])
    line = overall if overall is not None else _overall(result)
    return _intervals(
        result, table, group, unit, title, subtitle, line, f"everybody {figure(line, unit)}" if line is not None else ""
    )


def comparison(result: Any, *, title: Any, subtitle: str = "", unit: str = "", term: str = "") -> alt.LayerChart:
    """Effects side by side with their intervals and a line at no change, in the order of the rows.

    For programmes, formats, cohorts, groups, or one effect computed in several ways.
    result : the term's column, estimate, conf_low, conf_high[, band_low, band_high: all at once][, n]
    """
    unit, term = unit_of(result, unit), term or _first_term(result)
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
    table, withheld = _open(result, table, unit)
    table = worded(table, unit).assign(label=_labels(table, term), side=_sides(table, line))
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
    note = _joined(subtitle, _key(table), _widths(table, "each"), few, withheld)
    return frame([*layers, dots], title, note, _groups_words(table, unit), _step(table))


def _labels(table: pd.DataFrame, term: str) -> list[str]:
    """Each name with its number of people, in lines that leave a phone room for the picture."""
    counts = [f" ({n:,.0f})" for n in table["n"]] if "n" in table else [""] * len(table)
    return ["\n".join(textwrap.wrap(f"{v}{n}", 24)) for v, n in zip(table[term], counts, strict=True)]


def _step(table: pd.DataFrame) -> alt.Step:
    return alt.Step(34 if table["label"].astype(str).str.contains("\n").any() else 24)


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


def _first_term(result: Any) -> str:
    table = result if isinstance(result, pd.DataFrame) else result.table
    return next(c for c in table.columns if table[c].dtype.kind not in "fiub")


def _overall(result: Any) -> float | None:
    overall = None if isinstance(result, pd.DataFrame) else result.overall
    if isinstance(overall, pd.DataFrame):
        overall = overall.iloc[0]
    return None if overall is None else float(overall["estimate"])


def feature_reach(result: Any, *, title: Any, subtitle: str = "", group: str = "role") -> alt.LayerChart:
    """Which features reach whom: `feature`, `group`, share[, n]; the most reaching feature first, unused ones at 0%."""
    table, withheld = _open(result, data(result, "feature", group, "estimate", also=("n", "users")), "share", "feature")
    table = worded(table, "share")
    order = list(table.groupby("feature")["estimate"].mean().sort_values(ascending=False, kind="stable").index)
    tips = tooltip(table, "have used it", feature="Feature", **{group: words.capital(group)})
    x = alt.X(f"{group}:N", axis=_column_names(table[group]))
    cells = _cells(table, tips, x, alt.Y("feature:N", sort=order, axis=alt.Axis(title=None)))
    said = (
        f"Heat map of features by {group}; most used {order[0]}, least used {order[-1]}" if order else "Nothing to draw"
    )
    return frame([cells, *_cell_figures(table, cells)], title, _joined(subtitle, withheld), said, alt.Step(24))


def pattern_paths(result: Any, *, title: Any, subtitle: str = "", unit: str = "") -> alt.LayerChart:
    """The mean week of each pattern as a band of cells: `pattern`, `week`, estimate, n; the most used first."""
    table, withheld = _open(result, data(result, "pattern", "week", "estimate", "n"), unit, "week")
    table = _by_week(table, unit).assign(until=lambda t: t["week"] + pd.Timedelta(weeks=1))
    order = list(table.groupby("pattern")["estimate"].mean().sort_values(ascending=False, kind="stable").index)
    tips = tooltip(table, unit, pattern="Pattern", when="Week of")
    y = alt.Y("pattern:N", sort=order, axis=alt.Axis(title=None, labelLimit=180))
    legend = alt.Legend(title=unit, gradientLength=140, gradientThickness=8, tickCount=4)
    scale = alt.Scale(range=list(BLUES), domain=[0, float(table["estimate"].max())], interpolate="lab")
    colour = alt.Color("estimate:Q", scale=scale, legend=legend)
    cells = alt.Chart(table).mark_rect().encode(x=week_axis(table["week"]), x2="until:T", y=y, color=colour)
    ends = table.groupby("pattern")["value"].agg(["first", "last"])
    said = "; ".join(f"{name} from {ends.loc[name, 'first']} to {ends.loc[name, 'last']}" for name in order)
    return frame([cells.encode(tooltip=tips)], title, _joined(subtitle, withheld), f"{unit}: {said}", alt.Step(30))


def transitions(result: Any, *, title: Any, subtitle: str = "") -> alt.LayerChart:
    """Where people of each segment went: `before`, `after`, estimate (of those before), n (those before)[, `users`].

    Below each share stands its interval, where there is one.
    """
    table = data(result, "before", "after", "estimate", "n", also=("users", *INTERVAL))
    table, withheld = _open_groups(table, "before", "n", privacy.ALIKE)  # no share can then be nobody's or all's
    table = worded(table, "share").assign(label=_with_interval)
    order = list(_stack_order(pd.concat([table["before"], table["after"]])))
    tips = tooltip(table, "of them", before="Before", after="After", users="moved so")
    x = alt.X("after:N", sort=order, axis=_column_names(table["after"], "after"))
    cells = _cells(table, tips, x, alt.Y("before:N", sort=order, axis=alt.Axis(title="before")))
    stayed = table[table["before"] == table["after"]]
    said = ", ".join(f"{s} {v}" for s, v in zip(stayed["before"], stayed["value"], strict=True))
    key = "below each share: between which two it lies (95%)" if "likely" in table else ""
    layers, note = [cells, *_cell_figures(table, cells, "label")], _joined(subtitle, key, withheld)
    return frame(layers, title, note, f"Heat map; stayed where they were: {said}", alt.Step(36))


def _with_interval(table: pd.DataFrame) -> list[str]:
    """Each share, and below it the two ends of its interval in per cent: 90%, 88–92."""
    if "conf_low" not in table:
        return list(table["value"])
    rows = zip(table["value"], 100 * table["conf_low"], 100 * table["conf_high"], strict=True)
    return [f"{value}\n{words.number(low, 0)}–{words.number(high, 0)}" for value, low, high in rows]


def flow(result: Any, *, title: Any, subtitle: str = "") -> alt.LayerChart:
    """How people move between segments, as bands from where they were to where they are.

    result : `before`, `after`, `users`, `way` (of `WAYS`), n (those before), estimate (of those before)
    A band is as wide as it has people. Segments stand from most use (above) to least, so that a band which rises leads
    to more use, whatever its colour.
    """
    table = data(result, "before", "after", "users", "way", "n", "estimate", also=INTERVAL)
    table, withheld = _open_groups(table, "before", "n", privacy.ALIKE)
    # Who stayed is drawn first, so that who moved is seen.
    table = worded(table, "share").sort_values("way", key=lambda ways: ways != "the same", kind="stable")
    bands, ends = _bands(table.reset_index(drop=True))
    there = [way for way in WAYS if (table["way"] == way).any()]
    colour = alt.Scale(domain=there, range=[WAYS[way] for way in there])
    legend = alt.Legend(columns=2, labelLimit=180, symbolType="square", offset=26)
    tips = tooltip(bands, "of them", before="Before", after="After", users="people who moved so")
    x = alt.X("x:Q", axis=None, scale=alt.Scale(domain=[-0.3, 1.3], nice=False))
    y: dict[str, Any] = {"axis": None, "scale": alt.Scale(reverse=True, nice=False, zero=False)}
    areas = (
        alt.Chart(bands)
        .mark_area(opacity=0.75, interpolate="monotone")
        .encode(
            x=x,
            y=alt.Y("top:Q", **y),
            y2="bottom:Q",
            detail="band:N",
            tooltip=tips,
            color=alt.Color("way:N", scale=colour, sort=there, legend=legend),
        )
    )
    layers = [areas, *_posts(ends, x, y, counted=not withheld), *_headings(x)]
    counts = table.groupby("way")["users"].sum()
    said = ", ".join(f"{way} {counts[way]:,.0f}" for way in there)
    return frame(layers, title, _joined(subtitle, withheld), f"Bands of people between segments: {said}", 360)


def _bands(table: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Each band as points along its two edges, and the segments at its ends: side, segment, top, bottom, people."""
    order = _stack_order(pd.concat([table["before"], table["after"]]))
    placed = table.assign(**{side: pd.Categorical(table[side], order) for side in ("before", "after")})
    gap = 0.045 * float(table["users"].sum())
    left, ends_left = _stacks(placed, "before", "after", gap)
    right, ends_right = _stacks(placed, "after", "before", gap)
    points = pd.DataFrame({"x": [i / 8 for i in range(9)]}).assign(bend=lambda p: p["x"] ** 2 * (3 - 2 * p["x"]))
    drawn = table.assign(band=[str(i) for i in range(len(table))], left=left, right=right).merge(points, how="cross")
    top = drawn["left"] + drawn["bend"] * (drawn["right"] - drawn["left"])
    kept = drawn.drop(columns=["left", "right", "bend", "n", "estimate", *INTERVAL[:2]], errors="ignore")
    return kept.assign(top=top, bottom=top + drawn["users"]), pd.concat([ends_left, ends_right], ignore_index=True)


def _stacks(table: pd.DataFrame, side: str, other: str, gap: float) -> tuple[pd.Series, pd.DataFrame]:
    """Where each band begins on one side, its segments one below another; and the segments: segment, top, bottom."""
    rows = table.sort_values([side, other])
    rank = rows[side].cat.remove_unused_categories().cat.codes
    top = rows["users"].cumsum() - rows["users"] + gap * rank
    each = rows.assign(top=top, bottom=top + rows["users"]).groupby(side, observed=True)
    ends = each.agg(top=("top", "min"), bottom=("bottom", "max"), people=("users", "sum")).reset_index()
    return top.reindex(table.index), ends.rename(columns={side: "segment"}).assign(x=0 if side == "before" else 1)


def _posts(ends: pd.DataFrame, x: alt.X, y: dict[str, Any], counted: bool) -> list[Any]:
    """The segments as posts beside which their names and people stand; those after only where all were `counted`."""
    sizes = [f" {n:,.0f}" if counted or at == 0 else "" for n, at in zip(ends["people"], ends["x"], strict=True)]
    named = ends.assign(
        segment=ends["segment"].astype(str),
        label=[f"{s}{n}" for s, n in zip(ends["segment"], sizes, strict=True)],
        middle=(ends["top"] + ends["bottom"]) / 2,
    )
    post = alt.Chart(named).mark_rule(strokeWidth=5, color=INK).encode(x=x, y=alt.Y("top:Q", **y), y2="bottom:Q")
    left, right = (alt.Chart(named[named["x"] == at]) for at in (0, 1))
    texts = [
        left.mark_text(align="right", dx=-8, fontSize=11, color=INK),
        right.mark_text(align="left", dx=8, fontSize=11, color=INK),
    ]
    texts = [text.encode(x=x, y=alt.Y("middle:Q", **y), text="label:N") for text in texts]
    return [post, *texts]


def _headings(x: alt.X) -> list[Any]:
    both = alt.Chart(pd.DataFrame({"x": [0, 1], "says": ["before", "after"]}))
    text = both.mark_text(baseline="bottom", dy=-6, fontSize=11, color=MUTED)
    return [text.encode(x=x, y=alt.value(0), text="says:N")]


def weekday_hour(result: Any, *, title: Any, subtitle: str = "") -> alt.LayerChart:
    """When people work in it: `weekday` (0 is Monday), `hour` of the local clock, share of all actions."""
    table = worded(data(result, "weekday", "hour", "estimate"), "share")
    table["value"] = [f"{words.number(100 * v, 1)}%" for v in table["estimate"]]
    table["day"] = [WEEKDAYS[int(d)] for d in table["weekday"]]
    tips = tooltip(table, "of all actions", day="Day", hour="Hour")
    x = alt.X("hour:O", axis=alt.Axis(title="Hour of the local clock", labelAngle=0, labelOverlap=True))
    cells = _cells(table, tips, x, alt.Y("day:N", sort=list(WEEKDAYS), axis=alt.Axis(title=None)))
    peak = table.iloc[int(table["estimate"].argmax())]
    return frame(
        [cells],
        title,
        subtitle,
        f"Heat map by weekday and hour; most on {peak['day']} at {peak['hour']} h",
        alt.Step(22),
    )


def left_out(result: Any, *, title: Any, subtitle: str = "") -> alt.LayerChart:
    """What became of every row: `reason`, `rows`[, `meaning`], in their order; reasons without rows are not drawn."""
    table = data(result, "reason", "rows", also=("meaning",))
    table = table[table["rows"] > 0].assign(kept=table["reason"] == "kept")
    share = table["rows"] / table["rows"].sum()
    table["count"] = [f"{r:,.0f} · {_small_share(s)}" for r, s in zip(table["rows"], share, strict=True)]
    tips = [alt.Tooltip(f"{c}:N", title=c) for c in ("reason", "meaning", "count") if c in table]
    base = alt.Chart(table).encode(y=alt.Y("reason:N", sort=list(table["reason"]), axis=None), tooltip=tips)
    colour = alt.Color("kept:N", scale=alt.Scale(domain=[True, False], range=[MAIN, UNCLEAR]), legend=None)
    bar = base.mark_bar(height=8, yOffset=7).encode(x=alt.X("rows:Q", axis=None), color=colour)
    name = base.mark_text(align="left", baseline="bottom", dy=1, color=INK).encode(x=alt.value(0), text="reason:N")
    count = base.mark_text(align="right", baseline="bottom", dy=1, color=INK).encode(
        x=alt.value("width"), text="count:N"
    )
    said = "; ".join(f"{r}: {c}" for r, c in zip(table["reason"], table["count"], strict=True))
    return frame([bar, name, count], title, subtitle, f"Bars of rows by what became of them. {said}", alt.Step(34))


def _small_share(share: float) -> str:
    return f"{words.number(100 * share, 1)}%" if share >= 0.001 else "less than 0.1%"


def _column_names(names: pd.Series, title: str | None = None) -> alt.Axis:
    """Names below columns: word under word, or upright where there are many."""
    angle = {"labelAngle": 0, "labelExpr": "split(datum.label, ' ')"} if names.nunique() <= 6 else {"labelAngle": -90}
    return alt.Axis(title=title, labelOverlap=False, labelFontSize=10, **angle)


def _cells(table: pd.DataFrame, tips: list[alt.Tooltip], x: alt.X, y: alt.Y) -> alt.Chart:
    top = float(table["estimate"].max()) if len(table) else 1.0
    scale = alt.Scale(range=list(BLUES), domain=[0, top or 1.0], interpolate="lab")
    legend = alt.Legend(format="%", gradientLength=140, gradientThickness=8, tickCount=3)
    colour = alt.Color("estimate:Q", scale=scale, legend=legend)
    return alt.Chart(table).mark_rect(stroke="white", strokeWidth=0.5).encode(x=x, y=y, color=colour, tooltip=tips)


def _cell_figures(table: pd.DataFrame, cells: alt.Chart, text: str = "value") -> list[alt.Chart]:
    """The figure in each cell, in the ink that can be read on it."""
    dark = table["estimate"] > 0.45 * float(table["estimate"].max())
    two: dict[str, Any] = {"lineBreak": "\n", "lineHeight": 11, "dy": -5}
    lines = two if any("\n" in label for label in table[text]) else {}
    return [
        alt.Chart(part)
        .mark_text(fontSize=10, color=ink, **lines)
        .encode(x=cells.encoding.x, y=cells.encoding.y, text=f"{text}:N")
        for part, ink in ((table[dark], "white"), (table[~dark], INK))
        if len(part)
    ]


def _range_words(values: pd.Series, unit: str) -> str:
    return f"{figure(values.min(), unit)} and {figure(values.max(), unit)}"


# ── effects ─────────────────────────────────────────────────────────────────────────────────────────────────────


def treatment_plot(
    result: Any, *, since: Any, until: Any, title: Any, subtitle: str = "", did: str = "trained"
) -> alt.LayerChart:
    """Who came when: `cohort` (a Monday; missing: never), `n`, drawn from `since` to the end of the week of `until`.

    result : may also have `ended`, the first Monday without (missing: on to the end)
    """
    table = data(result, "cohort", "n", also=("ended",))
    start, end = pd.Timestamp(since), pd.Timestamp(until) + pd.Timedelta(weeks=1)
    began = pd.to_datetime(table["cohort"])
    ended = pd.to_datetime(table["ended"]) if "ended" in table else began.where(began.isna())
    table = table.assign(began=began, ended=ended).sort_values(["began", "ended"], na_position="last", kind="stable")
    table["label"] = [_wave(row) for row in table.to_dict("records")]
    on, off = (table[column].fillna(end).mask(table[column] < start, start) for column in ("began", "ended"))
    stages: dict[str, tuple[Any, Any]] = {f"not {did}": (start, on), did: (on, off), "over": (off, end)}
    drawn = pd.concat([table.assign(week=a, until=b, state=state) for state, (a, b) in stages.items()])
    spans = drawn.loc[drawn["week"] < drawn["until"], ["label", "week", "until", "state", "n"]]
    shown = [state for state in stages if (spans["state"] == state).any()]
    colours = dict(zip(stages, (WAITING, MAIN, UNCLEAR), strict=True))
    states = alt.Scale(domain=shown, range=[colours[state] for state in shown])
    tips = [alt.Tooltip("label:N", title="First week (people)"), alt.Tooltip("state:N", title="then")]
    mondays = pd.Series(pd.date_range(start, end - pd.Timedelta(days=1), freq="7D"))
    bars = (
        alt.Chart(spans)
        .mark_bar(height=14)
        .encode(
            x=week_axis(mondays),
            x2="until:T",
            y=alt.Y("label:N", sort=list(table["label"]), axis=alt.Axis(title=None, grid=False, labelLimit=220)),
            color=alt.Color("state:N", scale=states, sort=shown),
            tooltip=tips,
        )
    )
    return frame([bars], title, subtitle, f"Bars of first weeks (people): {', '.join(table['label'])}", alt.Step(22))


def _wave(row: dict[Any, Any]) -> str:
    """Who had it when, and how many they are."""
    if pd.isna(row["began"]):
        return f"never ({row['n']:,.0f})"
    until = "" if pd.isna(row["ended"]) else f" to {words.day(row['ended'])}"
    return f"{words.day(row['began'])}{until} ({row['n']:,.0f})"


def event_study(
    result: Any, *, title: Any, subtitle: str = "", unit: str = "", start: str = "training"
) -> alt.LayerChart:
    """The effect by weeks since the start, before and after.

    result : `event_week`, estimate, conf_low, conf_high[, band_low, band_high: all weeks at once][, n]
    Before the start the estimates should lie around zero: people who were to come had moved like those who were not.
    """
    unit = unit_of(result, unit)
    table, few = _sure(data(result, "event_week", "estimate", also=(*INTERVAL, *BAND)), "week")
    table = worded(table, unit).assign(phase=["before" if w < 0 else "after" for w in table["event_week"]])
    x = alt.X(
        "event_week:Q",
        axis=alt.Axis(title=f"Weeks since {start}", grid=False, tickMinStep=1),
        scale=alt.Scale(nice=False, padding=8),
    )
    y, tips = value_axis(unit, zero=True), tooltip(table, unit, event_week=f"Weeks since {start}")
    phase = alt.Scale(domain=["before", "after"], range=[UNCLEAR, MAIN])
    base = alt.Chart(table).encode(x=x, color=alt.Color("phase:N", scale=phase, legend=None))
    layers = [_zero(), *_begins(start), *_whiskers(base, y)]
    shape = alt.Shape("phase:N", scale=alt.Scale(domain=["before", "after"], range=["square", "circle"]), legend=None)
    layers.append(base.mark_point(size=45, filled=True, opacity=1).encode(y=alt.Y(**y), tooltip=tips, shape=shape))
    note = _joined(subtitle, _behind(table), _widths(table, "each week"), few)
    return frame(layers, title, note, _course(table, "event_week", unit, "Points by week"), 260)


def on_off(
    result: Any, *, weeks_on: int, title: Any, subtitle: str = "", unit: str = "", what: str = "incentive"
) -> alt.LayerChart:
    """What an incentive did before, while it ran, and after it stopped.

    result : `event_week` (since the start), estimate, conf_low, conf_high[, band_low, band_high][, n]
    weeks_on : how many weeks it ran; the zero line is where people would have been without it
    """
    unit = unit_of(result, unit)
    table, few = _sure(data(result, "event_week", "estimate", also=(*INTERVAL, *BAND)), "week")
    table = worded(table, unit)
    x = alt.X(
        "event_week:Q",
        axis=alt.Axis(title=f"Weeks since the {what} began", grid=False, tickMinStep=1),
        scale=alt.Scale(nice=False, padding=8),
    )
    y, base = value_axis(unit, zero=True), alt.Chart(table).encode(x=x, color=alt.value(MAIN))
    ran = alt.Chart(pd.DataFrame({"event_week": [-0.5], "until": [weeks_on - 0.5], "says": [f"{what} on"]}))
    shade = ran.mark_rect(color=SHADE).encode(x=x, x2="until:Q")
    label = ran.mark_text(align="left", baseline="top", dx=4, dy=4, fontSize=10, color=INK).encode(
        x=x, y=alt.value(0), text="says:N"
    )
    tips = tooltip(table, unit, event_week=f"Weeks since the {what} began")
    points = base.mark_point(size=45, filled=True, opacity=1).encode(y=alt.Y(**y), tooltip=tips)
    layers = [shade, _zero(), *_whiskers(base, y), base.mark_line(strokeWidth=1.5).encode(y=alt.Y(**y)), points, label]
    said = _course(table, "event_week", unit, "Points by week")
    return frame(layers, title, _joined(subtitle, _behind(table), few), said, 260)


def dose(result: Any, *, title: Any, subtitle: str = "", unit: str = "", dose: str = "hours") -> alt.LayerChart:
    """The effect by how much there was of it: `dose`, estimate, conf_low, conf_high[, n]."""
    unit = unit_of(result, unit)
    table = worded(data(result, dose, "estimate", also=(*INTERVAL, *BAND)).dropna(subset=["estimate"]), unit)
    x = alt.X(
        f"{dose}:Q",
        axis=alt.Axis(title=words.capital(dose), grid=False, values=sorted(table[dose])),
        scale=alt.Scale(zero=False, padding=12),
    )
    y, base = value_axis(unit, zero=True), alt.Chart(table).encode(x=x, color=alt.value(MAIN))
    points = base.mark_point(size=60, filled=True, opacity=1)
    layers = [_zero(), *_whiskers(base, y), base.mark_line(strokeWidth=1.5, strokeDash=[3, 3]).encode(y=alt.Y(**y))]
    layers.append(points.encode(y=alt.Y(**y), tooltip=tooltip(table, unit, **{dose: words.capital(dose)})))
    return frame(layers, title, _joined(subtitle, _behind(table)), _course(table, dose, unit, f"Points by {dose}"), 240)


def _sure(table: pd.DataFrame, each: str) -> tuple[pd.DataFrame, str]:
    """The rows that can be judged, and what to say of those whose few teams leave them without an interval."""
    table = table.dropna(subset=["estimate"])
    unsure = table["conf_low"].isna() & (table["estimate"] != 0) if "conf_low" in table else table["estimate"].isna()
    count = int(unsure.sum())
    said = f"{count} {each}{'s' * (count > 1)} left out: too few teams to say how sure" if count else ""
    return table[~unsure].reset_index(drop=True), said


def _whiskers(base: alt.Chart, y: dict[str, Any]) -> list[Any]:
    """Thin rules for all at once, thick ones for each by itself."""
    drawn = [(low, width) for low, width in (("band_low", 1), ("conf_low", 3)) if low in base.data]
    return [
        base.mark_rule(strokeWidth=width, opacity=0.6).encode(
            y=alt.Y(**{**y, "shorthand": f"{low}:Q"}), y2=low.replace("low", "high")
        )
        for low, width in drawn
    ]


def _zero() -> alt.Chart:
    return alt.Chart(pd.DataFrame({"zero": [0]})).mark_rule(color=INK, strokeWidth=1).encode(y=alt.Y("zero:Q"))


def _begins(start: str) -> list[Any]:
    """The line between the last week without and the first week with it."""
    base = alt.Chart(pd.DataFrame({"at": [-0.5], "says": [start]})).encode(x="at:Q")
    text = base.mark_text(align="left", baseline="top", dx=4, dy=2, fontSize=10, color=INK)
    return [base.mark_rule(color=INK, strokeDash=[3, 2], opacity=0.7), text.encode(y=alt.value(0), text="says:N")]


def _widths(table: pd.DataFrame, each: str) -> str:
    return f"thick: {each} by itself, thin: all at once" if "band_low" in table else ""


def _behind(table: pd.DataFrame) -> str:
    """How many people the points rest on."""
    if "n" not in table or table.empty:
        return ""
    few, many = int(table["n"].min()), int(table["n"].max())
    return f"each point rests on {f'{few:,} to {many:,} people' if few < many else words.people(few)}"
