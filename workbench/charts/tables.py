"""Writes a result as a table for people: words for columns, figures as they are read."""

from __future__ import annotations

from datetime import date
from html import escape
from numbers import Integral
from typing import Any

import pandas as pd
from IPython.display import HTML

from workbench.charts.data import COMPARED, OURS, worded
from workbench.results import privacy
from workbench.results.boundary import visible
from workbench.results.estimates import Estimates
from workbench.results.phrases import say, translated
from workbench.results.words import capital, day, number, ranged, sentence

MOST_ROWS = 60
MISSING = "–"
PER_1000 = "per 1,000"  # as a heading ends


def table(
    result: Any, columns: dict[Any, str], note: str = "", people: str | None = "n", like: pd.DataFrame | None = None
) -> HTML:
    """The columns of a result under words a reader knows, in this order, without the rows that may not be shown.

    result : a DataFrame or Estimates
    columns : column → its heading; a heading that ends in "%" shows parts of a whole (0.314) as per cent (31%), one
        that ends in "per 1,000" as parts of a thousand (314). A pair of columns, such as ("conf_low", "conf_high"), is
        shown as one range
    note : a sentence below, such as what is withheld (`privacy.said`)
    people : the column that says how many people each row rests on; None where rows are not about people, such as the
        rows of a log or the weeks of a plan
    like : a table whose first column names the rows in the order of the picture beside; rows that it lacks come last
    Missing values show as a dash, and a table without rows as "None." A column without any value is left out, but not
    one of ranges: its dashes say that none can be given.
    Returns HTML. Raises ValueError for more rows than anybody reads: aggregate first. Raises ContractError for numbers
    without `people`.

    >>> teams = pd.DataFrame({"team": ["North"], "share": [0.314], "n": [35]})
    >>> print(table(teams, {"team": "Team", "share": "Active, %"}).data.splitlines()[3])
    <tr><td>North</td><td class="number">31%</td></tr>
    """
    given = result if isinstance(result, pd.DataFrame) else result.table
    if len(given) > MOST_ROWS:
        raise ValueError(f"{len(given)} rows are no table for people ({MOST_ROWS} at most); aggregate first.")
    given, withheld = _visible(result, list(columns), people) if len(given) else (given, "")
    note = note or withheld
    if given.empty:
        return _passed(f"<p>{escape(sentence(note) or say('None.'))}</p>")
    given = worded(given, (*OURS, *COMPARED))
    first = next(iter(columns))
    given = given if like is None else _in_order(given, first, like)
    columns = {name: head for name, head in columns.items() if name == first or _holds_any(given, name)}
    words = {heading: _shown(given, name, heading) for name, heading in columns.items()}
    below = f"\n<p>{escape(sentence(note))}</p>" if note else ""
    numeric = {h: isinstance(name, tuple) or given[name].dtype.kind in "iuf" for name, h in columns.items()}
    heads = [_head(name, heading) for name, heading in columns.items()]
    return _passed(_html(heads, words, numeric) + below)


def _holds_any(given: pd.DataFrame, name: Any) -> bool:
    return isinstance(name, tuple) or bool(given[name].notna().any())


def _in_order(given: pd.DataFrame, name: str, like: pd.DataFrame) -> pd.DataFrame:
    """The rows as `like` has them."""
    places = {translated(str(each)): place for place, each in enumerate(like.iloc[:, 0])}
    places |= {str(each): place for place, each in enumerate(like.iloc[:, 0])}
    return given.sort_values(name, key=lambda names: names.map(places).fillna(len(places)), kind="stable")


def _passed(text: str) -> HTML:
    """HTML of rows that may be shown."""
    shown = HTML(text)  # type: ignore[no-untyped-call]
    shown.passes_boundary = True  # type: ignore[attr-defined]  # see `results.boundary`
    return shown


def _visible(result: Any, columns: list[Any], people: str | None) -> tuple[pd.DataFrame, str]:
    """The rows that may be shown, and what to say of the others; Estimates know their people themselves."""
    if isinstance(result, Estimates):
        return result.visible.table, privacy.said(result.visible)
    drawn = [name for column in columns for name in (column if isinstance(column, tuple) else (column,))]
    counted = [people] if people in result else []
    return visible(result[list(dict.fromkeys([*drawn, *counted]))], people)


def crossed(result: Any, down: str, over: str, cell: str) -> pd.DataFrame:
    """A long result as a wide table: a row for each value of `down`, a column for each value of `over`, in their order.

    cell : what stands in a cell, in the columns of its row, such as "{users:,} of {n:,}"; missing where there is no row
        or it may not be shown; `n` is how many people it rests on
    Returns the wide table, `down` as its first column.

    >>> rows = {"team": ["North", "North"], "pace": ["slow", "fast"], "users": [3, 840], "n": [1240, 1240]}
    >>> crossed(pd.DataFrame(rows), "team", "pace", "{users:,}").to_dict("records")
    [{'team': 'North', 'slow': '3', 'fast': '840'}]
    """
    given = visible(result)[0] if isinstance(result, pd.DataFrame) else result.visible.table
    said = given.assign(said=[translated(cell).format_map(row) for row in given.to_dict("records")])
    wide = said.pivot(index=down, columns=over, values="said")
    return wide.reindex(given[down].unique())[list(given[over].unique())].reset_index()


def _head(name: Any, heading: str) -> str:
    """A heading in the language of the page; that of a column named by the data stays."""
    if heading == name:
        return heading
    shown = translated(heading)
    return capital(translated(name)) if shown == heading == capital(str(name)) else shown


def _html(heads: list[str], columns: dict[str, list[str]], numeric: dict[str, bool]) -> str:
    """Figures stand under each other: columns of numbers are aligned to the right, their headings with them."""
    sides = [' class="number"' if numeric[heading] else "" for heading in columns]
    head = "".join(f'<th scope="col"{side}>{escape(h)}</th>' for h, side in zip(heads, sides, strict=True))
    rows = [zip(row, sides, strict=True) for row in zip(*columns.values(), strict=True)]
    body = "".join(f"<tr>{''.join(f'<td{side}>{escape(cell)}</td>' for cell, side in row)}</tr>\n" for row in rows)
    return f"<table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{body}</tbody>\n</table>"


def _shown(given: pd.DataFrame, name: Any, heading: str) -> list[str]:
    """A column in words, or a pair of them as ranges."""
    if not isinstance(name, tuple):
        return _figures(given[name], heading)
    ends = _figures(pd.Series([value for end in name for value in given[end]]), heading)
    pairs = zip(ends[: len(given)], ends[len(given) :], strict=True)
    return [MISSING if MISSING in pair else ranged(*pair) for pair in pairs]


def _figures(values: pd.Series, heading: str) -> list[str]:
    """A column in words; its largest number says how many decimals are worth reading: 2.31, 12.4, 150."""
    if heading.endswith(PER_1000):
        values = 1000 * values
    largest = values.abs().max() if values.dtype.kind == "f" else 0
    digits = 2 if not largest >= 9.995 else 1 if largest < 99.95 else 0
    return [_figure(value, heading, digits) for value in values]


def _figure(value: Any, heading: str, digits: int) -> str:
    if pd.isna(value):
        return MISSING
    if isinstance(value, bool):
        return say("yes") if value else say("no")
    if isinstance(value, str):
        return value
    if isinstance(value, date):
        return day(value)
    if heading.endswith("%"):
        return say("{n}%", n=number(100 * value, 0))
    return number(value, 0 if isinstance(value, Integral) else digits)
