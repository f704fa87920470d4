"""Measures one thing in a process of its own, and keeps the tables of RESULTS.md."""

from __future__ import annotations

import json
import os
import platform
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

RESULTS = Path(__file__).with_name("RESULTS.md")


def measured(script: str, *arguments: str, runs: int = 3) -> dict:
    """Run `script arguments` several times; the median of wall and CPU seconds, the most memory, and what it said.

    The script calls `report(work)` below. Returns wall, cpu (seconds), peak (MB), answer.
    """
    taken = []
    for _ in range(runs):
        done = subprocess.run([sys.executable, script, *arguments], capture_output=True, text=True, check=False)
        if done.returncode:
            return {
                "wall": float("nan"),
                "cpu": float("nan"),
                "peak": float("nan"),
                "answer": done.stderr.strip()[-200:],
            }
        taken.append(json.loads(done.stdout.strip().split("\n")[-1]))
    middle = sorted(taken, key=lambda t: t["cpu"])[len(taken) // 2]
    return {**middle, "peak": max(t["peak"] for t in taken)}


def report(work: Callable[[], object]) -> None:
    """Do the work and print, as JSON, what it took (imports and preparation before this call do not count)."""
    before, start = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter()
    answer = work()
    wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_SELF)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    unit = 1024**2 if sys.platform == "darwin" else 1024
    print(json.dumps({"wall": wall, "cpu": cpu, "peak": after.ru_maxrss / unit, "answer": answer}))


def markdown(header: list[str], rows: list[list[object]]) -> str:
    """Rows as a Markdown table."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines)


def write_section(name: str, command: str, text: str) -> None:
    """Put one benchmark's text into RESULTS.md, in place of its last one."""
    start, end = f"<!-- {name} -->", f"<!-- /{name} -->"
    machine = f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, Python {platform.python_version()}"
    section = f"{start}\n## {name}\n\nMeasured by `{command}` on {machine}.\n\n{text.strip()}\n{end}"
    old = RESULTS.read_text() if RESULTS.exists() else "# What was measured\n\nTrust ratios, not seconds.\n"
    if start in old:
        before, rest = old.split(start, 1)
        new = before + section + rest.split(end, 1)[1]
    else:
        new = f"{old.rstrip()}\n\n{section}\n"
    RESULTS.write_text(new)
