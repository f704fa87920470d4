"""Builds a CRM whose true effects are known.

`planted` says what everybody's chance of being active is, on every day; here the days are drawn, filled with actions,
soiled the way real exports are (`formats` in the project's notes: robots, people acting for others, imports, failed
logins, late and repeated rows, strangers, use without access), and written as contract tables. People come in chunks,
one row group each, so that any number of events fits in memory; the same arguments give the same bytes.

The truths are written beside the tables, in truth.json and truth_patterns.csv, which no analysis reads.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq

from workbench import planted
from workbench.planted import Array, Calendar, Ledger, People, Use

CHUNK = 2_000  # people in one row group
DAY = 86_400

ACTIONS = ("login", "view", "create", "update", "delete", "export")
LOGIN, VIEW, CREATE, UPDATE = range(4)
USUAL = (0.0, 0.27, 0.27, 0.42, 0.01, 0.03)  # shares of actions (assumption)
MINIMAL = (0.0, 0.04, 0.03, 0.93, 0.0, 0.0)  # of those who go through the motions

# feature: the kind of record it works on, the fields that record should have filled, median seconds (assumption)
FEATURES = {
    "contacts": ("contact", 6, 50),
    "activities": ("activity", 4, 35),
    "opportunities": ("opportunity", 9, 95),
    "accounts": ("account", 8, 70),
    "leads": ("lead", 5, 45),
    "reports": ("report", 3, 60),
    "dashboards": ("dashboard", 3, 40),
    "quotes": ("quote", 8, 150),
    "calendar": ("activity", 4, 30),
    "campaigns": ("campaign", 6, 120),
    "knowledge base": ("article", 4, 80),
    "forecasts": ("forecast", 5, 180),
}
RECORDS = tuple(dict.fromkeys(record for record, _, _ in FEATURES.values()))
# The order in which roles come to features; the last ones nearly nobody reaches.
FIRST_FEATURES = {
    "account executive": (2, 0, 1, 3, 7, 5, 4, 6, 8, 9, 10, 11),
    "account manager": (3, 0, 1, 2, 5, 7, 8, 6, 4, 10, 9, 11),
    "sales representative": (4, 0, 1, 2, 8, 3, 5, 7, 6, 9, 10, 11),
    "sales assistant": (0, 1, 8, 4, 3, 2, 5, 7, 6, 10, 9, 11),
    "service agent": (0, 1, 10, 3, 8, 5, 6, 2, 4, 7, 9, 11),
    "marketing specialist": (4, 9, 0, 5, 6, 1, 3, 2, 8, 10, 7, 11),
    "operations analyst": (5, 6, 0, 3, 1, 2, 4, 8, 10, 7, 9, 11),
}
SELLING = ("account executive", "account manager", "sales representative")

# Dirt, as shares of rows (assumption); robots after OpenStack, 2.07 %.
ROBOT_ROWS, REPEATED, LATE, ACTED_FOR, STRANGERS, WITHOUT_ACCESS = 0.0207, 0.004, 0.003, 0.003, 0.002, 0.002
OLDER = 10_000  # records from before the log have numbers below
FAILED, FAILED_RESISTER, FAILED_LOGIN = 0.02, 0.12, 0.04
ASKED = 0.35  # share of compulsory actions while somebody still explores (assumption)
LOGS_IN = 0.15  # share of active days with a login (assumption)
AUDITED = 0.12  # share of new records that somebody checks
RACE, RACE_FINISH, FINISH_DAYS = 0.7, 3.0, 4  # extra records per active day in a contest, and in its last days
RACE_JUNK, RACE_CARE, RACE_CORRECT = 0.8, 0.6, 0.66  # share never touched again; factors on care and correctness


def write(
    folder: str | Path,
    users: int = 1500,
    weeks: int = 52,
    seed: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> dict[str, int]:
    """Write a simulated CRM into a folder: contract tables, truth.json and truth_patterns.csv.

    users : people with access, at least 200; about 170 events each in 52 weeks
    weeks : at least 26; programmes are dated for 52 and stretched
    progress : called with (people done, people) after every chunk
    Returns the number of rows of every table.

    Raises ValueError where there are too few users or weeks.
    """
    folder = Path(folder)
    everyone = planted.people(users, weeks, seed)
    calendar = Calendar(weeks)
    folder.mkdir(parents=True, exist_ok=True)
    crm = Simulation(everyone, calendar, seed)
    counts = {"events": _write_events(folder / "events.parquet", crm, progress)}
    for name, table in {**crm.gathered(), **_tables(everyone, calendar, seed)}.items():
        _write_table(folder, name, table)
        counts[name] = table.num_rows
    _write_truth(folder, crm, users, weeks, seed)
    return counts


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
            rng = np.random.default_rng([planted.STREAM, self.seed, 1, number])
            who = self.people[slice(start, start + CHUNK)]
            expected = planted.use(who, self.calendar, rng)
            self.ledger.add(who, expected)
            yield who, expected, rng

    def gathered(self) -> dict[str, pa.Table]:
        """The small tables that were drawn together with the events."""
        return {name: pa.concat_tables(parts) for name, parts in self.parts.items()}


def active_days(crm: Simulation) -> Iterator[tuple[People, Use, Array]]:
    """Only the outcome: active days, people × weeks, chunk by chunk; for benchmarks that need no events."""
    for who, expected, rng in crm.chunks():
        yield who, expected, _active(expected.active, rng).sum(2)


def _active(chances: Array, rng: np.random.Generator) -> Array:
    """Which days are active. Each has its own chance, and people spread their days over the week.

    Systematic sampling: the number of days is the expected one, rounded up or down.
    """
    reached = np.floor(np.cumsum(chances, axis=2) + rng.random(chances.shape[:2])[:, :, None])
    return np.diff(reached, axis=2, prepend=0.0) > 0


# ── events ──────────────────────────────────────────────────────────────────────────────────────────────────────

Rows = dict[str, Array]  # columns of numbers: who (place in the chunk), day, second, action, …

SCHEMA = pa.schema(
    [
        ("event_id", pa.string()),
        ("user_id", pa.string()),
        ("occurred_at", pa.timestamp("ms", "UTC")),
        ("action", pa.string()),
        ("feature", pa.string()),
        ("record_type", pa.string()),
        ("record_id", pa.string()),
        ("succeeded", pa.bool_()),
        ("duration_seconds", pa.int32()),
        ("actor_id", pa.string()),
        ("source", pa.string()),
        ("compulsory", pa.bool_()),
        ("fields_required", pa.int32()),
        ("fields_filled", pa.int32()),
        ("happened_on", pa.date32()),
        ("audited_correct", pa.bool_()),
    ]
)
ENCODINGS = {"event_id": "DELTA_BYTE_ARRAY", "record_id": "DELTA_BYTE_ARRAY", "occurred_at": "DELTA_BINARY_PACKED"}


def _write_events(path: Path, crm: Simulation, progress: Callable[[int, int], None] | None) -> int:
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
    """Row groups: people by people, then the robots, then what arrived late."""
    done = rows = 0
    for who, expected, rng in crm.chunks():
        table = _soiled(_chunk(who, expected, crm, rng), who, crm, rng)
        done, rows = done + len(who), rows + table.num_rows
        yield done, table
    yield done, _robots(crm, rows)
    yield done, pa.concat_tables(crm.late)


def _chunk(who: People, expected: Use, crm: Simulation, rng: np.random.Generator) -> pa.Table:
    """All honest rows of some people, in the order of people and time."""
    active = _active(expected.active, rng)
    days = _worked_days(who, expected, active, crm.calendar, rng)
    actions = _actions(days, who, rng)
    rows = _in_order(_merged(actions, _logins(days, actions, who, expected, active, rng)))
    _name_records(rows, crm)
    _fill_fields(rows, who, crm, rng)
    crm.parts["tickets"].append(_tickets(who, expected, crm.calendar, rng))
    crm.parts["outcomes"].append(_outcomes(who, expected, active, crm.calendar, rng))
    return _table(rows, who, crm, rng)


def _worked_days(who: People, expected: Use, active: Array, calendar: Calendar, rng: np.random.Generator) -> Rows:
    """One row per person and active day: how many actions, how many of them for the contest, and whether in bulk."""
    person, day = np.nonzero(active.reshape(len(who), -1))
    week = day // 7
    contest = expected.incentive_on[person, week] & (who.incentive[person] == planted.CONTEST)
    finish = contest & (day >= 7 * who.off[person] - FINISH_DAYS)
    bulk = (who.pattern[person] == planted.MOTIONS) & calendar.month_end.ravel()[day]
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
    motions = (who.pattern == planted.MOTIONS)[person]
    drawn = np.where(motions, _drawn(MINIMAL, len(at), rng), _drawn(USUAL, len(at), rng))
    fails = rng.random(len(at)) < np.where((who.pattern == planted.RESISTER)[person], FAILED_RESISTER, FAILED)
    # Somebody who clicks through a list at the end of the month needs minutes for it.
    sitting = (14 + 4 * rng.random(len(total)))[at] * 3600 + place * 20 + rng.integers(0, 15, len(at))
    rows = {
        "who": person,
        "day": days["day"][at],
        "second": np.where(bulk, sitting, _seconds(len(at), rng)).astype(np.int64),
        "action": np.where(raced, CREATE, drawn),
        # The day's first action works: a day counts as active as planned, whatever else goes wrong.
        "failed": fails & (place > 0),
        "contest": days["contest"][at],
        "junk": raced & (rng.random(len(at)) < RACE_JUNK),
        "at": at,
    }
    return _taken(rows, np.argsort(at * DAY + rows["second"], kind="stable"))


def _drawn(shares: tuple[float, ...], size: int, rng: np.random.Generator) -> Array:
    return np.searchsorted(np.cumsum(shares)[:-1], rng.random(size), side="right")


def _seconds(size: int, rng: np.random.Generator) -> Array:
    """Seconds of the local day, by the hours' shares."""
    hours = np.cumsum(planted.HOURS) / np.sum(planted.HOURS)
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


