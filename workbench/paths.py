"""Effects of a treatment that is switched on and off, or comes in several arms.

A path is a whole history of treatment. It is compared with the units that began as it did and have not been switched
yet: while it is on, that is the effect; after it was switched off, what is left of it.

Source: de Chaisemartin & D'Haultfœuille (2024), Review of Economics and Statistics (not normalised).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workbench.contract import ContractError
from workbench.contrasts import Contrasts
from workbench.did import Group, check_choice, described, joined, one_group, spread_notes, spread_words, unusable
from workbench.estimates import Estimates, estimates
from workbench.moments import Moments
from workbench.units import Floats


@dataclass(frozen=True)
class _Path:
    """A whole history of treatment: its arm in every period; where it was first switched, switched back, on again."""

    arms: tuple[int, ...]
    start: int
    stop: float
    again: float

    @property
    def arm(self) -> int:
        """What it was switched to."""
        return self.arms[self.start]


def path_effects(
    m: Moments,
    by: str | None = None,
    anticipation: int = 0,
    small_sample: bool = False,
    level: float = 0.95,
    seed: int = 0,
) -> Estimates:
    """Effects of a treatment that is switched on and off, or comes in several arms.

    m : moments(..., treatment=…). A path is a whole history of treatment; it is compared with the units that began as
        it did and have not been switched yet
    by : None, every path in every period; "event_week", by periods since it was switched on, while it is on (negative:
        before); "course", the same on after it was switched off too, for paths of one length; "weeks_after", by periods
        since it was switched off (0: the first without); "arm", the mean while on of each arm

    Returns Estimates (terms path, period; or the one named). A path that is switched on again is followed by itself
    only: what comes after its second start mixes with what was left of the first, and is in no summary.
    Where people chose their arm, differences between arms need parallel trends across arms, which is more.
    Source: de Chaisemartin & D'Haultfœuille (2024), Review of Economics and Statistics (not normalised).
    """
    check_choice("by", by, (None, "event_week", "course", "weeks_after", "arm"))
    found, notes = _path_times(m, anticipation, small_sample)
    said = (*notes, *spread_notes(m, small_sample))
    about = f"effects of switching on and off, compared with units not switched yet{spread_words(found)}"
    if by is None:
        terms = pd.DataFrame({"path": found.terms.path, "period": m.calendar.labels(found.terms.period)})
        return estimates(found, terms, m.unit, about, level, said, seed=seed)
    value, used = _moment_of_path(found.terms, by)
    if not used.any():
        raise ContractError(f"no path has effects by {by}: {_why_none(by)}.")
    values = np.unique(value[used])
    groups = [np.flatnonzero(used & (value == v)) for v in values]
    names = [m.arms[int(v)] for v in values] if by == "arm" else values.astype(int)
    terms = pd.DataFrame({"event_week" if by == "course" else by: names})
    # How far apart the periods compared lie is what checks of the trends before read.
    apart = (found.terms.period - found.terms.base).to_numpy()
    places = terms.assign(distance=[apart[rows].mean() for rows in groups])
    summed = _with_overall(found, groups, places, values >= 0)
    return estimates(summed, terms, m.unit, about, level, said, summary=True, seed=seed)


def _why_none(by: str) -> str:
    return "nobody is switched off again while seen" if by == "weeks_after" else "nobody is seen while it is on"


def _moment_of_path(terms: pd.DataFrame, by: str) -> tuple[Floats, NDArray[np.bool_]]:
    """What each row is grouped by, and whether it counts."""
    on = terms.period < np.minimum(terms.stop, terms.again)
    if by == "weeks_after":
        value = terms.period - terms.stop
        return value.to_numpy(float), ((value >= 0) & (terms.period < terms.again)).to_numpy()
    if by == "arm":
        return terms.arm.to_numpy(float), (on & (terms.period >= terms.cohort)).to_numpy()
    counted = terms.period < terms.again if by == "course" else on
    return (terms.period - terms.cohort).to_numpy(float), counted.to_numpy()


def _with_overall(
    found: Contrasts, groups: list[NDArray[np.int64]], terms: pd.DataFrame, counted: NDArray[np.bool_]
) -> Contrasts:
    """Means by the units behind, and their plain mean over the groups that count."""
    summed = found.averaged(groups, terms, found.behind)
    mean = counted / max(counted.sum(), 1)
    return summed.combined(np.column_stack([np.eye(len(groups)), mean]), pd.concat([terms, terms.iloc[:1]]))


def _path_times(m: Moments, anticipation: int, small_sample: bool) -> tuple[Contrasts, list[str]]:
    """The effect on every path in every period; terms path, cohort (its start), period, base, arm, stop, again."""
    full = m.followed
    notes: list[str] = []
    parts, paths = [], []
    for arms in sorted({tuple(row) for row in full.tolist()}):
        changed = np.flatnonzero(np.array(arms) != arms[0])
        if not len(changed):
            continue
        path = _followed(arms, int(changed[0]))
        same_start = full[:, 0] == arms[0]
        never = (full == full[:, :1]).all(axis=1)
        group = Group(path.start, (full == np.array(arms)).all(axis=1), never, same_start)
        reason = unusable(m, group, anticipation, small_sample)
        if reason:
            notes.append(f"{described(m, group)} are left out: {reason}.")
            continue
        parts.append(one_group(m, group, "not_yet_treated", anticipation, "varying", notes))
        paths.append(path)
    if not parts:
        said = "\n  ".join(notes) or "Look at the treatment column: it changes for nobody while seen."
        raise ContractError(f"no path is switched after it was seen before, so there is no effect to see.\n  {said}")
    found = joined(m, parts, small_sample, notes)
    rows = [len(part.period) for part in parts]
    extra = {
        "path": np.repeat(np.array([_path_name(m, path) for path in paths], object), rows),
        "arm": np.repeat([path.arm for path in paths], rows),
        "stop": np.repeat([path.stop for path in paths], rows),
        "again": np.repeat([path.again for path in paths], rows),
    }
    if np.isfinite(extra["again"]).any():
        count = sum(np.isfinite(path.again) for path in paths)
        notes.append(f"{count} of {len(paths)} paths are switched on again; after that they are in no summary.")
    return replace(found, terms=found.terms.assign(**extra)), notes


def _followed(arms: tuple[int, ...], start: int) -> _Path:
    """Where a path that is first switched at `start` is switched back, and then away again."""
    places = np.arange(len(arms))
    code = np.array(arms)
    left = places[(places > start) & (code != code[start])]
    stop = float(left[0]) if len(left) and code[left[0]] == code[0] else np.inf
    # Another arm instead of none ends what can be told of the first one as much as a second start does.
    again = left[0] if len(left) and not np.isfinite(stop) else np.inf
    if np.isfinite(stop):
        later = places[(places > stop) & (code != code[0])]
        again = later[0] if len(later) else np.inf
    return _Path(arms, start, stop, float(again))


def _path_name(m: Moments, path: _Path) -> str:
    name = f"{m.arms[path.arm]} from {m.calendar.name(path.start)}"
    if np.isfinite(path.stop):
        name += f" until {m.calendar.name(path.stop)}"
    return name + (f", changed in {m.calendar.name(path.again)}" if np.isfinite(path.again) else "")


# ── what is left ──────────────────────────────────────────────────────────────────────────────────────────────────────


def retained(m: Moments, weeks: Sequence[int] = (4, 8, 12), **options: Any) -> Estimates:
    """The share of the effect while on that is left so many weeks after it was switched off.

    weeks : 4 is the fourth week without
    options : those of `path_effects`

    Returns Estimates, one row per week (term weeks_after), a share that may be below 0 (harm) or above 1, with Fieller
    intervals; infinite ends where the effect while on is itself not clear: it cannot be told.
    """
    level = options.get("level", 0.95)
    found, notes = _path_times(m, options.get("anticipation", 0), options.get("small_sample", False))
    on = _moment_of_path(found.terms, "arm")[1]
    value, after = _moment_of_path(found.terms, "weeks_after")
    there = [week for week in weeks if (after & (value == week - 1)).any()]
    if not there or not on.any():
        raise ContractError(f"nobody is seen {min(weeks)} weeks after switching off, so what is left cannot be told.")
    groups = [np.flatnonzero(on), *(np.flatnonzero(after & (value == week - 1)) for week in there)]
    terms = pd.DataFrame({"weeks_after": [0, *there]})
    both = _with_overall(found, groups, terms, np.ones(len(groups), bool)).selected(np.arange(len(groups)))
    rows = [_fieller(both, k, level) for k in range(1, len(groups))]
    table = pd.DataFrame(rows, columns=["estimate", "std_error", "conf_low", "conf_high"])
    table.insert(0, "weeks_after", there)
    table["n"] = both.n[1:]
    about = f"what is left of the effect after switching off{spread_words(found)}; Fieller intervals"
    unit = "share of the effect while on"
    return Estimates(table, unit, about, level, None, (*notes, *spread_notes(m, both.spread.small_sample)))


def _fieller(both: Contrasts, k: int, level: float) -> tuple[float, float, float, float]:
    """Estimate k over estimate 0: ratio, its delta-method error, and Fieller's interval."""
    (b, a), spread = both.estimate[[0, k]], both.covariance[np.ix_([0, k], [0, k])]
    ratio = a / b
    error = float(np.sqrt(max(spread[1, 1] - 2 * ratio * spread[0, 1] + ratio**2 * spread[0, 0], 0)) / abs(b))
    t2 = both.reach(level)[[0, k]].max() ** 2
    square, linear, constant = b**2 - t2 * spread[0, 0], a * b - t2 * spread[0, 1], a**2 - t2 * spread[1, 1]
    if square <= 0:
        return ratio, error, -np.inf, np.inf
    reach = np.sqrt(max(linear**2 - square * constant, 0))
    return ratio, error, (linear - reach) / square, (linear + reach) / square


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
    """
    contrasts = after.contrasts
    effects, spread = contrasts.estimate, contrasts.covariance
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
    about = "half-life of what is left after switching off"
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
