"""Names the measurements of adoption.

Every rate is *k of n*: n counts everybody who had access, also those who never came, so that giving up cannot improve
a rate. Its interval is Wilson's (`shares.py`) and says how far chance could have moved a rate of this many people, each
taken for themselves.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd

from workbench.contract import ContractError
from workbench.engines import Table, as_table, identifier
from workbench.estimates import Estimates
from workbench.shares import shares

HABIT = "segment in ('power', 'habitual')"
PROCESS = ("create", "update", "delete")  # actions that move work on, beyond looking


def adoption_rate(panel: Any, group: str | None = None, weeks: int = 4) -> Estimates:
    """Share of people with access who were active in at least one of the last `weeks` weeks.

    panel : one row per user per week; reads `user_id`, `week`, `actions`
    group : a column that does not change within a user, such as "team"; default: everybody
    Returns Estimates, one row per group: a share from 0 to 1, its Wilson 95 % interval, n people.
    """
    return rates(_recent_use(as_table(panel), group, weeks, "actions"), group, f"active in the last {weeks} weeks")


def data_entry_rate(panel: Any, group: str | None = None, weeks: int = 4) -> Estimates:
    """Share of people with access who created or updated a record in at least one of the last `weeks` weeks.

    panel : reads `user_id`, `week`, `created`, `updated`
    """
    recent = _recent_use(as_table(panel), group, weeks, "created + updated")
    return rates(recent, group, f"entering data in the last {weeks} weeks")


def habit_rate(panel: Any, segments: Any, group: str | None = None) -> Estimates:
    """Share of people with access in the panel's last week who have the habit (power or habitual).

    segments : the answer of `usage_segments` for this panel: user_id, week, segment. People in their first weeks, who
        cannot have the habit yet, count as not having it.
    Returns Estimates, one row per group: a share, its Wilson 95 % interval, n people.
    """
    return rates(habit_counts(panel, segments, [group] if group else []), group, "who use it as a habit")


def habit_counts(panel: Any, segments: Any, groups: list[str]) -> pd.DataFrame:
    """Who has the habit in the panel's last week: a row per group with its n people with access and the k of them."""
    names = "".join(f"{identifier(group)}, " for group in groups)
    return (
        as_table(panel)
        .sql(
            f"""
        with people as (select user_id, week, {names}true as there from this where week = (select max(week) from this))
        select {names}cast(count(*) as bigint) as n, {_count_of(HABIT)} as k
        from people left join segments on segments.user_id = people.user_id and segments.week = people.week
        where {" and ".join(f"{identifier(group)} is not null" for group in groups) or "true"}
        group by {names}there order by {names}there""",
            segments=as_table(segments),
        )
        .to_pandas()
    )


def habit_marks(panel: Any, segments: Any) -> Table:
    """The user-weeks that have a segment, with `yes`: whether the person has the habit that week."""
    return as_table(panel).sql(
        f"""
        select this.*, {HABIT} as yes
        from this join segments on segments.user_id = this.user_id and segments.week = this.week""",
        segments=as_table(segments),
    )


def habit_by_week(segments: Any) -> Estimates:
    """Share of people who have the habit, week by week.

    segments : as for `habit_rate`; weeks in which nobody can have the habit yet, because all are new, are left out
    Returns Estimates, one row per week: a share, its Wilson 95 % interval, n people with access.
    """
    counts = as_table(segments).sql(
        f"select week, cast(count(*) as bigint) as n, {_count_of(HABIT)} as k"
        " from this group by week having count(case when segment <> 'new' then 1 end) > 0 order by week"
    )
    return _shares(counts.to_pandas(), ["week"], "who use it as a habit")


def weekly_use(panel: Any, group: str | None = None) -> Estimates:
    """Share of people with access who were active, week by week.

    Returns Estimates, one row per week (and group): a share, its Wilson 95 % interval, n people with access.
    """
    given = as_table(panel)
    by = ", ".join(["week", *([identifier(group)] if group else [])])
    counts = given.sql(
        f"select {by}, cast(count(*) as bigint) as n, {_count_of('actions > 0')} as k"
        f" from this where true{_with_access(given)} group by {by} order by {by}"
    ).to_pandas()
    return _shares(counts, ["week", *([group] if group else [])], "active in the week")


