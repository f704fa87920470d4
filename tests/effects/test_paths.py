"""On and off: by hand, against the effects of what stays on, and planted curves that fade."""

from __future__ import annotations

import contextlib
import io
import warnings
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from random_panels import panel, seeds

import workbench as wb


def incentive(effect: list[float], never: int = 30, users: int = 30, noise: float = 0.0, on: int = 3) -> wb.Moments:
    """Two groups of users, switched on in weeks 3 and 5 for `on` weeks; what it does in each week from then on."""
    rng = np.random.default_rng(0)
    weeks, starts = 3 + len(effect) + 2, np.repeat([3, 5, 99], [users, users, never])
    rows = []
    for user, start in enumerate(starts):
        for week in range(1, weeks + 1):
            since = week - start
            rows.append(
                {
                    "user_id": user,
                    "week": week,
                    "on": int(0 <= since < on),
                    "active_days": 0.1 * week + user % 3 + (effect[min(since, len(effect) - 1)] if since >= 0 else 0),
                }
            )
    table = pd.DataFrame(rows)
    table["active_days"] += noise * rng.normal(size=len(table))
    return wb.moments(table, treatment="on")


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


def on_for_two_weeks(seed: int) -> pd.DataFrame:
    """A random panel whose users are switched on in the week of their cohort, for two weeks."""
    table = panel(seed, users=36, weeks=8)
    return table.assign(on=((table["week"] >= table["trained"]) & (table["week"] < table["trained"] + 2)).astype(int))


def quietly(work: Any) -> Any:
    with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return work()


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
    ours = wb.path_effects(wb.moments(table, treatment="on"), "course")
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
    found = wb.path_effects(wb.moments(table, treatment="on"))
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


def test_what_is_left_is_the_ratio_with_fiellers_interval():
    m = incentive([2, 3, 4, 1.5, 0.6, 0.3], noise=0.5)
    found = wb.retained(m, (1, 2)).table
    assert list(found["weeks_after"]) == [1, 2]
    assert found["estimate"].tolist() == pytest.approx([0.5, 0.2], abs=0.1)
    # Fieller (1954): the ends are the ratios r at which after − r·on is just 1.96 of its standard errors from 0.
    after, on = wb.path_effects(m, "weeks_after"), wb.path_effects(m, "arm")
    assert found["estimate"][0] == pytest.approx(after.table["estimate"][0] / on.table["estimate"][0])
    assert found["conf_low"][0] < found["estimate"][0] < found["conf_high"][0]
    both = after.contrasts.selected([0])
    first, second = both, on.contrasts.selected([0])
    joint = first.on_means.toarray()[:, 0], second.on_means.toarray()[:, 0]
    for end in found.loc[0, ["conf_low", "conf_high"]]:
        gap = after.table["estimate"][0] - end * on.table["estimate"][0]
        weight = (joint[0] - end * joint[1]).reshape(len(m.n), -1)
        sizes = first.on_sizes[:, 0] - end * second.on_sizes[:, 0]
        spread = np.einsum("ct,ctu,cu->", weight / m.n[:, None], m.products, weight / m.n[:, None])
        error = np.sqrt(spread + m.n @ sizes**2 / m.units**2)
        assert abs(gap) / error == pytest.approx(1.959964, rel=1e-5)


def test_a_planted_half_life_is_found():
    fading = [4, 4, 4, *(2 * 0.5 ** (np.arange(10) / 3))]
    found = wb.half_life(wb.path_effects(incentive(fading, noise=0.05), "weeks_after")).table.iloc[0]
    assert found["estimate"] == pytest.approx(3, abs=0.15)
    assert found["conf_low"] < 3 < found["conf_high"]


def test_nothing_left_to_fade_cannot_be_told():
    gone = wb.half_life(wb.path_effects(incentive([4, 4, 4, 0, 0, 0, 0], noise=0.5), "weeks_after"))
    assert gone.table["estimate"].isna().all()
    assert (gone.table["conf_low"][0], gone.table["conf_high"][0]) == (0, np.inf)
    assert gone.notes == ("What is left after switching off is not clear enough to say how fast it fades.",)


def test_what_comes_back_and_goes_again_has_no_half_life():
    wild = wb.half_life(wb.path_effects(incentive([4, 4, 4, 2, -2, 2, -2, 2, -2], noise=0.05), "weeks_after"))
    assert wild.table["estimate"].isna().all()
    assert wild.notes == ("What is left after switching off does not fade steadily, so no half-life fits.",)


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
