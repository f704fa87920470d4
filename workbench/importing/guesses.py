"""Guesses what an export of no known system is: its table and columns, by the names of columns and what is in them."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Callable, Sequence
from functools import cache
from importlib.resources import files

from workbench.data.contract import TABLES, Column
from workbench.data.persons import MAIL, MANY, are_mails, look_like_people
from workbench.importing.dates import dates
from workbench.importing.exports import Export, key
from workbench.importing.notation import FALSE, MISSING, TRUE

FEWEST = {"users": 3, "champions": 3, "milestones": 3}  # columns found before a file is taken for it; else 2
CALENDAR = 3  # rows from which on it tells a calendar that no action recurs
NEAR = {"users": 3, "events": 2, "milestones": 3, "incentives": 3}  # columns of a table that lacks one; else 2
AMOUNT = re.compile(r"([A-Z]{3}|[€$£])? ?[\d.,' ]*\d ?([A-Z]{3}|[€$£])?")  # of money, or a plain number
OFFSET = re.compile(r"[+-]?\d{1,3}|[+-]\d\d:?\d\d|Z")
NAMES = """Name First-name Last-name Full-name Display-name Email E-mail-address Work-email Vorname Nachname Prénom Nom
    Courriel Nombre Apellido Correo Voornaam Achternaam Nome Cognome"""
NAMING = frozenset(map(key, NAMES.split()))  # columns of a table of people that no column of the contract is read from
WHOLE = (
    "Name Full-name Display-name Employee-name Employee User-full-name Nom-complet Vollständiger-Name Nombre-completo"
)
WHOLE_NAMES = frozenset(map(key, WHOLE.split()))
FEW = 30  # different actions at most, where a column is taken for that of actions by its content alone
WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+|[^\W\d_A-Za-z]+")  # also those of CamelCase
SAYS_LITTLE = "utc gmt the of de del do da dos das du des la le el dim fct tbl col fld"
FILLING = frozenset(SAYS_LITTLE.split())
SPANS = {"user_id", "access_start", "access_end"}  # of users, and of whoever took part in something
KEYS = frozenset({"guid", "uuid", "key", "sk", "identifier"})  # what systems call a person's or a thing's id


def guessed(export: Export, people: frozenset[str] = frozenset()) -> tuple[str, dict[str, str]] | None:
    """The table of the contract that an export most likely is, and its columns: ours → theirs.

    people : those of the log, in small letters
    None where no table finds all the columns that it cannot do without. What names people is no list of milestones.

    >>> log = Export("log.csv", ("Who", "ts", "What"), (("u1", "2025-01-06 08:00", "edit"),))
    >>> guessed(log)
    ('events', {'user_id': 'Who', 'occurred_at': 'ts', 'action': 'What'})
    """
    about_people = lists_people(export, people)
    for strict in (True, False):
        found = _found(export, strict)
        if "milestones" in found and about_people:
            del found["milestones"]
        if found:
            break
    else:
        return None
    table = max(found, key=lambda name: _likeness(name, found[name], export))
    return table, found[table]


def _found(export: Export, strict: bool) -> dict[str, dict[str, str]]:
    """Table → its columns; unless `strict`, a required column may hold what cannot be read as it stands."""
    return {table: columns for table in _synonyms() if (columns := _columns(table, export, strict))}


def nearly(export: Export, people: frozenset[str], table: str = "") -> tuple[str, dict[str, str], str] | None:
    """The table that an export would be but for one required column: the table, ours → theirs, and what it lacks.

    people : those of the log, in small letters
    table : the only one that is thought of; of it more may be lacking
    """
    about_people = not table and lists_people(export, people)
    found = []
    for name in [table] if table else [name for name in _synonyms() if name != "milestones" or not about_people]:
        columns = _there(name, export, strict=not table)
        lacking = [c.name for c in TABLES[name] if c.required and c.name not in columns]
        if lacking and (table or (len(lacking) == 1 and len(columns) >= NEAR.get(name, 2))):
            found.append((name, columns, lacking[0]))
    return max(found, key=lambda each: (_is_called(export, each[0]), len(each[1])), default=None)


def _columns(table: str, export: Export, strict: bool) -> dict[str, str]:
    """Ours → theirs, each of theirs once; empty where a required column is not found, or too few others."""
    columns = _there(table, export, strict)
    free = [name for name in export.header if name not in columns.values()]
    if table == "events" and _lists_what_happened(columns, export):
        return {}
    if table == "users" and columns.keys() <= SPANS and any(key(name) in _of_programmes() for name in free):
        return {}
    lacking = any(c.required and c.name not in columns for c in TABLES[table])
    names = {name for name in export.header if table == "users" and key(name) in NAMING} - {*columns.values()}
    few = len(columns) + len(names) < FEWEST.get(table, 2) and not _is_called(export, table)
    return {} if lacking or few else columns


def calendar(export: Export, people: frozenset[str]) -> dict[str, str]:
    """The columns of milestones, ours → theirs, of a file that has no more than what happened and when; else none.

    people : those of the log, in small letters
    """
    columns = _there("milestones", export, strict=True)
    whole = {"name", "starts_on"} <= columns.keys() and not _name_them(export.column(columns["name"]), people)
    mails = any(are_mails(export.column(name)) for name in export.header if name)
    return columns if whole and not mails and key(columns["name"]) not in WHOLE_NAMES else {}


def _lists_what_happened(columns: dict[str, str], export: Export) -> bool:
    """Whether each of several rows has a day and an action of its own, as in a calendar: in a log they recur."""
    if not {"action", "occurred_at"} <= columns.keys() or len(export.rows) < CALENDAR:
        return False
    actions = [value for value in export.column(columns["action"]) if value.strip()]
    return dates(export.column(columns["occurred_at"])).days and len({*actions}) == len(actions) == len(export.rows)


def _there(table: str, export: Export, strict: bool) -> dict[str, str]:
    """Ours → theirs, each of theirs once."""
    columns: dict[str, str] = {}
    for c in sorted(TABLES[table], key=lambda c: not c.required):
        free = [name for name in export.header if name and name not in columns.values()]
        named = _by_name(table, c, free, export, strict or not c.required)
        theirs = named or (_by_content(table, c, free, export) if table in ("events", "users") else None)
        columns |= {c.name: theirs} if theirs and not _is_the_user(c, theirs, columns, export) else {}
    return {c.name: columns[c.name] for c in TABLES[table] if c.name in columns}


def _is_the_user(c: Column, theirs: str, columns: dict[str, str], export: Export) -> bool:
    """Whether a column of who acted in somebody's name is filled in most rows: then it names the users once more."""
    filled = [value for value in export.column(theirs) if value.strip() and value.strip() not in MISSING]
    return c.name == "actor_id" and 2 * len(filled) > len(export.rows) and "user_id" in columns


