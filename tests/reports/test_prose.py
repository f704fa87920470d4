"""Markdown in the language of its page, and headings whose anchors are the same in every language."""

from __future__ import annotations

import nbformat
import pytest

from workbench.reports.prose import headed, in_language, own_names, phrases_of, plain
from workbench.results.phrases import speaking

CELL = "## For the analyst\n\nFor readers who want to check the plan.\n\n- A line of one's own"


def test_each_line_keeps_its_mark_and_is_translated_by_itself():
    with speaking("de"):
        assert (
            in_language(CELL) == "## Für die Analyse\n\nFür alle, die den Plan prüfen wollen.\n\n- A line of one's own"
        )


@pytest.mark.parametrize("text", [CELL, "", "\n", "1. First\n2. Second\n", "#hashtag", "a\n\n\nb  \n", "- \n"])
def test_english_stays_as_it_is_to_the_byte(text):
    assert in_language(text) == text


def test_a_phrase_is_a_line_without_its_mark():
    assert phrases_of("# One\n\n- **Two**: three\n12. Four") == ["One", "**Two**: three", "Four"]


def test_anchors_are_those_of_the_english_page():
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell(CELL)])
    english, _ = headed("<h2>For the analyst</h2>", own_names(notebook))
    with speaking("de"):
        german, headings = headed("<h2>Für die Analyse</h2>", own_names(notebook))
    assert 'id="for-the-analyst"' in english
    assert german == '<h2 id="for-the-analyst">Für die Analyse</h2>'
    assert headings == [{"level": 2, "text": "Für die Analyse", "id": "for-the-analyst"}]


def test_a_comment_in_code_is_no_heading():
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("# For the analyst")])
    assert own_names(notebook) == {}


def test_marks_of_markdown_go_and_underscores_in_words_stay():
    assert plain("**a_b** and [c](d)") == "a_b and c"
