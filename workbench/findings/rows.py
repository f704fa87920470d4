"""The row of an estimate that a finding is about."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from workbench.results.estimates import Estimates
from workbench.results.phrases import say
from workbench.results.verdict import Row

INTERVAL = ("estimate", "conf_low", "conf_high")


def row_of(estimates: Estimates, at: Row | None = None) -> Row | None:
    """The row that a finding is about.

    at : column → value that names a row of the table; None: the overall number, or the only row
    Returns None where there is no such row, or where its number or its interval is missing or infinite.
    Raises ValueError where `at` names several rows.

    >>> table = pd.DataFrame({"week": [1, 2], "estimate": [0.1, 0.3], "conf_low": [-0.1, 0.2], "conf_high": [0.3, 0.4]})
    >>> print(row_of(Estimates(table, "active days a week", "made up"), {"week": 2})["conf_low"])
    0.2
    """
    row = _any_row(estimates, at)
    known = row is not None and all(pd.notna(row[c]) and math.isfinite(row[c]) for c in INTERVAL)
    return row if known else None


def why_none(estimates: Estimates, at: Row | None = None) -> str:
    """Why `row_of` found no row with an interval: nobody to compare with, too few teams or people, or no bound."""
    row = _any_row(estimates, at)
    if row is None or pd.isna(row["estimate"]) or ("std_error" not in row and not _infinite(row)):
        return say("nobody was left to compare with")
    if _infinite(row):
        return say("too few came because of the offer to bound it")
    if not row["std_error"] > 0:
        return say("what is compared does not vary, so that chance cannot be weighed")
    if estimates.clustered:
        return say("it rests on too few teams to tell it from chance")
    return say("it rests on too few people to tell it from chance")


def _infinite(row: Row) -> bool:
    """Whether an end of the interval is."""
    return any(pd.notna(row[end]) and math.isinf(row[end]) for end in INTERVAL[1:])


def first_row(row: Any) -> Row | None:
    """One row, given as a mapping, a Series or a table of one row; None stays None."""
    if isinstance(row, pd.DataFrame):
        row = row.iloc[0]
    return row if row is None else dict(row)


def numbers_of(row: Row, estimates: Estimates) -> dict[str, Any]:
    """The row's numbers as fields of a `Finding`: estimate, conf_low, conf_high, unit, n (None where unknown)."""
    n = row.get("n")
    known = {c: float(row[c]) for c in INTERVAL}
    return {**known, "unit": estimates.unit, "n": None if n is None or pd.isna(n) else int(n)}


def _any_row(estimates: Estimates, at: Row | None) -> Row | None:
    """The row named, or the overall one, or the only one, whatever its numbers."""
    if at is not None:
        return first_row(_named(estimates.table, at))
    alone = estimates.overall is None and len(estimates.table) == 1
    return first_row(estimates.table if alone else estimates.overall)


def _named(table: pd.DataFrame, at: Row) -> pd.DataFrame | None:
    found = table[(table[list(at)] == pd.Series(at)).all(axis=1)]
    if len(found) > 1:
        raise ValueError(f"{dict(at)} names {len(found)} rows of the estimates; name one, by {list(table.columns)}.")
    return found if len(found) else None
