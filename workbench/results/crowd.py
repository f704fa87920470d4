"""The people whom a page is about, by what divides them: departments, teams, waves, parts of a comparison, cohorts.

Nobody is named. A division may hold some of the people only: a wave holds those who are compared. A table belongs to a
division where every one of its rows counts just the people that the division counts, so tables need not say whose
waves they list.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import product

import numpy as np
import pandas as pd

from workbench.results.suppression import Rows
from workbench.results.words import NOT_KNOWN

FACTS = ("department", "team", "role", "region")  # what divides everybody
DIVISIONS = (
    *FACTS,
    "cohort",
    "ended",
    "part",
    "pattern",
    "segment",
    "position",
    "use",
    "side",
    "third",
)  # columns of tables
Who = tuple[tuple[str, str], ...]  # (division, value), all true of the people meant; (): everybody


@dataclass(frozen=True)
class Crowd:
    """People and their divisions.

    people : one row a person, one column a division; "" where it is not known, missing outside the division

    >>> crowd = Crowd(pd.DataFrame({"team": ["x"] * 5 + ["y"] * 2}))
    >>> crowd.named(pd.DataFrame({"team": ["x", "y"]}), pd.Series([5, 2]))
    ([(('team', 'x'),), (('team', 'y'),)], True)
    """

    people: pd.DataFrame

    def divided(self, label: str, groups: pd.DataFrame) -> Crowd:
        """The same, with further divisions.

        label : what they are of, such as a programme
        groups : on the index of `people`, a column each, named as in tables that list them; who is not there is outside
        """
        named = texts(groups).reindex(self.people.index).add_suffix(f" of {label}")
        return replace(self, people=self.people.assign(**named))

    def named(self, table: pd.DataFrame, n: pd.Series) -> tuple[list[Who], bool]:
        """Whose number each row is, and whether its people are those of the crowd, and not some of them.

        n : people of each row; a row of nobody counts nothing
        """
        columns = [name for name in DIVISIONS if name in table]
        words = texts(table[columns])
        for chosen in product(*map(self._called, columns)):
            renamed = words.set_axis(list(chosen), axis=1)
            if self._counts(renamed, n):
                return _whose(renamed), True
        return _whose(words), False

    def _called(self, column: str) -> list[str]:
        """The divisions that a column of this name may list."""
        known = [str(name) for name in self.people]
        return [name for name in known if name == column or name.startswith(f"{column} of ")] or [column]

    def _counts(self, rows: pd.DataFrame, n: pd.Series) -> bool:
        """Whether these groups have just so many people."""
        if not set(rows) <= set(self.people):
            return False
        sizes = self.people.groupby(list(rows)).size()
        wanted = pd.MultiIndex.from_frame(rows) if rows.shape[1] > 1 else pd.Index(rows.iloc[:, 0])
        there = n.to_numpy(float) > 0
        return bool((sizes.reindex(wanted, fill_value=0).to_numpy()[there] == n.to_numpy(float)[there]).all())

    def rows(self, groups: Sequence[Who]) -> tuple[Rows, Rows]:
        """A row for each group, and for everybody and each division's people: one for the cells that are its people."""
        cells = self._cells(groups)
        facts = {name: cells[name].to_numpy() for name in cells}
        found = [np.all([facts[fact] == value for fact, value in who] or [True], axis=0) for who in groups]
        wholes = [np.ones(len(cells), bool), *(cells[name].notna().to_numpy() for name in cells)]
        return _stacked(found, len(cells)), np.unique(_stacked(wholes, len(cells)), axis=0)

    def sizes(self, groups: Sequence[Who]) -> np.ndarray | None:
        """How many people are in each of these cells; None where a division is not known here."""
        names = list(dict.fromkeys(name for who in groups for name, _ in who))
        if not names or not set(names) <= set(self.people):
            return None
        return self.people.groupby(names, sort=False, dropna=False).size().to_numpy(float)

    def _cells(self, groups: Iterable[Who]) -> pd.DataFrame:
        """The combinations of these groups' divisions that people have; of a division not known here, all."""
        values: dict[str, list[str]] = {}
        for fact, value in dict.fromkeys(pair for who in groups for pair in who):
            values.setdefault(fact, []).append(value)
        known = [name for name in values if name in self.people]
        cells = self.people[known].drop_duplicates() if known else pd.DataFrame(index=[0])
        for name in [name for name in values if name not in known]:
            cells = cells.merge(pd.DataFrame({name: values[name]}), how="cross")
        return cells


def _stacked(rows: list[np.ndarray], cells: int) -> Rows:
    return np.array([np.broadcast_to(row, cells) for row in rows], np.int64).reshape(-1, cells)


def _whose(words: pd.DataFrame) -> list[Who]:
    names = [str(name) for name in words]
    return [tuple(zip(names, row, strict=True)) for row in words.itertuples(index=False)]


def texts(facts: pd.DataFrame) -> pd.DataFrame:
    """Values as texts, days as they are written, and an empty one for what is not known."""
    written = {name: _texts(facts[name]) for name in facts}
    return pd.DataFrame(written, index=facts.index, columns=list(facts), dtype=object)


def _texts(values: pd.Series) -> pd.Series:
    days = values.dt.strftime("%Y-%m-%d") if values.dtype.kind == "M" else values.astype(object).map(str)
    return days.where(values.notna(), "").replace({NOT_KNOWN: ""}).astype(object)
