"""Who was trained when, and who may be compared: counted by hand on six people."""

from __future__ import annotations

import pandas as pd
import pytest

import workbench as wb
from workbench import trainings

USERS = pd.DataFrame(
    {"user_id": list("abcdef"), "team": ["x", "x", "y", "y", "z", "z"], "access_start": ["2025-01-06"] * 6}
)
EVENTS = pd.DataFrame({"user_id": ["a", "a"], "occurred_at": ["2025-01-06", "2025-02-02"], "action": "view"})
TRAININGS = pd.DataFrame(
    {
        "user_id": ["a", "a", "c", "d", "e"],
        "programme": ["basics", "basics", "basics", "basics", "tour"],
        "started_at": ["2025-01-22", "2025-01-15", "2025-01-15", "2025-01-08", "2025-01-15"],
        "attended": [True, True, True, False, True],
        "format": ["online", "online", "online", "online", "classroom"],
    }
)


def opened(basics: str, tour: str = "person") -> tuple[wb.Source, wb.Table]:
    """The programmes as they were assigned, to teams or persons."""
    unit = TRAININGS["programme"].map({"basics": basics, "tour": tour})
    tables = {"users": USERS, "events": EVENTS, "trainings": TRAININGS.assign(assigned_unit=unit)}
    source = wb.open_source(tables)
    return source, wb.user_weeks(source)


def test_programmes_are_counted_by_people_who_came() -> None:
    source, _ = opened("person")
    basics = trainings.programmes(source).set_index("programme").loc["basics"]
    assert (basics["people"], basics["offered"], basics["teams"], basics["format"]) == (2, 3, 2, "online")
    assert str(basics["first"].date()) == "2025-01-08"


def test_people_of_another_programme_are_left_out_and_counted() -> None:
    source, panel = opened("person")
    parts = trainings.parts(panel, source, "basics").set_index("part")["people"]
    assert parts.to_dict() == {"trained": 2, "never trained": 3, "trained elsewhere": 1, "untrained colleague": 0}
    compared = trainings.cohort_panel(panel, source, "basics").to_pandas()
    firsts = compared.drop_duplicates("user_id").set_index("user_id")["trained"]
    monday = pd.Timestamp("2025-01-13")
    assert firsts.to_dict() == {"a": monday, "b": pd.NaT, "c": monday, "d": pd.NaT, "f": pd.NaT}


def test_where_teams_were_trained_their_untrained_members_are_left_out() -> None:
    source, panel = opened("team", tour="person")
    parts = trainings.parts(panel, source, "basics").set_index("part")["people"]
    assert parts.to_dict() == {"trained": 2, "never trained": 1, "trained elsewhere": 1, "untrained colleague": 2}
    assert set(trainings.cohort_panel(panel, source, "basics").to_pandas()["user_id"]) == {"a", "c", "f"}


def test_members_of_teams_that_another_programme_trained_as_a_whole_are_left_out_too() -> None:
    source, panel = opened("person", tour="team")
    parts = trainings.parts(panel, source, "basics").set_index("part")["people"]
    assert parts.to_dict() == {"trained": 2, "never trained": 2, "trained elsewhere": 1, "untrained colleague": 1}
    assert set(trainings.cohort_panel(panel, source, "basics").to_pandas()["user_id"]) == {"a", "b", "c", "d"}


def test_parts_say_what_people_did_before_and_who_left() -> None:
    days = [("a", "2025-01-06"), ("a", "2025-01-07"), ("b", "2025-01-08"), ("a", "2025-02-02")]
    events = pd.DataFrame(days, columns=["user_id", "occurred_at"]).assign(action="view")
    users = USERS.assign(access_end=[None, "2025-01-20", None, None, None, None])
    source = wb.open_source({"users": users, "events": events, "trainings": TRAININGS.assign(assigned_unit="person")})
    table = trainings.parts(wb.user_weeks(source), source, "basics").set_index("part")
    # Before 13 January: a on two days, c on none; b on one of those never trained (b, d, f), who left in week three.
    assert table["earlier"].to_list()[:2] == [1.0, pytest.approx(1 / 3)]
    assert table["left"].to_list()[:2] == [0.0, pytest.approx(1 / 3)]


