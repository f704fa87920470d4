"""Kernels that wait, forked and warm, and kernels started the plain way, give the same pages."""

from __future__ import annotations

import subprocess
import sys
import time
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

import pytest

from workbench.reports.kernels import LocalKernels, stopped_with, workers

NOTEBOOKS = Path(__file__).parents[1] / "notebooks"


@pytest.mark.slow
def test_a_kernel_started_the_plain_way_gives_the_same_page(made_up, tmp_path):
    script = f"""
from pathlib import Path
from workbench.reports import kernels
from workbench.reports.printing import chosen, print_report, reports
kernels.WARM = False  # as on macOS and Windows
[report] = reports(chosen(Path({str(NOTEBOOKS)!r}), ["1_good"]), {{"weeks": "12"}})
print(print_report(report, Path({str(tmp_path)!r})).error)
"""
    assert subprocess.check_output([sys.executable, "-c", script], text=True).strip() == ""
    assert (tmp_path / "1_good.html").read_bytes() == (made_up[0] / "1_good.html").read_bytes()


def test_a_kernel_is_of_this_python_and_opens_no_port():
    manager = LocalKernels()
    assert manager.kernel_spec.argv[0] == sys.executable
    assert manager.transport == ("tcp" if sys.platform == "win32" else "ipc")
    assert Path(manager.connection_file).parent == Path(manager.folder.name)


@pytest.mark.slow
def test_stopped_workers_end_at_once_whatever_they_are_at():
    pool = workers(1)
    endless = pool.submit(time.sleep, 600)
    while not endless.running():
        time.sleep(0.01)
    with pytest.raises(KeyboardInterrupt), stopped_with(pool):
        raise KeyboardInterrupt
    assert isinstance(endless.exception(timeout=60), BrokenProcessPool)
