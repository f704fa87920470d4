"""Sources in which every name, every text and every path holds one word that nobody may ever read (attack-cases.md, 13)."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import duckdb
import pandas as pd
from thin import Tables, plain

CANARY = "zq7kanari"
COMMAND = [sys.executable, "-c", "from workbench.cli import main; main()"]


def planted(people: int = 30) -> Tables:
    """A whole source: the word is in every column that names people, that nobody mapped, or that is free text.

    It is a team of two as well, and something that one person alone did. Names that many share are meant to be shown.
    """
    tables = {
        name: table.assign(user_id=table["user_id"].map(lambda who: f"{CANARY}-{who}"))
        for name, table in plain(people).items()
    }
    users, events = tables["users"], tables["events"]
    who, word = users["user_id"], f"{CANARY} O'Hara <b>"
    users["manager_id"] = who.iloc[0]
    users[["full_name", "email", "notes"]] = [word, f"{CANARY}@example.org", f"{word}\nwrites"]
    users.loc[:1, "team"] = CANARY
    events["event_id"] = [f"{CANARY}{i}" for i in range(len(events))]
    events["actor_id"], events["record_id"], events["comment"] = who.iloc[0], word, word
    events.loc[events["user_id"] == who.iloc[0], ["feature", "action"]] = CANARY
    tables["trainings"]["trainer"] = word
    some = {"user_id": who, "comment": word}
    tables["feedback"] = pd.DataFrame({**some, "written_at": "2025-02-10T09:00Z", "text": f"slow, says {word}"})
    tables["tickets"] = pd.DataFrame(
        {**some, "ticket_id": who, "opened_at": "2025-02-11T09:00Z", "topic": CANARY}
    ).head(3)
    tables["surveys"] = pd.DataFrame(
        {**some, "survey": "spring", "answered_at": "2025-02-12T09:00Z", "scale": "sus", "item": "sus_1", "value": 3}
    )
    return tables


def csv(tables: Tables, folder: Path) -> Path:
    """The tables as files of a folder."""
    folder.mkdir(parents=True)
    for name, table in tables.items():
        table.to_csv(folder / f"{name}.csv", index=False)
    return folder


def parquet(folder: Path) -> Path:
    folder.mkdir(parents=True)
    for name, table in planted().items():
        table.to_parquet(folder / f"{name}.parquet")
    return folder


def with_value(table: str, column: str, row: int = 3) -> Callable[[Path], Path]:
    """The whole source with the word in one row of a column where it cannot stand."""

    def made(folder: Path) -> Path:
        tables = planted()
        values = tables[table][column] if column in tables[table] else pd.Series(None, tables[table].index)
        tables[table][column] = [CANARY if at == row else value for at, value in enumerate(values)]
        return csv(tables, folder)

    return made


def changed_text(table: str, change: Callable[[str], str]) -> Callable[[Path], Path]:
    """The whole source with the text of one file changed."""

    def made(folder: Path) -> Path:
        file = csv(planted(), folder) / f"{table}.csv"
        file.write_text(change(file.read_text()))
        return folder

    return made


def database(view: bool) -> Callable[[Path], Path]:
    """A DuckDB file, one of whose tables is named with the word; its own name is the source's, and shown."""

    def made(folder: Path) -> Path:
        folder.mkdir(parents=True)
        file = folder / "crm.duckdb"
        with closing(duckdb.connect(str(file))) as connection:
            for name, table in planted().items():
                connection.from_df(table).create(f"{CANARY}_log" if view and name == "events" else name)
            connection.execute(f"create table {CANARY} as select '{CANARY}' as {CANARY}")
            if view:
                connection.execute(f"create view events as select * from {CANARY}_log")
        return file

    return made


