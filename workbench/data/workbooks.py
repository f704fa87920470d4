"""Reads a sheet of a workbook (.xlsx, .xlsm, .xlsb, .xls, .ods) as a table.

A column whose cells are all dates, numbers or truth values keeps that type. In any other column a cell becomes the text
that a reader sees, so that ids such as 1001 and A7 can stand below each other.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa

from workbench.data.layout import said_header
from workbench.errors import ContractError, not_one_of

SUFFIXES = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")


def sheet(file: Path, said: dict[str, Any]) -> tuple[pa.Table, tuple[str, ...]]:
    """A sheet as a table, and the names that its header gives to several columns.

    said : what the mapping says: sheet, skip_rows, header, names
    """
    cells = _cells(file, said.get("sheet"))[int(said.get("skip_rows", 0)) :]
    first = [_text(cell).strip() for cell in cells[0]] if cells else []
    header = said_header(first, said)
    return _columns(cells[header.headed :], header.names).select(list(header.kept)), header.repeated


def sheets(file: Path) -> list[str]:
    """The names of a workbook's sheets, in their order."""
    return list(_opened(file).sheet_names)


def top(file: Path, name: str, rows: int) -> list[list[str]]:
    """The first rows of a sheet as a reader sees them, whichever of them is the header."""
    return [["" if cell is None else _text(cell) for cell in row] for row in _cells(file, name)[:rows]]


def _opened(file: Path) -> Any:
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        return CalamineWorkbook.from_path(file)
    except (CalamineError, OSError):
        raise ContractError("is no workbook that can be read.\n  Save it as .xlsx, without a password.") from None


def _cells(file: Path, name: str | None) -> list[list[Any]]:
    workbook = _opened(file)
    names = workbook.sheet_names
    if name is not None and name not in names:
        raise ContractError(f"lacks a sheet of the mapping: {not_one_of(name, names, 'sheet')}")
    return list(workbook.get_sheet_by_name(name or names[0]).to_python()) if names else []


def _columns(cells: Sequence[Sequence[Any]], names: Sequence[str]) -> pa.Table:
    """Rows of cells as a table, each column in the one type that its cells share, or as text."""
    by_column = [[_value(row[i]) if i < len(row) else None for row in cells] for i in range(len(names))]
    return pa.table([_column(values) for values in by_column], names=list(names))


def _value(cell: Any) -> Any:
    if isinstance(cell, str):
        return cell or None
    return cell


def _column(values: list[Any]) -> pa.Array:
    there = [value for value in values if value is not None]
    if there and all(isinstance(value, bool) for value in there):
        return pa.array(values, pa.bool_())
    if there and all(isinstance(value, date) for value in there):
        return _dates(values)
    if there and all(isinstance(value, int | float) and not isinstance(value, bool) for value in there):
        whole = all(float(value).is_integer() and abs(value) < 2**53 for value in there)
        return _typed(values, int if whole else float, pa.int64() if whole else pa.float64())
    return _typed(values, _text, pa.string())


def _dates(values: list[Any]) -> pa.Array:
    days = all(value is None or not isinstance(value, datetime) or value.time() == time() for value in values)
    if days:
        return _typed(values, lambda v: v.date() if isinstance(v, datetime) else v, pa.date32())
    return _typed(
        values, lambda v: v if isinstance(v, datetime) else datetime(v.year, v.month, v.day), pa.timestamp("us")
    )


def _typed(values: list[Any], kind: Callable[[Any], Any], arrow: pa.DataType) -> pa.Array:
    return pa.array([None if value is None else kind(value) for value in values], arrow)


def _text(value: Any) -> str:
    """A cell as its reader sees it, a date in the order of ISO 8601."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ")
    if isinstance(value, timedelta):
        return str(value.total_seconds())
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return value.isoformat() if isinstance(value, date | time) else str(value)
