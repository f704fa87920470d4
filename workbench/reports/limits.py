"""How long a notebook may take and how much memory its kernel may hold, and who is named when it takes more.

Memory is what the kernel really holds, looked at five times a second on Linux; other systems do not tell it this way.
The limits travel in the environment, since the processes that run notebooks inherit it.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SECONDS, MEMORY = "WORKBENCH_TIME_LIMIT", "WORKBENCH_MEMORY_LIMIT"  # in the environment
MINUTES = 30  # that a notebook may take where nothing is said
SHARE = 0.8  # of the computer's memory, for all notebooks that run at a time
GIGABYTE = 2**30
PAUSE = 0.2  # seconds between two looks at the memory


@dataclass(frozen=True)
class Limits:
    """Of one notebook: seconds of its cells together, and bytes of its kernel."""

    seconds: float
    memory: float

    @staticmethod
    def chosen(minutes: float | None, gigabytes: float | None, jobs: int) -> Limits:
        """The limits asked for; default: half an hour, and an equal share of most of the memory."""
        memory = gigabytes * GIGABYTE if gigabytes else SHARE * _installed() / jobs
        return Limits(60 * (minutes or MINUTES), memory)

    @staticmethod
    def told() -> Limits:
        """The limits that the environment names."""
        return Limits(float(os.environ.get(SECONDS, 60 * MINUTES)), float(os.environ.get(MEMORY, SHARE * _installed())))

    def tell(self) -> None:
        """Tell the processes that will be started."""
        os.environ |= {SECONDS: str(self.seconds), MEMORY: str(self.memory)}


class Watch:
    """Looks after one notebook while it runs: which cell it is in, and whether it has gone too far."""

    def __init__(self, limits: Limits, injected: bool):
        self.limits, self.cell, self.overfull = limits, -int(injected), False
        self.ends = time.monotonic() + limits.seconds
        self.over = threading.Event()

    def options(self) -> dict[str, Any]:
        """What the notebook's client is told: to count cells, and how long each may take."""
        return {"on_cell_execute": self._next, "timeout_func": self._left}

    @contextmanager
    def looking(self) -> Iterator[None]:
        """While this lasts, a kernel that holds too much is ended."""
        thread = threading.Thread(target=self._look, daemon=True)
        thread.start()
        try:
            yield
        finally:
            self.over.set()
            thread.join()

    def reason(self, error: BaseException) -> str:
        """Why the run ended, in one line, with the cell and the way out."""
        where = f"cell [{max(self.cell, 1)}]"
        if self.overfull:
            held = f"{self.limits.memory / GIGABYTE:.2g} GB"
            more = "give it more with --memory-limit, run fewer at a time with --jobs"
            return f"{where} needed more than {held} of memory; {more}, or look at fewer weeks."
        if isinstance(error, TimeoutError):
            taken = f"{self.limits.seconds / 60:.2g} minutes"
            return f"{where} was not done when {taken} were over; give it longer with --time-limit, or fewer weeks."
        return f"the kernel died in {where}: {type(error).__name__}. It may have run out of memory."

    def _next(self, **_: Any) -> None:
        self.cell += 1

    def _left(self, _: Any) -> float:
        return max(self.ends - time.monotonic(), 0.1)

    def _look(self) -> None:
        while not self.over.wait(PAUSE):
            for child in _children():
                if _held(child) > self.limits.memory:
                    self.overfull = True
                    with suppress(OSError):
                        os.kill(child, signal.SIGKILL)


def _children() -> list[int]:
    """The processes that this one started, and theirs; none where the system does not tell."""
    found: list[int] = []
    ask = [os.getpid()] if sys.platform == "linux" else []
    while ask:
        for listed in Path(f"/proc/{ask.pop()}/task").glob("*/children"):
            with suppress(OSError):
                started = [int(word) for word in listed.read_text().split()]
                found += started
                ask += started
    return found


def _held(process: int) -> int:
    """Bytes of memory that a process really holds; 0 where it has ended."""
    try:
        return int(Path(f"/proc/{process}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, IndexError):
        return 0


def _installed() -> float:
    """Bytes of the computer's memory; without end where the system does not tell."""
    try:
        return float(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))
    except (AttributeError, ValueError, OSError):
        return float("inf")
