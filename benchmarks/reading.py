"""A log in CSV files as people have them, read into contract columns, as multiples of DuckDB's own reader.

python benchmarks/reading.py [MILLIONS]       2 million rows unless another number is given, a table into RESULTS.md
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from results import markdown, measured, report, write_section

LOG = """
copy (
    select md5(cast(i as varchar)) as event_id, 'u' || lpad(cast(i * 7919 % 4000 as varchar), 7, '0') as user_id,
        strftime(timestamp '2025-01-06 06:00:00' + (i * 7919 % 31000000) * interval 1 second, '{order}') as occurred_at,
        ['login', 'view', 'create', 'update'][1 + i % 4] as action, 'Menü ' || i % 25 as feature{more}
    from range({first}, {last}) t(i)) to '{file}' (header, delimiter '{delimiter}')"""
COLUMNS = ("event_id", "user_id", "occurred_at", "action", "feature")
ALL = "select " + ", ".join(f"count({name})" for name in COLUMNS) + ", max(length(feature)), max(length(event_id)), "
OWN = """
cast(max(occurred_at) as varchar) from read_csv('{folder}/events/*.csv', auto_detect = false, header = true,
    delim = '{delimiter}', quote = '"', escape = '"', columns = {{'event_id': 'VARCHAR', 'user_id': 'VARCHAR',
    'occurred_at': '{type}', 'action': 'VARCHAR', 'feature': 'VARCHAR'}}{more})"""
UNITED = "cast(max(occurred_at) as varchar) from read_csv('{folder}/events/*.csv', union_by_name = true)"
DAY_FIRST = '[events.formats]\noccurred_at = "DD/MM/YYYY HH:mm:ss"\n'
EVENT_LOG_FILE = 'time_zone = "UTC"\n[events.formats]\noccurred_at = "YYYYMMDDHHmmss.SSS"\n'
COMPUTED = """
[events.columns]
feature = { sql = 'lower("feature")' }
[events.leave_out]
"a login" = "action = 'login'"
"""


@dataclass(frozen=True)
class Kind:
    """How the files are written, what the mapping says of it, and the options of DuckDB's own reader."""

    order: str
    mapping: str = ""
    type: str = "TIMESTAMPTZ"
    options: str = ""
    delimiter: str = ","
    later: str = ""  # a column that the second file has in addition
    encoding: str = "utf-8"


ISO = "%Y-%m-%dT%H:%M:%SZ"
KINDS = {
    "ISO 8601": Kind(ISO),
    "without a zone": Kind("%Y-%m-%d %H:%M:%S", type="TIMESTAMP"),
    "day first": Kind("%d/%m/%Y %H:%M:%S", DAY_FIRST, "TIMESTAMP", ", timestampformat = '%d/%m/%Y %H:%M:%S'"),
    "as in an EventLogFile": Kind(
        "%Y%m%d%H%M%S.000", EVENT_LOG_FILE, "TIMESTAMP", ", timestampformat = '%Y%m%d%H%M%S.%g'"
    ),
    "a later header": Kind(ISO, later=", 'x' as extra"),
    "computed, some left out": Kind(ISO, COMPUTED),
    "windows-1252": Kind(ISO, 'encoding = "windows-1252"\n', delimiter=";", encoding="windows-1252"),
}


def make(folder: Path, kind: Kind, rows: int) -> None:
    """A log in two files."""
    import duckdb

    (folder / "events").mkdir(parents=True)
    (folder / "users.csv").write_text("user_id\n" + "".join(f"u{i:07d}\n" for i in range(4000)))
    (folder / "workbench.toml").write_text('time_zone = "Europe/Berlin"\n[events]\n' + kind.mapping)
    for n, more in enumerate(("", kind.later)):
        file = folder / f"events/{n}.csv"
        half = {"first": n * rows // 2, "last": (n + 1) * rows // 2}
        duckdb.execute(LOG.format(order=kind.order, more=more, file=file, delimiter=kind.delimiter, **half)).fetchall()
        if kind.encoding != "utf-8":
            file.write_bytes(file.read_bytes().decode().encode(kind.encoding))


def own(folder: Path, kind: Kind) -> Callable[[], object]:
    """DuckDB's reader, told the columns and their types; windows-1252, which it cannot read, is rewritten first."""
    import duckdb

    there = folder if kind.encoding == "utf-8" else folder / "utf-8"
    own_text = UNITED if kind.later else OWN
    text = own_text.format(folder=there, delimiter=kind.delimiter, type=kind.type, more=kind.options)

    def read() -> int:
        if there != folder:
            rewrite(folder, there, kind.encoding)
        return len(duckdb.sql(ALL + text).fetchall())

    return read


def rewrite(folder: Path, there: Path, encoding: str) -> None:
    """The log as UTF-8."""
    (there / "events").mkdir(parents=True, exist_ok=True)
    for file in (folder / "events").glob("*.csv"):
        new = there / "events" / file.name
        with file.open(encoding=encoding, newline="") as old, new.open("w", encoding="utf-8", newline="") as written:
            for some in iter(lambda old=old: old.read(1_000_000), ""):
                written.write(some)


def ours(folder: Path, kind: Kind) -> Callable[[], object]:
    import workbench as wb

    wb.open_source(folder).users.to_arrow()  # what is imported once does not count
    return lambda: wb.open_source(folder).events.sql(f"{ALL} max(occurred_at) from this").to_arrow().num_rows


def main(rows: int) -> None:
    lines = []
    for name, kind in KINDS.items():
        with tempfile.TemporaryDirectory() as scratch:
            make(Path(scratch) / "crm", kind, rows)
            taken = measured(__file__, "ours", f"{scratch}/crm", name)
            base = measured(__file__, "own", f"{scratch}/crm", name)  # afterwards: it may rewrite the files
        times = taken["cpu"] / base["cpu"]
        lines.append([name, f"{base['cpu']:.2f}", f"{taken['cpu']:.2f}", f"{times:.2f}", f"{taken['peak']:.0f}"])
        print(lines[-1], taken["answer"], flush=True)
    header = [f"{rows / 1e6:g} M rows in two files", "DuckDB's reader, CPU s", "ours, CPU s", "×", "ours, peak MB"]
    write_section("Reading CSV", f"python benchmarks/reading.py {rows / 1e6:g}", markdown(header, lines))


if __name__ == "__main__":
    if len(sys.argv) == 4:
        report({"own": own, "ours": ours}[sys.argv[1]](Path(sys.argv[2]), KINDS[sys.argv[3]]))
    else:
        main(int(float(sys.argv[1] if len(sys.argv) > 1 else 2) * 1_000_000))
