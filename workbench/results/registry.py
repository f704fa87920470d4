"""Every number that pages publish of groups of people, as a sum over cells of people, and what they give away together.

A page says once which people it is about (`open_register`): how many there are of each department, team, role and
region together. From then on each table that `privacy.shown` lets through is registered: of which people, how many, and
how many of them are counted. Tables that add up to the same people and to the same count are sums of the same cells,
whatever page they stand on: one's departments, another's teams and everybody's total can be subtracted from each other.

A notebook alone withholds what the numbers before it would give away. The pages of a site are printed side by side:
each leaves its register in the run's own folder, and `decided` withholds over all of them at once.
"""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass, field, replace
from itertools import permutations
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from workbench.results.minimum import may_show
from workbench.results.suppression import Rows, further

FACTS = ("department", "team", "role", "region")  # what divides people on pages
FOLDER = "WORKBENCH_REGISTERS"  # environment: the folder in which the pages of a site leave their registers
PAGE = "WORKBENCH_PAGE"  # environment: the name of the page
WITHHELD = "withheld.json"  # there: what `decided` withholds, for pages that are printed again
Who = tuple[tuple[str, str], ...]  # (fact, value), all true of the people meant; (): everybody


@dataclass(frozen=True)
class Number:
    """One number of a group.

    of : what its table adds up to: people, and how many of them are counted
    who : whose it is; n : people in its denominator; k : how many of them are counted
    public : whether it is shown
    """

    of: tuple[float, float]
    who: Who
    n: float
    k: float
    public: bool = True

    @property
    def key(self) -> tuple[tuple[float, float], Who]:
        """What it is, whether it is shown or not."""
        return self.of, self.who


@dataclass
class Register:
    """The numbers of a page, or of a site.

    cells : one row for each combination of `FACTS` that people have; missing values as empty texts
    decided : keys that are withheld whatever this register would find
    """

    cells: pd.DataFrame
    numbers: list[Number] = field(default_factory=list)
    decided: frozenset[tuple[tuple[float, float], Who]] = frozenset()

    def add(self, wanted: Iterable[Number]) -> list[bool]:
        """Registers numbers; returns which of them to withhold, for what they would give away with those before them.

        Larger groups are kept before smaller ones.
        """
        wanted = list(wanted)
        hidden, there = set(self.decided), {each.key for each in self.numbers if each.public}
        for of in dict.fromkeys(number.of for number in wanted):
            new = {each for each in wanted if each.public and each.of == of and each.key not in there}
            asked = sorted(new, key=lambda one: (-one.n, one.who))
            for same in self._alike(of, wanted):
                asked = [each for each in asked if each.key not in hidden]
                hidden |= {each.key for each, no in zip(asked, self._told(same, asked), strict=True) if no}
        added = [replace(each, public=each.public and each.key not in hidden) for each in wanted]
        self.numbers += added
        return [each.public and not kept.public for each, kept in zip(wanted, added, strict=True)]

    def _alike(self, of: tuple[float, float], wanted: list[Number]) -> list[list[Number]]:
        """Numbers that are sums of the same cells: head counts of the same people, and counts of the same thing."""
        every = [*self.numbers, *wanted]
        people = [replace(each, k=each.n / 2) for each in every if each.of[0] == of[0]]  # nobody is counted: only n
        return [people, [each for each in every if each.of == of]]

    def _told(self, same: list[Number], asked: list[Number]) -> list[bool]:
        """Which of these not to publish beside the others."""
        if len({fact for each in same for fact, _ in each.who}) < 2:
            return [False] * len(asked)  # groups of one kind and their total: `privacy.withheld` sees all of it
        open_ones, keys = {each.key for each in self.numbers if each.public}, [each.key for each in asked]
        known = [each for each in same if each.key in open_ones and each.key not in keys]
        rows = self._rows([(), *(each.who for each in [*known, *asked])])
        sensitive = np.vstack([self._rows([each.who for each in same if _few(each.n, each.k)]), *self._between(same)])
        columns = np.unique(np.vstack([rows, sensitive]), axis=1)  # the coarsest cells that no group divides
        rows, sensitive = columns[: len(rows)], columns[len(rows) :]
        return list(further(rows[: len(known) + 1], rows[len(known) + 1 :], sensitive))

    def _between(self, same: list[Number]) -> list[Rows]:
        """Few people who are in one group and not in another that lies within it."""
        groups = {each.who: each for each in same}
        rows = dict(zip(groups, self._rows(list(groups)), strict=True))
        return [
            (rows[a] - rows[b])[None]
            for a, b in permutations(groups, 2)
            if _few(groups[a].n - groups[b].n, groups[a].k - groups[b].k) and (rows[a] >= rows[b]).all()
        ]

    def _rows(self, groups: list[Who]) -> Rows:
        """A row for each group: one for the cells that are its people, else zero."""
        facts = {name: self.cells[name].to_numpy() for name in FACTS}
        rows = [np.all([facts[fact] == value for fact, value in who] or [True], axis=0) for who in groups]
        return np.array([np.broadcast_to(row, len(self.cells)) for row in rows], np.int64).reshape(-1, len(self.cells))


