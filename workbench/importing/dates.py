"""Finds how a column writes its dates, with the evidence: every format that reads the most of its values.

Several formats may read all values: 03/04/2025 is a day of March or of April. Then the format is a question, and the
evidence is listed with it; nothing is guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import pyarrow as pa

from workbench.data.duckdb import as_table
from workbench.data.engine import Table
from workbench.data.formats import EXCEL_DAYS, clock, date_format
from workbench.data.guesses import date_formats
from workbench.data.instants import HARD_BLANK

ISO = "ISO 8601"  # read without being told
MOST = 0.8  # of the values must fit, otherwise the column holds no dates
ZONE = r" *(Z|UTC|GMT|(UTC|GMT)?[+-]\d\d:?\d\d|[A-Za-z_]+/[A-Za-z_/]+)(\[[A-Za-z_/]+\])?"
YEAR = r"(1[89]|[2-9]\d)\d\d"  # also that of an open end, such as 9999-12-31
ISO_PATTERN = re.compile(rf"{YEAR}[-/]\d\d[-/]\d\d([ T]\d\d:\d\d(:\d\d([.,]\d+)?)?({ZONE})?)?", re.IGNORECASE)
NAMES_ZONE = re.compile(rf".*\d{ZONE}", re.IGNORECASE)


@dataclass(frozen=True)
class Dates:
    """How the values of one column may be read.

    formats : those that read the most values; empty where the column holds no dates, several where that is ambiguous
    read, of : how many values the formats read, of how many
    in_order : of several formats, those in which the rows of the file follow each other in time
    zoned : every value names its zone
    days : no value has an hour
    """

    formats: tuple[str, ...]
    read: int
    of: int
    in_order: tuple[str, ...] = ()
    zoned: bool = False
    days: bool = False

    @property
    def ambiguous(self) -> bool:
        """Whether the formats mean different days."""
        return len(self.formats) > 1


def dates(values: Iterable[str]) -> Dates:
    """How the values of a column write dates.

    values : the column as text, in the order of the rows; empty ones are passed over

    >>> dates(["17/10/21, 12:41", "03/10/21, 09:00"]).formats
    ('DD/MM/YY, HH:mm',)
    >>> dates(["03/04/2025", "05/04/2025"]).formats
    ('DD/MM/YYYY', 'MM/DD/YYYY')
    >>> dates(["1633081260"]).formats
    ('epoch seconds',)
    """
    return _dates(tuple(value.replace(HARD_BLANK, " ").strip() for value in values if value.strip()))


@lru_cache(maxsize=500)
def _dates(texts: tuple[str, ...]) -> Dates:
    if not any(letter.isdigit() for text in texts[:100] for letter in text):
        return Dates((), 0, len(texts))
    if any(ISO_PATTERN.fullmatch(text) for text in texts[:100]):
        return _iso(texts)
    rows = as_table(pa.table({"place": range(len(texts)), "value": list(texts)}))
    fits = date_formats(rows, "value")
    best = tuple(fit.words for fit in fits if fit.rows == fits[0].rows >= MOST * len(texts))
    ordered = tuple(words for words in best if _in_order(rows, words)) if len(best) > 1 else ()
    whole = best == (EXCEL_DAYS,) and all(text.isdigit() for text in texts)  # such a number says no hour
    days = whole or not any(date_format(words).has_clock for words in best)
    return Dates(best, fits[0].rows if best else 0, len(texts), ordered, zoned=_has_zone(best), days=days)


def _iso(texts: Sequence[str]) -> Dates:
    read = sum(ISO_PATTERN.fullmatch(text) is not None for text in texts)
    if read < MOST * len(texts):
        return Dates((), 0, len(texts))
    zoned = all(NAMES_ZONE.fullmatch(text) for text in texts if ":" in text)
    return Dates((ISO,), read, len(texts), zoned=zoned, days=not any(":" in text for text in texts))


def _has_zone(formats: Sequence[str]) -> bool:
    return any(date_format(words).has_zone for words in formats)


def _in_order(rows: Table, words: str) -> bool:
    """Whether no row lies before the one above it, or none after it."""
    time = clock("value", date_format(words), rows.engine.dialect)
    steps = rows.sql(f"select {time} as this_time, lag({time}) over (order by place) as time_above from this")
    later, earlier = (f"count(case when this_time {sign} time_above then 1 end)" for sign in "><")
    found = steps.sql(f"select {later} as later, {earlier} as earlier from this").row()
    return bool(found["later"]) != bool(found["earlier"])
