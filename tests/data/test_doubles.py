"""What a log may hold twice."""

from __future__ import annotations

import pandas as pd

import workbench as wb


def noted(events: dict, **tables: dict) -> list[dict]:
    frames = {name: pd.DataFrame(columns) for name, columns in {"events": events, **tables}.items()}
    return [each for each in wb.open_source(frames).check().to_dict("records") if not each["broken"]]


def test_rows_that_repeat_one_another_are_noted():
    row = {"user_id": "a", "occurred_at": "2025-01-06T08:00:00Z", "action": "edit"}
    events = {name: [value] * 3 for name, value in row.items()}
    [found] = noted(events, users={"user_id": ["a"]})
    assert (found["rule"], found["rows"], found["of"]) == ("the rows of events differ from one another", 2, 3)


def test_where_there_are_several_sources_the_one_that_repeats_is_named(tmp_path):
    row = "a,2025-01-06T08:00:00Z,edit\n"
    (tmp_path / "one.csv").write_text("user_id,occurred_at,action\n" + row)
    (tmp_path / "two.csv").write_text("user_id,occurred_at,action\n" + row + row)
    (tmp_path / "workbench.toml").write_text('[[events]]\nfile = "one.csv"\n[[events]]\nfile = "two.csv"\n')
    found = wb.open_source(tmp_path).check().query("rule == 'the rows of events differ from one another'")
    assert found["repair"].item() == (
        "Name their event_id, or say in workbench.toml that they count once: in the [[events]] number 2 of 2:"
        " drop_repeats = true."
    )


def files(folder, months: dict[str, range]) -> list[str]:
    for name, days in months.items():
        rows = [f"a,2025-01-{day:02d}T08:00:00Z,edit,{name}\n" for day in days]
        (folder / f"{name}.csv").write_text("user_id,occurred_at,action,file\n" + "".join(rows))
    (folder / "workbench.toml").write_text('[events]\nfile = "*.csv"\n')
    found = wb.open_source(folder).check()
    return found.loc[found["rule"] == "the files of events cover days of their own", "repair"].tolist()


def test_days_that_two_files_cover_are_counted(tmp_path):
    [repair] = files(tmp_path, {"x": range(1, 11), "y": range(8, 21)})  # 8, 9 and 10
    assert repair.startswith("3 days are in several files.")


def test_one_day_at_a_border_and_files_of_the_same_days_are_as_they_should_be(tmp_path):
    assert files(tmp_path, {"x": range(1, 11), "y": range(10, 21)}) == []
    assert files(tmp_path, {"x": range(1, 11), "y": range(1, 11)}) == []


def test_ids_in_both_letter_cases_are_noted_without_users():
    log = {"user_id": ["Ann", "ann", "bob"], "occurred_at": ["2025-01-06T08:00:00Z"] * 3, "action": ["a", "b", "c"]}
    found = {each["rule"]: each["repair"] for each in noted(log)}
    assert found["the ids of events differ in more than letter case"].startswith(
        "1 ids are others but for letter case, so that one person counts as two. In both tables, user_id ="
    )
    listed = noted(log, users={"user_id": ["Ann", "ann", "bob"]})
    assert not any("letter case" in each["rule"] for each in listed)
