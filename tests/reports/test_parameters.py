"""What a notebook may be given: read from its syntax, and refused where it means nothing."""

from __future__ import annotations

import pytest

from workbench.errors import ParameterError
from workbench.reports.parameters import Parameter, parameters, value, words


def test_a_parameters_cell_is_read_without_being_run():
    cell = (
        'since: str | None = None  # first day\nweeks: int = 26  # how far back\nteams: list[str] = ["a", "b"]  # which'
    )
    read = parameters(cell, "a notebook")
    assert list(read) == ["since", "weeks", "teams"]
    assert read["since"] == Parameter("since", "str", True, None, "first day")
    assert read["teams"].default == ["a", "b"]


@pytest.mark.parametrize(
    "line",
    ["weeks = 26", "weeks: int = 2 * 13", "weeks: Weeks = 26", "print('x')", "weeks: int | str = 1", "a.b: int = 1"],
)
def test_a_line_of_another_form_is_refused(line):
    with pytest.raises(ParameterError, match="line 1 of the parameters cell is not of the form `name: type = literal"):
        parameters(line, "a notebook")


@pytest.mark.parametrize(
    ("kind", "typed", "meant"),
    [
        ("int", "12", 12),
        ("float", "0.5", 0.5),
        ("bool", "NO", False),
        ("bool", "true", True),
        ("str", "NO", "NO"),  # YAML, and so papermill alone, would make it False
        ("str", "010", "010"),  # … and this one 8
        ("list[str]", "North, South", ["North", "South"]),
    ],
)
def test_a_value_is_what_its_parameter_says_it_is(kind, typed, meant):
    assert value(typed, Parameter("p", kind, False, None, "")) == meant


@pytest.mark.parametrize(("kind", "typed"), [("int", "1.5"), ("int", "x"), ("float", "nan"), ("bool", "maybe")])
def test_a_value_of_the_wrong_type_says_what_was_expected(kind, typed):
    with pytest.raises(ParameterError, match=r"p is (a whole number|a number|true or false), not '"):
        value(typed, Parameter("p", kind, False, None, ""))


def test_none_is_a_value_only_where_the_parameter_allows_it():
    assert value("none", Parameter("p", "str", True, "x", "")) is None
    assert value("none", Parameter("p", "str", False, "x", "")) == "none"


@pytest.mark.parametrize(
    ("given", "read"),
    [(None, "not set"), ("", "not set"), (True, "yes"), (False, "no"), ([], "none"), (["a", "b"], "a, b"), (3, "3")],
)
def test_a_value_is_shown_in_words(given, read):
    assert words(given) == read
