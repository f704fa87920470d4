"""Usage segments beside four others; how well planted patterns are found; how often patterns are seen where none are.

python benchmarks/segments.py usage       a million person-weeks for all, fifty million for ours and DuckDB
python benchmarks/segments.py patterns    ten planted worlds
python benchmarks/segments.py structure   worlds without patterns, and worlds with two kinds of people
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import numpy as np
import pandas as pd
from results import markdown, measured, report, write_section
from sklearn.metrics import adjusted_rand_score

WEEKS = 50
WORLD = """
copy (
    select 'u' || lpad(cast(u as varchar), 8, '0') as user_id, date '2025-01-06' + cast(7 * w as integer) as week,
        case when hash(u * 1000 + w) % 10 < hash(u) % 11 then hash(u * 7919 + w) % 5 * (hash(u) % 9) else 0 end
            as actions
    from range({people}) p(u), range({weeks}) t(w) order by user_id, week) to '{file}' (format parquet)"""
GAPS = """
copy (select * from '{file}' where actions > 0 or hash(user_id, week) % 3 > 0 or week in (
    date '2025-01-06', date '2025-01-06' + 7 * ({weeks} - 1))) to '{file}.gaps.parquet' (format parquet)"""
LABELS = """
    with measured as (
        select user_id, week, count(*) over w as weeks, sum(actions) over w / 12.0 as mean,
            sum(case when actions > 0 then 1 else 0 end) over w as active
        from '{file}' window w as (partition by user_id order by week rows between 11 preceding and current row))
    select user_id, week, case when weeks < 12 then 'new' when active >= 9 and mean >= 15 then 'power'
        when active >= 9 then 'habitual' when mean >= 1 then 'novice' when mean > 0 then 'low' else 'none' end
        as segment from measured"""
COUNTED = "select segment, count(*) as n from ({labels}) as labels group by segment order by segment"


def ours(file: str) -> dict[str, int]:
    from workbench.data.duckdb import duckdb_engine
    from workbench.data.engine import Table
    from workbench.segments.usage import usage_segments

    panel = Table(duckdb_engine(), f"select user_id, week, cast(actions as bigint) as actions from '{file}'")
    counts = usage_segments(panel).sql("select segment, count(*) as n from this group by segment order by segment")
    return dict(zip(*counts.to_arrow().to_pydict().values(), strict=True))


def filling(file: str) -> dict[str, int]:
    return ours(f"{file}.gaps.parquet")


def duckdb(file: str) -> dict[str, int]:
    import duckdb as engine

    return dict(engine.sql(COUNTED.format(labels=LABELS.format(file=file))).fetchall())


def pandas(file: str) -> dict[str, int]:
    rows = pd.read_parquet(file).sort_values(["user_id", "week"])
    rows["used"] = rows["actions"] > 0
    last = rows.groupby("user_id")[["actions", "used"]].rolling(12).sum().reset_index(drop=True)
    active, mean = last["used"].to_numpy(), last["actions"].to_numpy() / 12
    names = ["new", "power", "habitual", "novice", "low"]
    tests = [np.isnan(mean), (active >= 9) & (mean >= 15), active >= 9, mean >= 1, mean > 0]
    return pd.Series(np.select(tests, names, "none")).value_counts().to_dict()


def polars(file: str) -> dict[str, int]:
    import polars as pl

    mean, active = pl.col("mean"), pl.col("active")
    segment = (
        pl.when(mean.is_null()).then(pl.lit("new"))
        .when((active >= 9) & (mean >= 15)).then(pl.lit("power"))
        .when(active >= 9).then(pl.lit("habitual"))
        .when(mean >= 1).then(pl.lit("novice"))
        .when(mean > 0).then(pl.lit("low"))
        .otherwise(pl.lit("none"))
    )  # fmt: skip
    rows = pl.read_parquet(file).sort("user_id", "week").with_columns(actions=pl.col("actions").cast(pl.Int64))
    rolled = rows.with_columns(
        mean=pl.col("actions").rolling_sum(12).over("user_id") / 12,
        active=(pl.col("actions") > 0).cast(pl.Int64).rolling_sum(12).over("user_id"),
    )
    return dict(rolled.select(segment.alias("segment")).group_by("segment").len().rows())


def vivainsights(file: str) -> dict[str, int]:
    import vivainsights as vi

    rows = pd.read_parquet(file).rename(columns={"user_id": "PersonId", "week": "MetricDate"})
    rows["MetricDate"], rows["actions"] = pd.to_datetime(rows["MetricDate"]), rows["actions"].astype("int64")
    named = vi.identify_usage_segments(rows, metric="actions", version="12w").sort_values(["PersonId", "MetricDate"])
    whole = named.groupby("PersonId").cumcount() >= 11  # theirs says something of the first weeks too; ours says "new"
    words = {"Power User": "power", "Habitual User": "habitual", "Novice User": "novice", "Low User": "low",
             "Non-user": "none"}  # fmt: skip
    return named["UsageSegments_12w"].map(words).where(whole, "new").value_counts().to_dict()


CONTESTANTS: dict[str, Callable[[str], dict[str, int]]] = {
    "ours": ours, "ours, a third of idle weeks without a row": filling, "DuckDB": duckdb, "polars": polars,
    "pandas": pandas, "vivainsights": vivainsights,
}  # fmt: skip


def make(file: str, people: str) -> None:
    import duckdb as engine

    engine.sql(WORLD.format(people=people, weeks=WEEKS, file=file))
    engine.sql(GAPS.format(weeks=WEEKS, file=file))


def usage() -> None:
    rows = []
    with tempfile.TemporaryDirectory() as scratch:
        for millions, names in ((1, list(CONTESTANTS)), (50, list(CONTESTANTS)[:3])):
            file, people = f"{scratch}/{millions}.parquet", millions * 1_000_000 // WEEKS
            # In a process of its own: what the world takes would otherwise count as the peak of all that follow.
            subprocess.run([sys.executable, __file__, "make", file, str(people)], check=True)
            taken = {name: measured(__file__, name, file, runs=3 if millions == 1 else 1) for name in names}
            rows += [[f"{millions} M", *line] for line in beside(taken)]
            print(*rows[-len(taken) :], sep="\n", flush=True)
    header = ["person-weeks", "by", "wall s", "CPU s", "× DuckDB", "peak MB", "people per segment"]
    said = (
        "Ours refuses bad rows and fills missing weeks; the others trust what they are given. Nothing leaves DuckDB but"
        " the counts. Trust the ratios of CPU seconds: the machine was shared."
    )
    write_section("Usage segments", "python benchmarks/segments.py usage", f"{said}\n\n{markdown(header, rows)}")


def beside(taken: dict[str, dict]) -> list[list[object]]:
    """What each took, beside raw DuckDB, and whether it found the same."""
    raw = taken["DuckDB"]
    return [
        [name, f"{t['wall']:.2f}", f"{t['cpu']:.2f}", f"{t['cpu'] / raw['cpu']:.1f}", f"{t['peak']:.0f}",
         "same" if t["answer"] == raw["answer"] else f"DIFFERENT: {t['answer']}"]
        for name, t in taken.items()
    ]  # fmt: skip


def planted(seed: int) -> list[object]:
    """One planted world: how well its patterns are found."""
    import workbench as wb
    from workbench.segments.patterns import TOO_NEW, patterns
    from workbench.simulation.crm import write

    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        write(folder, users=1500, weeks=52, seed=seed)
        source = wb.open_source(folder)
        zone = "Europe/Berlin"
        panel = wb.user_weeks(source, time_zone=zone, qualifying=wb.qualifying_actions(source)).stored()
        found = patterns(panel, wb.actions(source, time_zone=zone).stored(), source.incentives)
        truth = pd.read_csv(folder / "truth_patterns.csv", dtype=str).set_index("user_id")["pattern"]
    told = found.labels[found.labels["pattern"] != TOO_NEW]
    right = truth[told["user_id"]].to_numpy()
    groups = int(found.choice.loc[found.choice["chosen"], "groups"].item())
    return [seed, groups, len(set(told["pattern"])), f"{adjusted_rand_score(right, told['pattern']):.2f}",
            f"{(right == told['pattern']).mean():.2f}", f"{found.agreement:.2f}"]  # fmt: skip


def ten_seeds() -> None:
    rows = [planted(seed) for seed in range(1, 11)]
    header = ["seed", "groups", "patterns", "adjusted Rand index", "called by their planted name", "drawn anew"]
    worst = min(float(row[3]) for row in rows)
    said = (
        f"1,500 people, 52 weeks, eight planted patterns; people with 26 weeks or more. The worst index is {worst:.2f}."
    )
    write_section("Adoption patterns", "python benchmarks/segments.py patterns", f"{said}\n\n{markdown(header, rows)}")


def rates(world: str, people: int, rng: np.random.Generator) -> np.ndarray:
    """Everybody's chance to be active on a working day."""
    kind = rng.random(people) < 0.3
    drawn = {
        "one kind: normal": rng.normal(0.45, 0.1, people),
        "one kind: skewed (beta 1.2, 5)": rng.beta(1.2, 5, people),
        "one kind: heavy tail (lognormal)": 0.1 * rng.lognormal(0, 0.8, people),
        "one kind: half of them idle, no gap": 0.5 * rng.beta(0.7, 3, people),
        "two kinds, 2.5 standard deviations apart": np.where(kind, 0.25, 0.5) + rng.normal(0, 0.1, people),
        "two kinds, 4 standard deviations apart": np.where(kind, 0.2, 0.6) + rng.normal(0, 0.1, people),
        "two kinds, 6 standard deviations apart": np.where(kind, 0.15, 0.6) + rng.normal(0, 0.075, people),
    }
    return np.clip(drawn[world], 0, 1)


