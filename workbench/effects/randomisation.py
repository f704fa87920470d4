"""What would have come up had the dates of treatment been drawn differently.

Where chance gave the dates, it is known what else it might have given: the same dates in another order. Had treatment
done nothing for anybody, each order would show a difference of its own all the same. How often one as clear as the one
seen comes up is a p-value that holds for any number of teams, however few, and asks nothing of trends. How clear is
counted in standard errors, so that with many teams it also holds where treatment helps some and harms others.

Sources: Fisher (1935), The Design of Experiments, chapter 2; Wu & Ding (2021), JASA 116(536), 1898–1913; Roth &
Sant'Anna (2023), JPE Microeconomics 1(4), 669–709; Phipson & Smyth (2010), SAGMB 9(1), article 39.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workbench.effects.did import check_choice
from workbench.effects.lottery import DRAWN, Draw, dates_of_clusters, draw_of, those_who_drew
from workbench.errors import ContractError, check_whole
from workbench.inference.layout import Floats
from workbench.inference.moments import Moments
from workbench.results.phrases import say, translated
from workbench.results.words import number

COLUMNS = ["name", "estimate", "std_error", "p_value", "draws", "possible", "clusters", "left_out", "reason"]
DRAWS = 999  # orders of the dates that a study looks at by chance


def redrawn(
    m: Moments,
    drawn: str = "dates",
    anticipation: int = 0,
    draws: int = 1_999,
    seed: int = 0,
    plan: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """How often an effect as clear as this one would have come up had the dates been drawn differently.

    m : moments(..., cluster=…), the cluster being what drew a date: "team", or the unit itself, such as "user_id".
        Who is in them must not follow from the draw: everybody to whom treatment was offered, whether they came or not,
        and nobody who took no part in the lottery
    drawn : "dates", who had which date among those treated in the end: units never treated drew none, and are compared
        with nobody; "everything", also who was treated at all
    draws : how many orders are looked at by chance; where there are no more in all, each of them is, once
    plan : where `workbench plan` drew the dates, its rows: name of the cluster, began, seed, balanced_by. Only orders
        that its rule would have accepted are looked at; None: any order could have come up

    Returns one row: estimate, that of `aggregate(att_gt(m))` among those who drew; std_error, for as many clusters at
    each date as there are (Neyman); p_value; draws looked at; possible, how many there are (no p-value is below
    1/possible; with a large plan, about how many); clusters redrawn; left_out, units that came after the last period
    before the first date, to whom not every date could have been given.
    Raises ContractError where clusters are not known or have several dates, could not have had other ones, or do not
    have those of the plan.

    >>> from workbench.simulation import tiny_crm
    >>> panel = wb.user_weeks(wb.open_source(tiny_crm()))
    >>> m = wb.moments(panel, cluster="user_id", outside="known")
    >>> wb.redrawn(m, draws=99)["draws"].tolist()
    [6]
    """
    check_choice("drawn", drawn, DRAWN)
    lot = _lot(m, drawn, anticipation, plan)
    seen = _clearness(lot, lot.draw.dates[None])
    if not np.isfinite(seen[0]):
        units = translated(f"{m.cluster_name}s")
        raise ContractError(
            say("no effect can be told: no date has two {units}, and others still waiting, to judge by.", units=units)
        )
    found = np.concatenate([_clearness(lot, dates) for dates in lot.draw.orders(draws, seed)])
    (estimate,), (error,) = _effects(lot, lot.draw.dates[None])
    return pd.DataFrame(
        {
            "estimate": [estimate],
            "std_error": [error],
            "p_value": [lot.draw.p_value(seen[0], found)],
            "draws": [len(found)],
            "possible": [lot.draw.possible],
            "clusters": [len(lot.draw.dates)],
            "left_out": [lot.left_out],
        }
    )


def redraws(found: Mapping[str, Any]) -> pd.DataFrame:
    """How often chance alone would show as clear an effect, of every study of something that was assigned at random.

    found : name → study; everybody counts to whom it was offered
    Returns a row each: name, the columns of `redrawn` (of `reassigned` where there were no weeks before), and reason,
    which is missing where there is an answer.

    >>> from workbench import effects, programmes
    >>> len(effects.redraws(effects.studies(programmes.trainings(panel, log))))  # dates were chosen by people
    0
    """
    drawn = {name: each for name, each in found.items() if each.drawn}
    rows = [
        {"name": name, "reason": each.reasons["redraw"]}
        if each.redraw is None
        else {"name": name, **each.redraw.iloc[0]}
        for name, each in drawn.items()
    ]
    return pd.DataFrame(rows, columns=COLUMNS)


@dataclass(frozen=True)
class _Block:
    """Changes of K clusters from before a date to P periods after it, for all of which the same ones still wait.

    waiting : those with a later date than this wait
    total, n : K × P, sum of changes over the units seen both times, and how many these are
    """

    date: float
    waiting: float
    total: Floats
    n: Floats


@dataclass(frozen=True)
class _Lot:
    """K clusters: what they drew, how many units they have, what they did whatever it was; and units left out."""

    draw: Draw
    size: NDArray[np.int64]
    blocks: list[_Block]
    left_out: int


def _lot(m: Moments, drawn: str, anticipation: int, plan: pd.DataFrame | None) -> _Lot:
    check_whole("anticipation", anticipation)
    every = dates_of_clusters(m)
    among = every if drawn == "everything" else every[np.isfinite(every)]
    if len(np.unique(among)) < 2:
        rule = say(
            "dates are redrawn where there are several, but all {n} {units} that had one had the same.",
            n=number(len(among), 0),
            units=translated(f"{m.cluster_name}s"),
        )
        raise ContractError(f"{rule}\n  Where chance also decided who was treated at all, say drawn='everything'.")
    m = those_who_drew(m, drawn)
    assert m.clusters is not None
    own, dates = m.clusters, dates_of_clusters(m)
    before = int(min(dates.min(), m.timeline.count)) - anticipation - 1
    # Who came later is there because of the date they had: with an earlier one they would have been left out.
    there = m.seen[own.cell, max(before, 0)]
    kept, cluster = np.unique(own.cluster[there], return_inverse=True)
    dates, n = dates[kept], own.n[there]
    sums = np.where(m.seen, m.mean, 0)[own.cell[there]] * n[:, None] + own.deviation[there]
    rows = _Rows(cluster, n, sums, m.seen[own.cell[there]])
    size = np.bincount(cluster, n).astype(np.int64)
    return _Lot(draw_of(m, kept, plan), size, _blocks(rows, dates, anticipation), m.units - int(size.sum()))


@dataclass(frozen=True)
class _Rows:
    """Units of one cluster seen in the same periods: cluster, n, sum (T) of what they did, seen (T)."""

    cluster: NDArray[np.int64]
    n: NDArray[np.int64]
    sums: Floats
    seen: NDArray[np.bool_]


def _blocks(rows: _Rows, dates: Floats, anticipation: int) -> list[_Block]:
    count, found = rows.seen.shape[1], []
    for date, clusters in zip(*np.unique(dates[dates < count], return_counts=True), strict=True):
        if clusters < 2 or date <= anticipation:
            continue
        period = np.arange(int(date), count)
        passed = np.searchsorted(np.unique(dates), period + anticipation, side="right")
        for each in np.unique(passed):
            together = period[passed == each]
            before = int(date) - anticipation - 1
            found.append(_block(rows, float(date), float(together[0] + anticipation), together, before))
    return found


def _block(rows: _Rows, date: float, waiting: float, period: NDArray[np.int64], before: int) -> _Block:
    both = rows.seen[:, period] & rows.seen[:, [before]]
    total, n = np.zeros((2, rows.cluster.max() + 1, len(period)))
    np.add.at(total, rows.cluster, np.where(both, rows.sums[:, period] - rows.sums[:, [before]], 0))
    np.add.at(n, rows.cluster, both * rows.n[:, None])
    return _Block(date, waiting, total, n)


def _clearness(lot: _Lot, dates: Floats) -> Floats:
    """How many standard errors the effect is from nothing, in each of B orders."""
    estimate, error = _effects(lot, dates)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.abs(estimate) / error


def _effects(lot: _Lot, dates: Floats) -> tuple[Floats, Floats]:
    """The mean effect over all treated units and periods, and its standard error, in each of B orders (B × K)."""
    gained, people, influence = np.zeros(len(dates)), np.zeros(len(dates)), np.zeros(dates.shape)
    for block in lot.blocks:
        treated, waiting = (dates == block.date).astype(float), (dates > block.waiting).astype(float)
        ours, theirs = treated @ block.n, waiting @ block.n
        told = (ours > 0) & (theirs > 0)
        our_mean, their_mean = _mean(treated @ block.total, ours), _mean(waiting @ block.total, theirs)
        gained += (told * ours * (our_mean - their_mean)).sum(axis=1)
        people += (told * ours).sum(axis=1)
        share = _mean(told * ours, theirs)
        influence += treated * (told @ block.total.T - (told * our_mean) @ block.n.T)
        influence -= waiting * (share @ block.total.T - (share * their_mean) @ block.n.T)
    return _mean(gained, people, np.nan), _mean(np.sqrt(_variance(influence, lot.size, dates)), people, np.nan)


def _mean(total: Floats, n: Floats, nobody: float = 0.0) -> Floats:
    return np.asarray(np.divide(total, n, out=np.full(total.shape, nobody), where=n > 0))


def _variance(influence: Floats, size: NDArray[np.int64], dates: Floats) -> Floats:
    """B sums of squares around the mean of all clusters with the same date, made up for their being few.

    The factor is 1/(1 − 2w + Σw²), w a cluster's share of the units with its date: M/(M − 1) for M of one size (see
    `spread`).
    """
    variance = np.zeros(len(dates))
    for date in np.unique(dates):
        same = dates == date
        share = _mean(same * size, (same @ size)[:, None] * np.ones(size.shape))
        apart = same * (influence - share * (same * influence).sum(axis=1, keepdims=True))
        left = 1 - 2 * share + (share**2).sum(axis=1, keepdims=True)
        variance += _mean(apart**2, np.where(left > 1e-9, left, 1)).sum(axis=1)
    return variance
