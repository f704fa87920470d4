"""Finds how a column writes its dates, with the evidence: every format that reads the most of its values.

Several formats may read all values: 03/04/2025 is a day of March or of April. Then the format is a question, and the
evidence is listed with it; nothing is guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from itertools import pairwise, product

from workbench.data.formats import EXCEL_DAYS, MONTHS, TICKS, date_format

ISO = "ISO 8601"  # read without being told
MOST = 0.8  # of the values must fit, otherwise the column holds no dates
COMPARED = 5_000  # values of which it is asked whether two formats mean the same days
ORDERS = ("DD{0}MM{0}YYYY", "MM{0}DD{0}YYYY", "DD{0}MM{0}YY", "MM{0}DD{0}YY")
DAYS = (
    *(order.format(mark) for order in ORDERS for mark in "/.-"),
    *("YY-MM-DD", "YYYY.MM.DD", "D MMM YYYY", "D. MMM YYYY", "D-MMM-YY", "D-MMM-YYYY", "MMM D, YYYY"),
)
CLOCKS = ("HH:mm", "HH:mm:ss", "HH:mm:ss.SSS", "h:mm A", "h:mm:ss A")
COMPACT = ("YYYYMMDDHHmmss.SSS", "YYYYMMDDHHmmss", "YYYYMMDD")
COUNTED = {  # numbers that count from a day: digits before the point, seconds in one of them, the day
    "epoch seconds": ((9, 10), 1.0, datetime(1970, 1, 1)),
    "epoch milliseconds": ((12, 13), 0.001, datetime(1970, 1, 1)),
    EXCEL_DAYS: ((5, 5), 86_400.0, datetime(1899, 12, 30)),
}
EARLIEST, LATEST = datetime(1990, 1, 1), datetime(2100, 1, 1)  # as the check asks
ZONE = r" *(Z|UTC|GMT|(UTC|GMT)?[+-]\d\d:?\d\d|[A-Za-z_]+/[A-Za-z_/]+)"
ISO_PATTERN = re.compile(rf"(19|20)\d\d[-/]\d\d[-/]\d\d([ T]\d\d:\d\d(:\d\d([.,]\d+)?)?({ZONE})?)?", re.IGNORECASE)
NAMES_ZONE = re.compile(rf".*\d{ZONE}", re.IGNORECASE)


@dataclass(frozen=True)
class Dates:
    """How the values of one column may be read.

    formats : those that read the most values; empty where the column holds no dates, several where that is ambiguous
    read, of : how many values the formats read, of how many
    in_order : of the formats, those in which the rows of the file follow each other in time
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

    values : the column as text; empty ones are passed over

    >>> dates(["17/10/21, 12:41", "03/10/21, 09:00"]).formats
    ('DD/MM/YY, HH:mm',)
    >>> dates(["03/04/2025", "05/04/2025"]).formats
    ('DD/MM/YYYY', 'MM/DD/YYYY')
    >>> dates(["1633081260"]).formats
    ('epoch seconds',)
    """
    texts = [value.strip() for value in values if value.strip()]
    if sum(ISO_PATTERN.fullmatch(text) is not None for text in texts[:20]):
        return _iso(texts)
    read = {form: sum(reads(form, text) for text in texts) for form in _candidates(texts)}
    most = max(read.values(), default=0)
    if most < MOST * len(texts) or not most:
        return Dates((), 0, len(texts))
    best = _distinct([form for form in read if read[form] == most], texts[:COMPARED])
    ordered = tuple(form for form in best if _in_order(form, texts[:COMPARED])) if len(best) > 1 else ()
    return Dates(best, most, len(texts), ordered, days=not any(_has_clock(form) for form in best))


def _iso(texts: Sequence[str]) -> Dates:
    read = sum(ISO_PATTERN.fullmatch(text) is not None for text in texts)
    if read < MOST * len(texts):
        return Dates((), 0, len(texts))
    zoned = all(NAMES_ZONE.fullmatch(text) for text in texts if ":" in text)
    return Dates((ISO,), read, len(texts), zoned=zoned, days=not any(":" in text for text in texts))


def _has_clock(form: str) -> bool:
    return form in TICKS or form == EXCEL_DAYS or date_format(form).has_clock


def reads(form: str, text: str) -> bool:
    """Whether a text is written in a format."""
    return _pattern(form).fullmatch(_plain(text)) is not None


@cache
def _pattern(form: str) -> re.Pattern[str]:
    if form in COUNTED:
        (least, most), _, _ = COUNTED[form]
        return re.compile(rf"\d{{{least},{most}}}(\.\d+)?")
    written = date_format(form)
    return re.compile(written.month_group or written.whole)


def _plain(text: str) -> str:
    return text.replace("\u202f", " ").replace(".m.", "m").replace(".M.", "M")


def instant(form: str, text: str) -> datetime | None:
    """The time that a text says in a format; None where it is written otherwise, or there is no such day.

    >>> instant("M/D/YYYY h:mm A", "1/2/2025 12:30 AM")
    datetime.datetime(2025, 1, 2, 0, 30)
    """
    if not reads(form, text):
        return None
    if form in COUNTED:
        _, unit, origin = COUNTED[form]
        counted = origin + timedelta(seconds=float(text) * unit)
        return counted if EARLIEST <= counted < LATEST else None
    written = date_format(form)
    found = re.fullmatch(written.pattern, _with_number(_plain(text), written.month_group))
    return _time(found.expand(written.iso)) if found else None


def _with_number(text: str, month_group: str) -> str:
    """The text with its month as a number."""
    named = re.fullmatch(month_group, text) if month_group else None
    if not named:
        return text
    number = next((n for n, months in enumerate(MONTHS, 1) if re.match(months, named[1].lower())), 0)
    return text.replace(named[1], f"{number:02d}")


def _time(iso: str) -> datetime | None:
    """The time of a text such as 2025-01-06 8:05:00.123 PM."""
    day, _, clock = re.sub(r"\.\d+", "", iso).partition(" ")
    form = "%I:%M:%S %p" if clock.endswith(("M", "m")) else "%H:%M:%S" if clock else ""
    try:
        return datetime.strptime(f"{day} {clock}".strip(), f"%Y-%m-%d {form}".strip())
    except ValueError:
        return None


def _candidates(texts: Sequence[str]) -> list[str]:
    """The formats that read at least one of the first values."""
    return [form for form in _every_format() if any(reads(form, text) for text in texts[:20])]


@cache
def _every_format() -> tuple[str, ...]:
    timed = (f"{day}{joined}{clock}" for day, joined, clock in product(DAYS, (" ", ", "), CLOCKS))
    return (*COUNTED, *COMPACT, *DAYS, *timed)


def _distinct(formats: Sequence[str], texts: Sequence[str]) -> tuple[str, ...]:
    """Of formats that mean the same times the first; those that mean none are none."""
    meant: dict[tuple[datetime | None, ...], str] = {}
    for form in formats:
        meant.setdefault(tuple(instant(form, text) for text in texts), form)
    return tuple(form for times, form in meant.items() if any(times))


def _in_order(form: str, texts: Sequence[str]) -> bool:
    times = [time for text in texts if (time := instant(form, text))]
    rises = [later >= earlier for earlier, later in pairwise(times)]
    falls = [later <= earlier for earlier, later in pairwise(times)]
    return len(set(times)) > 1 and (all(rises) or all(falls))
