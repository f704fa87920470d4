"""Reads one of several tables that stand below each other in a text file, such as who took part in a meeting.

Tables are divided by blank lines or by numbered headings. What stands elsewhere in the file as a label and its value,
such as the title of the meeting, is a column of every row.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from io import StringIO
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa

from workbench.data.layout import DELIMITERS, said_header, whole_text
from workbench.errors import ContractError

HEADING = re.compile(r"\d{1,2}\. \S.*")

Row = list[str]


class Section(NamedTuple):
    """A heading, which may be empty, and the rows below it."""

    heading: str
    rows: list[Row]

    @property
    def pairs(self) -> dict[str, str]:
        """Label → value, where the section is a list of these."""
        return {row[0]: row[1] for row in self.rows if len(row) == 2} if self.is_list else {}

    @property
    def is_list(self) -> bool:
        """Whether no row has more than a label and a value."""
        return all(len(row) <= 2 for row in self.rows)


def sections(file: Path, said: dict[str, Any]) -> list[Section]:
    """The sections of a text file, in their order.

    said : what the mapping says: encoding, delimiter
    """
    text = whole_text(file, said)
    delimiters = [said["delimiter"]] if "delimiter" in said else DELIMITERS
    return list(_sections(max((_rows(text, delimiter) for delimiter in delimiters), key=_regularity)))


def section(file: Path, said: dict[str, Any]) -> tuple[pa.Table, tuple[str, ...]]:
    """A section as a table of texts, and the names that its header gives to several columns.

    said : what the mapping says: section, from 1; encoding, delimiter, skip_rows, header, names
    """
    every, place = sections(file, said), int(said["section"])
    if not 0 < place <= len(every):
        raise ContractError(f"has {len(every)} sections, but the mapping's section is {place}.")
    rows = every[place - 1].rows[int(said.get("skip_rows", 0)) :]
    header = said_header([name.strip() for name in rows[0]] if rows else [], said)
    below = rows[header.headed :]
    longer = [number for number, row in enumerate(below, 1) if len(row) > len(header.names)]
    if longer:
        raise ContractError(
            f"has {len(longer):,} rows with more values than their header, which has {len(header.names)}.\n"
            f"  first: row {longer[0]:,} of section {place}\n  Correct these rows, or export the file again."
        )
    columns = {name: [row[i] or None if i < len(row) else None for row in below] for i, name in enumerate(header.names)}
    columns = {name: columns[name] for name in header.kept}
    constant = {name: [value] * len(below) for other in every for name, value in other.pairs.items()}
    every_column = {**constant, **columns}
    return pa.table({name: pa.array(values, pa.string()) for name, values in every_column.items()}), header.repeated


def _sections(rows: Sequence[Row]) -> Iterator[Section]:
    heading, below = "", list[Row]()
    for row in rows:
        titled = len(row) == 1 and (not below or HEADING.fullmatch(row[0]) is not None)
        if (not row or titled) and below:
            yield Section(heading, below)
            heading, below = "", []
        if titled:
            heading = row[0]
        elif row:
            below.append(row)
    if below:
        yield Section(heading, below)


def _rows(text: str, delimiter: str) -> list[Row]:
    return [_filled(row) for row in csv.reader(StringIO(text, newline=""), delimiter=delimiter)]


def _regularity(rows: Sequence[Row]) -> int:
    """Values in rows of the most usual length: the most with the right delimiter."""
    return max((length * n for length, n in Counter(map(len, rows)).items() if length > 1), default=0)


def _filled(row: Row) -> Row:
    """A row without the empty values at its end."""
    last = max((i for i, value in enumerate(row, 1) if value.strip()), default=0)
    return row[:last]
