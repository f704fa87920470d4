"""Looks at the files of a folder: the header of each, and its first rows as text."""

from __future__ import annotations

import csv
import gzip
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from workbench.data import records, workbooks
from workbench.data.files import ENDINGS
from workbench.data.layout import BEGINNING, Layout, layout
from workbench.data.sections import HEADING, section, sections
from workbench.errors import ContractError

ROWS = 5_000  # of each file that are looked at
MANY = 1_000_000  # rows that are looked at where the first do not tell
TOP = 20  # rows in which the header, or a second heading, stands
DEPTH = 3  # folders within folders
ARCHIVES = (".zip", ".7z", ".rar", ".tar", ".tar.gz", ".tgz", ".bz2", ".xz", ".zst")
WESTERN, CENTRAL = "cp1252", "cp1250"  # what a text that is not UTF-8 is taken for, and where that makes no letters
ONLY_CENTRAL = re.compile(  # bytes within words that are letters there: of ł, ą, ż, ş and ť, and of Ł, Ż, Ą
    rb"[A-Za-z][\xb3\xb9\xba\xbf\x9d][a-z]|(?<![A-Za-z0-9])[\xa3\xa5\xaf][a-z]{2}"
)


@dataclass(frozen=True)
class Export:
    """The beginning of one table of a file.

    file : relative to the folder, with slashes
    header, rows : as text
    words : what the mapping must say about the file itself, such as its encoding or the sheet
    trouble : why it cannot be read; empty where it can
    """

    file: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    words: dict[str, Any] = field(default_factory=dict)
    trouble: str = ""

    @property
    def name(self) -> str:
        """The file, and which of its sheets or sections."""
        part = self.words.get("sheet") or ("section" in self.words and f"section {self.words['section']}")
        return f"{self.file}, {part}" if part else self.file

    def column(self, name: str) -> list[str]:
        """The values of a column, in the order of the rows."""
        place = self.header.index(name)
        return [row[place] if place < len(row) else "" for row in self.rows]


def key(name: str) -> str:
    """What is compared of a column's name: letters and digits, in lower case.

    >>> key("E-mail Address ") == key("emailAddress")
    True
    """
    return re.sub(r"[\W_]", "", name).lower()


def exports(folder: Path) -> list[Export]:
    """What the tables of a folder begin with, in the order of their names."""
    return [export for file in files(folder) for export in _tables(file, folder, ROWS)]


def files(folder: Path) -> list[Path]:
    """The files of a folder, and of the folders within, that may hold tables; no pages, nothing hidden."""
    there = sorted(path for path in folder.rglob("*") if path.is_file())
    return [file for file in there if _may_hold_a_table(file.relative_to(folder)) and not _is_a_page(file, folder)]


def archives(folder: Path) -> list[Path]:
    """The packed files of a folder, and of the folders within, that may hold tables but cannot be read as they are."""
    there = sorted(path for path in folder.rglob("*") if path.name.lower().endswith(ARCHIVES) and path.is_file())
    return [file for file in there if _is_near(file.relative_to(folder)) and not _is_a_page(file, folder)]


def whole(export: Export, folder: Path) -> Export:
    """The export with all its rows, at most a million of them."""
    found = next(each for each in _tables(folder / export.file, folder, MANY) if each.name == export.name)
    return without_header(found) if export.words.get("header") is False and "names" not in export.words else found


def without_header(export: Export) -> Export:
    """The export with what was taken for its header as its first row."""
    names = tuple(f"column {place}" for place in range(1, len(export.header) + 1))
    return replace(export, header=names, rows=(export.header, *export.rows), words={**export.words, "header": False})


def _may_hold_a_table(inside: Path) -> bool:
    return _is_near(inside) and inside.name.lower().endswith(ENDINGS)


def _is_near(inside: Path) -> bool:
    return len(inside.parts) <= DEPTH and not any(part.startswith((".", "~$", "__")) for part in inside.parts)


def _is_a_page(file: Path, folder: Path) -> bool:
    return any((above / "index.html").exists() for above in file.parents if above.is_relative_to(folder))


