"""What tests need from the machine, and what happens when it is not there."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[1]


def missing(what: str) -> None:
    """A missing part skips on a user's machine and fails in CI, where it was promised."""
    if os.environ.get("CI"):
        pytest.fail(f"CI promises {what}, but it is not here.")
    pytest.skip(f"needs {what}.")


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real inputs, named by the environment variable WORKBENCH_SHARED."""
    folder = Path(os.environ.get("WORKBENCH_SHARED") or "not said")
    if not (folder / "data").is_dir():
        missing("the shared inputs (WORKBENCH_SHARED)")
    return folder / "data"


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a Chromium or Chrome that a test can drive."""
    names = ("chromium", "chromium-browser", "google-chrome")
    path = next((found for name in names if (found := shutil.which(name))), None)
    if path is None:
        missing("Chromium")
    return str(path)


@pytest.fixture(scope="session")
def project() -> Path:
    """The folder of this checkout."""
    return PROJECT


@pytest.fixture(scope="session")
def sample() -> Path:
    """The committed simulated CRM."""
    return PROJECT / "data" / "sample"
