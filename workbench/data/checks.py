"""Checks tables against the contract.

Each promise of a column becomes a rule (`rules.py`). A broken rule is *broken* when no number may be computed before
it is mended, and *noted* when the rows are left out, with their count.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from itertools import accumulate
from pathlib import Path
from typing import Any

import pandas as pd

from workbench.data.contract import MAPPING, REQUIRED_TABLES, TABLES, Column, promised
from workbench.data.doubles import doubles
from workbench.data.duckdb import EMPTY
from workbench.data.engine import Table, identifier, literals
from workbench.data.guesses import advice
from workbench.data.ids import likely_difference, made_alike
from workbench.data.layout import Torn
from workbench.data.mapping import time_zones
from workbench.data.people import NAMED, PROMISES, UNKNOWN
from workbench.data.persons import people_among
from workbench.data.promises import COLUMN_RULES, EARLIEST, IN_RANGE, IS_IN_USERS, LATEST, ORDER, ORDERED
from workbench.data.raw import (
    SQL_TYPES,
    Part,
    Raw,
    as_found,
    lacks_zone,
    places,
    skipped_hour,
    typed,
    united,
    vague_zone,
)
from workbench.data.rules import FILE, ROW, Breach, Rule, breaches, message, offender, place_in_words, problem
from workbench.data.strays import GAP, YEARS, bulk, rows_by_day
from workbench.data.ways_out import keep_latest, leave_out, read
from workbench.errors import ContractError, QueryError, nearest
from workbench.results.phrases import phrase

COLUMNS = ("table", "column", "rule", "rows", "of", "first", "repair", "broken")
MARKS = {"naive_": lacks_zone, "vague_": vague_zone, "skipped_": skipped_hour}  # what is wrong with a time
ALL = ""  # a trouble that is not one table's


def check(raw: dict[str, Raw], trouble: Mapping[str, str], show_ids: bool = False) -> pd.DataFrame:
    """Every rule that some row breaks; whatever else goes wrong with a table is a row of its own.

    trouble : table → why it could not be opened; `ALL`: why nothing could
    Returns one row per rule: table, column, rule, rows (that break it), of (rows in the table), first (the first
    offender: its row number and the kind of its value, or the value itself if `show_ids`), repair, broken.
    """
    found = [*(_in_words(table, said) for table, said in trouble.items()), *_absent(raw, trouble, show_ids)]
    for table in raw:
        if not _lacking(table, raw[table]):
            found += _offences_or_trouble(table, raw, show_ids)
    return pd.DataFrame(found, columns=COLUMNS)


def _in_words(table: str, said: str) -> dict[str, Any]:
    """A row for what an exception says: the rule, perhaps the first offender, the way out."""
    rule, *more = said.split("\n")
    first = next((line.strip() for line in more if line.strip().startswith("first: ")), "")
    repair = " ".join(line.strip() for line in more if line.strip() != first)
    return {**problem(table, "", rule.removesuffix("."), repair), "first": first.removeprefix("first: ")}


def _offences_or_trouble(table: str, raw: dict[str, Raw], show_ids: bool) -> list[dict[str, Any]]:
    try:
        unmatched = _unmatched(table, raw[table], show_ids)
        offences = [*_offences(table, raw, show_ids), *doubles(table, raw), *people_among(table, raw)]
        return [*_unread(table, raw[table]), *_cut(table, raw[table], show_ids), *unmatched, *offences]
    except Exception as error:  # whatever it is, the other tables are checked
        torn = [fault for part in raw[table].parts for fault in _torn(table, part, show_ids)]
        return torn or [_in_words(table, in_words(error))]


def in_words(error: Exception) -> str:
    """What an exception says; of one that nobody foresaw its kind only, because its words may hold somebody's data."""
    if isinstance(error, ContractError | QueryError):
        return str(error)
    return f"something failed that nobody foresaw: {type(error).__name__}.\n  Please report it, with the mapping."


def _unread(table: str, raw: Raw) -> Iterator[dict[str, Any]]:
    """A log of which every row is left out, so that nothing can be said of it."""
    parts = [part for part in raw.parts if table == "events" and part.left_out]
    rows = sum(n for part in parts for n in part.outcomes.values())
    if rows and len(parts) == len(raw.parts) and not any(part.outcomes.get("") for part in parts):
        counts = {reason: n for part in parts for reason, n in part.outcomes.items() if n}
        most = max(counts, key=lambda reason: counts[reason])
        repair = f"{counts[most]:,} are left out as {most!r}. Is it the right export?"
        yield {
            **problem(table, "", f"some rows of {table} are read", repair),
            "rows": rows,
            "of": rows,
            "broken": False,
        }


