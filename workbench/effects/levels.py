"""How far apart in earlier use those treated and those never treated were.

Unlike levels do no harm by themselves: what must hold is that both move alike. But where the levels lie far apart,
hardly anybody on one side is like anybody on the other, and that both would have moved alike is a guess.
"""

from __future__ import annotations

from math import nan, sqrt

from workbench.data.engine import Table, identifier
from workbench.errors import ContractError
from workbench.results.phrases import say


def level_apart(
    rows: Table, outcome: str = "active_days", began: str = "began", unit: str = "user_id", period: str = "week"
) -> float:
    """The mean outcome of those treated in the end less that of those never treated, before anybody was.

    rows : one row per unit and period; began : the first period of treatment (missing: never)
    Returns the difference of the means over units, in standard deviations of units (the root of the mean of both
    variances); missing where all units of a side are alike on both.
    Raises ContractError where nobody was never treated, there is no period before treatment, or no column of its start.

    >>> from workbench.data.duckdb import as_table
    >>> use = [3, 3, 5, 5, 1, 1, 3, 3]  # two people trained in week 2, two never: means 4 and 2, both variances 2
    >>> rows = pd.DataFrame({"user_id": [*"aabbccdd"], "week": [1, 2] * 4, "active_days": use})
    >>> round(level_apart(as_table(rows.assign(began=[2.0] * 4 + [None] * 4))), 2)
    1.41

    Source: Imbens & Rubin (2015), Causal Inference for Statistics, Social, and Biomedical Sciences, section 14.2.
    """
    if began not in rows.columns:
        raise ContractError(f"there is no column {began!r}, the first {period} of treatment.")
    value, start, who, when = (identifier(name) for name in (outcome, began, unit, period))
    sides = rows.sql(
        f"""
        with first as (select min({start}) as start from this),
        units as (
            select {who}, max(case when {start} is null then 0 else 1 end) as given,
                avg(cast({value} as double precision)) as level
            from this cross join first where {when} < first.start group by {who})
        select given, avg(level) as mean, coalesce(var_samp(level), 0) as variance
        from units group by given order by given"""
    ).to_pandas()
    if len(sides) < 2:
        raise ContractError(say("nobody who was never treated was there before the start."))
    spread = sqrt(sides["variance"].mean())
    return float(sides["mean"].diff().iloc[1] / spread) if spread > 0 else nan
