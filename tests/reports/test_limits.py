"""A notebook that takes too long or holds too much is ended, and its cell is named."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from workbench.errors import NotRunError
from workbench.reports.kernels import workers
from workbench.reports.limits import GIGABYTE, MEMORY, MINUTES, SECONDS, Limits
from workbench.reports.printing import reports, run


def notebook(folder: Path, *cells: str) -> Path:
    """A report of these cells after one of parameters."""
    made = [{"source": source, "id": f"c{i}", "metadata": {}} for i, source in enumerate(("x: int = 1  # any", *cells))]
    made[0]["metadata"] = {"tags": ["parameters"]}
    code = [{**cell, "cell_type": "code", "outputs": [], "execution_count": None} for cell in made]
    path = folder / "1_x.ipynb"
    path.write_text(json.dumps({"cells": code, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))
    return path


def reason(path: Path, limits: Limits, settings: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> str:
    """Why a run of this notebook fails."""
    monkeypatch.setenv(SECONDS, str(limits.seconds))
    monkeypatch.setenv(MEMORY, str(limits.memory))
    with workers(1) as pool, pytest.raises(NotRunError) as caught:
        pool.submit(_run, *reports([path], settings), limits).result()
    return str(caught.value)


def _run(report: object, limits: Limits) -> object:
    limits.tell()
    return run(report)  # type: ignore[arg-type]


@pytest.mark.parametrize("settings", [{}, {"x": "2"}])
def test_a_cell_that_never_ends_is_named(settings: dict[str, str], tmp_path: Path, monkeypatch) -> None:
    path = notebook(tmp_path, "import time", "time.sleep(600)", "1")
    said = reason(path, Limits(6, float("inf")), settings, monkeypatch)
    assert said == "cell [3] was not done when 0.1 minutes were over; give it longer with --time-limit, or fewer weeks."


def test_a_cell_that_holds_too_much_is_named(tmp_path: Path, monkeypatch) -> None:
    path = notebook(tmp_path, "import time", "held = b'x' * 1_500_000_000", "time.sleep(60)")
    said = reason(path, Limits(120, GIGABYTE), {}, monkeypatch)
    assert said.startswith("cell [")
    assert said.endswith("needed more than 1 GB of memory; give it more with --memory-limit, run fewer at a time with --jobs, or look at fewer weeks.")  # fmt: skip
    assert said[6] in "34"


def test_a_kernel_that_dies_is_named_with_its_cell(tmp_path: Path, monkeypatch) -> None:
    path = notebook(tmp_path, "import os", "os._exit(9)")
    assert reason(path, Limits(120, float("inf")), {}, monkeypatch).startswith("the kernel died in cell [3]: ")


def test_what_is_not_said_is_half_an_hour_and_a_share_of_the_memory() -> None:
    one, four = Limits.chosen(None, None, 1), Limits.chosen(None, None, 4)
    assert one.seconds == 60 * MINUTES
    assert one.memory == pytest.approx(4 * four.memory)
    assert Limits.chosen(2, 0.5, 4) == Limits(120, GIGABYTE / 2)
