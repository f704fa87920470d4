"""What people answer in surveys. The items stand in items.csv, one row each:

mean : the answer expected of an average person, on a scale from 1 to `highest`
pull : what one unit of attitude adds to the answer, or takes from it where the item is `reverse`
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

from workbench.simulation.calendar import Calendar
from workbench.simulation.columns import user_ids
from workbench.simulation.people import People
from workbench.simulation.vocabulary import data_rows
from workbench.simulation.world import BARRIERS, Array

Item = dict[str, Any]  # a row of items.csv


ITEMS: list[Item] = data_rows("items.csv")
SURVEYS = {"spring 2025": 8, "autumn 2025": 42}  # week of YEAR
ANSWERS = 0.45  # share of people who answer (assumption)
ATTITUDES = (1.3, 0.4, 0.1, -0.2, -0.7, -0.3, -1.4, -1.0)  # mean of each pattern (assumption)
GRUDGE = -0.8  # what the mandate does to satisfaction (assumption)


def survey_table(everyone: People, calendar: Calendar, rng: np.random.Generator) -> pa.Table:
    """Answers to every item in two waves: one attitude per person, around that of the pattern, and noise per answer."""
    attitude = np.array(ATTITUDES)[everyone.pattern] + rng.normal(0.0, 0.5, len(everyone))
    waves = [_wave(everyone, calendar, name, week, attitude, rng) for name, week in SURVEYS.items()]
    return pa.concat_tables(waves)


def _wave(
    everyone: People, calendar: Calendar, name: str, of_year: int, attitude: Array, rng: np.random.Generator
) -> pa.Table:
    week = calendar.week(of_year)
    there = (everyone.first_day <= 7 * week) & (everyone.last_day >= 7 * week + 14)
    who = np.flatnonzero(there & (rng.random(len(everyone)) < ANSWERS))
    obliged = (everyone.mandated[who] >= 0) & (everyone.mandated[who] <= week)
    second = calendar.hours_utc[(7 * week + rng.integers(0, 12, len(who))) * 24 + 9] + rng.integers(0, 28_800, len(who))
    return pa.concat_tables(
        [_answers(item, name, who, second, attitude[who], obliged, everyone.barrier[who], rng) for item in ITEMS]
    )


def _answers(
    item: Item,
    survey: str,
    who: Array,
    second: Array,
    attitude: Array,
    obliged: Array,
    barrier: Array,
    rng: np.random.Generator,
) -> pa.Table:
    size = len(who)
    held = sum(shift * (barrier == n) for n, (name, shift) in enumerate(BARRIERS) if name == item["item"])
    leaning = item["pull"] * attitude + GRUDGE * obliged * (item["item"] == "satisfied")
    answer = item["mean"] + held + (-1 if item["reverse"] else 1) * leaning + rng.normal(0.0, 0.7, size)
    value = np.clip(np.rint(answer), 1, item["highest"])
    return pa.table(
        {
            "user_id": user_ids(who),
            "survey": pa.array([survey] * size, pa.string()),
            "answered_at": pa.array(second.astype("datetime64[s]").astype("datetime64[ms]"), pa.timestamp("ms", "UTC")),
            "scale": pa.array([item["scale"]] * size, pa.string()),
            "item": pa.array([item["item"]] * size, pa.string()),
            "value": pa.array(value, mask=rng.random(size) < 0.02),
            "lowest": pa.array(np.full(size, 1.0)),
            "highest": pa.array(np.full(size, float(item["highest"]))),
            "reverse": pa.array([item["reverse"]] * size, pa.bool_()),
        }
    )
