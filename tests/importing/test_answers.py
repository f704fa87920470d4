"""Questions of a survey, sorted by their answers."""

from __future__ import annotations

from workbench.importing.answers import comments, scales

AGREE = ["Strongly disagree", "agree", "", "Strongly Agree"]
PROSE = ["The search is slow and finds too much.", ""]


def test_words_of_a_scale_are_numbered_from_the_least_as_they_are_spelt_and_the_rest_as_usual():
    [scale] = scales({"useful": AGREE})
    assert scale.words == {
        "Strongly disagree": "1",
        "Disagree": "2",
        "Neither agree nor disagree": "3",
        "agree": "4",
        "Strongly Agree": "5",
    }
    assert (scale.items, scale.lowest, scale.highest) == (("useful",), 1, 5)


def test_questions_of_one_scale_stand_together():
    found = scales({"a": AGREE, "b": ["Satisfied"], "c": ["Disagree"], "d": ["3", "10"], "e": PROSE, "f": [""]})
    assert [scale.items for scale in found] == [("a", "c"), ("b",), ("d",)]
    assert (found[2].words, found[2].lowest) == ({}, None)


def test_comments_are_what_people_wrote_themselves():
    assert comments({"a": AGREE, "why": PROSE, "team": ["North", "South"], "n": ["3"], "empty": [""]}) == ["why"]
