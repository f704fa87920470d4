"""Counts the rows that break a rule, and finds the first of them.

A rule is a promise about every row, turned into an SQL condition for the rows that break it. All rules of a table are
counted in one pass; only for a broken one does a second pass number the rows and look up the first offender.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from workbench.data.engine import Table

ROW = "row_in_table"  # the column of row numbers, from 1, in the order in which the engine reads
FILE = "file_in_table"  # the column that says in which of the table's files a row stands; its row counts from there


@dataclass(frozen=True)
class Rule:
    """A promise, the SQL condition for the rows that break it, and the way out.

    column : the column whose value is shown for the first offender; empty where the rule is about several
    fatal : no number may be computed while the rule is broken; otherwise the rows are left out, with their count
    """

    promise: str
    broken_by: str
    repair: str
    column: str = ""
    fatal: bool = True

    def filled(self, **words: Any) -> Rule:
        """The rule with its {gaps} filled in."""
        texts = {name: getattr(self, name).format(**words) for name in ("promise", "broken_by", "repair", "column")}
        return replace(self, **texts)


@dataclass(frozen=True)
class Breach:
    """A rule, how many rows break it, and how many rows there are."""

    rule: Rule
    rows: int
    of: int


def breaches(table: Table, rules: Sequence[Rule]) -> Iterator[Breach]:
    """The rules that some row breaks, in the order given; one pass over the table.

    >>> from workbench.data import as_table
    >>> import pandas as pd
    >>> rule = Rule("actions is at least 0", "actions < 0", "Correct the count.")
    >>> [(each.rows, each.of) for each in breaches(as_table(pd.DataFrame({"actions": [1, -1, -2]})), [rule])]
    [(2, 3)]
    """
    columns = "".join(
        f", cast(count(case when {rule.broken_by} then 1 end) as bigint) as rule_{i}" for i, rule in enumerate(rules)
    )
    found = table.sql(f"select cast(count(*) as bigint) as rows_in_all{columns} from this").row()
    for i, rule in enumerate(rules):
        if found[f"rule_{i}"]:
            yield Breach(rule, found[f"rule_{i}"], found["rows_in_all"])


def numbered(table: Table) -> Table:
    """The table with its row numbers as a first column, `row_in_table`."""
    return table.sql(f"select row_number() over () as {ROW}, this.* from this")


def first_row(
    numbered: Table,
    broken_by: str,
    shown: Mapping[str, str] | None = None,
    others: Mapping[str, Table] | None = None,
    files: int = 1,
) -> str:
    """The first row that meets a condition, by its number and some of its values.

    numbered : a table with the column `row_in_table`, and with `file_in_table` where it comes from files
    shown : name → SQL expression of each value to show; never a person's
    others : further tables that the condition names
    files : how many files the table has

    >>> from workbench.data import as_table
    >>> import pandas as pd
    >>> weeks = numbered(as_table(pd.DataFrame({"week": ["2025-03-03", "2025-03-05"], "actions": [1, -1]})))
    >>> first_row(weeks, "actions < 0", {"week": "week"})
    'row 2: week=2025-03-05'
    """
    shown = shown or {}
    values = "".join(f", {expression} as shown_{i}" for i, expression in enumerate(shown.values()))
    place = [name for name in (FILE, ROW) if name in numbered.columns]
    text = f"select {', '.join(place)}{values} from this where {broken_by} order by {', '.join(place)} limit 1"
    row = numbered.sql(text, **(others or {})).row()
    found = [row.pop(f"shown_{i}") for i in range(len(shown))]
    where = f"file {row[FILE]:,} of {files:,}, row {row[ROW]:,}" if files > 1 else f"row {row[ROW]:,}"
    said = ", ".join(f"{name}={value}" for name, value in zip(shown, found, strict=True))
    return f"{where}: {said}" if said else where


def message(claim: str, first: str, repair: str) -> str:
    """What an error says: the rule and how many break it, the first offender, the way out.

    >>> print(message("actions is at least 0, but 2 of 3 are not", "row 2", "Correct the count."))
    actions is at least 0, but 2 of 3 are not.
      first: row 2
      Correct the count.
    """
    return "\n  ".join([f"{claim}.", *([f"first: {first}"] if first else []), repair])
