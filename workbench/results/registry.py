"""Every number that pages publish of groups of people, as a sum over cells of people, and what they give away together.

A page says once which people it is about (`open_register`): of which department, team, role and region each is. A
comparison adds its waves and parts (`divided`). From then on each table that `privacy.shown` lets through is
registered: of which people, how many, and how many of them are counted. What is counted of people is a sum over the
same cells on whatever page it stands: one's departments, another's teams and everybody's total can be subtracted from
each other. So can a mean times its people, and a share, in which nobody and everybody must not be told of a few.

A notebook alone withholds what the numbers before it would give away. The pages of a site are printed side by side:
each leaves its register in the run's own folder, and `decided` withholds over all of them at once.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workbench.results.crowd import DIVISIONS, FACTS, Crowd, Who, texts
from workbench.results.enclosure import Groups
from workbench.results.files import write_whole
from workbench.results.minimum import ALIKE, MINIMUM
from workbench.results.suppression import Rows, further

FOLDER = "WORKBENCH_REGISTERS"  # environment: the folder in which the pages of a site leave their registers
PAGE = "WORKBENCH_PAGE"  # environment: the name of the page
STANDING = ".numbers"  # the ending of what a page published, beside what it found
WITHHELD = "withheld.json"  # there: what `decided` withholds, for pages that are printed again
Key = tuple[tuple[float, float], Who]


@dataclass(frozen=True)
class Number:
    """One number of a group.

    of : what its table adds up to: people, and how many of them are counted
    who : whose it is; n : people in its denominator; k : how many of them are counted
    public : whether it is shown
    block : what its table repeats the groups for, such as the week; "": nothing
    """

    of: tuple[float, float]
    who: Who
    n: float
    k: float
    public: bool = True
    block: str = ""

    @property
    def key(self) -> Key:
        """What it is, whether it is shown or not."""
        return self.of, self.who


@dataclass
class Register:
    """The numbers of a page, or of a site.

    crowd : the people whom they are about
    decided : keys that are withheld whatever this register would find
    refused, open_heads : of which people how many there are is withheld, and of which it may be known
    """

    crowd: Crowd
    numbers: list[Number] = field(default_factory=list)
    decided: frozenset[Key] = frozenset()
    refused: set[tuple[float, Who]] = field(default_factory=set)
    open_heads: set[tuple[float, Who]] = field(default_factory=set)

    def add(self, wanted: Iterable[Number]) -> list[bool]:
        """Registers numbers; returns which of them to withhold, for what they would give away with those before them.

        Larger groups are kept before smaller ones.
        """
        wanted = list(wanted)
        hidden, there = set(self.decided), {each.key for each in self.numbers if each.public}
        for of in dict.fromkeys(number.of for number in wanted):
            new = {each for each in wanted if each.public and each.of == of and each.key not in there | hidden}
            asked = sorted(new, key=lambda one: (-one.n, one.who))
            hidden |= self._by_heads(of[0], wanted, asked)
            asked = [each for each in asked if each.key not in hidden]
            same = [each for each in [*self.numbers, *wanted] if each.of == of]
            hidden |= {each.key for each, no in zip(asked, self._told(same, asked), strict=True) if no}
            asked = [each for each in asked if each.key not in hidden]
            known = {each.who for each in self.numbers if each.public and each.of == of}
            hidden |= {(of, who) for who in self._enclosing(same, asked, known)}
        added = [replace(each, public=each.public and each.key not in hidden) for each in wanted]
        self.numbers += added
        return [each.public and not kept.public for each, kept in zip(wanted, added, strict=True)]

    def _by_heads(self, of: float, wanted: list[Number], asked: list[Number]) -> set[Key]:
        """Those whose people alone, whatever is counted of them, give few others away."""
        every = [each for each in [*self.numbers, *wanted] if each.of[0] == of]
        open_ones = {each.who for each in self.numbers if each.public and each.of[0] == of}
        open_ones |= {who for total, who in self.open_heads if total == of}
        new = [each for each in asked if each.who not in open_ones and (of, each.who) not in self.refused]
        heads = [replace(each, k=each.n / 2) for each in every]
        self.refused |= {(of, each.who) for each, no in zip(new, self._told(heads, new), strict=True) if no}
        new = [each for each in new if (of, each.who) not in self.refused]
        self.refused |= {(of, who) for who in self._enclosing(heads, new, open_ones)}
        self.open_heads |= {(of, each.who) for each in new} - self.refused
        return {each.key for each in asked if (of, each.who) in self.refused}

    def _told(self, same: list[Number], asked: list[Number]) -> Sequence[bool]:
        """Which of these not to publish beside the others, which are sums over the same cells."""
        groups = {each.who: each for each in same}
        if not asked:
            return []
        rows, wholes = self.crowd.rows(list(groups))
        sensitive = _sensitive(rows, list(groups.values()))[0]
        if not len(sensitive):
            return [False] * len(asked)
        place = {who: at for at, who in enumerate(groups)}
        open_ones, keys = {each.key for each in self.numbers if each.public}, {each.key for each in asked}
        known = list({place[each.who]: None for each in same if each.key in open_ones and each.key not in keys})
        every = np.vstack([wholes, rows[known], rows[[place[each.who] for each in asked]], sensitive])
        every = np.unique(every, axis=1)  # the coarsest cells that no group divides
        first, last = len(wholes) + len(known), len(wholes) + len(known) + len(asked)
        return list(further(every[:first], every[first:last], every[last:]))

    def _enclosing(self, same: list[Number], asked: list[Number], known: set[Who]) -> set[Who]:
        """Whose numbers not to publish beside the known ones, because together they enclose a few people's."""
        found: set[Who] = set()
        looked_at = set()
        for block in sorted({each.block for each in same}) if asked else []:
            numbers = {each.who: each for each in same if each.block in (block, "")}
            if (content := frozenset((each.who, each.n, each.k) for each in numbers.values())) in looked_at:
                continue  # as in the week before, where people are counted and nothing of them
            looked_at.add(content)
            groups = self.groups(list(numbers.values()), known, {each.who for each in asked} - known - found)
            found |= {who for who, no in zip(numbers, groups.further(), strict=True) if no}
        return found

    def groups(self, numbers: list[Number], known: Collection[Who], asked: Collection[Who]) -> Groups:
        """Numbers that are sums over the same cells, each of other people, as rows over these cells."""
        rows, n, k = self.crowd.rows([each.who for each in numbers])[0], *_people(numbers)
        sensitive, few_n, few_k = _sensitive(rows, numbers)
        whole = _whole(rows, numbers)
        stacked = np.vstack([rows, sensitive, *([] if whole is None else [whole])])
        every, cell = np.unique(stacked, axis=1, return_inverse=True)
        sizes = self.crowd.sizes([each.who for each in numbers])
        of_all = sizes is not None and len(sizes) == len(cell) and np.array_equal(rows @ sizes, n)
        return Groups(
            every[: len(rows)],
            n,
            k,
            known=np.array([each.who in known for each in numbers], bool),
            asked=np.array([each.who in asked for each in numbers], bool),
            whole=None if whole is None else every[-1],
            total=numbers[0].of,
            sensitive=(every[len(rows) : len(rows) + len(sensitive)], few_n, few_k),
            sizes=np.bincount(cell, sizes).astype(float) if of_all else None,
        )


