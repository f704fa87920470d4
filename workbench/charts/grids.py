"""Cells of a grid, and bars of counts."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from workbench.charts.axes import LATER, SINCE
from workbench.charts.data import publishable, publishable_groups, state_order, table_of
from workbench.charts.frame import frame
from workbench.charts.theme import BLUES, INK, MAIN, TEXT, UNCLEAR
from workbench.charts.wording import bare, caption, figure, heading, in_words, tooltip
from workbench.results import privacy, words
from workbench.results.phrases import phrase, plain, say, translated
from workbench.results.shares import shares
from workbench.results.verdict import Way

MANY = 6  # columns from which on a cell has no room for a sign
MOST_FIGURES = 14  # columns in which a figure can be read on a phone
MOVED = {  # of four columns that a phone has room for
    Way.MORE: phrase("more use"),
    Way.SAME: phrase("the same"),
    Way.LESS: phrase("less use"),
    Way.OTHER: phrase("left"),
}


def retention(result: Any, *, title: Any, subtitle: str = "", period: str = "week") -> alt.LayerChart | None:
    """Who is still active how long after the start.

    result : `cohort` (its first day), `age` (periods later), share (0 to 1; missing: too young, a blank cell), `n`
        (people in the cohort)
    period : "week", "month" or "quarter", in which ages count
    Returns the chart, without cohorts of fewer than ten people; None where no other is left. Raises ValueError for a
    missing column.

    >>> january = pd.Timestamp("2025-01-01")
    >>> cells = pd.DataFrame({"cohort": january, "age": [0, 1], "share": [1, 0.4], "n": 40})
    >>> retention(cells, title="Two fifths stay", period="month").description
    'Two fifths stay. Heat map of 1 cohorts; after the start between 40% and 40% are active.'
    """
    table = table_of(result, "cohort", "age", "estimate", "n")
    # From ten people on, a share of nobody or of everybody may be shown.
    table, withheld = publishable_groups(table, "cohort", "n", privacy.ALIKE)
    if table.empty:
        return None
    starts = pd.to_datetime(table["cohort"])
    table = in_words(table.assign(cohort=[words.period(c, period) for c in starts]), "share").dropna(
        subset=["estimate"]
    )
    tips = tooltip(
        table,
        "still active",
        cohort=say("Started"),
        age=translated(LATER[period]),
    )
    order = [words.period(c, period) for c in sorted(starts.unique())]
    x = alt.X("age:O", axis=alt.Axis(title=translated(SINCE[period]), labelOverlap=True, labelAngle=0))
    y = alt.Y("cohort:N", sort=order, axis=alt.Axis(title=None, labelOverlap=True))
    table["figure"] = bare(table)
    few = table["age"].nunique() <= MOST_FIGURES
    later = table[table["age"] > 0]["estimate"]
    said = say(
        "Heat map of {n} cohorts; after the start between {least} and {most} are active",
        n=len(order),
        least=figure(later.min(), "share"),
        most=figure(later.max(), "share"),
    )
    cells = _cells(table, tips, x, y)
    figures = _cell_figures(table, cells, "figure") if few else []
    note = caption(say("figures: per cent") if few else "", withheld)
    return frame([cells, *figures], title, subtitle, said, alt.Step(26 if few else 16), note)


def feature_reach(result: Any, *, title: Any, subtitle: str = "", group: str = "role") -> alt.LayerChart:
    """Which features reach whom, the feature with the widest reach first.

    result : `feature`, the column named by `group`, share (0 to 1; unused: 0)[, n (people)]
    Returns the chart, without the groups that may not be shown. Raises ValueError for a missing column.

    >>> reach = pd.DataFrame({"feature": ["search", "export"], "role": "sales", "share": [0.9, 0.0], "n": 40})
    >>> feature_reach(reach, title="Nobody exports").description
    'Nobody exports. Heat map of features by role; most used search, least used export.'
    """
    table, withheld = publishable(
        result, table_of(result, "feature", group, "estimate", also=("n", "users")), "share", "feature"
    )
    table = in_words(table, "share")
    order = list(table.groupby("feature")["estimate"].mean().sort_values(ascending=False, kind="stable").index)
    tips = tooltip(table, "have used it", feature=say("Feature"), **{group: heading(group)})
    x = alt.X(f"{group}:N", axis=_column_names(table[group]))
    cells = _cells(table, tips, x, alt.Y("feature:N", sort=order, axis=alt.Axis(title=None)))
    said = _most_and_least(order, group)
    many = table[group].nunique() > MANY
    figures = _cell_figures(table.assign(figure=bare(table)), cells, "figure" if many else "value")
    note = caption(say("figures: per cent") if many else "", withheld)
    return frame([cells, *figures], title, subtitle, said, alt.Step(30), note)


def _most_and_least(features: list[str], group: str) -> str:
    """The alt text of features from the most used to the least."""
    if not features:
        return say("Nothing to draw")
    return say(
        "Heat map of features by {group}; most used {most}, least used {least}",
        group=translated(group),
        most=features[0],
        least=features[-1],
    )


def transitions(result: Any, *, title: Any, subtitle: str = "") -> alt.LayerChart:
    """How many of each segment moved up, stayed, moved down or left.

    result : `before`, `after`, `users` (people), `way` (of `MOVED`), n (those before)
    A pointer shows the interval of a share (Wilson); a cell has no room for it on a phone.
    Returns the chart, without segments of fewer than ten people and those that people can only join or leave. Raises
    ValueError for a missing column.

    >>> moved = pd.DataFrame({"before": "low", "after": ["low", "power"], "users": [60, 40], "n": 100,
    ...                       "way": ["the same", "to more use"]})
    >>> transitions(moved, title="Most stay").description
    'Most stay. Heat map; stayed where they were: occasional 60%.'
    """
    table = table_of(result, "before", "after", "users", "way", "n")
    table, withheld = publishable_groups(table, "before", "n", privacy.ALIKE)  # as in `retention`
    table = table[table.groupby("before")["way"].transform(lambda ways: (ways != Way.OTHER).any())]
    counts = table.groupby(["before", "way"], as_index=False, sort=False).agg(k=("users", "sum"), n=("n", "max"))
    counts = counts.assign(users=counts["k"])
    table = in_words(shares(counts, ["before", "way", "users"], "share of people", "").table, "share")
    order = [plain(name) for name in state_order(table["before"])]
    moved = {way: translated(name) for way, name in MOVED.items()}
    table = table.assign(before=table["before"].map(plain), after=table.pop("way").map(moved))
    tips = tooltip(table, phrase("of them"), before=say("Before"), after=say("After"), users=say("moved so"))
    x = alt.X("after:N", sort=list(moved.values()), axis=_column_names(table["after"]))
    cells = _cells(table, tips, x, alt.Y("before:N", sort=order, axis=alt.Axis(title=None)))
    stayed = table[table["after"] == moved[Way.SAME]]
    said = ", ".join(f"{s} {v}" for s, v in zip(stayed["before"], stayed["value"], strict=True))
    layers = [cells, *_cell_figures(table, cells)]
    return frame(
        layers,
        title,
        subtitle,
        say("Heat map; stayed where they were: {rows}", rows=said),
        alt.Step(34),
        caption("", withheld),
    )


def weekday_hour(result: Any, *, title: Any, subtitle: str = "") -> alt.LayerChart:
    """When people work in it.

    result : `weekday` (0 is Monday), `hour` of the local clock (0 to 23), share of all actions (0 to 1)
    Returns the chart. Raises ValueError for a missing column.

    >>> hours = pd.DataFrame({"weekday": [0, 1], "hour": [9, 10], "share": [0.7, 0.3]})
    >>> weekday_hour(hours, title="Monday mornings").description
    'Monday mornings. Heat map by weekday and hour; most on Monday at 9 h.'
    """
    table = in_words(table_of(result, "weekday", "hour", "estimate"), "share")
    table["value"] = [say("{n}%", n=words.number(100 * v, 1)) for v in table["estimate"]]
    table["day"] = [translated(words.WEEKDAYS[int(d)]) for d in table["weekday"]]
    tips = tooltip(table, phrase("of all actions"), day=say("Day"), hour=say("Hour"))
    x = alt.X("hour:O", axis=alt.Axis(title=say("Hour of the local clock"), labelAngle=0, labelOverlap=True))
    cells = _cells(
        table, tips, x, alt.Y("day:N", sort=[translated(day) for day in words.WEEKDAYS], axis=alt.Axis(title=None))
    )
    peak = table.iloc[int(table["estimate"].argmax())]
    said = say("Heat map by weekday and hour; most on {day} at {hour} h", day=peak["day"], hour=peak["hour"])
    return frame([cells], title, subtitle, said, alt.Step(26))


def left_out(result: Any, *, title: Any, subtitle: str = "") -> alt.LayerChart:
    """What became of every row of the log, in the order of the reasons; a reason without rows is not drawn.

    result : `reason` ("kept" for those that count), `rows` (a count)[, `meaning`: the reason in words]
    Returns the chart. Raises ValueError for a missing column.

    >>> reasons = pd.DataFrame({"reason": ["kept", "robots"], "rows": [900, 100]})
    >>> left_out(reasons, title="Nine of ten count").description
    'Nine of ten count. Bars of rows by what became of them. kept: 900 · 90.0%; robots: 100 · 10.0%.'
    """
    table = table_of(result, "reason", "rows", also=("meaning",))
    table = table[table["rows"] > 0].assign(kept=table["reason"] == "kept", reason=table["reason"].map(translated))
    share = table["rows"] / table["rows"].sum()
    table["count"] = [f"{words.number(r, 0)} · {_small_share(s)}" for r, s in zip(table["rows"], share, strict=True)]
    tips = [
        alt.Tooltip(f"{c}:N", title=title)
        for c, title in {"reason": say("reason"), "meaning": say("meaning"), "count": say("count")}.items()
        if c in table
    ]
    base = alt.Chart(table).encode(y=alt.Y("reason:N", sort=list(table["reason"]), axis=None), tooltip=tips)
    colour = alt.Color("kept:N", scale=alt.Scale(domain=[True, False], range=[MAIN, UNCLEAR]), legend=None)
    bar = base.mark_bar(height=8, yOffset=10).encode(x=alt.X("rows:Q", axis=None), color=colour)
    text: dict[str, Any] = {"baseline": "bottom", "dy": 3, "fontSize": TEXT, "color": INK}
    name = base.mark_text(align="left", **text).encode(x=alt.value(0), text="reason:N")
    count = base.mark_text(align="right", **text).encode(x=alt.value("width"), text="count:N")
    said = "; ".join(f"{r}: {c}" for r, c in zip(table["reason"], table["count"], strict=True))
    return frame(
        [bar, name, count], title, subtitle, say("Bars of rows by what became of them. {rows}", rows=said), alt.Step(40)
    )


def _small_share(share: float) -> str:
    return say("{n}%", n=words.number(100 * share, 1)) if share >= 0.001 else say("less than 0.1%")


def _column_names(names: pd.Series, title: str | None = None) -> alt.Axis:
    """Names below columns: word under word, or upright where there are many."""
    angle = {"labelAngle": 0, "labelExpr": "split(datum.label, ' ')"} if names.nunique() <= 6 else {"labelAngle": -90}
    return alt.Axis(title=title, labelOverlap=False, labelFontSize=TEXT - 2, **angle)


def _cells(table: pd.DataFrame, tips: list[alt.Tooltip], x: alt.X, y: alt.Y) -> alt.Chart:
    top = float(table["estimate"].max()) if len(table) else 1.0
    scale = alt.Scale(range=list(BLUES), domain=[0, top or 1.0], interpolate="lab")
    legend = alt.Legend(format="%", gradientLength=140, gradientThickness=8, tickCount=3)
    colour = alt.Color("estimate:Q", scale=scale, legend=legend)
    marks: alt.Chart = alt.Chart(table).mark_rect(stroke="white", strokeWidth=0.5)
    return marks.encode(x=x, y=y, color=colour, tooltip=tips)


def _cell_figures(table: pd.DataFrame, cells: alt.Chart, text: str = "value") -> list[alt.Chart]:
    """The figure in each cell, in the ink that can be read on it."""
    dark = table["estimate"] > 0.45 * float(table["estimate"].max())
    two: dict[str, Any] = {"lineBreak": "\n", "lineHeight": 15, "dy": -7}
    lines = two if any("\n" in label for label in table[text]) else {}
    return [
        alt.Chart(part)
        .mark_text(fontSize=TEXT - 4 if text == "figure" else TEXT - 2, color=ink, **lines)
        .encode(x=cells.encoding.x, y=cells.encoding.y, text=f"{text}:N", tooltip=cells.encoding.tooltip)
        for part, ink in ((table[dark], "white"), (table[~dark], INK))
        if len(part)
    ]
