"""People, chunk by chunk, and the days on which they are active."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.csv

from workbench.simulation.people import People
from workbench.simulation.truth import Ledger
from workbench.simulation.use import Use, use
from workbench.simulation.world import STREAM, Array, Calendar

CHUNK = 2_000  # people in one row group


@dataclass
class Simulation:
    """People, calendar, and what has been drawn so far."""

    people: People
    calendar: Calendar
    seed: int
    ledger: Ledger = field(init=False)
    numbered: int = 0  # events so far
    created: int = 0  # records so far
    late: list[pa.Table] = field(default_factory=list)
    gamed: Array = field(default_factory=lambda: np.zeros(4))  # contest records, junk, fields filled, filled otherwise
    parts: dict[str, list[pa.Table]] = field(default_factory=lambda: {"tickets": [], "outcomes": []})

    def __post_init__(self) -> None:
        self.ledger = Ledger(self.calendar)

    def chunks(self) -> Iterator[tuple[People, Use, np.random.Generator]]:
        """Some people after the other, with what is expected of them and their own random numbers."""
        for number, start in enumerate(range(0, len(self.people), CHUNK)):
            rng = np.random.default_rng([STREAM, self.seed, 1, number])
            who = self.people[slice(start, start + CHUNK)]
            expected = use(who, self.calendar, rng)
            self.ledger.add(who, expected)
            yield who, expected, rng

    def gathered(self) -> dict[str, pa.Table]:
        """The small tables that were drawn together with the events."""
        return {name: pa.concat_tables(parts) for name, parts in self.parts.items()}


def active_days(crm: Simulation) -> Iterator[tuple[People, Use, Array]]:
    """Only the outcome: active days, people × weeks, chunk by chunk; for benchmarks that need no events."""
    for who, expected, rng in crm.chunks():
        yield who, expected, drawn_days(expected.active, rng).sum(2)


def drawn_days(chances: Array, rng: np.random.Generator) -> Array:
    """Which days are active. Each has its own chance, and people spread their days over the week.

    Systematic sampling: the number of days is the expected one, rounded up or down.
    """
    reached = np.floor(np.cumsum(chances, axis=2) + rng.random(chances.shape[:2])[:, :, None])
    return np.diff(reached, axis=2, prepend=0.0) > 0
