"""Executes the notebooks on the sample into tests/reference/, outputs and all: `make reference`."""

from __future__ import annotations

import shutil
from pathlib import Path

import nbformat

from workbench.kernels import workers
from workbench.reports import chosen, reports, run

NOTEBOOKS = Path(__file__).parents[1] / "notebooks"
REFERENCE = Path(__file__).parent / "reference"
SETTINGS = {"source": "../../data/sample"}  # seen from tests/reference/, where these notebooks lie and run


def main() -> None:
    """Every report anew; notebooks that are no more disappear."""
    shutil.rmtree(REFERENCE, ignore_errors=True)
    REFERENCE.mkdir()
    copies = [Path(shutil.copy(notebook, REFERENCE)) for notebook in chosen(NOTEBOOKS)]
    with workers(2) as pool:
        for report, executed in zip(asked := reports(copies, SETTINGS), pool.map(run, asked), strict=True):
            nbformat.write(executed, report.notebook)
            print(report.notebook.relative_to(Path.cwd()))


if __name__ == "__main__":
    main()
