"""Who is offered help: by need by hand, by worth where lots tell it, the hold-out always."""

from __future__ import annotations

import pandas as pd
import pytest
from small_lotteries import MONDAYS, small

from workbench.errors import ContractError
from workbench.planning import held_out
from workbench.planning.outreach import outreach


def by_use(counts):
    """A log of people who come on so many days each week, in the order of their names."""
    import workbench as wb

    events = [(who, f"{monday + pd.Timedelta(days=day, hours=9)}+00:00", "create")
              for who, days in counts.items() for monday in MONDAYS[:10] for day in range(days)]  # fmt: skip
    users = pd.DataFrame(
        {"user_id": list(counts), "team": [who[0] for who in counts], "role": "rep", "access_start": "2025-01-06"}
    )
    log = wb.open_source({"users": users, "events": pd.DataFrame(events, columns=["user_id", "occurred_at", "action"])})
    return wb.user_weeks(log), log


USE = {"a1": 5, "a2": 1, "a3": 2, "b1": 4, "b2": 3, "b3": 2, "b4": 5}  # the median is 3


def lot(**held):
    return pd.Series({name: held.get(name, False) for name in USE})


def test_need_is_how_far_use_lies_below_that_of_the_role():
    found = outreach(*by_use(USE), capacity=2, held=lot())
    assert (found.ranked_by, found.people["user_id"].tolist()) == ("need", ["a2", "a3"])
    assert found.reason == "no programme was offered by lot, so what one is worth is not known"
    assert found.people["drawn_on"].unique().tolist() == ["2025-03-17"]


def test_those_held_out_keep_their_place_and_others_follow():
    found = outreach(*by_use(USE), capacity=2, held=lot(a2=True))
    assert list(found.people[["user_id", "offered"]].itertuples(index=False, name=None)) == [
        ("a2", False), ("a3", True), ("b3", True),
    ]  # fmt: skip
    assert str(found).startswith("2 people are offered help, ranked by need; 1 person as far up are held out by lot.")


def test_nobody_held_out_stands_below_the_last_offer():
    assert outreach(*by_use(USE), capacity=1, held=lot(b3=True)).people["user_id"].tolist() == ["a2"]


def test_whole_teams_are_held_out():
    found = outreach(*by_use(USE), capacity=5, held=pd.Series({"a": True, "b": False}), by="team")
    assert found.people.set_index("user_id")["offered"].to_dict() == {"a2": False, "a3": False, "b3": True}


def test_who_does_not_gain_is_left_alone():
    assert (
        len(outreach(*by_use(USE), capacity=100, held=lot()).people) == 3
    )  # a1, b1, b2, b4 are at the median or above


@pytest.mark.parametrize("use", [USE, dict.fromkeys(USE, 3)])
def test_nobody_to_help_is_said(use):
    everybody = pd.Series(True, index=list(use))
    with pytest.raises(ContractError, match=r"^nobody would gain by an offer, as far as is known"):
        outreach(*by_use(use), capacity=3, held=everybody)


def test_a_capacity_is_at_least_one():
    with pytest.raises(ContractError, match=r"^a capacity is at least one person, not 0.$"):
        outreach(*by_use(USE), capacity=0, held=lot())


def test_few_offers_by_lot_say_so():
    panel, log = small({"a": 8, "b": 10, "c": 14, "d": 14, "e": 18})  # e comes less often than the others by now
    found = outreach(panel, log, 2, held_out("abcd", 0.1, seed=1))  # offers before somebody's turn: a, b, c, d
    assert found.people["user_id"].tolist() == ["e"]
    assert found.reason == "worth is learned from 60 offers and as many who waited, but of Clinic there are 4"


@pytest.mark.slow
def test_whom_coaching_helps_most_comes_first(panel, log):
    """The sample's ledger: coaching brings 1.48 days to people who do not sell, 0.62 to those who do."""
    from workbench.planning.experience import experience, features_at
    from workbench.planning.worth import worth

    past = experience(panel, log, "One-to-one coaching", "Europe/Berlin")
    now = features_at(panel, pd.Timestamp("2026-01-05"))
    now["worth"] = worth(past, 0.3).of(now)
    sells = now["role"].isin(["account executive", "account manager", "sales representative", "sales assistant"])
    assert now[~sells]["worth"].mean() > now[sells]["worth"].mean()
