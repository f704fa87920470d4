"""Dates drawn anew: every order by hand and by slow versions, a promise kept for few teams, and what is refused."""

from __future__ import annotations

import warnings
from itertools import permutations
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from random_panels import seeds
from scipy import stats

import workbench as wb
from workbench.effects.randomisation import redraws
from workbench.effects.study import studies
from workbench.errors import ContractError
from workbench.programmes.comparison import Comparison


def of_changes(treated: list[float], others: list[float]) -> pd.DataFrame:
    """Users of two weeks who did nothing in the first, and so much in the second; some treated in the second."""
    change = [*treated, *others]
    table = pd.DataFrame({"user_id": np.repeat(np.arange(len(change)), 2), "week": [0, 1] * len(change)})
    table["trained"] = np.where(table["user_id"] < len(treated), 1.0, np.nan)
    table["active_days"] = np.where(table["week"] == 1, np.array(change)[table["user_id"]], 0.0)
    return table


def world(seed: int, dates: list[float], people: int = 2, weeks: int = 6, effect: float = 0.0) -> pd.DataFrame:
    """Teams of a few people; each moves in its own way, now and then by far; the dates are drawn by lot."""
    rng = np.random.default_rng(seed)
    trained = rng.permutation(np.array(dates, float))
    trend = rng.standard_t(2, size=len(dates))
    team = np.repeat(np.arange(len(dates)), people)
    user, week = np.repeat(np.arange(len(team)), weeks), np.tile(np.arange(weeks), len(team))
    table = pd.DataFrame({"user_id": user, "week": week, "team": team[user], "trained": trained[team[user]]})
    use = trend[table["team"]] * week + rng.normal(size=len(table)) + effect * (week >= table["trained"])
    return table.assign(active_days=use)


def p_value(table: pd.DataFrame, cluster: str = "team", **options: Any) -> float:
    return float(wb.redrawn(wb.moments(table, cluster=cluster), **options)["p_value"][0])


# ── every order ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_all_orders_of_four_people_by_hand():
    """Changes 5, 3 | 1, 0: of the six pairs who might have had the date, {5, 3} and {1, 0} are 3.5 apart with error
    √(4/4 + 1/4), so 3.13 errors; {5, 1} and {3, 0} are 1.5 apart, {5, 0} and {3, 1} half: both with larger errors."""
    found = wb.redrawn(wb.moments(of_changes([5, 3], [1, 0]), cluster="user_id"), "everything").iloc[0]
    assert found["estimate"] == pytest.approx(3.5)
    assert found["std_error"] == pytest.approx(np.sqrt(4 / 4 + 1 / 4))
    assert found[["p_value", "draws", "possible", "clusters", "left_out"]].tolist() == pytest.approx(
        [2 / 6, 6, 6, 4, 0]
    )
    assert p_value(of_changes([5, 1], [3, 0]), "user_id", drawn="everything") == pytest.approx(4 / 6)
    assert p_value(of_changes([5, 0], [3, 1]), "user_id", drawn="everything") == pytest.approx(6 / 6)


@given(seeds)
@settings(max_examples=8, deadline=None)
def test_scipy_gives_the_same_share_of_orders(seed: int):
    changes = np.random.default_rng(seed).normal(size=9).tolist()
    ours, theirs = changes[:4], changes[4:]

    def welch(a: np.ndarray, b: np.ndarray, axis: int) -> np.ndarray:
        return np.abs(stats.ttest_ind(a, b, axis=axis, equal_var=False).statistic)

    exact = stats.permutation_test((ours, theirs), welch, vectorized=True, n_resamples=np.inf, alternative="greater")
    assert p_value(of_changes(ours, theirs), "user_id", drawn="everything") == pytest.approx(exact.pvalue)


