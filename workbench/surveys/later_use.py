"""What goes with later use: never its cause.

People who answered alike may differ in much that nobody asked. So what is estimated here is an association: of two
people of one role, as long in the company, as often at the help desk and with the same use before, who differ by one
point on one barrier, how much more does the one use the system afterwards.

- Use in the weeks after: a linear model by generalised estimating equations, people of one team correlated alike
  (exchangeable), errors by teams with Mancl and DeRouen's correction for few of them.
- Getting the habit: of those without it, a discrete-time hazard, complementary log–log over person-weeks.

Several things are looked at; *clear* is what stays clear for all of them at once (Holm).

Sources: Liang & Zeger (1986), Biometrika 73, 13–22. Mancl & DeRouen (2001), Biometrics 57, 126–134. Prentice &
Gloeckler (1978), Biometrics 34, 57–67.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd

from workbench.data.duckdb import as_table
from workbench.data.mapping import WEEKDAYS
from workbench.panel.days import first_of_week, weeks_begin
from workbench.panel.habit import has_habit
from workbench.results.estimates import LEVEL, Estimates
from workbench.results.phrases import phrase, say, translated
from workbench.surveys.answers import SurveyAnswers
from workbench.surveys.groups import at_once, cluster_of, only_scale
from workbench.surveys.scores import scores

BEFORE = 4  # weeks before the survey whose use is adjusted for
RECENT = 12  # weeks before the survey whose tickets count
TEAMS = 10  # below which errors by teams say nothing
EACH = 10  # people (or people who got the habit) for each number estimated
ADJUSTED = (phrase("use before"), phrase("tickets"), phrase("years of access"))
COLUMNS = ["term", "estimate", "std_error", "conf_low", "conf_high", "n", "p_holm", "side"]


def later_use(answers: SurveyAnswers, panel: Any, tickets: Any, weeks: int = 8, level: float = LEVEL) -> Estimates:
    """What goes with use in the weeks after a survey, several things accounted for at once.

    answers : on one scale, such as `answers.of("com_b")`; the last survey that so many weeks follow is taken
    panel : user-weeks; reads user_id, week, active_days, team, role
    tickets : the contract table; reads user_id and opened_at
    weeks : how many weeks after the survey's last one are looked at
    Returns Estimates, one row per component of the scale, tickets and years of access: term (its label), estimate
    (active days a week that go with one point, one ticket, one year more), std_error, conf_low, conf_high (each by
    itself), n people, p_holm, side. No row where teams or people are too few, or no survey is followed by so many
    weeks; `notes` say which.
    Raises ContractError for answers on several scales.

    >>> from workbench import surveys
    >>> answers = surveys.answers(log.surveys, log.users)
    >>> one = answers.of(next(iter(answers.scales)))
    >>> surveys.later_use(one, wb.user_weeks(log), log.tickets, weeks=2).notes
    ('fewer than 10 teams, or fewer than 10 people for each number estimated',)
    """
    scale = only_scale(answers)
    about = say("{scale} and later use: GEE, exchangeable within teams", scale=translated(scale.label))
    people, parts = _followed(answers, panel, tickets, weeks)
    unit, what = "active days a week", [*parts, "tickets", "years of access"]
    if people.empty:
        return _nothing(unit, about, level, say("no survey is followed by {weeks} weeks", weeks=weeks))
    rows = people.dropna(subset=["later", "use before", *parts])
    design = _design(rows, [*parts, *ADJUSTED])
    team = cluster_of(rows)
    if team.nunique() < TEAMS or len(rows) < EACH * design.shape[1]:
        return _nothing(unit, about, level, _few())
    return _fitted(rows["later"], design, team, what, (unit, about, level), linear=True)


def _few() -> str:
    parts = {"teams": TEAMS, "each": EACH}
    return say("fewer than {teams} teams, or fewer than {each} people for each number estimated", **parts)


def getting_the_habit(
    answers: SurveyAnswers, panel: Any, tickets: Any, labels: Any, weeks: int = 8, level: float = LEVEL
) -> Estimates:
    """What goes with getting the habit after a survey, among those who did not have it.

    answers, panel, tickets, weeks : as in `later_use`
    labels : usage segments by week (`workbench.usage_segments`); reads user_id, week, segment
    Returns Estimates, one row per component, tickets and years of access: term, estimate (difference in the log of the
    weekly hazard that goes with one point, ticket or year more), std_error, conf_low, conf_high, n people, p_holm,
    side, times (how many times as likely in a week), times_low, times_high. No row where teams or people who got the
    habit are too few; `notes` say so.
    Raises ContractError for answers on several scales.

    >>> from workbench import surveys
    >>> answers, panel = surveys.answers(log.surveys, log.users), wb.user_weeks(log)
    >>> one = answers.of(next(iter(answers.scales)))
    >>> surveys.getting_the_habit(one, panel, log.tickets, wb.usage_segments(panel), weeks=2).notes
    ('too few people got the habit in the weeks after, or too few teams',)
    """
    scale = only_scale(answers)
    unit, about = (
        "log of the weekly hazard",
        say("{scale} and getting the habit: discrete-time hazard", scale=translated(scale.label)),
    )
    people, parts = _followed(answers, panel, tickets, weeks)
    if people.empty:
        return _nothing(unit, about, level, say("no survey is followed by {weeks} weeks", weeks=weeks))
    known = people.dropna(subset=["use before", *parts])
    rows = _at_risk(labels, people.attrs["asked"]).merge(known, on="user_id")
    design = _design(rows, [*parts, *ADJUSTED])
    design["weeks since"], design["log of weeks since"] = rows["since"], np.log(rows["since"])
    team = cluster_of(rows)
    if team.nunique() < TEAMS or rows["got"].sum() < EACH * (len(parts) + 2):
        return _nothing(unit, about, level, say("too few people got the habit in the weeks after, or too few teams"))
    what = [*parts, "tickets", "years of access"]
    found = _fitted(rows["got"].astype(float), design, team, what, (unit, about, level), linear=False)
    ends = {"times": "estimate", "times_low": "conf_low", "times_high": "conf_high"}
    times = {name: np.exp(found.table[column].astype(float)) for name, column in ends.items()}
    n = int(rows["user_id"].nunique())
    return Estimates(found.table.assign(**times, n=n), unit, about, level)


def _nothing(unit: str, about: str, level: float, why: str) -> Estimates:
    return Estimates(pd.DataFrame(columns=COLUMNS), unit, about, level, notes=(why,))


def _fitted(
    outcome: pd.Series,
    design: pd.DataFrame,
    team: pd.Series,
    what: list[str],
    said: tuple[str, str, float],
    linear: bool,
) -> Estimates:
    """The terms asked about, from a fit with errors by teams."""
    from statsmodels.api import GEE, cov_struct, families

    family = families.Gaussian() if linear else families.Binomial(families.links.CLogLog())
    within = cov_struct.Exchangeable() if linear else cov_struct.Independence()
    fit = GEE(outcome, design.astype(float), groups=pd.factorize(team)[0], family=family, cov_struct=within).fit(
        cov_type="bias_reduced" if linear else "robust"
    )
    there = [name for name in what if name in design]
    numbers = {"estimate": fit.params[there], "std_error": fit.bse[there]}
    table = pd.DataFrame(numbers).rename_axis("term").reset_index().assign(df=team.nunique() - 1.0, n=len(outcome))
    return Estimates(at_once(table, said[2])[COLUMNS], *said)


def _design(rows: pd.DataFrame, numbers: list[str]) -> pd.DataFrame:
    """Numbers that vary, and a column for each role but one."""
    varying = [name for name in numbers if rows[name].nunique() > 1]
    roles = pd.get_dummies(rows["role"].fillna("no role"), prefix="role", drop_first=True)
    return pd.concat([rows[varying], roles], axis=1).assign(constant=1.0)


def _followed(answers: SurveyAnswers, panel: Any, tickets: Any, weeks: int) -> tuple[pd.DataFrame, list[str]]:
    """Who answered under their name, with use before and after; the labels of the scale's components."""
    scale = only_scale(answers)
    ends = as_table(panel).sql("select cast(max(week) as date) as last from this").to_arrow()["last"][0].as_py()
    begun = {name: _last_week(answers, name, panel) for name in reversed(answers.waves)}
    wave = next((name for name, week in begun.items() if week + timedelta(weeks=weeks) <= ends), "")
    rows = scores(answers)
    rows = rows[(rows["survey"] == wave) & rows["user_id"].notna()]
    if rows.empty:
        return pd.DataFrame(), []
    wide = rows.pivot(index="user_id", columns="component", values="score")
    wide = wide.rename(columns=dict(scale.components))
    people = _use(panel, tickets, begun[wave], weeks).merge(wide.reset_index(), on="user_id")
    people = people.assign(sheet=range(len(people)))
    people.attrs["asked"] = begun[wave]
    return people, [label for label in scale.components.values() if label in wide]


