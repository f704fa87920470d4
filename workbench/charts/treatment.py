"""Who was treated when."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from workbench.charts.axes import week_axis
from workbench.charts.data import of_enough, table_of
from workbench.charts.frame import frame
from workbench.charts.rows import Rows
from workbench.charts.theme import MAIN, UNCLEAR, WAITING
from workbench.charts.wording import in_lines
from workbench.results import words
from workbench.results.phrases import phrase, say, translated

WEEK = pd.Timedelta(weeks=1)
NOT_YET = {  # what is said of people who have started → of those who have not
    phrase("trained"): phrase("not trained"),
    phrase("on"): phrase("not on"),
    phrase("reached"): phrase("not reached"),
}


def treatment_plot(
    result: Any, *, since: Any, until: Any, title: Any, subtitle: str = "", did: str = "trained"
) -> alt.LayerChart:
    """Who started when, a bar for each first week.

    result : `cohort` (a Monday; missing: never), `n` (people)[, `ended`: the first Monday without; missing: on to the
        end]
    since, until : the first and the last week shown, by their Mondays
    did : what is said of people who have started
    Returns the chart; its bars are in the order of time.

    >>> waves = pd.DataFrame({"cohort": [pd.Timestamp("2025-02-03"), None], "n": [40, 50]})
    >>> treatment_plot(waves, since="2025-01-06", until="2025-03-31", title="One wave").description
    'One wave. Bars of first weeks (people): 3 Feb 2025 (40), never (50).'
    """
    start, end = pd.Timestamp(since), pd.Timestamp(until) + WEEK
    table = _in_order(of_enough(table_of(result, "cohort", "n", also=("ended",))))
    stages = [translated(stage) for stage in (NOT_YET.get(did, f"not {did}"), did, phrase("over"))]
    spans = _spans(table, start, end, stages)
    shown = [stage for stage in stages if (spans["state"] == stage).any()]
    colours = dict(zip(stages, (WAITING, MAIN, UNCLEAR), strict=True))
    scale = alt.Scale(domain=shown, range=[colours[stage] for stage in shown])
    named = Rows(list(table["label"]))
    bars = alt.Chart(spans).mark_bar(height=14)
    bars = bars.encode(
        x=week_axis(pd.Series(pd.date_range(start, end - pd.Timedelta(days=1), freq="7D"))),
        x2="until:T",
        y=alt.Y("label:N", sort=list(table["label"]), axis=named.axis(), scale=alt.Scale(**named.bars)),
        color=alt.Color("state:N", scale=scale, sort=shown),
        tooltip=[alt.Tooltip("label:N", title=say("First week (people)")), alt.Tooltip("state:N", title=say("then"))],
    )
    said = say("Bars of first weeks (people): {rows}", rows=", ".join(table["label"].str.replace("\n", " ")))
    return frame([bars], title, subtitle, said, named)


def _in_order(table: pd.DataFrame) -> pd.DataFrame:
    """The waves by time, with `began`, `ended` and a `label` that says how many people they are."""
    began = pd.to_datetime(table["cohort"])
    ended = pd.to_datetime(table["ended"]) if "ended" in table else began.where(began.isna())
    table = table.assign(began=began, ended=ended).sort_values(["began", "ended"], na_position="last", kind="stable")
    return table.assign(label=[in_lines(_label(row)) for row in table.to_dict("records")])


def _spans(table: pd.DataFrame, start: pd.Timestamp, end: pd.Timestamp, stages: list[str]) -> pd.DataFrame:
    """The waiting, treated and later weeks of each wave: label, week (from), until, state, n."""
    on, off = (table[column].fillna(end).mask(table[column] < start, start) for column in ("began", "ended"))
    ends: list[tuple[Any, Any]] = [(start, on), (on, off), (off, end)]
    parts = zip(stages, ends, strict=True)
    spans = pd.concat([table.assign(week=first, until=last, state=stage) for stage, (first, last) in parts])
    return spans.loc[spans["week"] < spans["until"], ["label", "week", "until", "state", "n"]]


def _label(row: dict[Any, Any]) -> str:
    """Who had it when, and how many they are."""
    if pd.isna(row["began"]):
        return say("never ({n})", n=words.number(row["n"], 0))
    weeks = words.day(row["began"])
    if not pd.isna(row["ended"]):
        weeks = say("{low} to {high}", low=weeks, high=words.day(row["ended"]))
    return f"{weeks} ({words.number(row['n'], 0)})"
