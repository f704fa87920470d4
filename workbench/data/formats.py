"""How a column writes its dates and numbers, in words such as `DD/MM/YYYY HH:mm` or `1.234,5`.

A format is strict: a value that is written otherwise is refused and never bent until it fits. Only dates in the order
of ISO 8601, as in 2025-01-06, are read whatever the format says, because they can mean nothing else.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from workbench.data.durations import DURATION, PATTERN, length
from workbench.data.engine import Dialect, literal
from workbench.errors import ContractError, did_you_mean

MONTHS = (  # how the months begin in English, Dutch, French, German, Italian, Portuguese and Spanish
    *("jan|ene|gen", "feb|fév|fev", "mar|mär|mrz|maa|mrt", "apr|avr|abr", "may|mai|mag|mei", "jun|juin|giu"),
    *("jul|juil|lug", "aug|aoû|aou|ago", "sep|set", "oct|okt|ott|out", "nov", "dec|dez|déc|dic"),
)
MONTH_NAME = r"([A-Za-zÀ-ÿ]{3,10}\.?)"
TOKENS = {  # token → its pattern, strptime's word for it, its place in 2025-01-06 08:05:09.123
    "YYYY": (r"(\d{4})", "%Y", "year"),
    "YY": (r"(\d{2})", "%y", "year"),
    "MMMM": (MONTH_NAME, "%m", "month"),
    "MMM": (MONTH_NAME, "%m", "month"),
    "MM": (r"(0[1-9]|1[0-2])", "%m", "month"),
    "M": (r"(0?[1-9]|1[0-2])", "%m", "month"),
    "DD": (r"(0[1-9]|[12]\d|3[01])", "%d", "day"),
    "D": (r"(0?[1-9]|[12]\d|3[01])", "%d", "day"),
    "HH": (r"([01]\d|2[0-3])", "%H", "hour"),
    "H": (r"([01]?\d|2[0-3])", "%H", "hour"),
    "hh": (r"(0[1-9]|1[0-2])", "%I", "hour"),
    "h": (r"(0?[1-9]|1[0-2])", "%I", "hour"),
    "mm": (r"([0-5]\d)", "%M", "minute"),
    "ss": (r"([0-5]\d)", "%S", "second"),
    "SSS": (r"(\d{1,9})", "%n", "fraction"),
    "A": (r"([AaPp][Mm])", "%p", "half"),
    "Z": (r"( ?[A-Za-z_/]+| ?(?:UTC|GMT)?[+-]\d{2}:?\d{2}| ?(?:UTC|GMT)[+-]\d{1,2}(?::\d{2})?)", "", "zone"),
}
WEEKDAY = "ddd"  # at the beginning: the name of the day, which the date says anyway
NAMED_DAY = r"^[A-Za-zÀ-ÿ]{2,10}\.?,? ([^(]*[^( ])( ?\([^()]*\))?$"  # after a zone, browsers put its name in brackets
SPLIT = re.compile("|".join(sorted(TOKENS, key=len, reverse=True)) + r"|[A-Za-z]+|[^A-Za-z]")
LENIENT = {"MM": "M", "DD": "D", "HH": "H", "hh": "h"}  # beside a separator, 3/4/2025 is as good as 03/04/2025
FIXED = ("YYYY", "YY", "MM", "DD", "HH", "hh", "mm", "ss")
NUMBER = re.compile(r"\d{1,3}(?P<group>[.,' ]?)\d{3}(?P<decimal>[.,])\d+")
TICKS = {  # count of ticks → its pattern, microseconds of a tick, seconds from the first tick to 1970
    "epoch seconds": (r"^\d{1,11}(\.\d+)?$", 1_000_000, 0),
    "epoch milliseconds": (r"^\d{1,14}(\.\d+)?$", 1_000, 0),
    "epoch microseconds": (r"^\d{1,17}$", 1, 0),
    "epoch nanoseconds": (r"^\d{1,20}$", 0.001, 0),
    "windows filetime": (r"^\d{18}$", 0.1, 11_644_473_600),  # tenths of a microsecond since 1601
}
EXCEL_DAYS = "excel days"
SERIAL = r"^\d{1,6}([.,]\d+)?$"
UNREADABLE = "a value is not written in the format of its column, which is 2025-01-31 unless the mapping says another"
EXAMPLES = (
    *("DD/MM/YYYY HH:mm:ss", "MM/DD/YY h:mm A", "D MMM YYYY", "ddd, D MMM YYYY HH:mm:ss Z", "YYYYMMDDHHmmss.SSS"),
    *(*TICKS, EXCEL_DAYS),
)


@dataclass(frozen=True)
class DateFormat:
    """An order of day, month, year and clock.

    whole : a regular expression for the whole text
    pattern : the same without the zone, with a group for each token
    order : the same in the words of strptime
    iso : the groups in the order of ISO 8601, as in `\\3-\\2-\\1 \\4:\\5`
    shape : a pattern for LIKE that gives each digit its place; empty where some numbers have one digit or two
    """

    words: str
    whole: str
    pattern: str = ""
    order: str = ""
    iso: str = ""
    roles: frozenset[str] = field(default_factory=frozenset)
    shape: str = ""
    month_group: str = ""  # the pattern with the name of the month as its only group; empty where it is a number

    @property
    def compact(self) -> bool:
        """Whether some numbers stand side by side, so that each must have all its digits."""
        return ")(" in self.pattern

    @property
    def names_day(self) -> bool:
        """Whether a value begins with the name of its weekday."""
        return self.words.startswith(WEEKDAY)

    @property
    def look(self) -> str:
        """A regular expression for the whole text as it stands in a file."""
        inner = (self.month_group or self.whole).strip("^$")
        return NAMED_DAY.replace(r"([^(]*[^( ])", f"({inner})") if self.names_day else f"^{inner}$"

    @property
    def has_clock(self) -> bool:
        """Whether the format says an hour."""
        return not self.pattern or "hour" in self.roles

    @property
    def has_zone(self) -> bool:
        """Whether a value says its own zone, or counts from an instant."""
        return "zone" in self.roles or self.words in TICKS


@dataclass(frozen=True)
class NumberFormat:
    """The signs that group thousands and begin decimals; `group` may be empty."""

    words: str
    group: str
    decimal: str

    @property
    def pattern(self) -> str:
        """A regular expression for the whole text: groups, where there are any, have three digits."""
        if self.words == DURATION:
            return PATTERN
        grouped = rf"|\d{{1,3}}({re.escape(self.group)}\d{{3}})+" if self.group else ""
        return rf"^[+-]?(\d+{grouped})({re.escape(self.decimal)}\d+)?$"


def date_format(words: str) -> DateFormat:
    """The format that some words describe. Raises ContractError where they describe none.

    >>> date_format("DD/MM/YYYY HH:mm").order
    '%d/%m/%Y %H:%M'
    """
    if words in TICKS or words == EXCEL_DAYS:
        return DateFormat(words, TICKS[words][0] if words in TICKS else SERIAL)
    pieces = SPLIT.findall(re.sub(rf"^{WEEKDAY},? ", "", words))
    unknown = [piece for piece in pieces if piece not in TOKENS and piece.isalpha() and piece != "T"]
    roles = [TOKENS[piece][2] for piece in pieces if piece in TOKENS]
    if unknown or not {"year", "month", "day"} <= set(roles) or len(roles) != len(set(roles)):
        raise ContractError(f"{words!r} is no format of dates; {_nearest(words)}")
    if "zone" in roles and pieces[-1] != "Z":
        raise ContractError(f"{words!r} is no format of dates: the zone, Z, comes last.")
    if ("half" in roles) != any(piece in ("h", "hh") for piece in pieces):
        raise ContractError(f"{words!r} is no format of dates: a clock of 12 hours is written h:mm A.")
    return _date_format(words, pieces, roles)


def _nearest(words: str) -> str:
    right = re.sub(r"\b[dD]{1,2}\b|[yY]{4}|[yY]{2}", lambda found: found[0].upper(), words)
    right = right if "MM" in right else right.replace("mm", "MM", 1)
    return f"did you mean {right!r}?" if right != words else did_you_mean(words, EXAMPLES)


def _date_format(words: str, pieces: list[str], roles: list[str]) -> DateFormat:
    patterns, orders = [], []
    for i, piece in enumerate(pieces):
        beside_digits = any(near in TOKENS for near in (*pieces[max(i - 1, 0) : i], *pieces[i + 1 : i + 2]))
        token = TOKENS.get(piece if beside_digits else LENIENT.get(piece, piece))
        patterns.append(token[0] if token else re.escape(piece))
        orders.append(token[1] if token else piece.replace("%", "%%"))
    named = [p if p == MONTH_NAME else p.replace("(", "(?:", 1) if p[0] == "(" else p for p in patterns]
    month = [r"(0[1-9]|1[0-2])" if p == MONTH_NAME else p for p in patterns]
    zoneless = month[:-1] if "zone" in roles else month
    return DateFormat(
        words,
        "^" + "".join(month) + "$",
        "^" + "".join(zoneless).rstrip() + "$",
        "".join(orders).strip(),
        _iso(roles, "20" if "YY" in pieces else ""),
        frozenset(roles),
        _shape(pieces),
        "^" + "".join(named) + "$" if MONTH_NAME in patterns else "",
    )


def _shape(pieces: list[str]) -> str:
    places = ["%" if piece == "SSS" else "_" * len(piece) if piece in FIXED else piece for piece in pieces]
    known = all(piece in FIXED or piece == "SSS" or (piece not in TOKENS and piece not in "%_") for piece in pieces)
    return "".join(places) if known else ""


def _iso(roles: list[str], century: str) -> str:
    group = {role: f"\\{i}" for i, role in enumerate(roles, 1)}
    parts = [f"{century}{group['year']}-{group['month']}-{group['day']}"]
    if "hour" in group:
        parts.append(":".join(group.get(role, "00") for role in ("hour", "minute", "second")))
    fraction = f".{group['fraction']}" if "fraction" in group else ""
    return " ".join([*parts[:1], "".join(parts[1:]) + fraction, group.get("half", "")]).strip()


def number_format(words: str) -> NumberFormat:
    """The format of a number, written as an example with thousands and decimals. Raises ContractError.

    >>> number_format("1.234,5").decimal
    ','
    """
    if words == DURATION:
        return NumberFormat(words, "", "")
    found = NUMBER.fullmatch(words)
    if not found or found["group"] == found["decimal"]:
        raise ContractError(
            f'{words!r} is no format of numbers.\n  Write an example with thousands and decimals: "1.234,5" or '
            '"1,234.5" (or without thousands: "1234,5"), or "duration" for 1h 5m.'
        )
    return NumberFormat(words, found["group"], found["decimal"])


def fits(text: str, written: DateFormat, dialect: Dialect) -> str:
    """SQL: whether a text is written in a format."""
    return _matches(_numeric(text, written, dialect), written.whole, dialect)


def clock(text: str, written: DateFormat, dialect: Dialect) -> str:
    """SQL: the wall-clock time that a text says; missing where it is not in this format or there is no such time."""
    if written.words == EXCEL_DAYS:
        days = f"cast(replace({text}, ',', '.') as double precision)"
        day = dialect.date_plus.format(date="date '1899-12-30'", days=f"cast(floor({days}) as integer)")
        seconds = f"cast(floor(({days} - floor({days})) * 86400 + 0.5) as integer)"
        moment = f"cast({day} as timestamp) + {seconds} * interval '1' second"
        return f"case when {fits(text, written, dialect)} then {moment} end"
    numeric = _numeric(text, written, dialect)
    if "zone" in written.roles:
        numeric = f"trim(replace({numeric}, {zone_in(text, written, dialect)}, ''))"
    moment = dialect.moment.format(
        text=numeric,
        format=literal(written.order),
        pattern=literal(written.pattern),
        iso=literal(written.iso),
    )
    if not written.compact:
        return moment
    guard = f"{numeric} like {literal(written.shape)}" if written.shape else fits(text, written, dialect)
    return f"case when {guard} then {moment} end"


def ticks(text: str, written: DateFormat, dialect: Dialect) -> str:
    """SQL: the instant after so many ticks, such as the seconds since 1970 began; missing where a text is no count."""
    _, tick, before = TICKS[written.words]
    since = f"cast(floor(cast({text} as double precision) * {tick} + 0.5) as bigint)"
    microseconds = f"({since} - {before * 1_000_000})" if before else since
    instant = dialect.from_epoch.format(microseconds=microseconds)
    return f"case when {fits(text, written, dialect)} then {instant} end"


def zone_in(text: str, written: DateFormat, dialect: Dialect) -> str:
    """SQL: the zone at the end of a text, as it is written."""
    bare = _without_day(text, written, dialect)
    return f"trim({dialect.part.format(text=bare, pattern=literal(TOKENS['Z'][0] + '$'))})"


def plain_number(text: str, written: NumberFormat, dialect: Dialect, unit: str = "") -> str:
    """SQL: the number as every engine spells it; a text that no engine reads where it is written otherwise.

    unit : in which a duration is counted
    """
    if written.words == DURATION:
        fitting = f"{_matches(text, written.pattern, dialect)} and {_matches(text, '[0-9]', dialect)}"
        spelt = f"cast({length(text, unit, dialect)} as varchar)"
        return f"case when {text} is null then null when {fitting} then {spelt} else 'unreadable' end"
    bare = f"replace({text}, {literal(written.group)}, '')" if written.group else text
    spelt = f"replace({bare}, {literal(written.decimal)}, '.')"
    return f"case when {text} is null or {_matches(text, written.pattern, dialect)} then {spelt} else 'unreadable' end"


def _numeric(text: str, written: DateFormat, dialect: Dialect) -> str:
    """SQL: the text with its month as two digits, and its half of the day as AM or PM."""
    text = _without_day(text, written, dialect)
    if "half" in written.roles:  # Excel and browsers put a narrow no-break space before it
        text = f"replace(replace(replace({text}, '\u202f', ' '), '.m.', 'm'), '.M.', 'M')"
    if not written.month_group:
        return text
    name = dialect.part.format(text=text, pattern=literal(written.month_group))
    numbers = " ".join(
        f"when {_matches(f'lower({name})', f'^({months})', dialect)} then '{number:02d}'"
        for number, months in enumerate(MONTHS, 1)
    )
    return f"replace({text}, {name}, case {numbers} end)"


def _without_day(text: str, written: DateFormat, dialect: Dialect) -> str:
    """SQL: the text without the name of its weekday, and without a zone's name in brackets."""
    return dialect.part.format(text=text, pattern=literal(NAMED_DAY)) if written.names_day else text


def _matches(text: str, pattern: str, dialect: Dialect) -> str:
    return dialect.matches.format(text=text, pattern=literal(pattern))
