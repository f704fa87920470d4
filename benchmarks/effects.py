"""Every ATT(g, t) of a training in eight waves, beside the packages that give the same numbers.

python benchmarks/effects.py            1,000 to 1,000,000 users × 52 weeks, a table into RESULTS.md
python benchmarks/effects.py gaps       the same panel with 5 % of its rows missing at random, beside the whole one
"""

from __future__ import annotations

import contextlib
import io
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
from results import markdown, measured, report, write_section

SIZES = (1_000, 10_000, 100_000, 1_000_000)
GAPS = "gaps"
WITH_GAPS = (20_000, 100_000)
WARM = "warm.parquet"  # the smallest panel: each runs on it first, so that only its work is timed
# Beyond this they take minutes, or more memory than a laptop has.
SLOW = {"diff-diff": 100_000, "csdid": 10_000, "moderndid": 10_000}
PANEL = """
copy (
    with users as (select i as user_id, cast(hash(i) >> 40 as bigint) as h from range({users}) t(i)),
    told as (select user_id, h % 7 as habit,
        case when h % 9 < 8 then cast(8 + 5 * (h % 9) as double) end as trained from users)
    select user_id, week, trained,
        cast((habit + hash(user_id * 64 + week) % 4 + case when week >= trained then 1 else 0 end) // 2 as int)
            as active_days
    from told, range(52) w(week) where {kept} order by user_id, week)
    to '{file}' (format parquet)"""


def make(file: Path, users: int) -> None:
    """Users × 52 weeks, sorted by user and week; eight waves of training and those never trained, a ninth each.

    A file whose name begins with GAPS lacks one row in twenty, by the digits of a hash.
    """
    import duckdb

    kept = "hash(user_id * 64 + week + 7919) % 20 <> 0" if file.name.startswith(GAPS) else "true"
    duckdb.connect().execute(PANEL.format(users=users, file=file, kept=kept)).fetchall()


def lists(file: Path) -> Callable[[], object]:
    """The yardstick: every user's weeks as one list, into Arrow."""
    import duckdb

    text = f"select user_id, any_value(trained), list(active_days order by week) from '{file}' group by user_id"
    return lambda: duckdb.connect().sql(text).to_arrow_table().num_rows


def moments(file: Path) -> Callable[[], object]:
    import workbench as wb
    from workbench.data.duckdb import duckdb_engine

    table = wb.Table(duckdb_engine(), f"select * from '{file}'")
    return lambda: wb.moments(table).units


def ours(file: Path) -> Callable[[], object]:
    import workbench as wb
    from workbench.data.duckdb import duckdb_engine
    from workbench.effects.did import att_gt

    table = wb.Table(duckdb_engine(), f"select * from '{file}'")
    return lambda: our_numbers(att_gt, wb.moments(table))


def bands(file: Path) -> Callable[[], object]:
    """As `att_gt` answers unless it is asked otherwise: with the band that holds all effects at once."""
    import workbench as wb
    from workbench.data.duckdb import duckdb_engine

    table = wb.Table(duckdb_engine(), f"select * from '{file}'")
    return lambda: len(wb.att_gt(wb.moments(table), "never_treated").table)


def saved(file: Path) -> Callable[[], object]:
    import workbench as wb
    from workbench.data.duckdb import duckdb_engine
    from workbench.effects.did import att_gt

    kept = file.with_suffix(".moments")
    wb.save_moments(wb.moments(wb.Table(duckdb_engine(), f"select * from '{file}'")), kept)
    return lambda: our_numbers(att_gt, wb.load_moments(kept))


def our_numbers(att_gt, m) -> list[float]:
    """With the large-sample errors of R's `did`, which the others give, too."""
    table = att_gt(m, "never_treated", small_sample=False, band=False).table
    return summary(table["estimate"], table["std_error"])


def in_pandas(file: Path):
    import pandas as pd

    return pd.read_parquet(file).fillna({"trained": 0})


def diff_diff(file: Path) -> Callable[[], object]:
    from diff_diff import CallawaySantAnna

    def work() -> object:
        model = CallawaySantAnna(control_group="never_treated", estimation_method="reg", cband=False)
        found = model.fit(in_pandas(file), "active_days", "user_id", "week", "trained").group_time_effects.values()
        return summary([cell["effect"] for cell in found], [cell["se"] for cell in found])

    return quietly(work)


def csdid(file: Path) -> Callable[[], object]:
    from csdid.att_gt import ATTgt

    def work() -> object:
        model = ATTgt("active_days", "week", "user_id", "trained", in_pandas(file), control_group="nevertreated")
        found = model.fit(est_method="reg", bstrap=False).results
        return summary(found["att"], found["se"])

    return quietly(work)


def moderndid(file: Path) -> Callable[[], object]:
    import moderndid as other

    def work() -> object:
        found = other.att_gt(
            in_pandas(file), "active_days", "week", "user_id", "trained", est_method="reg", cband=False
        )
        return summary(found.att_gt, found.se_gt)

    return quietly(work)


def quietly(work: Callable[[], object]) -> Callable[[], object]:
    """Without what it prints."""

    def silent() -> object:
        with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return work()

    return silent


def summary(effects, errors) -> list[float]:
    """What all must agree on: how many effects, their sum, the sum of their standard errors."""
    return [len(list(effects)), float(np.nansum(list(effects))), float(np.nansum(list(errors)))]