WORLDS = (
    "one kind: normal", "one kind: skewed (beta 1.2, 5)", "one kind: heavy tail (lognormal)",
    "one kind: half of them idle, no gap", "two kinds, 2.5 standard deviations apart",
    "two kinds, 4 standard deviations apart", "two kinds, 6 standard deviations apart",
)  # fmt: skip


def of_rates(rate: np.ndarray, correlated: bool, rng: np.random.Generator) -> tuple[pd.DataFrame, pd.DataFrame]:
    """A panel and a log; where correlated, who comes often also does more, in more parts, with more care."""
    people, weeks = len(rate), 52
    pull = rate / max(rate.mean(), 1e-9) if correlated else np.ones(people)
    days = rng.binomial(5, rate[:, None], (people, weeks))
    actions = days + rng.poisson(days * pull[:, None])
    features = np.minimum(1 + rng.poisson(pull[:, None], (people, weeks)), 9) * (days > 0)
    week = pd.date_range("2025-01-06", periods=weeks, freq="7D")
    names = np.repeat([f"u{i:05}" for i in range(people)], weeks)
    panel = pd.DataFrame({
        "user_id": names, "week": np.tile(week, people), "active_days": days.ravel(), "actions": actions.ravel(),
        "features": features.ravel(), "compulsory": 0, "trained": pd.NaT, "team": "t",
    })  # fmt: skip
    required = 4 * days.ravel()
    care = np.repeat(np.clip(0.5 + 0.2 * pull, 0, 0.95), weeks)
    log = panel.assign(date=panel["week"], action="create", fields_required=required,
                       fields_filled=rng.binomial(required, care))  # fmt: skip
    return panel, log.loc[days.ravel() > 0, ["user_id", "date", "action", "fields_required", "fields_filled"]]


