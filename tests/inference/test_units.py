"""Units one by one are the same people as in the moments, and what is refused, word for word."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from random_panels import panel as random_panel

import workbench as wb
from workbench.errors import ContractError
from workbench.inference.units import UnitColumns, read_units

COLUMNS = UnitColumns("user_id", "week", "active_days", "trained", "team", "", ("age", "role"))


def panel(seed: int = 0) -> pd.DataFrame:
    """A random panel with gaps; age and role of each user, names of users as text."""
    table = random_panel(seed, hole=0.2)
    age = np.random.default_rng(seed).normal(40, 5, table["user_id"].max() + 1)
    table = table.assign(age=age[table["user_id"]], role=np.where(table["user_id"] % 2, "sales", "service"))
    return table.assign(user_id=[f"u{i:02d}" for i in table["user_id"]]).sample(frac=1, random_state=seed)


def test_units_add_up_to_the_moments():
    units = read_units(panel(), COLUMNS)
    m = wb.moments(panel(), cluster="team")
    np.testing.assert_array_equal(units.moments.mean, m.mean)
    for c in range(len(m.n)):
        own = units.outcome[units.cell == c]
        assert len(own) == m.n[c]
        np.testing.assert_array_equal(~np.isnan(own), np.broadcast_to(m.seen[c], own.shape))
        np.testing.assert_allclose(own[:, m.seen[c]].mean(axis=0), m.mean[c, m.seen[c]])


def test_covariates_and_teams_are_those_of_the_same_unit():
    units, table = read_units(panel(), COLUMNS), panel()
    wide = table.pivot(index="user_id", columns="week", values="active_days")
    facts = table.groupby("user_id")[["age", "role", "team"]].first()
    age = units.covariates[:, 0] * units.scale[0] + units.centre[0]
    for i in range(len(units)):
        (name,) = facts.index[np.isclose(facts["age"], age[i], rtol=1e-12)]
        np.testing.assert_array_equal(units.outcome[i], wide.loc[name])
        assert units.moments.clusters is not None
        assert units.moments.clusters.names[units.cluster[i]] == str(facts.loc[name, "team"])
        assert (units.covariates[i, 1] > 0) == (facts.loc[name, "role"] == "service")


def test_those_whom_the_moments_leave_out_are_left_out():
    """Users treated in their first week, or without a team."""
    table = panel()
    table.loc[table["user_id"] == "u03", "team"] = np.nan
    table.loc[table["user_id"] == "u05", "trained"] = 1
    units = read_units(table, COLUMNS)
    assert len(units) == units.moments.units == table["user_id"].nunique() - 2


def refusal(table: Any, columns: UnitColumns = COLUMNS) -> str:
    with pytest.raises(ContractError) as said:
        read_units(table, columns)
    return str(said.value)


def test_a_covariate_that_varies():
    table = panel().reset_index(drop=True)
    table.loc[0, "age"] = 20
    assert refusal(table) == (
        "age does not change within a user_id, but for 1 of them it does.\n"
        "  Use what was true before treatment, the same in all of a unit's rows."
    )


def test_a_covariate_that_is_the_same_for_everybody():
    assert refusal(panel().assign(age=40)) == (
        "a covariate varies, but age is the same for everybody.\n  Leave it out."
    )


def test_a_covariate_of_dates():
    assert refusal(panel().assign(age=pd.Timestamp("2025-01-06"))).startswith(
        "a covariate is a number or text, but age"
    )


def test_an_infinite_covariate():
    table = panel().reset_index(drop=True)
    user = table.loc[4, "user_id"]
    table["age"] = np.where(table["user_id"] == user, np.inf, table["age"])
    rows, first = (table["user_id"] == user).sum(), (table["user_id"] == user).argmax() + 1
    assert refusal(table) == (
        f"age is finite, but not in {rows} of {len(table)} rows.\n  first: row {first}\n  Make it missing, or correct it."
    )


def test_a_weight_that_is_none():
    columns = UnitColumns("user_id", "week", "active_days", "trained", "", "counts", ("age",))
    assert refusal(panel().assign(counts=0), columns).startswith("counts is above 0, but")


def test_a_column_that_is_not_there():
    assert refusal(panel().drop(columns="role")).startswith("there is no column 'role'.\n  The table has user_id")


def test_covariates_may_be_called_what_units_and_clusters_are_called_here():
    columns = UnitColumns("user_id", "week", "active_days", "trained", "team", "", ("cluster", "unit"))
    ours = read_units(panel().rename(columns={"age": "cluster", "role": "unit"}), columns)
    theirs = read_units(panel(), COLUMNS)
    assert ours.names == ("cluster", "unit: service")
    np.testing.assert_array_equal(ours.covariates, theirs.covariates)
    np.testing.assert_array_equal(ours.cluster, theirs.cluster)


def test_whole_numbers_beside_missing_ones_stay_whole():
    """Teams 3 and missing are teams "3" and none, not "3.0": the same as teams by name."""
    table = panel()
    table["team"] = table["team"].astype("Int64").where(table["user_id"] != "u03")
    named = table.assign(team=table["team"].astype("string"))
    ours, theirs = read_units(table, COLUMNS), read_units(named, COLUMNS)
    assert ours.moments.clusters is not None
    assert theirs.moments.clusters is not None
    assert ours.moments.clusters.names == theirs.moments.clusters.names
    np.testing.assert_array_equal(ours.cluster, theirs.cluster)