def _by_name(table: str, c: Column, free: Sequence[str], export: Export, strict: bool) -> str | None:
    """The column with a known name, or with one that is it but for words that say little."""
    spelt, meant = ({how(name): name for name in reversed(free)} for how in (key, gist))
    known = (c.name, *_synonyms()[table].get(c.name, ()), *(_people() if c.name == "user_id" else ()))
    found = [name for each in known if (name := spelt.get(key(each)) or meant.get(gist(each)))]
    return next((name for name in found if (_may_be if strict else _might_be)(c, export.column(name))), None)


def gist(name: str) -> str:
    """A column's name without accents, articles, and the words that say how a value is kept and not what it is.

    >>> gist("[EventTimeUtc]"), gist("ID do usuário"), gist("dim_user_key"), gist("ActionName")
    ('eventtime', 'idusuario', 'userid', 'action')
    """
    plain = unicodedata.normalize("NFKD", name)
    letters = "".join(letter for letter in plain if not unicodedata.combining(letter))
    words = [word.lower() for word in WORDS.findall(letters)]
    told = ["id" if word in KEYS else word for word in words if word not in FILLING]
    return "".join(told[:-1] if len(told) > 1 and told[-1] == "name" else told)


def fitting(ours: str, export: Export) -> list[str]:
    """The columns of a log that could be ours by their names and by what is in them: who acted, or when."""
    if ours == "user_id":
        known = {key(name) for name in (*_synonyms()["events"]["user_id"], *_people())}
        return [name for name in export.header if key(name) in known or _holds_people(name, export.column(name))]
    return [name for name in export.header if name and _holds_times(name, export.column(name))]


def _by_content(table: str, c: Column, free: Sequence[str], export: Export) -> str | None:
    """The only column that holds what ours does."""
    looks = _LOOKS[table]
    found = [name for name in free if c.name in looks and looks[c.name](name, export.column(name))]
    return found[0] if len(found) == 1 else None


def _holds_times(name: str, values: Sequence[str]) -> bool:
    found = dates(values)
    return bool(found.formats) and not found.days


def _holds_people(name: str, values: Sequence[str]) -> bool:
    filled = [value for value in values if value.strip()]
    return "user" in name.lower() or (bool(filled) and all(MAIL.fullmatch(value.strip()) for value in filled))


