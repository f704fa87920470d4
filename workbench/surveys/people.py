"""In which groups those are who answered a survey or wrote a comment."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from workbench.data.duckdb import as_table
from workbench.data.engine import identifier

GROUPS = ("team", "department", "role", "region")


def with_groups(given: Any, users: Any, columns: Sequence[str]) -> pd.DataFrame:
    """Rows of people, with the groups they are in; robots have none.

    given : a contract table with user_id and team (that of an anonymous row); users : the contract table
    columns : further ones to keep
    Returns user_id (missing: anonymous), team, department, role, region, then `columns`, in one order whatever the
    engine. An anonymous row has the department and region of its team, where all its people share them.
    """
    kept = [identifier(c) for c in columns]
    return (
        as_table(given)
        .sql(
            f"""
        with homes as (
            select team, min(department) as department, min(region) as region,
                count(distinct department) as departments, count(distinct region) as regions
            from users where team is not null group by team)
        select this.user_id, coalesce(users.team, this.team) as team,
            coalesce(users.department, case when departments = 1 then homes.department end) as department,
            users.role, coalesce(users.region, case when regions = 1 then homes.region end) as region, {", ".join(kept)}
        from this left join users on users.user_id = this.user_id
            left join homes on this.user_id is null and homes.team = this.team
        where not coalesce(users.is_robot, false)
        order by {", ".join([*kept, "1", "2"])}""",
            users=as_table(users),
        )
        .to_pandas()
    )
