"""Intervals that rest on a few teams: degrees of freedom by hand, and whether they keep their promise."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import integrate, stats

import workbench as wb
from workbench import findings
from workbench.effects.bounds import bounds
from workbench.inference.contrasts import Contrasts


def two_periods(treated: int, never: int, size: int = 2, seed: int = 0) -> pd.DataFrame:
    """Whole teams, all of one size, treated in the second of two periods or never; teams move by chance, no effect."""
    rng = np.random.default_rng(seed)
    teams = treated + never
    moved = rng.normal(size=teams)[:, None] + rng.normal(scale=0.5, size=(teams, size))
    before = pd.DataFrame({"team": np.repeat(np.arange(teams), size), "user_id": np.arange(teams * size)})
    before["trained"] = np.where(before["team"] < treated, 1.0, np.nan)
    after = before.assign(week=1, active_days=moved.ravel())
    return pd.concat([before.assign(week=0, active_days=0.0), after])


def effect(panel: pd.DataFrame, cluster: str | None = "team", small_sample: bool = True) -> wb.Estimates:
    m = wb.moments(panel, cohort="trained", cluster=cluster)
    return wb.att_gt(m, small_sample=small_sample, band=False)


def reach(found: wb.Estimates) -> float:
    """How many standard errors either side the interval takes in."""
    row = found.table.iloc[0]
    return (row["conf_high"] - row["conf_low"]) / 2 / row["std_error"]


@pytest.mark.parametrize(("treated", "never"), [(3, 20), (5, 4), (6, 6)])
def test_degrees_of_freedom_of_two_groups_of_teams_by_hand(treated, never):
    """Bell & McCaffrey's for two means: (1/M₁ + 1/M₀)² / (1/M₁²(M₁ − 1) + 1/M₀²(M₀ − 1))."""
    v1, v0 = 1 / treated, 1 / never
    expected = (v1 + v0) ** 2 / (v1**2 / (treated - 1) + v0**2 / (never - 1))
    assert effect(two_periods(treated, never)).contrasts.freedoms == pytest.approx(expected)


@pytest.mark.parametrize(("treated", "never"), [(3, 20), (5, 4)])
def test_an_interval_from_two_groups_of_teams_leaves_out_five_in_a_hundred(treated, never):
    """By the definition: P(|Z| > k√S) over both groups' chi-squares, S = p χ²(M₁ − 1)/(M₁ − 1) + (1 − p) …"""
    k, share = reach(effect(two_periods(treated, never))), never / (treated + never)
    ours, theirs = (
        stats.chi2(treated - 1, scale=share / (treated - 1)),
        stats.chi2(never - 1, scale=(1 - share) / (never - 1)),
    )

    def outside(ours_are: float, theirs_are: float) -> float:
        density = ours.pdf(ours_are) * theirs.pdf(theirs_are)
        return 2 * stats.norm.sf(k * np.sqrt(ours_are + theirs_are)) * density

    ends = (theirs.ppf(1e-9), theirs.ppf(1 - 1e-9), ours.ppf(1e-9), ours.ppf(1 - 1e-9))
    assert integrate.dblquad(outside, *ends)[0] == pytest.approx(0.05, abs=1e-5)


def test_an_interval_from_two_groups_of_as_many_teams_is_that_of_the_t_test():
    """Both vary alike and are alike: Student's t with 2(M − 1) degrees of freedom, from a table: 2.2281 for ten."""
    assert reach(effect(two_periods(6, 6))) == pytest.approx(2.2281, abs=5e-5)


def test_the_check_of_trends_before_counts_the_same_degrees_of_freedom_by_hand():
    """One step before the start, three teams against nine: the t test of two means, 2.7 degrees of freedom and not 11."""
    panel = two_periods(3, 9, size=1)
    later = panel[panel["week"] == 1].assign(week=2)
    att = effect(pd.concat([panel, later]).assign(trained=lambda rows: rows["trained"] + 1))
    moved = panel.query("week == 1").fillna({"trained": 0}).groupby("trained")["active_days"]
    clearness = (moved.mean()[1] - moved.mean()[0]) / np.sqrt((moved.var() / moved.size()).sum())
    freedom = (1 / 3 + 1 / 9) ** 2 / (1 / 3**2 / 2 + 1 / 9**2 / 8)
    assert wb.pretrend(att)["p_value"].item() == pytest.approx(2 * stats.t.sf(abs(clearness), freedom))


def test_two_teams_have_no_interval_and_the_answer_says_why():
    found = effect(two_periods(2, 20))
    assert found.table[["conf_low", "conf_high"]].isna().all(axis=None)
    assert found.table["std_error"].notna().all()
    assert "1 of 1 rows rest on fewer than three teams of a kind: no interval." in found.notes
    said = findings.effect(wb.aggregate(found), "the workshop", randomised=True)
    assert said.headline == (
        "Whether the workshop changed active days cannot be told: it rests on too few teams to tell it from chance."
    )


def test_the_standard_error_of_two_groups_is_welchs():
    panel = two_periods(4, 9, size=1)
    moved = panel.query("week == 1").fillna({"trained": 0}).groupby("trained")["active_days"]
    welch = np.sqrt((moved.var() / moved.size()).sum())
    for cluster in (None, "team"):
        assert effect(panel, cluster).table["std_error"].iloc[0] == pytest.approx(welch)


