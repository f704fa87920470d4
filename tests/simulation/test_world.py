"""Patterns and constants fit together."""

from __future__ import annotations

import numpy as np
import pytest

from workbench.simulation import world


def test_the_rising_and_the_fading_are_each_others_mirror():
    late, fading = world.PATTERNS[world.LATE], world.PATTERNS[world.FADING]
    assert late.level + fading.level == pytest.approx(3.0)
    assert late.swing == -fading.swing


def test_patterns_are_everybody():
    assert sum(pattern.share for pattern in world.PATTERNS) == pytest.approx(1.0)
    assert [world.PATTERNS[n].name for n in (world.LATE, world.NEVER)] == ["late bloomer", "never started"]


def test_a_trait_is_that_of_the_persons_pattern():
    assert world.traits(np.array([world.NEVER, world.CHAMPION]), "breadth").tolist() == [1, 9]


def test_a_day_has_24_hours_that_sum_to_one():
    assert len(world.HOURS) == 24
    assert sum(world.HOURS) == pytest.approx(1.0, abs=0.001)  # rounded to four digits in the source