def _people(numbers: list[Number]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """How many they are, and how many of them are counted."""
    return np.array([each.n for each in numbers], float), np.array([each.k for each in numbers], float)


def _sensitive(rows: Rows, groups: list[Number]) -> tuple[Rows, NDArray[np.float64], NDArray[np.float64]]:
    """Few people, or a few who are all alike: groups, and those who are in one group and not in another within it.

    Returns their rows, how many people they are, and how many of these are counted.
    """
    n, k = _people(groups)
    few = np.flatnonzero(_few(n, k))
    pairs = np.argwhere(_few(n[:, None] - n, k[:, None] - k)).reshape(-1, 2)
    a, b = pairs[[bool((rows[a] >= rows[b]).all()) for a, b in pairs]].T if len(pairs) else np.zeros((2, 0), int)
    return np.vstack([rows[few], rows[a] - rows[b]]), np.r_[n[few], n[a] - n[b]], np.r_[k[few], k[a] - k[b]]


def _whole(rows: Rows, numbers: list[Number]) -> Rows | None:
    """Everybody whom a table counts, where some of these groups are all of them, each person once."""
    for names in dict.fromkeys(tuple(name for name, _ in each.who) for each in numbers):
        table = [place for place, each in enumerate(numbers) if tuple(name for name, _ in each.who) == names]
        sums = (sum(getattr(numbers[place], of) for place in table) for of in ("n", "k"))
        if np.allclose(tuple(sums), numbers[0].of, atol=1e-4):
            return np.asarray(rows[table].sum(axis=0))
    return None


def _few(n: NDArray[np.float64], k: NDArray[np.float64]) -> NDArray[np.bool_]:
    """The rule for a number, where what is counted of one person may be more than one."""
    return np.asarray((n > 0) & ((n < MINIMUM) | ((n < ALIKE) & ((k == 0) | (k == n)))))


_open: list[Register] = []  # the register of this notebook: one at most


def open_register(people: pd.DataFrame) -> None:
    """Begin the register of this notebook, in place of any before.

    people : `FACTS`, one row a person, on the index of what tells people apart
    """
    _open[:] = [Register(Crowd(texts(people[list(FACTS)])), decided=_decided(os.environ.get(FOLDER)))]
    _leave_people()
    _leave([], "w")


def divided(label: str, groups: Any) -> None:
    """Tell this notebook's register, if one is open, of further divisions of its people.

    label : what they are of, such as a programme
    groups : a table of `user_id` and one column for each of `DIVISIONS`, to be read only then; who is not there is
        outside
    """
    if _open:
        _open[0].crowd = _open[0].crowd.divided(label, groups.to_pandas().set_index("user_id"))
        _leave_people()


def registered(
    table: pd.DataFrame, people: pd.Series, having: pd.Series | None, hidden: pd.Series, blocks: pd.Series | None
) -> pd.Series:
    """Which further rows of a table to withhold, once its numbers are registered.

    people, having : as in `privacy.withheld`; hidden : rows that are withheld anyway
    blocks : what the table repeats its groups for, such as the week; None: nothing
    """
    none = pd.Series(False, index=table.index)
    if not _open or table.empty or not any(name in table for name in DIVISIONS):
        return none
    k = people / 2 if having is None else having
    by = none if blocks is None else blocks
    sums = [
        numbers.astype(float).fillna(0).groupby(by, dropna=False).transform("sum").round(6) for numbers in (people, k)
    ]
    whose, all_of_them = _open[0].crowd.named(table, people.fillna(0))
    if all_of_them:
        sums[0] = pd.Series(float(len(_open[0].crowd.people)), table.index)
    named = by.astype(str) if blocks is not None else by.map({False: ""})
    rows = zip(*sums, whose, people.fillna(0), k.fillna(0), ~hidden, named, strict=True)
    wanted = [
        Number((a, b), who, float(n), float(count), bool(show), block) for a, b, who, n, count, show, block in rows
    ]
    found = _open[0].add(wanted)
    _leave(_open[0].numbers[-len(wanted) :], "a")
    return pd.Series(found, index=table.index)


def decided(folder: Path, names: Collection[str]) -> list[str]:
    """Over the registers that pages left in a folder, by their names: withhold what they give away together.

    names : the pages that can be printed again; what stands on the others stays
    Leaves the decision in the folder, for pages that are printed again, and returns the names of those that must be.
    """
    pages = {file.stem: _read(file) for file in sorted(folder.glob("*.jsonl"))}
    whole = Register(_everybody(page.crowd for page in pages.values()), decided=_decided(folder))
    whole.numbers += [number for name in sorted(pages.keys() - set(names)) for number in pages[name].numbers]
    every = [number for name in sorted(pages.keys() & set(names)) for number in pages[name].numbers]
    whole.add(every)
    shown = {each.key for each in whole.numbers if each.public}
    gone = {each.key for each in every if each.public} - shown
    (folder / WITHHELD).write_text(json.dumps(sorted(gone | whole.decided)), encoding="utf-8")
    return [name for name, page in pages.items() if gone & {each.key for each in page.numbers if each.public}]


def _everybody(crowds: Iterable[Crowd]) -> Crowd:
    """The people of several pages with all their divisions."""
    people = pd.DataFrame(columns=list(FACTS), dtype=object)
    for crowd in crowds:
        people = people.combine_first(crowd.people)
    return Crowd(people)


def _decided(folder: str | Path | None) -> frozenset[Any]:
    file = Path(folder or "") / WITHHELD
    rows = json.loads(file.read_text(encoding="utf-8")) if folder and file.exists() else []
    return frozenset((tuple(of), tuple(map(tuple, who))) for of, who in rows)


def _file(ending: str) -> Path:
    return Path(os.environ[FOLDER]) / f"{os.environ.get(PAGE, 'page')}.{ending}"


def _leave(numbers: list[Number], mode: str) -> None:
    """Leaves numbers in the register's file, where the page is one of a site."""
    if FOLDER in os.environ:
        with _file("jsonl").open(mode, encoding="utf-8") as file:
            file.writelines(json.dumps(asdict(each), default=float) + "\n" for each in numbers)


def _leave_people() -> None:
    """The same with the people, who are told apart by a number: this folder is gone when the run is over."""
    if FOLDER in os.environ:
        people = _open[0].crowd.people
        people.set_axis(pd.util.hash_array(people.index.to_numpy().astype(str).astype(object))).to_parquet(
            _file("parquet")
        )


def _read(file: Path) -> Register:
    rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    numbers = [Number(**{**row, "of": tuple(row["of"]), "who": tuple(map(tuple, row["who"]))}) for row in rows]
    known = file.with_suffix(".parquet")
    people = pd.read_parquet(known) if known.exists() else pd.DataFrame(columns=list(FACTS))
    return Register(Crowd(people.astype(object).where(people.notna(), None)), numbers)


def publish(folder: Path, site: Path, failed: Collection[str] = ()) -> None:
    """Keep what the pages of a run publish beside them, for runs to come: whose numbers stand there, not how large.

    folder : of the registers; site : the folder that holds what pages found
    failed : pages that are not there, or stay as an earlier run printed them
    """
    withheld = _decided(folder)
    for file in sorted(file for file in folder.glob("*.parquet") if file.stem not in failed):
        numbers = _read(file.with_suffix(".jsonl")).numbers
        shown = [replace(each, n=0, k=0) for each in numbers if each.public and each.key not in withheld]
        lines = [json.dumps(asdict(each), default=float) + "\n" for each in dict.fromkeys(shown)]
        site.mkdir(exist_ok=True)
        write_whole(site / f"{file.stem}{STANDING}", "".join(lines))


def standing(site: Path, folder: Path, names: Collection[str]) -> None:
    """Take up, among the registers of a run, what other pages than those named published before."""
    for file in sorted(site.glob(f"*{STANDING}")):
        if (name := file.name.removesuffix(STANDING)) not in names:
            shutil.copyfile(file, folder / f"{name}.jsonl")
