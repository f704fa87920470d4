"""Says how far the data reach.

Before any number is believed: which tables are there, how fresh the log is, on which days nothing arrived, and whom it
knows. A working day without a single row is nearly always a broken export, and a broken export looks like people who
stopped working.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pandas as pd

from workbench.data.contract import REQUIRED_TABLES, TABLES
from workbench.data.duckdb import as_table
from workbench.data.engine import identifier
from workbench.data.sources import Source
from workbench.data.strays import bulk, rows_by_day
from workbench.errors import ContractError, not_one_of
from workbench.results.phrases import phrase, say

GROUPS = ("department", "region", "team", "role")  # by which groups are compared, the largest first
PURPOSE = {
    "users": phrase("who had access, and when"),
    "events": phrase("what was done"),
    "trainings": phrase("whether training changed use"),
    "incentives": phrase("whether incentives changed use"),
    "surveys": phrase("satisfaction, and what holds people back"),
    "feedback": phrase("what people say in their own words"),
    "tickets": phrase("where people need help"),
    "milestones": phrase("what else happened, and when"),
    "outcomes": phrase("whether use pays"),
    "champions": phrase("whether champions carry their teams"),
}
EXPORTS = {  # what to ask for, and of whom
    "users": phrase("the CRM's list of users, with the days on which their access began and ended"),
    "events": phrase("the CRM's audit or activity log"),
    "trainings": phrase("attendance lists, or the learning system's enrolments"),
    "incentives": phrase("the dates and rules of every bonus, contest or mandate"),
    "surveys": phrase("the survey tool's answers, a row for each answer"),
    "feedback": phrase("comments of surveys and interviews"),
    "tickets": phrase("the service desk's incidents about the CRM"),
    "milestones": phrase("a short list of what happened when"),
    "outcomes": phrase("results per person and day, such as deals won"),
    "champions": phrase("the list of champions, with their first days"),
}
LONG_ENOUGH = 24  # weeks: twice the window of a habit


def tables_there(source: Source) -> pd.DataFrame:
    """One row per contract table: table, answers (what it is for), rows (0 where it is absent), missing (columns).

    The column `export` says, where a table is absent, which export would bring it.

    >>> from workbench.data import tables_there
    >>> tables_there(log).query("rows == 0")["table"].tolist()
    ['feedback', 'tickets', 'milestones', 'champions']
    """
    found = [
        (name, PURPOSE[name], _rows(source, name), _missing(source, name), "" if name in source else EXPORTS[name])
        for name in TABLES
    ]
    return pd.DataFrame(found, columns=["table", "answers", "rows", "missing", "export"])


def _rows(source: Source, name: str) -> int:
    if name not in source and name not in REQUIRED_TABLES:
        return 0
    return int(source.table(name).sql("select cast(count(*) as bigint) as n from this").row()["n"])


def _missing(source: Source, name: str) -> str:
    if name not in source:
        return "the whole table"
    return ", ".join(c.name for c in TABLES[name] if c.name not in source.given(name))


def grouping(source: Source, chosen: str = "") -> str:
    """The column to compare groups by: the one chosen, else the largest groups that the data name; or "department",
    which holds everybody where they name none (`wb.basis`).

    Raises ContractError where the chosen one is none of department, region, team, role.

    >>> from workbench.data import grouping
    >>> grouping(log)
    'department'
    """
    if chosen and chosen not in GROUPS:
        raise ContractError(not_one_of(chosen, GROUPS, "group of people called"))
    return chosen or next((c for c in GROUPS if c in source.given("users")), GROUPS[0])


def looked_until(source: Source, until: str = "", weeks: int = 26) -> str:
    """The last day to look at: the one chosen, or, where access is read off a long log, some weeks before it ends.

    weeks : how many weeks are left out, if that leaves a log long enough for habits; a shorter one is looked at whole
    In the last weeks of such a log everybody who still counts is by construction active: whoever will not come back
    has already left, and whoever will come back is not yet seen to. `access_caveat` says what was left out.

    >>> from workbench.data import looked_until, open_source
    >>> log = {"user_id": ["a", "a"], "occurred_at": ["2024-01-08", "2025-06-30"], "action": "update"}
    >>> looked_until(open_source({"users": pd.DataFrame({"user_id": ["a"]}), "events": pd.DataFrame(log)}))
    '2024-12-30'
    """
    if until or "access_start" in source.given("users"):
        return until
    first, last = _days_of_people(source)
    return str(last - timedelta(weeks=weeks)) if last - first >= timedelta(weeks=weeks + LONG_ENOUGH) else ""


def _days_of_people(source: Source) -> tuple[date, date]:
    """The first and the last day of the log of people who are known and no robots, a few far from all others aside."""
    source.ends()  # refuses an empty log
    people = source.users.sql("select distinct user_id from this where not coalesce(is_robot, false)")
    theirs = source.events.sql(
        "select cast(occurred_at as date) as day from this join people on people.user_id = this.user_id", people=people
    )
    days = rows_by_day(theirs, "day")
    return bulk(days) if len(days) else (source.ends()[0].date(), source.ends()[1].date())


def access_caveat(source: Source, cut: str = "") -> str:
    """What a reader must know where access is read off the log; nothing where the data say when it began and ended.

    cut : the last day looked at, where `looked_until` chose it

    >>> from workbench.data import access_caveat
    >>> access_caveat(log)  # the data say when access began
    ''
    """
    if "access_start" in source.given("users"):
        return ""
    caveat = say(
        "The data do not say when access began and ended, so it runs from a person's first event to the last: whoever"
        " never came is unknown, and whoever stopped has left. Shares of active people look better than they are."
    )
    if not cut:
        return caveat
    left_out = say(
        "The log is looked at until {day}: in the weeks after that everybody who still counts is active.", day=cut
    )
    return f"{caveat} {left_out}"


def daily_rows(actions: Any) -> pd.DataFrame:
    """Kept rows per local day, from the first day to the last, zeros included: date, rows, users.

    >>> from workbench.data import daily_rows
    >>> int(daily_rows(wb.actions(log))["rows"].sum()) == wb.actions(log).to_arrow().num_rows
    True
    """
    text = """
        select date, cast(count(*) as bigint) as rows, cast(count(distinct user_id) as bigint) as users
        from this group by date order by date"""
    counts = as_table(actions).sql(text).to_pandas().set_index("date")
    every = pd.date_range(counts.index.min(), counts.index.max(), freq="D", name="date")
    return counts.reindex(every, fill_value=0).reset_index()


def silent_days(daily: pd.DataFrame) -> pd.DataFrame:
    """The working days (Monday to Friday) on which less than a tenth of an ordinary day's rows arrived.

    Ordinary is the median of the same weekday in the thirteen weeks around it. Returns date, rows, ordinary.

    >>> from workbench.data import daily_rows, silent_days
    >>> len(silent_days(daily_rows(wb.actions(log)))) > 0  # nobody works on a Friday here
    True
    """
    weekday = daily["date"].dt.day_of_week
    around = daily.groupby(weekday)["rows"].transform(
        lambda rows: rows.rolling(13, center=True, min_periods=1).median()
    )
    silent = (weekday < 5) & (daily["rows"] < 0.1 * around)
    found: pd.DataFrame = daily.assign(ordinary=around).loc[silent, ["date", "rows", "ordinary"]]
    return found.reset_index(drop=True)


def group_coverage(panel: Any, group: str = "team") -> pd.DataFrame:
    """Per group: n (people with access), seen (of them, with any action), share.

    >>> from workbench.data import group_coverage
    >>> group_coverage(wb.user_weeks(log), "department")[["department", "n", "seen"]].to_dict("records")
    [{'department': 'sales', 'n': 12, 'seen': 12}, {'department': 'service', 'n': 12, 'seen': 12}]
    """
    column = identifier(group)
    return (
        as_table(panel)
        .sql(
            f"""
        with people as (
            select user_id, min({column}) as named, max(case when actions > 0 then 1 else 0 end) as seen
            from this group by user_id)
        select named as {column}, cast(count(*) as bigint) as n, cast(sum(seen) as bigint) as seen,
            cast(sum(seen) as double precision) / count(*) as share
        from people group by named order by named"""
        )
        .to_pandas()
    )
