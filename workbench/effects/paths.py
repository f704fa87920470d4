"""Effects of a treatment that is switched on and off, or comes in several arms.

A path is a whole history of treatment. It is compared with the units that began as it did and have not been switched
yet: while it is on, that is the effect; after it was switched off, what is left of it.

Source: de Chaisemartin & D'Haultfœuille (2024), Review of Economics and Statistics (not normalised).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workbench.effects.comparisons import Group, joined, one_group
from workbench.effects.did import check_choice, spread_notes, spread_words
from workbench.effects.left_out import Lost, before_estimation, in_no_comparison, sentences, unusable
from workbench.errors import ContractError, check_whole
from workbench.inference.contrasts import Contrasts
from workbench.inference.intervals import estimates
from workbench.inference.layout import Floats
from workbench.inference.moments import Moments
from workbench.results.estimates import LEVEL, Estimates
from workbench.results.phrases import phrase, say, translated


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
    small_sample: bool = True,
    level: float = LEVEL,
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

    >>> from workbench import programmes
    >>> race = programmes.incentives(wb.user_weeks(log), log)["Race"]
    >>> m = wb.moments(race.rows, treatment="on", cluster="team")
    >>> wb.path_effects(m, by="event_week").overall["estimate"].round(2)
    np.float64(0.9)
    """
    check_choice("by", by, (None, "event_week", "course", "weeks_after", "arm"))
    if by is None:
        found, notes = path_times(m, anticipation, small_sample)
        terms = pd.DataFrame({"path": found.terms.path, "period": m.timeline.labels(found.terms.period)})
        return estimates(found, terms, m.unit, _about(found), level, notes, seed=seed)
    summed, about, notes = path_means(m, by, anticipation, small_sample)
    return estimates(summed, _named(summed.terms[:-1], by), m.unit, about, level, notes, summary=True, seed=seed)


def path_means(
    m: Moments, by: str, anticipation: int = 0, small_sample: bool = True
) -> tuple[Contrasts, str, tuple[str, ...]]:
    """The summaries of `path_effects` with their overall number last, how they were estimated, and notes."""
    found, notes = path_times(m, anticipation, small_sample)
    value, used = moment_of_path(found.terms, by)
    if not used.any():
        raise ContractError(say("no path has effects by {by}: {reason}.", by=by, reason=_why_none(by)))
    values = np.unique(value[used])
    groups = [np.flatnonzero(used & (value == v)) for v in values]
    names = [m.arms[int(v)] for v in values] if by == "arm" else values.astype(int)
    terms = pd.DataFrame({"event_week" if by == "course" else by: names})
    # How far apart the periods compared lie is what checks of the trends before read.
    apart = (found.terms.period - found.terms.base).to_numpy()
    places = terms.assign(distance=[apart[rows].mean() for rows in groups])
    return with_overall(found, groups, places, values >= 0), _about(found), notes


def _about(found: Contrasts) -> str:
    return say("effects of switching on and off, compared with units not switched yet") + spread_words(found)


def _named(places: pd.DataFrame, by: str) -> pd.DataFrame:
    """Only what names a row."""
    return places[["event_week" if by == "course" else by]].reset_index(drop=True)


def _why_none(by: str) -> str:
    if by == "weeks_after":
        return say("nobody is switched off again while seen")
    return say("nobody is seen while it is on")


def moment_of_path(terms: pd.DataFrame, by: str) -> tuple[Floats, NDArray[np.bool_]]:
    """What each row is grouped by, and whether it counts."""
    on = terms.period < np.minimum(terms.stop, terms.again)
    if by == "weeks_after":
        value = terms.period - terms.stop
        return value.to_numpy(float), ((value >= 0) & (terms.period < terms.again)).to_numpy()
    if by == "arm":
        return terms.arm.to_numpy(float), (on & (terms.period >= terms.cohort)).to_numpy()
    counted = terms.period < terms.again if by == "course" else on
    return (terms.period - terms.cohort).to_numpy(float), counted.to_numpy()


def with_overall(
    found: Contrasts, groups: list[NDArray[np.int64]], terms: pd.DataFrame, counted: NDArray[np.bool_]
) -> Contrasts:
    """Means by the units behind, and their plain mean over the groups that count."""
    summed = found.averaged(groups, terms, found.behind)
    mean = counted / max(counted.sum(), 1)
    return summed.combined(np.column_stack([np.eye(len(groups)), mean]), pd.concat([terms, terms.iloc[:1]]))


def path_times(m: Moments, anticipation: int, small_sample: bool) -> tuple[Contrasts, tuple[str, ...]]:
    """The effect on every path in every period; terms path, cohort (its start), period, base, arm, stop, again.

    Beside it what should be known of them.
    """
    check_whole("anticipation", anticipation)
    full = m.followed
    lost: list[Lost] = []
    parts, paths, used, compared = [], [], np.zeros(len(m.n), bool), np.zeros(len(m.n), bool)
    for arms in sorted({tuple(row) for row in full.tolist()}):
        changed = np.flatnonzero(np.array(arms) != arms[0])
        if not len(changed):
            continue
        path = _followed(arms, int(changed[0]))
        same_start = full[:, 0] == arms[0]
        never = (full == full[:, :1]).all(axis=1)
        group = Group(path.start, (full == np.array(arms)).all(axis=1), never, same_start)
        reason = unusable(m, group.cells, group.start, anticipation, small_sample)
        if reason:
            lost.append(Lost(group.start, int(m.n[group.cells].sum()), reason))
            continue
        effects, gone = one_group(m, group, "not_yet_treated", anticipation, None)
        parts.append(effects)
        paths.append(path)
        lost += [gone] if gone else []
        used |= group.cells
        compared[effects.compared()] = True
    if not parts:
        said = "\n  ".join(sentences(m, lost)) or "Look at the treatment column: it changes for nobody while seen."
        rule = say("no path is switched after it was seen before, so there is no effect to see.")
        raise ContractError(f"{rule}\n  {said}")
    found = replace(joined(m, parts, small_sample, lost), anticipation=anticipation)
    rows = [len(part.period) for part in parts]
    extra = {
        "path": np.repeat(np.array([_path_name(m, path) for path in paths], object), rows),
        "arm": np.repeat([path.arm for path in paths], rows),
        "stop": np.repeat([path.stop for path in paths], rows),
        "again": np.repeat([path.again for path in paths], rows),
    }
    after = (found.terms.period >= found.terms.cohort).to_numpy()
    notes = [*before_estimation(m), *sentences(m, lost), *in_no_comparison(m, found, after, used, compared)]
    if np.isfinite(extra["again"]).any():
        count = sum(np.isfinite(path.again) for path in paths)
        again = phrase("{n} of {all} paths are switched on again; after that they are in no summary.")
        notes.append(translated(again, n=count, all=len(paths)))
    return replace(found, terms=found.terms.assign(**extra)), (*notes, *spread_notes(m, small_sample))


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
    name = f"{m.arms[path.arm]} from {m.timeline.name(path.start)}"
    if np.isfinite(path.stop):
        name += f" until {m.timeline.name(path.stop)}"
    return name + (f", changed in {m.timeline.name(path.again)}" if np.isfinite(path.again) else "")
