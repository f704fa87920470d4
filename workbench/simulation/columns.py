"""Columns of the simulated tables, as Arrow holds them."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from workbench.simulation.calendar import START, Calendar
from workbench.simulation.people import People
from workbench.simulation.world import DEPARTMENTS, ROLES, Array


def text_ids(letter: str, numbers: Array, width: int, missing: Array | None = None) -> pa.Array:
    """Numbers as ids of a letter and `width` digits, e000000017; null where `missing`."""
    digits = pc.utf8_lpad(pc.cast(pa.array(numbers), pa.string()), width, "0")
    text = pc.binary_join_element_wise(letter, digits, "")
    return text if missing is None else pc.if_else(pa.array(missing), pa.scalar(None, pa.string()), text)


def user_ids(numbers: Array, missing: Array | None = None) -> pa.Array:
    """The ids of people by their number, which counts from 0: u00001 and so on."""
    return text_ids("u", numbers + 1, 5, missing)


def categorical(codes: Array, words: pa.Array, missing: Array | None = None) -> pa.Array:
    """A column of words from their codes; null where `missing`."""
    return pa.DictionaryArray.from_arrays(pa.array(codes.astype(np.int32), mask=missing), words)


def utc_times(calendar: Calendar, day: Array, second: Array) -> pa.Array:
    """Instants, from days of the simulation and seconds of the local day."""
    utc = calendar.hours_utc[day * 24 + second // 3600] + second % 3600
    return pa.array((utc * 1000).astype("datetime64[ms]"), pa.timestamp("ms", "UTC"))


def utc_text(seconds: Array) -> pa.Array:
    """Instants as text, for CSV: 2025-01-06T08:30:00Z."""
    text = np.datetime_as_string(seconds.astype("datetime64[s]")) if len(seconds) else np.array([], dtype=str)
    return pc.binary_join_element_wise(pa.array(text, pa.string()), "Z", "")


def dates(day: Array) -> Array:
    """Days of the simulation as dates."""
    return np.datetime64(START, "D") + day.astype(np.int64)


def random_codes(shares: tuple[float, ...], size: int, rng: np.random.Generator) -> Array:
    """Codes from 0, at random, in the given shares (which sum to 1)."""
    return np.searchsorted(np.cumsum(shares)[:-1], rng.random(size), side="right")


def role_names(who: People) -> Array:
    """Everybody's role by name."""
    return np.array(ROLES)[who.department, who.role]


def team_names(everyone: People) -> Array:
    """Everybody's team: the department and the team's number in it, such as "Service 3"."""
    first = {d: everyone.team[everyone.department == d].min() for d in np.unique(everyone.department)}
    names = zip(everyone.department, everyone.team, strict=True)
    return np.array([f"{DEPARTMENTS[d]} {t - first[d] + 1}" for d, t in names])
