"""Who is on when, counted by hand."""

from __future__ import annotations

import numpy as np
import pytest

from workbench.errors import ContractError
from workbench.planning.design import KINDS, design, designs


def rows(kind, teams, **options):
    return ["".join(map(str, row.astype(int))) for row in design(kind, [5] * teams, **options).on]


def test_each_kind_by_hand():
    small = {"weeks": 6, "waves": 2, "before": 1, "apart": 2}
    assert rows("parallel", 2, **small) == ["011111", "000000"]
    assert rows("staggered", 3, **small) == ["011111", "000111", "000000"]
    assert rows("stepped wedge", 2, **small) == ["011111", "000111"]
    assert rows("on and off", 2, **small) == ["011000", "000110"]


def test_groups_are_about_equally_large():
    waves = design("staggered", [30, 1, 20, 10, 2, 29, 19, 11], weeks=30, waves=3).waves()
    assert waves["teams"].tolist() == [2, 2, 2, 2]
    assert sorted(waves["people"]) == [
        30,
        30,
        31,
        31,
    ]  # 30 + 1, 29 + 2, 20 + 10, 19 + 11: dealt forwards, then backwards


def test_a_shorter_look_cuts_weeks_off():
    assert design("parallel", [5, 5], weeks=9).until(7).on.tolist() == design("parallel", [5, 5], weeks=7).on.tolist()


def test_those_who_leave_are_fewer_each_week():
    assert design("parallel", [5, 5], weeks=8, leaving=0.5).staying[:3].tolist() == [1, 0.5, 0.25]


def test_every_kind_is_there():
    assert list(designs([9] * 8)) == list(KINDS)


@pytest.mark.parametrize(
    ("kind", "people", "options", "message"),
    [
        ("paralel", [5, 5], {}, "there is no design 'paralel'; did you mean 'parallel'?"),
        ("parallel", [5, 0], {}, "a team has at least one person, but 1 of 2 have none."),
        ("parallel", [5, 5], {"before": 0}, "a change needs a week before the first start: before is at least 1."),
        ("parallel", [5, 5], {"leaving": 1.0}, "leaving is a share of the people from 0 to below 1, not 1."),
        (
            "staggered", [5] * 4, {},
            "every group of a staggered design has a team, but there are 5 groups and 4 teams.\n"
            "  Plan fewer waves, or assign single people.",
        ),
        (
            "stepped wedge", [5] * 4, {"weeks": 18},
            "every wave begins within the 18 weeks observed, but the last begins after 18.\n"
            "  Plan more weeks, fewer waves, or waves less far apart.",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_planned_is_refused(kind, people, options, message):
    with pytest.raises(ContractError) as refused:
        design(kind, people, **options)
    assert str(refused.value) == message


def test_starts_are_places_of_weeks():
    assert np.array_equal(design("parallel", [5, 5], weeks=8).starts, [6, np.inf])
