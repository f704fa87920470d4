"""Who had access before the panel begins.

What these people did before is not seen: neither when they came first nor when they made it a habit. Counting their
time from the panel's first week would make beginners of them. They enter late instead (left truncation; Klein &
Moeschberger 2003, Survival Analysis, section 3.4): they count from the age at which they are first seen. Where the
beginning itself is the question, they are left out.
"""

from __future__ import annotations

from typing import Any

from workbench.data.duckdb import as_table
from workbench.data.engine import Table
from workbench.results.phrases import say
from workbench.results.privacy import MINIMUM
from workbench.results.words import number


def came_before(panel: Any) -> Table:
    """The people whose access began before the panel's first week: `user_id`, `access_week` (a date), once each.

    panel : any table of user-weeks; reads `user_id`, `week` and `access_week`. Without that column, or where it is
        missing, people are taken to have begun with their first row.
    """
    given = as_table(panel)
    if "access_week" not in given.columns:
        return given.sql("select user_id, cast(null as date) as access_week from this where 1 = 0")
    return given.sql("""
        with begun as (
            select user_id, min(cast(access_week as date)) as access_week from this group by user_id),
        panel as (select min(cast(week as date)) as first_week from this)
        select user_id, access_week from begun cross join panel where access_week < first_week""")


def weeks_before(panel: Any) -> Table:
    """How long these people had had access when the panel began: `user_id`, `before` (weeks, 1 or more)."""
    given = as_table(panel)
    days = given.engine.dialect.days.format(a="access_week", b="first_week")
    return came_before(given).sql(
        f"""
        select user_id, cast(ceil({days} / 7.0) as bigint) as before
        from this cross join (select min(cast(week as date)) as first_week from panel) as panel""",
        panel=given,
    )


def joined(panel: Any) -> Table:
    """The rows of everybody else: of people whose first week of access is in the panel."""
    given = as_table(panel)
    if "access_week" not in given.columns:
        return given
    return given.sql(
        "select this.* from this left join before on before.user_id = this.user_id where before.user_id is null",
        before=came_before(given),
    )


def people_from_before(panel: Any) -> int:
    """How many people had access before the panel's first week, so that their beginning is not seen."""
    found: int = came_before(panel).sql("select cast(count(*) as bigint) as n from this").row()["n"]
    return found


def notes_on_entry(panel: Any) -> tuple[str, ...]:
    """What a page must say of people in cohorts that began before the panel; nothing without them.

    panel : a table of user-weeks, as `user_weeks` returns it; reads `user_id`, `week`, `access_week`
    Returns no sentence or one, without its full stop.

    >>> week, begun = pd.Timestamp("2025-01-06"), pd.Timestamp("2023-05-01")
    >>> notes_on_entry(pd.DataFrame({"user_id": [*"abcdef"], "week": week, "access_week": begun}))
    ('6 people who had access before these weeks count from the first week in which they are seen',)
    """
    many = people_from_before(panel)
    if not many:
        return ()
    return (say("{people} count from the first week in which they are seen", people=people_in_words(many)),)


def people_in_words(many: int) -> str:
    """Those who had access before the panel's first week, a few of them without their number.

    >>> people_in_words(1234), people_in_words(2)
    ('1,234 people who had access before these weeks', 'fewer than 5 people who had access before these weeks')
    """
    if many < MINIMUM:
        return say("fewer than {n} people who had access before these weeks", n=MINIMUM)
    return say("{n} people who had access before these weeks", n=number(many, 0))
