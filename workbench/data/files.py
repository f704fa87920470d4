"""Finds the files of a table and reads them as one, however each of them is written.

Files of one shape are scanned together where they lie; those of another shape (a later header, another delimiter or
encoding, a workbook) are united with them by the names of their columns.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from itertools import takewhile
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from workbench.data import records, workbooks
from workbench.data.borders import refuse_outside
from workbench.data.contract import MAPPING
from workbench.data.duckdb import EMPTY, duckdb_engine
from workbench.data.engine import Table, identifier
from workbench.data.layout import Layout, Torn, is_total, layout
from workbench.data.raw import TOTALS, Found, united
from workbench.data.rules import FILE, numbered
from workbench.data.sections import section
from workbench.errors import ContractError

TEXTS = (".csv", ".csv.gz", ".tsv", ".tsv.gz", ".txt", ".txt.gz")
FOOTER, CUT = "a note below the rows", "a line that is no JSON"  # why lines of a file are left out
CUT_OFF = "They are left out; export the file again, for they may be of people who acted."
ENDINGS = (".parquet", *TEXTS, *workbooks.SUFFIXES, *records.SUFFIXES)


class Piece(NamedTuple):
    """Files that are read together: plainly, with the place of each row, and what keeps them from being read."""

    table: Table
    placed: Table
    repeated: tuple[str, ...] = ()
    torn: Callable[[], list[Torn]] = list
    dropped: Mapping[str, int] = {}  # reason → lines that are not among the rows
    cut: tuple[Torn, ...] = ()


def found_in(folder: Path, table: str, said: dict[str, Any]) -> Found | None:
    """The rows of one source of a table; None where the folder has no file for it.

    said : what the mapping says of the source
    """
    files = _files(folder, table, said.get("file"))
    if not files:
        return None
    pieces = [piece for piece in _pieces(files, table, said) if piece.table.columns != [EMPTY]]
    pieces = pieces or list(_pieces(files[:1], table, said))
    return Found(
        by_name([piece.table for piece in pieces]),
        tuple(files),
        by_name([piece.placed for piece in pieces]),
        tuple(sorted({name for piece in pieces for name in piece.repeated})),
        lambda: [fault for piece in pieces for fault in piece.torn()],
        dropped=dict(sum((Counter(piece.dropped) for piece in pieces), Counter())),
        cut=tuple(each for piece in pieces for each in piece.cut),
    )


def _files(folder: Path, table: str, said: str | list[str] | None) -> list[Path]:
    return _named_files(folder, table, [said] if isinstance(said, str) else said) if said else _own(folder, table)


def _own(folder: Path, table: str) -> list[Path]:
    """The files that have the table's name, or lie in its folder. Raises ContractError where it is there twice."""
    names = {f"{table}{ending}" for ending in ENDINGS}
    beside = sorted(path for path in folder.iterdir() if path.name.lower() in names)
    inside = _inside(folder / table) if (folder / table).is_dir() else []
    for path in beside:
        _refuse_no_file(path, folder, path.name)
    if len(beside) + bool(inside) > 1:
        there = " and ".join([*(path.name for path in beside), *([f"the folder {table}"] if inside else [])])
        raise ContractError(
            f"{table} is there more than once: {there}.\n"
            f'  Remove what is old, or name what counts in {MAPPING}: [{table}] file = "{beside[0].name}".'
        )
    return beside or inside


def _inside(folder: Path) -> list[Path]:
    """The files of a table's folder; hidden ones and those that begin with _ are a system's own."""
    paths = sorted(path for path in folder.iterdir() if not path.name.startswith((".", "_")))
    unread = [path for path in paths if not path.name.lower().endswith(ENDINGS)]
    if unread:
        first = "a folder" if unread[0].is_dir() else f"a file ending in {unread[0].suffix or 'nothing'}"
        raise ContractError(
            f"the folder {folder.name} holds tables only, but {len(unread)} of {len(paths)} are something else.\n"
            f"  first: {first}\n  Move them away, or name what counts in {MAPPING}: "
            f'[{folder.name}] file = "{folder.name}/*.csv".'
        )
    for place, path in enumerate(paths, 1):
        _refuse_no_file(path, folder.parent, f"file {place} of {len(paths)} of {folder.name}")
    return paths


