"""Leaders and those they lead: by hand, by another formula, and where nothing goes together."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import workbench as wb
from workbench import findings
from workbench.programmes import leaders

MONDAYS = pd.date_range("2025-01-06", periods=4, freq="7D")
EVENTS = pd.DataFrame({"user_id": ["l0"], "occurred_at": ["2025-01-06"], "action": ["view"]})


def source(groups: int, size: int = 5) -> wb.Source:
    """Leaders l0, l1 …, each with people who report to them."""
    people = [{"user_id": f"l{g}p{i}", "manager_id": f"l{g}"} for g in range(groups) for i in range(size)]
    heads = [{"user_id": f"l{g}", "manager_id": None} for g in range(groups)]
    return wb.open_source({"users": pd.DataFrame(people + heads), "events": EVENTS})


def panel(leader: np.ndarray, before: np.ndarray, later: np.ndarray, size: int = 5) -> wb.Table:
    """Four weeks: the group's use before in two of them and later in two; leaders do the same throughout."""
    rows = [
        {"user_id": f"l{g}p{i}", "week": week, "active_days": (before[g], later[g])[w >= 2]}
        for g in range(len(leader)) for i in range(size) for w, week in enumerate(MONDAYS)
    ]  # fmt: skip
    rows += [{"user_id": f"l{g}", "week": week, "active_days": x} for g, x in enumerate(leader) for week in MONDAYS]
    return wb.as_table(pd.DataFrame(rows))


@pytest.fixture(scope="module")
def drawn() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    chance = np.random.default_rng(2)
    leader, before = chance.uniform(0, 5, (2, 30))
    return leader, before, 1 + 0.5 * leader + 0.25 * before + chance.normal(0, 0.1, 30)


def test_a_groups_use_is_counted_by_hand() -> None:
    led = leaders.led_groups(panel(*np.array([[4.0, 2.0], [1.0, 1.5], [2.0, 1.0]])), source(2)).to_pandas()
    assert led.to_dict("list") == {"leader": [2.0, 4.0], "before": [1.5, 1.0], "later": [1.0, 2.0], "n": [5, 5]}


def test_what_goes_together_is_found_given_the_use_before(drawn) -> None:
    found = leaders.goes_with(leaders.led_groups(panel(*drawn), source(30))).table.iloc[0]
    assert found["conf_low"] <= 0.5 <= found["conf_high"]
    assert (found["groups"], found["n"]) == (30, 150)


def test_the_interval_is_that_of_hc3(drawn) -> None:
    """MacKinnon & White's formula, written out: (X'X)⁻¹ X' diag(e²/(1−h)²) X (X'X)⁻¹."""
    leader, before, later = drawn
    x = np.column_stack([np.ones(30), leader, before])
    inverse = np.linalg.inv(x.T @ x)
    slopes = inverse @ x.T @ later
    hat = np.einsum("ij,jk,ik->i", x, inverse, x)
    scaled = x * ((later - x @ slopes) / (1 - hat))[:, None]
    error = np.sqrt((inverse @ scaled.T @ scaled @ inverse)[1, 1])
    found = leaders.goes_with(leaders.led_groups(panel(*drawn), source(30))).table.iloc[0]
    assert found["estimate"] == pytest.approx(slopes[1])
    assert found["std_error"] == pytest.approx(error)
    assert found["conf_high"] - found["estimate"] == pytest.approx(2.0518 * error, rel=1e-4)  # t, 27 degrees of freedom


def test_keen_groups_with_keen_leaders_are_not_taken_for_their_leaders_doing() -> None:
    """Leader and group are keen alike, and nothing changes: given the use before, nothing is left to go together."""
    keen = np.random.default_rng(3).uniform(1, 4, 30)
    noise = np.random.default_rng(4).normal(0, 0.5, 30)
    found = leaders.goes_with(leaders.led_groups(panel(keen + noise, keen, keen), source(30))).table.iloc[0]
    assert abs(found["estimate"]) < 1e-9


def test_small_groups_are_left_out_and_counted(drawn) -> None:
    """Thirty groups of four may not be told apart; nothing is left, and it is said."""
    led = leaders.led_groups(panel(*drawn, size=4), source(30, size=4))
    found = leaders.goes_with(led)
    assert found.notes == ("30 groups of fewer than 5 people are left out.",)
    assert leaders.by_leaders_use(led).empty
    said = findings.association(found, "groups of leaders who use it more")
    assert said.verdict == "we cannot say"


def test_leaders_who_all_did_the_same_tell_nothing() -> None:
    rng = np.random.default_rng(5)
    found = leaders.goes_with(leaders.led_groups(panel(np.full(12, 3.0), *rng.uniform(1, 2, (2, 12))), source(12)))
    assert found.table["estimate"].isna().all()


def test_thirds_of_leaders_are_means_over_groups() -> None:
    leader = np.arange(15.0)
    thirds = leaders.by_leaders_use(leaders.led_groups(panel(leader, leader / 2, leader * 2), source(15)))
    assert thirds["third"].tolist() == ["lower third", "middle third", "upper third"]
    assert thirds["leader"].tolist() == [2.0, 7.0, 12.0]
    assert thirds["later"].tolist() == [4.0, 14.0, 24.0]
    assert thirds["n"].tolist() == [5, 5, 5]


def test_a_leader_is_whom_somebody_reports_to() -> None:
    marked = leaders.positions(panel(*np.ones((3, 2))), source(2)).to_pandas()
    assert marked.groupby("position")["user_id"].nunique().to_dict() == {"all others": 10, "managers": 2}


def test_the_example_set_is_that_of_the_leader_and_of_the_others_in_the_team() -> None:
    """By hand: a, b and c of one team use it 1, 2 and 6 days a week and report to l, who is in no team and uses it 5."""
    users = pd.DataFrame({"user_id": list("abcl"), "manager_id": ["l", "l", "l", "l"], "team": ["t", "t", "t", None]})
    weeks = users[["user_id", "team"]].assign(week=MONDAYS[0], active_days=[1, 2, 6, 5])
    log = wb.open_source(
        {
            "users": users,
            "events": pd.DataFrame({"user_id": ["a"], "occurred_at": ["2025-01-06T09:00Z"], "action": "view"}),
        }
    )
    found = leaders.example_set(wb.as_table(weeks), log).to_pandas().set_index("user_id").sort_index()
    assert found["leader"].tolist()[:3] == [5, 5, 5]
    assert found["colleagues"].tolist()[:3] == [4, 3.5, 1.5]
    assert found.loc["l"].isna().all()
