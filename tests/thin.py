"""Sources in which nothing is wrong and little is there (attack-cases.md, 21)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd

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
    "required columns only": required_only,
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
