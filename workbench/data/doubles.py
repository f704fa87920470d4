"""Finds what a log may hold twice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from itertools import combinations
from typing import Any

from workbench.data.contract import MAPPING, promised
from workbench.data.engine import identifier
from workbench.data.ids import made_alike
from workbench.data.raw import Raw, typed
from workbench.data.rules import FILE, problem
from workbench.results.phrases import phrase

REPEATED = phrase("the rows of {table} differ from one another")
DAYS_AGAIN = phrase("the files of {table} cover days of their own")
ALIKE = phrase("the ids of {table} differ in more than letter case")
CASE = "in letter case"


def doubles(table: str, raw: Mapping[str, Raw]) -> Iterator[dict[str, Any]]:
    """What `check` notes of rows, days and people that a log may hold twice."""
    if table == "events":
        yield from alike(table, raw[table])
        yield from _days_again(table, raw[table])
        yield from _in_both_cases(table, raw)


def alike(table: str, raw: Raw) -> Iterator[dict[str, Any]]:
    """Rows of a log without an event_id that repeat one another: the same event twice, or two events?"""
    more, of, where = 0, 0, []
    for place, part in enumerate(raw.parts, 1):
        if "event_id" in part.columns or part.once:
            continue
        names = ", ".join(identifier(name) for name in part.table.columns)
        counted = part.table.sql(f"select cast(count(*) as bigint) as n from this group by {names}")
        row = counted.sql("select cast(sum(n) as bigint) as n, cast(count(*) as bigint) as different from this").row()
        repeated = (row["n"] or 0) - row["different"]
        where += [f"number {place}"] if repeated else []
        more, of = more + repeated, of + (row["n"] or 0)
    if more:
        several = f"in the [[{table}]] {' and '.join(where)} of {len(raw.parts)}: drop_repeats = true"
        said = several if len(raw.parts) > 1 else f"[{table}] drop_repeats = true"
        repair = f"Name their event_id, or say in {MAPPING} that they count once: {said}."
        yield {**problem(table, "", REPEATED.format(table=table), repair), "rows": more, "of": of, "broken": False}


def _days_again(table: str, raw: Raw) -> Iterator[dict[str, Any]]:
    """Files that begin before another one ends: what is in both may count twice where rows differ a little."""
    if sum(len(part.found.files) for part in raw.parts) < 2 or all("event_id" in part.columns for part in raw.parts):
        return
    c = promised(table)["occurred_at"]
    seen: list[set[date]] = []
    for part in (part for part in raw.parts if c.name in part.columns and len(part.found.files) > 0):
        file = FILE if len(part.found.files) > 1 else "1"
        rows = part.in_order if len(part.found.files) > 1 else part.table
        day = f"cast({typed(c, part, tried=True)} as date)"
        found = rows.sql(f"select distinct {file} as file, {day} as day from this").rows()
        by_file: dict[int, set[date]] = {}
        for row in found:
            if row["day"] is not None:
                by_file.setdefault(row["file"], set()).add(row["day"])
        seen += by_file.values()
    both = [(one & other, min(len(one), len(other))) for one, other in combinations(seen, 2)]
    again = set().union(*(days for days, of in both if 1 < len(days) <= of / 2))  # files of other kinds share all days
    if again:
        repair = (
            f"{len(again):,} days are in several files. Rows that are in both count twice unless they are the same in"
            " every column: export each day once, or leave these days of one file out."
        )
        yield {**problem(table, "", DAYS_AGAIN.format(table=table), repair), "broken": False}


def _in_both_cases(table: str, raw: Mapping[str, Raw]) -> Iterator[dict[str, Any]]:
    """Ids that are the same but for letter case, where no table of users says who is who."""
    if "users" not in raw or not raw["users"].derived:
        return
    counted = "select cast(count(*) as bigint) as spelt, cast(count(distinct lower(id)) as bigint) as people from this"
    row = raw[table].ids("user_id").sql(counted).row()
    if more := row["spelt"] - row["people"]:
        repair = f"{more:,} ids are others but for letter case, so that one person counts as two. {made_alike(CASE)}"
        yield {**problem(table, "user_id", ALIKE.format(table=table), repair), "broken": False}
