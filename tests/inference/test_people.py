"""A table with one row a person: who is used, who is left out and why, and what is refused, word for word."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import polars
import pytest

from workbench.errors import ContractError
from workbench.inference.people import Roles, read_people, several

ROLES = Roles("calls", "drew", cluster="team", block="site", took="came", weight="counts", covariates=("age", "role"))


def table() -> pd.DataFrame:
    """Eight people, four of them offered."""
    return pd.DataFrame(
        {
            "user_id": range(8),
            "calls": [3.0, 4, 5, 6, 1, 2, 3, 4],
            "drew": ["offer"] * 4 + ["control"] * 4,
            "team": list("aabbccdd"),
            "site": list("xyxyxyxy"),
            "came": [1, 1, 0, 1, 0, 0, 0, 0],
            "counts": [1.0, 1, 2, 2, 1, 1, 2, 2],
            "age": [30.0, 40, 50, 60, 35, 45, 55, 65],
            "role": ["sales", "service"] * 4,
        }
    )


def changed(row: int, **values: Any) -> pd.DataFrame:
    rows = table()
    for column, value in values.items():
        rows[column] = rows[column].astype(object)
        rows.loc[row, column] = value
    return rows.infer_objects()


def refusal(rows: Any, roles: Roles = ROLES) -> str:
    with pytest.raises(ContractError) as said:
        read_people(rows, roles)
    return str(said.value)


def test_everybody_with_everything_is_there():
    people = read_people(table(), ROLES)
    assert len(people) == 8
    assert people.left_out == {}
    assert [people.arm.names[code] for code in people.arm.code] == table()["drew"].tolist()
    assert people.covariate_names == ("age", "role: service")
    assert people.covariates[:, 1].tolist() == [0, 1] * 4


def test_polars_gives_the_same_people():
    ours, theirs = read_people(table(), ROLES), read_people(polars.from_pandas(table()), ROLES)
    np.testing.assert_array_equal(ours.covariates, theirs.covariates)
    assert ours.arm.names == theirs.arm.names


@pytest.mark.parametrize(
    ("column", "reason"),
    [
        ("drew", "without an arm"),
        ("calls", "without an outcome"),
        ("team", "without a team"),
        ("site", "without a site"),
        ("came", "without a value of came"),
        ("counts", "without a value of counts"),
        ("age", "without a covariate"),
        ("role", "without a covariate"),
    ],
)
def test_who_lacks_something_is_counted_with_the_reason(column, reason):
    people = read_people(changed(2, **{column: None}), ROLES)
    assert people.left_out == {reason: 1}
    assert people.row.tolist() == [1, 2, 4, 5, 6, 7, 8]


def test_who_lacks_two_things_is_counted_once_and_outcomes_are_missed_by_arm():
    people = read_people(changed(2, calls=None, age=None), ROLES)
    assert people.left_out == {"without an outcome": 1}
    assert people.drawn.arm.names == ("control", "offer")
    assert people.drawn.counts[:, [people.drawn.reasons.index("without an outcome"), -1]].tolist() == [[0, 4], [1, 3]]


def test_two_rows_of_a_person():
    assert refusal(pd.concat([table(), table().iloc[[3]]]), Roles("calls", "drew", unit="user_id")) == (
        "a user_id has one row, but 1 rows repeat one.\n  first: row 9\n  Add them up, or take their mean."
    )


def test_a_column_that_is_not_there():
    assert refusal(table(), Roles("days", "drew")).startswith("there is no column 'days'.\n  The table has user_id,")


def test_an_outcome_of_text():
    assert refusal(table(), Roles("role", "drew")).startswith("role is a number, but here it is")


def test_an_outcome_that_is_the_arm():
    assert refusal(table().assign(drew=[0, 1] * 4), Roles("drew", "drew")) == (
        "an outcome is what an arm may change, but drew is both.\n  Name another outcome."
    )


def test_an_infinite_dose():
    assert refusal(table().assign(pay=[np.inf] * 4 + [0.0] * 4), Roles("calls", "drew", dose="pay")).startswith(
        "pay is infinite in 4 rows."
    )


def test_one_name_of_a_column_is_one_covariate():
    assert several("tenure") == several(["tenure"]) == ("tenure",)


def test_an_infinite_outcome():
    assert refusal(changed(2, calls=np.inf)) == (
        "calls is infinite in 1 rows.\n  first: row 3\n  Make it missing, or correct it."
    )


def test_a_row_number_counts_those_left_out():
    rows = changed(1, team=None)
    rows.loc[4, "calls"] = -np.inf
    assert "first: row 5" in refusal(rows)


def test_an_outcome_that_never_varies():
    assert refusal(table().assign(calls=4), ROLES) == (
        "calls is 4 in every row: nothing varies, so nothing can be learned."
    )


@pytest.mark.parametrize("weight", [0, -1, np.inf])
def test_a_weight_that_is_none(weight):
    assert refusal(changed(2, counts=weight)) == (
        "counts is not above 0 in 1 rows.\n  first: row 3\n  Leave out who counts for nothing."
    )


def test_a_take_up_that_is_no_share():
    assert refusal(changed(0, came=3)) == (
        "came is not between 0 and 1 in 1 rows.\n  first: row 1\n  Write 1 for who came, 0 for who did not."
    )


def test_a_covariate_after_the_draw():
    assert refusal(table(), Roles("calls", "drew", took="came", covariates=("came",))) == (
        "covariates are what was true before the draw, but came is not.\n  Leave it out of covariates."
    )


def test_a_covariate_of_many_names():
    rows = pd.concat([table()] * 5).assign(name=[f"n{i}" for i in range(40)])
    assert refusal(rows, Roles("calls", "drew", covariates=("name",))) == (
        "a covariate of text has at most 30 values, but name has 40.\n  Put rare values together."
    )


def test_a_table_without_rows_and_one_without_anybody():
    assert refusal(table().iloc[:0]) == "the table has no rows, so there is nothing to estimate."
    nobody = table().assign(drew=pd.Series([None] * 8, dtype="string"))
    assert refusal(nobody) == "nobody is left to learn from (without an arm: 8)."