CONTESTANTS = {
    "lists": lists,
    "moments": moments,
    "ours": ours,
    "bands": bands,
    "saved": saved,
    "diff-diff": diff_diff,
    "csdid": csdid,
    "moderndid": moderndid,
}


def main() -> None:
    rows = []
    with tempfile.TemporaryDirectory() as scratch:
        for users in SIZES:
            file = Path(scratch) / f"{users}.parquet"
            # In a process of its own: what the panel takes would otherwise count as the peak of all that follow.
            for made, size in ((file, users), (file.with_name(WARM), SIZES[0])):
                subprocess.run([sys.executable, __file__, "make", str(made), str(size)], check=True)
            names = [name for name in CONTESTANTS if name != "bands" and users <= SLOW.get(name, users)]
            taken = {name: measured(__file__, name, str(file), runs=runs(users)) for name in names}
            rows += [row(users, name, taken) for name in names]
            print(*rows[-len(names) :], sep="\n", flush=True)
    ratios = [f"× {other}{unit}" for unit in ("", ", CPU") for other in YARDSTICKS]
    header = ["users", "what", "wall s", "CPU s", "peak MB", *ratios, "numbers"]
    write_section("Effects", "python benchmarks/effects.py", f"{LEGEND}\n\n{markdown(header, rows)}")


def with_gaps() -> None:
    """The cost of rows missing at random: nearly as many patterns of presence as people."""
    rows = []
    with tempfile.TemporaryDirectory() as scratch:
        for users in WITH_GAPS:
            files = {"balanced": Path(scratch) / f"{users}.parquet", GAPS: Path(scratch) / f"{GAPS}{users}.parquet"}
            for made, size in (*((file, users) for file in files.values()), (Path(scratch) / WARM, SIZES[0])):
                subprocess.run([sys.executable, __file__, "make", str(made), str(size)], check=True)
            taken = {what: measured(__file__, "ours", str(file), runs=7) for what, file in files.items()}
            taken |= {"bands": measured(__file__, "bands", str(files["balanced"]), runs=3)}
            taken |= {f"{GAPS}, bands": measured(__file__, "bands", str(files[GAPS]), runs=3)}
            if users == SLOW["diff-diff"]:
                taken |= {"diff-diff": measured(__file__, "diff-diff", str(files["balanced"]), runs=7)}
            rows += [gaps_row(users, what, taken) for what in taken]
            print(*rows[-len(taken) :], sep="\n", flush=True)
    header = ["users", "panel", "wall s", "CPU s", "peak MB", "× balanced, wall", "CPU", "memory"]
    write_section("Gaps", "python benchmarks/effects.py gaps", f"{GAPS_LEGEND}\n\n{markdown(header, rows)}")


def gaps_row(users: int, what: str, taken: dict[str, dict]) -> list[object]:
    one, whole = taken[what], taken["bands" if what.endswith("bands") else "balanced"]
    ratios = [f"{one[unit] / whole[unit]:.2f}" for unit in ("wall", "cpu", "peak")]
    return [f"{users:,}", what, f"{one['wall']:.3f}", f"{one['cpu']:.3f}", f"{one['peak']:.0f}", *ratios]


GAPS_LEGEND = """The panel of the section before, whole (balanced) and with one row in twenty missing at random (gaps):
reduction and 408 ATT(g, t), with pointwise standard errors, or with the band that holds all at once (bands: what
`att_gt` gives unless asked otherwise). diff-diff on the whole panel. Medians of seven runs, of three with bands, in one
run of the script."""

LEGEND = """From a Parquet panel sorted by user and week, 52 weeks, 408 ATT(g, t) with pointwise standard errors.

lists: `list(active_days order by week) … group by user_id` into Arrow, the yardstick of the reduction. moments: the
reduction with all checks of the input. ours: that and the estimation. saved: estimation from saved moments. Each in a
process of its own that has done the same for 1,000 users before, so that neither imports nor compilers count; medians
of seven runs, of three for a million users. × lists, × ours and × saved are ratios of wall seconds, then of CPU
seconds."""
YARDSTICKS = ("lists", "ours", "saved")


def runs(users: int) -> int:
    return 7 if users < 1_000_000 else 3


def row(users: int, name: str, taken: dict[str, dict]) -> list[object]:
    one = taken[name]
    times = [f"{one[unit] / taken[other][unit]:.2f}" for unit in ("wall", "cpu") for other in YARDSTICKS]
    return [
        f"{users:,}",
        name,
        f"{one['wall']:.3f}",
        f"{one['cpu']:.3f}",
        f"{one['peak']:.0f}",
        *times,
        agree(name, taken),
    ]


def agree(name: str, taken: dict[str, dict]) -> str:
    """Whether it gives our numbers."""
    if name in ("lists", "moments"):
        return "–"
    mine, theirs = taken["ours"]["answer"], taken[name]["answer"]
    same = not isinstance(theirs, str) and np.allclose(mine, theirs, rtol=1e-9)
    return "same" if same else f"DIFFERENT: {theirs}"


if __name__ == "__main__":
    if sys.argv[1:2] == ["make"]:
        make(Path(sys.argv[2]), int(sys.argv[3]))
    elif sys.argv[1:] == [GAPS]:
        with_gaps()
    elif len(sys.argv) == 3:
        work, panel = CONTESTANTS[sys.argv[1]], Path(sys.argv[2])
        work(panel.with_name(WARM))()
        time.sleep(0.5)  # until its threads have gone to sleep
        report(work(panel))
    else:
        main()
