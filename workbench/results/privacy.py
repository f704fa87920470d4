"""Decides what may be shown.

A group of fewer than five people is withheld, and so is a share that says the same of everybody in a group of fewer
than ten: "0 of 7 ever used it" is a statement about seven persons. What is withheld must not come back by subtraction.
So the rest of every published total is held to the rule for a group: the withheld groups of one total are together five
people and not all alike, no combination of totals can be solved for one of them, and they are not all of one size,
which the rest would give away (three groups of fewer than five, together twelve: 4, 4, 4). Where that fails, the
smallest further group is withheld too, and all others of its size. Cell suppression, as in Hundepool et al.,
Statistical Disclosure Control (2012), chapter 4.

A reader who knows this rule can turn it round; so nothing says which group was withheld for which reason. A larger
group that is itself withheld takes all its groups with it. What this cannot hide: that a total of as many people as
groups has one person in each, and what one person does who leaves a group between two tables of it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from workbench.results import words
from workbench.results.crowd import FACTS
from workbench.results.minimum import ALIKE as ALIKE
from workbench.results.minimum import MINIMUM as MINIMUM
from workbench.results.minimum import may_show
from workbench.results.phrases import say_n
from workbench.results.registry import registered

JUDGED = ("estimate", "std_error", "conf_low", "conf_high", "band_low", "band_high", "n", "share")  # by other rules
TERMS = ("age", "event_week", "hour", "hours", "step", "teams", "weekday", "weeks_after")  # numbers that name rows


def withheld(
    people: pd.Series,
    within: pd.Series | pd.DataFrame | None = None,
    having: pd.Series | None = None,
    minimum: int = MINIMUM,
    also: pd.Series | None = None,
) -> pd.Series:
    """Which groups may not be shown: true or false for each, on the index of `people`.

    people : how many people are in each group; groups of one total do not overlap; an empty group may be shown
    within : the larger group whose total a reader may know too, such as the department of a team, or what the table
        repeats the groups for, such as the week; several columns where several totals are known (department and role)
    having : of the people, how many have what is counted, where the table shows shares
    also : groups that may not be shown for what else the table says of them (`telling`)
    """
    n = people.fillna(0).to_numpy(float)
    k = None if having is None else having.fillna(0).to_numpy(float)
    hidden = too_few(people, having, minimum).to_numpy(bool, copy=True)
    hidden |= False if also is None else also.to_numpy(bool)
    for parent in _columns(within):
        hidden |= _in_withheld(parent, n, k, minimum)
    for rows, totals in _blocks(len(n), within):
        hidden[rows] = _with_further(hidden[rows], totals, n[rows], None if k is None else k[rows], minimum)
    return pd.Series(hidden, index=people.index, name="withheld")


def too_few(people: pd.Series, having: pd.Series | None = None, minimum: int = MINIMUM) -> pd.Series:
    """Which rows may not be shown that are no parts of one total, such as the weeks of one group or its steps.

    people, having : as in `withheld`

    >>> too_few(pd.Series([12, 6, 6, 3]), having=pd.Series([12, 6, 2, 1])).tolist()
    [False, True, False, True]
    """
    n = people.fillna(0).to_numpy(float)
    k = None if having is None else having.fillna(0).to_numpy(float)
    return pd.Series((n > 0) & ~may_show(n, k, minimum), index=people.index, name="withheld")


def telling(table: pd.DataFrame, people: pd.Series) -> pd.Series:
    """Rows of fewer than ten people in which a number says the same of them all, as "0 of 7 left" does.

    table : its counts, and its shares and means that are nowhere negative; effects and intervals are no such numbers
    people : how many are behind each row

    >>> table = pd.DataFrame({"n": [7, 7, 12], "left": [0, 3, 0], "days": [1.5, 2.5, 0.0]})
    >>> telling(table, table["n"]).tolist()
    [True, False, False]
    """
    n = people.to_numpy(float, na_value=np.nan)
    few = (n > 0) & (n < ALIKE)
    found = np.zeros(len(table), dtype=bool)
    for name in table.columns.difference([*JUDGED, *TERMS, people.name]) if few.any() else []:
        if table[name].dtype.kind in "iuf":
            values = table[name].to_numpy(float, na_value=np.nan)
            share = table[name].dtype.kind == "f" and np.nanmax(values, initial=0) <= 1
            found |= ~(values < 0).any() & ((values == 0) | (values == (1 if share else n)))
    return pd.Series(found & few, index=table.index, name="withheld")


def unshowable(table: pd.DataFrame, unit: str, minimum: int = MINIMUM) -> pd.Series:
    """Rows of Estimates that may not be shown, each looked at by itself.

    table : `n` (people) and `estimate`; for shares also `own`, what was counted where the estimate borrows from others
    """
    return too_few(_people(table), _counted(table, unit), minimum)


def shown(result: Any, within: str | pd.Series | pd.DataFrame | None = None, minimum: int = MINIMUM) -> Any:
    """The result without the groups that may not be shown, saying in its `notes` that some are missing.

    result : Estimates of groups, or a table; reads `n` (people), for shares `estimate` or `share`, and every other
        count, share or mean of the table (`telling`)
    within : as in `withheld`, also as the name of one of the result's columns
    A row without a number hides nobody and stays, unless it says that there are few people.
    Returns the same kind of thing. A table says nothing of what is missing: use `note`.

    >>> from workbench.results import shown
    >>> groups = pd.DataFrame({"team": ["x", "y", "z"], "n": [12, 9, 3]})
    >>> shown(groups)["team"].tolist()  # y goes with z, which could be worked out from the total
    ['x']
    """
    table = result if isinstance(result, pd.DataFrame) else result.table
    larger = table[within] if isinstance(within, str) else within
    people, having = _people(table), _having(result)
    hidden = withheld(people, larger, having, minimum, _also(result))
    for counted in [having, *_counts(result)]:
        if (told := registered(table, people, counted, hidden, _repeated(larger, table.index))).any():
            hidden = withheld(people, larger, having, minimum, hidden | told)
    kept = table[~hidden].reset_index(drop=True)
    if isinstance(result, pd.DataFrame):
        return kept
    return replace(result, table=kept, notes=(*result.notes, *filter(None, [note(hidden, minimum)])))


def note(hidden: pd.Series, minimum: int = MINIMUM) -> str:
    """What a page says of its hidden groups; empty where there are none.

    The sentence is one whatever the reason: how many are hidden for which would reveal more than it should.

    >>> note(pd.Series([True, True, True, False]))
    '3 groups are hidden to protect people (fewer than 5, or could be worked out)'
    """
    if not hidden.any():
        return ""
    return _Hidden(
        say_n(
            "{n} group is hidden to protect people (fewer than {least}, or could be worked out)",
            "{n} groups are hidden to protect people (fewer than {least}, or could be worked out)",
            int(hidden.sum()),
            least=minimum,
        )
    )


class _Hidden(str):
    """A note that groups are hidden, in whatever language, so that `said` finds it among others."""

    __slots__ = ()


def said(result: Any) -> str:
    """What an earlier `shown` said of the result's withheld groups.

    >>> from workbench.results import said, shown
    >>> table = pd.DataFrame({"team": ["x", "z"], "estimate": [1.0, 2.0], "n": [12, 3]})
    >>> said(shown(wb.Estimates(table, "days", "made up")))
    '2 groups are hidden to protect people (fewer than 5, or could be worked out)'
    """
    notes = [] if isinstance(result, pd.DataFrame) else result.notes
    return next((sentence for sentence in notes if isinstance(sentence, _Hidden)), "")


def _people(table: pd.DataFrame) -> pd.Series:
    """How many people a row tells of: none without an estimate, unless it counts something else or they are few."""
    numbers = table[[c for c in ("estimate", "share") if c in table]]
    counts = table[table.columns.difference([*JUDGED, *TERMS])].select_dtypes("number")
    tells = numbers.notna().all(axis=1) | counts.notna().any(axis=1) | (table["n"] < MINIMUM)
    return table["n"].where(tells, 0)


def _repeated(within: pd.Series | pd.DataFrame | None, index: pd.Index) -> pd.DataFrame:
    """What a table repeats its groups for, such as the week, as texts: no fact about people."""
    if within is None:
        return pd.DataFrame(index=index)
    columns = within.to_frame() if isinstance(within, pd.Series) else within
    return columns[[name for name in columns if name not in FACTS]].astype(str)


def _also(result: Any) -> pd.Series | None:
    return telling(result, result["n"]) if isinstance(result, pd.DataFrame) else None


def _counts(result: Any) -> list[pd.Series]:
    """What else a table counts of its people, added up: a share or a mean of them times how many they are."""
    if not isinstance(result, pd.DataFrame):
        return []
    names = result.columns.difference([*JUDGED, *TERMS])
    columns = [result[name].astype(float) for name in names if result[name].dtype.kind in "iuf"]
    return [_added_up(each, result["n"].astype(float)) for each in columns if not (each < 0).any()]


def _added_up(values: pd.Series, n: pd.Series) -> pd.Series:
    whole = (values == values.round()).all() and (values <= n).all()
    added = values if whole else values * n
    # A mean of one does not say the same of everybody, unless it is a share.
    return added.where(whole | (values.max() <= 1) | (added != n), n + 0.5)


def _having(result: Any) -> pd.Series | None:
    """How many of a group's people are counted, where the result is a share of them."""
    if isinstance(result, pd.DataFrame):
        return (result["share"] * result["n"]).round() if "share" in result else None
    return _counted(result.table, result.unit)


