"""Finds what a log may hold twice."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from workbench.data.contract import MAPPING
from workbench.data.engine import identifier
from workbench.data.raw import Raw
from workbench.data.rules import problem
from workbench.results.phrases import phrase

REPEATED = phrase("the rows of {table} differ from one another")


def alike(table: str, raw: Raw) -> Iterator[dict[str, Any]]:
    """Rows of a log without an event_id that repeat one another: the same event twice, or two events?"""
    parts = [part for part in raw.parts if table == "events" and "event_id" not in part.columns and not part.once]
    more, of = 0, 0
    for part in parts:
        names = ", ".join(identifier(name) for name in part.table.columns)
        counted = part.table.sql(f"select cast(count(*) as bigint) as n from this group by {names}")
        row = counted.sql("select cast(sum(n) as bigint) as n, cast(count(*) as bigint) as different from this").row()
        more, of = more + (row["n"] or 0) - row["different"], of + (row["n"] or 0)
    if more:
        repair = f"Name their event_id, or say in {MAPPING} that they count once: [{table}] drop_repeats = true."
        said = problem(table, "", REPEATED.format(table=table), repair)
        yield {**said, "rows": more, "of": of, "broken": False}
