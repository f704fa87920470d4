"""The committed sample and a small simulated CRM, for the tests of the simulation."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import workbench as wb
from workbench.data.duckdb import as_table
from workbench.simulation import crm
from workbench.simulation.calendar import ZONE
from workbench.simulation.people import People, people


@pytest.fixture(scope="session")
def source(sample) -> wb.Source:
    return wb.open_source(sample)


@pytest.fixture(scope="session")
def truth(sample) -> dict[str, dict]:
    """The sample's truths by name."""
    return {t["name"]: t for t in json.loads((sample / "truth.json").read_text())["truths"]}


@pytest.fixture(scope="session")
def actions(source) -> wb.Table:
    """Everything people did beyond being there."""
    done = wb.actions(source, time_zone=ZONE).sql("select * from this where action not in ('login', 'logout')")
    return as_table(done.to_arrow())


@pytest.fixture(scope="session")
def everyone() -> People:
    """The people of the sample."""
    return people(1500, 52, 1)


@pytest.fixture(scope="session")
def small(tmp_path_factory) -> Path:
    """A small, short CRM of another seed."""
    folder = tmp_path_factory.mktemp("small")
    crm.write(folder, users=300, weeks=26, seed=5)
    return folder
