"""On and off: by hand, against the effects of what stays on, and planted effects."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from peers import quietly
from random_panels import panel, seeds
from small_worlds import incentive

import workbench as wb


def on_for_two_weeks(seed: int) -> pd.DataFrame:
    """A random panel whose users are switched on in the week of their cohort, for two weeks."""
    table = panel(seed, users=36, weeks=8)
    return table.assign(on=((table["week"] >= table["trained"]) & (table["week"] < table["trained"] + 2)).astype(int))


@given(seeds)
@settings(max_examples=8, deadline=None)
def test_what_is_never_switched_off_has_the_effects_of_its_cohorts(seed: int):
    table = panel(seed)
    table["on"] = (table["week"] >= table["trained"]).astype(int)
    m = wb.moments(table, treatment="on")
    paths, cohorts = wb.path_effects(m).table, wb.att_gt(m).table
    paths["cohort"] = paths["path"].str.removeprefix("1 from ").astype(int)
    paths = paths.sort_values(["cohort", "period"])
    numbers = ["cohort", "period", "estimate", "std_error", "n"]
    np.testing.assert_allclose(paths[numbers].astype(float), cohorts[numbers].astype(float))
    by_week = [wb.path_effects(m, "event_week").table, wb.aggregate(wb.att_gt(m), "event_week").table]
    np.testing.assert_allclose(
        by_week[0][["event_week", "estimate", "std_error"]], by_week[1][["event_week", "estimate", "std_error"]]
    )


@pytest.mark.peers
@given(seeds)
@settings(max_examples=6, deadline=None)
def test_two_implementations_give_the_same_effects_of_switching_on_and_off(seed: int):
    """Not normalised effects ℓ = 1, 2 … of de Chaisemartin & D'Haultfœuille: in the first week on, the second …"""
    from diff_diff import ChaisemartinDHaultfoeuille
    from moderndid import did_multiplegt

    table = on_for_two_weeks(seed)
    names = {"yname": "active_days", "tname": "week", "idname": "user_id", "dname": "on"}
    moderns = quietly(lambda: did_multiplegt(table, **names, effects=3, placebo=1))
    model = ChaisemartinDHaultfoeuille(twfe_diagnostic=False, drop_larger_lower=False)
    told = {"outcome": "active_days", "unit": "user_id", "time": "week", "treatment": "on", "L_max": 3}
    diffs = quietly(lambda: model.fit(table, **told)).event_study_effects
    ours = wb.path_effects(wb.moments(table, treatment="on"), "course", small_sample=False)
    weeks = ours.table.set_index("event_week")
    # Theirs hold the sizes of paths fixed; without what drawing them adds, errors are the same.
    fixed = replace(ours.contrasts, on_sizes=np.zeros_like(ours.contrasts.on_sizes)).std_error
    errors = dict(zip(weeks.index, fixed, strict=True))
    compared = 0
    for week in range(3):
        if week not in weeks.index or week + 1 not in diffs or np.isnan(diffs[week + 1]["effect"]):
            continue
        theirs = [moderns.effects.estimates[week], diffs[week + 1]["effect"]]
        assert theirs == pytest.approx([weeks.loc[week, "estimate"]] * 2)
        assert diffs[week + 1]["se"] == pytest.approx(errors[week])
        compared += 1
    assert compared


def test_a_path_by_hand():
    """Four users: change since the last week before, less that of those who were not switched yet."""
    use = {"a": [1, 2, 5, 6, 2], "b": [2, 2, 6, 9, 5], "c": [1, 1, 2, 3, 9], "d": [3, 5, 6, 6, 7]}
    on = {"a": [0, 0, 1, 1, 0], "b": [0, 0, 1, 1, 0], "c": [0, 0, 0, 0, 0], "d": [0, 0, 0, 0, 0]}
    rows = [(u, w, on[u][w], use[u][w]) for u in use for w in range(5)]
    table = pd.DataFrame(rows, columns=["user_id", "week", "on", "active_days"])
    found = wb.path_effects(wb.moments(table, treatment="on"), small_sample=False)
    ours, theirs = (np.array([use[u] for u in pair], float) for pair in (("a", "b"), ("c", "d")))
    for row in found.table.itertuples():
        assert row.path == "1 from 2 until 4"
        base = min(row.period, 2) - 1
        change = [group[:, row.period] - group[:, base] for group in (ours, theirs)]
        assert row.estimate == pytest.approx(change[0].mean() - change[1].mean())
        assert row.std_error == pytest.approx(np.sqrt(sum(c.var() / 2 for c in change)))


def test_planted_effects_are_found_on_and_after():
    m = incentive([2, 3, 4, 1, 0.5, 0.25])
    on = wb.path_effects(m, "event_week").table.set_index("event_week")["estimate"]
    after = wb.path_effects(m, "weeks_after").table.set_index("weeks_after")["estimate"]
    assert list(on.loc[0:2]) == pytest.approx([2, 3, 4])
    assert list(after.loc[0:2]) == pytest.approx([1, 0.5, 0.25])
    assert list(on.loc[:-1]) == pytest.approx([0] * len(on.loc[:-1]))


def test_what_comes_after_a_second_start_is_in_no_summary():
    rows = []
    for user in range(40):
        for week in range(9):
            on = int(user < 20 and week in (3, 4, 7))
            rows.append((user, week, on, user % 4 + week % 2 + 5 * on))
    m = wb.moments(pd.DataFrame(rows, columns=["user_id", "week", "on", "active_days"]), treatment="on")
    found = wb.path_effects(m, "weeks_after")
    assert list(found.table["weeks_after"]) == [0, 1]
    assert "1 of 1 paths are switched on again; after that they are in no summary." in found.notes
    assert wb.path_effects(m).table["path"].unique().tolist() == ["1 from 3 until 5, changed in 7"]
