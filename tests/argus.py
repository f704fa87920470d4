"""τ-Argus, the auditor of statistical offices, in an environment of its own: how closely published sums bound others.

`WORKBENCH_ARGUS` names that environment's Python, with pytauargus 0.6.0:

    python3 -m venv argus && argus/bin/pip install pytauargus==0.6.0 && export WORKBENCH_ARGUS=$PWD/argus/bin/python
"""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import numpy as np

PYTHON = os.environ.get("WORKBENCH_ARGUS", "")
AUDIT = "import json, sys; from pytauargus._tauargus import audit_jj; print(json.dumps(audit_jj(sys.argv[1])))"


def audited(
    rows: np.ndarray, values: np.ndarray, asked: np.ndarray, cells: np.ndarray, folder: Path
) -> list[tuple[float, float]]:
    """From where to where each asked combination of cells may be, as τ-Argus finds it.

    rows, values : published sums, rows @ cells = values; asked : one row each; cells : what they really are
    """
    file = folder / "table.jj"
    file.write_text(_table(rows, values, asked, cells))
    command = [PYTHON, "-c", AUDIT, str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=folder)
    found = {each["cell"]: (each["min"], each["max"]) for each in json.loads(done.stdout.splitlines()[-1])}
    first = len(cells) + len(rows)
    return [found[first + place] for place in range(len(asked))]


def _table(rows: np.ndarray, values: np.ndarray, asked: np.ndarray, cells: np.ndarray) -> str:
    """A table in the format of Salazar's solvers: its cells, which of them are shown, and what adds up to what.

    A cell is a number, value, cost, status (s: shown, u: withheld, m: withheld for others), least and greatest value,
    and how much of protection it needs below, above, and in all.
    """
    values = [*cells, *values, *(asked @ cells)]
    status = ["m"] * len(cells) + ["s"] * len(rows) + ["u"] * len(asked)
    most = float(np.sum(cells))
    lines = [f"{i} {v:g} 1 {s} 0 {most:g} 0 0 0" for i, (v, s) in enumerate(zip(values, status, strict=True))]
    sums = []
    for place, row in enumerate(np.vstack([rows, asked]), len(cells)):
        parts = " ".join(f"{i} ({weight:g})" for i, weight in enumerate(row) if weight)
        sums.append(f"0 {np.count_nonzero(row) + 1} : {place} (-1) {parts}")
    return "\n".join(["0", str(len(lines)), *lines, str(len(sums)), *sums, ""])
