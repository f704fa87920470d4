"""Reads how many minutes a row's own clock is ahead of UTC.

A number is minutes: -120, 60, +60, 330. Hours and minutes are written with a sign and four digits, or with a colon:
+0530, -07:00. All real offsets are quarters of an hour, so that +02, which might be hours, is refused.
"""

from __future__ import annotations

from workbench.data.engine import Dialect, literal

MINUTES = r"^[+-]?\d{1,3}(\.0+)?$"
CLOCK = r"^[+-](\d{4}|\d{1,2}:\d{2})$"
LOWEST, HIGHEST, STEP = -720, 840, 15  # of the clocks of the world


def read_offset(text: str, dialect: Dialect, tried: bool) -> str:
    """SQL: the minutes that a text says.

    tried : a text that cannot be read is missing instead of an error
    """
    said = f"replace(trim(cast({text} as varchar)), '−', '-')"
    digits = f"replace({said}, ':', '')"
    sign = f"case when substr({said}, 1, 1) = '-' then -1 else 1 end"
    cast = dialect.try_cast if tried else "cast({value} as {type})"
    hours = cast.format(value=f"substr({digits}, 2, length({digits}) - 3)", type="bigint")
    minutes = cast.format(value=f"substr({digits}, length({digits}) - 1)", type="bigint")
    number = cast.format(value=cast.format(value=said, type="double precision"), type="bigint")
    clock, plain = (dialect.matches.format(text=said, pattern=literal(pattern)) for pattern in (CLOCK, MINUTES))
    unreadable = "null" if tried else cast.format(value=f"{said} || '?'", type="bigint")
    return (
        f"case when {text} is null then null when upper({said}) in ('Z', 'UTC', 'GMT') then 0"
        f" when {clock} then {sign} * ({hours} * 60 + {minutes}) when {plain} then {number} else {unreadable} end"
    )
