"""Tells a header from somebody's first row: what stands in a file without a header must not be taken for its columns.

Nothing of such a row is shown or written down, for it may name a person.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cache

from workbench.data.persons import MAIL, are_mails, look_like_people
from workbench.importing.dates import dates
from workbench.importing.exports import Export, key
from workbench.importing.guesses import is_number, words_of_headers
from workbench.importing.shipped import recognised

YEAR = re.compile(r"(19|20)\d\d")
HALF = 0.5  # of the values below a cell must be of its kind


def has_no_header(export: Export) -> bool:
    """Whether the first row of an export is one of its rows: more of its cells are values than known headings.

    >>> has_no_header(Export("x.csv", ("a@x.org", "2025-01-06"), (("b@x.org", "2025-01-07"),)))
    True
    >>> has_no_header(Export("x.csv", ("Who", "2025"), (("b@x.org", "7"),)))
    False
    """
    names = [name for name in export.header if name]
    if not export.rows or recognised(names):
        return False
    known = sum(key(name) in words_of_headers() for name in names)
    return sum(_is_a_value(name, export) for name in names) > known


def _is_a_value(cell: str, export: Export) -> bool:
    """Whether a cell of the first row is an address, of the kind of what is below it, or is there once more."""
    below = [row for row in zip(export.rows, export.column(cell), strict=True) if row[1].strip()]
    values = [value.strip() for row, value in below if tuple(row) != export.header]
    if MAIL.fullmatch(cell):
        return True
    if any(is_kind([cell]) and values and is_kind(values) for is_kind in (are_mails, _are_dates, _are_numbers)):
        return True
    person = look_like_people([cell]) and look_like_people(values)
    return (person and not _says_what_it_is(cell)) or cell in values


def _says_what_it_is(cell: str) -> bool:
    """Whether some word of a cell is one of headings, as in "Account Manager"."""
    return any(key(word) in words_of_headers(single=True) for word in cell.split())


def _are_dates(values: Sequence[str]) -> bool:
    return bool(dates(values).formats)


def _are_numbers(values: Sequence[str]) -> bool:
    if all(YEAR.fullmatch(value) for value in values):  # as in the headings of a wide table
        return False
    return sum(map(is_number, values)) > HALF * len(values)


@cache
def _kinds() -> tuple[tuple[str, Callable[[Sequence[str]], bool]], ...]:
    return ("e-mail", are_mails), ("date", _are_dates), ("name", look_like_people)


def proposed_names(export: Export) -> list[str]:
    """Names for the columns of a file without a header, by what is in them; each once."""
    found: list[str] = []
    for place, own in enumerate(export.header, 1):
        values = [value for value in export.column(own) if value.strip()]
        name = next((name for name, is_kind in _kinds() if values and is_kind(values)), f"column {place}")
        found.append(name if name not in found else f"{name} {place}")
    return found
