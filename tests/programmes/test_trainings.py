"""Who was trained when, and who may be compared: counted by hand on six people."""

from __future__ import annotations

import json

import pandas as pd
import pytest

import workbench as wb
from workbench.effects.study import study
from workbench.programmes.comparison import Comparison
from workbench.programmes.trainings import (
    ALL_AT_ONCE,
    NOBODY,
    _why_not,
    hours,
    kinds,
    known_before,
    overlap,
    refreshers,
    trainings,
)

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


def formats(panel: wb.Table, source: wb.Source) -> pd.DataFrame:
    """The user-weeks of everybody who is compared by the format of their training."""
    nothing = wb.as_table(pd.DataFrame({"user_id": ["a"], "week": [pd.Timestamp("2000-01-03")], "segment": ["low"]}))
    return kinds(trainings(panel, source), source, nothing, ("format",))["format"].rows.to_pandas()


def test_programmes_are_counted_by_people_who_came() -> None:
    source, panel = opened("person")
    basics = trainings(panel, source)["basics"].design
    assert (basics["people"], basics["offered"], basics["teams"], basics["format"]) == (2, 3, 2, "online")
    assert str(basics["first"].date()) == "2025-01-08"


def test_people_of_another_programme_are_left_out_and_counted() -> None:
    source, panel = opened("person")
    parts = trainings(panel, source)["basics"].parts().set_index("part")["n"]
    assert parts.to_dict() == {"trained": 2, "never trained": 3, "trained elsewhere": 1, "untrained colleague": 0}
    compared = trainings(panel, source)["basics"].rows.to_pandas()
    firsts = compared.drop_duplicates("user_id").set_index("user_id")["began"]
    monday = pd.Timestamp("2025-01-13")
    assert firsts.to_dict() == {"a": monday, "b": pd.NaT, "c": monday, "d": pd.NaT, "f": pd.NaT}


def test_where_teams_were_trained_their_untrained_members_are_left_out() -> None:
    source, panel = opened("team", tour="person")
    parts = trainings(panel, source)["basics"].parts().set_index("part")["n"]
    assert parts.to_dict() == {"trained": 2, "never trained": 1, "trained elsewhere": 1, "untrained colleague": 2}
    assert set(trainings(panel, source)["basics"].rows.to_pandas()["user_id"]) == {"a", "c", "f"}


def test_members_of_teams_that_another_programme_trained_as_a_whole_are_left_out_too() -> None:
    source, panel = opened("person", tour="team")
    parts = trainings(panel, source)["basics"].parts().set_index("part")["n"]
    assert parts.to_dict() == {"trained": 2, "never trained": 2, "trained elsewhere": 1, "untrained colleague": 1}
    assert set(trainings(panel, source)["basics"].rows.to_pandas()["user_id"]) == {"a", "b", "c", "d"}


def test_parts_say_what_people_did_before_and_who_left() -> None:
    days = [("a", "2025-01-06"), ("a", "2025-01-07"), ("b", "2025-01-08"), ("a", "2025-02-02")]
    events = pd.DataFrame(days, columns=["user_id", "occurred_at"]).assign(action="view")
    users = USERS.assign(access_end=[None, "2025-01-20", None, None, None, None])
    source = wb.open_source({"users": users, "events": events, "trainings": TRAININGS.assign(assigned_unit="person")})
    table = trainings(wb.user_weeks(source), source)["basics"].parts().set_index("part")
    # Before 13 January: a on two days, c on none; b on one of those never trained (b, d, f), who left in week three.
    assert table["earlier"].to_list()[:2] == [1.0, pytest.approx(1 / 3)]
    assert table["left"].to_list()[:2] == [0.0, pytest.approx(1 / 3)]


def test_offered_counts_those_who_did_not_come() -> None:
    source, panel = opened("person")
    firsts = trainings(panel, source)["basics"].offered.to_pandas().drop_duplicates("user_id")
    assert firsts.dropna(subset="began")["user_id"].tolist() == ["a", "c", "d"]


def test_who_was_offered_another_programme_by_lot_is_left_out_come_or_not() -> None:
    """d stayed away from basics, whose dates were drawn: with d alone, the never trained would be those who decline."""
    by_lot = TRAININGS.assign(assignment=TRAININGS["programme"].map({"basics": "random", "tour": "chosen"}))
    source = wb.open_source({"users": USERS, "events": EVENTS, "trainings": by_lot})
    tour = trainings(wb.user_weeks(source), source)["tour"]
    parts = tour.parts().set_index("part")["n"]
    assert parts.to_dict() == {"trained": 1, "never trained": 2, "trained elsewhere": 3, "untrained colleague": 0}
    assert set(tour.rows.to_pandas()["user_id"]) == {"b", "e", "f"}


