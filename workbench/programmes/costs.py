"""What an incentive cost for each day gained, and what was left of it when it stopped."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from workbench.data.engine import Table
from workbench.data.sources import Source
from workbench.programmes.incentives import windows_of
from workbench.results.estimates import Estimates
from workbench.results.phrases import say
from workbench.results.words import number


def spent(panel: Table, source: Source) -> pd.DataFrame:
    """What each incentive cost in the weeks of the panel, and for how many user-weeks: everybody offered counts.

    The cost of an offer that runs beyond the panel counts by the share of its days within it.
    Returns one row per incentive with a cost: programme, cost, people, user_weeks (on).

    >>> from workbench.programmes import spent
    >>> spent(panel, log).to_dict("records")
    [{'programme': 'Race', 'cost': 120.0, 'people': 8, 'user_weeks': 24}]
    """
    days, plus = panel.engine.dialect.days, panel.engine.dialect.date_plus
    whole = days.format(a="starts_on", b="ends_on") + " + 1"
    first, last = "greatest(starts_on, ends.first)", f"least(ends_on, {plus.format(date='ends.last', days='6')})"
    inside = f"greatest({days.format(a=first, b=last)} + 1, 0)"
    costs = source.incentives.sql(
        f"""
        with ends as (select cast(min(week) as date) as first, cast(max(week) as date) as last from panel)
        select programme, sum(cost * coalesce(cast({inside} as double precision) / ({whole}), 1)) as cost
        from this cross join ends where cost > 0 group by programme""",
        panel=panel,
    )
    return costs.sql(
        """
        with weeks as (
            select distinct windows.programme, panel.user_id, panel.week
            from panel join windows on windows.user_id = panel.user_id
                and panel.week >= windows.began and (windows.ended is null or panel.week < windows.ended)),
        sizes as (
            select programme, cast(count(distinct user_id) as bigint) as people, cast(count(*) as bigint) as user_weeks
            from weeks group by programme)
        select this.programme, this.cost, sizes.people, sizes.user_weeks
        from this join sizes on sizes.programme = this.programme order by this.cost desc, this.programme""",
        panel=panel,
        windows=windows_of(panel, source),
    ).to_pandas()


def cost_of_a_day(costs: pd.DataFrame, gained: Mapping[str, Estimates], weeks_after: int = 0) -> pd.DataFrame:
    """What one more active day cost, as if everybody offered gained what those compared did.

    costs : the answer of `spent`; gained : incentive → the mean effect on active days a week, while on, or over the
        weeks on and so many `weeks_after`
    The cost is known and the days are not: the ends are the cost over the ends of the effect, and missing, all three,
    where the effect is not clearly above zero.
    Returns one row per incentive: programme, cost, a_week (cost per user-week on), estimate, conf_low, conf_high.

    >>> from workbench.programmes import cost_of_a_day
    >>> costs = pd.DataFrame({"programme": ["Race"], "cost": [120.0], "people": [8], "user_weeks": [24]})
    >>> row = pd.Series({"estimate": 1.0, "std_error": 0.2, "conf_low": 0.5, "conf_high": 2.0, "n": 8})
    >>> gained = wb.Estimates(pd.DataFrame([row]), "active days a week", "made up", overall=row)
    >>> cost_of_a_day(costs, {"Race": gained})[["estimate", "conf_low", "conf_high"]].iloc[0].tolist()
    [5.0, 2.5, 10.0]
    """
    costs = costs[costs["programme"].isin(list(gained))].reset_index(drop=True)
    weeks = costs["user_weeks"] + weeks_after * costs["people"]
    ends = ["estimate", "conf_low", "conf_high"]
    rows = pd.DataFrame([_number(gained[name]) for name in costs["programme"]], costs.index, ends, dtype=float)
    days = rows.mul(weeks, axis=0).where(rows["conf_low"] > 0)
    each = {"estimate": "estimate", "conf_low": "conf_high", "conf_high": "conf_low"}
    prices = {name: costs["cost"] / days[end] for name, end in each.items()}
    return costs[["programme", "cost"]].assign(a_week=costs["cost"] / costs["user_weeks"], **prices)


def with_what_followed(
    costs: pd.DataFrame, on: Mapping[str, Estimates], through: Mapping[str, Estimates], weeks_after: int
) -> pd.DataFrame:
    """What one more active day cost while incentives ran, the cheapest first, and counting the weeks after they ended.

    costs, weeks_after : as for `cost_of_a_day`; on, through : its `gained`, while on and over the weeks after as well
    Returns its rows for those on, with a second set of columns that end in "_lasting", missing where nothing is known.

    >>> from workbench.programmes import with_what_followed
    >>> costs = pd.DataFrame({"programme": ["Race"], "cost": [120.0], "people": [8], "user_weeks": [24]})
    >>> row = pd.Series({"estimate": 1.0, "std_error": 0.2, "conf_low": 0.5, "conf_high": 2.0, "n": 8})
    >>> gained = {"Race": wb.Estimates(pd.DataFrame([row]), "active days a week", "made up", overall=row)}
    >>> with_what_followed(costs, gained, gained, weeks_after=2)[["estimate", "estimate_lasting"]].iloc[0].tolist()
    [5.0, 3.0]
    """
    prices, lasting = cost_of_a_day(costs, on).sort_values("estimate"), cost_of_a_day(costs, through, weeks_after)
    return prices.merge(lasting, how="left", on="programme", suffixes=("", "_lasting"))


def _number(found: Estimates) -> pd.Series:
    return found.table.iloc[0] if found.overall is None else found.overall


def left_over(kept: Mapping[str, Estimates], halves: Mapping[str, Estimates]) -> pd.DataFrame:
    """Of a hundred parts of the effect while on, how many are left some weeks after, and the half-life, in words.

    kept : incentive → the answer of `retained`; halves : incentive → the answer of `half_life`
    Returns one row per incentive: programme, a column for each number of weeks, half_life. Where an interval has no end
    on one side the share cannot be told.

    >>> from workbench.programmes import left_over
    >>> kept = pd.DataFrame([{"weeks_after": 4, "estimate": 0.4, "conf_low": 0.1, "conf_high": 0.7}])
    >>> half = pd.DataFrame([{"estimate": 5.0, "conf_low": 3.0, "conf_high": 9.0}])
    >>> left = left_over({"Race": wb.Estimates(kept, "share", "")}, {"Race": wb.Estimates(half, "weeks", "")})
    >>> left.iloc[0].tolist()
    ['Race', '40 (10 to 70)', '3 to 9 weeks']
    """
    rows = [
        {"programme": name}
        | {say("{n} weeks after", n=row["weeks_after"]): _left(row) for row in found.table.to_dict("records")}
        | {"half_life": _half(halves[name].table.iloc[0]) if name in halves else say("we cannot say")}
        for name, found in kept.items()
    ]
    return pd.DataFrame(rows)


def _left(row: Mapping[Any, Any]) -> str:
    if not np.isfinite([row["conf_low"], row["conf_high"]]).all():
        return say("we cannot say")
    share, low, high = (number(100 * row[name], 0) for name in ("estimate", "conf_low", "conf_high"))
    return f"{share} ({say('{low} to {high}', low=low, high=high)})"


def _half(row: pd.Series) -> str:
    if pd.isna(row["estimate"]):
        return say("we cannot say")
    least = number(row["conf_low"], 0)
    if np.isinf(row["conf_high"]):
        return say("{low} weeks or more", low=least)
    return say("{low} to {high} weeks", low=least, high=number(row["conf_high"], 0))
