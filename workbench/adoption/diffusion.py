"""How use spreads: Rogers' categories, and the Bass curve with its forecast, or the word that it does not fit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import norm

from workbench.errors import ContractError
from workbench.panel.entry import joined
from workbench.panel.habit import FIRST_USE, Habit, first_reached
from workbench.panel.period import period_of
from workbench.panel.weeks import counted_weeks
from workbench.results.estimates import LEVEL, Estimates
from workbench.results.phrases import phrase, say, translated

FITS = 0.05  # share of people by which a Bass curve may miss what happened, at most
TOLD = 4.0  # times the lower end of its interval that the upper one may be, for p or q to be told
ROGERS = {
    phrase("innovators"): 0.025,
    phrase("early adopters"): 0.135,
    phrase("early majority"): 0.34,
    phrase("late majority"): 0.34,
    phrase("laggards"): 0.16,
}
MEANS = {
    "p": phrase("of those not using it yet, who start in a week by themselves (p)"),
    "q": phrase("and with everybody else there, who follow (q)"),
    "ceiling": phrase("of all with access, who use it in the end"),
}
FEWEST_WEEKS, FEWEST_ADOPTERS = 8, 20
GRID = 24  # points along each of p, q and ceiling


def adopters(panel: Any, habit: Habit = FIRST_USE) -> pd.DataFrame:
    """How many people adopted in each calendar week.

    panel : any table of user-weeks; reads `user_id`, `week`, `actions` and, where there is one, `eligible`
    habit : when somebody has adopted; default: with the first use
    Returns one row per week of the panel: week, adopters, people (everybody who got access in these weeks, the same in
    each row); of people who had access before (`access_week`) the first use is not seen.
    Raises ContractError for rows that cannot be counted.

    >>> weeks = pd.to_datetime(["2025-01-06", "2025-01-13"])
    >>> panel = pd.DataFrame({"user_id": ["a", "a", "b", "b"], "week": [*weeks, *weeks], "actions": [2, 0, 0, 5]})
    >>> adopters(panel)[["adopters", "people"]].to_numpy().tolist()
    [[1, 2], [1, 2]]
    """
    weeks = counted_weeks(joined(panel))
    text = "select week, cast(count(*) as bigint) as adopters from this group by week"
    counts, whole = first_reached(weeks, habit).sql(text).to_pandas(), period_of(panel)
    every = pd.date_range(whole.start, whole.last, freq="7D", name="week")
    by_week = counts.dropna().set_index("week")["adopters"].reindex(every, fill_value=0)
    return by_week.reset_index().assign(people=int(counts["adopters"].sum()))


def rogers(adopted: pd.DataFrame) -> pd.DataFrame:
    """Rogers' categories: everybody with access in order of adoption, cut at 2.5, 16, 50 and 84 %.

    adopted : the answer of `adopters`
    Returns one row per category: category, share (by definition), people (places in it), users (places taken so far),
    from_week and to_week (of its first and last place; missing: not taken yet). Who has not adopted has no category:
    they may be laggards, or may never adopt.
    >>> weeks = pd.date_range("2025-01-06", periods=2, freq="7D")
    >>> adopted = pd.DataFrame({"week": weeks, "adopters": [10, 30], "people": 1000})
    >>> rogers(adopted).loc[:1, ["category", "people", "users"]].to_numpy().tolist()
    [['innovators', 25, 25], ['early adopters', 135, 15]]
    """
    people, taken = int(adopted["people"].iloc[0]), adopted["adopters"].cumsum()
    ends = np.round(np.cumsum(list(ROGERS.values())) * people).astype(int)
    starts = np.concatenate([[0], ends[:-1]])

    def week_of(place: int) -> pd.Timestamp:
        return pd.Timestamp(adopted.loc[taken >= place, "week"].min())

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
    """Which of Rogers' categories (`rogers`) came in one and the same week, in a sentence; empty where none did.

    >>> adopted = pd.DataFrame({"week": pd.to_datetime(["2025-01-06"]), "adopters": 200, "people": 1000})
    >>> tied(rogers(adopted))
    'innovators and early adopters started in the first week; we cannot say who was first'
    """
    first = categories["from_week"].min()
    names = categories.loc[(categories["from_week"] == first) & (categories["to_week"] == first), "category"].tolist()
    if len(names) < 2:
        return ""
    return say(
        "{names} and {last} started in the first week; we cannot say who was first",
        names=", ".join(map(translated, names[:-1])),
        last=translated(names[-1]),
    )


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
    """Whether enough weeks and adopters are there for a Bass curve.

    adopted : the answer of `adopters`
    Returns whether there are 8 weeks and 20 adopters, which `bass` needs.

    >>> enough(pd.DataFrame({"adopters": [3] * 8})), enough(pd.DataFrame({"adopters": [2] * 8}))
    (True, False)
    """
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
    >>> weeks = pd.date_range("2025-01-06", periods=10, freq="7D")
    >>> adopted = pd.DataFrame({"week": weeks, "adopters": [8, 12, 20, 30, 38, 40, 34, 24, 14, 8], "people": 400})
    >>> found = bass(adopted)
    >>> found.fits, found.told("p"), len(found.forecast.table)
    (True, True, 26)
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
    scatter = 1.0
    for _ in range(6):  # zoom in until the grid is finer than the peak
        points = np.stack(np.meshgrid(*(np.linspace(*ends, GRID) for ends in box), indexing="ij"), -1).reshape(-1, 3)
        fit = _log_likelihood(points, counts, people)
        scatter = _overdispersion(points[fit.argmax()], counts, people)
        near = points[(fit - fit.max()) / scatter > -12]
        steps = [(high - low) / (GRID - 1) for low, high in box]
        box = [
            (max(low, near[:, i].min() - steps[i]), min(high, near[:, i].max() + steps[i]))
            for i, (low, high) in enumerate(box)
        ]
    weight = np.exp((fit - fit.max()) / scatter)
    curves = pd.DataFrame({"p": np.exp(points[:, 0]), "q": np.exp(points[:, 1]), "ceiling": points[:, 2]})
    weighed = curves.assign(weight=weight / weight.sum(), scatter=scatter)
    return weighed.query("weight > 1e-6").reset_index(drop=True)


def _share_adopted(p: np.ndarray, q: np.ndarray, weeks: np.ndarray) -> np.ndarray:
    """F(t), curves × weeks."""
    decay = np.exp(-np.outer(p + q, weeks))
    share: np.ndarray = (1 - decay) / (1 + (q / p)[:, None] * decay)
    return share


def _log_likelihood(points: np.ndarray, counts: np.ndarray, people: float) -> np.ndarray:
    """Multinomial: in which week each person adopted, or not yet (Schmittlein & Mahajan 1982, Marketing Science 1)."""
    shares = _share_adopted(np.exp(points[:, 0]), np.exp(points[:, 1]), np.arange(len(counts) + 1))
    by_week = np.maximum(points[:, 2:] * np.diff(shares), 1e-300)
    waiting = np.maximum(1 - points[:, 2] * shares[:, -1], 1e-300)
    likely: np.ndarray = np.log(by_week) @ counts + (people - counts.sum()) * np.log(waiting)
    return likely


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
    error = np.sqrt(waiting * chance * (1 - chance) * likely["scatter"].to_numpy())
    values = np.clip(waiting * chance[:, None] + error[:, None] * points, 0, waiting) + so_far
    return _middle(values.ravel() / people, likely["weight"].repeat(9) / 9)
