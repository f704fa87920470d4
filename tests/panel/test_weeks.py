"""Which weeks of a person count, and what is refused."""

import pandas as pd
import pytest

from workbench.errors import ContractError
from workbench.panel.weeks import counted_weeks


def user_weeks(user, weeks_and_actions, **more):
    weeks = [pd.Timestamp("2025-01-06") + pd.Timedelta(weeks=w) for w, _ in weeks_and_actions]
    return pd.DataFrame({"user_id": user, "week": weeks, "actions": [a for _, a in weeks_and_actions], **more})


def counted(panel):
    return counted_weeks(panel).to_pandas().sort_values(["user_id", "week"]).reset_index(drop=True)


def test_a_week_without_a_row_is_a_week_without_use():
    both = pd.concat([user_weeks("a", [(0, 3), (3, 1)]), user_weeks("b", [(1, 2)])])
    found = counted(both)
    assert found["user_id"].tolist() == ["a"] * 4 + ["b"]
    assert found["actions"].tolist() == [3, 0, 0, 1, 2]
    assert found["number"].tolist() == [0, 1, 2, 3, 1]


def test_a_week_that_nobody_has_counts_too():
    assert counted(user_weeks("a", [(0, 1), (5, 1)]))["actions"].tolist() == [1, 0, 0, 0, 0, 1]


def test_a_week_of_leave_does_not_count():
    panel = user_weeks("a", [(0, 1), (1, 9), (2, 1)], eligible=[True, False, None])
    assert counted(panel)["number"].tolist() == [0, 2]


def test_a_table_without_rows_has_no_weeks():
    assert counted(user_weeks("a", [(0, 1)]).iloc[:0]).empty


def test_weeks_may_begin_on_sunday():
    panel = user_weeks("a", [(0, 1), (2, 1)])
    panel["week"] -= pd.Timedelta(days=1)
    assert counted(panel)["week"].tolist() == list(pd.date_range("2025-01-05", periods=3, freq="7D"))


GOOD = user_weeks("a", [(0, 1), (1, 2)])
REFUSED = {
    "user-weeks have the columns user_id, week, actions, but actions is not among user_id, week.\n"
    "  Rename or add it before.": GOOD.drop(columns="actions"),
    "actions is a number from 0 up, but in 1 of 2 rows it is not.\n"
    "  first: row 2: week=2025-01-13, actions=-1\n"
    "  Correct the count; 0 where nothing was done.": GOOD.assign(actions=[1, -1]),
    "actions is a number from 0 up, but in 1 of 2 rows it is not.\n"
    "  first: row 1: week=2025-01-06, actions=None\n"
    "  Correct the count; 0 where nothing was done.": GOOD.assign(actions=[float("nan"), 1]),
    "weeks begin on one weekday, but in 1 of 2 rows it is not.\n"
    "  first: row 2: week=2025-01-14, actions=2\n"
    "  Name every week by its first day.": GOOD.assign(week=pd.to_datetime(["2025-01-06", "2025-01-14"])),
    "user_id is there, but in 2 of 2 rows it is not.\n"
    "  first: row 1: week=2025-01-06, actions=1\n"
    "  Leave out rows that belong to nobody.": GOOD.assign(user_id=pd.Series([None, None], dtype="str")),
    "a person has one row a week, but 1 user-weeks are repeated.\n"
    "  first: row 2: week=2025-01-13, actions=2\n"
    "  Add them up: select user_id, week, sum(actions) as actions … group by user_id, week.": pd.concat(
        [GOOD, GOOD.iloc[1:]]
    ),
    "actions is a number, but here it is string.\n  Count what was done in the week.": GOOD.assign(actions=["1", "2"]),
    "actions is a number, but here it is bool.\n  Count what was done in the week.": GOOD.assign(actions=True),
    "week is a date without a time zone, but here it is timestamp[us, tz=UTC].\n"
    "  Name every week by its first day, such as 2025-03-03.": GOOD.assign(week=GOOD["week"].dt.tz_localize("UTC")),
    "eligible is true or false, but here it is string.\n  Say false for a week of leave.": GOOD.assign(eligible="yes"),
}


@pytest.mark.parametrize("weeks", [61, 62, 63, 130])
def test_a_repeated_week_is_found_wherever_it_lies(weeks):
    """What was read in one go agrees with a count by pandas, at the edges of the masks of weeks too."""
    whole = user_weeks("a", [(w, 1) for w in range(weeks)])
    assert len(counted(whole)) == weeks
    for at in (0, 1, weeks // 2, weeks - 1):
        gap = (at + 3) % weeks  # as many rows as weeks, one of them twice
        odd = pd.concat([whole.drop(gap), whole.loc[[at]]])
        with pytest.raises(ContractError, match=f"but {int(odd.duplicated().sum())} user-weeks are repeated"):
            counted_weeks(odd)


@pytest.mark.parametrize("message", REFUSED)
def test_what_cannot_be_counted_is_refused(message):
    with pytest.raises(ContractError) as refused:
        counted_weeks(REFUSED[message])
    assert str(refused.value) == message
