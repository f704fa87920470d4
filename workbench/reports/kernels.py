"""Kernels that are ready at once.

Starting Python and importing what the notebooks import costs more than most notebooks. On Linux one server process
imports it all once; each report is then a process forked from it, and its kernel a process forked from that one
before anything else has happened there, so every kernel is as fresh as a new one. Elsewhere kernels start the plain
way. Kernel and report speak over files in a private folder, so no port is opened.
"""

from __future__ import annotations

import multiprocessing.util
import os
import signal
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning.local_provisioner import LocalProvisioner

from workbench.reports.publishing import RUN, end_with_parent

WARM = sys.platform == "linux"  # macOS forbids forking after its own libraries were loaded, Windows cannot fork
PRELOADED = [  # what the package and the notebooks import, not the package: one that is broken fails where it is used
    "workbench.reports.tied",
    *("altair", "duckdb", "pandas", "pyarrow.csv", "scipy.sparse", "scipy.stats", "statsmodels.api"),
    *("ipykernel.kernelapp", "ipykernel.zmqshell", "papermill", "workbench.reports.pages"),
]
GUARD = "workbench.results.boundary"  # an extension: what a notebook displays passes it, whatever it imports
# Reports run side by side: where each also spreads its small matrices over all cores, most of the time goes into
# waiting for one another. Sums in one order also give the same last digit on machines with more or fewer cores.
ALGEBRA = ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")


def workers(jobs: int, temporary: Path | None = None) -> ProcessPoolExecutor:
    """Processes that run one report each; on Linux forked from one that has everything imported.

    temporary : the folder of their temporary files; default: the system's
    """
    os.environ.update(dict.fromkeys(ALGEBRA, "1"))
    context = multiprocessing.get_context("forkserver" if WARM else "spawn")
    if WARM:
        context.set_forkserver_preload(PRELOADED)
        os.environ[RUN] = str(os.getpid())
    before, tempfile.tempdir = tempfile.tempdir, str(temporary) if temporary else tempfile.tempdir
    multiprocessing.util.get_temp_dir()  # of the server's socket; made once, the first time that it is asked for
    tempfile.tempdir = before
    return ProcessPoolExecutor(
        jobs, mp_context=context, max_tasks_per_child=1, initializer=_begin, initargs=(temporary, dict(os.environ))
    )


@contextmanager
def stopped_with(pool: ProcessPoolExecutor) -> Iterator[None]:
    """Ends the workers of a pool, and with them their kernels, where an interrupt or an error ends the run."""
    try:
        yield
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        for process in multiprocessing.active_children():
            process.kill()
            process.join()
        raise


def _begin(temporary: Path | None, environment: dict[str, str]) -> None:
    os.environ.update(environment)  # as it is now: the server may have begun before a password was set
    # An interrupt at the terminal reaches every process; the first one answers it, and stops the others.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    end_with_parent()
    if temporary is not None:
        os.environ["TMPDIR"] = tempfile.tempdir = str(temporary)


def kernel_managers() -> type[AsyncKernelManager]:
    """What nbclient needs to start a kernel; to be called first thing in a worker, while it is still plain."""
    if not WARM:
        return LocalKernels
    waiting = _Waiting()

    class WarmKernels(LocalKernels):
        def __init__(self, **options: Any):
            super().__init__(**options)
            self.provisioner = _Warm(waiting, kernel_spec=self.kernel_spec, parent=self)

    return WarmKernels


class LocalKernels(AsyncKernelManager):
    """Kernels of this very Python, whatever kernels the user has installed under the same name."""

    def __init__(self, **traits: Any):
        super().__init__(**traits)
        self.folder = tempfile.TemporaryDirectory(prefix="wb-")
        self.transport = "tcp" if sys.platform == "win32" else "ipc"
        self.connection_file = str(Path(self.folder.name) / "k.json")
        # A folder of its own also keeps out what the user's profile runs at every start.
        options = ["-f", "{connection_file}", f"--ipython-dir={self.folder.name}", f"--ext={GUARD}"]
        command = [sys.executable, "-m", "ipykernel_launcher", *options]
        self._kernel_spec = KernelSpec(argv=command, display_name="Python", language="python")


class _Waiting:
    """A forked process that waits to be told its connection file, with the manners of a `subprocess.Popen`."""

    stdin = stdout = stderr = None

    def __init__(self) -> None:
        fork = multiprocessing.get_context("fork")
        receiver, self.sender = fork.Pipe(duplex=False)
        self.process = fork.Process(target=_serve, args=(receiver,), daemon=True)
        self.process.start()
        self.pid: int = self.process.pid or 0
        self.terminate, self.kill = self.process.terminate, self.process.kill

    def poll(self) -> int | None:
        return self.process.exitcode

    def wait(self) -> int | None:
        self.process.join()
        return self.process.exitcode

    def send_signal(self, number: int) -> None:
        os.kill(self.pid, number)


class _Warm(LocalProvisioner):
    """Tells the waiting process to become the kernel, instead of starting one."""

    def __init__(self, waiting: _Waiting, **options: Any):
        super().__init__(**options)
        self.waiting = waiting

    async def launch_kernel(self, cmd: list[str], **options: Any) -> Any:
        self.process: Any = self.waiting
        self.pid = self.waiting.pid
        self.waiting.sender.send((cmd[cmd.index("-f") :], options.get("cwd") or os.getcwd()))
        return self.connection_info


def _serve(receiver: Connection) -> None:
    from ipykernel.kernelapp import IPKernelApp

    end_with_parent()
    arguments, folder = receiver.recv()
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):  # what the kernel says of itself is not for the terminal; what cells print is captured
        os.dup2(nowhere, stream)
    os.chdir(folder)
    IPKernelApp.launch_instance(argv=[*arguments, f"--IPKernelApp.parent_handle={os.getppid()}"])