def _holds_actions(name: str, values: Sequence[str]) -> bool:
    filled = [value.strip() for value in values if value.strip()]
    words = {value for value in filled if any(letter.isalpha() for letter in value)}
    if all(key(word) in TRUE | FALSE for word in words):
        return False
    return 1 < len(words) <= FEW and len(filled) >= 5 * len(words) and not dates(filled).formats


def _holds_names(name: str, values: Sequence[str]) -> bool:
    return key(name) in WHOLE_NAMES and look_like_people(values) and len({*values}) == len(values)


_LOOKS: dict[str, dict[str, Callable[[str, Sequence[str]], bool]]] = {
    "events": {"occurred_at": _holds_times, "user_id": _holds_people, "action": _holds_actions},
    "users": {"user_id": _holds_names},
}


def _may_be(c: Column, values: Sequence[str]) -> bool:
    """Whether the values of a column can be what the contract asks for; an empty column can be anything."""
    filled = [value for value in values if value.strip() and value.strip() not in MISSING]
    if c.type in ("instant", "date"):
        return not filled or bool(dates(filled).formats)
    if c.type in ("number", "integer"):
        return not filled or sum(is_number(value) for value in filled) > len(filled) / 2
    if c.type == "offset":
        return all(OFFSET.fullmatch(value.strip()) for value in filled)
    return _might_be(c, values) and (not c.unique or len(set(filled)) == len(filled))


def _might_be(c: Column, values: Sequence[str]) -> bool:
    """Whether the values of a column could be so once its owner says how they are written, or corrects them."""
    if c.name == "programme":  # it has a name; an amount is what it cost
        return not any(values) or not all(AMOUNT.fullmatch(value.strip()) for value in values if value.strip())
    return c.type not in ("instant", "date") or any(letter.isdigit() for value in values for letter in value)


def is_number(value: str) -> bool:
    """Whether a value is a number, with whatever sign before its decimals."""
    return value.strip().lstrip("+-").replace(".", "").replace(",", "").isdigit()


def _likeness(table: str, columns: dict[str, str], export: Export) -> tuple[bool, int, bool, int]:
    """A file that is called like a table is that table; otherwise the one that finds most of its columns.

    Of several it is a list of people, whom any other table may name on pages.
    """
    required = sum(c.required for c in TABLES[table])
    return _is_called(export, table), len(columns), table == "users", required


def lists_people(export: Export, people: frozenset[str]) -> bool:
    """Whether an export says of people what it says: it has their ids or addresses, or names those of the log.

    people : those of the log, in small letters
    """
    called = _is_called(export, "milestones")
    ids = {key(name) for name in _synonyms()["users"]["user_id"] if name != "id"} | {"userid"}
    columns = {name: [each for each in export.column(name) if each.strip()] for name in export.header if name}
    if any(key(name) in ids or gist(name) in ids or are_mails(values) for name, values in columns.items()):
        return True
    if any(_name_them(values, people) for values in columns.values()):
        return True
    named = [] if called else [values for name, values in columns.items() if key(name) in WHOLE_NAMES]
    return any(len(each) > 1 and look_like_people(each, fewest=1 if len({*each}) >= MANY else 2) for each in named)


def _name_them(values: Sequence[str], people: frozenset[str]) -> bool:
    """Whether most of some values name people of the log."""
    different = {value.strip().lower() for value in values}
    return 2 * len(different & people) > len(different)


def _is_called(export: Export, table: str) -> bool:
    return key(table.rstrip("s")) in key(export.file)


@cache
def _people() -> tuple[str, ...]:
    """By what lists of people name them, which other tables do as well; an id alone is there that of the row."""
    return tuple(name for name in _synonyms()["users"]["user_id"] if name != "id")


@cache
def words_of_headers(single: bool = False) -> frozenset[str]:
    """What columns are called that are known, as names are compared; `single`: word by word."""
    names = [name for each in _synonyms().values() for ours, theirs in each.items() for name in (ours, *theirs)]
    names += [*NAMES.split(), *WHOLE.split(), *(c.name for each in TABLES.values() for c in each)]
    parts = [word for name in names for word in re.split(r"[\W_]+", name)] if single else names
    return frozenset(key(part) for part in parts if part)


@cache
def _of_programmes() -> frozenset[str]:
    """What columns are called that say what somebody took part in, or what came of it."""
    names = {("incentives", "programme"), ("incentives", "cost"), ("trainings", "programme"), ("outcomes", "value")}
    return frozenset(key(name) for table, ours in names for name in (ours, *_synonyms()[table][ours]))


@cache
def _synonyms() -> dict[str, dict[str, tuple[str, ...]]]:
    said = tomllib.loads((files("workbench.importing") / "synonyms.toml").read_text(encoding="utf-8"))
    return {table: {ours: tuple(names) for ours, names in each.items()} for table, each in said.items()}