@pytest.mark.peers
def test_diff_diff_finds_the_same_share_by_chance():
    """Its statistic is the difference itself; for two groups of one size, orders by clearness are orders by size."""
    from diff_diff.diagnostics import permutation_test

    rng = np.random.default_rng(3)
    table = of_changes((rng.normal(size=12) + 0.7).tolist(), rng.normal(size=12).tolist())
    zero_one = table.assign(treated=table["trained"].notna().astype(int), post=table["week"])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = permutation_test(zero_one, "active_days", "treated", "post", "user_id", n_permutations=1_000, seed=1)
    ours = p_value(table, "user_id", drawn="everything")
    assert 0.01 < ours < 0.5
    assert ours == pytest.approx(theirs.p_value, abs=4 * np.sqrt(ours * (1 - ours) * (1 / 1_000 + 1 / 2_000)))


def slowly(table: pd.DataFrame) -> tuple[float, float]:
    """Mean effect and Neyman error by team, from every user's own change, one loop after the other."""
    wide = table.pivot(index="user_id", columns="week", values="active_days")
    users = table.groupby("user_id")[["team", "trained"]].first()
    date, influence, gained, people = users["trained"].fillna(np.inf), pd.Series(0.0, wide.index), 0.0, 0
    for g in sorted(users["trained"].dropna().unique()):
        if users.loc[users["trained"] == g, "team"].nunique() < 2:
            continue  # one team alone has no spread to judge it by; it still waits for its date
        for t in range(int(g), wide.columns.max() + 1):
            change = (wide[t] - wide[g - 1]).dropna()
            ours, theirs = change[date[change.index] == g], change[date[change.index] > t]
            if len(ours) and len(theirs):
                gained += len(ours) * (ours.mean() - theirs.mean())
                people += len(ours)
                influence[ours.index] += ours - ours.mean()
                influence[theirs.index] -= (theirs - theirs.mean()) * len(ours) / len(theirs)
    teams = (
        pd.DataFrame({"sum": influence, "n": 1, "date": date})
        .groupby(users["team"])
        .agg({"sum": "sum", "n": "sum", "date": "first"})
    )
    variance = 0.0
    for _, same in teams.groupby("date"):
        w = same["n"] / same["n"].sum()
        variance += ((same["sum"] - w * same["sum"].sum()) ** 2 / (1 - 2 * w + (w**2).sum())).sum()
    return gained / people, np.sqrt(variance) / people


@pytest.mark.parametrize("drawn", ["dates", "everything"])
def test_a_slow_and_obvious_version_agrees(drawn: str):
    """Three dates for five teams, one never, of unlike sizes; people leave, and one comes when dates had been given."""
    table = world(4, [2, 2, 3, 3, 4, np.nan], people=4, effect=2.0)
    sizes = {1: 3, 4: 2}
    table = table[table["user_id"] % 4 < table["team"].map(sizes).fillna(4)]
    last = np.random.default_rng(0).integers(2, 12, table["user_id"].max() + 1)
    first = np.where(np.arange(len(last)) == table.loc[table["trained"] == 3, "user_id"].min(), 2, 0)
    table = table[(table["week"] <= last[table["user_id"]]) & (table["week"] >= first[table["user_id"]])]
    there = table[table["user_id"].isin(table.loc[table["week"] == 1, "user_id"])]
    m = wb.moments(table, cluster="team")
    found = wb.redrawn(m, drawn).iloc[0]
    there = there[there["trained"].notna()] if drawn == "dates" else there  # who did not draw is compared with nobody
    teams = there.groupby("team")["trained"].first()
    free = teams.notna() if drawn == "dates" else teams.notna() | True
    orders = sorted(set(permutations(teams[free].fillna(np.inf))))
    seen, others = slowly(there), []
    for order in orders:
        dates = teams.mask(free, pd.Series(order, teams.index[free])).replace(np.inf, np.nan)
        others.append(slowly(there.assign(trained=there["team"].map(dates))))
    clear = np.abs([estimate / error for estimate, error in others])
    assert found[["estimate", "std_error"]].tolist() == pytest.approx(seen)
    assert found["p_value"] == pytest.approx((clear >= abs(seen[0] / seen[1]) * (1 - 1e-9)).mean())
    assert found[["draws", "left_out"]].tolist() == [len(orders), 1]


