"""The small parts that sentences are made of: sizes, ends of intervals, lists."""

from __future__ import annotations

import math
from collections.abc import Sequence

from workbench.results.estimates import Estimates
from workbench.results.phrases import phrase, say, translated
from workbench.results.verdict import Row, verdict_of
from workbench.results.words import capital, is_share, number, percent, ranged

MOST_DIGITS = 6  # decimals


def how_often(chance: float) -> str:
    """How often something happens.

    chance : from 0 to 1

    >>> how_often(0.21), how_often(0.004)
    ('about 21% of cases', 'less than 1% of cases')
    """
    return say("less than 1% of cases") if chance < 0.01 else say("about {share} of cases", share=percent(chance))


def enumerated(parts: Sequence[str]) -> str:
    """A list as people write it.

    >>> enumerated(["coaching", "a talk", "a video"])
    'coaching, a talk and a video'
    """
    if len(parts) < 2:
        return "".join(parts)
    return say("{items} and {last}", items=", ".join(parts[:-1]), last=parts[-1])


OPEN = phrase("anything from a fall of {least} to a rise of {most}{unit}")
OPEN_BETWEEN = phrase("anything from {least}{unit} less to {most} more")  # of two groups


def anything_from(row: Row, estimates: Estimates, a_week: str = "", said: str = OPEN) -> str:
    """The range of effects that an unclear result leaves open.

    row : conf_low and conf_high of an effect that is not clear
    a_week : what follows the number, as `changed` returns it; said : `OPEN` or `OPEN_BETWEEN`

    >>> row = {"conf_low": -0.05, "conf_high": 0.12}
    >>> anything_from(row, Estimates(pd.DataFrame([row]), "active days a week", "made up"))
    'anything from a fall of 0.05 to a rise of 0.12'
    """
    digits = digits_of(row, estimates.unit)
    least, most = (figure_of(max(end, 0), estimates.unit, digits) for end in (-row["conf_low"], row["conf_high"]))
    unit = spaced(say("points")) if is_share(estimates.unit) else a_week
    return translated(said, least=least, most=most, unit=unit)


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
    return say("likely {range}", range=ranged(low, high))


def amount(value: float, unit: str, digits: int = 2) -> str:
    """A size; a share with its unit, percentage points.

    >>> amount(0.041, "share of people", 1), amount(0.3, "active days a week")
    ('4.1 percentage points', '0.30')
    """
    figure = figure_of(value, unit, digits)
    if not is_share(unit):
        return figure
    if figure == "1":
        return say("{figure} percentage point", figure=figure)
    return say("{figure} percentage points", figure=figure)


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
    return figure if figure.startswith("−") or set(figure) <= set("0.,") else f"+{figure}"


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
    """What was measured, as a noun; German has it in the accusative, as something that was changed.

    >>> noun_of("share of people"), noun_of("active days a week")
    ('the share of people', 'active days a week')
    """
    return translated(f"the {unit}" if is_share(unit) else unit)


def subject_of(unit: str) -> str:
    """What was measured, as the subject that begins a sentence.

    >>> subject_of("share of people"), subject_of("active days a week")
    ('The share of people', 'Active days a week')
    """
    return translated(capital(f"the {unit}" if is_share(unit) else unit))


def changed(unit: str) -> tuple[str, str]:
    """What was measured as a noun, and what follows its number; days of use are what most pages are about.

    >>> changed("active days a week"), changed("logins a week"), changed("share of people")
    (('use', ' days a week'), ('logins', ' a week'), ('the share of people', ''))
    """
    if unit == "active days a week":
        return say("use"), spaced(say("days a week"))
    if is_share(unit) or not unit.endswith(" a week"):
        return noun_of(unit), ""
    return translated(unit.removesuffix(" a week")), spaced(say("a week"))


MEASURED = (  # what sentences are about beside shares of people: as something changed, and as a subject
    *(phrase("logins"), phrase("actions"), phrase("satisfaction"), phrase("deals won"), phrase("the quality of work")),
    *(phrase("active days"), phrase("features"), phrase("fields filled"), phrase("any use"), phrase("other work")),
    *(phrase("the share of people"), phrase("The share of people")),
    *(phrase("the share of people who have the habit"), phrase("The share of people who have the habit")),
    phrase("the share of what was done"),
)


def spaced(text: str) -> str:
    """The text with a space before it, or nothing."""
    return f" {text}" if text else ""
