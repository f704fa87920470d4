"""Computed columns, rows left out with their reason, several sources of one table; counts made by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

import workbench as wb
from workbench.data.raw import REPEATED

LOG = """id,description,module,kind,at
1,"The user with id '3' viewed it",Leads,H,2025-01-06T08:00:00Z
2,"The user with id '4' viewed it",Deals,H,2025-01-06T09:00:00Z
3,"The user with id '4' viewed it",Deals,A,2025-01-06T09:30:00Z
4,"The user with id '4' viewed it",Deals,H,2025-01-06T10:00:00Z
4,"The user with id '4' viewed it",Deals,H,2025-01-06T10:00:00Z
"""
MAPPING = """
[events]
file = "log.csv"
[events.columns]
user_id = { column = "description", pattern = "user with id '(\\\\d+)'" }
feature = { sql = "lower(\\"module\\")" }
action = { value = "view" }
occurred_at = "at"
[events.leave_out]
"a robot" = "kind = 'A'"
"a test" = "id = '1' or kind = 'A'"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "users.csv").write_text("user_id\n3\n4\n")
    (tmp_path / "log.csv").write_text(LOG)
    (tmp_path / "workbench.toml").write_text(MAPPING)
    return tmp_path


def events(folder: Path) -> list[tuple[str, str, str]]:
    found = wb.open_source(folder).events.to_pandas().sort_values("occurred_at")
    return list(zip(found["user_id"], found["feature"], found["action"], strict=True))


def test_a_column_from_a_pattern_an_expression_or_a_constant(folder: Path) -> None:
    assert events(folder) == [("4", "deals", "view")] * 3


def test_rows_read_are_rows_kept_and_rows_left_out_each_with_its_first_reason(folder: Path) -> None:
    outcomes = wb.open_source(folder).raw["events"].parts[0].outcomes
    assert outcomes == {"": 3, "a robot": 1, "a test": 1}
    assert sum(outcomes.values()) == len(LOG.splitlines()) - 1


def test_repeated_rows_count_once_if_the_mapping_says_so(folder: Path) -> None:
    (folder / "workbench.toml").write_text(MAPPING.replace('file = "log.csv"', 'file = "log.csv"\ndrop_repeats = true'))
    assert events(folder) == [("4", "deals", "view")] * 2
    outcomes = wb.open_source(folder).raw["events"].parts[0].outcomes
    assert outcomes == {"": 2, "a robot": 1, "a test": 1, REPEATED: 1}


def test_a_condition_may_look_at_other_rows(folder: Path) -> None:
    """Of the rows of one module only the latest is kept."""
    later = 'row_number() over (partition by \\"module\\" order by \\"at\\" desc) > 1'
    (folder / "workbench.toml").write_text(MAPPING + f'"an earlier update" = "{later}"\n')
    outcomes = wb.open_source(folder).raw["events"].parts[0].outcomes
    assert outcomes == {"": 1, "a robot": 1, "a test": 1, "an earlier update": 2}
    assert len(events(folder)) == 1


def test_several_sources_with_other_names_and_formats_are_one_table(folder: Path) -> None:
    (folder / "lms.csv").write_text("who,course,begun\n3,Basics,06/01/2025\n")
    (folder / "room.csv").write_text("user_id;programme;started_at;hours\n4;Basics;2025-01-13;1,5\n")
    (folder / "workbench.toml").write_text(
        MAPPING
        + """
[[trainings]]
file = "lms.csv"
[trainings.columns]
user_id = "who"
programme = "course"
started_at = "begun"
[trainings.formats]
started_at = "DD/MM/YYYY"
[[trainings]]
file = "room.csv"
[trainings.formats]
hours = "1234,5"
"""
    )
    source = wb.open_source(folder)
    found = source.trainings.to_pandas().sort_values("user_id")
    assert found["user_id"].tolist() == ["3", "4"]
    assert found["started_at_day"].dt.date.astype(str).tolist() == ["2025-01-06", "2025-01-13"]
    assert found["hours"].fillna(-1).tolist() == [-1, 1.5]
    assert source.check().query("table == 'trainings'").empty


def test_a_rule_that_a_row_of_the_second_source_breaks_is_counted_over_both(folder: Path) -> None:
    for name, hours in (("a", 1), ("b", -1)):
        (folder / f"{name}.csv").write_text(f"user_id,programme,started_at,hours\n3,Basics,2025-01-06,{hours}\n")
    two = '[[trainings]]\nfile = "a.csv"\n[[trainings]]\nfile = "b.csv"\n'
    (folder / "workbench.toml").write_text(MAPPING + two)
    broken = wb.open_source(folder).check().query("table == 'trainings'").iloc[0]
    assert (broken["rule"], broken["rows"], broken["of"]) == ("trainings.hours is at least 0", 1, 2)
    assert broken["first"].startswith("file 2 of 2, row 1")


def test_a_mapping_with_only_everything_else_is_read(folder: Path) -> None:
    """cases.md, 25: a parser error of the engine."""
    (folder / "workbench.toml").write_text(MAPPING + '[events.values.action]\n"*" = "create"\n')
    assert {action for _, _, action in events(folder)} == {"create"}


def test_files_that_were_joined_have_the_mark_of_a_file_within(tmp_path) -> None:
    """The header again behind the mark is no data, and the first person of a file without a header is who he is."""
    one = "user_id,occurred_at,action\na,2025-01-06T08:00:00Z,view\n"
    (tmp_path / "events.csv").write_text(f"{one}\ufeff{one}\ufeffa,2025-01-07T08:00:00Z,view\n")
    source = wb.open_source(tmp_path)
    assert source.check()["rule"].tolist() == [
        "the table users is missing: everybody in the log counts as a user",
        "the rows of events differ from one another",
    ]
    assert source.events.to_pandas()["user_id"].tolist() == ["a", "a", "a"]
    assert source.raw["events"].parts[0].outcomes == {"": 3, "the header again": 1}
