"""What a text file looks like before its rows are read: encoding, delimiter, header.

Only its beginning is looked at; of a file that is small enough, every byte is, so that a wrong encoding or mixed line
ends are known before the engine stumbles over them.
"""

from __future__ import annotations

import codecs
import csv
import gzip
import re
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import StringIO
from itertools import islice, takewhile
from pathlib import Path
from typing import IO, Any, NamedTuple

from workbench.errors import ContractError

BEGINNING = 1 << 18  # bytes that show a file's delimiter and header
WHOLE = 1 << 26  # bytes of a file that is looked at from end to end
DELIMITERS = ",;\t|"
TOTAL = (  # how a row of totals begins, in small letters
    r"^ *(grand |sub-?)?(totals?|sum|summe|zwischensumme|gesamt|gesamtsumme|insgesamt|total général|totale|totaal|suma)"
    r" *([:(].*)?$"
)
FOOTER = 6  # lines; so many are no footer any more
SAID = re.compile(r'"?sep=(.+?)"?\s*')  # Excel's own way to name the delimiter, in the first line
BYTE_ORDER_MARKS = {codecs.BOM_UTF8: "utf-8", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}


@dataclass(frozen=True)
class Header:
    """The columns of a file in its order.

    names : each a name of its own
    kept : those that have a name in the file, or stand before such
    repeated : names that the file gives to several columns; `role` and `Role` are one name
    headed : the file says the names itself, in its first row
    """

    names: tuple[str, ...]
    kept: tuple[str, ...]
    repeated: tuple[str, ...]
    headed: bool


@dataclass(frozen=True)
class Layout:
    """How the engine has to read one text file.

    skip : lines before the header
    mixed : some lines end in another way than others
    footer : the last lines, where they are totals or a note, with fewer values than the header
    """

    encoding: str
    delimiter: str
    header: Header
    skip: int
    mixed: bool
    footer: tuple[str, ...] = ()


class Torn(NamedTuple):
    """Rows of a text file that cannot be taken apart, all for one reason: how many, and where the first one stands."""

    file: int
    row: int
    rows: int
    what: str
    repair: str


def layout(file: Path, said: dict[str, Any]) -> Layout:
    """The layout of a file, as far as the mapping does not say it. Raises ContractError without the file's name.

    said : what the mapping says: encoding, delimiter, skip_rows, header, names
    """
    beginning = _bytes(file, BEGINNING)
    looked_at = _bytes(file, WHOLE) if len(beginning) == BEGINNING and file.stat().st_size <= WHOLE else beginning
    encoding = _encoding(file, looked_at, said.get("encoding"))
    lines = re.split(r"(?<=\n)|(?<=\r)(?!\n)", _decoded(beginning, encoding))
    skip = int(said.get("skip_rows", 0))
    excel = SAID.fullmatch(lines[skip]) if skip < len(lines) else None
    skip += bool(excel)
    rows = "".join(lines[skip:])
    delimiter = said.get("delimiter") or (excel[1] if excel else _delimiter(rows))
    header = said_header(_first_record(rows, delimiter), said)
    footer = _footer(_end(looked_at, encoding), delimiter, header) if len(looked_at) < WHOLE else ()
    return Layout(encoding, delimiter, header, skip, _mixed_line_ends(looked_at), footer)


def whole_text(file: Path, said: dict[str, Any]) -> str:
    """All of a text file, which is small enough to be read at once."""
    with _unpacked(file) as content:
        every = content.read()
    return _decoded(every, _encoding(file, every, said.get("encoding")))


def said_header(first: list[str], said: dict[str, Any]) -> Header:
    """The header of a file whose first row is `first`, unless the mapping says the names."""
    headed = bool(said.get("header", "names" not in said))
    names = said.get("names", first if headed else [f"column {i}" for i in range(1, len(first) + 1)])
    if len(names) != len(first):
        raise ContractError(f"has {len(first)} columns, but the mapping's names are {len(names)}.")
    own = _own_names(names)
    last = max((i for i, name in enumerate(names, 1) if name), default=0)
    often = Counter(name.lower() for name in names)
    repeated = tuple(sorted({name for name in names if name and often[name.lower()] > 1}))
    return Header(tuple(own), tuple(own[:last]), repeated, headed)


def _decoded(beginning: bytes, encoding: str) -> str:
    name = "utf-8-sig" if encoding == "utf-8" else encoding
    try:
        return codecs.getincrementaldecoder(name)("strict").decode(beginning)
    except UnicodeDecodeError:
        raise ContractError(f"cannot be read as {encoding}.\n  Name another encoding in the mapping.") from None


def _end(looked_at: bytes, encoding: str) -> str:
    """What the last bytes say; a character that is cut at their beginning is left out."""
    mark = looked_at[:2] if encoding == "utf-16" else b""  # says in which order the two bytes of a character stand
    cut = max(len(looked_at) - BEGINNING, len(mark))
    return (mark + looked_at[cut - cut % max(len(mark), 1) :]).decode(encoding, errors="ignore")


