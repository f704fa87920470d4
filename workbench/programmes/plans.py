"""Draws of dates that `workbench plan` made, as the table of trainings kept them."""

from __future__ import annotations

import pandas as pd

from workbench.data.engine import literal
from workbench.data.sources import Source
from workbench.panel.days import local_week, weeks_of


def planned(source: Source, programme: str, unit: str, time_zone: str = "UTC") -> pd.DataFrame | None:
    """Who drew which week by which rule; None where `workbench plan` did not draw the programme's dates.

    unit : "team" or "person", who was given a date
    Returns a row for each name (several where its people have several dates or rules): name, began, seed, balanced_by.
    """
    week = local_week(source.trainings, "started_at", time_zone, weeks_of(source))
    name = "users.team" if unit == "team" else "users.user_id"
    rows = source.trainings.sql(
        f"""
        with firsts as (
            select user_id, min({week}) as began, min(seed) as seed, min(balanced_by) as balanced_by from this
            where programme = {literal(programme)} group by user_id)
        select distinct {name} as name, firsts.began, firsts.seed, firsts.balanced_by
        from firsts join users on users.user_id = firsts.user_id where {name} is not null""",
        users=source.users,
    ).to_pandas()
    return rows if rows["seed"].notna().any() else None
