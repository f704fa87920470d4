"""Shares of people, and whether they moved."""

from __future__ import annotations

import math

import pandas as pd
import pytest
from results_by_hand import one

from workbench.findings import change, daily_share, gap, share, target


def test_a_share_reads_in_per_cent_with_its_counts():
    found = share(one(0.313, 0.29, 0.334, "share of people", 1240), "are habitual users")
    # By hand: .313 × 1,240 = 388.1
    assert found.headline == "31% of eligible people are habitual users (388 of 1,240; likely 29–33%)."
    assert found.verdict == "descriptive"


def test_few_are_not_nobody_and_many_are_not_everybody():
    few = share(one(0.001, 0.0, 0.004, "share of people", 5000), "do")
    many = share(one(0.999, 0.998, 1.0, "share of people", 5000), "do")
    assert few.headline.startswith("Less than 1% of eligible people do (5 of 5,000; likely 0% to less than 1%)")
    assert many.headline.startswith(
        "More than 99% of eligible people do (4,995 of 5,000; likely more than 99% to 100%)"
    )


def test_a_change_is_real_or_not_clear():
    rose = change(one(0.04, 0.021, 0.062, "share of people active"), "the spring")
    same = change(one(0.01, -0.021, 0.062, "share of people active"), "the spring")
    assert (
        rose.headline == "The share of people active rose by 4.0 percentage points since the spring (likely 2.1–6.2)."
    )
    assert same.headline == (
        "No clear change in the share of people active since the spring: anything from a fall of 2.1 to a rise of"
        " 6.2 points."
    )
    assert "do not say what does" in rose.rule


def test_what_is_the_same_in_every_row_did_not_change():
    assert str(change(one(0.0, 0.0, 0.0, "share of people active"), "the spring")) == (
        "No change in the share of people active since the spring."
    )


def test_how_often_people_come_is_one_sentence_or_none():
    assert daily_share(0.4321) == "on an average day, 43% of recent users (last four weeks) use it"
    assert daily_share(math.nan) == ""


@pytest.mark.parametrize(
    ("aim", "ending"),
    [
        (0.29, "The target of 29% is reached."),  # the interval's lower end
        (0.31, "The target of 31% is too close to call."),
        (0.334, "The target of 33% is too close to call."),  # its upper end
        (0.5, "The target of 50% is not reached."),
    ],
)
def test_a_target_is_judged_by_the_whole_interval(aim, ending):
    found = target(one(0.313, 0.29, 0.334, "share of people", 1240), "have the habit", aim, caveat="Mind this.")
    assert found.headline == (f"31% of people with access have the habit (388 of 1,240; likely 29–33%). {ending}")
    assert found.caveat == "Mind this."


def test_a_target_for_nobody_is_not_missed():
    found = target(one(math.nan, math.nan, math.nan, "share of people", 0), "have the habit", 0.5)
    assert found.headline == "We cannot say how many people with access have the habit: nobody is in this group."


def test_the_steps_of_a_funnel_are_one_sentence():
    """By hand: 93, 72 and 41 of 100."""
    funnel = pd.DataFrame({"step": ["eligible", "ever", "active", "habitual"], "share": [1.0, 0.93, 0.72, 0.41]})
    did = {"ever": "have tried it", "active": "used it lately", "habitual": "have the habit"}
    assert gap(funnel, did) == "93% have tried it, 72% used it lately and 41% have the habit"


@pytest.mark.parametrize(("share_of", "people", "withheld"), [(0.0, 1, True), (0.5, 4, True), (1.0, 9, True), (0.5, 6, False), (1.0, 10, False)])  # fmt: skip
def test_a_share_of_few_people_or_of_few_who_are_all_alike_is_withheld(share_of, people, withheld):
    # One leader: "0 of 100 leaders use it as a habit (between 0 and 79 of 100; 1 person)" (cases.md, 19).
    found = share(one(share_of, 0.0, 1.0, "share of people", people), "use it as a habit", "leaders")
    told = "fewer than 5 people are in this group, or fewer than 10 who all do the same"
    assert (told in found.headline) is withheld


def test_steps_of_a_few_people_who_are_all_alike_make_no_sentence() -> None:
    steps = pd.DataFrame({"step": ["ever", "habitual"], "users": [6, 6], "share": [1.0, 1.0], "n": 6})
    did = {"ever": "tried it", "habitual": "have the habit"}
    assert gap(steps, did) == "Too few people have access to say how far they get"
    assert gap(steps.assign(n=60, users=60), did).startswith("100% tried it")