def _tables(file: Path, folder: Path, most: int) -> Iterator[Export]:
    name = file.relative_to(folder).as_posix()
    try:
        if file.name.lower().endswith(".parquet"):
            yield _parquet(file, name, most)
        elif file.name.lower().endswith(workbooks.SUFFIXES):
            yield from _sheets(file, name, most)
        elif file.name.lower().endswith(records.SUFFIXES):
            found = records.records(file, most)
            yield Export(name, tuple(found.column_names), tuple(_cells(found)))
        else:
            yield from _sections(file, name, most) or [_text(file, name, most)]
    except (ContractError, pa.ArrowInvalid) as error:
        yield Export(name, (), (), trouble=str(error).split("\n")[0])


def _parquet(file: Path, name: str, most: int) -> Export:
    with pq.ParquetFile(file) as opened:
        batch = next(opened.iter_batches(most), None)
        names = opened.schema_arrow.names
    rows = pa.Table.from_batches([batch]) if batch else pa.table([[]] * len(names), names)
    return Export(name, tuple(names), tuple(_cells(rows)))


def _sheets(file: Path, name: str, most: int) -> Iterator[Export]:
    """The sheets of a workbook that hold a table."""
    sheets = workbooks.sheets(file)
    for sheet in sheets:
        words: dict[str, Any] = {"sheet": sheet} if len(sheets) > 1 else {}
        above = _titles(workbooks.top(file, sheet, TOP))
        words |= {"skip_rows": above} if above else {}
        found, _ = workbooks.sheet(file, words)
        if found.num_rows or len(sheets) == 1:
            yield Export(name, tuple(found.column_names), tuple(_cells(found.slice(0, most))), words)


def _cells(rows: pa.Table) -> list[tuple[str, ...]]:
    columns = [[_written(value) for value in column.to_pylist()] for column in rows.columns]
    return list(zip(*columns, strict=True))


def _written(value: Any) -> str:
    return "" if value is None else str(value)


def _sections(file: Path, name: str, most: int) -> list[Export]:
    """The tables of a text file that holds several below each other."""
    words, found = _layout(file)
    headings = [row for row in _records(file, found, TOP) if _filled(row) == 1 and HEADING.fullmatch(row[0])]
    if len(headings) < 2:
        return []
    read = []
    for place, each in enumerate(sections(file, words), 1):
        if not each.is_list:
            said = {**words, "section": place}
            rows, _ = section(file, said)
            read.append(Export(name, tuple(rows.column_names), tuple(_cells(rows.slice(0, most))), said))
    return read


def _text(file: Path, name: str, most: int) -> Export:
    words, found = _layout(file)
    above = _titles(list(_records(file, found, TOP)))
    if above:
        words |= {"skip_rows": found.skip + above, "delimiter": found.delimiter}
        found = layout(file, words)
    header = found.header.kept
    rows = tuple(tuple(row[: len(header)]) for row in islice(_records(file, found, most + 1), 1, None))
    return Export(name, header, rows, words)


def _layout(file: Path) -> tuple[dict[str, Any], Layout]:
    """What the mapping must say about a text file, and how it is written."""
    try:
        return {}, layout(file, {})
    except ContractError as error:
        if "UTF-8" not in str(error):
            raise
        words = {"encoding": CENTRAL if central(file) else WESTERN}
        return words, layout(file, words)


def central(file: Path) -> int:
    """How many signs within words of a file's beginning are letters in Central Europe, and no letters in the West."""
    opened: Any = gzip.open if file.suffix == ".gz" else open
    with opened(file, "rb") as content:
        return len(ONLY_CENTRAL.findall(content.read(BEGINNING)))


def _records(file: Path, found: Layout, most: int) -> Iterator[list[str]]:
    encoding = "utf-8-sig" if found.encoding == "utf-8" else found.encoding
    opened: Any = gzip.open if file.suffix == ".gz" else open
    with opened(file, "rt", encoding=encoding, newline="", errors="replace") as lines:
        rows = csv.reader(islice(lines, found.skip, None), delimiter=found.delimiter[:1])
        yield from islice(rows, most)


def _titles(rows: Sequence[Sequence[str]]) -> int:
    """How many rows stand above the header, which is the first that is at least half as wide as the widest."""
    widest = max((_filled(row) for row in rows), default=0)
    return next((place for place, row in enumerate(rows) if widest > 1 and 2 * _filled(row) > widest), 0)


def _filled(row: Sequence[str]) -> int:
    return sum(bool(cell.strip()) for cell in row)
