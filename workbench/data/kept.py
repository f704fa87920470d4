"""Keeps tables in a folder that one run reads and then removes, so that each is computed once for many pages.

What is kept is there whole or not at all: it is written beside its place and then renamed. The folder holds what the
log holds, so nobody but its owner may enter it.
"""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq

from workbench.data.checks import COLUMNS
from workbench.data.duckdb import duckdb_engine
from workbench.data.engine import Table
from workbench.data.sources import Source

PRIVATE = 0o700
WRITING = ".part"
CHECK = "check.json"  # what the check of the log found


def keep_table(table: Table, path: Path) -> None:
    """Write a table to a Parquet file, piece by piece."""
    path.parent.mkdir(mode=PRIVATE, exist_ok=True)
    part = path.with_suffix(WRITING)
    with pq.ParquetWriter(part, table.schema) as file:
        for batch in table.batches():
            file.write_batch(batch)
    os.replace(part, path)


def kept_table(path: Path) -> Table | None:
    """The table that `keep_table` wrote there; None where there is none."""
    return duckdb_engine().parquet([path]) if path.is_file() else None


def keep_source(source: Source, folder: Path) -> None:
    """Write the contract tables of a source, but what a server holds, and what its check found into a folder."""
    part = folder.with_suffix(WRITING)
    folder.parent.mkdir(mode=PRIVATE, exist_ok=True)
    part.mkdir(mode=PRIVATE)
    for name, raw in source.raw.items():
        if raw.engine_table.engine.inside:
            keep_table(source.table(name), part / name)
    (part / CHECK).write_text(json.dumps(source.check().to_dict("records")), encoding="utf-8")
    os.rename(part, folder)


def kept_source(source: Source, folder: Path) -> Source:
    """The source, with what `keep_source` wrote there in the place of its own."""
    tables = {name: table for name in source.raw if (table := kept_table(folder / name))}
    found = json.loads((folder / CHECK).read_text(encoding="utf-8"))
    return replace(source, cache={**tables, "check": pd.DataFrame(found, columns=COLUMNS)})
