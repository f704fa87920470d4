"""Who was trained when, and who can be compared with them.

An effect of one programme is read off people whose use nobody else's programme moved. So the people of a programme are
compared with each other before their turn and with those who were never trained in anything; people of another
programme are left out, and so are the untrained members of teams that were trained as a whole, in whatever programme:
what reaches them is spillover, not the lack of training.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import Any

import pandas as pd

from workbench.contract import ContractError
from workbench.engines import Table, identifier, literal
from workbench.estimates import Estimates
from workbench.panel import first_trainings, monday_of
from workbench.sources import Source
from workbench.words import number


def programmes(source: Source) -> pd.DataFrame:
    """One row per training programme, most people first.

    Returns programme, people (who attended), offered (to whom it was offered), teams, first (day), format, hours,
    sessions, tailored, assignment (chosen, scheduled, random), assigned_unit (person, team); where rows of a programme
    differ, the most frequent value.
    """
    return source.trainings.sql(
        """
        select programme,
            cast(count(distinct case when coalesce(attended, true) then this.user_id end) as bigint) as people,
            cast(count(distinct this.user_id) as bigint) as offered, cast(count(distinct team) as bigint) as teams,
            cast(min(started_at) as date) as first, mode() within group (order by format) as format,
            mode() within group (order by hours) as hours, mode() within group (order by sessions) as sessions,
            mode() within group (order by tailored) as tailored,
            coalesce(mode() within group (order by assignment), 'chosen') as assignment,
            coalesce(mode() within group (order by assigned_unit), 'person') as assigned_unit
        from this left join users on users.user_id = this.user_id
        group by programme order by people desc, programme""",
        users=source.users,
    ).to_pandas()


def design(source: Source, programme: str) -> dict[str, Any]:
    """The row of `programmes` for one programme; ContractError where there is none of this name."""
    listed = programmes(source)
    found = listed[listed["programme"] == programme].to_dict("records")
    if not found:
        near = get_close_matches(programme, listed["programme"], n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(listed['programme']) or 'none'}."
        raise ContractError(f"no training programme is called {programme!r}; {hint}")
    return {str(name): value for name, value in found[0].items()}


def assigned_to_teams(source: Source, programme: str) -> bool:
    """Whether whole teams were given a date, not single people."""
    return bool(design(source, programme)["assigned_unit"] == "team")


def drawn(source: Source, programme: str) -> bool:
    """Whether dates were drawn at random."""
    return bool(design(source, programme)["assignment"] == "random")


def cohort_panel(panel: Table, source: Source, programme: str, time_zone: str = "UTC", attended: bool = True) -> Table:
    """The user-weeks of those whom one programme's effect is read off; `trained` is its first week, missing: never.

    panel : as `user_weeks` returns it, of the same source
    attended : count those who came; False: everybody to whom it was offered, whether they came or not
    Raises ContractError for a programme that nobody attended.
    """
    roles = _roles(panel, source, programme, time_zone, attended)
    columns = ", ".join(f"this.{c}" for c in panel.columns if c != "trained")
    return panel.sql(
        f"""
        select {columns}, roles.trained
        from this join roles on roles.user_id = this.user_id where roles.part in ('trained', 'never trained')
        order by this.user_id, this.week""",
        roles=roles,
    )


def parts(panel: Table, source: Source, programme: str, time_zone: str = "UTC") -> pd.DataFrame:
    """Everybody in the panel by the part they play for one programme, and what they did before its first week.

    Parts: trained, never trained (both are compared), trained elsewhere, untrained colleague (both left out).
    Returns part, people, earlier (active days per user-week before anybody was trained in the programme; missing where
    there is no such week), left (share of people whose access ended before the last week).
    """
    roles = _roles(panel, source, programme, time_zone)
    found = panel.sql(
        """
        with ends as (select max(week) as last from this),
        begun as (select min(trained) as first from roles),
        people as (
            select this.user_id, max(this.week) as seen,
                sum(case when this.week < first then active_days end) as days,
                count(case when this.week < first then 1 end) as weeks
            from this cross join begun group by this.user_id)
        select part, cast(count(*) as bigint) as people, cast(sum(days) as double) / nullif(sum(weeks), 0) as earlier,
            avg(case when seen < last then 1.0 else 0.0 end) as gone
        from people join roles on roles.user_id = people.user_id cross join ends group by part""",
        roles=roles,
    )
    order = ["trained", "never trained", "trained elsewhere", "untrained colleague"]
    table = found.to_pandas().rename(columns={"gone": "left"}).set_index("part").reindex(order)
    return table.fillna({"people": 0}).astype({"people": int}).rename_axis("part").reset_index()


def _roles(panel: Table, source: Source, programme: str, time_zone: str, attended: bool = True) -> Table:
    """Per user of the panel: trained (first week of the programme) and part."""
    design(source, programme)
    return panel.sql(
        f"""
        with by_team as (
            select programme from listed group by programme
            having mode() within group (order by assigned_unit) = 'team'),
        firsts as (
            select user_id, min(case when programme = {literal(programme)} then trained end) as trained,
                count(case when programme <> {literal(programme)} then 1 end) as others
            from trainings group by user_id),
        people as (select user_id, min(team) as team from this group by user_id),
        placed as (
            select people.*, firsts.trained, coalesce(firsts.others, 0) as others
            from people left join firsts on firsts.user_id = people.user_id),
        taught as (
            select distinct people.team from trainings
            join people on people.user_id = trainings.user_id
            where trainings.programme in (select programme from by_team) and people.team is not null)
        select placed.user_id, placed.trained,
            case when placed.others > 0 then 'trained elsewhere' when placed.trained is not null then 'trained'
                when taught.team is not null then 'untrained colleague' else 'never trained' end as part
        from placed left join taught on taught.team = placed.team""",
        trainings=first_trainings(source, time_zone, attended),
        listed=source.trainings,
    )


def known_before(compared: Table, source: Source) -> Table:
    """A `cohort_panel` with what was true of each person before the programme's first week.

    earlier : days of use a week until then, in words; tenure : how long they had had access by then, in words, missing
        where the data do not say. Both are read off at one date for everybody, trained or not.
    """
    since = compared.engine.dialect.days.format(a="cast(users.access_start as date)", b="first")
    return compared.sql(
        f"""
        with begun as (select min(trained) as first from this),
        people as (
            select this.user_id, min(begun.first) as first,
                avg(case when this.week < begun.first then cast(active_days as double) end) as days
            from this cross join begun group by this.user_id)
        select this.*,
            case when days < 1 then 'under 1 day a week before' when days < 3 then '1 to 3 days a week before'
                when days >= 3 then '3 days a week or more before' end as earlier,
            case when {since} >= 182 then 'with longer access' when {since} > 0 then 'in their first half year'
                end as tenure
        from this join people on people.user_id = this.user_id left join users on users.user_id = this.user_id""",
        users=source.users,
    )


def refresher_panel(panel: Table, source: Source, programme: str, time_zone: str = "UTC") -> Table:
    """The user-weeks of those who attended a programme; `trained` is the week of the second time, missing: once only.

    Those who came twice are compared with those who came once, from the same wave: `wave`, the first week, as text.
    """
    terms = _attendances(source, programme, time_zone)
    columns = ", ".join(f"this.{c}" for c in panel.columns if c != "trained")
    return panel.sql(
        f"""
        select {columns}, terms.again as trained, cast(terms.first as varchar) as wave
        from this join terms on terms.user_id = this.user_id join roles on roles.user_id = this.user_id
        where roles.part = 'trained' order by this.user_id, this.week""",
        terms=terms,
        roles=_roles(panel, source, programme, time_zone),
    )


def _attendances(source: Source, programme: str, time_zone: str) -> Table:
    """Who attended a programme: user_id, first and again, the Mondays of the first and second time."""
    mine = source.trainings.sql(
        f"select * from this where programme = {literal(programme)} and coalesce(attended, true)"
    )
    weeks = mine.sql(f"select user_id, {monday_of(mine, 'started_at', time_zone)} as week from this").sql(
        "select distinct user_id, week from this"
    )
    return weeks.sql(
        """
        with ranked as (
            select user_id, week, row_number() over (partition by user_id order by week) as place from this)
        select user_id, min(week) as first, min(case when place = 2 then week end) as again
        from ranked group by user_id"""
    )


def arm_panel(panel: Table, source: Source, arms: str, programmes: Sequence[str], time_zone: str = "UTC") -> Table:
    """The user-weeks of those who were trained in one of several programmes only, or never; `arm` is what they had.

    arms : a column of the trainings, such as "format", "tailored" or "hours"; from the first week on, missing before
    programmes : which are compared; people of others are left out
    """
    first = _firsts(panel, source, arms, programmes, time_zone)
    columns = ", ".join(f"this.{c}" for c in panel.columns if c != "trained")
    return panel.sql(
        f"""
        select {columns}, case when this.week >= first.trained then first.arm end as arm
        from this join first on first.user_id = this.user_id order by this.user_id, this.week""",
        first=first,
    )


def _firsts(panel: Table, source: Source, arms: str, programmes: Sequence[str], time_zone: str) -> Table:
    """Per user who may be compared: trained and arm of the first of these programmes, missing: never trained."""
    told = source.trainings.sql(
        f"""
        select user_id, programme, min(cast({identifier(arms)} as varchar)) as arm from this
        where coalesce(attended, true) group by user_id, programme"""
    )
    each = [
        _roles(panel, source, name, time_zone)
        .sql("select user_id, trained from this where part = 'trained'")
        .sql(
            f"""
        select this.user_id, this.trained, told.arm
        from this join told on told.user_id = this.user_id and told.programme = {literal(name)}""",
            told=told,
        )
        for name in programmes
    ]
    never = _roles(panel, source, programmes[0], time_zone).sql(
        "select user_id, trained, cast(null as varchar) as arm from this where part = 'never trained'"
    )
    return never.sql(
        "select * from this " + "".join(f"union all select * from p{i} " for i in range(len(each))),
        **{f"p{i}": table for i, table in enumerate(each)},
    )


def naive_gaps(compared: Mapping[str, Table], outcome: str = "active_days") -> pd.DataFrame:
    """How much more the trained do, since their training, than the never trained: what a bar chart would say.

    compared : programme → its `cohort_panel`
    It is no effect: those who enrol were different before. Shown only beside the effect.
    Returns one row per programme: programme, naive (in the outcome's unit; missing where there is nobody to compare).
    """
    text = f"""
        select avg(case when week >= trained then cast({identifier(outcome)} as double) end)
            - avg(case when trained is null then cast({identifier(outcome)} as double) end) as naive from this"""
    gaps = {name: panel.sql(text).to_arrow()["naive"][0].as_py() for name, panel in compared.items()}
    return pd.DataFrame({"programme": list(gaps), "naive": pd.Series(gaps.values(), dtype=float)})


def lasting(found: Mapping[str, Estimates], courses: Mapping[str, str]) -> pd.DataFrame:
    """Effects over spans of weeks, a row for each programme and a column for each span, with intervals in words.

    found : programme → its effects `over` spans; courses : programme → what became of it
    """
    tables = [each.table.assign(programme=name) for name, each in found.items()]
    whole = pd.concat(tables, ignore_index=True)
    said = zip(whole["estimate"], whole["conf_low"], whole["conf_high"], strict=True)
    whole["words"] = [f"{number(mean)} ({number(low)} to {number(high)})" for mean, low, high in said]
    wide = whole.pivot(index="programme", columns="span", values="words")
    return wide.reindex(list(found)).reset_index().assign(course=[courses[name] for name in found])
