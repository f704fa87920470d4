"""The log's rows as an Arrow table."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from workbench.simulation.columns import categorical, dates, role_names, text_ids, user_ids, utc_times
from workbench.simulation.days import Simulation
from workbench.simulation.people import People
from workbench.simulation.vocabulary import ACTIONS, ASKED, CREATE, FEATURES, FIRST_FEATURES, LOGIN, RECORDS
from workbench.simulation.world import Array

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


def event_table(rows: Rows, who: People, crm: Simulation, rng: np.random.Generator) -> pa.Table:
    """The rows of some people, in order, as the contract's events; every row gets the next event id."""
    size, person, day = len(rows["who"]), rows["who"], rows["day"]
    done = rows["action"] != LOGIN
    written = rows["required"] >= 0
    explores = day <= who.explores[person]
    asked = ~explores | (rng.random(size) < ASKED)
    mobile = rng.random(size) < (0.1 + 0.3 * (who.number % 3 == 0))[person]
    made = done & (rows["action"] == CREATE)
    columns = {
        "event_id": text_ids("e", np.arange(crm.numbered, crm.numbered + size) + 1, 9),
        "user_id": categorical(person, user_ids(who.number)),
        "occurred_at": utc_times(crm.calendar, day, rows["second"]),
        "action": categorical(rows["action"], pa.array(ACTIONS)),
        "feature": categorical(rows["feature"], pa.array(list(FEATURES)), rows["feature"] < 0),
        "record_type": categorical(_record_types()[rows["feature"]], pa.array(RECORDS), rows["feature"] < 0),
        "record_id": text_ids("r", rows["record"], 7, rows["feature"] < 0),
        "succeeded": pa.array(~rows["failed"]),
        "duration_seconds": pa.array(rows["duration"], mask=~done),
        "actor_id": pa.nulls(size, pa.string()),
        "source": categorical(mobile.astype(int), pa.array(["web", "mobile"])),
        "compulsory": pa.array(asked, mask=~done),
        "fields_required": pa.array(rows["required"].astype(np.int32), mask=~written),
        "fields_filled": pa.array(rows["filled"].astype(np.int32), mask=~written),
        "happened_on": pa.array(dates(day - rows["lag"]), mask=~made),
        "audited_correct": pa.array(rows["audited"] == 1, mask=rows["audited"] < 0),
    }
    crm.numbered += size
    return pa.table(columns).cast(SCHEMA)


def _record_types() -> Array:
    return np.array([RECORDS.index(record) for record, _, _ in FEATURES.values()])


def features_used(who: People, person: Array, rng: np.random.Generator) -> Array:
    """The feature of each action: few people go far beyond the first ones of their role."""
    orders = np.array([FIRST_FEATURES[role] for role in role_names(who)])
    reach = who.trait("breadth")[person]
    features: Array = orders[person, (reach * rng.random(len(person)) ** 1.5).astype(int)]
    return features


def random_rows(table: pa.Table, share: float, rng: np.random.Generator) -> pa.Table:
    """A random share of the rows, with replacement."""
    return table.take(np.sort(rng.integers(0, table.num_rows, round(share * table.num_rows))))


def replace_columns(table: pa.Table, **columns: pa.Array) -> pa.Table:
    """The log with some columns replaced, by name."""
    for name, column in columns.items():
        table = table.set_column(SCHEMA.get_field_index(name), SCHEMA.field(name), column)
    return table
