"""Sheets of a workbook, which is written here by hand: cells as a spreadsheet program keeps them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from zipfile import ZipFile

import pytest
from small_workbooks import ods, xls

import workbench as wb
from workbench.data.workbooks import sheets
from workbench.importing import draft

MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
RELATED = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
PARTS = "http://schemas.openxmlformats.org/package/2006"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def cell(value: object) -> str:
    """A text, a number, a truth value, or ("date", serial) for a day that is shown as a date."""
    if isinstance(value, tuple):
        return f'<c s="1"><v>{value[1]}</v></c>'
    if isinstance(value, bool):
        return f'<c t="b"><v>{int(value)}</v></c>'
    if isinstance(value, str):
        return f'<c t="inlineStr"><is><t xml:space="preserve">{value}</t></is></c>'
    return "<c/>" if value is None else f"<c><v>{value}</v></c>"


def workbook(file: Path, **sheets: list[list[object]]) -> None:
    """The smallest .xlsx that spreadsheet programs open."""
    names = "".join(f'<sheet name="{name}" sheetId="{i}" r:id="r{i}"/>' for i, name in enumerate(sheets, 1))
    links = "".join(f'<Relationship Id="r{i}" Type="{OFFICE}/worksheet" Target="worksheets/sheet{i}.xml"/>' for i in range(1, len(sheets) + 1))  # fmt: skip
    with ZipFile(file, "w") as book:
        book.writestr("[Content_Types].xml", f'<Types xmlns="{PARTS}/content-types"><Default Extension="xml" ContentType="application/xml"/></Types>')  # fmt: skip
        book.writestr("_rels/.rels", f'<Relationships xmlns="{PARTS}/relationships"><Relationship Id="r1" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>')  # fmt: skip
        book.writestr("xl/workbook.xml", f"<workbook {MAIN} {RELATED}><sheets>{names}</sheets></workbook>")
        book.writestr("xl/_rels/workbook.xml.rels", f'<Relationships xmlns="{PARTS}/relationships">{links}<Relationship Id="s" Type="{OFFICE}/styles" Target="styles.xml"/></Relationships>')  # fmt: skip
        book.writestr("xl/styles.xml", f'<styleSheet {MAIN}><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>')  # fmt: skip
        for i, rows in enumerate(sheets.values(), 1):
            data = "".join(f"<row>{''.join(map(cell, row))}</row>" for row in rows)
            book.writestr(f"xl/worksheets/sheet{i}.xml", f"<worksheet {MAIN}><sheetData>{data}</sheetData></worksheet>")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    workbook(tmp_path / "users.xlsx", People=[["user_id", "access_start", "is_robot"], [1001, ("date", 45000), False], ["A7", ("date", 45001), True]])  # fmt: skip
    (tmp_path / "events.csv").write_text("user_id,occurred_at,action\n1001,2025-01-06T08:00:00Z,create\n")
    return tmp_path


def test_cells_become_what_their_reader_sees(folder: Path) -> None:
    found = wb.open_source(folder).users.to_pandas()
    assert found["user_id"].tolist() == ["1001", "A7"]
    assert found["access_start"].dt.date.astype(str).tolist() == ["2023-03-15", "2023-03-16"]  # as spreadsheets show
    assert found["is_robot"].tolist() == [False, True]
    assert wb.open_source(folder).check().empty


def test_a_sheet_by_its_name_below_a_title(folder: Path) -> None:
    rows = [["Attendance"], ["user_id", "programme", "started_at"], ["1001", "Basics", ("date", 45000)], [None], ["Total", None, 1]]  # fmt: skip
    workbook(folder / "list.xlsx", Cover=[["nothing"]], List=rows)
    (folder / "workbench.toml").write_text('[trainings]\nfile = "list.xlsx"\nsheet = "List"\nskip_rows = 1\n')
    source = wb.open_source(folder)
    assert source.trainings.to_arrow()["programme"].to_pylist() == ["Basics"]
    assert source.raw["trainings"].parts[0].outcomes == {"": 1, "a blank row": 1, "a row of totals": 1}


def test_sheets_are_named_in_their_order(folder: Path) -> None:
    workbook(folder / "list.xlsx", Cover=[["nothing"]], List=[["a"]])
    assert sheets(folder / "list.xlsx") == ["Cover", "List"]


def test_a_sheet_that_is_not_there_and_a_file_that_is_no_workbook_are_said(folder: Path) -> None:
    (folder / "workbench.toml").write_text('[users]\nsheet = "Peple"\n')
    with pytest.raises(wb.ContractError, match="the file of users lacks a sheet .* did you mean 'People'?"):
        wb.open_source(folder)
    (folder / "workbench.toml").unlink()
    (folder / "users.xlsx").write_bytes(b"PK no workbook")
    with pytest.raises(wb.ContractError, match="the file of users is no workbook that can be read"):
        wb.open_source(folder)


OLDER = pytest.mark.parametrize(("write", "ending"), [(xls, "xls"), (ods, "ods")])
LIST = [
    ["Attendance of March", None, None, None, None],
    ["Employee ID", "Course", "Started at", "Hours", "Attended"],
    [1001, "Basics", datetime(2025, 3, 5, 8, 30), 1.5, True],
    ["A7", "Basics", datetime(2025, 3, 6, 18, 0), 2, False],
    [None, None, None, None, None],
    ["Total", None, None, 3.5, None],
]


@OLDER
def test_older_workbooks_are_read_cell_by_cell(folder: Path, write: Callable[..., None], ending: str) -> None:
    write(folder / f"list.{ending}", Cover=[["nothing"]], List=LIST)
    (folder / "users.xlsx").unlink()
    write(folder / f"users.{ending}", People=[["user_id", "access_start"], [1001, date(2025, 3, 5)], ["A7", None]])
    (folder / "workbench.toml").write_text(
        f"""time_zone = "Europe/Berlin"
[trainings]
file = "list.{ending}"
sheet = "List"
skip_rows = 1
[trainings.columns]
user_id = "Employee ID"
programme = "Course"
started_at = "Started at"
hours = "Hours"
attended = "Attended"
"""
    )
    source = wb.open_source(folder).verified()
    assert source.users.to_arrow()["access_start"].to_pylist() == [date(2025, 3, 5), None]
    found = source.trainings.to_pandas().sort_values("user_id")
    assert found["user_id"].tolist() == ["1001", "A7"]
    # 8:30 and 18:00 in Berlin, in winter one hour ahead of UTC
    assert found["started_at"].dt.strftime("%d %H:%M").tolist() == ["05 07:30", "06 17:00"]
    assert found["hours"].tolist() == [1.5, 2.0]
    assert found["attended"].tolist() == [True, False]
    assert source.raw["trainings"].parts[0].outcomes == {"": 2, "a blank row": 1, "a row of totals": 1}


@OLDER
def test_the_draft_finds_the_sheet_and_the_header_of_older_workbooks(
    folder: Path, write: Callable[..., None], ending: str
) -> None:
    write(folder / f"list.{ending}", Cover=[["nothing"]], List=LIST)
    words = next(each.words for each in draft(folder).fragments if each.table == "trainings")
    assert (words["sheet"], words["skip_rows"]) == ("List", 1)
    assert words["columns"]["user_id"] == "Employee ID"


@OLDER
def test_an_older_workbook_that_is_torn_is_refused_in_words(
    folder: Path, write: Callable[..., None], ending: str
) -> None:
    file = folder / f"trainings.{ending}"
    write(file, List=LIST)
    file.write_bytes(file.read_bytes()[:700])
    with pytest.raises(wb.ContractError, match="no workbook that can be read"):
        wb.open_source(folder)
