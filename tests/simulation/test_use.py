"""Expected use: what programmes add by hand, and what no programme can change."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest

from workbench.simulation import programmes, world
from workbench.simulation.calendar import Calendar
from workbench.simulation.people import People
from workbench.simulation.use import further_effect, incentive_effect, training_effect, use

WEEKS = Calendar(52)


def person(everyone: People, **columns: float) -> People:
    """A steady person without any programme but those given here."""
    nothing = dict.fromkeys(("programme", "trained", "exposed", "incentive", "on", "off", "mandated"), world.NOBODY)
    given = {"pattern": world.STEADY, "again": False, "first_day": 0, "last_day": 363} | nothing | columns
    first = {field.name: getattr(everyone, field.name)[:1] for field in fields(everyone)}
    return People(**first | {name: np.array([value]) for name, value in given.items()})


def test_a_training_fades_along_its_knots(everyone):
    """By hand: Sales basics adds 1.3 at once, half-way to week 8 (1.3 + 0.65) / 2, and 0.1 from week 40 on."""
    effect = training_effect(person(everyone, programme=programmes.BASICS, trained=4, hours=7.0), WEEKS)[0]
    assert effect[[3, 4, 8, 12, 44, 51]] == pytest.approx([0.0, 1.3, 0.975, 0.65, 0.1, 0.1])


def test_whoever_comes_again_starts_anew(everyone):
    """By hand: twelve weeks after the first time the effect is that of the first week again."""
    again = person(everyone, programme=programmes.BASICS, trained=4, hours=7.0, again=True)
    assert training_effect(again, WEEKS)[0, [16, 24]] == pytest.approx([1.3, 0.65])


def test_coaching_works_in_proportion_to_its_hours(everyone):
    """By hand: 0.8 for the usual four hours, 0.4 for two, 1.2 for six."""
    found = [
        training_effect(person(everyone, programme=programmes.COACHING, trained=4, hours=hours), WEEKS)[0, 4]
        for hours in (2.0, 4.0, 6.0)
    ]
    assert found == pytest.approx([0.4, 0.8, 1.2])


def test_untrained_colleagues_gain_from_the_week_of_the_workshop(everyone):
    effect = training_effect(person(everyone, exposed=9), WEEKS)[0]
    assert effect[[8, 9, 51]].tolist() == [0.0, programmes.SPILLOVER, programmes.SPILLOVER]


def test_those_who_do_not_learn_gain_nothing(everyone):
    idle = person(everyone, pattern=world.MOTIONS, programme=programmes.CLINICS, trained=4, hours=6.0)
    assert not training_effect(idle, WEEKS).any()


def test_an_incentive_ends_and_leaves_what_it_leaves(everyone):
    """By hand: the bonus adds 0.7 while on and takes 0.6 afterwards; the incentive-driven 2 more, then nothing."""
    bonus = {"incentive": 2, "on": 10, "off": 24}
    steady = incentive_effect(person(everyone, **bonus), np.arange(52))[0]
    driven = incentive_effect(person(everyone, pattern=world.DRIVEN, **bonus), np.arange(52))[0]
    assert steady[[9, 10, 23, 24]] == pytest.approx([0.0, 0.7, 0.7, -0.6])
    assert driven[[9, 10, 23, 24]] == pytest.approx([0.0, 2.7, 2.7, 0.0])


def test_without_programmes_use_is_what_it_is(everyone):
    """No programme, no difference; nobody is active where there is no access, or more than 4.9 days a week."""
    alone = use(person(everyone, level=9.0, last_day=100), WEEKS, np.random.default_rng(0))
    assert (alone.with_all == alone.without_training).all()
    assert (alone.with_all == alone.without_incentive).all()
    assert alone.with_all.max() <= world.MOST
    assert not alone.active.reshape(-1)[101:].any()


def test_a_mandate_brings_logins_only(everyone):
    """By hand: one more login a week from the week of the mandate, on workdays, and the same chance of activity."""
    obliged = use(person(everyone, mandated=20), WEEKS, np.random.default_rng(0))
    free = use(person(everyone), WEEKS, np.random.default_rng(0))
    assert (obliged.login_only - free.login_only).sum(2)[0, [19, 20, 51]] == pytest.approx([0.0, 1.0, 1.0])
    assert (obliged.active == free.active).all()


def test_the_academy_adds_its_day_for_those_who_come(everyone):
    """By hand: one active day a week from the first week on, in what is added later and not in the rest."""
    there = person(everyone, programme=programmes.STARTERS, trained=20, hours=12.0, level=2.0)
    assert further_effect(there, WEEKS)[0, [19, 20, 51]].tolist() == [0.0, 1.0, 1.0]
    expected = use(there, WEEKS, np.random.default_rng(0))
    assert expected.later.sum(2)[0, [19, 20, 30]] == pytest.approx([0.0, 1.0, 1.0])
    assert not training_effect(there, WEEKS).any()
    assert (expected.with_all - expected.without_training)[0, 30] == pytest.approx(1.0)


def test_coaching_adds_more_for_people_who_do_not_sell(everyone):
    """By hand: 1.4 for four hours, in proportion to hours; nothing further for those who sell."""
    assistant = {"department": 3, "role": 1}
    coached = {"programme": programmes.COACHING, "trained": 20}
    helped = person(everyone, **coached, **assistant, hours=2.0)
    seller = person(everyone, **coached, department=0, role=0, hours=4.0)
    assert further_effect(helped, WEEKS)[0, [19, 20, 51]] == pytest.approx([0.0, 0.7, 0.7])
    assert not further_effect(seller, WEEKS).any()
