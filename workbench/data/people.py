"""Finds people who are named by something else than their id, such as an e-mail address or a full name.

The mapping says what the name is compared with: `user_id = { column = "Participant", same_as = "Email" }`, where
`Email` is a column of the users as found. Names are compared without letter case and without
superfluous blanks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from workbench.data.contract import promised
from workbench.data.engine import Table, identifier, literal
from workbench.data.instants import HARD_BLANK
from workbench.data.raw import Found, Part, typed, united
from workbench.results.phrases import phrase

ADDED = NAMED, MATCHED, PEOPLE = "user_id (named)", "user_id (matched)", "user_id (users of this name)"  # to the rows
NOBODY = "nobody is named"
UNKNOWN = "the person named is not among the users"
SEVERAL = "the person named may be any of several users"
PROMISES = {  # why a row is left out → what the table promises, and the way out
    NOBODY: (
        phrase("every row of {table} is of somebody named"),
        "Fill in the name, or accept that the rows are left out.",
    ),
    UNKNOWN: (
        phrase("everybody named in {table} is among the users"),
        "Spell the name as the users do, or accept that the rows are left out.",
    ),
    SEVERAL: (
        phrase("everybody named in {table} is one of the users only"),
        "Name them by something that only one has, such as an e-mail address, or accept that the rows are left out.",
    ),
}


def known_as(names: Sequence[tuple[Part, str]]) -> Table:
    """Which ids have which name: name, id (one of them), people (how many ids there are).

    names : sources of users, and SQL over each; whoever has several names is found by each
    """
    c = promised("users")["user_id"]
    listed = [part.table.sql(f"select {spelt(name)} as name, {typed(c, part)} as id from this") for part, name in names]
    text = "select name, min(id) as id, count(distinct id) as people from this where name is not null group by name"
    return united(listed).sql(text)


def matched(found: Found, named: str, known: Table) -> Found:
    """The rows with the id of the user whom they name, and with how many users have that name.

    named : SQL over the rows as found
    known : as `known_as` gives it
    """

    def joined(rows: Table) -> Table:
        called = rows.sql(f"select this.*, {spelt(named)} as {identifier(NAMED)} from this")
        new = f"known.id as {identifier(MATCHED)}, known.people as {identifier(PEOPLE)}"
        return called.sql(
            f"select this.*, {new} from this left join known on known.name = this.{identifier(NAMED)}", known=known
        )

    return replace(found, table=joined(found.table), placed=joined(found.in_order))


def unmatched(required: bool) -> dict[str, str]:
    """Reason → condition of matched rows that are nobody's.

    required : a row that names nobody is left out; otherwise it is an anonymous one
    """
    named, people = identifier(NAMED), identifier(PEOPLE)
    nobody = {NOBODY: f"{named} is null"} if required else {}
    return {**nobody, UNKNOWN: f"{named} is not null and {people} is null", SEVERAL: f"{people} > 1"}


def spelt(name: str) -> str:
    """SQL: a name as names are compared; missing where it is empty."""
    soft = f"replace(replace(cast({name} as varchar), {literal(HARD_BLANK)}, ' '), '  ', ' ')"
    return f"nullif(lower(trim({soft})), '')"
