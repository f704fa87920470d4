"""Patterns: planted ones are found (ten seeds: benchmarks/segments.py); people who differ by degree have none."""

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import adjusted_rand_score

import workbench as wb
from workbench.contract import ContractError
from workbench.panel import actions, qualifying_actions, user_weeks
from workbench.patterns import NEVER, TOO_NEW, UNCLEAR, patterns, traits
from workbench.simulate import write


def of_folder(folder):
    """panel, kept rows, incentives"""
    source = wb.open_source(folder)
    panel = user_weeks(source, time_zone="Europe/Berlin", qualifying=qualifying_actions(source))
    return panel, actions(source, time_zone="Europe/Berlin"), source.incentives


def agreement(folder, found):
    """Adjusted Rand index with the planted patterns, over everybody whose history is long enough to have one."""
    truth = pd.read_csv(folder / "truth_patterns.csv", dtype=str).set_index("user_id")["pattern"]
    told = found.labels[found.labels["pattern"] != TOO_NEW]
    return adjusted_rand_score(truth[told["user_id"]], told["pattern"])


@pytest.fixture(scope="module")
def data(sample):
    return of_folder(sample)


@pytest.fixture(scope="module")
def found(data):
    return patterns(*data)


def test_the_samples_patterns_are_found(sample, found):
    assert agreement(sample, found) >= 0.8
    assert found.structured
    assert found.reproducibility > 0.8


def test_the_samples_patterns_have_their_names(sample, found):
    truth = pd.read_csv(sample / "truth_patterns.csv", dtype=str)
    both = truth.merge(found.labels[found.labels["pattern"] != TOO_NEW], on="user_id", suffixes=("_planted", ""))
    assert (both["pattern"] == both["pattern_planted"]).mean() > 0.9


@pytest.mark.parametrize("seed", range(2, 4))
def test_other_worlds_are_recovered_too(tmp_path, seed):
    write(tmp_path, users=1500, weeks=52, seed=seed)
    assert agreement(tmp_path, patterns(*of_folder(tmp_path))) >= 0.8


def test_the_same_input_gives_the_same_patterns_in_any_order(data, found):
    panel, log, incentives = data
    shuffled = panel.to_pandas().sample(frac=1, random_state=1)
    again = patterns(shuffled, log.to_pandas(), incentives.to_pandas())
    pd.testing.assert_frame_equal(again.labels, found.labels)
    pd.testing.assert_frame_equal(again.choice, found.choice, rtol=1e-6)


def test_new_people_are_assigned_to_the_patterns_found(data, found):
    pd.testing.assert_frame_equal(found.assign(traits(*data)), found.labels)


def test_everybody_has_exactly_one_pattern(data, found):
    assert found.labels["user_id"].is_unique
    assert len(found.labels) == data[0].sql("select count(distinct user_id) as n from this").to_arrow()["n"][0].as_py()
    assert found.centres["users"].sum() == len(found.labels)
    assert found.centres["share"].sum() == pytest.approx(1)


def test_who_never_came_never_started(data, found):
    panel = data[0].to_pandas().groupby("user_id")["active_days"].agg(["sum", "size"])
    never = panel[(panel["sum"] == 0) & (panel["size"] >= 26)].index
    assert set(never) == set(found.labels[found.labels["pattern"] == NEVER]["user_id"])


def test_one_more_and_one_fewer_group_are_reported(found):
    assert found.choice["chosen"].sum() == 1
    assert found.choice.loc[found.choice["chosen"], "agreement"].tolist() == [1.0]
    assert list(found.choice.columns) == ["groups", "patterns", "silhouette", "bic", "agreement", "chosen"]


def of_rates(rates, weeks=52, seed=0):
    """A panel and a log of people whose active days come from a rate of their own and chance alone."""
    rng = np.random.default_rng(seed)
    days = rng.binomial(5, np.clip(rates, 0, 1)[:, None], (len(rates), weeks))
    monday = pd.date_range("2025-01-06", periods=weeks, freq="7D")
    panel = pd.DataFrame({
        "user_id": np.repeat([f"u{i:04}" for i in range(len(rates))], weeks), "week": np.tile(monday, len(rates)),
        "active_days": days.ravel(), "actions": 2 * days.ravel(), "features": np.minimum(days.ravel(), 3), "compulsory": 0,
        "trained": pd.NaT, "team": "t",
    })  # fmt: skip
    log = panel[panel["active_days"] > 0].assign(date=lambda p: p["week"], action="create")
    return panel, log[["user_id", "date", "action"]]


@pytest.mark.parametrize("seed", range(3))
def test_people_who_differ_by_degree_have_no_patterns(seed):
    rates = np.random.default_rng(seed).normal(0.45, 0.1, 600)
    found = patterns(*of_rates(rates, seed=seed))
    assert not found.structured
    assert set(found.labels["pattern"]) == {UNCLEAR}
    assert found.about.startswith("No clear patterns among 600 people: their use differs by degree, not in kind")


def test_one_persons_traits_by_hand():
    panel, log = of_rates(np.zeros(1), weeks=28)
    use = np.array([0] * 7 + [1] * 8 + [3] * 4 + [1] * 8 + [4])
    panel = panel.assign(active_days=use, actions=2 * use, compulsory=use, features=2 * (use > 0))
    days = [("2025-01-06", "login"), ("2025-01-07", "login"), ("2025-01-07", "update"), ("2025-01-08", "login")]
    log = pd.DataFrame([("u0000", pd.Timestamp(d), a, 4, 3 * (a == "update")) for d, a in days],
                       columns=["user_id", "date", "action", "fields_required", "fields_filled"])  # fmt: skip
    log.loc[log["action"] == "login", "fields_required"] = 0
    week = panel["week"].dt.date
    reward = pd.DataFrame({"team": ["t"], "starts_on": [week[15]], "ends_on": [week[18]]})
    row = traits(panel, log, reward).to_pandas().iloc[0]
    assert row["level"] == pytest.approx((8 + 12 + 8 + 4) / 28)
    assert row["change"] == pytest.approx((6 + 4) / 7)  # the last seven weeks: six of 1, one of 4; the first seven: 0
    assert row["incentive_response"] == pytest.approx(3 - 1)
    assert row["unrewarded"] == pytest.approx(1)
    assert (row["depth"], row["breadth"], row["discretionary"]) == (2, 2, 0.5)
    assert (row["empty_days"], row["quality"]) == (2 / 28, 0.75)


def test_too_few_people_are_refused():
    with pytest.raises(
        ContractError, match="patterns need 100 people with 26 weeks of access and some use, but there are 20"
    ):
        patterns(*of_rates(np.full(20, 0.5)))
