"""The SQL of the package on three engines: what is recorded on one is written as each of them would run it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from string import Formatter

import pyarrow as pa

from workbench.data.duckdb import DUCKDB, DuckDB
from workbench.data.engine import Dialect, Table
from workbench.data.layout import Layout

SPARK = Dialect(
    local="from_utc_timestamp({ts}, {zone})",
    instant="to_utc_timestamp({ts}, {zone})",
    universal="to_utc_timestamp({ts}, 'UTC')",
    shifted="{ts} + {minutes} * interval '1' minute",
    days="datediff({b}, {a})",
    date_plus="date_add({date}, cast({days} as int))",
    key="xxhash64({value})",
    bit_count="bit_count({mask})",
    try_cast="try_cast({value} as {type})",
    matches="regexp_like({text}, {pattern})",
    has_nul="locate(char(0), {text}) > 0",
    refusal="raise_error({message})",
    part="nullif(regexp_extract({text}, {pattern}, 1), '')",
    from_epoch="timestamp_micros({microseconds})",
    moment="try_cast(regexp_replace({text}, {pattern}, replace({iso}, '\\', '$')) as timestamp)",
)
# Every fragment as its name and its gaps, to be written out for an engine later: ⟦days¦…¦…⟧
GAPS = {name: list(dict.fromkeys(gap for _, gap, _, _ in Formatter().parse(text) if gap)) for name, text in asdict(DUCKDB).items()}  # fmt: skip
MARKED = Dialect(**{name: f"⟦{name}¦" + "¦".join(f"{{{gap}}}" for gap in gaps) + "⟧" for name, gaps in GAPS.items()})
INNERMOST = re.compile(r"⟦(\w+)¦([^⟦⟧]*)⟧")


def written_for(dialect: Dialect, text: str) -> str:
    """A recorded text with its fragments written out."""

    def fragment(mark: re.Match[str]) -> str:
        values = dict(zip(GAPS[mark[1]], mark[2].split("¦"), strict=True))
        return str(getattr(dialect, mark[1]).format(**values))

    while INNERMOST.search(text):
        text = INNERMOST.sub(fragment, text)
    return text


SPELT = re.compile(r"""'(?:[^']|'')*'|"(?:[^"]|"")*"|\bdouble precision\b|\bvarchar\b|\btimestamp with time zone\b|\btimestamp\b(?! *')""")  # fmt: skip
SPARK_TYPES = {"double precision": "double", "varchar": "string", "timestamp with time zone": "timestamp", "timestamp": "timestamp_ntz"}  # fmt: skip


def spelt_for_spark(text: str) -> str:
    """The standard's names, texts and types as Spark spells them."""

    def word(found: re.Match[str]) -> str:
        said, inside = found[0], found[0][1:-1]
        if said.startswith("'"):
            return "'" + inside.replace("''", "'").replace("\\", "\\\\").replace("'", "\\'") + "'"
        if said.startswith('"'):
            return "`" + inside.replace('""', '"').replace("`", "``") + "`"
        return SPARK_TYPES[said]

    return SPELT.sub(word, text)


@dataclass
class Recorder(DuckDB):
    """DuckDB that keeps every text it is asked, with the engine's own fragments still open."""

    dialect: Dialect = MARKED
    texts: list[str] = field(default_factory=list)

    def _run(self, text: str) -> str:
        self.texts.append(text)
        return written_for(DUCKDB, text)

    def sql(self, text: str) -> pa.Table:
        return super().sql(self._run(text))

    def batches(self, text: str) -> Iterator[pa.RecordBatch]:
        return super().batches(self._run(text))

    def schema(self, text: str) -> pa.Schema:
        return super().sql(f"select * from ({self._run(text)}) as nothing limit 0").schema

    def store(self, text: str) -> Table:
        return super().store(self._run(text))

    def parquet(self, files: list[Path], places: list[int] = ()) -> Table:
        """In memory: how a file is scanned is each engine's own."""
        return self.frame(DuckDB().parquet(files, places).to_arrow())

    def csv(self, files: list[Path], shape: Layout, places: list[int] = ()) -> Table:
        return self.frame(DuckDB().csv(files, shape, places).to_arrow())
