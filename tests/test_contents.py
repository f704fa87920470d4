"""What people may call: every public name with its signature, and what it costs to import them."""

from __future__ import annotations

import importlib
import subprocess
import sys
from inspect import isfunction

import pytest
from make_surface import SURFACE, surface

from conftest import PROJECT, slow_files

MEND = (
    "A public name or signature has changed. If it was meant: `make surface`, read the difference, say it in CHANGELOG."
)


def test_public_names_and_signatures_are_those_decided_on() -> None:
    assert surface().splitlines() == SURFACE.read_text(encoding="utf-8").splitlines(), MEND


@pytest.mark.slow
def test_a_public_name_is_what_people_call_whatever_was_imported_before(project) -> None:
    files = [path.relative_to(project).with_suffix("") for path in (project / "workbench").rglob("[!_]*.py")]
    script = "\n".join(
        [
            *(f"import {'.'.join(file.parts)}" for file in sorted(files)),
            "from types import ModuleType",
            "import workbench as wb",
            "print([name for name in wb.__all__ if isinstance(getattr(wb, name), ModuleType)])",
        ]
    )
    said = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    assert said.strip() == "[]"


def test_the_command_line_needs_none_of_what_is_slow() -> None:
    script = "import sys, workbench.cli; print({'pandas', 'altair', 'duckdb', 'scipy', 'sklearn'} & set(sys.modules))"
    said = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    assert said.strip() == "set()"


def test_every_public_function_has_an_example_that_runs() -> None:
    """The doctests run with the tests of their files; here only that there is one."""
    folders = [
        folder.name for folder in sorted((PROJECT / "workbench").iterdir()) if (folder / "__init__.pyi").exists()
    ]
    without = []
    for folder in folders:
        contents = importlib.import_module(f"workbench.{folder}")
        public = [(name, getattr(contents, name)) for name in contents.__all__]
        without += [
            f"{folder}.{name}" for name, each in public if isfunction(each) and ">>>" not in (each.__doc__ or "")
        ]
    assert sorted(without) == []


def test_the_slow_files_are_there() -> None:
    assert [file.name for file in sorted(slow_files()) if not file.exists()] == []
