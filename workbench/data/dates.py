"""The dates that may have moved use: milestones, and the weeks of trainings and incentives."""

from __future__ import annotations

import pandas as pd

from workbench.data.sources import Source

COLUMNS = ["name", "starts_on", "ends_on", "kind"]
FEWEST = 5  # people: the sessions of fewer are no date of the organisation


def dates(source: Source) -> pd.DataFrame:
    """Milestones, trainings and incentives with their days, for pictures over time.

    Returns one row each: name, starts_on, ends_on (missing: one day), kind ("training" and "incentive" for programmes,
    else the milestone's own). A training runs from its first session to its last.

    >>> from workbench import data
    >>> data.dates(log)["kind"].unique().tolist()
    ['incentive']
    """
    trainings = source.trainings.sql(f"""
        select programme as name, cast(min(started_at) as date) as starts_on, cast(max(started_at) as date) as ends_on
        from this group by programme having count(distinct user_id) >= {FEWEST} order by programme""").to_pandas()
    incentives = source.incentives.sql("""
        select programme as name, min(starts_on) as starts_on, max(ends_on) as ends_on
        from this group by programme order by programme""").to_pandas()
    kinds = {"training": trainings, "incentive": incentives}
    found = [source.milestones.to_pandas(), *(rows.assign(kind=kind) for kind, rows in kinds.items())]
    return pd.concat([rows.reindex(columns=COLUMNS) for rows in found if len(rows)] or [pd.DataFrame(columns=COLUMNS)])
