"""The help desk: who waits, and what waiting costs."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import workbench as wb
from workbench.simulation import support
from workbench.simulation.calendar import ZONE, Calendar
from workbench.simulation.use import use


def test_help_is_slow_in_every_fifth_team(source, everyone):
    """Planted: a median of 60 hours there, of 9 elsewhere."""
    tickets = source.tickets.to_pandas()
    number = tickets["user_id"].str[1:].astype(int) - 1
    hours = (pd.to_datetime(tickets["resolved_at"]) - pd.to_datetime(tickets["opened_at"])).dt.total_seconds() / 3600
    slow = np.equal(everyone.team[number] % 5, 0)
    assert hours[slow].median() == pytest.approx(60, rel=0.3)
    assert hours[~slow].median() == pytest.approx(9, rel=0.3)


def test_the_days_after_a_slow_answer_are_six_weeks(everyone):
    """By hand: a ticket of day 10 that waits too long is followed by days 11 to 52; the year ends where it ends."""
    after = support._days_after(np.array([1, 0]), np.array([10, 360]), (2, 364))
    assert np.flatnonzero(after[1]).tolist() == list(range(11, 53))
    assert np.flatnonzero(after[0]).tolist() == [361, 362, 363]


def test_only_tickets_that_waited_are_followed_by_such_days(everyone):
    who, calendar = everyone[slice(0, 400)], Calendar(52)
    expected = use(who, calendar, np.random.default_rng(0))
    table, slow = support.tickets(who, expected, calendar, np.random.default_rng(0))
    asked = table.to_pandas()
    hours = (pd.to_datetime(asked["resolved_at"]) - pd.to_datetime(asked["opened_at"])).dt.total_seconds() / 3600
    waited = asked[(hours > support.SLOW) | hours.isna()]["user_id"].str[1:].astype(int) - 1
    assert set(np.flatnonzero(slow.any(1))) <= set(waited)
    quick = asked[hours < support.SLOW - 1].shape[0]
    assert quick > 100


def test_a_slow_answer_costs_the_days_that_are_planted(source, truth):
    """First tickets, five whole weeks after against four before, slow against quick: within three errors of the truth."""
    panel = wb.user_weeks(source, time_zone=ZONE, qualifying=wb.qualifying_actions(source)).to_pandas()
    asked = source.tickets.to_pandas().sort_values("opened_at").drop_duplicates("user_id")
    opened, resolved = (pd.to_datetime(asked[name]).dt.tz_convert(None) for name in ("opened_at", "resolved_at"))
    monday = opened.dt.normalize() - pd.to_timedelta(opened.dt.day_of_week, unit="D")
    asked = asked.assign(monday=monday, hours=(resolved - opened).dt.total_seconds() / 3600).dropna(subset="hours")
    rows = asked.merge(panel, on="user_id")
    since = (pd.to_datetime(rows["week"]) - rows["monday"]).dt.days // 7
    before, after = (rows[since.between(*ends)].groupby("user_id")["active_days"].mean() for ends in ((-4, -1), (1, 5)))
    change = (after - before).dropna()
    slow = asked.set_index("user_id")["hours"].loc[change.index] > support.SLOW
    waited, quick = change[slow], change[~slow]
    error = np.sqrt(waited.var() / len(waited) + quick.var() / len(quick))
    assert truth["Slow help desk"]["value"] < -0.3
    assert waited.mean() - quick.mean() == pytest.approx(truth["Slow help desk"]["value"], abs=3 * error)
