"""Files as they come (cases.md, 21 to 24): rows in = rows kept + rows left out, whatever the files look like."""

from __future__ import annotations

import gzip
import os
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import workbench as wb
from workbench.data import check_source

HEADER = "user_id,occurred_at,action"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "users.csv").write_text("user_id\na\nb\n")
    (tmp_path / "events").mkdir()
    return tmp_path


def written(folder: Path, name: str, content: str | bytes) -> None:
    (folder / "events" / name).write_bytes(content if isinstance(content, bytes) else content.encode())


def actions(folder: Path) -> list[str]:
    return sorted(wb.open_source(folder).events.to_arrow()["action"].to_pylist())


def outcomes(folder: Path) -> dict[str, int]:
    return wb.open_source(folder).raw["events"].parts[0].outcomes


def test_files_of_other_columns_delimiters_and_encodings_are_one_table(folder: Path) -> None:
    written(folder, "1.csv", f"{HEADER}\na,2025-01-06T08:00:00Z,create\n")
    written(
        folder, "2.csv", "action;feature;occurred_at;user_id\nMüller;leads;2025-01-06T08:00:00Z;a\n".encode("cp1252")
    )
    written(
        folder, "3.csv.gz", gzip.compress("user_id\toccurred_at\taction\nb\t2025-01-07T08:00:00Z\tÄnderung\n".encode())
    )
    (folder / "workbench.toml").write_text('[events]\nencoding = "windows-1252"\n')
    assert actions(folder) == ["Müller", "create", "Änderung"]
    features = wb.open_source(folder).events.to_pandas().set_index("action")["feature"]
    assert features["Müller"] == "leads"
    assert pd.isna(features["create"])


def test_brackets_in_the_name_of_a_folder_are_no_pattern(tmp_path: Path) -> None:
    for name, action in (("crm[12]", "right"), ("crm1", "wrong")):
        (tmp_path / name).mkdir()
        pd.DataFrame({"user_id": ["a"]}).to_parquet(tmp_path / name / "users.parquet")
        (tmp_path / name / "events.csv").write_text(f"{HEADER}\na,2025-01-06T08:00:00Z,{action}\n")
    source = wb.open_source(tmp_path / "crm[12]")
    assert source.events.to_arrow()["action"].to_pylist() == ["right"]
    assert source.check().empty


@pytest.mark.parametrize(
    "content",
    [
        f"sep=,\r\n{HEADER}\r\na,2025-01-06T08:00:00Z,create\r\n",
        f"{HEADER},\na,2025-01-06T08:00:00Z,create,\n",
        f"{HEADER},\na,2025-01-06T08:00:00Z,create\n",
        f"{HEADER}\r\na,2025-01-06T08:00:00Z,create\n",
        'user_id,"a note\nof two lines",occurred_at,action\na,"x\ny",2025-01-06T08:00:00Z,create\n',
        f"\ufeff{HEADER}\na,2025-01-06T08:00:00Z,create\n".encode("utf-16-le"),
        f"{HEADER}\ra,2025-01-06T08:00:00Z,create\r",
        f'{HEADER},url\na,2025-01-06T08:00:00Z,create,"""https://x"""\n',
    ],
)  # fmt: skip
def test_a_text_file_however_it_is_written(folder: Path, content: str | bytes) -> None:
    written(folder, "1.csv", content)
    assert actions(folder) == ["create"]
    assert wb.open_source(folder).check().query("broken").empty


def test_a_list_of_globs_and_files(folder: Path) -> None:
    for name in ("1", "2", "3"):
        written(folder, f"{name}.csv", f"{HEADER}\na,2025-01-06T08:00:00Z,{name}\n")
    (folder / "workbench.toml").write_text('[events]\nfile = ["events/[12].csv", "events/2.csv"]\n')
    assert actions(folder) == ["1", "2"]


def test_an_empty_file_among_others_adds_nothing(folder: Path) -> None:
    written(folder, "1.csv", "")
    written(folder, "2.csv", f"{HEADER}\na,2025-01-06T08:00:00Z,create\n")
    assert actions(folder) == ["create"]


def test_headers_within_a_file_blank_rows_and_totals_are_left_out_and_counted(folder: Path) -> None:
    rows = ["a,2025-01-06T08:00:00Z,create", HEADER, ",,", "b,2025-01-07T08:00:00Z,Total", "Grand Totals (2),,"]
    written(folder, "1.csv", "\n".join([HEADER, *rows]) + "\n")
    assert actions(folder) == ["Total", "create"]
    assert outcomes(folder) == {"": 2, "the header again": 1, "a blank row": 1, "a row of totals": 1}
    assert sum(outcomes(folder).values()) == len(rows)


