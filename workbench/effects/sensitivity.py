"""How wrong the trends may be before a conclusion falls, and whether it hangs on one date, cohort or team.

Effects rest on trends that nobody sees: what would have happened without treatment. Here is how far they may part
afterwards before an interval reaches zero (Rambachan & Roth 2023, Review of Economic Studies 90, 2555–2591; computed in
`bounds`), and what becomes of the answer without each part of the data.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from workbench.effects.bounds import METHODS, Bounds, bounds
from workbench.effects.did import before_and_after
from workbench.errors import ContractError, check_whole
from workbench.inference.contrasts import Contrasts
from workbench.inference.layout import Floats
from workbench.inference.moments import Moments
from workbench.results.estimates import Estimates
from workbench.results.phrases import say

BLOCK = 4  # periods that are averaged where there are many
MANY = 8  # periods before or after, above which they are averaged


def sensitivity(
    att: Estimates,
    method: str = "relative_magnitudes",
    m: Sequence[float] | None = None,
    event_week: int | None = None,
    before: int | None = None,
    after: int | None = None,
    level: float | None = None,
    seed: int = 0,
) -> Bounds:
    """Intervals for the effect, should trends not have stayed parallel.

    att : att_gt(m), or aggregate(att, by="event_week")
    method : "relative_magnitudes" (conditional and least favourable) or "smoothness" (fixed length)
    m : how far trends may part, see METHODS; default 0.5, 1, 1.5, 2 times, or 0 to 1 standard error a period
    event_week : of this period since treatment began; default: the mean of all periods after
    before, after : how many periods before and after treatment to look at; default: all. Long before and long after
        rest on few cohorts, and the more periods there are the further trends may part

    Returns Bounds: a table with `.breakdown`. Where there are more than 8 periods before or after, blocks of 4 are
    averaged, and compared with the mean of the last block before treatment. Where errors rest on few teams, all are
    taken to be as much larger as the interval of the number of interest is wider than the normal one.
    Raises ContractError where there are not two periods before treatment.

    >>> from workbench.simulation import tiny_crm
    >>> panel = wb.user_weeks(wb.open_source(tiny_crm()))
    >>> m = wb.moments(panel, outside="known")
    >>> att = wb.att_gt(m)
    >>> wb.sensitivity(att, before=3, after=3).breakdown >= 0
    True
    """
    if method not in METHODS:
        raise ContractError(f"method is one of {', '.join(map(repr, METHODS))}, not {method!r}.")
    for name, periods in {"before": before, "after": after}.items():
        if periods is not None:
            check_whole(name, periods, 1)
    if m is not None and not (len(m) and np.isfinite(m).all() and min(m) >= 0):
        raise ContractError(f"m is how far trends may part, numbers from 0 on, not {list(m)}.")
    level = att.level if level is None else level
    study = _study(before_and_after(att), event_week, before, after, level)
    if method == "smoothness" and np.linalg.matrix_rank(study.covariance, hermitian=True) < len(study.effects):
        rule = say(
            "smooth trends are fitted to {n} effects, but too few clusters tell how these vary together.",
            n=len(study.effects),
        )
        raise ContractError(f"{rule}\n  Use method='relative_magnitudes', or fewer periods: before=, after=.")
    return bounds(study.effects, study.covariance, study.pre, study.weights, method, m, level, seed)


@dataclass(frozen=True)
class _Study:
    """An event study against the last period before treatment: `pre` effects before it, the rest after."""

    effects: Floats
    covariance: Floats
    pre: int
    weights: Floats


def _study(found: Contrasts, event_week: int | None, before: int | None, after: int | None, level: float) -> _Study:
    """The effects by periods since treatment, all against the same last period before it."""
    found = _against_last(_by_event(found))
    event, window = found.event_week, found.anticipation
    first, last = (np.inf if periods is None else periods for periods in (before, after))
    found = found.selected(np.flatnonzero((event >= -first - window) & (event < last)))
    if not (found.std_error > 0).all():
        rule = say("how far trends may part is weighed against chance, but not all of these effects vary by chance.")
        raise ContractError(f"{rule}\n  Look at the outcome: for some it is the same all the time, or changes in step.")
    event = found.event_week
    block = BLOCK if max((event < -window).sum(), (event >= 0).sum()) > MANY else 1
    block = max(block, found.base_periods)
    matrix, starts = _blocks(event, block, window, int(found.base_periods == 1))
    pre, shown = int((starts < -window).sum()), starts >= 0
    if pre < 1 or not shown.any():
        rule = say(
            "how far trends may part is measured by how far they parted before, so two periods (or blocks of {block})"
            " before treatment are needed; there are fewer.",
            block=block,
        )
        raise ContractError(f"{rule}\n  Look at pretrend(att).")
    found = found.combined(matrix.T, pd.DataFrame({"event_week": starts}))
    # Trends may part while treatment was expected, too; how large its effect was then is no part of the answer.
    weights = np.zeros(len(starts) - pre)
    weights[shown[pre:]] = _of_interest(starts[shown], block, event_week)
    interest = found.combined(np.append(np.zeros(pre), weights)[:, None], pd.DataFrame(index=range(1)))
    wider = float(interest.reach(level)[0] / stats.norm.ppf((1 + level) / 2))
    return _Study(found.estimate, found.covariance * wider**2, pre, weights)


def _of_interest(starts: NDArray[np.int64], block: int, event_week: int | None) -> Floats:
    if event_week is None:
        return np.full(len(starts), 1 / len(starts))
    chosen = (starts <= event_week) & (event_week < starts + block)
    if not chosen.any():
        raise ContractError(f"event_week is one of {starts[0]} to {starts[-1] + block - 1}, not {event_week}.")
    return chosen.astype(float)


def _by_event(found: Contrasts) -> Contrasts:
    if "event_week" in found.terms:
        return found
    event = found.event_week
    values = np.unique(event)
    groups = [np.flatnonzero(event == v) for v in values]
    distance = (found.terms.period - found.terms.base).to_numpy()
    terms = pd.DataFrame({"event_week": values, "distance": [distance[rows].mean() for rows in groups]})
    return found.averaged(groups, terms, found.behind)


def _against_last(found: Contrasts) -> Contrasts:
    """Every period against the last before treatment (was expected); effects that compare neighbours are added up."""
    event, distance, first = found.event_week, found.terms.distance.to_numpy(), -found.anticipation
    before, since = np.flatnonzero((event < first) & found.compared), np.flatnonzero(event >= first)
    if not (distance[before] == 1).all():
        return found.selected(np.concatenate([before, since]))
    weights = np.zeros((len(event), len(before)))
    for column in range(len(before)):
        weights[before[column:], column] = -1
    # While treatment was expected each period is compared with its neighbour, too: these steps add up the other way.
    forward, expected = np.eye(len(event))[:, since], int((event[since] < 0).sum())
    forward[since[:expected, None], np.arange(expected)] = np.triu(np.ones((expected, expected)))
    # Steps between neighbours, added up from a period to the last before treatment, are how far the two are apart.
    return replace(found, terms=found.terms.assign(event_week=event)).combined(
        np.hstack([weights, forward]), pd.DataFrame({"event_week": np.append(event[before] - 1, event[since])})
    )


def _blocks(event: NDArray[np.int64], block: int, window: int, lacking: int) -> tuple[Floats, NDArray[np.int64]]:
    """Rows that average whole blocks of periods and subtract the last block before treatment, and where each begins.

    window : periods in which treatment was expected; blocks before it end where it begins, and it has its own
    lacking : how many periods of the last block before it have no row, being 0 by definition
    """
    if block == 1:
        return np.eye(len(event)), event
    before, expected = event < -window, (event >= -window) & (event < 0)
    start = np.where(before, (event + window) // block * block - window, event // block * block)
    start = np.where(expected, np.maximum(start, -window), start)
    base = -window - block
    length = {s: (start == s).sum() + lacking * (s == base) for s in np.unique(start)}
    whole = [s for s in length if -window <= s < 0 or length[s] >= block]
    means = np.array([(start == s) / (block if s < -window or s >= 0 else (start == s).sum()) for s in whole], float)
    last = means[whole.index(base)] if base in whole else np.zeros(len(event))
    kept = [i for i, s in enumerate(whole) if s != base]
    return means[kept] - last, np.array([whole[i] for i in kept], int)


def placebo(m: Moments, earlier: int) -> Moments:
    """As if treatment had begun so many periods earlier, with nothing seen since it really began.

    An effect of these moments, such as aggregate(att_gt(placebo(m, 4))), is of a treatment that had not happened.

    >>> from workbench.simulation import tiny_crm
    >>> panel = wb.user_weeks(wb.open_source(tiny_crm()))
    >>> m = wb.moments(panel, outside="known")
    >>> early = wb.placebo(m, 2)
    >>> int(early.start.min()) == int(m.start.min()) - 2
    True
    """
    check_whole("earlier", earlier, 1)
    place = np.arange(m.timeline.count)
    start = m.start - earlier
    path = np.where(place >= m.start[:, None], -1, m.path)
    path = np.where((path >= 0) & (place >= start[:, None]), 1, path).astype(np.int16)
    return replace(m, path=path, start=start).untreated_at_first()


def leave_one_out(m: Moments, estimate: Callable[[Moments], Estimates], by: str = "cohort") -> pd.DataFrame:
    """The overall number without each cohort, or each cluster, in turn: whether it hangs on one of them.

    estimate : such as lambda m: aggregate(att_gt(m))
    by : "cohort" or "cluster"
    Returns one row for each: left_out, estimate, std_error, conf_low, conf_high, n; missing where nothing can be told
    without it, as where it is the only one.

    >>> from workbench.simulation import tiny_crm
    >>> panel = wb.user_weeks(wb.open_source(tiny_crm()))
    >>> m = wb.moments(panel, outside="known")
    >>> wb.leave_one_out(m, lambda rest: wb.aggregate(wb.att_gt(rest)))["n"].tolist()
    [2.0, 2.0]
    """
    if by == "cohort":
        labels = [label for label in m.cohorts.cohort if label is not None]
        rest = [m.without(label) for label in labels]
    elif by == "cluster" and m.clusters is not None:
        labels = list(m.clusters.names)
        rest = [m.without_cluster(label) for label in labels]
    else:
        raise ContractError(f"by is 'cohort', or 'cluster' where moments were taken with cluster=, not {by!r}.")
    estimate(m)  # what cannot be told of all is refused, for its own reason
    columns = ["estimate", "std_error", "conf_low", "conf_high", "n"]
    table = pd.DataFrame([_overall(estimate, each) for each in rest], columns=columns)
    table.insert(0, "left_out", labels)
    return table


def _overall(estimate: Callable[[Moments], Estimates], m: Moments) -> dict[Any, Any]:
    """The overall number; nothing where there is none."""
    with suppress(ContractError):
        overall = estimate(m).overall
        return {} if overall is None else dict(overall)
    return {}
