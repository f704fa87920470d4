"""The tables beside the log: who is in them, and what they promise."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from workbench.simulation import programmes, world
from workbench.simulation.calendar import Calendar
from workbench.simulation.tables import adjusted_deals, outcome_table, planned_tables
from workbench.simulation.use import use


@pytest.fixture(scope="module")
def tables(everyone) -> dict[str, pd.DataFrame]:
    return {name: table.to_pandas() for name, table in planned_tables(everyone, Calendar(52), 1).items()}


def test_everybody_and_the_robots_have_an_account(tables):
    """By hand: 1,500 people and three robots; robots have no team."""
    users = tables["users"]
    assert users["is_robot"].value_counts().to_dict() == {False: 1500, True: 3}
    assert users[users["is_robot"]]["team"].isna().all()
    assert (users["role"] == "team lead").sum() == 60


def test_trainings_are_those_of_the_people(tables, everyone):
    rows = tables["trainings"]
    came = rows[rows["attended"]].drop_duplicates(["user_id", "programme"])
    assert len(came) == (everyone.programme >= 0).sum()
    again = everyone.again & (everyone.trained + programmes.REFRESH < 52)
    assert rows["attended"].sum() == len(came) + again.sum()
    assert rows["started_at"].is_monotonic_increasing


def test_absentees_were_offered_a_place_they_had_not_taken(tables):
    rows = tables["trainings"]
    absent = set(rows[~rows["attended"]]["user_id"])
    assert len(absent) > 30
    chose = rows[rows["attended"] & (rows["assignment"] == "chosen")]
    assert not absent & set(chose["user_id"])


def test_three_programmes_are_assigned_at_random_to_people(tables):
    rows = tables["trainings"].drop_duplicates("programme").set_index("programme")
    by_lot = {"One-to-one coaching", "Keyboard shortcuts", "Starter academy"}
    assert set(rows.index[rows["assignment"] == "random"]) == by_lot
    assert rows.index[rows["assigned_unit"] == "team"].tolist() == ["Team workshop"]


def test_incentives_cost_per_member_and_week(tables, everyone):
    """By hand: the contest costs 12 per member and week, for 12 weeks."""
    race = tables["incentives"].query("programme == 'Data race'")
    assert len(race) == 8
    assert race["cost"].sum() == 12 * 12 * (everyone.incentive == programmes.CONTEST).sum()
    mandate = tables["incentives"].query("programme == @programmes.MANDATE")
    assert mandate["ends_on"].isna().all()
    assert len(mandate) == len(set(everyone.team[everyone.mandated >= 0]))


def test_milestones_name_holidays_and_releases(tables):
    """By hand: 6 January 2025 to 4 January 2026 holds each of the six holidays once."""
    kinds = tables["milestones"]["kind"].value_counts()
    assert kinds["holiday"] == 6
    assert (kinds["mandate"], kinds["release"], kinds["go-live"]) == (2, 2, 1)


def test_champions_are_at_most_one_per_team(tables, everyone):
    number = tables["champions"]["user_id"].str[1:].astype(int) - 1
    assert (everyone.pattern[number] == world.CHAMPION).all()
    assert len(set(everyone.team[number])) == len(number)


def test_deals_follow_active_days(everyone):
    """Planted: 0.15 deals a week and 0.03 for every active day, by those who sell; three standard errors of a mean."""
    who, calendar = everyone[slice(0, 400)], Calendar(52)
    expected = use(who, calendar, np.random.default_rng(0))
    twice = np.zeros(expected.active.shape, dtype=bool)
    twice[:, :, :2] = True
    deals = outcome_table(who, expected, twice, calendar, np.random.default_rng(0)).to_pandas()["value"]
    assert deals.mean() == pytest.approx(0.15 + 0.03 * 2, abs=3 * np.sqrt(0.21 / len(deals)))


def test_everybody_who_was_offered_a_place_by_lot_has_a_row(tables, everyone):
    """Those who did not come as well, marked as such."""
    rows = tables["trainings"]
    for number in (programmes.KEYS, programmes.STARTERS):
        mine = rows[rows["programme"] == programmes.PROGRAMMES[number].name].set_index("user_id")["attended"]
        here = np.flatnonzero(everyone.offered == number)
        assert mine.to_dict() == {f"u{n + 1:05}": bool(everyone.comes[n]) for n in here}


def test_deals_follow_days_that_are_added_and_lost(everyone):
    """By hand: 0.03 deals a day; two days more, or two of two days less, in every week of those who sell."""
    who, calendar = everyone[slice(0, 400)], Calendar(52)
    expected = use(who, calendar, np.random.default_rng(0))
    none, twice = np.zeros(expected.active.shape, dtype=bool), np.zeros(expected.active.shape, dtype=bool)
    twice[:, :, :2] = True
    rng = np.random.default_rng(0)
    deals = outcome_table(who, expected, twice, calendar, rng)
    won = deals["value"].to_numpy()
    more = adjusted_deals(deals, who, expected, twice, twice, none, rng)["value"].to_numpy()
    fewer = adjusted_deals(deals, who, expected, twice, none, twice, rng)["value"].to_numpy()
    error = 3 * np.sqrt(0.06 / len(won))
    assert (more - won).mean() == pytest.approx(0.06, abs=error)
    assert (fewer - won).mean() == pytest.approx(-0.06, abs=error)
    assert fewer.min() >= 0
