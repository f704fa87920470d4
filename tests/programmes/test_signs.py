"""Signs of work for show: counts of a small log by hand, and how common they are."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import workbench as wb
from workbench.programmes import signs
from workbench.programmes.comparison import Comparison, Comparisons
from workbench.programmes.signs import Sign

MONDAYS = [f"{day:%Y-%m-%d}" for day in pd.date_range("2025-01-06", periods=12, freq="7D")]


def rows(user: str, *done: tuple) -> list[dict]:
    """Rows of one person: (time, action, record, fields required, filled, audited_correct)."""
    names = ("occurred_at", "action", "record_id", "fields_required", "fields_filled", "audited_correct")
    return [{"user_id": user, **dict(zip(names, row, strict=False))} for row in done]


EVENTS = pd.DataFrame(
    [
        *rows(
            "a",
            ("2025-01-06 10:00:00", "create", "r1", 4, 2, True),
            ("2025-01-06 10:00:50", "create", "r2", 4, 2, False),  # 50 seconds on, two of four fields again
            ("2025-01-06 10:02:00", "update", "r1", 4, 4),  # 70 seconds on
            ("2025-01-27 09:00:00", "login"),  # and nothing else in this week
            ("2025-01-31 09:00:00", "login"),
        ),
        *rows(
            "b",
            ("2025-02-03 09:00:00", "login"),
            ("2025-02-03 09:01:00", "view", "r2"),  # 28 days less an hour after it was made: touched
            ("2025-02-27 12:00:00", "create", "r3", 4, 4),  # the log ends less than 28 days later: not followed
            ("2025-03-24 09:00:00", "view", "r1"),
        ),
        {
            "user_id": "b",
            "occurred_at": "2025-02-05 09:00:00",
            "action": "create",
            "record_id": "r9",
            "succeeded": False,
        },
    ]
).fillna({"succeeded": True})
USERS = pd.DataFrame({"user_id": ["a", "b", "c"], "team": ["x", "x", "y"], "access_start": ["2025-01-06"] * 3})


def of_log(events: pd.DataFrame) -> pd.DataFrame:
    """The facts of these people's log."""
    source = wb.open_source({"users": USERS, "events": events}, time_zone="UTC")
    panel = wb.user_weeks(source, qualifying=("create", "update", "view"))
    return signs.sign_counts(panel, wb.actions(source)).to_pandas()


@pytest.fixture(scope="module")
def counted() -> pd.DataFrame:
    return of_log(EVENTS)


def week(counted: pd.DataFrame, user: str, monday: str) -> pd.Series:
    return counted[(counted["user_id"] == user) & (counted["week"] == monday)].iloc[0]


def test_every_user_week_has_its_counts(counted) -> None:
    first = week(counted, "a", "2025-01-06")
    assert first[["weeks", "login_only", "done", "month_end"]].tolist() == [1, 0, 3, 0]
    assert first[["entries", "quick", "asked", "minimal", "compared", "same"]].tolist() == [3, 1, 3, 2, 2, 1]
    assert first[["made", "required", "filled", "audited", "correct"]].tolist() == [2, 8, 4, 2, 1]
    assert counted["weeks"].sum() == len(counted)


def test_logins_without_work_are_weeks(counted) -> None:
    assert week(counted, "a", "2025-01-27")["login_only"] == 1
    assert week(counted, "b", "2025-02-03")["login_only"] == 0  # there was a look at a record too
    assert week(counted, "c", "2025-01-06")["login_only"] == 0


def test_a_record_is_alone_when_nobody_touches_it_in_time(counted) -> None:
    """r1 is updated at once, r2 viewed by a colleague on the 28th day; r3 cannot be followed, r9 was never made."""
    assert counted[["followed", "untouched"]].sum().tolist() == [2, 0]
    late = EVENTS.assign(occurred_at=EVENTS["occurred_at"].replace("2025-02-03 09:01:00", "2025-02-03 10:01:00"))
    again = of_log(late)
    assert again[["followed", "untouched"]].sum().tolist() == [2, 1]


