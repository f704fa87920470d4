"""The mappings that come with the workbench: each says by which columns it recognises an export, and how that is read.

A mapping is a TOML file in `mappings/`; a new system is one more such file. Beside the words of `workbench.toml` it has

    system, export               what it is
    seen                         whether the layout was seen in real files or is only documented
    recognised                   lists of columns; the header holds all of one list; "a|b" is either; without it: what
                                 the contract requires of the table is there
    refused                      why such a file is not read
    about, headings, answers     of a survey: columns that are no questions, rows of headings, tables made of the rest
    asks                         at least half of the other columns are questions: three words, or a question mark
    choices                      the row below the header names the choices of questions with several columns
    holds, yields_to             what would be counted twice if two exports held it
    aside                        why its log is not read beside another system's
    questions                    what only the owner of the files knows

A column may be a list: the first of which the export has everything is taken. So may a reason to leave rows out.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

from workbench.data.contract import TABLES
from workbench.importing.exports import key

QUOTED = re.compile(r'"([^"]+)"')


@dataclass(frozen=True)
class Shipped:
    """A mapping that comes with the workbench.

    recognised : sets of columns, of which a header must hold one whole; a column may have several spellings; none:
        the header must hold every required column of a table
    tables : table of the contract → words of the grammar
    """

    name: str
    system: str
    export: str
    seen: str
    recognised: tuple[tuple[frozenset[str], ...], ...]
    tables: dict[str, dict[str, Any]]
    verbs: dict[str, list[str]] = field(default_factory=dict)
    about: frozenset[str] = frozenset()
    headings: int = 0
    asks: bool = False
    choices: bool = False
    answers: bool = False
    refused: str = ""
    holds: str = ""
    yields_to: str = ""
    aside: str = ""
    questions: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """The system and what it exports, as a sentence begins."""
        title = f"{self.system} {self.export}".strip()
        return title[0].upper() + title[1:]

    def fits(self, header: Iterable[str]) -> int:
        """How many of its columns a header holds; 0 where it is not this export's."""
        names = list(header)
        there = {key(name) for name in names}
        if self.asks and not _ask([name for name in names if key(name) not in self.about]):
            return 0
        fitting = [len(wanted) for wanted in self.recognised if all(spelt & there for spelt in wanted)]
        if not self.recognised:
            fitting = [len(found) for table in self.tables if (found := self.required(table, names))]
        return max(fitting, default=0)

    def required(self, table: str, header: Iterable[str]) -> dict[str, Any]:
        """What the required columns of a table are read from in a header; empty where one is not there."""
        columns = fitted(self.tables[table], header)[0].get("columns", {})
        needed = [c.name for c in TABLES[table] if c.required]
        return {ours: columns[ours] for ours in needed} if all(ours in columns for ours in needed) else {}


def _ask(names: list[str]) -> bool:
    """Whether at least half of the names of columns are questions: of three words or more, or with a question mark."""
    asking = [name for name in names if "?" in name or len(name.split()) >= 3]
    return 2 * len(asking) >= len(names) > 0


@cache
def shipped() -> tuple[Shipped, ...]:
    """The mappings that come with the workbench, by name.

    >>> sorted({mapping.system for mapping in shipped() if mapping.system})[:3]
    ['Dynamics 365', 'EspoCRM', 'Google Forms']
    """
    folder = files("workbench.importing") / "mappings"
    found = sorted((file for file in folder.iterdir() if file.name.endswith(".toml")), key=lambda file: file.name)
    return tuple(_read(file.name.removesuffix(".toml"), file.read_text(encoding="utf-8")) for file in found)


def _read(name: str, text: str) -> Shipped:
    said = tomllib.loads(text)
    return Shipped(
        name,
        said["system"],
        said["export"],
        said["seen"],
        tuple(tuple(frozenset(map(key, one.split("|"))) for one in wanted) for wanted in said.get("recognised", [])),
        {table: said[table] for table in TABLES if table in said},
        said.get("verbs", {}),
        frozenset(map(key, said.get("about", []))),
        said.get("headings", 0),
        said.get("asks", False),
        said.get("choices", False),
        bool(said.get("answers")),
        said.get("refused", ""),
        said.get("holds", ""),
        said.get("yields_to", ""),
        said.get("aside", ""),
        tuple(said.get("questions", [])),
    )


def recognised(header: Iterable[str]) -> Shipped | None:
    """The shipped mapping that a header belongs to; of several the one with most columns in it, None if there is none.

    header : the names of the columns, in any order; letter case, blanks and underscores do not matter

    >>> found = recognised(["id", "userId", "email", "loginAt", "ipAddress", "loginSucceeded"])
    >>> found.system, found.export
    ('HubSpot', 'login activity')
    """
    names = list(header)
    best = max(shipped(), key=lambda mapping: mapping.fits(names))
    return best if best.fits(names) else None


def fitted(words: dict[str, Any], header: Iterable[str]) -> tuple[dict[str, Any], dict[str, str]]:
    """A table's words for one export: columns under the names it has, without what it lacks; and why, by column.

    header : the names of the columns as found
    """
    there = {key(name): name for name in reversed(list(header))}
    columns: dict[str, Any] = {}
    formats, why = dict(words.get("formats", {})), dict[str, str]()
    for ours, said in words.get("columns", {}).items():
        taken = _first(said, there)
        if taken is not None:
            columns[ours], form, reason = _apart(taken)
            formats |= {ours: form} if form else {}
            why |= {ours: reason} if reason else {}
    values = {ours: each for ours, each in words.get("values", {}).items() if ours in columns}
    conditions = {reason: _first_sql(said, there) for reason, said in words.get("leave_out", {}).items()}
    made = {
        "columns": columns,
        "formats": formats,
        "values": values,
        "leave_out": {reason: condition for reason, condition in conditions.items() if condition},
    }
    kept = {word: value for word, value in words.items() if word not in made}
    return {**kept, **{word: value for word, value in made.items() if value}}, why


def _first(said: Any, there: dict[str, str]) -> Any:
    """The first alternative of which every column is there, under the names it has there."""
    alternatives = said if isinstance(said, list) else [said]
    return next((found for each in alternatives if (found := _named(each, there)) is not None), None)


def _named(said: Any, there: dict[str, str]) -> Any:
    if isinstance(said, str):
        return there.get(key(said))
    if "column" in said:
        return {**said, "column": there[key(said["column"])]} if key(said["column"]) in there else None
    if "sql" in said:
        sql = _sql(said["sql"], there)
        return {**said, "sql": sql} if sql else None
    return said


def _apart(said: Any) -> tuple[Any, str, str]:
    """A column's words for the mapping, its format, and why."""
    if isinstance(said, str):
        return said, "", ""
    words = {word: value for word, value in said.items() if word not in ("format", "why")}
    plain = words["column"] if set(words) == {"column"} else words
    return plain, said.get("format", ""), said.get("why", "")


def _first_sql(said: str | list[str], there: dict[str, str]) -> str:
    alternatives = [said] if isinstance(said, str) else said
    return next((sql for each in alternatives if (sql := _sql(each, there))), "")


def _sql(text: str, there: dict[str, str]) -> str:
    """An expression with the columns under the names they have; empty where one of them is not there."""
    if not all(key(name) in there for name in QUOTED.findall(text)):
        return ""
    return QUOTED.sub(lambda name: '"' + there[key(name.group(1))].replace('"', '""') + '"', text)
