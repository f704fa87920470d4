"""What became of a campaign's people: those offered help, and those held out by lot."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from workbench.data.duckdb import as_table
from workbench.data.engine import literal
from workbench.data.sources import Source
from workbench.errors import ContractError
from workbench.panel.days import local_date
from workbench.planning.experience import features_at
from workbench.planning.outreach import KEPT


def evaluation(
    panel: Any, source: Source, campaign: pd.DataFrame, weeks: int = 8, time_zone: str = "UTC"
) -> pd.DataFrame:
    """One row a person of a campaign with what became of them, for `effects.experiment`.

    campaign : as `outreach` made and `kept` read it; weeks : whose use is the outcome, from `drawn_on` on
    time_zone : of the days on which people came
    Returns user_id, team, offered (yes or no), came (1: attended what was offered since, or, where that has no table,
    any training; 0: not), earlier and later (active days a week in the eight weeks before, and since). Who has left has
    no outcome, and is counted as such.
    Raises ContractError where no week of the outcome is in the log, or columns are missing.

    >>> from workbench.planning import held_out, outreach
    >>> from datetime import date
    >>> held = held_out((f"p{i:02}" for i in range(24)), share=0.2, seed=1)
    >>> sent = outreach(panel, log, 5, held, on=date(2025, 2, 24))
    >>> evaluation(panel, log, sent.people, weeks=2)["offered"].value_counts().to_dict()
    {'offered': 5, 'held out': 1}
    """
    missing = set(KEPT) - set(campaign)
    if missing:
        raise ContractError(f"a campaign's file has the columns {', '.join(KEPT)}; here {len(missing)} are missing.")
    panel, since = as_table(panel), pd.Timestamp(str(campaign["drawn_on"].iloc[0]))
    until = since + pd.Timedelta(weeks=weeks)
    later = panel.sql(
        f"""
        select user_id, avg(cast(active_days as double precision)) as later from this
        where week >= date '{since:%Y-%m-%d}' and week < date '{until:%Y-%m-%d}' group by user_id"""
    ).to_pandas()
    if later.empty:
        raise ContractError(f"the campaign's outcome counts from {since:%Y-%m-%d}, but no week since is in the log.")
    before = features_at(panel, since)[["user_id", "days"]].rename(columns={"days": "earlier"})
    rows = campaign[["user_id", "team", "offered"]].merge(before, how="left").merge(later, how="left")
    rows["offered"] = np.where(rows["offered"].astype(str).str.lower() == "true", "offered", "held out")
    return rows.assign(
        came=rows["user_id"].isin(_came(source, str(campaign["what"].iloc[0]), since, time_zone)).astype(int)
    )


def _came(source: Source, what: str, since: pd.Timestamp, time_zone: str) -> set[str]:
    """Who attended what was offered, or, where that has no table, any training, since that day in the zone."""
    there = source.trainings.sql(f"select count(*) as n from this where programme = {literal(what)}").row()["n"]
    named = f"programme = {literal(what)} and" if there else ""
    came = source.trainings.sql(
        f"""
        select distinct user_id from this where {named} coalesce(attended, true)
            and {local_date(source.trainings, "started_at", time_zone)} >= date '{since:%Y-%m-%d}'"""
    )
    return set(came.to_pandas()["user_id"])