def _counted(table: pd.DataFrame, unit: str) -> pd.Series | None:
    """The same of Estimates: by a group's own share where its estimate borrows from others, and can be turned back."""
    if not words.is_share(unit) or (table["estimate"] < 0).any():  # a change in a share says nothing of them all
        return None
    return (table["own" if "own" in table else "estimate"] * table["n"]).round()


def _columns(within: pd.Series | pd.DataFrame | None) -> list[np.ndarray]:
    """The larger group of each row, as numbers, once for each kind of larger group."""
    if within is None:
        return []
    columns = within.to_frame() if isinstance(within, pd.Series) else within
    return [pd.factorize(columns[c], use_na_sentinel=False)[0] for c in columns]


def _in_withheld(parent: np.ndarray, n: np.ndarray, k: np.ndarray | None, minimum: int) -> np.ndarray:
    """Groups whose larger group may not be shown among the larger groups."""
    people = pd.Series(np.bincount(parent, n))
    having = None if k is None else pd.Series(np.bincount(parent, k))
    hidden = withheld(people, None, having, minimum).to_numpy(bool)
    return np.asarray(hidden[parent] & (n > 0))


def _blocks(rows: int, within: pd.Series | pd.DataFrame | None) -> list[tuple[np.ndarray, np.ndarray]]:
    """Rows that share no total with others, and their totals: one line each, true for the rows that add up to it."""
    columns = _columns(within)
    if len(columns) > 1:
        return [(np.arange(rows), np.array([c == value for c in columns for value in np.unique(c)]))]
    only = columns[0] if columns else np.zeros(rows, dtype=int)
    members = [np.flatnonzero(only == value) for value in np.unique(only)]
    return [(m, np.ones((1, len(m)), dtype=bool)) for m in members]


