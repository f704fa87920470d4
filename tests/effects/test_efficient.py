"""The efficient estimator: by hand, and as an analysis of covariance; R's numbers are in test_reference.py."""

from __future__ import annotations

import numpy as np
import pytest
from small_worlds import two_groups
from statsmodels.api import OLS

import workbench as wb


def test_the_efficient_estimator_of_two_weeks_by_hand():
    """Roth & Sant'Anna (2023), section 2: β = Cov(Δafter, Δbefore)/Var(Δbefore), each the sum over groups of S/n."""
    table, ours, theirs = two_groups()
    spread = sum(np.cov(paths.T) / len(paths) for paths in (ours, theirs))
    before, after = ours.mean(axis=0) - theirs.mean(axis=0)
    beta = spread[0, 1] / spread[0, 0]
    found = wb.efficient(wb.moments(table), small_sample=False).overall
    error = np.sqrt(spread[1, 1] - spread[0, 1] ** 2 / spread[0, 0])
    assert found["estimate"] == pytest.approx(after - beta * before)
    assert found["std_error"] == pytest.approx(error)
    assert found["conf_high"] == pytest.approx(found["estimate"] + 1.959964 * error)
    assert found["std_error"] < wb.aggregate(wb.att_gt(wb.moments(table))).overall["std_error"]


def test_the_efficient_estimator_of_two_groups_of_one_size_is_their_analysis_of_covariance():
    """Where both vary alike, β is the slope within groups, and its doubt is known exactly: statsmodels' OLS."""
    table, ours, theirs = two_groups()
    treated = np.repeat([1, 0], [len(ours), len(theirs)])
    before, after = np.concatenate([ours, theirs]).T
    line = OLS(after, np.column_stack([treated, np.ones(len(treated)), before])).fit()
    found = wb.efficient(wb.moments(table)).overall
    assert found["estimate"] == pytest.approx(line.params[0])
    assert found["std_error"] == pytest.approx(line.bse[0])
    assert found[["conf_low", "conf_high"]].tolist() == pytest.approx(line.conf_int()[0].tolist(), rel=1e-4)