def _unmatched(table: str, raw: Raw, show_ids: bool) -> Iterator[dict[str, Any]]:
    """Rows that are left out because the users do not list whom they name, once; all of them is broken."""
    for part in raw.parts:
        counts = part.outcomes if UNKNOWN in part.left_out else {}
        of = sum(counts.get(reason, 0) for reason in ("", *PROMISES))
        for reason, (promise, repair) in PROMISES.items():
            if rows := counts.get(reason, 0):
                row = part.first_left_out(reason, {"value": identifier(NAMED)})
                where = place_in_words(row[FILE], row[ROW], len(part.found.files))
                first = f"{where}: user_id={row['value']}" if show_ids else where
                said = problem(table, "user_id", promise.format(table=table), repair)
                yield {**said, "rows": rows, "of": of, "first": first, "broken": not counts.get("")}


def _torn(table: str, part: Part, show_ids: bool) -> Iterator[dict[str, Any]]:
    """Rows of text files that the engine cannot take apart."""
    for fault in part.found.torn():
        yield _taken_apart(table, part, fault, show_ids)


def _cut(table: str, raw: Raw, show_ids: bool) -> Iterator[dict[str, Any]]:
    """Lines that are left out because they cannot be read."""
    for part in raw.parts:
        yield from ({**_taken_apart(table, part, each, show_ids), "broken": False} for each in part.found.cut)


def _taken_apart(table: str, part: Part, fault: Torn, show_ids: bool) -> dict[str, Any]:
    where = place_in_words(fault.file, fault.row, len(part.found.files))
    name = f" ({part.found.files[fault.file - 1].name})" if show_ids else ""
    said = problem(table, "", f"every row of {table} can be taken apart, but {fault.what}", fault.repair)
    return {**said, "rows": fault.rows, "first": where + name}


def refuse_broken(problems: pd.DataFrame) -> None:
    """Raise ContractError with every broken rule, if there is one."""
    broken = problems[problems["broken"]]
    if len(broken):
        raise ContractError("\n".join(sentence(row) for row in broken.to_dict("records")))


def sentence(found: Mapping[Any, Any]) -> str:
    """One problem in words: the rule, the count, the first offender, the way out."""
    counted = f", but not in {found['rows']:,} of {found['of']:,} rows" if found["of"] else ""
    return message(f"{found['rule']}{counted}", found["first"], found["repair"])


def refuse_unreadable(name: str, raw: Raw) -> None:
    """Raise ContractError where a table lacks a required column, or times that are naive by type have no zone."""
    for found in _lacking(name, raw):
        raise ContractError(sentence(found))
    for c in TABLES[name]:
        if any(_zone_by_type_is_missing(c, part) for part in raw.parts):
            raise ContractError(f"{name}.{c.name} has no time zone.\n  {_say_the_zone(name)}")


def _absent(raw: dict[str, Raw], trouble: Mapping[str, str], show_ids: bool) -> Iterator[dict[str, Any]]:
    for table in REQUIRED_TABLES:
        if table not in raw and not {table, ALL} & trouble.keys():
            repair = f"Put {table}.parquet or {table}.csv there, or name its file in {MAPPING}."
            yield problem(table, "", f"the table {table} is missing", repair)
    for table, found in raw.items():
        yield from _lacking(table, found, show_ids)
    if "users" in raw and raw["users"].derived:
        rule = phrase("the table users is missing: everybody in the log counts as a user")
        repair = "Add a table of users to see who has access and does not use it."
        yield {**problem("users", "", rule, repair), "broken": False}


def _lacking(table: str, raw: Raw, show_ids: bool = False) -> list[dict[str, Any]]:
    found = []
    for part in raw.parts:
        if part.found.table.columns == [EMPTY]:
            found.append(problem(table, "", f"{table} has columns, but its file is empty", "Export it again."))
            continue
        there = sorted(name for name in part.found.table.columns if name != EMPTY)
        found += [
            problem(table, c.name, f"{table} has a column {c.name}, but {_instead(c.name, there, show_ids)}", repair)
            for c in TABLES[table]
            if c.required and c.name not in part.columns
            for repair in [f'Say in {MAPPING} which one it is: [{table}.columns] {c.name} = "…".']
        ]
    return found


def _instead(wanted: str, there: list[str], show_ids: bool) -> str:
    """What a table has where it lacks a column; without a header the names are somebody's first row."""
    if show_ids or not there:
        return f"it has only {', '.join(there) or 'nothing'}"
    near = nearest(wanted, there)
    return f"none of its {len(there):,} is called that{f'; perhaps {near} is it' if near else ''}"


