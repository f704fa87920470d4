"""Reads how long something took, written with its units: 1h 5m 43s, 1 hr 5 min, PT1H5M, 1 Std. 5 Min., or 1:05:43.

1:05 is refused: it may be hours and minutes, or minutes and seconds.
"""

from __future__ import annotations

from workbench.data.engine import Dialect, literal

DURATION = "duration"  # the word of the mapping for it
SECONDS = {"seconds": 1, "hours": 3_600}  # of the units in which the contract has durations
_NUMBER = r"\d+(?:[.,]\d+)?"
_UNITS = {
    3_600: r"(?:h|hrs?|hours?|std\.?|stunden?|heures?|horas?|ore|uur)",
    60: r"(?:m|mins?\.?|minutes?|minuten?|minutos?|minuti|minuut)",
    1: r"(?:s|secs?\.?|seconds?|sek\.?|sekunden?|secondes?|segundos?|secondi|seconden)",
}
_IN_UNITS = ",? ?".join(f"(?:{_NUMBER} ?{unit})?" for unit in _UNITS.values())
_CLOCK = r"\d{1,3}:[0-5]\d:[0-5]\d"
PATTERN = rf"(?i)^(?:{_CLOCK}|(?:pt)?(?:{_IN_UNITS}))$"


def length(text: str, unit: str, dialect: Dialect) -> str:
    """SQL: how long something took, as a number in `unit`, of a text that fits the pattern.

    unit : "hours" or "seconds"
    """
    plain = f"replace(lower({text}), ',', '.')"
    seconds = " + ".join(
        f"{n} * {_number(plain, rf'({_NUMBER}) ?{pattern}(?:[^a-z]|$)', dialect)}" for n, pattern in _UNITS.items()
    )
    places = ("^([0-9]+):", "^[0-9]+:([0-9]+):", ":([0-9]+)$")
    clock = " + ".join(
        f"{n} * {_number(plain, place, dialect)}" for n, place in zip((3_600, 60, 1), places, strict=True)
    )
    return f"({seconds} + {clock}) / {float(SECONDS[unit])!r}"


def _number(text: str, pattern: str, dialect: Dialect) -> str:
    part = dialect.part.format(text=text, pattern=literal(pattern))
    return f"coalesce(cast({part} as double precision), 0)"
