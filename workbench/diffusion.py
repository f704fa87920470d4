"""How adoption spreads through those who have access.

*Person by person*: time to adopt is a survival question: who has not adopted yet still may, so that the median of those
who have says nothing. The curve is Kaplan and Meier's (1958, JASA 53(282), 457–481), its interval Greenwood's on the
log–log scale, the comparison of groups the log-rank test (Mantel 1966). People of one team adopt together, so that a
test which takes each for themselves finds differences between departments that are not there; with teams given, chance
is what comes out when whole teams are dealt to the groups anew (Edgington & Onghena 2007, Randomization Tests).

*All together*: Rogers' categories (2003, Diffusion of Innovations, ch. 7) are shares of everybody with access in order
of adoption; Bass' curve (1969, Management Science 15(5), 215–227), f(t) / (1 − F(t)) = p + q F(t), says how many more
are to follow.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import chi2, norm, t
from statsmodels.duration.survfunc import SurvfuncRight

from workbench.contract import ContractError
from workbench.engines import Table
from workbench.estimates import Estimates
from workbench.history import counted_weeks, groups_of
from workbench.privacy import ALIKE

LEVEL = 0.95
HALF_YEAR = 26  # weeks of access after which groups are compared
OTHERS = "all others"
DEALS = 1_999  # of whole teams to groups
FITS = 0.05  # share of people by which a Bass curve may miss what happened, at most
TOLD = 4.0  # times the lower end of its interval that the upper one may be, for p or q to be told
ROGERS = {"innovators": 0.025, "early adopters": 0.135, "early majority": 0.34, "late majority": 0.34, "laggards": 0.16}
MEANS = {
    "p": "of those who have not come, who come in a week by themselves (p)",
    "q": "and with everybody else there, who follow (q)",
    "ceiling": "of all with access, who come in the end",
}
FEWEST_WEEKS, FEWEST_ADOPTERS = 8, 20
GRID = 24  # points along each of p, q and ceiling


@dataclass(frozen=True)
class TimeToAdopt:
    """When people adopt.

    curve : share who have adopted by each week of access, by group
    medians : group, people, adopted, median, conf_low, conf_high (weeks of access; missing: not reached)
    reached : share of each group, and of everybody (`overall`), that has adopted by week `by_week`
    log_rank : statistic, df, p_value (with teams: among deals of whole teams): are the groups' curves the same? None
        where there is one group, where nobody adopted, or where all did in one week
    """

    curve: Estimates
    medians: pd.DataFrame
    reached: Estimates
    by_week: int
    log_rank: dict[str, float] | None

    def _repr_html_(self) -> str:
        return str(self.medians.to_html(index=False, na_rep="not reached"))


def time_to_adopt(
    panel: Any,
    by: str | None = None,
    habit: int = 9,
    window: int = 12,
    teams: str | None = None,
    groups: int = 12,
    seed: int = 0,
) -> TimeToAdopt:
    """Weeks of access until the habit, with those counted who do not have it yet.

    panel : any table of user-weeks from the start of access on; reads `user_id`, `week`, `actions`, `eligible` where
        there is one, and `by` (one value per person)
    habit, window : adopted is whoever first was active in `habit` of `window` weeks; 1 of 1 is the first use. Nobody
        can adopt in fewer than `habit` weeks.
    teams : who adopts together, such as "team", where groups are made of whole teams
    groups : how many go by name, the largest of at least ten people; the rest are "all others"
    seed : of the deals of teams to groups
    People who have not adopted when their weeks, or the panel, end are censored there. That is fair if leaving has
    nothing to do with adopting.
    """
    together = groups_of(panel, teams).sql("select user_id, named as team from this")
    waited = _durations(counted_weeks(panel), groups_of(panel, by), together, habit, window).to_pandas()
    return survival(_with_others(waited, groups), by or "group", teams is not None, seed)


def _with_others(durations: pd.DataFrame, groups: int) -> pd.DataFrame:
    people = durations.groupby("named")["people"].sum().sort_values(ascending=False, kind="stable")
    named = people[people >= ALIKE].index[:groups]
    return durations.assign(named=durations["named"].where(durations["named"].isin(named), OTHERS))


def _durations(weeks: Table, groups: Table, together: Table, habit: int, window: int) -> Table:
    """named, team, weeks, adopted (0 or 1), people: how many waited how long."""
    return weeks.sql(
        f"""
        with counted as (
            select user_id, row_number() over (partition by user_id order by number) as nth,
                sum(case when actions > 0 then 1 else 0 end) over (
                    partition by user_id order by number rows between {window - 1} preceding and current row
                ) as active
            from this
        ),
        people as (
            select user_id, max(nth) as observed, min(case when active >= {habit} then nth end) as waited
            from counted group by user_id
        )
        select named, team, coalesce(waited, observed) as weeks, case when waited is null then 0 else 1 end as adopted,
            cast(count(*) as bigint) as people
        from people join groups on groups.user_id = people.user_id join together on together.user_id = people.user_id
        group by 1, 2, 3, 4 order by 1, 2, 3, 4""",
        groups=groups,
        together=together,
    )


def survival(durations: pd.DataFrame, group: str = "group", teams: bool = False, seed: int = 0) -> TimeToAdopt:
    """Curves, medians, how far each group came, and the log-rank test.

    durations : one row per group, time and outcome; reads `named`, `weeks`, `adopted` (1: then, 0: not by then),
        `people` (how many) and, with `teams`, `team`
    group : what the column of the groups is called in the answer
    """
    durations = durations.reset_index(drop=True)
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
    )


def _seen_until(durations: pd.DataFrame) -> int:
    """How many weeks a curve is known for: as long as anybody waited, or for ever where nobody waits any more."""
    last = durations[durations["weeks"] == durations["weeks"].max()]
    return HALF_YEAR if last["adopted"].all() else int(last["weeks"].iloc[0])


def _reached(durations: pd.DataFrame, group: str, week: int, teams: bool) -> Estimates:
    """Each group's curve at one week, at which every group was still observed; n: people of the group."""
    rows = [{group: name, **_by_then(people, week, teams)} for name, people in durations.groupby("named", sort=True)]
    everybody = pd.Series(_by_then(durations, week, teams))
    about = f"by {week} weeks of access" + (", whole teams taken together" if teams else "")
    unit = "share of people who have made it a habit"
    return Estimates(pd.DataFrame(rows), unit, f"{about}; {LEVEL:.0%} intervals", LEVEL, everybody)


