"""Who was trained when, and who can be compared with them.

An effect of one programme is estimated from people whose use no other programme moved. So its people are compared with
each other before their turn, and with those who were never trained in anything. People of another programme are left
out, and so are the untrained members of teams that were trained as a whole, in whatever programme: what reaches them is
spillover, not the lack of training.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd

from workbench.data.engine import Table, identifier, literal
from workbench.data.sources import Source
from workbench.panel.days import local_date, local_week, weeks_of
from workbench.panel.habit import has_habit
from workbench.panel.user_weeks import first_trainings
from workbench.programmes.comparison import Comparison, Comparisons, first_reason
from workbench.programmes.plans import planned
from workbench.programmes.traits import traits
from workbench.results.phrases import phrase

APART = 2  # weeks between the day on which people are put into groups and the first training
LATER = phrase("joined later")
NOBODY = phrase("nobody who attended, and nothing else, was there both before and after")
ALL_AT_ONCE = phrase("everybody was trained in the same week, so nobody shows what would have happened without")
PARTS = (
    phrase("trained"),
    phrase("never trained"),
    phrase("trained elsewhere"),
    phrase("untrained colleague"),
)  # the first two are compared
OFFERED = (phrase("offered"), *PARTS[1:])  # the same where chance decided about the offer, not about who came
NO_DATE = phrase("did not draw")  # never trained, where only those who drew a date are compared
HABIT, SOME, NO_USE = phrase("had the habit"), phrase("used it without a habit"), phrase("did not use it")
EARLIER = f"""case when {has_habit()} then '{HABIT}'
    when segment in ('novice', 'low') then '{SOME}' when segment = 'none' then '{NO_USE}' end"""
UP_TO_3, UP_TO_12 = phrase("access up to 3 months"), phrase("access 3 to 12 months")
OVER_12 = phrase("access over a year")
ONE, SEVERAL = phrase("one session"), phrase("several sessions")
TAILORED, ALIKE = phrase("tailored to the role"), phrase("the same for all")
# How dates came about.
DATES = {"chosen": phrase("chosen by people"), "scheduled": phrase("set for people"), "random": phrase("at random")}
KINDS = {  # what trainings can be told apart by → SQL for the name of the kind
    "format": "format",
    "sessions": f"case when sessions = 1 then '{ONE}' when sessions > 1 then '{SEVERAL}' end",
    "tailored": f"case when tailored then '{TAILORED}' when not tailored then '{ALIKE}' end",
    "hours": "cast(hours as varchar)",
}


def trainings(panel: Table, source: Source, time_zone: str = "UTC") -> Comparisons:
    """Every training programme as a comparison, the one with most people first.

    Where dates were drawn at random and not everybody came, chance decided about the offer: those to whom it was
    offered are compared, whether they came or not, and `took` names the column of the week in which they did. Only
    those who drew a date are compared then, unless the lot also decided who had one ("everything" in `drawn`); where
    they all drew the same, nobody waited, and they are compared with the never trained as if dates had been chosen.

    panel : as `user_weeks` returns it, of the same source
    time_zone : in which a session's week is read
    Each `design` holds people (who attended), offered (people to whom it was offered), teams, first (day), format,
    hours, sessions, tailored, assignment (chosen, scheduled, random), drawn (dates, everything), assigned_unit (person,
    team), doses (how many different hours people had), returned (people who came again in another week), dates (how
    they came about, in words); where rows of a programme differ, the most frequent value.

    >>> from workbench.programmes import trainings
    >>> trainings(panel, log)["Basics"].parts()[["part", "n"]].to_dict("records")[:2]
    [{'part': 'trained', 'n': 4}, {'part': 'never trained', 'n': 20}]
    """
    designs = _designs(source, time_zone)
    return Comparisons("training programme", [_training(panel, source, row, time_zone) for row in designs])


def _training(panel: Table, source: Source, design: dict[str, Any], time_zone: str) -> Comparison:
    name, by_lot = design.pop("programme"), design["assignment"] == "random"
    came, asked = (_people(panel, source, name, time_zone, attended) for attended in (True, False))
    by_offer = by_lot and design["offered"] > design["people"]
    parts, given = (OFFERED, asked) if by_offer else (PARTS, came)
    dates = by_lot and design["drawn"] == "dates" and not _why_not(_rows(panel, _those_who_drew(given)))
    if dates:
        parts, given, asked = (parts[0], NO_DATE, *parts[2:]), _those_who_drew(given), _those_who_drew(asked)
    rows = (_offered_rows(panel, given, came) if by_offer else _rows(panel, given)).stored()
    reason, all_by_lot = _why_not(rows), by_lot and design["drawn"] == "everything"
    at_start = all_by_lot and reason == NOBODY and _was_on_at_first(rows)
    return Comparison(
        name,
        panel,
        given,
        rows,
        design,
        parts,
        cluster="team" if design["assigned_unit"] == "team" else None,
        drawn=dates or all_by_lot,
        draw=design["drawn"],
        plan=planned(source, name, design["assigned_unit"], time_zone) if by_lot else None,
        at_start=at_start,
        traits=traits(rows, source, APART),
        took="came" if by_offer else "",
        offered=None if by_offer else _rows(panel, asked),
        did="offered it" if by_offer else "trained",
        reason="" if at_start else reason,
    )


def _those_who_drew(people: Table) -> Table:
    """Everybody by part, but only people with a date are compared: nobody else is alike to them but for chance."""
    return people.sql(
        f"""
        select user_id, case when compared and began is null then {literal(NO_DATE)} else part end as part,
            compared and began is not null as compared, began from this"""
    )


def _designs(source: Source, time_zone: str) -> list[dict[str, Any]]:
    """One row per programme, most people first."""
    day = local_date(source.trainings, "started_at", time_zone)
    week = local_week(source.trainings, "started_at", time_zone, weeks_of(source))
    table = source.trainings.sql(
        f"""
        with again as (
            select programme, user_id from this where coalesce(attended, true)
            group by programme, user_id having count(distinct {week}) > 1)
        select this.programme,
            cast(count(distinct case when coalesce(attended, true) then this.user_id end) as bigint) as people,
            cast(count(distinct this.user_id) as bigint) as offered, cast(count(distinct team) as bigint) as teams,
            min({day}) as first, mode() within group (order by format) as format,
            mode() within group (order by hours) as hours, mode() within group (order by sessions) as sessions,
            mode() within group (order by tailored) as tailored,
            coalesce(mode() within group (order by assignment), 'chosen') as assignment,
            coalesce(mode() within group (order by drawn), 'dates') as drawn,
            coalesce(mode() within group (order by assigned_unit), 'person') as assigned_unit,
            cast(count(distinct case when coalesce(attended, true) then hours end) as bigint) as doses,
            cast(count(distinct again.user_id) as bigint) as returned
        from this left join users on users.user_id = this.user_id
            left join again on again.user_id = this.user_id and again.programme = this.programme
        group by this.programme order by people desc, this.programme""",
        users=source.users,
    ).to_pandas()
    rows = table.assign(dates=table["assignment"].map(DATES)).to_dict("records")
    return [{str(key): value for key, value in row.items()} for row in rows]


def _rows(panel: Table, people: Table) -> Table:
    """The user-weeks of those compared, with `began`."""
    return panel.sql(
        "select this.*, people.began from this join people on people.user_id = this.user_id where people.compared"
        " order by this.user_id, this.week",
        people=people,
    )


def _offered_rows(panel: Table, asked: Table, came: Table) -> Table:
    """The user-weeks of those compared, with `began`, the week of the offer, and `came`, the week they came."""
    return _rows(panel, asked).sql(
        "select this.*, people.began as came from this join people on people.user_id = this.user_id"
        " order by this.user_id, this.week",
        people=came,
    )


def _people(panel: Table, source: Source, programme: str, time_zone: str, attended: bool = True) -> Table:
    """Everybody by part; attended: began is the week they came, else the week it was offered, come or not.

    Who was offered another programme by lot is trained elsewhere, come or not: those who stayed away alone are unlike.
    """
    given = literal(PARTS[0] if attended else OFFERED[0])
    came = "coalesce(attended, true)" if attended else "true"
    return panel.sql(
        f"""
        with by_team as (
            select programme from listed group by programme
            having mode() within group (order by assigned_unit) = 'team'),
        by_lot as (
            select programme from listed group by programme
            having mode() within group (order by assignment) = 'random'),
        firsts as (
            select user_id, min(case when programme = {literal(programme)} then trained end) as began
            from trainings group by user_id),
        elsewhere as (
            select user_id, count(*) as others from listed
            where programme <> {literal(programme)} and ({came} or programme in (select programme from by_lot))
            group by user_id),
        people as (select user_id, min(team) as team from this group by user_id),
        placed as (
            select people.*, firsts.began, coalesce(elsewhere.others, 0) as others
            from people left join firsts on firsts.user_id = people.user_id
                left join elsewhere on elsewhere.user_id = people.user_id),
        taught as (
            select distinct people.team from trainings
            join people on people.user_id = trainings.user_id
            where trainings.programme in (select programme from by_team) and people.team is not null),
        parts as (
            select placed.user_id, placed.began,
                case when placed.others > 0 then 'trained elsewhere' when placed.began is not null then {given}
                    when taught.team is not null then 'untrained colleague' else 'never trained' end as part
            from placed left join taught on taught.team = placed.team)
        select user_id, part, part in ({given}, 'never trained') as compared, began from parts""",
        trainings=first_trainings(source, time_zone, attended),
        listed=source.trainings,
    )


def _why_not(rows: Table) -> str:
    """Why nothing can be said of a programme, or nothing."""
    text = """
        with ends as (select min(week) as first, max(week) as last from this),
        people as (select user_id, min(week) as seen, min(began) as began from this group by user_id)
        select count(case when began > first and began > seen and began <= last then 1 end) as people,
            count(distinct case when began > first and began <= last then began end) as waves,
            count(case when began is null or began > last then 1 end) as others from people cross join ends"""
    row = rows.sql(text).row()
    return first_reason({NOBODY: row["people"] == 0, ALL_AT_ONCE: row["waves"] == 1 and row["others"] == 0})


def _was_on_at_first(rows: Table) -> bool:
    """Whether all those given it had it from the first week of the log, and others never did."""
    text = """
        with ends as (select min(week) as first from this)
        select count(distinct case when began <= first then user_id end) as given,
            count(distinct case when began > first then user_id end) as later,
            count(distinct case when began is null then user_id end) as others from this cross join ends"""
    row = rows.sql(text).row()
    return bool(row["given"] and row["others"] and not row["later"])


def known_before(training: Comparison, source: Source, labels: Table) -> Comparison:
    """The comparison with what was known of each person before anybody was trained: groups that no training made.

    labels : user_id, week, segment, such as the answer of `usage_segments`
    Adds to its rows earlier (whether they had the habit then) and tenure (for how long they had had access); "joined
    later" for those who came after that day. One day counts for everybody, trained or not. It lies two weeks before the
    first training: the last week before is the one that later weeks are compared with, and whoever a lucky week had put
    into an upper group would seem to fall ever after.

    >>> from workbench.programmes import known_before, trainings
    >>> labels = wb.usage_segments(panel, "4w")
    >>> known = known_before(trainings(panel, log)["Basics"], log, labels)
    >>> known.rows.sql("select distinct tenure from this").to_pandas()["tenure"].tolist()
    ['access up to 3 months']
    """
    dialect = training.rows.engine.dialect
    day = dialect.date_plus.format(date="cast(min(began) as date)", days=str(-7 * APART))
    days = dialect.days.format(a="users.access_start", b="day.week")
    rows = training.rows.sql(
        f"""
        with day as (select {day} as week from this where began > (select min(week) from this)),
        seen as (select user_id, min(week) as first_week from this group by user_id),
        known as (
            select seen.user_id,
                case when seen.first_week > day.week then '{LATER}' else {EARLIER} end as earlier,
                case when seen.first_week > day.week then '{LATER}' when {days} < 91 then '{UP_TO_3}'
                    when {days} < 365 then '{UP_TO_12}'
                    when {days} >= 365 then '{OVER_12}' end as tenure
            from seen cross join day left join users on users.user_id = seen.user_id
                left join labels on labels.user_id = seen.user_id and labels.week = day.week)
        select this.*, known.earlier, known.tenure
        from this join known on known.user_id = this.user_id order by this.user_id, this.week""",
        labels=labels,
        users=source.users,
    )
    return replace(training, rows=rows.stored(), alike="earlier")


def overlap(known: Comparison, fact: str) -> pd.DataFrame:
    """Whether everybody trained has somebody like them to be compared with.

    known : the answer of `known_before`; fact : one of its columns
    Returns one row per group and side: group, side (trained, never trained), n (people).

    >>> from workbench.programmes import known_before, overlap, trainings
    >>> labels = wb.usage_segments(panel, "4w")
    >>> known = known_before(trainings(panel, log)["Basics"], log, labels)
    >>> overlap(known, "tenure")[["side", "n"]].to_dict("records")
    [{'side': 'trained', 'n': 4}, {'side': 'never trained', 'n': 20}]
    """
    column = identifier(fact)
    return known.rows.sql(
        f"""
        select {column} as "group", case when began is null then 'never trained' else 'trained' end as side,
            cast(count(distinct user_id) as bigint) as n
        from this where {column} is not null
        group by {column}, case when began is null then 'never trained' else 'trained' end order by 1, 2 desc"""
    ).to_pandas()


def kinds(
    courses: Comparisons, source: Source, labels: Table, of: tuple[str, ...] = ("format", "sessions", "tailored")
) -> Comparisons:
    """Kinds of training compared with each other, and with nobody trained, among people who had used it as much before.

    courses : some of the answers of `trainings`, those whose comparison holds
    labels : as in `known_before`; of : some of KINDS

    >>> from workbench.programmes import kinds, trainings
    >>> labels = wb.usage_segments(panel, "4w")
    >>> compared = kinds(trainings(panel, log), log, labels, ("format",))["format"]
    >>> sorted(compared.rows.to_pandas()["arm"].dropna().unique().tolist())
    ['classroom', 'online']
    """
    known = {kind: known_before(_arms(courses, source, kind), source, labels) for kind in of}
    return Comparisons("kind", {kind: replace(each, strata=each.alike) for kind, each in known.items()})


def hours(courses: Comparisons, source: Source) -> Comparisons:
    """People who had different hours of one programme compared with each other; only programmes that came in several.

    courses : some of the answers of `trainings`

    >>> from workbench.programmes import hours, trainings
    >>> list(hours(trainings(panel, log), log))
    ['Basics']
    """
    several = [name for name, each in courses.items() if each.design["doses"] > 1]
    return Comparisons("programme", {name: _arms(courses.among([name]), source, "hours") for name in several})


def _arms(courses: Comparisons, source: Source, arms: str) -> Comparison:
    """People trained in one of these programmes only, or never; the column `arm` says what they have had since.

    arms : one of KINDS; who was trained in something that the data do not name is left out
    Where chance gave the offer, all to whom it was offered are in its arm: those who came chose to.
    """
    first = next(iter(courses.values()))
    by_offer = "".join(f" or programme = {literal(name)}" for name, each in courses.items() if each.took)
    given = source.trainings.sql(
        f"""
        select user_id, programme, min({KINDS[arms]}) as arm from this
        where coalesce(attended, true){by_offer} group by user_id, programme having min({KINDS[arms]}) is not null"""
    )
    each = {
        f"course_{i}": course.people.sql(
            f"""
            select this.user_id, this.began, given.arm from this
            join given on given.user_id = this.user_id and given.programme = {literal(name)}
            where this.part in ('trained', 'offered')""",
            given=given,
        )
        for i, (name, course) in enumerate(courses.items())
    }
    people = first.people.sql(
        f"select user_id, began, cast(null as varchar) as arm from this where part in ('never trained', '{NO_DATE}') "
        + "".join(f"union all select * from {name} " for name in each),
        **each,
    )
    rows = first.panel.sql(
        """
        select this.*, people.began, case when this.week >= people.began then people.arm end as arm
        from this join people on people.user_id = this.user_id order by this.user_id, this.week""",
        people=people,
    )
    cluster = "team" if any(course.cluster for course in courses.values()) else None
    return Comparison(arms, first.panel, people, rows, cluster=cluster, drawn=False, treatment="arm")


def refreshers(courses: Comparisons, source: Source, time_zone: str = "UTC", fewest: int = 5) -> Comparisons:
    """Those who came a second time compared with those who came once, from the same first week.

    courses : some of the answers of `trainings`; those to which at least `fewest` people came again

    >>> from workbench.programmes import refreshers, trainings
    >>> list(refreshers(trainings(panel, log), log))  # nobody came twice
    []
    """
    returned = {name: each for name, each in courses.items() if each.design["returned"] >= fewest}
    return Comparisons("programme", [_refresher(each, source, time_zone) for each in returned.values()])


def _refresher(training: Comparison, source: Source, time_zone: str) -> Comparison:
    """`began` is the week of the second time, missing: once only; `wave` the first week, as text."""
    rows = training.panel.sql(
        """
        select this.*, terms.again as began, cast(terms.first as varchar) as wave
        from this join terms on terms.user_id = this.user_id join people on people.user_id = this.user_id
        where people.part in ('trained', 'offered') order by this.user_id, this.week""",
        terms=_attendances(source, training.name, time_zone),
        people=training.people,
    )
    return replace(training, rows=rows, strata="wave", cluster=None, offered=None)


def _attendances(source: Source, programme: str, time_zone: str) -> Table:
    """Who attended a programme: user_id, first and again, the weeks of the first and second time."""
    mine = source.trainings.sql(
        f"select * from this where programme = {literal(programme)} and coalesce(attended, true)"
    )
    week = local_week(mine, "started_at", time_zone, weeks_of(source))
    weeks = mine.sql(f"select distinct user_id, {week} as week from this")
    return weeks.sql(
        """
        with ranked as (
            select user_id, week, row_number() over (partition by user_id order by week) as place from this)
        select user_id, min(week) as first, min(case when place = 2 then week end) as again
        from ranked group by user_id"""
    )
