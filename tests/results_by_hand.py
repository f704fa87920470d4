"""Results whose numbers are given, so that every figure in a sentence can be checked by hand."""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import Any

import pandas as pd

from workbench.findings import Finding
from workbench.results.estimates import Estimates
from workbench.results.gaming import Gaming
from workbench.results.verdict import Grade, Verdict

Ends = tuple[float, float, float]  # estimate, low, high
FLAT = pd.DataFrame(
    [{"statistic": 2.1, "df": 3, "p_value": 0.55, "slope_detectable_50": 0.01, "slope_detectable_80": 0.02}]
)
PARTED = FLAT.assign(p_value=0.001)
UNKNOWN = FLAT.assign(p_value=math.nan, df=0)
BLIND = FLAT.assign(slope_detectable_50=math.inf, slope_detectable_80=math.inf)


def one(estimate: float, low: float, high: float, unit: str = "active days a week", n: float = 412) -> Estimates:
    """One effect, overall and in two weeks."""
    row = pd.Series({"estimate": estimate, "conf_low": low, "conf_high": high, "n": n})
    return Estimates(pd.DataFrame([row, row]).assign(event_week=[0, 4]), unit, "", overall=row)


def survives(times: float) -> Any:
    """A sensitivity analysis with this breakdown."""
    return SimpleNamespace(breakdown=times)


def said(verdict: Verdict | Gaming, headline: str = "", grade: Grade = Grade.RANDOMISED) -> Finding:
    """A finding with this verdict, on forty people."""
    return Finding(headline, verdict, grade, "drawn by lot", 0.5, 0.2, 0.8, "active days a week", 40)