def _bytes(file: Path, n: int) -> bytes:
    with _unpacked(file) as content:
        return content.read(n)


def _chunks(file: Path) -> Iterator[bytes]:
    with _unpacked(file) as content:
        yield from iter(lambda: content.read(WHOLE), b"")


@contextmanager
def _unpacked(file: Path) -> Iterator[IO[bytes]]:
    try:
        with file.open("rb") as packed:
            yield gzip.GzipFile(fileobj=packed) if file.suffix == ".gz" else packed  # type: ignore[misc]
    except (gzip.BadGzipFile, EOFError, zlib.error):
        raise ContractError("cannot be unpacked.\n  Export or copy it again: it is cut short or damaged.") from None


def _encoding(file: Path, looked_at: bytes, said: str | None) -> str:
    """UTF-8 where the bytes are that, whatever is said of the other files of the table; else what is said."""
    for mark, encoding in BYTE_ORDER_MARKS.items():
        if looked_at.startswith(mark):
            return encoding
    declared = _known_encoding(said) if said else "utf-8"
    wrong = _not_utf_8([looked_at] if declared == "utf-8" else _chunks(file))
    if wrong is None or declared != "utf-8":
        return "utf-8" if wrong is None else declared
    raise ContractError(_wrong_byte(looked_at, wrong))


def _wrong_byte(looked_at: bytes, wrong: int) -> str:
    line = looked_at.count(b"\n", 0, wrong) + 1
    return f"is not UTF-8: line {line:,} has the byte {looked_at[wrong]:#04x}"


def _known_encoding(said: str) -> str:
    try:
        _ = "".encode(said)  # refuses what is known, but no encoding of text, such as base64
        return codecs.lookup(said).name
    except (LookupError, ValueError):
        raise ContractError(
            f"has the encoding {said!r} in the mapping, which is not known.\n"
            '  Usual ones are "windows-1252" (Western Windows), "cp1250" (Central Europe), "mac-roman".'
        ) from None


def _not_utf_8(chunks: Iterable[bytes]) -> int | None:
    """Where in its chunk the first byte stands that is not UTF-8; a character that is cut at the end is none."""
    decoder = codecs.getincrementaldecoder("utf-8")("strict")
    try:
        for chunk in chunks:
            decoder.decode(chunk)
    except UnicodeDecodeError as error:
        return error.start
    return None


def _delimiter(rows: str) -> str:
    """The delimiter with which most rows have as many values as the header has names."""
    return max(DELIMITERS, key=lambda delimiter: _agreement(rows, delimiter))


def _agreement(rows: str, delimiter: str) -> tuple[float, int]:
    found = _records(rows, delimiter, 30)
    names = len(found[0]) if found else 0
    alike = sum(len(row) == names for row in found[1:]) / max(len(found) - 1, 1)
    return (alike if names > 1 and len(found) > 1 else 0.0, names)


def _records(rows: str, delimiter: str, n: int) -> list[list[str]]:
    try:
        return list(islice(csv.reader(StringIO(rows, newline=""), delimiter=delimiter[:1]), n))
    except csv.Error:
        return []


def _first_record(rows: str, delimiter: str) -> list[str]:
    """The names in the first row, without a delimiter at its end that the row below lacks."""
    if len(delimiter) > 1:
        return rows.split("\n", 1)[0].strip().split(delimiter)
    first, second = [*_records(rows, delimiter, 2), [], []][:2]
    names = [name.strip() for name in first]
    while names and not names[-1] and len(names) > len(second) > 0:
        names.pop()
    return names


def _own_names(named: list[str]) -> list[str]:
    """A name of its own for each column: `team (1)` and `team (2)` where there are two, `column 3` if it has none."""
    counts, seen, own = Counter(name.lower() for name in named), Counter[str](), []
    for i, name in enumerate(named, 1):
        seen[name.lower()] += 1
        numbered = f"{name} ({seen[name.lower()]})" if counts[name.lower()] > 1 else name
        own.append(numbered if name else f"column {i}")
    return own


def _footer(end: str, delimiter: str, header: Header) -> tuple[str, ...]:
    """The last lines of a file, a few at most, that are totals or words and too short to be rows."""
    last = [line.strip() for line in end.splitlines()[1:] if line.strip()][-FOOTER:]
    footer = list(takewhile(lambda line: _is_below(line, delimiter, header), reversed(last)))
    return tuple(reversed(footer)) if len(footer) < FOOTER else ()


def _is_below(line: str, delimiter: str, header: Header) -> bool:
    row = (_records(line, delimiter, 1) or [[]])[0]
    words = len(row) == 1 and len(row[0].split()) > 1
    return 0 < len(row) < len(header.names) and (words or is_total(row))


def is_total(row: list[str]) -> bool:
    """Whether the first value of a row says that it is one of totals."""
    return re.match(TOTAL, next((value for value in row if value), "").lower()) is not None


def _mixed_line_ends(looked_at: bytes) -> bool:
    both = looked_at.count(b"\r\n")
    return 0 < both < looked_at.count(b"\n")
