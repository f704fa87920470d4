"""What an offer is worth to whom, and whether choosing by it is better than choosing at random.

Each person's score is doubly robust (AIPW): what regressions on both sides expect, corrected by what was seen. Scores
and the choice are cross-fitted: nobody's score or rank comes from a regression that has seen them. So the value of the
choice is honest, and its interval is that of people left out.

Sources: Robins, Rotnitzky & Zhao (1994), JASA 89, 846–866; Chernozhukov et al. (2018), Econometrics Journal 21, C1–C68;
Athey & Wager (2021), Econometrica 89, 133–161; Kennedy (2023), Electronic Journal of Statistics 17, 3008–3049.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats
from sklearn.compose import make_column_transformer
from sklearn.linear_model import RidgeCV
from sklearn.model_selection import GroupKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from workbench.errors import ContractError
from workbench.planning.experience import NUMBERS, Experience
from workbench.results.estimates import LEVEL, Estimates
from workbench.results.phrases import say

Floats = NDArray[np.float64]
FOLDS = 5
FEWEST = 60  # offers, and people who waited, from which worth is learned
PENALTIES = np.logspace(-1, 4, 11)  # of ridge regressions, chosen by leave-one-out


@dataclass(frozen=True, eq=False)
class Worth:
    """What an offer is worth.

    programme : what is offered
    model : predicts worth, in active days a week, from the features of `features_at`
    gain : choosing the best over random, and over the lowest users first, in active days a week and person chosen
    share : of the people who are chosen
    """

    programme: str
    model: Any
    gain: Estimates
    share: float

    @property
    def holds(self) -> bool:
        """Whether choosing by worth is clearly better than choosing at random."""
        return bool(self.gain.table["conf_low"].iloc[0] > 0)

    def of(self, people: pd.DataFrame) -> Floats:
        """What an offer would bring each person, active days a week."""
        return np.asarray(self.model.predict(people), float)


def worth(past: Experience, share: float, seed: int = 0) -> Worth:
    """Learns what an offer is worth to whom, and how much choosing by it gains on people left out.

    past : offers by lot; share : of the people who can be offered it, above 0 and below 1
    seed : of the folds
    Raises ContractError where fewer than 60 offers, or people who waited, are known.

    >>> rng = np.random.default_rng(0)
    >>> rows = pd.DataFrame({name: rng.normal(size=400) for name in NUMBERS}).assign(role=["a", "b"] * 200, share=0.5)
    >>> rows["user_id"], rows["offered"] = range(400), rng.random(400) < 0.5
    >>> rows["outcome"] = rng.normal(size=400) + 3.0 * rows["offered"] * (rows["role"] == "b")
    >>> worth(Experience("Coaching", rows), share=0.5).holds
    True
    """
    rows = past.rows.reset_index(drop=True)
    fewest = int(min(rows["offered"].sum(), (~rows["offered"]).sum()))
    if fewest < FEWEST:
        rule = say(
            "worth is learned from {needed} offers and as many who waited, but of {name} there are {n}.",
            needed=FEWEST,
            name=past.programme,
            n=fewest,
        )
        raise ContractError(rule)
    coded = _coded().fit(rows)
    lots = _Lots(
        np.asarray(coded.transform(rows), float),
        rows["outcome"].to_numpy(float),
        rows["share"].to_numpy(float),
        rows["offered"].to_numpy(bool),
        rows["user_id"].to_numpy(),
    )
    scores, ranked = np.zeros(len(rows)), np.zeros(len(rows))
    for learned, left_out in lots.folds(seed):
        scores[left_out] = lots.scores(learned, left_out)
        ranked[left_out] = _ridge(lots.features[learned], lots.only(learned).cross_fitted(seed)).predict(
            lots.features[left_out]
        )
    model = make_pipeline(coded, _ridge(lots.features, scores))
    return Worth(past.programme, model, _gain(rows, scores, ranked, share), share)


@dataclass(frozen=True, eq=False)
class _Lots:
    """N people and dates: F features, outcome, chance of an offer, whether there was one, and who."""

    features: Floats
    outcome: Floats
    chance: Floats
    offered: NDArray[np.bool_]
    who: NDArray[Any]

    def only(self, rows: NDArray[np.int64]) -> _Lots:
        """Some rows alone."""
        return _Lots(self.features[rows], self.outcome[rows], self.chance[rows], self.offered[rows], self.who[rows])

    def folds(self, seed: int) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
        """Rows to learn from, and rows left out; somebody with several rows is on one side."""
        folds = GroupKFold(FOLDS, shuffle=True, random_state=seed)
        yield from folds.split(self.features, groups=self.who)

    def scores(self, learned: NDArray[np.int64], left_out: NDArray[np.int64]) -> Floats:
        """Doubly robust scores of those left out: each one's worth with an error of mean zero."""
        given, rest = self.only(learned), self.only(left_out)
        with_it, without = (
            _ridge(given.features[of], given.outcome[of]).predict(rest.features)
            for of in (given.offered, ~given.offered)
        )
        missed = rest.outcome - np.where(rest.offered, with_it, without)
        return np.asarray(with_it - without + missed * np.where(rest.offered, 1 / rest.chance, -1 / (1 - rest.chance)))

    def cross_fitted(self, seed: int) -> Floats:
        """The scores of all, each from regressions on others."""
        found = np.zeros(len(self.outcome))
        for learned, left_out in self.folds(seed):
            found[left_out] = self.scores(learned, left_out)
        return found


def _ridge(features: Floats, outcome: Floats) -> Any:
    return RidgeCV(PENALTIES).fit(features, outcome)


def _coded() -> Any:
    """Numbers in standard deviations, and a column for each role; learned without any outcome."""
    roles = OneHotEncoder(handle_unknown="ignore", min_frequency=10, sparse_output=False)
    return make_column_transformer((StandardScaler(), list(NUMBERS)), (roles, ["role"]))


def _gain(rows: pd.DataFrame, scores: Floats, ranked: Floats, share: float) -> Estimates:
    """How much more the best bring than those chosen at random, and than those who use it least, per person chosen."""
    best, lowest = (_top(by, share) for by in (ranked, -rows["days"].to_numpy(float)))
    reach, table = stats.norm.ppf((1 + LEVEL) / 2), []
    for name, other in (("at random", np.full(len(rows), 1.0)), ("lowest users first", lowest / lowest.mean())):
        each = scores * (best / best.mean() - other)
        estimate = each.mean()
        by_person = pd.Series(each - estimate).groupby(rows["user_id"].to_numpy()).sum()
        error = float(np.sqrt((by_person**2).sum()) / len(rows))
        table.append((name, estimate, error, estimate - reach * error, estimate + reach * error, len(by_person)))
    columns = ["over", "estimate", "std_error", "conf_low", "conf_high", "n"]
    about = f"gain of offering it to the {share:.0%} to whom it is worth most, on people left out"
    return Estimates(pd.DataFrame(table, columns=columns), "active days a week and person chosen", about)


def _top(by: Floats, share: float) -> Floats:
    """1 for the share of people who come first, else 0."""
    count = max(1, round(share * len(by)))
    chosen = np.zeros(len(by))
    chosen[np.argsort(-by, kind="stable")[:count]] = 1
    return chosen
