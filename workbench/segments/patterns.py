"""Groups users by the shape of their use, beyond its volume.

Each person's weeks become a dozen *traits*. A Gaussian mixture with one covariance for all groups (traits that vary
together count once, noisy ones little; Fraley & Raftery 2002, JASA 97, 611–631) finds groups of similar people. The
first profile that a group's centre fits names it, and groups that read alike are one pattern: names go to centres, not
to people, so that one person's noisy year does not decide.

*How stable* a group is: people are drawn anew, with replacement, and grouped afresh; its agreement is the mean Jaccard
overlap with the people it then has (Hennig 2007, Computational Statistics & Data Analysis 52, 258–271). The number of
groups is the largest of which every single one is stable.

*Whether there are patterns at all*: people who differ in kind leave a gap. Each redraw picks the two groups with the
deepest valley between them; the people whom it left out must show the same valley: fewer of them half way than around
either centre. Where use differs by degree (one peak, seen from any direction) that happens by chance as often as a
binomial test says; twice the median of these chances over all redraws is again one (Meinshausen, Meier & Bühlmann 2009,
JASA 104, 1671–1681). How often it errs, and what it finds, is measured in benchmarks/segments.py.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import bdtr
from sklearn.metrics import adjusted_rand_score, confusion_matrix, silhouette_score
from threadpoolctl import threadpool_limits

from workbench.data.duckdb import as_table
from workbench.data.engine import Table, identifier
from workbench.errors import ContractError
from workbench.results.estimates import Estimates
from workbench.results.phrases import phrase, say
from workbench.results.shares import shares
from workbench.results.verdict import Stability
from workbench.segments.mixture import Mixture, fitted
from workbench.segments.profiles import PROFILES, Profile
from workbench.segments.traits import TRAITS, traits

HISTORY = 26  # weeks of access before use has a shape
FEWEST = 100  # people
MOST_FITTED = 3_000  # people whom groups are found in; all others are assigned to them
GROUPS = range(1, 11)
TRIALS, REDRAWS = 8, 40  # redraws for each number of groups, and for the chosen one
CHANCE = 0.05  # how often use that differs by degree may pass for patterns
STABLE = 0.75  # agreement from which a pattern is stable (Hennig 2008, J. Multivariate Analysis 99, 1154–1176)
NEVER, TOO_NEW, UNCLEAR = phrase("never started"), phrase("too new to tell"), phrase("no clear pattern")
# Groups are made of these. Regularity follows from the level, and so do others from one another; discretionary share
# and response to training say more about what was asked and offered than about the person. They are shown, not used.
USED = ["level", "change", "breadth", "depth", "empty_days", "quality", "incentive_response"]


@dataclass(frozen=True)
class Model:
    """What it takes to call somebody something: scales, groups, and the names of the groups."""

    middle: pd.Series
    scale: pd.Series
    mixture: Mixture
    names: NDArray[np.object_]

    def scaled(self, people: pd.DataFrame) -> NDArray[np.float64]:
        """The traits that groups are made of; unknown ones in the middle."""
        return _scaled(_used(people)[self.middle.index], self.middle, self.scale)

    @property
    def groups(self) -> int:
        """How many."""
        return self.mixture.groups

    def group(self, people: pd.DataFrame) -> NDArray[np.int64]:
        """The number of each person's likeliest group."""
        return self.mixture.group(self.scaled(people))

    def label(self, people: pd.DataFrame) -> NDArray[np.object_]:
        """Its name."""
        return self.names[self.group(people)]

    def valley(self, scaled: NDArray[np.float64], one: int, other: int) -> float:
        """The chance that people with one peak are so few half way between two groups' centres.

        scaled : the people's traits, as `scaled` gives them
        """
        apart = self.mixture.means[other] - self.mixture.means[one]
        direction = self.mixture.precision @ apart
        way = (scaled - self.mixture.means[one]) @ direction / (apart @ direction)
        first, middle, last = (int((np.abs(way - place) < 1 / 6).sum()) for place in (0, 0.5, 1))
        return float(max(bdtr(middle, middle + side, 0.5) for side in (first, last)))


