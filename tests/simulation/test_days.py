"""Sampled days: as many as expected; chunks do not change people."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from workbench.simulation.calendar import Calendar
from workbench.simulation.days import Simulation, active_days, added_days, sampled_days
from workbench.simulation.people import people


def test_a_week_has_its_expected_days_rounded_up_or_down():
    """Systematic sampling of 1.4 days a week: one or two days, 1.4 on average, each day in its share."""
    chances = np.tile([0.3, 0.3, 0.3, 0.2, 0.2, 0.1, 0.0], (20_000, 1, 1))
    days = sampled_days(chances, np.random.default_rng(1))
    assert set(days.sum(2).ravel()) == {1, 2}
    assert days.mean(axis=(0, 1)) == pytest.approx(chances[0, 0], abs=0.015)


def test_active_days_are_those_expected():
    """Mean active days of a user-week within a hundredth of what is expected."""
    simulation = Simulation(people(300, 26, 5), Calendar(26), 5)
    ((_, expected, days),) = active_days(simulation)
    assert days.mean() == pytest.approx(expected.with_all.mean(), abs=0.01)


def test_chunks_hold_everybody_once(monkeypatch):
    monkeypatch.setattr("workbench.simulation.days.CHUNK", 120)
    simulation = Simulation(people(300, 26, 5), Calendar(26), 5)
    numbers = [who.number for who, _, _ in simulation.chunks()]
    assert [len(chunk) for chunk in numbers] == [120, 120, 60]
    assert np.concatenate(numbers).tolist() == list(range(300))


def test_added_days_are_as_many_as_expected_and_never_active_already():
    """20,000 weeks with 0.2 active and 0.1 added days a day: 0.7 further days a week, standard error 0.005."""
    chances = np.full((20_000, 1, 7), 0.2)
    expected = SimpleNamespace(active=chances, later=np.full(chances.shape, 0.1))
    active = sampled_days(chances, np.random.default_rng(1))
    added = added_days(active, expected, np.random.default_rng(2))
    assert not (active & added).any()
    assert added.sum(2).mean() == pytest.approx(0.7, abs=0.015)
