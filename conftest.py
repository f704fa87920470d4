"""What examples in docstrings may use without saying so. The reference tells its readers once."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest


@cache
def names_of_examples() -> dict[str, Any]:
    """The package, the two libraries whose short names everybody knows, and the tiny CRM: its source and its panel."""
    import numpy as np
    import pandas as pd

    import workbench as wb
    from workbench.simulation import tiny_crm

    log = wb.open_source(tiny_crm())
    return {"wb": wb, "pd": pd, "np": np, "log": log, "panel": wb.user_weeks(log)}


@pytest.fixture(autouse=True)
def examples(request: pytest.FixtureRequest) -> None:
    """Only where an example runs: other tests need not wait for the imports."""
    if isinstance(request.node, pytest.DoctestItem):
        request.getfixturevalue("doctest_namespace").update(names_of_examples())