def test_an_edit_counts_for_whoever_made_the_record_when_it_comes_in_time() -> None:
    """a makes r1, edits it at once, and b edits it on the 28th day: two edits, both of a's first week. r2, which b only
    looks at, has none; nor has r1 from an edit on the 29th day."""
    edits = [
        *rows("b", ("2025-02-03 09:59:00", "update", "r1", 4, 4), ("2025-02-03 10:01:00", "update", "r1", 4, 4)),
        *rows("b", ("2025-02-04 09:00:00", "update", "r7", 4, 4)),  # made before the log began: nobody's new record
    ]
    again = of_log(pd.concat([EVENTS, pd.DataFrame(edits).assign(succeeded=True)], ignore_index=True))
    assert week(again, "a", "2025-01-06")[["followed", "edits", "entries_on"]].tolist() == [2, 2, 4]
    assert again[["edits", "entries_on"]].sum().tolist() == [2, 4]


def test_the_end_of_a_month_is_its_last_five_days(counted) -> None:
    assert week(counted, "b", "2025-02-24")["month_end"] == 1  # 27 February; the login on 31 January is no work
    assert counted["month_end"].sum() == 1


# ── how common a sign is ────────────────────────────────────────────────────────────────────────────────────────


SHARE = Sign("part", "part", "whole", "share of the whole")


def test_a_rate_is_the_sum_of_parts_over_the_sum_of_wholes() -> None:
    """Three people, 1 of 2, 3 of 4 and 0 of 4: 4 of 10. By hand, the residuals y − r·x are 0.2, 1.4 and −1.6, their
    squares sum to 4.56, so the error is √(3/2 · 4.56) / 10."""
    table = wb.as_table(pd.DataFrame({"user_id": list("abc"), "team": "x", "part": [1, 3, 0], "whole": [2, 4, 4]}))
    row = signs.sign_rates(table, SHARE, "team").table.iloc[0]
    assert (row["team"], row["estimate"], row["n"]) == ("x", 0.4, 3)
    assert row["std_error"] == pytest.approx(np.sqrt(1.5 * 4.56) / 10)
    assert (row["conf_low"], row["conf_high"]) == (0, 1)  # three people say next to nothing


def test_the_base_rate_stands_below_the_groups() -> None:
    people = {"team": list("xy") * 6, "part": [1, 0] * 6, "whole": [2, 3] * 6}
    table = signs.motions(wb.as_table(pd.DataFrame(people).assign(user_id=list("abcdefghijkl"))), "team", [SHARE])
    assert table.to_numpy().tolist() == [["x", 6, 0.5], ["y", 6, 0.0], ["everybody", 12, 0.2]]


def test_small_groups_are_not_shown_nor_worked_out_from_everybody() -> None:
    people = {"team": list("xxxxxxyyyyyyyzzz"), "part": 1, "whole": 2}
    table = signs.motions(wb.as_table(pd.DataFrame(people).assign(user_id=list("abcdefghijklmnop"))), "team", [SHARE])
    assert table["team"].tolist() == ["y", "everybody"]  # z is too small, and x goes with it


def test_an_unknown_group_is_refused() -> None:
    table = wb.as_table(pd.DataFrame({"user_id": ["a"], "part": [1], "whole": [2]}))
    with pytest.raises(wb.ContractError, match="the table has no column 'team'; it has user_id, part, whole"):
        signs.sign_rates(table, SHARE, "team")


def test_comparisons_with_signs_measure_how_many_records_were_made(counted) -> None:
    rows = wb.as_table(counted[["user_id", "team", "week", "logins", "actions"]])
    actions = wb.actions(wb.open_source({"users": USERS, "events": EVENTS}, time_zone="UTC"))
    race = signs.with_signs(Comparisons("incentive", [Comparison("race", rows, rows, rows)]), actions)["race"]
    assert race.outcome == "made"
    assert race.rows.to_pandas()["made"].tolist() == counted["made"].tolist()
