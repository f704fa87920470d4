"""What a chart draws: the columns it needs, of the rows that may be shown; a page gives its charts' data away."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from workbench.charts.theme import MOST_ROWS, PERSONAL, STATES
from workbench.results import privacy, words
from workbench.results.phrases import translated

INTERVAL = ("conf_low", "conf_high", "n")
BAND = ("band_low", "band_high")
OURS = (  # columns whose texts are the workbench's words, never a user's names: they are shown in the page's language
    *(
        "agreement",
        "answers",
        "arm_a",
        "arm_b",
        "assigned_unit",
        "assumption",
        "by",
        "category",
        "consider",
        "course",
        "dates",
    ),
    *("declared", "design", "effect", "evidence", "export", "format", "gamed", "group", "how", "kind", "label", "left"),
    *("meaning", "means", "measure", "movement", "or_else", "part", "pattern", "plain", "position", "question"),
    *("rewarded", "said_side", "says", "scale", "seen_side", "sign", "source", "term", "third", "told"),
    *("under", "unit", "use", "wave", "what", "who", "why"),
)
COMPARED = ("reason", "side", "verdict")  # the same, but charts compare what stands there before they show it


def table_of(result: Any, *needed: str, also: Sequence[str] = ()) -> pd.DataFrame:
    """The columns that a chart draws, and no others.

    result : a table or Estimates; its `share` stands for `estimate` where there is none
    needed, also : columns that must be there, and columns that may
    Raises ValueError for a missing column, one that names people, or more rows than a person can look at.

    >>> table_of(pd.DataFrame({"week": [1], "share": [0.5], "note": [""]}), "week", "estimate", also=("n",))
       week  estimate
    0     1       0.5
    """
    table = result if isinstance(result, pd.DataFrame) else result.table
    if "estimate" in needed and "estimate" not in table and "share" in table:
        table = table.rename(columns={"share": "estimate"})
    lacking = [c for c in needed if c not in table]
    if lacking:
        raise ValueError(f"the chart draws {', '.join(needed)}, but {lacking[0]!r} is not in {list(table.columns)}.")
    kept = [*needed, *(c for c in also if c in table and c not in needed)]
    if names := PERSONAL.intersection(kept):
        raise ValueError(f"{min(names)!r} names people, and a chart's data can be read on its page. Group them first.")
    if len(table) > MOST_ROWS:
        many = f"{len(table):,}"
        raise ValueError(f"a chart draws at most {MOST_ROWS:,} rows, and here are {many}. Aggregate them first.")
    return worded(table[kept].reset_index(drop=True))


def worded(table: pd.DataFrame, columns: Sequence[str] = OURS) -> pd.DataFrame:
    """The table with the workbench's own words in the language of the page; names of users stay."""
    shown = table.copy()
    for name in [name for name in table if table[name].dtype.kind not in "iufb"]:
        if name in columns:
            shown[name] = [translated(value) if isinstance(value, str) else value for value in table[name]]
        elif table[name].isin([words.EVERYBODY]).any():  # the one group that is never a user's
            shown[name] = [translated(value) if value == words.EVERYBODY else value for value in table[name]]
    return shown


def of_enough(table: pd.DataFrame) -> pd.DataFrame:
    """The rows of five people and more, of a table whose rows are no parts of one total, such as weeks of an effect."""
    return table[~privacy.too_few(table["n"])].reset_index(drop=True) if "n" in table else table


def naming_column(result: Any) -> str:
    """The first column that names rows rather than measuring them."""
    table = result if isinstance(result, pd.DataFrame) else result.table
    return next(c for c in table.columns if table[c].dtype.kind not in "fiub")


def overall_estimate(result: Any) -> float | None:
    """The one number of all rows together, where there is one."""
    overall = None if isinstance(result, pd.DataFrame) else result.overall
    return None if overall is None else float(overall["estimate"])


def publishable(result: Any, table: pd.DataFrame, unit: str, within: str | None = None) -> tuple[pd.DataFrame, str]:
    """The rows that may be shown, and what to say of the others.

    result : what the table comes from, which may have withheld groups before
    table : `estimate` and, where rows are groups of people, `n` (people); shares also hide groups that are all alike
    within : the column of the larger group whose total a reader may know
    """
    if "n" not in table:
        return table, privacy.said(result)
    having = (table["estimate"] * table["n"]).round() if words.is_share(unit) else None
    people = table["n"].where(table["estimate"].notna(), 0)
    hidden = privacy.withheld(people, table[within] if within else None, having)
    return table[~hidden].reset_index(drop=True), privacy.note(hidden) or privacy.said(result)


def publishable_groups(
    table: pd.DataFrame, group: str, people: str, minimum: int = privacy.MINIMUM
) -> tuple[pd.DataFrame, str]:
    """The same where a group has several rows and is as large in each.

    group, people : the columns of the group's name and of its size
    minimum : people; smaller groups are withheld
    """
    hidden = privacy.withheld(table.groupby(group)[people].max(), minimum=minimum)
    return table[~table[group].isin(hidden.index[hidden])].reset_index(drop=True), privacy.note(hidden, minimum)


def publishable_weeks(table: pd.DataFrame) -> tuple[pd.DataFrame, str]:
    """The weeks that may be shown of a table with a row for each state: `week`, `users` (people in the state)."""
    people = table.groupby("week")["users"].agg(["sum", "max"])
    hidden = privacy.too_few(people["sum"], having=people["max"])
    return table[~table["week"].isin(hidden.index[hidden])].reset_index(drop=True), privacy.note(hidden)


def from_nobody(table: pd.DataFrame, period: str, by: str) -> pd.DataFrame:
    """The table with a first row for each line of `by`, at period 0, when nobody had got there."""
    first = table.drop_duplicates(by) if by else table.head(1)
    ends = {name: 0.0 for name in ("estimate", *INTERVAL[:2]) if name in table}
    order = [*([by] if by else []), period]
    return pd.concat([first.assign(**{period: 0}, **ends), table]).sort_values(order, ignore_index=True, kind="stable")


def state_order(found: pd.Series) -> list[str]:
    """The states that occur, known ones first in their usual order."""
    there = set(found)
    return [state for state in STATES if state in there] + sorted(there - set(STATES))
