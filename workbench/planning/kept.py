"""Files that name people: written for their owner alone.

Nobody else on the computer can read them, no link is followed to another place, and no cell is a formula: a name that
begins like one would be computed by whoever opens the file in a spreadsheet.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from workbench.errors import ContractError
from workbench.results.files import write_whole

FORMULA = ("=", "+", "-", "@", "\t", "\r")  # how a text begins that a spreadsheet would compute


def keep(rows: pd.DataFrame, file: Path) -> None:
    """Write rows as CSV for their owner alone; text that a spreadsheet would compute gets an apostrophe before it.

    rows : text, numbers and dates; file : where to; an earlier file of this name is replaced whole
    Raises ContractError where the file is a link, which could lead anywhere, or its folder cannot be written to.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     keep(pd.DataFrame({"user_id": ["=1+1"]}), Path(folder) / "people.csv")
    ...     (Path(folder) / "people.csv").read_text(), kept(Path(folder) / "people.csv")["user_id"].tolist()
    ("user_id\\n'=1+1\\n", ['=1+1'])
    """
    if file.is_symlink():
        raise ContractError(f"{file.name} is a link, and a file of people is not written through one; name another.")
    text = rows.map(_plain).to_csv(index=False)
    try:
        write_whole(file, text, private=True)
    except OSError as error:
        raise ContractError(f"{file.name} cannot be written: {error.strerror}; name another file.") from None


def kept(file: Path) -> pd.DataFrame:
    """What `keep` wrote, as text; empty cells are missing.

    Raises ContractError where there is no such file, or it is a link.

    >>> kept(Path("nowhere.csv"))
    Traceback (most recent call last):
    workbench.errors.ContractError: nowhere.csv is not there; name the file that was written.
    """
    if file.is_symlink() or not file.is_file():
        raise ContractError(
            f"{file.name} is {'a link' if file.is_symlink() else 'not there'}; name the file that was written."
        )
    return pd.read_csv(file, dtype=str, keep_default_na=False, na_values=[""]).map(_as_it_was)


def _plain(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value


def _as_it_was(value: object) -> object:
    return value[1:] if isinstance(value, str) and value[:1] == "'" and value[1:].startswith(FORMULA) else value
