"""Columns as Arrow holds them, by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime

import numpy as np
import pyarrow as pa
import pytest

from workbench.simulation import columns
from workbench.simulation.calendar import Calendar
from workbench.simulation.world import DEPARTMENTS


def test_ids_are_letters_and_digits():
    assert columns.text_ids("e", np.array([17, 5]), 9).to_pylist() == ["e000000017", "e000000005"]
    assert columns.user_ids(np.array([0, 41]), np.array([False, True])).to_pylist() == ["u00001", None]


def test_codes_stand_for_words():
    found = columns.categorical(np.array([1, 0, -1]), pa.array(["web", "mobile"]), np.array([False, False, True]))
    assert found.to_pylist() == ["mobile", "web", None]


def test_a_local_second_is_an_instant():
    """By hand: 09:30 in Berlin is 08:30 UTC on the first day (winter) and 07:30 on day 100, 16 April (summer)."""
    found = columns.utc_times(Calendar(52), np.array([0, 100]), np.array([34_200, 34_200])).to_pylist()
    assert found == [datetime(2025, 1, 6, 8, 30, tzinfo=UTC), datetime(2025, 4, 16, 7, 30, tzinfo=UTC)]


def test_instants_as_text_are_utc():
    assert columns.utc_text(np.array([1_736_152_200])).to_pylist() == ["2025-01-06T08:30:00Z"]
    assert columns.utc_text(np.array([], dtype=np.int64)).to_pylist() == []


def test_days_are_dates_from_the_first_monday():
    assert columns.dates(np.array([0, 7, -6])).tolist() == [date(2025, 1, 6), date(2025, 1, 13), date(2024, 12, 31)]


def test_random_codes_come_in_their_shares():
    """Standard error of a share of 100,000: below 0.0016."""
    codes = columns.random_codes((0.5, 0.2, 0.3), 100_000, np.random.default_rng(0))
    assert np.bincount(codes) / 100_000 == pytest.approx([0.5, 0.2, 0.3], abs=0.005)


def test_teams_are_numbered_within_departments(everyone):
    names = columns.team_names(everyone)
    assert len(set(names)) == 60
    for department in DEPARTMENTS:
        mine = sorted({int(name.split()[-1]) for name in names if name.startswith(f"{department} ")})
        assert mine == list(range(1, len(mine) + 1))


def test_roles_are_those_of_the_department(everyone):
    service = set(columns.role_names(everyone)[everyone.department == DEPARTMENTS.index("Service")])
    assert service == {"service agent", "account manager"}
