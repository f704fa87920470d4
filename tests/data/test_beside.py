"""Files beside a source that none of its tables reads are named."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from workbench.data import check_source

LOG = "user_id,occurred_at,action\na,2025-01-06T08:00:00Z,edit\n"
RULE = "every file that looks like a table is read"


def said(folder: Path, show_ids: bool = False) -> pd.DataFrame:
    found = check_source(folder, show_ids=show_ids)
    return found[found["rule"] == RULE]


def test_a_file_and_an_archive_that_are_not_read_are_named(tmp_path):
    (tmp_path / "events.csv").write_text(LOG)
    (tmp_path / "README.txt").write_text("read me")
    (tmp_path / ".hidden.csv").write_text(LOG)
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "index.html").write_text("")
    (tmp_path / "site" / "numbers.csv").write_text(LOG)
    assert said(tmp_path).empty
    (tmp_path / "log_march.csv").write_text(LOG)
    (tmp_path / "april.zip").write_bytes(b"PK")
    [row] = said(tmp_path, show_ids=True).to_dict("records")
    assert row["repair"].startswith("Not read: april.zip, log_march.csv. Unpack archives")
    [hidden] = said(tmp_path).to_dict("records")
    assert hidden["repair"].startswith("Not read: 2 files; `workbench check --show-ids` names them. Unpack archives")
    assert not row["broken"]


def test_what_a_mapping_names_is_read(tmp_path):
    (tmp_path / "log.csv").write_text(LOG)
    (tmp_path / "workbench.toml").write_text('[events]\nfile = "*.csv"\n')
    assert said(tmp_path).empty
