"""Reads files of JSON records (.jsonl and .ndjson, one a line; .json, a list of them) as a table of texts.

What lies within a record is a column of its own, named with dots as in `actingUser.userId`; a list stays as it is
written. Numbers keep their digits: ids are text.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa

from workbench.errors import ContractError

SUFFIXES = tuple(f"{kind}{packed}" for kind in (".jsonl", ".ndjson", ".json") for packed in ("", ".gz"))

FEW = 0.2  # of as many lines as are read may be no JSON
NO_JSON = "is no JSON.\n  first: line {line}\n  Export it again, as UTF-8."


def records(file: Path, most: int | None = None, cut: list[int] | None = None) -> pa.Table:
    """The records of a file, one a row; columns in the order in which they first appear.

    most : how many are read at most
    cut : receives the numbers of lines that are no JSON, such as one that was cut off; a few are left out
    Raises ContractError for what is no JSON, or something else than records.

    >>> import tempfile
    >>> with tempfile.NamedTemporaryFile("w", suffix=".jsonl", delete=False) as file:
    ...     _ = file.write('{"id": 7001, "by": {"email": "a"}}\\n{"id": 7002}')
    >>> records(Path(file.name)).to_pylist()
    [{'id': '7001', 'by.email': 'a'}, {'id': '7002', 'by.email': None}]
    """
    cut = [] if cut is None else cut
    rows = [dict(_flat(record)) for record in islice(_records(file, cut), most)]
    if len(cut) > FEW * len(rows):
        raise ContractError(NO_JSON.format(line=cut[0]))
    names = list(dict.fromkeys(name for row in rows for name in row))
    return pa.table({name: pa.array([row.get(name) for row in rows], pa.string()) for name in names})


def _records(file: Path, cut: list[int]) -> Iterator[dict[str, Any]]:
    for place, record in enumerate(_values(file, cut), 1):
        if not isinstance(record, dict):
            raise ContractError(
                f"holds something else than records.\n  first: value {place}\n"
                "  Export one record a line, as {…}, or a list of records, as [{…}, {…}]."
            )
        yield record


def _values(file: Path, cut: list[int]) -> Iterator[Any]:
    """The values of a file: one a line, but for those that are `cut`, or those of the only list."""
    opened: Any = gzip.open if file.suffix.lower() == ".gz" else open
    try:
        with opened(file, "rt", encoding="utf-8-sig") as lines:
            if file.name.lower().removesuffix(".gz").endswith(".json"):
                whole = _read(lines.read(), 1)
                yield from whole if isinstance(whole, list) else [whole]
            else:
                yield from _of_lines(lines, cut)
    except UnicodeDecodeError:
        raise ContractError("is not UTF-8, as JSON must be.\n  Export it again.") from None


def _of_lines(lines: Iterable[str], cut: list[int]) -> Iterator[Any]:
    for number, line in enumerate(lines, 1):
        try:
            if line.strip():
                yield _read(line.strip(), number)
        except ContractError:
            cut.append(number)


def _read(text: str, line: int) -> Any:
    try:
        return json.loads(text, parse_int=str, parse_float=str)
    except ValueError as error:
        first = line + (error.lineno - 1 if isinstance(error, json.JSONDecodeError) else 0)
        raise ContractError(NO_JSON.format(line=first)) from None


def _flat(record: dict[str, Any], above: str = "") -> Iterator[tuple[str, str | None]]:
    for name, value in record.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{above}{name}.")
        else:
            yield f"{above}{name}", _text(value)


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value or None
    return json.dumps(value, ensure_ascii=False)
