"""Axes in the unit and by Monday, and the dates that may have moved a course."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from workbench.charts.theme import INK, MUTED
from workbench.charts.wording import caption
from workbench.results import words


def value_axis(unit: str, field: str = "estimate", **scale: Any) -> dict[str, Any]:
    """An axis in the unit, as arguments of an Altair channel.

    scale : arguments of `alt.Scale`, such as zero=True
    """
    axis = alt.Axis(
        title=words.capital(unit),
        tickCount=5,
        labelOverlap="greedy",
        format="%" if words.is_share(unit) else alt.Undefined,
    )
    return {"shorthand": f"{field}:Q", "axis": axis, "scale": alt.Scale(**scale)}


def week_axis(weeks: pd.Series) -> alt.X:
    """An axis of weeks by their Mondays, with the year where it begins; at most about seven of them are labelled."""
    mondays = sorted(pd.to_datetime(weeks).unique())
    step = next((s for s in (1, 2, 4, 8, 13, 26) if len(mondays) <= 7 * s), 52)
    ticks = [alt.DateTime(year=day.year, month=day.month, date=day.day) for day in mondays[::step]]
    first_of_year = f"month(datum.value) == 0 && date(datum.value) <= {min(7 * step, 31)}"
    year = f"datum.index == 0 || ({first_of_year}) ? timeFormat(datum.value, '%Y') : ''"
    label = f"[timeFormat(datum.value, '%-d %b'), {year}]"
    axis = alt.Axis(title=None, values=ticks, labelExpr=label, grid=False, labelOverlap="greedy", labelSeparation=4)
    return alt.X("week:T", axis=axis)


def milestone_marks(milestones: pd.DataFrame | None, weeks: pd.Series) -> tuple[list[Any], str]:
    """Each milestone as a numbered rule, what lasts as a shade, holidays as short rules; and the key to the numbers.

    milestones : name, starts_on[, ends_on][, kind: "holiday" for a holiday]; those outside the weeks are left out
    weeks : the Mondays shown
    """
    marked = _milestones(milestones, weeks)
    if marked.empty:
        return [], ""
    key = {name: str(i) for i, name in enumerate(dict.fromkeys(marked["name"][~marked["holiday"]]), 1)}
    marked["number"] = marked["name"].map(key).fillna("")
    tips = [alt.Tooltip("name:N", title="What"), alt.Tooltip("day:N", title="When")]
    dates = alt.Chart(marked[~marked["holiday"]][["week", "until", "name", "day", "number"]])
    dates = dates.encode(x="week:T", tooltip=tips)
    holidays = alt.Chart(marked[marked["holiday"]][["week", "name", "day"]]).encode(x="week:T", tooltip=tips)
    numbers = dates.mark_text(baseline="bottom", dy=-2, fontSize=11, fontWeight="bold", color=INK)
    layers = [
        dates.mark_rect(color=INK, opacity=0.09).encode(x2="until:T"),
        dates.mark_rule(color=INK, strokeDash=[3, 2], opacity=0.7),
        numbers.encode(y=alt.value(0), text="number:N"),
        holidays.mark_rule(color=MUTED, opacity=0.7).encode(y=alt.value(0), y2=alt.value(10)),
    ]
    says = ", ".join(f"{number} {name}" for name, number in key.items())
    return layers, "\n" + caption(says, "short lines: holidays" if marked["holiday"].any() else "")


def _milestones(milestones: pd.DataFrame | None, weeks: pd.Series) -> pd.DataFrame:
    """Those within the weeks shown, by date: week (the day), until (its end, the same day where it does not last), …"""
    if milestones is None or milestones.empty or weeks.empty:
        return pd.DataFrame()
    table: pd.DataFrame = milestones.assign(week=pd.to_datetime(milestones["starts_on"]))
    end = weeks.max() + pd.Timedelta(days=6)
    table = table[(table["week"] >= weeks.min()) & (table["week"] <= end)].sort_values("week", kind="stable")
    until = pd.to_datetime(table["ends_on"]) if "ends_on" in table else table["week"]
    until = until.fillna(table["week"])
    holiday = table["kind"] == "holiday" if "kind" in table else False
    days = [words.day(day) for day in table["week"]]
    return table.assign(until=until.where(until <= end, end), holiday=holiday, day=days).reset_index(drop=True)
