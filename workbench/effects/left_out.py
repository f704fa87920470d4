"""Who is left out of an estimate, and why: nobody goes missing without a sentence in its notes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workbench.inference.contrasts import Contrasts
from workbench.inference.moments import Moments
from workbench.results.phrases import phrase, say, say_n, translated
from workbench.results.words import number

WITHOUT_BASE = {  # by whether it is one period, and whether several can be asked for
    (True, False): phrase(
        "{n} of {all} treated units are left out: no row in the period before treatment"
        " that the periods after it are compared with."
    ),
    (True, True): phrase(
        "{n} of {all} treated units are left out: no row in the period before treatment"
        " that the periods after it are compared with; base= takes a mean of several."
    ),
    (False, True): phrase(
        "{n} of {all} treated units are left out: no row in the {periods} periods before treatment"
        " that the periods after it are compared with; base= takes a mean of several."
    ),
}
APART = 3  # cohorts left out for one reason that have a sentence each; more share one


@dataclass(frozen=True)
class Lost:
    """Units first treated at the place `start` that an estimate leaves out: of all their effects, or of some.

    lost, periods, first : how many effects of how many, and the place of the first; 0 where it is all of them
    """

    start: int
    units: int
    reason: str
    lost: int = 0
    periods: int = 0
    first: int = 0


def unusable(m: Moments, cells: NDArray[np.bool_], start: int, anticipation: int, small_sample: bool) -> str:
    """Why the units of these cells, first treated at `start`, can teach nothing; or an empty text."""
    if start <= anticipation:
        return say("there is no period before treatment")
    if m.n[cells].sum() < 2:
        return say("one unit alone has no spread to judge it by")
    if small_sample and is_alone(m, cells):
        return say("one {cluster} alone has no spread to judge it by", cluster=translated(m.cluster_name or ""))
    return ""


def is_alone(m: Moments, cells: NDArray[np.bool_], stratum: NDArray[np.bool_] | bool = True) -> bool:
    """One unit, or the units of one cluster, are all that is in these cells (of a stratum)."""
    cells = cells & stratum
    if m.clusters is None:
        return bool(m.n[cells].sum() == 1)
    return len(np.unique(m.clusters.cluster[cells[m.clusters.cell]])) == 1


def sentences(m: Moments, lost: Iterable[Lost]) -> list[str]:
    """One for each cohort, or for each reason that more than a few cohorts have in common."""
    by_reason: dict[tuple[str, bool], list[Lost]] = {}
    for each in lost:
        by_reason.setdefault((each.reason, each.lost > 0), []).append(each)
    said: list[str] = []
    for same in by_reason.values():
        said += [_sentence(m, each) for each in same] if len(same) <= APART else [_of_many(m, same)]
    return said


def _sentence(m: Moments, each: Lost) -> str:
    parts = {"start": m.timeline.name(each.start), "reason": each.reason}
    if not each.lost:
        return say_n(
            "{n} unit first treated in {start} is left out: {reason}.",
            "{n} units first treated in {start} are left out: {reason}.",
            each.units,
            **parts,
        )
    return say_n(
        "{lost} of {all} periods of the {n} unit first treated in {start} are left out, from {first}: {reason}.",
        "{lost} of {all} periods of the {n} units first treated in {start} are left out, from {first}: {reason}.",
        each.units,
        lost=each.lost,
        all=each.periods,
        first=m.timeline.name(each.first),
        **parts,
    )


def _of_many(m: Moments, same: Sequence[Lost]) -> str:
    units, first = sum(each.units for each in same), m.timeline.name(min(each.start for each in same))
    parts = {"n": number(units, 0), "cohorts": len(same), "first": first, "reason": same[0].reason}
    if not same[0].lost:
        return say("{n} units of {cohorts} cohorts, the first treated in {first}, are left out: {reason}.", **parts)
    counts = {name: number(sum(getattr(each, name) for each in same), 0) for name in ("lost", "periods")}
    said = phrase(
        "{lost} of {periods} periods of the {n} units of {cohorts} cohorts, the first treated in {first},"
        " are left out: {reason}."
    )
    return translated(said, **counts, **parts)


def before_estimation(m: Moments) -> list[str]:
    """What moments left out already, and gaps that may be weeks in which nothing was done."""
    left = zip(*(m.excluded[column].tolist() for column in ("reason", "units", "rows")), strict=True)
    said = [
        say_n("{n} unit is left out: {reason}.", "{n} units are left out: {reason}.", units, reason=translated(reason))
        if units
        else say("{n} {what} are left out.", n=number(rows, 0), what=translated(reason))
        for reason, units, rows in left
    ]
    if (m.excluded.reason == "treated from the first period on").any() and np.isfinite(m.start).all():
        said.append(say("Nobody is never treated; should they have been coded as a number, make it missing."))
    if m.gaps and not m.zeros:
        said.append(
            f"No {m.outcome} is 0, and {m.gaps:,} rows between a unit's first and last are missing: where no row means"
            " that nothing was done, write rows of 0."
        )
    return said


def in_no_comparison(
    m: Moments,
    found: Contrasts,
    after: NDArray[np.bool_],
    usable: NDArray[np.bool_],
    compared: NDArray[np.bool_],
    asked: bool = False,
) -> list[str]:
    """Units whose own rows never meet in two periods that are compared, by what they lack.

    asked : whoever asks can name several base periods
    after : K, rows since treatment began; usable : C, treated cells that have effects at all; compared : C,
        cells in some comparison
    """
    base = found.terms.base.to_numpy()
    unused = usable & ~(found.behind & after).any(axis=1)
    last = m.start - found.anticipation - 1
    window = np.arange(m.timeline.count) > (last - found.base_periods)[:, None]
    window &= np.arange(m.timeline.count) <= last[:, None]
    without_base = unused & ~(m.seen & window).any(axis=1)
    waiting = np.isinf(m.start) & ~compared
    treated = m.n[usable].sum()
    of_all, said = number(treated, 0), []
    if without_base.any():
        parts = {"n": number(m.n[without_base].sum(), 0), "all": of_all, "periods": found.base_periods}
        said.append(translated(WITHOUT_BASE[found.base_periods == 1, asked], **parts))
    if (unused & ~without_base).any():
        lost = number(m.n[unused & ~without_base].sum(), 0)
        later = phrase("{n} of {all} treated units are left out: no row after treatment that can be compared.")
        said.append(translated(later, n=lost, all=of_all))
    if waiting.any() and len(base):
        never = phrase("{n} of {all} units never treated are left out: no rows in two periods that are compared.")
        counts = (number(m.n[which].sum(), 0) for which in (waiting, np.isinf(m.start)))
        said.append(translated(never, **dict(zip(("n", "all"), counts, strict=True))))
    return said