def test_how_far_trends_may_part_is_weighed_with_the_wider_errors_of_few_teams():
    """Six teams against six: every error as much larger as t with 10 degrees of freedom (2.2281) is than 1.96."""
    chance = np.random.default_rng(1).normal(size=(12, 5)) + 3 * np.outer(np.arange(12) < 6, np.arange(5) >= 3)
    panel = pd.DataFrame({"team": np.repeat(np.arange(12), 5), "week": list(range(5)) * 12})
    panel = panel.assign(user_id=panel["team"], active_days=chance.ravel())
    panel["trained"] = np.where(panel["team"] < 6, 3.0, np.nan)
    m = wb.moments(panel, cohort="trained", cluster="team")
    att = wb.att_gt(m, base="universal", small_sample=True)
    study = wb.aggregate(att, by="event_week").contrasts.selected([0, 1, 3, 4])
    wider = study.covariance * (2.2281 / 1.959964) ** 2
    by_hand = bounds(study.estimate, wider, 2, np.array([0.5, 0.5]), "relative_magnitudes", level=0.95)
    found = wb.sensitivity(att)
    assert found.breakdown == pytest.approx(by_hand.breakdown, abs=0.01)
    assert found["conf_low"].tolist() == pytest.approx(by_hand["conf_low"].tolist(), abs=0.005)
    assert found.breakdown < wb.sensitivity(replace(att, _contrasts=plain(att.contrasts))).breakdown


def plain(contrasts: Contrasts) -> Contrasts:
    """With the normal distribution in place of t."""
    return replace(contrasts, spread=replace(contrasts.spread, normal=True))


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


def test_three_teams_against_twelve_keep_the_promise_that_the_normal_interval_breaks():
    """True effect: none. Of 400 intervals 95 % hold it, but for four binomial errors."""
    held = {True: 0, False: 0}
    for seed in range(400):
        m = wb.moments(two_periods(3, 12, seed=seed), cohort="trained", cluster="team")
        for small in held:
            row = wb.att_gt(m, small_sample=small, band=False).table.iloc[0]
            held[small] += row["conf_low"] <= 0 <= row["conf_high"]
    assert held[True] / 400 == pytest.approx(0.95, abs=4 * np.sqrt(0.95 * 0.05 / 400))
    assert held[False] / 400 < 0.89


def of_sizes(sizes: list[int], treated: int, seed: int = 0) -> pd.DataFrame:
    """Teams of these sizes, the first so many treated in the second of two periods; team means alike in spread."""
    moved = np.random.default_rng(seed).normal(size=len(sizes))
    team = np.repeat(np.arange(len(sizes)), sizes)
    people = pd.DataFrame({"user_id": np.arange(len(team)), "team": team})
    people["trained"] = np.where(team < treated, 1.0, np.nan)
    return pd.concat([people.assign(week=0, active_days=0.0), people.assign(week=1, active_days=moved[team])])


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


# ── small cohorts against each other ──────────────────────────────────────────────────────────────────────────────────


def three_cohorts(treated: int = 3, later: int = 4, never: int = 5, seed: int = 0) -> pd.DataFrame:
    """Single people in three periods, treated in the second, in the third or never."""
    moved = np.random.default_rng(seed).normal(size=treated + later + never)
    people = pd.DataFrame({"user_id": np.arange(len(moved))})
    people["trained"] = np.repeat([1.0, 2.0, np.nan], [treated, later, never])
    periods = [people.assign(week=week, active_days=moved * (week > 0)) for week in range(3)]
    return pd.concat(periods, ignore_index=True)


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


# ── what does not vary, or cannot be seen to ──────────────────────────────────────────────────────────────────────────


def test_rounding_is_no_effect():
    panel = three_cohorts().assign(active_days=lambda rows: rows["week"] / 10)  # everybody does the same
    found = effect(panel, cluster=None)
    overall = wb.aggregate(found).overall
    assert overall[["conf_low", "conf_high"]].isna().all()
    with pytest.raises(wb.ContractError) as refused:
        wb.sensitivity(found)
    assert str(refused.value) == (
        "how far trends may part is weighed against chance, but not all of these effects vary by chance.\n"
        "  Look at the outcome: for some it is the same all the time, or changes in step."
    )


def test_one_person_to_compare_with_gives_no_interval():
    panel = three_cohorts(treated=6, later=0, never=1)
    found = effect(panel, cluster=None)
    assert found.table[["conf_low", "conf_high"]].isna().all(axis=None)
    assert "2 of 2 rows rest on fewer than three units of a kind: no interval." in found.notes
    plain = effect(panel, cluster=None, small_sample=False)
    assert "One unit alone is the cohort never treated: its own ups and downs are not in the intervals." in plain.notes


def test_one_person_among_many_who_wait_takes_no_interval_away():
    panel = three_cohorts(treated=6, later=1, never=60)
    row = effect(panel, cluster=None).table.query("cohort == 1 and period == 1")
    assert row["conf_low"].notna().all()


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