def test_a_broken_value_is_found_by_the_place_of_its_file_and_its_row_there(folder: Path) -> None:
    written(folder, "1.csv", f"{HEADER}\n" + "a,2025-01-06T08:00:00Z,create\n" * 3)
    written(folder, "2.csv", f"{HEADER}\na,2025-01-06T08:00:00Z,create\n,2025-01-06T08:00:00Z,create\n")
    found = wb.open_source(folder).check().iloc[0]
    assert (found["rule"], found["rows"], found["of"]) == ("events.user_id is there", 1, 5)
    assert found["first"].startswith("file 2 of 2, row 2")


def test_a_column_that_occurs_twice_may_be_named_by_its_number(folder: Path) -> None:
    written(folder, "1.csv", f"{HEADER},action\na,2025-01-06T08:00:00Z,one,two\n")
    with pytest.raises(wb.ContractError, match="events has the column 'action' more than once"):
        wb.open_source(folder)
    (folder / "workbench.toml").write_text('[events.columns]\naction = "action (2)"\n')
    assert actions(folder) == ["two"]


def test_names_of_files_are_no_part_of_a_message(folder: Path) -> None:
    written(folder, "jane.csv", "a\nMüller\n".encode("cp1252"))
    with pytest.raises(wb.ContractError) as refused:
        wb.open_source(folder)
    assert str(refused.value) == (
        "the file of events is not UTF-8: line 2 has the byte 0xfc.\n"
        '  Say in workbench.toml how it is written: [events] encoding = "windows-1252".'
    )


def problem(folder: Path, show_ids: bool = False) -> dict:
    found = check_source(folder, show_ids=show_ids).query("broken")
    assert len(found) == 1, found.to_string()
    return found.iloc[0].to_dict()


def test_short_and_long_rows_and_an_unclosed_quote_are_rows_of_the_check(folder: Path) -> None:
    """cases.md, 22: "`workbench check` lists every row that cannot be read", said by `workbench check`."""
    good = "a,2025-01-06T08:00:00Z,create\n"
    written(folder, "1.csv", f"{HEADER}\n{good}")
    for rows, what, n in (
        ("jane,2025-01-06\njane\n", "some have too few values", 2),
        ("jane,2025-01-06T08:00:00Z,create,more,again\n", "some have too many values", 1),
        ('jane,"2025-01-06T08:00:00Z,create\n', "one has a quotation mark that is never closed", 1),
    ):
        written(folder, "2.csv", f"{HEADER}\n{good}{rows}")
        found = problem(folder)
        assert found["rule"] == f"every row of events can be taken apart, but {what}"
        assert (found["rows"], found["first"]) == (n, "file 2 of 2, row 2")
        assert problem(folder, show_ids=True)["first"] == "file 2 of 2, row 2 (2.csv)"


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        (b"PK\x03\x04 nothing", "events has a column user_id, but none of its 1 is called that"),
        (b"a\n\xff\xfe\x00", "the file of events is not UTF-8: line 2 has the byte 0xff"),
        (b"", "events has columns, but its file is empty"),
        (f"{HEADER}\na,2025-01-06T08:00:00Z\r\nb,2025-01-06T08:00:00Z,view\r\n".encode(), "the file of events has 1 rows with another number of values than its header, which has 3"),
    ],
)  # fmt: skip
def test_whatever_is_wrong_with_a_file_is_a_row_of_the_check(folder: Path, content: bytes, rule: str) -> None:
    written(folder, "1.csv", content)
    assert rule in check_source(folder)["rule"].tolist()


@pytest.mark.parametrize(
    ("mapping", "rule"),
    [
        ("[events", "the mapping workbench.toml cannot be read"),
        (
            '[events.leave_out]\nx = "nothing = 1"',
            "the mapping's [events.leave_out] 'x': the engine does not understand",
        ),
        ('[events.columns]\naction = { sql = "lower(" }', "the mapping's [events.columns] action: the engine does not"),
        ('[events]\nfile = "nowhere/*.csv"', "the mapping's [events] file matches nothing"),
        ('[events]\nfile = ["events/1.csv", "no.csv"]', "the mapping's [events] file, number 2 of 2, matches nothing"),
    ],
)
def test_whatever_is_wrong_with_the_mapping_is_a_row_of_the_check(folder: Path, mapping: str, rule: str) -> None:
    written(folder, "1.csv", f"{HEADER}\na,2025-01-06T08:00:00Z,create\n")
    (folder / "workbench.toml").write_text(mapping)
    assert problem(folder)["rule"].startswith(rule)