def _few(n: float, k: float) -> bool:
    return n > 0 and not may_show(n, k)


_open: list[Register] = []  # the register of this notebook: one at most


def open_register(people: pd.DataFrame) -> None:
    """Begin the register of this notebook, in place of any before.

    people : `FACTS`, one row for each combination that people of the panel have
    """
    _open[:] = [
        Register(
            _known(people[list(FACTS)]).drop_duplicates(ignore_index=True), decided=_decided(os.environ.get(FOLDER))
        )
    ]
    _kept({"cells": _open[0].cells.to_dict("list")}, "w")


def registered(
    table: pd.DataFrame, people: pd.Series, having: pd.Series | None, hidden: pd.Series, blocks: pd.Series | None
) -> pd.Series:
    """Which further rows of a table to withhold, once its numbers are registered.

    people, having : as in `privacy.withheld`; hidden : rows that are withheld anyway
    blocks : what the table repeats its groups for, such as the week; None: nothing
    """
    facts = [name for name in FACTS if name in table]
    none = pd.Series(False, index=table.index)
    if not _open or not facts or table.empty:
        return none
    named, k = _known(table[facts]), people / 2 if having is None else having
    by = none if blocks is None else blocks
    sums = [
        numbers.astype(float).fillna(0).groupby(by, dropna=False).transform("sum").round(6) for numbers in (people, k)
    ]
    rows = zip(*sums, named.itertuples(index=False), people.fillna(0), k.fillna(0), ~hidden, strict=True)
    wanted = [Number((a, b), tuple(zip(facts, who, strict=True)), n, count, show) for a, b, who, n, count, show in rows]
    found = _open[0].add(wanted)
    _kept({"numbers": [asdict(each) for each in _open[0].numbers[-len(wanted) :]]}, "a")
    return pd.Series(found, index=table.index)


def decided(folder: Path, names: Collection[str]) -> list[str]:
    """Over the registers that pages left in a folder, by their names: withhold what they give away together.

    names : the pages that can be printed again; what stands on the others stays
    Leaves the decision in the folder, for pages that are printed again, and returns the names of those that must be.
    """
    pages = {file.stem: _read(file) for file in sorted(folder.glob("*.jsonl"))}
    cells = pd.concat([page.cells for page in pages.values()] or [pd.DataFrame(columns=FACTS)])
    whole = Register(cells.drop_duplicates(ignore_index=True), decided=_decided(folder))
    whole.numbers += [number for name in sorted(pages.keys() - set(names)) for number in pages[name].numbers]
    every = [number for name in sorted(pages.keys() & set(names)) for number in pages[name].numbers]
    whole.add(every)
    shown = {each.key for each in whole.numbers if each.public}
    gone = {each.key for each in every if each.public} - shown
    (folder / WITHHELD).write_text(json.dumps(sorted(gone | whole.decided)), encoding="utf-8")
    return [name for name, page in pages.items() if gone & {each.key for each in page.numbers if each.public}]


def _known(facts: pd.DataFrame) -> pd.DataFrame:
    return facts.astype(object).where(facts.notna(), "").astype(str).replace({"not known": ""})


def _decided(folder: str | Path | None) -> frozenset[Any]:
    file = Path(folder or "") / WITHHELD
    rows = json.loads(file.read_text(encoding="utf-8")) if folder and file.exists() else []
    return frozenset((tuple(of), tuple(map(tuple, who))) for of, who in rows)


def _kept(line: dict[str, Any], mode: str) -> None:
    """Leaves a line in the register's file, where the page is one of a site."""
    if FOLDER in os.environ:
        name = os.environ.get(PAGE, "page")
        with (Path(os.environ[FOLDER]) / f"{name}.jsonl").open(mode, encoding="utf-8") as file:
            file.write(json.dumps(line, default=float) + "\n")


def _read(file: Path) -> Register:
    first, *rest = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    rows = [row for line in rest for row in line["numbers"]]
    numbers = [Number(**{**row, "of": tuple(row["of"]), "who": tuple(map(tuple, row["who"]))}) for row in rows]
    return Register(pd.DataFrame(first["cells"]), numbers)
