"""What a table that repeats its groups, such as for each wave, and a table of them all give away together.

Somebody in one wave is one cell, and in the next wave another. A number of a wave is a sum over the cells of that wave,
a number of a table that adds the waves up is a sum over all of them: one less the other is a wave that neither shows.
Which tables belong together is told by what they add up to. A table of some of the waves is not told by that.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

import numpy as np

from workbench.results.bounds import Floats
from workbench.results.crowd import Crowd
from workbench.results.numbers import Key, Number, Total, guarded, people, protected, whole
from workbench.results.suppression import Rows, further

HEADS, COUNTS = 1, 2  # what is looked at of a total: how many people; also, how many of them are counted
Listed = dict[tuple[Key, str], Number]  # by what it is, and of which part; "": of all parts


def given_away(crowd: Crowd, numbers: Sequence[Number], known: Collection[Key], asked: Sequence[Key]) -> set[Key]:
    """Which of the asked numbers not to publish beside the known ones.

    known : those that are published; asked : those that could be, the one to keep first at the front
    """
    found: set[Key] = set()
    for looked_at in (HEADS, COUNTS):
        for listed in _sums(numbers, looked_at):
            left = [key for key in asked if key not in found and any(key == each for each, _ in listed)]
            found |= _of_sum(crowd, listed, known, left, looked_at) if left else set()
    return found


def _sums(numbers: Sequence[Number], looked_at: int) -> Iterator[Listed]:
    """What is listed both by its parts and together, for each kind of parts."""
    together = {each.of[:looked_at] for each in numbers}
    parts = [part for each in numbers for part in each.parts if part.total[:looked_at] in together]
    for name, total in dict.fromkeys((part.name, part.total[:looked_at]) for part in parts):
        listed: Listed = {}
        for each in numbers:
            part = next((p.value for p in each.parts if p.name == name and p.total[:looked_at] == total), "")
            if part or each.of[:looked_at] == total:
                listed[each.key, part] = each
        if {part for _, part in listed} > {""}:
            yield listed


def _of_sum(crowd: Crowd, listed: Listed, known: Collection[Key], asked: list[Key], looked_at: int) -> set[Key]:
    rows, known_people = _cells(crowd, listed)
    n, k = people(list(listed.values()))
    k = n / 2 if looked_at == HEADS else k
    keys = [key for key, _ in listed]
    there = np.array([key in known for key in keys])
    order = [place for key in asked for place, each in enumerate(keys) if each == key]
    told = further([*known_people, *rows[there]], rows[order], protected(rows, list(listed.values()), n, k))
    gone = {keys[place] for place, no in zip(order, told, strict=True) if no}
    left = np.array([key in asked and key not in gone for key in keys])
    sized = ~np.isnan(n)  # of what an earlier run published, only whose it is
    wholes = list(_everybody(listed, rows, n, k, looked_at))
    enclosing = guarded(rows[sized], n[sized], k[sized], wholes, there[sized], left[sized]).further()
    return gone | {keys[place] for place in np.flatnonzero(sized)[enclosing]}


def _cells(crowd: Crowd, listed: Listed) -> tuple[Rows, Rows]:
    """A row for each number, and for everybody and each division's people in each part, over people and parts."""
    parts = sorted({part for _, part in listed} - {""})
    whose, wholes = crowd.rows([each.who for each in listed.values()])
    over = np.array([[part in (one, "") for one in parts] for _, part in listed], np.int64)
    rows = (over[:, :, None] * whose[:, None, :]).reshape(len(listed), -1)
    return rows, np.kron(np.eye(len(parts), dtype=np.int64), wholes)


def _everybody(listed: Listed, rows: Rows, n: Floats, k: Floats, looked_at: int) -> Iterator[tuple[Rows, Total]]:
    """What is known of everybody in each part, and over all parts."""
    totals = [(each.of[0], each.of[0] / 2 if looked_at == HEADS else each.of[1]) for each in listed.values()]
    tables = list(zip(totals, [part for _, part in listed], strict=True))
    for total, part in dict.fromkeys(tables):
        its = [place for place, each in enumerate(tables) if each == (total, part)]
        everybody = whole(rows[its], [list(listed.values())[place].who for place in its], n[its], k[its], total)
        if everybody is not None:
            yield everybody, total
