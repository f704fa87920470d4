"""Reads the times that people write as text: an instant that names its zone is that instant, whatever else is declared.

A zone is named by `Z`, `UTC` or `GMT`, by an offset such as +02:00, or as in America/Chicago. Abbreviations are
refused: EST is New York's winter or Sydney's, IST India's, Ireland's or Israel's.
"""

from __future__ import annotations

from workbench.data.engine import Dialect, literal

DAY_ONLY = r"^\d{4}-\d{2}-\d{2}$"
OFFSET = r"\d:\d{2}([.,]\d+)? *(Z|[+-]\d{2}(:?\d{2})?)$"  # after UTC and GMT are gone
FOUR_DIGITS = r"[+-]\d{4}$"
UNIVERSAL = r"\d *(UTC|GMT|Z)$"
REGION = r"\d +[A-Za-z_]+/[A-Za-z_/+-]+\d*$"
AFTER_CLOCK = r":\d{2}([.,]\d+)? *[^\d:., ]"  # anything that follows a clock
HALF_DAY = r"[AaPp]\.?[Mm]\.?$"
NO_ZONE = "a time is written without a zone, and none is declared"
VAGUE_ZONE = "a time names a zone that has several meanings or none"


def read_instant(text: str, dialect: Dialect, zone: str | None, tried: bool) -> str:
    """SQL: the instant that a text says; one that says no zone is taken in `zone`.

    tried : a text that cannot be read is missing instead of an error
    """
    text = _trimmed(text)
    naive = dialect.instant.format(ts=_cast(text, "timestamp", dialect, tried), zone=literal(zone))
    return (
        f"case when {text} is null then null"
        f" when {_matches(text, DAY_ONLY, dialect)} then {noon(_cast(text, 'timestamp', dialect, tried), dialect)}"
        f" when {_matches(_bare(text), OFFSET, dialect)} then {_with_offset(text, dialect, tried)}"
        f" when {_matches(f'upper({text})', UNIVERSAL, dialect)} then {_universal(text, dialect, tried)}"
        f" when {_matches(text, REGION, dialect)} then {_cast(text, 'timestamp with time zone', dialect, tried)}"
        f" when {_names_vaguely(text, dialect)} then {_refused(VAGUE_ZONE, dialect, tried)}"
        f" else {naive if zone else _refused(NO_ZONE, dialect, tried)} end"
    )


def noon(day: str, dialect: Dialect) -> str:
    """SQL: a day without an hour as an instant; `written_day` says which day it is in every zone."""
    return dialect.instant.format(ts=f"{day} + interval '12' hour", zone="'UTC'")


def written_day(text: str, dialect: Dialect, tried: bool = False) -> str:
    """SQL: the day that a text names without an hour; missing where it names an hour."""
    text = _trimmed(text)
    return f"case when {_matches(text, DAY_ONLY, dialect)} then {_cast(text, 'date', dialect, tried)} end"


def names_no_zone(text: str, dialect: Dialect) -> str:
    """SQL: whether a text is a time that names no zone."""
    text = _trimmed(text)
    named = [_matches(text, DAY_ONLY, dialect), _names_a_zone(text, dialect), _names_vaguely(text, dialect)]
    return " and ".join(f"not {condition}" for condition in named)


def names_a_vague_zone(text: str, dialect: Dialect) -> str:
    """SQL: whether a text is a time whose zone has several meanings, or none that is known."""
    text = _trimmed(text)
    return f"(not {_names_a_zone(text, dialect)} and {_names_vaguely(text, dialect)})"


def _names_a_zone(text: str, dialect: Dialect) -> str:
    offset, region = _matches(_bare(text), OFFSET, dialect), _matches(text, REGION, dialect)
    return f"({offset} or {_matches(f'upper({text})', UNIVERSAL, dialect)} or {region})"


def _names_vaguely(text: str, dialect: Dialect) -> str:
    return f"({_matches(text, AFTER_CLOCK, dialect)} and not {_matches(text, HALF_DAY, dialect)})"


def _universal(text: str, dialect: Dialect, tried: bool) -> str:
    clock = _cast(f"trim(replace({_bare(text)}, 'Z', ''))", "timestamp", dialect, tried)
    return dialect.instant.format(ts=clock, zone="'UTC'")


def _with_offset(text: str, dialect: Dialect, tried: bool) -> str:
    # Every engine reads 23:30+02:00 and 23:30+02; not all of them read 23:30 +0200.
    close = f"replace(replace(replace({_bare(text)}, ' +', '+'), ' -', '-'), ' Z', 'Z')"
    apart = f"substr({close}, 1, length({close}) - 2) || ':' || substr({close}, length({close}) - 1)"
    spelt = f"case when {_matches(close, FOUR_DIGITS, dialect)} then {apart} else {close} end"
    return _cast(spelt, "timestamp with time zone", dialect, tried)


def _bare(text: str) -> str:
    """SQL: the text without UTC and GMT, as in 23:30 UTC+02:00."""
    return f"trim(replace(replace(upper({text}), 'UTC', ''), 'GMT', ''))"


def _trimmed(text: str) -> str:
    return f"trim(cast({text} as varchar))"


def _refused(message: str, dialect: Dialect, tried: bool) -> str:
    return "null" if tried else dialect.refusal.format(message=literal(message))


def _cast(value: str, kind: str, dialect: Dialect, tried: bool) -> str:
    fragment = dialect.try_cast if tried else "cast({value} as {type})"
    return fragment.format(value=value, type=kind)


def _matches(text: str, pattern: str, dialect: Dialect) -> str:
    return dialect.matches.format(text=text, pattern=literal(pattern))
