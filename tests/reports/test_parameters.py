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


CELL = """
target: float = 0.5  # share of people [0 to 1]
shown: int = 104  # weeks [1 to 520]
since: str = ""  # first day [a day]
time_zone: str = ""  # whose [a time zone]
by: str = "team"  # who [team, person]
group: str = (
    ""  # what to compare [department, team]
)
language: str = "en"  # of the page [a language]
"""
LIMITED = parameters(CELL, "a notebook")


def test_a_limit_in_brackets_is_no_part_of_the_meaning():
    assert [(p.meaning, p.limit) for p in LIMITED.values()] == [
        *(("share of people", "0 to 1"), ("weeks", "1 to 520"), ("first day", "a day"), ("whose", "a time zone")),
        *(("who", "team, person"), ("what to compare", "department, team"), ("of the page", "a language")),
    ]


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        *(("target", "0"), ("target", "1"), ("target", "0.8"), ("shown", "1"), ("since", ""), ("since", "2024-02-29")),
        *(("time_zone", "Europe/Berlin"), ("time_zone", ""), ("by", "person"), ("group", "team"), ("group", "")),
        *(("language", "en"), ("language", "de")),
    ],
)
def test_a_value_within_its_limit_is_taken(name, typed):
    assert str(value(typed, LIMITED[name])) in (typed, f"{typed}.0")


@pytest.mark.parametrize(
    ("name", "typed", "said"),
    [
        ("target", "50", "target is a number from 0 to 1, not '50'."),
        ("target", "-0.1", "target is a number from 0 to 1, not '-0.1'."),
        ("target", "inf", "target is a number from 0 to 1, not 'inf'."),
        ("shown", "0", "shown is a whole number from 1 to 520, not '0'."),
        ("shown", "1000000000000", "shown is a whole number from 1 to 520, not '1000000000000'."),
        ("since", "now", "since is a day such as 2025-01-06, from 1990-01-01 to 2100-01-01 or empty, not 'now'."),
        ("since", "2025-02-30", "since is a day such as 2025-01-06, from 1990-01-01 to 2100-01-01 or empty, not '2025-02-30'."),
        ("since", "today", "since is a day such as 2025-01-06, from 1990-01-01 to 2100-01-01 or empty, not 'today'."),
        ("since", "20250106", "since is a day such as 2025-01-06, from 1990-01-01 to 2100-01-01 or empty, not '20250106'."),
        ("time_zone", "Berlin", "time_zone is a time zone such as Europe/Berlin or empty, not 'Berlin'."),
        ("by", "", "by is one of team, person, not ''."),
        ("group", "user_id", "group is one of department, team or empty, not 'user_id'."),
        ("language", "xx", "language is one of en, de, not 'xx'."),
    ],
)  # fmt: skip
def test_nonsense_is_refused_with_the_limit(name, typed, said):
    with pytest.raises(ParameterError) as caught:
        value(typed, LIMITED[name])
    assert str(caught.value) == said


def test_a_default_outside_its_own_limit_is_the_notebooks_fault():
    with pytest.raises(ParameterError, match="a notebook: target is a number from 0 to 1, but its default is 50"):
        parameters("target: int = 50  # share [0 to 1]".replace("int", "float"), "a notebook")


@pytest.mark.parametrize("cell", ["weeks: int = (", "weeks: int = 'x", "\x00"])
def test_a_cell_that_is_no_python_is_said_to_be(cell):
    with pytest.raises(ParameterError, match=r"^a notebook: the parameters cell is not Python\.$"):
        parameters(cell, "a notebook")


def test_every_number_and_day_of_the_reports_has_a_limit(project):
    """A parameter that is a number, a day, a zone or a choice says which values mean something."""
    from workbench.reports.printing import chosen, reports

    for report in reports(chosen(project / "notebooks"), {}):
        free = [n for n, p in report.parameters.items() if not p.limit]
        assert set(free) <= {"source", "selection", "qualifying", "programme", "satisfaction", "way", "scale", "scales", "themes", "found", "kept"}  # fmt: skip
        assert all(p.meaning for p in report.parameters.values())
