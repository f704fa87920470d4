"""The log: who did what on which day, at which second, on which record."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from workbench.simulation.calendar import Calendar
from workbench.simulation.columns import random_codes, user_ids
from workbench.simulation.days import Simulation, added_days, sampled_days
from workbench.simulation.dirt import robot_rows, with_dirt
from workbench.simulation.log import ENCODINGS, SCHEMA, Rows, event_table, features_used
from workbench.simulation.people import People
from workbench.simulation.programmes import CONTEST
from workbench.simulation.support import LOST, tickets
from workbench.simulation.tables import adjusted_deals, outcome_table
from workbench.simulation.truth import cost_of_waiting
from workbench.simulation.use import Use
from workbench.simulation.vocabulary import (
    CREATE,
    DAY,
    FAILED,
    FAILED_LOGIN,
    FAILED_RESISTER,
    FAILED_UNSURE,
    FEATURES,
    FINISH_DAYS,
    LOGIN,
    OLDER,
    RACE,
    RACE_CARE,
    RACE_CORRECT,
    RACE_FINISH,
    RACE_JUNK,
    SLOWER,
    UPDATE,
)
from workbench.simulation.world import HOURS, MOTIONS, RESISTER, SHORT_OF_TIME, UNSURE, Array

USUAL = (0.0, 0.27, 0.27, 0.42, 0.01, 0.03)  # shares of actions (assumption)
MINIMAL = (0.0, 0.04, 0.03, 0.93, 0.0, 0.0)  # of those who go through the motions
LOGS_IN = 0.15  # share of active days with a login (assumption)
AUDITED = 0.12  # share of new records that somebody checks


def write_events(path: Path, crm: Simulation, progress: Callable[[int, int], None] | None) -> int:
    """Write the log, person by person, and return how many rows it has."""
    written = 0
    options: dict[str, Any] = {
        "compression": "zstd",
        "compression_level": 3,
        "use_dictionary": [name for name in SCHEMA.names if name not in ENCODINGS],
        "column_encoding": ENCODINGS,
        "store_schema": False,
    }
    with pq.ParquetWriter(path, SCHEMA, **options) as file:
        for done, table in _event_tables(crm):
            file.write_table(table, row_group_size=max(table.num_rows, 1))
            written += table.num_rows
            if progress:
                progress(done, len(crm.people))
    return written


def _event_tables(crm: Simulation) -> Iterator[tuple[int, pa.Table]]:
    """Row groups, each with how many people are done: chunks of people, then robots, then late rows."""
    done = rows = 0
    for who, expected, rng in crm.chunks():
        active = sampled_days(expected.active, rng)
        log, slow = _chunk(who, expected, active, crm, rng)
        table = _adjusted(with_dirt(log, who, crm, rng), who, expected, active, slow, crm)
        done, rows = done + len(who), rows + table.num_rows
        yield done, table
    yield done, robot_rows(crm, rows)
    yield done, pa.concat_tables(crm.late)


def _chunk(
    who: People, expected: Use, active: Array, crm: Simulation, rng: np.random.Generator
) -> tuple[pa.Table, Array]:
    """Everything that some people did, by person and time, without dirt; and the days that follow slow answers."""
    rows = _rows(who, expected, active, crm, rng)
    asked, slow = tickets(who, expected, crm.calendar, rng)
    crm.parts["tickets"].append(asked)
    crm.parts["outcomes"].append(outcome_table(who, expected, active, crm.calendar, rng))
    return event_table(rows, who, crm, rng), slow


def _adjusted(log: pa.Table, who: People, expected: Use, active: Array, slow: Array, crm: Simulation) -> pa.Table:
    """The log with the days that later programmes add, without those that slow answers cost; deals follow."""
    rng = crm.later(who)
    added = added_days(active, expected, rng)
    lost = active & slow.reshape(active.shape) & (rng.random(active.shape) < LOST)
    rows = _rows(who, replace(expected, login_only=np.zeros(active.shape)), added, crm, rng)
    deals = crm.parts["outcomes"].pop()
    crm.parts["outcomes"].append(adjusted_deals(deals, who, expected, active, added, lost, rng))
    crm.late[-1] = _without(crm.late[-1], who, lost, crm)
    crm.ledger.take(cost_of_waiting(expected, slow))
    return pa.concat_tables([_without(log, who, lost, crm), event_table(rows, who, crm, rng)])


def _without(log: pa.Table, who: People, lost: Array, crm: Simulation) -> pa.Table:
    """The log without what these people did on some days: people × weeks × 7."""
    person = pc.fill_null(pc.index_in(log["user_id"], user_ids(who.number)), -1).to_numpy()
    second = log["occurred_at"].cast(pa.int64()).to_numpy() // 1000
    day = (np.searchsorted(crm.calendar.hours_utc, second, side="right") - 1) // 24
    gone = (person >= 0) & (day >= 0) & lost.reshape(len(who), -1)[person, np.maximum(day, 0)]
    return log.filter(pa.array(~gone))


def _rows(who: People, expected: Use, active: Array, crm: Simulation, rng: np.random.Generator) -> Rows:
    """The actions and logins of some people on their active days, by person and time."""
    days = _worked_days(who, expected, active, crm.calendar, rng)
    actions = _actions(days, who, rng)
    rows = _by_person_and_time(_stacked(actions, _logins(days, actions, who, expected, active, rng)))
    _name_records(rows, crm)
    _fill_fields(rows, who, crm, rng)
    return rows


def _worked_days(who: People, expected: Use, active: Array, calendar: Calendar, rng: np.random.Generator) -> Rows:
    """One row per person and active day: how many actions, how many of them for the contest, and whether in bulk."""
    person, day = np.nonzero(active.reshape(len(who), -1))
    week = day // 7
    contest = expected.incentive_on[person, week] & (who.incentive[person] == CONTEST)
    finish = contest & (day >= 7 * who.off[person] - FINISH_DAYS)
    bulk = (who.pattern[person] == MOTIONS) & calendar.month_end.ravel()[day]
    usual = 1 + rng.poisson(who.depth[person]) + bulk * (3 + rng.poisson(3.0, len(day)))
    raced = contest * rng.poisson(np.where(finish, RACE_FINISH, RACE))
    return {"who": person, "day": day, "usual": usual, "raced": raced, "contest": contest, "bulk": bulk}


def _actions(days: Rows, who: People, rng: np.random.Generator) -> Rows:
    """One row per action, in the order of time within each day."""
    total = days["usual"] + days["raced"]
    at = np.repeat(np.arange(len(total)), total)
    place = np.arange(len(at)) - np.repeat(np.cumsum(total) - total, total)
    raced = place >= days["usual"][at]
    person, bulk = days["who"][at], days["bulk"][at]
    motions = (who.pattern == MOTIONS)[person]
    usual = np.where(motions, random_codes(MINIMAL, len(at), rng), random_codes(USUAL, len(at), rng))
    often = np.where(who.barrier == UNSURE, FAILED_UNSURE, FAILED)
    fails = rng.random(len(at)) < np.where(who.pattern == RESISTER, FAILED_RESISTER, often)[person]
    # Somebody who clicks through a list at the end of the month needs minutes for it.
    sitting = (14 + 4 * rng.random(len(total)))[at] * 3600 + place * 20 + rng.integers(0, 15, len(at))
    rows = {
        "who": person,
        "day": days["day"][at],
        "second": np.where(bulk, sitting, _seconds(len(at), rng)).astype(np.int64),
        "action": np.where(raced, CREATE, usual),
        # The day's first action works: a day counts as active as planned, whatever else goes wrong.
        "failed": fails & (place > 0),
        "contest": days["contest"][at],
        "junk": raced & (rng.random(len(at)) < RACE_JUNK),
        "at": at,
    }
    return _rows_at(rows, np.argsort(at * DAY + rows["second"], kind="stable"))


def _seconds(size: int, rng: np.random.Generator) -> Array:
    """Seconds of the local day, by the hours' shares."""
    hours = np.cumsum(HOURS) / np.sum(HOURS)
    return np.searchsorted(hours[:-1], rng.random(size)) * 3600 + rng.integers(0, 3600, size)


