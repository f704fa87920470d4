"""Time to adopt, against the textbook's leukaemia trial."""

import pandas as pd
import pytest

from workbench.diffusion import survival, time_to_adopt

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
    table = time_to_adopt(user_weeks("a", "0010"), habit=1, window=1).curve.table
    assert table["week"].tolist() == [3]


def test_nobody_adopted_has_no_median():
    both = pd.concat([user_weeks("a", "0" * 20), user_weeks("b", "0" * 20)]).assign(team=["x"] * 20 + ["y"] * 20)
    found = time_to_adopt(both, by="team")
    assert found.curve.table.empty
    assert found.medians["median"].isna().all()
    assert found.log_rank is None
