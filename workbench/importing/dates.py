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

ISO = "ISO 8601"  # the engine reads it without being told
MOST = 0.8  # of the values must fit, otherwise the column holds no dates
TOKENS = {  # token → what it matches, and which part of a date it is
    "YYYY": (r"(?P<year>(?:19|20)\d\d)", "year"),
    "YY": (r"(?P<short>\d\d)", "short"),
    "MMMM": (r"(?P<name>[A-Za-z]{3,9})", "name"),
    "MMM": (r"(?P<name>[A-Za-z]{3})", "name"),
    "MM": (r"(?P<month>\d\d)", "month"),
    "M": (r"(?P<month>\d\d?)", "month"),
    "DD": (r"(?P<day>\d\d)", "day"),
    "D": (r"(?P<day>\d\d?)", "day"),
    "HH": (r"(?P<hour>\d\d)", "hour"),
    "H": (r"(?P<hour>\d\d?)", "hour"),
    "hh": (r"(?P<hour>\d\d)", "hour"),
    "h": (r"(?P<hour>\d\d?)", "hour"),
    "mm": (r"(?P<minute>\d\d)", "minute"),
    "ss": (r"(?P<second>\d\d)", "second"),
    "SSS": (r"(?P<fraction>\d{1,9})", "fraction"),
    "A": (r"(?P<half>[AaPp]\.?[Mm]\.?)", "half"),
    "Z": r"",
}
SPELT = re.compile("|".join(TOKENS))
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
ORDERS = (("DD", "MM"), ("MM", "DD"), ("D", "M"), ("M", "D"))
DAYS = (
    *(f"{a}{mark}{b}{mark}{year}" for a, b in ORDERS for mark in "/.-" for year in ("YYYY", "YY")),
    "YY-MM-DD",
    "D MMM YYYY",
    "D MMMM YYYY",
    "D-MMM-YY",
    "D-MMM-YYYY",
    "MMM D, YYYY",
    "MMMM D, YYYY",
)
JOINED = (" ", ", ", "T")
CLOCKS = ("HH:mm", "HH:mm:ss", "HH:mm:ss.SSS", "H:mm", "H:mm:ss", "h:mm A", "h:mm:ss A", "hh:mm A", "hh:mm:ss A")
COMPACT = ("YYYYMMDDHHmmss.SSS", "YYYYMMDDHHmmss", "YYYYMMDD")
COUNTED = {  # numbers that count from a day: format → pattern, seconds in one of them, the day
    "epoch seconds": (r"\d{9,10}(\.\d+)?", 1, datetime(1970, 1, 1)),
    "epoch milliseconds": (r"\d{12,13}(\.\d+)?", 0.001, datetime(1970, 1, 1)),
    "excel days": (r"\d{5}(\.\d+)?", 86_400, datetime(1899, 12, 30)),
}
EARLIEST, LATEST = datetime(1990, 1, 1), datetime(2100, 1, 1)  # as the check asks
ISO_PATTERN = re.compile(
    r"(19|20)\d\d[-/]\d\d[-/]\d\d([ T]\d\d:\d\d(:\d\d([.,]\d+)?)?)?( *(Z|UTC|GMT|[+-]\d\d:?\d\d|\w+/\w+))?", re.I
)
NAMES_ZONE = re.compile(r"\d *(Z|UTC|GMT|[+-]\d\d:?\d\d)$|\d +\w+/\w+$", re.I)


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
    if not texts:
        return Dates((), 0, 0)
    if iso := sum(ISO_PATTERN.fullmatch(text) is not None for text in texts):
        return _iso(texts, iso)
    read = {form: sum(instant(form, text) is not None for text in texts) for form in _candidates(texts)}
    most = max(read.values(), default=0)
    if most < MOST * len(texts):
        return Dates((), 0, len(texts))
    best = _distinct([form for form in read if read[form] == most], texts)
    ordered = tuple(form for form in best if _in_order(form, texts)) if len(best) > 1 else ()
    return Dates(best, most, len(texts), ordered, days=not any("mm" in form or "e" in form for form in best))


def _iso(texts: Sequence[str], read: int) -> Dates:
    if read < MOST * len(texts):
        return Dates((), 0, len(texts))
    zoned = all(NAMES_ZONE.search(text) for text in texts if ":" in text)
    return Dates((ISO,), read, len(texts), zoned=zoned, days=not any(":" in text for text in texts))


def instant(form: str, text: str) -> datetime | None:
    """The date that a text means in a format; None where it cannot be read so."""
    if form in COUNTED:
        pattern, unit, origin = COUNTED[form]
        counted = origin + timedelta(seconds=float(text) * unit) if re.fullmatch(pattern, text) else LATEST
        return counted if EARLIEST <= counted < LATEST else None
    found = _pattern(form).fullmatch(text)
    return _dated(found.groupdict()) if found else None


def _dated(part: dict[str, str]) -> datetime | None:
    month = MONTHS.index(part["name"][:3].lower()) + 1 if part.get("name", "")[:3].lower() in MONTHS else 0
    hour = int(part.get("hour") or 0)
    if part.get("half"):
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + 12 * (part["half"][0] in "Pp")
    try:
        return datetime(
            int(part["year"]) if part.get("year") else 2000 + int(part["short"]),
            int(part.get("month") or month),
            int(part["day"]),
            hour,
            int(part.get("minute") or 0),
            int(part.get("second") or 0),
        )
    except ValueError:
        return None


@cache
def _pattern(form: str) -> re.Pattern[str]:
    parts, end = [], 0
    for token in SPELT.finditer(form):
        parts += [re.escape(form[end : token.start()]), TOKENS[token.group()][0]]
        end = token.end()
    return re.compile("".join([*parts, re.escape(form[end:])]))


def _candidates(texts: Sequence[str]) -> list[str]:
    """The formats that read at least one of the first values."""
    some = texts[:20]
    return [form for form in _every_format() if any(instant(form, text) for text in some)]


@cache
def _every_format() -> tuple[str, ...]:
    timed = (f"{day}{joined}{clock}" for day, joined, clock in product(DAYS, JOINED, CLOCKS))
    return (*COUNTED, *COMPACT, *DAYS, *timed)


def _distinct(formats: Sequence[str], texts: Sequence[str]) -> tuple[str, ...]:
    """Of formats that mean the same dates the first: DD reads what D reads where all days have two digits."""
    meant: dict[tuple[datetime | None, ...], str] = {}
    for form in formats:
        meant.setdefault(tuple(instant(form, text) for text in texts), form)
    return tuple(meant.values())


def _in_order(form: str, texts: Sequence[str]) -> bool:
    times = [time for text in texts if (time := instant(form, text))]
    steps = [later >= earlier for earlier, later in pairwise(times)]
    falls = [later <= earlier for earlier, later in pairwise(times)]
    return len(set(times)) > 1 and (all(steps) or all(falls))
