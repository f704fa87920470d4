"""Names the measurements of adoption.

Every rate is *k of n*: n counts everybody who had access, also those who never came, so that giving up cannot improve
a rate. Its interval is Wilson's (`shares.py`) and says how far chance could have moved a rate of this many people, each
taken for themselves.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pandas as pd

from workbench.data.duckdb import as_table
from workbench.data.engine import Table, identifier
from workbench.errors import ContractError
from workbench.panel.habit import HABIT, HABITUAL, has_habit, in_words
from workbench.results.estimates import Estimates
from workbench.results.phrases import phrase, say
from workbench.results.shares import shares
from workbench.results.words import day_in_full

HABIT_USE, OF_PEOPLE = phrase("share of people who use it as a habit"), phrase("of people with access")
DATA_ENTRY = ("create", "update")  # the kinds of actions that enter or change data


def adoption_rate(panel: Any, group: str | None = None, weeks: int = 4) -> Estimates:
    """Share of people with access who were active in at least one of the last `weeks` weeks.

    panel : one row per user per week; reads `user_id`, `week`, `actions`
    group : a column that does not change within a user, such as "team"; default: everybody
    Returns Estimates, one row per group: a share from 0 to 1, its Wilson 95 % interval, n people.
    Raises ContractError where the panel has no such column.

    >>> week = pd.Timestamp("2025-01-06")
    >>> panel = pd.DataFrame({"user_id": ["a", "b", "c"], "week": week, "actions": [4, 0, 0], "team": ["x", "x", "y"]})
    >>> adoption_rate(panel, "team").table[["team", "estimate", "n"]].to_numpy().tolist()
    [['x', 0.5, 2], ['y', 0.0, 1]]
    """
    return rates(
        _recent_use(as_table(panel), group, weeks, "actions"),
        group,
        f"share of people active in the last {weeks} weeks",
    )


def data_entry_rate(
    panel: Any, group: str | None = None, weeks: int = 4, kinds: Mapping[str, str] | None = None
) -> Estimates:
    """Share of people with access who created or updated a record in at least one of the last `weeks` weeks.

    panel : reads `user_id`, `week`, `created`, `updated`
    group, weeks : as in `adoption_rate`
    kinds : the kind of each action that the panel counts (`data.kinds`); default: some create or update
    Returns Estimates, one row per group: a share from 0 to 1, its Wilson 95 % interval, n people. Where no verb creates
    or updates, there is no number, and `notes` name the verbs there are.
    Raises ContractError where the panel has no such column.

    >>> week = pd.Timestamp("2025-01-06")
    >>> panel = pd.DataFrame({"user_id": ["a", "b"], "week": week, "created": [1, 0], "updated": [0, 0]})
    >>> data_entry_rate(panel).overall["estimate"].item()
    0.5
    """
    recent = _recent_use(as_table(panel), group, weeks, "created + updated")
    unit = f"share of people entering data in the last {weeks} weeks"
    if kinds is None or set(DATA_ENTRY) & set(kinds.values()):
        return rates(recent, group, unit)
    why = say("no action of the log creates or updates a record; its actions are {kinds}", kinds=", ".join(kinds))
    return replace(rates(recent.head(0), group, unit), notes=(why,))


def habit_rate(panel: Any, segments: Any, group: str | None = None) -> Estimates:
    """Share of people with access in the panel's last week who have the habit (power or habitual).

    segments : the answer of `usage_segments` for this panel: user_id, week, segment. People in their first weeks, who
        cannot have the habit yet, count as not having it; where everybody is, there is no number, and `notes` say
        from which week on there will be one.
    Returns Estimates, one row per group: a share, its Wilson 95 % interval, n people.
    >>> week = pd.Timestamp("2025-01-06")
    >>> panel = pd.DataFrame({"user_id": ["a", "b", "c", "d"], "week": week})
    >>> segments = panel.assign(segment=["power", "low", "new", "habitual"])
    >>> habit_rate(panel, segments).overall["estimate"].item()
    0.5
    """
    counts = habit_counts(panel, segments, [group] if group else [])
    found = rates(counts, group, HABIT_USE)
    return found if len(counts) else replace(found, notes=(_not_yet(segments),))


def _not_yet(segments: Any) -> str:
    """Why nobody can be said to have the habit, and from which week on it can be."""
    text = """
        with so_far as (select user_id, count(*) as weeks from this group by user_id)
        select cast(max(week) as date) as week, (select cast(max(weeks) as bigint) from so_far) as longest from this"""
    seen = as_table(segments).sql(text).row()
    why = say("nobody has been there for {weeks} weeks yet", weeks=in_words(HABIT.window))
    if seen["week"] is None:
        return why
    first = seen["week"] + timedelta(weeks=HABIT.window - seen["longest"])
    return f"{why}; {say('we can from the week of {day} on', day=day_in_full(first))}"


def habit_counts(panel: Any, segments: Any, groups: list[str]) -> pd.DataFrame:
    """Who has the habit in the panel's last week: a row per group with its n people with access and the k of them.

    panel, segments : as in `habit_rate`
    groups : columns of the panel; people of whom one of them is not known are left out, and so are groups of which
        everybody is new: whether they have the habit cannot be said yet
    Returns one row per group: `groups`, n, k.

    >>> week = pd.Timestamp("2025-01-06")
    >>> panel = pd.DataFrame({"user_id": ["a", "b", "c"], "week": week, "team": ["x", "x", "y"]})
    >>> segments = panel.assign(segment=["power", "low", "none"])
    >>> habit_counts(panel, segments, ["team"]).to_numpy().tolist()
    [['x', 2, 1], ['y', 1, 0]]
    """
    names = "".join(f"people.{identifier(group)}, " for group in groups)
    return (
        as_table(panel)
        .sql(
            f"""
        with people as (select *, true as there from this where week = (select max(week) from this))
        select {names}cast(count(*) as bigint) as n, {count_of(has_habit())} as k
        from people left join segments on segments.user_id = people.user_id and segments.week = people.week
        where {" and ".join(f"people.{identifier(group)} is not null" for group in groups) or "true"}
        group by {names}there having count(case when segment <> 'new' then 1 end) > 0 order by {names}there""",
            segments=as_table(segments),
        )
        .to_pandas()
    )


def habit_marks(panel: Any, segments: Any) -> Table:
    """The user-weeks in which somebody can have the habit, with `yes`: whether the person has it that week.

    panel, segments : as in `habit_rate`
    Returns a lazy Table: the panel's columns and `yes` (true or false), as `changed` and `what_moved` read them.

    >>> panel = pd.DataFrame({"user_id": ["a", "b"], "week": pd.Timestamp("2025-01-06")})
    >>> marks = habit_marks(panel, panel.assign(segment=["power", "low"])).to_pandas()
    >>> marks.sort_values("user_id")["yes"].tolist()
    [True, False]
    """
    return as_table(panel).sql(
        f"""
        select this.*, {has_habit()} as yes
        from this join segments on segments.user_id = this.user_id and segments.week = this.week
        where this.week in (select week from segments where segment <> 'new')""",
        segments=as_table(segments),
    )


def habit_by_week(segments: Any) -> Estimates:
    """Share of people who have the habit, week by week.

    segments : as for `habit_rate`; weeks in which nobody can have the habit yet, because all are new, are left out
    Returns Estimates, one row per week: a share, its Wilson 95 % interval, n people with access.
    >>> weeks = pd.to_datetime(["2025-01-06", "2025-01-13", "2025-01-13"])
    >>> segments = pd.DataFrame({"week": weeks, "segment": ["new", "power", "new"]})
    >>> habit_by_week(segments).table[["estimate", "n"]].to_numpy().tolist()
    [[0.5, 2.0]]
    """
    counts = as_table(segments).sql(
        f"select week, cast(count(*) as bigint) as n, {count_of(has_habit())} as k"
        " from this group by week having count(case when segment <> 'new' then 1 end) > 0 order by week"
    )
    return shares_by(counts.to_pandas(), ["week"], HABIT_USE)


def weekly_use(panel: Any, group: str | None = None) -> Estimates:
    """Share of people with access who were active, week by week.

    Returns Estimates, one row per week (and group): a share, its Wilson 95 % interval, n people with access.
    >>> weeks = pd.to_datetime(["2025-01-06", "2025-01-06", "2025-01-13"])
    >>> panel = pd.DataFrame({"user_id": ["a", "b", "a"], "week": weeks, "actions": [3, 0, 1]})
    >>> weekly_use(panel).table[["estimate", "n"]].to_numpy().tolist()
    [[0.5, 2.0], [1.0, 1.0]]
    """
    given = as_table(panel)
    by = ", ".join(["week", *([identifier(group)] if group else [])])
    counts = given.sql(
        f"select {by}, cast(count(*) as bigint) as n, {count_of('actions > 0')} as k"
        f" from this where true{_with_access(given)} group by {by} order by {by}"
    ).to_pandas()
    return shares_by(counts, ["week", *([group] if group else [])], phrase("share of people active in the week"))


def group_use(panel: Any, group: str, weeks: int = 4) -> pd.DataFrame:
    """What each group did in the last `weeks` weeks, per person and week with access.

    Returns one row per group: group, n (people), active_days, actions, depth (actions per active day), breadth
    (features in an active week), discretionary (share of actions that were not compulsory; missing where none was, for
    then nobody marked which are).
    >>> use = {"actions": [8, 0], "active_days": [4, 0], "compulsory": [2, 0], "features": [2, 0]}
    >>> panel = pd.DataFrame({"user_id": ["a", "b"], "week": pd.Timestamp("2025-01-06"), "team": "x", **use})
    >>> group_use(panel, "team").iloc[0].to_dict()
    {'team': 'x', 'n': 2, 'active_days': 2.0, 'actions': 4.0, 'depth': 2.0, 'breadth': 2.0, 'discretionary': 0.75}
    """
    column = identifier(group)
    sums = (
        _last(as_table(panel), weeks)
        .sql(
            f"""
        select {column}, cast(count(distinct user_id) as bigint) as n, cast(count(*) as bigint) as user_weeks,
            cast(sum(active_days) as bigint) as days, cast(sum(actions) as bigint) as done,
            cast(sum(compulsory) as bigint) as forced, cast(sum(features) as bigint) as features,
            cast(sum(case when actions > 0 then 1 else 0 end) as bigint) as active_weeks
        from this where {column} is not null group by {column} order by {column}"""
        )
        .to_pandas()
    )
    return pd.DataFrame(
        {
            group: sums[group],
            "n": sums["n"],
            "active_days": sums["days"] / sums["user_weeks"],
            "actions": sums["done"] / sums["user_weeks"],
            "depth": ratio(sums["done"], sums["days"]),
            "breadth": ratio(sums["features"], sums["active_weeks"]),
            "discretionary": 1 - ratio(sums["forced"], sums["done"]) if sums["forced"].any() else float("nan"),
        }
    )


def by_choice(panel: Any) -> pd.DataFrame:
    """What people must do and what they choose to do, week by week, per person with access.

    panel : reads `week`, `actions`, `compulsory`
    Returns one row per week and kind: week, kind ("required", "by choice"), estimate (actions a person), n (people with
    access); no rows where no action is marked as compulsory.
    >>> panel = pd.DataFrame({"week": pd.Timestamp("2025-01-06"), "actions": [5, 3], "compulsory": [2, 2]})
    >>> by_choice(panel)[["kind", "estimate", "n"]].to_numpy().tolist()
    [['by choice', 2.0, 2], ['required', 2.0, 2]]
    """
    given = as_table(panel)
    sums = given.sql(f"""
        select week, cast(count(*) as bigint) as n, cast(sum(compulsory) as bigint) as required,
            cast(sum(actions) as bigint) as done
        from this where true{_with_access(given)} group by week order by week""").to_pandas()
    if not sums["required"].any():
        return pd.DataFrame(columns=["week", "kind", "estimate", "n"])
    kinds = {phrase("required"): sums["required"], phrase("by choice"): sums["done"] - sums["required"]}
    rows = [sums[["week", "n"]].assign(kind=kind, estimate=done / sums["n"]) for kind, done in kinds.items()]
    return pd.concat(rows).sort_values(["week", "kind"], kind="stable", ignore_index=True)


def funnel(panel: Any, segments: Any, weeks: int = 4) -> pd.DataFrame:
    """From everybody with access in the panel's last week, as in `habit_rate`, to the habit: who got how far.

    panel : one row per user per week; reads `user_id`, `week`, `actions`
    segments : the answer of `usage_segments` for the same panel: user_id, week, segment
    weeks : of the last ones, in which people are active
    Returns one row per step, each within the one before: step, meaning, users, share (of those with access), n (those
    with access). While everybody is new, there are no steps for the habit.

    >>> panel = pd.DataFrame({"user_id": ["a", "b", "c"], "week": pd.Timestamp("2025-01-06"), "actions": [9, 1, 0]})
    >>> funnel(panel, panel.assign(segment=["habitual", "low", "none"]))[["step", "users"]].to_numpy().tolist()
    [['eligible', 3], ['ever', 2], ['active', 2], ['habitual', 1], ['power', 0]]
    """
    given = as_table(panel)
    counts = given.sql(
        f"""
        with ever as (select user_id, max(case when actions > 0 then 1 else 0 end) as ever from this group by user_id),
        recent as (select user_id, max(case when actions > 0 then 1 else 0 end) as active from late group by user_id),
        last_label as (
            select user_id, segment from segments where week = (select max(week) from segments)),
        there as (select distinct user_id from this where week = (select max(week) from this))
        select cast(count(*) as bigint) as eligible, cast(sum(ever) as bigint) as ever,
            cast(coalesce(sum(active), 0) as bigint) as active,
            {count_of(f"active = 1 and {has_habit()}")} as habitual,
            {count_of("active = 1 and segment = 'power'")} as power, {count_of("segment <> 'new'")} as judged
        from there join ever on ever.user_id = there.user_id left join recent on recent.user_id = there.user_id
            left join last_label on last_label.user_id = there.user_id""",
        late=_last(given, weeks),
        segments=as_table(segments),
    ).to_pandas()
    meaning = {
        "eligible": say("have access"),
        "ever": say("used it at least once"),
        "active": say("used it in the last {weeks} weeks", weeks=weeks),
        "habitual": say("use it as a habit"),
        "power": say("use it as a habit, and much"),
    }
    users = counts.iloc[0][list(meaning)].astype("int64").to_numpy()
    share = users / max(users[0], 1)
    steps = pd.DataFrame({"step": list(meaning), "meaning": list(meaning.values()), "users": users, "share": share})
    steps["n"] = users[0]
    return steps if counts["judged"][0] else steps[~steps["step"].isin(HABITUAL)]


def largest(result: Estimates, groups: int = 30) -> Estimates:
    """The rows of the largest groups, for a chart that would otherwise be too long to read.

    result : Estimates with a row per group; reads n
    groups : how many, at most
    Returns Estimates with these rows, in the order they had; of equally large groups the first.

    >>> table = pd.DataFrame({"team": ["x", "y", "z"], "estimate": [0.2, 0.4, 0.3], "n": [9, 5, 7]})
    >>> largest(Estimates(table, "share of people", ""), groups=2).table["team"].tolist()
    ['x', 'z']
    """
    order = result.table["n"].sort_values(ascending=False, kind="stable").index[:groups]
    return replace(result, table=result.table.loc[sorted(order)])


def furthest(result: Estimates, groups: int = 10) -> Estimates:
    """The rows of the groups with the highest and the lowest estimates, half of each.

    result : Estimates with a row per group; reads estimate
    groups : how many, at most
    Returns Estimates with these rows, in the order they had.

    >>> table = pd.DataFrame({"team": ["x", "y", "z"], "estimate": [0.2, 0.4, 0.3], "n": [9, 5, 7]})
    >>> furthest(Estimates(table, "share of people", ""), groups=2).table["team"].tolist()
    ['x', 'y']
    """
    order = result.table["estimate"].sort_values(kind="stable").index
    chosen = order if len(order) <= groups else [*order[: groups // 2], *order[-(groups - groups // 2) :]]
    return replace(result, table=result.table.loc[sorted(chosen)])


def rates(counts: pd.DataFrame, group: str | None, unit: str) -> Estimates:
    """Shares of people with their Wilson intervals, from one row per group: group, n (people), k (of them)."""
    return shares_by(counts, [group] if group else [], unit)


def shares_by(counts: pd.DataFrame, terms: list[str], unit: str, about: str = OF_PEOPLE) -> Estimates:
    """Shares with Wilson intervals of the groups that are known, whose `overall` is everybody together."""
    found = shares(counts, terms, unit, about)
    everybody = shares(counts[["k", "n"]].sum().to_frame().T, [], found.unit, found.about)
    return replace(found, overall=everybody.table.iloc[0])


def _recent_use(panel: Table, group: str | None, weeks: int, use: str) -> pd.DataFrame:
    """Per group: n people with access in the last weeks, k of them with any `use`."""
    column = identifier(group) if group else "'everybody'"
    if group and group not in panel.columns:
        raise ContractError(f"the panel has no column {group!r}; it has {', '.join(panel.columns)}.")
    return (
        _last(panel, weeks)
        .sql(
            f"""
        with people as (
            select user_id, min({column}) as named, max(case when {use} > 0 then 1 else 0 end) as used
            from this group by user_id)
        select named as {identifier(group or "everybody")}, cast(count(*) as bigint) as n,
            cast(sum(used) as bigint) as k
        from people where named is not null group by named order by named"""
        )
        .to_pandas()
    )


def _last(panel: Table, weeks: int) -> Table:
    """The rows with access in the last weeks of a panel."""
    ago = panel.engine.dialect.days.format(a="cast(this.week as date)", b="newest.week")
    return panel.sql(
        f"with newest as (select cast(max(week) as date) as week from this)"
        f" select this.* from this cross join newest where {ago} < {7 * weeks}{_with_access(panel)}"
    )


def _with_access(panel: Table) -> str:
    return " and coalesce(this.eligible, true)" if "eligible" in panel.columns else ""


def count_of(condition: str) -> str:
    """SQL that counts the rows for which a condition holds."""
    return f"cast(count(case when {condition} then 1 end) as bigint)"


def ratio(part: pd.Series, whole: pd.Series) -> pd.Series:
    """Part of the whole; missing where the whole is nothing."""
    return part / whole.where(whole != 0)
