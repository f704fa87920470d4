"""Sums by cell: they add up, lose nothing, and count whom they leave out."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from random_panels import panel, seeds
from twelve_users import counted, twelve_users

import workbench as wb

few = settings(max_examples=12, deadline=None)


def test_large_numbers_lose_no_variance():
    table = panel(4)
    high = table.assign(active_days=table["active_days"] + 1e8)
    np.testing.assert_allclose(wb.moments(high).products, wb.moments(table).products, rtol=1e-6, atol=1e-6)


@given(seeds)
@few
def test_moments_of_disjoint_users_add_up(seed: int):
    table = panel(seed, users=40)
    whole = wb.moments(table)
    half = table["user_id"] % 2 == 0
    parts = [wb.moments(table[rows]) for rows in (half, ~half)]
    for cell, start in enumerate(whole.start):
        n, mean, products = 0, np.zeros(6), np.zeros((6, 6))
        for part in parts:
            for k in np.flatnonzero(part.start == start):
                apart = part.mean[k] - mean  # Chan, Golub & LeVeque (1983)
                products += part.products[k] + np.outer(apart, apart) * n * part.n[k] / (n + part.n[k])
                mean, n = mean + apart * part.n[k] / (n + part.n[k]), n + part.n[k]
        assert n == whole.n[cell]
        np.testing.assert_allclose(mean, whole.mean[cell])
        np.testing.assert_allclose(products, whole.products[cell], atol=1e-9)


def test_units_treated_when_first_seen_are_counted():
    assert counted(twelve_users().replace({"trained": {3: 1}})) == [["treated from the first period on", 3, 18]]
    table = twelve_users()
    late = (table["user_id"] == "u00") & (table["week"] < 3)
    assert counted(table[~late]) == [["treated when first seen", 1, 4]]


def test_units_without_a_team_and_rows_that_do_not_count():
    table = twelve_users()
    assert counted(table.assign(team=table["team"].where(table["user_id"] != "u03")), cluster="team") == [
        ["without a team", 1, 6]
    ]
    assert counted(table.assign(eligible=table.index != 7)) == [["rows that are not eligible", 0, 1]]
