"""How a share changed between two weeks, and what moved it.

The people of two weeks are mostly the same, so that the two shares are not independent: each person (or team) enters
with what it adds to the difference, k₁/n₁ − k₀/n₀, and the variance is the sum of its squares (linearisation; with
whole teams as units that is the usual cluster-robust variance, times M/(M−1)).

What moved a share is exact arithmetic: with p the parts of the population and r the rates in them,
p₁r₁ − p₀r₀ = (p₁ − p₀)·(mean r − mean R) + mean p·(r₁ − r₀), summed over groups: *mix* and *rate*, nothing left over
(Kitagawa 1955, JASA 50(272), 1168–1194).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import norm, t

from workbench.data.duckdb import as_table
from workbench.data.engine import Table, identifier, literal
from workbench.errors import ContractError
from workbench.results.estimates import LEVEL, Estimates
from workbench.results.phrases import phrase, say, translated
from workbench.results.privacy import withheld
from workbench.results.words import NOT_KNOWN

NEEDED = ("user_id", "week", "yes")


def changed(
    marks: Any, before: Any, after: Any, by: str | None = None, unit: str = "user_id", who: str = "people"
) -> Estimates:
    """The change of a share between two weeks, with an interval that knows that most people are in both.

    marks : one row per user and week; reads `user_id`, `week`, `yes` (whether the person counts that week, 0 or 1),
        `by` and `unit`; for example labels.sql("select *, segment in ('power', 'habitual') as yes from this")
    before, after : the two weeks
    by : a group for which each change is asked; default: everybody
    unit : who moves together: "user_id" or "team"; with teams the interval is a t interval with teams − 1 degrees
    who : whose share it is, in words, such as "people who have the habit"
    Returns Estimates, one row per group: before and after (shares), estimate (after − before), its interval, n (people
    of the two weeks).
    Raises ContractError for a week without rows.
    >>> weeks = pd.to_datetime(["2025-01-06"] * 4 + ["2025-01-13"] * 4)
    >>> marks = pd.DataFrame({"user_id": [*"abcd"] * 2, "week": weeks, "yes": [1, 0, 0, 0, 1, 1, 0, 0]})
    >>> changed(marks, "2025-01-06", "2025-01-13").table[["before", "after", "estimate", "n"]].to_numpy().tolist()
    [[0.25, 0.5, 0.25, 4.0]]
    """
    units = _units(as_table(marks), before, after, by, unit).to_pandas()
    rows = [{**({by: name} if by else {}), **_change(group, unit)} for name, group in units.groupby("named")]
    about = phrase("share in the week of {after} − share in the week of {before}, by what each {unit} adds to it")
    about = translated(about, after=_day(after), before=_day(before), unit=unit)
    return Estimates(pd.DataFrame(rows), f"share of {who}", about, LEVEL)


def _units(marks: Table, before: Any, after: Any, by: str | None, unit: str) -> Table:
    """named, k0, n0, k1, n1 (people who count, and people, before and after), units (how many are alike in these)."""
    both = _both(marks, before, after, [name for name in (by, unit) if name])
    named = identifier(by) if by else "'everybody'"
    return both.sql(f"""
        with each as (
            select {named} as named, {identifier(unit)} as unit,
                cast(sum((1 - late) * yes) as bigint) as k0, cast(sum(1 - late) as bigint) as n0,
                cast(sum(late * yes) as bigint) as k1, cast(sum(late) as bigint) as n1
            from this group by 1, 2
        )
        select named, k0, n0, k1, n1, cast(count(*) as bigint) as units from each
        where named is not null and unit is not null group by named, k0, n0, k1, n1 order by named, k0, n0, k1, n1""")


def _both(marks: Table, before: Any, after: Any, more: list[str]) -> Table:
    """The rows of the two weeks: user_id, late (0 before, 1 after), yes (0 or 1) and the columns `more`."""
    missing = [name for name in (*NEEDED, *more) if name not in marks.columns]
    if missing:
        raise ContractError(f"marks have the columns {', '.join(NEEDED)}; {missing[0]} is not among {marks.columns}.")
    days = [literal(_day(week)) for week in (before, after)]
    columns = "".join(f"{identifier(name)}, " for name in dict.fromkeys(["user_id", *more]))
    found = marks.sql(f"""
        select {columns}case when cast(week as date) = date {days[1]} then 1 else 0 end as late,
            case when cast(yes as integer) = 1 then 1 else 0 end as yes
        from this where cast(week as date) in (date {days[0]}, date {days[1]})""")
    seen = found.sql("select distinct late from this").to_arrow()["late"].to_pylist()
    for late, day in enumerate(days):
        if late not in seen:
            raise ContractError(f"no row is of {day}. Name a week by its first day.")
    return found


def _day(week: Any) -> str:
    return str(pd.Timestamp(week).date())


def _change(group: pd.DataFrame, unit: str) -> dict[str, float]:
    k0, n0, k1, n1, units = (group[name].to_numpy(dtype=float) for name in ("k0", "n0", "k1", "n1", "units"))
    total = {name: float((group[name] * group["units"]).sum()) for name in ("k0", "n0", "k1", "n1")}
    if total["n0"] == 0 or total["n1"] == 0:
        return {"before": np.nan, "after": np.nan, "estimate": np.nan, "std_error": np.nan, "conf_low": np.nan,
                "conf_high": np.nan, "n": int(total["n0"] + total["n1"])}  # fmt: skip
    old, new = total["k0"] / total["n0"], total["k1"] / total["n1"]
    adds = (k1 - new * n1) / total["n1"] - (k0 - old * n0) / total["n0"]
    many = units.sum()
    error = float(np.sqrt((units * adds**2).sum() * many / max(many - 1, 1)))
    width = error * (norm.ppf(0.5 + LEVEL / 2) if unit == "user_id" else t.ppf(0.5 + LEVEL / 2, max(many - 1, 1)))
    ends = {"conf_low": max(-1.0, new - old - width), "conf_high": min(1.0, new - old + width)}
    people = int((units * np.where(unit == "user_id", 1, np.maximum(n0, n1))).sum())
    return {"before": old, "after": new, "estimate": new - old, "std_error": error, **ends, "n": people}


def what_moved(marks: Any, before: Any, after: Any, by: str, groups: int = 5) -> pd.DataFrame:
    """The change of a share taken apart into who is there (mix) and how they behave (rate), by group.

    marks, before, after : as in `changed`
    by : the groups, such as "department"; a missing value is a group of its own
    groups : how many groups to name, those that moved it most; the rest is added up as "all others", and with it
        every group that may not be shown (`privacy.withheld`) in one of the two weeks
    Returns one row per group, by name, and a last row "everybody" with the sums: group,
    part_before, part_after (parts of the population), rate_before, rate_after, mix, rate, total (mix + rate), n (people
    in the week with fewer of them). A group that is there in one of the weeks only moves the mix.
    Raises ContractError for a week without rows or a column that is not there.

    >>> weeks = pd.to_datetime(["2025-01-06"] * 20 + ["2025-01-13"] * 20)
    >>> yes = [1] * 5 + [0] * 5 + [0] * 5 + [1] * 5 + [1] * 10 + [0] * 5 + [1] * 5
    >>> teams = [*"x" * 10, *"y" * 10] * 2
    >>> marks = pd.DataFrame({"user_id": [*range(20)] * 2, "week": weeks, "team": teams, "yes": yes})
    >>> moved = what_moved(marks, "2025-01-06", "2025-01-13", by="team").set_index("team")
    >>> moved.loc["x", ["rate_before", "rate_after", "mix", "rate"]].tolist()
    [0.5, 1.0, 0.0, 0.25]
    """
    given = as_table(marks)
    sums = _both(given, before, after, [by]).sql(f"""
        select coalesce(cast({identifier(by)} as varchar), {literal(NOT_KNOWN)}) as named,
            cast(sum((1 - late) * yes) as bigint) as k0, cast(sum(1 - late) as bigint) as n0,
            cast(sum(late * yes) as bigint) as k1, cast(sum(late) as bigint) as n1
        from this group by 1 order by 1""")
    table = _kitagawa(sums.to_pandas()).rename(columns={"named": by})
    order = table["total"].abs().sort_values(ascending=False, kind="stable").index
    hidden = _hidden(table)
    named = table.loc[sorted([i for i in order if not hidden[i]][:groups])]
    others = table.drop(named.index)
    added = [
        _added(rows, by, name) for rows, name in ((others, say("all others")), (table, say("everybody"))) if len(rows)
    ]
    rows = pd.concat([named, *added], ignore_index=True)
    fewest = rows[["n0", "n1"]].where(rows[["n0", "n1"]] > 0).min(axis=1)
    return rows.assign(n=fewest).drop(columns=["k0", "n0", "k1", "n1"])


def _hidden(table: pd.DataFrame) -> pd.Series:
    return withheld(table["n0"], having=table["k0"]) | withheld(table["n1"], having=table["k1"])


def _kitagawa(sums: pd.DataFrame) -> pd.DataFrame:
    part0, part1 = sums["n0"] / sums["n0"].sum(), sums["n1"] / sums["n1"].sum()
    rate0, rate1 = sums["k0"] / sums["n0"].where(sums["n0"] > 0), sums["k1"] / sums["n1"].where(sums["n1"] > 0)
    overall = (sums["k0"].sum() / sums["n0"].sum() + sums["k1"].sum() / sums["n1"].sum()) / 2
    once0, once1 = rate0.fillna(rate1), rate1.fillna(rate0)
    mix = (part1 - part0) * ((once0 + once1) / 2 - overall)
    rate = (part0 + part1) / 2 * (once1 - once0)
    parts = {"part_before": part0, "part_after": part1, "rate_before": rate0, "rate_after": rate1}
    return sums.assign(**parts, mix=mix, rate=rate, total=mix + rate)


def _added(rows: pd.DataFrame, by: str, name: str) -> pd.DataFrame:
    """Several groups as one row: parts and contributions add up, rates are of all their people."""
    row = rows.drop(columns=by).sum()
    rates = {
        "rate_before": row["k0"] / row["n0"] if row["n0"] else np.nan,
        "rate_after": row["k1"] / row["n1"] if row["n1"] else np.nan,
    }
    return pd.DataFrame([{by: name, **row, **rates}])
