"""The arm of an experiment that the others are compared with.

It is chosen among all arms that anybody drew: one whose people are all left out is not replaced by the next.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import numpy as np

from workbench.errors import ContractError, not_one_of
from workbench.inference.layout import Floats
from workbench.inference.people import Drawn, Labels, People

CONTROL = ("0", "false", "off", "no", "none", "control", "not offered")  # what the arm without treatment is called


def with_control_first(people: People, against: Any = None) -> People:
    """The same people, the arm that others are compared with being number 0."""
    names, code = people.arm.names, people.arm.code
    if len(people.drawn.arm.names) < 2:
        raise ContractError(f"an experiment has two arms or more, but everybody is in {names[0]!r}.")
    control = _control(people, against)
    gone = [name for name in people.drawn.arm.names if name not in names]
    if control in gone:
        raise ContractError(
            f"effects are differences from {control!r}, but nobody who drew it is left: {why_gone(people, control)}."
        )
    if len(names) < 2:
        raise ContractError(
            f"an experiment has two arms or more, but only {control!r} is left.\n"
            f"  Of {gone[0]!r} nobody is: {why_gone(people, gone[0])}."
        )
    first = names.index(control)
    order = [first, *(i for i in range(len(names)) if i != first)]
    place = np.argsort(order)
    return replace(people, arm=Labels(tuple(names[i] for i in order), place[code]))


def why_gone(people: People, arm: Any) -> str:
    """The reasons for which people of an arm are left out, with how many each."""
    drawn = people.drawn
    counts = drawn.counts[drawn.arm.names.index(arm)]
    return ", ".join(f"{n:,} {reason}" for reason, n in zip(drawn.reasons, counts[:-1], strict=True) if n)


def doses(people: People, arms: Iterable[Any]) -> Floats:
    """The dose of each of these arms; NaN where none is known."""
    low, high = _ends(people.drawn)
    if (low < high).any():
        i = int((low < high).argmax())
        raise ContractError(
            f"an arm has one dose, but {(low < high).sum()} of {len(low)} have several.\n"
            f"  first: {people.drawn.arm.names[i]!r}, from {low[i]:g} to {high[i]:g}"
        )
    places = [people.drawn.arm.names.index(name) for name in arms]
    return np.where(low <= high, low, np.nan)[places]


def _ends(drawn: Drawn) -> tuple[Floats, Floats]:
    """The lowest and the highest dose of each arm."""
    assert drawn.dose is not None
    low, high = np.full(len(drawn.arm.names), np.inf), np.full(len(drawn.arm.names), -np.inf)
    known = ~np.isnan(drawn.dose)
    np.minimum.at(low, drawn.arm.code[known], drawn.dose[known])
    np.maximum.at(high, drawn.arm.code[known], drawn.dose[known])
    return low, high


def _control(people: People, against: Any) -> Any:
    names, arm = people.drawn.arm.names, people.roles.arm
    if against is not None:
        meant = [name for name in names if name == against] or [name for name in names if str(name) == str(against)]
        if len(meant) != 1:
            raise ContractError(not_one_of(str(against), map(str, names), f"{arm} called"))
        return meant[0]
    if people.dose is not None:
        return _of_lowest_dose(people)
    codes = all(re.fullmatch("[A-Z]{2}", str(name)) for name in names)  # NO beside SE and DK is Norway
    found = [name for name in names if not codes and (str(name).lower() in CONTROL or name == 0)]
    if len(found) != 1:
        listed = ", ".join(map(repr, names[:12]))
        raise ContractError(
            f"effects are differences from one arm, but of the {len(names)} arms {len(found)} are called 0, off or"
            f" control.\n  There are {listed}.\n  Name the one to compare with: against={names[0]!r}."
        )
    return found[0]


def _of_lowest_dose(people: People) -> Any:
    names = people.drawn.arm.names
    each = doses(people, names)
    if np.isnan(each).any():
        lacking = names[int(np.isnan(each).argmax())]
        raise ContractError(
            f"the arm of the lowest {people.roles.dose} is the one to compare with, but nobody in {lacking!r} has a"
            f" {people.roles.dose}.\n  Write it down, or name the arm to compare with: against={lacking!r}."
        )
    lowest = [name for name, dose in zip(names, each, strict=True) if dose == each.min()]
    if len(lowest) > 1:
        listed = ", ".join(map(repr, lowest[:12]))
        raise ContractError(
            f"the arm of the lowest {people.roles.dose} is the one to compare with, but {len(lowest)} have it:"
            f" {listed}.\n  Name the one to compare with: against={lowest[0]!r}."
        )
    return lowest[0]
