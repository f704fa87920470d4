"""The next roll-out as pictures: who begins when, and how soon its effect would be known."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from workbench.charts.axes import upright_axis
from workbench.charts.data import table_of
from workbench.charts.frame import frame
from workbench.charts.marks import line, line_styles, points
from workbench.charts.rows import Rows
from workbench.charts.theme import INK, MAIN
from workbench.charts.wording import caption, figure, tooltip
from workbench.results import words
from workbench.results.phrases import phrase, say, say_n

SEEN = 0.8  # how often an effect should be seen
UNIT = phrase("share of such roll-outs")


def power_curve(result: Any, *, title: Any, subtitle: str = "") -> alt.LayerChart:
    """How often an effect would be seen, by weeks since the first start, one line for each assumption.

    result : assumption, weeks (since the first start), power (from 0 to 1), as `planning.power_by_week` returns them
    Returns the chart, with a rule at 8 times in 10. Raises ValueError for a missing column.

    >>> found = pd.DataFrame({"assumption": "constant", "weeks": [1, 2], "power": [0.4, 0.9]})
    >>> power_curve(found, title="Known after two weeks").description
    'Known after two weeks. Line of how often the effect is seen: constant from 40% to 90%.'
    """
    table = table_of(result.dropna(subset=["power"]), "assumption", "weeks", "power")
    table = table.rename(columns={"power": "estimate"})
    table["value"] = [figure(value, UNIT) for value in table["estimate"]]
    x = alt.X("weeks:Q", axis=alt.Axis(title=say("Weeks since the first start"), grid=False, tickMinStep=1))
    y, base = upright_axis(UNIT, domain=[0, 1]), alt.Chart(table).encode(x=x, **line_styles(table, "assumption"))
    tips = tooltip(table, phrase("seen"), assumption=say("Effect"), weeks=say("Weeks"))
    bar = alt.Chart(pd.DataFrame({"seen": [SEEN]})).mark_rule(color=INK, strokeDash=[2, 3]).encode(y="seen:Q")
    ends = table.groupby("assumption", sort=False)["value"].agg(["first", "last"])
    said = "; ".join(
        say("{name} from {first} to {last}", name=name, first=row["first"], last=row["last"])
        for name, row in ends.iterrows()
    )
    layers = [bar, line(base, y), points(base, y, tips, 20)]
    note = caption(say("dotted: 8 times in 10"))
    said = say("Line of how often the effect is seen: {rows}", rows=said)
    return frame(layers, title, subtitle, said, 240, note)


def rollout(waves: Any, weeks: int, *, title: Any, subtitle: str = "") -> alt.LayerChart:
    """Which group has the programme in which week.

    waves : start (place of the first week; missing: after the end), end (place of the first week off again; missing:
        never), teams, people, as `planning.Design.waves` returns them
    weeks : how many are observed
    Returns the chart. Raises ValueError for a missing column.

    >>> waves = pd.DataFrame({"start": [2.0, None], "end": [None, None], "teams": [3, 3], "people": [20, 22]})
    >>> rollout(waves, 8, title="Half begin together").description
    'Half begin together. Bars of weeks with the programme: 3 teams from week 3; 3 teams not within these weeks.'
    """
    table = table_of(waves, "start", "end", "teams", "people").reset_index(drop=True)
    counted = zip(table["teams"], table["people"], strict=True)
    table["group"] = [
        words.people(people)
        if teams == people
        else say_n("{n} team, {people}", "{n} teams, {people}", int(teams), people=words.people(people))
        for teams, people in counted
    ]
    table["row"] = [f"{place}" for place in range(len(table))]
    table["from"] = table["start"].fillna(weeks)
    table["until"] = table["end"].fillna(weeks)
    names = dict(zip(table["row"], table["group"], strict=True))
    named = Rows(list(table["group"]))
    y = alt.Y("row:N", sort=list(names), axis=named.axis(f"{names}[datum.value]"), scale=alt.Scale(**named.bars))
    x = alt.X("from:Q", scale=alt.Scale(domain=[0, weeks]), axis=alt.Axis(title=say("Week"), grid=False, tickMinStep=1))
    bars = alt.Chart(table).mark_bar(color=MAIN, height=14).encode(x=x, x2="until:Q", y=y)
    tips = [alt.Tooltip("group:N", title=say("Who")), alt.Tooltip("from:Q", title=say("begins after week"), format=",")]
    said = say("Bars of weeks with the programme: {rows}", rows="; ".join(map(_begins, table.to_dict("records"))))
    return frame([bars.encode(tooltip=tips)], title, subtitle, said, named)


def _begins(row: dict[Any, Any]) -> str:
    """Which teams of a roll-out begin when; of single people, who."""
    singly, n, within = row["teams"] == row["people"], int(row["teams"]), not pd.isna(row["start"])
    week = {"week": int(row["start"]) + 1} if within else {}
    if singly:
        return (
            say("{n} people from week {week}", n=n, **week) if within else say("{n} people not within these weeks", n=n)
        )
    return say("{n} teams from week {week}", n=n, **week) if within else say("{n} teams not within these weeks", n=n)
