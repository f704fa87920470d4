"""Nothing that the notebooks show has changed, unless somebody meant it to.

tests/reference/ holds every report notebook executed on the sample, outputs and all; here each is run again, and every
output is compared exactly. The values themselves are tested elsewhere, with their sources. After a change that is meant:
`make reference`, then read the difference.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path

import nbformat
import pandas as pd
import pytest
from make_reference import NOTEBOOKS as FOLDER
from make_reference import REFERENCE as EXECUTED

from workbench.reports.printing import SHARED, report_notebooks, write_page

NOTEBOOKS = report_notebooks(FOLDER)
EVERY = {path.stem: path for path in FOLDER.glob("*.ipynb")}
DESKS = {name: path for name, path in EVERY.items() if name != SHARED}
REFERENCE = {path.stem: path for path in EXECUTED.glob("*.ipynb")}
MEND = "`make reference`, then read what changed."


def written(notebook: nbformat.NotebookNode) -> list[nbformat.NotebookNode]:
    """The cells that a person wrote."""
    return [c for c in notebook.cells if "injected-parameters" not in c.metadata.get("tags", [])]


def cells(path: Path) -> list[nbformat.NotebookNode]:
    """The cells of a file that a person wrote."""
    return written(nbformat.read(path, as_version=4))


def called(node: ast.AST) -> str:
    """The function that a node of a syntax tree calls; empty where it calls none."""
    return ast.unparse(node.func) if isinstance(node, ast.Call) else ""


def test_every_report_has_a_reference_and_nothing_else_has():
    assert sorted(REFERENCE) == sorted(NOTEBOOKS), MEND


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_the_reference_is_of_the_notebook_as_it_is(name):
    assert [c.source for c in cells(REFERENCE[name])] == [c.source for c in cells(NOTEBOOKS[name])], MEND


@pytest.mark.slow
@pytest.mark.parametrize("name", REFERENCE)
def test_nothing_shown_has_changed(name, executed):
    now = [c.get("outputs") for c in written(executed[name][1])]
    differ = [c.id for c, outputs in zip(cells(REFERENCE[name]), now, strict=True) if c.get("outputs") != outputs]
    assert differ == [], MEND


@pytest.mark.slow
@pytest.mark.parametrize("name", REFERENCE)
def test_another_run_gives_the_same_page_to_the_byte(name, executed, tmp_path):
    pages = []
    for run in (executed[name][1], nbformat.read(REFERENCE[name], as_version=4)):
        write_page(executed[name][0], run, tmp_path)
        pages.append((tmp_path / f"{name}.html").read_bytes())
    assert pages[0] == pages[1]


@pytest.mark.parametrize("name", ["4_training", "5_incentives", "6_peers"])
def test_every_card_of_the_sample_has_its_picture(name):
    """Counted by hand: each card has a small picture, and the same larger, folded."""
    outputs = [output for cell in cells(REFERENCE[name]) if cell.id == "cards" for output in cell.outputs]
    shown = "".join(output["data"]["text/html"] for output in outputs)
    assert "Each picture shows" in shown
    assert shown.count('<figure class="course"') == 2 * shown.count("<article")


@pytest.mark.parametrize("name", EVERY)
def test_notebooks_are_committed_without_outputs(name):
    assert [c.id for c in cells(EVERY[name]) if c.get("outputs")] == []


@pytest.mark.parametrize("name", DESKS)
def test_every_notebook_can_be_about_a_selection_alone_and_says_so(name):
    code = "\n".join(c.source for c in cells(DESKS[name]) if c.cell_type == "code")
    assert 'selection: str = ""' in code
    bases = [ast.unparse(node) for node in ast.walk(ast.parse(code)) if called(node) == "wb.basis"]
    assert len(bases) == 1
    assert re.search(r"\bselection[,)]", bases[0])
    assert [node for node in ast.walk(ast.parse(code)) if called(node) in ("wb.user_weeks", "wb.actions")] == []
    assert "str(basis)" in code


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_cells_are_short_and_compute_nothing_of_their_own(name):
    code = [ast.parse(c.source) for c in cells(NOTEBOOKS[name]) if c.cell_type == "code"]
    kinds = (ast.FunctionDef, ast.ClassDef, ast.For, ast.While)
    assert [ast.unparse(node) for cell in code for node in ast.walk(cell) if isinstance(node, kinds)] == []
    after_setup = [node for cell in code[2:] for node in ast.walk(cell)]
    assert [ast.unparse(node) for node in after_setup if isinstance(node, ast.Import | ast.ImportFrom)] == []


@pytest.mark.parametrize("name", REFERENCE)
def test_no_reference_complains_or_names_anybody(name, sample):
    shown = REFERENCE[name].read_text(encoding="utf-8")
    outputs = [output for cell in cells(REFERENCE[name]) for output in cell.get("outputs", [])]
    assert [o for o in outputs if o.output_type == "error" or o.get("name") == "stderr"] == []
    people = set(pd.read_csv(sample / "users.csv", dtype=str)["user_id"])
    assert people & set(re.findall(r"[\w.@-]+", shown)) == set()
