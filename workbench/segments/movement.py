"""How people move between segments."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pandas as pd

from workbench.data.duckdb import as_table
from workbench.data.engine import Table, identifier, literal
from workbench.errors import ContractError
from workbench.panel.habit import HABIT, Habit
from workbench.panel.weeks import counted_weeks, groups_of
from workbench.results.estimates import Estimates
from workbench.results.phrases import phrase, say
from workbench.results.privacy import ALIKE, withheld
from workbench.results.shares import shares
from workbench.results.verdict import Way
from workbench.results.words import day, number

ABSENT = "no access"
MOST_TO_LEAST = ("power", "habitual", "novice", "low", "none")
SLIPPING, CLOSE = phrase("slipping"), phrase("close to the habit")


def transitions(
    labels: Any,
    since: date | str | None = None,
    until: date | str | None = None,
    by: str | None = None,
    order: tuple[str, ...] = MOST_TO_LEAST,
) -> Estimates:
    """Where the people of each segment are at the end.

    labels : user_id, week, segment, as `usage_segments` returns them, and the column `by` where groups are asked for
    since, until : the two weeks compared; default: the last week and twelve weeks before it, so that their windows do
        not overlap
    order : the segments from most use to least, which say what is more and what is less
    Returns Estimates, one row per (group,) segment before and segment after that somebody has: before, after, users,
    way ("to more use", "the same", "to less use", "joined, left or were new"), share of those who were in `before`, its
    Wilson interval, n (these people). People who have a row in one of the two weeks only are there too, with "no
    access" for the other.
    Raises ContractError where there are no labels, or none of a week that is asked for.

    >>> weeks = pd.to_datetime(["2025-01-06", "2025-01-06", "2025-03-31", "2025-03-31"])
    >>> segments = ["low", "low", "habitual", "low"]
    >>> labels = pd.DataFrame({"user_id": [*"abab"], "week": weeks, "segment": segments})
    >>> transitions(labels).table[["before", "after", "users", "way"]].to_numpy().tolist()
    [['low', 'habitual', 1, 'to more use'], ['low', 'low', 1, 'the same']]
    """
    given = as_table(labels)
    start, end = _ends(given, since, until)
    groups = [by] if by else []
    counts = _pairs(given, str(start), str(end), groups).to_pandas()
    counts["n"] = counts.groupby([*groups, "before"])["k"].transform("sum")
    about = say("segments in the week of {start} and in the week of {end}", start=day(start), end=day(end))
    ways = [_way(before, after, order) for before, after in zip(counts["before"], counts["after"], strict=True)]
    terms = [*groups, "before", "after", "users", "way"]
    found = shares(counts.assign(users=counts["k"], way=ways), terms, "share of people", about)
    return replace(found, about=about)  # stands under pictures that draw no ranges


def _way(before: str, after: str, order: tuple[str, ...]) -> Way:
    if before not in order or after not in order:
        return Way.OTHER
    steps = order.index(before) - order.index(after)
    return Way.MORE if steps > 0 else Way.LESS if steps < 0 else Way.SAME


def _ends(labels: Table, since: date | str | None, until: date | str | None) -> tuple[date, date]:
    weeks = labels.sql("select distinct cast(week as date) as week from this").to_pandas()["week"].sort_values()
    if weeks.empty:
        raise ContractError("transitions need labels, and there are none.")
    end = pd.Timestamp(until) if until else weeks.iloc[-1]
    start = pd.Timestamp(since) if since else max(weeks.iloc[0], end - pd.Timedelta(weeks=12))
    for asked in (start, end):
        if asked not in set(weeks):
            first, last = (str(week.date()) for week in (weeks.iloc[0], weeks.iloc[-1]))
            raise ContractError(
                f"no label is of {asked.date()}. Name a week by its first day, between {first} and {last}."
            )
    return start.date(), end.date()


def _pairs(labels: Table, start: str, end: str, groups: list[str]) -> Table:
    quoted = [identifier(g) for g in groups]
    names = "".join(f"{name}, " for name in quoted)
    known = "".join(f"coalesce(old.{name}, fresh.{name}) as {name}, " for name in quoted)
    at = f"select user_id, {names}segment from this where cast(week as date) = date"
    return labels.sql(f"""
        with old as ({at} {literal(start)}), fresh as ({at} {literal(end)}),
        pairs as (
            select {known}coalesce(old.segment, {literal(ABSENT)}) as before,
                coalesce(fresh.segment, {literal(ABSENT)}) as after
            from old full join fresh on fresh.user_id = old.user_id
        )
        select {names}before, after, cast(count(*) as bigint) as k
        from pairs group by {names}before, after order by {names}before, after""")


def can_be_seen(moved: Estimates) -> bool:
    """Whether anybody could move to more or less use, and more than one segment has people enough to be shown.

    moved : the answer of `transitions`

    >>> weeks = pd.to_datetime(["2025-01-06", "2025-03-31"])
    >>> can_be_seen(transitions(pd.DataFrame({"user_id": "a", "week": weeks, "segment": ["low", "power"]})))
    False
    """
    people = moved.table.groupby("before")["n"].max()
    return bool((moved.table["way"] != Way.OTHER).any()) and int((~withheld(people, minimum=ALIKE)).sum()) > 1


@dataclass(frozen=True)
class Edge:
    """Who is near the edge of the habit, slipping out of it or close to it; it says itself what these are.

    >>> Edge().definitions().loc[1, "means"]
    'does not have the habit now and was active in at least 3 of the last 4 weeks'
    """

    habit: Habit = HABIT
    recent: int = 4  # the last weeks, in which somebody slips or converts

    @property
    def fewest(self) -> int:
        """Active weeks of the recent ones from which somebody without the habit is close to it."""
        return self.recent - 1

    @property
    def most(self) -> int:
        """Active weeks of the recent ones up to which somebody who had the habit is slipping."""
        return self.recent // 2

    def definitions(self) -> pd.DataFrame:
        """What the two movements are, for the page: movement, means."""
        slipping = say(
            "had the habit {weeks} weeks ago ({habit}) and was active in at most {most} of the last {weeks} weeks",
            weeks=self.recent,
            habit=self.habit,
            most=self.most,
        )
        close = say(
            "does not have the habit now and was active in at least {fewest} of the last {weeks} weeks",
            weeks=self.recent,
            fewest=self.fewest,
        )
        said = {SLIPPING: slipping, CLOSE: close}
        return pd.DataFrame(said.items(), columns=["movement", "means"])


def movers(panel: Any, by: str | None = None, edge: Edge | None = None) -> Estimates:
    """Who is slipping out of the habit and who is close to it, as counts and shares, never as names.

    panel : any table of user-weeks; reads `user_id`, `week`, `actions`, `eligible` where there is one, and `by`
    edge : what slipping and converting are; default: `Edge()`
    Returns Estimates for the panel's last week, one row per (group and) movement that somebody could make: movement,
    users, share of those who could (people who had the habit for slipping, people without it for the other), its
    Wilson interval, n (those who could). Weeks are those that count (`usage_segments`): leave is passed over.
    Raises ContractError for rows that cannot be counted.

    >>> weeks = pd.date_range("2025-01-06", periods=16, freq="7D")
    >>> panel = pd.DataFrame({"user_id": "a", "week": weeks, "actions": [1] * 12 + [0] * 4})
    >>> movers(panel).table[["movement", "users", "n"]].to_numpy().tolist()
    [['slipping', 1, 1], ['close to the habit', 0, 1]]
    """
    edge = edge or Edge()
    near = _near_the_edge(counted_weeks(panel), edge)
    counts = _by_group(near, groups_of(panel, by)).to_pandas()
    slipping = counts.assign(movement=SLIPPING, k=counts["slipping"], n=counts["regulars"])
    converting = counts.assign(movement=CLOSE, k=counts["converting"], n=counts["others"])
    both = pd.concat([slipping, converting]).query("n > 0").rename(columns={"named": by or "named"})
    terms = [*([by] if by else []), "movement", "users"]
    about = say("the panel's last week: {habit}, beside the last {weeks}", habit=edge.habit, weeks=edge.recent)
    return shares(both.assign(users=both["k"]), terms, phrase("share of those who could"), about)


def beside(moved: Estimates, by: str, groups: int = 30) -> pd.DataFrame:
    """Both movements of each group in one row, for the page: `by`, slipping, close to the habit, each as "3 of 40".

    moved : the answer of `movers` for `by`; groups : how many, those with most people; a movement that nobody of a
        group could make, or that may not be shown, is missing
    Returns one row per group, by name.

    >>> weeks = pd.date_range("2025-01-06", periods=16, freq="7D")
    >>> panel = pd.DataFrame({"user_id": "a", "team": "x", "week": weeks, "actions": [1] * 12 + [0] * 4})
    >>> beside(movers(panel, by="team"), by="team").to_numpy().tolist()
    [['x', '1 of 1', '0 of 1']]
    """
    said = moved.table.assign(
        said=[
            say("{k} of {n}", k=number(k, 0), n=number(n, 0))
            for k, n in zip(moved.table["users"], moved.table["n"], strict=True)
        ]
    )
    people = said.groupby(by)["n"].sum().sort_values(ascending=False, kind="stable")
    wide = said.pivot(index=by, columns="movement", values="said").reindex(columns=[SLIPPING, CLOSE])
    return wide.astype(object).reindex(sorted(people.index[:groups])).rename_axis(columns=None).reset_index()


def _near_the_edge(weeks: Table, edge: Edge) -> Table:
    """user_id, regular, other, slipping, converting (0 or 1) for everybody who has a row in the last week."""
    habit, window, recent = edge.habit.active_weeks, edge.habit.window, edge.recent
    return weeks.sql(f"""
        with ranked as (
            select user_id, number, case when actions > 0 then 1 else 0 end as active, max(number) over () as newest,
                row_number() over (partition by user_id order by number desc) as back
            from this
        ),
        people as (
            select user_id, sum(case when back <= {window} then active else 0 end) as active,
                sum(case when back > {recent} and back <= {recent + window} then active else 0 end) as before,
                sum(case when back <= {recent} then active else 0 end) as lately
            from ranked group by user_id having max(number) = max(newest)
        )
        select user_id, case when before >= {habit} then 1 else 0 end as regular,
            case when active < {habit} then 1 else 0 end as other,
            case when before >= {habit} and lately <= {edge.most} then 1 else 0 end as slipping,
            case when active < {habit} and lately >= {edge.fewest} then 1 else 0 end as converting
        from people""")


def _by_group(people: Table, groups: Table) -> Table:
    return people.sql(
        """
        select named, cast(sum(slipping) as bigint) as slipping, cast(sum(converting) as bigint) as converting,
            cast(sum(regular) as bigint) as regulars, cast(sum(other) as bigint) as others
        from this join groups on groups.user_id = this.user_id group by named order by named""",
        groups=groups,
    )
