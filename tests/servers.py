"""Databases for the tests alone: files, and a PostgreSQL server in a folder of its own, gone when they are done."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import duckdb

OWNER, PASSWORD = "owner", "wh4t-nobody+sees"


def sqlite_file(path: Path, *texts: str) -> Path:
    """A SQLite file that these texts wrote."""
    with closing(sqlite3.connect(path)) as connection, connection:
        for text in texts:
            connection.execute(text)
    return path


def duckdb_file(path: Path, *texts: str) -> Path:
    """A DuckDB file that these texts wrote."""
    with duckdb.connect(path) as connection:
        for text in texts:
            connection.execute(text)
    return path


def postgres_programs() -> Path | None:
    """The folder of initdb and pg_ctl: on the path, else the newest where Debian keeps them."""
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    kept = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3].split(".")[0]))
    return kept[-1].parent if kept else None


@contextmanager
def postgres_server(programs: Path) -> Iterator[str]:
    """The name of an empty database whose owner has a password; it starts and stops with the `with`."""
    with tempfile.TemporaryDirectory(prefix="pg") as folder:  # short, for the path of a socket may not be long
        person = "postgres" if os.geteuid() == 0 else None  # the server refuses to be run by root
        if person:
            shutil.chown(folder, person)
        secret = Path(folder, "secret")
        secret.write_text(PASSWORD)
        secret.chmod(0o644)

        def run(*command: str) -> None:
            subprocess.run([str(programs / command[0]), *command[1:]], check=True, user=person, cwd=folder, stdout=-3)

        run("initdb", "-D", "data", "-U", OWNER, "-A", "scram-sha-256", "--pwfile=secret", "--no-sync", "-E", "UTF8")
        settings = f"-c listen_addresses= -c unix_socket_directories={folder} -c fsync=off"
        run("pg_ctl", "-D", "data", "-o", settings, "-l", "log", "-w", "start")
        try:
            yield f"postgresql://{OWNER}@/postgres?host={folder}"
        finally:
            run("pg_ctl", "-D", "data", "-m", "immediate", "-w", "stop")
