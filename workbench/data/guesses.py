"""Which formats the values of a column fit, and what in them decides between day and month.

Nothing is read by a guess: what fits is proposed to whoever writes the mapping, with the evidence.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from typing import NamedTuple

from workbench.data.contract import MAPPING
from workbench.data.durations import DURATION
from workbench.data.engine import Dialect, Table, literal
from workbench.data.formats import EXCEL_DAYS, TICKS, DateFormat, clock, date_format, number_format, ticks
from workbench.data.instants import YEAR_FIRST
from workbench.data.rules import FILE

CLOCKS = (
    *("", " HH:mm", " HH:mm:ss", " h:mm A", " h:mm:ss A", ", HH:mm", ", HH:mm:ss", ", h:mm A", ", h:mm:ss A"),
    *(" HH:mm:ss.SSS", " HH.mm.ss", " hh.mm.ss A", " HH:mm Z", " HH:mm:ss Z", ", HH:mm:ss Z"),
    *(" h:mm:ss A Z", ":HH:mm:ss Z", " hh.mm.ss.SSS A"),
)
ORDERS = ("DD{0}MM{0}YYYY", "MM{0}DD{0}YYYY", "DD{0}MM{0}YY", "MM{0}DD{0}YY", "D{0}MMM{0}YYYY", "D{0}MMM{0}YY")
DATES = (
    *(order.format(sign) for order in ORDERS for sign in "/.- "),
    *("D. MMM YYYY", "MMM D, YYYY", "MMM-DD-YYYY", "YYYY.MM.DD", "YYYY. MM. DD."),
)
HALVES = tuple(f"YYYY{sign}MM{sign}DD{clock}" for sign in "/-" for clock in CLOCKS if "A" in clock)
COMPACT = ("YYYYMMDD", "YYYYMMDDHHmm", "YYYYMMDDHHmmss", "YYYYMMDDHHmmss.SSS")
NAMED_DAYS = (  # e-mail's own, with and without a zone, and what browsers print
    *("ddd, D MMM YYYY HH:mm:ss Z", "ddd, D MMM YYYY HH:mm:ss", "ddd, D MMM YYYY HH:mm", "ddd, D MMM YYYY"),
    *("ddd, D. MMM YYYY", "ddd, D. MMM YYYY HH:mm"),
    *("ddd MMM D YYYY HH:mm:ss Z", "ddd MMM D YYYY HH:mm:ss", "ddd MMM D YYYY"),
)
LIKELY = {  # how counts of our time look: seconds and their parts of 2001 to 2286, days of 1982 to 2036
    "epoch seconds": r"[1-9]\d{9}(\.\d+)?",
    "epoch milliseconds": r"[1-9]\d{12}(\.\d+)?",
    "epoch microseconds": r"[1-9]\d{15}",
    "epoch nanoseconds": r"[1-9]\d{18}",
    "windows filetime": r"1[23]\d{16}",
    EXCEL_DAYS: r"[34]\d{4}([.,]\d+)?",
}
NUMBERS = ("1.234,5", "1,234.5", "1 234,5", "1'234.5", DURATION)
HALF = r"\d ?[AaPp]\.?[Mm]"  # of the day: without a format, a clock has 24 hours
DIGITS = {  # digits that no engine reads, by the name of their script
    name: "".join(chr(zero + n) for n in range(10))
    for name, zero in (("Arabic-Indic", 0x660), ("Persian", 0x6F0), ("Devanagari", 0x966), ("full-width", 0xFF10))
}
SHORTEST = 5  # letters of a date, such as a spreadsheet's count of days
LOOKED_AT = 500  # values that decide which formats are worth counting


class Fit(NamedTuple):
    """A format, how many values it fits, and how many there are that need one."""

    words: str
    rows: int
    of: int


def date_formats(table: Table, value: str) -> list[Fit]:
    """The formats that fit most dates of a column, the best first; none where all are in the order of ISO 8601.

    value : SQL of the column's values

    >>> from workbench.data import as_table
    >>> date_formats(as_table(pd.DataFrame({"day": ["31/01/2025", "01/02/2025"]})), "day")
    [Fit(words='DD/MM/YYYY', rows=2, of=2), Fit(words='MM/DD/YYYY', rows=1, of=2)]
    """
    dialect, text = table.engine.dialect, f"trim(replace(cast({value} as varchar), '\u00a0', ' '))"
    year_first, halves = (dialect.matches.format(text=text, pattern=literal(each)) for each in (YEAR_FIRST, HALF))
    needed = f"{value} is not null and (not {year_first} or {halves})"
    open_ = table.sql(f"select {text} as value from this where {needed}")
    likely = _likely([row["value"] for row in open_.sql(f"select value from this limit {LOOKED_AT}").rows()])
    fits = _counted(open_, {each.words: f"{_read(each, dialect)} is not null" for each in likely})
    halved = any(fit.words.endswith(" A") for fit in fits)  # 3:19 PM is no time of a zone called PM
    return [fit for fit in fits if not (halved and fit.words.endswith(" Z"))]


def number_formats(table: Table, value: str) -> list[Fit]:
    """The formats that fit most numbers of a column, the best first; none where every engine reads them as they are.

    value : SQL of the column's values
    """
    dialect, text = table.engine.dialect, f"trim(cast({value} as varchar))"
    rows = table.sql(f"select {text} as value from this where {value} is not null")
    unread = dialect.try_cast.format(value="value", type="double precision") + " is null"
    if not rows.sql(f"select cast(count(case when {unread} then 1 end) as bigint) as n from this").row()["n"]:
        return []
    patterns = {words: number_format(words).pattern for words in NUMBERS}
    fitting = {words: dialect.matches.format(text="value", pattern=literal(each)) for words, each in patterns.items()}
    whole = dialect.matches.format(text="value", pattern=literal(r"^[+-]?\d+$"))  # such a number fits every format
    found = _counted(rows.sql(f"select value from this where not {whole}"), fitting)
    first = {number_format(fit.words).decimal: fit for fit in reversed(found)}
    return [fit for fit in found if fit == first[number_format(fit.words).decimal]]


def advice(
    table: str, column: str, kind: str, rows: Table, value: str, zone: str | None = None, placed: Table | None = None
) -> str:
    """What to write into the mapping about the format of a column, with the evidence; nothing where no format fits.

    kind : the type that the contract promises
    zone : in which times are read that name none; None: times that name none need one as well
    placed : the rows with the file of each, where they come from several
    """
    where = f"in {MAPPING}: [{table}.formats] {column} ="
    if script := _script(rows, value):
        return (
            f"Its digits are {script}. Have them read as 0 to 9 in {MAPPING}: [{table}.columns] {column} ="
            f" {{ sql = '''translate(\"{column}\", '{DIGITS[script]}', '0123456789')''' }}."
        )
    fits = date_formats(rows, value) if kind in ("date", "instant") else number_formats(rows, value)
    whole = [fit for fit in fits if fit.rows == fit.of]
    if len(whole) > 1:
        choice = " or ".join(f'"{fit.words}"' for fit in whole)
        return f"{_doubt(whole)}: say which is meant {where} {choice}.{_zone(kind, whole[0], zone)}"
    if whole:
        said = f'Say how it is written {where} "{whole[0].words}"{_evidence(whole[0], fits)}.'
        return said + _zone(kind, whole[0], zone)
    if fits:
        shares = ", ".join(f'"{fit.words}" fits {fit.rows:,}' for fit in fits[:2])
        said = f"No format fits all {fits[0].of:,} values: {shares}."
        several = placed is not None and FILE in placed.columns and kind in ("date", "instant")
        apart = _in_other_files(fits, placed, value) if placed and several else ""
        if apart:
            return f"{said} {apart} Read them by a [[{table}]] of their own, with their file and its format."
        return f"{said} Say {where} the right one, and correct the others."
    return ""


def _in_other_files(fits: list[Fit], placed: Table, value: str) -> str:
    """Which files hold all values that the best format does not fit, where another one fits them all; else nothing."""
    files = [row["file"] for row in placed.sql(f"select distinct {FILE} as file from this order by file").rows()]
    by_file = {file: date_formats(placed.sql(f"select * from this where {FILE} = {file}"), value) for file in files}
    whole = {file: {fit.words for fit in found if fit.rows == fit.of} for file, found in by_file.items()}
    others = [file for file, words in whole.items() if by_file[file] and fits[0].words not in words]
    named = next((fit.words for fit in fits[1:] if all(fit.words in whole[file] for file in others)), "")
    if not named or not others or len(files) < 2:
        return ""
    places = ", ".join(f"{file:,}" for file in others)
    which = f"file{'s' * (len(others) > 1)} {places} of {len(files):,}"
    return f'All that "{fits[0].words}" does not fit are in {which}, where "{named}" fits all.'


def _script(rows: Table, value: str) -> str:
    """Whose digits some values are written in, where these are not 0 to 9."""
    matches = rows.engine.dialect.matches
    counts = ", ".join(
        f"cast(count(case when {matches.format(text=value, pattern=literal(f'[{digits}]'))} then 1 end) as bigint)"
        f" as script_{place}"
        for place, digits in enumerate(DIGITS.values())
    )
    found = rows.sql(f"select {counts} from this").row()
    return next((script for place, script in enumerate(DIGITS) if found[f"script_{place}"]), "")


def _zone(kind: str, fit: Fit, zone: str | None) -> str:
    """What to say of the zone in the same answer."""
    if kind != "instant" or zone or not _has_naive_clock(fit.words):
        return ""
    return ' Its hours name no zone; say it, too: time_zone = "Europe/Berlin".'


def _has_naive_clock(words: str) -> bool:
    return words not in TICKS and date_format(words).has_clock and not date_format(words).has_zone


def _doubt(whole: list[Fit]) -> str:
    if any("D" in fit.words for fit in whole):
        return f"Of {whole[0].of:,} values none has a first or a second part above 12, so both may be the month"
    return f"Of {whole[0].of:,} values none shows which sign begins the decimals"


def _evidence(found: Fit, fits: list[Fit]) -> str:
    """What decides between day and month."""
    other = next((fit for fit in fits if fit.words != found.words and sorted(fit.words) == sorted(found.words)), None)
    if not re.match("DD|MM", found.words) or "MMM" in found.words:
        return ""
    above = found.of - (other.rows if other else 0)
    part = "first" if found.words.startswith("DD") else "second"
    return f" ({above:,} of {found.of:,} values have a {part} part above 12)"


@cache
def _candidates() -> tuple[tuple[DateFormat, re.Pattern[str]], ...]:
    """The formats that are tried, each with a pattern of what it looks like."""
    words = [*(day + hours for day in DATES for hours in CLOCKS), *HALVES, *COMPACT, *NAMED_DAYS, *LIKELY]
    formats = [date_format(each) for each in words]
    patterns = [LIKELY.get(each.words) or each.look for each in formats]
    return tuple((each, re.compile(look.strip("^$"))) for each, look in zip(formats, patterns, strict=True))


def _likely(values: list[str]) -> list[DateFormat]:
    """The formats that at least half of some values look like."""
    texts = Counter(text.replace("\u202f", " ") for text in values if len(text) >= SHORTEST)
    if sum(texts.values()) * 2 < len(values) or not texts:
        return []

    def looking(pattern: re.Pattern[str]) -> int:
        return sum(n for text, n in texts.items() if pattern.fullmatch(text))

    return [written for written, pattern in _candidates() if looking(pattern) * 2 >= len(values)]


def _read(written: DateFormat, dialect: Dialect) -> str:
    return ticks("value", written, dialect) if written.words in TICKS else clock("value", written, dialect)


def _counted(values: Table, fitting: dict[str, str]) -> list[Fit]:
    """How many values meet each condition, the most first, those that few meet left out."""
    if not fitting:
        return []
    counts = ", ".join(
        f"cast(count(case when {condition} then 1 end) as bigint) as fit_{i}"
        for i, condition in enumerate(fitting.values())
    )
    row = values.sql(f"select cast(count(*) as bigint) as n, {counts} from this").row()
    fits = [Fit(words, row[f"fit_{i}"], row["n"]) for i, words in enumerate(fitting)]
    return sorted((fit for fit in fits if fit.rows * 2 >= fit.of), key=lambda fit: -fit.rows)
