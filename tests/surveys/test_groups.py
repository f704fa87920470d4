import numpy as np
import pandas as pd
import pytest
from scipy import stats
from small_surveys import opened, people, survey

from workbench import surveys
from workbench.errors import ContractError
from workbench.results.verdict import Side
from workbench.surveys.groups import at_once, clustered_mean, difference


def answered(values, users=None, scale="nps", item="nps", **more):
    log = opened(survey({who: {item: v} for who, v in values.items()}, scale, **more), users)
    return surveys.answers(log.surveys, log.users)


def test_a_favourable_share_is_counted_by_group_with_wilsons_interval():
    """4 of 5 and 0 of 2 by hand; Wilson's interval of 4 of 5 is .376 to .964 (Newcombe 1998, the usual formula)."""
    users = people("abcdefg", department=["x"] * 5 + ["y"] * 2)
    found = surveys.favourable(
        answered(dict(zip("abcdefg", [9, 9, 10, 9, 0, 3, 8], strict=True)), users), "department"
    ).table
    assert found[["department", "estimate", "n"]].to_numpy().tolist() == [["x", 0.8, 5], ["y", 0.0, 2]]
    assert found.loc[0, ["conf_low", "conf_high"]].tolist() == pytest.approx([0.3755, 0.9638], abs=5e-5)


def test_who_has_no_group_is_left_out_and_counted():
    found = surveys.favourable(answered({"a": 9, "b": 3}, people("ab", department=["x", None])), "department")
    assert found.table["n"].tolist() == [1]
    assert found.notes == ("1 person who answered has no department in the data and is not counted by it",)


def test_a_mean_has_students_interval():
    values = {"a": 2, "b": 4, "c": 4, "d": 5}
    found = surveys.means(answered(values, scale="mood", item="mood", lowest=1, highest=5)).table.iloc[0]
    expected = stats.t.interval(0.95, 3, 3.75, np.std(list(values.values()), ddof=1) / 2)
    assert (found["conf_low"], found["conf_high"]) == pytest.approx(expected)


def test_components_stand_in_the_order_of_their_scale():
    given = survey({"a": {"opportunity_social": 3, "capability_physical": 2, "motivation_automatic": 5}}, "com_b")
    log = opened(given)
    found = surveys.means(surveys.answers(log.surveys, log.users)).table
    assert found["label"].tolist() == ["physical ability", "support from others", "habit and feelings"]


def test_two_scales_have_no_common_unit():
    log = opened(pd.concat([survey({"a": {"nps": 9}}, "nps"), survey({"a": {"sus_1": 3}}, "sus")]))
    with pytest.raises(ContractError, match="one scale at a time has one unit, but these answers are on 2"):
        surveys.means(surveys.answers(log.surveys, log.users))


def test_the_difference_of_one_person_teams_is_welchs():
    rng = np.random.default_rng(2)
    values, inside = pd.Series(rng.normal(size=30)), pd.Series(np.arange(30) < 12)
    found = difference(values, inside, pd.Series(np.arange(30)))
    welch = stats.ttest_ind(values[inside], values[~inside], equal_var=False)
    assert found["estimate"] / found["std_error"] == pytest.approx(welch.statistic)
    assert found["df"] == pytest.approx(welch.df)


def test_a_team_that_answers_alike_counts_once():
    """Ten teams of one value each, repeated by five people: the variance is that of ten values."""
    rng = np.random.default_rng(5)
    teams = rng.normal(size=10)
    _, variance, df = clustered_mean(pd.Series(np.repeat(teams, 5)), pd.Series(np.repeat(np.arange(10), 5)))
    assert variance == pytest.approx(teams.var(ddof=1) / 10)
    assert df == 9


def test_one_team_has_no_interval():
    users = people([f"u{i:02}" for i in range(30)], team=["only"] * 10 + [f"t{i % 4}" for i in range(20)])
    users["department"] = ["x"] * 10 + ["y"] * 20
    values = {who: 1 + i % 3 for i, who in enumerate(users["user_id"])}
    found = surveys.apart(answered(values, users, "mood", "mood", lowest=1, highest=5)).table.set_index("department")
    assert np.isnan(found.loc["x", "conf_low"])
    assert found.loc["x", "side"] == Side.UNCLEAR


def test_holm_by_hand():
    """p = .01, .02, .04 of three become .03, .04, .04, so that all stay clear; of four with .9, .04 becomes .08."""
    z = [stats.norm.isf(p / 2) for p in (0.01, 0.02, 0.04, 0.9)]
    table = pd.DataFrame({"estimate": z, "std_error": 1.0, "df": 1e9})
    assert at_once(table[:3])["p_holm"].tolist() == pytest.approx([0.03, 0.04, 0.04], abs=1e-6)
    assert at_once(table)["side"].tolist() == [Side.ABOVE, Side.UNCLEAR, Side.UNCLEAR, Side.UNCLEAR]


def test_answers_that_are_all_alike_judge_nothing():
    table = pd.DataFrame({"estimate": [1.0], "std_error": [1e-17], "df": [9.0]})
    assert at_once(table)["side"].tolist() == [Side.UNCLEAR]


def world(seed, shift=0.0):
    """Eight departments of six teams of eight people, teams with a mean of their own; one department is shifted."""
    rng = np.random.default_rng(seed)
    users = people([f"u{i:03}" for i in range(384)], team=[f"t{i // 8:02}" for i in range(384)])
    users["department"] = [f"d{i // 48}" for i in range(384)]
    level = 3 + np.repeat(rng.normal(0, 0.4, 48), 8) + rng.normal(0, 0.8, 384) + shift * (users["department"] == "d3")
    values = dict(zip(users["user_id"], np.clip(np.rint(level), 1, 5), strict=True))
    return surveys.apart(answered(values, users, "mood", "mood", lowest=1, highest=5)).table


def test_departments_that_do_not_differ_are_called_clear_no_oftener_than_the_stated_rate():
    """30 worlds without a difference, each with eight departments judged at once: at 5 % one or two false calls, and
    six or more in 30 have a chance below 1 in 200 (binomial)."""
    assert sum((world(seed)["side"] != Side.UNCLEAR).any() for seed in range(30)) <= 5


def test_a_department_that_is_held_back_is_found():
    found = [world(seed, -1.2) for seed in range(10)]
    assert (
        sum(
            (t.loc[t["side"] == Side.BELOW, "department"] == "d3").all() and (t["side"] == Side.BELOW).any()
            for t in found
        )
        >= 8
    )
