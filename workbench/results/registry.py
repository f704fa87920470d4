"""Every number that pages publish of groups of people, as a sum over cells of people, and what they give away together.

A page says once which people it is about (`open_register`): of which department, team, role and region each is. A
comparison adds its waves and parts (`divided`). From then on each table that `privacy.shown` lets through is
registered: of which people, how many, and how many of them are counted. What is counted of people is a sum over the
same cells on whatever page it stands: one's departments, another's teams and everybody's total can be subtracted from
each other. So can a mean times its people, and a share, in which nobody and everybody must not be told of a few.
A table that repeats its groups for each wave can be subtracted from one of all waves (`results/repeats.py`).

A notebook alone withholds what the numbers before it would give away. The pages of a site are printed side by side:
each leaves its register in the run's own folder, and `decided` withholds over all of them at once.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass, field, replace
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from workbench.results.crowd import DIVISIONS, FACTS, Crowd, Who, texts
from workbench.results.enclosure import Groups
from workbench.results.files import write_whole
from workbench.results.numbers import Key, Number, Part, Total, guarded, people, protected, whole
from workbench.results.repeats import given_away
from workbench.results.suppression import further

FOLDER = "WORKBENCH_REGISTERS"  # environment: the folder in which the pages of a site leave their registers
PAGE = "WORKBENCH_PAGE"  # environment: the name of the page
STANDING = ".numbers"  # the ending of what a page published, beside what it found
WITHHELD = "withheld.json"  # there: what `decided` withholds, for pages that are printed again


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
            asked = sorted(new, key=_rank)
            hidden |= self._by_heads(of[0], wanted, asked)
            asked = [each for each in asked if each.key not in hidden]
            same = [each for each in [*self.numbers, *wanted] if each.of == of]
            hidden |= {each.key for each, no in zip(asked, self._told(same, asked), strict=True) if no}
            asked = [each for each in asked if each.key not in hidden]
            known = {each.who for each in self.numbers if each.public and each.of == of}
            hidden |= {(of, who) for who in self._enclosing(same, asked, known)}
        asked = sorted({each for each in wanted if each.public and each.key not in there | hidden}, key=_rank)
        hidden |= given_away(
            self.crowd, [*self.numbers, *wanted], there, list(dict.fromkeys(each.key for each in asked))
        )
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
        if not asked:
            return []
        groups = {each.who: each for each in same}
        rows, wholes = self.crowd.rows(list(groups))
        place = {who: at for at, who in enumerate(groups)}
        open_ones, keys = {each.key for each in self.numbers if each.public}, {each.key for each in asked}
        known = list({place[each.who]: None for each in same if each.key in open_ones and each.key not in keys})
        last = [place[each.who] for each in asked]
        small = protected(rows, list(groups.values()), *people(list(groups.values())))
        return list(further([*wholes, *rows[known]], rows[last], small))

    def _enclosing(self, same: list[Number], asked: list[Number], known: set[Who]) -> set[Who]:
        """Whose numbers not to publish beside the known ones, because together they enclose a few people's."""
        found: set[Who] = set()
        looked_at = set()
        sized = [each for each in same if not np.isnan(each.n)]  # how large is not known of what stands there
        for block in sorted({each.block for each in sized}) if asked else []:
            numbers = {each.who: each for each in sized if each.block in (block, "")}
            if (content := frozenset((each.who, each.n, each.k) for each in numbers.values())) in looked_at:
                continue  # as in the week before, where people are counted and nothing of them
            looked_at.add(content)
            groups = self.groups(list(numbers.values()), known, {each.who for each in asked} - known - found)
            found |= {who for who, no in zip(numbers, groups.further(), strict=True) if no}
        return found

    def groups(self, numbers: list[Number], known: Collection[Who], asked: Collection[Who]) -> Groups:
        """Numbers that are sums over the same cells, each of other people, as rows over these cells."""
        who = [each.who for each in numbers]
        rows, (n, k), sizes = self.crowd.rows(who)[0], people(numbers), self.crowd.sizes(who)
        everybody = whole(rows, who, n, k, numbers[0].of)
        is_known, is_asked = (np.array([each in some for each in who], bool) for some in (known, asked))
        wholes = [] if everybody is None else [(everybody, numbers[0].of)]
        return guarded(rows, n, k, wholes, is_known, is_asked, sizes)


def _rank(number: Number) -> tuple[float, Who, Total]:
    """Larger groups are kept before smaller ones."""
    return -number.n, number.who, number.of


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
    table: pd.DataFrame, people: pd.Series, having: pd.Series | None, hidden: pd.Series, repeated: pd.DataFrame
) -> pd.Series:
    """Which further rows of a table to withhold, once its numbers are registered.

    people, having : as in `privacy.withheld`; hidden : rows that are withheld anyway
    repeated : what the table repeats its groups for, such as the week: a text for each row, a column for each kind
    """
    none = pd.Series(False, index=table.index)
    if not _open or table.empty or not any(name in table for name in DIVISIONS):
        return none
    n, k = people.astype(float).fillna(0), (people / 2 if having is None else having).astype(float).fillna(0)
    whose, all_of_them = _open[0].crowd.named(table, n)
    of = _totals(n, k, repeated)
    if all_of_them:
        of = [(float(len(_open[0].crowd.people)), counted) for _, counted in of]
    parts, named = _parts(n, k, repeated), _joined(repeated).map(lambda value: value and _digest(value))
    wanted = [Number(*each) for each in zip(of, whose, n, k, (~hidden).map(bool), named, parts, strict=True)]
    found = _open[0].add(wanted)
    _leave(_open[0].numbers[-len(wanted) :], "a")
    return pd.Series(found, index=table.index)


