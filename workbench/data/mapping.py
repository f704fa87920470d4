"""What a mapping says: how a system's own tables differ from the contract, in a TOML file beside the data.

path = "export"                  # where the data are, relative to this file and inside its folder; $NAMES are expanded
time_zone = "Europe/Berlin"      # the organisation's, and of times that are written without one
access = "events"                # access runs from a person's first event to the last
system = "Salesforce"            # what pages call it; default: the CRM
currency = "€"                   # in which costs are; default: the currency of the data
first_weekday = "sunday"         # on which weeks begin; default: monday

[verbs]                          # kind = actions; kinds: create, update, delete, view, login; all else is "other"
create = ["Insert", "New"]

[events]                         # or [[events]] … [[events]]: several sources for one table
file = "log/*.csv"               # default: events.parquet, events.csv, or all files of a folder events/
drop_repeats = true              # repeated rows count once
[events.columns]                 # ours = theirs, or computed
occurred_at = "ts_utc"
user_id = { column = "description", pattern = "user with id '(\\d+)'" }
feature = { sql = "lower(\\"module\\")" }
source = { value = "web" }
[trainings.columns]              # people named by an e-mail address or a full name of the users as found
user_id = { column = "Participant", same_as = ["Email", { sql = '"First name" || \' \' || "Last name"' }] }
[users.columns]
manager_id = { column = "Manager email", same_as = "Email" }
[events.formats]                 # how dates and numbers are written, see `formats.py`
occurred_at = "DD/MM/YYYY HH:mm"
[events.values.action]           # theirs = ours; "*" is everything else, "" is missing
A = "create"
[events.leave_out]               # reason = condition in SQL over their columns; the rows are counted
"a robot" = "USER_TYPE = 'A'"
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import available_timezones

from workbench.data.contract import KINDS, MAPPING, TABLES, Column, promised
from workbench.data.durations import DURATION, SECONDS
from workbench.data.engine import Dialect, free, identifier, literal, literals
from workbench.data.formats import DateFormat, NumberFormat, date_format, number_format
from workbench.data.ids import MARK
from workbench.data.layout import TOTAL
from workbench.data.long import Long, items, refuse_unclear
from workbench.data.lookup import looked_up, refuse_misunderstood, same_as
from workbench.data.raw import TOTALS, Found, Part, Raw
from workbench.errors import ContractError, no_such_column, not_one_of

WORDS = ("path", "time_zone", "access", "system", "currency", "first_weekday", "verbs")
TABLE_WORDS = (
    *("file", "table", "sheet", "section", "delimiter", "encoding", "skip_rows", "header", "names", "time_zone"),
    *("drop_repeats", "columns", "formats", "values", "leave_out", "long"),
)
KINDS_OF_WORDS: dict[str, tuple[Callable[[Any], bool], str]] = {  # word → whether a value is of its kind, the kind
    **dict.fromkeys(
        ("table", "sheet", "delimiter", "encoding", "time_zone"), (lambda v: isinstance(v, str) and v != "", "a text")
    ),
    **dict.fromkeys(("header", "drop_repeats"), (lambda v: isinstance(v, bool), "true or false")),
    "section": (lambda v: type(v) is int and v > 0, "the number of a section, from 1"),
    "skip_rows": (lambda v: type(v) is int and v >= 0, "a number of rows"),
    "names": (lambda v: _texts(v), "a list of names"),
    "file": (lambda v: (isinstance(v, str) and v != "") or _texts(v), "a file or a list of files"),
}
COMPUTED = (("column",), ("column", "pattern"), ("sql",), ("value",))  # the words of a column that is more than a name
NAMED = tuple((*words, "same_as") for words in COMPUTED[:3])  # and of one that names people otherwise than by their id
COMPUTED_MARK = " (computed)"  # the end of a computed column's name
SIGNS = ".&+'()/€$£¥-"  # in names
NAME = re.compile(rf"[\w {SIGNS}]{{1,40}}")
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def read_mapping(file: str | Path | None) -> dict[str, Any]:
    """The words of a mapping file, all of them known; nothing where there is no file."""
    if file is None:
        return {}
    if not Path(file).is_file():
        raise ContractError(f"the mapping {Path(file).name} is not a file.\n  Name a file that ends in .toml.")
    try:
        settings = tomllib.loads(Path(file).read_text(encoding="utf-8"))
    except OSError as error:
        raise ContractError(f"the mapping {Path(file).name} cannot be read: {error.strerror}.") from None
    except (ValueError, RecursionError) as error:  # TOML that is wrong, or no UTF-8
        where = re.search(r"at line \d+|at end of document", str(error))
        raise ContractError(
            f"the mapping {Path(file).name} cannot be read as TOML{f' ({where[0]})' if where else ''}.\n"
            '  Write words = "text", tables in [brackets], and save it as UTF-8.'
        ) from None
    _refuse_unknown_words(settings)
    return settings


def parts(settings: dict[str, Any], table: str) -> list[dict[str, Any]]:
    """What the mapping says of each source of a table; of one source nothing, where it does not name the table."""
    said = settings.get(table, {})
    return said if isinstance(said, list) else [said]


def part(table: str, found: Found, said: dict[str, Any], zone: str | None, users: Raw | None = None) -> Part:
    """One source of a table, and how the mapping reads it.

    users : among whom people are looked up whom the source names otherwise than by their id
    """
    columns, computed = _columns(table, found, said.get("columns", {}))
    _refuse_misunderstood(table, found, computed, said.get("leave_out", {}))
    litter = _litter(table, found, columns) if any(file.suffix != ".parquet" for file in found.files) else {}
    long = _long(table, found, said["long"]) if "long" in said else None
    read = Part(
        found,
        {**columns, **({said["long"]["item"]: long.item, said["long"]["answer"]: long.answer} if long else {})},
        said.get("values", {}),
        _formats(table, said.get("formats", {})),
        known_zone(said.get("time_zone", zone)),
        computed,
        {**litter, **said.get("leave_out", {})},
        said.get("drop_repeats", False),
        long,
    )
    names = same_as(said, "user_id")
    return looked_up(table, read, names, users) if names else read


def _long(table: str, found: Found, said: dict[str, Any]) -> Long:
    there = items(table, said["items"], found.table.columns)
    item, answer = (free(said[word] + COMPUTED_MARK, found.table.columns) for word in ("item", "answer"))
    return Long(there, item, answer)


def _litter(table: str, found: Found, columns: dict[str, str]) -> dict[str, str]:
    """Reason → condition of rows in files that are no data: the header again, blank rows, totals."""
    theirs = found.table.columns
    needed = [columns[c.name] for c in TABLES[table] if c.required and columns.get(c.name) in theirs]
    if not needed:
        return {}
    # The mark with which a file begins stands in the middle of files that were joined.
    again = " and ".join(f"cast({identifier(name)} as varchar) in ({literals([name, MARK + name])})" for name in needed)
    missing = " or ".join(f"{identifier(name)} is null" for name in needed)
    first = f"coalesce({', '.join(f'cast({identifier(name)} as varchar)' for name in theirs)})"
    total = found.table.engine.dialect.matches.format(text=f"lower({first})", pattern=literal(TOTAL))
    litter = {
        "the header again": again,
        "a blank row": f"({missing}) and {first} is null",
        TOTALS: f"({missing}) and {total}" if len(needed) > 1 else total,
    }
    if len(needed) < 2:
        return litter
    others = ", ".join(f"cast({identifier(name)} as varchar)" for name in theirs[1:])
    return {**litter, "a note, with words in its first cell only": f"({missing}) and coalesce({others}) is null"}


def _columns(table: str, found: Found, said: dict[str, Any]) -> tuple[dict[str, str], dict[str, str]]:
    theirs = set(found.table.columns)
    columns = {c.name: c.name for c in TABLES[table] if c.name in theirs}
    for twice in (c.name for c in TABLES[table] if c.name in found.repeated and c.name not in said):
        raise ContractError(_twice(table, twice))
    computed = {}
    for ours, how in said.items():
        name = how if isinstance(how, str) else how.get("column")
        if name in found.repeated:
            raise ContractError(_twice(table, name))
        if name is not None and name not in theirs:
            raise ContractError(f"the mapping's [{table}.columns] {ours}: {no_such_column(name, theirs)}")
        columns[ours] = how if isinstance(how, str) else free(ours + COMPUTED_MARK, found.table.columns)
        if not isinstance(how, str):
            computed[columns[ours]] = _expression(how, found.table.engine.dialect)
    return columns, computed


def _twice(table: str, name: str) -> str:
    return (
        f"{table} has the column {name!r} more than once.\n  Say in {MAPPING} which one is meant: [{table}.columns] "
        f'… = "{name} (1)", or "{name} (2)".'
    )


def _refuse_misunderstood(table: str, found: Found, computed: dict[str, str], left_out: dict[str, str]) -> None:
    """Raise ContractError where the engine does not understand an expression or a condition of the mapping."""
    columns = {f"[{table}.columns] {name.partition(COMPUTED_MARK)[0]}": sql for name, sql in computed.items()}
    reasons = {f"[{table}.leave_out] {reason!r}": f"not ({sql})" for reason, sql in left_out.items()}
    for where, sql in {**columns, **reasons}.items():
        refuse_misunderstood(f"the mapping's {where}", found, sql)


def _expression(how: dict[str, Any], dialect: Dialect) -> str:
    if "sql" in how:
        return str(how["sql"])
    if "value" in how:
        return f"cast({literal(how['value'])} as varchar)" if isinstance(how["value"], str) else literal(how["value"])
    text = f"cast({identifier(how['column'])} as varchar)"
    return dialect.part.format(text=text, pattern=literal(how["pattern"])) if "pattern" in how else text


def _formats(table: str, said: dict[str, str]) -> dict[str, DateFormat | NumberFormat]:
    columns = promised(table)
    return {ours: _format(f"[{table}.formats] {ours}", columns[ours], words) for ours, words in said.items()}


def _format(where: str, c: Column, words: str) -> DateFormat | NumberFormat:
    kind = c.type
    if words == DURATION and c.unit not in SECONDS:
        raise ContractError(f"the mapping's {where}: only hours and seconds are durations, and this is {kind}.")
    if kind not in ("date", "instant", "number", "integer"):
        raise ContractError(f"the mapping's {where}: only dates, times and numbers have a format, and this is {kind}.")
    try:
        return date_format(words) if kind in ("date", "instant") else number_format(words)
    except ContractError as error:
        raise ContractError(f"the mapping's {where}: {error}") from None


def _refuse_unknown_words(settings: dict[str, Any]) -> None:
    allowed = {*WORDS, *TABLES}
    for word, value in settings.items():
        if word not in allowed:
            raise ContractError(f"the mapping: {not_one_of(word, allowed, 'word')}")
        if word in TABLES:
            for said in parts(settings, word):
                _refuse_unknown_columns(word, said)
        elif not isinstance(value, dict if word == "verbs" else str):
            raise ContractError(f"the mapping: {word} = {value!r} is no {'table' if word == 'verbs' else 'text'}.")
    for word in ("system", "currency"):
        if not NAME.fullmatch(settings.get(word, "€")):
            raise ContractError(f"the mapping: {word} is a name of at most 40 letters, digits, spaces and {SIGNS}.")
    if settings.get("access", "events") != "events":
        raise ContractError(f'the mapping: access = {settings["access"]!r}; the only value is "events".')
    if settings.get("first_weekday", "monday").lower() not in WEEKDAYS:
        raise ContractError(f"the mapping: first_weekday: {not_one_of(settings['first_weekday'], WEEKDAYS, 'day')}")
    _refuse_unknown_verbs(settings.get("verbs", {}))


def _refuse_unknown_verbs(verbs: dict[str, Any]) -> None:
    for kind, actions in verbs.items():
        if kind not in KINDS:
            raise ContractError(f"the mapping's [verbs]: {not_one_of(kind, KINDS, 'kind of action')}")
        if not isinstance(actions, list) or not all(isinstance(action, str) for action in actions):
            raise ContractError(f'the mapping\'s [verbs] {kind} is a list of actions, such as ["Insert", "New"].')
    every = [action for actions in verbs.values() for action in actions]
    twice = next((action for i, action in enumerate(every) if action in every[:i]), None)
    if twice is not None:
        raise ContractError(f"the mapping's [verbs] names {twice!r} twice; an action is of one kind.")


def _refuse_unknown_columns(table: str, said: Any) -> None:
    if not isinstance(said, dict):
        raise ContractError(f'the mapping\'s {table} is a table: write [{table}] and below it file = "…".')
    for word in said:
        if word not in TABLE_WORDS:
            raise ContractError(f"the mapping's [{table}]: {not_one_of(word, TABLE_WORDS, 'word')}")
    for word, value in said.items():
        if word in KINDS_OF_WORDS and not KINDS_OF_WORDS[word][0](value):
            raise ContractError(f"the mapping's [{table}] {word} = {value!r} is not {KINDS_OF_WORDS[word][1]}.")
    promised = {c.name for c in TABLES[table]}
    for word in ("columns", "formats", "values"):
        for column, how in _table(table, said, word).items():
            if column not in promised:
                raise ContractError(f"the mapping's [{table}.{word}]: {not_one_of(column, promised, 'column')}")
            if not isinstance(how, {"formats": str, "values": dict}.get(word, object)):
                kind = "a text" if word == "formats" else "a table of theirs = ours"
                raise ContractError(f"the mapping's [{table}.{word}] {column} = {how!r} is not {kind}.")
            if word == "columns":
                _refuse_unclear(f"[{table}.columns] {column}", how)
    for column, theirs in _table(table, said, "values").items():
        if not all(isinstance(ours, str | bool | int | float) for ours in theirs.values()):
            raise ContractError(f"the mapping's [{table}.values.{column}]: write each as theirs = ours, both texts.")
    if "long" in said:
        refuse_unclear(table, _table(table, said, "long"), sorted(promised))
    for reason, condition in _table(table, said, "leave_out").items():
        if not isinstance(condition, str):
            raise ContractError(f"the mapping's [{table}.leave_out] {reason!r}: write the condition as a text of SQL.")


def _texts(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(each, str) for each in value)


def _table(table: str, said: dict[str, Any], word: str) -> dict[str, Any]:
    found = said.get(word, {})
    if not isinstance(found, dict):
        raise ContractError(f"the mapping's [{table}] {word} is a table: write [{table}.{word}] and its rows below it.")
    return found


def _refuse_unclear(where: str, how: Any) -> None:
    if isinstance(how, str):
        return
    wrong = isinstance(how, dict) and not all(isinstance(how.get(word, ""), str) for word in ("column", "sql"))
    if wrong or not isinstance(how, dict) or not any(set(how) == set(words) for words in (*COMPUTED, *NAMED)):
        raise ContractError(
            f"the mapping's {where} is the name of a column, or one of\n"
            '  { column = "…", pattern = "…" }, { sql = "…" }, { value = "…" }.'
        )
    if "same_as" in how:
        _refuse_unclear_names(where, how["same_as"])
    if "pattern" in how and not _has_group(how["pattern"]):
        raise ContractError(
            f"the mapping's {where}: the pattern is a regular expression with what is wanted in brackets, "
            "such as \"id '(\\\\d+)'\"."
        )


def _refuse_unclear_names(where: str, names: Any) -> None:
    if not where.endswith((" user_id", " manager_id")):
        raise ContractError(f"the mapping's {where}: only people are looked up among the users by same_as.")
    listed = names if isinstance(names, list) else [names]
    if not listed or not all(isinstance(n, str) or (isinstance(n, dict) and set(n) == {"sql"}) for n in listed):
        raise ContractError(
            f'the mapping\'s {where}: same_as is the name of a column of the users, {{ sql = "…" }} over such columns, '
            "or a list of these."
        )


def _has_group(pattern: Any) -> bool:
    try:
        return re.compile(pattern).groups > 0
    except (re.error, TypeError):
        return False


def known_zone(zone: str | None) -> str | None:
    """The zone, if there is one of this name."""
    if zone is not None and zone not in time_zones():
        raise ContractError(not_one_of(zone, time_zones(), "time zone"))
    return zone


@cache
def time_zones() -> frozenset[str]:
    """The names of all time zones."""
    # Python walks through a folder of six hundred files to list them; a source asks a dozen times.
    return frozenset(available_timezones())