def test_a_value_is_shown_with_show_ids_only(folder: Path) -> None:
    written(folder, "1.csv", f"{HEADER}\na,soon,create\n")
    assert problem(folder)["first"] == "row 1: occurred_at is a text of 4 characters"
    assert problem(folder, show_ids=True)["first"] == "row 1 (1.csv): occurred_at=soon"


@pytest.mark.parametrize("total", ["Total", "Grand Totals (2 records)", 'Summe,"2"', "Insgesamt: 2,"])
def test_a_short_row_of_totals_at_the_end_is_left_out_and_counted(folder: Path, total: str) -> None:
    written(folder, "1.csv", f"{HEADER}\na,2025-01-06T08:00:00Z,create\n\n{total}\n")
    assert actions(folder) == ["create"]
    assert outcomes(folder) == {"": 1, "a row of totals": 1}
    written(folder, "1.csv", f"{HEADER}\na,2025-01-06T08:00:00Z\nb,2025-01-06T08:00:00Z,create\n{total}\n")
    found = problem(folder)
    assert found["rule"] == "the file of events has 1 rows with another number of values than its header, which has 3"
    assert found["first"] == "row 1, which has 2"


def test_a_header_of_two_lines_in_another_encoding(folder: Path) -> None:
    text = 'user_id;"für\nwen";occurred_at;action\na;x;2025-01-06T08:00:00Z;über\n'
    written(folder, "1.csv", text.encode("cp1252"))
    (folder / "workbench.toml").write_text('[events]\nencoding = "windows-1252"\n')
    assert actions(folder) == ["über"]


@pytest.mark.parametrize(
    ("mapping", "said"),
    [
        ('[events]\nskip_rows = "two"', "the mapping's [events] skip_rows = 'two' is not a number of rows"),
        ("[events]\nheader = 1", "the mapping's [events] header = 1 is not true or false"),
        ("[events]\nfile = 3", "the mapping's [events] file = 3 is not a file or a list of files"),
        ('[events]\nnames = "a"', "the mapping's [events] names = 'a' is not a list of names"),
        ("[events.formats]\noccurred_at = 3", "the mapping's [events.formats] occurred_at = 3 is not a text"),
        ("[events.values]\naction = 3", "the mapping's [events.values] action = 3 is not a table of theirs = ours"),
    ],
)
def test_a_word_of_the_mapping_of_another_kind_is_said(folder: Path, mapping: str, said: str) -> None:
    written(folder, "1.csv", f"{HEADER}\na,2025-01-06T08:00:00Z,create\n")
    (folder / "workbench.toml").write_text(mapping)
    assert problem(folder)["rule"] == said


def test_what_nobody_foresaw_is_a_row_of_the_check_without_its_words(folder: Path, monkeypatch) -> None:
    written(folder, "1.csv", f"{HEADER}\na,2025-01-06T08:00:00Z,create\n")

    def fails(*_: object) -> None:
        raise KeyError("jane")

    monkeypatch.setattr("workbench.data.checks._offences", fails)
    found = check_source(folder)
    assert found["table"].tolist() == ["users", "events"]
    assert set(found["rule"]) == {"something failed that nobody foresaw: KeyError"}


# ── a table that is there twice, and what is no file ────────────────────────────────────────────────────────────


def crm(folder: Path, **others: str) -> Path:
    """A folder with users and these further files, by name."""
    folder.mkdir(exist_ok=True)
    for name, text in {"users.csv": "user_id\na\n", **others}.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text)
    return folder


ONE, OTHER = (f"user_id,occurred_at,action\na,2025-01-{day}T09:00Z,x\n" for day in ("07", "08"))


@pytest.mark.parametrize("second", ["events.tsv", "EVENTS.csv", "events.txt", "events/b.csv"])
def test_of_two_files_of_a_table_neither_is_dropped(second: str, tmp_path: Path) -> None:
    folder = crm(tmp_path / "crm", **{"events.csv": ONE, second: OTHER})
    with pytest.raises(wb.ContractError, match="events is there more than once: ") as caught:
        wb.open_source(folder)
    assert "\n  Remove what is old, or name what counts in workbench.toml: [events] file = " in str(caught.value)
    (folder / "workbench.toml").write_text(f'[events]\nfile = ["events.csv", "{second}"]\n')
    assert wb.open_source(folder).events.to_arrow().num_rows == 2


