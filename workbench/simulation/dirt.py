"""What makes a log dirty: robots, repeated rows, strangers, imports, rows outside access."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from workbench.simulation.columns import SCHEMA, day_dates, id_column, instants, some_rows, with_columns
from workbench.simulation.days import Simulation
from workbench.simulation.people import People
from workbench.simulation.vocabulary import OLDER

# Dirt, as shares of rows (assumption); robots after OpenStack, 2.07 %.
ROBOT_ROWS, REPEATED, LATE, ACTED_FOR, STRANGERS, WITHOUT_ACCESS = 0.0207, 0.004, 0.003, 0.003, 0.002, 0.002


def soiled(table: pa.Table, who: People, crm: Simulation, rng: np.random.Generator) -> pa.Table:
    """The rows with what real logs have besides; what is late waits for the end of the file."""
    waits = rng.random(table.num_rows) < LATE
    crm.late.append(table.filter(pa.array(waits)))
    dirt = [
        some_rows(table, REPEATED, rng),
        _renumbered(_acted_for(some_rows(table, ACTED_FOR, rng), crm), crm),
        _renumbered(_by_strangers(some_rows(table, STRANGERS, rng), crm, rng), crm),
        _renumbered(_without_access(some_rows(table, WITHOUT_ACCESS, rng), who, rng), crm),
        _renumbered(_imported(some_rows(table, 2 * ACTED_FOR, rng)), crm),
    ]
    return pa.concat_tables([table.filter(pa.array(~waits)), *dirt])


def _renumbered(table: pa.Table, crm: Simulation) -> pa.Table:
    """Rows of their own: with event ids of their own."""
    numbers = np.arange(crm.numbered, crm.numbered + table.num_rows) + 1
    crm.numbered += table.num_rows
    return with_columns(table, event_id=id_column("e", numbers, 9))


def _acted_for(table: pa.Table, crm: Simulation) -> pa.Table:
    """An administrator logged in as the user."""
    administrator = id_column("u", crm.people.manager[crm.people.manager >= 0][:1] + 1, 5)[0].as_py()
    others = table.filter(pc.not_equal(table["user_id"], administrator))
    return with_columns(others, actor_id=pa.array([administrator] * others.num_rows, pa.string()))


def _by_strangers(table: pa.Table, crm: Simulation, rng: np.random.Generator) -> pa.Table:
    """People who are not in the users table any more."""
    return with_columns(table, user_id=id_column("x", rng.integers(1, 40, table.num_rows), 5))


def _without_access(table: pa.Table, who: People, rng: np.random.Generator) -> pa.Table:
    """Use before access began, by the joiners of this chunk."""
    joined = np.flatnonzero(who.first_day > 7)
    if not len(joined):
        return table.slice(0, 0)
    chosen = rng.choice(joined, table.num_rows)
    early = who.first_day[chosen] - rng.integers(1, 8, table.num_rows)
    noon = (day_dates(early).astype("datetime64[ms]") + np.timedelta64(12, "h")).astype("datetime64[ms]")
    return with_columns(
        table,
        user_id=id_column("u", who.number[chosen] + 1, 5),
        occurred_at=pa.array(noon, pa.timestamp("ms", "UTC")),
    )


def _imported(table: pa.Table) -> pa.Table:
    """Records that a list import made in the user's name."""
    size = table.num_rows
    return with_columns(
        table,
        action=pa.array(["create"] * size, pa.string()),
        source=pa.array(["import"] * size, pa.string()),
        duration_seconds=pa.nulls(size, pa.int32()),
        succeeded=pa.array([True] * size, pa.bool_()),
    )


def robot_count(users: int) -> int:
    """How many robots there are beside so many people."""
    return max(3, users // 500)


def robot_rows(crm: Simulation, rows: int) -> pa.Table:
    """Machines that update records, night after night."""
    robots = robot_count(len(crm.people))
    days = 7 * crm.calendar.weeks
    nightly = max(1, round(rows * ROBOT_ROWS / (robots * days)))
    robot, day, turn = (axis.ravel() for axis in np.indices((robots, days, nightly)))
    size = len(robot)
    table = pa.table(
        {
            "user_id": id_column("u", len(crm.people) + robot + 1, 5),
            "occurred_at": instants(crm.calendar, day, 3600 + robot * 60 + turn * 3 % 3600),
            "action": pa.array(["update"] * size),
            "feature": pa.array(["contacts"] * size),
            "record_type": pa.array(["contact"] * size),
            "record_id": id_column("r", (day * nightly + turn) % OLDER, 7),
            "succeeded": pa.array([True] * size),
            "source": pa.array(["api"] * size),
        }
    )
    missing = {f.name: pa.nulls(size, f.type) for f in SCHEMA if f.name not in table.column_names}
    whole = pa.table({name: table[name] if name in table.column_names else missing[name] for name in SCHEMA.names})
    return _renumbered(whole.cast(SCHEMA), crm)