@dataclass(frozen=True)
class Patterns:
    """The patterns found, how sure they are, and what it takes to find them in other people.

    labels : user_id, pattern
    centres : one row per pattern, most people first: pattern, n (people), of_all (their share), agreement (mean Jaccard
        overlap over redraws, 0 to 1), found_again (share of redraws in which it exceeds one half), verdict ("stable"
        from an agreement of .75, else "shaky"; empty where there is nothing to find), and the mean of every trait
    choice : one row per number of groups: groups, patterns, least (agreement of the group least found again; of the
        chosen number that of its patterns in `centres`, which more redraws tell), chosen
        (the most groups with `least` from .75), bic, silhouette (Rousseeuw 1987), agreement (adjusted Rand index of its
        patterns with the chosen ones; 1 is the same)
    chance : how often people who differ by degree only would look like this
    agreement : adjusted Rand index with the patterns found among people drawn anew, mean over redraws
    """

    labels: pd.DataFrame
    centres: pd.DataFrame
    choice: pd.DataFrame
    chance: float
    agreement: float
    model: Model
    profiles: tuple[Profile, ...]

    @property
    def structured(self) -> bool:
        """Whether there are patterns at all; if not, labels say "no clear pattern"."""
        return self.chance < CHANCE

    @property
    def shares(self) -> Estimates:
        """How many of all people follow each pattern: pattern, share, its Wilson interval, n (people who do)."""
        counts = self.centres.assign(k=self.centres["n"], n=self.centres["n"].sum())
        found = shares(counts, ["pattern"], phrase("share of people"), phrase("everybody with access"))
        return replace(found, table=found.table.assign(n=self.centres["n"]))

    def assign(self, traits: Any) -> pd.DataFrame:
        """The patterns of other people, or of the same at another time: user_id, pattern.

        traits : the answer of `traits` for them
        """
        people = _people(as_table(traits))
        return _labelled(people, self.model if self.structured else None)

    @property
    def people(self) -> int:
        """How many people were looked at for patterns: those with history enough and some use."""
        return int((~self.labels["pattern"].isin([NEVER, TOO_NEW])).sum())

    def near_choice(self) -> pd.DataFrame:
        """The rows of `choice` for the chosen number of groups, one fewer and one more."""
        chosen = int(self.choice.loc[self.choice["chosen"], "groups"].item())
        return self.choice[(self.choice["groups"] - chosen).abs() <= 1].reset_index(drop=True)

    def definitions(self) -> pd.DataFrame:
        """What each pattern found means, for the page: pattern, means; the first that fits a centre names it."""
        found = set(self.labels["pattern"])
        means = {profile.name: profile.means for profile in self.profiles} | {
            NEVER: say("no action at all"),
            TOO_NEW: say("fewer than {weeks} weeks of access", weeks=HISTORY),
            UNCLEAR: say("differs by degree only"),
        }
        return pd.DataFrame([pair for pair in means.items() if pair[0] in found], columns=["pattern", "means"])

    def __str__(self) -> str:
        if not self.structured:
            return f"No clear patterns among {self.people:,} people: their use differs by degree, not in kind."
        found = len(set(self.labels["pattern"]) - {NEVER, TOO_NEW})
        return (
            f"{found} patterns among {self.people:,} people;"
            f" drawn anew, they agree to {self.agreement:.2f} (Rand index)."
        )

    def _repr_html_(self) -> str:
        return f"<p>{self}</p>" + str(self.centres.round(2).to_html(index=False))


def patterns(
    panel: Any, actions: Any, incentives: Any = None, profiles: tuple[Profile, ...] = PROFILES, seed: int = 0
) -> Patterns:
    """The adoption patterns among people with at least `HISTORY` weeks of access and some use.

    panel, actions, incentives : as in `traits`
    profiles : names, of which the first that fits a group's centre counts; the last one takes everyone else
    seed : of starting points and redraws; the same input and seed give the same patterns, in any order of rows
    Groups are found among at most `MOST_FITTED` people, drawn at random; everybody is then assigned to them.
    Raises ContractError for fewer than `FEWEST` such people.
    >>> panel = pd.DataFrame({"user_id": ["a"], "week": pd.to_datetime(["2025-01-06"]), "actions": 4, "active_days": 2,
    ...     "features": 1, "compulsory": 0, "trained": pd.NaT})
    >>> actions = pd.DataFrame({"user_id": ["a"], "date": pd.to_datetime(["2025-01-06"]), "action": "update"})
    >>> patterns(panel, actions)
    Traceback (most recent call last):
    workbench.errors.ContractError: patterns need 100 people with 26 weeks of access and some use, but there are 0.
      Take a longer period, or show usage segments instead.
    """
    people = _people(traits(panel, actions, incentives))
    known = people[_has_shape(people)].reset_index(drop=True)
    if len(known) < FEWEST:
        raise ContractError(
            f"patterns need {FEWEST} people with {HISTORY} weeks of access and some use, but there are {len(known)}.\n"
            "  Take a longer period, or show usage segments instead."
        )
    rng = np.random.default_rng(seed)
    if len(known) > MOST_FITTED:
        known = known.iloc[np.sort(rng.choice(len(known), MOST_FITTED, replace=False))].reset_index(drop=True)
    with threadpool_limits(1):  # sums in one order: the same patterns on every machine
        return _found(people, known, profiles, rng)


def _people(table: Table) -> pd.DataFrame:
    """Sorted, since the order of people must not matter."""
    return table.to_pandas().sort_values("user_id", kind="stable").reset_index(drop=True)


