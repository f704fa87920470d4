"""A process that imported it does not outlive the one that started it."""

import os
import signal
import subprocess
import sys
import time

import pytest

from workbench.reports.publishing import RUN

CHILD = "import workbench.reports.tied, time; print('tied', flush=True); time.sleep(60)"
PARENT = f"""
import subprocess, sys
child = subprocess.Popen([sys.executable, "-c", {CHILD!r}], stdout=subprocess.PIPE, text=True)
print(child.pid, child.stdout.readline(), flush=True)
child.wait()
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the system call is Linux's")
def test_killed_with_its_parent() -> None:
    alone = {name: value for name, value in os.environ.items() if name != RUN}  # of no run that this process began
    parent = subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE, text=True, env=alone)
    child, said = parent.stdout.readline().split()
    assert said == "tied"
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    deadline = time.monotonic() + 5
    while alive(child) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not alive(child)


def alive(process: str) -> bool:
    try:
        with open(f"/proc/{process}/stat") as file:
            return file.read().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False
