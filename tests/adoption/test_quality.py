"""How good the entries are and how satisfied people say they are, by hand."""

from __future__ import annotations

import pandas as pd
from small_panels import WEEKS

import workbench as wb
from workbench import adoption, surveys


def test_data_quality_by_hand() -> None:
    actions = pd.DataFrame(
        {
            "week": WEEKS[[0, 0, 0, 1]],
            "date": pd.to_datetime(["2025-01-08", "2025-01-08", "2025-01-09", "2025-01-14"]),
            "fields_required": [4, 4, None, 2],
            "fields_filled": [4, 1, None, 2],
            "audited_correct": [True, None, False, None],
            "happened_on": pd.to_datetime(["2025-01-08", "2025-01-01", None, None]),
        }
    )
    found = adoption.data_quality(actions)
    assert found[["week", "measure", "estimate", "of"]].to_numpy().tolist() == [
        [WEEKS[0], "complete", 5 / 8, 8],
        [WEEKS[1], "complete", 1.0, 2],
        [WEEKS[0], "correct", 0.5, 2],
        [WEEKS[0], "on time", 0.5, 2],
    ]


def test_favourable_is_the_upper_two_of_five_also_where_the_scale_is_reversed() -> None:
    asked = pd.DataFrame(
        {
            "survey": "spring", "answered_at": pd.Timestamp("2025-04-01"), "scale": "csat", "item": "overall", "value": [5, 4, 3, 1, None],
            "user_id": [*"abcde"], "team": None,
            "lowest": 1, "highest": 5, "reverse": [False, False, False, True, False],
        }
    )  # fmt: skip
    row = adoption.satisfaction(asked, "csat").table.iloc[0]
    assert (row.survey, row.estimate, row.n) == ("spring", 0.75, 4)


def test_waves_stand_in_the_order_they_were_asked() -> None:
    waves = pd.DataFrame({"survey": ["autumn", "spring"], "answered_at": pd.to_datetime(["2025-10-01", "2025-04-01"]),
                          "scale": "csat", "item": "x", "value": 5, "lowest": 1, "highest": 5, "reverse": False,
                          "user_id": "a", "team": None})  # fmt: skip
    assert adoption.satisfaction(waves, "csat").table["survey"].tolist() == ["spring", "autumn"]


def test_answers_outside_the_scale_are_left_out_counted_and_noted_by_the_check() -> None:
    # Eight answers of 1 or 2, twelve of 99 for "no answer": 0 of 8 are favourable, not 12 of 20 (cases.md, 15).
    answers = {"survey": "spring", "answered_at": "2025-04-01T09:00Z", "scale": "csat", "item": "overall", "lowest": 1, "highest": 5}  # fmt: skip
    asked = pd.DataFrame(
        {
            **answers,
            "user_id": [*"abcdefghijklmnopqrst"],
            "team": None,
            "value": [1, 2] * 4 + [99] * 12,
            "reverse": False,
        }
    )
    found = adoption.satisfaction(asked)
    assert found.table[["estimate", "n"]].to_numpy().tolist() == [[0, 8]]
    assert found.notes == ("12 answers lie outside their scale and are left out",)
    events = pd.DataFrame({"user_id": ["a"], "occurred_at": "2025-01-06T08:00Z", "action": "update"})
    source = wb.open_source(
        {"users": pd.DataFrame({"user_id": [*"abcdefghijklmnopqrst"]}), "events": events, "surveys": asked}
    )
    noted = source.check().set_index("rule").loc["surveys.value lies from lowest to highest"]
    assert (noted["rows"], noted["broken"]) == (12, False)


def test_every_scale_is_shown_by_its_own_name() -> None:
    answers = {"survey": "spring", "answered_at": pd.Timestamp("2025-04-01"), "item": "one", "lowest": 1, "highest": 5}
    asked = pd.DataFrame(
        {
            **answers,
            "user_id": [*"abc"],
            "team": None,
            "scale": ["tam", "sus", "sus"],
            "value": [5, 1, 4],
            "reverse": False,
        }
    )
    shown = adoption.satisfaction(asked).table[["scale", "survey", "estimate", "n"]]
    assert shown.to_numpy().tolist() == [["sus", "spring", 0.5, 2], ["tam", "spring", 1.0, 1]]  # cases.md, 18


def test_a_person_counts_once_as_on_the_page_on_barriers() -> None:
    """By hand: a has (5 + 3) / 2 = 4 of 5, which is favourable; b has 3.5; c answered one item of three, too few. The
    anonymous of one team and one instant are one sheet: 5 and 4 on average. So 3 of 4 are favourable.
    """
    instant = pd.Timestamp("2025-04-01")
    rows = [
        *[("a", None, item, value) for item, value in zip("xy", (5, 3), strict=True)],
        *[("b", None, item, value) for item, value in zip("xy", (5, 2), strict=True)],
        ("c", None, "z", 5),
        *[(None, "north", item, 5) for item in "xyz"],
        *[(None, "south", item, value) for item, value in zip("xyz", (4, 4, 4), strict=True)],
    ]
    given = pd.DataFrame(rows, columns=["user_id", "team", "item", "value"])
    given = given.assign(survey="spring", answered_at=instant, scale="pulse", lowest=1, highest=5, reverse=False)
    row = adoption.satisfaction(given).table.iloc[0]
    assert (row.estimate, row.n) == (3 / 4, 4)
    users = pd.DataFrame({"user_id": [*"abc"], "team": ["north", "south", "south"], "department": "x"})
    at = given["user_id"].map(lambda who: "2025-04-01T09:00Z" if pd.notna(who) else "2025-04-01T10:00Z")
    log = wb.open_source({"users": users, "surveys": given.assign(answered_at=at)})
    same = surveys.scores(surveys.answers(log.surveys, log.users))
    assert (same["favourable"].mean(), len(same)) == (3 / 4, 4)


def test_anonymous_answers_of_two_at_one_instant_stand_for_themselves() -> None:
    given = pd.DataFrame({"user_id": None, "team": "north", "item": "one", "value": [5, 1]})
    given = given.assign(survey="spring", answered_at=pd.Timestamp("2025-04-01"), scale="csat", lowest=1, highest=5)
    row = adoption.satisfaction(given.assign(reverse=False)).table.iloc[0]
    assert (row.estimate, row.n) == (0.5, 2)
