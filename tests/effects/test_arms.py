"""Arms, groups and what the next wave would show, against planted truths and by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import workbench as wb
from workbench.errors import ContractError


def arms(effect: dict[str, float], people: int = 30, seed: int = 0) -> pd.DataFrame:
    """User-weeks of people who get an arm in week 2 of 4, or none."""
    rng = np.random.default_rng(seed)
    rows = []
    for arm, size in {**effect, "": 0.0}.items():
        for i in range(people):
            own = rng.normal()
            rows += [(f"{arm}-{i}", week, arm if week >= 2 and arm else None, own + size * (week >= 2) + rng.normal(scale=0.1))
                     for week in range(4)]  # fmt: skip
    return pd.DataFrame(rows, columns=["user_id", "week", "arm", "active_days"]).sort_values(["user_id", "week"])


def test_each_further_hour_adds_what_was_planted():
    m = wb.moments(arms({"2": 0.4, "4": 0.8, "6": 1.2}), treatment="arm")
    row = wb.slope(wb.path_effects(m, by="arm", small_sample=True), "arm").table.iloc[0]
    assert row["conf_low"] < 0.2 < row["conf_high"]
    assert row["conf_high"] - row["conf_low"] < 0.06


def test_the_slope_of_two_rows_is_their_difference_by_the_step():
    found = wb.path_effects(wb.moments(arms({"2": 0.4, "4": 0.8}), treatment="arm"), by="arm")
    row, gap = wb.slope(found, "arm").table.iloc[0], wb.differences(found).table.iloc[0]
    assert (row["estimate"], row["std_error"]) == pytest.approx((-gap["estimate"] / 2, gap["std_error"] / 2))


def test_a_slope_needs_two_values():
    found = wb.path_effects(wb.moments(arms({"2": 0.4}), treatment="arm"), by="arm")
    with pytest.raises(ContractError, match="a slope needs two values of arm, but there is only 2"):
        wb.slope(found, "arm")


def test_each_group_is_held_against_its_own_untreated():
    panel = pd.concat([
        arms({"on": size}, seed=seed).assign(role=role, user_id=lambda p, r=role: r + p["user_id"])
        for seed, (role, size) in enumerate({"seller": 1.0, "agent": 0.0}.items())
    ])  # fmt: skip
    few = arms({"on": 5.0}, people=10, seed=9).assign(role="boss", user_id=lambda p: "boss" + p["user_id"])
    panel = pd.concat([panel, few])
    panel["trained"] = np.where(panel["user_id"].str.contains("on"), 2.0, np.nan)
    found, reasons = wb.by_group(panel, "role")
    assert set(found) == {"seller", "agent"}
    assert reasons == {"boss": "fewer than 20 were treated"}  # ten
    assert found["seller"].overall["conf_low"] < 1 < found["seller"].overall["conf_high"]
    assert abs(found["agent"].overall["estimate"]) < 0.1


def test_four_times_the_people_show_half_the_effect():
    row = pd.Series({"estimate": 0.5, "std_error": 0.1, "conf_low": 0.3, "conf_high": 0.7, "n": 100})
    table = wb.detectable(wb.Estimates(pd.DataFrame([row]), "days", "made up", overall=row), (100, 400))
    assert table["effect"].tolist() == pytest.approx([0.2802, 0.1401], abs=1e-4)  # (1.960 + 0.842) · 0.1
