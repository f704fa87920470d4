"""Rules of a table: how many rows break them, the first of these, and what is said."""

from __future__ import annotations

import pandas as pd
import pytest

from workbench.data.duckdb import as_table
from workbench.data.rules import Rule, breaches, first_row, message, numbered

TABLE = pd.DataFrame({"who": ["a", "b", "c", "d"], "actions": [1.0, -2.0, None, -3.0]})
NEGATIVE = Rule("{what} is at least 0", "{column} < 0", "Correct {what}.", column="{column}")


def filled() -> Rule:
    return NEGATIVE.filled(what="use.actions", column="actions")


def test_gaps_are_filled_in_every_text() -> None:
    assert filled() == Rule("use.actions is at least 0", "actions < 0", "Correct use.actions.", "actions")


def test_only_broken_rules_are_found_in_the_order_given() -> None:
    rules = [filled(), Rule("who is there", "who is null", ""), Rule("actions is there", "actions is null", "")]
    found = [(each.rule.promise, each.rows, each.of) for each in breaches(as_table(TABLE), rules)]
    assert found == [("use.actions is at least 0", 2, 4), ("actions is there", 1, 4)]


def test_no_rule_and_no_row_is_no_breach() -> None:
    assert list(breaches(as_table(TABLE), [])) == []
    assert list(breaches(as_table(TABLE.head(0)), [filled()])) == []


def test_a_condition_that_is_unknown_breaks_nothing() -> None:
    # NULL < 0 is neither true nor false: row 3 is not among them.
    assert [each.rows for each in breaches(as_table(TABLE), [filled()])] == [2]


@pytest.mark.parametrize(
    ("shown", "said"),
    [
        ({}, "row 2"),
        ({"actions": "actions"}, "row 2: actions=-2.0"),
        ({"a b": "actions", "twice": "2 * actions"}, "row 2: a b=-2.0, twice=-4.0"),
    ],
)
def test_the_first_offender_is_a_row_number_and_the_values_asked_for(shown: dict[str, str], said: str) -> None:
    assert first_row(numbered(as_table(TABLE)), "actions < 0", shown) == said


def test_a_condition_may_name_a_further_table() -> None:
    known = as_table(pd.DataFrame({"who": ["a", "b"]}))
    assert first_row(numbered(as_table(TABLE)), "who not in (select who from known)", known=known) == "row 3"


def test_rows_are_counted_with_commas() -> None:
    many = as_table(pd.DataFrame({"n": range(2000)}))
    assert first_row(numbered(many), "n = 1206") == "row 1,207"


def test_an_error_says_rule_offender_and_way_out() -> None:
    assert message("a is b, but not in 1 of 2 rows", "row 1", "Mend it.") == (
        "a is b, but not in 1 of 2 rows.\n  first: row 1\n  Mend it."
    )
    assert message("the table a is missing", "", "Add it.") == ("the table a is missing.\n  Add it.")