def _totals(n: pd.Series, k: pd.Series, by: pd.DataFrame) -> list[Total]:
    """What the rows of each group of rows add up to, for each row."""
    sums = (numbers.groupby(_joined(by), sort=False).transform("sum").round(6) for numbers in (n, k))
    return [(float(of_n), float(of_k)) for of_n, of_k in zip(*sums, strict=True)]


def _parts(n: pd.Series, k: pd.Series, repeated: pd.DataFrame) -> list[tuple[Part, ...]]:
    """For each row what it is a part of: of all values of what is repeated, one column or several together."""
    names = [str(name) for name in repeated]
    found: list[list[Part]] = [[] for _ in range(len(n))]
    for some in (each for size in range(1, len(names) + 1) for each in combinations(names, size)):
        others = repeated.set_axis(names, axis=1).drop(columns=list(some))
        values = _joined(repeated.set_axis(names, axis=1)[list(some)])
        for parts, value, total in zip(found, values, _totals(n, k, others), strict=True):
            parts.append(Part("/".join(some), _digest(value), total))
    return [tuple(parts) for parts in found]


def _joined(columns: pd.DataFrame) -> pd.Series:
    return columns.agg("/".join, axis=1) if len(columns.columns) else pd.Series("", columns.index)


def decided(folder: Path, names: Collection[str]) -> list[str]:
    """Over the registers that pages left in a folder, by their names: withhold what they give away together.

    names : the pages that can be printed again; what stands on the others stays
    Leaves the decision in the folder, for pages that are printed again, and returns the names of those that must be.
    """
    pages = {file.stem: _read(file) for file in sorted(folder.glob("*.jsonl"))}
    site = Register(_everybody(page.crowd for page in pages.values()), decided=_decided(folder))
    standing = [number for name in sorted(pages.keys() - set(names)) for number in pages[name].numbers]
    site.numbers += _recognised(standing, site.crowd)
    every = [number for name in sorted(pages.keys() & set(names)) for number in pages[name].numbers]
    site.add(every)
    shown = {each.key for each in site.numbers if each.public}
    gone = {each.key for each in every if each.public} - shown
    (folder / WITHHELD).write_text(json.dumps(sorted(gone | site.decided)), encoding="utf-8")
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
    numbers = [_number(**row) for row in rows]
    known = file.with_suffix(".parquet")
    people = pd.read_parquet(known) if known.exists() else pd.DataFrame(columns=list(FACTS))
    return Register(Crowd(people.astype(object).where(people.notna(), None)), numbers)


def _number(of: Any, who: Any, n: Any, k: Any, parts: Any = (), **others: Any) -> Number:
    """As it was before it was written to a file, where what cannot change is a list; earlier files know no parts."""
    its = tuple(Part(name, value, tuple(total)) for name, value, total in parts)
    people, counted = (np.nan if each is None else each for each in (n, k))
    return Number(tuple(of), tuple(map(tuple, who)), people, counted, parts=its, **others)


def publish(folder: Path, site: Path, failed: Collection[str] = ()) -> None:
    """Keep beside the pages of a run whose numbers they publish and withhold, for runs to come, and not how large.

    folder : of the registers; site : the folder that holds what pages found
    failed : pages that are not there, or stay as an earlier run printed them
    """
    withheld = _decided(folder)
    for file in sorted(file for file in folder.glob("*.parquet") if file.stem not in failed):
        numbers = _read(file.with_suffix(".jsonl")).numbers
        kept = [replace(each, public=each.public and each.key not in withheld) for each in numbers]
        lines = [json.dumps(asdict(_unnamed(each)) | {"n": None, "k": None}, default=float) + "\n" for each in kept]
        site.mkdir(exist_ok=True)
        write_whole(site / f"{file.stem}{STANDING}", "".join(dict.fromkeys(lines)))


def _unnamed(number: Number) -> Number:
    """A number that is withheld without the names of its group: they may not be shown either."""
    return number if number.public else replace(number, who=tuple((name, _digest(each)) for name, each in number.who))


def _recognised(numbers: list[Number], crowd: Crowd) -> list[Number]:
    """Numbers of an earlier run with the names of their groups, as far as these groups are still there."""
    names = {name: {_digest(value): value for value in crowd.people[name].dropna().unique()} for name in crowd.people}
    return [
        replace(each, who=tuple((name, names.get(name, {}).get(value, value)) for name, value in each.who))
        for each in numbers
    ]


def _digest(name: str) -> str:
    """What tells a name from others and is none."""
    return f"#{hashlib.sha256(name.encode()).hexdigest()[:16]}"


def standing(site: Path, folder: Path, names: Collection[str]) -> None:
    """Take up, among the registers of a run, what other pages than those named published before."""
    for file in sorted(site.glob(f"*{STANDING}")):
        if (name := file.name.removesuffix(STANDING)) not in names:
            shutil.copyfile(file, folder / f"{name}.jsonl")
