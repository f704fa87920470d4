"""Every row of the log, kept or left out for one stated reason."""

from __future__ import annotations

from typing import Unpack

import pandas as pd

from workbench.data.contract import PRESENCE
from workbench.data.engine import Table, select
from workbench.data.sources import Source
from workbench.data.verbs import kinds
from workbench.errors import ContractError
from workbench.panel.access import access_of
from workbench.panel.calendar import Days, Period
from workbench.panel.days import date_after
from workbench.panel.period import chosen_period
from workbench.panel.rows import dated_rows, row_reasons
from workbench.results.phrases import phrase

REASONS = {
    phrase("unknown user"): phrase("the user is not in the users table"),
    phrase("robot"): phrase("a machine's account or row"),
    phrase("repeated"): phrase("a row with the same event_id was there before"),
    phrase("failed login"): phrase("somebody tried to log in and did not succeed"),
    phrase("acted for"): phrase("somebody else acted in the user's name"),
    phrase("imported"): phrase("written by an import, nobody's own work"),
    phrase("no access"): phrase("before access began or after it ended"),
    phrase("outside period"): phrase("outside the weeks looked at, or in an unfinished last week"),
}


def left_out(source: Source, period: Period | None = None, **days: Unpack[Days]) -> pd.DataFrame:
    """What became of every row of the log.

    period, days : as in `user_weeks`
    Returns one row per reason, "kept" first, reasons that left out nothing included: reason, meaning, rows, users. The
    rows add up to the rows of the log; a user with rows of several reasons counts in each.
    Raises ContractError where there is no such period, or a required column is missing.

    >>> times = ["2025-01-08T09:00Z", "2025-01-12T09:00Z", "2025-01-09T09:00Z"]
    >>> events = pd.DataFrame({"user_id": ["a", "a", "b"], "occurred_at": times, "action": "update"})
    >>> table = wb.left_out(wb.open_source({"users": pd.DataFrame({"user_id": ["a"]}), "events": events}))
    >>> table.loc[table["rows"] > 0, ["reason", "rows", "users"]].to_numpy().tolist()
    [['kept', 2, 1], ['unknown user', 1, 1]]
    """
    text = """
        select reason, cast(count(*) as bigint) as rows, cast(count(distinct user_id) as bigint) as users
        from this group by reason"""
    counts = _judged(source, chosen_period(source, period, days)).sql(text).to_pandas().set_index("reason")
    meanings = {phrase("kept"): phrase("counted in this report"), **REASONS}
    table = counts.reindex(list(meanings), fill_value=0).rename_axis("reason").reset_index()
    table.insert(1, "meaning", list(meanings.values()))
    return table


def actions(source: Source, period: Period | None = None, **days: Unpack[Days]) -> Table:
    """Every kept row of the log.

    period, days : as in `user_weeks`
    Returns a lazy Table: the contract's columns of `events`, and local_time, date, week (its first day), hour (0–23)
    and kind_of_action (create, update, delete, view, login, logout, other, as the source declares or its words say).
    Several rows with one action_id stay several rows here; the panel counts them as one action.
    Raises ContractError where there is no such period, or a required column is missing.

    >>> log = {"user_id": ["a", "a"], "occurred_at": ["2025-01-12T09:00Z", "2025-01-12T23:30Z"], "action": "update"}
    >>> source = wb.open_source({"users": pd.DataFrame({"user_id": ["a"]}), "events": pd.DataFrame(log)})
    >>> berlin = wb.period(source, "2025-01-06", "2025-01-19", time_zone="Europe/Berlin")
    >>> rows = wb.actions(source, berlin).to_pandas()
    >>> [f"{week:%d.%m.} {hour}" for week, hour in zip(rows["week"], rows["hour"])]
    ['06.01. 10', '13.01. 0']
    """
    period = chosen_period(source, period, days)
    date, week = (date_after(source.events, period.start, day) for day in ("day", "7 * floor(day / 7.0)"))
    return kept_rows(source, period).sql(
        f"select this.*, {date} as date, {week} as week,"
        " cast(extract(hour from local_time) as bigint) as hour from this"
    )


def qualifying_actions(source: Source, chosen: str = "") -> tuple[str, ...]:
    """The actions that count as use.

    chosen : names separated by commas; default: all that the log has but mere presence (logins, logouts), or all
        there are where it has nothing else
    Raises ContractError for a name that the log does not have.

    >>> log = {"user_id": "a", "occurred_at": "2025-01-12T09:00Z", "action": ["login", "update", "view"]}
    >>> source = wb.open_source({"users": pd.DataFrame({"user_id": ["a"]}), "events": pd.DataFrame(log)})
    >>> wb.qualifying_actions(source), wb.qualifying_actions(source, "update")
    (('update', 'view'), ('update',))
    """
    there = list(kinds(source))
    wanted = tuple(word.strip() for word in chosen.split(",") if word.strip())
    unknown = [word for word in wanted if word not in there]
    if unknown:
        raise ContractError(f"the log has no action {unknown[0]!r}; it has {', '.join(there)}.")
    return wanted or tuple(a for a in there if kinds(source)[a] not in PRESENCE) or tuple(there)


def kept_rows(source: Source, period: Period) -> Table:
    """The rows of the log that count."""
    return _judged(source, period).sql("select * from this where reason = 'kept'")


def _judged(source: Source, period: Period) -> Table:
    """Every event with its local time, its day (0: the period's first), and "kept" or why it is left out."""
    cases = [
        ("access.user_id is null", "unknown user"),
        *row_reasons(source),
        ("access.start_day is null or day < access.start_day or day > access.end_day", "no access"),
        (f"day < 0 or day >= {period.days}", "outside period"),
    ]
    reason = " ".join(f"when {condition} then '{name}'" for condition, name in cases)
    return select(
        f"select dated.*, case {reason} else 'kept' end as reason"
        " from dated left join access on access.user_id = dated.user_id",
        dated=dated_rows(source, period),
        access=access_of(source, period),
    )


def one_per_action(marked: Table) -> Table:
    """Rows with the same action_id as one row, which counts towards whatever any of them does."""
    flags = ("used", "login", "created", "updated", "compulsory", "failed")
    most = ", ".join(f"max({flag}) as {flag}" for flag in flags)
    return marked.sql(
        f"""
        select user_id, min(day) as day, bit_or(day_bit) as day_bit, bit_or(feature_bit) as feature_bit, {most}
        from this where action_id is not null group by user_id, action_id
        union all
        select user_id, day, day_bit, feature_bit, {", ".join(flags)} from this where action_id is null"""
    )
