"""The efficient estimator: by hand, and as an analysis of covariance; R's numbers are in test_reference.py."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from random_panels import panel
from scipy import stats
from small_worlds import two_groups
from statsmodels.api import OLS

import workbench as wb


def test_the_efficient_estimator_of_two_weeks_by_hand():
    """Roth & Sant'Anna (2023), section 2: β = Cov(Δafter, Δbefore)/Var(Δbefore), each the sum over groups of S/n."""
    table, ours, theirs = two_groups()
    spread = sum(np.cov(paths.T) / len(paths) for paths in (ours, theirs))
    before, after = ours.mean(axis=0) - theirs.mean(axis=0)
    beta = spread[0, 1] / spread[0, 0]
    found = wb.efficient(wb.moments(table), drawn="everything", small_sample=False).overall
    error = np.sqrt(spread[1, 1] - spread[0, 1] ** 2 / spread[0, 0])
    assert found["estimate"] == pytest.approx(after - beta * before)
    assert found["std_error"] == pytest.approx(error)
    assert found["conf_high"] == pytest.approx(found["estimate"] + 1.959964 * error)
    assert found["std_error"] < wb.aggregate(wb.att_gt(wb.moments(table))).overall["std_error"]


def test_the_efficient_estimator_of_two_groups_of_one_size_is_their_analysis_of_covariance():
    """Where both vary alike, β is the slope within groups, and its doubt is known exactly: statsmodels' OLS.

    Here they vary nearly alike: error and interval are wider by less than a thousandth.
    """
    table, ours, theirs = two_groups()
    treated = np.repeat([1, 0], [len(ours), len(theirs)])
    before, after = np.concatenate([ours, theirs]).T
    line = OLS(after, np.column_stack([treated, np.ones(len(treated)), before])).fit()
    found = wb.efficient(wb.moments(table), drawn="everything").overall
    assert found["estimate"] == pytest.approx(line.params[0])
    assert found["std_error"] == pytest.approx(line.bse[0], rel=1e-3)
    assert found[["conf_low", "conf_high"]].tolist() == pytest.approx(line.conf_int()[0].tolist(), rel=1e-3)


def test_where_few_vary_most_beta_is_known_from_them_alone():
    """An analysis of covariance with Welch's degrees of freedom, less one for β: √(ν/(ν − 1) · (1 + x²/ν)), by hand.

    In 40,000 draws of 6 means against 14 that vary a quarter as much, correlated .5 with those before, 95 % intervals
    held the truth 93.9 % of the time, and 92.9 % with the ν of means that all vary alike.
    """
    table, *groups = two_groups(users=40)
    middle = groups[0].mean(axis=0)
    groups[0] = middle + 4 * (groups[0] - middle)
    table.loc[table["trained"].notna(), "active_days"] = groups[0].ravel()
    apart = [np.cov(paths.T) / len(paths) for paths in groups]
    spread, (before, after) = sum(apart), groups[0].mean(axis=0) - groups[1].mean(axis=0)
    beta = spread[0, 1] / spread[0, 0]
    own = np.array([[-beta, 1] @ part @ [-beta, 1] for part in apart])
    left = own.sum() ** 2 / (own**2 / 19).sum() - 1
    error = np.sqrt(own.sum() * (1 + 1 / left) * (1 + before**2 / spread[0, 0] / (left + 1)))
    found = wb.efficient(wb.moments(table), drawn="everything").overall
    assert found["estimate"] == pytest.approx(after - beta * before)
    assert found["std_error"] == pytest.approx(error)


