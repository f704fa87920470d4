"""Usage segments: Microsoft's own code, an obvious version, and what must not matter."""

import re

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import workbench as wb
from conftest import missing
from workbench.data.borders import ALLOWED, OUTSIDE
from workbench.segments.usage import ANY, PRESETS, Segment, definitions, segment_shares, usage_segments

MONDAY = pd.Timestamp("2025-01-06")


def user_weeks(actions, user="a", start=MONDAY):
    """One person's weeks in a row; None is a week without a row."""
    weeks = pd.date_range(start, periods=len(actions), freq="7D")
    rows = pd.DataFrame({"user_id": user, "week": weeks, "actions": actions})
    return rows.dropna().astype({"actions": "int64"})


def labels(panel, preset="12w"):
    return usage_segments(panel, preset).to_pandas().sort_values(["user_id", "week"]).reset_index(drop=True)


def last_label(actions, preset="12w"):
    return labels(user_weeks(actions), preset)["segment"].iloc[-1]


@pytest.mark.parametrize(
    ("actions", "preset", "segment"),
    [
        ([20] * 9 + [0] * 3, "12w", "power"),  # 9 of 12, mean exactly 15
        ([20] * 8 + [19] + [0] * 3, "12w", "habitual"),  # mean 14.9
        ([180] + [0] * 3 + [1] * 8, "12w", "power"),
        ([100] * 8 + [0] * 4, "12w", "novice"),  # a lot, but in 8 weeks only
        ([1] * 8 + [0] * 4, "12w", "low"),  # mean 0.67
        ([0] * 12, "12w", "none"),
        ([9] * 11, "12w", "new"),  # eleven weeks, this one included
        ([15] * 4, "4w", "power"),
        ([1, 0, 60, 60], "4w", "novice"),
        ([67] * 9 + [0] * 3, "mature", "power"),  # mean 50.25
        ([25] * 9 + [0] * 3, "mature", "habitual"),
        ([24] * 12, "mature", "novice"),
    ],
)
def test_definitions_by_hand(actions, preset, segment):
    assert last_label(actions, preset) == segment


def test_a_gap_is_weeks_without_use_and_has_rows():
    table = labels(user_weeks([1] * 9 + [None] * 8 + [1]))
    assert len(table) == 18
    assert table["segment"].iloc[11:].tolist() == ["habitual"] + ["low"] * 6  # 9, then 8, 7 … of the last 12


def test_leave_neither_costs_a_habit_nor_makes_one():
    weeks = user_weeks([1] * 12 + [0] * 20 + [1] * 2)
    panel = weeks.assign(eligible=[True] * 12 + [False] * 20 + [True] * 2)
    table = labels(panel)
    assert len(table) == 14
    assert table["segment"].tolist() == ["new"] * 11 + ["habitual"] * 3


def test_segments_of_ones_own_first_match_wins():
    own = (Segment("daily", 4, 20, window=4), Segment("starting", 0, ANY, window=2), Segment("away"))
    assert [last_label(a, own) for a in ([0] * 8 + [20] * 4, [0] * 10 + [1, 0], [9] * 10 + [0, 0], [0] * 11)] == [
        "daily", "starting", "away", "new",
    ]  # fmt: skip


def test_definitions_write_themselves():
    assert definitions()[["segment", "means"]].to_numpy().tolist() == [
        ["new", "fewer than 12 weeks of access so far"],
        ["power", "9+ active weeks of 12 and 15+ actions a week"],
        ["habitual", "9+ active weeks of 12"],
        ["novice", "1+ actions a week"],
        ["low", "any action"],
        ["none", "everyone else"],
    ]
    assert str(PRESETS["mature"][1]) == "habitual: 9+ weeks with 25+ actions of 12"


# ── an obvious version ──────────────────────────────────────────────────────────────────────────────────────────

histories = st.lists(st.one_of(st.none(), st.integers(0, 30)), min_size=1, max_size=30)
panels = st.lists(histories, min_size=1, max_size=4).map(
    lambda people: pd.concat([user_weeks(a, user=f"user {i}") for i, a in enumerate(people)])
)


def obvious(actions, habit, power, window, counts_from):
    """The segments of one person's weeks, without gaps."""
    found = []
    for t in range(len(actions)):
        last = actions[max(0, t - window + 1) : t + 1]
        active, mean = sum(a >= counts_from for a in last), sum(last) / window
        levels = {"new": len(last) < window, "power": active >= habit and mean >= power, "habitual": active >= habit}
        levels |= {"novice": mean >= 1, "low": mean > 0, "none": True}
        found.append(next(name for name, reached in levels.items() if reached))
    return found