def _with_further(
    hidden: np.ndarray, totals: np.ndarray, n: np.ndarray, k: np.ndarray | None, minimum: int
) -> np.ndarray:
    """The withheld groups, and the smallest further ones until no total gives one away or none is left."""
    hidden = hidden.copy()
    unsafe = True
    while unsafe:
        unsafe = False
        for total in totals:
            further = total & ~hidden & (n > 0)
            if further.any() and _gives_away(total & hidden & (n > 0), hidden, totals, n, k, minimum):
                hidden |= further & (n == n[further].min())  # all of that size: a choice among them would tell
                unsafe = True
    return hidden


def _gives_away(
    rest: np.ndarray, hidden: np.ndarray, totals: np.ndarray, n: np.ndarray, k: np.ndarray | None, minimum: int
) -> bool:
    if not rest.any():
        return False
    together = may_show(n[rest].sum(), None if k is None else k[rest].sum(), minimum)
    return not together or len(set(n[rest])) == 1 or bool(_solvable(hidden, totals)[rest].any())


def _solvable(hidden: np.ndarray, totals: np.ndarray) -> np.ndarray:
    """Which withheld groups some combination of the totals isolates: their unit vector is in the totals' row space."""
    known = totals[:, hidden].astype(float)
    found = np.zeros(len(hidden), dtype=bool)
    found[hidden] = np.isclose(np.diag(np.linalg.pinv(known) @ known), 1)
    return found
