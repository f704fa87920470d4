"""Reads the times that people write as text: an instant that names its zone is that instant, whatever else is declared.

A zone is named by `Z`, `UTC` or `GMT`, by an offset such as +02:00, or as in America/Chicago. Abbreviations are
refused: EST is New York's winter or Sydney's, IST India's, Ireland's or Israel's.
"""

from __future__ import annotations

from workbench.data.engine import Dialect, literal
from workbench.data.formats import EXCEL_DAYS, TICKS, UNREADABLE, DateFormat, clock, fits, ticks, zone_in

UTC, SHIFTED = ("____-__-_____:__:__%Z",), ("____-__-_____:__:__%+__:__", "____-__-_____:__:__%-__:__")  # most logs'
NAIVE = ("____-__-__ __:__:__", "____-__-__T__:__:__")
HARD_BLANK = "\u00a0"  # which spreadsheets and pages put between words
YEAR_FIRST = r"^\d{4}[-/]\d{1,2}[-/]\d{1,2}([T ]|$)"  # the only order that needs no format
DAY_ONLY = r"^\d{4}[-/]\d{1,2}[-/]\d{1,2}$"
OFFSET = r"\d:\d{2}([.,]\d+)? *(Z|[+-]\d{2}(:?\d{2})?)$"  # after UTC and GMT are gone
IN_BRACKETS = r"^(.*([Zz]|[+-]\d{2}:?\d{2}))\[[A-Za-z_/+-]+\]$"  # 08:00+01:00[Europe/Paris], as Java writes it
FOUR_DIGITS = r"[+-]\d{4}$"
AFTER_UTC = r"(UTC|GMT) ?[+-]\d(:\d{2})?$"  # of the hours one digit is enough: GMT+1
ONE_DIGIT = r"[+-]\d(:\d{2})?$"
UNIVERSAL = r"\d *(UTC|GMT|Z)$"
REGION = r"\d +[A-Za-z_]+/[A-Za-z_/+-]+\d*$"
AFTER_CLOCK = r":\d{2}([.,]\d+)? *[^\d:., ]"  # anything that follows a clock
WHOLE_DAYS = r"^\d{1,6}$"  # of a spreadsheet's count of days: no hour is said
HALF_DAY = r"[AaPp]\.?[Mm]\.?$"
NO_ZONE = "a time is written without a zone, and none is declared"
VAGUE_ZONE = "a time names a zone that has several meanings or none"


def read_instant(text: str, dialect: Dialect, zone: str | None, tried: bool, written: DateFormat | None = None) -> str:
    """SQL: the instant that a text says; one that says no zone is taken in `zone`.

    tried : a text that cannot be read is missing instead of an error
    written : the format of its column; dates in the order of ISO 8601 are read beside it
    """
    # Nearly every text is spelt as its column usually is: only the others are trimmed and looked at closely.
    given = f"cast({text} as varchar)"
    utc, plain, shifted = (_spelt(given, spellings) for spellings in (UTC, NAIVE, SHIFTED))
    naive = _at(_cast(given, "timestamp", dialect, tried), zone, dialect)
    zoned = _cast(given, "timestamp with time zone", dialect, tried)
    general = (
        f"case when {utc} then {zoned}{f' when {plain} then {naive}' if zone else ''} when {shifted} then {zoned}"
        f" when {given} is null then null else {_any_spelling(_soft(text), dialect, zone, tried)} end"
    )
    if not written:
        return general
    spelt = (given, _trimmed(text), _soft(text))
    usual, trimmed, soft = (_formatted(each, written, dialect, zone, tried) for each in spelt)
    softened = f"case when {given} like '%{HARD_BLANK}%' then {soft} end"
    return f"coalesce({usual}, {trimmed}, {softened}, {general})"


def _spelt(text: str, spellings: tuple[str, ...]) -> str:
    return " or ".join(f"{text} like '{spelling}'" for spelling in spellings)