def drawn(week_of_d: str, lot: str | None = None) -> Comparison:
    """Basics with dates by lot: a and c had one in the second week, d another; all came. b and f drew none."""
    dates = TRAININGS.assign(assignment="random", attended=True, drawn=lot)
    dates.loc[dates["user_id"] == "d", "started_at"] = week_of_d
    source = wb.open_source({"users": USERS, "events": EVENTS, "trainings": dates})
    return trainings(wb.user_weeks(source), source)["basics"]


def test_only_those_who_drew_a_date_are_compared_by_lot() -> None:
    """a and c began on 13 January, d a week later: until then d shows what a and c would have done. e had the tour."""
    basics = drawn("2025-01-22")
    parts = basics.parts().set_index("part")["n"]
    assert parts.to_dict() == {"trained": 3, "did not draw": 2, "trained elsewhere": 1, "untrained colleague": 0}
    assert set(basics.rows.to_pandas()["user_id"]) == {"a", "c", "d"}
    assert (basics.drawn, basics.draw) == (True, "dates")


def test_where_the_lot_also_decided_who_had_a_date_those_without_one_are_compared() -> None:
    basics = drawn("2025-01-22", "everything")
    assert set(basics.rows.to_pandas()["user_id"]) == set("abcdf")
    assert (basics.drawn, basics.draw) == (True, "everything")


def test_where_all_drew_the_same_date_nobody_waited_so_it_is_no_comparison_by_lot() -> None:
    basics = drawn("2025-01-15")
    assert set(basics.rows.to_pandas()["user_id"]) == set("abcdf")
    assert not basics.drawn


def test_where_chance_gave_the_offer_an_arm_holds_all_to_whom_it_was_offered() -> None:
    by_lot = TRAININGS.assign(assignment=TRAININGS["programme"].map({"basics": "random", "tour": "chosen"}))
    source = wb.open_source({"users": USERS, "events": EVENTS, "trainings": by_lot})
    table = formats(wb.user_weeks(source), source)
    arms = table.dropna(subset="arm").groupby("user_id")["arm"].first()
    assert arms.to_dict() == {"a": "online", "c": "online", "d": "online", "e": "classroom"}


def test_arms_begin_with_the_first_week_of_the_one_programme_a_person_had() -> None:
    source, panel = opened("person")
    table = formats(panel, source)
    first = table.dropna(subset="arm").groupby("user_id")[["week", "arm"]].first()
    monday = pd.Timestamp("2025-01-13")
    assert first.to_numpy().tolist() == [[monday, "online"], [monday, "online"], [monday, "classroom"]]
    assert set(table["user_id"]) == set("abcdef")


def test_who_came_twice_is_held_against_the_same_wave() -> None:
    source, panel = opened("person")
    again = refreshers(trainings(panel, source), source, fewest=1)["basics"]
    table = again.rows.to_pandas().drop_duplicates("user_id")
    assert again.strata == "wave"
    assert table["user_id"].tolist() == ["a", "c"]
    assert table["began"].tolist() == [pd.Timestamp("2025-01-20"), pd.NaT]
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
    compared = trainings(wb.user_weeks(source), source)["basics"]
    known = known_before(compared, source, wb.as_table(labels)).rows.to_pandas()
    told = known.drop_duplicates("user_id").set_index("user_id")[["earlier", "tenure"]]
    assert told.loc["a"].tolist() == ["had the habit", "access over a year"]
    assert told.loc["b"].tolist() == ["used it without a habit", "access 3 to 12 months"]
    assert told.loc["c"].tolist() == ["did not use it", "access up to 3 months"]
    assert told.loc["f"].tolist() == ["joined later", "joined later"]
    assert len(known) == len(compared.rows.to_pandas())


def test_programmes_say_how_many_came_again_and_how_many_doses_there_were() -> None:
    source = wb.open_source({"users": USERS, "events": EVENTS, "trainings": TRAININGS.assign(hours=[2, 2, 4, 6, 1])})
    listed = trainings(wb.user_weeks(source), source).listed
    assert listed.set_index("programme")[["doses", "returned"]].loc["basics"].tolist() == [2, 1]  # d did not come


def test_whose_format_nobody_noted_is_not_taken_for_untrained() -> None:
    source = wb.open_source({
        "users": USERS, "events": EVENTS,
        "trainings": TRAININGS.assign(format=["online", "online", None, None, "classroom"]),
    })  # fmt: skip
    table = formats(wb.user_weeks(source), source)
    assert set(table["user_id"]) == set("abdef")  # c was trained, in nobody knows what


