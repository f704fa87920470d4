"""Other packages, asked without what they print and warn of."""

from __future__ import annotations

import contextlib
import io
import warnings
from typing import Any


def quietly(work: Any) -> Any:
    with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return work()
