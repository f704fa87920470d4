"""Who lags, by hand."""

from __future__ import annotations

import pandas as pd
import pytest
from small_lotteries import MONDAYS

import workbench as wb
from workbench.planning import need, neediest, week_after

USE = {"a1": 5, "a2": 1, "a3": 2, "b1": 4, "b2": 3, "b3": 2, "b4": 5}  # days a week; the median is 3


@pytest.fixture(scope="module")
def weeks() -> wb.Table:
    """User-weeks of people who come on so many days each week; the first letter is the team."""
    events = [(who, f"{monday + pd.Timedelta(days=day, hours=9)}+00:00", "create")
              for who, days in USE.items() for monday in MONDAYS[:10] for day in range(days)]  # fmt: skip
    users = pd.DataFrame({"user_id": list(USE), "team": [who[0] for who in USE], "role": "rep"})
    given = {"users": users, "events": pd.DataFrame(events, columns=["user_id", "occurred_at", "action"])}
    return wb.user_weeks(wb.open_source(given)).stored()


def test_the_neediest_team_comes_first(weeks):
    """a: 0, 2 and 1 days below the median, so 1 ± 4.3027 × 1/√3 (Student's t, two degrees); b: a quarter of a day."""
    table = neediest(weeks).table.set_index("team")
    assert list(table.index) == ["a", "b"]
    assert table["estimate"].to_list() == [1.0, 0.25]
    assert table["conf_high"]["a"] == pytest.approx(1 + 4.302653 / 3**0.5)
    assert table["conf_low"].to_list() == [0, 0]  # need is never below none
    assert table["n"].to_list() == [3, 4]


def test_the_ends_for_all_teams_at_once_are_wider_and_everybody_is_beside_them(weeks):
    found = neediest(weeks)
    # Bonferroni for two teams: the 98.75 % point of Student's t with two degrees of freedom is 6.2053.
    assert found.table["band_high"][0] == pytest.approx(1 + 6.2053 / 3**0.5, abs=1e-4)
    assert (found.overall["estimate"], found.overall["n"]) == (pytest.approx(4 / 7), 7)


def test_where_no_team_is_known_no_team_is_named(weeks):
    unknown = weeks.sql("select this.* replace (cast(null as varchar) as team) from this")
    assert neediest(unknown).table.empty


def test_a_single_person_has_no_interval(weeks):
    table = neediest(weeks.sql("select * from this where user_id in ('a2', 'b1')")).table
    assert table["conf_high"].isna().all()


def test_each_role_has_a_median_of_its_own():
    people = pd.DataFrame({"role": ["sales", "sales", "service", None], "days": [1.0, 3.0, 0.5, 2.0]})
    assert need(people).to_list() == [1.0, 0.0, 0.0, 0.0]


def test_the_week_after_is_the_monday_after(weeks):
    assert week_after(weeks) == MONDAYS[9] + pd.Timedelta(weeks=1)
