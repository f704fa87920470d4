"""Who was offered what incentive when, and who can be compared with them.

An incentive is switched on and off again. Its effect is estimated from people whom nothing else moves: those to whom it
was offered, before and after it was switched on, compared with those to whom no incentive was ever offered. Left out,
and counted, are people who attended a training, people with another incentive, and people who were not there both
before and after it began. A mandate is no reward: teams under one stay in the comparison, for it came to teams with and
without an incentive in the same way; `without_mandates` leaves them out too.

A week counts as *on* when the incentive ran on at least one of its days, so the weeks before and the weeks after are
wholly without it. Its dates are days of the organisation, as the panel's weeks are.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pandas as pd

from workbench.data.contract import PRESENCE
from workbench.data.engine import Table, identifier, literal, literals
from workbench.data.sources import Source
from workbench.panel.rows import kind_of
from workbench.programmes.comparison import Comparison, Comparisons, first_reason
from workbench.results.minimum import MINIMUM
from workbench.results.phrases import phrase

MANDATE = "mandate"
NO_TABLE = phrase("there is no table of incentives")
ONLY_MANDATES = phrase("every incentive that is recorded is a mandate")
DATES = {True: phrase("at random"), False: phrase("chosen or set")}  # who got it when
AFTER = 4  # weeks without it, from which on something can be said of what is left
PARTS = (
    phrase("offered"),
    phrase("never offered"),
    phrase("not there when it began"),
    phrase("another incentive"),
    "trained",
)  # two are compared


def incentives(panel: Table, source: Source) -> Comparisons:
    """Every incentive as a comparison, mandates last, the one offered to most teams first.

    panel : as `user_weeks` returns it, of the same source
    Each `design` holds kind, teams and people (who are named in its rows; where teams are, none), starts (first day),
    ends (last day; missing: still on), weeks (of the longest offer; missing: none has ended), rewarded_action (missing:
    use of any kind) and rewarded (the same in words), cost (of all of it), assignment (chosen, scheduled, random) and
    dates (the same in words), drawn (dates, everything), mandate (people must), ended (seen for `AFTER` weeks without
    it); where rows of a programme differ, the most frequent value. It is a comparison by lot where the lot decided
    everything: else those never offered it took no part in the draw. Where not all took part then, `took` names the
    column of the first week of those who did: the effect is that of the offer, whoever took it up. Their rows add to
    the panel: on (what was on: its name, or ""), offered (missing: no incentive was ever offered), began (the first
    week on), ended (the first without again; missing: on to the end; where it came more than once, of the first time).

    >>> from workbench.programmes import incentives
    >>> race = incentives(panel, log)["Race"]
    >>> race.parts()[["part", "n"]].to_dict("records")[:2]
    [{'part': 'offered', 'n': 8}, {'part': 'never offered', 'n': 12}]
    >>> race.design["weeks"], race.design["ended"], race.cluster
    (3, True, 'team')
    """
    return Comparisons("incentive", [_incentive(panel, source, each) for each in _designs(source)])


def _incentive(panel: Table, source: Source, design: dict[str, Any]) -> Comparison:
    name = design.pop("programme")
    by_lot = design["assignment"] == "random" and design["drawn"] == "everything"
    at_start = by_lot and _was_on_at_first(panel, source, name)
    people = _people(panel, source, [name], mandates=not design["mandate"], before=not at_start)
    some_stayed = design.pop("stayed") > 0 and by_lot
    rows = _rows(panel, source, people, [name])
    rows = (_with_came(rows, panel, source, name) if some_stayed else rows).stored()
    cluster = "team" if design["teams"] else None
    reason, ended = _told(panel, rows, cluster or "user_id")
    return Comparison(
        name,
        panel,
        people,
        rows,
        design | {"ended": ended},
        PARTS,
        cluster,
        drawn=by_lot,
        draw=design["drawn"],
        treatment="on",
        at_start=at_start,
        took="came" if some_stayed else "",
        did="on",
        reason=reason,
    )


def together(compared: Comparisons, source: Source) -> Comparison:
    """Several incentives compared with each other, and with nobody offered any; `on` names the one that was on.

    compared : some of the answers of `incentives`, none of them a mandate

    >>> from workbench.programmes import incentives, together
    >>> together(incentives(panel, log), log).cluster
    'team'
    """
    first = next(iter(compared.values()))
    people = _people(first.panel, source, list(compared), mandates=True)
    rows = _rows(first.panel, source, people, list(compared))
    cluster = "team" if any(each.cluster for each in compared.values()) else None
    return replace(first, name="incentives", people=people, rows=rows, cluster=cluster, drawn=compared.drawn)


def of_kind(compared: Comparisons, mandate: bool) -> Comparisons:
    """Only mandates, or only the others.

    >>> from workbench.programmes import incentives, of_kind
    >>> list(of_kind(incentives(panel, log), mandate=False))
    ['Race']
    """
    return compared.among([name for name, each in compared.items() if each.design["mandate"] == mandate])


def departments_under(mandate: Comparison) -> list[str]:
    """The departments in which it applies to five people or more.

    >>> from workbench.programmes import departments_under, incentives
    >>> departments_under(incentives(panel, log)["Race"])
    ['service']
    """
    found = mandate.panel.sql(
        f"""
        with under as (select user_id from people where part = 'offered'),
        placed as (select user_id, max(department) as department from this group by user_id)
        select placed.department from placed join under on under.user_id = placed.user_id
        where placed.department is not null group by placed.department having count(*) >= {MINIMUM}
        order by placed.department""",
        people=mandate.people,
    )
    return [row["department"] for row in found.rows()]


def _designs(source: Source) -> list[dict[str, Any]]:
    """One row per incentive, mandates last, most teams first."""
    days = source.incentives.engine.dialect.days.format(a="starts_on", b="ends_on")
    table = source.incentives.sql(
        f"""
        select programme, mode() within group (order by kind) as kind,
            cast(count(distinct team) as bigint) as teams, cast(count(distinct user_id) as bigint) as people,
            min(starts_on) as starts, case when count(ends_on) = count(*) then max(ends_on) end as ends,
            cast(ceil((max({days}) + 1) / 7.0) as bigint) as weeks,
            mode() within group (order by rewarded_action) as rewarded_action, sum(cost) as cost,
            coalesce(mode() within group (order by assignment), 'chosen') as assignment,
            coalesce(mode() within group (order by drawn), 'dates') as drawn,
            count(case when not took_part then 1 end) as stayed
        from this group by programme
        order by case when mode() within group (order by kind) = {literal(MANDATE)} then 1 else 0 end, teams desc,
            people desc, programme"""
    ).to_pandas()
    table = table.assign(
        mandate=table["kind"] == MANDATE,
        kind=table["kind"].fillna(phrase("not said")),
        dates=(table["assignment"] == "random").map(DATES),
        rewarded=table["rewarded_action"].fillna(phrase("any use")),
    )
    return [{str(key): value for key, value in row.items()} for row in table.to_dict("records")]


def _told(panel: Table, rows: Table, unit: str) -> tuple[str, bool]:
    """Why nothing can be said of an incentive, or nothing; and whether it was seen for some weeks after it ended."""
    paths = rows.sql(
        f"""
        select began, ended, count(distinct {unit}) as units from this group by began, ended"""
    ).to_pandas()
    given = paths[paths["began"].notna()]
    last: date = panel.sql("select cast(max(week) as date) as week from this").row()["week"]
    off = given.loc[given["units"] > 1, "ended"].dropna()
    ended = not off.empty and last - off.min().date() >= timedelta(weeks=AFTER - 1)
    alone = phrase("no two teams had it in the same weeks")
    alone = alone if unit == "team" else phrase("no two people had it in the same weeks")
    reasons = {
        phrase("everybody to whom it was offered is left out"): given.empty,
        phrase("nobody is left to compare with"): len(given) == len(paths),
        alone: bool(given["units"].max() < 2),
    }
    return first_reason(reasons), ended


def _rows(panel: Table, source: Source, people: Table, names: list[str]) -> Table:
    """The user-weeks of those compared, with what was on in each."""
    on = identifier("on")  # a word of SQL's own
    return panel.sql(
        f"""
        with switched as (
            select distinct this.user_id, this.week from this join windows on windows.user_id = this.user_id
                and this.week >= windows.began and (windows.ended is null or this.week < windows.ended)
            where windows.programme in ({literals(names)}))
        select this.*, case when switched.week is not null then people.programme else '' end as {on},
            people.programme as offered, people.began, people.ended
        from this join people on people.user_id = this.user_id
            left join switched on switched.user_id = this.user_id and switched.week = this.week
        where people.compared
        order by this.user_id, this.week""",
        people=people,
        windows=windows_of(panel, source),
    )


def _with_came(rows: Table, panel: Table, source: Source, name: str) -> Table:
    """The same rows with `came`, the first week on of those who took part (missing: they did not)."""
    return rows.sql(
        f"""
        with stayed as (
            select distinct user_id from windows where programme = {literal(name)} and not took_part)
        select this.*, case when stayed.user_id is null then this.began end as came
        from this left join stayed on stayed.user_id = this.user_id order by this.user_id, this.week""",
        windows=windows_of(panel, source),
    )


def _was_on_at_first(panel: Table, source: Source, name: str) -> bool:
    """Whether all those to whom it was offered had it in the first week of the panel."""
    row = (
        windows_of(panel, source)
        .sql(
            f"""
        select max(began) as began, (select min(week) from panel) as first from this
        where programme = {literal(name)}""",
            panel=panel,
        )
        .row()
    )
    return bool(row["began"] is not None and row["began"] <= row["first"])


def _people(panel: Table, source: Source, names: list[str], mandates: bool, before: bool = True) -> Table:
    """Everybody by part, and of what was offered: programme, began, ended.

    mandates : they leave nobody out; before : who was not there before it began is left out
    """
    unseen = "seen.first_week >= reached.began or" if before else ""
    here = f"programme in ({literals(names)})"
    ignored = f"coalesce(kind, '') = {literal(MANDATE)}" if mandates else "1 = 0"
    return panel.sql(
        f"""
        with seen as (
            select user_id, min(week) as first_week, max(week) as last_week from this group by user_id),
        taught as (select distinct user_id from trainings where coalesce(attended, true)),
        reached as (
            select user_id, min(case when {here} then programme end) as programme,
                min(case when {here} then began end) as began, min(case when {here} then ended end) as ended,
                count(distinct case when {here} then programme end) as studied,
                count(case when not {here} and not {ignored} then 1 end) as others
            from windows group by user_id),
        parts as (
            select seen.user_id, reached.programme, reached.began, reached.ended,
                case when taught.user_id is not null then 'trained'
                    when reached.others > 0 or reached.studied > 1 then 'another incentive'
                    when {unseen} seen.last_week < reached.began
                        then 'not there when it began'
                    when reached.studied = 1 then 'offered' else 'never offered' end as part
            from seen left join taught on taught.user_id = seen.user_id
                left join reached on reached.user_id = seen.user_id)
        select parts.*, part in ('offered', 'never offered') as compared from parts""",
        trainings=source.trainings,
        windows=windows_of(panel, source),
    )


def windows_of(panel: Table, source: Source) -> Table:
    """Per person and offer: user_id, programme, kind, took_part, began (first week on), ended (first week without).

    >>> from workbench.programmes import windows_of
    >>> windows_of(panel, log).sql("select count(distinct user_id) as people from this").to_pandas()["people"][0]
    np.int64(8)
    """
    last_day = panel.engine.dialect.date_plus.format(date="weeks.week", days="6")
    return panel.sql(
        f"""
        with people as (select user_id, min(team) as team from this group by user_id),
        weeks as (select distinct cast(week as date) as week from this)
        select people.user_id, offers.programme, offers.kind, offers.starts_on, offers.ends_on,
            coalesce(offers.took_part, true) as took_part,
            min(weeks.week) as began, min(case when weeks.week > offers.ends_on then weeks.week end) as ended
        from people
            join offers on offers.user_id = people.user_id
                or offers.user_id is null and (offers.team = people.team or offers.team is null)
            join weeks on {last_day} >= offers.starts_on
        group by people.user_id, offers.programme, offers.kind, offers.starts_on, offers.ends_on,
            coalesce(offers.took_part, true)""",
        offers=source.incentives,
    )


def with_rewarded(compared: Comparisons, actions: Table) -> Comparisons:
    """Incentives that rewarded one kind of action, with how often that and any other work was done.

    compared : some of the answers of `incentives`
    actions : kept rows of the log (`workbench.actions`) of the same time; failed ones do not count
    Their rows add rewarded_actions, which is the outcome, and other_actions (all actions but this one, logins and
    logouts): counts per user-week.

    >>> from workbench.programmes import incentives, with_rewarded
    >>> race = with_rewarded(incentives(panel, log), wb.actions(log))["Race"]
    >>> race.rows.to_pandas()["other_actions"].sum()  # every action of this CRM is the rewarded one
    np.int64(0)
    """
    asked = {name: each for name, each in compared.items() if pd.notna(each.design["rewarded_action"])}
    return Comparisons("incentive", {name: _with_rewarded(each, actions) for name, each in asked.items()})


def _with_rewarded(incentive: Comparison, actions: Table) -> Comparison:
    action = incentive.design["rewarded_action"]
    other = f"action <> {literal(action)} and {kind_of(actions)} not in ({literals(PRESENCE)})"
    rows = incentive.rows.sql(
        f"""
        with done as (
            select user_id, week,
                cast(count(case when action = {literal(action)} then 1 end) as bigint) as rewarded_actions,
                cast(count(case when {other} then 1 end) as bigint)
                    as other_actions
            from actions where coalesce(succeeded, true) group by user_id, week)
        select this.*, coalesce(rewarded_actions, 0) as rewarded_actions, coalesce(other_actions, 0) as other_actions
        from this left join done on done.user_id = this.user_id and done.week = this.week
        order by this.user_id, this.week""",
        actions=actions,
    )
    return incentive.measured(rows.stored(), "rewarded_actions")


def team_answers(incentive: Comparison, surveys: Table, scale: str) -> Comparison:
    """What the same people answered in surveys, by team and wave of the survey; for teams that answered every wave.

    incentive : one of the answers of `incentives`
    surveys : reads user_id, survey, answered_at, scale, value, lowest, highest, reverse
    Its rows have a team and a wave (1, 2 …) each: share_of_full_<scale>, the outcome (mean place of the answers between
    the lowest, 0, and the highest, 1), n (people), began (the first wave after it began; missing: never).

    >>> from workbench.programmes import incentives, team_answers
    >>> answers = team_answers(incentives(panel, log)["Race"], log.surveys, "satisfaction")
    >>> answers.rows.to_pandas()[["team", "wave"]].head(2).to_dict("records")
    [{'team': 't0', 'wave': 1}, {'team': 't0', 'wave': 2}]
    """
    place, outcome = "(value - lowest) / nullif(highest - lowest, 0)", f"share_of_full_{scale}"
    named = identifier(outcome)
    rows = incentive.rows.sql(
        f"""
        with people as (select user_id, min(team) as team, min(began) as began from this group by user_id),
        waves as (
            select survey, row_number() over (order by min(answered_at), survey) as wave,
                cast(min(answered_at) as date) as first
            from surveys where scale = {literal(scale)} group by survey),
        answers as (
            select user_id, survey, avg(case when coalesce(reverse, false) then 1 - {place} else {place} end) as place
            from surveys where scale = {literal(scale)} and value is not null group by user_id, survey),
        teams as (
            select people.team, min(people.began) as began, waves.wave, avg(place) as {named}, count(*) as n
            from answers join people on people.user_id = answers.user_id join waves on waves.survey = answers.survey
            where people.team is not null and place is not null group by people.team, waves.wave),
        whole as (select team from teams group by team having count(*) = (select count(*) from waves)),
        begun as (
            select whole.team, min(waves.wave) as began from whole join teams on teams.team = whole.team
                join waves on waves.first >= teams.began group by whole.team)
        select teams.team, cast(teams.wave as bigint) as wave, {named}, cast(n as bigint) as n,
            cast(begun.began as bigint) as began
        from teams join whole on whole.team = teams.team left join begun on begun.team = teams.team
        order by teams.team, teams.wave""",
        surveys=surveys,
    ).stored()
    return replace(
        incentive,
        rows=rows,
        outcome=outcome,
        unit="team",
        period="wave",
        cluster=None,
        treatment="",
        reason="" if _heard(rows) else "too few teams answered before and after it began, or in teams without it",
    )


def _heard(answers: Table) -> bool:
    """Whether teams can be compared: two that were asked before and after it began, and two without it."""
    text = """
        select count(distinct case when began > 1 then team end) as given,
            count(distinct case when began is null then team end) as never, count(distinct wave) as waves from this"""
    found = answers.sql(text).row()
    return bool(min(found.values()) > 1)


def without_mandates(incentive: Comparison, source: Source) -> Comparison:
    """The same incentive, with teams under a mandate left out.

    >>> from workbench.programmes import incentives, without_mandates
    >>> without_mandates(incentives(panel, log)["Race"], log).parts()["n"].tolist()
    [8, 12, 0, 0, 4]
    """
    people = _people(incentive.panel, source, [incentive.name], mandates=False)
    return replace(incentive, people=people, rows=_rows(incentive.panel, source, people, [incentive.name]))