def test_an_unknown_programme_is_answered_with_the_nearest() -> None:
    source, panel = opened("person")
    with pytest.raises(wb.ContractError, match="there is no training programme 'basic'; did you mean 'basics'?"):
        trainings(panel, source).known("basic")


# ── on the sample, against what was planted ─────────────────────────────────────────────────────────────────────

ZONE = "Europe/Berlin"


@pytest.fixture(scope="module")
def truth(sample) -> dict[str, float]:
    return {t["name"]: t["value"] for t in json.loads((sample / "truth.json").read_text())["truths"]}


@pytest.fixture(scope="module")
def real(sample) -> tuple[wb.Source, wb.Table]:
    source = wb.open_source(sample)
    return source, wb.user_weeks(source, time_zone=ZONE, qualifying=wb.qualifying_actions(source)).stored()


def holds(row: pd.Series, true: float) -> bool:
    return bool(row["conf_low"] <= true <= row["conf_high"])


def test_each_dose_of_coaching_brings_what_was_planted(real, truth) -> None:
    source, panel = real
    courses = trainings(panel, source, ZONE)
    dosed = study(hours(courses, source)["One-to-one coaching"])
    doses = dosed.by_arm
    found = doses.table.assign(hours=doses.table["arm"].astype(float)).set_index("hours")
    assert [holds(row, truth[f"One-to-one coaching: {hours:g} hours"]) for hours, row in found.iterrows()] == [True] * 3
    step = (truth["One-to-one coaching: 6 hours"] - truth["One-to-one coaching: 2 hours"]) / 4
    assert holds(dosed.slope.table.iloc[0], step)


def test_a_second_time_adds_what_was_planted(real, truth) -> None:
    """Truth: from week 12 on those who came twice gain .53, those who came once .21."""
    source, panel = real
    again = refreshers(trainings(panel, source, ZONE), source, ZONE)["Sales basics"]
    assert holds(study(again).effect.overall, truth["Sales basics: twice"] - truth["Sales basics: once"])


@pytest.mark.parametrize("kind", ["format", "tailored", "sessions"])
def test_kinds_of_training_bring_what_their_programmes_do(real, truth, kind) -> None:
    """Truth: the programmes' own effects, weighted by their people (waves are alike); within strata of earlier use.

    Where chance gave the offer, what those gained who came is shared by all to whom it was offered.
    """
    source, panel = real
    courses = trainings(panel, source, ZONE)
    sound = courses.among(name for name in courses if name != "Fast track")
    listed = sound.listed.assign(asked=[each.design["offered" if each.took else "people"] for each in sound.values()])
    compared = kinds(sound, source, wb.usage_segments(panel, "4w"), (kind,))[kind]
    found = study(compared).by_arm.table.set_index("arm")
    named = {
        "format": listed["format"],
        "tailored": listed["tailored"].map({True: "tailored to the role", False: "the same for all"}),
        "sessions": (listed["sessions"] > 1).map({True: "several sessions", False: "one session"}),
    }[kind]
    total = listed["programme"].map(truth) * listed["people"]
    true = listed.assign(total=total).groupby(named)[["total", "asked"]].sum()
    held = {arm: holds(found.loc[arm], row["total"] / row["asked"]) for arm, row in true.iterrows()}
    assert held == dict.fromkeys(true.index, True)


# ── what an answer rests on ─────────────────────────────────────────────────────────────────────────────────────


def followed(began: dict[str, str | None], weeks: int = 4) -> wb.Table:
    """People in teams by their first letter, over four weeks from 6 January, active as many days as the week's place."""
    mondays = pd.date_range("2025-01-06", periods=weeks, freq="7D")
    rows = [
        {"user_id": u, "team": u[0], "week": w, "began": pd.Timestamp(at) if at else None, "active_days": place + 1}
        for u, at in began.items()
        for place, w in enumerate(mondays)
    ]
    return wb.as_table(pd.DataFrame(rows).astype({"began": "datetime64[ns]"}))


@pytest.mark.parametrize(
    ("began", "reason"),
    [
        ({"x1": "2025-01-20", "y1": None}, ""),
        ({"x1": "2025-01-20", "y1": "2025-01-27"}, ""),  # the later wave shows it for the earlier
        ({"x1": "2025-01-20", "y1": "2025-03-03"}, ""),  # so do those whose turn comes after the last week
        ({"x1": "2025-01-20", "y1": "2025-01-20"}, ALL_AT_ONCE),
        ({"x1": "2025-01-06", "y1": None}, NOBODY),  # trained when the panel begins
        ({"x1": "2025-03-03", "y1": None}, NOBODY),  # trained when it is over
        ({"y1": None}, NOBODY),
    ],
)
def test_a_programme_without_an_answer_has_a_reason(began, reason) -> None:
    assert _why_not(followed(began)) == reason


