"""Sources of tables while they are being put together."""

from __future__ import annotations

from workbench.importing.fragments import Fragment, Question

WORDS = {
    "columns": {
        "user_id": "Who",
        "action": {"sql": "x"},
        "feature": {"column": "Module"},
        "record_id": {"column": "d", "pattern": "(x)"},
    }
}


def test_only_a_column_taken_as_it_stands_has_their_name():
    fragment = Fragment("events", ("log.csv",), WORDS, "log")
    assert [fragment.column(name) for name in ("user_id", "action", "feature", "record_id", "source")] == [
        "Who",
        None,
        "Module",
        None,
        None,
    ]


def test_further_words_and_questions_leave_the_others():
    fragment = (
        Fragment("events", (), WORDS, "log").said("formats", "occurred_at", "X").said("formats", "happened_on", "Y")
    )
    assert fragment.words["formats"] == {"occurred_at": "X", "happened_on": "Y"}
    assert fragment.words["columns"] is WORDS["columns"]
    assert [question.text for question in fragment.asked(Question("a")).asked(Question("b")).questions] == ["a", "b"]
