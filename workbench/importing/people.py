"""Finds by what a list names its people: by their id, or by an e-mail address or a full name that the users have."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from workbench.data.engine import identifier, literal
from workbench.data.instants import HARD_BLANK
from workbench.importing.exports import ROWS, Export, key, whole
from workbench.importing.fragments import Fragment

FIRST_NAMES = "First-name Given-name Forename Vorname Prénom Nombre Voornaam Nome"
LAST_NAMES = "Last-name Surname Family-name Nachname Familienname Nom Apellido Achternaam Cognome"
FIRST, LAST = (frozenset(map(key, names.split())) for names in (FIRST_NAMES, LAST_NAMES))
ENOUGH = 0.5  # of the people of a list must be found, otherwise the column names somebody else
MORE = 0.05  # of them must be found by a further column
DISTINCT = 0.7  # of the values of a column must be different, otherwise it names no one person

Names = dict[str, frozenset[str]]  # column of the users, or SQL over them → the values, as they are compared


def with_people(found: Sequence[tuple[Fragment, Sequence[Export]]], folder: Path) -> list[Fragment]:
    """The fragments, where they name people otherwise than by the id of the users with the columns that find them.

    found : fragments with the exports that they are made of
    Of users who were guessed, the column by which the log knows them becomes their id.
    """
    users = [each for each in found if each[0].table == "users"]
    if len(users) != 1:
        return [fragment for fragment, _ in found]
    people, group = users[0]
    read = _readings([whole(each, folder) if len(each.rows) >= ROWS else each for each in group])
    names, ids = _singular(read), people.column("user_id")
    others = [each for each in found if each[0].table != "users" and not _same_system(each[0], people)]
    log = {_same_as(_looked_up(each, exports, names, ids)) for each, exports in others if each.table == "events"}
    by = log.pop() if len(log) == 1 else None
    if not people.system and isinstance(by, str) and len(read[by]) == len(names[by]):
        people, ids = people.said("columns", "user_id", by), None  # the log knows people by this column

    def settled(fragment: Fragment, exports: Sequence[Export]) -> Fragment:
        if fragment.table == "users":
            return _with_managers(people, read, names)
        return fragment if _same_system(fragment, people) else _looked_up(fragment, exports, names, ids)

    return [settled(*each) for each in found]


def _with_managers(people: Fragment, read: dict[str, list[str]], names: Names) -> Fragment:
    """The users with the columns that find their managers, where these are named otherwise than by an id."""
    theirs, ids = people.column("manager_id"), people.column("user_id")
    listed = frozenset(read.get(theirs or "", []))
    by, known = _columns(listed, {name: values for name, values in names.items() if name != theirs}, ids)
    if theirs is None or not listed or known < ENOUGH * len(listed) or by == [ids]:
        return people
    same_as = [_words(name) for name in by]
    how = {"column": theirs, "same_as": same_as if len(same_as) > 1 else same_as[0]}
    why = f"finds {known:,} of {len(listed):,} among the users"
    return replace(people.said("columns", "manager_id", how), why={**people.why, "manager_id": why})


def _same_as(fragment: Fragment) -> str | None:
    """The one column of the users that a fragment's people are compared with."""
    said = fragment.words.get("columns", {}).get("user_id")
    by = said.get("same_as") if isinstance(said, dict) else None
    return by if isinstance(by, str) else None


def _same_system(one: Fragment, other: Fragment) -> bool:
    return bool(one.system) and one.system == other.system


def _looked_up(fragment: Fragment, group: Sequence[Export], names: Names, ids: str | None) -> Fragment:
    """The fragment with the column that names most of the users, and the users' columns that it is compared with."""
    own = fragment.column("user_id")
    used = {fragment.column(ours) for ours in fragment.found} - {own}
    listed = {name: frozenset(values) for name, values in _readings(group).items() if values and name not in used}
    found = {name: _columns(values, names, ids) for name, values in listed.items()}
    best = max(found, key=lambda name: (_share(found[name], listed[name]), name == own), default=own)
    taken = own if own in found and _share(found[own], listed[own]) >= ENOUGH else best
    if taken is None or taken not in found or _share(found[taken], listed[taken]) < ENOUGH:
        return fragment
    by, known = found[taken]
    if taken == own and by == [ids]:
        return fragment
    same_as = [_words(name) for name in by]
    how = {"sql": taken} if '"' in taken else {"column": taken}
    looked_up = fragment.said("columns", "user_id", {**how, "same_as": same_as if len(same_as) > 1 else same_as[0]})
    why = f"finds {known:,} of {len(listed[taken]):,} among the users"
    return replace(looked_up, why={**fragment.why, "user_id": why})


def _share(found: tuple[list[str], int], listed: frozenset[str]) -> float:
    return found[1] / len(listed)


def _words(name: str) -> Any:
    return {"sql": name} if '"' in name else name


def _columns(listed: frozenset[str], names: Names, ids: str | None) -> tuple[list[str], int]:
    """The users' columns that find the most, each some that the others do not find; and how many they find."""
    by: list[str] = []
    left = listed
    while names:
        best = max(names, key=lambda name: (len(left & names[name]), name == ids))
        if len(left & names[best]) <= MORE * len(listed):
            break
        by, left = [*by, best], left - names[best]
    return by, len(listed) - len(left)


def _readings(group: Sequence[Export]) -> dict[str, list[str]]:
    """What may name people, as it is compared: column, or SQL of a full name → its values."""
    read: dict[str, list[str]] = {}
    for export in group:
        single = {name: export.column(name) for name in export.header if name and key(name) not in FIRST | LAST}
        for name, values in {**single, **_full_names(export)}.items():
            read[name] = [*read.get(name, []), *filter(None, map(_spelt, values))]
    return read


def _full_names(export: Export) -> dict[str, list[str]]:
    """SQL of the full name, as people write it and as catalogues do → its values."""
    first, last = (next((name for name in export.header if key(name) in known), None) for known in (FIRST, LAST))
    return {**_joined(export, first, " ", last), **_joined(export, last, ", ", first)} if first and last else {}


def _joined(export: Export, one: str, sign: str, other: str) -> dict[str, list[str]]:
    pairs = zip(export.column(one), export.column(other), strict=True)
    sql = f"{identifier(one)} || {literal(sign)} || {identifier(other)}"
    return {sql: [a + sign + b for a, b in pairs if a and b]}


def _singular(read: dict[str, list[str]]) -> Names:
    """The columns of the users that name single persons."""
    return {name: frozenset(values) for name, values in read.items() if len({*values}) > DISTINCT * len(values)}


def _spelt(name: str) -> str:
    """As the reader compares names."""
    return name.replace(HARD_BLANK, " ").replace("  ", " ").strip().lower()
