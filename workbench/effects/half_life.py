"""What is left of an effect after its cause has ended: the share retained, and when half of it is gone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workbench.effects.did import spread_notes, spread_words
from workbench.effects.paths import moment_of_path, path_times, with_overall
from workbench.errors import ContractError, check_whole
from workbench.inference.contrasts import Contrasts
from workbench.inference.layout import Floats
from workbench.inference.moments import Moments
from workbench.inference.ratios import fieller
from workbench.results.estimates import LEVEL, Estimates
from workbench.results.phrases import say


def retained(m: Moments, weeks: Sequence[int] = (4, 8, 12), **options: Any) -> Estimates:
    """The share of the effect while on that is left so many weeks after it was switched off.

    weeks : 4 is the fourth week without
    options : those of `path_effects`

    Returns Estimates, one row per week (term weeks_after), a share that may be below 0 (harm) or above 1, with Fieller
    intervals; infinite ends where the effect while on is itself not clear: it cannot be told.

    >>> from workbench import programmes
    >>> race = programmes.incentives(wb.user_weeks(log), log)["Race"]
    >>> m = wb.moments(race.rows, treatment="on", cluster="team")
    >>> wb.retained(m, weeks=(2,)).table["weeks_after"].tolist()
    [2]
    """
    for week in weeks:
        check_whole("weeks", week, 1)
    level = options.get("level", LEVEL)
    found, notes = path_times(m, options.get("anticipation", 0), options.get("small_sample", True))
    on = moment_of_path(found.terms, "arm")[1]
    value, after = moment_of_path(found.terms, "weeks_after")
    there = [week for week in weeks if (after & (value == week - 1)).any()]
    if not there or not on.any():
        rule = say("nobody is seen {n} weeks after switching off, so what is left cannot be told.", n=min(weeks))
        raise ContractError(rule)
    groups = [np.flatnonzero(on), *(np.flatnonzero(after & (value == week - 1)) for week in there)]
    terms = pd.DataFrame({"weeks_after": [0, *there]})
    both = with_overall(found, groups, terms, np.ones(len(groups), bool)).selected(np.arange(len(groups)))
    rows = [_of_first(both, k, level) for k in range(1, len(groups))]
    table = pd.DataFrame(rows, columns=["estimate", "std_error", "conf_low", "conf_high"])
    table.insert(0, "weeks_after", there)
    table["n"] = both.n[1:]
    about = say("what is left of the effect after switching off; Fieller intervals") + spread_words(found)
    unit = "share of the effect while on"
    return Estimates(table, unit, about, level, None, (*notes, *spread_notes(m, both.spread.small_sample)))


def _of_first(both: Contrasts, k: int, level: float) -> tuple[float, float, float, float]:
    """Estimate k over estimate 0: ratio, its delta-method error, and Fieller's interval."""
    rows = [k, 0]
    top, bottom = both.estimate[rows]
    return fieller(top, bottom, both.covariance[np.ix_(rows, rows)], both.reach(level)[rows].max())


HALF_LIVES = np.append(np.geomspace(0.1, 1_000, 2_000), np.inf)  # weeks that are tried


def half_life(after: Estimates) -> Estimates:
    """How many weeks until half of what was left in the first week without is gone, if it fades steadily.

    after : path_effects(m, by="weeks_after")
    The h whose curve a·2^(−w/h) is nearest to the effects w weeks after, by weighted least squares. The interval holds
    every h that the effects do not contradict: under each, the weighted sum of them that moves with h and not with a is
    zero but for chance, as in Fieller's interval of a ratio.
    Returns Estimates of one row, in weeks, from 0 (gone at once) to infinity (it may not fade at all). Where both of
    these fit, or nothing does, the estimate is missing and the interval holds every number: it cannot be told, and a
    note says why.
    Raises ContractError where some of the effects do not vary by chance.

    >>> rows = pd.DataFrame([(u, t) for u in range(30) for t in range(12)], columns=["user_id", "week"])
    >>> rows["on"] = ((rows["user_id"] < 9) & rows["week"].between(3, 5)).astype(int)
    >>> rows["active_days"] = 2 * rows["on"] + np.random.default_rng(1).normal(size=len(rows))
    >>> wb.half_life(wb.path_effects(wb.moments(rows, treatment="on"), by="weeks_after")).unit
    'weeks'
    """
    contrasts = after.contrasts
    effects, spread = contrasts.estimate, contrasts.covariance
    if not (np.diag(spread) > 0).all():
        rule = say(
            "how fast an effect fades is weighed against chance, but some of these effects do not vary by chance."
        )
        raise ContractError(f"{rule}\n  Look at the outcome: units that all change alike say nothing of others.")
    apart, away = _against_fading(effects, after.table.weeks_after.to_numpy(float), 1 / np.diag(spread))
    errors = np.sqrt(np.einsum("hk,kl,hl->h", away, spread, away))
    fits = np.abs(away @ effects) <= contrasts.reach(after.level).max() * errors
    reason = _why_no_half_life(fits)
    near = HALF_LIVES[fits] if not reason else np.array([0, np.inf])
    row = {
        "estimate": HALF_LIVES[apart.argmin()] if not reason else np.nan,
        "std_error": np.nan,
        "conf_low": 0.0 if fits[0] else near[0],
        "conf_high": near[-1],
        "n": contrasts.n.max(),
    }
    about = say("half-life of what is left after switching off")
    return Estimates(pd.DataFrame([row]), "weeks", about, after.level, None, reason)


def _why_no_half_life(fits: NDArray[np.bool_]) -> tuple[str, ...]:
    if fits[0] and fits[-1]:
        return ("What is left after switching off is not clear enough to say how fast it fades.",)
    return () if fits.any() else ("What is left after switching off does not fade steadily, so no half-life fits.",)


def _against_fading(effects: Floats, weeks: Floats, weight: Floats) -> tuple[Floats, Floats]:
    """How far each of HALF_LIVES (H) is from the effects, and a sum of them, H × weeks, that is zero if it is true."""
    shape = 2.0 ** (-weeks / HALF_LIVES[:, None])
    size = (shape**2 * weight).sum(axis=1, keepdims=True)
    height = (shape * weight * effects).sum(axis=1, keepdims=True) / size
    tilt = weeks * shape  # how the curve moves with its rate
    away = weight * (tilt - shape * (shape * weight * tilt).sum(axis=1, keepdims=True) / size)
    return ((effects - height * shape) ** 2 * weight).sum(axis=1), away
