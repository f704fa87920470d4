import numpy as np
import pandas as pd
import pytest
from small_surveys import opened, people, survey

from workbench import surveys
from workbench.results.verdict import Side
from workbench.surveys.barriers import Agreement

PARTS = ("capability_psychological", "opportunity_physical", "opportunity_social")


def world(seed=0, held=("d3", "opportunity_physical", -1.3), slow=2.0):
    """Six departments of six teams of eight; one says that it lacks time, and one (d3 or d1) is slow in the log."""
    rng = np.random.default_rng(seed)
    users = people([f"u{i:03}" for i in range(288)], team=[f"t{i // 8:02}" for i in range(288)])
    users["department"] = [f"d{i // 48}" for i in range(288)]
    level = {
        part: 3.2 + rng.normal(0, 0.9, 288) + held[2] * ((users["department"] == held[0]) & (part == held[1]))
        for part in PARTS
    }
    wide = pd.DataFrame(level).clip(1, 5).round()
    log = opened(survey(dict(zip(users["user_id"], wide.to_dict("records"), strict=True)), "com_b"), users)
    seconds = rng.normal(1, 0.2, 288) * np.where(users["department"] == "d3", slow, 1)
    telemetry = users.assign(seconds=seconds, failed=rng.uniform(0, 0.1, 288), actions=rng.integers(20, 60, 288))
    return surveys.answers(log.surveys, log.users), telemetry


def sides(**more):
    found = surveys.com_b(*world(**more))
    return found.drop_duplicates(["component", "department"]).set_index(["department", "component"])["agreement"]


def test_what_is_said_and_seen_is_both():
    found = sides()
    assert found[("d3", "opportunity_physical")] == Agreement.BOTH
    assert found[("d0", "opportunity_physical")] == Agreement.NEITHER


def test_what_is_said_alone_or_seen_alone_is_a_disagreement():
    assert sides(slow=1.0)[("d3", "opportunity_physical")] == Agreement.SAID
    assert sides(held=("d3", "opportunity_physical", 0.0))[("d3", "opportunity_physical")] == Agreement.SEEN


def test_what_is_said_one_way_and_seen_the_other_is_opposed():
    assert sides(held=("d3", "opportunity_physical", 1.3))[("d3", "opportunity_physical")] == Agreement.OPPOSED


def test_a_component_without_a_sign_is_said_to_have_none():
    answers, telemetry = world()
    found = surveys.com_b(answers, telemetry.drop(columns="failed"))
    assert set(found.loc[found["component"] == "capability_psychological", "agreement"]) == {Agreement.NO_SIGN}


def test_few_active_people_do_not_decide_a_share_of_actions():
    """By hand: 100 actions with a tenth failed and one that failed are 11 of 101, not a mean of 0.55."""
    answers, telemetry = world()
    telemetry = telemetry.assign(actions=1.0, failed=0.0)
    first = telemetry.index[:2]
    telemetry.loc[first, "actions"], telemetry.loc[first, "failed"] = [100.0, 1.0], [0.1, 1.0]
    found = surveys.com_b(answers, telemetry[["user_id", "team", "department", "actions", "failed"]])
    row = found[(found["department"] == "d0") & (found["component"] == "capability_psychological")].iloc[0]
    assert row["seen"] == pytest.approx(11 / (101 + 46))


def test_barriers_name_what_to_consider_only_where_a_group_stands_below():
    answers, _ = world()
    found = surveys.barriers(answers.of("com_b"))
    low = found[found["side"] == Side.BELOW]
    assert low[["department", "component"]].to_numpy().tolist() == [["d3", "opportunity_physical"]]
    assert low["consider"].tolist() == [
        "close other ways such as spreadsheets, change tools or set-up such as slow screens, free time and remove obstacles"
    ]
    assert (found.loc[found["side"] != Side.BELOW, "consider"] == "").all()


def test_the_weakest_component_is_clear_where_the_others_are_clearly_higher():
    answers, _ = world()
    found = surveys.weakest(answers.of("com_b"), "department").set_index("department")
    assert found.loc["d3", ["component", "clear", "or_else"]].tolist() == ["opportunity_physical", True, ""]
    assert not found.loc["d0", "clear"]


def test_of_six_people_we_cannot_say():
    answers, _ = world()
    few = surveys.SurveyAnswers(answers.table[answers.table["user_id"] < "u006"], answers.scales)
    assert not surveys.weakest(few.of("com_b"))["clear"].any()
    assert (surveys.barriers(few.of("com_b"))["side"] == Side.UNCLEAR).all()


def test_signs_that_are_read_are_those_that_are_documented():
    assert set(surveys.signs()["worse"]) <= {"high", "low"}
    assert set(surveys.signs()["component"]) <= set(surveys.scales()["com_b"].components)


def test_a_group_that_may_not_be_shown_is_not_compared():
    """Three people of d9 would be worked out from all others, so the smallest other department goes with them."""
    answers, _ = world()
    few = answers.table["user_id"].isin(["u000", "u001", "u002"])
    moved = answers.table.assign(department=answers.table["department"].where(~few, "d9"))
    found = surveys.apart(surveys.SurveyAnswers(moved, answers.scales).of("com_b")).table
    assert set(found["department"]) == {"d1", "d2", "d3", "d4", "d5"}


def test_where_nobody_was_asked_every_question_has_an_empty_answer():
    answers, telemetry = world()
    none = surveys.SurveyAnswers(answers.table[:0], {})
    panel = telemetry.assign(week=pd.Timestamp("2025-03-31"), active_days=1, region=None)
    tickets = pd.DataFrame({"user_id": ["u000"], "opened_at": pd.Timestamp("2025-03-10", tz="UTC")})
    found = [
        surveys.weakest(none),
        surveys.weakest(none, "department"),
        surveys.barriers(none),
        surveys.com_b(none, telemetry),
        surveys.notable(surveys.com_b(none, telemetry)),
        surveys.barrier_points(none),
        surveys.favourable(none).table,
        surveys.means(none).table,
        surveys.changes(none).table,
        surveys.response(none, panel).table,
        surveys.response(none, panel, "use").table,
        surveys.unlike(none, panel),
        surveys.weighted(none, panel),
        surveys.reliability(none),
        surveys.items(none),
        surveys.later_use(none, panel, tickets).table,
        surveys.getting_the_habit(none, panel, tickets, panel.assign(segment="low")).table,
    ]
    assert [len(table) for table in found] == [0] * len(found)


def test_a_longer_time_is_worse_and_not_below():
    rows = {"sign": ["time", "use"], "said_side": Side.BELOW, "agreement": Agreement.BOTH}
    sides = pd.DataFrame(rows).assign(seen_side=[Side.BELOW, Side.ABOVE])
    assert surveys.notable(sides)["seen_side"].tolist() == ["clearly worse", "clearly better"]
