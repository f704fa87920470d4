"""Who is left out of an estimate, and why: nobody goes missing without a sentence in its notes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workbench.inference.contrasts import Contrasts
from workbench.inference.moments import Moments

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
        return "there is no period before treatment"
    if m.n[cells].sum() < 2:
        return "one unit alone has no spread to judge it by"
    if small_sample and is_alone(m, cells):
        return f"one {m.cluster_name} alone has no spread to judge it by"
    return ""


def is_alone(m: Moments, cells: NDArray[np.bool_]) -> bool:
    """One unit, or the units of one cluster, are all that is in these cells."""
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
    who = f"{each.units:,} units first treated in {m.timeline.name(each.start)}"
    if not each.lost:
        return f"{who} are left out: {each.reason}."
    return (
        f"{each.lost} of {each.periods} periods of the {who} are left out, from {m.timeline.name(each.first)}:"
        f" {each.reason}."
    )


def _of_many(m: Moments, same: Sequence[Lost]) -> str:
    units, first = sum(each.units for each in same), m.timeline.name(min(each.start for each in same))
    who = f"{units:,} units of {len(same)} cohorts, the first treated in {first},"
    if not same[0].lost:
        return f"{who} are left out: {same[0].reason}."
    lost, periods = (sum(getattr(each, name) for each in same) for name in ("lost", "periods"))
    return f"{lost:,} of {periods:,} periods of the {who} are left out: {same[0].reason}."


def before_estimation(m: Moments) -> list[str]:
    """What moments left out already, and gaps that may be weeks in which nothing was done."""
    left = zip(*(m.excluded[column].tolist() for column in ("reason", "units", "rows")), strict=True)
    said = [
        f"{units:,} units are left out: {reason}." if units else f"{rows:,} {reason} are left out."
        for reason, units, rows in left
    ]
    if (m.excluded.reason == "treated from the first period on").any() and np.isfinite(m.start).all():
        said.append("Nobody is never treated; should they have been coded as a number, make it missing.")
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
) -> list[str]:
    """Units whose own rows never meet in two periods that are compared, by what they lack.

    after : K, rows since treatment began; usable : C, treated cells that have effects at all; compared : C,
        cells in some comparison
    """
    base = found.terms.base.to_numpy()
    unused = usable & ~found.behind[:, after].any(axis=1)
    last = m.start - found.anticipation - 1
    window = np.arange(m.timeline.count) > (last - found.base_periods)[:, None]
    window &= np.arange(m.timeline.count) <= last[:, None]
    without_base = unused & ~(m.seen & window).any(axis=1)
    waiting = np.isinf(m.start) & ~compared
    treated = m.n[usable].sum()
    which = "the period" if found.base_periods == 1 else f"the {found.base_periods} periods"
    said = []
    if without_base.any():
        said.append(
            f"{m.n[without_base].sum():,} of {treated:,} treated units are left out: no row in {which} before treatment"
            " that the periods after it are compared with; base= takes a mean of several."
        )
    if (unused & ~without_base).any():
        lost = m.n[unused & ~without_base].sum()
        said.append(f"{lost:,} of {treated:,} treated units are left out: no row after treatment that can be compared.")
    if waiting.any() and len(base):
        said.append(
            f"{m.n[waiting].sum():,} of {m.n[np.isinf(m.start)].sum():,} units never treated are left out: no rows in"
            " two periods that are compared."
        )
    return said
