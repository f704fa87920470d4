"""What became of an effect over time, and what is left of it when its cause has stopped."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Literal

from workbench.results.phrases import phrase
from workbench.results.verdict import Row, Verdict, verdict_of


class Course(StrEnum):
    """What became of an effect over time."""

    LASTS = phrase("lasts")
    FADES = phrase("fades")
    LATE = phrase("comes late")
    TURNED_DOWN = phrase("raised, then lowered")
    TURNED_UP = phrase("lowered, then raised")
    NEVER_CLEAR = phrase("no clear effect")
    UNKNOWN = phrase("we cannot say")

    @property
    def turned(self) -> bool:
        """Whether the effect was clear in both directions, so that its mean hides it."""
        return self in (Course.TURNED_DOWN, Course.TURNED_UP)


class Remains(StrEnum):
    """What is left of an effect when its cause has stopped."""

    PART = phrase("part of it stays")
    PROBABLY_PART = phrase("part of it probably stays")
    HARM = phrase("harm: less use than without it")
    PROBABLY_HARM = phrase("probably harm: less use than without it")
    NOTHING = phrase("nothing clear is left")
    LATE = phrase("it came late")
    UNCHANGED = phrase("no clear change")
    UNKNOWN = phrase("we cannot say")


def course_of(spans: Sequence[Row]) -> Course:
    """What became of an effect over time, from the spans in which it is clear, all spans judged together.

    spans : in the order of time, estimate, conf_low, conf_high of each (or band_low, band_high, which hold for all)
    An effect lasts when its last span is clear and at least half of its first; it fades when its last span is less than
    half, and as a whole below the first; else nobody can say. Without a clear span there is no course.

    >>> weeks_1_to_4 = {"estimate": 0.8, "conf_low": 0.6, "conf_high": 1.0}
    >>> weeks_5_on = {"estimate": 0.3, "conf_low": 0.1, "conf_high": 0.5}
    >>> str(course_of([weeks_1_to_4, weeks_5_on]))
    'fades'
    """
    ends: list[Literal["conf", "band"]] = ["band" if "band_low" in row else "conf" for row in spans]
    verdicts = [verdict_of(row, kind) for row, kind in zip(spans, ends, strict=True)]
    clear = [i for i, verdict in enumerate(verdicts) if verdict.clear]
    if not clear:
        return Course.NEVER_CLEAR
    if Verdict.RAISED in verdicts and Verdict.LOWERED in verdicts:
        then = verdicts[verdicts.index(Verdict.RAISED) :]
        return Course.TURNED_DOWN if Verdict.LOWERED in then else Course.TURNED_UP
    sign = 1 if verdicts[clear[0]] is Verdict.RAISED else -1
    first, last = (sign * spans[i]["estimate"] for i in (clear[0], -1))
    furthest = max(sign * spans[-1][f"{ends[-1]}_{end}"] for end in ("low", "high"))
    if last < first / 2 and furthest < first:
        return Course.FADES
    if not verdicts[-1].clear or last < first / 2:
        return Course.UNKNOWN
    return Course.LASTS if clear[0] == 0 else Course.LATE


def remains_of(on: Verdict, after: Verdict) -> Remains:
    """What is left of an effect, from the verdict while its cause lasted and the one afterwards.

    >>> str(remains_of(Verdict.RAISED, Verdict.UNCLEAR))
    'nothing clear is left'
    """
    if after.down:
        return Remains.HARM if after.clear else Remains.PROBABLY_HARM
    if after.up and on.up:
        return Remains.PART if after.clear else Remains.PROBABLY_PART
    if after.up:
        return Remains.LATE if on is Verdict.UNCLEAR else Remains.UNKNOWN
    if after is Verdict.UNCLEAR:
        return Remains.NOTHING if on.up else Remains.UNCHANGED
    return Remains.UNKNOWN
