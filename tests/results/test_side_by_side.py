"""Several effects side by side, and a band for all of them at once."""

from __future__ import annotations

import pandas as pd
import pytest
from scipy import stats

import workbench as wb
from workbench.errors import ContractError
from workbench.results.estimates import Estimates
from workbench.results.side_by_side import pairs, side_by_side


def found(estimate: float, unit: str = "days") -> Estimates:
    row = pd.Series({"estimate": estimate, "std_error": 1.0, "conf_low": estimate - 1.959964, "conf_high": estimate + 1.959964, "n": 9})  # fmt: skip
    return Estimates(pd.DataFrame([row]), unit, "made up", overall=row)


def test_the_band_of_two_is_as_wide_as_dunns_table_says() -> None:
    # Dunn 1961, table 1: two comparisons at 95 %, infinite degrees of freedom: 2.24 standard errors.
    both = side_by_side({"a": found(1.0), "b": found(0.0)}, "programme").table
    assert both["programme"].tolist() == ["a", "b"]
    assert both["band_high"].round(2).tolist() == [3.24, 2.24]
    assert both["band_low"].round(2).tolist() == [-1.24, -2.24]


def test_the_band_of_few_teams_is_that_of_their_t_distribution() -> None:
    few = found(1.0)
    few.overall["conf_low"], few.overall["conf_high"] = 1 - stats.t.ppf(0.975, 4), 1 + stats.t.ppf(0.975, 4)
    both = side_by_side({"few": few, "many": found(0.0)}, "programme").table
    # Bonferroni for two: t with 4 degrees of freedom at 1.25 % a side is 3.495 (tables of Student's t)
    assert both["band_high"].tolist() == pytest.approx([1 + 3.495, 2.2414], abs=1e-3)


def test_the_band_of_one_is_its_interval() -> None:
    row = side_by_side({"a": found(1.0)}, "programme").table.iloc[0]
    assert (row.band_low, row.band_high) == pytest.approx((row.conf_low, row.conf_high))


def test_effects_in_different_units_are_not_put_side_by_side() -> None:
    with pytest.raises(ContractError, match="in one unit, but these are in"):
        side_by_side({"a": found(1.0), "b": found(1.0, "logins")}, "programme")


def test_pairs_of_one_kind_only_have_their_own_interval() -> None:
    alone = pd.DataFrame([{"arm_a": "a", "arm_b": "b", "estimate": 1.0, "conf_low": 0.5, "conf_high": 1.5}])
    several = alone.assign(band_low=0.2, band_high=1.8)
    both = pairs([wb.Estimates(alone, "days", ""), wb.Estimates(several, "days", "")])
    assert both[["band_low", "band_high"]].to_numpy().tolist() == [[0.5, 1.5], [0.2, 1.8]]
    assert pairs([]).empty


def test_pairs_stand_under_the_names_that_a_page_gives_them() -> None:
    one = pd.DataFrame(
        {"arm_a": ["Prize"], "arm_b": ["Race"], "estimate": [0.2], "conf_low": [-0.1], "conf_high": [0.5]}
    )
    names = {"Prize": "Prize (bonus)", "Race": "Race (contest)"}
    table = pairs([wb.Estimates(one, "active days a week", "made up")], names)
    assert table.to_numpy().tolist() == [["Prize (bonus)", "Race (contest)", 0.2, -0.1, 0.5]]
