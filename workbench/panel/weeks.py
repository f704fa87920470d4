"""The weeks of each person that count.

Habits, retention and time to adopt are counted over calendar weeks in which somebody could have used the
system, whatever table came in. Between a person's first and last row every week counts; a week without a row
is a week without use, or people who stop would leave their own average. Only a row that says `eligible` is
false (leave) does not count: what came before it and what comes after it are then neighbours.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pyarrow as pa

from workbench.data.duckdb import as_table
from workbench.data.engine import Table, identifier, literal
from workbench.data.rules import Rule, breaches, first_row, message, numbered
from workbench.errors import ContractError
from workbench.panel.days import MONDAY, week_number, weekday
from workbench.results.words import NOT_KNOWN

NEEDED = ("user_id", "week", "actions")
NUMBERS = (pa.types.is_integer, pa.types.is_floating, pa.types.is_decimal)
TYPES: dict[str, tuple[str, tuple[Callable[[pa.DataType], bool], ...], str]] = {
    "week": (
        "a date without a time zone",
        (pa.types.is_date, pa.types.is_string, lambda t: pa.types.is_timestamp(t) and t.tz is None),
        "Name every week by its first day, such as 2025-03-03.",
    ),
    "actions": ("a number", NUMBERS, "Count what was done in the week."),
    "eligible": ("true or false", (pa.types.is_boolean, *NUMBERS), "Say false for a week of leave."),
}


@dataclass(frozen=True)
class Span:
    """From the first week of a table to its last; `whole` when nobody's weeks have a gap."""

    first: date
    last: date
    whole: bool

    def calendar(self) -> str:
        """The weeks as the rows of a VALUES list: number, week."""
        weeks = (self.last - self.first).days // 7 + 1
        days = (self.first + timedelta(days=7 * number) for number in range(weeks))
        return ", ".join(f"({number}, date {literal(day)})" for number, day in enumerate(days))


def counted_weeks(panel: Any) -> Table:
    """One row per person and week that counts: `user_id`, `week`, `number` (weeks since the table's first), `actions`.

    panel : any table of user-weeks; reads `user_id`, `week` (a date, on the same weekday throughout), `actions`
        and, where there is one, `eligible` (missing values: eligible)
    Raises ContractError for missing columns and values, other types, negative actions, mixed weekdays and repeated
    user-weeks.
    """
    given = _given(as_table(panel))
    span = _span(given)
    whole = _numbered(given, span) if span.whole else _filled(given, span)
    return whole.sql("select user_id, week, number, actions from this where eligible")


def groups_of(panel: Any, by: str | None) -> Table:
    """The group of every person: `user_id`, `named`; "not known" where `by` is missing, "everybody" without `by`.

    Raises ContractError where the column is not there or changes within a person.
    """
    given = as_table(panel)
    if by is None:
        return given.sql("select user_id, 'everybody' as named from this group by user_id")
    if by not in given.columns:
        raise ContractError(f"there is no column {by!r} to group by among {', '.join(given.columns)}.")
    column = identifier(by)
    people = given.sql(f"select user_id, min({column}) as named, max({column}) as other from this group by user_id")
    changing = people.sql("select count(*) as n from this where named <> other").row()["n"]
    if changing:
        raise ContractError(
            f"{by} is one per person, but {changing:,} people have several.\n"
            "  Name one, such as the last, or group by something that stays."
        )
    return people.sql(f"select user_id, coalesce(cast(named as varchar), {literal(NOT_KNOWN)}) as named from this")


def _given(panel: Table) -> Table:
    missing = [name for name in NEEDED if name not in panel.columns]
    if missing:
        raise ContractError(
            f"user-weeks have the columns {', '.join(NEEDED)}, but {', '.join(missing)} is not among"
            f" {', '.join(panel.columns)}.\n  Rename or add it before."
        )
    _refuse_other_types(panel)
    eligible = "coalesce(cast(eligible as boolean), true)" if "eligible" in panel.columns else "true"
    return panel.sql(f"select user_id, cast(week as date) as week, actions, {eligible} as eligible from this")


def _refuse_other_types(panel: Table) -> None:
    for name, (promise, kinds, repair) in TYPES.items():
        if name in panel.columns and not any(kind(panel.schema.field(name).type) for kind in kinds):
            raise ContractError(f"{name} is {promise}, but here it is {panel.schema.field(name).type}.\n  {repair}")