def group_use(panel: Any, group: str, weeks: int = 4) -> pd.DataFrame:
    """What each group did in the last `weeks` weeks, per person and week with access.

    Returns one row per group: group, n (people), active_days, actions, depth (actions per active day), breadth
    (features in an active week), discretionary (share of actions that were not compulsory; missing where none was, for
    then nobody marked which are).
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
            "depth": _ratio(sums["done"], sums["days"]),
            "breadth": _ratio(sums["features"], sums["active_weeks"]),
            "discretionary": 1 - _ratio(sums["forced"], sums["done"]) if sums["forced"].any() else float("nan"),
        }
    )


def by_choice(panel: Any) -> pd.DataFrame:
    """What people must do and what they choose to do, week by week, per person with access.

    panel : reads `week`, `actions`, `compulsory`
    Returns one row per week and kind: week, kind ("required", "by choice"), estimate (actions a person), n (people with
    access); no rows where no action is marked as compulsory.
    """
    given = as_table(panel)
    sums = given.sql(f"""
        select week, cast(count(*) as bigint) as n, cast(sum(compulsory) as bigint) as required,
            cast(sum(actions) as bigint) as done
        from this where true{_with_access(given)} group by week order by week""").to_pandas()
    if not sums["required"].any():
        return pd.DataFrame(columns=["week", "kind", "estimate", "n"])
    kinds = {"required": sums["required"], "by choice": sums["done"] - sums["required"]}
    rows = [sums[["week", "n"]].assign(kind=kind, estimate=done / sums["n"]) for kind, done in kinds.items()]
    return pd.concat(rows).sort_values(["week", "kind"], kind="stable", ignore_index=True)


def funnel(panel: Any, segments: Any, weeks: int = 4) -> pd.DataFrame:
    """From everybody with access in the last `weeks` weeks to the habit: who got how far.

    panel : one row per user per week; reads `user_id`, `week`, `actions`
    segments : the answer of `usage_segments` for the same panel: user_id, week, segment
    Returns one row per step, each within the one before: step, meaning, users, share (of those with access).
    """
    given = as_table(panel)
    counts = given.sql(
        f"""
        with ever as (select user_id, max(case when actions > 0 then 1 else 0 end) as ever from this group by user_id),
        recent as (select user_id, max(case when actions > 0 then 1 else 0 end) as active from late group by user_id),
        last_label as (
            select user_id, segment from segments where week = (select max(week) from segments))
        select cast(count(*) as bigint) as eligible, cast(sum(ever) as bigint) as ever,
            cast(sum(active) as bigint) as active,
            {_count_of(f"active = 1 and {HABIT}")} as habitual,
            {_count_of("active = 1 and segment = 'power'")} as power
        from recent join ever on ever.user_id = recent.user_id
            left join last_label on last_label.user_id = recent.user_id""",
        late=_last(given, weeks),
        segments=as_table(segments),
    ).to_pandas()
    meaning = {
        "eligible": f"had access in the last {weeks} weeks",
        "ever": "used it at least once",
        "active": f"used it in the last {weeks} weeks",
        "habitual": "use it as a habit",
        "power": "use it as a habit, and much",
    }
    users = counts.iloc[0][list(meaning)].astype("int64").to_numpy()
    share = users / max(users[0], 1)
    return pd.DataFrame({"step": list(meaning), "meaning": list(meaning.values()), "users": users, "share": share})


def feature_reach(actions: Any, panel: Any, group: str = "role", most: int = 25, groups: int = 8) -> pd.DataFrame:
    """Which features reach whom: the share of each group's people that used each feature at least once.

    actions : kept rows of the log (`workbench.actions`); reads `user_id`, `feature`
    panel : the user-weeks of the same time; reads `user_id` and `group`
    most, groups : how many features, those that most people used, and how many groups, the largest
    Returns one row per feature and group, also where nobody used it: feature, group, users, n (people), share.
    """
    column = identifier(group)
    return (
        as_table(panel)
        .sql(
            f"""
        with people as (
            select user_id, min({column}) as {column} from this where {column} is not null group by user_id),
        sizes as (
            select {column}, cast(count(*) as bigint) as n from people
            group by {column} order by n desc, {column} limit {int(groups)}),
        used as (
            select people.{column}, actions.feature, cast(count(distinct actions.user_id) as bigint) as users
            from actions join people on people.user_id = actions.user_id
            where actions.feature is not null group by people.{column}, actions.feature),
        features as (
            select feature from actions where feature is not null
            group by feature order by count(distinct user_id) desc, feature limit {int(most)})
        select features.feature, sizes.{column}, coalesce(used.users, 0) as users, sizes.n,
            cast(coalesce(used.users, 0) as double) / sizes.n as share
        from features cross join sizes
            left join used on used.feature = features.feature and used.{column} = sizes.{column}
        order by features.feature, sizes.{column}""",
            actions=as_table(actions),
        )
        .to_pandas()
    )


def first_steps(actions: Any, panel: Any, group: str = "role", steps: int = 3, groups: int = 8) -> pd.DataFrame:
    """Where people begin: the order in which a group's people first used the features that a third of them ever used.

    actions : kept rows of the log; reads `user_id`, `date`, `feature`; features first used on one day count as used in
        the order of their names
    panel : the user-weeks of the same time; reads `user_id` and `group`
    steps, groups : how many features, the earliest by their mean place, and how many groups, the largest
    Returns one row per group and step: group, step, feature, place (mean), users (who used it), n (people), share.
    """
    column = identifier(group)
    return (
        as_table(panel)
        .sql(
            f"""
        with people as (
            select user_id, min({column}) as {column} from this where {column} is not null group by user_id),
        sizes as (
            select {column}, cast(count(*) as bigint) as n from people
            group by {column} order by n desc, {column} limit {int(groups)}),
        firsts as (
            select user_id, feature, min(date) as date from actions where feature is not null
            group by user_id, feature),
        placed as (
            select firsts.*, row_number() over (partition by user_id order by date, feature) as place from firsts),
        features as (
            select people.{column}, feature, avg(cast(place as double)) as place, cast(count(*) as bigint) as users
            from placed join people on people.user_id = placed.user_id group by people.{column}, feature),
        common as (
            select features.*, sizes.n, cast(users as double) / n as share,
                row_number() over (partition by features.{column} order by place, feature) as step
            from features join sizes on sizes.{column} = features.{column} where 3 * users >= n)
        select {column}, step, feature, place, users, n, share
        from common where step <= {int(steps)} order by n desc, {column}, step""",
            actions=as_table(actions),
        )
        .to_pandas()
    )


def data_quality(actions: Any, by: str = "week", days: int = 2) -> pd.DataFrame:
    """How complete, correct and prompt the entries are.

    actions : kept rows; reads fields_required, fields_filled, audited_correct, happened_on, date and `by`
    days : an entry is prompt within this many days of what it records
    Returns one row per `by`: entries (rows that required fields), completeness (filled ÷ required fields), audited,
    accuracy (audited correct ÷ audited), dated, timeliness (prompt ÷ dated); a share is missing where nothing is known.
    """
    given, column = as_table(actions), identifier(by)
    late = given.engine.dialect.days.format(a="cast(happened_on as date)", b="cast(date as date)")
    sums = given.sql(
        f"""
        select {column}, {_count_of("fields_required > 0")} as entries,
            cast(sum(fields_required) as bigint) as required, cast(sum(fields_filled) as bigint) as filled,
            cast(count(audited_correct) as bigint) as audited, {_count_of("audited_correct")} as correct,
            cast(count(happened_on) as bigint) as dated, {_count_of(f"{late} <= {days}")} as prompt
        from this where {column} is not null group by {column} order by {column}"""
    ).to_pandas()
    return pd.DataFrame(
        {
            by: sums[by],
            "entries": sums["entries"],
            "completeness": _ratio(sums["filled"], sums["required"]),
            "audited": sums["audited"],
            "accuracy": _ratio(sums["correct"], sums["audited"]),
            "dated": sums["dated"],
            "timeliness": _ratio(sums["prompt"], sums["dated"]),
        }
    )


def struggle(actions: Any, tickets: Any, most: int = 15) -> pd.DataFrame:
    """Where people struggle, feature by feature.

    actions : kept rows; reads occurred_at, date, feature, succeeded, duration_seconds, user_id
    tickets : the tickets table; reads feature and opened_at; those from the first to the last day of the actions count
    most : how many features, those that fail most often
    Returns one row per feature, most failures first: feature, users, actions, failed, failure_rate, gave_up (of the
    days on which something failed for somebody, the share that ended with it), median_seconds, tickets,
    tickets_per_100_users. What the source never tells (whether actions succeeded, how long they took, tickets) is
    missing; a feature of which it tells none of the three has no row.
    """
    found = (
        as_table(actions)
        .sql(
            f"""
        with done as (
            select feature, cast(count(distinct user_id) as bigint) as users, cast(count(*) as bigint) as actions,
                {_count_of("succeeded = false")} as failed,
                percentile_cont(0.5) within group (order by duration_seconds) as median_seconds
            from this where feature is not null group by feature),
        placed as (
            select feature, succeeded, user_id, date,
                row_number() over (partition by user_id, feature, date order by occurred_at desc) as back from this),
        tried as (
            select feature, user_id, date, max(case when succeeded = false then 1 else 0 end) as failing,
                max(case when succeeded = false and back = 1 then 1 else 0 end) as left_it
            from placed where feature is not null group by feature, user_id, date),
        given_up as (
            select feature, cast(sum(left_it) as double) / nullif(sum(failing), 0) as gave_up
            from tried group by feature),
        told as (select count(succeeded) as n from this),
        written as (select count(*) as n from tickets),
        days as (select min(date) as first, max(date) as last from this),
        asked as (
            select feature, cast(count(*) as bigint) as tickets from tickets cross join days
            where cast(opened_at as date) between first and last group by feature)
        select done.feature, users, actions, failed,
            case when told.n > 0 then cast(failed as double) / actions end as failure_rate,
            case when told.n > 0 then gave_up end as gave_up, median_seconds,
            case when written.n > 0 then coalesce(tickets, 0) end as tickets,
            case when written.n > 0 then 100.0 * coalesce(tickets, 0) / users end as tickets_per_100_users
        from done cross join told cross join written left join asked on asked.feature = done.feature
            left join given_up on given_up.feature = done.feature
        order by failed desc, done.feature""",
            tickets=as_table(tickets),
        )
        .to_pandas()
    )
    known = found.dropna(subset=["failure_rate", "median_seconds", "tickets"], how="all")
    return known.sort_values("failure_rate", ascending=False, kind="stable").head(most).reset_index(drop=True)


def rhythm(actions: Any) -> pd.DataFrame:
    """When people work in the system: the share of all kept rows by weekday and local hour.

    Returns one row per weekday (0 is Monday) and hour: weekday, hour, actions, share.
    """
    given = as_table(actions)
    weekday = given.engine.dialect.days.format(a="cast(week as date)", b="cast(date as date)")
    text = f"select {weekday} as weekday, hour, cast(count(*) as bigint) as actions from this group by {weekday}, hour"
    counts = given.sql(text).to_pandas()
    every = pd.MultiIndex.from_product([range(7), range(24)], names=["weekday", "hour"])
    table = counts.set_index(["weekday", "hour"]).reindex(every, fill_value=0).reset_index()
    return table.assign(share=table["actions"] / max(int(table["actions"].sum()), 1))


def satisfaction(surveys: Any, scale: str) -> Estimates:
    """Share of favourable answers (the upper two of five, or as far up another scale) by survey wave.

    surveys : the surveys table; reads survey, answered_at, scale, item, value, lowest, highest, reverse
    Returns Estimates, one row per wave, the earliest first: a share, its Wilson 95 % interval, n answers.
    """
    place = "(value - lowest) / nullif(highest - lowest, 0)"
    counts = (
        as_table(surveys)
        .sql(
            f"""
        with placed as (
            select survey, answered_at, case when coalesce(reverse, false) then 1 - {place} else {place} end as place
            from this where scale = '{scale.replace("'", "''")}' and value is not null)
        select survey, cast(count(*) as bigint) as n, {_count_of("place >= 0.75")} as k
        from placed where place is not null group by survey order by min(answered_at), survey"""
        )
        .to_pandas()
    )
    return _shares(counts, ["survey"], "favourable", of="answers")


def largest(result: Estimates, groups: int = 30) -> Estimates:
    """The rows of the largest groups, for a chart that would otherwise be too long to read."""
    order = result.table["n"].sort_values(ascending=False, kind="stable").index[:groups]
    return replace(result, table=result.table.loc[sorted(order)])


def furthest(result: Estimates, groups: int = 10) -> Estimates:
    """The rows of the groups with the highest and the lowest estimates, half of each."""
    order = result.table["estimate"].sort_values(kind="stable").index
    chosen = order if len(order) <= groups else [*order[: groups // 2], *order[-(groups - groups // 2) :]]
    return replace(result, table=result.table.loc[sorted(chosen)])


def rates(counts: pd.DataFrame, group: str | None, what: str) -> Estimates:
    """Shares of people with their Wilson intervals, from one row per group: group, n (people), k (of them)."""
    return _shares(counts, [group] if group else [], what)


def _shares(counts: pd.DataFrame, terms: list[str], what: str, of: str = "people") -> Estimates:
    found = shares(
        counts, terms, f"share of {of} {what}", f"of {of} asked" if of != "people" else "of people with access"
    )
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


def _count_of(condition: str) -> str:
    return f"cast(count(case when {condition} then 1 end) as bigint)"


def _ratio(part: pd.Series, whole: pd.Series) -> pd.Series:
    return part / whole.where(whole != 0)