def _logins(days: Rows, actions: Rows, who: People, expected: Use, active: Array, rng: np.random.Generator) -> Rows:
    """Logins before the day's first action (not every day: sessions last), logins for nothing, and failed ones."""
    first = actions["second"][np.searchsorted(actions["at"], np.arange(len(days["day"])))]
    before = rng.random(len(first)) < LOGS_IN
    person, day = np.nonzero((rng.random(active.shape) < expected.login_only).reshape(len(who), -1))
    rows = {
        "who": np.concatenate([days["who"][before], person]),
        "day": np.concatenate([days["day"][before], day]),
        "second": np.concatenate([np.maximum(first[before] - 40, 0), _seconds(len(day), rng)]),
    }
    size = len(rows["who"])
    fails = np.flatnonzero(rng.random(size) < FAILED_LOGIN)
    again = {name: column[fails] for name, column in rows.items()}
    again["second"] = np.maximum(again["second"] - rng.integers(5, 60, len(fails)), 0)
    rows = {name: np.concatenate([column, again[name]]) for name, column in rows.items()}
    none = np.zeros(len(rows["who"]), dtype=bool)
    failed = np.arange(len(none)) >= size
    return rows | {"action": np.full(len(none), LOGIN), "failed": failed, "contest": none, "junk": none}


