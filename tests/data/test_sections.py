"""A file of several tables below each other, as Teams writes it: what is read, by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

import workbench as wb
from workbench.data.sections import section, sections
from workbench.errors import ContractError

REPORT = [
    "1. Summary",
    "Meeting title\tCRM basics",
    "Start time\t1/13/25, 8:58:01 AM",
    "",
    "2. Participants",
    "Name\tFirst Join\tEmail",
    "Ann\t1/13/25, 9:00:00 AM\tann@example.org",
    "Bob\t1/13/25, 9:01:00 AM\t",
    "3. Activities",
    "Name\tJoin",
    "Ann\t1/13/25, 9:00:00 AM",
]


def report(folder: Path, lines: list[str], encoding: str = "utf-16") -> Path:
    file = folder / "report.csv"
    file.write_text("\n".join(lines) + "\n", encoding=encoding)
    return file


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8", "utf-8-sig"])
def test_sections_end_at_blank_lines_and_at_numbered_headings(tmp_path, encoding):
    found = sections(report(tmp_path, REPORT, encoding), {})
    assert [(each.heading, len(each.rows)) for each in found] == [
        ("1. Summary", 2),
        ("2. Participants", 3),
        ("3. Activities", 2),
    ]


def test_what_is_listed_above_is_a_column_of_every_row(tmp_path):
    rows, repeated = section(report(tmp_path, REPORT), {"section": 2})
    assert repeated == ()
    assert rows.select(["Name", "Email", "Meeting title"]).to_pylist() == [
        {"Name": "Ann", "Email": "ann@example.org", "Meeting title": "CRM basics"},
        {"Name": "Bob", "Email": None, "Meeting title": "CRM basics"},
    ]


def test_a_section_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(ContractError) as raised:
        section(report(tmp_path, REPORT), {"section": 4})
    assert str(raised.value) == "has 3 sections, but the mapping's section is 4."


def test_a_row_that_is_longer_than_its_header_is_refused(tmp_path):
    lines = [*REPORT[:7], "Bob\tx\ty\tz"]
    with pytest.raises(ContractError) as raised:
        section(report(tmp_path, lines), {"section": 2})
    assert str(raised.value) == (
        "has 1 rows with more values than their header, which has 3.\n"
        "  first: row 2 of section 2\n  Correct these rows, or export the file again."
    )


def test_a_mapping_names_the_section(tmp_path):
    report(tmp_path, REPORT)
    (tmp_path / "workbench.toml").write_text(
        'time_zone = "UTC"\n[events]\nfile = "report.csv"\nsection = 2\n[events.columns]\nuser_id = "Email"\n'
        'occurred_at = "First Join"\naction = { value = "join" }\n'
        '[events.formats]\noccurred_at = "MM/DD/YY, h:mm:ss A"\n[events.leave_out]\nnobody = \'"Email" is null\'\n'
    )
    found = wb.open_source(tmp_path).events.sql("select user_id, occurred_at from this").to_arrow().to_pylist()
    assert [(row["user_id"], row["occurred_at"].isoformat()) for row in found] == [
        ("ann@example.org", "2025-01-13T09:00:00+00:00")
    ]
