"""The arm that others are compared with, word for word where there is none."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

import workbench as wb
from workbench.effects.control import doses, why_gone, with_control_first
from workbench.errors import ContractError
from workbench.inference.people import Roles, read_people


def table(arms: str = "control A B", each: int = 4) -> pd.DataFrame:
    drew = np.repeat(arms.split(), each)
    return pd.DataFrame({"drew": drew, "days": np.arange(len(drew)) % 5.0, "pay": np.repeat([0.0, 5, 9], each)})


def first(rows: pd.DataFrame, against: Any = None, **roles: Any) -> Any:
    return with_control_first(read_people(rows, Roles("days", "drew", **roles)), against).arm.names[0]


def refusal(rows: pd.DataFrame, against: Any = None, **roles: Any) -> str:
    with pytest.raises(ContractError) as said:
        first(rows, against, **roles)
    return str(said.value)


def lacking(column: str, arm: str) -> pd.DataFrame:
    rows = table()
    rows.loc[rows["drew"] == arm, column] = np.nan
    return rows


def test_the_one_called_control_the_one_named_or_that_of_the_lowest_dose():
    assert first(table()) == "control"
    assert first(table(), "B") == "B"
    assert first(table("C A B"), dose="pay") == "C"


def test_nobody_is_compared_with_the_next_where_the_control_is_gone():
    assert refusal(lacking("days", "control")) == (
        "effects are differences from 'control', but nobody who drew it is left: 4 without an outcome."
    )
    assert refusal(lacking("days", "control"), dose="pay").startswith("effects are differences from 'control', but")
    assert refusal(lacking("pay", "control"), dose="pay") == (
        "the arm of the lowest pay is the one to compare with, but nobody in 'control' has a pay.\n"
        "  Write it down, or name the arm to compare with: against='control'."
    )


def test_why_an_arm_is_gone_is_counted():
    rows = lacking("days", "B").assign(team=list("aabbccddeeff"))
    rows.loc[rows.index[-1:], ["team", "days"]] = [None, 3.0]
    people = read_people(rows, Roles("days", "drew", cluster="team"))
    assert why_gone(people, "B") == "3 without an outcome, 1 without a team"


def test_one_arm_alone():
    assert refusal(table("a a a")) == "an experiment has two arms or more, but everybody is in 'a'."
    assert refusal(lacking("days", "B")[lambda rows: rows["drew"] != "A"]) == (
        "an experiment has two arms or more, but only 'control' is left.\n  Of 'B' nobody is: 4 without an outcome."
    )


def test_no_arm_to_compare_with():
    assert refusal(table("letter course video")) == (
        "effects are differences from one arm, but of the 3 arms 0 are called 0, off or control.\n"
        "  There are 'course', 'letter', 'video'.\n  Name the one to compare with: against='course'."
    )


def test_an_arm_to_compare_with_that_is_not_there():
    assert refusal(table(), "contrl") == "there is no drew called 'contrl'; did you mean 'control'?"


def test_a_dose_that_varies_within_an_arm():
    rows = table().assign(pay=np.arange(12.0))
    assert refusal(rows, dose="pay") == "an arm has one dose, but 3 of 3 have several.\n  first: 'A', from 4 to 7"
    people = read_people(table(), Roles("days", "drew", dose="pay"))
    assert doses(people, ["B", "control"]).tolist() == [9, 0]


def test_two_arms_of_the_lowest_dose_are_asked_about():
    people = pd.DataFrame({"arm": ["twenty", "zero", "ten"] * 4, "dose": [0, 0, 10] * 4, "days": range(12)})
    with pytest.raises(wb.ContractError) as refused:
        wb.experiment(people, "days", "arm", dose="dose")
    assert "2 have it: 'twenty', 'zero'" in str(refused.value)
    found = wb.experiment(people, "days", "arm", dose="dose", against="zero").table
    assert found.set_index("arm")["dose"].to_dict() == {"ten": 10, "twenty": 0}


def test_norway_is_no_control():
    countries = pd.DataFrame({"arm": ["NO", "SE", "DK"] * 4, "days": range(12)})
    with pytest.raises(wb.ContractError, match="0 are called 0, off or"):
        wb.experiment(countries, "days", "arm")
    no = pd.DataFrame({"arm": ["NO", "letter"] * 4, "days": range(8)})
    assert wb.experiment(no, "days", "arm").table["arm"].tolist() == ["letter"]


def test_an_arm_of_a_number_may_be_named_as_text():
    arms = pd.DataFrame({"arm": [1, 2] * 4, "days": range(8)})
    assert wb.experiment(arms, "days", "arm", against="1").table["arm"].tolist() == [2]