def test_a_folder_of_several_kinds_is_read_whole(tmp_path: Path) -> None:
    folder = crm(tmp_path / "crm", **{"events/a.csv": ONE, "events/_SUCCESS": "", "events/.part.crc": "x"})
    pq.write_table(pa.table({"user_id": ["a"], "occurred_at": ["2025-01-08T09:00Z"], "action": ["x"]}), folder / "events/b.parquet")  # fmt: skip
    assert wb.open_source(folder).events.to_arrow().num_rows == 2


@pytest.mark.parametrize(("name", "kind"), [("c.xml", "a file ending in .xml"), ("2024/a.csv", "a folder")])
def test_what_cannot_be_read_beside_tables_is_named(name: str, kind: str, tmp_path: Path) -> None:
    folder = crm(tmp_path / "crm", **{"events/a.csv": ONE})
    (folder / "events" / name).parent.mkdir(exist_ok=True)
    (folder / "events" / name).write_text(OTHER)
    with pytest.raises(wb.ContractError) as caught:
        wb.open_source(folder)
    assert str(caught.value).split("\n")[:2] == [
        "the folder events holds tables only, but 1 of 2 are something else.",
        f"  first: {kind}",
    ]


def test_a_folder_or_a_pipe_with_the_name_of_a_table_is_none(tmp_path: Path) -> None:
    folder = crm(tmp_path / "crm")
    (folder / "events.csv").mkdir()
    with pytest.raises(wb.ContractError, match=r"^events.csv is a folder\.\n  Put a file there"):
        wb.open_source(folder)
    (folder / "events.csv").rmdir()
    os.mkfifo(folder / "events.csv")
    with pytest.raises(wb.ContractError, match=r"^events.csv is not a file that can be read twice\."):
        wb.open_source(folder)


@pytest.mark.parametrize("name", ["crm?", "crm*", "crm[12]", "team=a"])
def test_a_folder_whose_name_is_a_pattern_reads_itself_alone(name: str, tmp_path: Path) -> None:
    for sibling in ("crm1", "crm2", "crmx"):
        crm(tmp_path / sibling, **{"events.csv": OTHER, "events2.csv": OTHER})
    folder = crm(tmp_path / name, **{"events.csv": ONE})
    pq.write_table(pa.table({"user_id": ["a"]}), folder / "users.parquet")
    (folder / "users.csv").unlink()
    log = wb.open_source(folder)
    assert [str(each.date()) for each in log.events.to_pandas()["occurred_at"]] == ["2025-01-07"]
    assert log.users.to_pandas()["team"].isna().all()
    (folder / "workbench.toml").write_text('[events]\nfile = "events.*"\n')
    assert wb.open_source(folder).events.to_arrow().num_rows == 1


def test_notes_below_a_report_are_left_out_and_counted(folder: Path) -> None:
    rows = ["a,2025-01-06T08:00:00Z,create", ",,", "Copyright 2025,,", '"Generated By: Ann, today",,', "b,,edit"]
    written(folder, "1.csv", "\n".join([HEADER, *rows]) + "\n")
    note = "a note, with words in its first cell only"
    assert outcomes(folder) == {"": 2, "a blank row": 1, note: 2}  # the row of b has lost its time, which is a fault
    assert wb.open_source(folder).check().query("broken")["rows"].tolist() == [1]


def test_a_column_is_one_however_files_write_its_name(folder: Path) -> None:
    written(folder, "1.csv", "User_ID,Occurred_At,Action\na,2025-01-06T08:00:00Z,create\n")
    written(folder, "2.csv", "user_id;occurred_at;action;feature\na;2025-01-06T08:00:00Z;edit;leads\n")
    (folder / "workbench.toml").write_text(
        '[events.columns]\nuser_id = "User_ID"\noccurred_at = "Occurred_At"\naction = "Action"\n'
    )
    assert actions(folder) == ["create", "edit"]


def test_notes_at_the_end_are_left_out_and_counted(folder: Path) -> None:
    rows = f"{HEADER}\na,2025-01-06T08:00:00Z,create\na,2025-01-07T08:00:00Z,create\n"
    written(folder, "1.csv", f'{rows}\n"Confidential information, do not distribute"\nCopyright (c) 2025 Example\n')
    assert outcomes(folder) == {"": 2, "a note below the rows": 2}
    written(folder, "1.csv", f"{rows}b,2025-01-06\n")  # a row that was cut off is no note
    assert any(rule.endswith("some have too few values") for rule in wb.open_source(folder).check()["rule"])
