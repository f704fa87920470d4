"""The house stands as CONTRIBUTING.md says: its table names what every folder may import, and nothing goes in circles."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from conftest import PROJECT

PACKAGE = PROJECT / "workbench"
ENGINES = {"duckdb", "adbc_driver_postgresql", "psycopg", "sqlite3"}


def table() -> dict[str, set[str]]:
    """Folder (or file of the top) → what it may import, as the table in CONTRIBUTING.md says."""
    rows = re.findall(r"^\| `(\w+)(?:/|\.py)` \|([^|]*)\|", (PROJECT / "CONTRIBUTING.md").read_text("utf-8"), re.M)
    return {name: set(re.findall(r"`(\w+)`", allowed)) for name, allowed in rows}


def files() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def folder(file: Path) -> str:
    """The folder of a file, or the file's own name at the top."""
    inside = file.relative_to(PACKAGE)
    return inside.parts[0] if len(inside.parts) > 1 else inside.stem


def imported(file: Path, everywhere: bool = True) -> set[Path]:
    """The files of the package that a file imports; everywhere: inside functions as well."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    found: set[Path] = set()
    for node in ast.walk(tree) if everywhere else tree.body:
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file} has a relative import"
            names = [f"{node.module}.{alias.name}" for alias in node.names] + [str(node.module)]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        else:
            continue
        places = [PROJECT / name.replace(".", "/") for name in names if name.split(".")[0] == "workbench"]
        found |= {place.with_suffix(".py") for place in places if place.with_suffix(".py").exists()}
    return found


def others(file: Path) -> set[str]:
    """The packages of other people that a file imports at its top."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    named = [node.module or "" for node in tree.body if isinstance(node, ast.ImportFrom)]
    named += [alias.name for node in tree.body if isinstance(node, ast.Import) for alias in node.names]
    return {name.split(".")[0] for name in named}


def name_of(file: Path) -> str:
    return file.relative_to(PACKAGE).with_suffix("").as_posix()


FILES = [file for file in files() if file.stem != "__init__"]


def test_every_folder_has_a_row_of_the_table():
    assert {folder(file) for file in FILES} <= set(table())


@pytest.mark.parametrize("file", FILES, ids=name_of)
def test_a_file_imports_what_its_folder_may(file):
    here = folder(file)
    assert {folder(other) for other in imported(file)} - {here} - table()[here] == set()


def test_no_import_goes_in_a_circle():
    reached = {file: imported(file, everywhere=False) for file in FILES}
    while loose := [file for file, needs in reached.items() if not needs & set(reached)]:
        for file in loose:
            del reached[file]
    assert sorted(map(name_of, reached)) == []


def test_the_table_itself_has_no_circle():
    allowed = table()
    while loose := [name for name, needs in allowed.items() if not needs & set(allowed)]:
        for name in loose:
            del allowed[name]
    assert sorted(allowed) == []


def test_every_folder_has_a_table_of_contents():
    folders = {file.parent for file in FILES} - {PACKAGE}
    assert [f.name for f in sorted(folders) if not (f / "__init__.pyi").exists()] == []


def test_only_the_engines_files_talk_to_an_engine():
    assert {name_of(file) for file in FILES if others(file) & ENGINES} <= {
        "data/duckdb",
        "data/postgres",
        "data/sqlite",
    }


def test_every_file_has_a_file_of_tests():
    """tests/ has the folders of the package: workbench/x/y.py is tested in tests/x/test_y.py."""
    wanted = {PROJECT / "tests" / file.relative_to(PACKAGE).with_name(f"test_{file.name}"): file for file in FILES}
    assert [name_of(file) for test, file in wanted.items() if not test.exists()] == []


def test_no_file_is_longer_than_can_be_read():
    sizes = {name_of(file): len(file.read_text(encoding="utf-8").splitlines()) for file in FILES}
    assert {name: lines for name, lines in sizes.items() if lines > 400} == {}