def test_the_effect_is_that_of_the_page():
    table = world(1, [2, 2, 3, 3, 4, 4, np.nan], effect=1.0)
    m = wb.moments(table[table["trained"].notna()], cluster="team")
    pd.testing.assert_frame_equal(wb.redrawn(m), wb.redrawn(wb.moments(table, cluster="team")))
    whole = wb.aggregate(wb.att_gt(m, small_sample=True)).overall
    assert wb.redrawn(m)["estimate"][0] == pytest.approx(whole["estimate"])
    early = wb.aggregate(wb.att_gt(m, anticipation=1, small_sample=True)).overall
    assert wb.redrawn(m, anticipation=1)["estimate"][0] == pytest.approx(early["estimate"])


def test_the_same_seed_gives_the_same_draws_and_few_draws_are_near_all():
    m = wb.moments(world(7, [2, 2, 3, 3, 4, 4, np.nan, np.nan], effect=1.0), cluster="team")
    assert wb.redrawn(m, "everything", draws=500, seed=5).equals(wb.redrawn(m, "everything", draws=500, seed=5))
    exact, drawn = (wb.redrawn(m, "everything", draws=draws).iloc[0] for draws in (2_520, 2_000))
    assert exact["draws"] == exact["possible"] == 2_520  # 8!/(2!2!2!2!)
    share = exact["p_value"]
    assert drawn["p_value"] == pytest.approx(share, abs=4 * np.sqrt(share * (1 - share) / 2_000))


def lottery(dates: list[float]) -> Comparison:
    table = wb.as_table(world(1, dates).rename(columns={"trained": "began"}))
    return Comparison("Lottery", table, table, table, drawn=True, cluster="team")


def test_of_several_treatments_those_that_cannot_be_redrawn_say_why():
    drawn, alike = lottery([2, 2, 3, 3, np.nan]), lottery([3, 3, np.nan])
    found = redraws(studies({"coaching": drawn, "clinic": alike})).set_index("name")
    assert found["reason"].isna().tolist() == [True, False]
    assert found.loc["clinic", "reason"] == (
        "dates are redrawn where there are several, but all 2 teams that had one had the same"
    )


# ── promises ────────────────────────────────────────────────────────────────────────────────────────────────────

LOTS = {6: [2, 2, 4, 4, np.nan, np.nan], 12: [2, 3, 4, np.nan] * 3, 24: [2, 3, 4, np.nan] * 6}


@pytest.mark.parametrize(("teams", "drawn"), [(6, "everything"), (12, "everything"), (24, "dates")])
def test_without_an_effect_small_p_values_are_as_rare_as_they_say(teams: int, drawn: str):
    """Of 200 worlds a share of α has p ≤ α, but for four binomial errors; the trends of teams part wildly."""
    found = np.array([p_value(world(seed, LOTS[teams]), drawn=drawn, draws=99) for seed in range(200)])
    for alpha in (0.1, 0.2, 0.5):  # all of them steps of the 90 orders, and of 99 draws and the one in truth
        assert (found <= alpha).mean() == pytest.approx(alpha, abs=4 * np.sqrt(alpha * (1 - alpha) / 200))


def test_six_teams_break_the_usual_interval_and_not_the_p_value():
    """At 5 %: by the interval that takes many teams for granted, an effect is seen in more than 10 of 100 worlds."""
    seen = {"interval": 0, "draws": 0}
    for seed in range(100):
        m = wb.moments(world(seed, LOTS[6]), cluster="team")
        whole = wb.aggregate(wb.att_gt(m, small_sample=False, band=False), band=False).overall
        seen["interval"] += not whole["conf_low"] <= 0 <= whole["conf_high"]
        seen["draws"] += wb.redrawn(m, "everything")["p_value"][0] <= 0.05
    assert seen["interval"] > 10
    assert seen["draws"] <= 5 + 4 * np.sqrt(100 * 0.05 * 0.95)