def parts(paths: np.ndarray, dates: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Slow and obvious, treated less waiting in each treated week, meant over all: how much more use changed since the
    week before the date among those seen in both, and how much more it was in that week among all who were seen."""
    seen, use, rows = ~np.isnan(paths), np.nan_to_num(paths), []
    for date in np.unique(dates):
        for week in range(int(date), paths.shape[1]):
            before = int(date) - 1
            both = seen[:, week] & seen[:, before]
            changed, first = use[:, week] - use[:, before], use[:, before]
            sides = [(weight * who * (dates == date), weight * who * (dates > week)) for who in (both, seen[:, before])]
            if all(side.sum() > 0 for side in sides[0]):
                values = zip(sides, (changed, first), strict=True)
                rows.append(
                    [sides[0][0].sum(), *(np.dot(a, v) / a.sum() - np.dot(b, v) / b.sum() for (a, b), v in values)]
                )
    people, *means = np.array(rows).T
    return np.array([people @ mean / people.sum() for mean in means])


def test_with_gaps_the_errors_are_those_of_each_persons_own_influence():
    """Brute force: each person's weight is raised a little, the whole estimate made again, and what it moves is taken
    around the mean of the people with the same date, whose number is fixed (Roth & Sant'Anna 2023, section 4)."""
    table = panel(4, users=60, weeks=7, never=False, hole=0.25)
    paths = table.pivot(index="user_id", columns="week", values="active_days").to_numpy()
    dates = table.groupby("user_id")["trained"].first().to_numpy() - 1
    step, people = 1e-5, np.eye(len(dates))
    moved = [(parts(paths, dates, 1 + step * i) - parts(paths, dates, 1 - step * i)) / (2 * step) for i in people]
    influence, spread = np.array(moved), np.zeros((2, 2))
    for date in np.unique(dates):
        spread += np.cov(influence[dates == date].T) * (dates == date).sum()
    changed, by_lot = parts(paths, dates, np.ones(len(dates)))
    weight = spread[0, 1] / spread[1, 1]
    found = wb.efficient(wb.moments(table), small_sample=False).overall
    assert found["estimate"] == pytest.approx(changed - weight * by_lot)
    assert found["std_error"] == pytest.approx(np.sqrt(spread[0, 0] - spread[0, 1] ** 2 / spread[1, 1]), rel=1e-6)


def keeps_people(seed: int, people: int = 400) -> pd.DataFrame:
    """A course by lot that adds one day and keeps people: without it, those who use less than most leave."""
    rng = np.random.default_rng(seed)
    habit, treated = rng.normal(3, 2, people), rng.permutation(people) % 2 == 0
    use = habit[:, None] + rng.normal(size=(people, 4)) + np.outer(treated, [0, 0, 1, 1])
    person, week = np.divmod(np.arange(use.size), 4)
    table = pd.DataFrame({"user_id": person, "week": week, "active_days": use.ravel()})
    table["trained"] = np.where(treated, 2.0, np.nan)[person]
    return table[(week < 2) | treated[person] | (habit > 3)[person]]


def test_a_treatment_that_keeps_people_is_not_blamed_for_those_it_kept():
    """The planted day is found: the half that stays for it uses less, which is not the treatment's effect.

    Where only earlier use of those who are still there is held against it, half of the effect is lost."""
    found = pd.DataFrame(
        [wb.efficient(wb.moments(keeps_people(seed)), drawn="everything").overall for seed in range(40)]
    )
    assert abs(found["estimate"].mean() - 1) < 4 * found["estimate"].std() / np.sqrt(40)
    assert ((found["conf_low"] < 1) & (found["conf_high"] > 1)).sum() >= stats.binom.ppf(0.0005, 40, 0.95)


def lots_with_gaps(seed: int, people: int = 100, weeks: int = 24) -> pd.DataFrame:
    """Dates by lot, no effect, people who differ for good, and a tenth of their rows missing at random."""
    rng = np.random.default_rng(seed)
    unit, week = np.repeat(np.arange(people), weeks), np.tile(np.arange(weeks), people)
    use = rng.normal(0, 2, people)[unit] + rng.normal(size=len(unit))
    dates = rng.permutation(np.repeat([6.0, 12.0, 18.0, 23.0], people // 4))
    table = pd.DataFrame({"user_id": unit, "week": week, "active_days": use, "trained": dates[unit]})
    return table[(rng.random(len(table)) > 0.1) | (week == 0)]


def test_with_gaps_chance_is_called_an_effect_no_more_often_than_it_says():
    """Of 40 worlds without an effect 5 % are refused; more than 8 come up less than once in 2,000 (binomial)."""
    found = [wb.efficient(wb.moments(lots_with_gaps(seed))).overall for seed in range(40)]
    refused = sum(row["conf_low"] > 0 or row["conf_high"] < 0 for row in found)
    assert stats.binom.sf(8, 40, 0.05) < 1 / 2_000
    assert refused <= 8
