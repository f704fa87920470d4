"""Which parts of the system people use, against counts made by hand."""

from __future__ import annotations

import pandas as pd
import pytest
from small_panels import PANEL, WEEKS

from workbench import adoption


def test_first_steps_are_what_a_third_of_a_group_used_in_the_order_they_did() -> None:
    days = pd.to_datetime(["2025-01-06", "2025-01-07", "2025-01-08"])
    log = [("a1", 0, "leads"), ("a1", 1, "reports"), ("a1", 2, "leads"), ("a2", 0, "leads"), ("a2", 0, "quotes"),
           ("a3", 1, "quotes"), ("b1", 2, "quotes")]  # fmt: skip
    actions = pd.DataFrame([(u, days[d], f) for u, d, f in log], columns=["user_id", "date", "feature"])
    steps = adoption.first_steps(actions, PANEL, "team", steps=2)
    # a: leads first for two; quotes second for a2, first for a3; reports second for a1, which is the third step
    assert steps[["team", "step", "feature", "place", "users", "n"]].to_numpy().tolist() == [
        ["a", 1, "leads", 1.0, 2, 3], ["a", 2, "quotes", 1.5, 2, 3], ["b", 1, "quotes", 1.0, 1, 2],
    ]  # fmt: skip


def test_a_feature_that_nobody_in_a_role_used_is_listed_with_nought() -> None:
    actions = pd.DataFrame({"user_id": ["a2", "a2", "b1"], "feature": ["leads", "leads", "reports"]})
    reach = adoption.feature_reach(actions, PANEL, "team", fewest=1).set_index(["feature", "team"])["share"]
    expected = {("leads", "a"): 1 / 3, ("leads", "b"): 0, ("reports", "a"): 0, ("reports", "b"): 0.5}
    assert reach.to_dict() == pytest.approx(expected)


def test_struggle_ranks_features_by_failures() -> None:
    actions = pd.DataFrame(
        {
            "user_id": ["a", "b", "a", "a"],
            "date": pd.to_datetime(["2025-01-06", "2025-01-07", "2025-01-07", "2025-01-08"]),
            "occurred_at": pd.date_range("2025-01-06 09:00", periods=4, freq="25h", tz="UTC"),
            "feature": ["quotes", "quotes", "leads", "leads"],
            "succeeded": [False, True, True, None],
            "duration_seconds": [10.0, 30.0, 5.0, None],
        }
    )
    asked = ["2025-01-06", "2025-01-07", "2025-01-08", "2025-01-05", "2025-01-09"]  # the last two are not of these days
    tickets = pd.DataFrame({"feature": "quotes", "opened_at": pd.to_datetime(asked)})
    found = adoption.struggle(actions, tickets)
    assert found["feature"].tolist() == ["quotes", "leads"]
    assert found["failure_rate"].tolist() == [0.5, 0.0]
    assert found["median_seconds"].tolist() == [20.0, 5.0]
    assert found["tickets_per_100_users"].tolist() == [150.0, 0.0]


def tries(*rows: tuple[str, str, bool | None]) -> pd.DataFrame:
    """Person, time of one day, whether it succeeded: all in quotes."""
    table = pd.DataFrame(rows, columns=["user_id", "at", "succeeded"]).assign(feature="quotes", duration_seconds=None)
    return table.assign(date=pd.Timestamp("2025-01-06"), occurred_at=pd.to_datetime("2025-01-06 " + table["at"]))


def test_giving_up_is_a_day_that_ends_with_the_failure() -> None:
    actions = tries(("a", "09:00", False), ("a", "09:05", True), ("b", "10:00", True), ("b", "10:01", False),
                    ("c", "11:00", False), ("c", "11:01", False), ("d", "12:00", True))  # fmt: skip
    nothing = pd.DataFrame({"feature": pd.Series(dtype=str), "opened_at": pd.Series(dtype="datetime64[ns]")})
    found = adoption.struggle(actions, nothing)
    assert found["gave_up"].tolist() == [pytest.approx(2 / 3)]  # of a, b and c, who failed, b and c left it at that
    assert found["tickets"].isna().all()  # nobody has a ticket, so tickets are not recorded


def test_what_a_source_never_tells_is_no_struggle() -> None:
    actions = tries(("a", "09:00", None), ("b", "10:00", None))
    nothing = pd.DataFrame({"feature": pd.Series(dtype=str), "opened_at": pd.Series(dtype="datetime64[ns]")})
    assert adoption.struggle(actions, nothing).empty


def test_rhythm_has_every_hour_of_the_week_once() -> None:
    actions = pd.DataFrame(
        {"week": WEEKS[[0, 0]], "date": pd.to_datetime(["2025-01-06", "2025-01-12"]), "hour": [9, 23]}
    )
    found = adoption.rhythm(actions)
    assert len(found) == 168
    assert found.query("actions > 0")[["weekday", "hour", "share"]].values.tolist() == [[0, 9, 0.5], [6, 23, 0.5]]


def test_a_ticket_is_dated_on_the_clock_of_the_log() -> None:
    # 18:30 in Los Angeles on 10 January is 2:30 UTC on the 11th, and the evening of the 5th is the 6th (cases.md, 5).
    days = pd.to_datetime(["2025-01-06", "2025-01-10"])
    actions = pd.DataFrame({"user_id": ["a", "b"], "date": days, "occurred_at": days, "feature": "quotes", "succeeded": True, "duration_seconds": 1.0})  # fmt: skip
    opened = pd.to_datetime(["2025-01-11T02:30Z", "2025-01-06T02:30Z"])
    tickets = pd.DataFrame({"feature": "quotes", "opened_at": opened})
    assert adoption.struggle(actions, tickets, time_zone="America/Los_Angeles")["tickets"].tolist() == [1]
    last, before = (tickets.iloc[[row]] for row in (0, 1))
    assert adoption.struggle(actions, last, time_zone="America/Los_Angeles")["tickets"].tolist() == [1]
    assert adoption.struggle(actions, before, time_zone="America/Los_Angeles")["tickets"].tolist() == [0]


def test_what_four_people_use_is_not_named_and_what_five_use_is() -> None:
    people = [f"u{i}" for i in range(9)]
    panel = pd.DataFrame({"user_id": people, "team": "a"})
    actions = pd.DataFrame({"user_id": people, "feature": ["a person's own word"] * 4 + ["quotes"] * 5})
    assert adoption.feature_reach(actions, panel, "team")["feature"].tolist() == ["quotes"]
