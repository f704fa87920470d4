"""Roll-out designs: which team, or which person, has the programme in which week.

Parallel: half begin together, the others after the end. Staggered: waves begin one after the other, and a last group
after the end. Stepped wedge: waves begin one after the other until everybody has it (Hussey & Hughes 2007, Contemporary
Clinical Trials 28, 182–191). On and off: each group has it for some weeks in turn.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workbench.errors import ContractError, not_one_of
from workbench.results.phrases import phrase, translated
from workbench.results.words import capital

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
IN_TURN = phrase("on and off")  # for what can be switched off again, as a training cannot
KINDS = {
    phrase("parallel"): phrase("half start together, the others after the end"),
    phrase("staggered"): phrase("groups start in turn, a last one after the end"),
    phrase("stepped wedge"): phrase("groups start in turn until all have it"),
    IN_TURN: phrase("each group has it for some weeks in turn"),
}


@dataclass(frozen=True, eq=False)
class Design:
    """K teams (or single people) over T weeks.

    kind : one of KINDS
    on : K × T, true in the weeks in which a team has the programme
    people : K, how many people are in each team at the start
    leaving : share of the people who leave each week, from 0 to 1
    """

    kind: str
    on: Bools
    people: Floats
    leaving: float = 0.0

    @property
    def who_starts_when(self) -> str:
        """In words, in the language of the page."""
        return capital(translated(KINDS[self.kind]))

    @property
    def weeks(self) -> int:
        """How many weeks are observed."""
        return int(self.on.shape[1])

    @property
    def starts(self) -> Floats:
        """K: the place of the first week on; infinite where the programme begins after the end."""
        return np.where(self.on.any(axis=1), self.on.argmax(axis=1), np.inf)

    @property
    def staying(self) -> Floats:
        """T: the share of the people who are still there in each week."""
        return np.asarray((1 - self.leaving) ** np.arange(self.weeks))

    def until(self, weeks: int) -> Design:
        """The same design, observed for fewer weeks."""
        return replace(self, on=self.on[:, :weeks])

    def waves(self) -> pd.DataFrame:
        """Who begins when: start, end (places of the first week on, and off again; missing: none), teams, people."""
        each = pd.DataFrame({"start": self.starts, "teams": 1, "people": self.people})
        each.insert(1, "end", each["start"] + self.on.sum(axis=1))
        each["start"] = each["start"].replace(np.inf, np.nan)
        each["end"] = each["end"].where(each["end"] < self.weeks)
        return each.groupby(["start", "end"], dropna=False, as_index=False).sum()


def design(
    kind: str,
    people: Sequence[float] | Floats,
    weeks: int = 26,
    waves: int = 4,
    before: int = 6,
    apart: int = 4,
    leaving: float = 0.0,
) -> Design:
    """A roll-out design for teams of known size.

    kind : one of KINDS
    people : how many people are in each team; ones where single people are assigned
    weeks : how many weeks are observed, those before the first start included
    waves : how many groups begin one after the other; not read for a parallel design
    before : weeks before the first start, at least 1
    apart : weeks from one start to the next; on and off, also how long each group has it
    leaving : share of the people who leave each week
    Teams are dealt to groups by size, largest first, so that groups are about equally large; `schedule` draws them.
    Raises ContractError where a group would have no team, or the last start would come after the end.

    >>> stepped = design("stepped wedge", [8] * 6, weeks=5, waves=3, before=1, apart=1)
    >>> stepped.on.astype(int)[:3].tolist()
    [[0, 1, 1, 1, 1], [0, 0, 1, 1, 1], [0, 0, 0, 1, 1]]
    """
    starts, ends = _groups(kind, weeks, waves, before, apart)
    sizes = np.asarray(people, float)
    _check(kind, sizes, weeks, starts, before, leaving)
    group = np.empty(len(sizes), int)
    group[np.argsort(-sizes, kind="stable")] = _dealt(len(sizes), len(starts))
    week = np.arange(weeks)
    return Design(kind, (week >= starts[group, None]) & (week < ends[group, None]), sizes, leaving)


def designs(people: Sequence[float] | Floats, **options: float) -> dict[str, Design]:
    """Every kind of design for the same teams, by its name; options : those of `design`.

    >>> list(designs([8] * 10, weeks=24))
    ['parallel', 'staggered', 'stepped wedge', 'on and off']
    """
    return {kind: design(kind, people, **options) for kind in KINDS}  # type: ignore[arg-type]


def _groups(kind: str, weeks: int, waves: int, before: int, apart: int) -> tuple[Floats, Floats]:
    """The first week on of each group, and the first week off again."""
    if kind not in KINDS:
        raise ContractError(not_one_of(kind, KINDS, "design"))
    starts = np.array([before, np.inf]) if kind == "parallel" else before + apart * np.arange(waves, dtype=float)
    if kind == "staggered":
        starts = np.append(starts, np.inf)
    return starts, starts + apart if kind == IN_TURN else np.full(len(starts), np.inf)


def _check(kind: str, people: Floats, weeks: int, starts: Floats, before: int, leaving: float) -> None:
    if not (people > 0).all():
        raise ContractError(f"a team has at least one person, but {(~(people > 0)).sum()} of {len(people)} have none.")
    if not 0 <= leaving < 1:
        raise ContractError(f"leaving is a share of the people from 0 to below 1, not {leaving:g}.")
    if before < 1:
        raise ContractError("a change needs a week before the first start: before is at least 1.")
    if len(people) < len(starts):
        raise ContractError(
            f"every group of a {kind} design has a team, but there are {len(starts)} groups and {len(people)} teams.\n"
            "  Plan fewer waves, or assign single people."
        )
    last = starts[np.isfinite(starts)].max()
    if last >= weeks:
        raise ContractError(
            f"every wave begins within the {weeks} weeks observed, but the last begins after {last:g}.\n"
            "  Plan more weeks, fewer waves, or waves less far apart."
        )


def _dealt(teams: int, groups: int) -> NDArray[np.int64]:
    """Groups to which teams in order of size are dealt: forwards, then backwards, and so on."""
    turn = np.arange(teams) // groups
    place = np.arange(teams) % groups
    return np.asarray(np.where(turn % 2 == 0, place, groups - 1 - place))
