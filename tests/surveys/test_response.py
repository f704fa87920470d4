import numpy as np
import pandas as pd
import pytest
from small_surveys import opened, people, survey

from workbench import surveys


def world(answering, users, used, anonymous=0):
    """People with so many active days a week in the six weeks before the survey and its own week."""
    given = survey({who: {"nps": 9} for who in answering}, "nps")
    unnamed = survey({"x": {"nps": 3}}, "nps").assign(user_id=None, team="t0")
    later = [unnamed.assign(answered_at=f"2025-04-01T10:{i:02}Z") for i in range(anonymous)]
    log = opened(pd.concat([given.assign(team=None), *later]), users)
    weeks = pd.date_range("2025-02-17", periods=7, freq="7D")  # the survey of 1 April is in the last
    panel = users.assign(active_days=used, region=None).merge(pd.DataFrame({"week": weeks}), how="cross")
    return surveys.answers(log.surveys, log.users), panel


@pytest.fixture
def keen():
    """Forty people: of the twenty who use it on four days, fifteen answer; of the others, five."""
    users = people([f"u{i:02}" for i in range(40)], team=[f"t{i % 8}" for i in range(40)], department="d")
    users["role"] = ["seller", "manager"] * 20
    used = [4] * 20 + [0] * 20
    return world([*users["user_id"][:15], *users["user_id"][20:25]], users, used)


def test_the_response_rate_counts_everybody_with_access(keen):
    row = surveys.response(*keen).table.iloc[0]
    assert (row["estimate"], row["n"]) == (0.5, 40)


def test_by_group_the_rates_add_up(keen):
    found = surveys.response(*keen, by="role").table
    assert (found["estimate"] * found["n"]).sum() == 20
    assert found["n"].tolist() == [20, 20]


def test_anonymous_answers_count_by_team_and_are_counted_where_they_cannot_be():
    users = people([f"u{i}" for i in range(12)], team=["t0"] * 6 + ["t1"] * 6, department="d", role="seller")
    given = world(["u0", "u6"], users, 1, anonymous=3)
    assert surveys.response(*given, by="team").table["estimate"].tolist() == pytest.approx([4 / 6, 1 / 6])
    assert surveys.response(*given).table["estimate"].tolist() == pytest.approx([5 / 12])
    by_role = surveys.response(*given, by="role")
    assert by_role.table["estimate"].tolist() == pytest.approx([2 / 12])
    assert by_role.notes == ("3 anonymous sheets say nothing of role and are not counted by it",)


def test_a_team_with_more_answers_than_people_has_no_share():
    users = people([f"u{i}" for i in range(12)], team=["t0"] * 2 + ["t1"] * 10, department="d", role="seller")
    found = surveys.response(*world(["u2"], users, 1, anonymous=3), by="team").table
    assert np.isnan(found["estimate"][0])
    assert found["estimate"][1] == pytest.approx(0.1)


def test_keen_users_who_answer_more_are_noticed(keen):
    """Means by hand: 15 · 4 / 20 = 3 of those who answered, 2 of everybody."""
    row = surveys.unlike(*keen).iloc[0]
    assert (row["answered"], row["everybody"], row["gap"], row["differs"]) == (3, 2, 1, True)


def test_a_fair_half_is_not_called_different():
    users = people(
        [f"u{i:02}" for i in range(80)], team=[f"t{i % 8}" for i in range(80)], department="d", role="seller"
    )
    rng = np.random.default_rng(1)
    answering = users["user_id"][rng.random(80) < 0.5]
    assert not surveys.unlike(*world(answering, users, rng.integers(0, 5, 80)))["differs"].any()


def test_weights_make_those_who_answered_like_everybody_by_use(keen):
    answers, panel = keen
    weight = surveys.weights(answers, panel)
    used = panel.drop_duplicates("user_id").set_index("user_id")["active_days"].reindex(weight.index)
    thirds = surveys.asked(answers, panel).set_index("user_id")
    by_third = weight.groupby(thirds["use"].reindex(weight.index)).sum() / weight.sum()
    everybody = thirds["use"].value_counts(normalize=True)
    assert by_third.to_dict() == pytest.approx(everybody.to_dict())
    assert abs(np.average(used, weights=weight) - 2) < abs(used.mean() - 2)


def test_weights_are_one_where_everybody_answers():
    users = people([f"u{i:02}" for i in range(30)], team="t", department="d", role="seller")
    given = world(users["user_id"], users, list(range(30)))
    assert surveys.weights(*given).tolist() == pytest.approx([1.0] * 30)
    assert surveys.weighted(*given)["effective"].tolist() == pytest.approx([30])


def test_who_did_not_have_access_was_not_asked(keen):
    answers, panel = keen
    gone = panel[(panel["user_id"] != "u39") | (panel["week"] < "2025-03-31")]
    assert surveys.response(answers, gone).table["n"].tolist() == [39]


def test_weeks_that_begin_on_sunday_count_the_same_people(keen):
    answers, panel = keen
    sundays = panel.assign(week=panel["week"] - pd.Timedelta(days=1))
    rates = [surveys.response(answers, weeks).table[["estimate", "n"]].iloc[0].tolist() for weeks in (panel, sundays)]
    assert rates == [[0.5, 40]] * 2
