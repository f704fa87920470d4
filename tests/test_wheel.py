"""The wheel holds everything: installed away from the checkout, it simulates a CRM and prints a page of it."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest
from make_reference import NOTEBOOKS, PROJECT

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    """The wheel of this checkout."""
    out = tmp_path_factory.mktemp("dist")
    subprocess.run([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", out], cwd=PROJECT, check=True)
    [built] = out.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory) -> Path:
    """The programs of an environment that has the wheel, and of this one only what the wheel depends on."""
    home = tmp_path_factory.mktemp("env")
    venv.create(home, with_pip=False)
    programs = Path(sysconfig.get_path("scripts", vars={"base": str(home)}))
    install = ["-m", "pip", "--python", programs / "python", "install", "--quiet", "--no-deps", "--no-index", wheel]
    subprocess.run([sys.executable, *install], check=True)
    packages = Path(sysconfig.get_path("purelib", vars={"base": str(home)}))
    # A line of a .pth file is a folder to import from; the .pth file in that folder that leads to the checkout is not read.
    (packages / "dependencies.pth").write_text(sysconfig.get_path("purelib"))
    return programs


def test_it_holds_every_file_of_the_package_and_every_notebook(wheel):
    kept = set(zipfile.ZipFile(wheel).namelist())
    ours = (path.relative_to(PROJECT) for path in (PROJECT / "workbench").rglob("*") if path.is_file())
    wanted = {path.as_posix() for path in ours if not {"__pycache__", ".ipynb_checkpoints"} & set(path.parts)}
    wanted |= {f"workbench/notebooks/{path.name}" for path in NOTEBOOKS.glob("*.ipynb")}
    assert sorted(wanted - kept) == []


def test_it_prints_a_report_away_from_the_checkout(installed, tmp_path):
    def typed(*words: str) -> str:
        environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        command = [str(installed / words[0]), *words[1:]]
        run = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
        assert run.returncode == 0, run.stderr + run.stdout
        return run.stdout

    where = typed("python", "-c", "import workbench; print(workbench.__file__)").strip()
    assert Path(where).is_relative_to(installed.parent)
    typed("workbench", "sample", "crm", "--users", "200", "--weeks", "26")
    assert "1 of 1 pages made" in typed("workbench", "report", "1_data", "--source", "crm")
    assert "Can we trust the data?" in (tmp_path / "site" / "1_data.html").read_text(encoding="utf-8")
