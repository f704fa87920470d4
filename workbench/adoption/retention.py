"""Who comes back.

*Lifecycle* says of every week who is new, retained, resurrected, dormant, inactive, or never started; *retention*
follows the people who started together. In both, people who never come stay in the count.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

import numpy as np
import pandas as pd

from workbench.data.duckdb import as_table
from workbench.data.engine import Table, literals
from workbench.errors import ContractError
from workbench.panel.days import week_number, weeks_begin
from workbench.panel.entry import came_before
from workbench.panel.period import period_of
from workbench.panel.weeks import counted_weeks
from workbench.results.estimates import Estimates
from workbench.results.phrases import phrase
from workbench.results.shares import shares

JUST_THEN = {
    "week": phrase("in just that week"),
    "month": phrase("in just that month"),
    "quarter": phrase("in just that quarter"),
}
STATES = {
    "new": "active for the first time since access began",
    "retained": "active this week and the week before",
    "resurrected": "active this week, not the week before, but at some time earlier",
    "dormant": "not active this week, active the week before",
    "inactive": "active in neither week, but at some time earlier",
    "never started": "not active since access began",
    "not known": "had access before the first week, and was not seen active in an earlier one",
}
Length = Literal["week", "month", "quarter"]  # of the periods that people are followed in
MONTHS = {"month": 1, "quarter": 3}


def lifecycle(panel: Any) -> pd.DataFrame:
    """How many people are in which state of `STATES`, week by week.

    panel : one row per user per week from the start of access on; reads `user_id`, `week`, `actions` and, where there
        is one, `eligible` and `access_week`. A week of leave is passed over. Whoever had access before the panel's
        first week is new to the panel only: until seen active there, their state is not known.
    Returns one row per week and state, zeros included: week, state, users. The states of a week add up to everybody
    whose week it is.
    Raises ContractError for rows that cannot be counted.

    >>> panel = pd.DataFrame({"user_id": "a", "week": pd.date_range("2025-01-06", periods=4, freq="7D"),
    ...     "actions": [0, 3, 0, 1]})
    >>> lifecycle(panel).query("users > 0")["state"].tolist()
    ['never started', 'new', 'dormant', 'resurrected']
    """
    counts = _in_states(counted_weeks(panel), came_before(panel)).to_pandas()
    every = pd.MultiIndex.from_product([sorted(counts["week"].unique()), list(STATES)], names=["week", "state"])
    return counts.set_index(["week", "state"]).reindex(every, fill_value=0).reset_index()


def _in_states(weeks: Table, earlier: Table) -> Table:
    return weeks.sql(
        """
        with activity as (
            select this.user_id, week, case when actions > 0 then 1 else 0 end as active,
                case when earlier.user_id is null then 0 else 1 end as earlier
            from this left join earlier on earlier.user_id = this.user_id),
        memory as (
            select week, active, earlier,
                coalesce(lag(active) over (partition by user_id order by week), 0) as active_before,
                coalesce(max(active) over (
                    partition by user_id order by week rows between unbounded preceding and 1 preceding
                ), 0) as ever_before
            from activity
        )
        select week,
            case when earlier = 1 and ever_before = 0 then 'not known'
                when active = 1 and ever_before = 0 then 'new'
                when active = 1 and active_before = 1 then 'retained'
                when active = 1 then 'resurrected'
                when active_before = 1 then 'dormant'
                when ever_before = 1 then 'inactive'
                else 'never started' end as state,
            cast(count(*) as bigint) as users
        from memory group by 1, 2""",
        earlier=earlier,
    )


def readable_period(panel: Any, most: int = 40) -> Length:
    """The shortest period of which the panel has at most so many, or the longest there is.

    panel : any table of user-weeks; reads `week`
    most : so many periods at most
    Returns "week", "month" or "quarter".

    >>> readable_period(pd.DataFrame({"week": pd.to_datetime(["2025-01-06", "2025-12-29"])}))
    'month'
    """
    weeks = period_of(panel).weeks - 1
    lengths: dict[Length, float] = {"week": 1, "month": 4.35, "quarter": 13}
    return next((period for period, length in lengths.items() if weeks / length <= most), "quarter")


def retention(
    panel: Any, period: Length = "week", unbounded: bool = False, start: Literal["access", "first use"] = "access"
) -> pd.DataFrame:
    """How many of those who started together are active 1, 2, 3 … periods later.

    panel : any table with `user_id` and `date` or else `week`; a row is use unless its `actions` are 0. Weeks begin on
        the day on which those of the column `week` do (without one, on Monday); a week belongs to the month or quarter
        of its fourth day, so that at least four of its days lie there.
    unbounded : count whoever is active in that period or any later one, instead of exactly in that period; the last
        periods then read low, because little time was left to come back in
    start : with "access" a cohort is everybody whose first row (access, or first use where access is read off the
        log) falls into the period; with "first use", everybody first active then
    Returns one row per cohort and age: cohort (first day of its period), age (periods since the start), n (people in
    the cohort), active, share. Where the period had not ended when the data did, or had ended before, active and share
    are missing.

    Whoever had access before the panel's first week (`access_week`) enters late: the ages before it are missing, and
    none goes beyond the length of the panel. Such a cohort holds those who still had access then. With "first use" they
    are in no cohort, for their first use is not seen.
    Whoever loses access stays in the cohort: where access is read off the log, a person who left cannot be told from
    one who stopped.
    Raises ContractError where a column is missing.

    >>> panel = pd.DataFrame({"user_id": ["a", "a", "b", "b"], "week": pd.to_datetime(["2025-01-06", "2025-01-13"] * 2),
    ...     "actions": [2, 1, 4, 0]})
    >>> retention(panel)[["age", "n", "active", "share"]].to_numpy().tolist()
    [[0, 2, 2, 1.0], [1, 2, 1, 0.5]]
    """
    periods = Numbered(period, weeks_begin(panel))
    rows = _rows(as_table(panel), periods)
    seen = _seen(rows, periods)
    people = _people(rows, _earlier(as_table(panel), periods, seen), start)
    sizes = people.sql("select cohort, cast(count(*) as bigint) as n from this group by cohort").to_pandas()
    used = _last_active(people, seen) if unbounded else _active(rows, people)
    cells = _grid(sizes, seen).merge(_by_age(used), how="left", on=["cohort", "age"])
    return _counted(cells, seen, unbounded).assign(cohort=lambda c: periods.first_day(c["cohort"]))


def members(panel: Any, period: Length = "week", start: Literal["access", "first use"] = "access") -> Table:
    """The people behind each cell of `retention`, for an analyst who wants to know what else they did.

    Returns a lazy Table, one row per person and age that the person's cohort has reached: user_id, cohort (first day
    of its period), age, active (0 or 1).
    """
    periods = Numbered(period, weeks_begin(panel))
    rows = _rows(as_table(panel), periods)
    seen = _seen(rows, periods)
    people = _people(rows, _earlier(as_table(panel), periods, seen), start)
    sizes = people.sql("select cohort, cast(count(*) as bigint) as n from this group by cohort").to_pandas()
    cells = _grid(sizes, seen)
    cells = cells[seen.whole(cells)].assign(day=lambda c: periods.first_day(c["cohort"]))
    values = ", ".join(f"({c.cohort}, date '{c.day:%Y-%m-%d}', {c.age})" for c in cells.itertuples())
    return people.sql(
        f"""
        with cells(number, cohort, age) as (values {values}),
        used as (select distinct user_id, number from rows where active = 1)
        select this.user_id, cells.cohort, cells.age, case when used.user_id is null then 0 else 1 end as active
        from this join cells on cells.number = this.cohort
            left join used on used.user_id = this.user_id and used.number = this.cohort + cells.age""",
        rows=rows,
    )


def retention_curve(retained: pd.DataFrame) -> Estimates:
    """Retention at each age, all cohorts together.

    retained : the answer of `retention`
    Returns Estimates, one row per age: the share of all people whose cohort has reached that age (so that large cohorts
    weigh more), its Wilson interval, n (these people). Later ages rest on older cohorts only.
    """
    mature = retained[retained["active"].notna()].groupby("age")[["active", "n"]].sum().reset_index()
    counts = mature.rename(columns={"active": "k"})
    return shares(counts, ["age"], "share of people", "cohorts that have reached the age, weighted by people")


def come_back(panel: Any, period: Length = "week") -> Estimates:
    """Both kinds of retention at each age: active exactly then, and active then or at any later time.

    panel, period : as in `retention`
    Returns Estimates, one row per kind and age after the start: kind ("in just that week", "then or later"), age, the
        share, its Wilson interval, n (people whose cohort has reached the age). The last ages of the second kind read
        low, because little time was left to come back in.
    Raises ContractError where a column is missing.

    >>> weeks = pd.date_range("2025-01-06", periods=3, freq="7D")
    >>> panel = pd.DataFrame({"user_id": "a", "week": weeks, "actions": [2, 0, 1]})
    >>> come_back(panel).table[["kind", "age", "estimate"]].to_numpy().tolist()
    [['in just that week', 1, 0.0], ['in just that week', 2, 1.0], ['then or later', 1, 1.0], ['then or later', 2, 1.0]]
    """
    kinds = {JUST_THEN[period]: False, phrase("then or later"): True}
    curves = {kind: retention_curve(retention(panel, period, unbounded)) for kind, unbounded in kinds.items()}
    rows = pd.concat([curve.table.assign(kind=kind) for kind, curve in curves.items()], ignore_index=True)
    first = next(iter(curves.values()))
    return Estimates(rows[rows["age"] > 0].reset_index(drop=True), first.unit, first.about, first.level)


def stickiness(days: Any, trailing: int = 28) -> float:
    """Mean over days of the people active that day ÷ the people active in the `trailing` days up to it.

    days : any table of use with `user_id` and `date`; several rows a day count once
    Only days with a whole trailing window behind them count; missing (nan) where there is none.
    Returns a number from 0 to 1: 1 where everybody comes every day.

    >>> days = pd.to_datetime(["2025-01-06", "2025-01-07", "2025-01-06"])
    >>> stickiness(pd.DataFrame({"user_id": ["a", "a", "b"], "date": days}), trailing=2)
    0.5
    """
    daily = _coming_and_going(as_table(days), trailing).to_pandas().set_index("date")
    every = daily.reindex(pd.date_range(daily.index.min(), daily.index.max()), fill_value=0)
    recent = (every["active"] - every["gone"]).cumsum()
    return float((every["active"] / recent).iloc[trailing - 1 :].mean())


def use_of(actions: Any, qualifying: Sequence[str]) -> Table:
    """The actions that count as use: of the verbs named, and not failed, as the panel counts them.

    actions : kept rows; reads action and succeeded
    qualifying : as `qualifying_actions` names them
    Returns a lazy Table with the columns of `actions`.

    >>> actions = pd.DataFrame({"action": ["login", "update", "update"], "succeeded": [True, None, False]})
    >>> len(use_of(actions, ["update"]).to_pandas())
    1
    """
    text = f"select * from this where action in ({literals(qualifying)}) and coalesce(succeeded, true)"
    return as_table(actions).sql(text)


def _coming_and_going(days: Table, trailing: int) -> Table:
    """date, active: people active that day; gone: visits that the next one, or the end of the window, replaces then."""
    dialect = days.engine.dialect
    gap = dialect.days.format(a="day", b="next_day")
    end = dialect.date_plus.format(
        date="day", days=f"cast(case when {gap} < {trailing} then {gap} else {trailing} end as integer)"
    )
    return days.sql(f"""
        with used as (select distinct user_id, cast(date as date) as day from this),
        visits as (select day, lead(day) over (partition by user_id order by day) as next_day from used),
        changes as (
            select day as date, 1 as active, 0 as gone from visits
            union all
            select {end} as date, 0 as active, 1 as gone from visits
        )
        select date, cast(sum(active) as bigint) as active, cast(sum(gone) as bigint) as gone
        from changes where date <= (select max(day) from used) group by date order by date""")


def _rows(given: Table, periods: Numbered) -> Table:
    """user_id, number (of the row's period), last_day (of the row), earlier (a day before it), active (0 or 1)."""
    day = "date" if "date" in given.columns else "week"
    missing = [name for name in ("user_id", day) if name not in given.columns]
    if missing:
        raise ContractError(
            f"retention reads user_id and date or week, but {missing[0]} is not among {', '.join(given.columns)}."
        )
    plus = given.engine.dialect.date_plus
    first = f"cast({day} as date)"
    middle, last = (plus.format(date=first, days=days if day == "week" else 0) for days in (3, 6))
    earlier = plus.format(date=first, days=-4 if day == "week" else -1)
    active = "actions > 0" if "actions" in given.columns else "true"
    eligible = "coalesce(eligible, true)" if "eligible" in given.columns else "true"
    return given.sql(
        f"select user_id, {periods.of(given, middle)} as number, {last} as last_day, {earlier} as earlier,"
        f" case when {active} then 1 else 0 end as active from this where {eligible}"
    )


@dataclass(frozen=True)
class Numbered:
    """Periods of one length by number: weeks from `start`, the first day of one of them; months from the year 0."""

    length: Length
    start: date

    def of(self, table: Table, day: str) -> str:
        """SQL: the number of the period in which a date lies."""
        if self.length == "week":
            return week_number(table, day, self.start)
        month = f"(extract(year from {day}) * 12 + extract(month from {day}) - 1)"
        return f"cast(floor({month} / {MONTHS[self.length]}.0) as bigint)"

    def first_day(self, numbers: pd.Series) -> np.ndarray:
        """The first day of each period."""
        if self.length == "week":
            return np.datetime64(self.start, "D") + 7 * numbers.to_numpy() * np.timedelta64(1, "D")
        return (numbers.to_numpy() * MONTHS[self.length] - 1970 * 12).astype("datetime64[M]").astype("datetime64[s]")


@dataclass(frozen=True)
class Seen:
    """The periods, by number, of which a panel has rows: the first one, the first and the last whole one."""

    first: int
    first_whole: int
    last: int

    @property
    def longest(self) -> int:
        """The greatest age at which somebody can be seen who began in the panel."""
        return max(self.last - self.first, 0)

    def whole(self, cells: pd.DataFrame) -> pd.Series:
        """Whether the period of each cohort and age was seen whole; of those who began in it, from its first day on."""
        then = cells["cohort"] + cells["age"]
        return (then <= self.last) & ((cells["cohort"] >= self.first) | (then >= self.first_whole))


def _seen(rows: Table, periods: Numbered) -> Seen:
    after = rows.engine.dialect.date_plus.format(date="max(last_day)", days=1)
    text = f"with ends as (select min(number) as first, min(earlier) as earlier, {after} as after from this)"
    found = rows.sql(
        f"{text} select first, {periods.of(rows, 'earlier')} + 1 as first_whole,"
        f" {periods.of(rows, 'after')} - 1 as last from ends"
    ).row()
    return Seen(*(int(found[name] or 0) for name in ("first", "first_whole", "last")))


def _earlier(given: Table, periods: Numbered, seen: Seen) -> Table:
    """user_id, cohort: of people whose access began before the panel; missing where no age of theirs is seen."""
    middle = given.engine.dialect.date_plus.format(date="access_week", days=3)
    numbered = came_before(given).sql(f"select user_id, {periods.of(given, middle)} as cohort from this")
    within = f"cohort < {seen.first} and cohort + {seen.longest} >= {seen.first_whole}"
    return numbered.sql(f"select user_id, case when {within} then cohort end as cohort from this")


def _people(rows: Table, earlier: Table, start: str) -> Table:
    """user_id, cohort, last_active (the number of the last period with use)."""
    begun = {
        "access": "earlier.user_id is null or earlier.cohort is not null",
        "first use": "earlier.user_id is null and active = 1",
    }
    if start not in begun:
        raise ValueError(f"start is one of {', '.join(map(repr, begun))}, not {start!r}.")
    return rows.sql(
        f"""
        select this.user_id, coalesce(min(earlier.cohort), min(number)) as cohort,
            max(case when active = 1 then number end) as last_active
        from this left join earlier on earlier.user_id = this.user_id
        where {begun[start]} group by this.user_id""",
        earlier=earlier,
    )


def _active(rows: Table, people: Table) -> Table:
    """cohort, age: one row for each person and age at which the person was active."""
    return people.sql(
        """
        select cohort, number - cohort as age from this
        join (select distinct user_id, number from rows where active = 1) as used on used.user_id = this.user_id""",
        rows=rows,
    )


def _last_active(people: Table, seen: Seen) -> Table:
    """cohort, age: one row for each person, at the age of the last use.

    Whoever was active after the last whole period was active in it "or later", and would be lost beyond the grid.
    """
    until = f"case when last_active > {seen.last} then {seen.last} else last_active end"
    age = f"({until} - cohort)"
    return people.sql(
        f"select cohort, case when {age} > {seen.longest} then {seen.longest} else {age} end as age"
        " from this where last_active is not null"
    )


def _by_age(seen: Table) -> pd.DataFrame:
    """cohort, age, active: how many people."""
    return seen.sql("select cohort, age, cast(count(*) as bigint) as active from this group by cohort, age").to_pandas()


def _grid(sizes: pd.DataFrame, seen: Seen) -> pd.DataFrame:
    """Every cohort at every age that the oldest one has reached in the panel."""
    oldest = sizes["cohort"].min() if len(sizes) else 0
    ages = pd.DataFrame({"age": np.arange(min(max(seen.last - oldest, 0), seen.longest) + 1)})
    return sizes.sort_values("cohort").merge(ages, how="cross")[["cohort", "age", "n"]]


def _counted(cells: pd.DataFrame, seen: Seen, unbounded: bool) -> pd.DataFrame:
    active = cells["active"].fillna(0).astype("Int64")
    if unbounded:
        active = active[::-1].groupby(cells["cohort"]).cumsum()[::-1]
    active = active.where(seen.whole(cells))
    return cells.assign(active=active, share=(active / cells["n"]).astype("float64"))
