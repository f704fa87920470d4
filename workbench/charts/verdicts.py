"""Effects with their verdicts: the mark, the colour and the pointer say what the headline and the table say."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from workbench.charts.axes import value_axis
from workbench.charts.data import INTERVAL, table_of
from workbench.charts.frame import frame
from workbench.charts.marks import whiskers
from workbench.charts.rows import Rows
from workbench.charts.theme import BELOW, INK, MAIN, MUTED, UNCLEAR
from workbench.charts.wording import caption, in_lines, in_words, names_with_counts, tooltip
from workbench.results.phrases import phrase, say, translated
from workbench.results.verdict import Grade, Verdict

MARKS = {  # verdict → shape, colour, whether it is filled, and the sign that stands for it in a sentence
    Verdict.RAISED: ("triangle-up", MAIN, True, "▲"),
    Verdict.PROBABLY_RAISED: ("triangle-up", MAIN, False, "△"),
    Verdict.TURNED_DOWN: ("diamond", BELOW, True, "◆"),
    Verdict.TURNED_UP: ("diamond", BELOW, False, "◇"),
    Verdict.UNCLEAR: ("circle", UNCLEAR, True, "●"),
    Verdict.PROBABLY_LOWERED: ("triangle-down", BELOW, False, "▽"),
    Verdict.LOWERED: ("triangle-down", BELOW, True, "▼"),
    Verdict.UNRELIABLE: ("circle", UNCLEAR, False, "○"),
}
BLOCK = phrase("Unreliable: a check failed")  # the heading of the last block


def verdicts(result: pd.DataFrame, *, title: Any, subtitle: str = "", term: str = "programme") -> alt.LayerChart | None:
    """Effects from largest to smallest, each with the mark of its verdict; those that failed a check in a last block.

    result : the column `term`, verdict, grade, estimate, conf_low, conf_high, unit[, n], as `findings.listed` has them;
        rows without an estimate are left out
    Returns the chart; None where no row has an estimate. Raises ValueError for a missing column.

    >>> from workbench.charts import verdicts
    >>> ends = {"estimate": 0.4, "conf_low": 0.2, "conf_high": 0.6, "unit": "active days a week"}
    >>> rows = pd.DataFrame([{"programme": "Talks", "verdict": "raised", "grade": "robust", **ends}])
    >>> verdicts(rows, title="Talks helped").description
    'Talks helped. Dots with likely ranges, active days a week: Talks +0.40 helped.'
    """
    needed = (term, "verdict", "grade", "unit", "estimate", *INTERVAL[:2])
    table = table_of(result, *needed, also=("n",)).dropna(subset=["estimate"])
    if table.empty:
        return None
    unit = str(table["unit"].iloc[0])
    table = _in_order(_worded(table, term, unit))
    last = table["verdict"] == Verdict.UNRELIABLE
    rows = [*table.loc[~last, "row"], *[in_lines(translated(BLOCK))] * bool(last.any()), *table.loc[last, "row"]]
    named = Rows([row.split("|")[0] for row in rows])
    x = value_axis(unit, zero=False, padding=6)
    base = alt.Chart(table).encode(y=_names(rows, named), color=_coded("color", 1))
    marks = _points(base, x, tooltip(table, unit, name=say("What"), effect=say("Effect"), evidence=say("Evidence")))
    left = alt.layer(_zero(), *whiskers(base, x, along="x", opacity=0.75), marks)
    key = ", ".join(f"{MARKS[each][3]} {translated(each.effect)}" for each in MARKS if (table["verdict"] == each).any())
    said = _in_a_sentence(table, term, unit)
    whole = frame([left, _sizes(table, rows, named)], title, caption(translated(subtitle), key), said, named)
    apart: alt.LayerChart = whole.resolve_axis(y="independent")  # names at the left, numbers at the right
    return apart


def _worded(table: pd.DataFrame, term: str, unit: str) -> pd.DataFrame:
    """The rows with what their labels and pointers say."""
    labels = names_with_counts(table, term)
    said = in_words(table, unit)
    values = [
        f"+{value}" if number > 0 else value for number, value in zip(said["estimate"], said["value"], strict=True)
    ]
    return said.assign(
        name=table[term],
        value=values,
        # A bar stands between the two; one in a name becomes a sign that looks like it.
        row=[f"{label.replace('|', '∣')}|{value}" for label, value in zip(labels, values, strict=True)],
        effect=[translated(Verdict(each).effect) for each in table["verdict"]],
        evidence=[Grade(each).shown for each in table["grade"]],
    )


def _in_order(table: pd.DataFrame) -> pd.DataFrame:
    """Largest effect first; what failed a check after all others, whatever its size."""
    failed = table["verdict"] == Verdict.UNRELIABLE
    return table.assign(failed=failed).sort_values(["failed", "estimate"], ascending=[True, False], kind="stable")


def _names(rows: list[str], named: Rows) -> alt.Y:
    """The names on the left; the heading of the last block stands in a line of its own."""
    axis = named.axis("split(datum.label, '|')[0]")
    return alt.Y("row:N", sort=rows, scale=alt.Scale(domain=rows, **named.scale), axis=axis)


def _sizes(table: pd.DataFrame, rows: list[str], named: Rows) -> alt.Chart:
    """The number of each row at the right, so that no eye has to travel to the axis."""
    axis = alt.Axis(title=None, orient="right", labelExpr="split(datum.label, '|')[1]", ticks=False, domain=False)
    scale = alt.Scale(domain=rows, **named.scale)
    place = alt.Y("row:N", sort=rows, scale=scale, axis=axis)
    sizes: alt.Chart = alt.Chart(table[["row"]]).mark_point(opacity=0)
    return sizes.encode(y=place)


def _zero() -> alt.LayerChart:
    """The line at no change, with its name."""
    base = alt.Chart(pd.DataFrame({"estimate": [0.0], "says": [say("no change")]})).encode(x="estimate:Q")
    name = base.mark_text(baseline="bottom", dy=-3, fontSize=11, color=MUTED).encode(y=alt.value(0), text="says:N")
    line: alt.LayerChart = base.mark_rule(color=INK, strokeWidth=1, strokeDash=[4, 2]) + name
    return line


def _points(base: alt.Chart, x: dict[str, Any], tips: list[alt.Tooltip]) -> alt.Chart:
    """A filled mark where the verdict is firm, a hollow one where it is not."""
    inside = [colour if full else "white" for _, colour, full, _ in MARKS.values()]
    fill = alt.Fill("verdict:N", scale=alt.Scale(domain=[str(each) for each in MARKS], range=inside), legend=None)
    marks: alt.Chart = base.mark_point(size=90, opacity=1, strokeWidth=1.8)
    return marks.encode(x=alt.X(**x), shape=_coded("shape", 0), fill=fill, tooltip=tips)


def _coded(channel: str, place: int) -> Any:
    """The shape (place 0) or colour (place 1) of each verdict."""
    scale = alt.Scale(domain=[str(verdict) for verdict in MARKS], range=[style[place] for style in MARKS.values()])
    kinds: dict[str, Any] = {"shape": alt.Shape, "color": alt.Color}
    return kinds[channel]("verdict:N", scale=scale, legend=None)


def _in_a_sentence(table: pd.DataFrame, term: str, unit: str) -> str:
    said = [f"{row[term]} {row['value']} {row['effect']}" for row in table.to_dict("records")]
    return say("Dots with likely ranges, {unit}: {rows}", unit=translated(unit), rows=", ".join(said))
