"""What the desk adds up, once, so that every click is answered from small tables."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from workbench.data.engine import Table

GROUPS = ("department", "team", "role", "region")
APART = 12  # weeks between the two segments of the flow, so that their windows do not overlap
METRICS = {  # what -> numerator and denominator, summed over user-weeks
    "active days a week": ("active_days", "1"),
    "actions a week": ("actions", "1"),
    "share of weeks with use": ("active", "1"),
    "share of weeks with the habit": ("habit", "1"),
    "actions on an active day": ("actions", "active_days"),
    "parts of the system used in an active week": ("features", "active"),
    "records made or changed a week": ("created + updated", "1"),
}
MEASURES = {**METRICS, "share of people active": ("active", "1"), "people": ("1", "1")}
ADDED = {  # facts -> what their views may add up
    "weeks": ("active", "actions", "active_days", "created + updated", "features", "habit", "1"),
    "cohorts": ("active", "1"),
    "features": ("active", "1"),
}
WHO = {  # whom a mark picks -> what holds of a person's sums there
    "everybody there": "true",
    "who was active there": "sum(sum_0) > 0",
    "who was not active there": "sum(sum_0) = 0",
}


@dataclass(frozen=True)
class Sums:
    """Added up by person and mark.

    table : person and mark (whole numbers), sum_0 (active), sum_1 … as in `ADDED`
    marks : one row per mark, in order: the keys as text, and the same sums of everybody
    """

    table: Table
    marks: pd.DataFrame
