"""What makes a log dirty: robots, repeated rows, strangers, imports, rows outside access."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from workbench.simulation.columns import dates, text_ids, user_ids, utc_times
from workbench.simulation.days import Simulation
from workbench.simulation.log import SCHEMA, random_rows, replace_columns
from workbench.simulation.people import People
from workbench.simulation.vocabulary import OLDER

# Dirt, as shares of rows (assumption); robots after OpenStack, 2.07 %.
ROBOT_ROWS, REPEATED, LATE_ROWS, ACTED_FOR, STRANGERS, WITHOUT_ACCESS = 0.0207, 0.004, 0.003, 0.003, 0.002, 0.002


def with_dirt(table: pa.Table, who: People, crm: Simulation, rng: np.random.Generator) -> pa.Table:
    """The rows with the dirt of real logs among them; late rows are kept for the end of the file."""
    waits = rng.random(table.num_rows) < LATE_ROWS
    crm.late.append(table.filter(pa.array(waits)))
    dirt = [
        random_rows(table, REPEATED, rng),
        _renumbered(_acted_for(random_rows(table, ACTED_FOR, rng), crm), crm),
        _renumbered(_by_strangers(random_rows(table, STRANGERS, rng), crm, rng), crm),
        _renumbered(_without_access(random_rows(table, WITHOUT_ACCESS, rng), who, rng), crm),
        _renumbered(_imported(random_rows(table, 2 * ACTED_FOR, rng)), crm),
    ]
    return pa.concat_tables([table.filter(pa.array(~waits)), *dirt])


def _renumbered(table: pa.Table, crm: Simulation) -> pa.Table:
    """Rows of their own: with event ids of their own."""
    numbers = np.arange(crm.numbered, crm.numbered + table.num_rows) + 1
    crm.numbered += table.num_rows
    return replace_columns(table, event_id=text_ids("e", numbers, 9))


def _acted_for(table: pa.Table, crm: Simulation) -> pa.Table:
    """An administrator logged in as the user."""
    administrator = user_ids(crm.people.manager[crm.people.manager >= 0][:1])[0].as_py()
    others = table.filter(pc.not_equal(table["user_id"], administrator))
    return replace_columns(others, actor_id=pa.array([administrator] * others.num_rows, pa.string()))


def _by_strangers(table: pa.Table, crm: Simulation, rng: np.random.Generator) -> pa.Table:
    """People who are not in the users table any more."""
    return replace_columns(table, user_id=text_ids("x", rng.integers(1, 40, table.num_rows), 5))


def _without_access(table: pa.Table, who: People, rng: np.random.Generator) -> pa.Table:
    """Use before access began, by the joiners of this chunk."""
    joined = np.flatnonzero(who.first_day > 7)
    if not len(joined):
        return table.slice(0, 0)
    chosen = rng.choice(joined, table.num_rows)
    early = who.first_day[chosen] - rng.integers(1, 8, table.num_rows)
    noon = (dates(early).astype("datetime64[ms]") + np.timedelta64(12, "h")).astype("datetime64[ms]")
    return replace_columns(
        table,
        user_id=user_ids(who.number[chosen]),
        occurred_at=pa.array(noon, pa.timestamp("ms", "UTC")),
    )


def _imported(table: pa.Table) -> pa.Table:
    """Records that a list import made in the user's name."""
    size = table.num_rows
    return replace_columns(
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
            "user_id": user_ids(len(crm.people) + robot),
            "occurred_at": utc_times(crm.calendar, day, 3600 + robot * 60 + turn * 3 % 3600),
            "action": pa.array(["update"] * size),
            "feature": pa.array(["contacts"] * size),
            "record_type": pa.array(["contact"] * size),
            "record_id": text_ids("r", (day * nightly + turn) % OLDER, 7),
            "succeeded": pa.array([True] * size),
            "source": pa.array(["api"] * size),
        }
    )
    missing = {f.name: pa.nulls(size, f.type) for f in SCHEMA if f.name not in table.column_names}
    whole = pa.table({name: table[name] if name in table.column_names else missing[name] for name in SCHEMA.names})
    return _renumbered(whole.cast(SCHEMA), crm)
