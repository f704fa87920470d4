"""Commands in the documentation: shown with what they print, and run when it is built.

A directive `terminal` becomes a test of sphinx.ext.doctest: each line after `$ ` is run in a scratch folder that holds
copies of the folders in `docs/data`, and links to the repository's `notebooks` and `data`. What it prints must be what
the page shows.
Options `hide` (run, not shown) and `quiet` (what is printed is neither shown nor compared).
"""

import atexit
import os
import shutil
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

DOCS = Path(__file__).parents[1]
PROMPT = "$ "


@cache
def scratch() -> Path:
    """The folder in which all examples of one build run."""
    folder = Path(tempfile.mkdtemp(prefix="workbench-docs-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    shutil.copytree(DOCS / "data", folder, dirs_exist_ok=True)
    for name in ("notebooks", "data", "examples"):
        (folder / name).symlink_to(DOCS.parent / name)
    return folder


def enter() -> None:
    """Work in the scratch folder."""
    os.chdir(scratch())


def run(command: str, quiet: bool = False) -> None:
    """Run a command there and print what it printed; one that fails says so, with its exit code."""
    tools = Path(sys.executable).parent
    paths = {"PATH": f"{tools}{os.pathsep}{os.environ['PATH']}", "PYTHONPATH": str(DOCS.parent), "COLUMNS": "100"}
    done = subprocess.run(command, shell=True, capture_output=True, text=True, cwd=scratch(), env=os.environ | paths)
    if not quiet or done.returncode:
        print(done.stdout + (done.stderr if done.returncode else ""), end="")
    if done.returncode:
        print(f"(exit code {done.returncode})")


class Terminal(SphinxDirective):
    """A block of commands and what they print."""

    has_content = True
    option_spec = {"hide": directives.flag, "quiet": directives.flag}  # noqa: RUF012

    def run(self) -> list[nodes.Node]:
        """The block as it is shown, with the test that it stands for."""
        text = "\n".join(self.content)
        test = "\n".join(self._tested(line) for line in self.content)
        kind = nodes.comment if "hide" in self.options else nodes.literal_block
        block = kind(text, text, testnodetype="doctest", groups=["default"], test=test, language="text", options={})
        self.set_source_info(block)
        return [block]

    def _tested(self, line: str) -> str:
        if not line.startswith(PROMPT):
            return line or "<BLANKLINE>"
        return f">>> terminal.run({line.removeprefix(PROMPT)!r}, quiet={'quiet' in self.options})"


def setup(app: Sphinx) -> dict[str, bool]:
    """Add the directive."""
    app.add_directive("terminal", Terminal)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
