"""The simulation under way: people in chunks, and the days on which they are active."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from workbench.simulation.calendar import Calendar
from workbench.simulation.people import People
from workbench.simulation.truth import Ledger
from workbench.simulation.use import Use, use
from workbench.simulation.world import STREAM, Array

CHUNK = 2_000  # people in one row group


@dataclass
class Simulation:
    """People and calendar, with what has been simulated so far."""

    people: People
    calendar: Calendar
    seed: int
    ledger: Ledger = field(init=False)
    numbered: int = 0  # events so far
    created: int = 0  # records so far
    late: list[pa.Table] = field(default_factory=list)
    contest: Array = field(default_factory=lambda: np.zeros(3))  # records made in it, junk among them, change of care
    parts: dict[str, list[pa.Table]] = field(default_factory=lambda: {"tickets": [], "outcomes": []})

    def __post_init__(self) -> None:
        self.ledger = Ledger(self.calendar)

    def chunks(self) -> Iterator[tuple[People, Use, np.random.Generator]]:
        """People in chunks, each with its expected use and a random generator of its own."""
        for number, start in enumerate(range(0, len(self.people), CHUNK)):
            rng = np.random.default_rng([STREAM, self.seed, 1, number])
            who = self.people[slice(start, start + CHUNK)]
            expected = use(who, self.calendar, rng)
            self.ledger.add(who, expected)
            yield who, expected, rng

    def later(self, who: People) -> np.random.Generator:
        """Random numbers for what came later into the simulation, so that nothing older moves."""
        return np.random.default_rng([STREAM, self.seed, 4, int(who.number[0])])

    def tables_of_use(self) -> dict[str, pa.Table]:
        """Tickets and outcomes: the tables that depend on use and are simulated along with the events."""
        return {name: pa.concat_tables(parts) for name, parts in self.parts.items()}


def active_days(crm: Simulation) -> Iterator[tuple[People, Use, Array]]:
    """Active days (people × weeks) in chunks, without events; for benchmarks that need only the outcome."""
    for who, expected, rng in crm.chunks():
        active = sampled_days(expected.active, rng)
        yield who, expected, (active | added_days(active, expected, crm.later(who))).sum(2)


def added_days(active: Array, expected: Use, rng: np.random.Generator) -> Array:
    """Which further days are active because of programmes of their own random streams: people × weeks × 7.

    A day that is not active yet becomes so with the chance that makes up for the days that are.
    """
    return sampled_days(expected.later / (1 - expected.active), rng) & ~active


def sampled_days(chances: Array, rng: np.random.Generator) -> Array:
    """Which days are active: true or false, people × weeks × 7, each with its own chance.

    Systematic sampling: a week has its expected number of active days, rounded up or down, spread over the week.
    """
    reached = np.floor(np.cumsum(chances, axis=2) + rng.random(chances.shape[:2])[:, :, None])
    active: Array = np.diff(reached, axis=2, prepend=0.0) > 0
    return active
