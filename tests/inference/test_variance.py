"""Standard errors of few teams and small cohorts: by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from small_worlds import effect, three_cohorts, two_periods

import workbench as wb
from workbench.inference.contrasts import Contrasts


def plain(contrasts: Contrasts) -> Contrasts:
    """With the normal distribution in place of t."""
    return replace(contrasts, spread=replace(contrasts.spread, normal=True))


def of_sizes(sizes: list[int], treated: int, seed: int = 0) -> pd.DataFrame:
    """Teams of these sizes, the first so many treated in the second of two periods; team means alike in spread."""
    moved = np.random.default_rng(seed).normal(size=len(sizes))
    team = np.repeat(np.arange(len(sizes)), sizes)
    people = pd.DataFrame({"user_id": np.arange(len(team)), "team": team})
    people["trained"] = np.where(team < treated, 1.0, np.nan)
    return pd.concat([people.assign(week=0, active_days=0.0), people.assign(week=1, active_days=moved[team])])


def test_the_standard_error_of_two_groups_is_welchs():
    panel = two_periods(4, 9, size=1)
    moved = panel.query("week == 1").fillna({"trained": 0}).groupby("trained")["active_days"]
    welch = np.sqrt((moved.var() / moved.size()).sum())
    for cluster in (None, "team"):
        assert effect(panel, cluster).table["std_error"].iloc[0] == pytest.approx(welch)


def test_a_team_much_larger_than_the_others_cannot_hide_its_own_variance():
    """By hand: Σ w²e²/(1 − 2w + Σw²) of both groups, whose mean is the variance of Σ w·y for any weights w."""
    sizes, treated = [30, 4, 4, 10, 12, 9, 11], 3
    moved = of_sizes(sizes, treated).query("week == 1").groupby("team")["active_days"].first().to_numpy()
    variance = 0.0
    for part in (slice(0, treated), slice(treated, None)):
        w = np.array(sizes[part]) / sum(sizes[part])
        e = moved[part] - w @ moved[part]
        variance += (w**2 * e**2 / (1 - 2 * w + w @ w)).sum()
    row = effect(of_sizes(sizes, treated)).table.iloc[0]
    assert row["std_error"] == pytest.approx(np.sqrt(variance))


def test_small_cohorts_that_are_compared_with_together_are_not_counted_twice():
    """By hand (Neyman): s²/n of the treated + Σ (share in the comparison)² s²/n of those not treated yet."""
    panel = three_cohorts()
    moved = panel.query("week == 1").fillna({"trained": 9}).groupby("trained")["active_days"]
    part, n = moved.var() / moved.size(), moved.size()
    share = n[[2.0, 9.0]] / n[[2.0, 9.0]].sum()
    expected = part[1.0] + (share**2 * part[[2.0, 9.0]]).sum()
    found = effect(panel, cluster=None).table.query("cohort == 1 and period == 1").iloc[0]
    assert found["std_error"] == pytest.approx(np.sqrt(expected))


def test_people_who_left_at_different_times_still_vary_within_their_cohort():
    """By hand, as above: who was there in a period makes cells of one person, whose differences must not be lost."""
    panel = three_cohorts()
    gone = panel.query("week == 2 and user_id in [0, 3, 4, 7, 8]").index  # periods that the effect does not look at
    table = effect(panel.drop(gone), cluster=None).table.query("cohort == 1 and period == 1")
    whole = effect(panel, cluster=None).table.query("cohort == 1 and period == 1")
    assert table["std_error"].item() == pytest.approx(whole["std_error"].item())


def test_a_team_that_is_all_of_one_start_by_chance_counts_among_the_mixed():
    """Six people a team, each with a date of their own but for the last team, which nobody treats: no lone history."""
    rng = np.random.default_rng(0)
    people = pd.DataFrame({"user_id": range(60), "team": np.repeat(range(10), 6)})
    people["trained"] = np.where(people["team"] < 9, people["user_id"] % 2 + 1.0, np.nan)
    rows = people.merge(pd.DataFrame({"week": range(3)}), how="cross").assign(active_days=rng.normal(size=180))
    m = wb.moments(rows, cluster="team")
    assert m.mixed_clusters.all()
    assert np.unique(m.history_of_clusters).tolist() == [0]
    plain, few = (wb.att_gt(m, small_sample=small, band=False).table["std_error"] for small in (False, True))
    # All are held against all: R's variance times 10/9, teams being of one size, around the mean of their influences.
    assert (few / plain).tolist() == pytest.approx([np.sqrt(10 / 9)] * len(plain))
