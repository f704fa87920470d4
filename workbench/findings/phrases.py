"""The small parts that sentences are made of: sizes, ends of intervals, lists."""

from __future__ import annotations

import math
from collections.abc import Sequence

from workbench.results.estimates import Estimates
from workbench.results.verdict import Row, verdict_of
from workbench.results.words import is_share, number, percent, ranged

MOST_DIGITS = 6  # decimals


def how_often(chance: float) -> str:
    """How often something happens.

    chance : from 0 to 1

    >>> how_often(0.21), how_often(0.004)
    ('about 21% of cases', 'less than 1% of cases')
    """
    return f"{'less than 1%' if chance < 0.01 else f'about {percent(chance)}'} of cases"


def enumerated(parts: Sequence[str]) -> str:
    """A list as people write it.

    >>> enumerated(["coaching", "a talk", "a video"])
    'coaching, a talk and a video'
    """
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)


def anything_from(row: Row, estimates: Estimates, up: str = "rise", down: str = "fall") -> str:
    """The range of effects that an unclear result leaves open.

    row : conf_low and conf_high of an effect that is not clear
    up, down : what a positive and a negative effect are called

    >>> row = {"conf_low": -0.05, "conf_high": 0.12}
    >>> anything_from(row, Estimates(pd.DataFrame([row]), "active days a week", "made up"))
    'anything from a fall of 0.05 to a rise of 0.12'
    """
    digits = digits_of(row, estimates.unit)
    least, most = (figure_of(max(end, 0), estimates.unit, digits) for end in (-row["conf_low"], row["conf_high"]))
    return f"anything from a {down} of {least} to a {up} of {most}{' points' if is_share(estimates.unit) else ''}"


def amounts(row: Row, unit: str) -> tuple[str, str, str]:
    """Size of a change and the ends of its interval, the nearer to zero first; the words around give the direction.

    row : estimate, conf_low and conf_high, in `unit`

    >>> amounts({"estimate": -0.3, "conf_low": -0.4, "conf_high": -0.2}, "active days a week")
    ('0.30', '0.20', '0.40')
    """
    sign, digits = (-1 if row["estimate"] < 0 else 1), digits_of(row, unit)
    low, high = sorted((sign * row["conf_low"], sign * row["conf_high"]))
    return amount(sign * row["estimate"], unit, digits), figure_of(low, unit, digits), figure_of(high, unit, digits)


def likely(low: str, high: str) -> str:
    """The likely range: the ends of an interval, to stand in brackets.

    >>> likely("0.93", "1.31"), likely("64%", "69%")
    ('likely 0.93–1.31', 'likely 64–69%')
    """
    return f"likely {ranged(low, high)}"


def amount(value: float, unit: str, digits: int = 2) -> str:
    """A size; a share with its unit, percentage points.

    >>> amount(0.041, "share of people", 1), amount(0.3, "active days a week")
    ('4.1 percentage points', '0.30')
    """
    figure = figure_of(value, unit, digits)
    return figure + (f" percentage point{'' if figure == '1' else 's'}" if is_share(unit) else "")


def figure_of(value: float, unit: str, digits: int) -> str:
    """A size as digits; shares in hundredths.

    >>> figure_of(0.041, "share of people", 1), figure_of(0.041, "active days a week", 2)
    ('4.1', '0.04')
    """
    return number(100 * value if is_share(unit) else value, digits)


def signed(value: float, unit: str, digits: int) -> str:
    """A change as digits with its sign; shares in hundredths.

    >>> signed(0.49, "active days a week", 2), signed(-0.041, "share of people", 1)
    ('+0.49', '−4.1')
    """
    figure = figure_of(value, unit, digits)
    return figure if figure.startswith("−") or not float(figure.replace(",", "")) else f"+{figure}"


def digits_of(row: Row, unit: str) -> int:
    """Decimals for an effect and the ends of its interval.

    row : conf_low and conf_high, in `unit`
    Two, fewer where the interval is wide; more where the wider end would keep fewer than two significant digits, or,
    of a clear effect, an end would read as zero.

    >>> digits_of({"conf_low": -0.0129, "conf_high": 0.0026}, "deals won a week")
    3
    """
    scale = 100 if is_share(unit) else 1
    ends = [scale * abs(row[c]) for c in ("conf_low", "conf_high")]
    width, wider = scale * (row["conf_high"] - row["conf_low"]), max(ends)
    digits = 0 if width >= 20 else 1 if width >= 2 else 2
    if math.isfinite(wider) and wider > 0:
        digits = max(digits, min(MOST_DIGITS, 1 - math.floor(math.log10(wider))))
    while verdict_of(row).clear and digits < MOST_DIGITS and not all(round(end, digits) for end in ends):
        digits += 1
    return digits


def noun_of(unit: str) -> str:
    """What was measured, as a noun.

    >>> noun_of("share of people"), noun_of("active days a week")
    ('the share of people', 'active days a week')
    """
    return f"the {unit}" if is_share(unit) else unit


def changed(unit: str) -> tuple[str, str]:
    """What was measured as a noun, and what follows its number; days of use are what most pages are about.

    >>> changed("active days a week"), changed("logins a week"), changed("share of people")
    (('use', ' days a week'), ('logins', ' a week'), ('the share of people', ''))
    """
    if unit == "active days a week":
        return "use", " days a week"
    if is_share(unit) or not unit.endswith(" a week"):
        return noun_of(unit), ""
    return unit.removesuffix(" a week"), " a week"


def spaced(text: str) -> str:
    """The text with a space before it, or nothing."""
    return f" {text}" if text else ""
