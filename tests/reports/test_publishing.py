"""The site appears whole or not at all, whatever ends the run; nothing stays behind."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from workbench.errors import ReportError
from workbench.reports import publishing
from workbench.reports.publishing import LOCK, OLD, published, temporary


def put(site: Path, text: str, name: str = "index.html", fails: bool = False) -> None:
    with published(site) as pages:
        (pages / name).write_text(text, encoding="utf-8")
        if fails:
            raise ZeroDivisionError


@pytest.fixture
def short_path() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="t-") as folder:
        yield Path(folder)


def everything(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def test_a_site_takes_the_place_of_the_last_one_and_keeps_its_other_pages(tmp_path) -> None:
    put(tmp_path / "site", "first")
    put(tmp_path / "site", "a page", "1_data.html")
    put(tmp_path / "site", "second")
    assert (tmp_path / "site" / "index.html").read_text() == "second"
    assert everything(tmp_path) == ["site", "site/1_data.html", "site/index.html"]


def test_an_error_leaves_the_site_as_it_was_and_nothing_else(tmp_path) -> None:
    put(tmp_path / "site", "first")
    for site in ("site", "new"):
        with pytest.raises(ZeroDivisionError):
            put(tmp_path / site, "half", fails=True)
    assert (tmp_path / "site" / "index.html").read_text() == "first"
    assert everything(tmp_path) == ["site", "site/index.html"]


def test_a_page_that_is_being_read_is_never_written_into(tmp_path) -> None:
    put(tmp_path / "site", "first")
    with open(tmp_path / "site" / "index.html") as reading:
        with published(tmp_path / "site") as pages:
            (pages / "new.part").write_text("second", encoding="utf-8")
            os.replace(pages / "new.part", pages / "index.html")
        assert reading.read() == "first"


def test_a_second_run_is_refused_and_learns_who_writes(tmp_path) -> None:
    with published(tmp_path / "site"):
        with pytest.raises(ReportError, match=f"another run writes into .*process {os.getpid()}, since 20"):
            put(tmp_path / "site", "mine")
        put(tmp_path / "other", "elsewhere")
    put(tmp_path / "site", "mine")


def test_a_lock_that_nobody_holds_is_taken(tmp_path) -> None:
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / LOCK).write_text("process 1, since 2020-01-01 00:00")
    put(tmp_path / "site", "mine")
    assert everything(tmp_path) == ["site", "site/index.html"]


@pytest.mark.parametrize("with_folder", [True, False], ids=["holds a folder", "works here"])
def test_a_folder_that_is_more_than_a_site_gets_its_pages_one_by_one(tmp_path, monkeypatch, with_folder) -> None:
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "notes.txt").write_text("mine")
    if with_folder:
        (tmp_path / "site" / "data").mkdir()
    else:
        monkeypatch.chdir(tmp_path / "site")
    before = (tmp_path / "site").stat().st_ino
    put(tmp_path / "site", "first")
    assert (tmp_path / "site").stat().st_ino == before
    assert everything(tmp_path / "site") == [*(["data"] if with_folder else []), "index.html", "notes.txt"]


def test_without_a_step_for_both_two_renames_do_and_a_death_between_them_is_mended(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(publishing, "_exchanged", lambda one, other: False)
    put(tmp_path / "site", "first")
    put(tmp_path / "site", "second")
    assert (tmp_path / "site" / "index.html").read_text() == "second"
    (tmp_path / "site").rename(tmp_path / f".site-abcd1234{OLD}")  # what a death between the two leaves
    (tmp_path / ".site-abcd1234" / "pages").mkdir(parents=True)
    put(tmp_path / "site", "third", "2_adoption.html")
    assert everything(tmp_path) == ["site", "site/2_adoption.html", "site/index.html"]


def test_what_a_killed_run_left_is_removed_and_what_belongs_to_others_is_not(short_path, monkeypatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(short_path))
    for name in (".site-abcd1234", ".site-2-abcd1234", "wb-run-abcd1234"):
        (short_path / name).mkdir()
    temporary.cache_clear()
    mine = temporary()
    temporary.cache_clear()
    another = temporary()
    put(short_path / "site", "first")
    temporary.cache_clear()
    there = sorted(path.name for path in short_path.iterdir())
    assert there == sorted([".site-2-abcd1234", "site", mine.name, another.name])


def test_sockets_find_a_place_however_long_the_path_of_temporary_files(tmp_path, monkeypatch) -> None:
    long = tmp_path / ("x" * 90)
    monkeypatch.setattr(tempfile, "tempdir", str(long))
    temporary.cache_clear()
    assert len(str(temporary())) < 80
    temporary.cache_clear()


def test_a_link_in_the_place_of_the_lock_is_not_followed(tmp_path) -> None:
    (tmp_path / "site").mkdir()
    (tmp_path / "precious").write_text("mine")
    (tmp_path / "site" / LOCK).symlink_to(tmp_path / "precious")
    with pytest.raises(ReportError, match="cannot be written"):
        put(tmp_path / "site", "first")
    assert (tmp_path / "precious").read_text() == "mine"


ENDS = [signal.SIGKILL, signal.SIGTERM, signal.SIGHUP, signal.SIGINT]


@pytest.mark.slow
def test_whenever_a_run_is_ended_the_last_site_stays_whole_and_nobody_works_on(tmp_path, short_path) -> None:
    """Twenty runs ended at moments all over a run; a run is known by its folder of temporary files."""
    notebooks, site = tmp_path / "notebooks", tmp_path / "out" / "site"
    for folder in (notebooks, site.parent):
        folder.mkdir()
    for number in (1, 2):
        cells = [new_code_cell("weeks: int = 26", metadata={"tags": ["parameters"]}), new_code_cell(f"{number} + 1")]
        nbformat.write(new_notebook(cells=cells), notebooks / f"{number}_page.ipynb")
    run = "from workbench.cli import main; main()"
    command = [sys.executable, "-c", run, "report", "--notebooks", str(notebooks), "--out", str(site)]
    surroundings = os.environ | {"TMPDIR": str(short_path)}

    def start() -> subprocess.Popen[bytes]:
        return subprocess.Popen(command, env=surroundings, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    began = time.monotonic()
    assert start().wait() == 0
    whole, took = {path.name: path.read_bytes() for path in site.iterdir()}, time.monotonic() - began
    moments, left = random.Random(1), set()
    for place in range(20):
        ended, run = ENDS[place % 4], start()
        time.sleep(moments.uniform(0, took))
        run.send_signal(ended)
        run.wait(timeout=30)
        assert {path.name: path.read_bytes() for path in site.iterdir() if path.name != LOCK} == whole
        stays = {*everything(short_path), *everything(site.parent)} - {"site", *(f"site/{name}" for name in whole)}
        if ended == signal.SIGKILL:
            left = stays  # until a run comes as far as to remove it
        assert stays <= left
        deadline = time.monotonic() + 5
        while (busy := working(str(short_path))) and time.monotonic() < deadline:
            time.sleep(0.1)
        assert busy == []
    assert start().wait() == 0
    assert everything(short_path) == []
    assert everything(site.parent) == ["site", *(f"site/{name}" for name in sorted(whole))]


def working(folder: str) -> list[str]:
    """What processes whose environment names this folder were called with."""
    found = []
    for path in Path("/proc").glob("[0-9]*/environ"):
        try:
            if folder.encode() in path.read_bytes():
                found.append(path.with_name("cmdline").read_bytes().decode(errors="replace").replace("\0", " "))
        except OSError:
            continue
    return found
