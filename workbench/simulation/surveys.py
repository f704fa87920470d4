"""What people answer in surveys and write in comments."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.csv

from workbench.simulation.columns import id_column, moments_within, team_names
from workbench.simulation.people import People
from workbench.simulation.world import Array, Calendar


@dataclass(frozen=True)
class Item:
    """One survey item: the answer expected of an average person, and what good adopters add to it."""

    name: str
    scale: str
    mean: float
    pull: float
    highest: int = 5
    reverse: bool = False


ITEMS = (
    Item("capability_physical", "com_b", 3.9, 0.2),
    Item("capability_psychological", "com_b", 3.3, 0.5),
    Item("opportunity_physical", "com_b", 2.7, 0.2),
    Item("opportunity_social", "com_b", 3.1, 0.4),
    Item("motivation_reflective", "com_b", 3.4, 0.6),
    Item("motivation_automatic", "com_b", 3.0, 0.6),
    Item("useful_faster", "tam_usefulness", 4.5, 0.9, 7),
    Item("useful_better_work", "tam_usefulness", 4.4, 0.9, 7),
    Item("useful_no_benefit", "tam_usefulness", 3.5, 0.9, 7, True),
    Item("easy_to_learn", "tam_ease", 4.6, 0.6, 7),
    Item("easy_to_use", "tam_ease", 4.3, 0.6, 7),
    Item("easy_effort", "tam_ease", 3.9, 0.6, 7, True),
    Item("satisfied", "satisfaction", 3.3, 0.5),
    Item("feels_watched", "resistance", 2.8, 0.5, 5, True),
    Item("was_informed", "resistance", 3.2, 0.3),
)
SURVEYS = {"spring 2025": 8, "autumn 2025": 42}  # week of YEAR
ANSWERS = 0.45  # share of people who answer (assumption)
GRUDGE = -0.8  # what the mandate does to satisfaction (assumption)


def surveys_of(everyone: People, calendar: Calendar, rng: np.random.Generator) -> pa.Table:
    """Two waves of 15 items: one latent attitude per person, a share of it the team's, noise per answer."""
    attitude = np.array([1.3, 0.4, 0.1, -0.2, -0.7, -0.3, -1.4, -1.0])[everyone.pattern]
    attitude = attitude + rng.normal(0.0, 0.5, len(everyone))
    waves = [_wave(everyone, calendar, name, week, attitude, rng) for name, week in SURVEYS.items()]
    return pa.concat_tables(waves)


def _wave(
    everyone: People, calendar: Calendar, name: str, of_year: int, attitude: Array, rng: np.random.Generator
) -> pa.Table:
    week = calendar.week(of_year)
    there = (everyone.first_day <= 7 * week) & (everyone.last_day >= 7 * week + 14)
    who = np.flatnonzero(there & (rng.random(len(everyone)) < ANSWERS))
    forced = (everyone.mandated[who] >= 0) & (everyone.mandated[who] <= week)
    second = calendar.hours_utc[(7 * week + rng.integers(0, 12, len(who))) * 24 + 9] + rng.integers(0, 28_800, len(who))
    return pa.concat_tables([_answers(item, name, who, second, attitude[who], forced, rng) for item in ITEMS])


def _answers(
    item: Item, survey: str, who: Array, second: Array, attitude: Array, forced: Array, rng: np.random.Generator
) -> pa.Table:
    size = len(who)
    leaning = item.pull * attitude + GRUDGE * forced * (item.name == "satisfied")
    answer = item.mean + (-1 if item.reverse else 1) * leaning + rng.normal(0.0, 0.7, size)
    value = np.clip(np.rint(answer), 1, item.highest)
    return pa.table(
        {
            "user_id": id_column("u", who + 1, 5),
            "survey": pa.array([survey] * size, pa.string()),
            "answered_at": pa.array(second.astype("datetime64[s]").astype("datetime64[ms]"), pa.timestamp("ms", "UTC")),
            "scale": pa.array([item.scale] * size, pa.string()),
            "item": pa.array([item.name] * size, pa.string()),
            "value": pa.array(value, mask=rng.random(size) < 0.02),
            "lowest": pa.array(np.full(size, 1.0)),
            "highest": pa.array(np.full(size, float(item.highest))),
            "reverse": pa.array([item.reverse] * size, pa.bool_()),
        }
    )


# Who says it: 0 those who like it, 1 those in between, 2 those who do not.
COMMENTS = (
    (0, "Since the short sessions I know where everything is. My pipeline is up to date for the first time."),
    (0, "Saves me an hour a week. I no longer keep my own list."),
    (0, "The dashboard helps in the Monday meeting. More of that, please."),
    (0, "My colleagues now ask me how it works, which is fun."),
    (0, "Good that we were asked before the last release."),
    (1, "The pages are slow in the afternoon, otherwise fine."),
    (1, "I would use it more if quotes did not need so many clicks."),
    (1, "The training was long ago and I have forgotten half of it."),
    (1, "Too many required fields for a first contact."),
    (1, "I do not know who to ask when something goes wrong."),
    (1, "The ticket took a week. By then I had done it in a spreadsheet."),
    (1, "On the phone in the car it is hardly usable."),
    (1, "Reports are useful, but I cannot find mine again."),
    (2, "This is there to watch us, not to help us."),
    (2, "I enter what is demanded on the last day of the month, that is all."),
    (2, "My customers are mine. I will not share my notes."),
    (2, "Nobody told us why we need this."),
    (2, "Our own managers never look into it, so why should we?"),
    (2, "The old spreadsheet was better and I had it under control."),
    (2, "Logging in every week because somebody counts it makes nothing better."),
    (2, "I am afraid of breaking something."),
)


def feedback_of(everyone: People, calendar: Calendar, rng: np.random.Generator) -> pa.Table:
    """Comments, a third of them anonymous; the words follow the pattern."""
    size = round(0.22 * len(everyone))
    who = np.sort(rng.choice(np.flatnonzero(everyone.last_day == 7 * calendar.weeks - 1), size))
    mood = np.array([0, 0, 1, 1, 2, 1, 2, 2])[everyone.pattern[who]]
    mood = np.where(rng.random(size) < 0.35, 1, mood)
    tones = [[n for n, (tone, _) in enumerate(COMMENTS) if tone == m] for m in range(3)]
    said = np.array([tones[m][int(u * len(tones[m]))] for m, u in zip(mood, rng.random(size), strict=True)])
    first = np.maximum(everyone.first_day[who], 0)
    day = first + (rng.random(size) * (7 * calendar.weeks - first)).astype(np.int64)
    table = pa.table(
        {
            "user_id": id_column("u", who + 1, 5, rng.random(size) < 0.33),
            "team": pa.array(team_names(everyone)[who]),
            "written_at": moments_within(calendar.hours_utc[day * 24 + 9] + rng.integers(0, 28_800, size)),
            "channel": pa.array(["survey", "help desk", "interview"]).take(rng.integers(0, 3, size)),
            "text": pa.array([text for _, text in COMMENTS]).take(said),
        }
    )
    return table.sort_by([("written_at", "ascending"), ("team", "ascending"), ("text", "ascending")])
