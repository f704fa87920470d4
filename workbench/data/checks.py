"""Holds tables against the contract.

A rule is a column's promise turned into one SQL condition for the rows that break it. All rules of a table are
counted in one pass over it; only for those that are broken does a second one look up the first offender. A rule is
*broken* when no number may be computed before it is mended, and *noted* when the rows are left out, with their count.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from workbench.data.contract import REQUIRED_TABLES, TABLES, Column
from workbench.data.engine import Table, identifier, literals
from workbench.data.mapping import MAPPING, Raw, as_found, lacks_zone, typed
from workbench.errors import ContractError

EARLIEST, LATEST = "1990-01-01", "2100-01-01"  # a time outside of these is a wrong unit, not a time
ORDERED = {
    "users": ("access_start", "access_end"),
    "incentives": ("starts_on", "ends_on"),
    "milestones": ("starts_on", "ends_on"),
    "champions": ("since", "until"),
    "tickets": ("opened_at", "resolved_at"),
}


@dataclass(frozen=True)
class Rule:
    """A promise, and the SQL condition for the rows that break it."""

    table: str
    column: str
    promise: str
    broken_by: str
    repair: str
    fatal: bool = True


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


def sentence(problem: dict) -> str:
    """One problem in words: the rule, the count, the first offender, the way out."""
    counted = f", but {problem['rows']:,} of {problem['of']:,} are not" if problem["of"] else ""
    first = f"\n  first: {problem['first']}" if problem["first"] else ""
    return f"{problem['rule']}{counted}.{first}\n  {problem['repair']}"


def refuse_unreadable(name: str, raw: Raw) -> None:
    """Raise ContractError where a table lacks a required column, or times that are naive by type have no zone."""
    for problem in _lacking(name, raw):
        raise ContractError(sentence(problem))
    for c in TABLES[name]:
        if c.type == "instant" and c.name in raw.columns and lacks_zone(c, raw) is not None and not raw.is_text(c.name):
            raise ContractError(f"{name}.{c.name} has no time zone.\n  {_say_the_zone(name)}")


def _absent(raw: dict[str, Raw]) -> Iterator[dict]:
    for table in REQUIRED_TABLES:
        if table not in raw:
            repair = f"Put {table}.parquet or {table}.csv there, or name its file in {MAPPING}."
            yield _problem(table, "", f"the table {table} is there, but it is not", repair)
    for table, found in raw.items():
        yield from _lacking(table, found)


def _lacking(table: str, raw: Raw) -> list[dict]:
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


def _problem(table: str, column: str, rule: str, repair: str) -> dict:
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
    """All that the contract promises of a table, as conditions over `found` (text as found) and `read` (typed)."""
    for c in TABLES[table]:
        if c.name in raw[table].columns:
            yield from _column_rules(table, c, raw)
    first, last = ORDERED.get(table, ("", ""))
    if {first, last} <= raw[table].columns.keys():
        yield Rule(
            table,
            last,
            f"{table}.{last} is not before {first}",
            f"{_read(last)} < {_read(first)}",
            "Correct the dates, or leave the last one empty.",
        )


def _column_rules(table: str, c: Column, raw: dict[str, Raw]) -> Iterator[Rule]:
    what, read, found = f"{table}.{c.name}", _read(c.name), _found(c.name)
    naive = lacks_zone(c, raw[table])
    if naive:
        yield Rule(
            table, c.name, f"{what} says its time zone", f"{found} is not null and ({naive})", _say_the_zone(table)
        )
    readable = f"not ({naive})" if naive else "true"
    yield Rule(
        table,
        c.name,
        f"{what} reads as {c.type}",
        f"{found} is not null and {readable} and {read} is null",
        "Correct the value, or translate it in the mapping.",
    )
    if c.required:
        yield Rule(
            table, c.name, f"{what} is there", f"{found} is null", "Fill it, or leave the row out of the export."
        )
    if c.type == "text":
        yield Rule(table, c.name, f"{what} is plain text", f"strpos({read}, chr(0)) > 0", "Remove the NUL characters.")
    if c.type == "number":
        yield Rule(
            table, c.name, f"{what} is finite", f"not isfinite({read})", "Leave the value empty where it is not known."
        )
    if c.type in ("instant", "date") and c.name not in ("access_end", "access_start"):
        yield Rule(
            table,
            c.name,
            f"{what} lies between 1990 and 2100",
            f"cast({read} as date) < date '{EARLIEST}' or cast({read} as date) > date '{LATEST}'",
            "Look at the unit: seconds, milliseconds and microseconds differ a thousandfold.",
        )
    if c.at_least is not None:
        yield Rule(
            table,
            c.name,
            f"{what} is at least {c.at_least:g}",
            f"{read} < {c.at_least!r}",
            "Correct the value, or leave it empty.",
        )
    if c.one_of:
        yield Rule(
            table,
            c.name,
            f"{what} is one of {', '.join(c.one_of)}",
            f"{read} not in ({literals(c.one_of)})",
            f"Translate it in {MAPPING}: [{table}.values.{c.name}].",
        )
    if c.unique:
        yield Rule(table, c.name, f"{what} occurs once", "again_" + c.name, "Keep one row for each.")
    if _can_refer(c, raw):
        yield Rule(
            table,
            c.name,
            f"{what} is in {c.refers}",
            "unknown_" + c.name,
            f"Add the person to {c.refers}, or accept that the rows are left out.",
            fatal=False,
        )


def _say_the_zone(table: str) -> str:
    return f'Say it in {MAPPING}: time_zone = "Europe/Berlin" (or under [{table}]), or open_source(…, time_zone="…").'


def _found(column: str) -> str:
    return identifier("found_" + column)


def _read(column: str) -> str:
    return identifier("read_" + column)


def _offences(table: str, raw: dict[str, Raw], show_ids: bool) -> Iterator[dict]:
    asked = list(rules(table, raw))
    rows = _rows(table, raw)
    counts = ", ".join(
        f"cast(count(case when {r.broken_by} then 1 end) as bigint) as rule_{i}" for i, r in enumerate(asked)
    )
    answer = rows.sql(f"select cast(count(*) as bigint) as rows_in_all, {counts} from this").to_arrow().to_pylist()[0]
    for i, rule in enumerate(asked):
        if answer[f"rule_{i}"]:
            yield {
                "table": table,
                "column": rule.column,
                "rule": rule.promise,
                "rows": answer[f"rule_{i}"],
                "of": answer["rows_in_all"],
                "first": _first(_rows(table, raw, numbered=True), rule, show_ids),
                "repair": rule.repair,
                "broken": rule.fatal,
            }


def _rows(table: str, raw: dict[str, Raw], numbered: bool = False) -> Table:
    """The table with, per contract column, the value as found and as read, and marks for repeated and unknown ids."""
    this = raw[table]
    there = [c for c in TABLES[table] if c.name in this.columns]
    start = this.table.sql("select row_number() over () as row_in_file, this.* from this") if numbered else this.table
    return _marked_unknown(
        start.sql(f"select this.*, {', '.join(_as_read(c, this, numbered) for c in there)} from this"), there, raw
    )


def _as_read(c: Column, raw: Raw, numbered: bool) -> str:
    order = " order by row_in_file" if numbered else ""
    read = typed(c, raw, "try_cast")
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


def _first(rows: Table, rule: Rule, show_ids: bool) -> str:
    found = rows.sql(
        f"select row_in_file, cast({_found(rule.column)} as varchar) as value from this"
        f" where {rule.broken_by} order by row_in_file limit 1"
    )
    first = found.to_arrow().to_pylist()[0]
    personal = next(c.personal for c in TABLES[rule.table] if c.name == rule.column)
    value = f": {rule.column}={first['value']}" if show_ids or not personal else ""
    return f"row {first['row_in_file']:,}{value}"
