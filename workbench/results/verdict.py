"""What a result says and how far to believe it: the rules, and the words that name their outcomes.

Effect and evidence are two things. The interval says what moved, the checks how far to believe it; nobody types
either, and `workbench.results.judgement` makes one verdict of both.

    interval above zero    raised                        ■■■■  dates at random
    interval below zero    lowered                       ■■■□  alike before in several periods, levels near, survives
    zero inside            no clear change               ■■□□  a check is missing, or only part of the drift is survived
    no interval            we cannot say                 ■□□□  a check failed

An effect survives when it stays clear even if the trends parted after the start by as much as they ever did before it;
one that half of that explains has failed: Rambachan & Roth (2023), Review of Economic Studies 90(5), 2555–2591,
relative magnitudes. A check that found nothing is not proof, so the evidence carries the drift that the check would
have seen: Roth (2022), AER: Insights 4(3), 305–322.

Every enumeration is a `StrEnum`: its values are the words of tables and pages, its members what code compares.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Literal

from workbench.results.phrases import phrase, translated

Row = Mapping[Any, Any]

PARTED = 0.05  # groups count as different when chance alone would show such a difference less often than this
UNLIKE = 0.01  # a lottery whose dates differ in earlier use, as chance would bring so rarely, is not believed
LEVEL = 0.25  # standard deviations by which earlier use differs from which on it is said (Imbens & Rubin 2015, 14.2)
# … and from which on fewer than half of each side lie where both do, as of two normal distributions: 2Φ(−d/2) < 1/2
# (Inman & Bradley 1989, Communications in Statistics: Theory and Methods 18, 3851–3874).
FAR = 1.35
COMPARISONS = 2  # periods before the start that show whether trends are alike
RARE = 0.05  # an effect that chance alone shows at most this often is hardly chance
SURVIVES = 1.0  # times the largest parting of trends before the start
FALLS = 0.5  # an effect that so small a part of it would explain has failed the check


class Side(StrEnum):
    """Where an interval lies beside a line."""

    ABOVE = phrase("clearly above")
    UNCLEAR = phrase("not clear")
    BELOW = phrase("clearly below")


class Verdict(StrEnum):
    """What a result says of a measurement; `effect` says the same of whoever brought it about."""

    RAISED = phrase("raised")
    PROBABLY_RAISED = phrase("probably raised")  # clear by itself, and not when all results are judged together
    TURNED_DOWN = phrase("raised, then lowered")
    TURNED_UP = phrase("lowered, then raised")
    UNCLEAR = phrase("no clear change")
    PROBABLY_LOWERED = phrase("probably lowered")
    LOWERED = phrase("lowered")
    UNRELIABLE = phrase("unreliable")  # a check failed, so its interval says nothing
    UNKNOWN = phrase("we cannot say")
    DESCRIPTIVE = phrase("descriptive")  # it describes; it does not say what changed

    @property
    def clear(self) -> bool:
        """Whether the whole interval lies on one side of zero, also when all results are judged together."""
        return self in (Verdict.RAISED, Verdict.LOWERED)

    @property
    def up(self) -> bool:
        """Whether it was raised, or probably so."""
        return self in (Verdict.RAISED, Verdict.PROBABLY_RAISED)

    @property
    def down(self) -> bool:
        """Whether it was lowered, or probably so."""
        return self in (Verdict.LOWERED, Verdict.PROBABLY_LOWERED)

    @property
    def effect(self) -> str:
        """The verdict on a programme that should raise the measurement, as every place of a page says it."""
        return EFFECTS[self]


EFFECTS = {
    Verdict.RAISED: phrase("helped"),
    Verdict.PROBABLY_RAISED: phrase("probably helped"),
    Verdict.TURNED_DOWN: phrase("helped at first, then harmed"),
    Verdict.TURNED_UP: phrase("harmed at first, then helped"),
    Verdict.UNCLEAR: phrase("no clear effect"),
    Verdict.PROBABLY_LOWERED: phrase("probably harmed"),
    Verdict.LOWERED: phrase("harmed"),
    Verdict.UNRELIABLE: phrase("unreliable"),
    Verdict.UNKNOWN: phrase("we cannot say"),
    Verdict.DESCRIPTIVE: phrase("what we see, not why"),
}


class Chance(StrEnum):
    """Whether chance alone would often show an effect as clear."""

    HARDLY = phrase("hardly chance")
    PERHAPS = phrase("perhaps chance")


class Stability(StrEnum):
    """Whether a pattern is found again in other people."""

    STABLE = phrase("stable")
    SHAKY = phrase("shaky")
    NONE = ""  # there was nothing to find again


class Way(StrEnum):
    """Where people went between two weeks."""

    MORE = phrase("to more use")
    SAME = phrase("the same")
    LESS = phrase("to less use")
    OTHER = phrase("joined, left or were new")


class Grade(StrEnum):
    """How far to believe a result, the strongest first."""

    RANDOMISED = "randomised"
    ROBUST = "robust"
    SENSITIVE = "sensitive"
    FAILED = "failed"
    NONE = "no answer"
    DESCRIPTIVE = "descriptive only"
    MIXED = "mixed"  # of several results

    @property
    def squares(self) -> str:
        """As many of four squares as it deserves; none for what compares nothing.

        >>> Grade.ROBUST.squares
        '■■■□'
        """
        return SQUARES.get(self, "")

    @property
    def shown(self) -> str:
        """The squares and the words, as every place of a page shows them.

        >>> Grade.FAILED.shown
        '■□□□ a check failed'
        """
        return f"{self.squares} {translated(EVIDENCE[self])}".strip()


STRONGEST_FIRST = tuple(Grade)
SQUARES = {
    Grade.RANDOMISED: "■■■■",
    Grade.ROBUST: "■■■□",
    Grade.SENSITIVE: "■■□□",
    Grade.FAILED: "■□□□",
    Grade.NONE: "□□□□",
}
EVIDENCE = {
    Grade.RANDOMISED: phrase("dates at random"),
    Grade.ROBUST: phrase("fair comparison, all checks passed"),
    Grade.SENSITIVE: phrase("fair comparison, sensitive to drift"),
    Grade.FAILED: phrase("a check failed"),
    Grade.NONE: phrase("we cannot say"),
    Grade.DESCRIPTIVE: phrase("what we see, not why"),
    Grade.MIXED: phrase("mixed"),
}


class Reason(StrEnum):
    """Why evidence has its grade: what supports it, then what weakens it."""

    AT_RANDOM = phrase("dates drawn at random")
    ARMS_AT_RANDOM = phrase("arms drawn at random")
    ALIKE = phrase("trends alike before the start")
    UNLEVEL = phrase("unlike in level before the start")
    SURVIVES = phrase("survives trends that part after the start")
    NOT_COMPARED = phrase("nothing to compare with")
    NOT_SEEN = phrase("too few weeks before the start")
    ONCE = phrase("one comparison before the start")
    FAR = phrase("levels far apart before the start")
    PARTED = phrase("trends parted before the start")
    BLIND = phrase("the check before the start could not see a drift")
    NOT_COMPUTED = phrase("how far trends may part was not computed")
    UNLIKE = phrase("dates drawn at random, but unlike in earlier use")
    LOST = phrase("arms drawn at random, of which unlike shares are left out")
    SENSITIVE = phrase("does not survive trends that part after the start")
    FALLS = phrase("does not survive half of it")


FAILURES = (
    Reason.PARTED,
    Reason.FAR,
    Reason.UNLIKE,
    Reason.LOST,
    Reason.FALLS,
)  # the others weaken a result, and leave it standing


@dataclass(frozen=True)
class Evidence:
    """How far to believe a result, and why.

    grade : the word for it
    reasons : what decided it, in the order in which a reader should learn it
    drift : the difference in trends before the start, in the result's unit per period, that the check would have seen
        8 times in 10; None where there was no check
    survives : how many times the largest earlier parting of trends the effect survives; None where that is not known
    level : standard deviations by which earlier use was higher among those treated; None where that is not known
    """

    grade: Grade
    reasons: tuple[Reason, ...] = ()
    drift: float | None = None
    survives: float | None = None
    level: float | None = None


def side_of(low: float, high: float, line: float = 0.0) -> Side:
    """On which side of a line a whole interval lies.

    low, high : the interval's ends, in the unit of `line`; a missing end is never clear

    >>> side_of(0.1, 0.4), side_of(0.1, 0.4, line=0.2)
    (<Side.ABOVE: 'clearly above'>, <Side.UNCLEAR: 'not clear'>)
    """
    if low > line:
        return Side.ABOVE
    return Side.BELOW if high < line else Side.UNCLEAR


def verdict_of(row: Row | None, ends: Literal["conf", "band"] = "conf") -> Verdict:
    """What the interval of an effect says.

    row : conf_low and conf_high of an effect; None where there is no row
    ends : "conf" for the row by itself, "band" for all rows at once (reads band_low, band_high)
    Returns one of raised, lowered, no clear change; "we cannot say" where an end is missing or infinite.

    >>> str(verdict_of({"conf_low": 0.1, "conf_high": 0.4}))
    'raised'
    >>> str(verdict_of({"conf_low": 0.1, "conf_high": 0.4, "band_low": -0.1, "band_high": 0.6}, "band"))
    'no clear change'
    >>> str(verdict_of(None))
    'we cannot say'
    """
    if row is None or not all(math.isfinite(row[end]) for end in (f"{ends}_low", f"{ends}_high")):
        return Verdict.UNKNOWN
    said = {Side.ABOVE: Verdict.RAISED, Side.BELOW: Verdict.LOWERED, Side.UNCLEAR: Verdict.UNCLEAR}
    return said[side_of(row[f"{ends}_low"], row[f"{ends}_high"])]


def grade_of(
    verdict: Verdict,
    before: Row | None = None,
    survives: float | None = None,
    randomised: bool = False,
    lottery: float | None = None,
    level: float | None = None,
    lost: float | None = None,
) -> Evidence:
    """How far to believe an effect, from what was checked.

    verdict : what its interval says; how far trends may part matters only where that is clear
    before : the check of trends before the start: p_value, slope_detectable_80 (in the effect's unit per period;
        infinite where no drift could be seen) and periods compared (where known); a missing p_value says that too few
        weeks were seen, None that nobody is there to compare with
    survives : how many times the largest earlier parting of trends the effect survives; None or missing where unknown
    randomised : dates were drawn at random
    lottery : how often chance alone would have set these dates as far apart in earlier use; None where it is not known
    level : standard deviations by which earlier use was higher among those treated; None or missing where unknown
    lost : of arms drawn at random, how often chance alone would have left out as unlike shares of them; None of dates

    >>> alike = {"p_value": 0.6, "slope_detectable_80": 0.02}
    >>> str(grade_of(Verdict.RAISED, alike, survives=1.5).grade)
    'robust'
    >>> found = grade_of(Verdict.RAISED, alike, survives=0.7)
    >>> str(found.grade), [str(reason) for reason in found.reasons]
    ('sensitive', ['does not survive trends that part after the start'])
    """
    if verdict is Verdict.UNKNOWN:
        return Evidence(Grade.NONE)
    if randomised and lottery is not None and lottery < UNLIKE:
        return Evidence(Grade.FAILED, (Reason.UNLIKE,))
    if randomised and lost is not None and lost < UNLIKE:
        return Evidence(Grade.FAILED, (Reason.LOST,))
    if randomised:
        return Evidence(Grade.RANDOMISED, (Reason.AT_RANDOM if lost is None else Reason.ARMS_AT_RANDOM,))
    if before is None:
        return Evidence(Grade.DESCRIPTIVE, (Reason.NOT_COMPARED,))
    known, apart = (None if x is None or math.isnan(x) else float(x) for x in (survives, level))
    drift = None if (slope := before.get("slope_detectable_80")) is None else float(slope)
    doubts = (*_doubts_before(before), *_doubts_of_level(apart), *(_doubts_after(known) if verdict.clear else ()))
    if doubts:
        grade = Grade.FAILED if set(doubts) & set(FAILURES) else Grade.SENSITIVE
        return Evidence(grade, doubts, drift, known, apart)
    unlevel = (Reason.UNLEVEL,) if abs(apart or 0) > LEVEL else ()
    survived = (Reason.SURVIVES,) if verdict.clear else ()
    return Evidence(Grade.ROBUST, (Reason.ALIKE, *unlevel, *survived), drift, known, apart)


def _doubts_before(before: Row) -> tuple[Reason, ...]:
    """What the check of trends before the start leaves in doubt."""
    if not math.isfinite(before["p_value"]):
        return (Reason.NOT_SEEN,)
    if before["p_value"] < PARTED:
        return (Reason.PARTED,)
    if before.get("periods", COMPARISONS) < COMPARISONS:
        return (Reason.ONCE,)
    return (Reason.BLIND,) if math.isinf(before.get("slope_detectable_80", 0)) else ()


def _doubts_of_level(apart: float | None) -> tuple[Reason, ...]:
    """What levels far apart before the start leave in doubt."""
    return (Reason.FAR,) if abs(apart or 0) > FAR else ()


def _doubts_after(survives: float | None) -> tuple[Reason, ...]:
    """What trends that part after the start leave in doubt."""
    if survives is None:
        return (Reason.NOT_COMPUTED,)
    if survives < FALLS:
        return (Reason.FALLS,)
    return (Reason.SENSITIVE,) if survives < SURVIVES else ()


def grade_of_several(grades: Iterable[Grade]) -> Grade:
    """How far to believe a statement that rests on several results: as far as the weakest; mixed where one is in doubt.

    >>> str(grade_of_several([Grade.RANDOMISED, Grade.ROBUST])), str(grade_of_several([Grade.ROBUST, Grade.FAILED]))
    ('robust', 'mixed')
    """
    found = set(grades)
    if found & {Grade.SENSITIVE, Grade.FAILED}:
        return Grade.MIXED
    return next((grade for grade in (Grade.ROBUST, Grade.RANDOMISED) if grade in found), Grade.NONE)


def chance_of(p_value: float) -> Chance:
    """Whether chance alone would often show an effect as clear.

    p_value : share of random orders of the dates that show one, from 0 to 1

    >>> str(chance_of(0.004)), str(chance_of(0.3))
    ('hardly chance', 'perhaps chance')
    """
    return Chance.HARDLY if p_value <= RARE else Chance.PERHAPS
