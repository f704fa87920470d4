"""What tells people apart whom nobody assigned: role and length of access."""

from __future__ import annotations

from workbench.data.engine import Table
from workbench.data.sources import Source


def traits(rows: Table, source: Source, apart: int) -> Table:
    """The role of each person, and the days of access before anybody was trained (negative: came later).

    rows : user-weeks with `began` and `role`; apart : weeks by which the day that counts lies before the first training
    Returns a row a person: user_id, role (empty: not known), days_of_access (missing: not known).
    """
    dialect = rows.engine.dialect
    day = dialect.date_plus.format(date="cast(min(began) as date)", days=str(-7 * apart))
    days = dialect.days.format(a="users.access_start", b="day.week")
    return rows.sql(
        f"""
        with day as (select {day} as week from this)
        select this.user_id, max(coalesce(this.role, '')) as role,
            cast(max({days}) as double precision) as days_of_access
        from this cross join day left join users on users.user_id = this.user_id group by this.user_id""",
        users=source.users,
    )
