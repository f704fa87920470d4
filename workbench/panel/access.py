"""From when to when each person had access."""

from __future__ import annotations

from workbench.data.engine import Table, select
from workbench.data.sources import Source
from workbench.errors import ContractError
from workbench.panel.calendar import Period
from workbench.panel.days import days_since
from workbench.panel.rows import dated_rows, row_reasons

FOREVER = 1_000_000  # days: the access of whoever has not left ends after every period


def access_of(source: Source, period: Period) -> Table:
    """Per user: robot or not, first and last day of access, in days from the period's first; `known_day`: if said."""
    start, end = (days_since(source.users, period.start, column) for column in ("access_start", "access_end"))
    robot = "coalesce(people.is_robot, false) as robot"
    if not _starts_are_missing(source):
        return select(
            f"select user_id, {robot}, cast({start} as bigint) as start_day, cast({start} as bigint) as known_day,"
            f" cast(coalesce({end}, {FOREVER}) as bigint) as end_day from people",
            people=source.users,
        )
    ends = f"coalesce({end}, {'seen.last_day' if 'access_start' not in source.given('users') else FOREVER})"
    return select(
        f"""
        select people.user_id, {robot}, cast(coalesce({start}, seen.first_day) as bigint) as start_day,
            cast({start} as bigint) as known_day, cast({ends} as bigint) as end_day
        from people left join seen on seen.user_id = people.user_id""",
        people=source.users,
        seen=_seen(source, period),
    )


def _starts_are_missing(source: Source) -> bool:
    if "access_start" not in source.given("users"):
        return True
    text = "select cast(count(*) as bigint) as missing from this where access_start is null"
    return bool(source.users.sql(text).row()["missing"])


def _seen(source: Source, period: Period) -> Table:
    """First and last day of each user's own events."""
    others = " or ".join(f"({c})" for c, _ in row_reasons(source)).replace("access.robot", "false")
    return dated_rows(source, period).sql(
        f"select dated.user_id, min(day) as first_day, max(day) as last_day from this as dated"
        f" where not coalesce({others}, false) group by dated.user_id"
    )


def refuse_repeated_users(source: Source) -> None:
    """Refuse a table of users in which somebody stands twice. Raises ContractError."""
    text = "select user_id from this group by user_id having count(*) > 1"
    repeated = source.users.sql(text).to_arrow().num_rows
    if repeated:
        raise ContractError(
            f"users.user_id occurs once, but {repeated:,} of them occur again.\n"
            "  Keep one row for each; `workbench check` shows the first."
        )
