"""Patterns: planted ones are found (ten seeds: benchmarks/segments.py); people who differ by degree have none."""

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import adjusted_rand_score

import workbench as wb
from workbench.errors import ContractError
from workbench.panel.events import actions, qualifying_actions
from workbench.panel.user_weeks import user_weeks
from workbench.segments.patterns import NEVER, TOO_NEW, UNCLEAR, patterns
from workbench.segments.traits import traits

CALLED = {  # the planted pattern → what pages call it, by what people do and not by why
    "champion": "very frequent",
    "going through the motions": "log in but rarely work",
    "incentive-driven": "active when rewarded",
    "late bloomer": "late starter",
    "resister": "hardly use it",
}


@pytest.fixture(scope="module")
def data(sample):
    """panel, kept rows, incentives"""
    source = wb.open_source(sample)
    panel = user_weeks(source, time_zone="Europe/Berlin", qualifying=qualifying_actions(source)).stored()
    return panel, actions(source, time_zone="Europe/Berlin").stored(), source.incentives


@pytest.fixture(scope="module")
def found(data):
    return patterns(*data)


@pytest.fixture(scope="module")
def planted(sample):
    return pd.read_csv(sample / "truth_patterns.csv", dtype=str).set_index("user_id")["pattern"]


def test_the_samples_planted_patterns_are_found(found, planted):
    told = found.labels[found.labels["pattern"] != TOO_NEW]
    assert adjusted_rand_score(planted[told["user_id"]], told["pattern"]) >= 0.8
    assert found.structured
    assert found.agreement > 0.8


def test_the_samples_patterns_have_their_names(found, planted):
    told = found.labels[found.labels["pattern"] != TOO_NEW]
    names = planted[told["user_id"]].replace(CALLED)
    assert (names.to_numpy() == told["pattern"]).mean() > 0.9


def test_every_planted_pattern_is_stable(found):
    judged = found.centres[found.centres["agreement"].notna()]
    assert set(judged["verdict"]) == {"stable"}
    assert judged["found_again"].between(0.9, 1).all()


def test_new_people_are_assigned_to_the_patterns_found_in_any_order_of_rows(data, found):
    panel, log, incentives = data
    shuffled = panel.to_pandas().sample(frac=1, random_state=1)
    pd.testing.assert_frame_equal(found.assign(traits(shuffled, log.to_pandas(), incentives.to_pandas())), found.labels)


def test_everybody_has_exactly_one_pattern(data, found):
    assert found.labels["user_id"].is_unique
    assert len(found.labels) == data[0].sql("select count(distinct user_id) as n from this").to_arrow()["n"][0].as_py()
    assert found.centres["n"].sum() == len(found.labels)
    assert found.centres["of_all"].sum() == pytest.approx(1)


def test_who_never_came_never_started(data, found):
    panel = data[0].to_pandas().groupby("user_id")["active_days"].agg(["sum", "size"])
    never = panel[(panel["sum"] == 0) & (panel["size"] >= 26)].index
    assert set(never) == set(found.labels[found.labels["pattern"] == NEVER]["user_id"])


def test_one_more_and_one_fewer_group_are_reported(found, planted):
    near = found.near_choice()
    assert near.loc[near["chosen"], "least"].item() == found.centres["agreement"].min()  # as the table above it says
    chosen = near.loc[near["chosen"]]
    assert near["groups"].diff().dropna().eq(1).all()
    assert near["chosen"].tolist() == [False, True, False]
    assert chosen["patterns"].item() == len(set(planted) - {NEVER})  # as many as were planted
    assert (near.loc[~near["chosen"], "agreement"] < 1).all()


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


@pytest.mark.parametrize("shape", ["normal", "skewed"])
def test_people_who_differ_by_degree_have_no_patterns(shape):
    rng = np.random.default_rng(1)
    rates = {"normal": rng.normal(0.45, 0.1, 300), "skewed": rng.beta(1.2, 5, 300)}[shape]
    found = patterns(*of_rates(rates, seed=1))
    assert not found.structured
    assert set(found.labels["pattern"]) <= {UNCLEAR, NEVER}
    assert str(found).startswith("No clear patterns among ")
    assert str(found).endswith(" people: their use differs by degree, not in kind.")


def test_two_kinds_of_people_are_two_patterns():
    rng = np.random.default_rng(2)
    kinds = np.repeat([0, 1], [100, 200])
    found = patterns(*of_rates(0.12 + 0.6 * kinds + rng.normal(0, 0.01, 300)))
    assert found.structured
    assert adjusted_rand_score(kinds, found.labels["pattern"]) > 0.9
    assert set(found.labels["pattern"]) == {"hardly use it", "very frequent"}


def test_too_few_people_are_refused():
    with pytest.raises(ContractError) as refused:
        patterns(*of_rates(np.full(20, 0.5)))
    assert str(refused.value) == (
        "patterns need 100 people with 26 weeks of access and some use, but there are 20.\n"
        "  Take a longer period, or show usage segments instead."
    )
