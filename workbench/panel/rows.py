"""What a row of the log says by itself: its local day, and why it cannot count, whoever wrote it."""

from __future__ import annotations

from workbench.data.contract import IMPORTED, PRESENCE
from workbench.data.engine import Table, identifier, literal, literals
from workbench.data.raw import written_in
from workbench.data.sources import Source
from workbench.data.verbs import kind_in_sql
from workbench.panel.calendar import Period
from workbench.panel.days import days_since


def _local_time(source: Source, period: Period) -> str:
    """SQL: the wall-clock time of an event, by the first clock known: the row's, the person's, the organisation's.

    A day written without an hour is noon of that day on every clock.
    """
    dialect, given = source.events.engine.dialect, source.given("events")
    clocks = []
    if (day := written_in("occurred_at")) in source.events.columns:
        clocks.append((day, f"cast({day} as timestamp) + interval '12' hour"))
    if "utc_offset_minutes" in given:
        own = dialect.shifted.format(ts="occurred_at", minutes="utc_offset_minutes")
        clocks.append(("utc_offset_minutes", own))
    if _own_zones(source, period):
        clocks.append(("own_zone", dialect.local.format(ts="occurred_at", zone="own_zone")))
    there = dialect.local.format(ts="occurred_at", zone=literal(period.time_zone))
    cases = "".join(f" when {known} is not null then {local}" for known, local in clocks)
    return f"case{cases} else {there} end" if clocks else there


def dated_rows(source: Source, period: Period) -> Table:
    """The rows of the log with their local time, their day, and the kind of their action."""
    local = _local_time(source, period)
    day = days_since(source.events, period.start, "cast(local_time as date)")
    return _with_own_zone(source, period).sql(
        f"with timed as (select this.*, {local} as local_time, {kind_in_sql(source)} as kind_of_action from this)"
        f" select timed.*, cast({day} as bigint) as day from timed"
    )


def kind_of(actions: Table) -> str:
    """The column with the kinds of actions: `kind_of_action`, or `action` in a table that has only its words."""
    return "kind_of_action" if "kind_of_action" in actions.columns else "action"


def _with_own_zone(source: Source, period: Period) -> Table:
    """Events with `own_zone`, the zone of the person's own clock, where it can be another than the period's."""
    if not _own_zones(source, period):
        return _numbered(source)
    return _numbered(source).sql(
        "select this.*, people.own_zone from this left join people on people.user_id = this.user_id",
        people=source.users.sql("select user_id, max(time_zone) as own_zone from this group by user_id"),
    )


def _own_zones(source: Source, period: Period) -> bool:
    """Whether somebody's own clock is another than the period's; the zones are looked up once per source."""
    if "time_zone" not in source.given("users"):
        return False
    if "own_zones" not in source.cache:
        text = "select distinct time_zone from this where time_zone is not null"
        source.cache["own_zones"] = set(source.users.sql(text).to_arrow()["time_zone"].to_pylist())
    return bool(source.cache["own_zones"] - {period.time_zone})


def row_reasons(source: Source) -> list[tuple[str, str]]:
    """The reasons that need no calendar, for the columns that the data have; the first that applies counts."""
    given = source.given("events")
    robot = "access.robot or coalesce(dated.is_robot, false)" if "is_robot" in given else "access.robot"
    cases = [
        (robot, "robot", True),
        ("occurrence > 1", "repeated", _repeated_ids(source) is not None),
        (f"succeeded = false and kind_of_action in ({literals(PRESENCE)})", "failed login", "succeeded" in given),
        ("actor_id <> dated.user_id", "acted for", "actor_id" in given),
        (f"source in ({literals(IMPORTED)})", "imported", "source" in given),
    ]
    return [(condition, name) for condition, name, possible in cases if possible]


def _numbered(source: Source) -> Table:
    """Events with their occurrence: 2, 3 … for rows whose event_id was there before."""
    repeated = _repeated_ids(source)
    if repeated is None:
        return source.events
    # Of rows that say different things in one another's name, the same one counts in whatever order they come.
    others = ", ".join(identifier(name) for name in source.events.columns if name != "event_id")
    return source.events.sql(
        f"""
        select this.*, 1 as occurrence
        from this left join repeated on repeated.event_id = this.event_id where repeated.event_id is null
        union all
        select this.*, row_number() over (
            partition by this.event_id order by occurred_at, {others}) as occurrence
        from this join repeated on repeated.event_id = this.event_id""",
        repeated=repeated,
    )


def _repeated_ids(source: Source) -> Table | None:
    """The event_ids that occur more than once, looked up once per source; None where there are none."""
    if "event_id" not in source.given("events"):
        return None
    if "repeated_ids" not in source.cache:
        # Grouping 64-bit keys costs a third of grouping the ids; only ids whose key recurs are compared as text.
        key = source.events.engine.dialect.key.format(value="event_id")
        found = source.events.sql(
            f"""
            with often as (select {key} as id_key from this group by {key} having count(*) > 1)
            select event_id from this join often on often.id_key = {key}
            where event_id is not null group by event_id having count(*) > 1"""
        )
        kept = found.stored() if found.engine.inside else found  # elsewhere nothing is kept, so it is asked again
        some = kept.sql("select cast(count(*) as bigint) as n from this").to_arrow()["n"][0].as_py()
        source.cache["repeated_ids"] = kept if some else None
    ids: Table | None = source.cache["repeated_ids"]
    return ids
