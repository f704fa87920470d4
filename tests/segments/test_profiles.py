"""Profiles say what they ask, and ask it of a group's mean."""

import numpy as np
import pandas as pd

from workbench.segments.profiles import PROFILES, Profile
from workbench.segments.traits import TRAITS


def test_profiles_write_their_own_sentences():
    assert [str(profile) for profile in PROFILES] == [
        "log in without working: at least 1 days a week on which they log in and do nothing"
        " and at least 0.5 of their days spent so",
        "active when rewarded: at least +1 active days a week while an incentive runs"
        " and under 1 active days a week before and after it",
        "late starter: at least +1 active days a week from the first quarter of their weeks to the last",
        "fading: under −1 active days a week from the first quarter of their weeks to the last",
        "very frequent: at least 3 active days a week",
        "hardly use it: under 1 active days a week",
        "steady: everyone else",
    ]


def test_what_is_not_known_fits_no_profile():
    centre = pd.Series(dict.fromkeys(TRAITS, np.nan))
    assert not Profile("active when rewarded", {"incentive_response": 1}).fits(centre)
    assert Profile("steady").fits(centre)


def test_a_floor_is_reached_and_a_ceiling_is_stayed_under():
    profile = Profile("some", {"level": 1}, {"level": 3})
    assert [profile.fits(pd.Series({"level": level})) for level in (0.9, 1, 2.9, 3)] == [False, True, True, False]
