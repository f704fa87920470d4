"""What a programme did: before, while and after, and by how much there was of it."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from workbench.charts.axes import upright_axis
from workbench.charts.data import BAND, INTERVAL, of_enough, table_of
from workbench.charts.frame import frame
from workbench.charts.marks import line, points, whiskers, zero_line
from workbench.charts.theme import INK, MAIN, SHADE, UNCLEAR
from workbench.charts.wording import caption, heading, in_words, interval_key, path_in_words, tooltip, unit_of
from workbench.results import words
from workbench.results.phrases import phrase, say, say_n, translated

BY_WEEK = phrase("Points by week of {unit}, from {first} ({since}) to {last} ({until})")
BY_DOSE = phrase("Points by {dose} of {unit}, from {first} ({since}) to {last} ({until})")
SINCE = {"training": phrase("Weeks since training"), phrase("start"): phrase("Weeks since start")}
PHASES = {"before": (UNCLEAR, "square"), "after": (MAIN, "circle")}  # of the start → colour and shape


def event_study(
    result: Any, *, title: Any, subtitle: str = "", unit: str = "", start: str = phrase("training")
) -> alt.LayerChart:
    """The effect by weeks since the start, before and after.

    result : `event_week`, estimate, conf_low, conf_high[, band_low, band_high: all weeks at once][, n]
    unit : of the estimates, where `result` is a table; start : what started
    Before the start the estimates should lie around zero: people who were still to start moved like those who were not.
    Returns the chart. Raises ValueError for a missing column.

    >>> rows = {"event_week": [-1, 0], "estimate": [0.0, 0.3], "conf_low": [-0.1, 0.2], "conf_high": [0.1, 0.4]}
    >>> event_study(pd.DataFrame(rows), title="It raised use", unit="active days a week").description
    'It raised use. Points by week of active days a week, from 0.00 (−1) to 0.30 (0).'
    """
    unit, weeks = unit_of(result, unit), translated(SINCE.get(start, f"Weeks since {start}"))
    table, few = _judged(table_of(result, "event_week", "estimate", also=(*INTERVAL, *BAND)))
    table = in_words(table, unit).assign(phase=["before" if w < 0 else "after" for w in table["event_week"]])
    colour = alt.Color("phase:N", scale=_phase_scale(0), legend=None)
    shape = alt.Shape("phase:N", scale=_phase_scale(1), legend=None)
    base, y = alt.Chart(table).encode(x=_event_weeks(weeks), color=colour), upright_axis(unit, zero=True)
    marks = points(base, y, tooltip(table, unit, event_week=weeks), 45, shape=shape)
    layers = [zero_line(), *_start_line(start), *whiskers(base, y), marks]
    note = caption(
        translated(subtitle),
        _people_behind(table),
        interval_key(table, phrase("thick: each week by itself, thin: all at once")),
        few,
    )
    return frame(layers, title, note, path_in_words(table, "event_week", unit, BY_WEEK), 260)


def on_off(
    result: Any, *, weeks_on: int, title: Any, subtitle: str = "", unit: str = "", what: str = phrase("incentive")
) -> alt.LayerChart:
    """What an incentive did before, while it ran, and after it stopped.

    result : `event_week` (since the start), estimate, conf_low, conf_high[, band_low, band_high][, n]
    weeks_on : how many weeks it ran; the zero line is where people would have been without it
    unit : of the estimates, where `result` is a table; what : what ran
    Returns the chart. Raises ValueError for a missing column.

    >>> rows = {"event_week": [0, 4], "estimate": [0.3, 0.1], "conf_low": [0.2, 0.0], "conf_high": [0.4, 0.2]}
    >>> on_off(pd.DataFrame(rows), weeks_on=4, title="It faded", unit="active days a week").description
    'It faded. Points by week of active days a week, from 0.30 (0) to 0.10 (4).'
    """
    unit, weeks = unit_of(result, unit), say("Weeks since the {what} began", what=translated(what))
    table, few = _judged(table_of(result, "event_week", "estimate", also=(*INTERVAL, *BAND)))
    table = in_words(table, unit)
    base, y = alt.Chart(table).encode(x=_event_weeks(weeks), color=alt.value(MAIN)), upright_axis(unit, zero=True)
    shade, label = _weeks_on(weeks_on, what, _event_weeks(weeks))
    marks = points(base, y, tooltip(table, unit, event_week=weeks), 45)
    layers = [shade, zero_line(), *whiskers(base, y), line(base, y, 1.5), marks, label]
    note = caption(translated(subtitle), _people_behind(table), few)
    return frame(layers, title, note, path_in_words(table, "event_week", unit, BY_WEEK), 260)


def dose(result: Any, *, title: Any, subtitle: str = "", unit: str = "", dose: str = phrase("hours")) -> alt.LayerChart:
    """The effect by how much there was of it.

    result : the column named by `dose`, estimate, conf_low, conf_high[, band_low, band_high][, n]
    unit : of the estimates, where `result` is a table
    Returns the chart. Raises ValueError for a missing column.

    >>> rows = {"hours": [2, 8], "estimate": [0.1, 0.3], "conf_low": [0.0, 0.2], "conf_high": [0.2, 0.4]}
    >>> dose(pd.DataFrame(rows), title="More is more", unit="active days a week").description
    'More is more. Points by hours of active days a week, from 0.10 (2) to 0.30 (8).'
    """
    unit = unit_of(result, unit)
    table = table_of(result, dose, "estimate", also=(*INTERVAL, *BAND)).dropna(subset=["estimate"])
    table = in_words(of_enough(table), unit)
    axis = alt.Axis(title=heading(dose), grid=False, values=sorted(table[dose]))
    x, y = alt.X(f"{dose}:Q", axis=axis, scale=alt.Scale(zero=False, padding=12)), upright_axis(unit, zero=True)
    base = alt.Chart(table).encode(x=x, color=alt.value(MAIN))
    tips = tooltip(table, unit, **{dose: heading(dose)})
    layers = [zero_line(), *whiskers(base, y), line(base, y, 1.5, strokeDash=[3, 3]), points(base, y, tips, 60)]
    said = path_in_words(table, dose, unit, BY_DOSE, dose=translated(dose))
    return frame(layers, title, caption(translated(subtitle), _people_behind(table)), said, 240)


def _judged(table: pd.DataFrame) -> tuple[pd.DataFrame, str]:
    """The weeks that can be judged, and what to say of those whose few teams leave them without an interval."""
    table = of_enough(table.dropna(subset=["estimate"]))
    unsure = table["conf_low"].isna() & (table["estimate"] != 0) if "conf_low" in table else table["estimate"].isna()
    count = int(unsure.sum())
    if not count:
        return table[~unsure].reset_index(drop=True), ""
    said = say_n(
        "{n} week left out: too few teams to say how sure", "{n} weeks left out: too few teams to say how sure", count
    )
    return table[~unsure].reset_index(drop=True), said


def _event_weeks(title: str) -> alt.X:
    """Weeks since the start."""
    axis = alt.Axis(title=title, grid=False, tickMinStep=1)
    return alt.X("event_week:Q", axis=axis, scale=alt.Scale(nice=False, padding=8))


def _phase_scale(place: int) -> alt.Scale:
    """The colours (place 0) or shapes (place 1) of the weeks before and after the start."""
    return alt.Scale(domain=list(PHASES), range=[style[place] for style in PHASES.values()])


def _weeks_on(weeks: int, what: str, x: alt.X) -> tuple[alt.Chart, alt.Chart]:
    """A shade behind the weeks in which it ran, and its label."""
    ran = alt.Chart(
        pd.DataFrame({"event_week": [-0.5], "until": [weeks - 0.5], "says": [say("{what} on", what=translated(what))]})
    )
    label = ran.mark_text(align="left", baseline="top", dx=4, dy=4, fontSize=10, color=INK)
    return ran.mark_rect(color=SHADE).encode(x=x, x2="until:Q"), label.encode(x=x, y=alt.value(0), text="says:N")


def _start_line(start: str) -> list[alt.Chart]:
    """The line between the last week without and the first week with it."""
    base = alt.Chart(pd.DataFrame({"at": [-0.5], "says": [translated(start)]})).encode(x="at:Q")
    text = base.mark_text(align="left", baseline="top", dx=4, dy=2, fontSize=10, color=INK)
    return [base.mark_rule(color=INK, strokeDash=[3, 2], opacity=0.7), text.encode(y=alt.value(0), text="says:N")]


def _people_behind(table: pd.DataFrame) -> str:
    """How many people the points rest on."""
    if "n" not in table or table.empty:
        return ""
    few, many = int(table["n"].min()), int(table["n"].max())
    if few == many:
        return say_n("each point rests on {n} person", "each point rests on {n} people", few)
    return say("each point rests on {few} to {many} people", few=words.number(few, 0), many=words.number(many, 0))