def _by_then(durations: pd.DataFrame, week: int, teams: bool) -> dict[str, float]:
    each = durations.loc[durations.index.repeat(durations["people"])]
    part, still = _parts(each["weeks"].to_numpy(), each["adopted"].to_numpy(), week)
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


def _parts(weeks: np.ndarray, adopted: np.ndarray, until: int) -> tuple[np.ndarray, float]:
    """What each person adds to the error of a Kaplan–Meier curve at a week, and the curve (not adopted by then).

    Source: Williams (1995), Biometrics 51(2), 706–715: sums within teams are what varies where teams were drawn.
    """
    then = (adopted == 1) & (weeks <= until)
    times, at = np.unique(weeks[then], return_inverse=True)
    at_risk = len(weeks) - np.searchsorted(np.sort(weeks), times)
    events = np.bincount(at, minlength=len(times))
    left = np.maximum(at_risk - events, 1)
    waited = np.concatenate([[0.0], np.cumsum(events / (at_risk * left))])
    part = waited[np.searchsorted(times, weeks, side="right")]
    part[then] -= 1 / left[at]
    still = float(np.prod(1 - events / at_risk))
    return still * part, still


def _log_log(still: float, reach: float) -> dict[str, float]:
    """The interval of the share adopted, from that of log(−log S); none where nobody or everybody has adopted."""
    if not 0 < still < 1:
        return {"conf_low": np.nan, "conf_high": np.nan}
    spread = reach / (still * abs(np.log(still)))
    return {"conf_low": 1 - still ** np.exp(-spread), "conf_high": 1 - still ** np.exp(spread)}


