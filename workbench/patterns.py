"""Groups users by the shape of their use, beyond its volume.

Each person's weeks become a dozen *traits*; a Gaussian mixture with one covariance for all groups, started from
k-means, finds groups of similar people, so that traits that vary together count once and noisy ones count less; every
group is named by the first rule in `RULES` that its centre meets, and groups of one name are one pattern. Names are
given to centres, not to people, so that one person's noisy year does not decide.

The number of groups, from 5 to 10, is the one with the highest silhouette (Rousseeuw 1987). How stable a pattern is, is
how much of it is found again when the people are drawn anew (bootstrap; Hennig 2007, Computational Statistics & Data
Analysis 52, 258–271). Whether there are patterns at all is a test: the same search in data of the same spread without
groups must do clearly worse (after Liu et al. 2008, JASA 103(483), 1281–1293).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score, silhouette_score
from sklearn.mixture import GaussianMixture

from workbench.contract import PRESENCE, ContractError
from workbench.engines import Table, as_table, literals

HISTORY = 26  # weeks of access before somebody's year has a shape
AROUND = 8  # weeks before and after a training or an incentive
GROUPS = range(5, 11)  # fewer only cut off the extremes; too many do no harm, since groups that read alike are one
RESAMPLES = 20
GROUPLESS = 19  # data sets without groups: doing better than all of them has a chance of 1 in 20
LEAST_SILHOUETTE = 0.25  # below it "no substantial structure" (Kaufman & Rousseeuw 1990, Finding Groups in Data, p. 88)
FEWEST = 100  # people

NEVER, TOO_NEW, UNCLEAR = "never started", "too new to tell", "no clear pattern"
TRAITS = {
    "level": "active days a week",
    "change": "last quarter of the weeks against the first, active days a week",
    "regularity": "share of weeks active",
    "breadth": "features used in an active week",
    "depth": "actions on an active day",
    "empty_days": "days a week on which they logged in and did nothing",
    "quality": "share of required fields filled",
    "discretionary": "share of actions that nobody required",
    "incentive_response": "weeks with an incentive against the 8 before and the 8 after, active days a week",
    "unrewarded": "active days a week in these weeks before and after",
    "training_response": "8 weeks after training against 8 before, active days a week",
}
# What groups are made of. Regularity follows from the level; discretionary share and response to training say more
# about what was asked and offered than about the person. They are shown, not used.
USED = ["level", "change", "breadth", "depth", "empty_days", "quality", "incentive_response"]
# Traits in days a week have a size of their own: so many days are as much as the spread of any other trait.
DAYS = {"level": 4.0, "change": 4.0, "empty_days": 2.0, "incentive_response": 2.0}
CLEAR = 1.0  # active days a week: smaller responses are within what a dozen weeks scatter


@dataclass(frozen=True)
class Rule:
    """A pattern's name, and what its centre must show."""

    name: str
    means: str
    fits: Callable[[pd.Series], bool]

    def __str__(self) -> str:
        return f"{self.name}: {self.means}"


RULES = (
    Rule(
        "going through the motions",
        "1+ days a week of logging in only, and more such days than days of work",
        lambda c: c.empty_days >= 1 and c.empty_days > c.level,
    ),
    Rule(
        "incentive-driven",
        "an incentive at least doubles their days, by 1+ a week",
        lambda c: c.incentive_response >= max(1.0, c.unrewarded),
    ),
    Rule("late bloomer", "1.25+ active days a week more at the end than at the start", lambda c: c.change >= 1.25),
    Rule("fading", "1.25+ active days a week fewer at the end than at the start", lambda c: c.change <= -1.25),
    Rule("champion", "3.5+ active days a week", lambda c: c.level >= 3.5),
    Rule("resister", "fewer than 1 active day a week", lambda c: c.level < 1),
    Rule("steady", "everyone else", lambda c: True),
)


@dataclass(frozen=True)
class Patterns:
    """The patterns found, how sure they are, and what it takes to find them in other people.

    labels : user_id, pattern
    centres : one row per pattern: pattern, users, share, stability (mean Jaccard agreement over resamples, 0 to 1;
        above .75 is stable, below .5 dissolved), and the mean of every trait
    choice : one row per number of groups: groups, patterns, silhouette, bic, agreement (adjusted Rand index with the
        chosen one; 1 is the same), chosen
    reproducibility : adjusted Rand index with the patterns found among people drawn anew, mean over resamples
    structured : whether the data show patterns at all; if not, labels say "no clear pattern"
    """

    labels: pd.DataFrame
    centres: pd.DataFrame
    choice: pd.DataFrame
    silhouette: float
    reproducibility: float
    structured: bool
    about: str
    model: Model

    def assign(self, traits: Any) -> pd.DataFrame:
        """The patterns of other people, or of the same at another time: user_id, pattern.

        traits : the answer of `traits` for them
        """
        people = _people(as_table(traits))
        clear = self.structured
        return _labelled(people, lambda known: self.model.label(known) if clear else np.full(len(known), UNCLEAR))

    def definitions(self) -> list[str]:
        """What each pattern found means, one sentence each."""
        found = set(self.labels["pattern"])
        fixed = {NEVER: "no action at all", TOO_NEW: f"fewer than {HISTORY} weeks of access", UNCLEAR: "see above"}
        return [str(r) for r in RULES if r.name in found] + [f"{k}: {v}" for k, v in fixed.items() if k in found]

    def _repr_html_(self) -> str:
        return f"<p>{self.about}</p>" + str(self.centres.round(2).to_html(index=False))


