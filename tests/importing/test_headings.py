"""Files without a header: recognised, and nothing of their first row is quoted anywhere."""

from __future__ import annotations

import tomllib

import pytest

from workbench.importing.draft import draft
from workbench.importing.exports import Export
from workbench.importing.headings import has_no_header, proposed_names

MAILS = "Ada Ash,ada@x.org,Nord,2024-05-01\nBéla Birch,bela@x.org,Süd,2024-05-02\nÇem Cedar,cem@x.org,Nord,2024-05-01\n"
LOG = "ada@x.org,2025-01-06 08:28,Update,Leads\nbela@x.org,2025-01-06 08:29,Update,Deals\n"
BARE = "Ada Ash;T1;7\nBéla Birch;T2;8\nÇem Cedar;T1;9\n"  # no address, no date
LIST = "Ada Ash\nBéla Birch\nÇem Cedar\n"


@pytest.mark.parametrize("content", [MAILS, LOG, BARE, LIST])
def test_nobody_is_quoted(tmp_path, content):
    (tmp_path / "x.csv").write_text(content)
    made = draft(tmp_path)
    shown = str(made) + "\n".join(made.summary)
    assert not any(name in shown for name in ("Ada", "ada@", "Béla", "bela@"))
    assert made.passed_over["x.csv"] == "it seems to have no header; say so in a mapping: header = false, names = […]"


def test_the_table_is_proposed_as_comments(tmp_path):
    (tmp_path / "staff.csv").write_text(MAILS)
    lines = str(draft(tmp_path)).splitlines()
    first = lines.index('# file = "staff.csv"') - 1
    assert [line.removeprefix("# ") for line in lines[first : first + 7]] == [
        "[users]",
        'file = "staff.csv"',
        "header = false",
        'names = ["name", "e-mail", "column 3", "date"]',
        "[users.columns]",
        'user_id = "e-mail"',
        'access_start = "date"',
    ]


def test_a_log_that_its_content_tells_is_read_without_a_header(tmp_path):
    rows = [
        f"{who}@x.org,2025-01-{day:02d} 08:00,{what}"
        for day in range(6, 12)
        for who, what in (("a", "edit"), ("b", "view"))
    ]
    (tmp_path / "log.csv").write_text("\n".join(rows))
    said = tomllib.loads(str(draft(tmp_path)))["events"]
    assert said["header"] is False
    assert said["columns"] == {"user_id": "column 1", "occurred_at": "column 2", "action": "column 3"}


@pytest.mark.parametrize(
    ("header", "row"),
    [
        ("Employee,2023,2024", "a@x.org,5,7"),  # years of a wide table
        ("Type,Login", "Type,ada"),  # one word that is a value, too
        ("Account Manager,Start Date", "Ada Ash,2024-05-01"),  # headings that are written as names are
        ("Contact,Region", "Ada Ash,Nord"),
    ],
)
def test_a_header_is_one(header, row):
    assert not has_no_header(Export("x.csv", tuple(header.split(",")), (tuple(row.split(",")),)))


def test_columns_of_one_kind_have_names_of_their_own():
    found = Export("x.csv", ("column 1", "column 2"), (("2025-01-06", "2025-01-07"),))
    assert proposed_names(found) == ["date", "date 2"]
