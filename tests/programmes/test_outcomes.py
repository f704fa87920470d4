"""What came of the work, week by week: counted by hand on three people."""

from __future__ import annotations

import pandas as pd
import pytest

import workbench as wb
from workbench.effects.study import study
from workbench.programmes.outcomes import (
    NONE,
    TOO_FEW,
    _listed,
    _of_people,
    _valued,
    judged_by,
    outcomes,
    without_answer,
)

MONDAYS = pd.date_range("2025-01-06", periods=3, freq="7D")
PANEL = wb.as_table(
    pd.DataFrame([{"user_id": u, "week": w, "active_days": 1 + (u == "a")} for u in "abc" for w in MONDAYS])
)
ROWS = pd.DataFrame(
    [
        ("a", "2025-01-06", "deals_won", 1), ("a", "2025-01-12", "deals_won", 2), ("a", "2025-01-20", "deals_won", 4),
        ("b", "2025-01-14", "deals_won", 1), ("b", "2025-02-14", "deals_won", 9),
        ("a", "2025-01-08", "cycle_days", 10.5), ("a", "2025-01-09", "cycle_days", 20.5),
    ],
    columns=["user_id", "measured_on", "outcome", "value"],
)  # fmt: skip
USERS = pd.DataFrame({"user_id": list("abc")})
EVENTS = pd.DataFrame({"user_id": ["a"], "occurred_at": ["2025-01-06"], "action": ["view"]})


@pytest.fixture
def source() -> wb.Source:
    return wb.open_source({"users": USERS, "events": EVENTS, "outcomes": ROWS})


def test_outcomes_are_listed(source) -> None:
    assert _listed(source, "user_id") == {"cycle_days": False, "deals_won": True}  # whole numbers are counted
    assert _listed(source, "team") == {}


def test_what_is_counted_is_added_up_and_zero_in_a_week_without(source) -> None:
    found = _valued(PANEL, _of_people(source), "deals_won", True, "deals_won").to_pandas()
    assert found["user_id"].tolist() == ["a"] * 3 + ["b"] * 3  # c has no such outcome
    assert found["deals_won"].tolist() == [3, 0, 4, 0, 1, 0]  # the 14th of February is outside
    assert set(found.columns) == {"user_id", "week", "active_days", "deals_won"}


def test_what_is_measured_on_a_case_is_a_mean_of_weeks_with_one(source) -> None:
    found = _valued(PANEL, _of_people(source), "cycle_days", False, "cycle_days").to_pandas()
    assert found[["user_id", "week", "cycle_days"]].values.tolist() == [["a", MONDAYS[0], 15.5]]


def test_moments_take_it(source) -> None:
    rows = _valued(PANEL, _of_people(source), "deals_won", True, "deals_won").sql(
        "select *, case when user_id = 'a' then date '2025-01-20' end as trained from this"
    )
    m = wb.moments(rows, cohort="trained", outcome="deals_won")
    assert m.outcome == "deals_won"
    assert m.units == 2


def test_an_outcome_is_compared_where_five_trained_and_five_untrained_people_have_it() -> None:
    """Of twelve who sell, five were trained in the second week, one before the first; six never were."""
    users = pd.DataFrame({"user_id": list("abcdefghijkl")})
    trained = dict.fromkeys("abcde", MONDAYS[1]) | {"f": MONDAYS[0]}
    weeks = pd.DataFrame(
        [{"user_id": u, "week": w, "trained": trained.get(u)} for u in users["user_id"] for w in MONDAYS]
    ).assign(team=None, active_days=1)
    rows = pd.DataFrame({"user_id": users["user_id"], "measured_on": "2025-01-06", "outcome": "deals_won", "value": 1})
    few = rows[rows["user_id"] != "a"].assign(outcome="bids")  # four trained people only
    given = wb.open_source({"users": users, "events": EVENTS, "outcomes": pd.concat([rows, few])})
    found = outcomes(wb.as_table(weeks.astype({"team": "string"})), given)
    assert list(found) == ["active_days", "deals_won"]
    assert found["deals_won"].rows.to_pandas()["deals_won"].sum() == 12


def test_a_source_without_outcomes_lists_none() -> None:
    assert _listed(wb.open_source({"users": USERS, "events": EVENTS}), "user_id") == {}


