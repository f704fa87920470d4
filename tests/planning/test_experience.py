"""Small experiments within a lottery of dates, counted by hand."""

from __future__ import annotations

import pandas as pd
import pytest
from small_lotteries import MONDAYS, small

from workbench.errors import ContractError
from workbench.planning.experience import experience, features_at, offered_by_lot


def test_each_date_compares_with_those_who_wait_past_the_outcome():
    """Dates 8, 10, 14, 14: at 8 two of those later than 12 wait (10 is too near); at 10 two; at 14 nobody."""
    found = experience(*small({"a": 8, "b": 10, "c": 14, "d": 14}))
    assert found.rows.groupby("date")["user_id"].agg(list).tolist() == [["a", "c", "d"], ["b", "c", "d"]]
    assert found.offered == 2
    assert found.rows["share"].tolist() == pytest.approx([1 / 3] * 6)
    assert found.rows["outcome"].tolist() == [2, 1, 1, 2, 1, 1]
    assert set(found.rows["days"]) == {1.0}  # nothing known of them is from after the date


def test_features_are_from_before():
    panel, _ = small({"a": 14, "b": 6})
    found = features_at(panel, MONDAYS[8]).set_index("user_id")
    assert found.loc["a", ["days", "recent", "actions", "weeks"]].tolist() == [1, 0, 1, 8]
    assert found.loc["b", ["days", "recent"]].tolist() == [(6 + 4) / 8, 0.5]  # twice in two of the last four weeks


def test_who_was_not_there_of_late_is_nobody_to_offer_help():
    panel, _ = small({"a": 14})
    assert features_at(panel, MONDAYS[-1] + pd.Timedelta(weeks=6)).empty


def test_what_was_chosen_teaches_nothing():
    panel, log = small({"a": 8, "b": 14}, assignment="chosen")
    assert offered_by_lot(log) == []
    with pytest.raises(
        ContractError, match=r"^no programme was offered by lot, so what an offer brings to whom is not known.$"
    ):
        experience(panel, log)


def test_all_at_once_teaches_nothing():
    with pytest.raises(
        ContractError, match=r"^everybody had Clinic within 4 weeks, so nobody shows what would have been.$"
    ):
        experience(*small({"a": 8, "b": 10}))


def test_another_name_is_said():
    with pytest.raises(ContractError, match=r"^Talks was not offered by lot, so what it brings to whom is not known.$"):
        experience(*small({"a": 8, "b": 14}), programme="Talks")
