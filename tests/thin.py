"""Sources in which nothing is wrong and little is there (attack-cases.md, 21)."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd
from IPython.core.interactiveshell import InteractiveShell

NOTEBOOKS = Path(__file__).parents[1] / "notebooks"

MONDAYS = pd.date_range("2025-01-06", periods=14, freq="7D")
Tables = dict[str, pd.DataFrame]


def plain(people: int = 30, weeks: int = 14) -> Tables:
    """People in six teams, each at work on one to four days a week, some of them trained in the fifth week."""
    who = [f"p{i:04}" for i in range(people)]
    users = pd.DataFrame({"user_id": who, "team": [f"t{i % 6}" for i in range(people)], "access_start": "2025-01-06"})
    users["department"] = ["sales" if i % 6 < 3 else "service" for i in range(people)]
    rows = [
        (
            name,
            f"{monday + pd.Timedelta(days=day, hours=8, minutes=i % 50)}+00:00",
            ("create", "update", "view")[day % 3],
        )
        for i, name in enumerate(who)
        for at, monday in enumerate(MONDAYS[:weeks])
        for day in range(1 + (5 * i + 3 * at) % 4)
    ]
    trained = [{"user_id": name, "programme": "Basics", "started_at": "2025-02-03T09:00Z"} for name in who[::3]]
    return {
        "users": users,
        "events": pd.DataFrame(rows, columns=["user_id", "occurred_at", "action"]),
        "trainings": pd.DataFrame(trained),
    }


def changed(table: str, **columns: object) -> Tables:
    """The plain source with these columns of one table."""
    tables = plain()
    tables[table] = tables[table].assign(**columns)
    return tables


def required_only() -> Tables:
    tables = plain()
    return {"users": tables["users"][["user_id"]], "events": tables["events"]}


def no_groups() -> Tables:
    """Nobody's team, department, role or region is known, and the system has two features."""
    tables = plain()
    features = ["leads" if i % 3 else "quotes" for i in range(len(tables["events"]))]
    return {**tables, "users": tables["users"][["user_id"]], "events": tables["events"].assign(feature=features)}


def nobody_known() -> Tables:
    tables = plain()
    tables["users"] = pd.DataFrame({"user_id": ["somebody else"]})
    return tables


def no_variation() -> Tables:
    tables = plain()
    rows = [(f"p{i:04}", f"{monday + pd.Timedelta(hours=8)}+00:00", "update") for i in range(30) for monday in MONDAYS]
    return {**tables, "events": pd.DataFrame(rows, columns=["user_id", "occurred_at", "action"])}


def many_teams() -> Tables:
    tables = plain(people=3000, weeks=6)
    tables["users"]["team"] = [f"team {i}" for i in range(3000)]
    return tables


THIN: dict[str, Callable[[], Tables]] = {
    "one team": lambda: changed("users", team="t0", department="sales"),
    "teams of one": lambda: changed("users", team=[f"t{i}" for i in range(30)]),
    "one week": lambda: plain(weeks=1),
    "six weeks": lambda: plain(weeks=6),
    "required columns only": required_only,
    "no groups": no_groups,
    "all robots": lambda: changed("users", is_robot=True),
    "nobody known": nobody_known,
    "no variation": no_variation,
    "one person": lambda: plain(people=1),
    "no verbs": lambda: changed("events", action="x"),
    "3000 teams": many_teams,
    "an empty log": lambda: {**plain(), "events": plain()["events"].iloc[:0]},
    "logins only": lambda: changed("events", action="login"),
}


def written(name: str, folder: Path) -> Path:
    """The folder of a thin source."""
    folder.mkdir(parents=True)
    for table, rows in THIN[name]().items():
        rows.to_csv(folder / f"{table}.csv", index=False)
    return folder


# ── pages, cell by cell in this process: a site of each source would take minutes ───────────────────────────────

ENDS = ("Unanswerable", "NothingToShowError")  # a page ends with one sentence, and is there


def failure(notebook: Path, source: Path) -> str:
    """What a page about a source would fail with: cell, error, first line; empty where it is made."""
    shell = InteractiveShell.instance()
    shell.reset(new_session=True)
    cells = [cell for cell in json.loads(notebook.read_text())["cells"] if cell["cell_type"] == "code"]
    for number, cell in enumerate(cells, 1):
        with redirect_stdout(StringIO()), redirect_stderr(StringIO()):
            ran = shell.run_cell("".join(cell["source"]))
        if "parameters" in cell["metadata"].get("tags", []):
            shell.user_ns["source"] = str(source)
        error = ran.error_before_exec or ran.error_in_exec
        if error is not None:
            named = f"cell [{number}] {type(error).__name__}: {str(error).splitlines()[0]}"
            return "" if type(error).__name__ in ENDS else named
    return ""


def failures(name: str, pages: str = "12345678") -> dict[str, str]:
    """Page → what it fails with about a thin source, of those that fail."""
    with TemporaryDirectory() as folder:
        source = written(name, Path(folder) / "crm")
        asked = [path for path in sorted(NOTEBOOKS.glob("[1-8]_*.ipynb")) if path.name[0] in pages]
        found = {path.stem: failure(path, source) for path in asked}
    return {page: why for page, why in found.items() if why}


if __name__ == "__main__":
    print(json.dumps(failures(*sys.argv[1:])))