def in_parts(broken: bool) -> Callable[[Path], Path]:
    """The log in two files whose names hold the word; the second may be of other columns."""

    def made(folder: Path) -> Path:
        events = pd.read_csv(csv(planted(), folder) / "events.csv")
        (folder / "events.csv").unlink()
        (folder / "events").mkdir()
        events.head(100).to_csv(folder / "events" / f"{CANARY} 1.csv", index=False)
        rest = events.tail(-100).rename(columns={"occurred_at": CANARY} if broken else {})
        rest.to_csv(folder / "events" / f"{CANARY} 2.csv", index=False)
        (folder / f"{CANARY}.csv").write_text(CANARY)
        return folder

    return made


def mapped(text: str) -> Callable[[Path], Path]:
    """The whole source with this mapping."""

    def made(folder: Path) -> Path:
        (csv(planted(), folder) / "workbench.toml").write_text(text)
        return folder

    return made


SOURCES: dict[str, Callable[[Path], Path]] = {
    "whole": lambda folder: csv(planted(), folder),
    "no header of users": changed_text("users", lambda text: text.split("\n", 1)[1]),
    "a time that is none": with_value("events", "occurred_at"),
    "a database": database(view=False),
    "one person": lambda folder: csv(planted(people=1), folder),
    "a row too long": changed_text("events", lambda text: f"{text}{CANARY},{CANARY * 9}" + f",{CANARY}" * 40),
    "files of other columns": in_parts(broken=True),
    "Parquet": parquet,
    "no header of the log": changed_text("events", lambda text: text.split("\n", 1)[1]),
    "no header, one person a row": changed_text("trainings", lambda text: f"{CANARY},{CANARY}\n" * 3),
    "a day that is none": with_value("users", "access_start"),
    "a number that is none": with_value("trainings", "hours"),
    "an answer that is none": with_value("surveys", "value"),
    "a yes that is none": with_value("users", "is_robot"),
    "an offset that is none": with_value("events", "utc_offset_minutes"),
    "one of few words": with_value("trainings", "assignment"),
    "a person twice": changed_text("users", lambda text: text + text.split("\n", 1)[1]),
    "people whom nobody knows": changed_text("events", lambda text: text.replace(f"{CANARY}-p", f"{CANARY}-q")),
    "a quotation mark left open": changed_text("events", lambda text: f'{text}"{CANARY}\n'),
    "NUL characters": changed_text("users", lambda text: text.replace(CANARY, f"{CANARY}\x00", 3)),
    "role beside Role": changed_text("users", lambda text: text.replace("full_name", "Team", 1)),
    "files of a folder": in_parts(broken=False),
    "a view": database(view=True),
    "a mapping that is no TOML": mapped(f"[users\n{CANARY} = {CANARY}"),
    "a mapping to a file that is not there": mapped(f'[users]\nfile = "{CANARY}.csv"\n'),
}


def typed(*words: object) -> bytes:
    """What a command writes to both streams."""
    done = subprocess.run([*COMMAND, *map(str, words)], capture_output=True, check=False, env=_quiet())
    return done.stdout + done.stderr


def _quiet() -> dict[str, str]:
    return {**os.environ, "COLUMNS": "200", "NO_COLOR": "1"}


def everything_said(name: str, folder: Path, *pages: str) -> dict[str, bytes]:
    """All that becomes of a source: what check and report say, and each file of the site; of all pages if none named."""
    source, site = SOURCES[name](folder / f"{CANARY} Lovelace" / "crm"), folder / "site"
    said = {"check": typed("check", source), "report": typed("report", *pages, "--source", source, "--out", site)}
    files = [path for path in sorted(site.rglob("*")) if path.is_file()] if site.is_dir() else []
    return {**said, **{str(path.relative_to(folder)): path.read_bytes() for path in files}}


def sung(name: str, folder: Path, *pages: str) -> dict[str, str]:
    """Where the word is to be read, with the words around it; empty, as it must be."""
    found = {}
    for where, said in everything_said(name, folder, *pages).items():
        text = where.encode() + b"\n" + said
        at = text.lower().find(CANARY.encode())
        if at >= 0:
            found[where] = text[max(0, at - 100) : at + 100].decode(errors="replace")
    return found
