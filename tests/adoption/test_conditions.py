import numpy as np
import pandas as pd
import pytest

from workbench.adoption import conditions


def rows(**columns):
    return pd.DataFrame(
        {
            "action": "update",
            "feature": "quotes",
            "succeeded": True,
            "duration_seconds": 10.0,
            "source": "web",
            "hour": 9,
            **columns,
        }
    )


def panel(**columns):
    return pd.DataFrame(
        {
            "user_id": ["a", "b"],
            "team": "t",
            "department": "d",
            "role": "r",
            "region": "x",
            "actions": 4,
            "compulsory": 1,
            **columns,
        }
    )


def of(actions, weeks):
    return conditions(actions, weeks).to_pandas().set_index("user_id").sort_index()


def test_time_is_compared_with_the_same_part_of_the_system():
    """Medians by hand: quotes 10, reports 100; a takes twice as long at both."""
    actions = rows(
        user_id=["a", "b", "b", "a", "b", "b"],
        feature=["quotes"] * 3 + ["reports"] * 3,
        duration_seconds=[20.0, 10, 10, 200, 100, 100],
    )
    assert of(actions, panel())["seconds"].tolist() == pytest.approx([2, 1])


def test_shares_are_of_all_actions():
    actions = rows(
        user_id=["a"] * 4,
        succeeded=[False, True, True, True],
        source=["mobile", "mobile", "web", "web"],
        hour=[6, 19, 18, 9],
    )
    found = of(actions, panel()).loc["a"]
    assert found[["failed", "mobile", "off_hours", "chosen"]].tolist() == [0.25, 0.5, 0.5, 0.75]


def test_who_did_nothing_has_a_row_without_numbers():
    found = of(rows(user_id=["a"]), panel(actions=[4, 0], compulsory=0)).loc["b"]
    assert found[["seconds", "failed", "mobile", "off_hours", "chosen"]].isna().all()


def test_what_is_never_recorded_is_missing():
    actions = rows(
        user_id=["a"], succeeded=pd.array([None], "boolean"), duration_seconds=np.nan, source=pd.array([None], "string")
    )
    found = of(actions, panel(compulsory=0)).loc["a"]
    assert found[["seconds", "failed", "mobile", "chosen"]].isna().all()


def test_logins_count_for_nothing():
    found = of(rows(user_id=["a", "a"], action=["login", "update"], succeeded=[False, True]), panel()).loc["a"]
    assert (found["actions"], found["failed"]) == (1, 0)
