"""Time to adopt, against the textbook's leukaemia trial."""

import numpy as np
import pandas as pd
import pytest
from statsmodels.duration.survfunc import survdiff

from workbench.adoption.diffusion import adopters, bass, enough, rogers, tied
from workbench.adoption.time_to_adopt import _expected, survival, time_to_adopt
from workbench.errors import ContractError
from workbench.panel.habit import FIRST_USE

# Freireich et al. (1963), Blood 21, 699–716; weeks in remission, 1: relapse, 0: censored.
DRUG = {6: (3, 1), 7: (1, 0), 9: (0, 1), 10: (1, 1), 11: (0, 1), 13: (1, 0), 16: (1, 0), 17: (0, 1), 19: (0, 1),
        20: (0, 1), 22: (1, 0), 23: (1, 0), 25: (0, 1), 32: (0, 2), 34: (0, 1), 35: (0, 1)}  # fmt: skip
PLACEBO = [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23]


def trial():
    drug = [
        ("6-MP", week, status, n) for week, both in DRUG.items() for status, n in zip((1, 0), both, strict=True) if n
    ]
    rows = drug + [("placebo", week, 1, 1) for week in PLACEBO]
    return pd.DataFrame(rows, columns=["named", "weeks", "adopted", "people"])


def test_the_published_curve():
    """Survival of 6-MP .857, .807, .753, .690, .627, .538, .448 (Kleinbaum & Klein 2012, Survival Analysis, p. 62)."""
    curve = survival(trial()).curve.table
    drug = curve[curve["group"] == "6-MP"]
    assert (1 - drug["estimate"]).tolist() == pytest.approx([0.857, 0.807, 0.753, 0.690, 0.627, 0.538, 0.448], abs=6e-4)
    # Greenwood's standard errors: .0764, .0869, .0963, .1068, .1141, .1282, .1346 (ibid.)
    assert drug["std_error"].tolist() == pytest.approx(
        [0.0764, 0.0869, 0.0963, 0.1068, 0.1141, 0.1282, 0.1346], abs=6e-5
    )


def test_the_published_medians_and_log_rank():
    """Medians 23 and 8 weeks, log-rank 16.79 (ibid., p. 62 and 71)."""
    found = survival(trial())
    assert found.medians["median"].tolist() == [23, 8]
    assert found.medians[["people", "adopted"]].to_numpy().tolist() == [[21, 9], [21, 21]]
    assert found.log_rank["statistic"] == pytest.approx(16.79, abs=0.005)
    assert found.log_rank["df"] == 1


def user_weeks(user, active, start="2025-01-06"):
    weeks = pd.date_range(start, periods=len(active), freq="7D")
    return pd.DataFrame({"user_id": user, "week": weeks, "actions": list(map(int, active))})


def test_waiting_by_hand():
    panel = pd.concat([
        user_weeks("at once", "1" * 20),  # nine weeks at the earliest
        user_weeks("late", "0" * 5 + "1" * 9, start="2025-02-03"),  # 14 weeks of access
        user_weeks("never", "10" * 10),
        user_weeks("left", "1" * 8),
    ])  # fmt: skip
    found = time_to_adopt(panel)
    assert found.curve.table[["week", "n"]].to_numpy().tolist() == [[9, 3], [14, 2]]
    assert found.curve.table["estimate"].tolist() == pytest.approx([1 / 3, 2 / 3])
    assert found.medians["median"].tolist() == [14]
    assert found.log_rank is None


def test_first_use_is_one_week_of_one():
    table = time_to_adopt(user_weeks("a", "0010"), habit=FIRST_USE).curve.table
    assert table["week"].tolist() == [3]


def test_nobody_adopted_has_no_median():
    both = pd.concat([user_weeks("a", "0" * 20), user_weeks("b", "0" * 20)]).assign(team=["x"] * 20 + ["y"] * 20)
    found = time_to_adopt(both, by="team")
    assert found.curve.table.empty
    assert found.medians["median"].isna().all()
    assert found.log_rank is None


def test_expected_adoptions_are_the_log_rank_tests():
    """Kleinbaum & Klein (2012, p. 67): expected relapses 19.25 of the 6-MP group and 10.75 of the placebo group."""
    rows = trial()
    each = rows.loc[rows.index.repeat(rows["people"])]
    due = pd.Series(_expected(each)).groupby(each["named"].to_numpy()).sum()
    assert due["6-MP"] == pytest.approx(19.25, abs=0.005)
    assert due["placebo"] == pytest.approx(10.75, abs=0.005)


