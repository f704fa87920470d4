"""Who was offered what when, who may be compared, counted by hand on nine people and ten weeks."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest
from nine_people import EVENTS, OFFERS, RACE, TRAININGS, USERS

import workbench as wb
from workbench.programmes.comparison import Comparison, Comparisons
from workbench.programmes.incentives import (
    departments_under,
    incentives,
    team_answers,
    together,
    with_rewarded,
    without_mandates,
)


@pytest.fixture(scope="module")
def source() -> wb.Source:
    return wb.open_source({"users": USERS, "events": EVENTS, "trainings": TRAININGS, "incentives": OFFERS})


@pytest.fixture(scope="module")
def panel(source) -> wb.Table:
    return wb.user_weeks(source).stored()


@pytest.fixture(scope="module")
def offers(source, panel) -> Comparisons:
    return incentives(panel, source)


def test_programmes_come_with_their_teams_dates_and_cost_and_mandates_last(offers) -> None:
    listed = offers.listed.set_index("programme")
    assert list(listed.index) == ["race", "bonus", "rule"]
    race = listed.loc["race"]
    assert (race["teams"], race["weeks"], race["cost"], race["rewarded_action"]) == (2, 2, 100, "create")
    assert (str(race["starts"].date()), str(race["ends"].date())) == ("2025-01-22", "2025-02-23")
    assert pd.isna(listed.loc["rule", "ends"])
    assert offers["race"].drawn
    assert not offers["bonus"].drawn


def test_everybody_plays_one_part(offers) -> None:
    """x: b was trained, c came when the race was on; z has a bonus; w is under a mandate and was never offered a race."""
    parts = offers["race"].parts().set_index("part")["n"].to_dict()
    assert parts == {
        "offered": 3,  # a; d and e, for d was invited to a training and did not come
        "never offered": 2,
        "not there when it began": 1,
        "another incentive": 2,
        "trained": 1,
    }
    assert sum(parts.values()) == len(USERS)


def test_teams_under_a_mandate_can_be_left_out(source, offers) -> None:
    parts = without_mandates(offers["race"], source).parts().set_index("part")["n"]
    assert (parts["never offered"], parts["another incentive"]) == (0, 4)


def test_a_mandate_is_held_against_people_without_any_incentive(offers) -> None:
    parts = offers["rule"].parts().set_index("part")["n"]
    assert (parts["offered"], parts["never offered"], parts["another incentive"]) == (2, 0, 6)


def test_what_cannot_be_judged_says_why(offers) -> None:
    """Each team of the race has its own weeks; the bonus has one team; under the rule nobody is left to compare with."""
    assert {name: offer.reason for name, offer in offers.items()} == {
        "race": "no two teams had it in the same weeks",
        "bonus": "no two teams had it in the same weeks",
        "rule": "nobody is left to compare with",
    }


def test_two_teams_in_the_same_weeks_can_be_judged(panel) -> None:
    both = pd.DataFrame([RACE | {"team": team, "starts_on": "2025-01-22", "ends_on": "2025-02-04"} for team in "xy"])
    source = wb.open_source({"users": USERS, "events": EVENTS, "incentives": both})
    race = incentives(panel, source)["race"]
    assert (race.reason, race.design["ended"]) == ("", True)
    late = both.assign(ends_on="2025-02-23")  # the panel ends three weeks later: too soon to say what is left
    source = wb.open_source({"users": USERS, "events": EVENTS, "incentives": late})
    assert not incentives(panel, source)["race"].design["ended"]


def test_waves_say_when_it_was_on_for_how_many(offers) -> None:
    paths = offers["race"].waves()
    assert paths[["teams", "n"]].to_numpy().tolist() == [[1, 1], [1, 2], [1, 2]]
    assert [f"{day:%m-%d}" for day in paths["ended"].dropna()] == ["02-10", "02-24"]
    assert offers["race"].rollout(paths) == "race: 3 people in 2 rounds, 2 never"


def test_a_week_is_on_when_the_incentive_ran_on_any_of_its_days(offers) -> None:
    rows = offers["race"].rows.to_pandas()
    on = rows[rows["on"] == "race"].groupby("user_id")["week"].agg(lambda weeks: [f"{day:%m-%d}" for day in weeks])
    assert on.to_dict() == {who: ["02-10", "02-17"] for who in "de"} | {"a": ["01-20", "01-27", "02-03"]}
    a = rows[rows["user_id"] == "a"].iloc[0]
    assert (str(a["began"].date()), str(a["ended"].date()), a["offered"]) == ("2025-01-20", "2025-02-10", "race")
    h = rows[rows["user_id"] == "h"].iloc[0]
    assert pd.isna(h["began"])
    assert pd.isna(h["offered"])


def test_several_incentives_are_told_apart_by_name(source, offers) -> None:
    rows = together(offers.among(["race", "bonus"]), source).rows.to_pandas()
    assert rows.groupby("offered")["user_id"].nunique().to_dict() == {"bonus": 2, "race": 3}
    assert set(rows["on"]) == {"", "race", "bonus"}


def test_an_unknown_incentive_is_answered_with_the_nearest(offers) -> None:
    with pytest.raises(wb.ContractError, match="there is no incentive 'rac'; did you mean 'race'?"):
        offers.known("rac")


def test_an_incentive_for_single_people_and_one_for_everybody() -> None:
    tables = {"users": USERS, "events": EVENTS}
    named = pd.DataFrame([{"programme": "prize", "user_id": "a", "starts_on": "2025-01-20", "ends_on": "2025-02-02"}])
    source = wb.open_source(tables | {"incentives": named})
    prize = incentives(wb.user_weeks(source), source)["prize"]
    parts = prize.parts().set_index("part")["n"]
    assert (parts["offered"], parts["never offered"]) == (1, 8)
    assert prize.cluster is None
    source = wb.open_source(tables | {"incentives": named.drop(columns="user_id")})
    parts = incentives(wb.user_weeks(source), source)["prize"].parts().set_index("part")["n"]
    assert (parts["offered"], parts["never offered"], parts["not there when it began"]) == (8, 0, 1)


def test_what_was_rewarded_is_counted_apart_and_what_failed_is_not(source, offers) -> None:
    race = with_rewarded(offers, wb.actions(source))["race"]
    rows = race.rows.to_pandas()
    a = rows[(rows["user_id"] == "a")].set_index("week")
    assert a.loc["2025-02-03", ["rewarded_actions", "other_actions"]].tolist() == [1, 1]
    assert a.loc["2025-03-10", ["rewarded_actions", "other_actions"]].tolist() == [0, 0]  # a login is no work
    assert len(rows) == len(offers["race"].rows.to_pandas())
    assert race.outcome == "rewarded_actions"


# ── what people say ─────────────────────────────────────────────────────────────────────────────────────────────


def test_answers_are_averaged_by_team_and_wave(source, panel) -> None:
    """x is told between the waves: a says 5, then 3 of 1 to 5, turned round in an item that is reversed; z is no part."""
    said = [("a", 1, 5, False), ("a", 2, 3, False), ("a", 2, 3, True), ("h", 1, 1, False), ("h", 2, 5, False)]
    answers = pd.DataFrame(
        {
            "user_id": [who for who, *_ in said] + ["f", "e"],
            "survey": [f"wave {wave}" for _, wave, *_ in said] + ["wave 1", "wave 2"],
            "answered_at": [f"2025-0{wave}-08" for _, wave, *_ in said] + ["2025-01-08", "2025-02-08"],
            "scale": "satisfaction",
            "item": ["first", "first", "second", "first", "first", "first", "first"],
            "value": [value for *_, value, _ in said] + [5, 5],
            "lowest": 1,
            "highest": 5,
            "reverse": [reverse for *_, reverse in said] + [False, False],
        }
    )
    tables = {"users": USERS, "events": EVENTS, "trainings": TRAININGS, "incentives": OFFERS, "surveys": answers}
    asked = wb.open_source(tables)
    rows = team_answers(incentives(panel, asked)["race"], asked.surveys, "satisfaction").rows.to_pandas()
    assert rows[["team", "wave", "share_of_full_satisfaction"]].to_numpy().tolist() == [
        ["w", 1, 0.0],
        ["w", 2, 1.0],
        ["x", 1, 1.0],
        ["x", 2, 0.5],
    ]
    assert rows.groupby("team")["began"].first().fillna(0).to_dict() == {"w": 0, "x": 2}


def raced_at_first(**said: str) -> Comparison:
    """Teams x and y raced in the first two weeks of the log, and nobody was rewarded or told to do anything else."""
    race = pd.DataFrame([RACE | {"team": team, "starts_on": "2025-01-06", "ends_on": "2025-01-19"} for team in "xy"])
    source = wb.open_source({"users": USERS, "events": EVENTS, "incentives": race.assign(**said)})
    return incentives(wb.user_weeks(source), source)["race"]


def test_where_the_log_begins_with_it_a_lottery_compares_those_who_had_it_with_all_others() -> None:
    race = raced_at_first()
    assert (race.at_start, race.drawn, race.reason, race.cluster) == (True, True, "", "team")
    parts = race.parts().set_index("part")["n"]
    assert (parts["offered"], parts["never offered"], parts["not there when it began"]) == (5, 4, 0)
    assert race.rows.to_pandas().query("on == 'race'")["week"].nunique() == 2


def test_without_a_lottery_the_weeks_before_are_missed() -> None:
    race = raced_at_first(assignment="chosen")
    assert (race.at_start, race.reason) == (False, "everybody to whom it was offered is left out")


def test_where_a_mandate_applies_is_said_of_departments_with_five_people_under_it():
    """By count: five in sales, four in service, one whose department nobody knows."""
    where = {"sales": 5, "service": 4, None: 1}
    under = [(f"{name}{i}", name) for name, n in where.items() for i in range(n)]
    panel = wb.as_table(pd.DataFrame(under, columns=["user_id", "department"]).assign(week=date(2025, 1, 6)))
    people = panel.sql("select user_id, 'offered' as part, true as compared, week as began from this")
    assert departments_under(Comparison("must", panel, people, panel)) == ["sales"]
