"""Writes numbers the way people read them.

Two decimals, a real minus sign, a share in per cent, all with the separators of the page's language. A unit that counts
parts of a whole begins with the word "share" and its numbers run from 0 to 1; every other unit stands as it is.
"""

from __future__ import annotations

import re
from datetime import date

from workbench.results.phrases import phrase, punctuated, say, say_n, translated

MINUS = "−"
NOT_KNOWN = phrase("not known")  # the group of people of whom it is not recorded
EVERYBODY = phrase("everybody")  # the group where there are no others
# What a page rests on, and its source where it is about some people alone; `reports.beside` reads it on pages.
RESTS_ON = phrase("{source}: {people} people with access, {weeks} user-weeks in {period}; fingerprint {print}")
ONLY_SOME = phrase("{source}, only a saved selection")
WEEKDAYS = (
    *(phrase("Monday"), phrase("Tuesday"), phrase("Wednesday"), phrase("Thursday")),
    *(phrase("Friday"), phrase("Saturday"), phrase("Sunday")),
)
MONTH_NAMES = (
    *(phrase("January"), phrase("February"), phrase("March"), phrase("April"), phrase("May"), phrase("June")),
    *(phrase("July"), phrase("August"), phrase("September"), phrase("October"), phrase("November"), phrase("December")),
)
MONTHS = (
    *(phrase("Jan"), phrase("Feb"), phrase("Mar"), phrase("Apr"), phrase("May"), phrase("Jun")),
    *(phrase("Jul"), phrase("Aug"), phrase("Sep"), phrase("Oct"), phrase("Nov"), phrase("Dec")),
)


def is_share(unit: str) -> bool:
    """Whether the unit counts parts of a whole.

    >>> is_share("share of eligible people"), is_share("active days a week")
    (True, False)
    """
    return unit.startswith("share")


def number(value: float, digits: int = 2) -> str:
    """A number; nothing reads −0.00.

    >>> number(-1234.5), number(-0.001)
    ('−1,234.50', '0.00')
    """
    rounded = round(float(value), digits) + 0.0
    return punctuated(f"{rounded:,.{digits}f}").replace("-", MINUS)


def of_100(value: float) -> str:
    """A share in people of a hundred, where only nobody is 0 and only everybody is 100.

    >>> of_100(0.313), of_100(0.001), of_100(1.0)
    ('31', 'fewer than 1', '100')
    """
    rounded = round(100 * value)
    if rounded == 0 and value > 0:
        return say("fewer than 1")
    return say("more than 99") if rounded == 100 and value < 1 else number(rounded, 0)


def percent(value: float) -> str:
    """A share in per cent, where only nobody is 0% and only everybody is 100%.

    >>> percent(0.313), percent(0.001), percent(1.0)
    ('31%', 'less than 1%', '100%')
    """
    rounded = round(100 * value)
    if rounded == 0 and value > 0:
        return say("less than 1%")
    return say("more than 99%") if rounded == 100 and value < 1 else say("{n}%", n=number(rounded, 0))


def ranged(low: str, high: str) -> str:
    """The two ends of a range, a unit that both have said once.

    >>> ranged("64%", "69%"), ranged("0.93", "1.31"), ranged("−0.20", "0.10")
    ('64–69%', '0.93–1.31', '−0.20 to 0.10')
    >>> ranged("less than 1%", "3%"), ranged("67%", "67%")
    ('less than 1% to 3%', '67%')
    """
    if low == high:
        return low
    if low[:1].isdigit() and high[:1].isdigit():
        return f"{low.removesuffix(say('{n}%', n=''))}–{high}"
    return say("{low} to {high}", low=low, high=high)


def level(value: float, unit: str) -> str:
    """A measurement with its unit.

    >>> level(0.31, "share of people"), level(2.312, "active days a week")
    ('31%', '2.31 active days a week')
    """
    return percent(value) if is_share(unit) else f"{number(value)} {translated(unit)}".rstrip()


def people(n: float) -> str:
    """A head count.

    >>> people(1240), people(1)
    ('1,240 people', '1 person')
    """
    return say_n("{n} person", "{n} people", n)


def day(when: date) -> str:
    """A day.

    >>> day(date(2025, 1, 6))
    '6 Jan 2025'
    """
    return _dated(when, MONTHS)


def day_in_full(when: date) -> str:
    """A day with its month written out.

    >>> day_in_full(date(2025, 1, 6))
    '6 January 2025'
    """
    return _dated(when, MONTH_NAMES)


def _dated(when: date, months: tuple[str, ...]) -> str:
    return say("{day} {month} {year}", day=when.day, month=translated(months[when.month - 1]), year=when.year)


def period(start: date, length: str) -> str:
    """A week, month or quarter by its first day.

    >>> period(date(2025, 4, 1), "month"), period(date(2025, 4, 1), "quarter"), period(date(2025, 3, 31), "week")
    ('Apr 2025', 'Q2 2025', '31 Mar 2025')
    """
    if length == "month":
        return f"{translated(MONTHS[start.month - 1])} {start.year}"
    return f"Q{(start.month + 2) // 3} {start.year}" if length == "quarter" else day(start)


def capital(text: str) -> str:
    """The text as a sentence begins."""
    return text[:1].upper() + text[1:]


FEWEST_WORDS = {":": 5, "(": 3}  # before a colon or a bracket: fewer are a name, and say nothing


def gist(text: str) -> str:
    """A sentence up to its first detail: a bracket that ends a clause, a colon or a semicolon behind more than a name.

    >>> gist("67% have the habit (932 of 1,401). The target is reached."), gist("It grew by 0.5.")
    ('67% have the habit', 'It grew by 0.5')
    >>> gist("Ease of use: too loose for one score (0.23)."), gist("A bonus (paid) raised use more than B (told).")
    ('Ease of use: too loose for one score', 'A bonus (paid) raised use more than B')
    >>> gist("The result for the workshop (in the team) cannot be trusted.")
    'The result for the workshop (in the team) cannot be trusted'
    """
    for detail in re.finditer(r"\.? \((?=[^()]*\)(?:[.,;:]|$))|[:;]|\. |\.$", text):
        before = text[: detail.start()]
        if len(before.split()) >= FEWEST_WORDS.get(detail[0].strip(". ") or detail[0], 0):
            return before
    return text


def sentence(text: str) -> str:
    """The text as a sentence of its own."""
    return f"{capital(text).rstrip('.')}." if text else ""