def _refuse_no_file(path: Path, folder: Path, called: str) -> None:
    """Raise ContractError for a folder, a pipe, a device or a link that leads out: its name may say it is a table."""
    refuse_outside(path, folder, f"{called}, a link,")
    if not path.is_file():
        kind = "a folder" if path.is_dir() else "not a file that can be read twice"
        raise ContractError(f"{called} is {kind}.\n  Put a file there, or name another one in {MAPPING}.")


def _named_files(folder: Path, table: str, patterns: list[str]) -> list[Path]:
    """The files that a mapping names, each as it is spelt or else as a pattern."""
    files: dict[Path, None] = {}
    for place, pattern in enumerate(patterns, 1):
        said = f"the mapping's [{table}] file" + (f", number {place} of {len(patterns)}," * (len(patterns) > 1))
        refuse_outside(folder / _fixed(pattern), folder, said)
        matched = [folder / pattern] if (folder / pattern).is_file() else _matched(folder, Path(pattern))
        if not matched:
            raise ContractError(f"{said} matches nothing in {folder.name}.\n  Look how it is spelt, and where it lies.")
        for file in matched:
            refuse_outside(file, folder, said)
        files |= dict.fromkeys(matched)
    return list(files)


def _fixed(pattern: str) -> Path:
    """The beginning of a pattern that is no pattern: nothing outside is even looked for."""
    parts = Path(pattern).parts
    return Path(*takewhile(lambda part: not any(sign in part for sign in "*?["), parts))


def _matched(folder: Path, pattern: Path) -> list[Path]:
    root, relative = folder / pattern.anchor, str(pattern.relative_to(pattern.anchor))
    try:
        return sorted(file for file in root.glob(relative) if file.is_file())
    except (ValueError, NotImplementedError):
        return []  # an empty pattern, or ** beside other letters


def _pieces(files: list[Path], table: str, said: dict[str, Any]) -> Iterator[Piece]:
    """The files, those of one shape together."""
    shapes: dict[Layout | str, list[int]] = {}
    for place, file in enumerate(files, 1):
        with _named_by_place(table, place, len(files)):
            shapes.setdefault(_shape(file, said), []).append(place)
    for shape, places in shapes.items():
        group = [files[place - 1] for place in places]
        if shape == "parquet":
            yield Piece(duckdb_engine().parquet(group), duckdb_engine().parquet(group, places))
        elif isinstance(shape, Layout) and shape.encoding == "utf-8" and not (shape.mixed or shape.footer):
            yield _scanned(group, shape, places)
        else:
            for place, file in zip(places, group, strict=True):
                with _named_by_place(table, place, len(files)):
                    yield _in_memory(file, place, shape, said)


def _scanned(files: list[Path], shape: Layout, places: list[int]) -> Piece:
    engine = duckdb_engine()
    plain, placed = engine.csv(files, shape), engine.csv(files, shape, places)
    return Piece(plain, placed, shape.header.repeated, lambda: engine.torn(files, shape, places))


def _shape(file: Path, said: dict[str, Any]) -> Layout | str:
    """What files must have in common to be read together."""
    if file.name.lower().endswith(".parquet"):
        return _readable_parquet(file)
    if file.name.lower().endswith(workbooks.SUFFIXES):
        return "workbook"
    if file.name.lower().endswith(records.SUFFIXES):
        return "records"
    return "section" if "section" in said else layout(file, said)


def _readable_parquet(file: Path) -> str:
    """Its kind, once its end, which says where its columns are, has been read."""
    try:
        pyarrow.parquet.read_metadata(file)
    except (pa.ArrowException, OSError):
        raise ContractError("is no Parquet that can be read.\n  Export or copy it again.") from None
    return "parquet"


def _in_memory(file: Path, place: int, shape: Layout | str, said: dict[str, Any]) -> Piece:
    """A file that the engine cannot scan as it lies there."""
    dropped, lines, repeated = dict[str, int](), list[int](), tuple[str, ...]()
    if isinstance(shape, Layout):
        (rows, dropped), repeated = _decoded(file, shape), shape.header.repeated
    elif shape == "records":
        rows = records.records(file, cut=lines)
    else:
        rows, repeated = section(file, said) if shape == "section" else workbooks.sheet(file, said)
    table = duckdb_engine().frame(rows)
    placed = numbered(table).sql(f"select {place} as {FILE}, this.* from this")
    cut = (Torn(place, lines[0], len(lines), _no_json(len(lines)), CUT_OFF),) if lines else ()
    return Piece(table, placed, repeated, dropped={**dropped, **({CUT: len(lines)} if lines else {})}, cut=cut)


