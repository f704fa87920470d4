"""Who was trained when, and who can be compared with them.

An effect of one programme is read off people whose use nobody else's programme moved. So the people of a programme are
compared with each other before their turn and with those who were never trained in anything; people of another
programme are left out, and so are the untrained members of teams that were trained as a whole, in whatever programme:
what reaches them is spillover, not the lack of training.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from workbench.data.engine import Table, identifier, literal
from workbench.data.sources import Source
from workbench.errors import ContractError, not_one_of
from workbench.panel.days import monday_of
from workbench.panel.habit import has_habit
from workbench.panel.user_weeks import first_trainings
from workbench.results.estimates import Estimates
from workbench.results.words import number, people

APART = 2  # weeks between the day on which people are put into groups and the first training
LATER = "joined later"
NOBODY = "nobody who attended, and nothing else, was there both before and after"
ALL_AT_ONCE = "everybody was trained in the same week, so nobody shows what would have happened without"
EARLIER = f"""case when {has_habit()} then 'had the habit'
    when segment in ('novice', 'low') then 'used it without a habit' when segment = 'none' then 'did not use it' end"""
DATES = {"chosen": "chosen by people", "scheduled": "set for people", "random": "drawn by lot"}  # how they came about
KINDS = {  # what trainings can be told apart by → SQL for the name of the kind
    "format": "format",
    "sessions": "case when sessions = 1 then 'one session' when sessions > 1 then 'several sessions' end",
    "tailored": "case when tailored then 'tailored to the role' when not tailored then 'the same for all' end",
    "hours": "cast(hours as varchar)",
}


def programmes(source: Source) -> pd.DataFrame:
    """One row per training programme, most people first.

    Returns programme, people (who attended), offered (to whom it was offered), teams, first (day), format, hours,
    sessions, tailored, assignment (chosen, scheduled, random), assigned_unit (person, team), doses (how many different
    hours people had), returned (people who came again in another week); where rows of a programme differ, the most
    frequent value.
    """
    return source.trainings.sql(
        """
        with again as (
            select programme, user_id from this where coalesce(attended, true)
            group by programme, user_id having count(distinct cast(started_at as date)) > 1)
        select this.programme,
            cast(count(distinct case when coalesce(attended, true) then this.user_id end) as bigint) as people,
            cast(count(distinct this.user_id) as bigint) as offered, cast(count(distinct team) as bigint) as teams,
            cast(min(started_at) as date) as first, mode() within group (order by format) as format,
            mode() within group (order by hours) as hours, mode() within group (order by sessions) as sessions,
            mode() within group (order by tailored) as tailored,
            coalesce(mode() within group (order by assignment), 'chosen') as assignment,
            coalesce(mode() within group (order by assigned_unit), 'person') as assigned_unit,
            cast(count(distinct case when coalesce(attended, true) then hours end) as bigint) as doses,
            cast(count(distinct again.user_id) as bigint) as returned
        from this left join users on users.user_id = this.user_id
            left join again on again.user_id = this.user_id and again.programme = this.programme
        group by this.programme order by people desc, this.programme""",
        users=source.users,
    ).to_pandas()


def design(source: Source, programme: str) -> dict[str, Any]:
    """The row of `programmes` for one programme; ContractError where there is none of this name."""
    listed = programmes(source)
    found = listed[listed["programme"] == programme].to_dict("records")
    if not found:
        raise ContractError(not_one_of(programme, listed["programme"], "training programme"))
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


def why_not(compared: Table) -> str:
    """Why a programme's effect cannot be told from its `cohort_panel`, or nothing."""
    text = """
        with ends as (select min(week) as first, max(week) as last from this),
        people as (select user_id, min(week) as seen, min(trained) as trained from this group by user_id)
        select count(case when trained > first and trained > seen and trained <= last then 1 end) as people,
            count(distinct case when trained > first and trained <= last then trained end) as waves,
            count(case when trained is null or trained > last then 1 end) as others from people cross join ends"""
    row = compared.sql(text).to_arrow().to_pylist()[0]
    reasons = {
        NOBODY: row["people"] == 0,
        ALL_AT_ONCE: row["waves"] == 1 and row["others"] == 0,
    }
    return next((reason for reason, holds in reasons.items() if holds), "")


def waves(compared: Table) -> pd.DataFrame:
    """Who came in which first week, and what each wave did before anybody had come.

    compared : the answer of `cohort_panel`
    Returns one row per wave, those never trained last: cohort (missing: never), n (people), teams, earlier (active days
    per user-week before the programme's first week; missing where there is no such week).
    """
    return compared.sql(
        """
        with begun as (select min(trained) as first from this)
        select cast(trained as date) as cohort, cast(count(distinct user_id) as bigint) as n,
            cast(count(distinct team) as bigint) as teams,
            avg(case when week < begun.first then cast(active_days as double precision) end) as earlier
        from this cross join begun group by cast(trained as date)
        order by case when cast(trained as date) is null then 1 else 0 end, cohort"""
    ).to_pandas()


