"""A draft in TOML: what is written is what is meant, and questions are comments."""

from __future__ import annotations

import tomllib

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from workbench.importing.fragments import Fragment, Question
from workbench.importing.toml import asked, comment, source, value

TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from("\"'\\\n"))


VALUES = st.recursive(
    TEXTS | st.booleans() | st.integers(-9, 9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=5,
)


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(VALUES)
def test_a_value_is_read_as_it_was_written(said):
    assert tomllib.loads(f"x = {value(said)}") == {"x": said}


def test_a_source_of_several_is_one_of_an_array():
    words = {
        "drop_repeats": True,
        "columns": {"user_id": "Who"},
        "values": {"action": {"A": "create"}},
        "leave_out": {"a robot": "x = 1"},
    }
    fragment = Fragment("events", ("log.csv",), words, "log of X", "seen", why={"user_id": "an id"})
    lines = list(source(fragment, "log.csv", several=True))
    assert lines[:5] == [
        "# Log of X. seen",
        "[[events]]",
        'file = "log.csv"',
        "drop_repeats = true",
        "[events.columns]                 # ours = theirs",
    ]
    assert 'user_id = "Who"  # an id' in lines
    assert tomllib.loads("\n".join(lines)) == {"events": [{"file": "log.csv", **words}]}


def test_a_question_stands_where_its_answer_belongs_and_says_whether_the_check_insists():
    question = Question(
        "Day or month first?", ('occurred_at = "DD/MM"', 'occurred_at = "MM/DD"'), "formats", blocks=True
    )
    fragment = Fragment("events", ("log.csv",), {}, "log").asked(question)
    lines = list(source(fragment, "log.csv", several=False))
    assert lines[-4:] == [
        "[events.formats]",
        "# ? Day or month first? The check refuses until it is answered. Remove the # from one of these:",
        '# occurred_at = "DD/MM"',
        '# occurred_at = "MM/DD"',
    ]
    assert list(asked(Question("Cut?"))) == ["# ? Cut?"]


def test_an_answer_taken_over_is_read():
    question = Question("Which mean yes?", ('"…" = true', '"*" = false'), "values.attended")
    lines = list(source(Fragment("trainings", ("x.csv",), {}, "list").asked(question), "x.csv", several=False))
    answered = [line.removeprefix("# ") if " = " in line else line for line in lines]
    assert tomllib.loads("\n".join(answered))["trainings"]["values"] == {"attended": {"…": True, "*": False}}


def test_a_comment_has_no_control_characters():
    assert list(comment("not read: a\x00b\nc")) == ["# not read: a b c"]


def test_comments_are_wrapped():
    assert [len(line) <= 118 and line.startswith("# ") for line in comment("word " * 100)] == [True] * 5
