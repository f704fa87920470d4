"""Whether an incentive brought more work, or only more that looks like work."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from workbench.results.phrases import phrase
from workbench.results.verdict import Row, Side, Verdict, side_of

MISSED = 0.1  # part of the work: a check of its quality that could have missed so much is weak


class Gaming(StrEnum):
    """Whether an incentive brought more work, or only more that looks like work."""

    GAMED = phrase("gamed")
    WORSE_WORK = phrase("worse work")
    NOT_GAMED = phrase("not gamed")
    WEAK = phrase("no sign found, and the check is weak")
    UNKNOWN = phrase("we cannot say")


def worsened(sign: Row) -> bool:
    """Whether a sign of quality clearly turned the wrong way, for all signs at once.

    sign : band_low, band_high of its change; suspect: 1 where a rise is bad, −1 where a fall is

    >>> worsened({"band_low": -0.4, "band_high": -0.2, "suspect": -1})
    True
    """
    wrong = Side.ABOVE if sign["suspect"] > 0 else Side.BELOW
    return side_of(sign["band_low"], sign["band_high"]) is wrong


def gaming_of(signs: Sequence[Row], volume: Verdict) -> Gaming:
    """Whether an incentive was gamed: more was done, and any sign of its quality clearly turned the wrong way.

    signs : as in `worsened`, a row for each sign of quality; volume : what happened to how much was done
    Returns "not gamed" only where every sign would have shown it; "we cannot say" where no sign was recorded.

    >>> duplicates = {"band_low": 0.05, "band_high": 0.15, "suspect": 1}
    >>> str(gaming_of([duplicates], Verdict.RAISED)), str(gaming_of([duplicates], Verdict.UNCLEAR))
    ('gamed', 'worse work')
    """
    if not signs:
        return Gaming.UNKNOWN
    if any(worsened(sign) for sign in signs):
        return Gaming.GAMED if volume.up else Gaming.WORSE_WORK
    return Gaming.WEAK if any(missed(sign) > MISSED for sign in signs) else Gaming.NOT_GAMED


def missed(sign: Row) -> float:
    """By how much a sign of quality may have turned the wrong way without being seen.

    sign : as in `worsened`

    >>> missed({"band_low": -0.17, "band_high": 0.14, "suspect": -1})
    0.17
    """
    furthest = sign["band_high"] if sign["suspect"] > 0 else -sign["band_low"]
    return max(float(furthest), 0.0)
