"""Checks tables against the contract.

Each promise of a column becomes a rule (`rules.py`). A broken rule is *broken* when no number may be computed before
it is mended, and *noted* when the rows are left out, with their count.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from itertools import accumulate
from typing import Any
from zoneinfo import available_timezones

import pandas as pd

from workbench.data.contract import MAPPING, REQUIRED_TABLES, TABLES, Column, promised
from workbench.data.engine import Table, identifier, literals
from workbench.data.ids import likely_difference
from workbench.data.raw import SQL_TYPES, Part, Raw, as_found, lacks_zone, places, typed, united, vague_zone
from workbench.data.rules import FILE, ROW, Breach, Rule, breaches, first_row, message
from workbench.data.strays import GAP, YEARS, bulk, rows_by_day
from workbench.errors import ContractError

EARLIEST, LATEST = "1990-01-01", "2100-01-01"  # a time outside of these is a wrong unit, not a time
UNBOUNDED = ("access_start", "access_end")  # may be long ago, or never end
IS_IN_USERS = "user_id is in users"  # the end of what the rule on unknown people promises
LARGEST = "1.7976931348623157e308"  # of all finite numbers; every engine sorts NaN and infinity above it
ORDERED = {
    "users": ("access_start", "access_end"),
    "incentives": ("starts_on", "ends_on"),
    "milestones": ("starts_on", "ends_on"),
    "champions": ("since", "until"),
    "tickets": ("opened_at", "resolved_at"),
}


Applies = Callable[[Column], Any]
COLUMN_RULES: tuple[tuple[Applies, Rule], ...] = (
    # For which columns, and the rule. {what} is the column's full name, {found} and {read} its value as text found and
    # as typed, {naive} the condition for a time without a zone, {vague} for one whose zone is ambiguous, {nul} for a
    # text with a NUL character, {again} and {unknown} marks made by `_rows`.
    (
        lambda c: c.type == "instant",
        Rule("{what} says its time zone", "{found} is not null and ({naive})", "{zone}"),
    ),
    (
        lambda c: c.type == "instant",
        Rule(
            "{what} names a zone that means one thing",
            "{vague}",
            "Write UTC, an offset such as -05:00, or America/New_York; EST, CST and IST have several meanings.",
        ),
    ),
    (
        lambda c: True,
        Rule(
            "{what} reads as {c.type}",
            "{found} is not null and not ({naive}) and not ({vague}) and {read} is null",
            "Correct the value, or translate it in the mapping.",
        ),
    ),
    (
        lambda c: c.required,
        Rule("{what} is there", "{found} is null", "Fill it, or leave the row out of the export."),
    ),
    (
        lambda c: c.type == "text",
        Rule("{what} is plain text", "{nul}", "Remove the NUL characters."),
    ),
    (
        lambda c: c.type == "number",
        Rule("{what} is finite", f"not (abs({{read}}) <= {LARGEST})", "Leave the value empty where it is not known."),
    ),
    (
        lambda c: c.type in ("instant", "date") and c.name not in UNBOUNDED,
        Rule(
            "{what} lies between 1990 and 2100",
            f"cast({{read}} as date) < date '{EARLIEST}' or cast({{read}} as date) > date '{LATEST}'",
            "Look at the unit: seconds, milliseconds and microseconds differ a thousandfold.",
        ),
    ),
    (
        lambda c: c.name in UNBOUNDED,
        Rule(
            "{what} is not before 1900",
            "{read} < date '1900-01-01'",
            "Write the year with four digits, as in 2024-01-02: 2/1/24 is read as a day of the year 2.",
        ),
    ),
    (
        lambda c: c.type in ("instant", "date") and c.name != "access_end",
        Rule(
            "{what} lies between {since} and {until}, like nearly all rows",
            "cast({read} as date) < date '{since}' or cast({read} as date) > date '{until}'",
            "Correct the date; rows so far from all others do not set the period of a report.",
            fatal=False,
        ),
    ),
    (
        lambda c: c.at_least is not None,
        Rule("{what} is at least {c.at_least:g}", "{read} < {c.at_least!r}", "Correct the value, or leave it empty."),
    ),
    (
        lambda c: c.one_of,
        Rule(
            "{what} is one of {listed}",
            "{read} not in ({allowed})",
            f"Translate it in {MAPPING}: [{{table}}.values.{{c.name}}].",
        ),
    ),
    (
        lambda c: c.name == "time_zone",
        Rule(
            "{what} is a zone that is known",
            "{read} not in ({zones})",
            "Name it as in Europe/Berlin, or leave it empty: the zone of the source is then taken.",
        ),
    ),
    (
        lambda c: c.unique,
        Rule("{what} occurs once", "{again}", "Keep one row for each."),
    ),
    (
        lambda c: c.refers,
        Rule(
            "{what} is in {c.refers}",
            "{unknown}",
            "Add the person to {c.refers}, or accept that the rows are left out.",
            fatal=False,
        ),
    ),
)
ORDER = Rule(
    "{what} is not before {first}", "{last_read} < {first_read}", "Correct the dates, or leave the last one empty."
)


IN_RANGE = Rule(
    "surveys.value lies from lowest to highest",
    '"read_value" < "read_lowest" or "read_value" > "read_highest"',
    'Translate answers such as 99 for "no answer" into nothing; until then they are left out.',
    column="value",
    fatal=False,
)


def check(raw: dict[str, Raw], show_ids: bool = False) -> pd.DataFrame:
    """Every rule that some row breaks.

    Returns one row per rule: table, column, rule, rows (that break it), of (rows in the table), first (the first
    offender: its row number and value, the value only where it is not personal or `show_ids`), repair, broken.
    """
    found = [*_absent(raw)]
    for table in raw:
        if not _lacking(table, raw[table]):
            found += _offences(table, raw, show_ids)
    columns = ["table", "column", "rule", "rows", "of", "first", "repair", "broken"]
    return pd.DataFrame(found, columns=columns)


def refuse_broken(problems: pd.DataFrame) -> None:
    """Raise ContractError with every broken rule, if there is one."""
    broken = problems[problems["broken"]]
    if len(broken):
        raise ContractError("\n".join(sentence(row) for row in broken.to_dict("records")))


def sentence(problem: Mapping[Any, Any]) -> str:
    """One problem in words: the rule, the count, the first offender, the way out."""
    counted = f", but {problem['rows']:,} of {problem['of']:,} are not" if problem["of"] else ""
    return message(f"{problem['rule']}{counted}", problem["first"], problem["repair"])


def refuse_unreadable(name: str, raw: Raw) -> None:
    """Raise ContractError where a table lacks a required column, or times that are naive by type have no zone."""
    for problem in _lacking(name, raw):
        raise ContractError(sentence(problem))
    for c in TABLES[name]:
        if any(_zone_by_type_is_missing(c, part) for part in raw.parts):
            raise ContractError(f"{name}.{c.name} has no time zone.\n  {_say_the_zone(name)}")


def _absent(raw: dict[str, Raw]) -> Iterator[dict[str, Any]]:
    for table in REQUIRED_TABLES:
        if table not in raw:
            repair = f"Put {table}.parquet or {table}.csv there, or name its file in {MAPPING}."
            yield _problem(table, "", f"the table {table} is there, but it is not", repair)
    for table, found in raw.items():
        yield from _lacking(table, found)


def _lacking(table: str, raw: Raw) -> list[dict[str, Any]]:
    found = []
    for part in raw.parts:
        there = ", ".join(sorted(part.found.table.columns))
        found += [
            _problem(
                table,
                c.name,
                f"{table} has a column {c.name}, but it has only {there}",
                f'Say in {MAPPING} which one it is: [{table}.columns] {c.name} = "…".',
            )
            for c in TABLES[table]
            if c.required and c.name not in part.columns
        ]
    return found


def _problem(table: str, column: str, rule: str, repair: str) -> dict[str, Any]:
    return {
        "table": table,
        "column": column,
        "rule": rule,
        "rows": 1,
        "of": 0,
        "first": "",
        "repair": repair,
        "broken": True,
    }


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
        "zone": _say_the_zone(table),
        "since": since,
        "until": until,
        "listed": ", ".join(c.one_of),
        "allowed": literals(c.one_of),
        "nul": raw[table].dialect.has_nul.format(text=_read(c.name)),
        "zones": literals(sorted(available_timezones())),
        "again": f"again_{c.name}",
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
        breach = _of_nobody_known(found, table, raw) if found.rule.promise.endswith(IS_IN_USERS) else found
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


def _of_nobody_known(breach: Breach, table: str, raw: dict[str, Raw]) -> Breach:
    """The breach with what the unknown ids differ in; a log of which nobody is known is broken."""
    column = breach.rule.column
    ids = (
        _ids(raw[source], name).sql("select distinct id from this")
        for source, name in ((table, column), ("users", "user_id"))
    )
    difference = likely_difference(*ids)
    nobody = table == "events" and column == "user_id" and breach.rows == breach.of
    if not nobody:
        more = f" Some of the ids differ from known ones {difference}." if difference else ""
        return replace(breach, rule=replace(breach.rule, repair=breach.rule.repair + more))
    why = f"They differ {difference}." if difference else "Look whether both tables name people by the same kind of id."
    return replace(breach, rule=replace(breach.rule, repair=f"Not one row is of somebody known. {why}", fatal=True))


def _ids(raw: Raw, column: str) -> Table:
    """The ids of a column as `id`, those of all parts."""
    named = [part for part in raw.parts if column in part.columns]
    texts = [f"select cast({as_found(promised(raw.name)[column], part)} as varchar) as id from this" for part in named]
    return united([part.table.sql(text) for part, text in zip(named, texts, strict=True)])


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
            f"cast(null as varchar) as {_found(c.name)}, cast(null as {SQL_TYPES[c.type]}) as {_read(c.name)},"
            f" false as {identifier('naive_' + c.name)}, false as {identifier('vague_' + c.name)}"
        )
    found = f"cast({as_found(c, part)} as varchar)" if several else as_found(c, part)
    return (
        f"{found} as {_found(c.name)}, {typed(c, part, tried=True)} as {_read(c.name)},"
        f" {lacks_zone(c, part) or 'false'} as {identifier('naive_' + c.name)},"
        f" {vague_zone(c, part) or 'false'} as {identifier('vague_' + c.name)}"
    )


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
                known=_ids(raw[c.refers], "user_id").sql("select distinct id from this"),
            )
    return rows


def _can_refer(c: Column, raw: dict[str, Raw]) -> bool:
    return c.refers in raw and "user_id" in raw[c.refers].columns


def _first(table: str, rule: Rule, raw: dict[str, Raw], show_ids: bool) -> str:
    personal = next(c.personal for c in TABLES[table] if c.name == rule.column)
    shown = {rule.column: f"cast({_found(rule.column)} as varchar)"} if show_ids or not personal else {}
    files = sum(max(len(part.found.files), 1) for part in raw[table].parts)
    return first_row(_rows(table, raw, in_order=True), rule.broken_by, shown, files=files)
