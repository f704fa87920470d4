"""What an incentive did to the signs of work for show: differences by hand, and against Welch and att_gt."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import workbench as wb
from workbench.programmes import gaming, signs
from workbench.programmes.comparison import Comparison, Comparisons
from workbench.programmes.signs import Sign

MONDAYS = [f"{day:%Y-%m-%d}" for day in pd.date_range("2025-01-06", periods=12, freq="7D")]
SHARE = Sign("part", "part", "whole", "share of the whole")


def teams(told: int = 4, others: int = 6, seed: int = 3) -> pd.DataFrame:
    """Twelve weeks; the told teams have an incentive in weeks 4–7, in which half of every part is gone."""
    rng = np.random.default_rng(seed)
    grid = pd.MultiIndex.from_product([range(told + others), range(12)], names=["place", "number"]).to_frame(
        index=False
    )
    has = grid["place"] < told
    on = has & grid["number"].between(4, 7)
    whole = rng.integers(5, 15, len(grid))
    return pd.DataFrame(
        {
            "user_id": [f"u{place}" for place in grid["place"]],
            "team": [f"t{place}" for place in grid["place"]],
            "week": pd.to_datetime([MONDAYS[number] for number in grid["number"]]),
            "began": pd.to_datetime(np.where(has, MONDAYS[4], None)),
            "ended": pd.to_datetime(np.where(has, MONDAYS[8], None)),
            "whole": whole,
            "part": rng.binomial(whole, np.where(on, 0.4, 0.8)),
            "made": whole,
        }
    )


def before_and_during(table: pd.DataFrame) -> pd.DataFrame:
    """Slow and obvious, for one person a team: each team's share in weeks 0–3 and 4–7."""
    phases = {0: MONDAYS[:4], 1: MONDAYS[4:8]}
    sums = {i: table[table["week"].isin(pd.to_datetime(weeks))].groupby("team").sum(numeric_only=True) for i, weeks in phases.items()}  # fmt: skip
    return pd.DataFrame({i: each["part"] / each["whole"] for i, each in sums.items()})


def test_the_change_is_welchs_difference_of_the_teams_changes() -> None:
    table = teams()
    row = gaming.changes(wb.as_table(table), signs=[SHARE]).table.iloc[0]
    change = before_and_during(table).diff(axis=1)[1]
    told = [f"t{place}" for place in range(4)]
    expected = stats.ttest_ind(change[told], change.drop(told), equal_var=False)
    ends = expected.confidence_interval()
    assert row["estimate"] == pytest.approx(change[told].mean() - change.drop(told).mean())
    assert (row["conf_low"], row["conf_high"]) == pytest.approx((ends.low, ends.high))
    assert (row["band_low"], row["band_high"]) == pytest.approx((ends.low, ends.high))  # one sign is all signs
    assert row["conf_high"] < -0.2
    assert row["n"] == 4


def test_it_is_the_difference_in_differences_of_att_gt() -> None:
    """The same estimate and standard error as the house's own estimator with its correction for few clusters."""
    table = teams()
    shares = before_and_during(table).reset_index().melt("team", var_name="phase").astype({"phase": "int64"})
    told = shares["team"].isin([f"t{place}" for place in range(4)])
    m = wb.moments(shares.assign(start=np.where(told, 1.0, np.nan)), "team", "phase", "value", cohort="start")
    expected = wb.aggregate(wb.att_gt(m, small_sample=True)).table.iloc[0]
    row = gaming.changes(wb.as_table(table), signs=[SHARE]).table.iloc[0]
    assert row[["estimate", "std_error"]].tolist() == pytest.approx(expected[["estimate", "std_error"]].tolist())


def test_more_work_by_the_careless_is_no_worse_work() -> None:
    """A second person in every team, careless all the time, works ten times as much while the incentive is on."""
    steady = teams().assign(part=lambda t: t["whole"] * 0.8)
    careless = steady.assign(user_id=lambda t: t["user_id"] + "c", part=lambda t: t["whole"] * 0.2)
    busy = careless["week"].ge(MONDAYS[4]) & careless["week"].le(MONDAYS[7]) & careless["began"].notna()
    for name in ("part", "whole", "made"):
        careless[name] = careless[name] * np.where(busy, 10, 1)
    both = pd.concat([steady, careless], ignore_index=True)
    row = gaming.changes(wb.as_table(both), signs=[SHARE]).table.iloc[0]
    assert abs(row["estimate"]) < 1e-9


def test_a_burst_before_the_deadline_is_held_against_other_teams() -> None:
    """Four weeks of 10 each, a quarter in the last; the told make 30 in theirs: half of 60."""
    last = pd.to_datetime(MONDAYS[7])
    table = teams().assign(made=lambda t: np.where(t["began"].notna() & (t["week"] == last), 30, 10))
    rng = np.random.default_rng(2)
    table["made"] += rng.integers(0, 2, len(table))
    row = gaming.changes(wb.as_table(table), signs=[Sign("late", "made", "made", "", deadline=True)]).table.iloc[0]
    assert row["during"] == pytest.approx(0.5, abs=0.03)
    assert row["others"] == pytest.approx(0.25, abs=0.03)
    assert np.isnan(row["before"])
    assert row["estimate"] == pytest.approx(0.25, abs=0.03)


def test_one_sign_stands_alone_in_its_own_unit() -> None:
    table = teams().rename(columns={"part": "filled", "whole": "required"})
    filled = next(sign for sign in signs.SIGNS if sign.name == "fields filled")
    rows = wb.as_table(table)
    race = Comparisons("incentive", [Comparison("race", rows, rows, rows)])
    found = gaming.sign_studies({"race": gaming.changes(rows, signs=[filled])}, race, "fields filled")["race"].effect
    assert (found.unit, len(found.table)) == ("share of required fields filled in new records", 1)


def test_the_weeks_after_have_no_deadline() -> None:
    found = gaming.changes(wb.as_table(teams()), "after", [SHARE, Sign("late", "made", "made", "", deadline=True)])
    assert found.table["sign"].tolist() == ["part"]
    assert abs(found.table["estimate"][0]) < 0.1


def test_teams_without_any_of_it_are_left_out_and_said() -> None:
    table = teams()
    nothing = table["team"] == "t9"
    table.loc[nothing, ["whole", "part"]] = 0
    found = gaming.changes(wb.as_table(table), signs=[SHARE])
    assert found.notes == ("part: 1 of 10 teams have none to judge by.",)


def test_one_team_alone_is_no_answer() -> None:
    with pytest.raises(wb.ContractError, match="two without, but there are 1 and 6"):
        gaming.changes(wb.as_table(teams(told=1)), signs=[SHARE])


def test_an_incentive_on_from_the_first_week_has_no_before() -> None:
    table = teams().assign(began=lambda t: t["began"].where(t["began"].isna(), pd.Timestamp(MONDAYS[0])))
    with pytest.raises(wb.ContractError, match="no week is seen both before an incentive and while it was on"):
        gaming.changes(wb.as_table(table), signs=[SHARE])