def _fitted(rows: pd.DataFrame) -> Any:
    # One entry a person: with frequency weights statsmodels gives Tsiatis' errors of the cumulative hazard instead.
    weeks, adopted = (np.repeat(rows[name].to_numpy(), rows["people"]) for name in ("weeks", "adopted"))
    return SurvfuncRight(weeks.astype(float), adopted)


def _curve(fit: Any) -> pd.DataFrame:
    still, error = fit.surv_prob, fit.surv_prob_se
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = norm.ppf(0.5 + LEVEL / 2) * error / (still * np.abs(np.log(still)))
        low, high = 1 - still ** np.exp(-spread), 1 - still ** np.exp(spread)
    columns = {"week": fit.surv_times, "estimate": 1 - still, "std_error": error, "conf_low": low, "conf_high": high}
    return pd.DataFrame({**columns, "n": fit.n_risk}).astype({"week": "int64", "n": "int64"})


def _median(rows: pd.DataFrame, fit: Any) -> dict[str, float]:
    adopted = int((rows["people"] * rows["adopted"]).sum())
    with np.errstate(divide="ignore", invalid="ignore"):
        low, high = fit.quantile_ci(0.5, alpha=1 - LEVEL) if adopted else (np.nan, np.nan)
    median = fit.quantile(0.5) if adopted else np.nan
    ends = {"median": median, "conf_low": low, "conf_high": high if np.isfinite(high) else np.nan}
    return {"people": int(rows["people"].sum()), "adopted": adopted, **ends}


def _log_rank(durations: pd.DataFrame, teams: bool, seed: int) -> dict[str, float] | None:
    each = durations.loc[durations.index.repeat(durations["people"])]
    more, spread = _apart(pd.factorize(each["named"])[0], each["weeks"].to_numpy(), each["adopted"].to_numpy())
    known = int(np.linalg.matrix_rank(spread))
    if known == 0:
        return None
    statistic = float(more @ np.linalg.pinv(spread, hermitian=True) @ more)
    chance = _among_deals(each, seed) if teams else float(chi2.sf(statistic, known))
    return {"statistic": statistic, "df": known, "p_value": chance}