def test_a_slow_and_obvious_log_rank_of_three_groups_agrees():
    """Observed less expected week by week and its hypergeometric covariance (Klein & Moeschberger 2003, section 7.3)."""
    rng = np.random.default_rng(4)
    rows = pd.DataFrame({"named": rng.choice(list("abc"), 90), "weeks": rng.integers(1, 12, 90),
                         "adopted": rng.integers(0, 2, 90), "people": 1})  # fmt: skip
    more, spread = np.zeros(3), np.zeros((3, 3))
    for week in rows["weeks"].unique():
        there, now = rows[rows["weeks"] >= week], rows[(rows["weeks"] == week) & (rows["adopted"] == 1)]
        part = np.array([(there["named"] == g).mean() for g in "abc"])
        n, d = len(there), len(now)
        more += np.array([(now["named"] == g).sum() for g in "abc"]) - d * part
        spread += d * (n - d) / max(n - 1, 1) * (np.diag(part) - np.outer(part, part))
    found = survival(rows).log_rank
    assert found["statistic"] == pytest.approx(more[:2] @ np.linalg.solve(spread[:2, :2], more[:2]))
    assert found["df"] == 2


def test_statsmodels_finds_the_same_log_rank_of_many_groups():
    rng = np.random.default_rng(8)
    rows = pd.DataFrame({"named": rng.choice(list("abcdefg"), 300), "weeks": rng.integers(1, 30, 300),
                         "adopted": rng.integers(0, 2, 300), "people": 1})  # fmt: skip
    statistic, p_value = survdiff(rows["weeks"], rows["adopted"], rows["named"])
    found = survival(rows).log_rank
    assert found == pytest.approx({"statistic": statistic, "df": 6, "p_value": p_value})


def test_how_far_a_group_came_has_greenwoods_error():
    """The published curve at its last week: .448 still in remission, standard error .1346 (ibid., p. 62)."""
    found = survival(trial())
    drug = found.reached.table.set_index("group").loc["6-MP"]
    assert (found.by_week, 1 - drug["estimate"]) == (26, pytest.approx(0.448, abs=6e-4))
    assert drug["std_error"] == pytest.approx(0.1346, abs=6e-5)


