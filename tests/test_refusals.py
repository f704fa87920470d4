"""What the system refuses is said in one sentence, and paths of any letters work (attack-cases.md, 19)."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest
from nbformat import write
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

pytestmark = pytest.mark.slow
COMMAND = [sys.executable, "-c", "from workbench.cli import main; main()"]
SAYS = "from workbench.results import Text\nText('and this is shown')"


def typed(*words: object, most: int | None = None) -> tuple[int, str]:
    """How a command ended and what it said; `most`: bytes of a file, as if the disk were full after them."""

    def full() -> None:
        if most is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))

    surroundings = {**os.environ, "COLUMNS": "400"}
    command = [*COMMAND, *map(str, words)]
    done = subprocess.run(command, capture_output=True, text=True, preexec_fn=full, env=surroundings, check=False)
    said = done.stdout + done.stderr
    assert "Traceback" not in said
    return done.returncode, said


@pytest.fixture
def report(tmp_path: Path) -> list[object]:
    """The command that prints one small page."""
    folder = tmp_path / "notebooks {of} %s 100%"
    folder.mkdir()
    asked = new_code_cell("weeks: int = 1  # how many", metadata={"tags": ["parameters"]})
    write(new_notebook(cells=[new_markdown_cell("# A title"), asked, new_code_cell(SAYS)]), folder / "1_page.ipynb")
    return ["report", "--notebooks", folder, "--jobs", "1", "--set", "weeks=3", "--out"]


@pytest.mark.parametrize("name", ["a {site} %d", "a\nsite", "{", 'ä site\'s "page"', "-site"])
def test_a_site_may_have_any_name(name: str, report: list[object], tmp_path: Path) -> None:
    code, said = typed(*report, tmp_path / name)
    assert (code, "1 of 1 pages made" in said) == (0, True)
    assert "and this is shown" in (tmp_path / name / "1_page.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("most", [200_000, 5_000])
def test_a_full_disk_is_said_and_nothing_is_half_there(most: int, report: list[object], tmp_path: Path) -> None:
    code, said = typed(*report, tmp_path / "site", most=most)
    assert code == 2
    assert "what draws the charts cannot be written: File too large." in said
    assert not (tmp_path / "site").exists()


def test_without_a_place_for_temporary_files_one_sentence_says_so(report: list[object], tmp_path: Path) -> None:
    code, said = typed(*report, tmp_path / "site", most=0)
    assert code == 1
    assert "a file cannot be used: No usable temporary directory found" in said


def test_a_folder_that_cannot_be_made_is_said(report: list[object]) -> None:
    code, said = typed(*report, "/dev/null/site")
    assert code == 2
    assert "/dev/null/site cannot be made: Not a directory; name another folder with --out." in said


@pytest.mark.parametrize("command", [["check"], ["sample"], ["init"], ["report", "--source"], ["report", "--out"]])
def test_a_name_that_is_too_long_is_said(command: list[str], tmp_path: Path) -> None:
    code, said = typed(*command, tmp_path / ("x" * 300))
    assert code in (1, 2)
    assert "cannot be used: File name too long. Make room there, or name another place." in said
