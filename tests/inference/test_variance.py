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


def in_strata(treated: list[int], compared: list[int], size: int = 1) -> pd.DataFrame:
    """Two periods; so many teams of people on each side of each site, all of a team alike."""
    site = np.repeat(np.arange(len(treated)), np.add(treated, compared))
    on = np.concatenate([np.arange(a + b) < a for a, b in zip(treated, compared, strict=True)])
    moved = np.random.default_rng(0).normal(size=len(site))
    team = np.repeat(np.arange(len(site)), size)
    people = pd.DataFrame({"user_id": np.arange(len(team)), "team": team, "site": site[team].astype(str)})
    people["trained"] = np.where(on[team], 1.0, np.nan)
    return pd.concat([people.assign(week=0, active_days=0.0), people.assign(week=1, active_days=moved[team])])


@pytest.mark.parametrize("size", [1, 4])
def test_within_strata_every_side_has_the_variance_of_its_own_mean(size: int):
    """By hand: Σ share² (s²/M of the treated + s²/M of the others) over strata, share of the treated in each."""
    panel = in_strata([8, 4, 6], [3, 5, 4], size)
    moved = panel.query("week == 1").groupby("team").first().fillna({"trained": 0.0})
    part = moved.groupby(["site", "trained"])["active_days"].agg(lambda y: y.var() / len(y)).unstack()
    expected = (np.array([8, 4, 6]) / 18) ** 2 @ part.sum(axis=1)
    cluster = None if size == 1 else "team"
    found = wb.att_gt(wb.moments(panel, strata="site", cluster=cluster))
    assert found.table["std_error"][0] == pytest.approx(np.sqrt(expected))
    assert wb.imputed(wb.moments(panel, strata="site", cluster=cluster)).table["std_error"][0] == pytest.approx(
        np.sqrt(expected)
    )


@pytest.mark.parametrize("size", [1, 4])
def test_one_alone_on_a_side_of_a_stratum_leaves_no_interval(size: int):
    cluster, each = (None, "units") if size == 1 else ("team", "teams")
    m = wb.moments(in_strata([20, 20, 20, 20], [1, 20, 1, 20], size), strata="site", cluster=cluster)
    found = wb.att_gt(m)
    assert found.table[["conf_low", "conf_high"]].isna().all(axis=None)
    assert found.notes[-1] == f"1 of 1 rows rest on strata with one alone of the {each} on a side (0, 2): no interval."
    large = wb.att_gt(m, small_sample=False).notes[0]
    one = "One unit" if size == 1 else "One team"
    named = "never treated in stratum 0, never treated in stratum 2"
    assert large == f"{one} alone is the cohort {named}: its own ups and downs are not in the intervals."


def test_many_strata_with_one_in_each_matter_together():
    """None of 150 is a hundredth of the variance, all of the treated's is hidden."""
    found = wb.att_gt(wb.moments(in_strata([1] * 150, [3] * 150), strata="site"))
    assert found.table["conf_low"].isna().all()
    assert found.notes[-1].endswith("on a side (0, 1, 10, and 147 more): no interval.")


def test_teams_that_span_strata_are_not_taken_apart():
    """Every team has a person of each role: as without strata, by hand Welch's of the team means."""
    panel = in_strata([5], [7], size=2)
    panel["role"] = (panel["user_id"] % 2).astype(str)
    moved = panel.query("week == 1").groupby("team").first().fillna({"trained": 0.0}).groupby("trained")["active_days"]
    expected = np.sqrt((moved.var() / moved.size()).sum())
    found = wb.att_gt(wb.moments(panel, strata="role", cluster="team")).table
    assert found["std_error"][0] == pytest.approx(expected)
    assert np.isfinite(found["conf_low"][0])
