"""A file is written whole, in one step, and through no link."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from workbench.results.files import write_whole


def test_a_link_is_replaced_and_what_it_led_to_stays(tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.write_text("mine")
    (tmp_path / "page.html").symlink_to(precious)
    write_whole(tmp_path / "page.html", "new\r\n")
    assert precious.read_text() == "mine"
    assert not (tmp_path / "page.html").is_symlink()
    assert (tmp_path / "page.html").read_bytes() == b"new\r\n"


def test_links_of_every_name_that_could_be_foreseen_lead_nowhere(tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.write_text("mine")
    for name in ("page.html.part", ".page.html.part", "page.html~", "page.part"):
        (tmp_path / name).symlink_to(precious)
    write_whole(tmp_path / "page.html", b"new")
    assert precious.read_text() == "mine"


def test_a_private_file_is_its_owners_alone_from_the_first_byte(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        write_whole(tmp_path / "people.csv", "user_id\n", private=True)
        write_whole(tmp_path / "page.html", "<p>")
    finally:
        os.umask(before)
    modes = {path.name: path.stat().st_mode & 0o777 for path in tmp_path.iterdir()}
    assert modes == {"people.csv": 0o600, "page.html": 0o644}


def test_what_fails_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "page.html").write_text("old")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(OSError, match="No space"):
        write_whole(tmp_path / "page.html", "new")
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("page.html", "old")]
