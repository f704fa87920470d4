"""The panel from a raw log, beside pandas and polars, as multiples of the cost of reading the columns.

python benchmarks/engine.py            1 and 10 million events, a table into RESULTS.md
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
from results import markdown, measured, report, write_section

EVENTS = """
copy (
    with numbered as (select n - case when n % 200 = 0 and {repeats} then 1 else 0 end as i from range({rows}) t(n)),
    drawn as (select i, cast(hash(i) >> 2 as bigint) as h from numbered),
    spread as (select i, h, h % 1000003 / 1000003.0 as a, (h // 1000003) % 10007 / 10007.0 as b from drawn)
    select md5(cast(i as varchar)) as event_id,
        'u' || lpad(cast(cast(floor({users} * a * a) as int) as varchar), 7, '0') as user_id,
        timestamptz '2025-01-06 06:00:00+00' + cast(floor(b * 364) as int) * interval 1 day
            + (i * 7919 % 43200) * interval 1 second as occurred_at,
        ['login', 'view', 'create', 'update', 'view', 'update'][1 + h % 6] as action,
        'feature ' || (h // 7) % 25 as feature
    from spread) to '{file}' (format parquet)"""
USERS = """
copy (select 'u' || lpad(cast(i as varchar), 7, '0') as user_id, date '2025-01-06' as access_start,
    'team ' || i % 1000 as team, 'department ' || i % 8 as department from range({users}) t(i))
    to '{file}' (format parquet)"""


def make(folder: Path, rows: int, repeats: bool) -> None:
    """A log of that many events by 2 users per 1,000 events, heavy tailed."""
    import duckdb

    users = rows // 500
    folder.mkdir(parents=True)
    con = duckdb.connect()
    con.execute(
        EVENTS.format(rows=rows, users=users, repeats=str(repeats).lower(), file=folder / "events.parquet")
    ).fetchall()
    con.execute(USERS.format(users=users, file=folder / "users.parquet")).fetchall()


def scan(folder: Path) -> Callable[[], object]:
    """The floor: every column that the panel needs, read once."""
    import duckdb

    text = f"""select sum(length(event_id)), sum(length(user_id)), sum(length(action)), sum(length(feature)),
        sum(epoch(occurred_at)) from '{folder}/events.parquet'"""
    return lambda: len(duckdb.sql(text).fetchall())


def ours(folder: Path) -> Callable[[], object]:
    import workbench as wb

    source = wb.open_source(folder)
    return lambda: summary(wb.user_weeks(source, time_zone="Europe/Berlin").to_arrow())


def pandas(folder: Path) -> Callable[[], object]:
    import pandas as pd

    return lambda: summary(pandas_panel(pd, folder))


def pandas_panel(pd, folder):
    events = pd.read_parquet(folder / "events.parquet").drop_duplicates("event_id")
    users = pd.read_parquet(folder / "users.parquet")
    day = events.occurred_at.dt.tz_convert("Europe/Berlin").dt.tz_localize(None).dt.normalize()
    events = events.assign(day=day, week=day - pd.to_timedelta(day.dt.dayofweek, unit="D"))
    kinds = {name: (events.action == name).astype("int64") for name in ("login", "create", "update")}
    found = (
        events.assign(**kinds)
        .groupby(["user_id", "week"], observed=True)
        .agg(
            actions=("action", "size"),
            active_days=("day", "nunique"),
            features=("feature", "nunique"),
            logins=("login", "sum"),
            created=("create", "sum"),
            updated=("update", "sum"),
        )
    )
    weeks = pd.date_range(events.week.min(), periods=52, freq="7D").as_unit("us")
    grid = users.merge(pd.DataFrame({"week": weeks}), how="cross")
    return grid.merge(found.reset_index(), on=["user_id", "week"], how="left").fillna(0)


def polars(folder: Path) -> Callable[[], object]:
    import polars as pl

    def panel():
        day = pl.col("occurred_at").dt.convert_time_zone("Europe/Berlin").dt.date()
        events = pl.scan_parquet(folder / "events.parquet").unique("event_id").with_columns(day=day)
        kinds = [
            (pl.col("action") == a).sum().alias(name)
            for a, name in (("login", "logins"), ("create", "created"), ("update", "updated"))
        ]
        found = events.group_by("user_id", pl.col("day").dt.truncate("1w").alias("week")).agg(
            pl.len().alias("actions"),
            pl.col("day").n_unique().alias("active_days"),
            pl.col("feature").n_unique().alias("features"),
            *kinds,
        )
        weeks = events.select(
            pl.date_range(pl.col("day").min().dt.truncate("1w"), interval="1w", end=pl.col("day").max()).alias("week")
        )
        grid = pl.scan_parquet(folder / "users.parquet").join(weeks, how="cross")
        return grid.join(found, on=["user_id", "week"], how="left").fill_null(0).collect(engine="streaming")

    return lambda: summary(panel().to_arrow())


def summary(panel) -> dict:
    """What the three must agree on."""
    names = ("actions", "active_days", "features", "logins", "created", "updated")
    arrow = panel if isinstance(panel, pa.Table) else pa.Table.from_pandas(panel[list(names)])
    return {c: int(pc.sum(arrow[c]).as_py()) for c in names} | {"rows": arrow.num_rows}


CONTESTANTS = {"scan": scan, "ours": ours, "polars": polars, "pandas": pandas}


def main() -> None:
    rows = []
    with tempfile.TemporaryDirectory() as scratch:
        for millions, repeats in ((1, False), (10, False), (10, True)):
            folder = Path(scratch) / f"{millions}_{repeats}"
            make(folder, millions * 1_000_000, repeats)
            taken = {name: measured(__file__, name, str(folder)) for name in CONTESTANTS}
            answers = [taken[name]["answer"] for name in ("ours", "polars", "pandas")]
            agree = "same numbers" if answers.count(answers[0]) == 3 else f"DIFFERENT: {answers}"
            for name, t in taken.items():
                times = t["cpu"] / taken["scan"]["cpu"]
                log = f"{millions} M events" + (", 1 of 200 repeated" if repeats else "")
                rows.append(
                    [log, name, f"{t['wall']:.2f}", f"{t['cpu']:.2f}", f"{times:.1f}", f"{t['peak']:.0f}", agree]
                )
                print(rows[-1], flush=True)
    header = ["log", "panel by", "wall s", "CPU s", "× scan", "peak MB", "the three panels"]
    write_section("The panel", "python benchmarks/engine.py", markdown(header, rows))


if __name__ == "__main__":
    if len(sys.argv) == 3:
        report(CONTESTANTS[sys.argv[1]](Path(sys.argv[2])))
    else:
        main()
