"""How a source was read, in words for the page: its clock, its calendar, and how its files write dates and numbers."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from workbench.data.sources import Source
from workbench.results.phrases import phrase, say, translated

OWN, NAMED, NONE = phrase("as the source says"), phrase("as was asked for"), phrase("for the source names none")


def reading(source: Source, time_zone: str) -> pd.DataFrame:
    """How a source was read.

    time_zone : the report's, as its period has it
    Returns one row per setting: what, how, why (a clause; empty where there is nothing to say).

    >>> from workbench.simulation import tiny_crm
    >>> reading(wb.open_source(tiny_crm()), "UTC").to_numpy().tolist()[:2]
    [['days and weeks', 'in UTC', 'for the source names none'], ['weeks', 'begin on Monday', 'as the source says']]
    """
    why = OWN if source.time_zone == time_zone else NAMED if source.time_zone or time_zone != "UTC" else NONE
    rows = [
        (phrase("days and weeks"), say("in {zone}", zone=time_zone), why),
        (phrase("weeks"), say("begin on {day}", day=translated(source.first_weekday.capitalize())), OWN),
        *_people(source),
        *_formats(source),
    ]
    return pd.DataFrame(rows, columns=["what", "how", "why"])


def _people(source: Source) -> Iterator[tuple[str, str, str]]:
    if "time_zone" in source.given("users"):
        yield phrase("people"), phrase("by their own clocks"), phrase("where users.time_zone names one")
    if any(part.found.derived for part in source.raw["users"].parts):
        why = phrase("for there is no table of users; who never came is not known")
        yield phrase("people"), phrase("everybody in the log"), why


def _formats(source: Source) -> Iterator[tuple[str, str, str]]:
    for table, raw in source.raw.items():
        for part in raw.parts:
            yield from (
                (f"{table}.{column}", say("written as {form}", form=form.words), OWN)
                for column, form in part.formats.items()
            )
