"""The help desk: tickets, how long they wait, and the days after a slow answer, on which people use less.

The truths of programmes do not count what slow answers take from them: less than one per cent.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from workbench.simulation.calendar import Calendar
from workbench.simulation.columns import random_codes, text_ids, user_ids, utc_text
from workbench.simulation.people import People
from workbench.simulation.use import Use
from workbench.simulation.vocabulary import FEATURES
from workbench.simulation.world import NEVER, RESISTER, Array

TOPICS = ("cannot log in", "missing field", "slow page", "wrong permission", "duplicate record", "how do I")
SLOW_TEAMS = 5  # every so many-th team waits long
WAITS = (9.0, 60.0)  # median hours until the answer, usually and in slow teams (assumption)
SLOW = 24  # hours after which an answer counts as slow
AFTER = 42  # days after such a ticket on which people use less
LOST = 0.3  # share of their active days that they lose then (assumption)


def tickets(who: People, expected: Use, calendar: Calendar, rng: np.random.Generator) -> tuple[pa.Table, Array]:
    """Help-desk tickets, more from resisters; and the days that follow slow answers: true or false, people × days."""
    rate = 0.012 + 0.015 * (who.pattern == RESISTER)
    here = expected.present.any(2) & (who.pattern != NEVER)[:, None]
    person, week = np.nonzero(rng.random(here.shape) < rate[:, None] * here)
    size = len(person)
    inside = np.clip(7 * week + rng.integers(0, 5, size), who.first_day[person], who.last_day[person])
    opened = calendar.hours_utc[inside * 24 + rng.integers(8, 18, size)] + rng.integers(0, 3600, size)
    hours = np.where(who.team[person] % SLOW_TEAMS == 0, WAITS[1], WAITS[0]) * rng.lognormal(0.0, 0.8, size)
    table = pa.table(
        {
            "ticket_id": text_ids("t", (who.number[person].astype(np.int64) * calendar.weeks + week), 7),
            "user_id": user_ids(who.number[person]),
            "opened_at": utc_text(opened),
            "resolved_at": pa.array(
                utc_text(opened + (3600 * hours).astype(np.int64)).to_pylist(),
                pa.string(),
                mask=rng.random(size) < 0.03,
            ),
            "topic": pa.array(TOPICS).take(random_codes((0.25, 0.15, 0.15, 0.15, 0.1, 0.2), size, rng)),
            "feature": pa.array(list(FEATURES)).take(rng.integers(0, len(FEATURES), size)),
        }
    )
    slow = hours > SLOW
    return table, _days_after(person[slow], inside[slow], expected.present.reshape(len(who), -1).shape)


def _days_after(person: Array, opened: Array, shape: tuple[int, ...]) -> Array:
    """The AFTER days that follow each ticket's day."""
    after = np.zeros(shape, dtype=bool)
    days = opened[:, None] + np.arange(1, AFTER + 1)
    inside = days < shape[1]
    after[np.broadcast_to(person[:, None], days.shape)[inside], days[inside]] = True
    return after
