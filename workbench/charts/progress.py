"""How far people get, and how fast: funnel, curves of staying and of coming."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from workbench.charts.axes import LATER, MANY, OF_ACCESS, SINCE, milestone_marks, upright_axis, week_axis
from workbench.charts.data import INTERVAL, from_nobody, publishable, table_of
from workbench.charts.frame import frame
from workbench.charts.marks import line, line_styles, points, ribbon
from workbench.charts.theme import GRID, INK, MAIN, TEXT
from workbench.charts.wording import by_week, caption, figure, heading, in_words, path_in_words, tooltip, unit_of
from workbench.results import privacy, words
from workbench.results.estimates import RECENT
from workbench.results.phrases import phrase, say, translated


def funnel(result: Any, *, title: Any, subtitle: str = "") -> alt.LayerChart:
    """Who got how far, in the order of the rows.

    result : `step`, `users` (people), share of those with access (0 to 1)[, `meaning`: the step in words][, n (people
        with access)]
    Returns the chart, without steps that may not be shown. Raises ValueError for a missing column.

    >>> steps = pd.DataFrame({"step": ["eligible", "ever"], "users": [100, 60], "share": [1, 0.6]})
    >>> funnel(steps, title="Most tried it").description
    'Most tried it. Bars from step to step. Eligible: 100 · 100%; Ever: 60 · 60%.'
    """
    given = table_of(result, "step", "users", "estimate", also=("meaning", "n"))
    hidden = privacy.too_few(given["n"], having=given["users"]) if "n" in given else given["users"].isna()
    table, withheld = given[~hidden].reset_index(drop=True), privacy.note(hidden)
    meaning = table["meaning"] if "meaning" in table else table["step"]
    table["label"] = [heading(step) for step in meaning]
    counted = zip(table["users"], table["estimate"], strict=True)
    table["count"] = [f"{words.number(users, 0)} · {figure(share, 'share')}" for users, share in counted]
    table["of_before"] = [figure(v, "share") for v in table["users"] / table["users"].shift()]
    tips = [alt.Tooltip("label:N", title=say("Step")), alt.Tooltip("users:Q", title=say("people"), format=",")]
    tips += [alt.Tooltip("of_before:N", title=say("of the step before"))]
    steps = alt.Y("step:N", sort=list(table["step"]), axis=None)
    base = alt.Chart(table).encode(y=steps, tooltip=tips)
    bar = base.mark_bar(height=14, yOffset=22, color=MAIN).encode(x=alt.X("users:Q", axis=None))
    name = base.mark_text(align="left", baseline="bottom", dy=-8, fontSize=TEXT, color=INK)
    count = base.mark_text(align="left", baseline="bottom", dy=12, fontSize=TEXT, fontWeight="bold", color=INK)
    layers = [bar, name.encode(x=alt.value(0), text="label:N"), count.encode(x=alt.value(0), text="count:N")]
    said = "; ".join(f"{label}: {count}" for label, count in zip(table["label"], table["count"], strict=True))
    return frame(layers, title, subtitle, say("Bars from step to step. {steps}", steps=said), alt.Step(68), withheld)


def retention_curve(
    result: Any, *, title: Any, subtitle: str = "", by: str = "", period: str = "week"
) -> alt.LayerChart:
    """Retention at each age with its interval.

    result : `age` (periods since the start), estimate (share, 0 to 1)[, conf_low, conf_high, n (people)][, `by`]
    by : a column with up to six values, each a line of its own; period : what an age counts
    Returns the chart, without ages that fewer than ten people have reached. Raises ValueError for a missing column.

    >>> ages = pd.DataFrame({"age": [0, 4], "share": [1.0, 0.4], "n": [60, 50]})
    >>> retention_curve(ages, title="Two fifths stay").description
    'Two fifths stay. Line of share of people, from 100% (0) to 40% (4).'
    """
    unit = unit_of(result) or "share of people"
    table = table_of(result, "age", "estimate", *([by] if by else []), also=INTERVAL)
    table = in_words(table[table["n"] >= privacy.ALIKE] if "n" in table else table, unit)
    x = alt.X("age:Q", axis=alt.Axis(title=translated(SINCE[period]), grid=False, tickMinStep=1))
    y, base = upright_axis(unit, zero=True), alt.Chart(table).encode(x=x, **line_styles(table, by))
    tips = tooltip(table, "active", **({by: say("active")} if by else {}), age=translated(LATER[period]))
    layers = [*ribbon(base, y), line(base, y), points(base, y, tips, 26)]
    return frame(layers, title, subtitle or translated(unit), path_in_words(table, "age", unit), 240)


def survival(result: Any, *, title: Any, subtitle: str = "", by: str = "", period: str = "week") -> alt.LayerChart:
    """How the share that got there grows with time, in steps from nobody at the start.

    result : `week` (a count), estimate (share, 0 to 1)[, conf_low, conf_high, n: people who still could][, `by`]
    by : a column with up to six values, each a line of its own; period : the column that counts time
    Kaplan–Meier: people whose time is not over count for as long as they were seen. A line ends where fewer than ten
    people still could, because what follows would tell of each of them.
    Returns the chart. Raises ValueError for a missing column.

    >>> weeks = pd.DataFrame({"week": [1, 26], "share": [0.2, 0.7], "n": [100, 30]})
    >>> survival(weeks, title="Seven of ten get there").description
    'Seven of ten get there. Line of share of people, from 0% (0) to 70% (26).'
    """
    unit = unit_of(result) or "share of people"
    table = table_of(result, period, "estimate", *([by] if by else []), also=INTERVAL)
    table = table[table["n"] >= privacy.ALIKE] if "n" in table else table
    table = in_words(from_nobody(table, period, by), unit)
    x = alt.X(f"{period}:Q", axis=alt.Axis(title=translated(OF_ACCESS[period]), grid=False, tickMinStep=1))
    y, base = upright_axis(unit, domain=[0, 1]), alt.Chart(table).encode(x=x, **line_styles(table, by))
    tips = tooltip(table, unit, **({by: heading(by)} if by else {}), **{period: translated(MANY[period])})
    steps: dict[str, Any] = {"interpolate": "step-after"}
    layers = [*ribbon(base, y, **steps), line(base, y, **steps), _unseen(base, y, tips)]
    return frame(layers, title, subtitle or translated(unit), path_in_words(table, period, unit), 260)


def diffusion(result: Any, forecast: Any, *, title: Any, subtitle: str = "") -> alt.LayerChart:
    """How many have used it so far, the fitted curve, and its forecast.

    result : `week` (a Monday), adopted (share who had used it, 0 to 1), estimate (of the curve), conf_low, conf_high
    forecast : the same for the weeks to come, without `adopted`; None: the curve does not fit, and leads nowhere
    Returns the chart. Raises ValueError for a missing column.

    >>> past = pd.DataFrame({"week": pd.to_datetime(["2025-01-06", "2025-01-13"]), "adopted": [0.2, 0.4],
    ...                      "estimate": [0.2, 0.4], "conf_low": [0.1, 0.3], "conf_high": [0.3, 0.5]})
    >>> diffusion(past, None, title="Two fifths have used it").description
    'Two fifths have used it. Dots of people who had used it, from 20% (6 Jan 2025) to 40%.'
    """
    unit = "share of people with access"
    past = by_week(table_of(result, "week", "estimate", *INTERVAL[:2], "adopted"), unit)
    past["was"] = [figure(v, unit) for v in past["adopted"]]
    ahead = None if forecast is None else by_week(table_of(forecast, "week", "estimate", *INTERVAL[:2]), unit)
    weeks = past["week"] if ahead is None else pd.concat([past["week"], ahead["week"]])
    x, y = week_axis(weeks), upright_axis(unit, domain=[0, 1])
    seen = alt.Chart(past).mark_point(size=26, filled=True, opacity=1, color=INK)
    tips = tooltip(past, phrase("the curve"), when=say("Week of"), was=say("have used it"))
    curve = alt.Chart(past).encode(x=x, color=alt.value(MAIN))
    layers = [line(curve, y, 2), *_fan(ahead, x, y)]
    layers.append(seen.encode(x=x, y=alt.Y(**{**y, "shorthand": "adopted:Q"}), tooltip=tips))
    key = [say("dots: people who have used it"), say("line: the fitted curve")]
    key += [say("dashed: the forecast with its likely range")] * (ahead is not None)
    said = say(
        "Dots of people who had used it, from {first} ({day}) to {last}",
        first=past["was"].iloc[0],
        day=past["when"].iloc[0],
        last=past["was"].iloc[-1],
    )
    if ahead is not None:
        value, likely = ahead["value"].iloc[-1], ahead["likely"].iloc[-1]
        said = say("{dots}; forecast {value}, likely between {likely}", dots=said, value=value, likely=likely)
    return frame(layers, title, subtitle, said, 260, caption(*key))


def _fan(ahead: pd.DataFrame | None, x: alt.X, y: dict[str, Any]) -> list[alt.Chart]:
    """The forecast as a dashed line in a ribbon."""
    if ahead is None:
        return []
    base = alt.Chart(ahead).encode(x=x, color=alt.value(MAIN))
    tips = tooltip(ahead, phrase("expected"), when=say("Week of"))
    return [*ribbon(base, y), line(base, y, 2, strokeDash=[5, 3]), _unseen(base, y, tips)]


def _unseen(base: alt.Chart, y: dict[str, Any], tips: list[alt.Tooltip]) -> alt.Chart:
    """Points that only a pointer finds."""
    marks: alt.Chart = base.mark_point(size=60, opacity=0)
    return marks.encode(y=alt.Y(**y), tooltip=tips)


def pattern_paths(
    result: Any, *, title: Any, subtitle: str = "", unit: str = "", milestones: pd.DataFrame | None = None
) -> alt.LayerChart:
    """The mean week of each pattern as small lines on one scale, one below another, the pattern with most use first.

    result : `pattern`, `week` (a Monday), estimate, n (people)
    unit : of the estimates; milestones : as in `trend`
    Returns the chart, without the patterns of too few people. Raises ValueError for a missing column.

    >>> monday = pd.Timestamp("2025-01-06")
    >>> weeks = pd.DataFrame({"pattern": ["steady"], "week": [monday], "estimate": [2.5], "n": [40]})
    >>> pattern_paths(weeks, title="One pattern", unit="active days a week").description
    'One pattern. Active days a week: steady from 2.50 to 2.50.'
    """
    table, withheld = publishable(result, table_of(result, "pattern", "week", "estimate", "n"), unit, "week")
    table = by_week(table, unit)
    order = list(table.groupby("pattern")["estimate"].mean().sort_values(ascending=False, kind="stable").index)
    top = float(table["estimate"].max()) or 1.0
    feet = table["pattern"].map({name: place + 1 for place, name in enumerate(order)}).astype(float)
    table = table.assign(foot=feet, at=feet - LIFTED * table["estimate"] / top)
    scale = alt.Scale(domain=[0, len(order) + 0.1], reverse=True, nice=False)
    x, y = week_axis(table["week"]), alt.Y("at:Q", axis=None, scale=scale)
    tips = tooltip(table, unit, pattern=say("Pattern"), when=say("Week of"))
    base = alt.Chart(table).encode(x=x, y=y, detail="pattern:N")
    foot = base.mark_line(color=GRID, strokeWidth=1).encode(y=alt.Y("foot:Q", axis=None, scale=scale))
    course = base.mark_line(color=MAIN, strokeWidth=2)
    found = alt.Chart(table).mark_point(size=60, opacity=0).encode(x=x, y=y, tooltip=tips)
    dates, key = milestone_marks(milestones, table["week"])
    ends = _ends(table, unit)
    layers = [foot, *dates, course, *_names(ends, x, scale), found]
    said = "; ".join(
        say("{name} from {first} to {last}", name=name, first=ends.loc[name, "first"], last=ends.loc[name, "last"])
        for name in order
    )
    note = caption(say("figures: mean of the first and the last four weeks; all lines share one scale"), withheld, key)
    return frame(layers, title, subtitle, f"{translated(unit)}: {said}", 62 * len(order), note)


LIFTED = 0.56  # of a row's height that the largest value takes; its name stands in the rest


def _ends(table: pd.DataFrame, unit: str) -> pd.DataFrame:
    """Where each pattern stands, and its mean in its first and in its last weeks, in words; by pattern."""
    rows = table.groupby("pattern")
    ends = {"first": rows.head(RECENT), "last": rows.tail(RECENT)}
    means = {
        end: weeks.groupby("pattern")["estimate"].mean().map(lambda mean: figure(mean, unit))
        for end, weeks in ends.items()
    }
    return rows[["foot"]].first().assign(**means)


def _names(ends: pd.DataFrame, x: alt.X, scale: alt.Scale) -> list[alt.Chart]:
    """Each pattern's name above its line, with its figures."""
    ends = ends.reset_index()
    ends = ends.assign(top=ends["foot"] - 0.8, says=ends["pattern"] + ": " + ends["first"] + " → " + ends["last"])
    name: alt.Chart = alt.Chart(ends).mark_text(align="left", baseline="middle", fontSize=TEXT, color=INK)
    return [name.encode(x=alt.value(2), y=alt.Y("top:Q", axis=None, scale=scale), text="says:N")]
