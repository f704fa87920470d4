"""Waiting for answers: medians by hand, open tickets as such, and the planted cost of slow answers found."""

from __future__ import annotations

import json

import pandas as pd
import pytest

import workbench as wb
from workbench import effects
from workbench.data import as_table
from workbench.errors import ContractError
from workbench.programmes.support import NO_TICKETS, answered, slow_answers
from workbench.simulation import tiny_crm

OPENED = pd.Timestamp("2025-01-06 08:00")


def tickets(hours, **more):
    """One ticket each of p0, p1 …, answered after so many hours; None: not yet."""
    resolved = [None if wait is None else OPENED + pd.Timedelta(hours=wait) for wait in hours]
    people = [f"p{i}" for i in range(len(hours))]
    table = pd.DataFrame(
        {"user_id": people, "opened_at": OPENED, "resolved_at": pd.to_datetime(resolved), "topic": "login"}
    )
    return as_table(table.assign(**more)), as_table(pd.DataFrame({"user_id": people, "team": "x"}))


def test_the_median_of_five_by_hand():
    row = answered(*tickets([1, 30, 3, 5, 40])).table.iloc[0]
    assert row[["estimate", "tickets", "still_open", "n"]].tolist() == [5, 5, 0, 5]
    assert row["within"] == pytest.approx(3 / 5)


def test_open_tickets_have_waited_as_long_as_they_were_seen():
    """Answered after 2 and 4 hours, two still open when the last answer came: the curve falls to 3/4, then 1/2."""
    row = answered(*tickets([2, 4, None, None])).table.iloc[0]
    assert row[["estimate", "still_open"]].tolist() == [4, 2]


def test_where_fewer_than_half_are_answered_there_is_no_median():
    assert pd.isna(answered(*tickets([2, None, None, None])).table["estimate"].iloc[0])


def test_groups_stand_apart_and_everybody_together():
    found = answered(*tickets([1, 3, 10, 30], topic=["a", "a", "b", "b"]))
    assert found.table[["topic", "estimate"]].values.tolist() == [["a", 1], ["b", 10]]
    assert found.overall["estimate"] == 3


def test_who_asks_is_read_from_the_users():
    assert answered(*tickets([1, 3]), by="team").table["team"].tolist() == ["x"]


def test_an_unknown_kind_is_answered_with_the_nearest():
    with pytest.raises(ContractError, match="there is no kind of ticket called 'topics'; did you mean 'topic'?"):
        answered(*tickets([1, 3]), by="topics")


def test_no_ticket_is_said():
    given, users = tickets([1, 3])
    with pytest.raises(ContractError, match=r"^there is no table of tickets, or none of which the topic is known.$"):
        answered(given.sql("select * from this where false"), users)


def test_without_tickets_there_is_one_sentence():
    log = wb.open_source(tiny_crm())
    found = effects.study(slow_answers(wb.user_weeks(log), log))
    assert (found.effect, found.reason) == (None, NO_TICKETS)


def test_everybody_has_one_part(panel, log):
    parts = slow_answers(panel, log).parts()
    everybody = panel.sql("select count(distinct user_id) as n from this").to_arrow()["n"][0].as_py()
    asked = log.tickets.to_pandas()
    late = asked[asked["resolved_at"] - asked["opened_at"] > pd.Timedelta(hours=24)]
    assert parts["n"].sum() == everybody
    assert parts.set_index("part").loc["answered slowly", "n"] == late["user_id"].nunique()


def test_what_slow_answers_cost_is_found(panel, log, sample):
    """The sample's ledger: mean of the whole weeks in the six weeks after an answer that took more than a day."""
    truths = json.loads((sample / "truth.json").read_text())["truths"]
    planted = next(truth["value"] for truth in truths if truth["name"] == "Slow help desk")
    found = effects.study(slow_answers(panel, log, time_zone="Europe/Berlin"), anticipation=1)
    row = found.effect.overall
    assert row["conf_low"] < planted < row["conf_high"] < 0


def test_the_slow_desk_is_found(log):
    """Every fifth team waits 60 hours, the others nine: the slow are told from the others by their medians."""
    teams = answered(log.tickets, log.users, "team").table.query("tickets >= 8")
    assert 8 <= (teams["estimate"] > 24).sum() <= 12  # of 60 teams; two of the twelve asked too seldom