def _name_records(rows: Rows, crm: Simulation) -> None:
    """Number new records; later actions touch a recent one of the same person's, but never junk."""
    new = (rows["action"] == CREATE) & ~rows["failed"]
    number = np.cumsum(new) + crm.created
    kept = np.flatnonzero(new & ~rows["junk"])
    so_far = np.searchsorted(kept, np.arange(len(new)))  # kept records above this row
    own = so_far - np.searchsorted(rows["who"][kept], rows["who"])  # of these, the person's own
    back = np.minimum((np.arange(len(new)) * 7 % 11) ** 2 // 12, np.maximum(own - 1, 0))
    earlier = kept[np.maximum(so_far - 1 - back, 0)] if len(kept) else np.arange(len(new))
    rows["touched"] = np.where(new | (own <= 0), np.arange(len(new)), earlier)
    # Whoever has made no record yet works on older ones, which are numbered once their feature is known.
    rows["record"] = np.where(new | (own > 0), number[rows["touched"]] + OLDER, 0)
    crm.created = int(number[-1]) if len(number) else crm.created


def _fill_fields(rows: Rows, who: People, crm: Simulation, rng: np.random.Generator) -> None:
    """Feature, fields, timeliness, audit and duration of every action."""
    person, size = rows["who"], len(rows["who"])
    feature = features_used(who, person, rng)[rows["touched"]]  # a record stays what it was made as
    required = np.array([fields for _, fields, _ in FEATURES.values()])[feature]
    care = who.trait("care")[person]
    hasty = np.where(rows["contest"] & (rows["action"] == CREATE), RACE_CARE, 1.0)
    filled = rng.binomial(required, np.clip(care * hasty, 0.0, 1.0))
    constant = np.minimum(2, required)
    older = person % (OLDER // len(FEATURES)) * len(FEATURES) + feature
    rows["record"] = np.where(rows["record"] > 0, rows["record"], older)
    rows["feature"] = np.where(rows["action"] == LOGIN, -1, feature)
    rows["required"] = np.where((rows["action"] == CREATE) | (rows["action"] == UPDATE), required, -1)
    rows["filled"] = np.where((who.pattern == MOTIONS)[person], constant, filled)
    correct = rng.random(size) < (0.72 + 0.24 * care) * np.where(hasty < 1, RACE_CORRECT, 1.0)
    looked_at = (rows["action"] == CREATE) & (rng.random(size) < AUDITED)
    rows["audited"] = np.where(looked_at, correct.astype(np.int8), -1)
    rows["lag"] = rng.geometric(0.25 + 0.55 * care) - 1
    median = np.array([seconds for _, _, seconds in FEATURES.values()])[feature]
    median = median * np.where(who.barrier == SHORT_OF_TIME, SLOWER, 1.0)[person]
    rows["duration"] = np.maximum(np.rint(median * rng.lognormal(0.0, 0.6, size)), 1).astype(np.int32)
    raced = rows["contest"] & (rows["action"] == CREATE) & ~rows["failed"]
    crm.contest += [raced.sum(), (raced & rows["junk"]).sum(), (care * (hasty - 1))[raced].sum()]


def _stacked(actions: Rows, logins: Rows) -> Rows:
    """Two sets of rows as one."""
    return {name: np.concatenate([actions[name], column]) for name, column in logins.items()}


def _by_person_and_time(rows: Rows) -> Rows:
    """Rows by person, then by time."""
    days = int(rows["day"].max(initial=0)) + 1
    return _rows_at(rows, np.argsort((rows["who"] * days + rows["day"]) * DAY + rows["second"], kind="stable"))


def _rows_at(rows: Rows, order: Array) -> Rows:
    """The rows at these places."""
    return {name: column[order] for name, column in rows.items()}
