"""Wide answers as sources of surveys and feedback."""

from __future__ import annotations

from workbench.importing import shipped
from workbench.importing.exports import Export
from workbench.importing.surveys import survey_fragments

[MONKEY] = [mapping for mapping in shipped() if mapping.name == "surveymonkey"]
ABOUT = ("Respondent ID", "Collector ID", "Start Date", "End Date", "Email Address")
ROW = ("1", "7", "2025-01-06", "2025-01-06", "a@x.org")


def monkey(header: tuple[str, ...], *rows: tuple[str, ...]) -> Export:
    return Export("a.csv", (*ABOUT, *header), tuple(rows))


def test_a_question_of_several_columns_gives_each_its_choice_as_name():
    export = monkey(
        ("Rate", "column 7", "Why?"),
        ("", "", "", "", "", "search", "reports", "Open-Ended Response"),
        (*ROW, "3", "4", ""),
    )
    [found] = survey_fragments(MONKEY, export, "Spring")
    assert found.words["names"] == [*ABOUT, "Rate: search", "Rate: reports", "Why?"]
    assert (found.words["header"], found.words["skip_rows"]) == (False, 1)
    assert found.words["long"] == {"items": ["Rate: search", "Rate: reports"], "item": "item", "answer": "value"}


def test_a_scale_in_numbers_is_asked_for_its_ends():
    [found] = survey_fragments(MONKEY, monkey(("Rate",), ("", "", "", "", "", "Response"), (*ROW, "6")), "Spring")
    [question] = found.questions
    assert question.text == "What are the ends of the scale? Answers run from 6 to 6."
    assert question.choices[0] == 'lowest = { value = "1" }\nhighest = { value = "7" }'
    assert not question.blocks
    assert found.words["columns"]["survey"] == {"value": "Spring"}


def test_comments_are_feedback_and_what_is_neither_is_named():
    header = ("Useful", "Why?", "Team")
    rows = [
        ("", "", "", "", "", "Response", "Open-Ended Response", "Response"),
        (*ROW, "Agree", "It is quicker than paper.", "A"),
    ]
    scale, comment = survey_fragments(MONKEY, monkey(header, *rows), "Spring")
    assert (scale.table, comment.table) == ("surveys", "feedback")
    assert comment.words["columns"]["text"] == "Why?"
    assert comment.words["leave_out"]["no comment"] == "coalesce(trim(\"Why?\"), '') = ''"
    assert scale.questions[0].text.endswith("They are neither answers on a known scale nor comments: 'Team'.")


def test_a_survey_without_answers_is_nothing():
    assert survey_fragments(MONKEY, monkey(("Team",), ("",) * 6), "Spring") == []


def test_texts_of_questions_below_the_header_are_no_names():
    """The layout before 2017, as in the sample of the qualtRics package: V1 to V10, then the questions."""
    [legacy] = [mapping for mapping in shipped() if mapping.name == "qualtrics_legacy"]
    header = (*(f"V{n}" for n in range(1, 11)), "Q1")
    texts = ("ResponseID", "ResponseSet", "Name", "ExternalDataReference", "EmailAddress", *["x"] * 5, "Is it useful?")
    row = ("R_1", "Default", "", "u1", "", "", "0", "2017-07-18 08:28:09", "2017-07-18 08:28:48", "1", "2")
    [found] = survey_fragments(legacy, Export("a.csv", header, (texts, row)), "Spring")
    assert "names" not in found.words
    assert found.words["columns"]["answered_at"] == "V9"
    assert found.words["long"]["items"] == ["Q1"]