def test_waves_are_counted_with_what_they_did_before_anybody_came() -> None:
    """Before the first wave, of 20 January, lie two weeks with one and two days: 1.5 each."""
    rows = followed({"x1": "2025-01-20", "x2": "2025-01-20", "y1": "2025-01-27", "z1": None, "x3": None})
    basics = Comparison("Basics", rows, rows, rows)
    table = basics.waves()
    assert table["cohort"].dt.strftime("%d %b").tolist()[:2] == ["20 Jan", "27 Jan"]
    assert pd.isna(table["cohort"].iloc[2])
    assert table[["n", "teams", "earlier"]].to_numpy().tolist() == [[2, 1, 1.5], [1, 1, 1.5], [2, 2, 1.5]]
    assert basics.rollout(table) == "Basics: 3 people trained in 2 waves, 2 never"
    reached = Comparison("Basics", rows, rows, rows, did="reached")
    assert reached.rollout(table.iloc[1:2]) == "Basics: 1 person reached in 1 wave, 0 never"


def test_every_group_is_counted_on_both_sides() -> None:
    rows = followed({"x1": "2025-01-20", "x2": None, "y1": None}).sql(
        "select this.*, case when team = 'x' then 'had the habit' else 'did not use it' end as earlier from this"
    )
    assert overlap(Comparison("Basics", rows, rows, rows), "earlier").to_dict("records") == [
        {"group": "did not use it", "side": "never trained", "n": 1},
        {"group": "had the habit", "side": "trained", "n": 1},
        {"group": "had the habit", "side": "never trained", "n": 1},
    ]


def test_first_days_and_coming_again_are_read_on_the_local_calendar() -> None:
    # Monday 08:00 in Tokyo is Sunday 23:00 in UTC; two sessions in one week are no second time (cases.md, 5).
    sessions = pd.DataFrame({"user_id": ["a", "a"], "programme": "basics", "started_at": ["2025-01-12T23:00Z", "2025-01-14T23:00Z"]})  # fmt: skip
    source = wb.open_source({"users": USERS, "events": EVENTS, "trainings": sessions})
    panel = wb.user_weeks(source)
    design = trainings(panel, source, "Asia/Tokyo")["basics"].design
    assert (f"{design['first']:%Y-%m-%d}", design["returned"]) == ("2025-01-13", 0)
    assert trainings(panel, source, "UTC")["basics"].design["returned"] == 1  # there they lie in two weeks


def test_where_chance_gave_the_offer_those_who_had_it_are_compared_whether_they_came_or_not() -> None:
    """effects-cases.md, 1: by hand, a, c and d were offered basics, a and c came; nobody who was offered it is a control."""
    drawn = TRAININGS.assign(assignment="random", assigned_unit="person")
    source = wb.open_source({"users": USERS, "events": EVENTS, "trainings": drawn})
    basics = trainings(wb.user_weeks(source), source)["basics"]
    assert basics.parts().set_index("part")["n"].to_dict() == {
        "offered": 3,
        "never trained": 2,
        "trained elsewhere": 1,
        "untrained colleague": 0,
    }
    firsts = basics.rows.to_pandas().drop_duplicates("user_id").set_index("user_id")
    assert firsts["began"].dropna().index.tolist() == ["a", "c", "d"]
    assert firsts["came"].dropna().index.tolist() == ["a", "c"]
    assert (basics.took, basics.offered) == ("came", None)


def offered_at_first(drawn: str) -> Comparison:
    """Three of six were offered it on the first day of the log, two of them came."""
    rows = {"user_id": list("abc"), "programme": "basics", "started_at": "2025-01-06", "attended": [True, True, False]}
    trainings_of = pd.DataFrame(rows).assign(assignment="random", drawn=drawn)
    source = wb.open_source({"users": USERS, "events": EVENTS, "trainings": trainings_of})
    return trainings(wb.user_weeks(source), source)["basics"]


def test_where_the_log_begins_with_it_a_lottery_is_answered_by_those_who_had_it_and_who_did_not() -> None:
    basics = offered_at_first("everything")
    assert (basics.at_start, basics.drawn, basics.reason, basics.took) == (True, True, "", "came")
    assert basics.people.to_pandas().query("compared")["part"].value_counts().to_dict() == {
        "offered": 3,
        "never trained": 3,
    }


def test_where_only_dates_were_drawn_nobody_shows_what_would_have_been() -> None:
    basics = offered_at_first("dates")
    assert (basics.at_start, basics.reason) == (False, NOBODY)
