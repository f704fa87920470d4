"""What the check tells to write is understood by the reader of the mapping, and leaves the rows out."""

from __future__ import annotations

import re
from pathlib import Path

import workbench as wb

LOG = "who,when,what\na,2025-01-06T08:00:00Z,edit\nb,,edit\nc,2025-01-07T08:00:00Z,edit\n"
COLUMNS = '[events]\nfile = "log.csv"\n[events.columns]\nuser_id = "who"\noccurred_at = "when"\naction = "what"\n'
USERS = "id,team,month\na,A,2025-01\nb,B,2025-01\na,C,2025-02\n"
NAMES = '[users]\nfile = "list.csv"\n[users.columns]\nuser_id = "id"\n'


def advised(repair: str) -> str:
    """The line of the mapping within an advice."""
    table, line = re.search(r"(\[\w+\.leave_out\]) (\".+\'\'\')", repair).groups()
    return f"{table}\n{line}\n"


def test_rows_without_a_time_are_left_out_as_told(tmp_path: Path) -> None:
    (tmp_path / "log.csv").write_text(LOG)
    (tmp_path / "workbench.toml").write_text(COLUMNS)
    [found] = wb.open_source(tmp_path).check().query("broken").to_dict("records")
    assert found["repair"] == (
        "Fill it, or leave the rows out: [events.leave_out] \"no occurred_at\" = '''\"when\" is null'''."
    )
    (tmp_path / "workbench.toml").write_text(COLUMNS + advised(found["repair"]))
    log = wb.open_source(tmp_path)
    assert not log.check()["broken"].any()
    assert wb.data.rows_read(log).query("reason == 'no occurred_at'")["rows"].tolist() == [1]


def test_one_date_that_is_none_is_left_out_as_told(tmp_path: Path) -> None:
    (tmp_path / "log.csv").write_text(LOG.replace("b,,edit", "b,2025-01-06T08:00:00Z,edit"))
    (tmp_path / "workbench.toml").write_text(COLUMNS)
    (tmp_path / "milestones.csv").write_text(
        "name,starts_on\nGo-live,2025-01-06\nNew app,KW 20\nTown hall,2025-03-01\n"
    )
    [found] = wb.open_source(tmp_path).check().query("broken").to_dict("records")
    assert found["repair"].startswith("2 of 3 are read. Write the others as 2025-01-31, or leave them out: ")
    told = advised(found["repair"]).replace("…", "KW 20")
    (tmp_path / "workbench.toml").write_text(COLUMNS + told)
    assert not wb.open_source(tmp_path).check()["broken"].any()


def test_of_monthly_lists_the_latest_row_is_kept_as_told(tmp_path: Path) -> None:
    (tmp_path / "log.csv").write_text(LOG.replace("b,,edit", "b,2025-01-06T08:00:00Z,edit"))
    (tmp_path / "list.csv").write_text(USERS)
    (tmp_path / "workbench.toml").write_text(COLUMNS + NAMES)
    [found] = wb.open_source(tmp_path).check().query("broken").to_dict("records")
    assert found["rule"] == "users.user_id occurs once"
    (tmp_path / "workbench.toml").write_text(COLUMNS + NAMES + advised(found["repair"]).replace("…", "month"))
    log = wb.open_source(tmp_path)
    assert not log.check()["broken"].any()
    assert sorted(log.users.to_arrow()["team"].to_pylist()) == ["B", "C"]