def _any_spelling(text: str, dialect: Dialect, zone: str | None, tried: bool) -> str:
    naive = _at(_cast(text, "timestamp", dialect, tried), zone, dialect)
    before = dialect.part.format(text=text, pattern=literal(IN_BRACKETS))
    unbracketed = _cast(before, "timestamp with time zone", dialect, tried)
    return (
        f"case when {_matches(text, DAY_ONLY, dialect)} then {noon(_cast(text, 'timestamp', dialect, tried), dialect)}"
        f" when not {_matches(text, YEAR_FIRST, dialect)} then {_refused(UNREADABLE, dialect, tried)}"
        f" when {_matches(text, IN_BRACKETS, dialect)} then {unbracketed}"
        f" when {_has_offset(text, dialect)} then {_with_offset(text, dialect, tried)}"
        f" when {_matches(f'upper({text})', UNIVERSAL, dialect)} then {_universal(text, dialect, tried)}"
        f" when {_matches(text, REGION, dialect)} then {_cast(text, 'timestamp with time zone', dialect, tried)}"
        f" when {_names_vaguely(text, dialect)} then {_refused(VAGUE_ZONE, dialect, tried)}"
        f" else {naive if zone else _refused(NO_ZONE, dialect, tried)} end"
    )


def _formatted(text: str, written: DateFormat, dialect: Dialect, zone: str | None, tried: bool) -> str:
    """SQL: the instant that a text in a format says; missing where it is not written so."""
    if written.words in TICKS:
        return ticks(text, written, dialect)
    said = clock(text, written, dialect)
    if written.has_zone:
        spelt = f"cast({said} as varchar) || ' ' || {zone_in(text, written, dialect)}"
        return f"case when {said} is not null then {_any_spelling(spelt, dialect, zone, tried)} end"
    if not written.has_clock:
        return noon(said, dialect)
    unsaid = f"case when {said} is not null then {_refused(NO_ZONE, dialect, tried)} end"
    timed = _at(said, zone, dialect) if zone else unsaid
    if written.words == EXCEL_DAYS:
        return f"case when {_matches(text, WHOLE_DAYS, dialect)} then {noon(said, dialect)} else {timed} end"
    return timed


def _at(wall: str, zone: str | None, dialect: Dialect) -> str:
    """SQL: the instant of a wall-clock time in a zone."""
    if zone == "UTC":
        return dialect.universal.format(ts=wall)
    return dialect.instant.format(ts=wall, zone=literal(zone))


def read_day(text: str, dialect: Dialect, zone: str | None, tried: bool, written: DateFormat | None = None) -> str:
    """SQL: the date that a text says; a count of seconds is a moment, and its date is that of `zone`."""
    text = _trimmed(text)
    year_first = _matches(text, YEAR_FIRST, dialect)
    refused = f"cast({_refused(UNREADABLE, dialect, tried)} as date)"
    usual = f"when {year_first} then {_cast(text, 'date', dialect, tried)}"
    general = f"case when {text} is null then null {usual} else {refused} end"
    if not written:
        return general
    if written.words in TICKS:
        moment = dialect.local.format(ts=ticks(text, written, dialect), zone=literal(zone or "UTC"))
    else:
        moment = clock(text, written, dialect)
    return f"coalesce(cast({moment} as date), {general})"


def noon(day: str, dialect: Dialect) -> str:
    """SQL: a day without an hour as an instant; `written_day` says which day it is in every zone."""
    return dialect.universal.format(ts=f"{day} + interval '12' hour")


def written_day(text: str, dialect: Dialect, tried: bool = False, written: DateFormat | None = None) -> str:
    """SQL: the day that a text names without an hour; missing where it names an hour."""
    trimmed = _trimmed(text)
    day = _cast(trimmed, "date", dialect, tried)
    short = f"length(cast({text} as varchar)) <= 12"  # nearly every text names an hour: it is not looked at closely
    general = f"case when {short} and {_matches(trimmed, DAY_ONLY, dialect)} then {day} end"
    if written and written.words == EXCEL_DAYS:
        whole = _matches(trimmed, WHOLE_DAYS, dialect)
        return f"coalesce(case when {whole} then cast({clock(trimmed, written, dialect)} as date) end, {general})"
    if not written or written.has_clock:
        return general
    return f"coalesce(cast({clock(trimmed, written, dialect)} as date), {general})"


def names_no_zone(text: str, dialect: Dialect, written: DateFormat | None = None) -> str:
    """SQL: whether a text is a time that names no zone."""
    text = _soft(text)
    named = [_matches(text, DAY_ONLY, dialect), _names_a_zone(text, dialect), _names_vaguely(text, dialect)]
    unnamed = " and ".join([_matches(text, YEAR_FIRST, dialect), *(f"not {condition}" for condition in named)])
    if not written:
        return unnamed
    naive = "true" if written.has_clock and not written.has_zone else "false"
    if written.words == EXCEL_DAYS:
        naive = f"not {_matches(text, WHOLE_DAYS, dialect)}"
    return f"case when {fits(text, written, dialect)} then {naive} else {unnamed} end"