def _has_shape(people: pd.DataFrame) -> pd.Series:
    return (people["weeks"] >= HISTORY) & (people["level"] > 0)


def paths(panel: Any, labels: pd.DataFrame, value: str = "active_days") -> pd.DataFrame:
    """The mean week of each pattern: pattern, week, estimate (mean of `value`), n (people with access that week).

    People who never started, or of whom it is too early to say, follow no pattern and have none.
    panel : user-weeks; reads `user_id`, `week` and `value`
    labels : user_id, pattern, as `patterns` finds them

    >>> weeks = pd.to_datetime(["2025-01-06", "2025-01-06"])
    >>> panel = pd.DataFrame({"user_id": ["a", "b"], "week": weeks, "active_days": [4, 2]})
    >>> paths(panel, pd.DataFrame({"user_id": ["a", "b"], "pattern": "steady"}))[["estimate", "n"]].to_numpy().tolist()
    [[3.0, 2.0]]
    """
    followed = labels[~labels["pattern"].isin([NEVER, TOO_NEW, UNCLEAR])]
    return (
        as_table(panel)
        .sql(
            f"""
            select pattern, week, avg({identifier(value)}) as estimate, cast(count(*) as bigint) as n
            from this join labels on labels.user_id = this.user_id group by pattern, week order by pattern, week""",
            labels=as_table(followed),
        )
        .to_pandas()
    )


def with_patterns(panel: Any, labels: pd.DataFrame) -> Table:
    """The panel with everybody's `pattern`.

    panel : any table with `user_id`
    labels : user_id, pattern, as `patterns` finds them
    Returns a lazy Table with the panel's columns and `pattern`; rows of people without one are left out.

    >>> panel = pd.DataFrame({"user_id": ["a", "b"], "actions": [3, 4]})
    >>> with_patterns(panel, pd.DataFrame({"user_id": ["a"], "pattern": ["steady"]})).to_pandas().to_numpy().tolist()
    [['a', 3, 'steady']]
    """
    text = "select this.*, labels.pattern from this join labels on labels.user_id = this.user_id"
    return as_table(panel).sql(text, labels=as_table(labels))


def enough(panel: Any) -> bool:
    """Whether enough people have the history and the use that patterns need.

    panel : user-weeks; reads `user_id`, `active_days`

    >>> enough(pd.DataFrame({"user_id": ["a"], "active_days": [4]}))
    False
    """
    text = f"""
        select user_id from this group by user_id having count(*) >= {HISTORY} and sum(active_days) > 0"""
    return bool(as_table(panel).sql(text).to_arrow().num_rows >= FEWEST)


def _found(
    people: pd.DataFrame, known: pd.DataFrame, profiles: tuple[Profile, ...], rng: np.random.Generator
) -> Patterns:
    fits = [_fit(known, groups, profiles, rng) for groups in GROUPS]
    least = [_least_stable(known, fit, profiles, rng) for fit in fits]
    chosen = max((fit for fit, found in zip(fits, least, strict=True) if found >= STABLE), key=lambda fit: fit.groups)
    redraws = [_redrawn(known, chosen.groups, profiles, rng) for _ in range(REDRAWS)]
    chance = min(1.0, 2 * float(np.median([_apart(*redraw) for redraw in redraws])))
    named, again = chosen.label(known), [fit.label(known) for fit, *_ in redraws]
    labels = _labelled(people, chosen if chance < CHANCE else None)
    centres = _centres(people, labels, _stability(named, again) if chance < CHANCE else {})
    agreement = float(np.mean([adjusted_rand_score(named, other) for other in again]))
    if chance < CHANCE:
        least[chosen.groups - GROUPS[0]] = float(centres["agreement"].min())
    return Patterns(labels, centres, _choice(known, fits, least, chosen), chance, agreement, chosen, profiles)


def _fit(known: pd.DataFrame, groups: int, profiles: tuple[Profile, ...], rng: np.random.Generator) -> Model:
    used = _used(known)
    scale = used.std()
    used, scale = used.loc[:, scale > 0], scale[scale > 0]
    middle = used.mean()
    scaled = _scaled(used, middle, scale)
    mixture = fitted(scaled, groups, seed=int(rng.integers(2**31)))
    centres = known[list(TRAITS)].astype(float).groupby(mixture.group(scaled)).mean().reindex(range(groups))
    names = [next(profile.name for profile in profiles if profile.fits(centre)) for _, centre in centres.iterrows()]
    return Model(middle, scale, mixture, np.array(names, dtype=object))


def _scaled(used: pd.DataFrame, middle: pd.Series, scale: pd.Series) -> NDArray[np.float64]:
    values, centre = used.to_numpy(dtype=float), middle.to_numpy(dtype=float)
    return np.asarray((np.where(np.isnan(values), centre, values) - centre) / scale.to_numpy(dtype=float))


