"""Every kind of chart, as a notebook keeps it."""

from __future__ import annotations

from typing import Any

import pytest
from made_up_charts import CHARTS, written


@pytest.fixture(params=CHARTS)
def spec(request: pytest.FixtureRequest) -> dict[str, Any]:
    return written(CHARTS[request.param]())