def _rules(given: Table) -> list[Rule]:
    day = weekday(given, "week")
    return [
        Rule("user_id is there", "user_id is null", "Leave out rows that belong to nobody."),
        Rule("week is there", "week is null", "Name every row's week by its first day."),
        Rule(
            "actions is a number from 0 up",
            "actions is null or not (actions >= 0 and actions < 1e300)",
            "Correct the count; 0 where nothing was done.",
        ),
        Rule(
            "weeks begin on one weekday",
            f"{day} <> (select min({day}) from this)",
            "Name every week by its first day.",
        ),
    ]


def _refuse_odd_rows(given: Table) -> None:
    for breach in breaches(given, _rules(given)):
        claim = f"{breach.rule.promise}, but in {breach.rows:,} of {breach.of:,} rows it is not"
        raise ContractError(message(claim, _first(given, breach.rule.broken_by), breach.rule.repair))


def _first(given: Table, broken_by: str, **others: Table) -> str:
    return first_row(numbered(given), broken_by, {"week": "week", "actions": "actions"}, **others)


def _refuse_repeated_weeks(given: Table) -> None:
    repeated = given.sql("select user_id, week from this group by user_id, week having count(*) > 1")
    count = repeated.sql("select count(*) as n from this").row()["n"]
    if count:
        of_them = "exists (select 1 from repeated where repeated.user_id = this.user_id and repeated.week = this.week)"
        raise ContractError(
            message(
                f"a person has one row a week, but {count:,} user-weeks are repeated",
                _first(given, of_them, repeated=repeated),
                "Add them up: select user_id, week, sum(actions) as actions … group by user_id, week.",
            )
        )


def _span(given: Table) -> Span:
    """What one reading of the table tells; only where something is amiss is it read again, to say what."""
    seen = given.sql(_READING.format(**_fragments(given))).row()
    if seen["odd"]:
        _refuse_odd_rows(given)
    if seen["repeated"]:
        _refuse_repeated_weeks(given)
    return Span(seen["first_week"] or MONDAY, seen["last_week"] or MONDAY, whole=not seen["with_gaps"])


# A person's weeks are bits of a mask: as many rows as bits, and no week is repeated. That needs no memory for every
# user-week, as a GROUP BY of them would.
_PIECE = 62  # weeks to a mask: bits of a 64-bit number that every engine has room for
_READING = """
    with numbered as (
        select user_id, week, {weekday} as weekday, {number} as number,
            case when {odd} then 1 else 0 end as odd
        from this
    ),
    pieces as (
        select user_id, count(*) as n, min(week) as first_week, max(week) as last_week, sum(odd) as odd,
            min(weekday) as first_day, max(weekday) as last_day,
            bit_or(cast(1 as bigint) << cast(number - {piece} * floor(number / {piece}.0) as integer)) as mask
        from numbered group by user_id, floor(number / {piece}.0)
    ),
    people as (
        select sum(n) as n, min(first_week) as first_week, max(last_week) as last_week, sum(odd) as odd,
            min(first_day) as first_day, max(last_day) as last_day, sum({weeks}) as weeks
        from pieces group by user_id
    )
    select min(first_week) as first_week, max(last_week) as last_week,
        coalesce(sum(odd), 0) > 0 or min(first_day) <> max(last_day) as odd, sum(n) > sum(weeks) as repeated,
        count(case when 7 * (n - 1) <> {length} then 1 end) > 0 as with_gaps
    from people"""


def _fragments(given: Table) -> dict[str, Any]:
    dialect = given.engine.dialect
    rules = _rules(given)[:-1]  # that weeks begin on one weekday is seen from the first and the last one
    return {
        "number": week_number(given, "week"),
        "weekday": weekday(given, "week"),
        "odd": " or ".join(rule.broken_by for rule in rules),
        "piece": _PIECE,
        "weeks": dialect.bit_count.format(mask="mask"),
        "length": dialect.days.format(a="first_week", b="last_week"),
    }


def _numbered(given: Table, span: Span) -> Table:
    number = week_number(given, "week", span.first)
    return given.sql(f"select user_id, week, {number} as number, actions, eligible from this")


def _filled(given: Table, span: Span) -> Table:
    """The same with a row of zero actions in every week between a person's first and last that has none."""
    return _numbered(given, span).sql(f"""
        with ordered as (select *, lead(number) over (partition by user_id order by number) as following from this),
        calendar as (select * from (values {span.calendar()}) as weeks(number, week))
        select user_id, week, number, actions, eligible from ordered
        union all
        select ordered.user_id, calendar.week, cast(calendar.number as bigint) as number, 0 as actions, true as eligible
        from ordered join calendar on calendar.number > ordered.number and calendar.number < ordered.following
        where ordered.following > ordered.number + 1""")
