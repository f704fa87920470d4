"""Every public name is what people call, whatever was imported before."""

from __future__ import annotations

import subprocess
import sys

import workbench as wb


def test_a_public_name_is_never_the_room_of_the_same_name(project) -> None:
    rooms = [p.stem for p in sorted((project / "workbench").glob("*.py")) if p.stem != "__init__"]
    script = "\n".join(
        [
            *(f"import workbench.{room}" for room in rooms),
            "from types import ModuleType",
            "import workbench as wb",
            "print([name for name in wb.__all__ if isinstance(getattr(wb, name), ModuleType)])",
        ]
    )
    said = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    assert said.strip() == "[]"


def test_every_public_name_says_what_it_is() -> None:
    assert [name for name in wb.__all__ if not getattr(wb, name).__doc__] == []


def test_the_command_line_needs_none_of_what_is_slow() -> None:
    script = "import sys, workbench.cli; print({'pandas', 'altair', 'duckdb', 'scipy', 'sklearn'} & set(sys.modules))"
    said = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    assert said.strip() == "set()"
