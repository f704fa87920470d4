"""Pictures over time: a course with its interval, days, and stacks of people."""

from __future__ import annotations

import math
from typing import Any

import altair as alt
import pandas as pd

from workbench.charts.axes import milestone_marks, upright_axis, week_axis
from workbench.charts.data import INTERVAL, publishable, publishable_weeks, state_order, table_of
from workbench.charts.frame import frame
from workbench.charts.marks import line, line_styles, points, ribbon
from workbench.charts.theme import BELOW, INK, MAIN, MUTED, SERIES, STATES, TEXT
from workbench.charts.wording import by_week, caption, figure, heading, path_in_words, tooltip, unit_of
from workbench.results import words
from workbench.results.phrases import phrase, plain, say, say_n, translated

NEAR = 0.16  # of the weeks of a line: what a value beside one of its ends covers on a phone
ROOM_BELOW, LEVEL = 0.15, 0.04  # of the height: what a value below the line needs, and what is no fall


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

    result : `week` (a Monday), estimate[, conf_low, conf_high, n (people)][, `by`]
    unit : of the estimates, where `result` is a table
    by : a term with up to six values, each a line of its own
    milestones : `name`, `starts_on`[, `ends_on`]; those outside the weeks shown are left out
    unfinished : the Monday of a week that is not over; drawn hollow and beside the line, never as a fall
    target : where the line should be, in the unit
    Returns the chart, without the groups that may not be shown. Raises ValueError for a missing column or more than six
    lines.

    >>> weeks = pd.DataFrame({"week": pd.to_datetime(["2025-01-06", "2025-01-13"]), "estimate": [2.0, 2.5]})
    >>> trend(weeks, title="It grew", unit="active days a week").description
    'It grew. Line of active days a week, from 2.00 (6 Jan 2025) to 2.50 (13 Jan 2025).'
    """
    unit = unit_of(result, unit)
    table, withheld = publishable(
        result, table_of(result, "week", "estimate", *([by] if by else []), also=INTERVAL), unit, "week"
    )
    table = by_week(table, unit)
    over = table["week"] != pd.Timestamp(unfinished) if unfinished else table["week"].notna()
    scale, from_where = _scale(table, unit, target)
    y, colour, x = upright_axis(unit, **scale), line_styles(table, by), week_axis(table["week"])
    tips = tooltip(table, unit, **({by: heading(by)} if by else {}), when=say("Week of"))
    base = alt.Chart(table[over]).encode(x=x, **colour)
    hollow = alt.Chart(table[~over]).encode(x=x, y=alt.Y(**y), tooltip=tips, **colour)
    still = [hollow.mark_point(size=60, fill="white", strokeWidth=2)] if not over.all() else []
    dates, key = milestone_marks(milestones, table["week"])
    note = caption(say("hollow: the week is not over") if still else "", from_where, withheld, key)
    lines = [*ribbon(base, y), line(base, y), points(base, y, tips, 22)]
    values = [] if by else _ends(table[over], x, y, scale.get("domain", [0])[0])
    layers = [*lines, *still, *dates, *_target_line(target, unit, y), *values]
    return frame(layers, title, subtitle or translated(unit), path_in_words(table[over], "when", unit), 260, note)


def _scale(table: pd.DataFrame, unit: str, target: float | None) -> tuple[dict[str, Any], str]:
    """A scale that shows the change: shares that stay far above zero need not begin there, and then it is said."""
    low = [table[c].min() for c in ("estimate", "conf_low") if c in table]
    lowest = min([*low, *([] if target is None else [target])], default=0)
    if not words.is_share(unit) or not lowest >= 0.3:
        return {"zero": True}, ""
    high = max(table[c].max() for c in ("estimate", "conf_high") if c in table)
    floor = math.floor(10 * lowest - 0.5) / 10
    domain = [floor, min(1.0, math.ceil(10 * max(high, target or 0)) / 10)]
    return {"domain": domain, "zero": False}, say("the scale begins at {value}", value=figure(floor, unit))


def _ends(table: pd.DataFrame, x: alt.X, y: dict[str, Any], floor: float) -> list[Any]:
    """The value at the start, at the peak and at the end of a line, where neither the line nor another one stands.

    floor : where the scale begins
    """
    known = table.dropna(subset=["estimate"]).reset_index(drop=True)
    if len(known) < 2:
        return []
    near = max(1, math.ceil(NEAR * len(known)))
    last, peak = len(known) - 1, int(known["estimate"].argmax())
    first, end = (_beside(known, at, near, floor) for at in (0, last))
    labels: list[tuple[int, float, bool, Any]] = [(0, *first, "left"), (last, *end, "right")]
    if all(near + near // 2 < abs(peak - at) or below for at, _, below, _ in labels) and peak not in (0, last):
        labels.append((peak, float(known["estimate"].max()), False, "center"))
    return [
        alt.Chart(known.iloc[[at]][["week", "value"]].assign(estimate=height))
        .mark_text(dy=16 if below else -14, fontSize=TEXT, fontWeight="bold", color=MAIN, align=side)
        .encode(x=x, y=alt.Y(**y), text="value:N")
        for at, height, below, side in labels
    ]


def _beside(known: pd.DataFrame, at: int, near: int, floor: float) -> tuple[float, bool]:
    """Beside which height the value of one end stands, and whether below it: below a line that rises from there."""
    around = known["estimate"].iloc[max(0, at - near) : at + near + 1]
    value, least, most = float(known["estimate"].iloc[at]), float(around.min()), float(around.max())
    height = float(known["estimate"].max()) - floor
    below = value - floor > ROOM_BELOW * height and value - least < LEVEL * height and least < most
    return (least if below else most), below


def _target_line(target: float | None, unit: str, y: dict[str, Any]) -> list[Any]:
    """A line at the target, named above its right end."""
    if target is None:
        return []
    base = alt.Chart(pd.DataFrame({"estimate": [target], "says": [say("target {value}", value=figure(target, unit))]}))
    rule = base.mark_rule(color=INK, strokeWidth=1, strokeDash=[4, 2]).encode(y=alt.Y(**y))
    text = base.mark_text(align="right", baseline="bottom", dy=-3, fontSize=TEXT - 2, color=MUTED)
    return [rule, text.encode(x=alt.value("width"), y=alt.Y(**y), text="says:N")]


def daily(result: Any, silent: pd.DataFrame, *, title: Any, subtitle: str = "") -> alt.LayerChart:
    """Rows of the log day by day, with silent days marked.

    result : `date`, `rows` (a count); silent : `date` of each day on which hardly anything arrived
    Returns the chart. Raises ValueError for a missing column.

    >>> days = pd.DataFrame({"date": pd.to_datetime(["2025-01-06", "2025-01-07"]), "rows": [1200, 3]})
    >>> daily(days, days.iloc[1:], title="One silent day").description
    'One silent day. Line of rows a day, between 3 and 1,200; marked days: 1.'
    """
    table = table_of(result, "date", "rows")
    table = table.assign(week=pd.to_datetime(table["date"]), day=[words.day(d) for d in table["date"]])
    marked = table[table["date"].isin(silent["date"])]
    tips = [alt.Tooltip("day:N", title=say("Day")), alt.Tooltip("rows:Q", title=say("Rows"), format=",")]
    x = week_axis(table["week"][table["week"].dt.day_of_week == 0])
    y = alt.Y("rows:Q", axis=alt.Axis(title=None, tickCount=4, format="~s"))
    rows = alt.Chart(table).mark_line(strokeWidth=1, color=MAIN).encode(x=x, y=y)
    point = alt.Chart(table).mark_point(size=30, opacity=0).encode(x=x, y=y, tooltip=tips)
    mark = alt.Chart(marked).mark_point(size=60, shape="triangle-up", filled=True, opacity=1, color=BELOW)
    least, most = table["rows"].min(), table["rows"].max()
    said = say(
        "Line of rows a day, between {least} and {most}; marked days: {n}",
        least=words.number(least, 0),
        most=words.number(most, 0),
        n=len(marked),
    )
    return frame([rows, point, mark.encode(x=x, y=y, tooltip=tips)], title, subtitle, said, 200)


def lifecycle(result: Any, *, title: Any, subtitle: str = "", milestones: pd.DataFrame | None = None) -> alt.LayerChart:
    """People who are active and people who have stopped, week by week.

    result : `week` (a Monday), `state`, `users` (people); milestones : as in `trend`
    Returns the chart. Raises ValueError for a missing column.

    >>> monday = pd.Timestamp("2025-01-06")
    >>> weeks = pd.DataFrame({"week": monday, "state": ["new", "retained"], "users": [5, 40]})
    >>> lifecycle(weeks, title="They stay").description
    'They stay. Two lines of people by week; in the week of 6 Jan 2025: active 45, stopped 0.'
    """
    table, withheld = publishable_weeks(table_of(result, "week", "state", "users"))
    both = by_week(_active_and_stopped(table), "people")
    both["people"] = [words.number(n, 0) for n in both["estimate"]]
    y, x = upright_axis("people", zero=True), week_axis(both["week"])
    y["axis"]["format"] = ",.0f"
    base = alt.Chart(both).encode(x=x, **line_styles(both, "state"))
    titles = {"when": say("Week of"), "state": say("They are"), "people": say("people")}
    tips = [alt.Tooltip(f"{column}:N", title=name) for column, name in titles.items()]
    dates, key = milestone_marks(milestones, both["week"])
    active, stopped = both[both["week"] == both["week"].max()]["people"]
    said = say(
        "Two lines of people by week; in the week of {day}: active {active}, stopped {stopped}",
        day=both["when"].iloc[-1],
        active=active,
        stopped=stopped,
    )
    note = caption(say("stopped: active before, not this week"), _never_started(table), withheld, key)
    layers = [line(base, y), points(base, y, tips, 22), *dates]
    return frame(layers, title, subtitle, said, 260, note)


LIFE = {  # states of `adoption.lifecycle` → the line they belong to
    **dict.fromkeys(("new", "retained", "resurrected"), phrase("active")),
    **dict.fromkeys(("dormant", "inactive"), phrase("stopped")),
}


def _active_and_stopped(table: pd.DataFrame) -> pd.DataFrame:
    """The people of each week who are active, and those who were and have stopped."""
    counts = table.assign(line=table["state"].map(LIFE)).pivot_table(
        "users", "week", "line", aggfunc="sum", fill_value=0
    )
    both: pd.DataFrame = counts.reindex(columns=["active", "stopped"], fill_value=0).rename_axis(columns="state")
    return both.rename(columns=translated).melt(ignore_index=False, value_name="estimate").reset_index()


def _never_started(table: pd.DataFrame) -> str:
    last = table[table["week"] == table["week"].max()]
    never = last.loc[last["state"] == "never started", "users"].sum()
    return (
        say_n("not drawn: {n} person who never started", "not drawn: {n} people who never started", never)
        if never
        else ""
    )


def segment_weeks(
    result: Any, *, title: Any, subtitle: str = "", milestones: pd.DataFrame | None = None
) -> alt.LayerChart:
    """People by usage segment, week by week.

    result : `week` (a Monday), `segment`, `users` (people); milestones : as in `trend`
    Returns the chart. Raises ValueError for a missing column.

    >>> monday = pd.Timestamp("2025-01-06")
    >>> weeks = pd.DataFrame({"week": monday, "segment": ["low", "power"], "users": [5, 40]})
    >>> segment_weeks(weeks, title="Habits grow").description
    'Habits grow. Stacked bars of people by segment and week; in the week of 6 Jan 2025: heavy habit 40, occasional 5.'
    """
    table = table_of(result, "week", "segment", "users")
    known = table[table["segment"] != "new"].groupby("week")["users"].sum()
    table = table[table["week"].isin(known.index[known > 0])]  # before, everybody is new
    return _stacked(table, phrase("segment"), title, subtitle, milestones)


def _stacked(table: pd.DataFrame, state: str, title: Any, subtitle: str, milestones: Any) -> alt.LayerChart:
    table, withheld = publishable_weeks(table)
    there = [plain(name) for name in state_order(table[state])]
    states = {plain(name): colour for name, colour in STATES.items()}
    table = table.assign(**{state: table[state].map(plain)})
    table = _piled(by_week(table.assign(estimate=_of_the_week(table)), "share"), state, there)
    colours = [states.get(s, SERIES[i % len(SERIES)]) for i, s in enumerate(there)]
    tips = [alt.Tooltip("when:N", title=say("Week of")), alt.Tooltip(f"{state}:N", title=heading(state))]
    tips += [
        alt.Tooltip("users:Q", title=say("people"), format=","),
        alt.Tooltip("value:N", title=say("of all in that week")),
    ]
    bars = (
        alt.Chart(table)
        .mark_rect(stroke="white", strokeWidth=0.4)
        .encode(
            x=week_axis(table["week"]),
            x2="until:T",
            y=alt.Y("base:Q", axis=alt.Axis(title=None, format=",.0f", tickCount=5)),
            y2="top:Q",
            color=alt.Color(f"{state}:N", scale=alt.Scale(domain=there, range=colours), sort=there),
            tooltip=tips,
        )
    )
    dates, key = milestone_marks(milestones, table["week"])
    return frame(
        [bars, *dates],
        title,
        subtitle or say("people with access"),
        _stack_words(table, state, there),
        280,
        caption(withheld, key),
    )


def _of_the_week(table: pd.DataFrame) -> pd.Series:
    return table["users"] / table.groupby("week")["users"].transform("sum")


def _piled(table: pd.DataFrame, state: str, order: list[str]) -> pd.DataFrame:
    """Each state's block in its week's bar: from `base` to `top`, one on another in this order."""
    ranked = table.assign(rank=table[state].map({s: i for i, s in enumerate(order)})).sort_values(["week", "rank"])
    top = ranked.groupby("week")["users"].cumsum()
    return ranked.assign(base=top - ranked["users"], top=top, until=ranked["week"] + pd.Timedelta(weeks=1))


def _stack_words(table: pd.DataFrame, state: str, there: list[str]) -> str:
    last = table[table["week"] == table["week"].max()].set_index(state)["users"]
    return say(
        "Stacked bars of people by {state} and week; in the week of {day}: {counts}",
        state=translated(state),
        day=words.day(table["week"].max()),
        counts=", ".join(f"{s} {words.number(last.get(s, 0), 0)}" for s in there),
    )
