"""Puts effects side by side that were estimated apart.

Looked at together, several intervals miss more often than each by itself: of twenty programmes without any effect one
would seem to work. The band holds for all of them at once whatever ties them together (people who were never trained
are everybody's comparison), at the price of being a little wide: Bonferroni's inequality, Dunn (1961), JASA 56(293),
52–64.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd
from scipy.optimize import brentq
from scipy.stats import norm, t

from workbench.errors import ContractError
from workbench.results.estimates import Estimates


def side_by_side(found: Mapping[str, Estimates], term: str, together: Estimates | None = None) -> Estimates:
    """The overall number of several estimates as one table, with a band that holds for all of them at once.

    found : what each is called → its Estimates, all in one unit; those without an overall number are left out
    term : the column of the names
    together : the estimates of all of them at once, whose overall number becomes theirs
    Returns Estimates, one row each in the order given: term, estimate, std_error, conf_low, conf_high, band_low,
    band_high, n.

    >>> row = {"estimate": 0.3, "std_error": 0.1, "conf_low": 0.1, "conf_high": 0.5, "n": 40}
    >>> one = wb.Estimates(pd.DataFrame([row]), "days a week", "made up", overall=pd.Series(row))
    >>> both = wb.side_by_side({"Talks": one, "Clinics": one}, "programme")
    >>> bool((both.table["band_low"] < both.table["conf_low"]).all())  # two at once: a wider band
    True
    """
    rows = {name: each.overall for name, each in found.items() if each.overall is not None}
    units = {found[name].unit for name in rows}
    if len(units) != 1:
        raise ContractError(f"effects stand side by side in one unit, but these are in {sorted(units) or 'none'}.")
    table = pd.DataFrame(rows.values()).assign(**{term: list(rows)})
    level = found[next(iter(rows))].level
    stretch = _stretch((table["conf_high"] - table["conf_low"]) / 2 / table["std_error"], level, len(table))
    table["band_low"] = table["estimate"] - stretch * (table["estimate"] - table["conf_low"])
    table["band_high"] = table["estimate"] + stretch * (table["conf_high"] - table["estimate"])
    columns = [term, "estimate", "std_error", "conf_low", "conf_high", "band_low", "band_high", "n"]
    about = f"{len(table)} effects side by side; Bonferroni band"
    whole = None if together is None else together.overall
    return Estimates(table[columns].astype({"n": int}).reset_index(drop=True), units.pop(), about, level, whole)


def together(row: Mapping[Any, Any], level: float, many: int) -> tuple[float, float]:
    """The ends of one interval of `many` that are judged together, as the band of `side_by_side` has them.

    row : estimate, conf_low, conf_high and, where known, std_error; level : of its interval, such as 0.95

    >>> from workbench.results.side_by_side import together
    >>> row = {"estimate": 0.3, "std_error": 0.1, "conf_low": 0.104, "conf_high": 0.496}
    >>> [round(end, 2) for end in together(row, 0.95, 5)]  # 2.576 errors: a normal interval of 99%
    [0.04, 0.56]
    """
    half = (row["conf_high"] - row["conf_low"]) / 2
    error = row.get("std_error", math.nan)
    usual = half / norm.isf((1 - level) / 2)  # a normal distribution where the standard error is not known
    stretch = float(_stretch(pd.Series([half / (error if error > 0 else usual)]), level, many)[0])
    middle = row["estimate"]
    return middle - stretch * (middle - row["conf_low"]), middle + stretch * (row["conf_high"] - middle)


def _stretch(reach: pd.Series, level: float, many: int) -> np.ndarray:
    """How much wider the band is than the interval, which reaches so many standard errors.

    An interval from few clusters is that of a t distribution; its reach tells how many degrees of freedom it has.
    """
    tail = (1 - level) / 2
    freedom = [_freedom(each, tail) for each in reach]
    return np.asarray(t.isf(tail / many, freedom) / t.isf(tail, freedom))


def _freedom(reach: float, tail: float) -> float:
    """Degrees of freedom of the t distribution that leaves `tail` beyond `reach`."""
    most = 1e6
    return brentq(lambda df: t.isf(tail, df) - reach, 0.3, most) if reach > t.isf(tail, most) else most


def pairs(compared: Iterable[Estimates], names: Mapping[str, str] | None = None) -> pd.DataFrame:
    """Differences between arms as one table: arm_a, arm_b, estimate, band_low, band_high, n (people, where known).

    compared : answers of `workbench.differences`; the band holds for all pairs of one answer, and one pair needs none
        wider than its interval
    names : arm → what the table calls it; default: its name

    >>> from workbench.results import Estimates, pairs
    >>> one = pd.DataFrame([{"arm_a": "a", "arm_b": "b", "estimate": 1.0, "conf_low": 0.5, "conf_high": 1.5}])
    >>> pairs([Estimates(one, "days", "made up")], {"a": "online"}).iloc[0].tolist()
    ['online', 'b', np.float64(1.0), np.float64(0.5), np.float64(1.5)]
    """
    columns = ["arm_a", "arm_b", "estimate", "band_low", "band_high"]
    alone = {"conf_low": "band_low", "conf_high": "band_high"}
    tables = [each.table if "band_low" in each.table else each.table.rename(columns=alone) for each in compared]
    shown = [table[[*columns, *({"n"} & set(table))]] for table in tables]
    whole = pd.concat(shown or [pd.DataFrame(columns=[*columns, "n"])], ignore_index=True)
    return whole.replace({"arm_a": dict(names or {}), "arm_b": dict(names or {})})
