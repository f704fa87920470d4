"""Whether an incentive was gamed, and whether the check could have seen it."""

from __future__ import annotations

import pytest

from workbench.results.gaming import MISSED, Gaming, gaming_of, missed, worsened
from workbench.results.verdict import Verdict

DUPLICATES, FIELDS = {"suspect": 1}, {"suspect": -1}  # a rise of duplicates is bad, and so is a fall of fields filled


@pytest.mark.parametrize(
    ("sign", "bad"),
    [
        ({**DUPLICATES, "band_low": 0.1, "band_high": 0.3}, True),
        ({**DUPLICATES, "band_low": -0.3, "band_high": -0.1}, False),
        ({**FIELDS, "band_low": -0.3, "band_high": -0.1}, True),
        ({**FIELDS, "band_low": 0.1, "band_high": 0.3}, False),
        ({**FIELDS, "band_low": -0.3, "band_high": 0.0}, False),
    ],
)
def test_a_sign_worsens_only_in_its_own_bad_direction(sign, bad):
    assert worsened(sign) == bad
    not_bad = Gaming.WEAK if missed(sign) > MISSED else Gaming.NOT_GAMED
    assert gaming_of([sign], Verdict.RAISED) is (Gaming.GAMED if bad else not_bad)
    assert gaming_of([sign], Verdict.PROBABLY_RAISED) is (Gaming.GAMED if bad else not_bad)
    assert gaming_of([sign], Verdict.UNCLEAR) is (Gaming.WORSE_WORK if bad else not_bad)


def test_without_a_sign_nobody_can_say_whether_it_was_gamed():
    assert gaming_of([], Verdict.RAISED) is Gaming.UNKNOWN


def test_only_a_check_that_would_have_seen_it_says_not_gamed():
    """A tenth of the work by hand: 0.1 unseen is little, 0.11 is not."""
    little, much = ({**FIELDS, "band_low": -unseen, "band_high": 0.05} for unseen in (0.1, 0.11))
    assert gaming_of([little], Verdict.RAISED) is Gaming.NOT_GAMED
    assert gaming_of([little, much], Verdict.RAISED) is Gaming.WEAK
    assert missed({**FIELDS, "band_low": 0.02, "band_high": 0.05}) == 0.0