@dataclass(frozen=True)
class Model:
    """Scales, the mixture, and the names of its groups."""

    middle: pd.Series
    spread: pd.Series
    mixture: GaussianMixture
    names: np.ndarray

    def label(self, people: pd.DataFrame) -> np.ndarray:
        """The name of the likeliest group."""
        return self.names[self.group(people)]

    def group(self, people: pd.DataFrame) -> np.ndarray:
        """The number of the likeliest group."""
        return np.asarray(self.mixture.predict(_scaled(people, self.middle, self.spread)))


def patterns(panel: Any, actions: Any, incentives: Any = None, seed: int = 0) -> Patterns:
    """Find the adoption patterns among people with at least `HISTORY` weeks of access.

    panel, actions, incentives : as in `traits`
    seed : of the starting points and resamples; the same input and seed give the same patterns
    Raises ContractError for fewer than `FEWEST` people who have used the system and have that history.
    """
    people = _people(traits(panel, actions, incentives))
    known = people[_has_shape(people)].reset_index(drop=True)
    if len(known) < FEWEST:
        raise ContractError(
            f"patterns need {FEWEST} people with {HISTORY} weeks of access and some use, but there are {len(known)}.\n"
            "  Take a longer period, or show usage segments instead."
        )
    return _found(people, known, seed)


def traits(panel: Any, actions: Any, incentives: Any = None) -> Table:
    """The shape of each person's use.

    panel : user-weeks as `user_weeks` returns them
    actions : kept rows of the log of the same period, as `actions` returns them; reads `user_id`, `date`, `action` and,
        where there are any, `fields_required` and `fields_filled`
    incentives : the incentives table; who had one when, by `team` or `user_id`, `starts_on`, `ends_on`
    Returns a lazy Table, one row per user: user_id, weeks (with access) and `TRAITS`; responses are 0 where nobody was
    offered anything, a share is missing where nothing is known.
    """
    given = as_table(panel)
    weeks = _with_windows(given, None if incentives is None else as_table(incentives))
    return _from_weeks(weeks).sql(_JOINED, logged=_from_log(as_table(actions)))


def _with_windows(panel: Table, incentives: Table | None) -> Table:
    """The user-weeks with `rewarded` (0 or 1)."""
    eligible = "where coalesce(eligible, true)" if "eligible" in panel.columns else ""
    if incentives is None:
        return panel.sql(f"select *, 0 as rewarded from this {eligible}")
    start = "cast(this.week as date)"
    end = panel.engine.dialect.date_plus.format(date=start, days=6)
    offered = " union ".join(
        f"select this.user_id, this.week from this join incentives on incentives.{key} = this.{key}"
        f" and incentives.starts_on <= {end} and coalesce(incentives.ends_on, {end}) >= {start}"
        for key in ("team", "user_id")
        if key in incentives.columns
    )
    return panel.sql(
        f"""
        with offered as ({offered})
        select this.*, case when offered.week is null then 0 else 1 end as rewarded
        from this left join offered on offered.user_id = this.user_id and offered.week = this.week {eligible}""",
        incentives=incentives,
    )


