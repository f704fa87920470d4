"""Every row of the log, kept or left out for one stated reason."""

from __future__ import annotations

import pandas as pd

from workbench.data.contract import PRESENCE
from workbench.data.engine import Table, select
from workbench.data.sources import Source
from workbench.errors import ContractError
from workbench.panel.access import access_of
from workbench.panel.period import Day, Period, date_of, period
from workbench.panel.rows import dated_rows, row_reasons

REASONS = {
    "unknown user": "the user is not in the users table",
    "robot": "a machine's account or row",
    "repeated": "a row with the same event_id was there before",
    "failed login": "somebody tried to log in and did not succeed",
    "acted for": "somebody else acted in the user's name",
    "imported": "written by an import, nobody's own work",
    "no access": "before access began or after it ended",
    "outside period": "outside the weeks looked at, or in an unfinished last week",
}


def left_out(source: Source, since: Day = None, until: Day = None, time_zone: str = "UTC") -> pd.DataFrame:
    """What became of every row of the log.

    Returns one row per reason, "kept" first: reason, meaning, rows, users; the rows add up to the rows of the log.
    """
    text = """
        select reason, cast(count(*) as bigint) as rows, cast(count(distinct user_id) as bigint) as users
        from this group by reason"""
    counts = _judged(source, period(source, since, until, time_zone)).sql(text).to_pandas().set_index("reason")
    meanings = {"kept": "counted in this report", **REASONS}
    table = counts.reindex(list(meanings), fill_value=0).rename_axis("reason").reset_index()
    table.insert(1, "meaning", list(meanings.values()))
    return table


def actions(source: Source, since: Day = None, until: Day = None, time_zone: str = "UTC") -> Table:
    """Every kept row of the log, lazily: all columns of `events`, and its local `date`, `week` and `hour` (0–23).

    Several rows with one action_id stay several rows here; the panel counts them as one action.
    """
    weeks = period(source, since, until, time_zone)
    week = date_of(source, weeks, "7 * floor(day / 7.0)")
    return kept_rows(source, weeks).sql(
        f"select this.*, {date_of(source, weeks, 'day')} as date, {week} as week,"
        " cast(extract(hour from local_time) as bigint) as hour from this"
    )


def qualifying_actions(source: Source, chosen: str = "") -> tuple[str, ...]:
    """The actions that count as use: those chosen (comma separated), else all but mere presence, else all there are."""
    there = source.events.sql("select distinct action from this order by action").to_arrow()["action"].to_pylist()
    wanted = tuple(word.strip() for word in chosen.split(",") if word.strip())
    unknown = [word for word in wanted if word not in there]
    if unknown:
        raise ContractError(f"the log has no action {unknown[0]!r}; it has {', '.join(there)}.")
    return wanted or tuple(a for a in there if a not in PRESENCE) or tuple(there)


def kept_rows(source: Source, weeks: Period) -> Table:
    """The rows of the log that count."""
    return _judged(source, weeks).sql("select * from this where reason = 'kept'")


def _judged(source: Source, weeks: Period) -> Table:
    """Every event with its local time, its day (0: the period's first Monday), and "kept" or why it is left out."""
    cases = [
        ("access.user_id is null", "unknown user"),
        *row_reasons(source),
        ("access.start_day is null or day < access.start_day or day > access.end_day", "no access"),
        (f"day < 0 or day >= {7 * weeks.weeks}", "outside period"),
    ]
    reason = " ".join(f"when {condition} then '{name}'" for condition, name in cases)
    return select(
        f"select dated.*, case {reason} else 'kept' end as reason"
        " from dated left join access on access.user_id = dated.user_id",
        dated=dated_rows(source, weeks),
        access=access_of(source, weeks),
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
