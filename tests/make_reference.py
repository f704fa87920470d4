"""Executes the notebooks on the sample into tests/reference/, outputs and all: `make reference`.

Run with the names of notebooks, it executes these alone.
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import nbformat

from workbench.reports.kernels import workers
from workbench.reports.printing import chosen, reports, run

PROJECT = Path(__file__).resolve().parents[1]
NOTEBOOKS = PROJECT / "notebooks"
REFERENCE = PROJECT / "tests" / "reference"
SETTINGS = {"source": "../../data/sample"}  # seen from tests/reference/, so that no machine's path is in them


def main(*names: str) -> None:
    """These reports anew; without names every report, and notebooks that are no more disappear."""
    if not names:
        shutil.rmtree(REFERENCE, ignore_errors=True)
    REFERENCE.mkdir(exist_ok=True)
    copies = [Path(shutil.copy(notebook, REFERENCE)) for notebook in chosen(NOTEBOOKS, names)]
    os.chdir(REFERENCE)
    with workers(2) as pool:
        for report, executed in zip(asked := reports(copies, SETTINGS), pool.map(run, asked), strict=True):
            nbformat.write(executed, report.notebook)
            print(f"tests/reference/{report.notebook.name}")


if __name__ == "__main__":
    main(*sys.argv[1:])
