"""The ledger: what every programme changed, by hand and as planned."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest

from workbench.simulation import programmes, use, world
from workbench.simulation import truth as truths_of
from workbench.simulation.calendar import Calendar
from workbench.simulation.people import People
from workbench.simulation.truth import Ledger


def test_every_truth_says_what_it_is(truth):
    for one in truth.values():
        assert {"estimand", "unit", "scale", "comparison", "value"} <= one.keys()
        assert one["scale"] == "additive"


def test_a_truth_is_what_the_programme_adds(everyone):
    """By hand: three people far from both ends of the scale gain the 1.4 active days of their programme, one who does not
    learn gains nothing: (1.4 + 1.4 + 1.4 + 0) / 4."""
    away = (everyone.incentive == world.NOBODY) & (everyone.first_day <= 0) & (everyone.last_day == 363)
    learner = np.flatnonzero(away & (everyone.programme == 1) & (everyone.pattern == world.STEADY))[:3]
    idle = np.flatnonzero(away & (everyone.programme == 1) & (everyone.pattern == world.MOTIONS))[:1]
    four = rows(everyone, np.concatenate([learner, idle]))
    ledger = Ledger(Calendar(52))
    ledger.add(four, use.use(four, Calendar(52), np.random.default_rng(0)))
    weeks = 52 - four.trained
    by_hand = 1.4 * weeks[:3].sum() / weeks.sum()
    found = {t["name"]: t["value"] for t in ledger.truths()}
    assert found["Role clinics"] == pytest.approx(by_hand, abs=0.03)


def rows(everyone: People, which: np.ndarray) -> People:
    return People(**{f.name: getattr(everyone, f.name)[which] for f in fields(everyone)})


def test_what_was_planted_is_there(truth):
    assert truth["E-learning library"]["value"] == 0
    assert truth["Fast track"]["parallel_trends"] is False
    fading = truth["Sales basics"]["by_event_week"]
    assert fading[0] > 0.7
    assert fading[20] < fading[0] / 2
    honeymoon = truth["New release tour"]["by_event_week"]
    assert honeymoon[0] > 0.5
    assert honeymoon[16] < -0.2
    assert truth["Activity bonus: after it ended"]["value"] < -0.2
    assert 0.1 < truth["Colleague of the month: after it ended"]["value"] < 0.5
    assert truth["Team workshop: spillover"]["value"] > 0.2


def test_the_naive_gap_is_visibly_larger(truth):
    for name in ("Sales basics", "Role clinics", "One-to-one coaching", "E-learning library", "Team workshop"):
        assert truth[name]["naive"] > truth[name]["value"] + 0.25


def test_every_programme_has_its_rows(truth):
    """By hand: 9 trainings, 2 offers, a spillover, 3 doses, once and twice, 2 groups coached, 3 incentives on and after,
    mandate, champions, waiting, gaming, 2 barriers, an item and a theme."""
    assert len(truth) == 9 + 2 + 1 + 3 + 2 + 2 + 6 + 4 + 4
    for training in programmes.PROGRAMMES:
        assert truth[training.name]["nominal"] == [list(knot) for knot in training.effect]
    assert [name for name, one in truth.items() if not one.get("parallel_trends", True)] == list(truths_of.MISLEADING)


def test_a_naive_gap_is_the_gap_of_means_in_the_same_weeks():
    """By hand, two weeks: reached 3 of one person and 2 of three; others 1 of two each: (1 × 2 + 3 × 1) / 4."""
    reached, others = np.array([[3.0, 6.0], [1, 3]]), np.array([[2.0, 2.0], [2, 2]])
    assert truths_of._gap(reached, others) == 1.25


def test_an_offer_is_its_take_up_times_what_coming_brings(truth):
    """The academy: an offer effect of take-up × the effect on those who came, which is the programme's own truth."""
    offer, came = truth["Starter academy: offer"], truth["Starter academy"]
    assert offer["value_for_those_who_came"] == pytest.approx(came["value"], abs=2e-4)
    assert offer["value"] == pytest.approx(offer["take_up"] * came["value"], abs=2e-4)
    assert 0.7 < offer["take_up"] < 0.95


def test_a_course_by_lot_does_nothing_although_those_who_came_use_more(truth):
    assert (truth["Keyboard shortcuts"]["value"], truth["Keyboard shortcuts: offer"]["value"]) == (0.0, 0.0)
    assert truth["Keyboard shortcuts"]["naive"] > 0.2


def test_coaching_helps_people_most_who_do_not_sell(truth):
    """Planted: 0.8 active days for four hours, 1.4 more for people who do not sell; some do not learn, some know it all."""
    sell, rest = (truth[f"One-to-one coaching: {group}"]["value"] for group in ("people who sell", "everybody else"))
    assert 0.5 < sell < 0.8
    assert sell + 0.6 < rest < 2.2
    assert sell < truth["One-to-one coaching"]["value"] < rest
