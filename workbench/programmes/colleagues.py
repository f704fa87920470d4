"""What training and champions do to the people around them.

An effect on colleagues can be told only where whole teams were given dates. Where single people came, trained and
untrained share teams everywhere, and a team with many trained members differs from one with few by who came. So the
untrained of a team that had its turn are compared, before and after it, with the untrained of teams that had not (yet);
the trained themselves are never among them: what training does directly is estimated apart (`trainings.py`). Champions
likewise: team-mates of somebody who became one are compared with people in teams without, for as long as somebody in
the team is a champion; what came after the last one's last day is left out. The champions' own use counts nowhere.

Left out, and counted, is everybody whose use something of their own moves: people who attended any training, champions,
and colleagues of people trained in another programme that was given to whole teams.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from workbench.data.engine import Table, literal
from workbench.data.sources import Source
from workbench.errors import ContractError
from workbench.panel.user_weeks import first_trainings
from workbench.programmes.comparison import Comparison, Comparisons, first_reason
from workbench.results.phrases import phrase, say, translated

CHAMPION = phrase("A champion")
STILL = "9000-01-01"  # the last day of a champion who still is one
NO_CHAMPIONS = phrase("there is no table of champions")
SINGLE = phrase(
    "single people were given dates, not whole teams, so teams with and without trained members differ by who came"
)
APART, ALONE = phrase("not there both before and after"), phrase("without a team")
OTHERWISE = phrase("colleague trained in another programme")
NOBODY = phrase("nobody around them, without a training of their own, was there both before and after")
ALL_AT_ONCE = phrase("every team began in the same week, so none shows what would have happened without")
ONE_EACH = phrase("no two teams began together, so the ups and downs of one team cannot be told from the effect")


def colleagues(panel: Table, source: Source, time_zone: str = "UTC", wave: int = 4) -> Comparisons:
    """Every programme, and champions, as a comparison of the people around those who took part.

    panel : as `user_weeks` returns it, of the same source
    wave : champions who began within so many weeks count as one wave, from its first week on, because a team that is
        alone in its week has no other to separate its ups and downs from the effect; the first weeks of a wave are then
        partly without
    Those with an answer come first, champions last, and each `design` holds teams (with somebody trained, or a
    champion). Their rows end on the last day of a champion.

    >>> from workbench.programmes import colleagues
    >>> colleagues(panel, log)["A champion"].reason
    'there is no table of champions'
    """
    ways = [_around(panel, source, row, time_zone) for row in _programmes(source)]
    ways.append(_around_champions(panel, source, wave))
    ways.sort(key=lambda one: (one[0] == CHAMPION, one[1].reason != ""))
    return Comparisons("way to reach colleagues called", dict(ways))


def unanswered(ways: Comparisons) -> pd.DataFrame:
    """The ways without an answer by their reason: reason, ways (their names), count.

    >>> from workbench.programmes import colleagues, unanswered
    >>> unanswered(colleagues(panel, log))["ways"].tolist()
    ['Basics', 'A champion']
    """
    listed = ways.listed
    without = listed[listed["reason"] != ""].groupby("reason", sort=False)["programme"]
    return without.agg(ways=", ".join, count="count").reset_index()


def _comparison(panel: Table, people: Table, way: str, teams: int, reason: str) -> Comparison:
    rows = panel.sql(
        "select this.*, people.began from this join people on people.user_id = this.user_id"
        " where people.compared and (people.until is null or this.week <= people.until)"
        " order by this.user_id, this.week",
        people=people,
    )
    rows = rows if reason else rows.stored()
    design = {"teams": teams}
    name = say("{name} among colleagues", name=translated(CHAMPION) if way == CHAMPION else way)
    return Comparison(name, panel, people, rows, design, cluster="team", did="reached", reason=reason)


def _around(panel: Table, source: Source, row: dict[str, Any], time_zone: str) -> tuple[str, Comparison]:
    """A programme given to whole teams; `began` is the first week in which anybody in the team came."""
    way, taught = row["programme"], _taught_teams(source, time_zone)
    here = f"programme = {literal(way)}"
    people = _placed(
        panel,
        teams=taught.sql(f"select team, began, cast(null as date) as until from this where {here}"),
        elsewhere=taught.sql(f"select distinct team from this where not ({here})"),
        own=_own(source, _champions(source, panel)),
        words=(phrase("untrained, a colleague was trained"), phrase("untrained, no colleague was trained")),
    )
    people = people.stored() if row["unit"] == "team" else people
    return way, _comparison(panel, people, way, row["teams"], _why_not(people) if row["unit"] == "team" else SINGLE)


def _around_champions(panel: Table, source: Source, wave: int) -> tuple[str, Comparison]:
    """Champions; `began` is the first week of the wave in which the team had its first champion.

    A champion counts from the first day in the role to the last: the team is followed until the first day on which
    nobody in it is one. Who was one before the panel begins or after it ends, and not in between, is none here.
    """
    champions, teams = _champions(source, panel), _teams(source)
    people = _placed(
        panel,
        teams=_first_champions(panel, champions, wave),
        elsewhere=_taught_teams(source).sql("select distinct team from this"),
        own=_own(source, champions),
        words=(phrase("team-mate of a champion"), phrase("in a team without a champion")),
    ).stored()
    return CHAMPION, _comparison(panel, people, CHAMPION, teams, _why_not(people) if teams else NO_CHAMPIONS)


def unreached(panel: Table, source: Source, time_zone: str = "UTC") -> Table:
    """The panel without the untrained of teams that were trained as a whole: they do not show what happens without."""
    return panel.sql(
        "select this.* from this left join trained on trained.user_id = this.user_id"
        " left join taught on taught.team = this.team"
        " where trained.user_id is not null or taught.team is null order by this.user_id, this.week",
        trained=_trained(source),
        taught=_taught_teams(source, time_zone).sql("select distinct team from this"),
    )


def taught(source: Source, time_zone: str = "UTC") -> Table:
    """Per team that was trained as a whole, in whatever programme: team, began (the first week anybody came)."""
    return _taught_teams(source, time_zone).sql("select team, min(began) as began from this group by team")


def _placed(panel: Table, teams: Table, elsewhere: Table, own: Table, words: tuple[str, str]) -> Table:
    """Everybody by part; the first reason to leave somebody out counts.

    teams : team, began, until; elsewhere : teams that something else reached; own : user_id, part of those with
    something of their own; words : the parts of those reached and of those not
    """
    with_it, without = (literal(word) for word in words)
    return panel.sql(
        f"""
        with people as (
            select user_id, min(team) as team, min(week) as first_week, max(week) as last_week
            from this group by user_id),
        placed as (
            select people.user_id, people.team, teams.began, teams.until,
                case when own.part is not null then own.part
                    when people.team is null then '{ALONE}'
                    when elsewhere.team is not null then '{OTHERWISE}'
                    when people.first_week >= teams.began or people.last_week < teams.began
                        then '{APART}'
                    when teams.began is not null then {with_it} else {without} end as part
            from people left join own on own.user_id = people.user_id
                left join teams on teams.team = people.team left join elsewhere on elsewhere.team = people.team)
        select user_id, team, part, part in ({with_it}, {without}) as compared, began, until from placed""",
        teams=teams,
        elsewhere=elsewhere,
        own=own,
    )


def _trained(source: Source) -> Table:
    return source.trainings.sql("select distinct user_id, 'trained' as part from this where coalesce(attended, true)")


def _own(source: Source, champions: Table) -> Table:
    """user_id, part of everybody with something of their own; who is both is a champion: the first by name."""
    return champions.sql(
        "select user_id, min(part) as part from ("
        "select user_id, 'champion' as part from this union all select user_id, part from trained) as both_kinds"
        " group by user_id",
        trained=_trained(source),
    )


def _champions(source: Source, panel: Table) -> Table:
    """user_id, team, since, until (far away: still) of every champion who is known and was one within the panel."""
    last_day = panel.engine.dialect.date_plus.format(date="ends.last", days="6")
    return source.champions.sql(
        f"""
        with ends as (select cast(min(week) as date) as first, cast(max(week) as date) as last from panel),
        roles as (select user_id, since, coalesce(until, date '{STILL}') as until from this)
        select roles.user_id, users.team, roles.since, roles.until
        from roles join users on users.user_id = roles.user_id cross join ends
        where roles.until >= roles.since and roles.until >= ends.first and roles.since <= {last_day}""",
        users=source.users,
        panel=panel,
    )


def _first_champions(panel: Table, champions: Table, wave: int) -> Table:
    """Per team: began, the first week of the wave of its first champion, and until, the last day before a gap.

    Waves count from the panel's first week.
    """
    if wave < 1:
        raise ContractError(f"a wave lasts at least one week, not {wave}.")
    dialect = panel.engine.dialect
    first = panel.sql("select cast(min(week) as date) as week from this").row()["week"]
    origin, days = f"date {literal(first)}", 7 * wave
    waves = f"floor({dialect.days.format(a=origin, b='since')} / {days}.0)"
    began = dialect.date_plus.format(date=origin, days=f"cast({days} * {waves} as integer)")
    return _first_spells(champions).sql(
        f"select team, {began} as began, case when until < date '{STILL}' then until end as until from this"
    )


def _first_spells(champions: Table) -> Table:
    """Per team: since and until of the first time with a champion; one who takes over within a day prolongs it."""
    next_day = champions.engine.dialect.date_plus.format(date="so_far", days="1")
    return champions.sql(
        f"""
        with seen as (
            select team, since, until, max(until) over (partition by team order by since, until
                rows between unbounded preceding and 1 preceding) as so_far
            from this where team is not null),
        gaps as (
            select team, since, until, sum(case when since > {next_day} then 1 else 0 end) over (
                partition by team order by since, until rows between unbounded preceding and current row) as gap
            from seen)
        select team, min(since) as since, max(until) as until from gaps where gap = 0 group by team"""
    )


def _taught_teams(source: Source, time_zone: str = "UTC") -> Table:
    """Per team and programme that was given to whole teams: began, the first week in which anybody in the team came."""
    return _taught(source, time_zone).sql("select team, programme, began from this where unit = 'team'")


def _taught(source: Source, time_zone: str) -> Table:
    """Per team and programme: unit (who was given a date), began."""
    return first_trainings(source, time_zone).sql(
        """
        with units as (
            select programme, coalesce(mode() within group (order by assigned_unit), 'person') as unit
            from trainings group by programme)
        select users.team, this.programme, min(units.unit) as unit, min(this.trained) as began
        from this join users on users.user_id = this.user_id join units on units.programme = this.programme
        where users.team is not null group by users.team, this.programme""",
        users=source.users,
        trainings=source.trainings,
    )


def _programmes(source: Source) -> list[dict[str, Any]]:
    """One row per programme, most teams first: programme, unit (who was given a date), teams."""
    text = """
        select programme, min(unit) as unit, cast(count(*) as bigint) as teams from this
        group by programme order by teams desc, programme"""
    return _taught(source, "UTC").sql(text).rows()


def _teams(source: Source) -> int:
    """How many teams have had a champion."""
    found = source.champions.sql(
        "select cast(count(distinct users.team) as bigint) as teams from this"
        " join users on users.user_id = this.user_id",
        users=source.users,
    )
    return int(found.row()["teams"])


def _why_not(people: Table) -> str:
    """Why nothing can be said of the people around somebody, or nothing."""
    starts = people.sql(
        "select began, count(distinct team) as teams from this where compared group by began order by began"
    ).to_pandas()
    waves = starts.dropna(subset="began")
    return first_reason({NOBODY: waves.empty, ALL_AT_ONCE: len(starts) == 1, ONE_EACH: bool(waves["teams"].max() == 1)})
