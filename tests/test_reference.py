"""Published numbers and those of other implementations, to their printed digits."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from workbench.effects.bounds import bounds
from workbench.effects.did import att_gt
from workbench.effects.efficient import efficient
from workbench.effects.pretrends import pretrend
from workbench.effects.randomisation import redrawn
from workbench.effects.summaries import aggregate
from workbench.effects.two_way import bacon
from workbench.inference.intervals import simultaneous
from workbench.inference.moments import Moments, moments

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
        att = att_gt(m, COMPARISON[control], anticipation, base, small_sample=False, band=False)
        # Weighting by fitted probabilities stops at R's own convergence; the others are exact.
        tolerance = 1e-9 if method == "ipw" else 1e-12
        for quantity, given in rows.groupby("quantity"):
            compared += agree(quantity, given, att, tolerance)
    assert compared == 1112


def agree(quantity: str, given: pd.DataFrame, att: object, tolerance: float) -> int:
    """Every given number, looked up in ours; how many there were."""
    if quantity == "wald_pretest":
        assert wald(att) == pytest.approx(given["estimate"].iloc[0], rel=1e-8)
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


def wald(att: object) -> float:
    """Of all years before treatment, as R takes it: in years of anticipation, which `pretrend` leaves out, too."""
    statistic = pretrend(replace(att, _contrasts=replace(att.contrasts, anticipation=0)))["statistic"][0]
    return float(statistic)


def test_the_critical_values_of_the_bands(mpdta: pd.DataFrame):
    # R did 2.5.1, multiplier bootstrap: 2.661 for event time, 2.830 for all cohorts and years; 20,000 draws are ±0.02.
    att = att_gt(reduced(mpdta), "never_treated", small_sample=False)
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


def fading_together(periods: int, closeness: float) -> np.ndarray:
    """Covariance of effects that vary more the later, and together the nearer they are."""
    place = np.arange(periods)
    apart = np.abs(place[:, None] - place)
    return 0.02 * closeness**apart * (1 + 0.1 * np.minimum(place[:, None], place))


STUDIES = {
    "one base": (np.array([-0.04, -0.03, 0.05, -0.01, 0.9, 1.1]), 0.01 * (np.eye(6) + 1) / 2, 4),
    "drifting": (np.array([0.2, -0.1, 0.5, 0.7, 0.4]), fading_together(5, 0.5), 2),
    "falling": (np.array([0.1, -0.15, 0.05, -0.6, -0.9, -0.4]), fading_together(6, 0.3), 3),
}
# moderndid 0.2.0 with cvxpy, the mean of all effects after: create_sensitivity_results_sm(method="FLCI"), m = 0, .05, .1,
# and create_sensitivity_results_rm(method="C-LF"), M = .5, 1, 2, on a grid of 2,001 points from −1 to 3.
SMOOTH = {
    "one base": [[0.77878, 1.16335], [0.64735, 1.38276], [0.51951, 1.53620]],
    "drifting": [[0.39963, 1.18305], [0.20543, 1.30658], [-0.04942, 1.48576]],
    "falling": [[-0.90145, -0.32219], [-1.13870, -0.14749], [-1.41362, 0.05103]],
}
RELATIVE = {"one base": [[0.75, 1.25], [0.59, 1.41], [0.24, 1.76]]}


@pytest.mark.parametrize("study", STUDIES)
def test_smoothness_bounds_of_moderndid(study: str):
    effects, spread, pre = STUDIES[study]
    weights = np.full(len(effects) - pre, 1 / (len(effects) - pre))
    found = bounds(effects, spread, pre, weights, "smoothness", (0, 0.05, 0.1))
    np.testing.assert_allclose(found[["conf_low", "conf_high"]], SMOOTH[study], rtol=0, atol=5e-4)


def test_relative_magnitudes_of_moderndid():
    effects, spread, pre = STUDIES["one base"]
    found = bounds(effects, spread, pre, np.array([0.5, 0.5]), "relative_magnitudes", (0.5, 1, 2))
    np.testing.assert_allclose(found[["conf_low", "conf_high"]], RELATIVE["one base"], rtol=0, atol=2e-3)


def test_relative_magnitudes_where_one_parting_dwarfs_the_others():
    """By hand, half of it a period: the ends of what is possible are .533 ± .3, a sum of effects each, of which one
    alone is tested, at 5 % or a little less (its hybrid spends a tenth on the least favourable case): 1.645 to 1.693
    of its errors. moderndid ends at .064 and .898, less than half an error from the upper end: too near to be true."""
    effects, spread, pre = STUDIES["drifting"]
    found = bounds(effects, spread, pre, np.full(3, 1 / 3), "relative_magnitudes", (0.5,)).iloc[0]
    for end, side in (("conf_low", -1), ("conf_high", 1)):
        sums = np.array([side, -side, 1 / 3, 1 / 3, 1 / 3])
        errors = side * (found[end] - sums @ effects) / np.sqrt(sums @ spread @ sums)
        assert 1.645 <= errors <= 1.693


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


# ── dates drawn at random ───────────────────────────────────────────────────────────────────────────────────────

# R 4.2.2, the functions of `staggered` (J. Roth; create_A0_lists.R of 1.2, its compiled matrix products in plain R):
# staggered(df, estimand = …), staggered(df, estimand = "eventstudy", eventTime = …): estimate, se_neyman. Its `se` is
# smaller by what earlier use tells of how much effects differ (mpdta, simple: 0.01161384); ours is the Neyman one.
STAGGERED = {
    "mpdta": {
        "simple": (-0.0470539142103, 0.0116138787828296),
        "cohort": (-0.0298479505751157, 0.0125571289040765),
        "calendar": (-0.057988282972635, 0.0144374234853068),
        0: (-0.0174883647551464, 0.0120575064733653),
        1: (-0.0705403221784769, 0.0165033941370676),
        2: (-0.161464707216996, 0.0313252842674987),
        3: (-0.1137908293100691, 0.0340679009894909),
    },
    "some never": {
        "simple": (1.661114746408524, 0.393214197764946),
        "cohort": (1.667938701204505, 0.422124684729049),
        "calendar": (1.670864168713806, 0.389035996112347),
        0: (1.008768706491325, 0.602083425596547),
        1: (2.115546485425236, 0.569133102799071),
        2: (3.007185282828789, 0.563348141012030),
        3: (0.694444444444444, 0.767177847251257),
        4: (2.152777777777779, 0.656845963765155),
        5: (1.744236293428657, 0.873290702455805),
        6: (0.505818504839552, 0.959744470932735),
    },
    "everyone": {
        "simple": (1.900801343462215, 0.394118886464198),
        "cohort": (1.916632689407011, 0.414245528796771),
        "calendar": (1.776902112277559, 0.375308063836592),
        0: (0.926953114108474, 0.560392758248891),
        1: (1.968003552024876, 0.615389099017500),
        2: (3.065680288222870, 0.542006841168593),
        3: (1.026679586060544, 0.660549184726742),
        4: (1.960921526524257, 1.061991156858991),
        5: (2.607756666352989, 0.609669919566745),
    },
}


def by_formula(cohorts: list[float], units: int, weeks: int, alike: int, effect: object) -> pd.DataFrame:
    """A panel that any language writes the same: unit i of cohort i modulo their number, whole numbers by a formula."""
    unit, week = (part.ravel() for part in np.meshgrid(np.arange(units), np.arange(1, weeks + 1), indexing="ij"))
    trained = np.array(cohorts)[unit % len(cohorts)]
    since = np.where(week >= trained, week - trained, -1)
    use = (unit**2 + 3 * week**2 + 7 * unit * week) % 11 + unit % alike + effect(since)
    return pd.DataFrame({"user_id": unit, "week": week, "trained": trained, "active_days": use})


def growing(since: np.ndarray) -> np.ndarray:
    return np.where(since >= 0, 1 + since % 3, 0)


@pytest.mark.parametrize("name", STAGGERED)
def test_the_efficient_estimator_of_r_staggered(name: str, mpdta: pd.DataFrame):
    cohorts = {"some never": [4, 6, 9, np.nan, np.nan], "everyone": [3, 5, 6, 9, 9.0]}
    m = reduced(mpdta) if name == "mpdta" else moments(by_formula(cohorts[name], 90, 10, 4, growing))
    found = {
        by: efficient(m, by, drawn="everything", small_sample=False) for by in (None, "cohort", "period", "event_week")
    }
    weeks = found["event_week"].table.set_index("event_week")
    ours = {"simple": found[None].overall, "cohort": found["cohort"].overall, "calendar": found["period"].overall}
    ours |= {week: weeks.loc[week] for week in weeks.index}
    assert set(ours) == set(STAGGERED[name])
    for term, given in STAGGERED[name].items():
        assert ours[term][["estimate", "std_error"]].tolist() == pytest.approx(given, rel=1e-12, abs=0)


def test_every_order_of_the_dates_as_in_r_staggered():
    # The same functions with beta = 1 (staggered_cs), once for each order of the dates: how often |estimate/se_neyman|
    # is as large as with the true dates. staggered() itself looks at 500 orders by chance (compute_fisher = TRUE).
    dates = [3, 3, 5, 5, np.nan, np.nan, np.nan, np.nan]
    panel = by_formula(dates, 8, 6, 3, lambda since: 4 * (since >= 0))
    found = redrawn(moments(panel, cluster="user_id"), "everything").iloc[0]
    assert [found["estimate"], found["std_error"]] == pytest.approx([5.88888888888889, 2.54860164999758], rel=1e-12)
    assert [found["p_value"], found["draws"]] == pytest.approx([38 / 420, 420])
