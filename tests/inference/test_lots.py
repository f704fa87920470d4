"""Which lots would have been accepted: listed by hand for six people, and no test of nothing rejects too often."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import workbench as wb
from workbench.errors import ContractError
from workbench.inference.lots import Lots, facts_as_text, planned_lots

# Of six people with 1 to 6 days of earlier use, two groups of three are as alike as can be where one has 10 days
# altogether and the other 11: six of the twenty orders, more than a twentieth, so that the bar lies there.
BALANCED = [{1, 3, 6}, {1, 4, 5}, {2, 3, 5}, {1, 4, 6}, {2, 3, 6}, {2, 4, 5}]
EARLIER = np.arange(1.0, 7)
FACTS = ((EARLIER - 3.5) / EARLIER.std())[:, None]
LATER = ["2025-01-13", "2025-01-20"]  # the second lies after the panel's end


def plan_of(first: set[int], facts: np.ndarray = FACTS, seed: int = 4) -> pd.DataFrame:
    """Six people, those with so many days of earlier use in the first group."""
    began = [LATER[days not in first] for days in range(1, len(facts) + 1)]
    names = [f"u{days}" for days in range(1, len(facts) + 1)]
    return pd.DataFrame(
        {"name": names, "began": pd.to_datetime(began), "seed": seed, "balanced_by": facts_as_text(facts)}
    )


def panel_of(plan: pd.DataFrame, changes: np.ndarray) -> pd.DataFrame:
    """Two weeks of everybody: nothing, then the change."""
    parts = [
        plan.assign(user_id=plan["name"], week=pd.Timestamp(week), active_days=days, trained=plan["began"])
        for week, days in (("2025-01-06", 0.0), ("2025-01-13", changes))
    ]
    return pd.concat(parts)[["user_id", "week", "active_days", "trained"]]


def redrawn(plan: pd.DataFrame, changes: np.ndarray, **options: object) -> pd.Series:
    m = wb.moments(panel_of(plan, changes), cluster="user_id", outside="known")
    return wb.redrawn(m, plan=plan, **options).iloc[0]


def test_the_accepted_orders_of_six_people_are_those_listed_by_hand():
    lots = Lots(FACTS, np.array([0, 0, 0, 1, 1, 1]), seed=4)
    assert lots.every is not None
    found = [set((np.flatnonzero(order == 0) + 1).tolist()) for order in lots.every]
    assert sorted(map(sorted, found)) == sorted(map(sorted, BALANCED))
    assert lots.possible == 6
    assert np.concatenate(list(lots.orders(50, seed=0))).tolist() == lots.every.tolist()


def test_the_lottery_that_is_held_gives_each_accepted_order_as_often():
    """300 lotteries over six orders: 50 each; a chi-squared test of five degrees of freedom, bound at 1 in 1,000."""
    orders = [Lots(FACTS, np.array([0, 0, 0, 1, 1, 1]), seed).held()[0] for seed in range(300)]
    first = ["".join(map(str, np.flatnonzero(order == 0) + 1)) for order in orders]
    assert {frozenset(map(int, text)) for text in first} == set(map(frozenset, BALANCED))
    assert stats.chisquare(pd.Series(first).value_counts()).pvalue > 0.001


def test_drawn_by_chance_only_accepted_orders_come_up():
    facts = np.random.default_rng(0).normal(size=(20, 2))
    lots = Lots(facts, np.repeat([0, 1, 2, 3], 5), seed=1)
    orders = np.concatenate(list(lots.orders(300, seed=5)))
    assert (len(orders), lots.every) == (300, None)
    assert lots.accepts(orders).all()
    assert np.unique(np.sort(orders, axis=1), axis=0).tolist() == [np.repeat([0, 1, 2, 3], 5).tolist()]


def test_what_was_kept_as_text_gives_the_same_rule():
    facts = np.random.default_rng(2).normal(size=(6, 3))
    plan = plan_of({2, 3, 5}, facts, seed=9).sample(frac=1, random_state=0)
    lots, dates = planned_lots(plan)
    assert lots.bar == Lots(facts, np.array([0, 0, 0, 1, 1, 1]), seed=9).bar
    assert (np.array(LATER, "datetime64[D]").astype(int) == dates).all()


def test_a_redraw_looks_at_the_accepted_orders_only():
    """Each of the six orders by a t statistic of Welch (scipy), which is how clear a difference is."""
    changes = np.array([0.5, 1.0, 2.5, 2.0, 4.0, 3.0])

    def clear(first: set[int]) -> float:
        ours = np.isin(np.arange(1, 7), list(first))
        return abs(stats.ttest_ind(changes[ours], changes[~ours], equal_var=False).statistic)

    for drawn in BALANCED:
        found = redrawn(plan_of(drawn), changes)
        as_clear = sum(clear(other) >= clear(drawn) - 1e-9 for other in BALANCED)
        assert found[["p_value", "draws", "possible"]].tolist() == pytest.approx([as_clear / 6, 6, 6])
    among_all = [clear(set(other)) >= clear(BALANCED[0]) - 1e-9 for other in combinations(range(1, 7), 3)]
    assert np.mean(among_all) != pytest.approx(redrawn(plan_of(BALANCED[0]), changes)["p_value"])


@pytest.mark.parametrize("predicted", [0.0, 2.0])
def test_without_an_effect_small_p_values_are_as_rare_as_they_say(predicted: float):
    """12 people in two groups by lots balanced in what predicts their change: .05 in 150 worlds, bound at 1 in 1,000.

    Among all orders, as if lots had not been balanced, nothing would ever be rejected where it predicts much.
    """
    rejected = []
    for world in range(150):
        rng = np.random.default_rng(world)
        facts = rng.normal(size=(12, 1))
        order, _ = Lots(facts, np.repeat([0, 1], 6), seed=world).held()
        plan = plan_of(set((np.flatnonzero(order == 0) + 1).tolist()), facts, seed=world)
        plan["name"] = [f"u{i:02}" for i in range(12)]
        changes = predicted * facts[:, 0] + rng.normal(size=12)
        rejected.append(redrawn(plan, changes, draws=199)["p_value"] <= 0.05)
    assert stats.binom.ppf(0.001, 150, 0.04) <= sum(rejected) <= stats.binom.ppf(0.999, 150, 0.05)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"balanced_by": None}, "seed and balanced_by, and one date, are needed for each of the 6 who drew"),
        ({"seed": [1, 1, 1, 2, 2, 2]}, "seed and balanced_by, and one date, are needed for each of the 6 who drew"),
        ({"name": ["u1", "u1", "u3", "u4", "u5", "u6"]}, "are needed for each of the 5 who drew"),
        ({"balanced_by": ["[1]", "[1]", "[1]", "[1]", "[1]", "[1, 2]"]}, "are needed for each of the 6 who drew"),
        ({"began": pd.to_datetime(LATER * 3)}, "2 of 6 do not have the date of the plan."),
        ({"balanced_by": facts_as_text(EARLIER[:, None] ** 9)}, "the plan's rule would not have accepted these dates."),
    ],
)
def test_a_rule_that_cannot_be_that_of_the_draw_is_refused(wrong: dict[str, object], message: str):
    plan = plan_of({1, 3, 6})
    m = wb.moments(panel_of(plan, EARLIER), cluster="user_id", outside="known")
    with pytest.raises(ContractError) as refused:
        wb.redrawn(m, plan=plan.assign(**wrong))
    assert message in str(refused.value)
    assert str(refused.value).startswith("the lots cannot be drawn again as they were: ")
