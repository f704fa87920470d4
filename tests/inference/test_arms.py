"""What the regressions of an experiment estimate, by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from workbench.errors import ContractError
from workbench.inference.arms import arm_moments, by_precision, by_size, fit_of
from workbench.inference.people import Roles, read_people


def table() -> pd.DataFrame:
    """Two sites: 2 of 4 and 2 of 8 drew the arm (numbered 1)."""
    rng = np.random.default_rng(0)
    drew = [1, 1, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0]
    return pd.DataFrame({"site": ["x"] * 4 + ["y"] * 8, "drew": drew, "days": rng.normal(size=12), "age": range(12)})


def effect(plans, people) -> float:
    (plan,) = plans
    return (plan.sums.T @ fit_of(people, plans, people.outcome[:, None]).coefficients).item()


def differences() -> pd.Series:
    means = table().groupby(["site", "drew"])["days"].mean().unstack()
    return means[1] - means[0]


def test_blocks_weigh_by_their_people_by_hand():
    people = read_people(table(), Roles("days", "drew", block="site"))
    assert effect(by_size(people), people) == pytest.approx(differences() @ [4 / 12, 8 / 12])


def test_blocks_weigh_by_what_they_tell_by_hand():
    """In proportion to n·p·(1 − p): 4·½·½ and 8·¼·¾ (Angrist 1998, Econometrica 66, 249–288)."""
    people = read_people(table(), Roles("days", "drew", block="site"))
    assert effect(by_precision(people), people) == pytest.approx(differences() @ [1 / 2.5, 1.5 / 2.5])


def test_a_block_with_one_arm_alone_does_not_count():
    more = pd.concat([table(), pd.DataFrame({"site": ["z"] * 3, "drew": [0] * 3, "days": [50.0, 60, 70], "age": 1})])
    people = read_people(more, Roles("days", "drew", block="site"))
    plan = by_size(people)
    assert plan[0].used.ravel().tolist() == [True, True, False]
    assert effect(plan, people) == pytest.approx(differences() @ [4 / 12, 8 / 12])


def test_the_adjusted_effect_is_about_the_people_whose_blocks_count():
    """Slopes by arm, as far as they differ, are taken at the mean of those who count: by hand from both regressions."""
    more = pd.concat([table(), pd.DataFrame({"site": ["z"] * 3, "drew": [0] * 3, "days": [1.0, 3, 2], "age": 40})])
    more["age"] = more["age"] + np.arange(15) % 4
    people = read_people(more, Roles("days", "drew", block="site", covariates=("age",)))
    predicted = []
    counted = more[more["site"] != "z"]
    for arm in (1, 0):
        own = more[more["drew"] == arm]
        design = np.column_stack([pd.get_dummies(own["site"]).to_numpy(float), own["age"]])
        coefficients = np.linalg.lstsq(design, own["days"], rcond=None)[0]
        sites = (counted["site"].to_numpy()[:, None] == np.array(["x", "y"])) @ coefficients[:2]
        predicted.append((sites + coefficients[-1] * counted["age"]).mean())
    assert effect(by_size(people), people) == pytest.approx(predicted[0] - predicted[1])


def test_no_block_with_both_arms():
    rows = table().assign(site=table()["drew"].map({0: "x", 1: "y"}))
    with pytest.raises(ContractError) as said:
        by_size(read_people(rows, Roles("days", "drew", block="site")))
    assert str(said.value) == (
        "lots within a site give it several arms, but none has both 0 and 1.\n"
        "  Leave out block=, if lots were not drawn within it."
    )


def test_a_covariate_that_never_varies():
    with pytest.raises(ContractError, match="a covariate varies, but age is the same for everybody"):
        by_size(read_people(table().assign(age=3), Roles("days", "drew", covariates=("age",))))


def test_each_arm_is_fitted_with_the_first_one_alone():
    """Coefficients of three arms by precision are those without the third (people keep their block's numbers)."""
    rows = table().assign(drew=[2, 1, 0, 0, 1, 1, 0, 0, 2, 0, 2, 0])
    people = read_people(rows, Roles("days", "drew", block="site"))
    stacked = fit_of(people, by_precision(people), people.outcome[:, None]).coefficients.ravel()
    for k in (1, 2):
        pair = read_people(rows[rows["drew"].isin([0, k])], Roles("days", "drew", block="site"))
        assert effect(by_precision(pair), pair) == pytest.approx(stacked[k - 1])


def test_moments_of_arms_by_hand():
    people = read_people(table().assign(team=list("aabbccddeeff")), Roles("days", "drew", "team", block="site"))
    m, groups = arm_moments(people), table().groupby(["site", "drew"])["days"]
    assert m.n.tolist() == groups.size().tolist()
    np.testing.assert_allclose(m.mean[:, 0], groups.mean())
    np.testing.assert_allclose(m.products[:, 0, 0], groups.var() * (groups.size() - 1))
    assert m.clusters is not None
    np.testing.assert_allclose(np.bincount(m.clusters.cell, m.clusters.deviation[:, 0]), 0, atol=1e-12)
