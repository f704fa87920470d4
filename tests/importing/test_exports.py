"""What files begin with, for files as people have them."""

from __future__ import annotations

import gzip

import pandas as pd
import pytest

from workbench.importing.exports import exports, files, key, whole

ROWS = "name;at\nMüller;2025-01-06\nWeiß, Anna;2025-01-07\n"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("log.csv", ROWS.encode()),
        ("log.csv", b"\xef\xbb\xbf" + ROWS.encode()),
        ("log.csv", ROWS.encode("cp1252")),
        ("log.csv", ("sep=;\n" + ROWS).encode()),
        ("log.csv", ROWS.replace("name;at", "name;at;").encode()),
        ("log.txt", ROWS.replace(";", "\t").encode()),
        ("log.csv.gz", gzip.compress(ROWS.encode(), mtime=0)),
    ],
)
def test_header_and_rows_whatever_the_encoding_and_the_delimiter(name, content, tmp_path):
    (tmp_path / name).write_bytes(content)
    [found] = exports(tmp_path)
    assert found.header == ("name", "at")
    assert found.column("name") == ["Müller", "Weiß, Anna"]


def test_titles_above_the_header_are_skipped(tmp_path):
    (tmp_path / "log.csv").write_text("Report of January\n\nwho,when,what\na,2025-01-06,edit\n")
    [found] = exports(tmp_path)
    assert (found.header, found.words) == (("who", "when", "what"), {"skip_rows": 2, "delimiter": ","})


def test_parquet_files_are_read_as_text(tmp_path):
    pd.DataFrame({"user": ["a"], "at": [pd.Timestamp("2025-01-06 08:00", tz="UTC")]}).to_parquet(
        tmp_path / "log.parquet"
    )
    [found] = exports(tmp_path)
    assert found.rows == (("a", "2025-01-06 08:00:00+00:00"),)


def test_pages_and_hidden_files_are_no_exports(tmp_path):
    for name in ("a.csv", ".hidden.csv", "site/index.html", "site/table.csv", "notes.md", "one/two/three/deep.csv"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x,y\n1,2\n")
    assert [file.name for file in files(tmp_path)] == ["a.csv"]


def test_all_rows_are_there_when_asked_for(tmp_path):
    (tmp_path / "log.csv").write_text("n,m\n" + "1,2\n" * 6000)
    [found] = exports(tmp_path)
    assert (len(found.rows), len(whole(found, tmp_path).rows)) == (5000, 6000)


def test_names_are_compared_without_blanks_and_letter_case():
    assert key("E-Mail Address") == key("email_address") == "emailaddress"
