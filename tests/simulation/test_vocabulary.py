"""The words of the log fit together."""

from __future__ import annotations

import pytest

from workbench.simulation.vocabulary import FEATURES, FIRST_FEATURES, RECORDS, SELLING, data_rows
from workbench.simulation.world import ROLES


def test_every_role_has_an_order_of_all_features():
    assert {role for pair in ROLES for role in pair} == set(FIRST_FEATURES)
    for order in FIRST_FEATURES.values():
        assert sorted(order) == list(range(len(FEATURES)))
    assert set(SELLING) < set(FIRST_FEATURES)


def test_features_work_on_records_with_fields():
    """By hand: twelve features, eleven kinds of record (activities and the calendar share theirs)."""
    assert (len(FEATURES), len(RECORDS)) == (12, 11)
    assert all(fields >= 3 and seconds > 0 for _, fields, seconds in FEATURES.values())


def test_data_files_stand_beside_the_code():
    assert data_rows("items.csv")[0]["item"] == "capability_physical"
    with pytest.raises(FileNotFoundError):
        data_rows("nothing.csv")
