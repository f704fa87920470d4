"""Every broken rule at once, with its count, its first offender and its repair."""

from __future__ import annotations

import pandas as pd
import pytest

import workbench as wb

GOOD = {
    "user_id": ["a", "a"],
    "occurred_at": ["2025-01-06T08:00:00Z"] * 2,
    "action": ["view"] * 2,
    "record_id": ["1", "2"],
}
USERS = {"user_id": ["a"]}


def problems(users: dict = USERS, events: dict = GOOD, show_ids: bool = False, **tables: dict) -> pd.DataFrame:
    frames = {"users": users, "events": events, **tables}
    return wb.open_source({name: pd.DataFrame(data) for name, data in frames.items()}).check(show_ids)


def only(found: pd.DataFrame) -> dict:
    assert len(found) == 1, found.to_string()
    return found.iloc[0].to_dict()


def test_good_tables_have_no_problems() -> None:
    assert problems().empty


@pytest.mark.parametrize(
    ("table", "column", "values", "rule", "first"),
    [
        ("events", "occurred_at", ["2025-01-06T08:00:00Z", "2025-01-06 08:00"], "events.occurred_at names its time zone", "row 2: occurred_at is a text of 16 characters"),
        ("events", "occurred_at", ["2025-01-06T08:00:00Z", "2025-13-06T08:00:00Z"], "events.occurred_at reads as instant", "row 2: occurred_at is a text of 20 characters"),
        ("events", "occurred_at", ["1970-01-20T08:00:00Z", None], "events.occurred_at lies between 1990 and 2100", "row 1: occurred_at is a text of 20 characters"),
        ("events", "duration_seconds", [1.0, -2.0], "events.duration_seconds is at least 0", "row 2: duration_seconds is a number"),
        ("events", "duration_seconds", [float("inf"), 2.0], "events.duration_seconds is finite", "row 1: duration_seconds is a number"),
        ("events", "action", ["view", None], "events.action is there", "row 2: action is missing"),
        ("events", "feature", ["a\0b", "c"], "events.feature is plain text", "row 1: feature is a text of 3 characters"),
        ("events", "succeeded", ["maybe", "true"], "events.succeeded reads as boolean", "row 1: succeeded is a text of 5 characters"),
    ],
)  # fmt: skip
def test_each_rule_names_its_count_and_its_first_offender(
    table: str, column: str, values: list, rule: str, first: str
) -> None:
    events = {**GOOD, column: values}
    found = problems(events=events)
    row = found[found["rule"] == rule].iloc[0]
    assert (row["rows"], row["of"], row["first"], row["broken"]) == (1, 2, first, True)


def test_an_unknown_user_is_noted_not_broken_and_not_named() -> None:
    row = only(problems(events={**GOOD, "user_id": ["a", "jane.doe"]}))
    assert (row["rule"], row["rows"], row["first"], row["broken"]) == ("events.user_id is in users", 1, "row 2", False)
    shown = only(problems(events={**GOOD, "user_id": ["a", "jane.doe"]}, show_ids=True))
    assert shown["first"] == "row 2: user_id=jane.doe"


def test_a_repeated_user_is_broken() -> None:
    row = only(problems(users={"user_id": ["a", "b", "a"]}))
    assert (row["rule"], row["rows"], row["of"], row["first"]) == ("users.user_id occurs once", 1, 3, "row 3")


def test_dates_in_the_wrong_order_are_broken() -> None:
    users = {"user_id": ["a"], "access_start": ["2025-02-01"], "access_end": ["2025-01-01"]}
    assert only(problems(users=users))["rule"] == "users.access_end is not before access_start"


def test_a_value_that_is_not_one_of_those_allowed_is_broken() -> None:
    trainings = {"user_id": ["a"], "programme": ["x"], "started_at": ["2025-01-06"], "assignment": ["lottery"]}
    row = only(problems(trainings=trainings))
    assert row["rule"] == "trainings.assignment is one of chosen, scheduled, random"


def test_missing_tables_and_columns_are_said_together() -> None:
    found = wb.open_source({"users": pd.DataFrame({"name": ["a"]})}).check()
    assert found["rule"].tolist() == [
        "the table events is missing",
        "users has a column user_id, but none of its 1 is called that",
    ]


def test_verified_raises_with_every_broken_rule() -> None:
    events = pd.DataFrame({**GOOD, "action": [None, "view"], "duration_seconds": [-1, 1]})
    source = wb.open_source({"users": pd.DataFrame(USERS), "events": events})
    with pytest.raises(wb.ContractError) as refused:
        source.verified()
    assert str(refused.value) == (
        "events.action is there, but not in 1 of 2 rows.\n"
        "  first: row 1: action is missing\n"
        "  Fill it, or leave the rows out: [events.leave_out] \"no action\" = '''\"action\" is null'''.\n"
        "events.duration_seconds is at least 0, but not in 1 of 2 rows.\n"
        "  first: row 1: duration_seconds is a number\n"
        "  Correct the value, or leave it empty."
    )


def test_a_log_of_which_every_row_is_left_out_is_noted(tmp_path) -> None:
    (tmp_path / "events.csv").write_text(
        "user_id,occurred_at,action,kind\na,2025-01-06T08:00Z,x,api\nb,2025-01-06T08:00Z,x,api\n"
    )
    (tmp_path / "workbench.toml").write_text('[events.leave_out]\n"a program" = "kind = \'api\'"\n')
    found = wb.open_source(tmp_path).check().set_index("rule").loc["some rows of events are read"]
    assert (found["rows"], found["of"], found["broken"]) == (2, 2, False)
    assert found["repair"] == "2 are left out as 'a program'. Is it the right export?"


def test_an_empty_file_is_said_to_be_empty(tmp_path) -> None:
    (tmp_path / "events.csv").write_text("")
    (tmp_path / "users.csv").write_text("user_id\na\n")
    found = only(wb.open_source(tmp_path).check())
    assert (found["rule"], found["repair"]) == ("events has columns, but its file is empty", "Export it again.")
