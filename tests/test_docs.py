"""The documentation: complete, offline, without warnings, its examples right."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "docs" / "_extensions"))

import public_names  # noqa: E402
from house_docstrings import laid_out, sections  # noqa: E402
from public_names import contents, folders, places  # noqa: E402


def sphinx(builder: str, into: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "-b", builder, str(ROOT / "docs"), str(into)]
    return subprocess.run(command, capture_output=True, text=True, cwd=ROOT)


@pytest.fixture(scope="session")
def built(tmp_path_factory) -> Path:
    into = tmp_path_factory.mktemp("docs")
    done = sphinx("html", into)
    assert done.returncode == 0, done.stderr
    return into


@pytest.mark.slow
def test_every_public_name_has_an_entry_in_the_reference(built):
    """Asked of the tables of contents themselves, not of the extension that makes the pages from them."""
    import workbench

    pages = "".join(page.read_text() for page in (built / "reference").glob("*.html"))
    entries = set(re.findall(r'id="(workbench[\w.]*)"', pages)) | set(
        re.findall(r'id="module-(workbench[\w.]*)"', pages)
    )
    public = {
        f"workbench.{stub.parent.name}.{name}"
        for stub in (ROOT / "workbench").glob("*/__init__.pyi")
        for name in re.findall(r'"(\w+)"', stub.read_text().partition("__all__")[2])
    }
    assert len(public) > 150
    assert public <= entries
    assert {places()[id(getattr(workbench, name))] for name in workbench.__all__} <= entries


@pytest.mark.slow
def test_pages_load_nothing_from_the_network(built):
    """What a browser fetches by itself: scripts, styles, pictures, fonts; a link that somebody clicks may lead out."""
    loads = re.compile(
        r"""(?:<(?:script|img|iframe|source|link)\b[^>]*?\b(?:src|href)=|url\(|@import )["']?(?:https?:)?//"""
    )
    files = [path for kind in ("html", "css") for path in built.rglob(f"*.{kind}")]
    found = {str(path.relative_to(built)): loads.findall(path.read_text(errors="replace")) for path in files}
    assert len(files) > 30
    assert {name: hits for name, hits in found.items() if hits} == {}
    assert "<math" in (built / "explanation" / "effects.html").read_text()


@pytest.mark.slow
def test_the_examples_of_the_pages_are_right(tmp_path):
    done = sphinx("doctest", tmp_path)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]


def test_a_folder_page_exists_for_every_folder_with_public_names():
    pages = {path.stem for path in (ROOT / "docs" / "reference").glob("*.md")} - {"index"}
    assert pages == {folder.removeprefix("workbench.") for folder in folders()}


def test_a_name_is_linked_to_the_folder_that_makes_it_public():
    assert public_names.links()["att_gt"] == "workbench.effects.att_gt"
    assert public_names.links()["charts.retention"] == "workbench.charts.retention"
    assert public_names.links()["retention"] == "workbench.adoption.retention"
    assert "att_gt" in contents("workbench.effects")


def rate(panel: object, group: str | None = None, weeks: int = 4) -> float:
    raise NotImplementedError


def test_a_docstring_becomes_sections():
    """Expected by hand from the layout that numpydoc documents."""
    text = """Share of people.

    Said at length.
    panel : reads `user_id`
        and `week`; group : a column
    Returns a share
    of all.
    Raises ValueError for no rows.

    It is a note.

    Source: Wilson (1927).

    >>> 1 + 1
    2
    """
    import inspect

    lines = [line for line in laid_out(sections(inspect.cleandoc(text).split("\n")), rate, "function") if line.strip()]
    assert lines == [
        "Share of people.",
        "Said at length.",
        "Parameters",
        "----------",
        "panel : object",
        "    reads ``user_id``",
        "    and ``week``",
        r"group : str \| None",
        "    a column",
        "weeks : int, default 4",
        "Returns",
        "-------",
        "float",
        "    a share",
        "    of all.",
        "Raises",
        "------",
        "``ValueError``",
        "    for no rows.",
        "Notes",
        "-----",
        "It is a note.",
        "References",
        "----------",
        "Wilson (1927).",
        "Examples",
        "--------",
        ">>> 1 + 1",
        "2",
    ]
