"""What a table is reduced to: the same as by a version that is slow and obvious."""

from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import given, settings
from random_panels import panel, same, seeds
from twelve_users import counted, refusal, twelve_users

import workbench as wb
from workbench.inference.moments import moments

few = settings(max_examples=12, deadline=None)


@given(seeds)
@few
def test_a_slow_and_obvious_version_agrees(seed: int):
    table = panel(seed)
    m = wb.moments(table)
    for cell, start in enumerate(m.start):
        ours = table[table["trained"].isna()] if np.isinf(start) else table[table["trained"] == start + 1]
        paths = ours.pivot(index="user_id", columns="week", values="active_days").to_numpy(float)
        assert m.n[cell] == len(paths)
        np.testing.assert_allclose(m.mean[cell], paths.mean(axis=0))
        np.testing.assert_allclose(m.products[cell], np.cov(paths.T, ddof=0) * len(paths), atol=1e-9)


def test_only_users_seen_in_every_week_is_the_table_without_the_others():
    table = panel(5, users=40, hole=0.05)
    rows = table.groupby("user_id")["week"].transform("size")
    balanced, apart = wb.moments(table).balanced(), wb.moments(table[rows == 6])
    assert same(balanced, apart)
    lost = balanced.excluded.set_index("reason").loc["not seen in every period"]
    assert lost["units"] == table.loc[rows < 6, "user_id"].nunique()


def test_an_outcome_that_never_changes():
    assert refusal(twelve_users().assign(active_days=3)) == (
        "active_days is 3 in every row: nothing varies, so nothing can be learned."
    )


def test_who_leaves_and_who_comes_late_is_compared_in_the_weeks_seen():
    table = twelve_users()
    gone = (table["user_id"] == "u11") & (table["week"] > 4)
    late = (table["user_id"] == "u10") & (table["week"] < 3)
    m = moments(table[~gone & ~late])
    assert m.units == 12
    assert counted(table[~gone & ~late]) == []
    assert len(m.n[~m.seen.all(axis=1)]) == 2
    assert m.balanced().excluded.to_numpy().tolist() == [["not seen in every period", 2, 8]]


def test_teams_of_one_start_with_different_ends_are_known_apart():
    on = {"a": [0, 1, 1, 0], "b": [0, 1, 1, 0], "c": [0, 1, 0, 0], "d": [0, 0, 0, 0], "e": [0, 0, 0, 0]}
    rows = [(f"{t}{i}", t, week, on[t][week], i + week) for t in on for i in range(3) for week in range(4)]
    panel = pd.DataFrame(rows, columns=["user_id", "team", "week", "on", "active_days"])
    left_early = panel[~((panel["user_id"] == "a0") & (panel["week"] == 3))]  # while it was still on for a0
    m = wb.moments(left_early, treatment="on", cluster="team")
    number = dict(zip(m.clusters.names, m.history_of_clusters.tolist(), strict=True))
    assert number["a"] == number["b"]
    assert number["d"] == number["e"]
    assert len({number["a"], number["c"], number["d"]}) == 3
