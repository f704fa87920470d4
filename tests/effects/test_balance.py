"""Balance and overlap by hand, and by what the odds of treatment must do."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

import workbench as wb


def panel(seed: int = 0, strength: float = 0.5, n: int = 600) -> pd.DataFrame:
    """Two waves and never; those longer in the job are trained more often."""
    rng = np.random.default_rng(seed)
    rows = pd.DataFrame({"user_id": np.arange(n), "tenure": rng.normal(5, 2, n), "role": rng.choice(["a", "b"], n)})
    part = rng.random(n) < 1 / (1 + np.exp(-strength * (rows["tenure"] - 5)))
    rows["trained"] = np.where(part, rng.choice([2.0, 3.0], n), np.nan)
    return pd.concat([rows.assign(week=week, active_days=rng.poisson(2, n)) for week in (1, 2, 3)])


def test_standardised_differences_by_hand():
    table = panel()
    found = wb.balance(table, ["tenure", "role"])
    assert found[["cohort", "covariate"]].values.tolist() == [
        [2, "tenure"], [2, "role: b"], [3, "tenure"], [3, "role: b"],
    ]  # fmt: skip
    people = table.query("week == 1")
    ours, theirs = people.query("trained == 2")["tenure"], people.query("trained != 2")["tenure"]
    scale = np.sqrt((ours.var() + theirs.var()) / 2)
    expected = [ours.mean(), theirs.mean(), (ours.mean() - theirs.mean()) / scale]
    np.testing.assert_allclose(found.loc[0, ["treated", "compared", "difference"]].astype(float), expected)


def test_those_never_treated_are_compared_with_where_that_is_asked():
    found = wb.balance(panel(), ["tenure"], comparison="never_treated")
    never = panel().query("week == 1 and trained != trained")["tenure"].mean()
    assert found["compared"].tolist() == pytest.approx([never, never])


def test_weighed_by_their_odds_the_compared_are_like_the_treated():
    """Against the never treated the odds are a logit, as planted: a tenth of the difference is left at most."""
    found = wb.balance(panel(strength=0.5, n=3_000), ["tenure"], comparison="never_treated")
    assert (found["difference"].abs() > 0.25).all()
    assert (found["weighted"].abs() < found["difference"].abs() / 10).all()


@pytest.mark.parametrize(("shift", "verdict"), [(0.05, "alike"), (0.2, "adjustable"), (0.3, "unlike")])
def test_verdicts_follow_the_written_rule(shift, verdict):
    """Both groups the same five values of standard deviation 1, shifted by so much."""
    values = np.array([-1.2649, -0.6325, 0, 0.6325, 1.2649]) / 1.0000
    rows = pd.DataFrame({"user_id": np.arange(10), "x": np.concatenate([values + shift, values])})
    rows["trained"] = np.repeat([2.0, np.nan], 5)
    table = pd.concat([rows.assign(week=week, active_days=rows["user_id"] * week % 7) for week in (1, 2)])
    found = wb.balance(table, ["x"])
    assert found["difference"].item() == pytest.approx(shift, rel=1e-3)
    assert found["verdict"].item() == verdict


def test_overlap_by_statsmodels():
    table = panel(1)
    found = wb.overlap(table, ["tenure"], comparison="never_treated").iloc[0]
    people = table.query("week == 1 and trained != 3")
    ours = (people["trained"] == 2).to_numpy()
    chance = sm.Logit(ours, sm.add_constant(people["tenure"])).fit(disp=0, tol=1e-12).predict()
    odds = chance[~ours] / (1 - chance[~ours])
    outside = np.mean((chance[ours] > chance[~ours].max()) | (chance[ours] < chance[~ours].min()))
    expected = [ours.sum(), (~ours).sum(), outside, odds.sum() ** 2 / (odds**2).sum(), odds.max() / odds.sum()]
    numbers = found[["treated", "compared", "outside", "effective", "heaviest"]].astype(float)
    np.testing.assert_allclose(numbers, expected, rtol=1e-6)
    assert found["verdict"] == "good"


def test_no_overlap_and_a_thin_one():
    apart = panel(2).assign(tenure=lambda rows: rows["tenure"] + 30 * (rows["trained"] == 2))
    assert wb.overlap(apart, ["tenure"])["verdict"].tolist() == ["none", "good"]
    strong = wb.overlap(panel(3, strength=1.0), ["tenure"], comparison="never_treated")
    assert strong["verdict"].tolist() == ["thin", "thin"]
