"""Earlier use of those who drew different dates: every order by scipy, and lotteries that were none."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import workbench as wb
from workbench.effects import randomisation_check


def earlier(level: np.ndarray, growth: np.ndarray, treated: int, weeks: int = 4) -> pd.DataFrame:
    """People with these levels and growths in three weeks before the start; the first so many are treated."""
    rows = [
        {"user_id": i, "week": week, "active_days": level[i] + growth[i] * (week - 1)}
        for i in range(len(level))
        for week in range(weeks)
    ]
    return pd.DataFrame(rows).assign(trained=lambda table: np.where(table["user_id"] < treated, 3.0, np.nan))


def test_scipy_gives_the_same_share_of_orders():
    level, growth = np.random.default_rng(0).normal(size=(2, 9))
    found = randomisation_check(wb.moments(earlier(level, growth, 4), cluster="user_id"), "everything").set_index(
        "earlier"
    )

    def gap(a: np.ndarray, b: np.ndarray, axis: int) -> np.ndarray:
        return np.abs(a.mean(axis=axis) - b.mean(axis=axis))

    for name, use in (("level", level), ("growth", growth)):
        exact = stats.permutation_test(
            (use[:4], use[4:]), gap, vectorized=True, n_resamples=np.inf, alternative="greater"
        )
        assert found.loc[name, "p_value"] == pytest.approx(exact.pvalue)
        assert abs(found.loc[name, "difference"]) == pytest.approx(abs(use[:4].mean() - use[4:].mean()))
        assert found.loc[name, "standardised"] == pytest.approx(found.loc[name, "difference"] / use.std(ddof=1))
    assert found["draws"].tolist() == [126, 126]  # 9 over 4
    assert found["periods"].tolist() == [3, 3]


def test_volunteers_who_are_called_a_lottery_are_found_out():
    """Planted (effects-cases.md, 5): 150 who did three days more and grew by .3 a week, against 150 others."""
    rng = np.random.default_rng(1)
    level, growth = rng.normal(size=(2, 300)) * [[1], [0.1]]
    chosen = np.arange(300) < 150
    found = randomisation_check(
        wb.moments(earlier(level + 3 * chosen, growth + 0.3 * chosen, 150), cluster="user_id"), "everything"
    )
    assert found["p_value"].tolist() == [1 / 2_000] * 2
    assert found["difference"].abs().tolist() == pytest.approx([3, 0.3], abs=0.4)
    drawn = randomisation_check(wb.moments(earlier(level, growth, 150), cluster="user_id"), "everything")
    assert (drawn["p_value"] > 0.05).all()


def test_with_chance_alone_small_p_values_are_as_rare_as_they_say():
    """Of 200 lotteries 5 % are below .05, but for four binomial errors."""
    low = 0
    for seed in range(200):
        level, growth = np.random.default_rng(seed).normal(size=(2, 12))
        m = wb.moments(earlier(level, growth, 6), cluster="user_id")
        low += randomisation_check(m, "everything", draws=99)["p_value"][0] <= 0.05
    assert low / 200 <= 0.05 + 4 * np.sqrt(0.05 * 0.95 / 200)


def test_without_a_week_before_there_is_nothing_to_compare():
    table = earlier(np.arange(6.0), np.ones(6), 3)
    with pytest.raises(wb.ContractError, match="there is no period before it"):
        randomisation_check(wb.moments(table, cluster="user_id"), "everything", anticipation=3)
