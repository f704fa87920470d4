"""What is said of a name that does not exist, and of an answer that there is not."""

from __future__ import annotations

import subprocess

import pytest

from workbench.errors import ContractError, attempted, did_you_mean, not_one_of


@pytest.mark.parametrize(
    ("wrong", "known", "hint"),
    [
        ("wekes", ["weeks", "since"], "did you mean 'weeks'?"),
        ("zzz", ["weeks", "since"], "there are since, weeks."),
        ("zzz", [], "there are none."),
        ("3", [1, 2], "there are 1, 2."),
        ("zzz", list("abcdefghijklm"), "there are a, b, c, d, e, f, g, h, i, j, k, l, …."),
    ],
)
def test_the_nearest_name_is_offered_and_the_first_twelve_where_none_is_near(wrong, known, hint):
    assert did_you_mean(wrong, known) == hint


def test_names_are_read_once():
    assert not_one_of("wekes", iter(["weeks"]), "parameter") == "there is no parameter 'wekes'; did you mean 'weeks'?"


def test_a_refusal_of_one_name_leaves_the_answers_of_the_others():
    def of(name: str) -> int:
        if name == "b":
            raise ContractError("nobody is left to compare with.\n  Look elsewhere.")
        return len(name)

    assert attempted(["aa", "b", "c"], of) == ({"aa": 2, "c": 1}, {"b": "nobody is left to compare with"})


def test_a_programming_error_is_no_reason():
    with pytest.raises(KeyError):
        attempted(["a"], {}.__getitem__)


def test_names_are_put_right_in_one_place_only(project):
    found = subprocess.run(["grep", "-rl", "get_close_matches", "workbench", "--include=*.py"], cwd=project, text=True, capture_output=True)  # fmt: skip
    assert found.stdout.split() == ["workbench/errors.py"]
