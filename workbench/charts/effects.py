"""Effects: who was treated when, and what it did before, while and after."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from workbench.charts.frame import (
    BAND,
    INTERVAL,
    course_line,
    data,
    frame,
    interval_key,
    joined,
    tooltip,
    unit_of,
    value_axis,
    week_axis,
    worded,
    zero_line,
)
from workbench.charts.theme import INK, MAIN, SHADE, UNCLEAR, WAITING
from workbench.results import words


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
    layers = [zero_line(), *_begins(start), *_whiskers(base, y)]
    shape = alt.Shape("phase:N", scale=alt.Scale(domain=["before", "after"], range=["square", "circle"]), legend=None)
    layers.append(base.mark_point(size=45, filled=True, opacity=1).encode(y=alt.Y(**y), tooltip=tips, shape=shape))
    note = joined(subtitle, _behind(table), interval_key(table, "each week"), few)
    return frame(layers, title, note, course_line(table, "event_week", unit, "Points by week"), 260)


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
    layers = [
        shade,
        zero_line(),
        *_whiskers(base, y),
        base.mark_line(strokeWidth=1.5).encode(y=alt.Y(**y)),
        points,
        label,
    ]
    said = course_line(table, "event_week", unit, "Points by week")
    return frame(layers, title, joined(subtitle, _behind(table), few), said, 260)


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
    layers = [zero_line(), *_whiskers(base, y), base.mark_line(strokeWidth=1.5, strokeDash=[3, 3]).encode(y=alt.Y(**y))]
    layers.append(points.encode(y=alt.Y(**y), tooltip=tooltip(table, unit, **{dose: words.capital(dose)})))
    return frame(
        layers, title, joined(subtitle, _behind(table)), course_line(table, dose, unit, f"Points by {dose}"), 240
    )


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


def _begins(start: str) -> list[Any]:
    """The line between the last week without and the first week with it."""
    base = alt.Chart(pd.DataFrame({"at": [-0.5], "says": [start]})).encode(x="at:Q")
    text = base.mark_text(align="left", baseline="top", dx=4, dy=2, fontSize=10, color=INK)
    return [base.mark_rule(color=INK, strokeDash=[3, 2], opacity=0.7), text.encode(y=alt.value(0), text="says:N")]


def _behind(table: pd.DataFrame) -> str:
    """How many people the points rest on."""
    if "n" not in table or table.empty:
        return ""
    few, many = int(table["n"].min()), int(table["n"].max())
    return f"each point rests on {f'{few:,} to {many:,} people' if few < many else words.people(few)}"