def rules(table: str, raw: dict[str, Raw]) -> Iterator[Rule]:
    """Everything the contract promises of a table, as conditions over `found_…` (as found) and `read_…` (typed)."""
    for c in TABLES[table]:
        if c.name in raw[table].columns:
            words = _words(table, c, raw)
            yield from (replace(rule.filled(**words), column=c.name) for applies, rule in COLUMN_RULES if applies(c))
    if table == "surveys" and {"value", "lowest", "highest"} <= raw[table].columns:
        yield IN_RANGE
    first, last = ORDERED.get(table, ("", ""))
    if {first, last} <= raw[table].columns:
        words = {"what": f"{table}.{last}", "first": first, "first_read": _read(first), "last_read": _read(last)}
        yield replace(ORDER.filled(**words), column=last)


def _words(table: str, c: Column, raw: dict[str, Raw]) -> dict[str, Any]:
    """What fills the gaps of the rules of one column; a condition that cannot be met is false."""
    since, until = _usual_days(table, c, raw) if c.type in ("instant", "date") else ("", "")
    return {
        "table": table,
        "c": c,
        "what": f"{table}.{c.name}",
        "found": _found(c.name),
        "read": _read(c.name),
        "naive": identifier("naive_" + c.name),
        "vague": identifier("vague_" + c.name),
        "skipped": identifier("skipped_" + c.name),
        "zone": _say_the_zone(table),
        "since": since,
        "until": until,
        "listed": ", ".join(c.one_of),
        "allowed": literals(c.one_of),
        "nul": raw[table].dialect.has_nul.format(text=_read(c.name)),
        "zones": literals(sorted(time_zones())) if c.name == "time_zone" else "",
        "again": f"again_{c.name}",
        "later": keep_latest(c, raw[table]) if c.unique else "",
        "unknown": f"unknown_{c.name}" if _can_refer(c, raw) else "false",
    }


def _usual_days(table: str, c: Column, raw: dict[str, Raw]) -> tuple[str, str]:
    """The first and the last day of a column, the few left aside that lie far from all others."""
    if any(_zone_by_type_is_missing(c, part) for part in raw[table].parts):
        return EARLIEST, LATEST
    rows = united([_read_part(part, [c], several=False) for part in raw[table].parts])
    days = rows_by_day(rows, f"cast({_read(c.name)} as date)")
    possible = days[[EARLIEST <= str(day) <= LATEST for day in days.index]]
    if not len(possible):
        return EARLIEST, LATEST
    first, last = bulk(possible, GAP if table == "events" else YEARS)
    return str(first), str(last)


def _zone_by_type_is_missing(c: Column, part: Part) -> bool:
    return lacks_zone(c, part) is not None and not part.is_text(c.name)


def _say_the_zone(table: str) -> str:
    return f'Say it in {MAPPING}: time_zone = "Europe/Berlin" (or under [{table}]), or open_source(…, time_zone="…").'


def _found(column: str) -> str:
    return identifier("found_" + column)


def _read(column: str) -> str:
    return identifier("read_" + column)


def _offences(table: str, raw: dict[str, Raw], show_ids: bool) -> Iterator[dict[str, Any]]:
    for found in breaches(_rows(table, raw), list(rules(table, raw))):
        breach = found
        if found.rule.promise.endswith(IS_IN_USERS):
            breach = _of_nobody_known(found, table, raw)
        elif found.rule.promise == f"{table}.{found.rule.column} is there":
            way_out = leave_out(promised(table)[found.rule.column], raw[table], missing=True)
            breach = replace(found, rule=replace(found.rule, repair=f"Fill it, or leave the rows out: {way_out}."))
        elif found.rule.promise == f"{table}.{found.rule.column} reads as {promised(table)[found.rule.column].type}":
            breach = _of_another_format(found, table, raw)
        yield {
            "table": table,
            "column": breach.rule.column,
            "rule": breach.rule.promise,
            "rows": breach.rows,
            "of": breach.of,
            "first": _first(table, breach.rule, raw, show_ids),
            "repair": breach.rule.repair,
            "broken": breach.rule.fatal,
        }


def _of_another_format(breach: Breach, table: str, raw: dict[str, Raw]) -> Breach:
    """The breach with the formats that the values fit."""
    c = promised(table)[breach.rule.column]
    if c.type not in ("date", "instant", "number", "integer"):
        return breach
    parts = (part for part in raw[table].parts if c.name in part.columns)
    asked = (
        advice(table, c.name, c.type, part.table, as_found(c, part), part.time_zone, part.in_order) for part in parts
    )
    said = next((words for words in asked if words), "")
    if not said and c.type in ("date", "instant"):
        said = read(c, raw[table], breach.rows, breach.of)
    return replace(breach, rule=replace(breach.rule, repair=said or breach.rule.repair))


