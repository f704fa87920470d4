"""Who was offered what incentive when, and who can be compared with them.

An incentive is switched on and off again. Its effect is read off people whom nothing else moves: those to whom it was
offered, before and after it was switched on, against those to whom no incentive was ever offered. Left out, and
counted, are people who attended a training, people with another incentive, and people who were not there both before
and after it began. A mandate is no reward: teams under one stay in the comparison, for it came to teams with and
without an incentive alike; `mandates=False` leaves them out too.

A week counts as *on* when the incentive ran on at least one of its days, so that the weeks before and the weeks after
are wholly without it. Its dates are days of the organisation, as the panel's weeks are.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pandas as pd

from workbench.data.contract import PRESENCE
from workbench.data.engine import Table, identifier, literal, literals
from workbench.data.sources import Source
from workbench.errors import ContractError, not_one_of
from workbench.results.estimates import Estimates
from workbench.results.words import people

MANDATE = "mandate"
NONE = {True: "every incentive that is recorded is a mandate", False: "there is no table of incentives"}
DRAWN = {True: "drawn by lot", False: "chosen or set"}  # who got it when
AFTER = 4  # weeks without it, from which on something can be said of what is left
PARTS = ("offered", "never offered", "not there when it began", "another incentive", "trained")


def programmes(source: Source) -> pd.DataFrame:
    """One row per incentive, mandates last, most teams first.

    Returns programme, kind, teams and people (who are named in its rows; where teams are, none), starts (first
    day), ends (last day; missing: still on), weeks (of the longest offer; missing: none has ended),
    rewarded_action (missing: use of any kind), cost (of all of it), assignment (chosen, scheduled, random); where rows
    of a programme differ, the most frequent value.
    """
    days = source.incentives.engine.dialect.days.format(a="starts_on", b="ends_on")
    return source.incentives.sql(
        f"""
        select programme, mode() within group (order by kind) as kind,
            cast(count(distinct team) as bigint) as teams, cast(count(distinct user_id) as bigint) as people,
            min(starts_on) as starts, case when count(ends_on) = count(*) then max(ends_on) end as ends,
            cast(ceil((max({days}) + 1) / 7.0) as bigint) as weeks,
            mode() within group (order by rewarded_action) as rewarded_action, sum(cost) as cost,
            coalesce(mode() within group (order by assignment), 'chosen') as assignment
        from this group by programme
        order by case when mode() within group (order by kind) = {literal(MANDATE)} then 1 else 0 end, teams desc,
            people desc, programme"""
    ).to_pandas()


def judged(panel: Table, source: Source) -> pd.DataFrame:
    """The rows of `programmes` with what can be told of each from this panel.

    Adds offered and never (people who are compared), ended (seen for `AFTER` weeks without it), reason (why
    nothing can be told; empty where it can).
    """
    listed = programmes(source)
    rows = [_judged(panel, source, name) for name in listed["programme"]]
    return listed.join(pd.DataFrame(rows, columns=["offered", "never", "ended", "reason"], index=listed.index))


def _judged(panel: Table, source: Source, programme: str) -> tuple[int, int, bool, str]:
    """People offered and never offered, whether it ended, and why nothing can be told."""
    unit = "team" if offered_to(source, programme) else "user_id"
    found = on_off_panel(panel, source, programme).sql(
        f"""
        with paths as (
            select began, ended, count(distinct {unit}) as units, count(distinct user_id) as people from this
            group by began, ended)
        select coalesce(sum(case when began is not null then people end), 0) as offered,
            coalesce(sum(case when began is null then people end), 0) as never,
            coalesce(max(case when began is not null then units end), 0) as most,
            min(case when units > 1 then ended end) as ended from paths"""
    )
    row = found.to_arrow().to_pylist()[0]
    last = panel.sql("select cast(max(week) as date) as week from this").to_arrow()["week"][0].as_py()
    ended = row["ended"] is not None and last - row["ended"] >= timedelta(weeks=AFTER - 1)
    noun = "teams" if unit == "team" else "people"
    reasons = {
        "everybody to whom it was offered is left out": row["offered"] == 0,
        "nobody is left to compare with": row["never"] == 0,
        f"no two {noun} had it in the same weeks": row["most"] < 2,
    }
    reason = next((words for words, holds in reasons.items() if holds), "")
    return int(row["offered"]), int(row["never"]), ended, reason


def design(source: Source, programme: str) -> dict[str, Any]:
    """The row of `programmes` for one incentive; ContractError where there is none of this name."""
    listed = programmes(source)
    found = listed[listed["programme"] == programme].to_dict("records")
    if not found:
        raise ContractError(not_one_of(programme, listed["programme"], "incentive"))
    return {str(name): value for name, value in found[0].items()}


def drawn(source: Source, programme: str) -> bool:
    """Whether it was drawn at random who got it when."""
    return bool(design(source, programme)["assignment"] == "random")


def offered_to(source: Source, programme: str) -> str | None:
    """What it was offered to: "team", or None where single people were named."""
    return "team" if design(source, programme)["teams"] else None


def on_off_panel(panel: Table, source: Source, *names: str, mandates: bool = True) -> Table:
    """The user-weeks of those whom the effect of an incentive is read off; `on` says what was on: its name, or "".

    panel : as `user_weeks` returns it, of the same source
    names : one incentive; several, to compare them with each other
    mandates : keep teams under a mandate
    Adds on, offered (missing: no incentive was ever offered), began (the first week on), ended (the first without
    again; missing: on to the end; where it came more than once, of the first time).
    Raises ContractError for an incentive that nobody knows.
    """
    on = identifier("on")  # a word of SQL's own
    return panel.sql(
        f"""
        select this.*, case when switched.week is not null then roles.programme else '' end as {on},
            roles.programme as offered, roles.began, roles.ended
        from this join roles on roles.user_id = this.user_id
            left join switched on switched.user_id = this.user_id and switched.week = this.week
        where roles.part in ('offered', 'never offered')
        order by this.user_id, this.week""",
        roles=_roles(panel, source, names, mandates),
        switched=_switched(panel, source, names),
    )


def parts(panel: Table, source: Source, programme: str, mandates: bool = True) -> pd.DataFrame:
    """Everybody in the panel by the part they play for one incentive: part, people; offered and never are compared."""
    counted = _roles(panel, source, (programme,), mandates).sql(
        "select part, cast(count(*) as bigint) as people from this group by part"
    )
    found = counted.to_pandas().set_index("part")["people"].reindex(list(PARTS), fill_value=0)
    return found.rename_axis("part").reset_index()


def paths(compared: Table) -> pd.DataFrame:
    """When it was on for whom: one row per first week on and first week without it.

    compared : the answer of `on_off_panel`
    Returns cohort (its first week on), ended (missing: on to the end; both missing: never offered), teams, n (people).
    """
    return compared.sql(
        """
        select began as cohort, ended, cast(count(distinct team) as bigint) as teams,
            cast(count(distinct user_id) as bigint) as n
        from this group by began, ended order by case when began is null then 1 else 0 end, began, ended"""
    ).to_pandas()


def rollout(listed: pd.DataFrame, programme: str) -> str:
    """Who had it when, in a sentence; listed : the answer of `paths`."""
    had = listed["cohort"].notna()
    rounds = f"{had.sum()} round{'' if had.sum() == 1 else 's'}"
    never = people(listed.loc[~had, "n"].sum())
    return f"{programme}: on for {people(listed.loc[had, 'n'].sum())} in {rounds}, never for {never}"


def _roles(panel: Table, source: Source, names: tuple[str, ...], mandates: bool) -> Table:
    """Per person of the panel: part, and of what was offered: programme, began, ended."""
    kinds = {design(source, name)["kind"] for name in names}
    spared = f"coalesce(kind, '') = {literal(MANDATE)}" if mandates and MANDATE not in kinds else "1 = 0"
    here = f"programme in ({literals(names)})"
    return panel.sql(
        f"""
        with people as (
            select user_id, min(week) as first_week, max(week) as last_week from this group by user_id),
        taught as (select distinct user_id from trainings where coalesce(attended, true)),
        reached as (
            select user_id, min(case when {here} then programme end) as programme,
                min(case when {here} then began end) as began, min(case when {here} then ended end) as ended,
                count(distinct case when {here} then programme end) as studied,
                count(case when not {here} and not {spared} then 1 end) as others
            from windows group by user_id)
        select people.user_id, reached.programme, reached.began, reached.ended,
            case when taught.user_id is not null then 'trained'
                when reached.others > 0 or reached.studied > 1 then 'another incentive'
                when people.first_week >= reached.began or people.last_week < reached.began
                    then 'not there when it began'
                when reached.studied = 1 then 'offered' else 'never offered' end as part
        from people left join taught on taught.user_id = people.user_id
            left join reached on reached.user_id = people.user_id""",
        trainings=source.trainings,
        windows=windows_of(panel, source),
    )


def _switched(panel: Table, source: Source, names: tuple[str, ...]) -> Table:
    """The user-weeks in which one of these incentives was on."""
    return panel.sql(
        f"""
        select distinct this.user_id, this.week from this join windows on windows.user_id = this.user_id
            and this.week >= windows.began and (windows.ended is null or this.week < windows.ended)
        where windows.programme in ({literals(names)})""",
        windows=windows_of(panel, source),
    )


def windows_of(panel: Table, source: Source) -> Table:
    """Per person and offer: user_id, programme, kind, cost, began (first week on), ended (first week without)."""
    last_day = panel.engine.dialect.date_plus.format(date="weeks.week", days="6")
    return panel.sql(
        f"""
        with people as (select user_id, min(team) as team from this group by user_id),
        weeks as (select distinct cast(week as date) as week from this)
        select people.user_id, offers.programme, offers.kind, offers.starts_on, offers.ends_on,
            min(weeks.week) as began, min(case when weeks.week > offers.ends_on then weeks.week end) as ended
        from people
            join offers on offers.user_id = people.user_id
                or offers.user_id is null and (offers.team = people.team or offers.team is null)
            join weeks on {last_day} >= offers.starts_on
        group by people.user_id, offers.programme, offers.kind, offers.starts_on, offers.ends_on""",
        offers=source.incentives,
    )


def with_rewarded(panel: Table, actions: Table, action: str) -> Table:
    """The panel with how often the rewarded action was done, and how often anything else that is work.

    actions : kept rows of the log (`workbench.actions`) of the same time; failed ones do not count
    Adds rewarded_actions and other_actions (all actions but this one, logins and logouts), counts per user-week.
    """
    return panel.sql(
        f"""
        with done as (
            select user_id, week,
                cast(count(case when action = {literal(action)} then 1 end) as bigint) as rewarded_actions,
                cast(count(case when action not in ({literals((action, *PRESENCE))}) then 1 end) as bigint)
                    as other_actions
            from actions where coalesce(succeeded, true) group by user_id, week)
        select this.*, coalesce(rewarded_actions, 0) as rewarded_actions, coalesce(other_actions, 0) as other_actions
        from this left join done on done.user_id = this.user_id and done.week = this.week
        order by this.user_id, this.week""",
        actions=actions,
    )


def pairs(differences: Estimates | None, names: Mapping[str, str]) -> pd.DataFrame:
    """Incentives compared with each other: arm_a, arm_b, estimate, band_low, band_high; no row where none can be.

    differences : `differences` of the arms; names : incentive → what the table calls it. One pair needs no wider band.
    """
    columns = ["arm_a", "arm_b", "estimate", "band_low", "band_high"]
    if differences is None:
        return pd.DataFrame(columns=columns)
    table = differences.table.replace({"arm_a": dict(names), "arm_b": dict(names)})
    alone = {} if "band_low" in table else {"conf_low": "band_low", "conf_high": "band_high"}
    return table.rename(columns=alone)[columns]


def team_answers(panel: Table, surveys: Table, scale: str) -> Table:
    """How the people of an on-off panel answered, by team and wave of the survey; for teams that answered every wave.

    panel : the answer of `on_off_panel`; surveys : reads user_id, survey, answered_at, value, lowest, highest, reverse
    Returns a Table: team, wave (1, 2 …), share_of_full_<scale> (mean place of the answers between the lowest, 0, and
    the highest, 1), n (people), told (the first wave after it began; missing: never).
    """
    place, outcome = "(value - lowest) / nullif(highest - lowest, 0)", identifier(f"share_of_full_{scale}")
    return panel.sql(
        f"""
        with people as (select user_id, min(team) as team, min(began) as began from this group by user_id),
        waves as (
            select survey, row_number() over (order by min(answered_at)) as wave,
                cast(min(answered_at) as date) as first
            from surveys where scale = {literal(scale)} group by survey),
        answers as (
            select user_id, survey, avg(case when coalesce(reverse, false) then 1 - {place} else {place} end) as place
            from surveys where scale = {literal(scale)} and value is not null group by user_id, survey),
        teams as (
            select people.team, min(people.began) as began, waves.wave, avg(place) as {outcome}, count(*) as n
            from answers join people on people.user_id = answers.user_id join waves on waves.survey = answers.survey
            where people.team is not null and place is not null group by people.team, waves.wave),
        whole as (select team from teams group by team having count(*) = (select count(*) from waves)),
        told as (
            select whole.team, min(waves.wave) as told from whole join teams on teams.team = whole.team
                join waves on waves.first >= teams.began group by whole.team)
        select teams.team, cast(teams.wave as bigint) as wave, {outcome}, cast(n as bigint) as n,
            cast(told.told as bigint) as told
        from teams join whole on whole.team = teams.team left join told on told.team = teams.team
        order by teams.team, teams.wave""",
        surveys=surveys,
    )


def heard(answers: Table) -> bool:
    """Whether answers of teams can be compared: two teams asked before and after it began, and two never told."""
    text = """
        select count(distinct case when told > 1 then team end) as told,
            count(distinct case when told is null then team end) as never, count(distinct wave) as waves from this"""
    found = answers.sql(text).to_arrow().to_pylist()[0]
    return bool(min(found.values()) > 1)