def _merged(actions: Rows, logins: Rows) -> Rows:
    return {name: np.concatenate([actions[name], column]) for name, column in logins.items()}


def _in_order(rows: Rows) -> Rows:
    days = int(rows["day"].max(initial=0)) + 1
    return _taken(rows, np.argsort((rows["who"] * days + rows["day"]) * DAY + rows["second"], kind="stable"))


def _taken(rows: Rows, order: Array) -> Rows:
    return {name: column[order] for name, column in rows.items()}


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
    feature = _features(who, person, rng)[rows["touched"]]  # a record stays what it was made as
    required = np.array([fields for _, fields, _ in FEATURES.values()])[feature]
    care = who.trait("care")[person]
    hasty = np.where(rows["contest"] & (rows["action"] == CREATE), RACE_CARE, 1.0)
    filled = rng.binomial(required, np.clip(care * hasty, 0.0, 1.0))
    constant = np.minimum(2, required)
    older = person % (OLDER // len(FEATURES)) * len(FEATURES) + feature
    rows["record"] = np.where(rows["record"] > 0, rows["record"], older)
    rows["feature"] = np.where(rows["action"] == LOGIN, -1, feature)
    rows["required"] = np.where((rows["action"] == CREATE) | (rows["action"] == UPDATE), required, -1)
    rows["filled"] = np.where((who.pattern == planted.MOTIONS)[person], constant, filled)
    correct = rng.random(size) < (0.72 + 0.24 * care) * np.where(hasty < 1, RACE_CORRECT, 1.0)
    looked_at = (rows["action"] == CREATE) & (rng.random(size) < AUDITED)
    rows["audited"] = np.where(looked_at, correct.astype(np.int8), -1)
    rows["lag"] = rng.geometric(0.25 + 0.55 * care) - 1
    median = np.array([seconds for _, _, seconds in FEATURES.values()])[feature]
    rows["duration"] = np.maximum(np.rint(median * rng.lognormal(0.0, 0.6, size)), 1).astype(np.int32)
    raced = rows["contest"] & (rows["action"] == CREATE) & ~rows["failed"]
    crm.gamed += [raced.sum(), (raced & rows["junk"]).sum(), (care * (hasty - 1))[raced].sum(), raced.sum()]


def _features(who: People, person: Array, rng: np.random.Generator) -> Array:
    """Which feature each action used: few people go far beyond the first ones of their role."""
    orders = np.array([FIRST_FEATURES[role] for role in _roles(who)])
    reach = who.trait("breadth")[person]
    return orders[person, (reach * rng.random(len(person)) ** 1.5).astype(int)]


def _table(rows: Rows, who: People, crm: Simulation, rng: np.random.Generator) -> pa.Table:
    """Rows as a contract table."""
    size, person, day = len(rows["who"]), rows["who"], rows["day"]
    done = rows["action"] != LOGIN
    written = rows["required"] >= 0
    explores = day <= who.explores[person]
    asked = ~explores | (rng.random(size) < ASKED)
    mobile = rng.random(size) < (0.1 + 0.3 * (who.number % 3 == 0))[person]
    made = done & (rows["action"] == CREATE)
    columns = {
        "event_id": _ids("e", np.arange(crm.numbered, crm.numbered + size) + 1, 9),
        "user_id": _coded(person, _ids("u", who.number + 1, 5)),
        "occurred_at": _instants(crm.calendar, day, rows["second"]),
        "action": _coded(rows["action"], pa.array(ACTIONS)),
        "feature": _coded(rows["feature"], pa.array(list(FEATURES)), rows["feature"] < 0),
        "record_type": _coded(_record_types()[rows["feature"]], pa.array(RECORDS), rows["feature"] < 0),
        "record_id": _ids("r", rows["record"], 7, rows["feature"] < 0),
        "succeeded": pa.array(~rows["failed"]),
        "duration_seconds": pa.array(rows["duration"], mask=~done),
        "actor_id": pa.nulls(size, pa.string()),
        "source": _coded(mobile.astype(int), pa.array(["web", "mobile"])),
        "compulsory": pa.array(asked, mask=~done),
        "fields_required": pa.array(rows["required"].astype(np.int32), mask=~written),
        "fields_filled": pa.array(rows["filled"].astype(np.int32), mask=~written),
        "happened_on": pa.array(_dates(day - rows["lag"]), mask=~made),
        "audited_correct": pa.array(rows["audited"] == 1, mask=rows["audited"] < 0),
    }
    crm.numbered += size
    return pa.table(columns).cast(SCHEMA)


def _ids(letter: str, numbers: Array, width: int, missing: Array | None = None) -> pa.Array:
    """Numbers as text ids: e000000017."""
    digits = pc.utf8_lpad(pc.cast(pa.array(numbers), pa.string()), width, "0")
    text = pc.binary_join_element_wise(letter, digits, "")
    return text if missing is None else pc.if_else(pa.array(missing), pa.scalar(None, pa.string()), text)


def _coded(codes: Array, words: pa.Array, missing: Array | None = None) -> pa.Array:
    return pa.DictionaryArray.from_arrays(pa.array(codes.astype(np.int32), mask=missing), words)


def _instants(calendar: Calendar, day: Array, second: Array) -> pa.Array:
    """The instant of a second of a local day."""
    utc = calendar.hours_utc[day * 24 + second // 3600] + second % 3600
    return pa.array((utc * 1000).astype("datetime64[ms]"), pa.timestamp("ms", "UTC"))


def _dates(day: Array) -> Array:
    return np.datetime64(planted.START, "D") + day.astype(np.int64)


def _record_types() -> Array:
    return np.array([RECORDS.index(record) for record, _, _ in FEATURES.values()])


def _roles(who: People) -> Array:
    return np.array(planted.ROLES)[who.department, who.role]


# ── dirt ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _soiled(table: pa.Table, who: People, crm: Simulation, rng: np.random.Generator) -> pa.Table:
    """The rows with what real logs have besides; what is late waits for the end of the file."""
    waits = rng.random(table.num_rows) < LATE
    crm.late.append(table.filter(pa.array(waits)))
    dirt = [
        _some(table, REPEATED, rng),
        _renumbered(_acted_for(_some(table, ACTED_FOR, rng), crm), crm),
        _renumbered(_by_strangers(_some(table, STRANGERS, rng), crm, rng), crm),
        _renumbered(_without_access(_some(table, WITHOUT_ACCESS, rng), who, rng), crm),
        _renumbered(_imported(_some(table, 2 * ACTED_FOR, rng)), crm),
    ]
    return pa.concat_tables([table.filter(pa.array(~waits)), *dirt])


def _some(table: pa.Table, share: float, rng: np.random.Generator) -> pa.Table:
    return table.take(np.sort(rng.integers(0, table.num_rows, round(share * table.num_rows))))


def _renumbered(table: pa.Table, crm: Simulation) -> pa.Table:
    """Rows of their own: with event ids of their own."""
    numbers = np.arange(crm.numbered, crm.numbered + table.num_rows) + 1
    crm.numbered += table.num_rows
    return _with(table, event_id=_ids("e", numbers, 9))


def _with(table: pa.Table, **columns: pa.Array) -> pa.Table:
    for name, column in columns.items():
        table = table.set_column(SCHEMA.get_field_index(name), SCHEMA.field(name), column)
    return table


def _acted_for(table: pa.Table, crm: Simulation) -> pa.Table:
    """An administrator logged in as the user."""
    administrator = _ids("u", crm.people.manager[crm.people.manager >= 0][:1] + 1, 5)[0].as_py()
    others = table.filter(pc.not_equal(table["user_id"], administrator))
    return _with(others, actor_id=pa.array([administrator] * others.num_rows, pa.string()))


def _by_strangers(table: pa.Table, crm: Simulation, rng: np.random.Generator) -> pa.Table:
    """People who are not in the users table any more."""
    return _with(table, user_id=_ids("x", rng.integers(1, 40, table.num_rows), 5))


def _without_access(table: pa.Table, who: People, rng: np.random.Generator) -> pa.Table:
    """Use before access began, by the joiners of this chunk."""
    joined = np.flatnonzero(who.first_day > 7)
    if not len(joined):
        return table.slice(0, 0)
    chosen = rng.choice(joined, table.num_rows)
    early = who.first_day[chosen] - rng.integers(1, 8, table.num_rows)
    noon = (_dates(early).astype("datetime64[ms]") + np.timedelta64(12, "h")).astype("datetime64[ms]")
    return _with(
        table,
        user_id=_ids("u", who.number[chosen] + 1, 5),
        occurred_at=pa.array(noon, pa.timestamp("ms", "UTC")),
    )


def _imported(table: pa.Table) -> pa.Table:
    """Records that a list import made in the user's name."""
    size = table.num_rows
    return _with(
        table,
        action=pa.array(["create"] * size, pa.string()),
        source=pa.array(["import"] * size, pa.string()),
        duration_seconds=pa.nulls(size, pa.int32()),
        succeeded=pa.array([True] * size, pa.bool_()),
    )


def _robot_count(users: int) -> int:
    return max(3, users // 500)


def _robots(crm: Simulation, rows: int) -> pa.Table:
    """Machines that update records, night after night."""
    robots = _robot_count(len(crm.people))
    days = 7 * crm.calendar.weeks
    nightly = max(1, round(rows * ROBOT_ROWS / (robots * days)))
    robot, day, turn = (axis.ravel() for axis in np.indices((robots, days, nightly)))
    size = len(robot)
    table = pa.table(
        {
            "user_id": _ids("u", len(crm.people) + robot + 1, 5),
            "occurred_at": _instants(crm.calendar, day, 3600 + robot * 60 + turn * 3 % 3600),
            "action": pa.array(["update"] * size),
            "feature": pa.array(["contacts"] * size),
            "record_type": pa.array(["contact"] * size),
            "record_id": _ids("r", (day * nightly + turn) % OLDER, 7),
            "succeeded": pa.array([True] * size),
            "source": pa.array(["api"] * size),
        }
    )
    missing = {f.name: pa.nulls(size, f.type) for f in SCHEMA if f.name not in table.column_names}
    whole = pa.table({name: table[name] if name in table.column_names else missing[name] for name in SCHEMA.names})
    return _renumbered(whole.cast(SCHEMA), crm)


# ── small tables drawn with the events ──────────────────────────────────────────────────────────────────────────

TOPICS = ("cannot log in", "missing field", "slow page", "wrong permission", "duplicate record", "how do I")


def _tickets(who: People, expected: Use, calendar: Calendar, rng: np.random.Generator) -> pa.Table:
    """Calls for help: more from people who resist; in every fifth team they wait for days."""
    rate = 0.012 + 0.015 * (who.pattern == planted.RESISTER)
    here = expected.present.any(2) & (who.pattern != planted.NEVER)[:, None]
    person, week = np.nonzero(rng.random(here.shape) < rate[:, None] * here)
    size = len(person)
    inside = np.clip(7 * week + rng.integers(0, 5, size), who.first_day[person], who.last_day[person])
    opened = calendar.hours_utc[inside * 24 + rng.integers(8, 18, size)] + rng.integers(0, 3600, size)
    slow = np.where(who.team[person] % 5 == 0, 60.0, 9.0)
    closed = opened + (3600 * slow * rng.lognormal(0.0, 0.8, size)).astype(np.int64)
    return pa.table(
        {
            "ticket_id": _ids("t", (who.number[person].astype(np.int64) * calendar.weeks + week), 7),
            "user_id": _ids("u", who.number[person] + 1, 5),
            "opened_at": _moments(opened),
            "resolved_at": pa.array(_moments(closed).to_pylist(), pa.string(), mask=rng.random(size) < 0.03),
            "topic": pa.array(TOPICS).take(_drawn((0.25, 0.15, 0.15, 0.15, 0.1, 0.2), size, rng)),
            "feature": pa.array(list(FEATURES)).take(rng.integers(0, len(FEATURES), size)),
        }
    )


def _moments(seconds: Array) -> pa.Array:
    """Instants as text, for CSV: 2025-01-06T08:30:00Z."""
    text = np.datetime_as_string(seconds.astype("datetime64[s]")) if len(seconds) else np.array([], dtype=str)
    return pc.binary_join_element_wise(pa.array(text, pa.string()), "Z", "")


def _outcomes(who: People, expected: Use, active: Array, calendar: Calendar, rng: np.random.Generator) -> pa.Table:
    """Deals won, week by week, by those who sell: 0.15 of their own and 0.03 for every active day (assumption)."""
    sells = np.isin(_roles(who), SELLING)
    person, week = np.nonzero(expected.present.all(2) & sells[:, None])
    won = rng.poisson(0.15 + 0.03 * active.sum(2)[person, week])
    return pa.table(
        {
            "user_id": _coded(person, _ids("u", who.number + 1, 5)).cast(pa.string()),
            "measured_on": pa.array(_dates(7 * week + 6)),
            "outcome": pa.array(["deals_won"] * len(person), pa.string()),
            "value": pa.array(won.astype(np.float64)),
        }
    )


# ── the other small tables ──────────────────────────────────────────────────────────────────────────────────────


def _tables(everyone: People, calendar: Calendar, seed: int) -> dict[str, pa.Table]:
    rng = np.random.default_rng([planted.STREAM, seed, 2])
    return {
        "users": _users(everyone),
        "trainings": _trainings(everyone, calendar, rng),
        "incentives": _incentives(everyone, calendar),
        "surveys": _surveys(everyone, calendar, rng),
        "feedback": _feedback(everyone, calendar, rng),
        "milestones": _milestones(everyone, calendar),
        "champions": _champions(everyone, calendar, rng),
    }


def _users(everyone: People) -> pa.Table:
    """Everybody with an account, then the machines' accounts."""
    people, robots = len(everyone), _robot_count(len(everyone))
    leads = np.isin(everyone.number, everyone.manager)
    role = np.where(leads, "team lead", _roles(everyone))
    columns = {
        "access_start": pa.array(_dates(everyone.first_day)),
        "access_end": pa.array(_dates(everyone.last_day), mask=~everyone.end_known),
        "team": pa.array(_team_names(everyone)),
        "department": pa.array(np.array(planted.DEPARTMENTS)[everyone.department]),
        "role": pa.array(role),
        "region": pa.array(np.array(planted.REGIONS)[everyone.region]),
        "manager_id": _ids("u", everyone.manager + 1, 5, everyone.manager < 0),
        "time_zone": pa.array([planted.ZONE] * people),
        "is_robot": pa.array([False] * people),
    }
    machines = {name: pa.nulls(robots, column.type) for name, column in columns.items()}
    machines["access_start"] = pa.array([planted.PILOT_START] * robots, pa.date32())
    machines["is_robot"] = pa.array([True] * robots)
    ids = {"user_id": _ids("u", np.arange(people + robots) + 1, 5)}
    return pa.table(ids | {name: pa.concat_arrays([column, machines[name]]) for name, column in columns.items()})


def _team_names(everyone: People) -> Array:
    """ "Service 3": the department and the team's number in it."""
    first = {d: everyone.team[everyone.department == d].min() for d in np.unique(everyone.department)}
    names = zip(everyone.department, everyone.team, strict=True)
    return np.array([f"{planted.DEPARTMENTS[d]} {t - first[d] + 1}" for d, t in names])


def _trainings(everyone: People, calendar: Calendar, rng: np.random.Generator) -> pa.Table:
    """Those who attended, those who came again, and some who were offered a place and stayed away."""
    attended = np.flatnonzero(everyone.programme >= 0)
    again = attended[everyone.again[attended] & (everyone.trained[attended] + planted.REFRESH < calendar.weeks)]
    may_refuse = (everyone.programme < 0) & (everyone.touched < 0) & (everyone.first_day <= 0)
    absent = np.flatnonzero(may_refuse & (rng.random(len(everyone)) < 0.12))
    offered = rng.integers(0, len(planted.TRAININGS), len(absent))
    who = np.concatenate([attended, again, absent])
    waves = np.array([calendar.week(w) for w in planted.WAVES])
    week = np.concatenate(
        [everyone.trained[attended], everyone.trained[again] + planted.REFRESH, rng.choice(waves, len(absent))]
    )
    programme = np.concatenate([everyone.programme[attended], everyone.programme[again], offered])
    there = np.arange(len(who)) < len(attended) + len(again)
    start = calendar.hours_utc[(7 * week + 1 + week % 2) * 24 + np.where(programme % 2, 10, 14)]
    of = [planted.PROGRAMMES[number] for number in programme]
    hours = np.where(there, everyone.hours[who], [training.hours for training in of])
    table = pa.table(
        {
            "user_id": _ids("u", who + 1, 5),
            "programme": pa.array([training.name for training in of]),
            "started_at": _moments(start),
            "format": pa.array([training.format for training in of]),
            "hours": pa.array(hours),
            "sessions": pa.array([training.sessions for training in of]),
            "tailored": pa.array([training.tailored for training in of]),
            "attended": pa.array(there),
            "assignment": pa.array([training.assignment for training in of]),
            "assigned_unit": pa.array(["team" if n == planted.SHOP else "person" for n in programme]),
        }
    )
    return table.sort_by([("started_at", "ascending"), ("programme", "ascending"), ("user_id", "ascending")])


def _incentives(everyone: People, calendar: Calendar) -> pa.Table:
    """One row per team and incentive; the mandate costs nothing and does not end."""
    names, rows = _team_names(everyone), []
    for team in np.unique(everyone.team):
        one = int(np.argmax(everyone.team == team))
        if everyone.incentive[one] >= 0:
            incentive = planted.INCENTIVES[everyone.incentive[one]]
            on, off = int(everyone.on[one]), int(everyone.off[one])
            cost = incentive.cost * float((everyone.team == team).sum()) * (off - on)
            rows.append(_offer(incentive.name, incentive.kind, incentive.rewarded_action, calendar, on, "random"))
            rows[-1] |= {"team": str(names[one]), "ends_on": calendar.day(off - 1, 6), "cost": cost}
        if everyone.mandated[one] >= 0:
            rows.append(_offer(planted.MANDATE, "mandate", "login", calendar, int(everyone.mandated[one]), "scheduled"))
            rows[-1] |= {"team": str(names[one]), "ends_on": None, "cost": 0.0}
    rows.sort(key=lambda row: (row["programme"], row["starts_on"], row["team"]))
    return pa.Table.from_pylist(rows)


def _offer(
    programme: str, kind: str, rewarded: str | None, calendar: Calendar, on: int, assignment: str
) -> dict[str, Any]:
    return {
        "programme": programme,
        "kind": kind,
        "rewarded_action": rewarded,
        "team": "",
        "announced_on": calendar.day(on, -7),
        "starts_on": calendar.day(on),
        "ends_on": None,
        "cost": 0.0,
        "assignment": assignment,
    }


def _milestones(everyone: People, calendar: Calendar) -> pa.Table:
    rows: list[tuple[str, str, int, int, str | None]] = [
        ("Go-live", "go-live", 0, 0, None),
        ("Why we change: letter of the board", "message", -1, 0, None),
        ("Involvement workshops", "involvement", 3, 1, None),
        ("Release 2: faster pages", "release", calendar.week(17), 2, None),
        ("Release 3: mobile app", "release", calendar.week(39), 2, None),
    ]
    for department in np.unique(everyone.department[everyone.mandated >= 0]):
        week = int(everyone.mandated[everyone.department == department][0])
        rows.append(("Logging in every week becomes mandatory", "mandate", week, 0, planted.DEPARTMENTS[department]))
    table = [
        {"name": name, "starts_on": calendar.day(week, day), "kind": kind, "department": department}
        for name, kind, week, day, department in rows
    ]
    table += [
        {"name": "Public holiday", "starts_on": day, "kind": "holiday", "department": None}
        for day in calendar.days
        if (day.month, day.day) in planted.HOLIDAYS
    ]
    return pa.Table.from_pylist(sorted(table, key=lambda row: (row["starts_on"], row["name"], str(row["department"]))))


def _champions(everyone: People, calendar: Calendar, rng: np.random.Generator) -> pa.Table:
    """In two teams of three, the first member who uses the CRM like a champion becomes one."""
    fit = np.flatnonzero((everyone.pattern == planted.CHAMPION) & (everyone.first_day <= 0))
    _, first = np.unique(everyone.team[fit], return_index=True)
    chosen = fit[first][rng.random(len(first)) < 0.7]
    since = rng.integers(calendar.week(4), calendar.week(36), len(chosen))
    return pa.table({"user_id": _ids("u", chosen + 1, 5), "since": pa.array(_dates(7 * since))})


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


def _surveys(everyone: People, calendar: Calendar, rng: np.random.Generator) -> pa.Table:
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
            "user_id": _ids("u", who + 1, 5),
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


def _feedback(everyone: People, calendar: Calendar, rng: np.random.Generator) -> pa.Table:
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
            "user_id": _ids("u", who + 1, 5, rng.random(size) < 0.33),
            "team": pa.array(_team_names(everyone)[who]),
            "written_at": _moments(calendar.hours_utc[day * 24 + 9] + rng.integers(0, 28_800, size)),
            "channel": pa.array(["survey", "help desk", "interview"]).take(rng.integers(0, 3, size)),
            "text": pa.array([text for _, text in COMMENTS]).take(said),
        }
    )
    return table.sort_by([("written_at", "ascending"), ("team", "ascending"), ("text", "ascending")])


# ── files ───────────────────────────────────────────────────────────────────────────────────────────────────────

PARQUET_TABLES = ("surveys", "outcomes")  # the larger ones; the rest is CSV, for everybody's spreadsheet


def _write_table(folder: Path, name: str, table: pa.Table) -> None:
    if name in PARQUET_TABLES:
        pq.write_table(table, folder / f"{name}.parquet", compression="zstd", compression_level=3, store_schema=False)
    else:
        options = pa.csv.WriteOptions(quoting_style="needed")
        pa.csv.write_csv(table, folder / f"{name}.csv", options)


def _write_truth(folder: Path, crm: Simulation, users: int, weeks: int, seed: int) -> None:
    records, junk, care, _ = crm.gamed
    gaming = {
        "name": "Data race: gaming",
        "table": "incentives",
        "estimand": "share of required fields filled in records created while the contest was on, and what it would be",
        "outcome": "completeness of created records",
        "unit": "share of required fields",
        "scale": "additive",
        "comparison": "the same records made with the care of the same people outside the contest",
        "meant": "more records, worse records, a burst before the deadline, records nobody touches again",
        "value": round(float(care / max(records, 1)), 4),
        "records": int(records),
        "never_touched_again_share": round(float(junk / max(records, 1)), 4),
        "correctness_factor": RACE_CORRECT,
    }
    about = {"users": users, "weeks": weeks, "seed": seed, "time_zone": planted.ZONE, "first_week": str(planted.START)}
    truth = {"about": about, "truths": [*crm.ledger.truths(), gaming]}
    (folder / "truth.json").write_text(json.dumps(truth, indent=1) + "\n", encoding="utf-8")
    patterns = pa.array([p.name for p in planted.PATTERNS]).take(crm.people.pattern)
    labels = pa.table({"user_id": _ids("u", crm.people.number + 1, 5), "pattern": patterns})
    pa.csv.write_csv(labels, folder / "truth_patterns.csv", pa.csv.WriteOptions(quoting_style="needed"))