def _of_nobody_known(breach: Breach, table: str, raw: dict[str, Raw]) -> Breach:
    """The breach with what the unknown ids differ in; a log of which nobody is known is broken."""
    column = breach.rule.column
    ids = (raw[source].ids(name) for source, name in ((table, column), ("users", "user_id")))
    difference = likely_difference(*ids)
    nobody = table == "events" and column == "user_id" and breach.rows == breach.of
    if not nobody:
        some = f" Some of the ids differ from known ones {difference}. {made_alike(difference)}" if difference else ""
        return replace(breach, rule=replace(breach.rule, repair=breach.rule.repair + some))
    why = (
        f"They differ {difference}. {made_alike(difference)}"
        if difference
        else "Look whether both tables name people by the same kind of id."
    )
    return replace(breach, rule=replace(breach.rule, repair=f"Not one row is of somebody known. {why}", fatal=True))


def _rows(table: str, raw: dict[str, Raw], in_order: bool = False) -> Table:
    """The table with, per contract column, the value as found and as read, and marks for repeated and unknown ids."""
    parts = raw[table].parts
    there = [c for c in TABLES[table] if c.name in raw[table].columns]
    files = accumulate((max(len(part.found.files), 1) for part in parts), initial=0)
    before = [n if in_order else None for n in files]
    rows = united([_read_part(part, there, len(parts) > 1, n) for part, n in zip(parts, before, strict=False)])
    return _marked_unknown(_marked_again(rows, there), there, raw)


def _read_part(part: Part, there: list[Column], several: bool, before: int | None = None) -> Table:
    """Columns as found and as read; with the place of each row where `before` counts the files of earlier parts."""
    rows = part.table if before is None else part.in_order
    file = f"{FILE} + {before}" if part.found.files else str((before or 0) + 1)
    place = [] if before is None else [f"{file} as {FILE}", ROW]
    columns = ", ".join([*place, *(_as_read(c, part, several) for c in there)])
    return rows.sql(f"select {columns} from this")


def _as_read(c: Column, part: Part, several: bool) -> str:
    if c.name not in part.columns:
        return (
            f"cast(null as varchar) as {_found(c.name)}, cast(null as {SQL_TYPES[c.type]}) as {_read(c.name)}"
            + "".join(f", false as {identifier(mark + c.name)}" for mark in MARKS)
        )
    found = f"cast({as_found(c, part)} as varchar)" if several else as_found(c, part)
    marks = (f", {marked(c, part) or 'false'} as {identifier(mark + c.name)}" for mark, marked in MARKS.items())
    return f"{found} as {_found(c.name)}, {typed(c, part, tried=True)} as {_read(c.name)}" + "".join(marks)


def _marked_again(rows: Table, there: list[Column]) -> Table:
    """The rows with `again_…` true where a value that is unique has been there before."""
    order = f" order by {', '.join(places(rows))}" if places(rows) else ""
    marks = [
        f"row_number() over (partition by {_found(c.name)}{order}) > 1 as again_{c.name}" for c in there if c.unique
    ]
    return rows.sql(f"select {', '.join(['this.*', *marks])} from this") if marks else rows


def _marked_unknown(rows: Table, there: list[Column], raw: dict[str, Raw]) -> Table:
    """The rows with `unknown_…` true where a person is not in the table that the contract refers to."""
    for c in there:
        if _can_refer(c, raw):
            unknown = f"this.{_read(c.name)} is not null and known.id is null as unknown_{c.name}"
            rows = rows.sql(
                f"select this.*, {unknown} from this left join known on known.id = this.{_read(c.name)}",
                known=raw[c.refers].ids("user_id"),
            )
    return rows


def _can_refer(c: Column, raw: dict[str, Raw]) -> bool:
    return c.refers in raw and "user_id" in raw[c.refers].columns


def _first(table: str, rule: Rule, raw: dict[str, Raw], show_ids: bool) -> str:
    """Where the first offender stands, and what kind of value it has; with `show_ids` its file and the value."""
    files = [file for part in raw[table].parts for file in part.found.files or [Path()]]
    personal = promised(table)[rule.column].personal
    row = offender(_rows(table, raw, in_order=True), rule.broken_by, {"value": _found(rule.column)})
    where = place_in_words(row[FILE], row[ROW], len(files))
    if show_ids:
        name = f" ({files[row[FILE] - 1].name})" if files[row[FILE] - 1].name else ""
        return f"{where}{name}: {rule.column}={row['value']}"
    return where if personal else f"{where}: {rule.column} is {kind_of(row['value'])}"


def kind_of(value: Any) -> str:
    """What a value is, without saying it.

    >>> kind_of("jane"), kind_of(3), kind_of(None)
    ('a text of 4 characters', 'a number', 'missing')
    """
    if isinstance(value, str):
        return f"a text of {len(value):,} character{'s' * (len(value) != 1)}"
    kinds = ((bool, "a truth value"), (int | float | Decimal, "a number"), (datetime, "a time"), (date, "a date"))
    return "missing" if value is None else next((words for kind, words in kinds if isinstance(value, kind)), "a value")
