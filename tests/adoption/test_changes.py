"""A share's change and what moved it: hand calculations, a published decomposition's identity, other tests' numbers."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.contingency_tables import mcnemar

from workbench.adoption.changes import changed, what_moved
from workbench.errors import ContractError

OLD, NEW = "2025-01-06", "2025-03-31"


def marks(before, after, **columns):
    """before and after: {user: yes}; columns: name={user: group}"""
    rows = [(user, pd.Timestamp(week), yes) for week, one in ((OLD, before), (NEW, after)) for user, yes in one.items()]
    table = pd.DataFrame(rows, columns=["user_id", "week", "yes"])
    return table.assign(**{name: table["user_id"].map(groups) for name, groups in columns.items()})


def paired(both, lost, gained, neither):
    """So many people who counted in both weeks, before only, after only, never."""
    kinds = [(1, 1)] * both + [(1, 0)] * lost + [(0, 1)] * gained + [(0, 0)] * neither
    return marks(*({f"u{i}": kind[week] for i, kind in enumerate(kinds)} for week in (0, 1)))


def test_the_same_people_twice_is_a_paired_comparison():
    """Variance of a difference of paired shares: (b + c − (b − c)²/n) / n², by hand; here times n/(n − 1)."""
    row = changed(paired(30, 5, 15, 50), OLD, NEW).table.iloc[0]
    assert (row["before"], row["after"], row["n"]) == (0.35, 0.45, 100)
    assert row["std_error"] == pytest.approx(np.sqrt((20 - 100 / 100) / 100**2 * 100 / 99))
    # McNemar's test is of the same hypothesis: z² near its chi-square (4.2 for the plain statistic, 100/20 = 5)
    chi_square = mcnemar([[30, 5], [15, 50]], exact=False, correction=False).statistic
    assert (row["estimate"] / row["std_error"]) ** 2 == pytest.approx(chi_square, rel=0.08)


def test_different_people_is_a_comparison_of_two_samples():
    before, after = {f"a{i}": int(i < 20) for i in range(80)}, {f"b{i}": int(i < 30) for i in range(60)}
    row = changed(marks(before, after), OLD, NEW).table.iloc[0]
    assert row["std_error"] == pytest.approx(np.sqrt(0.25 * 0.75 / 80 + 0.5 * 0.5 / 60), rel=0.01)
    assert row["n"] == 140


def test_teams_that_move_together_are_less_sure():
    teams = {f"u{i}": f"t{i // 10}" for i in range(100)}
    before, after = dict.fromkeys(teams, 0), {user: int(int(team[1:]) < 3) for user, team in teams.items()}
    table = marks(before, after, team=teams)
    alone, together = (changed(table, OLD, NEW, unit=unit).table.iloc[0] for unit in ("user_id", "team"))
    assert alone["estimate"] == together["estimate"] == pytest.approx(0.3)
    assert together["std_error"] == pytest.approx(np.sqrt(0.3 * 0.7 / 9))  # ten teams, each wholly 0 or 1
    assert together["conf_high"] - together["conf_low"] > 3 * (alone["conf_high"] - alone["conf_low"])


def test_a_group_that_is_there_once_has_no_change():
    table = changed(marks({"a": 1}, {"a": 0, "b": 1}, team={"a": "x", "b": "y"}), OLD, NEW, by="team").table
    assert table.set_index("team")["estimate"].isna().to_dict() == {"x": False, "y": True}


def test_a_week_without_rows_is_refused():
    with pytest.raises(ContractError, match=r"no row is of '2025-03-24'\. Name a week by its first day"):
        changed(paired(1, 1, 1, 1), OLD, "2025-03-24")


def test_mix_and_rate_by_hand():
    """Sales keeps its rate and grows from half to three quarters; service falls from .4 to .2."""
    people = {f"s{i}": "sales" for i in range(75)} | {f"v{i}": "service" for i in range(50)}
    before = {f"s{i}": int(i < 40) for i in range(50)} | {f"v{i}": int(i < 20) for i in range(50)}
    after = {f"s{i}": int(i < 60) for i in range(75)} | {f"v{i}": int(i < 5) for i in range(25)}
    table = what_moved(marks(before, after, department=people), OLD, NEW, by="department").set_index("department")
    # overall .60 → .65, mean .625; sales: mix .25 × (.8 − .625), rate 0; service: mix −.25 × (.3 − .625), rate .375 × −.2
    assert table.loc["sales", ["mix", "rate"]].tolist() == pytest.approx([0.04375, 0.0])
    assert table.loc["service", ["mix", "rate"]].tolist() == pytest.approx([0.08125, -0.075])
    assert table.loc["everybody", ["rate_before", "rate_after", "total"]].tolist() == pytest.approx([0.6, 0.65, 0.05])


def test_groups_that_may_not_be_shown_are_among_all_others():
    """Of 40, 30, 7 and 3 people, the three may not be shown, nor the seven from which they could be worked out."""
    sizes = {"large": 40, "middle": 30, "seven": 7, "three": 3}
    people = {f"{name}{i}": name for name, n in sizes.items() for i in range(n)}
    before = {who: int(int(who.lstrip("abcdefghijklmnopqrstuvwxyz")) % 2) for who in people}
    after = before | {"three0": 1, "three1": 1, "three2": 1}
    table = what_moved(marks(before, after, team=people), OLD, NEW, by="team")
    assert set(table["team"]) == {"large", "middle", "all others", "everybody"}
    assert table.set_index("team")["total"]["all others"] == pytest.approx(2 / 80)


@settings(deadline=None, max_examples=25)
@given(
    st.lists(
        st.tuples(*[st.sampled_from("abcdefg")] * 2, *[st.integers(0, 1)] * 2, st.booleans(), st.booleans()), min_size=2
    )
)
def test_contributions_add_up_to_the_change(people):
    before = {f"u{i}": p[2] for i, p in enumerate(people) if p[4]} | {"x": 1}
    after = {f"u{i}": p[3] for i, p in enumerate(people) if p[5]} | {"x": 0}
    groups = {f"u{i}": p[0] for i, p in enumerate(people)} | {"x": "a"}
    table = what_moved(marks(before, after, team=groups), OLD, NEW, by="team", groups=3)
    change = np.mean(list(after.values())) - np.mean(list(before.values()))
    assert table["total"].iloc[-1] == pytest.approx(change)
    assert table["total"].iloc[:-1].sum() == pytest.approx(change)
    assert len(table) <= 5
