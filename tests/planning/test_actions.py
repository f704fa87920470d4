"""Actions by rules that are data: each rule by a finding made for it, gains by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest
from small_panels import PANEL

from workbench.planning.actions import FITS, MOST, actions, advice, reached, rules
from workbench.results.course import Course, Remains
from workbench.results.gaming import Gaming
from workbench.results.record import Record
from workbench.results.verdict import Grade, Verdict

PEOPLE = {"everybody": 90, "untrained": 50}
TALKS = Record("training", "Talks", "Talks raised use.", "raised", "robust", 0.3, 0.1, 0.5, "days", 40, course="lasts")
RACE = Record("incentive", "Race", "The race raised use.", "raised", "randomised", 0.5, 0.2, 0.8, "days", 30)
MADE_FOR = {
    "expand": TALKS,
    "stop": Record("gaming", "Race", "The race was gamed.", "gamed", "randomised", n=30),
    "review": Record("mandate", "Must", "…", "raised", "robust", 0.9, 0.7, 1.1, "logins", 57, course="logins only"),
    "answer faster": Record("support", "slow answers", "…", "lowered", "robust", -0.4, -0.6, -0.2, "days", 200),
    "redesign": replace(TALKS, verdict="no clear change", course="raised, then lowered"),
    "refresh": replace(TALKS, course="fades"),
    "remove the barrier": Record("barrier", "time", "…", "descriptive", "descriptive only", group="Service"),
    "offer help": Record("habit", "North", "…", "descriptive", "descriptive only", unit="people", n=12),
    "change": replace(RACE, about="afterwards", verdict="lowered"),
    "do not repeat": replace(RACE, about="gaming", verdict="gamed", over=True),
    "repeat with random dates": replace(TALKS, grade="failed"),
}


@pytest.mark.parametrize("name", MADE_FOR)
def test_each_rule_takes_the_finding_made_for_it(name):
    assert actions([MADE_FOR[name]], PEOPLE)["rule"].tolist() == [name]


def test_where_nobody_is_in_a_group_help_is_offered_to_all_who_are_close_to_the_habit():
    found = actions([replace(MADE_FOR["offer help"], about="habit of all", name="everybody")], PEOPLE)
    assert found["action"].tolist() == ["Offer help on the way to the habit"]
    assert found["whom"].tolist() == ["people who are close to the habit"]


def test_every_rule_has_a_finding_made_for_it():
    assert {rule["name"] for rule in rules()} == set(MADE_FOR)


def test_rules_ask_for_words_that_findings_use():
    """A misspelt word in the rules would never fit anything."""
    said = {*Verdict, *Grade, *Course, *Gaming, *Remains, "logins only", True, False}
    asked = [word for rule in rules() for what in FITS[1:] for word in rule.get(what, [])]
    assert [word for word in asked if word not in said] == []


def test_gains_by_hand():
    """Talks: 0.3 days (0.1 to 0.5) for 50 untrained; slow answers: 0.4 days (0.2 to 0.6) less harm for each person.

    200 had a slow answer at some time in the year, and it mattered for six weeks: they are not those who gain a week.
    """
    found = actions([TALKS, MADE_FOR["answer faster"]], PEOPLE).set_index("rule")
    assert found.loc["expand", ["people", "gain", "gain_low", "gain_high"]].tolist() == pytest.approx([50, 15, 5, 25])
    assert found.loc["answer faster", ["gain", "gain_low", "gain_high"]].tolist() == pytest.approx([0.4, 0.2, 0.6])
    assert found["compared"].tolist() == [40, 200]
    assert found["people"].isna().tolist() == [False, True]


def test_what_is_to_be_found_out_has_no_gain():
    assert actions([MADE_FOR["repeat with random dates"]], PEOPLE)["gain"].isna().all()


@pytest.mark.parametrize(
    "other", [replace(TALKS, name="Clinic", estimate=0.4, n=9), replace(TALKS, name="Clinic", grade="randomised")]
)
def test_of_several_that_fit_the_surest_is_taken_and_then_the_largest_effect(other):
    assert actions([TALKS, other], PEOPLE)["action"].tolist() == ["Offer Clinic to more people"]


def test_what_has_ended_is_not_stopped():
    gamed, harmed = MADE_FOR["do not repeat"], replace(RACE, name="Prize", verdict="lowered", over=True)
    assert actions([gamed, harmed], PEOPLE)["action"].tolist() == [
        "Do not repeat Race as it was: reward work that is checked",
        "Do not repeat Prize: it lowered use",
    ]
    assert actions([replace(gamed, over=False)], PEOPLE)["rule"].tolist() == ["stop"]


@pytest.mark.parametrize(("verdict", "words"), [("lowered", "use fell"), ("probably lowered", "use probably fell")])
def test_an_action_says_no_more_than_its_finding(verdict, words):
    (said,) = actions([replace(MADE_FOR["change"], verdict=verdict)], PEOPLE)["action"]
    assert f"after it ended, {words} below what it would have been" in said


def test_there_are_five_at_most_and_each_finding_is_used_once():
    found = actions(MADE_FOR.values(), PEOPLE)
    assert found["rule"].tolist() == list(MADE_FOR)[:MOST]


def test_what_did_nothing_calls_for_nothing():
    assert actions([replace(TALKS, verdict="no clear change", course="no clear effect")], PEOPLE).empty


def test_people_there_are_counted():
    assert reached(PANEL.assign(trained=None)) == {"everybody": 4, "untrained": 4}  # b2 has left


def test_advice_on_a_programme_weighs_all_its_findings():
    """The race raised use and was gamed: the first rule that fits any of its findings stops it."""
    known = [RACE, MADE_FOR["stop"], TALKS, replace(TALKS, name="Tour", verdict="no clear change", course="")]
    assert advice(known) == {"Race": "stop", "Talks": "expand", "Tour": "keep"}
    assert advice([MADE_FOR["answer faster"]]) == {}  # no programme


def test_an_action_links_to_the_finding_that_is_its_reason():
    """That a gamed race raised use is no reason to stop it."""
    gamed = replace(MADE_FOR["stop"], page="5_incentives", anchor="was-the-work-real")
    found = actions([replace(RACE, page="5_incentives", anchor="which"), gamed], PEOPLE)
    assert found[["finding", "link"]].to_numpy().tolist() == [
        ["The race was gamed.", "5_incentives.html#was-the-work-real"]
    ]


def test_two_incentives_that_harmed_are_two_actions_and_one_programme_is_never_stopped_twice() -> None:
    race, prize = (
        replace(RACE, name=name, verdict="lowered", estimate=by) for name, by in (("Race", -0.5), ("Prize", -0.2))
    )
    gamed = Record("gaming", "Race", "The race was gamed.", "gamed", "randomised", n=30)
    found = actions([prize, race, gamed], PEOPLE)
    # Race is stopped because it was gamed; that it lowered use, too, is no second action.
    assert found[["rule", "finding"]].values.tolist() == [["stop", "The race was gamed."], ["stop", prize.headline]]
    assert found["action"].str.contains("Prize").tolist() == [False, True]
    third = replace(prize, name="Bonus", estimate=-0.1)
    assert actions([prize, race, third], PEOPLE)["action"].tolist() == ["Stop Race", "Stop Prize"]
