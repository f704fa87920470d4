"""Tells lists of people from lists of what happened: a milestone's name stands on pages, a person's never does.

A list of staff has names and dates as a list of milestones has; whatever a mapping says of it, nobody in it is named.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import permutations
from typing import Any

import pyarrow as pa

from workbench.data.contract import promised
from workbench.data.engine import Table, identifier, literals
from workbench.data.people import spelt
from workbench.data.raw import Part, Raw, typed
from workbench.data.rules import problem
from workbench.errors import ContractError

MILESTONES = "milestones"
MAIL = re.compile(r"[^@\s]+@[^@\s]+\.\w+")
PARTICLES = frozenset(
    re.findall(r"\w+", "van von der den de del della di da do dos das du la le el al bin zu zur ter y e")
)
NAMED = re.compile(r"name|nom|naam|apellid", re.IGNORECASE)  # in the heading of a part of somebody's name
STAFF = re.compile(  # in the headings of lists of people, hardly of what happened
    r"mail|courriel|correo|\bupn\b|employee|personal|personnel|staff|mitarbeit|matric|user|benutzer|utilisateur|usuario"
    r"|login|hire|eintritt|austritt|first.?name|last.?name|sur.?name|vorname|nachname|prénom|apellido",
    re.IGNORECASE,
)
GROUPS = ("team", "department", "role", "region", "time_zone")  # of users: what names no one person
MANY = 10  # rows, of which nearly every one has a name of its own
NEARLY = 0.9
SINGULAR = 0.7  # of the values of a column must be different, otherwise it names no one person
PEOPLE = "milestones names what happened and no people"
REPAIR = (
    "Their names would stand on pages. If it is a list of people, it is [users]; a milestone itself is named without"
    " anybody's name."
)


def look_like_people(values: Sequence[str], fewest: int = 2) -> bool:
    """Whether nearly all of some values are written as people's names are: a few words, each with a capital.

    fewest : words of a name

    >>> look_like_people(["Ada Lovelace", "Grace Brewster Hopper"]), look_like_people(["Go-live", "Town hall in May"])
    (True, False)
    """
    filled = [value.strip() for value in values if value.strip()]
    return bool(filled) and sum(_looks_like_a_person(value, fewest) for value in filled) >= NEARLY * len(filled)


def _looks_like_a_person(value: str, fewest: int) -> bool:
    words = value.replace(",", " ").split()
    names = [word for word in words if word not in PARTICLES]
    letters = all(re.sub(r"['’.\-]", "", word).isalpha() for word in words)
    return letters and fewest <= len(names) <= 4 and all(not word[0].islower() for word in names)


def are_mails(values: Sequence[str]) -> bool:
    """Whether nearly all values that are there are e-mail addresses."""
    filled = [value.strip() for value in values if value.strip()]
    return bool(filled) and sum(MAIL.fullmatch(value) is not None for value in filled) >= NEARLY * len(filled)


def people_among(table: str, raw: Mapping[str, Raw]) -> Iterator[dict[str, Any]]:
    """What `check` says of milestones that name people: known ones, or a whole list of them."""
    if table != MILESTONES:
        return
    milestones = raw[table]
    names = _names(milestones)
    known = _known(set(names), raw["users"]) if "users" in raw else set()
    listed = not known and _is_a_list(names, milestones)
    rows = len(names) if listed else sum(name in known for name in names)
    if rows:
        why = "They are those of users. " if known else "It reads as a list of people. "
        yield {**problem(MILESTONES, "name", PEOPLE, why + REPAIR), "rows": rows, "of": len(names)}


def refuse_people(table: str, raw: Mapping[str, Raw]) -> None:
    """Raise ContractError where milestones name people, so that no picture shows them."""
    for found in people_among(table, raw):
        raise ContractError(f"{found['rule']}, but not in {found['rows']:,} of {found['of']:,} rows.\n  {REPAIR}")


def _names(milestones: Raw) -> list[str]:
    """The names of the milestones as people are compared."""
    c = promised(MILESTONES)["name"]
    parts = [part for part in milestones.parts if c.name in part.columns]
    read = (part.table.sql(f"select {spelt(typed(c, part, tried=True))} as name from this") for part in parts)
    return [name for table in read for name in table.to_arrow()["name"].to_pylist() if name is not None]


def _known(names: set[str], users: Raw) -> set[str]:
    """Which of some names are those of users: their ids, or what else names one of them."""
    found: set[str] = set()
    for part in users.parts if names else ():
        for named in _naming(part):
            text = f"select distinct name from this where name in ({literals(sorted(names))})"
            listed = part.table.sql(f"select {spelt(named)} as name from this").sql(text)
            found |= set(listed.to_arrow()["name"].to_pylist())
    return found


def _naming(part: Part) -> list[str]:
    """SQL over users of what names one of them: columns with hardly a value twice, and first beside last names."""
    groups = {part.columns.get(ours) for ours in GROUPS}
    texts = [name for name in part.table.columns if name not in groups and _is_text(part.table, name)]
    halves = [identifier(name) for name in texts if NAMED.search(name)]
    pairs = [f"{one} || ' ' || {other}" for one, other in permutations(halves, 2)]
    return [*map(identifier, _singular(part.table, texts)), *pairs]


def _singular(rows: Table, names: list[str]) -> list[str]:
    if not names:
        return []
    counts = [
        f"cast(count({what}{identifier(name)}) as bigint) as {mark}_{i}"
        for i, name in enumerate(names)
        for mark, what in (("n", ""), ("d", "distinct "))
    ]
    row = rows.sql(f"select {', '.join(counts)} from this").row()
    return [name for i, name in enumerate(names) if row[f"d_{i}"] > SINGULAR * row[f"n_{i}"]]


def _is_text(rows: Table, name: str) -> bool:
    found = rows.schema.field(name).type
    return bool(pa.types.is_string(found) or pa.types.is_large_string(found))


def _is_a_list(names: list[str], milestones: Raw) -> bool:
    """Whether many rows have a name of their own each, and are written as people's or stand beside what people have."""
    if len(names) < MANY or len(set(names)) < NEARLY * len(names):
        return False
    return any(_reads_as_people(part) for part in milestones.parts if "name" in part.columns)


def _reads_as_people(part: Part) -> bool:
    rows = part.table
    others = [name for name in rows.columns if name not in part.columns.values()]
    values = {name: _values(rows, name) for name in others if _is_text(rows, name)}
    beside = any(STAFF.search(name) for name in others) or any(
        are_mails(found) and len(set(found)) >= NEARLY * len(found) for found in values.values()
    )
    return beside or look_like_people(_values(rows, part.columns["name"]))


def _values(rows: Table, name: str) -> list[str]:
    found = rows.sql(f"select cast({identifier(name)} as varchar) as value from this").to_arrow()
    return [value for value in found["value"].to_pylist() if value is not None]