def _used(people: pd.DataFrame) -> pd.DataFrame:
    # The logarithm, so that a few bulk edits do not make a pattern of their own.
    return people[USED].astype(float).assign(depth=np.log1p(people["depth"].astype(float)))


Redraw = tuple[Model, pd.DataFrame, pd.DataFrame]  # what was found, the people drawn, the people left out


def _redrawn(known: pd.DataFrame, groups: int, profiles: tuple[Profile, ...], rng: np.random.Generator) -> Redraw:
    draw = rng.integers(0, len(known), len(known))
    drawn = known.iloc[draw].reset_index(drop=True)
    return _fit(drawn, groups, profiles, rng), drawn, known.drop(draw)


def _least_stable(known: pd.DataFrame, fit: Model, profiles: tuple[Profile, ...], rng: np.random.Generator) -> float:
    """Mean agreement of the group that is least found again; everybody together is always found."""
    if fit.groups == 1:
        return 1.0
    group = fit.group(known)
    redraws = (_redrawn(known, fit.groups, profiles, rng)[0].group(known) for _ in range(TRIALS))
    return float(np.mean([_best_overlaps(group, other, fit.groups) for other in redraws], axis=0).min())


def _best_overlaps(group: NDArray[np.int64], other: NDArray[np.int64], groups: int) -> NDArray[np.float64]:
    """For every group the Jaccard overlap with the other grouping's group that is most like it."""
    both = confusion_matrix(group, other, labels=range(groups))
    either = both.sum(axis=1)[:, None] + both.sum(axis=0) - both
    return np.asarray((both / np.maximum(either, 1)).max(axis=1))


def _apart(fit: Model, drawn: pd.DataFrame, left_out: pd.DataFrame) -> float:
    """The chance of the valley in people left out, between the two patterns where it is deepest in those drawn."""
    pairs = [(a, b) for a, b in combinations(range(fit.groups), 2) if fit.names[a] != fit.names[b]]
    if not pairs:
        return 1.0
    inside = fit.scaled(drawn)
    return fit.valley(fit.scaled(left_out), *min(pairs, key=lambda pair: fit.valley(inside, *pair)))


def _labelled(people: pd.DataFrame, model: Model | None) -> pd.DataFrame:
    names = np.where(people["weeks"] < HISTORY, TOO_NEW, NEVER).astype(object)
    shaped = _has_shape(people).to_numpy()
    if shaped.any():
        names[shaped] = UNCLEAR if model is None else model.label(people[shaped])
    return pd.DataFrame({"user_id": people["user_id"], "pattern": names})


def _stability(named: NDArray[np.object_], again: list[NDArray[np.object_]]) -> dict[str, list[float]]:
    """Per pattern, its Jaccard overlap with each redraw's pattern of that name."""
    return {name: [_jaccard(named == name, other == name) for other in again] for name in sorted(set(named))}


def _jaccard(one: NDArray[np.bool_], other: NDArray[np.bool_]) -> float:
    return float((one & other).sum() / (one | other).sum())


def _centres(people: pd.DataFrame, labels: pd.DataFrame, stability: dict[str, list[float]]) -> pd.DataFrame:
    groups = people.groupby(labels["pattern"])
    table = pd.DataFrame({"n": groups.size()})
    overlaps = pd.DataFrame(stability, dtype=float)
    again = (overlaps > 0.5).mean().where(overlaps.notna().any())
    table = table.assign(of_all=table["n"] / len(people), agreement=overlaps.mean(), found_again=again)
    found = [table["agreement"] >= STABLE, table["agreement"].notna()]
    verdict = np.select(found, [Stability.STABLE, Stability.SHAKY], Stability.NONE)
    table = table.assign(verdict=verdict).join(groups[list(TRAITS)].mean())
    return table.reset_index().sort_values(["n", "pattern"], ascending=[False, True], ignore_index=True)


def _choice(known: pd.DataFrame, fits: list[Model], least: list[float], chosen: Model) -> pd.DataFrame:
    named = chosen.label(known)
    names, scaled = [fit.label(known) for fit in fits], chosen.scaled(known)
    return pd.DataFrame(
        {
            "groups": [fit.groups for fit in fits],
            "patterns": [len(set(told)) for told in names],
            "least": least,
            "chosen": [fit is chosen for fit in fits],
            "bic": [fit.mixture.bic(scaled) for fit in fits],
            "silhouette": [_silhouette(scaled, fit.group(known)) for fit in fits],
            "agreement": [adjusted_rand_score(named, told) for told in names],
        }
    )


def _silhouette(scaled: NDArray[np.float64], group: NDArray[np.int64]) -> float:
    return float(silhouette_score(scaled, group)) if len(set(group)) > 1 else float("nan")
