"""Axes in the unit and by Monday, and the dates that may have moved a course."""

from __future__ import annotations

import textwrap
from typing import Any

import altair as alt
import pandas as pd

from workbench.charts.theme import INK, MUTED, SERIES, TEXT
from workbench.charts.wording import caption
from workbench.results import words
from workbench.results.phrases import ENGLISH, language, phrase, say, translated

AXIS_WIDTH = 26  # letters of an axis' title that a phone has room for
BARS = {  # kind → colour, height above the foot, its name, and what the key says of it
    "training": (SERIES[1], 12, phrase("Training"), phrase("orange bars: trainings")),
    "incentive": (SERIES[2], 6, phrase("Incentive"), phrase("green bars: incentives")),
}

# What an axis or a pointer says of time that is counted in weeks, months or quarters.
SINCE = {
    phrase("week"): phrase("Weeks since the start"),
    phrase("month"): phrase("Months since the start"),
    phrase("quarter"): phrase("Quarters since the start"),
}
LATER = {"week": phrase("Weeks later"), "month": phrase("Months later"), "quarter": phrase("Quarters later")}
OF_ACCESS = {
    "week": phrase("Weeks of access"),
    "month": phrase("Months of access"),
    "quarter": phrase("Quarters of access"),
}
MANY = {"week": phrase("Weeks"), "month": phrase("Months"), "quarter": phrase("Quarters")}


def value_axis(unit: str, field: str = "estimate", **scale: Any) -> dict[str, Any]:
    """An axis in the unit, as arguments of an Altair channel.

    scale : arguments of `alt.Scale`, such as zero=True
    """
    axis = alt.Axis(
        title=textwrap.wrap(words.capital(translated(unit)), AXIS_WIDTH),
        # The words of other languages are longer: they end where the axis ends, and not beyond the picture.
        titleAnchor=alt.Undefined if language() == ENGLISH else "end",
        tickCount=5,
        labelOverlap="greedy",
        labelSeparation=8,
        format="%" if words.is_share(unit) else alt.Undefined,
    )
    return {"shorthand": f"{field}:Q", "axis": axis, "scale": alt.Scale(**scale)}


def upright_axis(unit: str, field: str = "estimate", **scale: Any) -> dict[str, Any]:
    """The same for an axis that stands upright: the subtitle names the unit, so that no title has to be turned."""
    given = value_axis(unit, field, **scale)
    given["axis"]["title"] = None
    return given


def week_axis(weeks: pd.Series) -> alt.X:
    """An axis of weeks by their Mondays, with the year where it begins; at most about six of them are labelled."""
    mondays = sorted(pd.to_datetime(weeks).unique())
    step = next((s for s in (1, 2, 4, 8, 13, 26) if len(mondays) <= 6 * s), 52)
    ticks = [alt.DateTime(year=day.year, month=day.month, date=day.day) for day in mondays[::step]]
    first_of_year = f"month(datum.value) == 0 && date(datum.value) <= {min(7 * step, 31)}"
    year = f"datum.index == 0 || ({first_of_year}) ? timeFormat(datum.value, '%Y') : ''"
    label = f"[timeFormat(datum.value, '{say('%-d %b')}'), {year}]"
    axis = alt.Axis(title=None, values=ticks, labelExpr=label, grid=False, labelOverlap="greedy", labelSeparation=8)
    return alt.X("week:T", axis=axis)


def milestone_marks(milestones: pd.DataFrame | None, weeks: pd.Series) -> tuple[list[Any], str]:
    """Milestones as numbered rules, what lasts as a shade, programmes as bars, holidays as short rules; and the key.

    milestones : name, starts_on[, ends_on][, kind: "holiday", "training", "incentive" or other]; those outside the
        weeks are left out
    weeks : the Mondays shown
    """
    every = _milestones(milestones, weeks)
    if every.empty:
        return [], ""
    programmes, marked = every[every["kind"].isin(list(BARS))], every[~every["kind"].isin(list(BARS))]
    marked, bars = marked.copy(), [_bars(programmes, kind) for kind in BARS if (programmes["kind"] == kind).any()]
    key = {name: str(i) for i, name in enumerate(dict.fromkeys(marked["name"][~marked["holiday"]]), 1)}
    marked["number"] = marked["name"].map(key).fillna("")
    tips = [alt.Tooltip("name:N", title=say("What")), alt.Tooltip("day:N", title=say("When"))]
    dates = alt.Chart(marked[~marked["holiday"]][["week", "until", "name", "day", "number"]])
    dates = dates.encode(x="week:T", tooltip=tips)
    holidays = alt.Chart(marked[marked["holiday"]][["week", "name", "day"]]).encode(x="week:T", tooltip=tips)
    numbers = dates.mark_text(baseline="bottom", dy=-2, fontSize=TEXT - 2, fontWeight="bold", color=INK)
    layers = [
        dates.mark_rect(color=INK, opacity=0.09).encode(x2="until:T"),
        dates.mark_rule(color=INK, strokeDash=[3, 2], opacity=0.7),
        numbers.encode(y=alt.value(0), text="number:N"),
        *bars,
        holidays.mark_rule(color=MUTED, opacity=0.7).encode(y=alt.value(0), y2=alt.value(10)),
    ]
    says = ", ".join(f"{number} {name}" for name, number in key.items())
    shown = [translated(BARS[kind][3]) for kind in BARS if (programmes["kind"] == kind).any()]
    return layers, caption(says, *shown, say("short lines: holidays") if marked["holiday"].any() else "")


def _bars(programmes: pd.DataFrame, kind: str) -> alt.Chart:
    """The weeks of programmes of one kind, as thin bars along the foot of the picture."""
    colour, place, called, _ = BARS[kind]
    rows = programmes[programmes["kind"] == kind][["week", "until", "name", "day", "last"]]
    titles = {"name": translated(called), "day": say("From"), "last": say("To")}
    tips = [alt.Tooltip(f"{c}:N", title=title) for c, title in titles.items()]
    bars: alt.Chart = alt.Chart(rows).mark_rect(color=colour, opacity=0.6)
    foot = {channel: alt.ExprRef(f"height - {at}") for channel, at in (("y", place), ("y2", place - 5))}
    return bars.encode(x="week:T", x2="until:T", tooltip=tips, **{c: alt.value(at) for c, at in foot.items()})


def _milestones(milestones: pd.DataFrame | None, weeks: pd.Series) -> pd.DataFrame:
    """Those within the weeks shown, by date: week (the day), until (its end, the same day where it does not last), …"""
    if milestones is None or milestones.empty or weeks.empty:
        return pd.DataFrame()
    table: pd.DataFrame = milestones.assign(week=pd.to_datetime(milestones["starts_on"]))
    end = weeks.max() + pd.Timedelta(days=6)
    table = table[(table["week"] >= weeks.min()) & (table["week"] <= end)]
    table = table.sort_values("week", kind="stable").reset_index(drop=True)
    until = pd.to_datetime(table["ends_on"]) if "ends_on" in table else table["week"]
    until = until.fillna(table["week"])
    kind = table["kind"].fillna("") if "kind" in table else ""
    days, last = ([words.day(day) for day in ends] for ends in (table["week"], until))
    table = table.assign(until=until.where(until <= end, end), kind=kind, day=days, last=last)
    return table.assign(holiday=table["kind"] == "holiday").reset_index(drop=True)
