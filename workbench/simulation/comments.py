"""What people write: the texts stand in comments.csv, each with the mood of those who write it."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from workbench.simulation.calendar import Calendar
from workbench.simulation.columns import team_names, user_ids, utc_text
from workbench.simulation.people import People
from workbench.simulation.vocabulary import data_rows
from workbench.simulation.world import STREAM, Array

COMMENTS = data_rows("comments.csv")
MOODS = ("likes it", "in between", "does not like it")
PATTERN_MOODS = (0, 0, 1, 1, 2, 1, 2, 2)  # by pattern: places in MOODS (assumption)
WRITERS = 0.22  # comments per person (assumption)
INDIFFERENT = 0.35  # share of comments in between, whatever the pattern (assumption)
ANONYMOUS = 0.33  # share of comments without a person (assumption)
GROWING = 0.05  # comments per person on the theme that grows (assumption)
SEARCH = "search"  # the mood of its texts
CHANNELS = ("survey", "help desk", "interview")


def feedback_table(everyone: People, calendar: Calendar, seed: int, rng: np.random.Generator) -> pa.Table:
    """All comments, by time; the growing theme has random numbers of its own."""
    own = np.random.default_rng([STREAM, seed, 5])
    table = pa.concat_tables([_comments(everyone, calendar, rng), growing_theme(everyone, calendar, own)])
    return table.sort_by([("written_at", "ascending"), ("team", "ascending"), ("text", "ascending")])


def _comments(everyone: People, calendar: Calendar, rng: np.random.Generator) -> pa.Table:
    """Comments at a constant rate for each day that somebody is there, a third of them anonymous."""
    size = round(WRITERS * len(everyone))
    first = np.maximum(everyone.first_day, 0)
    there = np.maximum(np.minimum(everyone.last_day, 7 * calendar.weeks - 1) - first + 1, 0)  # days
    who = np.sort(np.searchsorted(np.cumsum(there), rng.integers(0, there.sum(), size), side="right"))
    texts = _texts(everyone.pattern[who], rng)
    day = first[who] + (rng.random(size) * there[who]).astype(np.int64)
    return pa.table(
        {
            "user_id": user_ids(who, rng.random(size) < ANONYMOUS),
            "team": pa.array(team_names(everyone)[who]),
            "written_at": utc_text(calendar.hours_utc[day * 24 + 9] + rng.integers(0, 28_800, size)),
            "channel": pa.array(CHANNELS).take(rng.integers(0, len(CHANNELS), size)),
            "text": pa.array(texts),
        }
    )


def growing_theme(everyone: People, calendar: Calendar, rng: np.random.Generator) -> pa.Table:
    """Further signed comments on one theme, in two languages, with a rate that rises in a straight line from zero."""
    days = 7 * calendar.weeks
    size = round(GROWING * len(everyone))
    day = (days * np.sqrt(rng.random(size))).astype(np.int64)
    there = (everyone.first_day <= day[:, None]) & (everyone.last_day >= day[:, None])
    who = np.array([rng.choice(np.flatnonzero(row)) for row in there])
    texts = [row["text"] for row in COMMENTS if row["mood"] == SEARCH]
    return pa.table(
        {
            "user_id": user_ids(who),
            "team": pa.array(team_names(everyone)[who]),
            "written_at": utc_text(calendar.hours_utc[day * 24 + 9] + rng.integers(0, 28_800, size)),
            "channel": pa.array(CHANNELS).take(rng.integers(0, len(CHANNELS), size)),
            "text": pa.array(texts).take(rng.integers(0, len(texts), size)),
        }
    )


def _texts(pattern: Array, rng: np.random.Generator) -> list[str]:
    """One text per writer, at random among those of the writer's mood."""
    mood = np.array(PATTERN_MOODS)[pattern]
    mood = np.where(rng.random(len(pattern)) < INDIFFERENT, 1, mood)
    texts = [[row["text"] for row in COMMENTS if row["mood"] == name] for name in MOODS]
    return [texts[m][int(u * len(texts[m]))] for m, u in zip(mood, rng.random(len(pattern)), strict=True)]