def _apart(group: np.ndarray, weeks: np.ndarray, adopted: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Adoptions of each group less those to be expected had all one curve, and their covariance."""
    times = np.unique(weeks[adopted == 1])
    still = np.array(
        [[((group == g) & (weeks >= week)).sum() for week in times] for g in np.unique(group)], dtype=float
    )
    now = np.array([((weeks == week) & (adopted == 1)).sum() for week in times], dtype=float)
    there = still.sum(axis=0)
    part = still / there
    more = np.bincount(group, adopted) - part @ now
    weight = now * (there - now) / np.maximum(there - 1, 1)
    return more, np.diag(part @ weight) - (part * weight) @ part.T


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
    weeks, adopted = each["weeks"].to_numpy(), each["adopted"].to_numpy()
    times = np.unique(weeks)
    at_risk = len(weeks) - np.searchsorted(np.sort(weeks), times)
    hazard = np.bincount(np.searchsorted(times, weeks), adopted) / at_risk
    return np.asarray(np.cumsum(hazard)[np.searchsorted(times, weeks)])


# ── all together ────────────────────────────────────────────────────────────────────────────────────────────────


def adopters(panel: Any, habit: int = 1, window: int = 1) -> pd.DataFrame:
    """How many people adopted in each calendar week.

    panel, habit, window : as in `time_to_adopt`; by default adopted is who used the system for the first time
    Returns one row per week of the panel: week, adopters, people (everybody who ever had access, the same in each row).
    """
    weeks = counted_weeks(panel)
    firsts = weeks.sql(f"""
        with counted as (
            select user_id, week, sum(case when actions > 0 then 1 else 0 end) over (
                partition by user_id order by number rows between {window - 1} preceding and current row) as active
            from this
        ),
        people as (select min(case when active >= {habit} then week end) as week from counted group by user_id)
        select week, cast(count(*) as bigint) as adopters from people group by week""").to_pandas()
    ends = weeks.sql("select min(week) as first, max(week) as last from this").to_pandas().iloc[0]
    every = pd.date_range(ends["first"], ends["last"], freq="7D", name="week")
    counts = firsts.dropna().set_index("week")["adopters"].reindex(every, fill_value=0)
    return counts.reset_index().assign(people=int(firsts["adopters"].sum()))


def rogers(adopted: pd.DataFrame) -> pd.DataFrame:
    """Rogers' categories: everybody with access in order of adoption, cut at 2.5, 16, 50 and 84 %.

    adopted : the answer of `adopters`
    Returns one row per category: category, share (by definition), people (places in it), users (places taken so far),
    from_week and to_week (of its first and last place; missing: not taken yet). Who has not adopted has no category:
    they may be laggards, or may never adopt.
    """
    people, taken = int(adopted["people"].iloc[0]), adopted["adopters"].cumsum()
    ends = np.round(np.cumsum(list(ROGERS.values())) * people).astype(int)
    starts = np.concatenate([[0], ends[:-1]])

    def week_of(place: int) -> pd.Timestamp:
        return adopted.loc[taken >= place, "week"].min()

    return pd.DataFrame(
        {
            "category": list(ROGERS),
            "share": list(ROGERS.values()),
            "people": ends - starts,
            "users": np.clip(taken.iloc[-1] - starts, 0, ends - starts),
            "from_week": [week_of(start + 1) for start in starts],
            "to_week": [week_of(end) for end in ends],
        }
    )


def tied(categories: pd.DataFrame) -> str:
    """Which of Rogers' categories (`rogers`) came in one and the same week, in a sentence; empty where none did."""
    first = categories["from_week"].min()
    names = categories.loc[(categories["from_week"] == first) & (categories["to_week"] == first), "category"].tolist()
    if len(names) < 2:
        return ""
    return f"{', '.join(names[:-1])} and {names[-1]} came in the first week; who of them was sooner cannot be told"


@dataclass(frozen=True)
class Bass:
    """A fitted Bass curve, and what it can tell.

    parameters : p, q, ceiling with their intervals, and whether each is `told`: p and q where the upper end of the
        interval is at most four times the lower one, the ceiling where the interval is at most half of what was
        possible (from the share today to everybody)
    curve : the share who had adopted by the end of each week: week, adopted (as it was), estimate (the curve), interval
    forecast : the share who will have adopted by the end of each coming week
    """

    parameters: Estimates
    curve: Estimates
    forecast: Estimates

    @property
    def misses(self) -> float:
        """The largest distance between the curve and what happened, as a share of people."""
        return float((self.curve.table["adopted"] - self.curve.table["estimate"]).abs().max())

    @property
    def fits(self) -> bool:
        """Whether people came as such a curve has it; where not, its forecast says nothing."""
        return self.misses <= FITS

    def told(self, term: str) -> bool:
        """Whether the data say what p, q or the ceiling is."""
        return bool(self.parameters.table.set_index("term").loc[term, "told"])


def enough(adopted: pd.DataFrame) -> bool:
    """Whether enough weeks and adopters are there for a Bass curve."""
    return len(adopted) >= FEWEST_WEEKS and int(adopted["adopters"].sum()) >= FEWEST_ADOPTERS


def bass(adopted: pd.DataFrame, ahead: int = 26) -> Bass:
    """Bass' curve for the adopters so far, and where it leads.

    adopted : the answer of `adopters`
    ahead : weeks to forecast
    p (innovation) and q (imitation) are per week; the ceiling is the share of people who adopt in the end, at most all.
    Intervals are those of the likelihood itself (flat over log p, log q and the ceiling), not of a normal curve around
    its top, since before the turning point the ceiling is hardly known; weeks that scatter more than chance would have
    it widen them (quasi-likelihood). The forecast's interval holds if the curve keeps its shape.
    Raises ContractError for fewer than 8 weeks or 20 adopters.
    """
    counts, people = adopted["adopters"].to_numpy(dtype=float), float(adopted["people"].iloc[0])
    if not enough(adopted):
        raise ContractError(
            f"a Bass curve needs {FEWEST_WEEKS} weeks and {FEWEST_ADOPTERS} adopters, but there are {len(counts)} and"
            f" {counts.sum():.0f}.\n  Wait, or show the adopters so far without a curve."
        )
    likely = _likely(counts, people)
    parameters = _parameters(likely, people, counts.sum() / people)
    return Bass(parameters, _so_far(likely, adopted), _forecast(likely, adopted, ahead))


def _likely(counts: np.ndarray, people: float) -> pd.DataFrame:
    """p, q, ceiling and weight of the curves that the data allow."""
    least = max(counts.sum() / people, 1e-6)
    box = [(np.log(1e-5), np.log(0.9)), (np.log(1e-4), np.log(3.0)), (least, max(1.0, least))]
    spread = 1.0
    for _ in range(6):  # zoom in until the grid is finer than the peak
        points = np.stack(np.meshgrid(*(np.linspace(*ends, GRID) for ends in box), indexing="ij"), -1).reshape(-1, 3)
        fit = _log_likelihood(points, counts, people)
        spread = _overdispersion(points[fit.argmax()], counts, people)
        near = points[(fit - fit.max()) / spread > -12]
        steps = [(high - low) / (GRID - 1) for low, high in box]
        box = [
            (max(low, near[:, i].min() - steps[i]), min(high, near[:, i].max() + steps[i]))
            for i, (low, high) in enumerate(box)
        ]
    weight = np.exp((fit - fit.max()) / spread)
    curves = pd.DataFrame({"p": np.exp(points[:, 0]), "q": np.exp(points[:, 1]), "ceiling": points[:, 2]})
    return curves.assign(weight=weight / weight.sum(), spread=spread)[weight > 1e-6].reset_index(drop=True)


def _share_adopted(p: np.ndarray, q: np.ndarray, weeks: np.ndarray) -> np.ndarray:
    """F(t), curves × weeks."""
    decay = np.exp(-np.outer(p + q, weeks))
    return (1 - decay) / (1 + (q / p)[:, None] * decay)


def _log_likelihood(points: np.ndarray, counts: np.ndarray, people: float) -> np.ndarray:
    """Multinomial: in which week each person adopted, or not yet (Schmittlein & Mahajan 1982, Marketing Science 1)."""
    shares = _share_adopted(np.exp(points[:, 0]), np.exp(points[:, 1]), np.arange(len(counts) + 1))
    by_week = np.maximum(points[:, 2:] * np.diff(shares), 1e-300)
    waiting = np.maximum(1 - points[:, 2] * shares[:, -1], 1e-300)
    return np.log(by_week) @ counts + (people - counts.sum()) * np.log(waiting)


def _overdispersion(point: np.ndarray, counts: np.ndarray, people: float) -> float:
    """How much more the weeks scatter around the curve than chance would have it, at least 1."""
    shares = _share_adopted(np.exp(point[:1]), np.exp(point[1:2]), np.arange(len(counts) + 1))
    expected = np.maximum(people * point[2] * np.diff(shares)[0], 0.5)
    return max(1.0, float(((counts - expected) ** 2 / expected).sum() / (len(counts) - 3)))


def _parameters(likely: pd.DataFrame, people: float, so_far: float) -> Estimates:
    table = pd.DataFrame([{"term": t, "means": MEANS[t], **_middle(likely[t], likely["weight"])} for t in MEANS])
    about = (
        f"Bass curve, median and {LEVEL:.0%} interval of the likelihood; p and q per week, ceiling a share of people"
    )
    told = [*(table["conf_high"] <= TOLD * table["conf_low"])[:2], _ceiling_told(table.iloc[2], 1 - so_far)]
    return Estimates(table.assign(told=told, n=int(people)), "", about, LEVEL)


def _ceiling_told(ceiling: pd.Series, possible: float) -> bool:
    return bool(ceiling["conf_high"] - ceiling["conf_low"] < 0.5 * possible) or possible < 0.05


def _middle(values: pd.Series | np.ndarray, weights: pd.Series) -> dict[str, float]:
    value, weight = np.asarray(values), np.asarray(weights)
    order = np.argsort(value, kind="stable")
    tail = (1 - LEVEL) / 2
    low, middle, high = np.interp([tail, 0.5, 1 - tail], np.cumsum(weight[order]) - weight[order] / 2, value[order])
    error = np.sqrt(np.average((value - np.average(value, weights=weight)) ** 2, weights=weight))
    return {"estimate": float(middle), "std_error": float(error), "conf_low": float(low), "conf_high": float(high)}


def _so_far(likely: pd.DataFrame, adopted: pd.DataFrame) -> Estimates:
    """The curve over the weeks that were, beside what happened in them."""
    people = int(adopted["people"].iloc[0])
    shares = _share_adopted(likely["p"].to_numpy(), likely["q"].to_numpy(), np.arange(1, len(adopted) + 1))
    reached = likely["ceiling"].to_numpy()[:, None] * shares
    rows = pd.DataFrame([_middle(week, likely["weight"]) for week in reached.T])
    table = rows.assign(week=adopted["week"].to_numpy(), adopted=(adopted["adopters"].cumsum() / people).to_numpy())
    about = f"Bass curve fitted to {len(adopted)} weeks, {LEVEL:.0%} interval of the likelihood"
    return Estimates(table.assign(n=people), "share of people", about, LEVEL)


def _forecast(likely: pd.DataFrame, adopted: pd.DataFrame, ahead: int) -> Estimates:
    """Share of people who have adopted by each of the coming weeks, chance of the weeks to come included."""
    people, so_far, now = int(adopted["people"].iloc[0]), int(adopted["adopters"].sum()), len(adopted)
    shares = _share_adopted(likely["p"].to_numpy(), likely["q"].to_numpy(), np.arange(now, now + ahead + 1))
    reached = likely["ceiling"].to_numpy()[:, None] * shares
    still = (reached[:, 1:] - reached[:, :1]) / np.maximum(1 - reached[:, :1], 1e-12)
    weeks = pd.date_range(adopted["week"].iloc[-1], periods=ahead + 1, freq="7D")[1:]
    rows = [_coming(still[:, k], likely, so_far, people) for k in range(ahead)]
    about = f"Bass curve fitted to {now} weeks, {LEVEL:.0%} interval with the chance of the weeks to come"
    return Estimates(pd.DataFrame(rows).assign(week=weeks, n=people), "share of people", about, LEVEL)


def _coming(chance: np.ndarray, likely: pd.DataFrame, so_far: int, people: int) -> dict[str, float]:
    # A binomial around each curve, scattered as the weeks so far were, stands as nine points of equal weight.
    points = norm.ppf((np.arange(9) + 0.5) / 9)
    waiting = people - so_far
    scatter = np.sqrt(waiting * chance * (1 - chance) * likely["spread"].to_numpy())
    values = np.clip(waiting * chance[:, None] + scatter[:, None] * points, 0, waiting) + so_far
    return _middle(values.ravel() / people, likely["weight"].repeat(9) / 9)