@pytest.mark.parametrize(("teams", "effect", "rarest"), [(6, 6.0, 1 / 90), (12, 3.0, 1 / 2_000)])
def test_an_effect_is_found(teams: int, effect: float, rarest: float):
    """In standard deviations of a person's week; no other order, of all 90 or of 1,999, is as clear."""
    table = world(0, LOTS[teams])
    noise = np.random.default_rng(0).normal(size=len(table))
    table["active_days"] = noise + effect * (table["week"] >= table["trained"])
    assert p_value(table, drawn="everything") == pytest.approx(rarest)


def test_where_some_gain_what_others_lose_clearness_keeps_the_promise_that_size_breaks():
    """Ten of forty treated, whose effects are as often 3 as −3. By the size of the difference, far more than 5 of 100
    worlds have p ≤ .05, for the smaller group varies more; by its clearness they are 5 (Wu & Ding 2021)."""
    clear, large = [], []
    for seed in range(200):
        rng = np.random.default_rng(seed)
        change = rng.normal(size=40)
        change[:10] += rng.choice([-3, 3], 10)
        ours, theirs = change[:10].tolist(), change[10:].tolist()
        clear.append(p_value(of_changes(ours, theirs), "user_id", drawn="everything", draws=199))
        orders = rng.permuted(np.tile(change, (199, 1)), axis=1)
        sizes = np.abs(orders[:, :10].mean(axis=1) - orders[:, 10:].mean(axis=1))
        large.append((1 + (sizes >= abs(change[:10].mean() - change[10:].mean())).sum()) / 200)
    error = np.sqrt(0.05 * 0.95 / 200)
    assert (np.array(clear) <= 0.05).mean() < 0.05 + 4 * error
    assert (np.array(large) <= 0.05).mean() > 0.05 + 4 * error


# ── what cannot be redrawn ──────────────────────────────────────────────────────────────────────────────────────


def refusal(table: pd.DataFrame, drawn: str = "dates", **options: Any) -> str:
    with pytest.raises(ContractError) as said:
        wb.redrawn(wb.moments(table, **options), drawn)
    return str(said.value)


def test_who_drew_must_be_known():
    table = world(0, LOTS[6])
    assert refusal(table) == (
        "dates are redrawn among those who drew them, but these moments do not know who had which.\n"
        "  Say moments(..., cluster='team') where teams drew a date, cluster='user_id' where each person did."
    )
    apart = table.assign(trained=table["trained"].where(table["user_id"] != 0, 5))
    assert refusal(apart, cluster="team") == (
        "a team has one date, but 1 of 6 have several (or one, and units never treated).\n"
        "  Give every unit the date that was offered, or leave these out."
    )


def test_there_must_be_another_way_to_draw():
    assert refusal(world(0, [3, 3, 3, np.nan, np.nan]), cluster="team") == (
        "dates are redrawn where there are several, but all 3 teams that had one had the same.\n"
        "  Where chance also decided who was treated at all, say drawn='everything'."
    )
    assert refusal(world(0, [2, 3, 4, np.nan]), cluster="team") == (
        "no effect can be told: no date has two teams, and others still waiting, to judge by."
    )
    assert refusal(world(0, LOTS[6]), "teams", cluster="team") == (
        "drawn is one of 'dates', 'everything', not 'teams'."
    )


def test_treatment_that_is_no_single_date_and_strata_are_refused():
    table = world(0, LOTS[6]).assign(role=lambda t: t["user_id"] % 2)
    assert refusal(table, cluster="team", strata="role") == (
        "dates are redrawn among all alike, but these moments compare within 2 strata.\n  Take them without strata=."
    )
    on = (table["week"] >= table["trained"]) & (table["week"] < table["trained"] + 1)
    assert refusal(table.assign(on=on.astype(int)), cluster="team", treatment="on") == (
        "dates are redrawn of a treatment that stays on once it is on and is of one kind; this one is not.\n"
        "  Take moments with cohort=, the first period of treatment."
    )
