"""Keeps the people whom an analyst picked, so that any report can be about them.

A *selection* is a table of people. Saved, it is a CSV file with one column, `user_id`, which only its owner may read;
the notebooks' parameter `selection` takes its path, and the report then looks at nobody else: `only(panel, selection)`.
It is refused where fewer people are left than a group may have that is shown: a report about three people is about
persons.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import pandas as pd

from workbench.data.duckdb import as_table
from workbench.data.engine import Table, literals
from workbench.errors import ContractError
from workbench.results.privacy import MINIMUM


def save_selection(people: Any, name: str, folder: str | Path) -> Path:
    """Write a selection for its owner's eyes; the file holds user ids and must not be passed on.

    people : any table with `user_id`; each person is written once, in order
    name : letters, digits, "-" and "_"
    Returns the path of the file, `folder`/`name`.csv.
    Raises ContractError where there is nobody, no `user_id`, or a file of that name already.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     save_selection(pd.DataFrame({"user_id": ["b", "a", "b"]}), "pilot", folder).read_text()
    'user_id\\na\\nb\\n'
    """
    if not re.fullmatch(r"[\w-]+", name):
        raise ContractError(f"a selection cannot be called {name!r}.\n  Use letters, digits, - and _.")
    ids = _ids(as_table(people))
    if not ids:
        raise ContractError(f"the selection {name!r} has nobody in it.\n  Select somebody first.")
    path = Path(folder) / f"{name}.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    _write_private(path, pd.DataFrame({"user_id": ids}).to_csv(index=False))
    return path


def only(table: Any, selection: str | Path = "", fewest: int = MINIMUM) -> Table:
    """The rows of a selection's people; every row where none is named.

    table : any table with `user_id`, such as the panel or the actions
    selection : the file that `save_selection` wrote
    fewest : so many of its people must have rows here; 0 for what few people have, such as tickets, which must then be
        shown through `privacy.shown`
    Returns a lazy Table with the columns of `table`.
    Raises ContractError where the file cannot be read or fewer people have rows.

    >>> only(pd.DataFrame({"user_id": ["a", "b"], "actions": [3, 4]})).to_pandas()["actions"].tolist()
    [3, 4]
    """
    given = as_table(table)
    if not selection:
        return given
    chosen = given.sql(f"select * from this where user_id in ({literals(people_of(selection))})")
    there = chosen.sql("select cast(count(distinct user_id) as bigint) as n from this").row()["n"]
    if there < fewest:
        raise ContractError(
            f"fewer than {fewest} people of the selection {Path(selection).name} have rows in these data.\n"
            "  Choose a larger selection, or another period."
        )
    return chosen


def _ids(people: Table) -> list[str]:
    if "user_id" not in people.columns:
        raise ContractError(f"a selection needs the column user_id; this table has {', '.join(people.columns)}.")
    found = people.sql("select distinct cast(user_id as varchar) as user_id from this where user_id is not null")
    return sorted(found.to_arrow()["user_id"].to_pylist())


def people_of(selection: str | Path) -> list[str]:
    """The ids in the file of a selection, in order."""
    try:
        table = pd.read_csv(selection, dtype=str, keep_default_na=False)
    except (OSError, UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError):
        raise ContractError(
            f"the selection {selection} cannot be read.\n  Name a file that was saved with save_selection."
        ) from None
    return _ids(as_table(table))


def _write_private(path: Path, text: str) -> None:
    # Readable by its owner only from its first byte on, and never in the place of another selection.
    try:
        opened = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise ContractError(f"there is a selection {path} already.\n  Choose another name, or remove it.") from None
    with os.fdopen(opened, "w", encoding="utf-8", newline="") as file:
        file.write(text)
