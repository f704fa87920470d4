"""The usual ways of running notebooks work from where people use them: papermill, nbconvert, nbval.

A kernel that nbconvert or nbval starts works in the notebook's folder, papermill's where papermill was started.
"""

from __future__ import annotations

import re
import subprocess
import sys

import nbformat
import pandas as pd
import pytest
from make_reference import NOTEBOOKS

pytestmark = pytest.mark.slow
VEGALITE = "application/vnd.vegalite.v5+json"


def ran(*words: object, cwd: object) -> str:
    """What a program says that ends well."""
    command = [sys.executable, "-m", *map(str, words)]
    run = subprocess.run(command, cwd=cwd, capture_output=True, text=True)
    assert run.returncode == 0, run.stdout[-3000:] + run.stderr[-3000:]
    return run.stdout


def test_papermill_from_any_folder_keeps_a_picture_beside_each_chart(sample, tmp_path):
    ran("papermill", NOTEBOOKS / "1_data.ipynb", "out.ipynb", "-p", "source", sample, cwd=tmp_path)
    notebook = nbformat.read(tmp_path / "out.ipynb", as_version=4)
    charts = [o.data for cell in notebook.cells for o in cell.get("outputs", []) if VEGALITE in o.get("data", {})]
    assert len(charts) > 2
    assert [chart["text/plain"] for chart in charts if not chart.get("image/png", "").startswith("iVBOR")] == []


def test_nbconvert_finds_the_sample_from_the_notebooks_folder(tmp_path):
    options = ["--to", "notebook", "--execute", "--output-dir", tmp_path]
    ran("nbconvert", *options, "1_data.ipynb", cwd=NOTEBOOKS)
    assert "sample: 1,500 people" in (tmp_path / "1_data.ipynb").read_text(encoding="utf-8")


def test_nbval_runs_a_notebook_where_it_is():
    options = ["--nbval-lax", "--nbval-current-env", "-p", "no:cacheprovider", "-q"]
    assert " passed" in ran("pytest", *options, "notebooks/1_data.ipynb", cwd=NOTEBOOKS.parent)


def test_the_desk_run_by_papermill_names_nobody(sample, tmp_path):
    ran("papermill", "explore.ipynb", tmp_path / "out.ipynb", cwd=NOTEBOOKS)
    kept = (tmp_path / "out.ipynb").read_text(encoding="utf-8")
    everybody = set(pd.read_csv(sample / "users.csv", dtype=str)["user_id"])
    assert len(everybody) > 1000
    assert everybody & set(re.findall(r"[\w.@-]+", kept)) == set()