def without_gaps(panel):
    def whole(person):
        return person.set_index("week")["actions"].asfreq("7D", fill_value=0)

    return {user: whole(person).tolist() for user, person in panel.groupby("user_id")}


@settings(deadline=None, max_examples=60)
@given(panels, st.sampled_from([("12w", 9, 15, 12, 1), ("4w", 4, 15, 4, 1), ("mature", 9, 50, 12, 25)]))
def test_a_slow_and_obvious_version_agrees(panel, preset):
    name, *rule = preset
    found = {user: person["segment"].tolist() for user, person in labels(panel, name).groupby("user_id")}
    assert found == {user: obvious(actions, *rule) for user, actions in without_gaps(panel).items()}


@settings(deadline=None, max_examples=20)
@given(panels, st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(panel, random):
    shuffled = panel.sample(frac=1, random_state=random.randrange(1000))
    assert labels(shuffled).equals(labels(panel))


@settings(deadline=None, max_examples=20)
@given(panels)
def test_the_future_does_not_change_the_past(panel):
    early = panel[panel["week"] < MONDAY + pd.Timedelta(weeks=15)]
    before = labels(early)
    both = before.merge(labels(panel), on=["user_id", "week"], suffixes=("_before", "_now"))
    assert len(both) == len(before)
    assert (both["segment_before"] == both["segment_now"]).all()


# ── Microsoft's definition ──────────────────────────────────────────────────────────────────────────────────────

THEIRS = {
    "power": "Power User",
    "habitual": "Habitual User",
    "novice": "Novice User",
    "low": "Low User",
    "none": "Non-user",
}
VERSIONS = {
    "12w": ({"version": "12w"}, "UsageSegments_12w"),
    "4w": ({"version": "4w"}, "UsageSegments_4w"),
    "mature": ({"version": None, "threshold": 25, "width": 9, "max_window": 12, "power_thres": 50}, "UsageSegments"),
}


@pytest.fixture(scope="module")
def vivainsights():
    try:
        import vivainsights
    except ImportError:
        missing("the package vivainsights")
    return vivainsights


@pytest.mark.peers
@pytest.mark.parametrize("preset", VERSIONS)
def test_microsofts_sample_gets_microsofts_labels(vivainsights, preset):
    """Their own sample (load_pq_data), their own function, all person-weeks with a whole window behind them."""
    query = vivainsights.load_pq_data()[["PersonId", "MetricDate", "Emails_sent", "Meeting_hours"]].copy()
    query["MetricDate"] = pd.to_datetime(query["MetricDate"])
    compare(vivainsights, preset, query, "Emails_sent")
    compare(vivainsights, preset, query, "Meeting_hours")


COUNTS = st.sampled_from([0, 0, 0, 0.25, 0.5, 1, 1, 2, 14, 15, 16, 24, 25, 26, 49, 50, 51, 300])
lives = st.lists(COUNTS, min_size=1, max_size=30)
WITHOUT_GAPS = st.lists(lives, min_size=1, max_size=4).map(
    lambda people: pd.concat([exact_weeks(a, f"user {i}") for i, a in enumerate(people)], ignore_index=True)
)


def exact_weeks(actions, user):
    """Quarters add up without rounding, so that a floor is reached exactly or not at all."""
    weeks = pd.date_range(MONDAY, periods=len(actions), freq="7D")
    return pd.DataFrame({"user_id": user, "week": weeks, "actions": [float(a) for a in actions]})


@pytest.mark.peers
@pytest.mark.parametrize("preset", VERSIONS)
@settings(deadline=None, max_examples=15)
@given(panel=WITHOUT_GAPS)
def test_any_weeks_without_gaps_get_microsofts_labels(vivainsights, preset, panel):
    how, column = VERSIONS[preset]
    assert_same(microsofts(vivainsights, panel, column, **how), labels(panel, preset))


@pytest.mark.peers
@settings(deadline=None, max_examples=15)
@given(panel=WITHOUT_GAPS, window=st.integers(1, 13), counts_from=st.sampled_from([0.5, 1, 15, 25]),
       power=st.sampled_from([1, 15, 50]), part=st.floats(0.01, 1))  # fmt: skip
def test_segments_of_ones_own_get_microsofts_labels(vivainsights, panel, window, counts_from, power, part):
    habit = max(1, round(part * window))
    how = {"version": None, "threshold": counts_from, "width": habit, "max_window": window, "power_thres": power}
    own = (
        Segment("power", habit, power, window, counts_from), Segment("habitual", habit, 0, window, counts_from),
        Segment("novice", 0, 1, window), Segment("low", 0, ANY, window), Segment("none", window=window),
    )  # fmt: skip
    assert_same(microsofts(vivainsights, panel, "UsageSegments", **how), labels(panel, own))


@pytest.mark.peers
@pytest.mark.parametrize("preset", VERSIONS)
def test_openstacks_contributors_get_microsofts_labels(vivainsights, preset, monkeypatch, shared, project):
    """Fifteen years of a real log: who had access for a year or longer, every tenth of them."""
    monkeypatch.setenv("WORKBENCH_SHARED", str(shared.parent))
    monkeypatch.setenv(OUTSIDE, ALLOWED)
    weeks = wb.user_weeks(wb.open_source(project / "examples" / "openstack_activity.toml"))
    some = weeks.sql("""
        with people as (
            select user_id, row_number() over (order by user_id) as number from this group by user_id
            having count(*) >= 52)
        select this.user_id, week, actions from this join people on people.user_id = this.user_id
        where number % 10 = 0 order by this.user_id, week""").to_pandas()
    how, column = VERSIONS[preset]
    ours = labels(some, preset)
    assert_same(microsofts(vivainsights, some, column, **how), ours)
    assert {"novice", "low", "none"} <= set(ours["segment"])


def microsofts(vivainsights, panel, column, **how):
    query = panel.rename(columns={"user_id": "PersonId", "week": "MetricDate"})
    theirs = vivainsights.identify_usage_segments(query, metric="actions", **how)
    return theirs.sort_values(["PersonId", "MetricDate"])[column].tolist()


def assert_same(theirs, ours):
    """Label for label, but for `new`: theirs says something of people whom nobody has seen for a whole window."""
    told = [THEIRS.get(segment, other) for segment, other in zip(ours["segment"], theirs, strict=True)]
    assert told == theirs
    assert set(ours["segment"]) <= {*THEIRS, "new"}


def compare(vivainsights, preset, query, metric):
    how, column = VERSIONS[preset]
    theirs = vivainsights.identify_usage_segments(query.copy(), metric=metric, **how)
    ours = labels(query.rename(columns={"PersonId": "user_id", "MetricDate": "week", metric: "actions"}), preset)
    both = ours.merge(theirs, left_on=["user_id", "week"], right_on=["PersonId", "MetricDate"])
    assert len(both) == len(query)
    known = both[both["segment"] != "new"]
    assert len(known) > 1000
    assert known["segment"].map(THEIRS).tolist() == known[column].tolist()


# ── what is refused ─────────────────────────────────────────────────────────────────────────────────────────────

REFUSED = {
    "there is no preset '12'; did you mean '12w'?": "12",
    "segments need names of their own, and 'new' is taken; these are new, none.": (
        Segment("new", 1), Segment("none"),
    ),
    "the last segment, and only the last, takes everyone else: end with Segment('none').": (Segment("power", 9),),
    "a preset is one of 12w, 4w, mature, or a tuple of Segment; this is None.": None,
    "a preset is one of 12w, 4w, mature, or a tuple of Segment; this is ('power', 'none').": ("power", "none"),
}  # fmt: skip


@pytest.mark.parametrize("message", REFUSED)
def test_segments_that_cannot_be_told_apart_are_refused(message):
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        usage_segments(user_weeks([1]), REFUSED[message])


def test_a_floor_above_its_window_is_refused():
    with pytest.raises(ValueError, match="segment 'power': 13 active weeks of 12 is not possible"):
        Segment("power", 13)


def test_shares_count_everybody_once_a_week():
    panel = pd.concat([user_weeks([1] * 13, "a"), user_weeks([0] * 13, "b"), user_weeks([1], "c")])
    table = segment_shares(usage_segments(panel)).table
    last = table[table["week"] == table["week"].max()]
    assert dict(zip(last["segment"], last["users"], strict=True)) == {"habitual": 1, "new": 0, "none": 1}
    assert last["estimate"].tolist() == [0.5, 0.0, 0.5]
    assert table.groupby("week")["users"].sum().tolist() == [3] + [2] * 12
