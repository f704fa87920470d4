"""What is true: every planted effect as it came out for these people, as one row of a table.

A truth is a mean over user-weeks of what a programme changed: expected use with it minus expected use without it.
Its words stand in truths.toml, by kind; its name and its planned size come from the programmes.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib import resources
from typing import Any, NamedTuple

import numpy as np

from workbench.simulation.calendar import Calendar
from workbench.simulation.columns import role_names
from workbench.simulation.people import People
from workbench.simulation.programmes import (
    BASICS,
    COACHING,
    FAST_TRACK,
    INCENTIVES,
    LOTS,
    MANDATE,
    MANDATE_LOGINS,
    PROGRAMMES,
    REFRESH,
    SPILLOVER,
    WORKSHOP,
)
from workbench.simulation.support import LOST
from workbench.simulation.use import Use
from workbench.simulation.vocabulary import SELLING
from workbench.simulation.world import NEVER, NOBODY, Array

Row = dict[str, Any]
KINDS: dict[str, dict[str, str]] = tomllib.loads((resources.files(__package__) / "truths.toml").read_text("utf-8"))
HELPED = ("people who sell", "everybody else")
WAITING = "Slow help desk"
# Programmes whose people would have moved otherwise than the never trained, whatever the programme did.
MISLEADING = (FAST_TRACK.name, *(training.name for training in LOTS))
SPILLED = f"{WORKSHOP.name}: spillover"
# kind → the people who were not reached, and who they are, for the naive comparison of levels
NAIVE = {
    "training": ("never trained", "people never trained, same weeks"),
    "on": ("no incentive", "teams without an incentive, same weeks"),
}


def planted() -> Iterator[tuple[str, str, Row]]:
    """Kind, name and planned values of every truth that is a mean over user-weeks, in the order of truth.json."""
    for training in PROGRAMMES:
        yield "training", training.name, {"meant": training.means, "nominal": training.effect}
    yield "spillover", SPILLED, {"nominal": ((0, SPILLOVER),)}
    for hours in PROGRAMMES[COACHING].dose_hours:
        yield "part", f"{PROGRAMMES[COACHING].name}: {hours:g} hours", {}
    for times in ("twice", "once"):
        yield "repeated", f"{PROGRAMMES[BASICS].name}: {times}", {}
    for incentive in INCENTIVES:
        yield "on", f"{incentive.name}: while on", {"meant": incentive.means, "nominal": incentive.on}
        yield "after", f"{incentive.name}: after it ended", {"meant": incentive.means, "nominal": incentive.after}
    yield "mandate", MANDATE, {"value": MANDATE_LOGINS, "value_on_active_days": 0.0}
    for training in LOTS:
        yield "offer", f"{training.name}: offer", {"meant": training.means}
    for group in HELPED:
        yield "part", f"{PROGRAMMES[COACHING].name}: {group}", {}
    yield "waiting", WAITING, {}
    yield "champions", "Champions: effect on team-mates", {}


class Change(NamedTuple):
    """Values by person and week, of which the chosen user-weeks enter a mean."""

    name: str
    week: Array  # of the simulation, or since the programme began or ended; people × weeks, or weeks
    value: Array  # active days a week, or logins; people × weeks
    chosen: Array  # true or false; people × weeks


def changes(who: People, expected: Use, calendar: Calendar) -> Iterator[Change]:
    """What trainings, incentives and the mandate change in the expected use of some people."""
    weeks = np.arange(calendar.weeks)
    there: Array = np.any(expected.present, axis=2)
    yield from _of_trainings(who, expected, weeks, there)
    yield from _of_offers(who, expected, weeks, there)
    yield from _of_incentives(who, expected, weeks, there)
    started: Array = who.pattern != NEVER
    logins = MANDATE_LOGINS * started[:, None] * expected.present[:, :, :5].mean(2)
    yield Change(MANDATE, weeks, logins, there & expected.mandate_on)


def _of_trainings(who: People, expected: Use, weeks: Array, there: Array) -> Iterator[Change]:
    gain = expected.with_all - expected.without_training
    since, exposed = weeks - who.trained[:, None], weeks - who.exposed[:, None]
    for number, training in enumerate(PROGRAMMES):
        after = there & (since >= 0) & (who.programme == number)[:, None]
        yield Change(training.name, since, gain, after)
        for hours in training.dose_hours:
            yield Change(f"{training.name}: {hours:g} hours", since, gain, after & (who.hours == hours)[:, None])
        if training.repeated:
            late, again = after & (since >= REFRESH), who.again[:, None]
            yield Change(f"{training.name}: twice", since, gain, late & again)
            yield Change(f"{training.name}: once", since, gain, late & ~again)
    sells = np.isin(role_names(who), SELLING)
    coached = there & (since >= 0) & (who.programme == COACHING)[:, None]
    for group, here in zip(HELPED, (sells, ~sells), strict=True):
        yield Change(f"{PROGRAMMES[COACHING].name}: {group}", since, gain, coached & here[:, None])
    yield Change(SPILLED, exposed, gain, there & (exposed >= 0) & (who.exposed >= 0)[:, None])


def _of_offers(who: People, expected: Use, weeks: Array, there: Array) -> Iterator[Change]:
    gain = expected.with_all - expected.without_training
    came = np.broadcast_to(who.comes[:, None], gain.shape)
    for training in LOTS:
        offered = (who.offered == PROGRAMMES.index(training))[:, None] & (weeks >= who.offered_in[:, None])
        yield Change(f"{training.name}: offer", weeks, gain, there & offered)
        yield Change(f"{training.name}: take-up", weeks, came, there & offered)


def _of_incentives(who: People, expected: Use, weeks: Array, there: Array) -> Iterator[Change]:
    gain = expected.with_all - expected.without_incentive
    since, ended = weeks - who.on[:, None], weeks - who.off[:, None]
    for number, incentive in enumerate(INCENTIVES):
        here = there & (who.incentive == number)[:, None]
        yield Change(f"{incentive.name}: while on", since, gain, here & (since >= 0) & (ended < 0))
        yield Change(f"{incentive.name}: after it ended", ended, gain, here & (ended >= 0))


def levels(who: People, expected: Use, calendar: Calendar) -> Iterator[Change]:
    """Expected use, week by week, of those whom a programme reaches and of those whom none reaches."""
    weeks = np.arange(calendar.weeks)
    there: Array = np.any(expected.present, axis=2)
    untrained = (who.programme == NOBODY) & (who.exposed == NOBODY)
    yield Change("never trained", weeks, expected.with_all, there & untrained[:, None])
    yield Change("no incentive", weeks, expected.with_all, there & (who.incentive == NOBODY)[:, None])
    for number, training in enumerate(PROGRAMMES):
        after = (weeks >= who.trained[:, None]) & (who.programme == number)[:, None]
        yield Change(training.name, weeks, expected.with_all, there & after)
    for number, incentive in enumerate(INCENTIVES):
        during = expected.incentive_on & (who.incentive == number)[:, None]
        yield Change(f"{incentive.name}: while on", weeks, expected.with_all, there & during)


Sums = dict[str, Array]  # name → 2 × weeks: the sum of the values, the number of user-weeks


@dataclass
class Ledger:
    """Adds changes and levels up, some people at a time, and lists the truths."""

    calendar: Calendar
    changed: Sums = field(default_factory=dict)
    level: Sums = field(default_factory=dict)

    def add(self, who: People, expected: Use) -> None:
        """Take in some people."""
        for sums, found in ((self.changed, changes), (self.level, levels)):
            for change in found(who, expected, self.calendar):
                sums[change.name] = sums.get(change.name, 0.0) + _summed(change, self.calendar.weeks)

    def take(self, change: Change) -> None:
        """Take in one further change."""
        summed = _summed(change, self.calendar.weeks)
        self.changed[change.name] = self.changed.get(change.name, 0.0) + summed

    def truths(self) -> list[Row]:
        """Every planted truth: what is asked, in which unit, compared with what, the answer, and the naive answer."""
        return [self._row(kind, name, planned) for kind, name, planned in planted()]

    def _row(self, kind: str, name: str, planned: Row) -> Row:
        total, n = self.changed.get(name, np.zeros((2, 1)))
        row = {"name": name, **KINDS[kind], **planned, "value": rounded(total.sum() / max(n.sum(), 1))}
        if "nominal" in planned:
            row["by_event_week"] = [rounded(value) for value in total[n > 0] / n[n > 0]]
        if kind in NAIVE:
            others, who = NAIVE[kind]
            row |= {"naive": _gap(self.level[name], self.level[others]), "naive_comparison": who}
        if kind == "offer":
            row |= self._take_up(name)
        return row | {"parallel_trends": name not in MISLEADING}

    def _take_up(self, offer: str) -> Row:
        """The share of offered people who came, over their weeks since, and what it changed for those who did."""
        gain, n = self.changed[offer].sum(1)
        came = self.changed[offer.replace(": offer", ": take-up")][0].sum()
        return {"take_up": rounded(came / max(n, 1)), "value_for_those_who_came": rounded(gain / max(came, 1))}


def cost_of_waiting(expected: Use, slow: Array) -> Change:
    """What slow answers cost in the whole weeks after them; slow : the days after them, people × days."""
    whole: Array = np.all(slow.reshape(expected.present.shape), axis=2) & np.any(expected.present, axis=2)
    return Change(WAITING, np.arange(whole.shape[1]), -LOST * expected.active.sum(2), whole)


def _summed(change: Change, weeks: int) -> Array:
    at = np.broadcast_to(change.week, change.chosen.shape)[change.chosen]
    return np.stack([np.bincount(at, change.value[change.chosen], weeks), np.bincount(at, minlength=weeks)])


def _gap(reached: Array, others: Array) -> float:
    """Mean level of those reached minus that of the others in the same weeks."""
    (level, n), (other, m) = reached, others
    difference = level / np.maximum(n, 1) - other / np.maximum(m, 1)
    return rounded((difference * n).sum() / max(n.sum(), 1))


def rounded(value: float) -> float:
    """Four digits after the point, and no minus zero."""
    return round(float(value), 4) + 0.0
