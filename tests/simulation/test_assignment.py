"""Who is trained, rewarded or obliged, and when."""

from __future__ import annotations

import numpy as np

from workbench.simulation import assignment, programmes, world
from workbench.simulation.calendar import Calendar
from workbench.simulation.people import people


def test_there_are_six_waves_and_people_never_trained(everyone):
    for number in range(len(programmes.PROGRAMMES)):
        assert len(np.unique(everyone.trained[everyone.programme == number])) >= 6
    assert (everyone.programme == world.NOBODY).sum() > 400


def test_the_active_enrol_first(everyone):
    """In self-selected programmes, the mean level falls from wave to wave, and the never trained are below."""
    chose = np.isin(everyone.programme, [0, 1, 3, 4])
    by_wave = [everyone.level[chose & (everyone.trained == wave)].mean() for wave in np.unique(everyone.trained[chose])]
    assert by_wave[0] > by_wave[-1] + 0.5
    assert by_wave[-1] > everyone.level[everyone.programme == world.NOBODY].mean() - 0.2


def test_what_changes_by_itself_is_spread_evenly_over_waves(everyone):
    """The share of people who rise by themselves is the same in every wave of the self-selected programmes."""
    chose = np.isin(everyone.programme, [0, 1, 3, 4])
    rising = [
        (everyone.pattern[chose & (everyone.trained == wave)] == world.LATE).mean()
        for wave in np.unique(everyone.trained[chose])
    ]
    assert np.ptp(rising) < 0.06


def test_workshops_and_incentives_go_to_whole_teams_at_random():
    """By hand: 20 % of 60 teams have a workshop, two per wave; 8, 12 and 9 teams an incentive."""
    waves = assignment.workshop_waves(60, np.random.default_rng(0))
    assert np.bincount(waves[waves >= 0]).tolist() == [2] * 6
    offers = assignment.offers(60, np.random.default_rng(0))
    assert np.bincount(offers[offers[:, 0] >= 0, 0]).tolist() == [8, 12, 9]


def test_an_incentive_runs_as_its_path_says():
    """By hand: the second path of the first incentive runs from week 22 to 33 of 52."""
    found = assignment.incentives(np.array([[0, 1], [-1, -1]]), Calendar(52))
    assert [found[name].tolist() for name in ("incentive", "on", "off")] == [[0, -1], [22, -1], [34, -1]]


def test_dates_of_coaching_have_nothing_to_do_with_use(everyone):
    """Dates by lot: the correlation of the date with the level is within three standard errors of zero."""
    here = everyone.programme == programmes.COACHING
    correlation = np.corrcoef(everyone.level[here], everyone.trained[here])[0, 1]
    assert abs(correlation) < 3 / np.sqrt(here.sum())


def test_nobody_is_both_trained_and_exposed(everyone):
    assert not ((everyone.programme >= 0) & (everyone.exposed >= 0)).any()
    assert set(everyone.hours[everyone.programme == programmes.COACHING]) == {2.0, 4.0, 6.0}


def test_two_departments_must_log_in_one_after_the_other():
    department = np.arange(len(world.DEPARTMENTS))
    weeks = assignment.mandates(department, Calendar(52), np.random.default_rng(0))
    assert sorted(weeks[weeks >= 0].tolist()) == list(programmes.MANDATE_WEEKS)


def rises(everyone) -> np.ndarray:
    """How far each person's use rises by itself in the course of the year, active days a week; falls are negative."""
    return everyone.trait("swing")


def test_lots_are_for_people_without_any_other_training(everyone):
    """By hand: 10 % of 1,500 are offered the shortcuts; two halves of 34 draw a date of the academy."""
    offered = everyone.offered >= 0
    assert np.bincount(everyone.offered[offered])[programmes.KEYS :].tolist() == [150, 68]
    assert (everyone.programme[everyone.comes] == everyone.offered[everyone.comes]).all()
    assert (everyone.programme[offered & ~everyone.comes] == world.NOBODY).all()
    assert (everyone.exposed[offered] == world.NOBODY).all()


def test_who_comes_to_the_shortcuts_would_have_risen_and_who_stays_away_fallen(everyone):
    here = everyone.offered == programmes.KEYS
    came, away = rises(everyone)[here & everyone.comes], rises(everyone)[here & ~everyone.comes]
    assert came.mean() > 0.3
    assert away.mean() < -0.1


def test_the_keen_who_ask_for_the_academy_would_have_fallen():
    """Over twenty seeds: those who draw fall by themselves; those offered the shortcuts rise as the never offered do."""
    asks, offered, others = [], [], []
    for seed in range(1, 21):
        one = people(1500, 52, seed)
        never = (one.programme == world.NOBODY) & (one.exposed == world.NOBODY) & (one.offered == world.NOBODY)
        asks.append(rises(one)[one.offered == programmes.STARTERS].mean())
        offered.append(rises(one)[one.offered == programmes.KEYS].mean())
        others.append(rises(one)[never].mean())
    assert np.mean(asks) < -0.4
    gap = np.subtract(offered, others)
    assert abs(gap.mean()) < 3 * gap.std() / np.sqrt(20)


def test_dates_by_lot_are_independent_of_use(everyone):
    """The correlation of date and level is within three standard errors of zero, in both draws; every wave has people."""
    for number in (programmes.KEYS, programmes.STARTERS):
        here = everyone.offered == number
        assert len(np.unique(everyone.offered_in[here])) == len(programmes.WAVES)
        for value in (everyone.level, rises(everyone)):
            correlation = np.corrcoef(value[here], everyone.offered_in[here])[0, 1]
            assert abs(correlation) < 3 / np.sqrt(here.sum())


def test_two_departments_have_a_barrier_each(everyone):
    departments = {n: set(everyone.department[everyone.barrier == n]) for n in range(len(world.BARRIERS))}
    assert [len(found) for found in departments.values()] == [1, 1]
    assert departments[world.SHORT_OF_TIME] != departments[world.UNSURE]
