"""Who answered, compared with everybody who could have.

Everybody with access in the weeks of a survey counts as asked: invitations are not in the data. Whoever uses the system
answers surveys about it more readily, so those who answered are compared with everybody by team, role and use in the
four weeks before; and weights make them stand for everybody by role and use (post-stratification; Holt & Smith 1979,
JRSS A 142, 33–46). Weights mend what role and use explain, and nothing else.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from workbench.data.duckdb import as_table
from workbench.data.mapping import WEEKDAYS
from workbench.errors import check_share
from workbench.panel.days import first_of_week, weeks_begin
from workbench.results.estimates import LEVEL, Estimates
from workbench.results.phrases import phrase, say, say_n, translated
from workbench.results.privacy import MINIMUM
from workbench.results.shares import shares, wilson
from workbench.results.verdict import side_of
from workbench.surveys.answers import SurveyAnswers
from workbench.surveys.groups import clustered_mean, labels
from workbench.surveys.scores import scores

BEFORE = 4  # weeks before a survey whose use is looked at
THIRDS = (phrase("lower third by use"), phrase("middle third by use"), phrase("upper third by use"))
NOTABLE = 0.1  # of a standard deviation, or of everybody: less is not worth a warning


def asked(answers: SurveyAnswers, panel: Any, wave: str = "") -> pd.DataFrame:
    """Everybody with access in the weeks of a survey: for computing, never shown.

    panel : user-weeks; reads user_id, week, active_days, team, department, role, region
    wave : the survey; empty for the last one
    Returns one row per person: user_id, team, department, role, region, used (active days a week in the four weeks
    before; missing: no access then), use (their third), answered (true or false; anonymous answers are nobody's).

    >>> from workbench import surveys
    >>> there = surveys.asked(surveys.answers(log.surveys, log.users), wb.user_weeks(log))
    >>> len(there) >= there["answered"].sum() > 0
    np.True_
    """
    wave = wave or next(iter(answers.waves[-1:]), "")
    of_wave = answers.table[answers.table["survey"] == wave]
    people = _with_access(of_wave, panel)
    place = people["used"].rank(method="first", pct=True)
    thirds = pd.cut(place, [0, 1 / 3, 2 / 3, 1], labels=list(THIRDS)).astype(object)
    return people.assign(use=thirds, answered=people["user_id"].isin(of_wave["user_id"].dropna()))


def _with_access(of_wave: pd.DataFrame, panel: Any) -> pd.DataFrame:
    if of_wave.empty:
        return pd.DataFrame(columns=["user_id", "team", "department", "role", "region", "used"])
    days = [when.date() for when in (of_wave["answered_at"].min(), of_wave["answered_at"].max())]
    begins = WEEKDAYS[weeks_begin(panel).weekday()]
    first, last = (first_of_week(day, begins) for day in days)
    groups = ", ".join(f"min({c}) as {c}" for c in ("team", "department", "role", "region"))
    return (
        as_table(panel)
        .sql(
            f"""
        with people as (
            select user_id, {groups},
                max(case when cast(week as date) between date '{first}' and date '{last}' then 1 else 0 end) as there,
                avg(case when cast(week as date) between date '{first - timedelta(weeks=BEFORE)}'
                    and date '{first - timedelta(weeks=1)}' then cast(active_days as double precision) end) as used
            from this group by user_id)
        select user_id, team, department, role, region, used from people where there = 1 order by user_id"""
        )
        .to_pandas()
    )


def response(answers: SurveyAnswers, panel: Any, by: str = "", level: float = LEVEL) -> Estimates:
    """Share of people with access who answered, in each survey.

    panel : as in `asked`
    by : "team", "department", "role", "region" or "use" (thirds by use before the survey); empty for everybody
    Returns Estimates, one row per survey (and group): survey, `by`, a share from 0 to 1, Wilson's interval, n people
    with access. Anonymous answers count where their group is known, each sheet as one person, and `notes` say how many
    could not be counted. A group with more answers than people has no share.

    >>> from workbench import surveys
    >>> surveys.response(surveys.answers(log.surveys, log.users), wb.user_weeks(log)).table["n"].tolist()
    [24, 24]
    """
    counts = [_counts(answers, panel, wave, by) for wave in answers.waves]
    columns = ["survey", *([by] if by else []), "k", "n", "lost"]
    table = pd.concat(counts, ignore_index=True)[columns] if counts else pd.DataFrame(columns=columns)
    lost = int(table.drop_duplicates("survey")["lost"].sum())
    said = say_n(
        "{n} anonymous sheet says nothing of {by} and is not counted by it",
        "{n} anonymous sheets say nothing of {by} and are not counted by it",
        lost,
        by=translated(by or "whom"),
    )
    notes = (said,) if lost else ()
    table = table.assign(k=table["k"].where(table["k"] <= table["n"]).astype(float))
    found = shares(table, columns[:-3], phrase("share of people with access"), phrase("answered"), level)
    return Estimates(found.table, found.unit, found.about, level, notes=notes)


def _counts(answers: SurveyAnswers, panel: Any, wave: str, by: str) -> pd.DataFrame:
    people = asked(answers, panel, wave)
    rows = answers.table[(answers.table["survey"] == wave) & answers.table["user_id"].isna()]
    sheets = rows.drop_duplicates("sheet")
    group = people[by] if by else pd.Series("all", people.index)
    theirs = (sheets[by] if by in sheets else pd.Series(np.nan, sheets.index)) if by else pd.Series("all", sheets.index)
    counts = people.groupby(group)["answered"].agg(["sum", "size"]).rename_axis(by or "group")
    further = theirs.value_counts().reindex(counts.index).fillna(0).astype(int)
    lost = int((~theirs.isin(counts.index)).sum())
    return counts.assign(survey=wave, k=counts["sum"] + further, n=counts["size"], lost=lost).reset_index()


def unlike(answers: SurveyAnswers, panel: Any, wave: str = "", level: float = LEVEL) -> pd.DataFrame:
    """How those who answered differ from everybody who could have.

    panel : as in `asked`; wave : the survey; empty for the last one
    Returns one row for use before the survey (active days a week) and one per role: trait, answered, everybody (means,
    or shares from 0 to 1), gap, conf_low, conf_high (by teams), of_sd (gap in standard deviations; of a share, the gap
    itself), n (who answered), differs (true: the gap is clear and at least 0.1). Anonymous answers cannot be compared.
    Empty where fewer than five people gave their name, or all answered.

    >>> from workbench import surveys
    >>> len(surveys.unlike(surveys.answers(log.surveys, log.users), wb.user_weeks(log)))
    0
    """
    people = asked(answers, panel, wave)
    columns = ["trait", "answered", "everybody", "gap", "conf_low", "conf_high", "of_sd", "n", "differs"]
    n = int(people["answered"].sum())
    if n < MINIMUM or len(people) - n < MINIMUM:
        return pd.DataFrame(columns=columns)
    team = people["team"].fillna("person " + people.index.astype(str).to_series(index=people.index))
    traits = {say("active days a week, in the four weeks before"): people["used"]}
    traits |= {
        say("role: {role}", role=role): (people["role"] == role).astype(float)
        for role in sorted(people["role"].dropna().unique())
    }
    rows = [_gap(name, values, people["answered"], team, level) for name, values in traits.items()]
    return pd.DataFrame(rows, columns=columns)


def _gap(name: str, values: pd.Series, answered: pd.Series, team: pd.Series, level: float) -> dict[str, Any]:
    """Mean of those who answered minus mean of everybody, with an interval by teams."""
    check_share("level", level)
    known = values.notna()
    values, answered, team = values[known], answered[known], team[known]
    one, every = values[answered].mean(), values.mean()
    # The difference of the two means, as a mean of each person's part in it.
    parts = (values - one) * answered / max(answered.mean(), 1e-9) - (values - every)
    _, variance, df = clustered_mean(parts, team)
    half = float(stats.t.ppf((1 + level) / 2, df) * np.sqrt(variance)) if df else np.nan
    spread = values.std() if "role" not in name else 1.0
    gap = one - every
    clear = side_of(gap - half, gap + half) != side_of(-1, 1)
    size = gap / spread if spread else 0.0
    ends = {"gap": gap, "conf_low": gap - half, "conf_high": gap + half, "of_sd": size}
    differs = bool(clear and abs(size) >= NOTABLE)
    return {"trait": name, "answered": one, "everybody": every, **ends, "n": int(answered.sum()), "differs": differs}


def weights(answers: SurveyAnswers, panel: Any, wave: str = "") -> pd.Series:
    """What each person who answered stands for, so that together they are like everybody by role and use.

    panel : as in `asked`; wave : the survey; empty for the last one
    Cells are roles within thirds of use; one with fewer than five answers joins the others of its third.
    Returns user_id → weight, 1 on average. Anonymous answers have none.

    >>> from workbench import surveys
    >>> found = surveys.weights(surveys.answers(log.surveys, log.users), wb.user_weeks(log))
    >>> round(found.mean(), 6)
    np.float64(1.0)
    """
    people = asked(answers, panel, wave)
    use = people["use"].fillna(phrase("no use before"))
    cell = use + " · " + people["role"].fillna("no role")
    few = people.groupby(cell)["answered"].transform("sum") < MINIMUM
    cell = cell.where(~few, use)
    here = people["answered"]
    stands = (cell.value_counts() / cell[here].value_counts()).reindex(cell[here]).to_numpy()
    found = pd.Series(stands, people.loc[people["answered"], "user_id"], name="weight")
    return found / found.mean()


def weighted(answers: SurveyAnswers, panel: Any, wave: str = "", level: float = LEVEL) -> pd.DataFrame:
    """Favourable shares as answered, and with those who answered weighted to be like everybody by role and use.

    Returns one row per scale and component of the survey: scale, component, label, estimate (as answered) and everybody
    (shares from 0 to 1 of those with a weight), conf_low, conf_high (of the latter, Wilson's with Kish's effective n),
    n people, effective (of n, after weighting).

    >>> from workbench import surveys
    >>> found = surveys.weighted(surveys.answers(log.surveys, log.users), wb.user_weeks(log))
    >>> bool((found["effective"] <= found["n"] + 1e-9).all())
    True
    """
    wave = wave or next(iter(answers.waves[-1:]), "")
    rows = scores(answers)
    rows = rows[rows["survey"] == wave].assign(weight=rows["user_id"].map(weights(answers, panel, wave)))
    rows = rows.dropna(subset=["weight"]).assign(favourable=lambda t: t["favourable"].astype(float))
    found = [
        _reweighted(part, level) | {"scale": s, "component": c}
        for (s, c), part in rows.groupby(["scale", "component"], sort=False)
    ]
    columns = ["scale", "component", "estimate", "everybody", "conf_low", "conf_high", "n", "effective"]
    table = pd.DataFrame(found, columns=columns)
    table.insert(2, "label", labels(table, answers.scales))
    return table


def _reweighted(rows: pd.DataFrame, level: float) -> dict[str, float]:
    w, y = rows["weight"].to_numpy(float), rows["favourable"].to_numpy(float)
    share, effective = float(np.average(y, weights=w)), float(w.sum() ** 2 / (w**2).sum())
    ends = wilson(np.array(share * effective), np.array(effective), level)
    interval = {name: float(ends[name]) for name in ("conf_low", "conf_high")}
    return {"estimate": y.mean(), "everybody": share, **interval, "n": len(y), "effective": effective}
