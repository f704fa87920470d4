"""Survey answers follow the attitude that is planted, item by item."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from workbench.simulation import surveys, world
from workbench.simulation.calendar import Calendar


@pytest.fixture(scope="module")
def answers(everyone) -> pd.DataFrame:
    table = surveys.survey_table(everyone, Calendar(52), np.random.default_rng(0)).to_pandas()
    number = table["user_id"].str[1:].astype(int) - 1
    return table.assign(
        pattern=everyone.pattern[number], mandated=everyone.mandated[number], barrier=everyone.barrier[number]
    )


def test_items_are_rows_of_a_file():
    """By hand: 15 items of 5 scales; three are reverse, six have seven answers."""
    assert len(surveys.ITEMS) == 15
    assert len({item["scale"] for item in surveys.ITEMS}) == 5
    assert sum(item["reverse"] for item in surveys.ITEMS) == 3
    assert sum(item["highest"] == 7 for item in surveys.ITEMS) == 6


def test_answers_stay_on_their_scale_and_some_are_missing(answers):
    """2 % of about 1,300 × 15 answers are missing: standard error 0.1 %."""
    given = answers.dropna(subset="value")
    assert ((given["value"] >= given["lowest"]) & (given["value"] <= given["highest"])).all()
    assert answers["value"].isna().mean() == pytest.approx(0.02, abs=0.004)


def test_a_steady_persons_mean_answer_is_the_items(answers):
    """The attitude of the steady is 0.4 above average: mean + 0.4 × pull, minus for reverse items (rounding aside)."""
    usual = (answers["pattern"] == world.STEADY) & (answers["mandated"] < 0) & (answers["barrier"] < 0)
    steady = answers[usual].groupby("item")["value"].mean()
    for item in surveys.ITEMS:
        expected = item["mean"] + 0.4 * item["pull"] * (-1 if item["reverse"] else 1)
        assert steady[item["item"]] == pytest.approx(expected, abs=0.12), item["item"]


def test_the_mandate_costs_satisfaction(answers):
    """The steady in autumn, obliged or not: the planted difference of -0.8, within three standard errors."""
    asked = answers[(answers["pattern"] == world.STEADY) & (answers["survey"] == "autumn 2025")]
    satisfied = asked[asked["item"] == "satisfied"].dropna(subset="value")
    obliged, free = (satisfied[(satisfied["mandated"] >= 0) == forced]["value"] for forced in (True, False))
    error = np.sqrt(obliged.var() / len(obliged) + free.var() / len(free))
    assert obliged.mean() - free.mean() == pytest.approx(surveys.GRUDGE, abs=3 * error)
