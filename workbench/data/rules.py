"""Counts the rows that break a rule, and finds the first of them.

A rule is a promise about every row, turned into an SQL condition for the rows that break it. All rules of a table are
counted in one pass; only for a broken one does a second pass number the rows and look up the first offender.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from workbench.data.engine import Table, identifier

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
    """The table with its row numbers as a first column, `row_in_table`; a column of that name is left out."""
    others = [identifier(name) for name in table.columns if name.lower() not in (FILE, ROW)]
    return table.sql(f"select {', '.join([f'row_number() over () as {ROW}', *others])} from this")


def first_row(numbered: Table, broken_by: str, shown: Mapping[str, str] | None = None, **others: Table) -> str:
    """The first row that meets a condition, by its number and some of its values.

    numbered : a table with the column `row_in_table`
    shown : name → SQL expression of each value to show; never a person's
    others : further tables that the condition names

    >>> from workbench.data import as_table
    >>> weeks = numbered(as_table(pd.DataFrame({"week": ["2025-03-03", "2025-03-05"], "actions": [1, -1]})))
    >>> first_row(weeks, "actions < 0", {"week": "week"})
    'row 2: week=2025-03-05'
    """
    shown = shown or {}
    row = offender(numbered, broken_by, {f"shown_{i}": sql for i, sql in enumerate(shown.values())}, **others)
    said = ", ".join(f"{name}={row[f'shown_{i}']}" for i, name in enumerate(shown))
    where = place_in_words(1, row[ROW], 1)
    return f"{where}: {said}" if said else where


def offender(numbered: Table, broken_by: str, values: Mapping[str, str], **others: Table) -> dict[str, Any]:
    """The first row that meets a condition: its place, and values by name.

    numbered : a table with the column `row_in_table`, and with `file_in_table` where it comes from files
    values : name → SQL expression
    """
    place = [name for name in (FILE, ROW) if name in numbered.columns]
    listed = ", ".join([*place, *(f"{sql} as {identifier(name)}" for name, sql in values.items())])
    text = f"select {listed} from this where {broken_by} order by {', '.join(place)} limit 1"
    return numbered.sql(text, **others).row()


def place_in_words(file: int, row: int, files: int) -> str:
    """Where a row stands, by number.

    files : how many files the table has

    >>> place_in_words(2, 1207, 3)
    'file 2 of 3, row 1,207'
    """
    return f"file {file:,} of {files:,}, row {row:,}" if files > 1 else f"row {row:,}"


def message(claim: str, first: str, repair: str) -> str:
    """What an error says: the rule and how many break it, the first offender, the way out.

    >>> print(message("actions is at least 0, but not in 2 of 3 rows", "row 2", "Correct the count."))
    actions is at least 0, but not in 2 of 3 rows.
      first: row 2
      Correct the count.
    """
    end = "" if claim.endswith("?") else "."
    return "\n  ".join([f"{claim}{end}", *([f"first: {first}"] if first else []), *([repair] if repair else [])])


def problem(table: str, column: str, rule: str, repair: str) -> dict[str, Any]:
    """A broken rule that is about a whole table, as a row of what the check finds."""
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
