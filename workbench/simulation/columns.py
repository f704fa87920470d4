"""Columns of the simulated tables, as Arrow holds them."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from workbench.simulation.days import Simulation
from workbench.simulation.people import People
from workbench.simulation.vocabulary import ACTIONS, ASKED, CREATE, DAY, FEATURES, FIRST_FEATURES, LOGIN, RECORDS
from workbench.simulation.world import DEPARTMENTS, ROLES, START, Array, Calendar

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


def drawn_from(shares: tuple[float, ...], size: int, rng: np.random.Generator) -> Array:
    """Places drawn at random with the given shares."""
    return np.searchsorted(np.cumsum(shares)[:-1], rng.random(size), side="right")


def merged(actions: Rows, logins: Rows) -> Rows:
    """Two sets of rows as one."""
    return {name: np.concatenate([actions[name], column]) for name, column in logins.items()}


def in_order(rows: Rows) -> Rows:
    """Rows by person, then by time."""
    days = int(rows["day"].max(initial=0)) + 1
    return taken(rows, np.argsort((rows["who"] * days + rows["day"]) * DAY + rows["second"], kind="stable"))


def taken(rows: Rows, order: Array) -> Rows:
    """The rows at these places."""
    return {name: column[order] for name, column in rows.items()}


def feature_codes(who: People, person: Array, rng: np.random.Generator) -> Array:
    """Which feature each action used: few people go far beyond the first ones of their role."""
    orders = np.array([FIRST_FEATURES[role] for role in role_codes(who)])
    reach = who.trait("breadth")[person]
    return orders[person, (reach * rng.random(len(person)) ** 1.5).astype(int)]


def log_table(rows: Rows, who: People, crm: Simulation, rng: np.random.Generator) -> pa.Table:
    """Rows as a contract table."""
    size, person, day = len(rows["who"]), rows["who"], rows["day"]
    done = rows["action"] != LOGIN
    written = rows["required"] >= 0
    explores = day <= who.explores[person]
    asked = ~explores | (rng.random(size) < ASKED)
    mobile = rng.random(size) < (0.1 + 0.3 * (who.number % 3 == 0))[person]
    made = done & (rows["action"] == CREATE)
    columns = {
        "event_id": id_column("e", np.arange(crm.numbered, crm.numbered + size) + 1, 9),
        "user_id": coded(person, id_column("u", who.number + 1, 5)),
        "occurred_at": instants(crm.calendar, day, rows["second"]),
        "action": coded(rows["action"], pa.array(ACTIONS)),
        "feature": coded(rows["feature"], pa.array(list(FEATURES)), rows["feature"] < 0),
        "record_type": coded(_record_types()[rows["feature"]], pa.array(RECORDS), rows["feature"] < 0),
        "record_id": id_column("r", rows["record"], 7, rows["feature"] < 0),
        "succeeded": pa.array(~rows["failed"]),
        "duration_seconds": pa.array(rows["duration"], mask=~done),
        "actor_id": pa.nulls(size, pa.string()),
        "source": coded(mobile.astype(int), pa.array(["web", "mobile"])),
        "compulsory": pa.array(asked, mask=~done),
        "fields_required": pa.array(rows["required"].astype(np.int32), mask=~written),
        "fields_filled": pa.array(rows["filled"].astype(np.int32), mask=~written),
        "happened_on": pa.array(day_dates(day - rows["lag"]), mask=~made),
        "audited_correct": pa.array(rows["audited"] == 1, mask=rows["audited"] < 0),
    }
    crm.numbered += size
    return pa.table(columns).cast(SCHEMA)


def id_column(letter: str, numbers: Array, width: int, missing: Array | None = None) -> pa.Array:
    """Numbers as text ids: e000000017."""
    digits = pc.utf8_lpad(pc.cast(pa.array(numbers), pa.string()), width, "0")
    text = pc.binary_join_element_wise(letter, digits, "")
    return text if missing is None else pc.if_else(pa.array(missing), pa.scalar(None, pa.string()), text)


def coded(codes: Array, words: pa.Array, missing: Array | None = None) -> pa.Array:
    """A column of words, stored as codes."""
    return pa.DictionaryArray.from_arrays(pa.array(codes.astype(np.int32), mask=missing), words)


def instants(calendar: Calendar, day: Array, second: Array) -> pa.Array:
    """The instant of a second of a local day."""
    utc = calendar.hours_utc[day * 24 + second // 3600] + second % 3600
    return pa.array((utc * 1000).astype("datetime64[ms]"), pa.timestamp("ms", "UTC"))


def day_dates(day: Array) -> Array:
    """Days of the simulation as dates."""
    return np.datetime64(START, "D") + day.astype(np.int64)


def _record_types() -> Array:
    return np.array([RECORDS.index(record) for record, _, _ in FEATURES.values()])


def role_codes(who: People) -> Array:
    """Everybody's role by name."""
    return np.array(ROLES)[who.department, who.role]


def some_rows(table: pa.Table, share: float, rng: np.random.Generator) -> pa.Table:
    """A random share of the rows, with replacement."""
    return table.take(np.sort(rng.integers(0, table.num_rows, round(share * table.num_rows))))


def with_columns(table: pa.Table, **columns: pa.Array) -> pa.Table:
    """The log with these columns replaced."""
    for name, column in columns.items():
        table = table.set_column(SCHEMA.get_field_index(name), SCHEMA.field(name), column)
    return table


def moments_within(seconds: Array) -> pa.Array:
    """Instants as text, for CSV: 2025-01-06T08:30:00Z."""
    text = np.datetime_as_string(seconds.astype("datetime64[s]")) if len(seconds) else np.array([], dtype=str)
    return pc.binary_join_element_wise(pa.array(text, pa.string()), "Z", "")


def team_names(everyone: People) -> Array:
    """ "Service 3": the department and the team's number in it."""
    first = {d: everyone.team[everyone.department == d].min() for d in np.unique(everyone.department)}
    names = zip(everyone.department, everyone.team, strict=True)
    return np.array([f"{DEPARTMENTS[d]} {t - first[d] + 1}" for d, t in names])
