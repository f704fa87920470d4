"""Workbooks of the older kinds, written by other libraries: .xls by xlwt, .ods by odfpy."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import xlwt
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableCell, TableRow
from odf.text import P

Rows = Sequence[Sequence[Any]]


def xls(file: Path, **sheets: Rows) -> None:
    """Cells are texts, numbers, truth values, days and times; None is an empty one."""
    book = xlwt.Workbook()
    for name, rows in sheets.items():
        sheet = book.add_sheet(name)
        for i, row in enumerate(rows):
            for j, value in enumerate(row):
                shown = "D/M/YY HH:MM" if isinstance(value, datetime) else "D/M/YY"
                style = xlwt.easyxf(num_format_str=shown if isinstance(value, date) else "General")
                if value is not None:
                    sheet.write(i, j, value, style)
    book.save(file)


def ods(file: Path, **sheets: Rows) -> None:
    """The same as an OpenDocument spreadsheet, in which a date is shown otherwise than it is kept."""
    book = OpenDocumentSpreadsheet()
    for name, rows in sheets.items():
        sheet = Table(name=name)
        for row in rows:
            line = TableRow()
            for value in row:
                line.addElement(_cell(value))
            sheet.addElement(line)
        book.spreadsheet.addElement(sheet)
    book.save(file)


def _cell(value: Any) -> TableCell:
    if value is None:
        return TableCell()
    if isinstance(value, bool):
        kept, shown = {"valuetype": "boolean", "booleanvalue": str(value).lower()}, str(value).upper()
    elif isinstance(value, date):
        kept, shown = {"valuetype": "date", "datevalue": value.isoformat()}, f"{value:%d.%m.%y}"
    elif isinstance(value, int | float):
        kept, shown = {"valuetype": "float", "value": str(value)}, str(value)
    else:
        kept, shown = {"valuetype": "string"}, value
    cell = TableCell(**kept)
    cell.addElement(P(text=shown))
    return cell
