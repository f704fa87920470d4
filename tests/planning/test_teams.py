"""Teams and leavers of five people, counted by hand."""

from __future__ import annotations

import pytest
from small_panels import PANEL

from workbench.errors import ContractError
from workbench.planning.teams import leaving, teams


def test_those_there_in_the_last_week_count_and_all_their_weeks():
    found = teams(PANEL)
    assert found["team"].tolist() == ["a", "b"]
    assert found["people"].tolist() == [3, 1]  # b2 has left
    assert found["earlier"].tolist() == pytest.approx([(4 + 4 + 5) / 18, (6 + 5 + 5) / 8])


def test_single_people_are_teams_of_one():
    assert teams(PANEL, "user_id")["user_id"].tolist() == ["a1", "a2", "a3", "b1"]


def test_one_of_26_user_weeks_was_the_last():
    assert leaving(PANEL) == pytest.approx(1 / 26)


def test_nobody_with_a_team_is_said():
    with pytest.raises(
        ContractError, match="a roll-out by team needs people with one, but nobody in the last week has"
    ):
        teams(PANEL.assign(team=None).astype({"team": "string"}))
