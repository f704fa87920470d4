"""Sources that are broken, each in one way, and a word that the sentence about it must hold (attack-cases.md, 22)."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

USERS = "user_id,team,role\n" + "".join(f"u{i},t{i % 3},seller\n" for i in range(12))
EVENTS = "user_id,occurred_at,action\n" + "".join(
    f"u{i % 12},2025-01-{6 + i % 21:02}T09:{i % 60:02}:00Z,update\n" for i in range(120)
)


def whole(folder: Path) -> Path:
    """A folder in which nothing is wrong."""
    folder.mkdir(parents=True)
    (folder / "users.csv").write_text(USERS)
    (folder / "events.csv").write_text(EVENTS)
    return folder


def with_file(name: str, content: str | bytes) -> Callable[[Path], Path]:
    """The whole folder with one file put in the place of another, or beside the others."""

    def made(folder: Path) -> Path:
        whole(folder)
        if name.startswith("events."):
            (folder / "events.csv").unlink()
        (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
        return folder

    return made


def mapped(text: str | bytes) -> Callable[[Path], Path]:
    """The whole folder with this mapping."""
    return with_file("workbench.toml", text)


def database(content: Callable[[Path], None], name: str) -> Callable[[Path], Path]:
    """A database file."""

    def made(folder: Path) -> Path:
        folder.mkdir(parents=True)
        content(folder / name)
        return folder / name

    return made


def _parquet() -> bytes:
    sink = pa.BufferOutputStream()
    rows = {"user_id": ["u1"] * 50, "occurred_at": ["2025-01-07T09:00Z"] * 50, "action": ["x"] * 50}
    pq.write_table(pa.table(rows), sink)
    return sink.getvalue().to_pybytes()


def _shadowed() -> bytes:
    sink = pa.BufferOutputStream()
    pq.write_table(pa.table([["u1"], ["a"], ["b"]], names=["user_id", "role", "Role"]), sink)
    return sink.getvalue().to_pybytes()


PARQUET = _parquet()


def _flipped(at: int) -> bytes:
    return PARQUET[:at] + bytes(255 - byte for byte in PARQUET[at : at + 24]) + PARQUET[at + 24 :]


def _duckdb(path: Path) -> None:
    with duckdb.connect(path) as made:
        made.execute("create table users as select 'u' || range as user_id from range(20000)")
        made.execute(
            "create table events as select user_id, '2025-01-07T09:00Z' as occurred_at, 'x' as action from users union all select 'u1', '2025-03-07T09:00Z', 'x'"
        )


def _broken_duckdb(at: float) -> Callable[[Path], None]:
    def made(path: Path) -> None:
        _duckdb(path)
        content = bytearray(path.read_bytes())
        start = int(at * len(content))
        content[start : start + 8192] = b"\xff" * 8192
        path.write_bytes(content)

    return made


def _broken_sqlite(path: Path) -> None:
    with closing(sqlite3.connect(path)) as made, made:
        made.execute("create table users as select 'u1' as user_id")
        made.execute("create table events (user_id, occurred_at, action)")
        rows = [("u1", "2025-01-07T09:00Z", "x" * 50)] * 2000
        made.executemany("insert into events values (?, ?, ?)", rows)
    path.write_bytes(path.read_bytes()[:9000] + b"\xff" * 60000)


def _folder_for_a_file(folder: Path) -> Path:
    whole(folder)
    (folder / "events.csv").unlink()
    (folder / "events.csv").mkdir()
    return folder


def _pipe(name: str) -> Callable[[Path], Path]:
    def made(folder: Path) -> Path:
        whole(folder)
        (folder / name).unlink(missing_ok=True)
        os.mkfifo(folder / name)
        return folder

    return made


def _pipe_alone(folder: Path) -> Path:
    folder.mkdir(parents=True)
    os.mkfifo(folder / "crm.duckdb")
    return folder / "crm.duckdb"


MAPPINGS = {
    "no TOML": "events =",
    "no end": "[events",
    "a word twice": 'system = "a"\nsystem = "b"',
    "no UTF-8": b'system = "K\xf6ln"',
    "a NUL": b"\x00\x01",
    "a list for a text": "time_zone = ['UTC']",
    "a number for a text": "system = 3",
    "a text for a table": 'events = "log.csv"',
    "a number for a table": "events = 3",
    "a list of texts for a table": 'events = ["log.csv"]',
    "an empty list for a table": "events = []",
    "columns are a text": '[events]\ncolumns = "user_id"',
    "a column is a number": "[events.columns]\nuser_id = 3",
    "a column is a list": '[events.columns]\nuser_id = ["a"]',
    "sql is a number": "[events.columns]\nuser_id = { sql = 3 }",
    "value is a date": "[events.columns]\naction = { value = 2025-01-06 }",
    "a pattern is wrong": "[events.columns]\nuser_id = { column = 'user_id', pattern = '(' }",
    "a pattern is a number": "[events.columns]\nuser_id = { column = 'user_id', pattern = 3 }",
    "sql is nonsense": "[events.columns]\nuser_id = { sql = 'select' }",
    "values are a list": "[events.values]\naction = ['a']",
    "values are of values": "[events.values.action]\na = ['b']",
    "leave_out is a list": "[events]\nleave_out = ['x']",
    "formats are numbers": "[events.formats]\noccurred_at = 3",
    "verbs are texts": "[verbs]\ncreate = 'x'",
    "verbs are a list": "verbs = ['x']",
    "a delimiter of two": "[events]\ndelimiter = 'ab'",
    "a negative skip": "[events]\nskip_rows = -1",
    "skips everything": "[events]\nskip_rows = 100000",
    "names are too few": "[events]\nnames = ['a']",
    "a file is a number": "[events]\nfile = 3",
    "a file is empty": "[events]\nfile = ''",
    "a file with **": "[events]\nfile = 'a**b'",
    "a path is a list": "path = ['a']",
    "long is a text": "[surveys]\nlong = 'x'",
    "a zone that is none": "time_zone = 'Mars/Olympus'",
    "a weekday that is none": "first_weekday = 'someday'",
    "a weekday that is a number": "first_weekday = 1",
    "an encoding that is none": "[events]\nencoding = 'x'",
    "an encoding of bytes": "[events]\nencoding = 'base64'",
    "access is a number": "access = 1",
    "deep": "a = " + "[" * 2000,
}
SOURCES: dict[str, tuple[Callable[[Path], Path], str]] = {
    "an empty CSV": (with_file("events.csv", ""), "events"),
    "an empty table of users": (with_file("users.csv", ""), "users"),
    "a header alone": (with_file("events.csv", "user_id,occurred_at,action\n"), ""),
    "a line end alone": (with_file("events.csv", "\n"), "events"),
    "blanks": (with_file("events.csv", "   \n  \n"), "events"),
    "a comma at the header's end": (with_file("events.csv", EVENTS.replace("action\n", "action,\n", 1)), ""),
    "a comma at every end": (with_file("events.csv", EVENTS.replace("\n", ",\n")), ""),
    "commas alone": (with_file("events.csv", ",,,\n,,,\n"), "events"),
    "role beside Role": (with_file("users.csv", "user_id,role,Role\nu1,a,b\n"), "users"),
    "user_id beside USER_ID": (with_file("users.csv", "user_id,USER_ID\nu1,u1\n"), "users"),
    "an unclosed quotation mark": (with_file("events.csv", EVENTS + '"u1,2025-01-07T09:00Z,x\n'), "events"),
    "rows of other lengths": (with_file("events.csv", EVENTS + "u1\nu1,2,3,4,5\n"), "events"),
    "bytes of nothing": (with_file("events.csv", bytes(range(256)) * 40), "events"),
    "UTF-16 cut": (with_file("events.csv", EVENTS.encode("utf-16")[:-1]), ""),
    "NUL characters": (with_file("events.csv", EVENTS.replace("update", "up\x00date")), "events"),
    "a gzip that is none": (with_file("events.csv.gz", "user_id\n"), "events"),
    "a workbook that is none": (with_file("events.xlsx", "PK\x03\x04"), "events"),
    "no header": (with_file("events.csv", EVENTS.split("\n", 1)[1]), "events"),
    "a Parquet flipped at its end": (with_file("events.parquet", _flipped(len(PARQUET) - 60)), "events"),
    "a Parquet flipped in its rows": (with_file("events.parquet", _flipped(20)), "events"),
    "a Parquet cut": (with_file("events.parquet", PARQUET[:-30]), "events"),
    "a Parquet that is text": (with_file("events.parquet", EVENTS), "events"),
    "a Parquet with role beside Role": (with_file("users.parquet", _shadowed()), "users"),
    "a Parquet of nothing": (with_file("events.parquet", ""), "events"),
    "a folder named events.csv": (_folder_for_a_file, "events.csv is a folder"),
    "a pipe named events.csv": (_pipe("events.csv"), "events.csv is not a file"),
    "a pipe for a mapping": (_pipe("workbench.toml"), ""),
    "a pipe for a database": (_pipe_alone, "neither a file nor a folder"),
    "a DuckDB file broken at its beginning": (database(_broken_duckdb(0.01), "crm.duckdb"), "crm.duckdb"),
    "a DuckDB file broken in its middle": (database(_broken_duckdb(0.5), "crm.duckdb"), ""),
    "a DuckDB file broken at its end": (database(_broken_duckdb(0.9), "crm.duckdb"), ""),
    "a SQLite file broken": (database(_broken_sqlite, "crm.sqlite"), ""),
    "a database of nothing": (database(lambda path: path.write_bytes(b"") and None, "crm.duckdb"), "crm.duckdb"),
    "a folder of nothing": (lambda folder: folder.mkdir(parents=True) or folder, "holds none of the tables"),
    **{f"a mapping: {name}": (mapped(text), "") for name, text in MAPPINGS.items()},
}