def _from_weeks(weeks: Table) -> Table:
    days, double = weeks.engine.dialect.days, weeks.engine.dialect.double
    taught, started, ended = (days.format(a=day, b="day") for day in ("taught_on", "first_reward", "last_reward"))

    def mean(of: str, where: str) -> str:
        return f"avg(case when {where} then cast({of} as {double}) end)"

    def use(where: str) -> str:
        return mean("active_days", where)

    reach = 7 * AROUND
    before, after = use(f"{started} between {-reach} and -1"), use(f"{ended} between 1 and {reach}")
    # The mean of before and after, so that somebody who rises or falls all year does not seem to respond.
    around = f"(coalesce({before}, {after}) + coalesce({after}, {before})) / 2"
    return weeks.sql(f"""
        with dated as (select this.*, cast(week as date) as day, cast(trained as date) as taught_on from this),
        placed as (
            select dated.*, row_number() over (partition by user_id order by day) as nth,
                count(*) over (partition by user_id) as of_them,
                min(case when rewarded = 1 then day end) over (partition by user_id) as first_reward,
                max(case when rewarded = 1 then day end) over (partition by user_id) as last_reward
            from dated
        )
        select user_id, cast(count(*) as bigint) as weeks, {use("true")} as level,
            coalesce({use("4 * nth > 3 * of_them")} - {use("4 * (nth - 1) < of_them")}, 0) as change,
            {mean("case when active_days > 0 then 1 else 0 end", "true")} as regularity,
            {mean("features", "active_days > 0")} as breadth,
            cast(sum(actions) as {double}) / nullif(sum(active_days), 0) as depth,
            1 - cast(sum(compulsory) as {double}) / nullif(sum(actions), 0) as discretionary,
            coalesce({use("rewarded = 1")} - {around}, 0) as incentive_response,
            coalesce({around}, {use("true")}) as unrewarded,
            coalesce({use(f"{taught} between 0 and {reach - 1}")} - {use(f"{taught} between {-reach} and -1")}, 0)
                as training_response
        from placed group by user_id""")


def _from_log(actions: Table) -> Table:
    """user_id, empty (days of mere presence), quality."""
    double = actions.engine.dialect.double
    both = {"fields_required", "fields_filled"} <= set(actions.columns)
    required, filled = ("fields_required", "fields_filled") if both else ("0", "0")
    return actions.sql(f"""
        with days as (
            select user_id, date, min(case when action in ({literals(PRESENCE)}) then 1 else 0 end) as empty,
                sum({required}) as required, sum({filled}) as filled
            from this group by user_id, date
        )
        select user_id, cast(sum(empty) as {double}) as empty,
            cast(sum(filled) as {double}) / nullif(sum(required), 0) as quality
        from days group by user_id""")


_JOINED = """
    select this.user_id, weeks, level, change, regularity, breadth, depth, coalesce(empty, 0) / weeks as empty_days,
        quality, discretionary, incentive_response, unrewarded, training_response
    from this left join logged on logged.user_id = this.user_id"""


# ── people and their traits ─────────────────────────────────────────────────────────────────────────────────────


def _people(table: Table) -> pd.DataFrame:
    """Sorted, since the order of people must not matter."""
    return table.to_pandas().sort_values("user_id", kind="stable").reset_index(drop=True)


def _has_shape(people: pd.DataFrame) -> pd.Series:
    return (people["weeks"] >= HISTORY) & (people["level"] > 0)


def _labelled(people: pd.DataFrame, label: Callable[[pd.DataFrame], np.ndarray]) -> pd.DataFrame:
    names = np.where(people["weeks"] < HISTORY, TOO_NEW, NEVER).astype(object)
    shaped = _has_shape(people).to_numpy()
    if shaped.any():
        names[shaped] = label(people[shaped])
    return pd.DataFrame({"user_id": people["user_id"], "pattern": names})


def _used(people: pd.DataFrame) -> pd.DataFrame:
    response = people["incentive_response"]
    clear = np.sign(response) * np.maximum(response.abs() - CLEAR, 0.0)
    # The logarithm, so that a few bulk edits do not make a pattern of their own.
    return people[USED].assign(depth=np.log1p(people["depth"]), incentive_response=clear).astype(float)


