"""A mapping and its links stay in their folder, and nothing of the environment is said (attack-cases.md, 16)."""

from __future__ import annotations

from pathlib import Path

import pytest

import workbench as wb
from workbench.data import check_source
from workbench.data.borders import OUTSIDE, allow_outside

LOG = "user_id,occurred_at,action\na,2025-01-07T09:00Z,x\n"


@pytest.fixture
def inside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of data beside a file that is nobody else's business."""
    monkeypatch.delenv(OUTSIDE, raising=False)
    (tmp_path / "private").mkdir()
    (tmp_path / "private" / "log.csv").write_text(LOG)
    (tmp_path / "private" / "users.csv").write_text("user_id\na\n")
    folder = tmp_path / "crm"
    folder.mkdir()
    (folder / "users.csv").write_text("user_id\na\n")
    return folder


@pytest.mark.parametrize(
    "file",
    ["../private/log.csv", "{outside}/private/log.csv", "../private/l*.csv", "../*/log.csv", "link.csv", "li*.csv", "linked/log.csv"],
)  # fmt: skip
def test_a_file_outside_is_read_only_where_that_is_allowed(file: str, inside: Path, monkeypatch) -> None:
    (inside / "link.csv").symlink_to(inside.parent / "private" / "log.csv")
    (inside / "linked").symlink_to(inside.parent / "private")
    (inside / "workbench.toml").write_text(f'[events]\nfile = "{file.format(outside=inside.parent)}"\n')
    with pytest.raises(wb.ContractError, match=r"leads out of the folder of the data\.\n.*--allow-outside\.$"):
        wb.open_source(inside)
    monkeypatch.setenv(OUTSIDE, "")
    allow_outside()
    assert wb.open_source(inside).events.to_arrow().num_rows == 1


def test_a_link_with_the_name_of_a_table_is_not_followed_out(inside: Path) -> None:
    (inside / "events.csv").symlink_to(inside.parent / "private" / "log.csv")
    with pytest.raises(wb.ContractError, match=r"^events.csv, a link, leads out of the folder of the data"):
        wb.open_source(inside)


@pytest.mark.parametrize("path", ["../private", "{outside}/private", "$PLACE"])
def test_a_path_outside_is_refused_as_it_is_written(path: str, inside: Path, monkeypatch) -> None:
    monkeypatch.setenv("PLACE", str(inside.parent / "private"))
    said = path.format(outside=inside.parent)
    (inside / "there.toml").write_text(f'path = "{said}"\n[events]\nfile = "log.csv"\n')
    with pytest.raises(wb.ContractError) as caught:
        wb.open_source(inside / "there.toml")
    assert str(caught.value).startswith(f"the mapping's path = {said!r} leads out of the folder of the data.")
    monkeypatch.setenv(OUTSIDE, "")
    allow_outside()
    assert wb.open_source(inside / "there.toml").name == ("there" if path == "$PLACE" else "private")


@pytest.mark.parametrize("path", ["$SECRET", "${SECRET}", "a/$SECRET/b", "postgresql://$SECRET:pw@server/x"])
def test_nothing_of_the_environment_is_in_a_message(path: str, inside: Path, monkeypatch) -> None:
    monkeypatch.setenv("SECRET", "hunter2")
    (inside / "there.toml").write_text(f'path = "{path}"\n')
    problems = check_source(inside / "there.toml")
    assert len(problems) == 1
    assert "hunter2" not in problems.to_csv()


def test_a_pipe_is_no_source(inside: Path) -> None:
    import os

    os.mkfifo(inside / "crm.toml")
    os.mkfifo(inside / "crm.duckdb")
    for name in ("crm.toml", "crm.duckdb"):
        with pytest.raises(wb.ContractError, match="is not a file|neither a file nor a folder"):
            wb.open_source(inside / name)
