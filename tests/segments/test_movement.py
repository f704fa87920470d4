"""Moving between segments: counted by hand."""

import pandas as pd
import pytest

from workbench.errors import ContractError
from workbench.segments.movement import Edge, beside, can_be_seen, movers, transitions


def labels(**people):
    """person=[segment or None, week by week]"""
    rows = [(who, pd.Timestamp("2025-01-06") + pd.Timedelta(weeks=i), segment)
            for who, segments in people.items() for i, segment in enumerate(segments) if segment]  # fmt: skip
    return pd.DataFrame(rows, columns=["user_id", "week", "segment"])


FOUR = labels(a=["low", "power"], b=["low", "low"], c=["low", None], d=[None, "new"])


def test_transitions_by_hand():
    table = transitions(FOUR).table
    found = {(r.before, r.after): (r.users, r.n) for r in table.itertuples()}
    assert found == {("low", "low"): (1, 3), ("low", "no access"): (1, 3), ("low", "power"): (1, 3),
                     ("no access", "new"): (1, 1)}  # fmt: skip
    # Wilson 95 % for 1 of 3, R: prop.test(1, 3, correct = FALSE)
    assert table.loc[0, ["conf_low", "conf_high"]].tolist() == pytest.approx([0.0615, 0.7923], abs=1e-4)


def test_transitions_compare_the_last_week_with_twelve_weeks_before():
    history = labels(a=["none", "low", *["low"] * 11, "power"])
    assert transitions(history).table[["before", "after"]].to_numpy().tolist() == [["low", "power"]]


def test_transitions_by_group():
    grouped = FOUR.assign(team=FOUR["user_id"].map({"a": "x", "b": "y", "c": "y", "d": "y"}))
    table = transitions(grouped, by="team").table
    assert table.groupby("team")["users"].sum().tolist() == [1, 3]
    assert list(table.columns[:4]) == ["team", "before", "after", "users"]


def test_a_week_without_labels_is_refused():
    with pytest.raises(ContractError, match=r"no label is of 2025-02-04\. Name a week by its first day, between"):
        transitions(FOUR, since="2025-02-04")


def user_weeks(user, active, team):
    weeks = pd.date_range("2025-01-06", periods=len(active), freq="7D")
    return pd.DataFrame({"user_id": user, "week": weeks, "actions": list(map(int, active)), "team": team})


def test_movers_by_hand():
    panel = pd.concat([
        user_weeks("slipping", "1111111110001010", "x"),  # 9 of the 12 weeks before, 2 of the last 4
        user_weeks("steady", "1" * 16, "x"),
        user_weeks("converting", "0" * 12 + "1011", "y"),  # 3 of the last 4
        user_weeks("idle", "0" * 16, "y"),
        user_weeks("gone", "1111", "y"),
    ])  # fmt: skip
    table = movers(panel).table
    found = {r.movement: (r.users, r.n) for r in table.itertuples()}
    assert found == {
        "slipping": (1, 2),
        "close to the habit": (1, 3),
    }  # who slips has lost the habit, and could come back
    by_team = {(r.team, r.movement): (r.users, r.n) for r in movers(panel, by="team").table.itertuples()}
    # Nobody of team y had the habit: there is nothing to slip out of, and no row.
    assert by_team == {
        ("x", "slipping"): (1, 2),
        ("x", "close to the habit"): (0, 1),
        ("y", "close to the habit"): (1, 2),
    }


def test_movement_cannot_be_seen_where_all_are_in_one_segment_or_new():
    many = labels(**{f"a{i}": ["low", "power"] for i in range(20)}, **{f"b{i}": ["power", "low"] for i in range(20)})
    assert can_be_seen(transitions(many))
    assert not can_be_seen(transitions(many[many["user_id"].str.startswith("a")]))
    assert not can_be_seen(transitions(many.assign(segment="new")))


def test_more_and_less_use_are_told_by_the_order_of_segments():
    ways = transitions(FOUR).table.set_index(["before", "after"])["way"]
    assert ways.to_dict() == {("low", "low"): "the same", ("low", "no access"): "joined, left or were new",
                              ("low", "power"): "to more use", ("no access", "new"): "joined, left or were new"}  # fmt: skip
    turned = transitions(FOUR, order=("low", "power")).table.set_index(["before", "after"])["way"]
    assert turned["low", "power"] == "to less use"


def test_both_movements_of_a_group_stand_in_one_row():
    panel = pd.concat([user_weeks(f"a{i}", "1" * 12 + "0001", "x") for i in range(3)]
                      + [user_weeks(f"b{i}", "0" * 16, "y") for i in range(5)])  # fmt: skip
    table = beside(movers(panel, by="team"), "team")
    assert table.columns.tolist() == ["team", "slipping", "close to the habit"]
    assert table.fillna("–").to_numpy().tolist() == [["x", "3 of 3", "–"], ["y", "–", "0 of 5"]]


def test_the_edge_says_what_is_counted():
    """The words by hand; one week beyond what they say, nobody is counted."""
    said = Edge().definitions().set_index("movement")["means"]
    assert said["slipping"] == (
        "had the habit 4 weeks ago (9 or more active weeks of 12) and was active in at most 2 of the last 4 weeks"
    )
    assert said["close to the habit"] == "does not have the habit now and was active in at least 3 of the last 4 weeks"
    weeks = {
        "2 of 4": "1" * 12 + "0101",
        "3 of 4": "1" * 12 + "0111",
        "two": "0" * 14 + "11",
        "three": "0" * 13 + "111",
    }
    panel = pd.concat([user_weeks(who, active, who) for who, active in weeks.items()])
    moved = movers(panel, by="team").table.query("users > 0")
    assert moved[["team", "movement"]].to_numpy().tolist() == [["2 of 4", "slipping"], ["three", "close to the habit"]]


def test_a_group_that_changes_within_a_person_is_refused():
    panel = user_weeks("a", "11", ["x", "y"])
    with pytest.raises(ContractError, match="team is one per person, but 1 people have several"):
        movers(panel, by="team")


def test_pictures_without_ranges_do_not_speak_of_ranges():
    weeks = pd.to_datetime(["2025-01-06", "2025-03-31"])
    moved = transitions(pd.DataFrame({"user_id": "a", "week": weeks, "segment": ["low", "power"]}))
    assert moved.about == "segments in the week of 6 Jan 2025 and in the week of 31 Mar 2025"
