"""The regression and its parts: statsmodels, diff-diff, and by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from peers import quietly
from random_panels import panel, seeds
from statsmodels.api import OLS

import workbench as wb
from workbench.effects.two_way import by_kind

few = settings(max_examples=8, deadline=None)


@given(seeds)
@few
@pytest.mark.parametrize("cluster", [None, "team"])
def test_the_regression_is_that_of_statsmodels_with_dummies(cluster: str | None, seed: int):

    table = panel(seed, users=30)
    on = (table["week"] >= table["trained"]).to_numpy(float)
    fixed = pd.get_dummies(table[["user_id", "week"]].astype(str)).to_numpy(float)
    spread = {"groups": table[cluster or "user_id"].to_numpy(), "use_correction": False}
    x = np.column_stack([on, fixed[:, :-1]])  # one week is the others' measure
    theirs = OLS(table["active_days"].to_numpy(float), x).fit(cov_type="cluster", cov_kwds=spread)
    found = wb.twfe(wb.moments(table, cluster=cluster)).table.iloc[0]
    assert [found["estimate"], found["std_error"]] == pytest.approx([theirs.params[0], theirs.bse[0]])


@pytest.mark.peers
@given(seeds)
@few
def test_the_regression_is_the_mean_of_its_comparisons_as_diff_diff_has_them(seed: int):
    from diff_diff import bacon_decompose

    table = panel(seed, users=30)
    m = wb.moments(table)
    parts = wb.bacon(m).astype({"control": object})
    assert parts["weight"] @ parts["estimate"] == pytest.approx(wb.twfe(m).table["estimate"][0])
    zero = table.fillna({"trained": 0})
    theirs = quietly(lambda: bacon_decompose(zero, "active_days", "user_id", "week", "trained", weights="exact"))
    compared = {(c.treated_group, c.control_group): c for c in theirs.comparisons}
    for row in parts.fillna({"control": "never_treated"}).itertuples():
        same = compared[row.treated, row.control]
        assert [row.estimate, row.weight] == pytest.approx([same.estimate, same.weight])


def test_kinds_of_comparison_are_weighted_means_by_hand():
    parts = pd.DataFrame({"kind": ["a", "b", "a"], "weight": [0.2, 0.5, 0.3], "estimate": [1.0, 4.0, 2.0]})
    assert by_kind(parts).to_dict("list") == {"kind": ["a", "b"], "weight": [0.5, 0.5], "estimate": [1.6, 4.0]}


@pytest.mark.parametrize("ask", [wb.twfe, wb.bacon])
def test_strata_are_refused_because_the_regression_would_ignore_them(ask: Any):
    m = wb.moments(panel(0).assign(role=lambda rows: rows["user_id"] % 2), strata="role")
    with pytest.raises(wb.ContractError) as refused:
        ask(m)
    assert str(refused.value) == (
        "the regression compares everybody with everybody, but these moments compare within 2 strata.\n"
        "  Take them without strata=, or ask att_gt(m), which compares within strata."
    )
