"""Whether two pages of one site are about almost the same people, so that one less the other is about the few."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from workbench.errors import NotRunError
from workbench.results.minimum import MINIMUM
from workbench.results.phrases import in_every_language
from workbench.results.words import ONLY_SOME, RESTS_ON


def differ_by_few(one: str, other: str) -> int | None:
    """By how many people the selections of two pages differ in size, where these are one to four; None otherwise.

    one, other : what each page says that it rests on
    Groups of which one lies within the other and that differ by fewer than five people always differ so in size. Pages
    about everybody are not compared: their people differ only with the weeks.

    >>> all_of_them = "crm: 30 people with access, 270 user-weeks"
    >>> differ_by_few(all_of_them, "crm, only a saved selection: 29 people with access, 261 user-weeks")
    1
    >>> differ_by_few(all_of_them, "crm: 29 people with access, 261 user-weeks") is None
    True
    """
    found, beside = _line().search(one), _line().search(other)
    if not found or not beside or not (found["selection"] or beside["selection"]):
        return None
    apart = abs(_count(found["people"]) - _count(beside["people"]))
    return apart if 0 < apart < MINIMUM else None


@cache
def _line() -> re.Pattern[str]:
    """What a page rests on (`panel.rests_on`), in any language: "crm, only a saved selection: 1,240 people with …"."""
    alone = [re.escape(text.removeprefix("{source}")) for text in in_every_language(ONLY_SOME)]
    people = [re.escape(text.split("{people}")[1].split(",")[0]) for text in in_every_language(RESTS_ON)]
    return re.compile(rf"(?P<selection>{'|'.join(alone)})?: (?P<people>\d[\d.,]*)(?:{'|'.join(people)})")


def _count(figure: str) -> int:
    return int(re.sub(r"\D", "", figure))


def refuse_almost_same(page: Any, beside: Iterable[Any]) -> None:
    """Raises NotRunError where a page is about almost the same people as one that stands beside it."""
    for other in filter(None, beside):
        if (few := differ_by_few(page.data, other.data)) is not None:
            raise NotRunError(
                f"its people differ from those of {other.name} in this site by {few}: what the two pages say could be"
                f" subtracted, and would be about fewer than {MINIMUM}. Print it into another folder, with --out."
            )


def in_order(path: Path) -> tuple[int, str]:
    """By its number, then by its name: the order of pages beside each other."""
    number = re.match(r"\d+", path.stem)
    return (int(number[0]) if number else 0, path.stem)
