"""Wilson's interval against other implementations and by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binomtest, norm

from workbench.results.shares import shares, wilson


@pytest.mark.parametrize(("k", "n", "level"), [(1, 10, 0.95), (5, 10, 0.95), (81, 263, 0.95), (15, 148, 0.9)])
def test_the_interval_is_scipys(k: int, n: int, level: float) -> None:
    theirs = binomtest(k, n).proportion_ci(level, method="wilson")
    ours = wilson(np.array([k]), np.array([n]), level)
    assert ours["conf_low"][0] == pytest.approx(theirs.low, abs=1e-12)
    assert ours["conf_high"][0] == pytest.approx(theirs.high, abs=1e-12)


def test_the_interval_agrees_with_newcombes_printed_table() -> None:
    # Newcombe (1998), Statistics in Medicine 17, 857–872, table I, method 3: 81/263, 15/148, 0/20, 1/29.
    ours = wilson(np.array([81, 15, 0, 1]), np.array([263, 148, 20, 29]))
    low, high = [0.2553, 0.0624, 0.0000, 0.0061], [0.3662, 0.1605, 0.1611, 0.1718]
    np.testing.assert_allclose(ours["conf_low"], low, atol=5e-5)
    np.testing.assert_allclose(ours["conf_high"], high, atol=5e-5)


def test_nobody_and_everybody_end_at_0_and_1_and_a_share_of_no_people_is_missing() -> None:
    ours = wilson(np.array([0, 7, 0]), np.array([7, 7, 0]))
    z = norm.ppf(0.975)
    assert (ours["conf_low"][0], ours["conf_high"][1]) == (0.0, 1.0)
    # By hand: with k = 0 the upper end is z² / (n + z²).
    assert ours["conf_high"][0] == pytest.approx(z**2 / (7 + z**2), abs=1e-12)
    assert all(np.isnan(column[2]) for column in ours.values())


def test_a_table_of_counts_becomes_estimates_row_by_row() -> None:
    counts = pd.DataFrame({"team": ["a", "b"], "k": [1, 3], "n": [4, 4], "spare": 0}, index=[7, 8])
    found = shares(counts, ["team"], "share of people", "Active people")
    assert found.table[["team", "estimate", "n"]].to_dict("list") == {"team": ["a", "b"], "estimate": [0.25, 0.75], "n": [4, 4]}  # fmt: skip
    # By hand: √(¼·¾/4).
    np.testing.assert_allclose(found.table["std_error"], np.sqrt(0.25 * 0.75 / 4))
    assert found.about == "Active people; likely ranges (Wilson, 95%)"
