"""Published numbers and those of other implementations, to their printed digits."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from workbench.bounds import bounds
from workbench.effects import aggregate, att_gt
from workbench.estimates import simultaneous
from workbench.moments import Moments, moments
from workbench.pretrends import pretrend
from workbench.regression import bacon

COMPARISON = {"nevertreated": "never_treated", "notyettreated": "not_yet_treated"}
BY = {"simple": None, "dynamic": "event_week", "group": "cohort", "calendar": "period"}
SETTING = ["control_group", "est_method", "base_period", "anticipation", "cluster", "covariate"]


@pytest.fixture(scope="module")
def mpdta(shared: Path) -> pd.DataFrame:
    """500 counties, 2003–2007, by first year of a higher minimum wage (Callaway & Sant'Anna 2021)."""
    panel = pd.read_csv(shared / "mpdta" / "mpdta.csv").merge(pd.read_csv(shared / "mpdta" / "mpdta_stratum.csv"))
    panel["first"] = panel["first.treat"].replace(0, np.nan)
    panel["state"] = panel["countyreal"] // 1000
    return panel


def reduced(panel: pd.DataFrame, cluster: str = "iid", covariate: object = None) -> Moments:
    return moments(
        panel,
        unit="countyreal",
        period="year",
        outcome="lemp",
        cohort="first",
        cluster="state" if cluster == "cl_state" else None,
        strata="stratum" if covariate == "stratum" else None,
    )


def reference(shared: Path) -> pd.DataFrame:
    """All rows that R `did` 2.5.1 gave without a continuous covariate (1,112 of 1,376)."""
    rows = pd.read_csv(shared / "mpdta" / "mpdta_reference_did_2.5.1.csv")
    return rows[rows["covariate"] != "lpop"]


def test_every_number_of_r_did(shared: Path, mpdta: pd.DataFrame):
    compared = 0
    for setting, rows in reference(shared).groupby(SETTING, dropna=False):
        control, method, base, anticipation, cluster, covariate = setting
        m = reduced(mpdta, cluster, covariate)
        att = att_gt(m, COMPARISON[control], anticipation, base, band=False)
        # Weighting by fitted probabilities stops at R's own convergence; the others are exact.
        tolerance = 1e-9 if method == "ipw" else 1e-12
        for quantity, given in rows.groupby("quantity"):
            compared += agree(quantity, given, att, tolerance)
    assert compared == 1112


def agree(quantity: str, given: pd.DataFrame, att: object, tolerance: float) -> int:
    """Every given number, looked up in ours; how many there were."""
    if quantity == "wald_pretest":
        assert pretrend(att)["statistic"][0] == pytest.approx(given["estimate"].iloc[0], rel=1e-8)
        return len(given)
    if quantity == "att_gt":
        ours = att.table.set_index(["cohort", "period"])
        keys = [(int(row.group_or_egt), int(row.time)) for row in given.itertuples()]
    else:
        found = aggregate(att, BY[quantity], band=False)
        ours = found.table.set_index(BY[quantity]) if BY[quantity] else found.table
        ours.loc["overall"] = found.overall
        keys = [key if key == "overall" else int(key) for key in given["group_or_egt"]]
    mine = ours.loc[keys, ["estimate", "std_error"]].to_numpy(float)
    assert np.allclose(mine, given[["estimate", "se"]], rtol=0, atol=tolerance, equal_nan=True)
    return len(given)


def test_the_critical_values_of_the_bands(mpdta: pd.DataFrame):
    # R did 2.5.1, multiplier bootstrap: 2.661 for event time, 2.830 for all cohorts and years; 20,000 draws are ±0.02.
    att = att_gt(reduced(mpdta), "never_treated")
    assert simultaneous(att._contrasts.covariance) == pytest.approx(2.830, abs=0.04)
    assert simultaneous(aggregate(att, "event_week")._contrasts.covariance) == pytest.approx(2.661, abs=0.04)


def medicaid(shared: Path) -> tuple[np.ndarray, np.ndarray]:
    """The event study of HonestDiD's README: insured share, states that expanded Medicaid in 2014 against 2013."""
    panel = pd.read_csv(shared / "honestdid" / "ehec_data.csv")
    panel = panel[(panel["yexp2"] != 2015) & (panel["year"] < 2016)]
    expanded = (panel["yexp2"] == 2014).to_numpy(float)
    years = [year for year in sorted(panel["year"].unique()) if year != 2013]
    effects = np.column_stack([expanded * (panel["year"] == year) for year in years])
    fixed = np.column_stack([pd.get_dummies(panel["stfips"]), pd.get_dummies(panel["year"]).iloc[:, 1:]]).astype(float)
    return clustered_regression(panel["dins"].to_numpy(), effects, fixed, panel["stfips"])


def clustered_regression(
    y: np.ndarray, effects: np.ndarray, fixed: np.ndarray, cluster: pd.Series
) -> tuple[np.ndarray, np.ndarray]:
    """Least squares, covariance by cluster with the factors of R's fixest (units' own effects are not counted)."""
    x = np.column_stack([effects, fixed])
    coefficients = np.linalg.lstsq(x, y, rcond=None)[0]
    scores = pd.DataFrame(x * (y - x @ coefficients)[:, None]).groupby(cluster.to_numpy()).sum().to_numpy()
    bread, groups, k = np.linalg.pinv(x.T @ x), len(scores), effects.shape[1]
    covariance = bread @ scores.T @ scores @ bread * groups / (groups - 1)
    counted = k + fixed.shape[1] - groups + 1
    return coefficients[:k], covariance[:k, :k] * (len(y) - 1) / (len(y) - counted)


def test_smoothness_bounds_as_published(shared: Path):
    # HonestDiD README: first year after; printed to three digits; its optimiser stops short of the shortest interval.
    found = bounds(*medicaid(shared), 5, np.array([1.0, 0]), "smoothness", (0, 0.01, 0.02, 0.03, 0.04, 0.05))
    low = [0.0259, 0.0132, 0.00286, -0.00714, -0.0171, -0.0271]
    high = [0.0607, 0.0787, 0.0907, 0.101, 0.111, 0.121]
    assert np.allclose(found[["conf_low", "conf_high"]], np.column_stack([low, high]), rtol=0, atol=3e-4)


def test_relative_magnitudes_as_published(shared: Path):
    # Same README; the interval there ends on points of a grid with steps of .00037, its critical value on 1,000 draws.
    found = bounds(*medicaid(shared), 5, np.array([1.0, 0]), "relative_magnitudes", (0.5, 1, 1.5, 2))
    low, high = [0.0241, 0.0171, 0.00859, -0.00107], [0.0673, 0.0720, 0.0796, 0.0883]
    assert np.allclose(found[["conf_low", "conf_high"]], np.column_stack([low, high]), rtol=0, atol=5e-4)
    assert 1.5 < found.breakdown < 2


def test_what_the_regression_of_mpdta_compares(mpdta: pd.DataFrame):
    m = reduced(mpdta)
    weights = bacon(m)
    # By hand: shares of counties .04, .08, .262, .618 and of treated years 4/5, 2/5, 1/5 (Goodman-Bacon 2021, eq. 10).
    never = weights[weights["kind"] == "treated against never"].set_index("treated")["weight"]
    sizes = {2004: (20, 0.8), 2006: (40, 0.4), 2007: (131, 0.2)}
    expected = {g: n * 309 * d * (1 - d) for g, (n, d) in sizes.items()}
    assert never[2004] / never[2007] == pytest.approx(expected[2004] / expected[2007])
    assert never[2006] / never[2007] == pytest.approx(expected[2006] / expected[2007])
    assert weights["weight"].sum() == pytest.approx(1)
