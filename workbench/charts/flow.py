"""Where people went between two weeks, as a flow."""

from __future__ import annotations

import textwrap
from typing import Any

import altair as alt
import pandas as pd

from workbench.charts.data import INTERVAL, publishable_groups, state_order, table_of
from workbench.charts.frame import frame
from workbench.charts.theme import BELOW, INK, MAIN, MUTED, TEXT, UNCLEAR, WAITING
from workbench.charts.wording import in_words, tooltip
from workbench.results import privacy, words
from workbench.results.phrases import phrase, plain, say, translated
from workbench.results.verdict import Way

NAME_WIDTH = 13  # letters of a segment's name in one line
WAYS = {Way.MORE: MAIN, Way.SAME: WAITING, Way.LESS: BELOW, Way.OTHER: UNCLEAR}


def flow(result: Any, *, title: Any, subtitle: str = "") -> alt.LayerChart:
    """How people move between segments, as bands from where they were to where they are.

    result : `before`, `after`, `users` (people), `way` (of `WAYS`), n (those before), estimate (share of those before)
    A band is as wide as it has people. Segments stand from most use (above) to least, so that a band which rises leads
    to more use, whatever its colour.
    Returns the chart, without segments of fewer than ten people. Raises ValueError for a missing column.

    >>> moved = pd.DataFrame({"before": "low", "after": ["low", "power"], "users": [60, 40], "n": 100,
    ...                       "way": ["the same", "to more use"], "estimate": [0.6, 0.4]})
    >>> flow(moved, title="Most stay").description
    'Most stay. Bands of people between segments: to more use 40, the same 60.'
    """
    table = table_of(result, "before", "after", "users", "way", "n", "estimate", also=INTERVAL)
    table, withheld = publishable_groups(table, "before", "n", privacy.ALIKE)
    # Who stayed is drawn first, so that who moved is seen.
    table = in_words(table, "share").sort_values("way", key=lambda ways: ways != Way.SAME, kind="stable")
    bands, ends = _bands(table.reset_index(drop=True))
    bands = bands.assign(**{name: bands[name].map(translated) for name in ("before", "after", "way")})
    there = [way for way in WAYS if (table["way"] == way).any()]
    names = [translated(way) for way in there]
    colour = alt.Scale(domain=names, range=[WAYS[way] for way in there])
    legend = alt.Legend(symbolType="square", offset=26)
    tips = tooltip(bands, phrase("of them"), before=say("Before"), after=say("After"), users=say("people who moved so"))
    x = alt.X("x:Q", axis=None, scale=alt.Scale(domain=[-0.65, 1.65], nice=False))
    y: dict[str, Any] = {"axis": None, "scale": alt.Scale(reverse=True, nice=False, zero=False)}
    areas = (
        alt.Chart(bands)
        .mark_area(opacity=0.75, interpolate="monotone")
        .encode(
            x=x,
            y=alt.Y("top:Q", **y),
            y2="bottom:Q",
            detail="band:N",
            tooltip=tips,
            color=alt.Color("way:N", scale=colour, sort=names, legend=legend),
        )
    )
    layers = [areas, *_posts(ends, x, y, counted=not withheld), *_headings(x)]
    counts = table.groupby("way")["users"].sum()
    said = ", ".join(f"{translated(way)} {words.number(counts[way], 0)}" for way in there)
    return frame(layers, title, subtitle, say("Bands of people between segments: {rows}", rows=said), 420, withheld)


def _bands(table: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Each band as points along its two edges, and the segments at its ends: side, segment, top, bottom, people."""
    order = state_order(pd.concat([table["before"], table["after"]]))
    placed = table.assign(**{side: pd.Categorical(table[side], order) for side in ("before", "after")})
    gap = 0.07 * float(table["users"].sum())
    left, ends_left = _stacks(placed, "before", "after", gap)
    right, ends_right = _stacks(placed, "after", "before", gap)
    points = pd.DataFrame({"x": [0.0, 0.25, 0.5, 0.75, 1.0]}).assign(bend=lambda p: p["x"] ** 2 * (3 - 2 * p["x"]))
    drawn = table.assign(band=[str(i) for i in range(len(table))], left=left, right=right).merge(points, how="cross")
    top = drawn["left"] + drawn["bend"] * (drawn["right"] - drawn["left"])
    kept = drawn.drop(columns=["left", "right", "bend", "n", "estimate", *INTERVAL[:2]], errors="ignore")
    return kept.assign(top=top, bottom=top + drawn["users"]), pd.concat([ends_left, ends_right], ignore_index=True)


def _stacks(table: pd.DataFrame, side: str, other: str, gap: float) -> tuple[pd.Series, pd.DataFrame]:
    """Where each band begins on one side, its segments one below another; and the segments: segment, top, bottom."""
    rows = table.sort_values([side, other])
    rank = rows[side].cat.remove_unused_categories().cat.codes
    top = rows["users"].cumsum() - rows["users"] + gap * rank
    each = rows.assign(top=top, bottom=top + rows["users"]).groupby(side, observed=True)
    ends = each.agg(top=("top", "min"), bottom=("bottom", "max"), people=("users", "sum")).reset_index()
    return top.reindex(table.index), ends.rename(columns={side: "segment"}).assign(x=0 if side == "before" else 1)


def _posts(ends: pd.DataFrame, x: alt.X, y: dict[str, Any], counted: bool) -> list[Any]:
    """The segments as posts beside which their names and people stand; those after only where all were `counted`."""
    sizes = [
        f"\n{words.number(n, 0)}" if counted or at == 0 else "" for n, at in zip(ends["people"], ends["x"], strict=True)
    ]
    named = ends.assign(
        segment=ends["segment"].astype(str),
        label=[f"{_in_lines(plain(str(s)))}{n}" for s, n in zip(ends["segment"], sizes, strict=True)],
        middle=(ends["top"] + ends["bottom"]) / 2,
    )
    post = alt.Chart(named).mark_rule(strokeWidth=5, color=INK).encode(x=x, y=alt.Y("top:Q", **y), y2="bottom:Q")
    left, right = (alt.Chart(named[named["x"] == at]) for at in (0, 1))
    texts = [
        left.mark_text(align="right", dx=-8, dy=-7, fontSize=TEXT - 2, color=INK, lineBreak="\n", lineHeight=14),
        right.mark_text(align="left", dx=8, dy=-7, fontSize=TEXT - 2, color=INK, lineBreak="\n", lineHeight=14),
    ]
    texts = [text.encode(x=x, y=alt.Y("middle:Q", **y), text="label:N") for text in texts]
    return [post, *texts]


def _in_lines(name: str) -> str:
    """The name in lines for which a phone has room beside the bands."""
    return "\n".join(textwrap.wrap(name, NAME_WIDTH, break_long_words=False))


def _headings(x: alt.X) -> list[Any]:
    both = alt.Chart(pd.DataFrame({"x": [0, 1], "says": [say("before"), say("after")]}))
    text = both.mark_text(baseline="bottom", dy=-12, fontSize=TEXT - 2, color=MUTED)
    return [text.encode(x=x, y=alt.value(0), text="says:N")]
