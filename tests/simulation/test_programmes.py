"""Programmes have names, numbers and effects that agree with each other."""

from __future__ import annotations

from workbench.simulation import programmes


def test_numbers_and_names_agree():
    names = [training.name for training in programmes.PROGRAMMES]
    assert names[programmes.COACHING] == "One-to-one coaching"
    assert names[programmes.FAST] == programmes.FAST_TRACK.name
    assert names[programmes.SHOP] == programmes.WORKSHOP.name
    assert len(set(names)) == len(names)
    assert programmes.INCENTIVES[programmes.CONTEST].kind == "contest"


def test_effects_begin_at_once_and_run_forward():
    """Every line of effects has its first knot in week 0 and its knots in order."""
    lines = [training.effect for training in programmes.PROGRAMMES]
    lines += [line for incentive in programmes.INCENTIVES for line in (incentive.on, incentive.after)]
    for line in lines:
        weeks = [week for week, _ in line]
        assert weeks[0] == 0
        assert weeks == sorted(set(weeks))


def test_one_programme_does_nothing_and_one_incentive_does_harm_afterwards():
    """What the field's description asks for."""
    assert programmes.PROGRAMMES[programmes.LIBRARY].effect == ((0, 0.0),)
    assert [incentive.name for incentive in programmes.INCENTIVES if incentive.after[0][1] < 0] == ["Activity bonus"]
