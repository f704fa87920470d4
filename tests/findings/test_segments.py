"""Patterns and movement, in people."""

from __future__ import annotations

import pandas as pd

from workbench import findings
from workbench.results.estimates import Estimates
from workbench.results.verdict import Stability


def moves():
    rows = pd.DataFrame({"way": ["to more use", "to less use", "the same", "joined, left or were new"],
                         "users": [30, 20, 950, 40]})  # fmt: skip
    return Estimates(rows, "share of people", "")


def test_movement_is_told_in_people():
    assert findings.shifts(moves()) == "30 people moved up, 20 moved down, 950 stayed"


def test_of_fewer_than_five_who_moved_their_number_is_not_said():
    """Nor does a title say how many of a movement are, whose cell in the picture is withheld."""
    table = pd.DataFrame({"way": ["to more use", "to less use", "the same"], "users": [4, 1, 5]})
    few = findings.shifts(Estimates(table, "share of people", "made up"))
    assert few == "Fewer than 5 people moved up, fewer than 5 moved down, 5 stayed"


def test_patterns_are_told_in_people_and_small_ones_are_withheld():
    rows = pd.DataFrame({"pattern": ["steady", "fading", "very frequent", "hardly use it"],
                         "estimate": [0.5, 0.3, 0.17, 0.03], "n": [50, 30, 17, 3]})  # fmt: skip
    shares = Estimates(rows.assign(std_error=0.0, conf_low=0.0, conf_high=1.0), "share of people", "")
    told = findings.patterns(shares, {"steady": Stability.STABLE, "fading": Stability.SHAKY}, structured=True, among=97)
    assert "hardly use it" not in told.headline
    assert told.headline.startswith("The most common pattern is steady: 50% steady, 30% fading")
    assert told.rule == "1 pattern was found again in random samples of people; not reliable: fading"


def test_people_who_differ_by_degree_are_told_that_they_have_no_patterns():
    rows = pd.DataFrame({"pattern": ["no clear pattern"], "estimate": [1.0], "std_error": [0.0], "conf_low": [0.9],
                         "conf_high": [1.0], "n": [300]})  # fmt: skip
    told = findings.patterns(Estimates(rows, "share of people", ""), {}, structured=False, among=280)
    assert told.headline == (
        "There are no separate patterns of use. People differ in how much they use it, not in how."
    )
    assert (told.verdict, told.n) == ("descriptive", 280)