def _scale(people: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    used = _used(people)
    spread = used.quantile(0.95) - used.quantile(0.05)
    return used.median().fillna(0.0), spread.where(spread > 0, 1.0).fillna(1.0).mask(spread.index.isin(DAYS)).fillna(
        DAYS
    )


def _scaled(people: pd.DataFrame, middle: pd.Series, spread: pd.Series) -> np.ndarray:
    """Medians 0, nobody further out than two spreads; unknown traits in the middle."""
    return ((_used(people).fillna(middle) - middle) / spread).clip(-2, 2).to_numpy(dtype=float)


# ── groups, patterns, stability ─────────────────────────────────────────────────────────────────────────────────


def _found(people: pd.DataFrame, known: pd.DataFrame, seed: int) -> Patterns:
    fits = {groups: _fit(known, groups, seed) for groups in GROUPS}
    silhouettes = {groups: _silhouette(known, fit) for groups, fit in fits.items()}
    chosen = max(GROUPS, key=lambda groups: round(silhouettes[groups], 6))
    structured = _structured(known, fits[chosen], silhouettes[chosen], seed)
    found = fits[chosen].label(known) if structured else np.full(len(known), UNCLEAR)
    labels = _labelled(people, lambda _: found)
    again = _resampled(known, chosen, seed) if structured else []
    reproducibility = float(np.mean([adjusted_rand_score(found, r) for r in again])) if again else 0.0
    about = _sentence(found, chosen, silhouettes[chosen], reproducibility, structured)
    return Patterns(
        labels,
        _centres(people, labels, _stability(found, again)),
        _choice(known, fits, silhouettes, chosen),
        silhouettes[chosen],
        reproducibility,
        structured,
        about,
        fits[chosen],
    )


def _fit(known: pd.DataFrame, groups: int, seed: int) -> Model:
    middle, spread = _scale(known)
    scaled = _scaled(known, middle, spread)
    start = KMeans(groups, n_init=5, random_state=seed).fit(scaled)
    mixture = GaussianMixture(
        groups,
        covariance_type="tied",
        means_init=start.cluster_centers_,
        weights_init=np.bincount(start.labels_, minlength=groups) / len(scaled),
        reg_covar=1e-3,
        random_state=seed,
    ).fit(scaled)
    centres = known[list(TRAITS)].groupby(mixture.predict(scaled)).mean().reindex(range(groups))
    return Model(middle, spread, mixture, np.array([_name(centre) for _, centre in centres.iterrows()], dtype=object))


def _name(centre: pd.Series) -> str:
    return next(rule.name for rule in RULES if rule.fits(centre))


def _silhouette(known: pd.DataFrame, fit: Model) -> float:
    return _apart(_scaled(known, fit.middle, fit.spread), fit.group(known))


def _apart(scaled: np.ndarray, groups: np.ndarray) -> float:
    return float(silhouette_score(scaled, groups)) if len(set(groups)) > 1 else 0.0


def _structured(known: pd.DataFrame, fit: Model, silhouette: float, seed: int) -> bool:
    """Whether groups stand apart, and by more than in any data of the same spread without groups."""
    if silhouette < LEAST_SILHOUETTE or len(set(fit.label(known))) < 2:
        return False
    rng, scaled = np.random.default_rng([seed, 0]), _scaled(known, fit.middle, fit.spread)
    draws = (rng.multivariate_normal(scaled.mean(0), np.cov(scaled.T), len(scaled)) for _ in range(GROUPLESS))
    groups = fit.mixture.n_components
    return all(
        silhouette > _apart(data, KMeans(groups, n_init=1, random_state=seed).fit_predict(data)) for data in draws
    )


def _resampled(known: pd.DataFrame, groups: int, seed: int) -> list[np.ndarray]:
    """Everybody's pattern as found in people drawn anew with replacement."""
    rng = np.random.default_rng([seed, 1])
    draws = (rng.integers(0, len(known), len(known)) for _ in range(RESAMPLES))
    return [_fit(known.iloc[draw].reset_index(drop=True), groups, seed).label(known) for draw in draws]


def _stability(found: np.ndarray, again: list[np.ndarray]) -> dict[str, float]:
    return {name: float(np.mean([_jaccard(found == name, r == name) for r in again])) for name in set(found) if again}


def _jaccard(one: np.ndarray, other: np.ndarray) -> float:
    return float((one & other).sum() / (one | other).sum())


def _choice(known: pd.DataFrame, fits: dict[int, Model], silhouettes: dict[int, float], chosen: int) -> pd.DataFrame:
    named = {groups: fit.label(known) for groups, fit in fits.items()}
    return pd.DataFrame(
        {
            "groups": list(fits),
            "patterns": [len(set(names)) for names in named.values()],
            "silhouette": list(silhouettes.values()),
            "bic": [fit.mixture.bic(_scaled(known, fit.middle, fit.spread)) for fit in fits.values()],
            "agreement": [adjusted_rand_score(named[chosen], names) for names in named.values()],
            "chosen": [groups == chosen for groups in fits],
        }
    )


def _centres(people: pd.DataFrame, labels: pd.DataFrame, stability: dict[str, float]) -> pd.DataFrame:
    groups = people.groupby(labels["pattern"])
    table = groups[list(TRAITS)].mean()
    table.insert(0, "users", groups.size())
    table.insert(1, "share", table["users"] / len(people))
    table.insert(2, "stability", pd.Series(stability, dtype=float).reindex(table.index))
    return table.sort_values("users", ascending=False, kind="stable").reset_index()


def _sentence(found: np.ndarray, groups: int, silhouette: float, reproducibility: float, structured: bool) -> str:
    if not structured:
        return (
            f"No clear patterns among {len(found):,} people: their use differs by degree, not in kind"
            f" (silhouette {silhouette:.2f})."
        )
    return (
        f"{len(set(found))} patterns among {len(found):,} people, from {groups} groups of similar use"
        f" (silhouette {silhouette:.2f}); drawn anew, they agree to {reproducibility:.2f} (adjusted Rand index)."
    )
