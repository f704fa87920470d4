"""Profiles say what they ask, and ask it of a group's mean."""

import numpy as np
import pandas as pd

from workbench.segments.profiles import PROFILES, Profile
from workbench.segments.traits import TRAITS


def test_profiles_write_their_own_sentences():
    assert [str(profile) for profile in PROFILES] == [
        "log in but rarely work: days a week with logins and no work: at least 1;"
        " share of their days spent so: at least 50%",
        "active when rewarded: extra active days a week while an incentive runs: at least +1;"
        " active days a week before and after it: under 1",
        "late starter: change in active days a week from the first quarter of their weeks to the last: at least +1",
        "fading: change in active days a week from the first quarter of their weeks to the last: under −1",
        "very frequent: active days a week: at least 3",
        "hardly use it: active days a week: under 1",
        "steady: everyone else",
    ]


def test_what_is_not_known_fits_no_profile():
    centre = pd.Series(dict.fromkeys(TRAITS, np.nan))
    assert not Profile("active when rewarded", {"incentive_response": 1}).fits(centre)
    assert Profile("steady").fits(centre)


def test_a_floor_is_reached_and_a_ceiling_is_stayed_under():
    profile = Profile("some", {"level": 1}, {"level": 3})
    assert [profile.fits(pd.Series({"level": level})) for level in (0.9, 1, 2.9, 3)] == [False, True, True, False]
