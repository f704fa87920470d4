"""How adoption spreads through those who have access.

*Person by person*: time to adopt is a survival question: who has not adopted yet still may, so that the median of those
who have says nothing. The curve is Kaplan and Meier's (1958, JASA 53(282), 457–481), its interval Greenwood's on the
log–log scale, the comparison of groups the log-rank test (Mantel 1966). People of one team adopt together, so that a
test which takes each for themselves finds differences between departments that are not there; with teams given, chance
is what comes out when whole teams are dealt to the groups anew (Edgington & Onghena 2007, Randomization Tests).

*People with earlier access* are at risk only from the week of access on in which they are known not to have adopted
(left truncation; Klein & Moeschberger 2003, Survival Analysis, section 4.6). That is known after a run-in without the
habit (Ray 2003, American Journal of Epidemiology 158(9), 915–920); a habit lost before the log began is not seen.

*All together*: Rogers' categories (2003, Diffusion of Innovations, ch. 7) are shares of everybody with access in order
of adoption; Bass' curve (1969, Management Science 15(5), 215–227), f(t) / (1 − F(t)) = p + q F(t), says how many more
are to follow.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import chi2, norm, t
from statsmodels.duration.survfunc import SurvfuncRight, survdiff

from workbench.data.engine import Table
from workbench.panel.entry import people_in_words, weeks_before
from workbench.panel.habit import HABIT, Habit, first_reached
from workbench.panel.weeks import counted_weeks, groups_of
from workbench.results.estimates import LEVEL, Estimates
from workbench.results.phrases import phrase, say, translated
from workbench.results.privacy import ALIKE, MINIMUM
from workbench.results.words import number, percent

HALF_YEAR = 26  # weeks of access after which groups are compared
ROUNDING = 1e-9  # a curve is a product of fractions: one half is often missed by less than this
OTHERS = phrase("all others")
FROM_THE_FIRST = -1  # at risk of adopting after so many weeks: before any week has passed
RUN_IN = 12  # weeks without the habit after which somebody with earlier access is taken not to have had it
DEALS = 1_999  # of whole teams to groups


@dataclass(frozen=True)
class TimeToAdopt:
    """When people adopt.

    curve : share who have adopted by each week of access, by group
    medians : group, people, adopted, median, conf_low, conf_high (weeks of access; missing: not reached)
    reached : share of each group, and of everybody (`overall`), that has adopted by week `by_week`
    log_rank : statistic, df, p_value (with teams: among deals of whole teams): are the groups' curves the same? None
        where there is one group, where nobody adopted, or where all did in one week
    habit : when somebody has adopted
    """

    curve: Estimates
    medians: pd.DataFrame
    reached: Estimates
    by_week: int
    log_rank: dict[str, float] | None
    habit: Habit = HABIT

    def _repr_html_(self) -> str:
        return str(self.medians.to_html(index=False, na_rep="not reached"))


def time_to_adopt(
    panel: Any,
    by: str | None = None,
    habit: Habit = HABIT,
    teams: str | None = None,
    groups: int = 12,
    seed: int = 0,
) -> TimeToAdopt:
    """Weeks of access until the habit, with those counted who do not have it yet.

    panel : any table of user-weeks from the start of access on; reads `user_id`, `week`, `actions`, `eligible` where
        there is one, and `by` (one value per person)
    habit : when somebody has adopted; nobody can in fewer weeks than the habit's `active_weeks`
    teams : who adopts together, such as "team", where groups are made of whole teams
    groups : how many go by name, the largest of at least ten people; the rest are "all others"
    seed : of the deals of teams to groups
    People who have not adopted when their weeks, or the panel, end are censored there. That is fair if leaving has
    nothing to do with adopting. Whoever had access before the panel's first week (`access_week`) counts from the end of
    a run-in on (the habit's window, at least twelve weeks) if no habit was seen in it; otherwise it is not known when
    they adopted, and they are left out: `curve.notes` count both. A curve goes as far as somebody is followed from the
    first week of access.
    Returns a TimeToAdopt. Raises ContractError for rows that cannot be counted, or where somebody has several groups.

    >>> from workbench.panel.habit import FIRST_USE
    >>> weeks = pd.date_range("2025-01-06", periods=3, freq="7D")
    >>> panel = pd.DataFrame({"user_id": [*"aaabbb"], "week": [*weeks, *weeks], "actions": [0, 1, 1, 0, 0, 0]})
    >>> time_to_adopt(panel, habit=FIRST_USE).curve.table[["week", "estimate", "n"]].to_numpy().tolist()
    [[2.0, 0.5, 2.0]]
    """
    together = groups_of(panel, teams).sql("select user_id, named as team from this")
    waited = _durations(counted_weeks(panel), weeks_before(panel), groups_of(panel, by), together, habit).to_pandas()
    followed = _entered(_with_others(waited, groups), max(habit.window, RUN_IN))
    found = survival(followed, by or "group", teams is not None, seed, habit)
    return replace(found, curve=replace(found.curve, notes=_notes(waited, followed, max(habit.window, RUN_IN))))


def _entered(durations: pd.DataFrame, run_in: int) -> pd.DataFrame:
    """The durations in weeks of access, with `entry`: after how many of them people are at risk of adopting.

    Who had access before enters after a run-in without the habit, and counts as far as others of the group are followed
    from their first week on; beyond that the curve would be one of those alone who had not adopted for years.
    """
    before = durations["before"]
    late = before > 0
    followed = durations["named"].map(durations[~late].groupby("named")["weeks"].max())
    ends = before + durations["weeks"]
    entry = (before + run_in).where(late, FROM_THE_FIRST)
    beyond = late & (ends > followed)
    kept = durations.assign(
        weeks=ends.mask(beyond, followed), adopted=durations["adopted"].mask(beyond, 0), entry=entry
    )
    unseen = late & ((durations["weeks"] <= run_in) | ~(entry < followed))
    return kept[~unseen].astype({"weeks": "int64", "adopted": "int64", "entry": "int64"})


def _notes(waited: pd.DataFrame, followed: pd.DataFrame, run_in: int) -> tuple[str, ...]:
    """What a page must say of people who had access before the first week; nothing without them."""
    before = int(waited.loc[waited["before"] > 0, "people"].sum())
    late = int(followed.loc[followed["entry"] > 0, "people"].sum())
    if not before:
        return ()
    those = people_in_words(before)
    if late == before:
        return (say("{those} had no habit in the first {n} weeks and count from then on", those=those, n=run_in),)
    if not late:
        return (say("{those} are left out, because when they began is not seen", those=those),)
    if min(late, before - late) < MINIMUM:
        return (say("{those} count late or not at all, because when they began is not seen", those=those),)
    some = phrase(
        "of {those}, {late} had no habit in the first {n} weeks and count from then on;"
        " the others are left out, because when they began is not seen"
    )
    return (translated(some, those=those, late=number(late, 0), n=run_in),)


def _with_others(durations: pd.DataFrame, groups: int) -> pd.DataFrame:
    people = durations.groupby("named")["people"].sum().sort_values(ascending=False, kind="stable")
    named = people[people >= ALIKE].index[:groups]
    return durations.assign(named=durations["named"].where(durations["named"].isin(named), translated(OTHERS)))


def _durations(weeks: Table, early: Table, groups: Table, together: Table, habit: Habit) -> Table:
    """named, team, before (weeks of access before the first one seen), weeks, adopted (0 or 1), people: how many."""
    return first_reached(weeks, habit).sql(
        """
        select named, team, coalesce(before, 0) as before, coalesce(waited, observed) as weeks,
            case when waited is null then 0 else 1 end as adopted, cast(count(*) as bigint) as people
        from this join groups on groups.user_id = this.user_id join together on together.user_id = this.user_id
            left join early on early.user_id = this.user_id
        group by 1, 2, 3, 4, 5 order by 1, 2, 3, 4, 5""",
        early=early,
        groups=groups,
        together=together,
    )


def survival(
    durations: pd.DataFrame, group: str = "group", teams: bool = False, seed: int = 0, habit: Habit = HABIT
) -> TimeToAdopt:
    """Curves, medians, how far each group came, and the log-rank test.

    durations : one row per group, time and outcome; reads `named`, `weeks`, `adopted` (1: then, 0: not by then),
        `people` (how many), with `teams`, `team` and, where there is one, `entry` (at risk after so many weeks)
    group : what the column of the groups is called in the answer
    """
    if durations.empty:
        return _nobody(group, habit)
    durations = pd.DataFrame({"entry": FROM_THE_FIRST, **durations.reset_index(drop=True)})
    fitted = {name: _fitted(rows) for name, rows in durations.groupby("named", sort=True)}
    curve = pd.concat([_curve(fit).assign(**{group: name}) for name, fit in fitted.items()], ignore_index=True)
    columns = [group, "week", "estimate", "std_error", "conf_low", "conf_high", "n"]
    about = "Kaplan–Meier share adopted by week of access; n: not adopted and still observed before that week"
    week = min(HALF_YEAR, *(_seen_until(rows) for _, rows in durations.groupby("named")))
    return TimeToAdopt(
        Estimates(curve[columns], "share of people", f"{about}; pointwise log–log {LEVEL:.0%} intervals", LEVEL),
        pd.DataFrame([{group: name, **_median(rows, fitted[name])} for name, rows in durations.groupby("named")]),
        _reached(durations, group, week, teams),
        week,
        _log_rank(durations, teams, seed) if len(fitted) > 1 else None,
        habit,
    )


def _nobody(group: str, habit: Habit) -> TimeToAdopt:
    """The answer where nobody's beginning is seen: tables without rows."""
    columns = ["estimate", "std_error", "conf_low", "conf_high", "n"]
    none = Estimates(pd.DataFrame(columns=[group, "week", *columns]), "share of people", "nobody's beginning is seen")
    medians = pd.DataFrame(columns=[group, "people", "adopted", "median", "conf_low", "conf_high"])
    return TimeToAdopt(none, medians, none, 0, None, habit)


def _seen_until(durations: pd.DataFrame) -> int:
    """How many weeks a curve is known for: as long as anybody waited, or for ever where nobody waits any more."""
    last = durations[durations["weeks"] == durations["weeks"].max()]
    return HALF_YEAR if last["adopted"].all() else int(last["weeks"].iloc[0])


def _reached(durations: pd.DataFrame, group: str, week: int, teams: bool) -> Estimates:
    """Each group's curve at one week, at which every group was still observed; n: people of the group."""
    rows = [{group: name, **_by_then(people, week, teams)} for name, people in durations.groupby("named", sort=True)]
    everybody = pd.Series(_by_then(durations, week, teams))
    about = say("by {week} weeks of access", week=week)
    if teams:
        about = say("by {week} weeks of access, whole teams taken together", week=week)
    unit = phrase("share of people who have made it a habit")
    return Estimates(
        pd.DataFrame(rows), unit, say("{about}; {level} intervals", about=about, level=percent(LEVEL)), LEVEL, everybody
    )


def _by_then(durations: pd.DataFrame, week: int, teams: bool) -> dict[str, float]:
    each = durations.loc[durations.index.repeat(durations["people"])]
    part, still = _parts(each["entry"].to_numpy(), each["weeks"].to_numpy(), each["adopted"].to_numpy(), week)
    error, times = _of_teams(pd.Series(part).groupby(each["team"].to_numpy()).sum()) if teams else _of_people(part)
    return {"estimate": 1 - still, "std_error": error, **_log_log(still, times * error), "n": len(each)}


def _of_people(parts: np.ndarray) -> tuple[float, float]:
    """The error of a sum (Greenwood's, for a curve), and how many errors wide an interval reaches to each side."""
    return float(np.sqrt((parts**2).sum())), float(norm.ppf(0.5 + LEVEL / 2))


def _of_teams(sums: pd.Series) -> tuple[float, float]:
    many = len(sums)
    if many < 2:
        return np.nan, np.nan
    return float(np.sqrt((sums**2).sum() * many / (many - 1))), float(t.ppf(0.5 + LEVEL / 2, many - 1))


def _parts(entry: np.ndarray, weeks: np.ndarray, adopted: np.ndarray, until: int) -> tuple[np.ndarray, float]:
    """What each person adds to the error of a Kaplan–Meier curve at a week, and the curve (not adopted by then).

    Source: Williams (1995), Biometrics 51(2), 706–715: sums within teams are what varies where teams were drawn.
    """
    then = (adopted == 1) & (weeks <= until)
    times, at = np.unique(weeks[then], return_inverse=True)
    at_risk = _at_risk(entry, weeks, times)
    events = np.bincount(at, minlength=len(times))
    left = np.maximum(at_risk - events, 1)
    waited = np.concatenate([[0.0], np.cumsum(events / (at_risk * left))])
    part = waited[np.searchsorted(times, weeks, side="right")] - waited[np.searchsorted(times, entry, side="right")]
    part[then] -= 1 / left[at]
    still = float(np.prod(1 - events / at_risk))
    return still * part, still


def _at_risk(entry: np.ndarray, weeks: np.ndarray, times: np.ndarray) -> np.ndarray:
    """How many have entered before each time and have neither adopted nor gone before it."""
    return np.searchsorted(np.sort(entry), times) - np.searchsorted(np.sort(weeks), times)


def _log_log(still: float, reach: float) -> dict[str, float]:
    """The interval of the share adopted, from that of log(−log S); none where nobody or everybody has adopted."""
    if not 0 < still < 1:
        return {"conf_low": np.nan, "conf_high": np.nan}
    width = reach / (still * abs(np.log(still)))
    return {"conf_low": 1 - still ** np.exp(-width), "conf_high": 1 - still ** np.exp(width)}


def _fitted(rows: pd.DataFrame) -> Any:
    # One entry a person: with frequency weights statsmodels gives Tsiatis' errors of the cumulative hazard instead.
    weeks, adopted, entry = (np.repeat(rows[name].to_numpy(), rows["people"]) for name in ("weeks", "adopted", "entry"))
    return SurvfuncRight(weeks.astype(float), adopted, entry=entry.astype(float))


def _curve(fit: Any) -> pd.DataFrame:
    still, error = fit.surv_prob, fit.surv_prob_se
    with np.errstate(divide="ignore", invalid="ignore"):
        width = norm.ppf(0.5 + LEVEL / 2) * error / (still * np.abs(np.log(still)))
        low, high = 1 - still ** np.exp(-width), 1 - still ** np.exp(width)
    columns = {"week": fit.surv_times, "estimate": 1 - still, "std_error": error, "conf_low": low, "conf_high": high}
    return pd.DataFrame({**columns, "n": fit.n_risk}).astype({"week": "int64", "n": "int64"})


def _median(rows: pd.DataFrame, fit: Any) -> dict[str, float]:
    adopted = int((rows["people"] * rows["adopted"]).sum())
    with np.errstate(divide="ignore", invalid="ignore"):
        low, high = fit.quantile_ci(0.5, alpha=1 - LEVEL) if adopted else (np.nan, np.nan)
    reached = fit.surv_times[fit.surv_prob <= 0.5 + ROUNDING]  # the first week by which at least half have adopted
    median = reached.min() if len(reached) else np.nan
    ends = {"median": median, "conf_low": low, "conf_high": high if np.isfinite(high) else np.nan}
    return {"people": int(rows["people"].sum()), "adopted": adopted, **ends}


def _log_rank(durations: pd.DataFrame, teams: bool, seed: int) -> dict[str, float] | None:
    each = durations.loc[durations.index.repeat(durations["people"])]
    # A group that nobody of was left in when the first adopted says nothing, nor do all who adopt in the same week.
    told = each[each["weeks"] >= each.loc[each["adopted"] == 1, "weeks"].min()]
    groups = told["named"].nunique()
    if groups < 2 or (told["adopted"].all() and told["weeks"].nunique() == 1):
        return None
    statistic, _ = survdiff(told["weeks"], told["adopted"], told["named"], entry=told["entry"])
    chance = _among_deals(each, seed) if teams else float(chi2.sf(statistic, groups - 1))
    return {"statistic": float(statistic), "df": groups - 1, "p_value": chance}


def _among_deals(each: pd.DataFrame, seed: int) -> float:
    """How often whole teams, dealt to the groups anew, lie as far apart as they do."""
    team = (
        each.assign(expected=_expected(each)).groupby(["team", "named"], as_index=False)[["adopted", "expected"]].sum()
    )
    more, expected = (team["adopted"] - team["expected"]).to_numpy(), team["expected"].to_numpy()
    group, groups = pd.factorize(team["named"])
    rng = np.random.default_rng(seed)

    def apart(dealt: np.ndarray) -> float:
        sums, due = (np.bincount(dealt, values, len(groups)) for values in (more, expected))
        return float((sums**2 / np.maximum(due, 1e-9)).sum())

    seen = apart(group) * (1 - 1e-9)
    return (1 + sum(apart(rng.permutation(group)) >= seen for _ in range(DEALS))) / (1 + DEALS)


def _expected(each: pd.DataFrame) -> np.ndarray:
    """Adoptions that were to be expected of each person, had all groups one curve; log-rank's E is their sum."""
    entry, weeks, adopted = (each[name].to_numpy() for name in ("entry", "weeks", "adopted"))
    times = np.unique(weeks)
    hazard = np.bincount(np.searchsorted(times, weeks), adopted) / _at_risk(entry, weeks, times)
    summed = np.concatenate([[0.0], np.cumsum(hazard)])
    until, since = (summed[np.searchsorted(times, at, side="right")] for at in (weeks, entry))
    return np.asarray(until - since)
