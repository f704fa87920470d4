"""What a chart says in words: figures, tooltips, captions, and the sentence that stands for the picture."""

from __future__ import annotations

import textwrap
from typing import Any

import altair as alt
import pandas as pd

from workbench.results import words
from workbench.results.phrases import phrase, say, translated

NAME_WIDTH = 34  # letters of a line for which a phone has room


def unit_of(result: Any, unit: str = "") -> str:
    """What the numbers count: the unit given, else that of the estimates; a table with a `share` counts people."""
    if isinstance(result, pd.DataFrame):
        return unit or ("share of people" if "share" in result else "")
    return unit or str(result.unit)


def figure(value: float, unit: str) -> str:
    """A measurement as a chart writes it; an en dash where it is missing.

    >>> figure(0.314, "share of people"), figure(2.306, "active days a week"), figure(float("nan"), "")
    ('31%', '2.31', '–')
    """
    if value != value:
        return "–"
    return say("{n}%", n=words.number(100 * value, 0)) if words.is_share(unit) else words.number(value)


def bare(table: pd.DataFrame) -> list[str]:
    """Shares in per cent without the sign, for narrow cells."""
    return [words.number(100 * share, 0) for share in table["estimate"]]


def in_words(table: pd.DataFrame, unit: str) -> pd.DataFrame:
    """The table with what a tooltip shows: `value`, `likely` (the ends of its interval) and `people`, as words."""
    said = {"value": [figure(v, unit) for v in table["estimate"]]}
    if "conf_low" in table:
        ends = zip(table["conf_low"], table["conf_high"], strict=True)
        said["likely"] = [_range(low, high, unit) for low, high in ends]
    if "n" in table:
        said["people"] = [words.number(n, 0) for n in table["n"]]
    return table.assign(**said)


def _range(low: float, high: float, unit: str) -> str:
    return words.ranged(figure(low, unit), figure(high, unit)) if low == low else "–"


def by_week(table: pd.DataFrame, unit: str) -> pd.DataFrame:
    """The table ready to draw over time: weeks as dates in order, and in words for the tooltip."""
    table = in_words(table, unit).assign(week=pd.to_datetime(table["week"])).sort_values("week", kind="stable")
    return table.assign(when=[words.day(w) for w in table["week"]]).reset_index(drop=True)


def tooltip(table: pd.DataFrame, unit: str = "", **terms: str) -> list[alt.Tooltip]:
    """What a pointer reads: the terms under their titles, then the measurement in words (`in_words`).

    terms : column → its title; columns that are not in the table are left out
    """
    known = {"value": words.capital(translated(unit)), "likely": say("likely range"), "people": say("people")}
    fields = {**terms, **known}
    return [alt.Tooltip(f"{field}:N", title=title or field) for field, title in fields.items() if field in table]


LINE = phrase("Line of {unit}, from {first} ({since}) to {last} ({until})")


def path_in_words(table: pd.DataFrame, term: str, unit: str, sentence: str = LINE, **parts: str) -> str:
    """The alt text of a line: from which value to which.

    table : the rows in their order, with `estimate`, `value` (in words) and `term` (where on the other axis)
    sentence : what is drawn, with places for the unit and both ends
    parts : of the sentence, where it has other places

    >>> rows = pd.DataFrame({"week": [0, 4], "estimate": [0.1, 0.3], "value": ["0.10", "0.30"]})
    >>> path_in_words(rows, "week", "active days a week")
    'Line of active days a week, from 0.10 (0) to 0.30 (4)'
    """
    known = table.dropna(subset=["estimate"])
    if known.empty:
        return say("Nothing to draw")
    (first, since), (last, until) = ((row["value"], _place(row[term])) for _, row in known.iloc[[0, -1]].iterrows())
    what = translated(unit) or say("the measurement")
    return translated(sentence).format(unit=what, first=first, since=since, last=last, until=until, **parts)


def _place(where: Any) -> str:
    return where if isinstance(where, str) else words.number(where, 0)


MANY = {  # what groups are called → of several
    phrase("department"): phrase("departments"),
    phrase("team"): phrase("teams"),
    phrase("role"): phrase("roles"),
    phrase("region"): phrase("regions"),
    phrase("pattern"): phrase("patterns"),
    phrase("person"): phrase("people"),
}


TERMS = (phrase("sign"), phrase("question"), phrase("label"), phrase("group"))  # other columns that name rows


def heading(name: str) -> str:
    """A column that names groups, states or times, as a title says it.

    >>> heading("department")
    'Department'
    """
    return words.capital(translated(name))


def caption(*parts: str) -> str:
    """The parts of a caption as one; empty parts are left out.

    >>> caption("mean of all weeks", "", "thin: all at once.")
    'Mean of all weeks; thin: all at once'
    """
    return words.capital("; ".join(p.rstrip(".") for p in parts if p))


def names_with_counts(table: pd.DataFrame, term: str) -> list[str]:
    """Each name in the column `term` with its `n` people, in lines."""
    counts = [f" ({words.number(n, 0)})" for n in table["n"]] if "n" in table else [""] * len(table)
    return [in_lines(f"{v}{n}") for v, n in zip(table[term], counts, strict=True)]


def in_lines(name: str) -> str:
    """A name in lines short enough for a phone.

    >>> in_lines("against people of the same role and length of access (158)").splitlines()
    ['against people of the same role', 'and length of access (158)']
    """
    return "\n".join(textwrap.wrap(name, NAME_WIDTH))


def interval_key(table: pd.DataFrame, key: str) -> str:
    """What thick and thin intervals mean, where both are drawn."""
    return translated(key) if "band_low" in table and table["band_low"].notna().any() else ""
