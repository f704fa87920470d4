"""Encoding, delimiter and header of a text file, as they are in the bytes written here."""

from __future__ import annotations

from pathlib import Path

import pytest

import workbench as wb
from workbench.data.layout import BEGINNING, layout


def laid(tmp_path: Path, content: bytes, **said: object):
    file = tmp_path / "any.csv"
    file.write_bytes(content)
    return layout(file, said)


@pytest.mark.parametrize(
    ("content", "delimiter", "names", "skip"),
    [
        (b"a,b\n1,2\n", ",", ("a", "b"), 0),
        (b"sep=;\r\na;b\r\n1;2\r\n", ";", ("a", "b"), 1),
        (b'"sep=|"\na|b\n', "|", ("a", "b"), 1),
        (b"\xef\xbb\xbfa\tb\n1\t2\n", "\t", ("a", "b"), 0),
        (b'"a, with, commas";b\n1;2\n', ";", ("a, with, commas", "b"), 0),
        (b'"a\nof two lines",b\n1,2\n', ",", ("a\nof two lines", "b"), 0),
        (b"name;a,b\n1;2\n3;4\n", ";", ("name", "a,b"), 0),
        ("a,b\n".encode("utf-16"), ",", ("a", "b"), 0),
        (b"only\n1\n", ",", ("only",), 0),
    ],
)
def test_delimiter_and_header(tmp_path: Path, content: bytes, delimiter: str, names: tuple, skip: int) -> None:
    found = laid(tmp_path, content)
    assert (found.delimiter, found.header.names, found.skip) == (delimiter, names, skip)


def test_a_comma_at_the_end_of_the_header_names_no_column(tmp_path: Path) -> None:
    found = laid(tmp_path, b"a,,b,\n1,x,2,\n").header
    assert found.names == ("a", "column 2", "b", "column 4")
    assert found.kept == ("a", "column 2", "b")


def test_names_that_occur_twice_are_numbered(tmp_path: Path) -> None:
    found = laid(tmp_path, b"id,team,team\n1,x,y\n").header
    assert (found.names, found.repeated) == (("id", "team (1)", "team (2)"), ("team",))


def test_rows_before_the_header_and_names_from_the_mapping(tmp_path: Path) -> None:
    assert laid(tmp_path, b"Report\nof 2025\na,b\n1,2\n", skip_rows=2).header.names == ("a", "b")
    found = laid(tmp_path, b"1,2\n3,4\n", header=False, names=["x", "y"]).header
    assert (found.names, found.headed) == (("x", "y"), False)
    with pytest.raises(wb.ContractError, match="has 2 columns, but the mapping's names are 3"):
        laid(tmp_path, b"1,2\n", header=False, names=["x", "y", "z"])


def test_utf_8_stays_utf_8_whatever_is_said_of_other_files(tmp_path: Path) -> None:
    assert laid(tmp_path, "a\nMüller\n".encode(), encoding="windows-1252").encoding == "utf-8"
    assert laid(tmp_path, "a\nMüller\n".encode("cp1252"), encoding="windows-1252").encoding == "cp1252"
    with pytest.raises(wb.ContractError, match="is not UTF-8: line 2 has the byte 0xfc"):
        laid(tmp_path, "a\nMüller\n".encode("cp1252"))
    with pytest.raises(wb.ContractError, match="the encoding 'windoze'"):
        laid(tmp_path, "a\nMüller\n".encode("cp1252"), encoding="windoze")


def test_mixed_line_ends_are_noticed(tmp_path: Path) -> None:
    assert laid(tmp_path, b"a\r\n1\n2\r\n").mixed
    assert not laid(tmp_path, b"a\r\n1\r\n").mixed


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("shift", [0, 1])
def test_a_character_that_is_cut_where_the_end_begins_is_no_wrong_byte(
    tmp_path: Path, encoding: str, shift: int
) -> None:
    marks = {"utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff"}
    text = "name,n\n" + "x" * shift + "\u0436" * 2 * BEGINNING + ",1\nTotal\n"  # a letter of two bytes
    found = laid(tmp_path, marks.get(encoding, b"") + text.encode(encoding))
    assert (found.encoding, found.header.names, bool(found.footer)) == (encoding[:6].rstrip("-"), ("name", "n"), True)