def _no_json(n: int) -> str:
    return f"{n:,} lines are no JSON" if n > 1 else "1 line is no JSON"


def _decoded(file: Path, shape: Layout) -> tuple[pa.Table, dict[str, int]]:
    """A text file in another encoding, with mixed line ends or a footer, and how many short lines it has, by reason."""
    found, odd = _parsed(file, shape, numbered=False)
    if odd:  # only one thread gives rows their numbers
        found, odd = _parsed(file, shape, numbered=True)
    totals = [row for row in odd if is_total(row.text.split(shape.delimiter))]
    notes = [row for row in odd if row not in totals and row.text.strip() in shape.footer]
    torn = [row for row in odd if row not in totals and row not in notes]
    if torn:
        first = torn[0]
        raise ContractError(
            f"has {len(torn):,} rows with another number of values than its header, which has {first.expected_columns}."
            f"\n  first: row {first.number - shape.header.headed:,}, which has {first.actual_columns}\n"
            "  Correct these rows, or export the file again."
        )
    counts = {TOTALS: len(totals), FOOTER: len(notes)}
    return found.select(list(shape.header.kept)), {reason: n for reason, n in counts.items() if n}


def _parsed(file: Path, shape: Layout, numbered: bool) -> tuple[pa.Table, list[pa.csv.InvalidRow]]:
    """The rows as texts, and those with another number of values than the header."""
    odd: list[pa.csv.InvalidRow] = []
    names = list(shape.header.names)

    def skipped(row: pa.csv.InvalidRow) -> str:
        odd.append(row)
        return "skip"

    read = pa.csv.ReadOptions(
        use_threads=not numbered,
        encoding=shape.encoding,
        skip_rows=shape.skip,
        column_names=names,
        skip_rows_after_names=int(shape.header.headed),
    )
    parse = pa.csv.ParseOptions(delimiter=shape.delimiter, newlines_in_values=True, invalid_row_handler=skipped)
    texts = dict.fromkeys(names, pa.string())
    convert = pa.csv.ConvertOptions(column_types=texts, strings_can_be_null=True, null_values=[""])
    try:
        return pa.csv.read_csv(file, read, parse, convert), odd
    except (pa.ArrowInvalid, UnicodeDecodeError):
        raise ContractError(f"cannot be read as {shape.encoding}.\n  Name another encoding in the mapping.") from None


@contextmanager
def _named_by_place(table: str, place: int, n: int) -> Iterator[None]:
    """What is wrong with a file is said of its place among the table's files: its name may name a person."""
    try:
        yield
    except (ContractError, OSError) as error:
        said = str(error) if isinstance(error, ContractError) else "cannot be opened.\n  Look who may read it."
        which = f"file {place} of {n} of {table}" if n > 1 else f"the file of {table}"
        way_out = f'  Say in {MAPPING} how it is written: [{table}] encoding = "windows-1252".'
        more = f".\n{way_out}" if said.startswith("is not UTF-8") else ""
        raise ContractError(f"{which} {said}{more}") from None


def by_name(tables: list[Table]) -> Table:
    """The rows of all tables; a column that some lack is missing there, and one of several types is text.

    `User` and `user` are one column, as everywhere in SQL; it is called as in the first table that has it.
    """
    if len(tables) == 1:
        return tables[0]
    types: dict[str, set[str]] = {}
    spelt: dict[str, str] = {}
    for table in tables:
        for column in table.schema:
            name = spelt.setdefault(column.name.lower(), column.name)
            types.setdefault(name, set()).add(str(column.type))
    texts = {name for name, found in types.items() if len(found) > 1}
    return united([_with_all(table, list(types), texts) for table in tables])


def _with_all(table: Table, names: list[str], texts: set[str]) -> Table:
    there = {name.lower(): name for name in table.columns}
    listed = []
    for name in names:
        value = identifier(there[name.lower()]) if name.lower() in there else "null"
        listed.append(f"{f'cast({value} as varchar)' if name in texts else value} as {identifier(name)}")
    return table.sql(f"select {', '.join(listed)} from this")
