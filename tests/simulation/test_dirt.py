"""Every kind of dirt is there, in its share, and the contract holds all the same."""

from __future__ import annotations

import pandas as pd
import pyarrow.parquet as pq
import pytest

import workbench as wb
from workbench.simulation.calendar import ZONE
from workbench.simulation.dirt import robot_count


def test_it_keeps_the_contract(source):
    wrong = source.check()
    assert not wrong["broken"].any()


def test_every_kind_of_dirt_is_there(source):
    left_out = wb.left_out(source, time_zone=ZONE).set_index("reason")["rows"]
    assert (left_out.drop("outside period") > 0).all()
    assert left_out["robot"] / left_out.sum() == pytest.approx(0.0207, rel=0.05)  # the source's share


def test_some_leave_and_their_access_stays(source):
    """People without an end of access who do nothing in the last ten weeks, although they did something before."""
    last = source.events.sql("select user_id, max(occurred_at) as last from this group by user_id").to_pandas()
    people = source.users.to_pandas().merge(last, on="user_id")
    open_ended = people[people["access_end"].isna() & ~people["is_robot"]]
    assert (open_ended["last"] < pd.Timestamp("2025-10-27", tz="UTC")).sum() > 5


def test_robots_are_few_but_there():
    """By hand: one per 500 people, at least three."""
    assert [robot_count(users) for users in (200, 1500, 5000)] == [3, 3, 10]


def test_late_rows_come_at_the_end_of_the_file(sample):
    """The last row group holds 0.3 % of what people did, within three standard errors."""
    log = pq.read_metadata(sample / "events.parquet")
    people, late = log.row_group(0).num_rows, log.row_group(log.num_row_groups - 1).num_rows
    assert late / people == pytest.approx(0.003, abs=3 * (0.003 / people) ** 0.5)
