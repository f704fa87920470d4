"""Keeps the tables that pages share beside a run, so that each page reads its panel instead of computing it.

A table is found by everything that decides about it: the source, the weeks, the actions that count, and who is in the
selection. With other parameters nothing is found, and the page computes what it needs.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workbench.data.engine import Table
from workbench.data.kept import keep_source, keep_table, kept_source, kept_table
from workbench.data.sources import Source, open_source


@dataclass(frozen=True)
class Kept:
    """A folder of tables that the pages of a run share.

    folder : where; None where nothing is shared
    source : what the pages were told to open
    """

    folder: Path | None
    source: Any

    def log(self) -> Source:
        """The source, which keeps the contract; checked where nobody has kept it here."""
        place = self._place("log")
        if place is None or not place.is_dir():
            return open_source(self.source).verified()
        return kept_source(open_source(self.source), place)

    def keep_log(self, log: Source) -> None:
        """Write the tables of the log, unless they are there."""
        place = self._place("log")
        if place is not None and not place.exists():
            keep_source(log, place)

    def table(self, what: str, choice: list[Any], make: Callable[[], Table]) -> Table:
        """The table that was kept for this choice, else the one made now.

        what : its name
        choice : everything but the source that decides about its rows
        """
        place = self._place(what, *choice)
        kept = kept_table(place) if place is not None else None
        return make() if kept is None else kept

    def keep(self, what: str, choice: list[Any], table: Table) -> None:
        """Write a table, unless one is there for this choice."""
        place = self._place(what, *choice)
        if place is not None and not place.exists():
            keep_table(table, place)

    def _place(self, what: str, *choice: Any) -> Path | None:
        if self.folder is None:
            return None
        decides = json.dumps([str(self.source), *choice], default=str)
        return self.folder / f"{what}-{hashlib.sha256(decides.encode()).hexdigest()[:16]}"
