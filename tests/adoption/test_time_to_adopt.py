"""Time to adopt, against the textbook's leukaemia trial."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import CensoredData, logrank
from small_panels import user_weeks

from workbench.adoption.time_to_adopt import FROM_THE_FIRST, RUN_IN, _expected, survival, time_to_adopt
from workbench.panel.habit import FIRST_USE, Habit

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
    each = rows.loc[rows.index.repeat(rows["people"])].assign(entry=FROM_THE_FIRST)
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


def test_scipy_finds_the_same_log_rank_of_two_groups():
    rng = np.random.default_rng(8)
    rows = pd.DataFrame({"named": rng.choice(list("ab"), 300), "weeks": rng.integers(1, 30, 300),
                         "adopted": rng.integers(0, 2, 300), "people": 1})  # fmt: skip
    one, other = (
        CensoredData(uncensored=g.loc[g["adopted"] == 1, "weeks"], right=g.loc[g["adopted"] == 0, "weeks"])
        for _, g in rows.groupby("named")
    )
    theirs = logrank(one, other)
    found = survival(rows).log_rank
    assert found == pytest.approx({"statistic": theirs.statistic**2, "df": 1, "p_value": theirs.pvalue})


def test_a_group_that_left_before_anybody_adopted_tells_nothing():
    gone = pd.DataFrame({"named": ["gone", "gone"], "weeks": [0, 0], "adopted": 0, "people": 3})
    alone, beside = survival(trial()).log_rank, survival(pd.concat([trial(), gone])).log_rank
    assert beside == pytest.approx(alone)
    assert survival(pd.concat([trial().query("named == '6-MP'"), gone])).log_rank is None


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


def test_the_habit_is_a_definition_of_ones_own():
    found = time_to_adopt(user_weeks("a", "0110111"), habit=Habit(active_weeks=3, window=4))
    assert found.curve.table["week"].tolist() == [5]  # weeks 2 to 5: three of four
    assert found.habit.earliest == "three active weeks of four, so three weeks at the least"


@pytest.mark.parametrize("people", range(2, 61, 2))
def test_the_median_is_the_first_week_by_which_half_have_adopted_whatever_the_rounding(people: int) -> None:
    # One adopts in each week from the first on until half have, the others never: half is reached in week n / 2, also
    # where the product of fractions misses one half by a rounding error (cases.md, 17).
    half = people // 2
    weeks, adopted = [*range(1, half + 1), *[half + 5] * half], [*[1] * half, *[0] * half]
    found = survival(pd.DataFrame({"named": "all", "weeks": weeks, "adopted": adopted, "people": 1}))
    assert found.medians["median"].tolist() == [half]


LATE = pd.DataFrame(  # named, entry, weeks, adopted: two from the first week on, two who enter late
    [("a", -1, 3, 1), ("a", -1, 5, 0), ("a", 2, 4, 1), ("a", 3, 6, 1)], columns=["named", "entry", "weeks", "adopted"]
).assign(people=1)  # fmt: skip


def test_late_entry_by_hand():
    # At risk in week 3: those of 3, 5 and 4 (entered after 2); in 4: of 5, 4 and 6 (entered after 3); in 6: the last.
    table = survival(LATE).curve.table
    assert table[["week", "n"]].to_numpy().tolist() == [[3, 3], [4, 3], [6, 1]]
    assert table["estimate"].tolist() == pytest.approx([1 / 3, 1 - 2 / 3 * 2 / 3, 1])
    # Greenwood: S(4) squared times 1/(3 * 2) + 1/(3 * 2)
    assert table["std_error"].iloc[1] == pytest.approx(4 / 9 * np.sqrt(1 / 3))


def test_what_each_adds_to_the_error_sums_to_greenwoods_with_late_entry():
    # Without late entry the two are one number; with it they are the same as people become many.
    rng = np.random.default_rng(6)
    entry = np.where(rng.random(200) < 0.3, rng.integers(1, 8, 200), FROM_THE_FIRST)
    rows = pd.DataFrame({"named": "a", "entry": entry, "weeks": np.maximum(entry, 0) + rng.integers(1, 12, 200),
                         "adopted": rng.integers(0, 2, 200), "people": 1})  # fmt: skip
    rows.loc[len(rows)] = ["a", FROM_THE_FIRST, 30, 0, 1]
    found = survival(rows)
    then = found.curve.table[found.curve.table["week"] <= found.by_week].iloc[-1]
    assert found.reached.table["estimate"][0] == pytest.approx(then["estimate"])
    assert found.reached.table["std_error"][0] == pytest.approx(then["std_error"], rel=0.002)


def test_a_slow_and_obvious_log_rank_with_late_entry_agrees():
    rng = np.random.default_rng(8)
    entry = np.where(rng.random(120) < 0.4, rng.integers(1, 6, 120), FROM_THE_FIRST)
    rows = pd.DataFrame({"named": rng.choice(list("ab"), 120), "entry": entry, "people": 1,
                         "weeks": np.maximum(entry, 0) + rng.integers(1, 9, 120), "adopted": rng.integers(0, 2, 120)})  # fmt: skip
    more, spread = 0.0, 0.0
    for week in rows["weeks"].unique():
        there = rows[(rows["weeks"] >= week) & (rows["entry"] < week)]
        now = there[(there["weeks"] == week) & (there["adopted"] == 1)]
        n, d, part = len(there), len(now), (there["named"] == "a").mean()
        more += (now["named"] == "a").sum() - d * part
        spread += d * (n - d) / max(n - 1, 1) * part * (1 - part)
    assert survival(rows).log_rank["statistic"] == pytest.approx(more**2 / spread)
    due = pd.Series(_expected(rows)).groupby(rows["named"].to_numpy()).sum()
    assert rows.groupby("named")["adopted"].sum()["a"] - due["a"] == pytest.approx(more)


def with_access(rows: pd.DataFrame, before: int) -> pd.DataFrame:
    return rows.assign(access_week=rows["week"].min() - pd.Timedelta(weeks=before))


def test_who_had_access_before_enters_after_a_run_in_without_the_habit():
    panel = pd.concat([
        with_access(user_weeks("new", "0" * 30), 0),
        with_access(user_weeks("late", "0" * 13 + "1" * 17), 4),  # the ninth active week is the 22nd: 26 of access
        with_access(user_weeks("had it", "1" * 30), 4),  # within the run-in: when is not known
        with_access(user_weeks("gone", "0" * RUN_IN), 4),  # left when the run-in ended
        with_access(user_weeks("of old", "0" * 13 + "1" * 17), 18),  # enters after 30 weeks, where nobody new is left
    ])  # fmt: skip
    found = time_to_adopt(panel)
    assert found.curve.table[["week", "estimate", "n"]].to_numpy().tolist() == [[26, 0.5, 2]]
    assert found.medians[["people", "adopted"]].to_numpy().tolist() == [[2, 1]]
    assert found.curve.notes == ("fewer than 5 people who had access before these weeks count late or not at all, "
                                 "because when they began is not seen",)  # fmt: skip


def test_beyond_the_new_ones_nobody_is_followed():
    panel = pd.concat(
        [with_access(user_weeks("new", "0" * 24), 0), with_access(user_weeks("late", "0" * 14 + "1" * 10), 4)]
    )
    # The habit comes in the 23rd week seen, the 27th of access; the new ones are followed for 24.
    assert time_to_adopt(panel).curve.table.empty


def test_late_entry_finds_the_true_curve_where_a_clock_from_the_first_week_seen_does_not():
    """Adoption is the likelier the longer somebody has had access: a geometric clock whose hazard grows."""
    rng = np.random.default_rng(11)
    hazard = np.linspace(0.0, 0.1, 41)[1:]  # of weeks 1 to 40
    truth = 1 - np.prod(1 - hazard[:30])
    until = (rng.random((6000, 40)) < hazard).argmax(axis=1) + 1
    until[(until == 1)] = 41  # nobody of these has adopted: in the first week the hazard is next to nothing
    entry = np.where(np.arange(6000) < 3000, FROM_THE_FIRST, 15)
    seen = until > entry
    late = pd.DataFrame({"named": "a", "entry": entry, "weeks": np.minimum(until, 30), "adopted": (until <= 30).astype(int), "people": 1})[seen]  # fmt: skip
    table = survival(late).curve.table
    assert table["estimate"].iloc[-1] == pytest.approx(truth, abs=3 * table["std_error"].iloc[-1])
    naive = late.assign(weeks=late["weeks"] - late["entry"].clip(lower=0), entry=FROM_THE_FIRST)
    table = survival(naive[naive["weeks"] > 0]).curve.table
    assert abs(table["estimate"].iloc[-1] - truth) > 3 * table["std_error"].iloc[-1]
