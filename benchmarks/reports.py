"""A whole site against a plain loop: papermill, then nbconvert, notebook by notebook, as the notebooks once stood.

python benchmarks/reports.py [commit]       the loop's notebooks and package; c008048 unless said

Wall and CPU seconds of everything that a command starts, however it starts it. Analysis is what the cells alone take,
each notebook in a process of its own that reads the tables which pages share.
"""

from __future__ import annotations

import ctypes
import io
import json
import os
import resource
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from results import markdown, write_section

PROJECT = Path(__file__).resolve().parents[1]
SUBREAPER = 36  # PR_SET_CHILD_SUBREAPER: processes whose parent has ended are counted as ours
LOOP = """
for n in notebooks/[1-8]*.ipynb; do
    papermill --no-progress-bar -k python3 $n $OUT/$(basename $n) && jupyter nbconvert --to html $OUT/$(basename $n)
done"""


def main(commit: str = "c008048") -> None:
    """Print the sample's site both ways, and count what its cells take."""
    ctypes.CDLL(None).prctl(SUBREAPER, 1)
    with tempfile.TemporaryDirectory() as folder:
        then, out = Path(folder) / "then", Path(folder) / "out"
        archive = subprocess.run(["git", "archive", commit], cwd=PROJECT, capture_output=True, check=True).stdout
        with tarfile.open(fileobj=io.BytesIO(archive)) as files:
            files.extractall(then, filter="data")
        out.mkdir()
        site = taken(lambda: run(["workbench", "report", "--out", f"{folder}/site"], PROJECT))
        alone = analysis(PROJECT, f"{folder}/kept")
        loop = taken(lambda: run(["sh", "-c", LOOP], then, OUT=str(out)))
    rows: list[list[object]] = [
        [f"papermill and nbconvert, notebooks of {commit}", f"{loop[0]:.0f}", f"{loop[1]:.0f}"],
        ["workbench report", f"{site[0]:.0f}", f"{site[1]:.0f}"],
        ["the ratio", f"{site[0] / loop[0]:.2f}", f"{site[1] / loop[1]:.2f}"],
        *([f"cells alone: {name}", "", f"{cpu:.1f}"] for name, cpu in alone.items()),
        ["all cells", "", f"{sum(alone.values()):.1f}"],
    ]
    write_section("The site", "python benchmarks/reports.py", markdown(["printed by", "wall s", "CPU s"], rows))


def run(command: list[str], folder: Path, **more: str) -> None:
    """A command in a folder whose package it imports."""
    environment = {**os.environ, "PYTHONPATH": str(folder), **more}
    subprocess.run(command, cwd=folder, env=environment, check=True, stdout=subprocess.DEVNULL)


def taken(work: Callable[[], object]) -> tuple[float, float]:
    """Wall and CPU seconds until everything that the work started has ended."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    work()
    wall = time.perf_counter() - start
    while True:
        try:
            os.wait()
        except ChildProcessError:
            break
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def analysis(folder: Path, kept: str) -> dict[str, float]:
    """CPU seconds of each notebook's cells."""
    notebooks = [folder / "notebooks" / "shared.ipynb", *sorted((folder / "notebooks").glob("[1-8]*.ipynb"))]
    script = [sys.executable, __file__, "cells"]
    once = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "WORKBENCH_PICTURES": "none"}  # as pages are printed
    environment = {**os.environ, "PYTHONPATH": str(folder), **once}
    found = {}
    for path in notebooks:
        said = subprocess.run(
            [*script, str(path), kept], cwd=folder, env=environment, check=True, capture_output=True, text=True
        )
        found[path.stem] = float(said.stdout.split()[-1])
    return found


def cells(notebook: str, kept: str) -> None:
    """Run the cells of a notebook after what they import; print the CPU seconds they took."""
    from contextlib import redirect_stdout

    import altair
    import scipy.stats
    import statsmodels.api  # noqa: F401
    from IPython.core.interactiveshell import InteractiveShell

    code = [c for c in json.loads(Path(notebook).read_text(encoding="utf-8"))["cells"] if c["cell_type"] == "code"]
    shell = InteractiveShell.instance()
    shell.run_cell("".join(code[0]["source"]))
    shell.user_ns["kept"] = kept
    start = time.process_time()
    with redirect_stdout(io.StringIO()):
        for cell in code[1:]:
            shell.run_cell("".join(cell["source"])).raise_error()
    print(time.process_time() - start)
    del altair, scipy


if __name__ == "__main__":
    if sys.argv[1:2] == ["cells"]:
        cells(*sys.argv[2:])
    else:
        main(*sys.argv[1:])
