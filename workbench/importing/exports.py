"""Looks at the files of a folder: the header of each, and its first rows as text."""

from __future__ import annotations

import csv
import gzip
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

TEXTS, SHEETS = (".csv", ".tsv", ".txt"), (".xlsx", ".xls", ".ods")
ROWS = 5_000  # of each file that are looked at
MANY = 1_000_000  # rows that are looked at where the first do not tell
DEPTH = 3  # folders within folders


@dataclass(frozen=True)
class Export:
    """The beginning of one file.

    file : relative to the folder, with slashes
    header, rows : as text
    words : what the mapping must say about the file itself, such as its delimiter or the sheet
    """

    file: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    words: dict[str, Any] = field(default_factory=dict)

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
    """What the tables of a folder begin with, in the order of their names; files that are no tables are passed over."""
    return [found for file in files(folder) if (found := _beginning(file, folder)) and found.header]


def files(folder: Path) -> list[Path]:
    """The files of a folder, and of the folders within, that may hold tables; no pages, nothing hidden."""
    there = sorted(path for path in folder.rglob("*") if path.is_file())
    return [file for file in there if _may_hold_a_table(file.relative_to(folder)) and not _is_a_page(file, folder)]


def _may_hold_a_table(inside: Path) -> bool:
    hidden = any(part.startswith((".", "~$", "__")) for part in inside.parts)
    kind = inside.with_suffix("").suffix if inside.suffix == ".gz" else inside.suffix
    return not hidden and len(inside.parts) <= DEPTH and kind.lower() in (*TEXTS, *SHEETS, ".parquet")


def _is_a_page(file: Path, folder: Path) -> bool:
    return any((above / "index.html").exists() for above in file.parents if above.is_relative_to(folder))


def whole(export: Export, folder: Path) -> Export:
    """The export with all its rows, at most a million of them."""
    return _beginning(folder / export.file, folder, MANY) or export


def _beginning(file: Path, folder: Path, rows: int = ROWS) -> Export | None:
    name = file.relative_to(folder).as_posix()
    if file.suffix == ".parquet":
        return _parquet(file, name, rows)
    if file.suffix.lower() in SHEETS:
        return _workbook(file, name, rows)
    return _text(file, name, rows)


def _parquet(file: Path, name: str, most: int) -> Export:
    with pq.ParquetFile(file) as opened:
        batch = next(opened.iter_batches(most), None)
        header = tuple(opened.schema_arrow.names)
    columns = [[_written(value) for value in column.to_pylist()] for column in batch.columns] if batch else []
    return Export(name, header, tuple(zip(*columns, strict=True)))


def _workbook(file: Path, name: str, most: int) -> Export | None:
    from python_calamine import CalamineWorkbook

    book = CalamineWorkbook.from_path(file)
    filled = [sheet for sheet in book.sheet_names if book.get_sheet_by_name(sheet).total_height > 1]
    if not filled:
        return None
    rows = [[_written(value) for value in row] for row in book.get_sheet_by_name(filled[0]).to_python(nrows=most + 20)]
    words = {} if filled[0] == book.sheet_names[0] else {"sheet": filled[0]}
    return _table(name, rows, words, most)


def _text(file: Path, name: str, most: int) -> Export | None:
    encoding = _encoding(file)
    with _opened(file, encoding) as lines:
        first = list(islice(lines, 40))
    delimiter = _delimiter(first)
    with _opened(file, encoding) as lines:
        declared = first and first[0].lower().startswith("sep=")
        rows = list(islice(csv.reader(islice(lines, int(bool(declared)), None), delimiter=delimiter), most + 20))
    return _table(name, rows, {}, most)


def _opened(file: Path, encoding: str) -> Any:
    return (gzip.open if file.suffix == ".gz" else open)(file, "rt", encoding=encoding, newline="", errors="replace")


def _encoding(file: Path) -> str:
    with (gzip.open if file.suffix == ".gz" else open)(file, "rb") as opened:
        start = opened.read(1_000_000)
    if start[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "utf-16"
    try:
        start[:-4].decode("utf-8")
    except UnicodeDecodeError as error:
        return "cp1252" if error.start < len(start) - 8 else "utf-8-sig"
    return "utf-8-sig"


def _delimiter(lines: Sequence[str]) -> str:
    """The one that splits the lines into most columns of one number."""
    if lines and (said := re.fullmatch(r"sep=(.)\s*", lines[0], re.IGNORECASE)):
        return said.group(1)
    return max(",;\t|", key=lambda mark: _regular(lines, mark))


def _regular(lines: Sequence[str], mark: str) -> int:
    widths = [len(row) for row in csv.reader(lines, delimiter=mark)]
    widest = max(widths, default=0)
    return widest * widths.count(widest) if widest > 1 else 0


def _table(name: str, rows: list[list[str]], words: dict[str, Any], most: int) -> Export | None:
    """The rows with the first that is as wide as the table as the header; what stands above it is skipped."""
    above = _titles(rows)
    if above is None:
        return None
    header = [title.strip() for title in rows[above]]
    while header and not header[-1] and all(len(row) < len(header) or not row[-1] for row in rows[above + 1 :]):
        header.pop()
    skipped = {"skip_rows": above} if above else {}
    return Export(name, tuple(header), tuple(map(tuple, rows[above + 1 :][:most])), {**words, **skipped})


def _titles(rows: list[list[str]]) -> int | None:
    """How many rows stand above the header; None where nothing looks like a header."""
    widest = max((_filled(row) for row in rows[:20]), default=0)
    return next((place for place, row in enumerate(rows[:20]) if widest and 2 * _filled(row) > widest), None)


def _filled(row: Sequence[str]) -> int:
    return sum(bool(cell.strip()) for cell in row)


def _written(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def together(found: Sequence[Export]) -> Iterator[list[Export]]:
    """Exports of one folder and one header, which are one table."""
    groups: dict[tuple[str, ...], list[Export]] = {}
    for export in found:
        groups.setdefault((str(Path(export.file).parent), *sorted(map(key, export.header))), []).append(export)
    yield from groups.values()
