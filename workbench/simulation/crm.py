"""Writes a CRM whose true effects are known.

`people` and `assignment` decide who works there and who is trained when, `use` how likely each person is to be active
on each day. `events` samples the active days and fills them with actions, and `dirt` adds what real exports contain
besides. People are simulated in chunks, one row group each, so that any number of events fits in memory; the same
arguments give the same bytes.

The truths go beside the tables, into truth.json and truth_patterns.csv, which no analysis reads.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq

from workbench.simulation.calendar import START, ZONE, Calendar
from workbench.simulation.columns import user_ids
from workbench.simulation.days import Simulation
from workbench.simulation.events import write_events
from workbench.simulation.facts import bad_item_truth, barrier_truths, gaming_truth, theme_truth
from workbench.simulation.people import people
from workbench.simulation.tables import planned_tables
from workbench.simulation.truth import Row
from workbench.simulation.world import PATTERNS


def write(
    folder: str | Path,
    users: int = 1500,
    weeks: int = 52,
    seed: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> dict[str, int]:
    """Write a simulated CRM into a folder: contract tables, their mapping (the zone), truth.json and
    truth_patterns.csv.

    users : people with access, at least 200; about 170 events each in 52 weeks
    weeks : at least 26; programmes are dated for 52 and stretched
    progress : called with (people done, people) after every chunk
    Returns the number of rows of every table, by name.

    Raises ValueError where there are too few users or weeks.

    >>> from tempfile import mkdtemp
    >>> from workbench.simulation import write
    >>> write(mkdtemp(), users=200, weeks=26)["users"] >= 200
    True
    """
    folder = Path(folder)
    everyone = people(users, weeks, seed)
    calendar = Calendar(weeks)
    folder.mkdir(parents=True, exist_ok=True)
    crm = Simulation(everyone, calendar, seed)
    counts = {"events": write_events(folder / "events.parquet", crm, progress)}
    tables = crm.tables_of_use() | planned_tables(everyone, calendar, seed)
    for name, table in tables.items():
        _write_table(folder, name, table)
        counts[name] = table.num_rows
    (folder / "workbench.toml").write_text(f'time_zone = "{ZONE}"\n', encoding="utf-8")
    facts = [
        gaming_truth(*crm.contest),
        *barrier_truths(everyone),
        bad_item_truth(),
        theme_truth(tables["feedback"], calendar),
    ]
    _write_truth(folder, crm, facts)
    return counts


PARQUET_TABLES = ("surveys", "outcomes")  # the larger ones; the rest is CSV, for everybody's spreadsheet


def _write_table(folder: Path, name: str, table: pa.Table) -> None:
    if name in PARQUET_TABLES:
        pq.write_table(table, folder / f"{name}.parquet", compression="zstd", compression_level=3, store_schema=False)
    else:
        options = pa.csv.WriteOptions(quoting_style="needed")
        pa.csv.write_csv(table, folder / f"{name}.csv", options)


def _write_truth(folder: Path, crm: Simulation, facts: list[Row]) -> None:
    size = {"users": len(crm.people), "weeks": crm.calendar.weeks, "seed": crm.seed}
    about = size | {"time_zone": ZONE, "first_week": str(START)}
    truth = {"about": about, "truths": [*crm.ledger.truths(), *facts]}
    (folder / "truth.json").write_text(json.dumps(truth, indent=1) + "\n", encoding="utf-8")
    patterns = pa.array([p.name for p in PATTERNS]).take(crm.people.pattern)
    labels = pa.table({"user_id": user_ids(crm.people.number), "pattern": patterns})
    pa.csv.write_csv(labels, folder / "truth_patterns.csv", pa.csv.WriteOptions(quoting_style="needed"))