# ── outcomes of whole teams ─────────────────────────────────────────────────────────────────────────────────────


TWELVE = [f"t{number:02}" for number in range(12)]


def teams_with(outcome: str, value, few: str = "", taught: int = 6) -> tuple[wb.Table, wb.Source]:
    """Twelve teams of five (`few`: of four) in six weeks, the first six (`taught`) taught in week 3; value(place, week) of a team.
    Two rows a week, on its Monday and its Sunday, and one of a person, which is not the team's."""
    weeks = pd.date_range("2025-01-06", periods=6, freq="7D")
    people = [(f"{team}{m}", team) for team in TWELVE for m in ("abcd" if team == few else "abcde")]
    panel = pd.DataFrame([{"user_id": u, "team": t, "week": w, "active_days": 1} for u, t in people for w in weeks])
    rows = [
        {"team": team, "measured_on": (w + pd.Timedelta(days=day)).date(), "outcome": outcome, "value": value(i, at)}
        for i, team in enumerate(TWELVE)
        for at, w in enumerate(weeks)
        for day in (0, 6)
    ]
    rows.append({"user_id": "t00a", "measured_on": weeks[4].date(), "outcome": outcome, "value": 99})
    users = pd.DataFrame(people, columns=["user_id", "team"])
    came = pd.DataFrame({"user_id": [f"{team}a" for team in TWELVE[:taught]], "started_at": str(weeks[3].date())})
    tables = {"users": users, "events": EVENTS.assign(user_id="t00a"), "outcomes": pd.DataFrame(rows)}
    trained = came.assign(programme="workshop", assigned_unit="team")
    return wb.as_table(panel.assign(trained=pd.NaT)), wb.open_source({**tables, "trainings": trained})


def test_what_is_counted_of_a_team_is_added_up_by_week() -> None:
    panel, source = teams_with("deals_won", lambda i, at: i + at)
    rows = outcomes(panel, source)["deals_won_of_teams"].rows.to_pandas()
    assert len(rows) == 12 * 6
    one = rows[rows["team"] == "t02"]
    assert one["deals_won_of_teams"].tolist() == [4, 6, 8, 10, 12, 14]
    assert one["began"].dt.strftime("%Y-%m-%d").unique().tolist() == ["2025-01-27"]
    assert rows.loc[rows["team"] == "t07", "began"].isna().all()


def test_what_training_brought_to_a_team_by_hand() -> None:
    """Cycles begin between 20 and 31 days and all get a day longer each week; from week 3 on the taught take 4.5 less."""
    shorter = 4.5
    panel, source = teams_with("cycle_days", lambda i, at: 20 + i + at - shorter * (i < 6 and at >= 3))
    asked = study(outcomes(panel, source)["cycle_days_of_teams"])
    assert (asked.moments.units, asked.unit) == (12, "cycle days of teams a week")
    found = asked.effect.overall
    assert found["estimate"] == pytest.approx(-shorter)
    assert found["n"] == 6


def test_a_team_of_fewer_than_five_is_nearly_a_person_and_left_out() -> None:
    panel, source = teams_with("cycle_days", lambda i, at: 20 + i + at, few="t03")
    rows = outcomes(panel, source)["cycle_days_of_teams"].rows.to_pandas()
    assert set(TWELVE) - set(rows["team"]) == {"t03"}


def test_outcomes_of_too_few_teams_are_not_compared() -> None:
    panel, source = teams_with("deals_won", lambda i, at: i + at, taught=4)
    assert list(outcomes(panel, source)) == []
    assert _listed(source, "team") == {"deals_won": True}


def test_what_has_no_answer_has_a_reason(source) -> None:
    assert without_answer(source, {"active_days", "deals_won"}).to_numpy().tolist() == [
        ["cycle days", TOO_FEW.format(n=5)],
        ["what whole teams bring", NONE],
    ]
    _, of_teams = teams_with("deals_won", lambda i, at: i + at)
    assert without_answer(of_teams, {"deals_won", "deals_won_of_teams"}).empty
    nothing = wb.open_source({"users": USERS, "events": EVENTS})
    assert without_answer(nothing, set())["reason"].tolist() == [NONE, NONE]
    assert (judged_by("deals_won"), judged_by("deals_won_of_teams")) == ("people", "teams")