def in_teams(rng, people=20, teams=16, between=1.0):
    """Two departments of eight teams each whose people adopt at their team's pace: departments make no difference."""
    pace = np.repeat(rng.gamma(1 / between, between, teams) if between else np.ones(teams), people)
    weeks = np.ceil(rng.exponential(10 / np.maximum(pace, 1e-3))).clip(1, 30)
    team = np.repeat(np.arange(teams), people)
    return pd.DataFrame({"named": np.where(team < teams // 2, "x", "y"), "team": team.astype(str), "weeks": weeks,
                         "adopted": (weeks < 30).astype(int), "people": 1})  # fmt: skip


def test_departments_of_unlike_teams_are_not_told_apart_by_chance_alone():
    """Planted: no difference. Each for themselves the test errs far too often; with whole teams about 1 time in 20."""
    rng = np.random.default_rng(9)
    worlds = [in_teams(rng) for _ in range(60)]
    alone = [survival(world).log_rank["p_value"] < 0.05 for world in worlds]
    together = [survival(world, teams=True).log_rank["p_value"] < 0.05 for world in worlds]
    assert np.mean(alone) > 0.3
    assert np.mean(together) < 0.15
    held = [survival(world, teams=True).reached.table.set_index("group") for world in worlds[:40]]
    truth = 1 - (1 + 2.6) ** -1  # the mean over gamma paces of one's share by week 26: 1 − (1 + 26 / 10)^−1
    inside = [(row["conf_low"] <= truth) & (truth <= row["conf_high"]) for row in held]
    assert np.mean(inside) > 0.85


def test_one_person_a_team_is_everybody_for_themselves():
    each = trial().loc[lambda t: t.index.repeat(t["people"])].assign(people=1, team=lambda t: range(len(t)))
    alone, team = (survival(each, teams=teams).reached.table["std_error"].iloc[0] for teams in (False, True))
    assert team == pytest.approx(alone * np.sqrt(21 / 20))


def test_small_groups_are_all_others():
    panel = pd.concat([user_weeks(f"a{i}", "1" * 20).assign(team="a") for i in range(12)]
                      + [user_weeks(f"b{i}", "1" * 20).assign(team="b") for i in range(9)]
                      + [user_weeks(f"c{i}", "1" * 20).assign(team="c") for i in range(4)])  # fmt: skip
    found = time_to_adopt(panel, by="team")
    assert found.log_rank is None  # all in one week: there is nothing to tell apart
    assert found.medians[["team", "people"]].to_numpy().tolist() == [["a", 12], ["all others", 13]]


# ── all together ────────────────────────────────────────────────────────────────────────────────────────────────


def adopted(counts, people):
    return pd.DataFrame(
        {"week": pd.date_range("2025-01-06", periods=len(counts), freq="7D"), "adopters": counts, "people": people}
    )


def test_adopters_by_hand():
    panel = pd.concat(
        [user_weeks("a", "0110"), user_weeks("b", "0001"), user_weeks("c", "0000"), user_weeks("d", "1", "2025-01-13")]
    )
    table = adopters(panel)
    assert table["adopters"].tolist() == [0, 2, 0, 1]
    assert table["people"].tolist() == [4] * 4


def test_rogers_categories_are_shares_of_everybody():
    table = rogers(adopted([10, 30, 200, 0, 100], 1000))
    assert table["people"].tolist() == [25, 135, 340, 340, 160]
    assert table["users"].tolist() == [25, 135, 180, 0, 0]
    assert table["from_week"].dt.strftime("%m-%d").tolist()[:3] == ["01-06", "01-13", "01-20"]
    assert table["to_week"].isna().tolist() == [False, False, True, True, True]


# Room air conditioners in the USA, thousands, 1949–1961 (Bass 1969).
AIR_CONDITIONERS = [96, 195, 238, 380, 1045, 1230, 1267, 1828, 1586, 1673, 1800, 1580, 1500]


def test_a_published_bass_curve_lies_in_our_intervals():
    """Nonlinear least squares: p .0094, q .3748, m 18,713 (Srinivasan & Mason 1986, Marketing Science 5, table 1)."""
    table = bass(adopted(AIR_CONDITIONERS, 40_000)).parameters.table.set_index("term")
    for term, published in {"p": 0.0094, "q": 0.3748, "ceiling": 18_713 / 40_000}.items():
        assert table.loc[term, "conf_low"] < published < table.loc[term, "conf_high"]
    assert table.loc["ceiling", "estimate"] == pytest.approx(18_713 / 40_000, rel=0.1)


# Video recorders in the USA, thousands, 1980–1989.
RECORDERS = [840, 1470, 2110, 4000, 7590, 10950, 10530, 9470, 7790, 5890]


def test_a_second_published_bass_curve_lies_in_our_intervals():
    """R's nls: m 68,000 (3,130), q .638 (.0414), and a peak in the seventh year (example of DIMORA::BASS.standard).

    Its p is of a curve that stands at the end of each year, where ours has the whole year: the two cannot be compared.
    """
    found = bass(adopted(RECORDERS, 100_000))
    table = found.parameters.table.set_index("term")
    for term, published in {"q": 0.638, "ceiling": 0.68}.items():
        assert table.loc[term, "conf_low"] < published < table.loc[term, "conf_high"]
        assert table.loc[term, "estimate"] == pytest.approx(published, rel=0.02)
    assert found.told("q")
    assert found.fits


def test_who_came_at_once_did_not_come_along_a_bass_curve():
    found = bass(adopted([900, 90, 60, 80, 30, 20, 15, 12, 10, 8], 1500))
    assert not found.fits
    assert found.misses > 0.1


def test_imitation_is_not_told_where_nobody_followed():
    """Planted: a constant share of those still waiting come each week, so q is nought."""
    counts = bass_counts(0.05, 1e-9, 0.9, 1500, 40, np.random.default_rng(2))
    found = bass(adopted(counts, 1500))
    assert found.told("p")
    assert not found.told("q")


def test_the_curve_so_far_runs_through_what_happened():
    counts = bass_counts(0.02, 0.15, 0.7, 1500, 30, np.random.default_rng(6))
    curve = bass(adopted(counts, 1500)).curve.table
    assert curve["adopted"].tolist() == pytest.approx(np.cumsum(counts) / 1500)
    assert (curve["estimate"] - curve["adopted"]).abs().max() < 0.03
    assert (curve["conf_low"] <= curve["estimate"]).all()


def test_categories_that_came_in_one_week_are_named():
    said = tied(rogers(adopted([600, 30, 200, 0, 100], 1000)))
    assert said == (
        "innovators, early adopters and early majority came in the first week; who of them was sooner cannot be told"
    )
    assert tied(rogers(adopted([10, 30, 200, 0, 100], 1000))) == ""


def bass_counts(p, q, ceiling, people, weeks, rng):
    t = np.arange(weeks + 1)
    share = (1 - np.exp(-(p + q) * t)) / (1 + q / p * np.exp(-(p + q) * t))
    return rng.multinomial(people, [*(ceiling * np.diff(share)), 1 - ceiling * share[-1]])[:-1]


def test_planted_curves_and_the_weeks_that_follow_are_covered():
    rng, inside = np.random.default_rng(5), []
    for _ in range(40):
        counts = bass_counts(0.02, 0.15, 0.7, 1500, 46, rng)
        found = bass(adopted(counts[:20], 1500))
        table, last = found.parameters.table.set_index("term"), found.forecast.table.iloc[-1]
        truth = pd.Series({"p": 0.02, "q": 0.15, "ceiling": 0.7})
        held = (table["conf_low"] <= truth) & (truth <= table["conf_high"])
        inside.append([*held, last["conf_low"] <= counts.sum() / 1500 <= last["conf_high"]])
    assert (np.mean(inside, axis=0) > 0.85).all()


def test_before_the_turning_point_the_ceiling_is_not_known():
    counts = bass_counts(0.005, 0.08, 0.6, 1500, 12, np.random.default_rng(0))
    assert not bass(adopted(counts, 1500)).told("ceiling")


def test_too_few_adopters_have_no_curve():
    assert not enough(adopted([10] * 7, 100))
    with pytest.raises(ContractError, match="a Bass curve needs 8 weeks and 20 adopters, but there are 7 and 70"):
        bass(adopted([10] * 7, 100))
