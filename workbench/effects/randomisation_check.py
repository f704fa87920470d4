"""Whether those who drew different dates were alike before the first of them, as chance would have made them.

Where dates were assigned by lot, nothing before the first date depends on who drew which. How far apart the dates are
in earlier use is compared with how far other orders of the same dates would have set them: a test that is exact for any
number of clusters. Where it fails, the lottery was not one, or not of these people.

Source: Fisher (1935), The Design of Experiments, chapter 2; Phipson & Smyth (2010), SAGMB 9(1), article 39.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workbench.effects.lottery import Draw, dates_of_clusters, draw_of, those_who_drew
from workbench.errors import ContractError, check_whole
from workbench.inference.layout import Floats
from workbench.inference.moments import Moments
from workbench.results.phrases import say, translated
from workbench.results.words import number


def randomisation_check(
    m: Moments,
    drawn: str = "dates",
    anticipation: int = 0,
    draws: int = 1_999,
    seed: int = 0,
    plan: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """How often chance alone would have set the dates as far apart in earlier use as they are.

    m : moments(..., cluster=…), the cluster being what drew a date; only those who took part in the lottery
    drawn : "dates", who had which date among those treated in the end; "everything", also who was treated at all
    anticipation : periods before the first date in which treatment may already be felt; they are not looked at
    draws : how many orders are looked at by chance; where there are no more in all, each of them is, once
    plan : as for `redrawn`

    Returns a row for the level of earlier use, and, with two periods before the first date or more, one for its growth
    a period: earlier; date whose clusters are farthest from all others (missing: never); difference between the two, in
    the outcome's unit; standardised, the same in standard deviations of clusters; p_value, of all dates together;
    draws; possible; clusters; periods before the first date. With two rows, a p-value below .025 in either contradicts
    the lottery as much as one below .05 alone.
    Raises ContractError where clusters are not known, have several dates, or have no period before the first of them.

    >>> import pandas as pd, workbench as wb
    >>> from workbench.effects import randomisation_check
    >>> use = [1, 5, 2, 5, 8, 9, 9, 9]  # those who were trained in week 2 had done much less before
    >>> panel = pd.DataFrame({"user_id": [*"aabbccdd"], "week": [1, 2] * 4, "active_days": use})
    >>> panel["trained"] = [2] * 4 + [None] * 4
    >>> found = randomisation_check(wb.moments(panel, cluster="user_id"), drawn="everything")
    >>> found[["difference", "p_value"]].round(3)
       difference  p_value
    0        -7.0    0.333
    """
    check_whole("anticipation", anticipation)
    every = dates_of_clusters(m)
    whole = those_who_drew(m, drawn)
    before = int(min(every.min(), whole.timeline.count)) - anticipation
    if before < 1:
        raise ContractError(
            say(
                "those who drew different dates are compared before the first of them,"
                " but there is no period before it."
            )
        )
    earlier = _earlier_use(whole, before, plan)
    rows = [_row("level", earlier.level, earlier.draw, whole, draws, seed)]
    if before > 1:
        rows.append(_row("growth", earlier.growth, earlier.draw, whole, draws, seed))
    return pd.DataFrame(rows).assign(periods=before)


@dataclass(frozen=True)
class _Earlier:
    """K clusters before the first date: what they drew, their mean use a period, and how it grew by the period."""

    draw: Draw
    level: Floats
    growth: Floats


def _earlier_use(m: Moments, before: int, plan: pd.DataFrame | None) -> _Earlier:
    """Of the clusters that have rows before the first date."""
    own = m.clusters
    assert own is not None
    seen = m.seen[own.cell, :before]
    total, n = np.zeros((2, len(own.names), before))
    np.add.at(
        total, own.cluster, np.where(seen, m.mean[own.cell, :before] * own.n[:, None] + own.deviation[:, :before], 0)
    )
    np.add.at(n, own.cluster, seen * own.n[:, None])
    there = n.sum(axis=1) > 0
    total, n, draw = total[there], n[there], draw_of(m, np.flatnonzero(there), plan)
    mean = np.divide(total, n, out=np.zeros_like(total), where=n > 0)
    place = np.arange(before)
    around = place - (n @ place / n.sum(axis=1))[:, None]
    spread = (n * around**2).sum(axis=1)
    growth = np.divide((n * around * mean).sum(axis=1), spread, out=np.zeros(len(n)), where=spread > 0)
    return _Earlier(draw, total.sum(axis=1) / n.sum(axis=1), growth)


def _row(name: str, use: Floats, draw: Draw, m: Moments, draws: int, seed: int) -> dict[str, object]:
    dates, centred = draw.dates, use - use.mean()
    values = np.unique(dates)
    if len(values) < 2:
        raise ContractError(
            say(
                "all {n} {units} that are seen before the first date drew the same one.",
                n=number(len(dates), 0),
                units=translated(f"{m.cluster_name}s"),
            )
        )
    seen = _apart(centred, dates[None], values)[0]
    others = np.concatenate([_apart(centred, batch, values) for batch in draw.orders(draws, seed)])
    gaps = np.array([use[dates == value].mean() - use[dates != value].mean() for value in values])
    n = np.array([(dates == value).sum() for value in values])
    farthest = int((np.abs(gaps) * np.sqrt(n * (len(dates) - n))).argmax())
    deviation = use.std(ddof=1)
    return {
        "earlier": name,
        "date": m.timeline.labels([values[farthest]])[0],
        "difference": gaps[farthest],
        "standardised": gaps[farthest] / deviation if deviation > 0 else 0.0,
        "p_value": draw.p_value(seen, others),
        "draws": len(others),
        "possible": draw.possible,
        "clusters": len(dates),
    }


def _apart(centred: Floats, dates: Floats, values: Floats) -> NDArray[np.float64]:
    """B: Σ n·(mean of a date)² over dates, in each of B orders (B × K); with it the variance between dates rises."""
    found = np.zeros(len(dates))
    for value in values:
        same = dates == value
        found += (same @ centred) ** 2 / same.sum(axis=1)
    return found
