import pandas as pd
import pytest
from small_surveys import WHEN, opened, people, survey

from workbench import surveys
from workbench.errors import ContractError


def answered(given, users=None):
    log = opened(given, users)
    return surveys.answers(log.surveys, log.users)


def test_reverse_items_are_turned_round():
    found = answered(survey({"a": {"sus_1": 5, "sus_2": 5, "sus_3": 1}}, "sus")).table
    assert found.set_index("item")["place"].to_dict() == {"sus_1": 1.0, "sus_2": 0.0, "sus_3": 0.0}


def test_the_datas_own_direction_and_ends_count_for_items_no_scale_lists():
    given = survey({"a": {"easy": 7, "hard": 7}}, "tam_ease", lowest=1, highest=7).assign(reverse=[False, True])
    found = answered(given).table.set_index("item")
    assert found["place"].to_dict() == {"easy": 1.0, "hard": 0.0}
    assert set(found["component"]) == {"ease"}
    assert set(found["scale"]) == {"tam"}


def test_a_scale_that_nobody_knows_is_its_own():
    found = answered(survey({"a": {"mood_1": 3, "mood_2": 4}}, "mood", lowest=1, highest=5))
    assert found.scales["mood"].source == "the survey's own"
    assert found.table["component"].unique().tolist() == ["mood"]


def test_an_item_without_a_scale_is_found_by_its_name():
    found = answered(pd.concat([survey({"a": {"nps": 9}}, None), survey({"a": {"nobody_knows": 2}}, None)]))
    assert found.table["scale"].tolist() == ["nps"]
    assert found.notes == ("answers left out because they belong to no known scale: 1",)


def test_of_several_answers_the_last_counts():
    first, then = (
        survey({"a": {"nps": 2}}, "nps"),
        survey({"a": {"nps": 9}}, "nps").assign(answered_at="2025-04-02T09:00Z"),
    )
    found = answered(pd.concat([then, first]))
    assert found.table["value"].tolist() == [9]
    assert found.notes == ("answers left out because they were given again: 1",)


def test_empty_answers_and_those_outside_their_scale_are_counted_and_left_out():
    found = answered(survey({"a": {"nps": 99}, "b": {"nps": None}, "c": {"nps": 0}}, "nps"))
    assert found.table["value"].tolist() == [0]
    assert found.notes == (
        "answers left out because they are empty: 1",
        "answers left out because they lie outside their scale: 1",
    )


def anonymous(items, team="North 1", at=WHEN):
    given = survey({"x": items}, "sus").assign(user_id=None, team=team)
    return given.assign(answered_at=at)


def test_anonymous_answers_of_one_team_and_instant_are_one_sheet():
    given = pd.concat([anonymous({"sus_1": 4, "sus_3": 4}), anonymous({"sus_1": 2}, at="2025-04-01T09:05Z")])
    found = answered(given, people(["a"], team="North 1", department="North"))
    assert found.table.groupby("sheet").size().tolist() == [2, 1]
    assert found.table["department"].unique().tolist() == ["North"]


def test_anonymous_answers_that_cannot_be_told_apart_stand_each_for_itself():
    given = pd.concat([anonymous({"sus_1": 4, "sus_3": 4}), anonymous({"sus_1": 2, "sus_3": 1})])
    assert answered(given, people(["a"], team="North 1")).table["sheet"].nunique() == 4


def test_a_team_in_two_departments_gives_anonymous_answers_none():
    users = people(["a", "b"], team="North 1", department=["North", "South"])
    assert answered(anonymous({"sus_1": 4}), users).table["department"].isna().all()


def test_robots_do_not_answer():
    given = survey({"a": {"nps": 9}, "r": {"nps": 0}}, "nps")
    assert answered(given, people(["a", "r"], is_robot=[False, True])).table["value"].tolist() == [9]


def test_no_surveys_are_no_answers():
    log = opened(survey({"a": {"nps": 9}}, "nps"))
    found = surveys.answers(log.surveys.sql("select * from this where 1 = 0"), log.users)
    assert (len(found.table), found.waves, dict(found.scales)) == (0, [], {})
    assert len(surveys.scores(found)) == len(surveys.reliability(found)) == len(surveys.items(found)) == 0


def test_data_and_scale_that_disagree_on_the_direction_are_refused():
    with pytest.raises(ContractError) as refused:
        answered(survey({"a": {"sus_1": 5, "sus_2": 5}}, "sus", reverse=False))
    assert str(refused.value) == (
        "the data and the scale agree on which items are reverse, but 1 of 2 answers disagree.\n"
        "  first: sus, sus_2: the scale says reverse\n"
        "  Correct surveys.reverse, or give a scale of your own that says what the data say."
    )


def test_answers_without_ends_are_refused():
    with pytest.raises(ContractError) as refused:
        answered(survey({"a": {"mood_1": 3}}, "mood"))
    assert str(refused.value) == (
        "every item has a lowest and a higher highest answer, but 1 of 1 answers have not.\n"
        "  first: mood, mood_1\n"
        "  Fill surveys.lowest and surveys.highest, or give a scale of your own that says them."
    )


def test_a_component_with_two_ranges_is_refused():
    given = survey({"a": {"mood_1": 3, "mood_2": 3}}, "mood", lowest=1).assign(highest=[5, 7])
    with pytest.raises(ContractError, match="answered on one range, but 1 have another"):
        answered(given)


def test_the_last_survey_of_each_scale():
    autumn = survey({"a": {"nps": 3}}, "nps", "autumn").assign(answered_at="2025-10-01T09:00Z")
    given = pd.concat([survey({"a": {"nps": 9}}, "nps"), autumn, survey({"a": {"sus_1": 2}}, "sus")])
    found = answered(given)
    assert found.waves == ["spring", "autumn"]
    assert found.last().table.set_index("scale")["survey"].to_dict() == {"nps": "autumn", "sus": "spring"}


def test_a_qualtrics_export_is_read_once_it_is_long(shared):
    """The one German response of the shared export; its question 1 is answered with 2."""
    export = pd.read_csv(shared / "qualtrics_sample" / "qualtrics_sample_3header_de.csv", skiprows=[1, 2])
    long = export.rename(columns={"ResponseId": "user_id", "EndDate": "answered_at"}).melt(
        ["user_id", "answered_at"], ["Q1"], "item", "value"
    )
    found = answered(long.assign(survey="pilot", scale="own", lowest=1, highest=3, answered_at=WHEN))
    assert found.table["place"].tolist() == [0.5]
