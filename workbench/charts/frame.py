"""What every chart shares: title and caption, tidy data, axes, tooltips."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import Any

import altair as alt
import pandas as pd

from workbench.charts.theme import (
    DASHES,
    INK,
    MAIN,
    MOST_ROWS,
    MUTED,
    PERSONAL,
    SERIES,
    STATES,
    SUBTITLE_WIDTH,
    TITLE_WIDTH,
    WIDTH,
)
from workbench.results import privacy, words


def frame(layers: Sequence[Any], title: Any, subtitle: str, description: str, height: Any) -> alt.LayerChart:
    """The layers as one chart with title, subtitle and the sentence that stands for it.

    A page makes it as wide as its column. Its own width is a number: JupyterLab hangs on one that asks for the place's.
    """
    head = alt.TitleParams(_lines(str(title).rstrip("."), TITLE_WIDTH), subtitle=_lines(subtitle, SUBTITLE_WIDTH))
    said = " ".join(words.sentence(part) for part in (str(title), description) if part)
    size = alt.AutoSizeParams(type="fit-x", contains="padding")
    return alt.LayerChart(layer=list(layers), title=head, description=said, height=height, width=WIDTH, autosize=size)


def _lines(text: Any, width: int) -> list[str]:
    return [line for part in str(text).split("\n") for line in textwrap.wrap(part, width)] or [""]


def data(result: Any, *needed: str, also: Sequence[str] = ()) -> pd.DataFrame:
    """The columns a chart draws, and no others: a page gives its charts' data away.

    `share` stands for `estimate` where there is none. Raises ValueError for a missing column, one that names people,
    or too many rows.
    """
    table = result if isinstance(result, pd.DataFrame) else result.table
    if "estimate" in needed and "estimate" not in table and "share" in table:
        table = table.rename(columns={"share": "estimate"})
    lacking = [c for c in needed if c not in table]
    if lacking:
        raise ValueError(f"the chart draws {', '.join(needed)}, but {lacking[0]!r} is not in {list(table.columns)}.")
    kept = [*needed, *(c for c in also if c in table and c not in needed)]
    if names := PERSONAL.intersection(kept):
        raise ValueError(f"{min(names)!r} names people, and a chart's data can be read on its page. Group them first.")
    if len(table) > MOST_ROWS:
        raise ValueError(
            f"a chart draws at most {MOST_ROWS:,} rows, and here are {len(table):,}. Aggregate them first."
        )
    return table[kept].reset_index(drop=True)


def unit_of(result: Any, unit: str = "") -> str:
    """What the numbers count: as said, or as the estimates say; a table of shares counts people."""
    if isinstance(result, pd.DataFrame):
        return unit or ("share of people" if "share" in result else "")
    return unit or str(result.unit)


def worded(table: pd.DataFrame, unit: str) -> pd.DataFrame:
    """The table with what a pointer reads: `value`, `likely` (its interval) and `people`, as words."""
    said = {"value": [figure(v, unit) for v in table["estimate"]]}
    if "conf_low" in table:
        ends = zip(table["conf_low"], table["conf_high"], strict=True)
        said["likely"] = [f"{figure(low, unit)} and {figure(high, unit)}" if low == low else "–" for low, high in ends]
    if "n" in table:
        said["people"] = [f"{n:,.0f}" for n in table["n"]]
    return table.assign(**said)


def tooltip(table: pd.DataFrame, unit: str = "", **terms: str) -> list[alt.Tooltip]:
    """What a pointer reads: the terms under their names, then the measurement in words."""
    fields = {**terms, "value": words.capital(unit), "likely": "likely between", "people": "people"}
    return [alt.Tooltip(f"{field}:N", title=title or field) for field, title in fields.items() if field in table]


def figure(value: float, unit: str) -> str:
    """A measurement as a chart writes it: 31% or 2.31; an en dash where there is none."""
    if value != value:
        return "–"
    return f"{words.number(100 * value, 0)}%" if words.is_share(unit) else words.number(value)


def value_axis(unit: str, field: str = "estimate", **scale: Any) -> dict[str, Any]:
    """An axis in the unit."""
    axis = alt.Axis(
        title=words.capital(unit),
        tickCount=5,
        labelOverlap="greedy",
        format="%" if words.is_share(unit) else alt.Undefined,
    )
    return {"shorthand": f"{field}:Q", "axis": axis, "scale": alt.Scale(**scale)}


def week_axis(weeks: pd.Series) -> alt.X:
    """Weeks by their Monday; the year where it begins."""
    mondays = sorted(pd.to_datetime(weeks).unique())
    step = next((s for s in (1, 2, 4, 8, 13, 26) if len(mondays) <= 7 * s), 52)
    ticks = [alt.DateTime(year=day.year, month=day.month, date=day.day) for day in mondays[::step]]
    first_of_year = f"month(datum.value) == 0 && date(datum.value) <= {min(7 * step, 31)}"
    year = f"datum.index == 0 || ({first_of_year}) ? timeFormat(datum.value, '%Y') : ''"
    label = f"[timeFormat(datum.value, '%-d %b'), {year}]"
    axis = alt.Axis(title=None, values=ticks, labelExpr=label, grid=False, labelOverlap="greedy", labelSeparation=4)
    return alt.X("week:T", axis=axis)


INTERVAL = ("conf_low", "conf_high", "n")
BAND = ("band_low", "band_high")


def stack_order(found: pd.Series) -> list[str]:
    """The states that occur, known ones first in their usual order."""
    return [s for s in STATES if s in set(found)] + sorted(set(found) - set(STATES))


def by_week(table: pd.DataFrame, unit: str) -> pd.DataFrame:
    """The table ready to draw over time: weeks as dates in order, and in words for the tooltip."""
    table = worded(table, unit).assign(week=pd.to_datetime(table["week"])).sort_values("week", kind="stable")
    return table.assign(when=[words.day(w) for w in table["week"]]).reset_index(drop=True)


def date_axis(milestones: pd.DataFrame | None, weeks: pd.Series) -> tuple[list[Any], str]:
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
    return layers, "\n" + joined(says, "short lines: holidays" if marked["holiday"].any() else "")


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


def lines_of(table: pd.DataFrame, by: str) -> dict[str, Any]:
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


def ribbon(base: alt.Chart, y: dict[str, Any], low: str = "conf_low", **mark: Any) -> list[Any]:
    """The interval as a ribbon, where there is one."""
    if low not in base.data:
        return []
    ends = {**y, "shorthand": f"{low}:Q"}
    return [base.mark_area(opacity=0.16, **mark).encode(y=alt.Y(**ends), y2=low.replace("low", "high"))]


def course_line(table: pd.DataFrame, term: str, unit: str, kind: str = "Line") -> str:
    """A course in words for the alt text: from which value to which."""
    known = table.dropna(subset=["estimate"])
    if known.empty:
        return "Nothing to draw"
    first, last = ((row["value"], _place(row[term])) for _, row in known.iloc[[0, -1]].iterrows())
    return f"{kind} of {unit or 'the measurement'}, from {first[0]} ({first[1]}) to {last[0]} ({last[1]})"


def _place(where: Any) -> str:
    return where if isinstance(where, str) else words.number(where, 0)


def joined(*parts: str) -> str:
    """Several parts of a caption as one; empty parts are left out."""
    return words.capital("; ".join(p.rstrip(".") for p in parts if p))


def without_withheld(
    result: Any, table: pd.DataFrame, unit: str, within: str | None = None
) -> tuple[pd.DataFrame, str]:
    """The rows that may be shown, and what to say of the others; `n` counts people."""
    if "n" not in table:
        return table, privacy.said(result)
    having = (table["estimate"] * table["n"]).round() if words.is_share(unit) else None
    people = table["n"].where(table["estimate"].notna(), 0)
    hidden = privacy.withheld(people, table[within] if within else None, having)
    return table[~hidden].reset_index(drop=True), privacy.note(hidden) or privacy.said(result)


def without_withheld_groups(
    table: pd.DataFrame, group: str, people: str, minimum: int = privacy.MINIMUM
) -> tuple[pd.DataFrame, str]:
    """The same where a group has several rows and is as large in each."""
    hidden = privacy.withheld(table.groupby(group)[people].max(), minimum=minimum)
    return table[~table[group].isin(hidden.index[hidden])].reset_index(drop=True), privacy.note(hidden, minimum)


def from_nobody(table: pd.DataFrame, period: str, by: str) -> pd.DataFrame:
    """The same with a first row for each line, at the start, when nobody had got there."""
    first = table.drop_duplicates(by) if by else table.head(1)
    ends = {name: 0.0 for name in ("estimate", *INTERVAL[:2]) if name in table}
    order = [*([by] if by else []), period]
    return pd.concat([first.assign(**{period: 0}, **ends), table]).sort_values(order, ignore_index=True, kind="stable")


def labels_of(table: pd.DataFrame, term: str) -> list[str]:
    """Each name with its number of people, in lines that leave a phone room for the picture."""
    counts = [f" ({n:,.0f})" for n in table["n"]] if "n" in table else [""] * len(table)
    return ["\n".join(textwrap.wrap(f"{v}{n}", 24)) for v, n in zip(table[term], counts, strict=True)]


def step_of(table: pd.DataFrame) -> alt.Step:
    """The height of a row, which depends on whether labels have two lines."""
    return alt.Step(34 if table["label"].astype(str).str.contains("\n").any() else 24)


def first_term(result: Any) -> str:
    """The first column that names rows rather than measuring them."""
    table = result if isinstance(result, pd.DataFrame) else result.table
    return next(c for c in table.columns if table[c].dtype.kind not in "fiub")


def overall_of(result: Any) -> float | None:
    """The one number of all rows together, where there is one."""
    overall = None if isinstance(result, pd.DataFrame) else result.overall
    if isinstance(overall, pd.DataFrame):
        overall = overall.iloc[0]
    return None if overall is None else float(overall["estimate"])


def zero_line() -> alt.Chart:
    """A line at zero: no effect."""
    return alt.Chart(pd.DataFrame({"zero": [0]})).mark_rule(color=INK, strokeWidth=1).encode(y=alt.Y("zero:Q"))


def interval_key(table: pd.DataFrame, each: str) -> str:
    """What thick and thin intervals mean, where both are drawn."""
    return f"thick: {each} by itself, thin: all at once" if "band_low" in table else ""