def in_skipped_hour(text: str, dialect: Dialect, zone: str, written: DateFormat | None = None) -> str:
    """SQL: whether a text without a zone names an hour that the clocks of `zone` skip in spring."""
    naive = names_no_zone(text, dialect, written)
    wall = _cast(_soft(text), "timestamp", dialect, tried=True)
    if written and written.has_clock and not written.has_zone:
        wall = f"coalesce({clock(_soft(text), written, dialect)}, {wall})"
    return f"case when {naive} then {skips(wall, dialect, zone)} else false end"


def skips(wall: str, dialect: Dialect, zone: str) -> str:
    """SQL: whether the clocks of a zone never show a time."""
    instant = dialect.instant.format(ts=wall, zone=literal(zone))
    return f"coalesce({dialect.local.format(ts=instant, zone=literal(zone))} <> {wall}, false)"


def names_a_vague_zone(text: str, dialect: Dialect, written: DateFormat | None = None) -> str:
    """SQL: whether a text is a time whose zone has several meanings, or none that is known."""
    text = _soft(text)
    if written and "zone" in written.roles:  # the clock before the zone may be one that no format is needed for
        zone = f"'2000-01-01 00:00:00 ' || {zone_in(text, written, dialect)}"
        text = f"case when {fits(text, written, dialect)} then {zone} else {text} end"
    vague = f"(not {_names_a_zone(text, dialect)} and {_names_vaguely(text, dialect)})"
    return f"({vague} and not {fits(text, written, dialect)})" if written and not written.has_zone else vague


def _names_a_zone(text: str, dialect: Dialect) -> str:
    universal, region = _matches(f"upper({text})", UNIVERSAL, dialect), _matches(text, REGION, dialect)
    return f"({_has_offset(text, dialect)} or {universal} or {region} or {_matches(text, IN_BRACKETS, dialect)})"


def _has_offset(text: str, dialect: Dialect) -> str:
    return f"({_matches(_bare(text), OFFSET, dialect)} or {_matches(f'upper({text})', AFTER_UTC, dialect)})"


def _names_vaguely(text: str, dialect: Dialect) -> str:
    return f"({_matches(text, AFTER_CLOCK, dialect)} and not {_matches(text, HALF_DAY, dialect)})"


def _universal(text: str, dialect: Dialect, tried: bool) -> str:
    clock = _cast(f"trim(replace({_bare(text)}, 'Z', ''))", "timestamp", dialect, tried)
    return dialect.universal.format(ts=clock)


def _with_offset(text: str, dialect: Dialect, tried: bool) -> str:
    # Every engine reads 23:30+02:00 and 23:30+02; not all of them read 23:30 +0200.
    close = f"replace(replace(replace({_bare(text)}, ' +', '+'), ' -', '-'), ' Z', 'Z')"
    apart = f"substr({close}, 1, length({close}) - 2) || ':' || substr({close}, length({close}) - 1)"
    sign = f"case when {_matches(close, ':[0-9]{2}[+-][0-9]:[0-9]{2}$', dialect)} then 4 else 1 end"
    filled = f"substr({close}, 1, length({close}) - {sign}) || '0' || substr({close}, length({close}) - {sign} + 1)"
    spelt = (
        f"case when {_matches(close, FOUR_DIGITS, dialect)} then {apart}"
        f" when {_matches(close, ONE_DIGIT, dialect)} then {filled} else {close} end"
    )
    return _cast(spelt, "timestamp with time zone", dialect, tried)


def _bare(text: str) -> str:
    """SQL: the text without UTC and GMT, as in 23:30 UTC+02:00."""
    return f"trim(replace(replace(upper({text}), 'UTC', ''), 'GMT', ''))"


def _trimmed(text: str) -> str:
    return f"trim(cast({text} as varchar))"


def _soft(text: str) -> str:
    """SQL: the text without blanks around it, and with plain ones within."""
    return f"trim(replace(cast({text} as varchar), {literal(HARD_BLANK)}, ' '))"


def _refused(message: str, dialect: Dialect, tried: bool) -> str:
    return "null" if tried else dialect.refusal.format(message=literal(message))


def _cast(value: str, kind: str, dialect: Dialect, tried: bool) -> str:
    fragment = dialect.try_cast if tried else "cast({value} as {type})"
    return fragment.format(value=value, type=kind)


def _matches(text: str, pattern: str, dialect: Dialect) -> str:
    return dialect.matches.format(text=text, pattern=literal(pattern))