def test_offered_counts_those_who_did_not_come() -> None:
    source, panel = opened("person")
    firsts = trainings.cohort_panel(panel, source, "basics", attended=False).to_pandas().drop_duplicates("user_id")
    assert firsts.dropna(subset="trained")["user_id"].tolist() == ["a", "c", "d"]


def test_arms_begin_with_the_first_week_of_the_one_programme_a_person_had() -> None:
    source, panel = opened("person")
    table = trainings.arm_panel(panel, source, "format", ["basics", "tour"]).to_pandas()
    first = table.dropna(subset="arm").groupby("user_id")[["week", "arm"]].first()
    monday = pd.Timestamp("2025-01-13")
    assert first.to_numpy().tolist() == [[monday, "online"], [monday, "online"], [monday, "classroom"]]
    assert set(table["user_id"]) == set("abcdef")


def test_who_came_twice_is_held_against_the_same_wave() -> None:
    source, panel = opened("person")
    table = trainings.refresher_panel(panel, source, "basics").to_pandas().drop_duplicates("user_id")
    assert table["user_id"].tolist() == ["a", "c"]
    assert table["trained"].tolist() == [pd.Timestamp("2025-01-20"), pd.NaT]
    assert table["wave"].tolist() == ["2025-01-13", "2025-01-13"]


def test_what_is_known_of_people_is_read_off_one_day_two_weeks_before_the_first_wave() -> None:
    """The first of them is trained on 3 February: what counts is known on 20 January, not what they did since."""
    users = USERS.assign(
        access_start=["2024-01-01", "2024-09-02", "2025-01-06", "2025-01-06", "2025-01-06", "2025-01-27"]
    )
    later = TRAININGS.assign(started_at="2025-02-03", assigned_unit="person")
    source = wb.open_source({"users": users, "events": EVENTS, "trainings": later})
    days = pd.to_datetime(["2025-01-20", "2025-01-27"] * 5).astype(str)
    labels = pd.DataFrame({
        "user_id": [u for u in "abcde" for _ in range(2)], "week": days,
        "segment": ["power", "low", "novice", "power", "none", "power", "habitual", "none", "new", "low"],
    })  # fmt: skip
    labels["week"] = pd.to_datetime(labels["week"]).dt.date
    compared = trainings.cohort_panel(wb.user_weeks(source), source, "basics")
    known = trainings.known_before(compared, source, wb.as_table(labels)).to_pandas()
    told = known.drop_duplicates("user_id").set_index("user_id")[["earlier", "tenure"]]
    assert told.loc["a"].tolist() == ["had the habit", "over a year"]
    assert told.loc["b"].tolist() == ["used it without a habit", "3 to 12 months"]
    assert told.loc["c"].tolist() == ["did not use it", "up to 3 months"]
    assert told.loc["f"].tolist() == ["joined later", "joined later"]
    assert len(known) == len(compared.to_pandas())


def test_programmes_say_how_many_came_again_and_how_many_doses_there_were() -> None:
    listed = trainings.programmes(
        wb.open_source({"users": USERS, "events": EVENTS, "trainings": TRAININGS.assign(hours=[2, 2, 4, 6, 1])})
    )
    assert listed.set_index("programme")[["doses", "returned"]].loc["basics"].tolist() == [2, 1]  # d did not come


def test_whose_format_nobody_noted_is_not_taken_for_untrained() -> None:
    source = wb.open_source({
        "users": USERS, "events": EVENTS,
        "trainings": TRAININGS.assign(format=["online", "online", None, None, "classroom"]),
    })  # fmt: skip
    table = trainings.arm_panel(wb.user_weeks(source), source, "format", ["basics", "tour"]).to_pandas()
    assert set(table["user_id"]) == set("abdef")  # c was trained, in nobody knows what


def test_an_unknown_programme_is_answered_with_the_nearest() -> None:
    source, panel = opened("person")
    with pytest.raises(wb.ContractError, match="no training programme is called 'basic'; did you mean 'basics'?"):
        trainings.cohort_panel(panel, source, "basic")