def rollout(listed: pd.DataFrame, programme: str, did: str = "trained") -> str:
    """Who came when, in a sentence; listed : the answer of `waves`."""
    came = listed[listed["cohort"].notna()]
    never = listed.loc[listed["cohort"].isna(), "n"].sum()
    many = f"{len(came)} wave{'' if len(came) == 1 else 's'}"
    return f"{programme}: {people(came['n'].sum())} {did} in {many}, {never:,.0f} never {did}"


def overlap(known: Table, fact: str) -> pd.DataFrame:
    """Whether everybody trained has somebody like them to be compared with.

    known : the answer of `known_before`; fact : one of its columns
    Returns one row per group and side: group, side (trained, never trained), n (people).
    """
    column = identifier(fact)
    return known.sql(
        f"""
        select {column} as "group", case when trained is null then 'never trained' else 'trained' end as side,
            cast(count(distinct user_id) as bigint) as n
        from this where {column} is not null
        group by {column}, case when trained is null then 'never trained' else 'trained' end order by 1, 2 desc"""
    ).to_pandas()


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
        select part, cast(count(*) as bigint) as people,
            cast(sum(days) as double precision) / nullif(sum(weeks), 0) as earlier,
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


def known_before(compared: Table, source: Source, labels: Table) -> Table:
    """A `cohort_panel` with what was known of each person before anybody in it was trained: groups no training made.

    labels : user_id, week, segment, such as the answer of `usage_segments`
    Adds earlier (whether they had the habit then) and tenure (for how long they had had access); "joined later" for
    those who came after that day. One day counts for everybody, trained or not, and it lies two weeks before the first
    training: the last week before is the one that later weeks are compared with, and whom a lucky week had put into an
    upper group would seem to fall ever after.
    """
    dialect = compared.engine.dialect
    day = dialect.date_plus.format(date="cast(min(trained) as date)", days=str(-7 * APART))
    days = dialect.days.format(a="users.access_start", b="day.week")
    return compared.sql(
        f"""
        with day as (select {day} as week from this where trained > (select min(week) from this)),
        seen as (select user_id, min(week) as first_week from this group by user_id),
        known as (
            select seen.user_id,
                case when seen.first_week > day.week then '{LATER}' else {EARLIER} end as earlier,
                case when seen.first_week > day.week then '{LATER}' when {days} < 91 then 'access up to 3 months'
                    when {days} < 365 then 'access 3 to 12 months'
                    when {days} >= 365 then 'access over a year' end as tenure
            from seen cross join day left join users on users.user_id = seen.user_id
                left join labels on labels.user_id = seen.user_id and labels.week = day.week)
        select this.*, known.earlier, known.tenure
        from this join known on known.user_id = this.user_id order by this.user_id, this.week""",
        labels=labels,
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

    arms : one of KINDS; from the first week of training on, missing before it. Who was trained in something that the
        data do not tell is left out
    programmes : which are compared; people of others are left out
    Keeps `trained`, the first week, missing: never.
    """
    first = _firsts(panel, source, arms, programmes, time_zone)
    columns = ", ".join(f"this.{c}" for c in panel.columns if c != "trained")
    return panel.sql(
        f"""
        select {columns}, first.trained, case when this.week >= first.trained then first.arm end as arm
        from this join first on first.user_id = this.user_id order by this.user_id, this.week""",
        first=first,
    )


def _firsts(panel: Table, source: Source, arms: str, programmes: Sequence[str], time_zone: str) -> Table:
    """Per user who may be compared: trained and arm of the first of these programmes, missing: never trained."""
    told = source.trainings.sql(
        f"""
        select user_id, programme, min({KINDS[arms]}) as arm from this
        where coalesce(attended, true) group by user_id, programme having min({KINDS[arms]}) is not null"""
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
    value = f"cast({identifier(outcome)} as double precision)"
    text = f"""
        select avg(case when week >= trained then {value} end)
            - avg(case when trained is null then {value} end) as naive from this"""
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


def pairs(compared: Mapping[str, Estimates]) -> pd.DataFrame:
    """Differences between kinds as one table: arm_a, arm_b, estimate, band_low, band_high.

    compared : what the kinds differ in → `differences` of its arms. The band holds for all pairs of one kind of kind.
    """
    columns = ["arm_a", "arm_b", "estimate", "band_low", "band_high"]
    alone = {"conf_low": "band_low", "conf_high": "band_high"}  # one pair needs no wider band
    tables = [
        each.table if "band_low" in each.table else each.table.rename(columns=alone) for each in compared.values()
    ]
    return pd.concat([table[columns] for table in tables] or [pd.DataFrame(columns=columns)], ignore_index=True)