def structure(times: int = 20, people: int = 300) -> None:
    """How often each world is said to have patterns."""
    from workbench.segments.patterns import patterns

    rows = []
    for world in WORLDS:
        seen = []
        for correlated in (False, True):
            rngs = [np.random.default_rng([run, correlated]) for run in range(times)]
            found = [patterns(*of_rates(rates(world, people, rng), correlated, rng)).structured for rng in rngs]
            seen.append(f"{sum(found)} of {times}")
        rows.append([world, *seen])
        print(rows[-1], flush=True)
    header = ["world", "patterns seen", "where traits go together"]
    said = f"{people} people, 52 weeks. The first four worlds have none, so at most 1 in 20 should be seen there."
    write_section(
        "Patterns or degree", "python benchmarks/segments.py structure", f"{said}\n\n{markdown(header, rows)}"
    )


if __name__ == "__main__":
    if sys.argv[1] == "make":
        make(*sys.argv[2:])
    elif len(sys.argv) == 3:
        import_module(
            sys.argv[1] if sys.argv[1] in ("polars", "vivainsights") else "workbench.segments"
        )  # not measured
        report(lambda: CONTESTANTS[sys.argv[1]](sys.argv[2]))
    else:
        {"usage": usage, "patterns": ten_seeds, "structure": structure}[sys.argv[1]]()
