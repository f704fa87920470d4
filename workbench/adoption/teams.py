"""How far groups differ from one another.

People of one team resemble each other. The *intraclass correlation* says how much: the share of all variation that
lies between teams, by one-way analysis of variance (ICC(1), Shrout & Fleiss 1979; unequal sizes after Donner 1986),
which unlike maximum likelihood can come out below zero when teams differ less than chance would have it.

A small team's own share is mostly chance; *shrunk* shares borrow from the department what the team cannot tell.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import beta, f

from workbench.data.duckdb import as_table
from workbench.data.engine import identifier
from workbench.errors import ContractError
from workbench.results.estimates import LEVEL, Estimates
from workbench.results.phrases import say, translated
from workbench.results.shares import shares


def icc(people: Any, value: str, group: str = "team") -> Estimates:
    """The intraclass correlation of a measurement within groups.

    people : one row per person; reads `value` and `group`; rows where one of them is missing do not count
    Returns Estimates of one row: estimate (share of the variation that lies between groups), its interval from the F
    distribution (exact for equal groups and normal values, else good), n (people), groups, size (n₀, the typical size),
    design_effect (by which the variance of a mean grows: 1 + (n₀ − 1)·ICC).
    All numbers are missing where everybody is alike: nothing lies between groups, or within them.
    Raises ContractError for fewer than two groups or groups of one person only.
    >>> people = pd.DataFrame({"team": ["x", "x", "y", "y"], "days": [1.0, 2.0, 4.0, 5.0]})
    >>> icc(people, "days").table["estimate"].round(3).item()  # (MSB − MSW) / (MSB + MSW) = (9 − 0.5) / (9 + 0.5)
    0.895
    """
    number, named = identifier(value), identifier(group)
    sums = (
        as_table(people)
        .sql(f"""
        with known as (select {named} as named, cast({number} as double precision) as x from this
            where {named} is not null and {number} is not null)
        select count(*) as n, avg(x) as mean, sum((x - mean_x) * (x - mean_x)) as squares from (
            select known.*, avg(x) over (partition by named) as mean_x from known) as centred group by named""")
        .to_pandas()
    )
    if len(sums) < 2 or sums["n"].max() < 2:
        raise ContractError(
            f"{group} has {len(sums)} groups of at most {sums['n'].max()} people; two of two are needed."
        )
    return _anova(sums, value, group)


def _anova(sums: pd.DataFrame, value: str, group: str) -> Estimates:
    sizes, k, n = sums["n"], len(sums), int(sums["n"].sum())
    grand = (sizes * sums["mean"]).sum() / n
    between = (sizes * (sums["mean"] - grand) ** 2).sum() / (k - 1)
    within = sums["squares"].sum() / (n - k)
    size = (n - (sizes**2).sum() / n) / (k - 1)
    alone = np.inf if between > 0 else np.nan  # all that varies lies between groups; nothing varies
    ratio, degrees = between / within if within > 0 else alone, (k - 1, n - k)
    tail = (1 - LEVEL) / 2
    estimate, low, high = (
        _of_ratio(r, size) for r in (ratio, ratio / f.isf(tail, *degrees), ratio / f.ppf(tail, *degrees))
    )
    error = np.sqrt(
        2 * (n - 1) * (1 - estimate) ** 2 * (1 + (size - 1) * estimate) ** 2 / (size**2 * (n - k) * (k - 1))
    )
    row = {"measure": value, "estimate": estimate, "std_error": error, "conf_low": low, "conf_high": high, "n": n,
           "groups": k, "size": size, "design_effect": 1 + (size - 1) * max(estimate, 0.0)}  # fmt: skip
    about = say("ICC(1) within {group}: one-way analysis of variance, F interval", group=translated(group))
    return Estimates(pd.DataFrame([row]), f"share of the variation that lies between {group}s", about, LEVEL)


def _of_ratio(ratio: float, size: float) -> float:
    return float(1 - size / (ratio + size - 1))


def shrunk(counts: pd.DataFrame, group: str = "team", within: str | None = "department") -> Estimates:
    """Shares of small groups, drawn toward the larger group they belong to.

    counts : one row per group; reads `group`, `within`, `k` (people who count), `n` (people)
    within : the larger group; None: everybody
    The rule: a group of n people keeps n / (n + s) of its own share and takes the rest from the larger group's, where
    s = (1 − ρ) / ρ and ρ is the intraclass correlation of groups within larger groups, pooled over all of them; if
    groups differ no more than chance would have it, all take the larger group's share.
    Returns Estimates, one row per group: own (its own share), estimate (the shrunk one), its 95 % interval (beta, for a
    known s), n; `overall` is everybody's own share.
    >>> counts = pd.DataFrame({"team": ["x", "y"], "department": "sales", "k": [10, 10], "n": [20, 20]})
    >>> shrunk(counts).table[["own", "estimate"]].to_numpy().tolist()
    [[0.5, 0.5], [0.5, 0.5]]
    """
    if within is None:
        return shrunk(counts.assign(everybody="everybody"), group, "everybody")
    of_all = counts.groupby(within)[["k", "n"]].transform("sum")
    middle = of_all["k"] / of_all["n"]
    weight = _borrowed_people(counts, within)
    yes, no = middle * weight + counts["k"], (1 - middle) * weight + counts["n"] - counts["k"]
    tail = (1 - LEVEL) / 2
    interval = {
        "std_error": beta.std(yes, no),
        "conf_low": beta.ppf(tail, yes, no),
        "conf_high": beta.isf(tail, yes, no),
    }
    table = counts[[group, within]].assign(own=counts["k"] / counts["n"], estimate=yes / (yes + no), **interval)
    about = say("small {groups} are pulled towards the share of everybody", groups=translated(f"{group}s"))
    if within != "everybody":
        parts = {"groups": translated(f"{group}s"), "larger": translated(within)}
        about = say("small {groups} are pulled towards their {larger}", **parts)
    everybody = shares(counts[["k", "n"]].sum().to_frame().T, [], "share of people", about).table.iloc[0]
    return Estimates(table.assign(n=counts["n"]), "share of people", about, LEVEL, everybody)


def _borrowed_people(counts: pd.DataFrame, within: str) -> float:
    """s: as many people of the larger group as a group's own share is mixed with."""
    share, of_all = counts["k"] / counts["n"], counts.groupby(within)[["k", "n"]].transform("sum")
    middle, larger = of_all["k"] / of_all["n"], counts[within].nunique()
    people, groups = counts["n"].sum(), len(counts)
    between = (counts["n"] * (share - middle) ** 2).sum() / max(groups - larger, 1)
    inside = (counts["n"] * share * (1 - share)).sum() / max(people - groups, 1)
    size = (people - ((counts["n"] ** 2) / of_all["n"]).sum()) / max(groups - larger, 1)
    correlation = _of_ratio(between / inside, size) if inside > 0 else 1.0
    return float(np.clip((1 - correlation) / correlation, 0.0, 1e6)) if correlation > 0 else 1e6
