"""The log's table: its columns are the contract's, and voluntary actions decay as in the source."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from workbench.simulation.log import SCHEMA, features_used, random_rows, replace_columns
from workbench.simulation.vocabulary import FIRST_FEATURES

FIFTH = 0.2  # the tolerance that the field's description asks for


def test_what_nobody_asks_for_decays_as_in_the_source(actions):
    """Share of those who first did something voluntary in a quarter and did so k quarters later: .40, .32, .26."""
    quarters = actions.sql(
        "select distinct user_id, cast(extract(quarter from date) as bigint) as quarter from this"
        " where not compulsory and date < date '2026-01-01'"
    ).to_pandas()
    later = quarters["quarter"] - quarters.groupby("user_id")["quarter"].transform("min")
    joined = quarters[later == 0].set_index("user_id")["quarter"]
    kept = [(later == k).sum() / (joined <= 4 - k).sum() for k in (1, 2, 3)]
    assert kept == pytest.approx([0.40, 0.32, 0.26], rel=FIFTH)


def test_people_keep_to_the_first_features_of_their_role(everyone):
    """A sales assistant of breadth 6 uses the first six features of the role, the first one most."""
    who = everyone[slice(0, 400)]
    place = int(np.flatnonzero((who.trait("breadth") == 6) & (who.department == 3) & (who.role == 1))[0])
    used = features_used(who, np.full(3000, place), np.random.default_rng(0))
    assert set(used) == set(FIRST_FEATURES["sales assistant"][:6])
    assert np.bincount(used).argmax() == FIRST_FEATURES["sales assistant"][0]


def test_replaced_columns_keep_their_type_and_place():
    table = pa.table({name: pa.nulls(2, kind) for name, kind in zip(SCHEMA.names, SCHEMA.types, strict=True)})
    changed = replace_columns(table, action=pa.array(["create", "view"]))
    assert changed.schema == SCHEMA
    assert changed["action"].to_pylist() == ["create", "view"]
    assert changed.drop_columns("action").equals(table.drop_columns("action"))


def test_random_rows_are_the_share_asked_for_in_their_order():
    rows = random_rows(pa.table({"n": range(1000)}), 0.05, np.random.default_rng(0))["n"].to_pylist()
    assert len(rows) == 50
    assert rows == sorted(rows)