def _last_week(answers: SurveyAnswers, wave: str, panel: Any) -> date:
    """The first day of the last week of a survey."""
    last: date = answers.table.loc[answers.table["survey"] == wave, "answered_at"].max().date()
    return first_of_week(last, WEEKDAYS[weeks_begin(panel).weekday()])


def _use(panel: Any, tickets: Any, asked: date, weeks: int) -> pd.DataFrame:
    """Each person's use in the weeks before and after, tickets and years of access until the survey."""
    before, after = asked - timedelta(weeks=BEFORE), asked + timedelta(weeks=weeks)
    return (
        as_table(panel)
        .sql(
            f"""
        with used as (
            select user_id, min(team) as team, min(role) as role,
                avg(case when cast(week as date) >= date '{before}' and cast(week as date) < date '{asked}'
                    then cast(active_days as double precision) end) as before,
                avg(case when cast(week as date) > date '{asked}' and cast(week as date) <= date '{after}'
                    then cast(active_days as double precision) end) as later,
                sum(case when cast(week as date) < date '{asked}' then 1 else 0 end) / 52.0 as years
            from this group by user_id),
        asked_for as (
            select user_id, count(*) as n from tickets
            where cast(opened_at as date) >= date '{asked - timedelta(weeks=RECENT)}'
                and cast(opened_at as date) < date '{asked}' group by user_id)
        select used.user_id, team, role, before as "use before", later, years as "years of access",
            coalesce(asked_for.n, 0) as tickets
        from used left join asked_for on asked_for.user_id = used.user_id order by used.user_id""",
            tickets=as_table(tickets),
        )
        .to_pandas()
    )


def _at_risk(labels: Any, asked: date) -> pd.DataFrame:
    """The weeks after the survey of people without the habit at it, until they get it: user_id, since, got."""
    return (
        as_table(labels)
        .sql(
            f"""
        with states as (
            select user_id, cast(week as date) as week, case when {has_habit()} then 1 else 0 end as has from this),
        firsts as (
            select user_id, max(case when week = date '{asked}' then has end) as had,
                min(case when week > date '{asked}' and has = 1 then week end) as got
            from states group by user_id)
        select states.user_id, states.week, case when states.week = firsts.got then 1 else 0 end as got
        from states join firsts on firsts.user_id = states.user_id
        where firsts.had = 0 and states.week > date '{asked}' and states.week <= coalesce(firsts.got, states.week)
        order by states.user_id, states.week"""
        )
        .to_pandas()
        .assign(since=lambda t: (pd.to_datetime(t["week"]) - pd.Timestamp(asked)).dt.days // 7)
        .drop(columns="week")
    )
