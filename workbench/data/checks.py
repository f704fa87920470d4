"""Checks tables against the contract.

Each promise of a column becomes a rule (`rules.py`). A broken rule is *broken* when no number may be computed before
it is mended, and *noted* when the rows are left out, with their count.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any
from zoneinfo import available_timezones

import pandas as pd

from workbench.data.contract import REQUIRED_TABLES, TABLES, Column
from workbench.data.engine import Table, identifier, literals
from workbench.data.ids import likely_difference
from workbench.data.mapping import MAPPING, Raw, as_found, lacks_zone, typed, vague_zone
from workbench.data.rules import ROW, Breach, Rule, breaches, first_row, message, numbered
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
        if c.name in raw.columns and _zone_by_type_is_missing(c, raw):
            raise ContractError(f"{name}.{c.name} has no time zone.\n  {_say_the_zone(name)}")


def _absent(raw: dict[str, Raw]) -> Iterator[dict[str, Any]]:
    for table in REQUIRED_TABLES:
        if table not in raw:
            repair = f"Put {table}.parquet or {table}.csv there, or name its file in {MAPPING}."
            yield _problem(table, "", f"the table {table} is there, but it is not", repair)
    for table, found in raw.items():
        yield from _lacking(table, found)


def _lacking(table: str, raw: Raw) -> list[dict[str, Any]]:
    lacking = [c.name for c in TABLES[table] if c.required and c.name not in raw.columns]
    there = ", ".join(sorted(raw.table.columns))
    return [
        _problem(
            table,
            name,
            f"{table} has a column {name}, but it has only {there}",
            f'Say in {MAPPING} which one it is: [{table}.columns] {name} = "…".',
        )
        for name in lacking
    ]


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
    if table == "surveys" and {"value", "lowest", "highest"} <= raw[table].columns.keys():
        yield IN_RANGE
    first, last = ORDERED.get(table, ("", ""))
    if {first, last} <= raw[table].columns.keys():
        words = {"what": f"{table}.{last}", "first": first, "first_read": _read(first), "last_read": _read(last)}
        yield replace(ORDER.filled(**words), column=last)


def _words(table: str, c: Column, raw: dict[str, Raw]) -> dict[str, Any]:
    """What fills the gaps of the rules of one column; a condition that cannot be met is false."""
    since, until = _usual_days(table, c, raw[table]) if c.type in ("instant", "date") else ("", "")
    return {
        "table": table,
        "c": c,
        "what": f"{table}.{c.name}",
        "found": _found(c.name),
        "read": _read(c.name),
        "naive": lacks_zone(c, raw[table]) or "false",
        "vague": vague_zone(c, raw[table]) or "false",
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


def _usual_days(table: str, c: Column, raw: Raw) -> tuple[str, str]:
    """The first and the last day of a column, the few left aside that lie far from all others."""
    read = f"cast({typed(c, raw, tried=True)} as date)"
    days = rows_by_day(raw.table, read) if not _zone_by_type_is_missing(c, raw) else pd.Series(dtype="int64")
    possible = days[[EARLIEST <= str(day) <= LATEST for day in days.index]]
    if not len(possible):
        return EARLIEST, LATEST
    first, last = bulk(possible, GAP if table == "events" else YEARS)
    return str(first), str(last)


def _zone_by_type_is_missing(c: Column, raw: Raw) -> bool:
    return lacks_zone(c, raw) is not None and not raw.is_text(c.name)


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
        source.table.sql(f"select distinct cast({identifier(source.columns[name])} as varchar) as id from this")
        for source, name in ((raw[table], column), (raw["users"], "user_id"))
    )
    difference = likely_difference(*ids)
    nobody = table == "events" and column == "user_id" and breach.rows == breach.of
    if not nobody:
        more = f" Some of the ids differ from known ones {difference}." if difference else ""
        return replace(breach, rule=replace(breach.rule, repair=breach.rule.repair + more))
    why = f"They differ {difference}." if difference else "Look whether both tables name people by the same kind of id."
    return replace(breach, rule=replace(breach.rule, repair=f"Not one row is of somebody known. {why}", fatal=True))


def _rows(table: str, raw: dict[str, Raw], in_order: bool = False) -> Table:
    """The table with, per contract column, the value as found and as read, and marks for repeated and unknown ids."""
    this = raw[table]
    there = [c for c in TABLES[table] if c.name in this.columns]
    start = numbered(this.table) if in_order else this.table
    read = ", ".join(_as_read(c, this, in_order) for c in there)
    return _marked_unknown(start.sql(f"select this.*, {read} from this"), there, raw)


def _as_read(c: Column, raw: Raw, in_order: bool) -> str:
    order = f" order by {ROW}" if in_order else ""
    read = typed(c, raw, tried=True)
    columns = f"{as_found(c, raw)} as {_found(c.name)}, {read} as {_read(c.name)}"
    if not c.unique:
        return columns
    return f"{columns}, row_number() over (partition by {identifier(raw.columns[c.name])}{order}) > 1 as again_{c.name}"


def _marked_unknown(rows: Table, there: list[Column], raw: dict[str, Raw]) -> Table:
    """The rows with `unknown_…` true where a person is not in the table that the contract refers to."""
    for c in there:
        if _can_refer(c, raw):
            people = raw[c.refers]
            ids = f"select distinct cast({identifier(people.columns['user_id'])} as varchar) as known_id from this"
            unknown = f"this.{_read(c.name)} is not null and known.known_id is null as unknown_{c.name}"
            rows = rows.sql(
                f"select this.*, {unknown} from this left join known on known.known_id = this.{_read(c.name)}",
                known=people.table.sql(ids),
            )
    return rows


def _can_refer(c: Column, raw: dict[str, Raw]) -> bool:
    return c.refers in raw and "user_id" in raw[c.refers].columns


def _first(table: str, rule: Rule, raw: dict[str, Raw], show_ids: bool) -> str:
    personal = next(c.personal for c in TABLES[table] if c.name == rule.column)
    shown = {rule.column: f"cast({_found(rule.column)} as varchar)"} if show_ids or not personal else {}
    return first_row(_rows(table, raw, in_order=True), rule.broken_by, shown)
